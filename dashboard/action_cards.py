"""An action as HTML: what was promised, and the two voices side by side. Whatever somebody wrote is escaped."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.action_words import due_words, milestone_words, slippage_words
from dashboard.actions import ActionsView, Promise
from dashboard.moved import Moved, moved
from dashboard.text import escaped, paragraph
from dashboard.voices import evidence, panel_html, reported_html, status_html, voices_html
from equity import periods
from register.events import Evidence

NO_MEASURE = "None: no indicator is linked to this action, so its effect cannot be followed here."


def card(view: ActionsView, one: Promise, *, whole: bool = False) -> str:
    """One action; on its own page (``whole``) without a link to it, and with everything that it says of itself."""
    title = escaped(one.action.title)
    name = title if whole else f'<a href="{escaped(one.address)}" target="_self">{title}</a>'
    head = f'<h{2 if whole else 3} class="cg-promise">{name}</h{2 if whole else 3}>'
    where = f'<p class="cg-over">{escaped(one.priority.title if whole else one.place)}</p>' if whole or len(view.states) > 1 else ""
    why = f'<p class="cg-why"><span>Why it matters to those who asked:</span> {escaped(one.action.why)}</p>'
    return f'<section class="cg-action">{where}{head}{why}{voices(one, 3 if whole else 4)}{_facts(view, one, whole)}</section>'


def voices(one: Promise, level: int) -> str:
    """What the service says and what the panel says, neither without the other."""
    day = paragraph(f"At the review of {periods.day(one.review.on)}", "small") if one.review else ""
    panel = panel_html(one.views, day)
    panel += "<p>The panel confirmed that it is complete.</p>" if one.shown.confirmed else ""
    panel += '<p class="cg-disagree">They do not agree.</p>' if one.disagreeing else ""
    return voices_html(status_html(one.shown) + reported_html(one.action), panel, level=level)


def _facts(view: ActionsView, one: Promise, whole: bool) -> str:
    action, day = one.action, view.read.day
    stated = [
        ("Who leads", escaped(action.lead)),
        ("Made with", escaped(action.coproduced_with)),
        ("Began" if action.start <= day else "Begins", escaped(periods.day(action.start))),
        ("Due", escaped(due_words(action))),
        ("Slippage", escaped(slippage_words(one.shown))),
        ("Last update", escaped(periods.day(action.last_update))),
        ("Milestones", _list([escaped(milestone_words(each, day)) for each in action.milestones]) or "None"),
        ("Evidence", _list([evidence(each) for each in _evidence(one, whole)]) or "None yet"),
        ("Should move", _list([_moved(each) for each in measures(view, one)]) or escaped(NO_MEASURE)),
    ]
    wide = 'class="cg-wide"' if action.measures else ""
    items = "".join(f"<div{' ' + wide if label == 'Should move' else ''}><dt>{label}</dt><dd>{words}</dd></div>" for label, words in stated)
    return f'<dl class="cg-about cg-of-action">{items}</dl>'


def measures(view: ActionsView, one: Promise) -> list[Moved]:
    """What the action should move, and what that has done since it began."""
    return [moved(view.release_id, one.site, one.action, each, fictional=view.read.is_example) for each in one.action.measures]


def _moved(one: Moved) -> str:
    name = f'<a href="{escaped(one.address)}" target="_self">{escaped(one.name)}</a>' if one.address else escaped(one.name)
    return f"<strong>{name}.</strong> {escaped(one.words)}"


def _evidence(one: Promise, whole: bool) -> Sequence[Evidence]:
    """The evidence of the last update; of every update and milestone, where everything is told."""
    updates = one.action.updates if whole else one.action.updates[-1:]
    steps = one.action.milestones if whole else ()
    return [each for source in (*updates, *steps) for each in source.evidence]


def _list(items: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{one}</li>' for one in items)}</ul>" if items else ""

"""An action as HTML: what was promised, and the two voices side by side. Whatever somebody wrote is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard.action_words import (
    MEANT,
    NO_UPDATE,
    NO_VIEW,
    STATUSES,
    due_words,
    flags,
    milestone_words,
    slippage_words,
    status_words,
    views_words,
)
from dashboard.actions import ActionsView, Promise
from dashboard.moved import Moved, moved
from dashboard.text import escaped
from equity import periods
from register.entities import PanelView, Update
from register.events import Evidence
from register.terms import Status

NO_MEASURE = "None: no indicator is linked to this action, so its effect cannot be followed here."


def letter(status: Status) -> str:
    """The status's letter on its colour; the words stand beside it, always."""
    return f'<span class="cg-rag cg-rag-{status.letter.lower()}" aria-hidden="true">{status.letter}</span>'


def badge(status: Status, words: str) -> str:
    """A status in words, beside its letter and colour."""
    return f'<span class="cg-status">{letter(status)} <strong>{escaped(words)}</strong></span>'


def statuses_key() -> str:
    """What each letter and colour means."""
    items = "".join(f"<li>{badge(one, one.words)}: {escaped(MEANT[one])}</li>" for one in STATUSES)
    return f'<ul class="cg-key" aria-label="Key to the statuses">{items}</ul>'


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
    said = "".join(f'<p class="cg-flag">{escaped(words)}</p>' for words in flags(one.shown))
    service = f"<p>{badge(one.shown.status, status_words(one.shown))}</p>{said}{_update(one)}"
    panel = f"{_views(one)}{_comments(one.views)}" if one.views else f"<p>{NO_VIEW}</p>"
    panel += "<p>The panel confirmed that it is complete.</p>" if one.shown.confirmed else ""
    disagree = '<p class="cg-disagree">They do not agree.</p>' if one.disagreeing else ""
    return (
        f'<div class="cg-voices"><div><h{level}>The service says</h{level}>{service}</div>'
        f"<div><h{level}>The panel says</h{level}>{panel}{disagree}</div></div>"
    )


def _update(one: Promise) -> str:
    last = one.action.updates[-1] if one.action.updates else None
    if last is None:
        return f"<p>{NO_UPDATE}</p>"
    return _paragraphs([last.happened, *_labelled(last)])


def _labelled(last: Update) -> list[str]:
    labels = (("Outcome: ", last.outcome), ("Next: ", last.next_milestone))
    return [f"{label}{words}" for label, words in labels if words]


def _views(one: Promise) -> str:
    day = f"At the review of {periods.day(one.review.on)}" if one.review else ""
    return f"<p><strong>{escaped(views_words(one.views))}</strong></p>" + (f'<p class="cg-small">{escaped(day)}</p>' if day else "")


def _comments(views: Iterable[PanelView]) -> str:
    return "".join(f"<blockquote>{escaped(one.public_words)}</blockquote>" for one in views if one.public_words)


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


def evidence(one: Evidence) -> str:
    """What shows that something was done. A link is an address somebody gave: it leads away, and tells nothing of the reader."""
    if not one.link.startswith("https://"):
        return escaped(one.text)
    return f'{escaped(one.text)} (<a href="{escaped(one.link)}" rel="noopener noreferrer nofollow">{escaped(one.link)}</a>)'


def _list(items: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{one}</li>' for one in items)}</ul>" if items else ""


def _paragraphs(texts: Iterable[str]) -> str:
    """Texts with the line ends that they were written with."""
    return "".join(f'<p class="cg-lines">{escaped(text)}</p>' for text in texts if text)

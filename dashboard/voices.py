"""The two voices: what the service says of an action beside what the panel says, neither without the other. Whatever somebody
wrote is escaped."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.action_words import MEANT, NO_UPDATE, NO_VIEW, STATUSES, due_words, flags, status_words, views_words
from dashboard.text import escaped, heading
from register.entities import Action, PanelView
from register.events import Evidence
from register.status import ShownStatus
from register.terms import Status


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


def status_html(shown: ShownStatus) -> str:
    """Letter, colour and words, and what dates say of a status."""
    said = "".join(f'<p class="cg-flag">{escaped(words)}</p>' for words in flags(shown))
    return f"<p>{badge(shown.status, status_words(shown))}</p>{said}"


def meaning_html(shown: ShownStatus) -> str:
    """The key to the one status on a screen."""
    return f'<p class="cg-small cg-letters">{badge(shown.status, shown.status.words)}: {escaped(MEANT[shown.status])}.</p>'


def service_html(action: Action, shown: ShownStatus) -> str:
    """The service's account: status, what happened, outcome, what comes next, evidence, when it is due."""
    last = action.updates[-1].evidence if action.updates else ()
    shows = "".join(f"<p>Evidence: {evidence(one)}</p>" for one in last)
    return f"{status_html(shown)}{reported_html(action)}{shows}<p>Due: {escaped(due_words(action))}.</p>"


def reported_html(action: Action) -> str:
    """What was reported last, in its own words, with the line ends that they were written with."""
    if not action.updates:
        return f"<p>{NO_UPDATE}</p>"
    last = action.updates[-1]
    parts = [("", last.happened), ("Outcome: ", last.outcome), ("Next: ", last.next_milestone)]
    return "".join(f'<p class="cg-lines">{escaped(label + words)}</p>' for label, words in parts if words)


def panel_html(views: Sequence[PanelView], when: str = "") -> str:
    """The panel's views, how many gave each, when (HTML), and the comments that everyone may read."""
    if not views:
        return f"<p>{NO_VIEW}</p>"
    comments = "".join(f"<blockquote>{escaped(one.public_words)}</blockquote>" for one in views if one.public_words)
    return f"<p><strong>{escaped(views_words(views))}</strong></p>{when}{comments}"


def voices_html(service: str, panel: str, when: str = "", level: int = 3) -> str:
    """Both, side by side; one below the other on a narrow screen."""
    both = {"The service says": service, f"The panel says{when}": panel}
    told = "".join(f"<div>{heading(words, level)}{html}</div>" for words, html in both.items())
    return f'<div class="cg-voices">{told}</div>'


def evidence(one: Evidence) -> str:
    """What shows that something was done. A link is an address somebody gave: it leads away, and tells nothing of the reader."""
    if not one.link.startswith("https://"):
        return escaped(one.text)
    return f'{escaped(one.text)} (<a href="{escaped(one.link)}" rel="noopener noreferrer nofollow">{escaped(one.link)}</a>)'

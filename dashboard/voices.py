"""The two voices on the pages that write: what the service says of an action beside what the panel says, neither without the other."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.action_cards import badge, evidence
from dashboard.action_words import MEANT, NO_UPDATE, NO_VIEW, due_words, flags, status_words, views_words
from dashboard.text import escaped, heading
from register.entities import Action, PanelView, Update
from register.status import ShownStatus


def status_html(shown: ShownStatus) -> str:
    """Letter, colour and words, and what dates say of a status."""
    said = "".join(f'<p class="cg-flag">{escaped(words)}</p>' for words in flags(shown))
    return f"<p>{badge(shown.status, status_words(shown))}</p>{said}"


def meaning_html(shown: ShownStatus) -> str:
    """The key to the one status on a screen."""
    return f'<p class="cg-small cg-letters">{badge(shown.status, shown.status.words)}: {escaped(MEANT[shown.status])}.</p>'


def service_html(action: Action, shown: ShownStatus) -> str:
    """The service's account: status, what happened, evidence, outcome, what comes next, when it is due."""
    last = action.updates[-1] if action.updates else None
    told = _update(last) if last else f"<p>{NO_UPDATE}</p>"
    return f"{status_html(shown)}{told}<p>Due: {escaped(due_words(action))}.</p>"


def panel_html(views: Sequence[PanelView]) -> str:
    """The panel's views, how many gave each, and the comments that everyone may read."""
    if not views:
        return f"<p>{NO_VIEW}</p>"
    comments = "".join(f"<blockquote>{escaped(one.public_words)}</blockquote>" for one in views if one.public_words)
    return f"<p><strong>{escaped(views_words(views))}</strong></p>{comments}"


def voices_html(service: str, panel: str, when: str = "", level: int = 3) -> str:
    """Both, side by side; one below the other on a narrow screen."""
    both = {"The service says": service, f"The panel says{when}": panel}
    told = "".join(f"<div>{heading(words, level)}{html}</div>" for words, html in both.items())
    return f'<div class="cg-voices">{told}</div>'


def _update(update: Update) -> str:
    """What was reported, in its own words."""
    parts = [("", update.happened), ("Outcome: ", update.outcome), ("Next: ", update.next_milestone)]
    told = "".join(f'<p class="cg-lines">{escaped(label + words)}</p>' for label, words in parts if words)
    return told + "".join(f"<p>Evidence: {evidence(one)}</p>" for one in update.evidence)

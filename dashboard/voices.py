"""What the service says of an action and what the panel says of it: always side by side, status by letter, words and colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dashboard.text import escaped, heading
from equity import periods
from register.entities import Action, PanelView, Update
from register.status import ShownStatus
from register.terms import Status, View

ORDER = (Status.COMPLETE, Status.ON_TRACK, Status.AT_RISK, Status.OFF_TRACK, Status.NOT_STARTED, Status.BLOCKED)
MEANT = {
    Status.COMPLETE: "done, with an outcome and evidence",
    Status.ON_TRACK: "will be done by its due date",
    Status.AT_RISK: "may not be done in time, or is overdue",
    Status.OFF_TRACK: "will not be done in time as things are",
    Status.NOT_STARTED: "nothing has been done yet",
    Status.BLOCKED: "cannot go on until others act",
}
NO_VIEW = "No view given yet."


def badge(status: Status) -> str:
    """The letter in its colour."""
    return f'<span class="cg-rag cg-rag-{status.letter.lower()}">{status.letter}</span>'


def status_html(shown: ShownStatus) -> str:
    """Letter, words and what dates say of a status."""
    words = shown.words.removeprefix(f"{shown.status.letter} ")
    return f'<p class="cg-status">{badge(shown.status)} <span>{escaped(words[0].upper() + words[1:])}</span></p>'


def service_html(action: Action, shown: ShownStatus) -> str:
    """The service's account: status, what happened, evidence, outcome, what comes next, when it is due."""
    last = action.updates[-1] if action.updates else None
    due = f"Due {periods.day(action.due)}" + (f", first {periods.day(action.first_due)}" if action.due != action.first_due else "")
    return status_html(shown) + (update_html(last) if last else "<p>Nothing has been reported yet.</p>") + f"<p>{escaped(due)}.</p>"


def update_html(update: Update) -> str:
    """What was reported, in its own words."""
    parts = [("", update.happened), ("Outcome: ", update.outcome), ("Next: ", update.next_milestone)]
    parts += [("Evidence: ", f"{one.text} {one.link}".strip()) for one in update.evidence]
    return "".join(f"<p>{escaped(label + words)}</p>" for label, words in parts if words)


def panel_html(views: Sequence[PanelView]) -> str:
    """The panel's views, how many gave each, and the comments that everyone may read."""
    if not views:
        return f"<p>{NO_VIEW}</p>"
    counts = Counter(one.view for one in views)
    said = [f"“{escaped(view.words)}”" + (f" ({counts[view]})" if len(views) > 1 else "") for view in View if counts[view]]
    comments = "".join(f"<blockquote>{escaped(one.public_words)}</blockquote>" for one in views if one.public_words)
    return f'<p class="cg-view">{", ".join(said)}</p>{comments}'


def voices_html(service: str, panel: str, when: str = "", level: int = 3) -> str:
    """Both, side by side; one below the other on a narrow screen."""
    told = [
        f"<div>{heading(words, level)}{html}</div>" for words, html in (("The service says", service), (f"The panel says{when}", panel))
    ]
    return f'<div class="cg-voices">{"".join(told)}</div>'


def key_html(statuses: Iterable[Status] = ORDER) -> str:
    """What each letter means."""
    items = "".join(f"<li>{badge(one)} {escaped(one.words)}: {escaped(MEANT[one])}</li>" for one in statuses)
    return f'<ul class="cg-key cg-letters" aria-label="What the letters mean">{items}</ul>'

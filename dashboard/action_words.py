"""Actions in sentences: how many have which status, what is late, whether service and panel see it alike. Pure: same state, same words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from dashboard.actions import Promise
from equity import periods
from equity.numbers import listed
from equity.wording import joined
from register.entities import Action, Milestone, PanelView
from register.status import ShownStatus
from register.terms import Status, View

STATUSES = (Status.COMPLETE, Status.ON_TRACK, Status.AT_RISK, Status.OFF_TRACK, Status.NOT_STARTED, Status.BLOCKED)
"""In the order in which they are told and drawn."""

MEANT = {
    Status.COMPLETE: "done, with an outcome and evidence",
    Status.ON_TRACK: "will be done by its due date",
    Status.AT_RISK: "may not be done in time, or is overdue",
    Status.OFF_TRACK: "will not be done in time as things are",
    Status.NOT_STARTED: "nothing has been reported yet",
    Status.BLOCKED: "cannot go on until others act",
}
LEVELS = {
    "consistent across sites": "One of three priorities that all sites share",
    "national": "One of two national priorities",
    "local": "The site's own priority",
}
NO_VIEW = "No view given yet."
NO_UPDATE = "Nothing has been reported yet."


def days(count: int) -> str:
    """A number of days: "1 day", "43 days"."""
    return f"{count:,} {'day' if count == 1 else 'days'}"


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many}"


def lead_sentence(where: str, told: Sequence[Promise]) -> str:
    """How many actions there are, and how many have each status. ``where``: "at Sheffield"."""
    if not told:
        return f"No action {where} is like this. Choose another priority, status or day."
    counts = Counter(one.shown.status for one in told)
    said = [f"{counts[one]} {'is' if counts[one] == 1 else 'are'} {one.words}" for one in STATUSES if counts[one]]
    there = f"There {'is' if len(told) == 1 else 'are'} {counted(len(told), 'action', 'actions')} {where}."
    return f"{there} {listed(said)}."


def rest_sentence(told: Sequence[Promise]) -> str:
    """What is overdue, what has gone quiet, and whether the panel sees it otherwise."""
    overdue = sum(one.shown.overdue_days > 0 for one in told)
    stale = sum(one.shown.stale_days > 0 for one in told)
    late = sum(one.shown.late_days > 0 for one in told)
    seen = [one for one in told if one.views]
    disputed = sum(one.disagreeing > 0 for one in told)
    return joined(
        f"{overdue} {'is' if overdue == 1 else 'are'} past the due date." if overdue else "",
        f"{stale} {'has' if stale == 1 else 'have'} had no update for 90 days or more." if stale else "",
        f"{late} {'was' if late == 1 else 'were'} completed late." if late else "",
        disagreement_sentence(len(seen), disputed) if told else "",
    )


def disagreement_sentence(seen: int, disputed: int) -> str:
    """On how many actions the panel contradicts the service, of those that it gave a view of."""
    if not seen:
        return "The panel has not given a view of any of them yet."
    gave = f"The panel gave its view of {counted(seen, 'action', 'actions')}"
    return f"{gave}, and disagrees with the service on {disputed or 'none'}."


def due_words(action: Action) -> str:
    """When it is due, and when it was due first if that has moved."""
    moved = f", first {periods.day(action.first_due)}" if action.first_due != action.due else ""
    return f"{periods.day(action.due)}{moved}"


def slippage_words(shown: ShownStatus) -> str:
    """How far it lies behind the date that was promised first."""
    return f"{days(shown.slippage_days)} behind the first date" if shown.slippage_days else "none"


def flags(shown: ShownStatus) -> list[str]:
    """What dates say of a status, each in a few words."""
    unlike = [f"reported as {shown.reported.words}, which a late action cannot be"] if shown.status is not shown.reported else []
    return [*shown.notes, *unlike]


def status_words(shown: ShownStatus) -> str:
    """The status alone: "complete and confirmed by the panel"."""
    return "complete and confirmed by the panel" if shown.confirmed else shown.status.words


def views_words(views: Sequence[PanelView]) -> str:
    """What the panel says, each view with how many gave it: “too early to tell” (2)."""
    counts = Counter(one.view for one in views)
    several = len(views) > 1
    said = [f"“{view.words}”" + (f" ({counts[view]})" if several else "") for view in View if counts[view]]
    return listed(said)


def panel_words(one: Promise) -> str:
    """The panel's view as it stands beside a status in a few words."""
    said = f"Panel: {views_words(one.views)}" if one.views else "Panel: no view yet"
    return f"{said}: they do not agree" if one.disagreeing else said


def milestone_words(one: Milestone, day: date) -> str:
    """A step: its name, and whether it was reached, is late or is to come."""
    if one.reached:
        late = (one.reached - one.due).days
        return f"{one.title}: reached on {periods.day(one.reached)}" + (f", {days(late)} late" if late > 0 else "")
    late = (day - one.due).days
    return f"{one.title}: due {periods.day(one.due)}" + (f", {days(late)} overdue" if late > 0 else "")


def statuses_sentence(where: str, found: Mapping[date, Counter[Status]]) -> str:
    """Whether red is ever used, and how the statuses stood at first and stand now. ``where``: "at Sheffield"."""
    if not found:
        return f"No action {where} has been entered yet."
    red = [day for day, counts in found.items() if counts[Status.OFF_TRACK]]
    total = len(found)
    ever = (
        f"Red (off track) was used on {len(red)} of the {counted(total, 'day', 'days')} looked at."
        if red
        else f"Red (off track) was not used on any of the {counted(total, 'day', 'days')} looked at."
    )
    (first, then), (last, now) = next(iter(found.items())), list(found.items())[-1]
    parts = [ever]
    if total > 1:
        parts.append(f"On {periods.day(first)}: {_counts(then)}.")
    return joined(*parts, f"On {periods.day(last)}: {_counts(now)}.")


def _counts(counts: Counter[Status]) -> str:
    return listed([f"{counts[one]} {one.words}" for one in STATUSES if counts[one]]) or "no actions"

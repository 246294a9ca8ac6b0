"""The words of the print pack: short sentences, one thing each. Pure. Grade 6 at most, which the tests measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from equity import periods
from equity.wording import joined
from register.entities import Action, PanelView
from register.status import ShownStatus, disagrees
from register.terms import Direction, Status, View

EXAMPLE = "This is an Example."
EXAMPLE_NUMBERS = "The number is real."
ENGLAND_NUMBERS = "We do not have this number here. This is the number for all of England."
EVERYONE = "It is for all ethnic groups."
NO_NUMBER_LINKED = "No number goes with this promise yet."
NO_FIGURES = "We do not have a number for this here."
NO_RELEASE = "The numbers of that meeting are no longer kept."
NO_VIEW = "The panel has not said yet."
NOT_AGREED = "The service and the panel do not agree."
WRITE = "What do you think?"
WITHOUT = "Nothing has been promised here yet"
WITHOUT_ASK = "No action has been agreed for:"
WITHOUT_WRITE = "What should be promised?"

_MEANS = {
    Status.COMPLETE: "The service says it is done.",
    Status.ON_TRACK: "It is going to plan.",
    Status.AT_RISK: "It may not be done in time.",
    Status.OFF_TRACK: "It is not going to plan.",
    Status.NOT_STARTED: "Work has not begun.",
    Status.BLOCKED: "",
}
_WANTED = {
    Direction.HIGHER: "We want it to go up.",
    Direction.LOWER: "We want it to go down.",
    Direction.CLOSER: "We want these to be closer.",
}


def cover(place: str, day: date, release_id: str, past: bool) -> list[str]:
    """The first line of a page: where, when, and of which release its numbers are."""
    when = f"As it was on {periods.day(day)}." if past else f"{periods.day(day)}."
    return [f"{place}.", when, f"Release {release_id}." if release_id else "No numbers."]


def status_words(shown: ShownStatus) -> str:
    """The status as it is said: "at risk"."""
    return "complete and confirmed" if shown.confirmed else shown.status.words


def meaning(shown: ShownStatus) -> str:
    """What a status means, and whether the news is old."""
    said = "It is done. The panel agrees." if shown.confirmed else _MEANS[shown.status]
    return joined(said, f"No news for {_days(shown.stale_days)}." if shown.stale_days else "")


def due_words(action: Action, shown: ShownStatus) -> str:
    """By when, how late, and whether the date was moved."""
    by = periods.day(action.due)
    if shown.status is Status.COMPLETE:
        said = f"Done, {_days(shown.late_days)} late." if shown.late_days else "Done on time."
        return f"{said} It was due by {by}."
    said = f"It was due by {by}. It is {_days(shown.overdue_days)} late." if shown.overdue_days else f"By {by}."
    return f"{said} The first date was {periods.day(action.first_due)}." if action.due != action.first_due else said


def panel_words(views: Sequence[PanelView]) -> list[tuple[View, str]]:
    """Each view of the last meeting, with how many gave it where there are several."""
    counts = Counter(one.view for one in views)
    alone = len(views) == 1
    return [(view, _capital(view.words) if alone else f"{counts[view]} said: {view.words}") for view in View if counts[view]]


def apart(shown: ShownStatus, views: Sequence[PanelView]) -> str:
    """Whether service and panel see it differently."""
    return NOT_AGREED if any(disagrees(shown.status, one.view) for one in views) else ""


def wanted(direction: Direction) -> str:
    """Which way the number should go."""
    return _WANTED[direction]


def part(number: int, of: int) -> str:
    """Which page of a priority it is, where one page cannot hold all its actions."""
    return f"Page {number} of {of}" if of > 1 else ""


def choices() -> list[str]:
    """The four views as they are ticked."""
    return [_capital(one.words) for one in View]


def key() -> str:
    """What each letter stands for."""
    return " ".join(f"{one.letter} {one.words.partition(':')[0]}." for one in _KEY)


_KEY = (Status.COMPLETE, Status.ON_TRACK, Status.AT_RISK, Status.OFF_TRACK, Status.NOT_STARTED, Status.BLOCKED)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"

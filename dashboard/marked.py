"""The actions that are to move a gap, as they stand on its time line: when each began, and when it was done or is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard.actions import Promise
from dashboard.doing import Doing
from equity import periods
from equity.numbers import listed
from equity.wording import joined


@dataclass(frozen=True)
class Mark:
    """A day of an action: its number in the key, and "began", "completed" or "due"."""

    number: int
    day: date
    what: str

    @property
    def label(self) -> str:
        """What is written at the line."""
        return f"{self.number} {self.what}"


@dataclass(frozen=True)
class Marked:
    """The linked actions in their order, which numbers them, and those of their days that the time line reaches."""

    doing: Doing
    marks: Sequence[Mark]

    @property
    def numbered(self) -> list[tuple[int, Promise]]:
        """Each action with its number."""
        return list(enumerate(self.doing.all, start=1))

    def of(self, number: int) -> list[Mark]:
        """The marks of one action."""
        return [one for one in self.marks if one.number == number]

    @property
    def sentence(self) -> str:
        """The marks in words, for those who do not see the lines; empty where there are none."""
        titles = {number: one.action.title for number, one in self.numbered}
        said = [f"“{titles[one.number]}” {_verb(one)} {periods.day(one.day)}" for one in self.marks]
        return f"Marked on the chart: {listed(said)}." if said else ""

    def within(self, start: date | None, end: date) -> str:
        """The marks after one period's end and up to another's, for a row of the table; a dash where there are none."""
        mine = [one for one in self.marks if (start is None or one.day > start) and one.day <= end]
        return "; ".join(f"{one.label} {periods.day(one.day)}" for one in mine) or "–"


def marked(found: Doing, gaps: pl.DataFrame) -> Marked:
    """The days of the linked actions from the end of the first period to that of the last one."""
    ends: list[date] = gaps["end"].to_list()
    days = [mark for number, one in enumerate(found.all, start=1) for mark in _days(number, one)]
    within = [one for one in days if ends and min(ends) <= one.day <= max(ends)]
    return Marked(found, sorted(within, key=lambda one: (one.day, one.number)))


def line_words(number: int, one: Promise, on_chart: Sequence[Mark]) -> str:
    """An action of the key in words: when it began, and when it was done or is due; and whether the chart reaches those days."""
    start, end = _days(number, one)
    days = f"{start.what} {periods.day(start.day)}, {end.what} {periods.day(end.day)}"
    reach = {2: "", 1: "The chart reaches one of these days.", 0: "The chart does not reach these days."}[len(on_chart)]
    return joined(f"{days[:1].upper()}{days[1:]}.", reach)


def _days(number: int, one: Promise) -> tuple[Mark, Mark]:
    done = one.action.completed_on
    return Mark(number, one.action.start, "began"), Mark(number, done or one.action.due, "completed" if done else "due")


def _verb(one: Mark) -> str:
    return {"began": "began on", "completed": "was completed on", "due": "is or was due on"}[one.what]

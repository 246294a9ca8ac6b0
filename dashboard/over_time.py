"""One gap at one place over time: the figures of a group and of its reference, and whether the gap between them has moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from dashboard import control, promises, trends
from dashboard.doing import Doing, doing
from dashboard.groups import main_scheme
from dashboard.marked import Marked, marked
from dashboard.once import once, property_once
from dashboard.promises import Promises
from dashboard.subject import Subject
from dashboard.view import IndicatorView
from equity import periods
from equity.cells import CellState
from equity.change import Direction, changes
from equity.change_wording import GapChange, of_row
from equity.comparison import Comparison, Estimate, compare, judgement
from equity.gaps import signed_gap, signed_ratio
from equity.sentences import Line, gap_story, headline, whole_sentence
from equity.standing import Compared, Reading
from equity.wording import Wording

EVERYONE = "all"
GAPS = {
    "start": pl.Date,
    "end": pl.Date,
    "label": pl.String,
    "difference": pl.Float64,
    "difference_lower": pl.Float64,
    "difference_upper": pl.Float64,
    "difference_text": pl.String,
    "ratio": pl.Float64,
    "ratio_lower": pl.Float64,
    "ratio_upper": pl.Float64,
    "ratio_text": pl.String,
    "why": pl.String,
    "mark": pl.String,
    "finding": pl.String,
}


@dataclass(frozen=True)
class OverTimeView:
    """A view of one indicator, a group of it, and the gap to its reference in each period up to that of the view."""

    whole: IndicatorView
    group: str
    points: pl.DataFrame
    gaps: pl.DataFrame
    change: GapChange | None
    line: Line | None
    control: control.Charted
    marked: Marked
    promised: Promises

    @property
    def reading(self) -> Reading | None:
        """The group's figure in the period of the view; everyone's, where the indicator is not about groups."""
        return self.whole.everyone or _of(self.whole, self.group)

    @property
    def name(self) -> str:
        """What the group is called in a title."""
        return self.reading.name if self.reading else next(iter(self.own["name"].to_list()), "This group")

    @property_once
    def own(self) -> pl.DataFrame:
        """The points of the group."""
        return self.points.filter(code=self.group)

    @property_once
    def rows(self) -> pl.DataFrame:
        """The observations behind the points."""
        past = self.whole.past
        return past.filter(pl.col("period_end") <= self.whole.selection.end)

    @property_once
    def story(self) -> tuple[str, str]:
        """Whether the gap has narrowed, and the rest of what the figures say."""
        whole, reference = self.whole, self.whole.standing.reference
        when = periods.phrase(whole.selection.start, whole.selection.end)
        if whole.everyone:
            return whole_sentence(whole.words, when, whole.place, whole.everyone), ""
        now, first = whole.standing.of(self.group), None
        if self.change and self.reading:
            first = _compared(self.points, self.group, whole.selection.reference, self.change.first[1], self.reading, whole.words)
        return headline(gap_story(whole.words, when, whole.place, self.reading, reference, now, first, self.change, self.line))

    @property
    def sentence(self) -> str:
        """The story as one text."""
        return " ".join(part for part in self.story if part)

    @property_once
    def subject(self) -> Subject:
        """What the charts of this view are about."""
        subject = self.whole.subject
        first = self.points.sort("end")["label"].to_list()[:1]
        span = subject.period if first in ([], [subject.period]) else f"{first[0]} to {subject.period}"
        choices = (*subject.choices, ("group", self.group))
        version = self.promised.version
        return replace(subject, page="over-time", file=f"{subject.file}_{self.group}", choices=choices, period=span, version=version)


def groups_of(whole: IndicatorView) -> dict[str, str]:
    """The groups that can be followed, by code: all but the reference."""
    if whole.everyone:
        return {}
    rows = whole.points.select("code", "name").unique(maintain_order=True).iter_rows()
    return {code: name for code, name in rows if code != whole.selection.reference}


def first_group(whole: IndicatorView) -> str | None:
    """The group with the largest clear gap, or the first that can be compared; None where there is none to follow."""
    offered = groups_of(whole)
    told = whole.widest.reading.code if whole.widest else next((one.reading.code for one in whole.standing.compared), None)
    return told if told in offered else next(iter(offered), None)


def build(whole: IndicatorView, group: str) -> OverTimeView:
    """The view of a group, worked out once for all readers."""
    key, read = ("over-time", *whole.subject.key, group), promises.read()
    bare = once(key, lambda: _build(whole, group))
    return once((*key, read.version), lambda: _with_actions(bare, read))


def _with_actions(bare: OverTimeView, read: Promises) -> OverTimeView:
    """The view with the actions of its site that are linked to the gap."""
    chosen = bare.whole.selection
    found = doing(read, chosen.place.key, chosen.indicator.id, main_scheme(bare.whole.observations), bare.group)
    return replace(bare, marked=marked(found, bare.gaps), promised=read)


def _build(whole: IndicatorView, group: str) -> OverTimeView:
    until, reference = whole.selection.end, whole.selection.reference
    points = whole.points.filter(pl.col("end") <= until)
    change, line = _change(whole, group)
    charted = control.charted(points.filter(code=group), whole.break_days, whole.words.polarity)
    gaps = _gaps(points, group, reference, whole.words)
    return OverTimeView(whole, group, points, gaps, change, line, charted, Marked(Doing((), (), ""), ()), Promises(date.min))


def _of(whole: IndicatorView, code: str) -> Reading | None:
    return next((one for one in whole.standing.readings if one.code == code), None)


def _change(whole: IndicatorView, group: str) -> tuple[GapChange | None, Line | None]:
    """How the gap has moved from its first period that may be compared, and what a line through all of them says."""
    until = whole.selection.end
    pairs = trends.gap_points(whole.past, main_scheme(whole.observations), group, whole.selection.reference)
    told = changes(pairs.filter(pl.col("period_end") <= until), [], whole.break_days)
    row = told.row(-1, named=True) if told.height else None
    change = of_row(row, until) if row else None
    return change, Line(Direction(row["difference_trend_finding"]), row["periods"]) if row and change else None


# ------------------------------------------------------------------------------------------------- The gap of each period


def _gaps(points: pl.DataFrame, group: str, reference: str, words: Wording) -> pl.DataFrame:
    """One row a period: group minus and over reference with their limits, or why there is no gap and its shorthand."""
    rows = []
    for (start, end, label), period in points.sort("end", "start").group_by("start", "end", "label", maintain_order=True):
        sides = {row["code"]: row for row in period.iter_rows(named=True)}
        pair = sides.get(group), sides.get(reference)
        rows.append({"start": start, "end": end, "label": label} | _gap(pair, words))
    return pl.DataFrame(rows, schema=GAPS)


def _gap(pair: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None], words: Wording) -> dict[str, Any]:
    for side in pair:
        if side is None:
            return {"why": "not published", "mark": "[x]"}
        if not _sure(side):
            return {"why": f"{side['name']}: {CellState(side['state']).words}", "mark": side["mark"]}
    comparison = compare(*(_estimate(side) for side in pair if side is not None))
    found: dict[str, Any] = {"finding": str(comparison.finding), "why": "", "mark": ""}
    for name, one, text in _texts(comparison, words):
        limits = (one.value, one.lower, one.upper) if one else (None, None, None)
        found |= {name: limits[0], f"{name}_lower": limits[1], f"{name}_upper": limits[2], f"{name}_text": text}
    return found


def _texts(comparison: Comparison, words: Wording) -> list[tuple[str, Estimate | None, str]]:
    return [
        ("difference", comparison.difference, signed_gap(words, comparison)),
        ("ratio", comparison.ratio, signed_ratio(comparison)),
    ]


def _sure(point: Mapping[str, Any]) -> bool:
    return point["value"] is not None and point["state"] in {CellState.OBSERVED, CellState.TRUE_ZERO}


def _estimate(point: Mapping[str, Any]) -> Estimate:
    return Estimate(point["value"], point["lower"], point["upper"])


def _compared(points: pl.DataFrame, group: str, reference: str, end: date, reading: Reading, words: Wording) -> Compared | None:
    """The gap of the period that ends on a day."""
    sides = {row["code"]: row for row in points.filter(pl.col("end") == end).iter_rows(named=True)}
    if group not in sides or reference not in sides:
        return None
    comparison = compare(_estimate(sides[group]), _estimate(sides[reference]))
    return Compared(reading, comparison, judgement(comparison.finding, words.polarity))

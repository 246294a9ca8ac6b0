"""Each sentence is here as it is read aloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from equity.change import Direction, changes
from equity.change_wording import GapChange, latest, left_out, of_row, sentences
from equity.comparison import Estimate
from equity.trend import VALUES
from equity.wording import Wording

RECOVERY = Wording(
    "Reliable recovery", "proportion", 100, "per cent", 0, "higher_is_better",
    "people who finished a course of talking therapy", "showed reliable recovery", "reliable recoveries",
)  # fmt: skip
DETENTIONS = Wording("Detentions", "rate", 100_000, "per 100,000 residents", 1, "lower_is_better", "people", None, "detentions")

N, W, NO, CANNOT = Direction.NARROWING, Direction.WIDENING, Direction.NO_CLEAR_CHANGE, Direction.CANNOT_SAY
FIRST, LAST = (date(2017, 4, 1), date(2018, 3, 31)), (date(2024, 4, 1), date(2025, 3, 31))
CHANGE = GapChange(FIRST, LAST, Estimate(4.06, 3.0, 5.11), N, Estimate(1.09, 1.07, 1.12), N, False, {})


def test_both_ways_to_measure_a_gap_are_told_together() -> None:
    assert (
        sentences(RECOVERY, CHANGE)
        == "Since 2017-18 the gap has narrowed by 4 percentage points (95% interval 3 to 5), and in relative terms as well."
    )
    wider = replace(CHANGE, difference=Estimate(-4.06, -5.11, -3.0), difference_finding=W, ratio_finding=W)
    assert sentences(DETENTIONS, wider) == (
        "Since 2017-18 the gap has widened by 4.1 detentions for every 100,000 people (95% interval 3.0 to 5.1), and in relative terms "
        "as well."
    )


def test_where_they_disagree_it_is_said() -> None:
    assert sentences(RECOVERY, replace(CHANGE, difference_finding=W, ratio_finding=N)) == (
        "Since 2017-18 the gap has widened by 4 percentage points (95% interval 3 to 5), but in relative terms it has narrowed: the "
        "rates of both groups moved, and the two measures disagree."
    )
    assert sentences(RECOVERY, replace(CHANGE, ratio_finding=NO)) == (
        "Since 2017-18 the gap has narrowed by 4 percentage points (95% interval 3 to 5). In relative terms there is no clear change."
    )
    assert sentences(RECOVERY, replace(CHANGE, difference_finding=NO)) == (
        "Since 2017-18 the gap has narrowed in relative terms. There is no clear change in percentage points."
    )
    assert sentences(RECOVERY, replace(CHANGE, ratio=None, ratio_finding=CANNOT)) == (
        "Since 2017-18 the gap has narrowed by 4 percentage points (95% interval 3 to 5). In relative terms nothing can be said, because a "
        "rate is, or may be, 0."
    )


def test_no_clear_change_and_no_interval_are_two_things() -> None:
    unclear = replace(CHANGE, difference_finding=NO, ratio_finding=NO)
    assert sentences(RECOVERY, unclear) == "There has been no clear change in the gap since 2017-18."
    unsure = replace(CHANGE, difference_finding=CANNOT, ratio_finding=CANNOT)
    assert sentences(RECOVERY, unsure) == "Whether the gap has changed since 2017-18 cannot be said: there is no interval."


def test_a_gap_that_runs_the_other_way_says_so() -> None:
    turned = replace(CHANGE, difference_finding=NO, ratio_finding=NO, turned=True)
    assert sentences(RECOVERY, turned) == "There has been no clear change in the size of the gap since 2017-18. It now runs the other way."


def test_what_was_left_out_is_counted_with_its_reason() -> None:
    counts = {"no_figure": 1, "overlapping": 22}
    assert left_out(counts) == (
        "Left out: 1 period that has no figure and 22 periods that overlap a later one, so that the same people would be counted twice."
    )
    assert sentences(RECOVERY, replace(CHANGE, left_out=counts)).endswith(left_out(counts))
    assert left_out({}) == ""


def test_a_small_clear_change_is_not_printed_as_none() -> None:
    small = replace(CHANGE, difference=Estimate(0.24, 0.04, 0.42))
    assert "by 0.24 percentage points (95% interval 0.04 to 0.42)" in sentences(RECOVERY, small)


@pytest.mark.parametrize(("finding", "short"), [(N, "Narrower"), (W, "Wider"), (NO, "No clear change"), (CANNOT, "Cannot say")])
def test_a_fact_has_a_word_or_two(finding: Direction, short: str) -> None:
    assert replace(CHANGE, difference_finding=finding).short == short
    assert CHANGE.since == "2017-18"


def points(*pairs: tuple[float | None, float], first: int = 2018) -> pl.DataFrame:
    rows = []
    for at, (group, reference) in enumerate(pairs):
        limits = [None] * 3 if group is None else [group, group - 1, group + 1]
        rows.append([date(first + at, 4, 1), date(first + at + 1, 3, 31), *limits, reference, reference - 1, reference + 1])
    schema = {"period_start": pl.Date, "period_end": pl.Date, **dict.fromkeys(VALUES, pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_the_latest_change_is_that_of_the_series_which_holds_the_period() -> None:
    table = points((30, 50), (40, 50), (46, 50), (47, 50))
    change = latest(table, date(2021, 3, 31), [date(2019, 4, 1)])
    assert change is not None
    assert (change.since, change.difference.value, change.difference_finding) == ("2019-20", 6, N)
    assert latest(table, date(2021, 3, 31)).difference.value == 16  # pyright: ignore[reportOptionalMemberAccess]


def test_there_is_no_change_to_tell_without_an_earlier_period_or_the_one_at_hand() -> None:
    table = points((30, 50), (40, 50), (None, 50))
    assert latest(table, date(2021, 3, 31)) is None
    assert latest(table, date(2019, 3, 31)) is None
    assert latest(table, date(2018, 3, 31)) is None
    assert latest(table, date(2020, 3, 31), [date(2019, 4, 1)]) is None
    assert latest(table, date(2020, 3, 31)) is not None


def test_a_row_of_the_frame_is_told_as_it_is() -> None:
    row = changes(points((30, 50), (None, 50), (40, 50)), []).row(0, named=True)
    change = of_row(row)
    assert change is not None
    assert (change.first, change.last) == ((date(2018, 4, 1), date(2019, 3, 31)), (date(2020, 4, 1), date(2021, 3, 31)))
    assert change.ratio == Estimate(row["ratio_change"], row["ratio_lower"], row["ratio_upper"])
    assert change.left_out == {"no_figure": 1}

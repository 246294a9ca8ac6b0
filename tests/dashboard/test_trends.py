"""A view over time: which periods may be joined, where the series breaks, and whether a gap has changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import trends
from equity.change_wording import GapChange
from tests.dashboard.frames import WORDS, observation, observations, point, points, unknown, unknowns

SCHEME = "upper_nhs_2001"


def days(start: str, end: str) -> dict[str, Any]:
    return {"period_start": date.fromisoformat(start), "period_end": date.fromisoformat(end)}


# -------------------------------------------------------------------------------------------------- What may be joined


def test_periods_of_another_length_are_left_out() -> None:
    frame = observations(
        observation("white", year=2023),
        observation("white", **days("2024-04-01", "2024-04-30")),
        observation("white", **days("2024-02-01", "2024-04-30")),
        observation("white", **days("2023-01-01", "2023-12-31")),
    )
    year = trends.same_length(frame, date(2024, 4, 1), date(2025, 3, 31))
    assert year["period_start"].to_list() == [date(2023, 4, 1), date(2023, 1, 1)]
    assert trends.same_length(frame, date(2024, 2, 1), date(2024, 2, 29))["period_start"].to_list() == [date(2024, 4, 1)]
    assert trends.same_length(frame, date(2024, 1, 1), date(2024, 3, 31))["period_start"].to_list() == [date(2024, 2, 1)]


def test_points_are_of_the_groups_of_one_scheme_in_order() -> None:
    other = [observation("A", ethnicity_scheme="nhs_16"), observation("white_british", ethnicity_scheme="white_british_other")]
    own = [observation("white", year=2024), observation("white", year=2023), observation("asian", year=2024)]
    frame = observations(*own, *other, observation("unknown"), observation("all"))
    found = trends.points(frame, SCHEME, WORDS)
    assert list(found.select("name", "label").iter_rows()) == [("Asian", "2024-25"), ("White", "2023-24"), ("White", "2024-25")]


def test_without_groups_the_points_are_everyones() -> None:
    found = trends.points(observations(observation("all", 94), observation("A", ethnicity_scheme="nhs_16")), None, WORDS)
    assert list(found.select("name", "value_text").iter_rows()) == [("Everyone", "94%")]


def test_a_point_says_what_it_is_and_why_it_is_not_there() -> None:
    frame = observations(
        observation("asian", None, None, cell_state="suppressed"),
        observation("black", 40, 20, 18, cell_state="unreliable"),
        observation("white", 50),
    )
    found = list(trends.points(frame, SCHEME, WORDS).select("value", "mark", "hover").iter_rows())
    assert found == [
        (None, "[c]", "Asian, 2024-25: hidden to protect people [c]"),
        (40.0, "[u]", "Black, 2024-25: 40%, 95% interval 22 to 58; too few people to be sure [u]"),
        (50.0, "", "White, 2024-25: 50%, 95% interval 48 to 52"),
    ]
    assert trends.marks_key(trends.points(frame, SCHEME, WORDS)) == "[c] hidden to protect people. [u] too few people to be sure."


def test_the_unknown_share_of_each_period_is_in_the_order_of_time() -> None:
    frame = observations(
        observation("white", of=900, year=2024), observation("unknown", of=100, year=2024), observation("white", of=800, year=2023),
        observation("unknown", of=200, year=2023), observation("white", of=999, year=2022), observation("unknown", of=1, year=2022),
        observation("white", year=2021),
    )  # fmt: skip
    found = trends.unknown_points(frame, "denominator")
    assert found["text"].to_list() == ["not published", "under 1%", "20%", "10%"]
    assert found["hover"][3] == "2024-25: 10%"


# ------------------------------------------------------------------------------------------------- Breaks of the series

YEAR = (date(2023, 4, 1), date(2024, 3, 31))


@pytest.mark.parametrize(
    ("day", "crosses"),
    [
        ("2022-04-01", False),  # the first day of the earlier period: both are after it
        ("2022-04-02", True),  # within the earlier period
        ("2023-04-01", True),  # the first day of the later one
        ("2024-03-31", True),  # the last day of the later one
        ("2024-04-01", False),  # after both
    ],
)
def test_a_break_within_either_period_or_between_them_is_crossed(day: str, crosses: bool) -> None:
    found = trends.crossed([date.fromisoformat(day)], date(2022, 4, 1), YEAR[1])
    assert found == ([date.fromisoformat(day)] if crosses else [])


def runs(frame: pl.DataFrame, breaks: Sequence[date] = (), column: str = "value") -> list[list[int]]:
    return [[day.year for day in run["end"].to_list()] for run in trends.segments(frame, column, breaks)]


def test_neighbouring_periods_are_one_line() -> None:
    assert runs(points(*(point("asian", year) for year in (2022, 2020, 2021)))) == [[2021, 2022, 2023]]


def test_a_period_without_a_value_or_without_a_row_ends_a_line() -> None:
    assert runs(points(point("asian", 2020), point("asian", 2021, None), point("asian", 2022))) == [[2021], [2023]]
    assert runs(points(point("asian", 2020), point("asian", 2022), point("asian", 2023))) == [[2021], [2023, 2024]]
    assert runs(points(point("asian", 2020, None), point("asian", 2021, None))) == []


def test_a_break_on_the_first_day_of_a_period_ends_the_line_before_it() -> None:
    four = points(*(point("asian", year) for year in range(2020, 2024)))
    assert runs(four, [date(2022, 4, 1)]) == [[2021, 2022], [2023, 2024]]
    assert runs(four, [date(2020, 4, 1), date(2024, 4, 1)]) == [[2021, 2022, 2023, 2024]]


def test_a_period_in_which_a_break_falls_stands_alone() -> None:
    four = points(*(point("asian", year) for year in range(2020, 2024)))
    assert runs(four, [date(2022, 7, 1)]) == [[2021, 2022], [2023], [2024]]


def test_periods_that_overlap_are_one_line_until_a_break() -> None:
    quarters: list[dict[str, Any]] = [{"start": date(2024, month, 1), "end": date(2024, month + 2, 28)} for month in range(1, 7)]
    frame = points(*(point("asian", 2024, **quarter) for quarter in quarters))
    assert [run.height for run in trends.segments(frame, "value", [])] == [6]
    assert [run.height for run in trends.segments(frame, "value", [date(2024, 5, 1)])] == [2, 1, 1, 2]


def test_the_unknown_share_has_lines_of_its_own() -> None:
    frame = unknowns(unknown(2020, 5), unknown(2021, None), unknown(2022, 4), unknown(2023, 3))
    assert runs(frame, [date(2023, 4, 1)], "share") == [[2021], [2023], [2024]]


def test_periods_published_for_other_groups_only_are_named() -> None:
    halves = [observation("white_british", year=year, ethnicity_scheme="white_british_other") for year in (2022, 2021)]
    frame = observations(*halves, observation("white", year=2022), observation("white", year=2023), observation("all", year=2019))
    assert trends.regrouped(frame, SCHEME) == ["2021-22"]
    assert trends.regrouped(frame, "white_british_other") == ["2023-24"]
    assert trends.regrouped(frame, None) == []


# ------------------------------------------------------------------------------------------------------ Change of a gap


def told(change: GapChange | None) -> tuple[str, str] | None:
    """What is said of a change in short, and since when."""
    return (change.short, change.since) if change else None


def changed(gaps: dict[int, float], half: float | None = 2.0, breaks: Sequence[date] = (), until: int = 2024) -> tuple[str, str] | None:
    """The change of Asian people's gap to a White figure of 50, given the gap of each year; each figure give or take ``half``."""
    rows = [
        observation(code, value, half=half, year=year) for year, gap in gaps.items() for code, value in (("white", 50), ("asian", 50 + gap))
    ]
    return told(trends.change_of_gap(observations(*rows), SCHEME, "asian", "white", date(until + 1, 3, 31), breaks))


def test_a_gap_is_narrower_or_wider_since_the_first_year_that_may_be_compared() -> None:
    assert changed({2020: -20, 2022: -15, 2024: -10}) == ("Narrower", "2020-21")
    assert changed({2020: -10, 2024: -20}) == ("Wider", "2020-21")
    assert changed({2020: 20, 2024: 10}) == ("Narrower", "2020-21")


def test_a_change_is_not_clear_until_its_interval_leaves_out_nought() -> None:
    # Four figures, each give or take 2: the change of the gap is give or take 4.
    assert changed({2020: -10, 2024: -13.999}) == ("No clear change", "2020-21")
    assert changed({2020: -10, 2024: -14.001}) == ("Wider", "2020-21")
    assert changed({2020: -14.001, 2024: -10}) == ("Narrower", "2020-21")
    assert changed({2020: -10, 2024: -10}) == ("No clear change", "2020-21")


def test_without_intervals_no_change_is_clear() -> None:
    assert changed({2020: -5, 2024: -30}, half=None) is None


def test_the_comparison_begins_anew_at_a_break() -> None:
    gaps = {2020: -20.0, 2021: -20.0, 2022: -10.0, 2023: -10.0, 2024: -10.0}
    assert changed(gaps) == ("Narrower", "2020-21")
    assert changed(gaps, breaks=[date(2022, 4, 1)]) == ("No clear change", "2022-23")
    assert changed(gaps, breaks=[date(2022, 7, 1)]) == ("No clear change", "2023-24")
    assert changed(gaps, breaks=[date(2024, 4, 1)]) is None
    assert changed(gaps, breaks=[date(2024, 7, 1)]) is None
    assert changed(gaps, breaks=[date(2019, 4, 1), date(2025, 4, 1)]) == ("Narrower", "2020-21")


def test_a_later_period_than_the_one_chosen_is_not_looked_at() -> None:
    assert changed({2020: -20, 2022: -10, 2024: -30}, until=2022) == ("Narrower", "2020-21")


def test_one_period_or_a_period_without_the_gap_is_no_change() -> None:
    assert changed({2024: -10}) is None
    assert changed({2022: -10, 2023: -20}) is None


def test_a_figure_of_too_few_people_begins_no_comparison() -> None:
    few = [observation("asian", 20, year=2020, cell_state="unreliable"), observation("white", 50, year=2020)]
    sure = [observation(code, value, year=year) for year in (2022, 2024) for code, value in (("white", 50), ("asian", 40))]
    found = told(trends.change_of_gap(observations(*few, *sure), SCHEME, "asian", "white", date(2025, 3, 31), []))
    assert found == ("No clear change", "2022-23")


def test_a_gap_between_other_groups_is_another_gap() -> None:
    old = [observation(code, value, year=2020, ethnicity_scheme="upper_mhsds") for code, value in (("white", 50), ("asian", 10))]
    new = [observation(code, value, year=year) for year in (2022, 2024) for code, value in (("white", 50), ("asian", 40))]
    found = told(trends.change_of_gap(observations(*old, *new), SCHEME, "asian", "white", date(2025, 3, 31), []))
    assert found == ("No clear change", "2022-23")


@given(st.dictionaries(st.integers(2010, 2024), st.integers(-40, 40), min_size=2), st.sets(st.integers(2010, 2025)))
def test_a_change_never_reaches_back_over_a_break(gaps: dict[int, float], years: set[int]) -> None:
    last = max(gaps)
    breaks = [date(year, 4, 1) for year in years]
    found = changed(dict(gaps), breaks=breaks, until=last)
    allowed = [year for year in sorted(gaps) if not any(year < at <= last for at in years)]
    if len(allowed) < 2:
        assert found is None
    else:
        assert found is not None
        assert found[1].startswith(str(allowed[0]))

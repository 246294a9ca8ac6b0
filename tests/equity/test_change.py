from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from equity import rates
from equity.change import Direction, changes
from equity.comparison import Estimate, difference, ratio
from equity.trend import VALUES, Interval, gap, log_ratio, trend

Point = tuple[date, date, Estimate | None, Estimate | None]

counts = st.tuples(st.integers(1, 400), st.floats(0, 1)).map(lambda pair: (round(pair[0] * pair[1]), pair[0]))


@cache
def share(x: int, n: int) -> Estimate:
    """A proportion per cent with its Wilson interval."""
    interval = rates.wilson(pl.lit(float(x)), pl.lit(float(n)))
    return Estimate(100 * x / n, *pl.select(lower=interval.lower, upper=interval.upper).row(0))


def year(first: int) -> tuple[date, date]:
    return date(first, 4, 1), date(first + 1, 3, 31)


def numbers(one: Estimate | None) -> list[float | None]:
    return [None] * 3 if one is None else [one.value, one.lower, one.upper]


def frame(points: Sequence[Point], **columns: Any) -> pl.DataFrame:
    rows = [[start, end, *numbers(group), *numbers(reference)] for start, end, group, reference in points]
    schema = {"period_start": pl.Date, "period_end": pl.Date, **dict.fromkeys(VALUES, pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(**{name: pl.lit(value) for name, value in columns.items()})


def one(points: Sequence[Point], breaks: Sequence[date] = ()) -> dict[str, Any]:
    return changes(frame(points), [], breaks).row(0, named=True)


def interval(estimate: Estimate) -> Interval:
    return Interval(*(np.array([math.nan if part is None else part]) for part in (estimate.value, estimate.lower, estimate.upper)))


def years(*pairs: tuple[Estimate | None, Estimate | None], first: int = 2018) -> list[Point]:
    return [(*year(first + at), group, reference) for at, (group, reference) in enumerate(pairs)]


# ---------------------------------------------------------------------------------------- The interval of a gap's change


@given(counts, counts)
def test_the_gaps_of_arrays_are_those_of_single_figures(group: tuple[int, int], reference: tuple[int, int]) -> None:
    a, b = share(*group), share(*reference)
    found, expected = gap(interval(a), interval(b)), difference(a, b)
    assert [part[0] for part in found] == pytest.approx([expected.value, expected.lower, expected.upper])
    logs, quotient = log_ratio(interval(a), interval(b)), ratio(a, b)
    if quotient is None or a.value == 0 or quotient.lower is None:
        assert all(math.isnan(part[0]) for part in logs)
    else:
        assert [math.exp(part[0]) for part in logs] == pytest.approx([quotient.value, quotient.lower, quotient.upper])


@given(counts, counts, counts, counts)
def test_a_change_is_the_difference_of_two_gaps_with_its_interval(
    a: tuple[int, int], b: tuple[int, int], c: tuple[int, int], d: tuple[int, int]
) -> None:
    """Slow and obvious: the difference of the two differences, and the ratio of the two ratios by MOVER on logarithms."""
    first, last = (share(*a), share(*b)), (share(*c), share(*d))
    row = one(years(first, last))
    expected = difference(difference(*last), difference(*first))
    assert [row[f"difference_{part}"] for part in ("change", "lower", "upper")] == pytest.approx(
        [expected.value, expected.lower, expected.upper]
    )
    quotients = [ratio(*last), ratio(*first)]
    if any(quotient is None or quotient.value == 0 or not quotient.lower for quotient in quotients):
        return
    logs = [Estimate(*(math.log(part) for part in (quotient.value, quotient.lower, quotient.upper))) for quotient in quotients]  # pyright: ignore
    moved = difference(*logs)
    expected_ratio = [math.exp(part) for part in (moved.value, moved.lower, moved.upper)]  # pyright: ignore
    assert [row[f"ratio_{part}"] for part in ("change", "lower", "upper")] == pytest.approx(expected_ratio)


@given(counts, counts, counts, counts)
def test_swapping_the_periods_turns_the_change_round(
    a: tuple[int, int], b: tuple[int, int], c: tuple[int, int], d: tuple[int, int]
) -> None:
    first, last = (share(*a), share(*b)), (share(*c), share(*d))
    one_way, other_way = one(years(first, last)), one(years(last, first))
    assert one_way["difference_change"] == pytest.approx(-other_way["difference_change"])
    assert (one_way["difference_lower"], one_way["difference_upper"]) == pytest.approx(
        (-other_way["difference_upper"], -other_way["difference_lower"])
    )
    turned = {"narrowing": "widening", "widening": "narrowing"}
    for name in ("difference", "ratio"):
        assert one_way[f"{name}_finding"] == turned.get(other_way[f"{name}_finding"], other_way[f"{name}_finding"])


def test_the_interval_of_a_change_covers_it() -> None:
    """Four true proportions, drawn 2,000 times: the 95% interval of the change of the gap holds it 93 to 97 times in 100."""
    draw, held = np.random.default_rng(3), 0
    truth, people = np.array([0.40, 0.50, 0.45, 0.50]), np.array([150, 2000, 120, 2500])
    x = draw.binomial(people, truth, size=(2000, 4))
    limits = rates.wilson(pl.col("x"), pl.col("n"))
    flat = pl.DataFrame({"x": x.ravel().astype(float), "n": np.tile(people, 2000).astype(float)})
    low, high = (flat.select(part).to_numpy().reshape(-1, 4) for part in limits)
    estimates = [Interval(100 * x[:, at] / people[at], low[:, at], high[:, at]) for at in range(4)]
    first, last = gap(*estimates[:2]), gap(*estimates[2:])
    lower = last.value - first.value - np.hypot(last.value - last.lower, first.upper - first.value)
    upper = last.value - first.value + np.hypot(last.upper - last.value, first.value - first.lower)
    held = np.mean((lower <= 5.0) & (upper >= 5.0))
    assert 0.93 <= held <= 0.97


# ------------------------------------------------------------------------------------------------------------- The rule


def of(value: float, half: float = 1.0) -> Estimate:
    return Estimate(value, value - half, value + half)


@pytest.mark.parametrize(
    ("first", "last", "absolute", "relative", "turned"),
    [
        ((40, 50), (46, 50), "narrowing", "narrowing", False),
        ((46, 50), (40, 50), "widening", "widening", False),
        ((50, 40), (50, 46), "narrowing", "narrowing", False),
        ((40, 50), (41, 50), "no clear change", "no clear change", False),
        ((40, 50), (40, 50), "no clear change", "no clear change", False),
        ((45, 50), (55, 50), "no clear change", "no clear change", True),
        ((40, 50), (54, 50), "narrowing", "narrowing", True),
        ((50, 50), (40, 50), "widening", "widening", False),
    ],
    ids=["up", "down", "reference up", "too little", "the same", "other side as far", "other side nearer", "from none"],
)
def test_a_gap_is_narrower_if_it_has_clearly_moved_towards_nought(
    first: Any, last: Any, absolute: str, relative: str, turned: bool
) -> None:
    row = one(years((of(first[0]), of(first[1])), (of(last[0]), of(last[1]))))
    assert (row["difference_finding"], row["ratio_finding"], row["turned"]) == (absolute, relative, turned)


def test_absolute_and_relative_gaps_may_disagree() -> None:
    """From 4 against 8 to 20 against 28: twice as far apart, yet no longer twice as many."""
    row = one(years((of(4, 0.3), of(8, 0.3)), (of(20, 0.3), of(28, 0.3))))
    assert (row["difference_finding"], row["ratio_finding"]) == ("widening", "narrowing")


@given(st.floats(1, 99), st.floats(1, 99), st.floats(1, 99), st.floats(1, 99), st.floats(0.1, 5))
def test_a_clear_finding_agrees_with_the_size_of_the_gap(a: float, b: float, c: float, d: float, half: float) -> None:
    row = one(years((of(a, half), of(b, half)), (of(c, half), of(d, half))))
    size = abs(row["difference_last"]) - abs(row["difference_first"])
    assert row["difference_finding"] not in {Direction.NARROWING if size >= 0 else Direction.WIDENING, Direction.CANNOT_SAY}


# ------------------------------------------------------------------------------------------------------------ The trend


@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(0.5, 5)), min_size=4, max_size=9))
def test_the_trend_is_the_weighted_line(points: list[tuple[float, float]]) -> None:
    """Against numpy's weighted polynomial fit with known variances."""
    at = np.arange(len(points), dtype=np.float64)
    value, half = (np.array(part) for part in zip(*points, strict=True))
    gaps = Interval(*(part[None, :] for part in (value, value - half, value + half)))
    line = trend(at[None, :], gaps, np.ones((1, len(points)), dtype=bool), 0.95)
    sigma = half / 1.959963984540054
    (slope, _), covariance = np.polyfit(at, value, 1, w=1 / sigma, cov="unscaled")
    assert line.slope.value[0] == pytest.approx(slope, abs=1e-9)
    left = (value - np.polyval(np.polyfit(at, value, 1, w=1 / sigma), at)) / sigma
    student = {
        4: 4.302652729911275,
        5: 3.182446305284263,
        6: 2.776445105197799,
        7: 2.570581835636314,
        8: 2.446911851144969,
        9: 2.364624251592785,
    }
    factor = max(1.959963984540054, student[len(at)] * math.sqrt((left**2).sum() / (len(at) - 2)))
    assert line.slope.upper[0] - line.slope.value[0] == pytest.approx(factor * math.sqrt(covariance[0, 0]))
    middle = np.polyval(np.polyfit(at, value, 1, w=1 / sigma), at.mean())
    assert line.middle.value[0] == pytest.approx(middle, abs=1e-9)
    there = np.array([at.mean(), 1.0])
    assert line.middle.upper[0] - line.middle.value[0] == pytest.approx(factor * math.sqrt(there @ covariance @ there))


@pytest.mark.parametrize("extra", [0.0, 1.5], ids=["chance alone", "more scatter than chance"])
@pytest.mark.parametrize("number", [4, 8])
def test_the_interval_of_a_trend_covers_it(number: int, extra: float) -> None:
    """With no more scatter than the intervals say it is a little cautious; with more it still holds its level."""
    draw, draws = np.random.default_rng(number), 4000
    sigma = np.linspace(0.6, 1.4, number)
    truth = 0.5 * np.arange(number) - 6
    value = truth + draw.normal(0, np.hypot(sigma, extra * sigma), size=(draws, number))
    half = 1.959963984540054 * sigma
    gaps = Interval(value, value - half, value + half)
    line = trend(np.broadcast_to(np.arange(number, dtype=np.float64), value.shape), gaps, np.ones(value.shape, dtype=bool), 0.95)
    held = np.mean((line.slope.lower <= 0.5) & (line.slope.upper >= 0.5))
    assert held >= 0.94
    assert held <= (0.995 if extra == 0 else 0.97)


def test_a_trend_needs_four_periods() -> None:
    pairs = [(of(40 + 2 * at), of(50)) for at in range(4)]
    row = one(years(*pairs[:3]))
    assert (row["difference_trend_change"], row["difference_trend_finding"]) == (None, "cannot say")
    row = one(years(*pairs))
    assert row["difference_trend_change"] == pytest.approx(2, rel=1e-3)
    assert (row["difference_trend_finding"], row["ratio_trend_finding"]) == ("narrowing", "narrowing")


def test_a_trend_is_a_year_however_long_a_period_is() -> None:
    months = [(date(2024, at, 1), date(2024, at, 29 if at == 2 else 30 if at in {4, 6, 9, 11} else 31)) for at in range(1, 13)]
    row = one([(*month, of(40 + at), of(60)) for at, month in enumerate(months)])
    assert row["difference_trend_change"] == pytest.approx(12, rel=0.02)


def test_a_way_there_and_back_is_no_trend() -> None:
    row = one(years(*((of(40 + up), of(50)) for up in (0, 3, 6, 6, 3, 0))))
    assert row["difference_trend_finding"] == "no clear change"


# ------------------------------------------------------------------------------------------------ Which are compared


def test_a_series_is_split_where_it_breaks() -> None:
    points = years(*((of(40 + 2 * at), of(50)) for at in range(5)))
    out = changes(frame(points), [], [date(2020, 4, 1)])
    assert out["series"].to_list() == [0, 1]
    assert out["first_start"].to_list() == [date(2018, 4, 1), date(2020, 4, 1)]
    assert out["last_end"].to_list() == [date(2020, 3, 31), date(2023, 3, 31)]
    assert out["difference_change"].to_list() == pytest.approx([2, 4])


def test_a_period_in_which_a_series_breaks_is_in_neither() -> None:
    points = years(*((of(40 + 2 * at), of(50)) for at in range(4)))
    out = changes(frame(points), [], [date(2020, 1, 1)])
    assert out["across_break"].to_list() == [1, 0]
    assert out["periods"].to_list() == [1, 2]
    assert out["difference_change"].to_list() == [None, pytest.approx(2)]


def test_periods_without_a_figure_are_left_out_and_counted() -> None:
    pairs: list[Any] = [(None, of(50)), (of(40), of(50)), (of(41), None), (of(46), of(50)), (of(47), Estimate(50))]
    row = one(years(*pairs))
    assert (row["periods"], row["no_figure"]) == (2, 3)
    assert (row["first_start"], row["last_start"]) == (date(2019, 4, 1), date(2021, 4, 1))
    assert row["difference_change"] == pytest.approx(6)


def test_rolling_years_are_compared_only_where_they_do_not_overlap() -> None:
    """Twelve-month periods that end each month of three years: the last, the one before it, and the first of all."""
    points: list[Point] = []
    for month in range(25):
        start = date(2021 + month // 12, month % 12 + 1, 1)
        end = date(2022 + (month - 1) // 12, (month - 1) % 12 + 1, 28)
        end = pl.select(pl.lit(end).dt.month_end()).item()
        points.append((start, end, of(40 + month / 4), of(50)))
    row = one(points)
    assert (row["periods"], row["overlapping"], row["other_length"]) == (3, 22, 0)
    assert (row["first_start"], row["last_start"]) == (date(2021, 1, 1), date(2023, 1, 1))
    assert row["difference_change"] == pytest.approx(6)


def test_a_month_is_not_compared_with_a_year() -> None:
    points = [*years((of(40), of(50)), (of(46), of(50))), (date(2019, 3, 1), date(2019, 3, 31), of(10), of(50))]
    row = one(points)
    assert (row["periods"], row["other_length"]) == (2, 1)
    assert row["difference_change"] == pytest.approx(6)


def test_of_periods_that_end_together_the_longest_is_the_yardstick() -> None:
    points = [*years((of(40), of(50)), (of(46), of(50))), (date(2020, 3, 1), date(2020, 3, 31), of(10), of(50))]
    row = one(points)
    assert (row["last_start"], row["periods"], row["other_length"]) == (date(2019, 4, 1), 2, 1)


def test_leap_years_are_as_long_as_others() -> None:
    assert one(years((of(40), of(50)), (of(46), of(50)), first=2019))["periods"] == 2


@given(st.permutations(range(6)), st.integers(0, 3))
def test_the_order_of_rows_and_other_strata_change_nothing(order: list[int], lost: int) -> None:
    pairs: list[Any] = [(of(40 + 2 * at), of(50)) for at in range(6)]
    pairs[lost] = (None, of(50))
    points = years(*pairs)
    alone = changes(frame(points), [])
    shuffled = pl.concat([frame([points[at] for at in order], place="a"), frame(points[:2], place="b"), frame(points[3:], place=None)])
    out = changes(shuffled, ["place"]).filter(pl.col("place") == "a").drop("place")
    assert out.equals(alone)


# ------------------------------------------------------------------------------------------------------------ The edges


def test_one_period_alone_has_no_change() -> None:
    row = one(years((of(40), of(50))))
    assert (row["periods"], row["difference_change"], row["difference_finding"], row["turned"]) == (1, None, "cannot say", False)
    assert (row["difference_first"], row["difference_last"]) == (-10, -10)


def test_no_figure_at_all_has_no_change_and_no_period() -> None:
    row = one(years((None, of(50)), (of(40), None)))
    assert (row["periods"], row["no_figure"], row["first_start"], row["last_end"]) == (0, 2, None, None)
    assert (row["difference_first"], row["difference_finding"]) == (None, "cannot say")


def test_a_ratio_of_nought_has_no_change_while_the_difference_has() -> None:
    none = Estimate(0.0, 0.0, 0.5)
    row = one(years((none, of(50)), (of(20), of(50))))
    assert row["difference_finding"] == "narrowing"
    assert (row["ratio_change"], row["ratio_finding"], row["ratio_first"]) == (None, "cannot say", None)
    row = one(years((of(50), none), (of(50), of(20))))
    assert (row["difference_finding"], row["ratio_finding"]) == ("narrowing", "cannot say")


def test_a_ratio_whose_group_may_be_nought_has_an_open_end() -> None:
    few = Estimate(2.0, 0.0, 6.0)
    row = one(years((few, of(50)), (of(20), of(50))))
    assert row["ratio_upper"] == math.inf
    assert row["ratio_lower"] > 1
    assert row["ratio_finding"] == "narrowing"


def test_a_ratio_whose_reference_may_be_nought_cannot_be_told() -> None:
    few = Estimate(2.0, 0.0, 6.0)
    row = one(years((of(50), few), (of(50), of(40))))
    assert (row["difference_finding"], row["ratio_finding"], row["ratio_upper"]) == ("narrowing", "cannot say", None)


def test_figures_that_are_known_exactly_have_a_change_and_no_trend() -> None:
    row = one(years(*((Estimate(40.0 + at, 40.0 + at, 40.0 + at), Estimate(50, 50, 50)) for at in range(5))))
    assert (row["difference_change"], row["difference_lower"], row["difference_upper"]) == (4, 4, 4)
    assert row["difference_finding"] == "narrowing"
    assert row["difference_trend_change"] is None


def test_an_empty_table_has_no_change() -> None:
    assert changes(frame([]), []).height == 0


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (years((of(40), of(50))) * 2, "two rows have the same"),
        ([(date(2020, 2, 1), date(2020, 1, 1), of(40), of(50))], "ends before it starts"),
        (years((of(-4), of(50))), "below nought, or a value or limit infinite"),
        (years((Estimate(40, 30, math.inf), of(50))), "below nought, or a value or limit infinite"),
    ],
)
def test_what_makes_no_sense_is_refused(points: list[Point], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        changes(frame(points), [])


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="no column 'group_value'"):
        changes(frame([]).drop("group_value"), [])


@given(counts, counts)
def test_the_same_figures_twice_are_no_clear_change(a: tuple[int, int], b: tuple[int, int]) -> None:
    assume(a[0] > 0 and b[0] > 0)
    row = one(years((share(*a), share(*b)), (share(*a), share(*b))))
    assert (row["difference_finding"], row["ratio_finding"]) == ("no clear change", "no clear change")
    assert row["ratio_change"] == pytest.approx(1)

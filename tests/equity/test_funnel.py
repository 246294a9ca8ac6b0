from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from equity import funnel
from equity.funnel import count_flag, event_limits, expected_limits, implied_denominator, pooled, proportion_flag, proportion_limits
from equity.rates import Interval, poisson, z_value

PEERS = Path(__file__).parents[2] / "../shared/statistics"
X, N, E = pl.col("x"), pl.col("n"), pl.col("e")
Limits = tuple[float | None, float | None]


def limits(interval: Interval, **values: float | None) -> Limits:
    frame = pl.DataFrame({name: [value] for name, value in values.items()}, schema=dict.fromkeys(values, pl.Float64))
    return frame.select(lower=interval.lower, upper=interval.upper).row(0)


def flag(expression: pl.Expr, **values: float | None) -> str | None:
    frame = pl.DataFrame({name: [value] for name, value in values.items()}, schema=dict.fromkeys(values, pl.Float64))
    return frame.select(expression).item(0, 0)


# ---------------------------------------------------------------------------------------- What a peer's package gives


def cases(statistic: str | None = None) -> list[dict[str, object]]:
    frame = pl.read_csv(PEERS / "inputs/funnel_cases.csv")
    return frame.filter(pl.col("statistic") == statistic if statistic else pl.lit(True)).to_dicts()


def rows_of(case_id: object) -> pl.DataFrame:
    numbers = {"numerator": pl.Float64, "denominator": pl.Float64, "rate": pl.Float64}
    return pl.read_csv(PEERS / "inputs/funnel_rows.csv", schema_overrides=numbers).filter(pl.col("case_id") == case_id)


def output(name: str, case_id: object) -> pl.DataFrame:
    frame = pl.read_csv(PEERS / f"outputs/{name}.csv", infer_schema=False).filter(pl.col("case_id") == case_id)
    numbers = [
        column for column in frame.columns if column.endswith("limit") or column in {"x", "baseline", "rate_chart", "denominator_derived"}
    ]
    return frame.with_columns(pl.col(numbers).replace("", None).cast(pl.Float64))


LEVELS = (("2s", 0.95), ("3s", 0.998))


@pytest.mark.real
def test_limits_of_a_proportion_are_those_of_the_fingertips_package_with_the_ceiling_at_the_multiplier() -> None:
    compared, corrected = 0, {"F05": 0, "F06": 0}
    for case in cases("proportion"):
        case_id, multiplier = str(case["case_id"]), float(str(case["multiplier"]))
        rows, curve = rows_of(case_id), output("funnel_limits", case_id)
        average = rows.select(pooled(pl.col("numerator"), pl.col("denominator"))).item()
        assert average * multiplier == pytest.approx(curve["baseline"][0], rel=1e-9)
        for name, confidence in LEVELS:
            ours = curve.select(x="x", **proportion_limits(pl.col("x"), pl.lit(average), multiplier, confidence)._asdict())
            for side in ("lower", "upper"):
                for mine, theirs in zip(ours[side], curve[f"{side}_{name}_limit"], strict=True):
                    compared += 1
                    assert 0 <= mine <= multiplier
                    if case_id == "F05" and theirs > 1:  # more than everyone, because the ceiling is 100
                        assert mine == 1
                        corrected["F05"] += 1
                    elif case_id == "F06" and theirs == 100:  # 100 in every 1,000, because the ceiling is 100
                        assert mine > 100
                        corrected["F06"] += 1
                    else:
                        assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-12), case_id
    assert compared == 9 * 400
    assert corrected == {"F05": 2, "F06": 200}  # all of F06: below its average of 202


@pytest.mark.real
def test_limits_of_ratios_and_rates_are_those_of_the_fingertips_package_and_exact() -> None:
    """The package looks for the limits by halving and stops about 5e-8 away: 1 in 20,000 of the upper limits at one event."""
    compared, loose = 0, 0
    for case in [*cases("ratio"), *cases("rate")]:
        curve = output("funnel_limits", case["case_id"])
        if curve["status"][0] != "ok":
            assert case["case_id"] == "F17"
            continue
        scale = curve["baseline"][0] or (100 if case["ratio_type"] == "isr" else 1)
        minus = 1 if case["ratio_type"] == "count" else 0
        for name, confidence in LEVELS:
            ours = curve.select("x", **event_limits(pl.col("x"), confidence)._asdict())
            for side in ("lower", "upper"):
                for x, mine, theirs in zip(ours["x"], ours[side], (curve[f"{side}_{name}_limit"] + minus) / scale, strict=True):
                    compared += 1
                    if side == "upper" and x == 1:
                        loose += 1
                        assert 1 / theirs == pytest.approx(1 / mine, abs=1e-7), case["case_id"]
                    else:
                        assert theirs == pytest.approx(mine, rel=1e-6), (case["case_id"], x)
    assert (compared, loose) == (9 * 400, 16)


FLAG_OF = {
    "High (0.001)": "high_outer", "High (0.025)": "high_inner", "Not significant": "within", "Low (0.025)": "low_inner",
    "Low (0.001)": "low_outer", "Not applicable for events less than 10 for dsrs": None,
}  # fmt: skip


@pytest.mark.real
def test_flags_are_those_of_the_fingertips_package() -> None:
    compared = 0
    for case in cases():
        theirs, rows = output("funnel_significance", case["case_id"]), rows_of(case["case_id"])
        if theirs["status"][0] != "ok":
            assert case["case_id"] in {"F15", "F17"}
            continue
        x, n = pl.col("numerator"), pl.col("denominator")
        if case["statistic"] == "proportion":
            flags = rows.select(flag=proportion_flag(x, n))
        elif case["statistic"] == "ratio":
            flags = rows.select(flag=count_flag(x, n))
        elif case["rate_type"] == "dsr":
            people = implied_denominator(x, pl.col("rate"), 100_000)
            flags = rows.select(flag=count_flag(x, people * pooled(x, people), fewest=10))
        else:
            flags = rows.select(flag=count_flag(x, n * pooled(x, n)))
        compared += rows.height
        assert flags["flag"].to_list() == [FLAG_OF[said] for said in theirs["significance"]], case["case_id"]
    assert compared == 262


@pytest.mark.real
def test_a_rate_without_denominators_has_flags_where_the_package_stops() -> None:
    rows = rows_of("F15")
    people = implied_denominator(pl.col("numerator"), pl.col("rate"), 100_000)
    expected = people * pooled(pl.col("numerator"), people)
    flags = rows.select(flag=count_flag(pl.col("numerator"), expected))["flag"]
    theirs = [FLAG_OF[said] for said in output("funnel_significance", "F14")["significance"]]
    assert flags.to_list() == theirs  # the same counts and rates, with denominators


@pytest.mark.real
def test_points_are_those_of_the_fingertips_package() -> None:
    compared = 0
    for case in cases("rate"):
        theirs, rows = output("funnel_points", case["case_id"]), rows_of(case["case_id"])
        if theirs["status"][0] != "ok":
            assert case["case_id"] == "F17"  # a rate of nought says nothing of its denominator: null here, an error there
            implied = rows.select(implied_denominator(pl.col("numerator"), pl.col("rate"), 100_000)).to_series()
            assert implied.is_null().to_list() == (rows["numerator"] == 0).to_list()
            compared += 1
            continue
        fewest = 10 if case["rate_type"] == "dsr" else 0
        implied = implied_denominator(
            pl.col("numerator"), pl.col("rate"), float(str(case["multiplier"])), float(str(case["years_of_data"])), fewest
        )
        for row, mine in zip(theirs.iter_rows(named=True), rows.select(implied).to_series(), strict=True):
            compared += 1
            if mine is None and row["denominator_derived"] is not None:
                assert row["rate_chart"] == 0  # the denominator column was used
                continue
            assert mine == (None if row["denominator_derived"] is None else pytest.approx(row["denominator_derived"], rel=1e-9))
    assert compared == 91


# ----------------------------------------------------------------------------------------- What slow and obvious code gives

COUNTS = st.integers(0, 400).map(float)
CONFIDENCE = st.sampled_from([0.8, 0.95, 0.998])
POSITIVE = st.floats(0.05, 400)


@given(st.floats(0.5, 500), CONFIDENCE)
def test_limits_at_an_expected_count_are_where_the_poisson_tails_of_the_observed_one_meet_it(expected: float, confidence: float) -> None:
    lower, upper = limits(expected_limits(E, confidence), e=expected)
    assert lower is not None
    assert upper is not None
    tail = (1 - confidence) / 2
    # A gamma variable of that shape is a count's limit: solved for by a root finder, not by the quantile.
    assert stats.gamma.cdf(lower * expected, expected) == pytest.approx(tail, rel=1e-9)
    assert stats.gamma.sf(upper * expected, expected + 1) == pytest.approx(tail, rel=1e-9)
    assert lower < 1 < upper


@given(st.integers(1, 300), CONFIDENCE)
def test_limits_at_an_observed_count_are_where_it_would_just_be_a_surprise(events: int, confidence: float) -> None:
    lower, upper = limits(event_limits(X, confidence), x=float(events))
    tail = (1 - confidence) / 2
    fewest: Any = optimize.brentq(lambda e: stats.poisson.sf(events - 1, e) - tail, 1e-9, 1000, xtol=1e-13)
    most: Any = optimize.brentq(lambda e: stats.poisson.cdf(events, e) - tail, 1e-9, 1000, xtol=1e-13)
    assert (lower, upper) == (pytest.approx(events / most, rel=1e-8), pytest.approx(events / fewest, rel=1e-8))


@given(COUNTS, POSITIVE)
def test_a_flag_says_what_the_interval_of_the_count_says(count: float, expected: float) -> None:
    said = flag(count_flag(X, E), x=count, e=expected)
    inner, outer = (limits(poisson(X, level), x=count) for level in (0.95, 0.998))
    assume(all(abs(limit / expected - 1) > 1e-9 for pair in (inner, outer) for limit in pair if limit is not None))
    slow = "within"
    for name, (lower, upper) in (("inner", inner), ("outer", outer)):
        assert lower is not None
        assert upper is not None
        slow = f"high_{name}" if lower > expected else f"low_{name}" if upper < expected else slow
    assert said == slow


@pytest.mark.parametrize("count", range(13))
def test_the_flag_of_a_small_count_turns_where_its_interval_ends(count: int) -> None:
    for name, level in (("inner", 0.95), ("outer", 0.998)):
        lower, upper = limits(poisson(X, level), x=float(count))
        assert lower is not None
        assert upper is not None
        for end, side, sign in ((lower, "high", -1), (upper, "low", 1)):
            if end > 0:
                within = {"inner": "within", "outer": f"{side}_inner"}[name]
                assert flag(count_flag(X, E), x=float(count), e=end * (1 - sign * 1e-6)) == within
                assert flag(count_flag(X, E), x=float(count), e=end * (1 + sign * 1e-6)) == f"{side}_{name}"


@given(st.integers(1, 500), st.integers(0, 500), st.floats(0, 1), st.sampled_from([1.0, 100.0, 1000.0]), CONFIDENCE)
def test_limits_of_a_proportion_hold_the_average_and_what_can_be(
    size: int, numerator: int, average: float, multiplier: float, confidence: float
) -> None:
    lower, upper = limits(proportion_limits(N, pl.lit(average), multiplier, confidence), n=float(size))
    assert lower is not None
    assert upper is not None
    reach = z_value(confidence) * math.sqrt(average * (1 - average) / size)
    assert lower == pytest.approx(multiplier * max(0, average - reach), rel=1e-9, abs=1e-12)
    assert upper == pytest.approx(multiplier * min(1, average + reach), rel=1e-9, abs=1e-12)
    assert 0 <= lower <= average * multiplier * (1 + 1e-12)
    assert average * multiplier <= upper * (1 + 1e-12) <= multiplier * (1 + 1e-9)
    if numerator <= size:
        said = flag(proportion_flag(X, N, pl.lit(average), (confidence, 0.9999)), x=float(numerator), n=float(size))
        beyond = abs(numerator / size - average) - reach
        assume(abs(beyond) > 1e-9)
        assert (said != "within") == (beyond > 0)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 400)), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_flags_do_not_depend_on_the_order_of_groups_or_on_groups_of_other_sets(rows: list[tuple[int, int]], chance: object) -> None:
    frame = pl.DataFrame(rows, schema=["x", "n"], orient="row").with_columns(s=pl.lit("a"))
    order = list(range(len(rows)))
    chance.shuffle(order)  # pyright: ignore[reportAttributeAccessIssue]
    alone = frame.select(flag=proportion_flag(X, N))["flag"]
    other = pl.concat([frame, frame.with_columns(x=N - X, s=pl.lit("b"))])
    together = other.with_columns(flag=proportion_flag(X, N, pooled(X, N).over("s")))
    assert together.filter(pl.col("s") == "a")["flag"].equals(alone)
    assert frame[order].select(flag=proportion_flag(X, N))["flag"].equals(alone[order])


# ------------------------------------------------------------------------------------------------------- The edge table

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize("size", [None, 0.0, -5.0, NAN, INF])
def test_a_size_that_cannot_be_has_no_limits(size: float | None) -> None:
    assert limits(proportion_limits(N, pl.lit(0.3)), n=size) == (None, None)
    if size != INF:
        assert limits(expected_limits(N), n=size) == (None, None)
        assert limits(event_limits(N), n=size) == (None, None)


@pytest.mark.parametrize("average", [-0.1, 1.1, NAN])
def test_an_average_that_is_no_proportion_has_no_limits(average: float) -> None:
    assert limits(proportion_limits(N, pl.lit(average)), n=100.0) == (None, None)


def test_where_nobody_or_everybody_is_counted_the_limits_are_the_average() -> None:
    assert limits(proportion_limits(N, pl.lit(0.0)), n=10.0) == (0, 0)
    assert limits(proportion_limits(N, pl.lit(1.0)), n=10.0) == (100, 100)
    frame = pl.DataFrame({"x": [0, 0], "n": [5, 50]})
    assert frame.select(proportion_flag(X, N)).to_series().to_list() == ["within", "within"]


def test_a_group_with_no_events_is_flagged_where_many_were_expected() -> None:
    assert flag(count_flag(X, E), x=0.0, e=2.0) == "within"
    assert flag(count_flag(X, E), x=0.0, e=4.0) == "low_inner"
    assert flag(count_flag(X, E), x=0.0, e=8.0) == "low_outer"


def test_events_where_none_are_expected_are_too_many() -> None:
    assert flag(count_flag(X, E), x=3.0, e=0.0) == "high_outer"
    assert flag(count_flag(X, E), x=30.0, e=0.0) == "high_outer"
    assert flag(count_flag(X, E), x=0.0, e=0.0) == "within"


@pytest.mark.parametrize(
    ("count", "expected"), [(None, 5.0), (5.0, None), (-1.0, 5.0), (5.0, -1.0), (NAN, 5.0), (5.0, NAN), (INF, 5.0), (5.0, INF)]
)
def test_a_count_that_cannot_be_has_no_flag(count: float | None, expected: float | None) -> None:
    assert flag(count_flag(X, E), x=count, e=expected) is None


@pytest.mark.parametrize(
    ("numerator", "denominator"), [(None, 10.0), (3.0, None), (-1.0, 10.0), (11.0, 10.0), (0.0, 0.0), (NAN, 10.0), (3.0, NAN)]
)
def test_a_proportion_that_cannot_be_has_no_flag(numerator: float | None, denominator: float | None) -> None:
    assert flag(proportion_flag(X, N, pl.lit(0.3)), x=numerator, n=denominator) is None


def test_rows_that_cannot_be_take_no_part_in_the_average() -> None:
    frame = pl.DataFrame({"x": [10.0, None, 5.0, -3.0, 2.0], "n": [100.0, 100.0, None, 50.0, 0.0]})
    assert frame.select(pooled(X, N)).item() == 0.1
    broken = pl.DataFrame({"x": [10.0, 900.0], "n": [100.0, 100.0]})
    assert broken.select(proportion_flag(X, N)).to_series().to_list() == ["within", None]


def test_fewer_events_than_are_asked_for_have_no_flag() -> None:
    assert flag(count_flag(X, E, fewest=10), x=9.0, e=50.0) is None
    assert flag(count_flag(X, E, fewest=10), x=10.0, e=50.0) == "low_outer"


def test_whole_numbers_and_decimals_have_the_same_flags() -> None:
    whole = pl.DataFrame({"x": [3, 12, 40], "e": [9, 9, 20]})
    assert whole.select(count_flag(X, E)).equals(whole.cast(pl.Float64).select(count_flag(X, E)))


@pytest.mark.parametrize("levels", [(0.998, 0.95), (0.95, 0.95), (0.0, 0.95), (0.95, 1.0)])
def test_levels_that_are_none_or_in_the_wrong_order_are_refused(levels: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="levels"):
        count_flag(X, E, levels)
    with pytest.raises(ValueError, match="levels"):
        proportion_flag(X, N, levels=levels)


def test_a_confidence_that_is_none_is_refused() -> None:
    for function in (expected_limits, event_limits):
        with pytest.raises(ValueError, match="confidence"):
            function(E, 95)


def test_a_curve_goes_from_the_lowest_size_to_the_highest() -> None:
    drawn = funnel.sizes(5, 5000, 50)
    assert (drawn[0], drawn[-1], len(drawn)) == (pytest.approx(5), pytest.approx(5000), 50)
    assert drawn.is_sorted()
    for wrong in ((0, 10), (10, 5), (1, INF)):
        with pytest.raises(ValueError, match="lowest"):
            funnel.sizes(*wrong)


def test_limits_and_flags_run_in_a_lazy_query_by_group() -> None:
    frame = pl.LazyFrame({"s": ["a", "a", "b", "b"], "x": [5, 50, 1, 9], "n": [100, 100, 10, 10]})
    found = frame.with_columns(
        flag=proportion_flag(X, N, pooled(X, N).over("s")), **proportion_limits(N, pooled(X, N).over("s"))._asdict()
    ).collect()
    assert found["flag"].to_list() == ["low_outer", "high_outer", "low_inner", "high_inner"]
    assert found["lower"].null_count() == 0

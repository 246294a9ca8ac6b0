from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import partial
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy import special, stats

from equity import rates
from equity.rates import Interval, Measured, Problem
from tests.equity.roots import root

PEERS = Path(__file__).parents[2] / "../shared/statistics"
X, N, V = pl.col("x"), pl.col("n"), pl.col("v")
NAN, INF = float("nan"), float("inf")
METHODS: list[Callable[..., Measured]] = [rates.proportion, rates.rate]

Limits = tuple[float | None, float | None]


def frame_of(x: float | None, n: float | None = 1.0) -> pl.DataFrame:
    return pl.DataFrame({"x": [x], "n": [n]}, schema={"x": pl.Float64, "n": pl.Float64})


def limits(interval: Interval | Measured, x: float | None, n: float | None = 1.0) -> Limits:
    return frame_of(x, n).select(lower=interval.lower, upper=interval.upper).row(0)


def sure(interval: Interval | Measured, x: float, n: float = 1.0) -> tuple[float, float]:
    lower, upper = limits(interval, x, n)
    assert lower is not None
    assert upper is not None
    return lower, upper


def result(measured: Measured, x: float | None, n: float | None = 1.0) -> dict[str, Any]:
    return frame_of(x, n).select(measured.columns()).row(0, named=True)


def near(expected: Any, rel: float = 1e-9, absolute: float = 0.0) -> Any:
    """What a float must be near to; anything else as it is."""
    return pytest.approx(expected, rel=rel, abs=absolute) if isinstance(expected, float) else expected


def nothing(why: Problem) -> dict[str, Any]:
    return {"value": None, "lower": None, "upper": None, "method": None, "problem": str(why)}


# ---------------------------------------------------------------------------------------- What a peer's package gives


def number(text: str | None) -> float | None:
    return None if text in {None, ""} else float(str(text))


def level(text: str) -> float:
    """A confidence level that the peer lets one write as a percentage."""
    return float(text) / 100 if float(text) > 1 else float(text)


def peers(name: str) -> list[dict[str, str]]:
    inputs = pl.read_csv(PEERS / f"inputs/{name}_cases.csv", infer_schema=False).rename({"confidence": "level"})
    outputs = pl.read_csv(PEERS / f"outputs/{name}.csv", infer_schema=False)
    return inputs.join(outputs, on="case_id", validate="1:1").to_dicts()


# Where we part from the peer on purpose; docs/methods/rates-and-standardisation.md says why.
NO_LEVEL = {"P05"}  # a confidence of 100%
WIDER_LEVELS = {"P29", "R29"}  # 50% and 80%, which the peer refuses


@pytest.mark.real
@pytest.mark.parametrize(("name", "height", "valued"), [("proportion", 32, 24), ("rate", 31, 26)])
def test_every_case_of_the_fingertips_package_has_its_value_interval_and_method_or_its_reason(name: str, height: int, valued: int) -> None:
    method, cases, matched = (rates.proportion if name == "proportion" else rates.rate), peers(name), 0
    assert len(cases) == height
    for case in cases:
        x, n, multiplier = number(case["x"]), number(case["n"]), float(case["multiplier"])
        if case["case_id"] in NO_LEVEL:
            with pytest.raises(ValueError, match="give a level between 0 and 1"):
                method(X, N, multiplier, level(case["level"]))
            continue
        found = result(method(X, N, multiplier, level(case["level"])), x, n)
        if case["case_id"] in WIDER_LEVELS:
            assert found["lower"] < found["value"] < found["upper"], case["case_id"]
        elif number(case["value"]) is None:
            assert (found["value"], found["lower"], found["upper"], found["method"]) == (None,) * 4, case["case_id"]
            assert found["problem"] is not None, case["case_id"]
        else:
            matched += 1
            expected = [number(case[column]) for column in ("value", "lowercl", "uppercl")]
            assert [found["value"], found["lower"], found["upper"]] == pytest.approx(expected, rel=1e-9, abs=1e-12), case["case_id"]
            assert found["method"] == {"Wilson": "wilson", "Exact": "exact", "Byars": "byar"}[case["method"]], case["case_id"]
            assert found["problem"] is None, case["case_id"]
    assert matched == valued


@pytest.mark.real
def test_groups_of_the_fingertips_package_have_its_sums_values_and_both_intervals() -> None:
    parts = pl.read_csv(PEERS / "inputs/grouped_agg.csv")
    expected = pl.read_csv(PEERS / "outputs/grouped_agg.csv", infer_schema=False).to_dicts()
    assert len(expected) == 10
    for row in expected:
        method = {"phe_proportion": rates.proportion, "phe_rate": rates.rate}[row["fn"]]
        for confidence, digits in ((0.95, "95_0"), (0.998, "99_8")):
            groups = rates.grouped(parts, ["group"], partial(method, confidence=confidence), count="x", denominator="n")
            found = groups.row(by_predicate=pl.col("group") == row["group"], named=True)
            for ours, theirs in {"x": "x", "n": "n", "value": "value", "lower": f"lower{digits}cl", "upper": f"upper{digits}cl"}.items():
                assert found[ours] == near(number(row[theirs])), (row["group"], ours)
            assert found["problem"] == (None if row["value"] else Problem.COUNT_MISSING)


@pytest.mark.real
def test_every_mean_of_the_fingertips_package_has_its_value_and_interval() -> None:
    values, cases = pl.read_csv(PEERS / "inputs/mean_values.csv", infer_schema=False), peers("mean")
    assert len(cases) == 18
    for case in cases:
        own = values.filter(pl.col("case_id") == case["case_id"]).select(v=pl.col("value").replace("", None).cast(pl.Float64))
        found = own.select(rates.mean(V, level(case["level"])).columns()).row(0, named=True)
        expected = [None if case[name] in {None, "", "NaN"} else number(case[name]) for name in ("value", "lowercl", "uppercl")]
        assert [found[end] for end in ("value", "lower", "upper")] == [near(one) for one in expected], case["case_id"]
        reasons = {"M01": str(Problem.NO_SPREAD), "M10": str(Problem.VALUE_MISSING)}
        assert found["problem"] == reasons.get(case["case_id"]), case["case_id"]


# ----------------------------------------------------------------------------------------- What slow and obvious code gives


def normal(confidence: float) -> float:
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def slow_wilson(x: float, n: float, confidence: float) -> tuple[float, float]:
    """Every share that a score test does not reject: found by bisection, not by the formula."""
    z, share = normal(confidence), x / n

    def score(p: float) -> float:
        return (share - p) ** 2 - z * z * p * (1 - p) / n

    lower = 0.0 if x == 0 else root(score, 0.0, share - 1e-9, xtol=1e-14)
    upper = 1.0 if x == n else root(score, share + 1e-9, 1.0, xtol=1e-14)
    return lower, upper


def slow_poisson(x: int, confidence: float) -> tuple[float, float]:
    """The means at which a count this large, or this small, has exactly the tail's probability."""
    tail = (1 - confidence) / 2
    lower = 0.0 if x == 0 else root(lambda mean: float(stats.poisson.sf(x - 1, mean)) - tail, 1e-9, x + 1, xtol=1e-14)
    upper = root(lambda mean: float(stats.poisson.cdf(x, mean)) - tail, x, 10 * x + 40, xtol=1e-14)
    return lower, upper


def slow_byar(x: float, confidence: float) -> tuple[float, float]:
    z = normal(confidence)
    lower = x * (1 - 1 / (9 * x) - z / (3 * math.sqrt(x))) ** 3
    return lower, (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * math.sqrt(x + 1))) ** 3


@given(st.integers(1, 2000), st.floats(0, 1), st.sampled_from([0.5, 0.8, 0.95, 0.998]))
def test_wilson_is_every_share_that_a_score_test_does_not_reject(n: int, at: float, confidence: float) -> None:
    x = round(n * at)
    assert sure(rates.wilson(X, N, 1, confidence), x, n) == pytest.approx(slow_wilson(x, n, confidence), abs=1e-9)


@pytest.mark.parametrize("confidence", [0.5, 0.9, 0.95, 0.998])
@pytest.mark.parametrize("x", range(10))
def test_below_ten_events_limits_are_exact(x: int, confidence: float) -> None:
    assert sure(rates.poisson(X, confidence), x) == pytest.approx(slow_poisson(x, confidence), rel=1e-9, abs=1e-12)


@given(st.floats(0.01, 9.99), st.sampled_from([0.5, 0.95, 0.998]))
def test_below_ten_the_limits_of_a_count_that_is_no_whole_number_are_those_of_the_gamma_distribution(x: float, confidence: float) -> None:
    lower, upper = sure(rates.poisson(X, confidence), x)
    tail = (1 - confidence) / 2
    assert special.gammainc(x, lower) == pytest.approx(tail, rel=1e-9)
    assert special.gammaincc(x + 1, upper) == pytest.approx(tail, rel=1e-9)


@given(st.floats(10, 1e7), st.sampled_from([0.5, 0.95, 0.998]))
def test_from_ten_events_limits_are_byars(x: float, confidence: float) -> None:
    assert sure(rates.poisson(X, confidence), x) == pytest.approx(slow_byar(x, confidence), rel=1e-9)


@given(st.integers(10, 20_000))
def test_from_ten_events_byar_is_close_to_exact(x: int) -> None:
    assert sure(rates.poisson(X), x) == pytest.approx(slow_poisson(x, 0.95), rel=0.005)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.sampled_from([0.5, 0.95, 0.998]))
def test_a_mean_has_the_interval_of_a_t_test(values: list[float], confidence: float) -> None:
    assume(max(values) - min(values) > 1e-3)
    found = pl.DataFrame({"v": values}).select(rates.mean(V, confidence).columns()).row(0, named=True)
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(confidence)
    assert (found["lower"], found["upper"]) == pytest.approx((expected.low, expected.high), rel=1e-7, abs=1e-6)
    assert found["value"] == pytest.approx(math.fsum(values) / len(values), rel=1e-9, abs=1e-6)


def test_z_value_is_the_normal_quantile_and_refuses_what_is_no_level() -> None:
    assert rates.z_value() == pytest.approx(1.959963984540054, rel=1e-12)
    assert rates.z_value(1 - 2**-53) == pytest.approx(8.29236107, rel=1e-8)
    for wrong in (0.0, 1.0, 95.0, -0.5, NAN):
        for build in (rates.z_value, partial(rates.proportion, X, N, 1), partial(rates.rate, X, N, 1), partial(rates.mean, V)):
            with pytest.raises(ValueError, match="give a level between 0 and 1"):
                build(wrong)


@pytest.mark.parametrize("multiplier", [0.0, -100.0, NAN, INF])
@pytest.mark.parametrize("method", METHODS)
def test_a_multiplier_that_is_no_number_above_nought_is_refused(method: Callable[..., Measured], multiplier: float) -> None:
    with pytest.raises(ValueError, match="give a finite number above 0"):
        method(X, N, multiplier)


# ------------------------------------------------------------------------------------------------------------ Properties

counts = st.integers(0, 5000)
LEVELS = st.sampled_from([1e-300, 1e-9, 0.5, 0.95, 0.998, 1 - 1e-12])


@given(st.floats(0, 1e12), st.floats(1e-6, 1e12), st.sampled_from([1, 100, 1000]), LEVELS)
@example(x=0.0, n=10.0, multiplier=1, confidence=1e-300)
def test_a_proportion_lies_in_its_interval_which_is_ordered_and_stays_within_the_whole(
    x: float, n: float, multiplier: int, confidence: float
) -> None:
    assume(x <= n)
    found = result(rates.proportion(X, N, multiplier, confidence), x, n)
    assert 0 <= found["lower"] <= found["value"] <= found["upper"] <= multiplier


@given(st.floats(0, 1e12), st.floats(1e-6, 1e12), LEVELS)
@example(x=5e-324, n=1.0, confidence=0.95)
def test_a_rate_lies_in_its_interval_which_is_ordered(x: float, n: float, confidence: float) -> None:
    found = result(rates.rate(X, N, 100_000, confidence), x, n)
    assert 0 <= found["lower"] <= found["value"] < found["upper"] < INF


@given(st.integers(1, 200), st.integers(0, 200), st.integers(2, 50))
def test_intervals_narrow_as_more_people_give_the_same_share(n: int, x: int, times: int) -> None:
    assume(x <= n)
    for interval in (rates.proportion(X, N), rates.rate(X, N, 100)):
        few, many = sure(interval, x, n), sure(interval, x * times, n * times)
        assert many[1] - many[0] < few[1] - few[0]


@given(st.integers(0, 999), st.integers(1000, 5000))
def test_one_more_event_never_lowers_a_limit(x: int, n: int) -> None:
    for interval in (rates.proportion(X, N), rates.rate(X, N, 100)):
        one, next_ = sure(interval, x, n), sure(interval, x + 1, n)
        assert next_[0] >= one[0]
        assert next_[1] >= one[1]


@given(counts, st.integers(1, 5000))
def test_a_higher_confidence_gives_a_wider_interval(x: int, n: int) -> None:
    assume(x <= n)
    for method in METHODS:
        low, high = sure(method(X, N, 100, 0.95), x, n), sure(method(X, N, 100, 0.998), x, n)
        assert high[0] <= low[0]
        assert high[1] >= low[1]


@given(counts, st.integers(1, 5000), st.sampled_from([0.001, 7, 100_000]))
def test_a_value_and_its_interval_scale_with_the_multiplier(x: int, n: int, multiplier: float) -> None:
    assume(x <= n)
    for method in METHODS:
        one, many = result(method(X, N, 1), x, n), result(method(X, N, multiplier), x, n)
        assert [many[end] for end in ("value", "lower", "upper")] == pytest.approx(
            [one[end] * multiplier for end in ("value", "lower", "upper")], rel=1e-12
        )


@given(counts, st.integers(1, 5000))
def test_the_share_who_did_and_the_share_who_did_not_have_mirrored_intervals(x: int, n: int) -> None:
    assume(x <= n)
    lower, upper = sure(rates.wilson(X, N), x, n)
    assert sure(rates.wilson(X, N), n - x, n) == pytest.approx((100 - upper, 100 - lower), abs=1e-9)


def test_a_tiny_share_keeps_every_digit_of_its_lower_limit() -> None:
    with localcontext() as context:
        context.prec = 60
        x, n, z = Decimal("1e-6"), Decimal(1000), Decimal(rates.z_value())
        expected = (2 * x + z * z - z * (z * z + 4 * x * (1 - x / n)).sqrt()) / (2 * (n + z * z))
    assert sure(rates.wilson(X, N, 1), 1e-6, 1000)[0] == pytest.approx(float(expected), rel=1e-12)


any_number = st.none() | st.floats() | st.sampled_from([0.0, 1.0, 9.0, 10.0, -1.0, NAN, INF, -INF])


@given(st.lists(st.tuples(any_number, any_number), min_size=1, max_size=20))
def test_whatever_comes_in_a_row_has_a_whole_result_or_a_reason_and_never_a_nan(rows: list[tuple[float | None, float | None]]) -> None:
    frame = pl.DataFrame(rows, schema={"x": pl.Float64, "n": pl.Float64}, orient="row")
    for method in METHODS:
        for row in frame.select(method(X, N, 100).columns()).iter_rows(named=True):
            numbers = [row["value"], row["lower"], row["upper"]]
            if row["problem"] is None:
                assert all(end is not None and math.isfinite(end) for end in numbers)
                assert row["method"] in {"wilson", "exact", "byar"}
            else:
                assert row["problem"] in set(Problem)
                assert [*numbers, row["method"]] == [None] * 4


@given(st.lists(st.tuples(any_number, any_number), min_size=1, max_size=30), st.randoms())
def test_eager_lazy_and_streaming_queries_and_any_order_of_rows_agree(rows: list[tuple[float | None, float | None]], random: Any) -> None:
    frame = pl.DataFrame(rows, schema={"x": pl.Float64, "n": pl.Float64}, orient="row").with_row_index()
    for method in METHODS:
        measured = method(X, N, 100)
        eager = frame.select("index", *measured.columns())
        lazy = frame.lazy().select("index", measured.struct().alias("m")).unnest("m")
        assert lazy.collect().equals(eager)
        assert lazy.collect(engine="streaming").sort("index").equals(eager)
        order = random.sample(range(frame.height), frame.height)
        assert frame[order].select("index", *measured.columns()).sort("index").equals(eager)


# ----------------------------------------------------------------------------------------------------------- Edges, one by one


def test_a_count_of_nought_has_a_valid_interval_that_begins_at_nought() -> None:
    none = {"value": 0.0, "lower": 0.0, "problem": None}
    assert result(rates.proportion(X, N), 0, 15) == none | {"upper": near(20.388330103584854), "method": "wilson"}
    assert result(rates.rate(X, N), 0, 4527) == none | {"upper": near(81.486181888975821), "method": "exact"}


def test_everyone_has_an_upper_limit_of_the_whole() -> None:
    assert sure(rates.wilson(X, N), 15, 15)[1] == 100.0


@pytest.mark.parametrize(("x", "method"), [(0, "exact"), (9, "exact"), (9.999999, "exact"), (10, "byar"), (11, "byar")])
def test_a_rate_names_the_method_of_its_interval(x: float, method: str) -> None:
    assert result(rates.rate(X, N), x, 100)["method"] == method


SHARED: list[tuple[float | None, float | None, Problem]] = [
    (None, 10, Problem.COUNT_MISSING),
    (3, None, Problem.DENOMINATOR_MISSING),
    (None, None, Problem.COUNT_MISSING),
    (NAN, 10, Problem.COUNT_NOT_FINITE),
    (INF, 10, Problem.COUNT_NOT_FINITE),
    (-INF, 10, Problem.COUNT_NOT_FINITE),
    (3, NAN, Problem.DENOMINATOR_NOT_FINITE),
    (3, INF, Problem.DENOMINATOR_NOT_FINITE),
    (-1, 10, Problem.COUNT_NEGATIVE),
    (3, -10, Problem.DENOMINATOR_NEGATIVE),
    (3, 0, Problem.DENOMINATOR_NOUGHT),
    (0, 0, Problem.DENOMINATOR_NOUGHT),
]


@pytest.mark.parametrize(("x", "n", "why"), [*SHARED, (11, 10, Problem.COUNT_ABOVE_DENOMINATOR)])
def test_an_impossible_proportion_is_nothing_with_a_reason(x: float | None, n: float | None, why: Problem) -> None:
    assert result(rates.proportion(X, N), x, n) == nothing(why)
    assert limits(rates.wilson(X, N), x, n) == (None, None)


@pytest.mark.parametrize(("x", "n", "why"), [*SHARED, (1e308, 1, Problem.TOO_LARGE), (0, 5e-324, Problem.TOO_LARGE)])
def test_an_impossible_rate_is_nothing_with_a_reason(x: float | None, n: float | None, why: Problem) -> None:
    assert result(rates.rate(X, N, 100_000), x, n) == nothing(why)


@pytest.mark.parametrize("x", [None, NAN, INF, -INF, -1.0])
def test_an_impossible_count_has_no_limits(x: float | None) -> None:
    assert limits(rates.poisson(X), x) == (None, None)


def test_more_events_than_people_are_possible_in_a_rate() -> None:
    assert sure(rates.rate(X, N, 1000), 201, 112) == pytest.approx((1555.092747396, 2060.642300963), rel=1e-9)


@pytest.mark.parametrize("dtype", [pl.UInt8, pl.Int16, pl.Int64, pl.Float32, pl.Decimal(10, 2)])
def test_columns_of_any_number_type_give_the_same(dtype: Any) -> None:
    frame = pl.DataFrame({"x": [0, 3, 10, 40, None], "n": [40, 40, 40, 250, 40]})
    for method in METHODS:
        columns = method(X, N, 1000).columns()
        assert frame.cast(dtype).select(columns).equals(frame.cast(pl.Float64).select(columns))


def test_a_sum_of_true_and_false_is_a_count() -> None:
    seen = pl.DataFrame({"seen": [True, False, True, True]})
    assert seen.select(rates.proportion(pl.col("seen").sum(), pl.len()).value).item() == 75.0


def test_a_column_of_text_that_is_no_number_is_refused() -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError, match=r"\*"):
        pl.DataFrame({"x": ["*"], "n": [40]}).select(rates.rate(X, N).columns())


def test_rows_do_not_touch_one_another() -> None:
    frame = pl.DataFrame({"x": [None, 3.0, -1.0, 40.0, 0.0, 2.5, 2.5], "n": [10.0, 40.0, 10.0, 40.0, 40.0, 40.0, 40.0]})
    interval = rates.rate(X, N, 1000)
    together = frame.select(lower=interval.lower, upper=interval.upper).rows()
    assert together == [limits(interval, x, n) for x, n in frame.rows()]


def test_no_rows_give_no_rows() -> None:
    empty = pl.DataFrame(schema={"x": pl.Int64, "n": pl.Int64})
    for method in METHODS:
        assert empty.select(method(X, N).columns()).shape == (0, 5)


def test_two_measures_stand_side_by_side_under_their_own_names() -> None:
    both = frame_of(3, 40).select(*rates.proportion(X, N).columns("share_"), *rates.rate(X, N).columns("rate_"))
    assert both.columns[:5] == ["share_value", "share_lower", "share_upper", "share_method", "share_problem"]
    assert both.row(0, named=True)["rate_value"] == 7500.0


@given(st.integers(1, 5000), st.integers(1, 10**6))
def test_a_published_rate_without_its_denominator_has_the_interval_of_one_with_it(x: int, n: int) -> None:
    value = 100_000 * x / n
    known = sure(rates.rate_of_known_value(pl.lit(value), X), x)
    assert known == pytest.approx(sure(rates.rate(X, N, 100_000), x, n), rel=1e-12)


@pytest.mark.parametrize(("value", "x"), [(12.0, 0), (0.0, 3), (None, 3), (12.0, None), (12.0, -1), (NAN, 3)])
def test_a_published_rate_without_events_has_no_interval(value: float | None, x: float | None) -> None:
    assert limits(rates.rate_of_known_value(pl.lit(value, pl.Float64), X), x) == (None, None)


# ------------------------------------------------------------------------------------------------------------------ Means


def mean_of(values: list[float | None], confidence: float = 0.95) -> dict[str, Any]:
    frame = pl.DataFrame({"v": values}, schema={"v": pl.Float64})
    return frame.select(rates.mean(V, confidence).columns()).row(0, named=True)


@pytest.mark.parametrize(
    ("values", "value", "why"),
    [
        ([], None, Problem.NO_VALUE),
        ([1.0, None, 3.0], None, Problem.VALUE_MISSING),
        ([None], None, Problem.VALUE_MISSING),
        ([1.0, NAN, 3.0], None, Problem.VALUE_NOT_FINITE),
        ([1.0, INF], None, Problem.VALUE_NOT_FINITE),
        ([1e200, -1e200], None, Problem.TOO_LARGE),
        ([9.0], 9.0, Problem.NO_SPREAD),
    ],
)
def test_a_mean_without_an_interval_says_why(values: list[float | None], value: float | None, why: Problem) -> None:
    assert mean_of(values) == {"value": value, "lower": None, "upper": None, "method": None, "problem": str(why)}


def test_equal_values_have_an_interval_of_no_width() -> None:
    assert mean_of([5.0, 5.0, 5.0]) == {"value": 5.0, "lower": 5.0, "upper": 5.0, "method": "t", "problem": None}


def test_a_mean_may_be_negative_and_of_large_numbers_that_differ_little() -> None:
    assert mean_of([-3.0, -1.0])["value"] == -2.0
    found = mean_of([1e9 + one for one in (0.0, 1.0, 2.0)])
    assert found["upper"] - found["value"] == pytest.approx(stats.t.isf(0.025, 2) / math.sqrt(3), rel=1e-6)


def test_missing_values_are_left_out_of_a_mean_where_asked() -> None:
    frame = pl.DataFrame({"g": ["a", "a", "a", "b"], "v": [1.0, None, 3.0, None]})
    known = frame.group_by("g", maintain_order=True).agg(rates.mean(V.drop_nulls()).columns())
    assert known["value"].to_list() == [2.0, None]
    assert known["problem"].to_list() == [None, Problem.NO_VALUE]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(-100, 100)), min_size=1, max_size=40), st.randoms())
def test_means_of_groups_are_those_of_each_alone_in_every_engine_and_order(rows: list[tuple[str, float]], random: Any) -> None:
    frame = pl.DataFrame(rows, schema={"g": pl.String, "v": pl.Float64}, orient="row")
    measured = rates.mean(V)
    eager = frame.group_by("g").agg(measured.columns()).sort("g")
    for group, *found in eager.rows():
        alone = frame.filter(pl.col("g") == group).select(measured.columns()).row(0)
        assert found == [near(one, absolute=1e-9) for one in alone]
    query = frame.lazy().group_by("g").agg(measured.struct().alias("m")).unnest("m").sort("g")
    shuffled = frame[random.sample(range(frame.height), frame.height)].group_by("g").agg(measured.columns()).sort("g")
    for other in (query.collect(), query.collect(engine="streaming"), shuffled):
        assert_frame_equal(other, eager, rel_tol=1e-9, abs_tol=1e-9)


# ----------------------------------------------------------------------------------------------------------------- Groups

PARTS = {"g": pl.String, "x": pl.Float64, "n": pl.Float64}


def parts(*rows: tuple[str, float | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=PARTS, orient="row")


def group(frame: pl.DataFrame, **options: Any) -> dict[str, Any]:
    return rates.grouped(frame, ["g"], options.pop("measure", rates.proportion), count="x", denominator="n", **options).row(0, named=True)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50), st.integers(50, 100)), min_size=1, max_size=30), st.randoms())
def test_a_group_has_the_interval_of_its_sums_in_every_engine_and_order(rows: list[tuple[str, int, int]], random: Any) -> None:
    frame = parts(*rows)
    found = rates.grouped(frame, ["g"], rates.proportion, count="x", denominator="n")
    assert found["g"].to_list() == list(dict.fromkeys(row[0] for row in rows))
    for row in found.iter_rows(named=True):
        own = [one for one in rows if one[0] == row["g"]]
        x, n = sum(one[1] for one in own), sum(one[2] for one in own)
        assert (row["x"], row["n"], row["parts"], row["left_out"]) == (x, n, len(own), 0)
        assert {name: row[name] for name in Measured._fields} == result(rates.proportion(X, N), x, n)
    lazy = rates.grouped(frame.lazy(), ["g"], rates.proportion, count="x", denominator="n")
    assert lazy.collect(engine="streaming").sort("g").equals(found.sort("g"))
    shuffled = frame[random.sample(range(frame.height), frame.height)]
    assert rates.grouped(shuffled, ["g"], rates.proportion, count="x", denominator="n").sort("g").equals(found.sort("g"))


@pytest.mark.parametrize(("x", "n", "why"), [one for one in [*SHARED, (11.0, 10.0, Problem.COUNT_ABOVE_DENOMINATOR)] if one[:2] != (0, 0)])
def test_one_part_that_is_missing_or_impossible_leaves_its_group_without_a_value(x: float | None, n: float | None, why: Problem) -> None:
    found = group(parts(("a", 5, 100), ("a", x, n)))
    assert {name: found[name] for name in Measured._fields} == nothing(why)


def test_a_sum_is_shown_where_it_is_known() -> None:
    found = group(parts(("a", 5, 100), ("a", None, 30)))
    assert (found["x"], found["n"], found["parts"], found["left_out"]) == (None, 130.0, 2, 0)


def test_a_part_without_its_count_is_left_out_with_its_people_where_asked() -> None:
    found = group(parts(("a", 5, 100), ("a", None, 30), ("a", 2, None)), missing="leave_out")
    assert (found["x"], found["n"], found["parts"], found["left_out"], found["value"]) == (5.0, 100.0, 3, 2, 5.0)


def test_a_group_of_which_nothing_is_known_has_no_sum() -> None:
    found = group(parts(("a", None, 30), ("a", 2, None)), missing="leave_out")
    assert (found["x"], found["n"], found["left_out"], found["problem"]) == (None, None, 2, Problem.COUNT_MISSING)


@pytest.mark.parametrize("missing", ["refuse", "leave_out"])
def test_leaving_out_what_is_missing_does_not_forgive_what_is_impossible(missing: str) -> None:
    assert group(parts(("a", 5, 100), ("a", -1, 30)), missing=missing)["problem"] == Problem.COUNT_NEGATIVE


def test_a_part_of_nobody_adds_nothing() -> None:
    found = group(parts(("a", 5, 100), ("a", 0, 0)))
    assert (found["parts"], found["value"], found["problem"]) == (2, 5.0, None)
    assert group(parts(("a", 0, 0)))["problem"] == Problem.DENOMINATOR_NOUGHT


def test_the_first_of_several_reasons_is_told() -> None:
    assert group(parts(("a", -1, 100), ("a", None, 30)))["problem"] == Problem.COUNT_MISSING


def test_a_rate_of_a_group_takes_its_own_multiplier_and_level() -> None:
    found = group(parts(("a", 2, 50), ("a", 1, 50)), measure=partial(rates.rate, multiplier=1000, confidence=0.998))
    assert (found["value"], found["method"]) == (30.0, "exact")
    assert (found["lower"], found["upper"]) == pytest.approx(sure(rates.rate(X, N, 1000, 0.998), 3, 100))


def test_a_group_without_a_name_is_a_group_and_no_grouping_is_one_group() -> None:
    frame = pl.DataFrame({"g": ["a", None, None], "x": [1, 2, 3], "n": [10, 10, 10]})
    assert rates.grouped(frame, ["g"], rates.proportion, count="x", denominator="n")["x"].to_list() == [1.0, 5.0]
    whole = rates.grouped(frame, [], rates.proportion, count="x", denominator="n")
    assert whole.select("x", "n", "value").rows() == [(6.0, 30.0, 20.0)]


def test_limits_below_ten_are_looked_up_and_worked_out_for_many_rows_at_once() -> None:
    x = np.concatenate([np.arange(10), np.linspace(0.1, 9.9, 99), np.arange(10, 50)])
    together = pl.DataFrame({"x": x}).select(lower=rates.poisson(X).lower, upper=rates.poisson(X).upper).rows()
    assert together == [limits(rates.poisson(X), one) for one in x]

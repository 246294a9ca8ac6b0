from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from equity import rates, standardise
from equity.rates import Problem
from equity.standardise import DIRECT, INDIRECT

PEERS = Path(__file__).parents[2] / "../shared/statistics"
NAN, INF = float("nan"), float("inf")

# ---------------------------------------------------------------------------------------- What the peers' packages give


def read(name: str, numbers: tuple[str, ...] = ()) -> pl.DataFrame:
    frame = pl.read_csv(PEERS / f"{name}.csv", infer_schema=False)
    return frame.with_columns(pl.col(numbers).replace("", None).cast(pl.Float64)) if numbers else frame


def number(text: str | None) -> float | None:
    return None if text in {None, ""} else float(str(text))


def level(text: str) -> float:
    return float(text) / 100 if float(text) > 1 else float(text)


def near(expected: float | None, rel: float = 1e-9) -> Any:
    return None if expected is None else pytest.approx(expected, rel=rel)


def cases(inputs: str, outputs: str) -> list[dict[str, str]]:
    left = read(f"inputs/{inputs}_cases").rename({"confidence": "level"})
    return left.join(read(f"outputs/{outputs}"), on="case_id", validate="1:1").to_dicts()


def dsr(case: dict[str, str], **options: Any) -> dict[str, Any]:
    rows = read("inputs/dsr_rows", ("x", "n", "stdpop", "eventfreq")).filter(pl.col("case_id") == case["case_id"])
    if case["independent_events"] == "False":
        options |= {"band": ["ageband"], "frequency": "eventfreq"}
    found = standardise.direct(
        rows,
        ["case_id"],
        count="x",
        population="n",
        weight="stdpop",
        multiplier=float(case["multiplier"]),
        confidence=level(case["level"]),
        **options,
    )
    return found.row(0, named=True)


@pytest.mark.real
def test_every_directly_standardised_rate_of_the_fingertips_package_has_its_value_interval_and_method_or_its_reason() -> None:
    all_cases, matched = cases("dsr", "dsr"), 0
    assert len(all_cases) == 25
    reasons = {
        "D05": Problem.FEW_EVENTS,
        "D07": Problem.FEW_EVENTS,
        "D09": Problem.DENOMINATOR_MISSING,
        "D10": Problem.DENOMINATOR_NOUGHT,
    }
    for case in all_cases:
        # The peer takes a missing count (case D08) for nought.
        found = dsr(case, missing="zero")
        for ours, theirs in {
            "value": "value",
            "lower": "lowercl",
            "upper": "uppercl",
            "events": "total_count",
            "population": "total_pop",
        }.items():
            assert found[ours] == near(number(case[theirs])), (case["case_id"], ours)
        assert found["problem"] == reasons.get(case["case_id"]), case["case_id"]
        if case["case_id"] not in reasons:
            matched += 1
            assert found["method"] == ("dobson" if case["method"] == "Dobson" else "dobson_repeat_events"), case["case_id"]
    assert matched == 21


@pytest.mark.real
def test_a_missing_count_is_not_taken_for_nought_unless_asked() -> None:
    case = next(case for case in cases("dsr", "dsr") if case["case_id"] == "D08")
    found = dsr(case)
    assert (found["value"], found["events"], found["problem"]) == (None, None, Problem.COUNT_MISSING)


def isr(case: dict[str, str], measure: Any, **options: Any) -> dict[str, Any]:
    rows = read("inputs/isr_rows", ("x", "n", "x_ref", "n_ref")).filter(pl.col("case_id") == case["case_id"])
    total = number(case["observed_total"])
    rows = rows.with_columns(total=pl.lit(total, pl.Float64))
    seen = {"count": "x"} if total is None else {"observed_total": "total"}
    found = standardise.indirect(
        rows,
        ["case_id"],
        population="n",
        reference_count="x_ref",
        reference_population="n_ref",
        measure=measure,
        multiplier=float(case["refvalue" if measure == "ratio" else "multiplier"]),
        confidence=level(case["level"]),
        **seen,
        **options,
    )
    return found.row(0, named=True)


@pytest.mark.real
@pytest.mark.parametrize(("measure", "outputs"), [("ratio", "isratio"), ("rate", "israte")])
def test_every_indirectly_standardised_case_of_the_fingertips_package_has_its_value_and_interval_or_its_reason(
    measure: str, outputs: str
) -> None:
    all_cases, matched = cases("isr", outputs), 0
    assert len(all_cases) == 20
    for case in all_cases:
        # The peer takes a missing count, population or reference count (cases I10, I11, I13) for nought.
        found = isr(case, measure, missing="zero")
        if case["case_id"] == "I14":  # the peer's infinity, and its rate of 0 with limits that are not numbers
            assert (found["value"], found["expected"], found["problem"]) == (None, 0.0, Problem.NOTHING_EXPECTED)
            continue
        if case["case_id"] == "I18":
            assert (found["value"], found["observed"], found["problem"]) == (None, None, Problem.COUNT_NEGATIVE)
            continue
        matched += 1
        columns = {"value": "value", "lower": "lowercl", "upper": "uppercl", "observed": "observed", "expected": "expected"}
        for ours, theirs in (columns | ({"reference_rate": "ref_rate"} if measure == "rate" else {})).items():
            assert found[ours] == near(number(case[theirs])), (case["case_id"], ours)
        assert found["method"] == {"Exact": "exact", "Byars": "byar"}[case["method"]], case["case_id"]
        assert found["problem"] is None, case["case_id"]
    assert matched == 18


@pytest.mark.real
@pytest.mark.parametrize(
    ("case_id", "why"), [("I10", Problem.COUNT_MISSING), ("I11", Problem.DENOMINATOR_MISSING), ("I13", Problem.REFERENCE_MISSING)]
)
def test_what_is_missing_is_not_taken_for_nothing_expected_unless_asked(case_id: str, why: Problem) -> None:
    case = next(case for case in cases("isr", "isratio") if case["case_id"] == case_id)
    found = isr(case, "ratio")
    assert (found["value"], found["observed"], found["problem"]) == (None, None, why)


def bulletin(weight: pl.Expr, method: Any) -> pl.DataFrame:
    rows = read("inputs/mhb_standardisation_rows", ("count", "population")).with_columns(standard=weight)
    found = standardise.direct(rows, ["case_id", "ethnicity"], count="count", population="population", weight="standard", method=method)
    published = read("outputs/mhb_standardisation").rename({"population": "people"})
    return found.join(published, on=["case_id", "ethnicity"], validate="1:1")


@pytest.mark.real
def test_the_rates_of_the_mental_health_bulletin_are_reproduced_with_their_symmetric_interval() -> None:
    everyone = pl.col("population").sum().over("case_id", "sex", "age_group")
    groups = bulletin(everyone, "nhs_england").to_dicts()
    assert len(groups) == 60
    for row in groups:
        value, half = float(row["mhb_std_rate_per_100k"]), float(row["mhb_ci95_halfwidth"])
        assert row["value"] == near(value), (row["case_id"], row["ethnicity"])
        assert row["upper"] - row["value"] == pytest.approx(half, rel=1e-9, abs=1e-9)
        assert row["lower"] == pytest.approx(max(value - half, 0.0), rel=1e-9, abs=1e-9)
        assert (row["method"], row["problem"], row["events"]) == ("nhs_england", None, float(row["count"]))


@pytest.mark.real
def test_a_groups_own_population_as_standard_gives_its_crude_rate_as_the_monthly_publication_does() -> None:
    groups = bulletin(pl.col("population"), "nhs_england").to_dicts()
    assert len(groups) == 60
    for row in groups:
        assert row["value"] == near(float(row["bbrb_dsr_per_100k"]))
        assert row["value"] == near(float(row["crude_per_100k"]))
    # Their interval is the Poisson one, 1.96 of the standard errors that Dobson's begins with.
    shown = bulletin(pl.col("population"), "dobson").filter(pl.col("problem").is_null()).to_dicts()
    assert len(shown) == 54
    for row in shown:
        assert 1.96 * row["standard_error"] == near(float(row["bbrb_ci95_halfwidth"]))


@pytest.mark.real
def test_the_monthly_publications_mean_deviations_from_white_follow_from_its_rates_which_are_crude() -> None:
    groups = bulletin(pl.col("population"), "nhs_england")
    white = groups.filter(pl.col("ethnicity") == "White").select("case_id", white="value")
    away = (pl.col("value") - pl.col("white")).abs()
    others = groups.filter(pl.col("ethnicity") != "White").join(white, on="case_id").group_by("case_id")
    found = others.agg(plain=away.sum() / 4, weighted=(away * pl.col("population")).sum() / pl.col("population").sum())
    rows = found.join(read("outputs/mhb_mean_deviation"), on="case_id", validate="1:1").to_dicts()
    assert len(rows) == 12
    for row in rows:
        assert row["plain"] == near(float(row["mean_abs_deviation_from_white"])), row["case_id"]
        assert row["weighted"] == near(float(row["weighted_mean_abs_deviation_from_white"])), row["case_id"]


# ----------------------------------------------------------------------------------------- What slow and obvious code gives

Band = tuple[float, float, float]  # events, people, standard weight


def byar(x: float, confidence: float) -> tuple[float, float]:
    z = rates.z_value(confidence)
    lower = x * (1 - 1 / (9 * x) - z / (3 * math.sqrt(x))) ** 3
    return lower, (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * math.sqrt(x + 1))) ** 3


def slow_dobson(bands: list[Band], multiplier: float, confidence: float) -> tuple[float, float, float]:
    weights = sum(w for _, _, w in bands)
    value = sum(w / weights * x / n for x, n, w in bands)
    variance = sum((w / weights) ** 2 * x / n**2 for x, n, w in bands)
    events = sum(x for x, _, _ in bands)
    low, high = byar(events, confidence)
    step = math.sqrt(variance / events)
    return value * multiplier, max(value + step * (low - events), 0.0) * multiplier, (value + step * (high - events)) * multiplier


def slow_nhs_england(bands: list[Band], multiplier: float) -> tuple[float, float, float]:
    everyone, value, variance = sum(w for _, _, w in bands), 0.0, 0.0
    for x, n, w in bands:
        value += w / everyone * x / n
        variance += w**2 * (x / n) * (1 - x / n) / n / everyone**2
    half = 1.96 * math.sqrt(max(variance, 0.0))
    return value * multiplier, max(value - half, 0.0) * multiplier, (value + half) * multiplier


ROWS = {"g": pl.String, "x": pl.Float64, "n": pl.Float64, "w": pl.Float64}


def framed(groups: Mapping[str, Sequence[Any]]) -> pl.DataFrame:
    return pl.DataFrame([(name, *band) for name, bands in groups.items() for band in bands], schema=ROWS, orient="row")


def direct(frame: Any, by: Any = ("g",), **options: Any) -> Any:
    return standardise.direct(frame, list(by), count="x", population="n", weight="w", **options)


def one(bands: list[Any], **options: Any) -> dict[str, Any]:
    return direct(framed({"a": bands}), **options).row(0, named=True)


band_of = st.tuples(st.integers(0, 400), st.integers(400, 90_000), st.floats(0.5, 9000))
strata = st.dictionaries(st.sampled_from("abcdef"), st.lists(band_of, min_size=1, max_size=8), min_size=1, max_size=5)
LEVELS = st.sampled_from([0.5, 0.95, 0.998])


@given(strata, st.sampled_from([1, 1000, 100_000]), LEVELS)
def test_every_group_of_one_call_has_what_slow_code_gives_it_alone(
    groups: dict[str, list[Band]], multiplier: int, confidence: float
) -> None:
    found = direct(framed(groups), multiplier=multiplier, confidence=confidence)
    assert found["g"].to_list() == list(groups)
    for row in found.iter_rows(named=True):
        bands = groups[row["g"]]
        assert row["events"] == sum(x for x, _, _ in bands)
        if row["events"] < 10:
            assert (row["value"], row["lower"], row["upper"], row["method"], row["problem"]) == (*(None,) * 4, Problem.FEW_EVENTS)
        else:
            expected = slow_dobson(bands, multiplier, confidence)
            assert (row["value"], row["lower"], row["upper"]) == pytest.approx(expected, rel=1e-9, abs=1e-12)
            assert (row["method"], row["problem"]) == ("dobson", None)


@given(strata)
def test_every_group_of_one_call_has_what_slow_code_gives_it_alone_in_nhs_englands_way(groups: dict[str, list[Band]]) -> None:
    for row in direct(framed(groups), method="nhs_england").iter_rows(named=True):
        expected = slow_nhs_england(groups[row["g"]], 100_000)
        assert (row["value"], row["lower"], row["upper"]) == pytest.approx(expected, rel=1e-9, abs=1e-6)


def people(draws: list[tuple[int, int, int]]) -> pl.DataFrame:
    """Rows of people by band and number of events each, from (band, times, people)."""
    rows = [("a", str(band), float(times), float(count), 100.0 * (band + 1), 10.0 + band) for band, times, count in draws]
    return pl.DataFrame(rows, schema=["g", "band", "f", "x", "n", "w"], orient="row")


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 5), st.integers(0, 40)), min_size=1, max_size=20))
def test_the_variance_of_repeat_events_counts_each_person_with_the_square_of_their_events(draws: list[tuple[int, int, int]]) -> None:
    events = sum(times * count for _, times, count in draws)
    assume(events >= 10)
    found = direct(people(draws), band=["band"], frequency="f").row(0, named=True)
    bands = sorted({band for band, _, _ in draws})
    weights = sum(10.0 + band for band in bands)
    value = sum(times * count / (100.0 * (band + 1)) * (10.0 + band) / weights for band, times, count in draws)
    variance = sum(times**2 * count / (100.0 * (band + 1)) ** 2 * ((10.0 + band) / weights) ** 2 for band, times, count in draws)
    low, high = byar(events, 0.95)
    step = math.sqrt(variance / events)
    expected = (value, max(value + step * (low - events), 0.0), value + step * (high - events))
    assert [found[end] / 100_000 for end in ("value", "lower", "upper")] == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert (found["events"], found["method"]) == (events, "dobson_repeat_events")


reference_band = st.tuples(st.integers(0, 60), st.integers(0, 5000), st.integers(1, 9000), st.integers(10_000, 900_000))


@given(
    st.dictionaries(st.sampled_from("abcd"), st.lists(reference_band, min_size=1, max_size=7), min_size=1, max_size=4),
    st.sampled_from(["ratio", "rate"]),
    LEVELS,
)
def test_every_group_has_its_observed_over_what_slow_code_expects(
    groups: dict[str, list[tuple[int, int, int, int]]], measure: str, confidence: float
) -> None:
    found = indirect(framed_reference(groups), measure=measure, confidence=confidence)
    assert found["g"].to_list() == list(groups)
    for row in found.iter_rows(named=True):
        bands = groups[row["g"]]
        observed, expected = sum(band[0] for band in bands), sum(n * rx / rn for _, n, rx, rn in bands)
        if expected == 0:
            assert (row["value"], row["problem"]) == (None, Problem.NOTHING_EXPECTED)
            continue
        scale = 1.0 if measure == "ratio" else 100_000 * sum(band[2] for band in bands) / sum(band[3] for band in bands)
        low, high = pl.select(**rates.poisson(pl.lit(float(observed)), confidence)._asdict()).row(0)
        assert (row["observed"], row["expected"]) == (observed, near(expected))
        assert (row["value"], row["lower"], row["upper"]) == pytest.approx(
            tuple(scale * part / expected for part in (observed, low, high)), rel=1e-9
        )


# ------------------------------------------------------------------------------------------------------------ Properties


@given(strata, LEVELS, st.sampled_from(["dobson", "nhs_england"]))
def test_an_interval_holds_its_value_and_begins_nowhere_below_nought(groups: dict[str, list[Band]], confidence: float, method: str) -> None:
    for row in direct(framed(groups), confidence=confidence, method=method).iter_rows(named=True):
        if row["problem"] is None:
            assert 0 <= row["lower"] <= row["value"] <= row["upper"]
            assert row["standard_error"] >= 0


@given(strata, st.randoms(), st.sampled_from(["dobson", "nhs_england"]))
def test_the_order_of_rows_and_the_engine_change_nothing(groups: dict[str, list[Band]], random: Any, method: str) -> None:
    frame = framed(groups)
    found = direct(frame, method=method)
    lazy = direct(frame.lazy(), method=method)
    shuffled = direct(frame[random.sample(range(frame.height), frame.height)], method=method)
    assert isinstance(lazy, pl.LazyFrame)
    assert found.columns == ["g", *DIRECT]
    for other in (lazy.collect(), lazy.collect(engine="streaming"), shuffled):
        assert_frame_equal(other.sort("g"), found.sort("g"), rel_tol=1e-12, abs_tol=1e-6)


@given(strata, st.sampled_from([0.001, 7.0, 1e6]))
def test_weights_count_in_proportion_only(groups: dict[str, list[Band]], times: float) -> None:
    frame = framed(groups)
    other = direct(frame.with_columns(pl.col("w") * times))
    assert_frame_equal(other, direct(frame), rel_tol=1e-9)


@given(strata)
def test_a_value_and_its_interval_scale_with_the_multiplier(groups: dict[str, list[Band]]) -> None:
    ends = pl.col("value", "lower", "upper", "standard_error")
    assert_frame_equal(
        direct(framed(groups), multiplier=1).with_columns(ends * 1000), direct(framed(groups), multiplier=1000), rel_tol=1e-9
    )


@given(st.lists(band_of, min_size=1, max_size=8), st.integers(2, 30))
def test_an_interval_narrows_as_more_people_give_the_same_rates(bands: list[Band], times: int) -> None:
    assume(sum(x for x, _, _ in bands) >= 10 and any(0 < x < n for x, n, _ in bands))
    for method in ("dobson", "nhs_england"):
        few, many = one(bands, method=method), one([(x * times, n * times, w) for x, n, w in bands], method=method)
        assert many["value"] == near(few["value"])
        assert many["upper"] - many["lower"] < few["upper"] - few["lower"]


@given(st.lists(band_of, min_size=1, max_size=8))
def test_a_group_standardised_to_itself_has_its_crude_rate_and_that_rates_interval(bands: list[Band]) -> None:
    events, population = sum(x for x, _, _ in bands), sum(n for _, n, _ in bands)
    assume(events >= 10)
    own = one([(x, n, n) for x, n, _ in bands])
    crude = pl.select(*rates.rate(pl.lit(events), pl.lit(population)).columns()).row(0, named=True)
    assert (own["value"], own["lower"], own["upper"]) == pytest.approx((crude["value"], crude["lower"], crude["upper"]), rel=1e-9)


@given(st.lists(band_of, min_size=1, max_size=8), st.integers(2, 9))
def test_splitting_a_bands_rows_changes_nothing_where_the_band_is_named(bands: list[Band], parts: int) -> None:
    rows = [("a", str(at), x, n, w) for at, (x, n, w) in enumerate(bands)]
    schema = {"g": pl.String, "age": pl.String, "x": pl.Float64, "n": pl.Float64, "w": pl.Float64}
    whole = pl.DataFrame(rows, schema=schema, orient="row")
    split = pl.concat([whole.with_columns(pl.col("x") / parts)] * parts)
    assert_frame_equal(direct(split, band=["age"]), direct(whole), rel_tol=1e-9)


@given(st.lists(reference_band, min_size=1, max_size=7))
def test_a_group_like_its_reference_has_a_ratio_of_one_inside_its_interval(bands: list[tuple[int, int, int, int]]) -> None:
    found = indirect(framed_reference({"a": [(rx, rn, rx, rn) for _, _, rx, rn in bands]})).row(0, named=True)
    assert found["value"] == near(1.0)
    assert found["lower"] < 1 < found["upper"]


# ----------------------------------------------------------------------------------------------------------- Edges, one by one

FINE: Band = (20.0, 1000.0, 5.0)


@pytest.mark.parametrize("method", ["dobson", "nhs_england"])
@pytest.mark.parametrize(
    ("band", "why"),
    [
        ((None, 1000, 5), Problem.COUNT_MISSING),
        ((3, None, 5), Problem.DENOMINATOR_MISSING),
        ((3, 1000, None), Problem.WEIGHT_MISSING),
        ((NAN, 1000, 5), Problem.COUNT_NOT_FINITE),
        ((INF, 1000, 5), Problem.COUNT_NOT_FINITE),
        ((3, NAN, 5), Problem.DENOMINATOR_NOT_FINITE),
        ((3, INF, 5), Problem.DENOMINATOR_NOT_FINITE),
        ((-1, 1000, 5), Problem.COUNT_NEGATIVE),
        ((3, -1000, 5), Problem.DENOMINATOR_NEGATIVE),
        ((3, 0, 5), Problem.DENOMINATOR_NOUGHT),
        ((0, 0, 5), Problem.DENOMINATOR_NOUGHT),
        ((3, 1000, -5), Problem.WEIGHT_IMPOSSIBLE),
        ((3, 1000, NAN), Problem.WEIGHT_IMPOSSIBLE),
        ((3, 1000, INF), Problem.WEIGHT_IMPOSSIBLE),
    ],
)
def test_one_band_that_cannot_be_leaves_its_own_group_without_a_value(band: Any, why: Problem, method: str) -> None:
    bad, good = direct(framed({"a": [FINE, band], "b": [FINE]}), method=method).to_dicts()
    assert bad == {"g": "a"} | dict.fromkeys(DIRECT) | {"problem": str(why)}
    assert good["problem"] is None


@pytest.mark.parametrize(("events", "why"), [(0, Problem.FEW_EVENTS), (9, Problem.FEW_EVENTS), (9.99, Problem.FEW_EVENTS), (10, None)])
def test_below_ten_events_in_all_there_is_no_value_and_the_state_says_why(events: float, why: Problem | None) -> None:
    found = one([(events, 1000, 5), (0, 500, 3)])
    assert (found["events"], found["population"], found["problem"]) == (events, 1500.0, why)
    assert (found["value"] is None) == (why is not None)


def test_nhs_england_give_a_value_at_any_count_and_nought_has_no_width() -> None:
    found = one([(0, 1000, 5)], method="nhs_england")
    assert (found["value"], found["lower"], found["upper"], found["problem"]) == (0.0, 0.0, 0.0, None)
    assert one([(2, 1000, 5)], method="nhs_england")["lower"] == 0.0


def test_nhs_englands_interval_is_none_where_a_band_has_more_events_than_people_and_dobsons_is_one() -> None:
    bands = [(30, 20, 5.0), (5, 1000, 5.0)]
    found = one(bands, method="nhs_england")
    assert (found["value"], found["lower"], found["problem"]) == (near(75_250.0), None, Problem.COUNT_ABOVE_DENOMINATOR)
    assert one(bands)["problem"] is None


def test_nhs_englands_interval_is_a_printed_1_96_errors_at_95_percent_and_the_quantile_at_others() -> None:
    at95, at99 = (one([FINE], method="nhs_england", confidence=level) for level in (0.95, 0.99))
    assert at95["upper"] - at95["value"] == near(1.96 * at95["standard_error"])
    assert at99["upper"] - at99["value"] == near(rates.z_value(0.99) * at99["standard_error"])


def test_weights_that_sum_to_nought_give_no_value() -> None:
    assert one([(20, 1000, 0), (20, 1000, 0)])["problem"] == Problem.WEIGHTS_NOUGHT


def test_a_band_of_no_weight_adds_events_to_the_count_and_nothing_to_the_value() -> None:
    found = one([FINE, (50, 1000, 0)])
    assert (found["events"], found["value"]) == (70.0, near(2000.0))


def test_events_in_bands_of_no_weight_alone_give_nought_and_no_interval() -> None:
    found = one([(0, 1000, 5), (50, 1000, 0)])
    assert (found["value"], found["lower"], found["method"], found["problem"]) == (0.0, None, None, Problem.WEIGHTS_OF_NO_EVENTS)


def test_a_rate_too_large_to_be_written_is_none() -> None:
    found = one([(20, 1e-305, 5)])
    assert (found["value"], found["upper"], found["problem"]) == (None, None, Problem.TOO_LARGE)


def test_a_lower_limit_is_nowhere_below_nought() -> None:
    """One event of ten in a tiny band that counts for much: the formula alone would give a negative rate."""
    found = one([(1, 10, 1000), (9, 100_000, 1)])
    assert found["lower"] == 0.0
    assert found["value"] > 0


def test_one_group_one_band_is_its_crude_rate() -> None:
    found = one([(18, 612, 5500)])
    assert (found["value"], found["lower"], found["upper"]) == pytest.approx((2941.1764705882, 1742.2377061828, 4648.5686131415), rel=1e-9)


def test_groups_may_have_bands_of_their_own() -> None:
    found = direct(framed({"a": [FINE, FINE], "b": [FINE]}))
    assert found["value"].to_list() == [near(2000.0), near(2000.0)]


def test_no_grouping_is_one_group_and_no_rows_are_no_groups() -> None:
    assert direct(framed({"a": [FINE], "b": [FINE]}), by=()).select("events", "population").rows() == [(40.0, 2000.0)]
    assert direct(framed({})).shape == (0, 1 + len(DIRECT))
    assert direct(framed({}), by=()).row(0, named=True)["problem"] == Problem.WEIGHTS_NOUGHT


def test_whole_number_columns_give_the_same() -> None:
    frame = framed({"a": [(20, 1000, 5), (None, 1000, 5)], "b": [(20, 1000, 5), (3, 90, 1)]})
    assert direct(frame.cast({"x": pl.Int64, "n": pl.Int32, "w": pl.UInt16})).equals(direct(frame))


def test_a_missing_count_is_nought_where_asked() -> None:
    assert one([FINE, (None, 1000, 5)], missing="zero")["value"] == near(1000.0)


@pytest.mark.parametrize("times", [None, 0, -1, NAN, INF])
def test_a_number_of_events_a_person_is_above_nought(times: float | None) -> None:
    frame = people([(0, 1, 20)]).with_columns(f=pl.lit(times, pl.Float64))
    assert direct(frame, band=["band"], frequency="f")["problem"].to_list() == [Problem.FREQUENCY_IMPOSSIBLE]


@pytest.mark.parametrize("column", ["n", "w"])
def test_a_band_has_one_population_and_one_weight(column: str) -> None:
    frame = people([(0, 1, 20), (0, 2, 20)]).with_columns(pl.when(pl.col("f") == 2).then(7.0).otherwise(column).alias(column))
    assert direct(frame, band=["band"], frequency="f")["problem"].to_list() == [Problem.BANDS_DIFFER]


def test_people_with_one_event_each_are_independent_events() -> None:
    frame = people([(0, 1, 20), (1, 1, 30)])
    ends = pl.col("value", "lower", "upper")
    assert direct(frame, band=["band"], frequency="f").select(ends).equals(direct(frame).select(ends))


def test_repeat_events_widen_the_interval() -> None:
    single, repeated = people([(0, 1, 60), (1, 1, 60)]), people([(0, 3, 20), (1, 3, 20)])
    ones, threes = (direct(frame, band=["band"], frequency="f").row(0, named=True) for frame in (single, repeated))
    assert ones["value"] == threes["value"]
    assert threes["upper"] - threes["lower"] == near(math.sqrt(3) * (ones["upper"] - ones["lower"]))


@pytest.mark.parametrize("options", [{"frequency": "f"}, {"frequency": "f", "band": ["band"], "method": "nhs_england"}])
def test_repeat_events_need_their_bands_and_dobsons_method(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="need the columns of their band, and the dobson method"):
        direct(people([(0, 1, 20)]), **options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "wald"}, "method is 'wald'"),
        ({"missing": "skip"}, "missing is 'skip'"),
        ({"confidence": 95}, "give a level between 0 and 1"),
        ({"multiplier": 0}, "give a finite number above 0"),
        ({"by": ["place"]}, "no column 'place'"),
        ({"by": ["x"]}, "by names 'x'"),
    ],
)
def test_an_option_that_cannot_be_is_refused_at_once(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        direct(framed({"a": [FINE]}).lazy(), **options)


# --------------------------------------------------------------------------------------------------------------- Indirect

REFERENCE = {"g": pl.String, "x": pl.Float64, "n": pl.Float64, "rx": pl.Float64, "rn": pl.Float64}


def framed_reference(groups: dict[str, list[Any]]) -> pl.DataFrame:
    return pl.DataFrame([(name, *band) for name, bands in groups.items() for band in bands], schema=REFERENCE, orient="row")


def indirect(frame: Any, by: Any = ("g",), **options: Any) -> Any:
    seen = {} if "observed_total" in options else {"count": "x"}
    return standardise.indirect(frame, list(by), population="n", reference_count="rx", reference_population="rn", **seen, **options)


def compared(bands: list[Any], **options: Any) -> dict[str, Any]:
    return indirect(framed_reference({"a": bands}), **options).row(0, named=True)


SOUND = (20.0, 1000.0, 10.0, 1000.0)


@pytest.mark.parametrize(
    ("band", "why"),
    [
        ((None, 1000, 10, 1000), Problem.COUNT_MISSING),
        ((3, None, 10, 1000), Problem.DENOMINATOR_MISSING),
        ((3, 1000, None, 1000), Problem.REFERENCE_MISSING),
        ((3, 1000, 10, None), Problem.REFERENCE_MISSING),
        ((NAN, 1000, 10, 1000), Problem.COUNT_NOT_FINITE),
        ((3, INF, 10, 1000), Problem.DENOMINATOR_NOT_FINITE),
        ((-1, 1000, 10, 1000), Problem.COUNT_NEGATIVE),
        ((3, -1000, 10, 1000), Problem.DENOMINATOR_NEGATIVE),
        ((3, 1000, -10, 1000), Problem.REFERENCE_IMPOSSIBLE),
        ((3, 1000, 10, 0), Problem.REFERENCE_IMPOSSIBLE),
        ((3, 1000, NAN, 1000), Problem.REFERENCE_IMPOSSIBLE),
        ((3, 1000, 10, INF), Problem.REFERENCE_IMPOSSIBLE),
    ],
)
def test_one_band_that_cannot_be_leaves_its_own_group_without_a_ratio(band: Any, why: Problem) -> None:
    bad, good = indirect(framed_reference({"a": [SOUND, band], "b": [SOUND]})).to_dicts()
    assert bad == {"g": "a"} | dict.fromkeys(INDIRECT) | {"problem": str(why)}
    assert good["problem"] is None


def test_a_missing_reference_population_is_never_taken_for_nought() -> None:
    assert compared([SOUND, (3, 1000, 10, None)], missing="zero")["problem"] == Problem.REFERENCE_MISSING


def test_where_nothing_is_expected_there_is_no_ratio_and_no_rate() -> None:
    for measure in ("ratio", "rate"):
        found = compared([(3, 1000, 0, 1000)], measure=measure)
        assert (found["observed"], found["expected"], found["value"], found["lower"]) == (3.0, 0.0, None, None)
        assert found["problem"] == Problem.NOTHING_EXPECTED


def test_an_expectation_too_large_to_be_written_gives_no_ratio() -> None:
    found = compared([(3, 1e308, 1e308, 1)])
    assert (found["expected"], found["value"], found["upper"], found["problem"]) == (None, None, None, Problem.TOO_LARGE)


def test_none_observed_has_a_valid_interval_that_begins_at_nought() -> None:
    found = compared([(0, 1000, 10, 1000)])
    assert (found["value"], found["lower"], found["upper"], found["method"]) == (0.0, 0.0, near(0.36888794541139), "exact")


def test_a_band_of_nobody_expects_nobody() -> None:
    found = compared([SOUND, (0, 0, 10, 1000)])
    assert (found["observed"], found["expected"], found["value"]) == (20.0, 10.0, 2.0)


def test_groups_may_have_unequal_numbers_of_bands_each_beside_its_own_reference() -> None:
    found = indirect(framed_reference({"a": [SOUND, SOUND, SOUND], "b": [(5, 1000, 20, 1000)]}))
    assert found["value"].to_list() == [2.0, 0.25]


def test_a_rate_is_the_ratio_times_the_references_crude_rate() -> None:
    found = compared([SOUND, (20, 1000, 30, 1000)], measure="rate", multiplier=1000)
    assert (found["expected"], found["reference_rate"], found["value"]) == (40.0, 20.0, 20.0)
    assert compared([SOUND], measure="rate")["value"] == 2000.0


@pytest.mark.parametrize("totals", [[31.0, 31.0], [31.0, None], [None, 31.0]])
def test_a_total_of_observed_events_serves_where_bands_have_none_on_whichever_row_it_stands(totals: list[float | None]) -> None:
    frame = framed_reference({"a": [(None, 1000, 10, 1000)] * 2}).with_columns(total=pl.Series(totals, dtype=pl.Float64))
    found = indirect(frame, observed_total="total").row(0, named=True)
    assert (found["observed"], found["expected"], found["value"], found["problem"]) == (31.0, 20.0, 1.55, None)


@pytest.mark.parametrize(
    ("totals", "why"),
    [
        ([31.0, 30.0], Problem.TOTALS_DIFFER),
        ([None, None], Problem.COUNT_MISSING),
        ([-1.0, -1.0], Problem.COUNT_NEGATIVE),
        ([NAN, NAN], Problem.COUNT_NOT_FINITE),
    ],
)
@pytest.mark.parametrize("missing", ["refuse", "zero"])
def test_a_total_that_cannot_be_leaves_its_group_without_a_ratio(totals: list[float | None], why: Problem, missing: str) -> None:
    frame = framed_reference({"a": [SOUND, SOUND]}).with_columns(total=pl.Series(totals, dtype=pl.Float64))
    found = indirect(frame, observed_total="total", missing=missing).row(0, named=True)
    assert (found["value"], found["observed"], found["problem"]) == (None, None, why)


@pytest.mark.parametrize("seen", [{}, {"count": "x", "observed_total": "x"}])
def test_observed_events_come_by_band_or_as_a_total(seen: dict[str, Any]) -> None:
    frame = framed_reference({"a": [SOUND]})
    with pytest.raises(ValueError, match="one of the two"):
        standardise.indirect(frame, ["g"], population="n", reference_count="rx", reference_population="rn", **seen)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"measure": "difference"}, "measure is 'difference'"),
        ({"missing": "leave_out"}, "missing is 'leave_out'"),
        ({"confidence": 0}, "give a level between 0 and 1"),
        ({"multiplier": -1}, "give a finite number above 0"),
        ({"by": ["g", "place"]}, "no column 'place'"),
    ],
)
def test_an_option_of_an_indirect_rate_that_cannot_be_is_refused_at_once(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        indirect(framed_reference({"a": [SOUND]}).lazy(), **options)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.lists(reference_band, min_size=1, max_size=7), min_size=1, max_size=4),
    st.randoms(),
    st.sampled_from(["ratio", "rate"]),
)
def test_the_order_of_rows_and_the_engine_change_no_ratio(groups: dict[str, list[Any]], random: Any, measure: str) -> None:
    frame = framed_reference(groups)
    found, lazy = indirect(frame, measure=measure), indirect(frame.lazy(), measure=measure)
    shuffled = indirect(frame[random.sample(range(frame.height), frame.height)], measure=measure)
    assert found.columns == ["g", *INDIRECT]
    for other in (lazy.collect(), lazy.collect(engine="streaming"), shuffled):
        assert_frame_equal(other.sort("g"), found.sort("g"), rel_tol=1e-12)


# -------------------------------------------------------------------------------------------------------- The methods page


def test_the_code_on_the_methods_page_runs() -> None:
    page = (Path(__file__).parents[2] / "docs/methods/rates-and-standardisation.md").read_text(encoding="utf-8")
    blocks = [part.split("```")[0] for part in page.split("```python\n")[1:]]
    counts = {"recovered": 30, "finished": 60, "detained": 12, "people": 900, "days_waited": 8, "events": 12, "standard": 5}
    reference = {"england_events": 40_000, "england_people": 50_000_000}
    keys = {"ethnicity": "Chinese", "year": 2024, "site": "Nottingham"}
    names: dict[str, Any] = {"frame": pl.DataFrame([counts | reference | keys] * 2)}
    assert len(blocks) == 2
    for block in blocks:
        exec(block, names)

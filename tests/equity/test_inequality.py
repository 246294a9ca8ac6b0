from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from equity import comparison, rates
from equity.comparator import BestPlaced, Comparator, EveryoneElse, Given, Group
from equity.comparison import Estimate
from equity.groups import NotUsable
from equity.inequality import difference, gaps, ratio
from equity.ordered import OrderedGroupsOnly, aci, rci, rii, sii
from tests.equity import healthequal

PLACES = pl.DataFrame(
    {
        "place": ["a"] * 4 + ["b"] * 4 + ["c"] * 3,
        "group": ["White", "Black", "Asian", "Other"] * 2 + ["White", "Black", "Asian"],
        "numerator": [50, 30, 0, None, 400, 20, 3, 2, 0, 0, 4],
        "denominator": [200, 80, 20, 30, 1000, 40, 50, 5, 90, 40, 30],
        "cell_state": ["observed"] * 3 + ["suppressed"] + ["observed"] * 7,
    }
)
COMPARATORS: list[Comparator] = [Group("White"), EveryoneElse(), Given(12.5), Given(12.5, 11.0, 15.0), BestPlaced("lower_is_better")]


def of(found: pl.DataFrame, group: str, place: str | None = None) -> dict[str, Any]:
    rows = found.filter(pl.col("group") == group, *([pl.col("place") == place] if place else []))
    return rows.row(0, named=True)


def limits(row: dict[str, Any]) -> tuple[float, float]:
    return row["lower_ci"], row["upper_ci"]


def one(x: float, n: float, kind: str, multiplier: float, confidence: float = 0.95) -> Estimate:
    interval = (rates.wilson if kind == "proportion" else rates.rate)(pl.lit(float(x)), pl.lit(float(n)), multiplier, confidence)
    return Estimate(multiplier * x / n, *pl.select(lower=interval.lower, upper=interval.upper).row(0))


# ---------------------------------------------------------------------------------------------------- What others published


@pytest.mark.parametrize(
    ("group", "reference", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_the_difference_of_proportions_is_newcombes_method_10(
    group: tuple[int, int], reference: tuple[int, int], lower: float, upper: float
) -> None:
    """Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10, examples a to h."""
    frame = pl.DataFrame({"group": ["one", "other"], "numerator": [group[0], reference[0]], "denominator": [group[1], reference[1]]})
    row = of(difference(frame, [], Group("other"), kind="proportion", multiplier=1), "one")
    assert limits(row) == pytest.approx((lower, upper), abs=5e-5)
    assert row["method"] == "Newcombe 10"


def test_difference_and_ratio_are_those_of_fagerland_lydersen_and_laake() -> None:
    """High against standard dose of epinephrine: Newcombe hybrid score, and MOVER-R Wilson (contingencytables for R)."""
    frame = pl.DataFrame({"group": ["high", "standard"], "numerator": [7, 1], "denominator": [34, 34]})
    found = gaps(frame, [], Group("standard"), kind="proportion", multiplier=1).row(0, named=True)
    assert (found["difference_lower"], found["difference_upper"]) == pytest.approx((0.0189, 0.3404), abs=5e-5)
    assert (found["ratio"], found["ratio_lower"], found["ratio_upper"]) == pytest.approx((7, 1.1537, 41.9763), abs=5e-5)
    assert found["ratio_method"] == "MOVER-R, Wilson"


def compared_pairs(case: healthequal.Case) -> list[tuple[str, str]]:
    """The two groups that the WHO's package compares, more than one pair where groups are tied."""
    known = [(name, value) for name, value in case.frame.select("group", "value").rows() if value is not None]

    def at(end: Callable[..., float], among: list[tuple[str, float]]) -> list[str]:
        return [name for name, value in among if value == end(value for _, value in among)]

    others = [row for row in known if row[0] != case.reference]
    if case.reference is None:
        return [(high, low) for high in at(max, known) for low in at(min, known)]
    if case.favourable:
        return [(case.reference, low) for low in at(min, others)]
    return [(high, case.reference) for high in at(max, others)]


def numbers(row: tuple[Any, ...]) -> tuple[float, ...]:
    return tuple(math.nan if cell is None else cell for cell in row)


@pytest.mark.real
def test_two_groups_compare_as_in_the_whos_package() -> None:
    """Every one of its rows of differences and ratios; to a reference of nought it gives Inf or NaN, and here is no ratio."""
    compared, without = 0, set[str]()
    for case in healthequal.cases():
        theirs = healthequal.outputs().filter(pl.col("case_id") == case.name, pl.col("status") == "ok")
        for measure, ours in (("d", difference), ("r", ratio)):
            rows = theirs.filter(measure=measure).select("estimate", "lowerci", "upperci").rows()
            if not rows:
                continue
            how: dict[str, Any] = {"kind": case.kind, "multiplier": case.scale, "confidence": case.level}
            pairs = [of(ours(case.frame, [], Group(low), **how), high) for high, low in compared_pairs(case)]
            if rows[0][0] in {"NaN", "Inf"}:
                assert {(row["estimate"], row["problem"]) for row in pairs} == {(None, "the reference's value is not above 0")}
                without.add(case.name)
                continue
            expected = sorted(numbers(tuple(healthequal.number(cell) for cell in row)) for row in rows)
            found = sorted(numbers((row["estimate"], *limits(row))) for row in pairs)
            assert np.array(found) == pytest.approx(np.array(expected), rel=1e-9, abs=1e-12, nan_ok=True), (case.name, measure)
            compared += len(rows)
    assert without == {"H16", "H17"}
    assert compared == 88


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "estimate", "problem"),
    [("H12", None, "this is the reference"), ("H22", "given", None)],
)
def test_where_the_whos_package_fails_to_compare_two_groups_there_is_a_figure_or_the_reason(
    name: str, estimate: str | None, problem: str | None
) -> None:
    """H12 has one group; H22 has no standard errors, which stops its ratio alone."""
    case = healthequal.case(name)
    alone = str(case.frame["group"][0])
    high, low = next(iter(compared_pairs(case)), (alone, alone))
    how: dict[str, Any] = {"kind": case.kind, "multiplier": case.scale, "confidence": case.level}
    for found in (difference(case.frame, [], Group(low), **how), ratio(case.frame, [], Group(low), **how)):
        row = of(found, high)
        assert (row["estimate"] is None) == (estimate is None)
        assert (row["lower_ci"], row["upper_ci"], row["problem"]) == (None, None, problem)


def test_published_standardised_rates_compare_as_their_source_says() -> None:
    """Mental Health Act statistics 2023-24: Black 242.3 (± 6.9) of 5,693 detentions, White 68.4 (± 0.7), "over 3.5 times"."""
    frame = pl.DataFrame(
        {
            "group": ["Black", "White"],
            "value": [242.3, 68.4],
            "lower_ci": [235.4, 67.7],
            "upper_ci": [249.2, 69.1],
            "numerator": [5693, 31735],
        }
    )
    row = gaps(frame, [], Group("White"), kind="rate", multiplier=100_000, basis="values").row(0, named=True)
    assert (row["ratio"], row["ratio_lower"], row["ratio_upper"]) == pytest.approx((3.5424, 3.4353, 3.6503), abs=5e-4)
    assert row["excess"] == pytest.approx(5693 * (1 - 68.4 / 242.3))
    assert row["excess_lower"] == pytest.approx(5693 * (1 - 1 / row["ratio_lower"]))
    assert row["excess_method"] == "events times 1 - 1/ratio"


# --------------------------------------------------------------------------------------------------- One pair, one formula


@pytest.mark.parametrize(("kind", "multiplier"), [("proportion", 100), ("rate", 1000)])
@given(
    counts=st.lists(st.tuples(st.integers(1, 2000), st.floats(0, 1)), min_size=2, max_size=6),
    confidence=st.sampled_from([0.8, 0.95, 0.998]),
)
def test_a_frame_says_what_the_scalar_comparison_says(
    kind: Any, multiplier: float, counts: list[tuple[int, float]], confidence: float
) -> None:
    table = [(round(n * at), n) for n, at in counts]
    frame = pl.DataFrame(
        {"group": [f"g{at}" for at in range(len(table))], "numerator": [x for x, _ in table], "denominator": [n for _, n in table]}
    )
    found = gaps(frame, [], Group("g0"), kind=kind, multiplier=multiplier, confidence=confidence)
    reference = one(*table[0], kind, multiplier, confidence)
    for row, pair in list(zip(found.iter_rows(named=True), table, strict=True))[1:]:
        both = comparison.compare(one(*pair, kind, multiplier, confidence), reference)
        gap, times = both.difference, both.ratio
        assert (row["difference"], row["difference_lower"], row["difference_upper"]) == pytest.approx(
            (gap.value, gap.lower, gap.upper), abs=1e-9
        )
        assert (row["difference_p"] < 1 - confidence) == (both.finding in {comparison.Finding.HIGHER, comparison.Finding.LOWER})
        assert row["excess"] == pytest.approx(comparison.people_affected(row["value"], reference.value, pair[1], multiplier), abs=1e-9)
        if times is None:
            assert row["ratio"] is None
        else:
            assert (row["ratio"], row["ratio_lower"], row["ratio_upper"]) == pytest.approx(
                (times.value, times.lower, times.upper), rel=1e-9
            )


@pytest.mark.parametrize("comparator", COMPARATORS)
def test_strata_and_the_order_of_rows_do_not_touch_one_another(comparator: Comparator) -> None:
    together = gaps(PLACES, ["place"], comparator, kind="rate", multiplier=100)
    alone = pl.concat([gaps(part, ["place"], comparator, kind="rate", multiplier=100) for part in PLACES.partition_by("place")])
    assert together.equals(alone)
    mixed = PLACES.sample(fraction=1, shuffle=True, seed=5)
    order = ["place", "group"]
    assert gaps(mixed, ["place"], comparator, kind="rate", multiplier=100).sort(order).equals(together.sort(order))
    assert together.select(order).equals(PLACES.select(order))


@pytest.mark.parametrize("comparator", COMPARATORS)
def test_an_interval_holds_its_estimate(comparator: Comparator) -> None:
    found = gaps(PLACES, ["place"], comparator, kind="rate", multiplier=100)
    for what in ("difference", "ratio", "excess"):
        some = found.filter(pl.col(what).is_not_null())
        assert some.height >= 3
        assert some.filter(~pl.col(what).is_between(pl.col(f"{what}_lower"), pl.col(f"{what}_upper"))).height == 0
        assert some.filter(pl.col(f"{what}_method").is_null()).height == 0


def test_another_unit_changes_differences_only() -> None:
    hundred, million = (gaps(PLACES, ["place"], Group("White"), kind="rate", multiplier=one) for one in (100, 1e6))
    for column in ("ratio", "ratio_upper", "ratio_p", "difference_p", "excess", "excess_lower"):
        assert hundred[column].fill_null(-1).to_list() == pytest.approx(million[column].fill_null(-1).to_list(), rel=1e-9)
    for column in ("difference", "difference_lower", "value", "reference_value"):
        assert (hundred[column] * 1e4).fill_null(-1).to_list() == pytest.approx(million[column].fill_null(-1).to_list(), rel=1e-9)


def test_equal_groups_have_no_gap_and_an_interval_that_says_so() -> None:
    frame = pl.DataFrame({"group": ["a", "b"], "numerator": [3, 30], "denominator": [40, 400]})
    for kind in ("proportion", "rate"):
        row = gaps(frame, [], Group("b"), kind=kind).row(0, named=True)
        assert row["difference"] == pytest.approx(0, abs=1e-12)
        assert row["difference_lower"] < 0 < row["difference_upper"]
        assert row["ratio_lower"] < 1 < row["ratio_upper"]
        assert row["excess_lower"] < 0 < row["excess_upper"]
        assert row["difference_p"] == pytest.approx(1)


# --------------------------------------------------------------------------------------------------------- The comparators


def test_everyone_else_is_all_the_other_groups_counted_together() -> None:
    frame = pl.DataFrame({"group": ["a", "b", "c"], "numerator": [5, 20, 30], "denominator": [50, 100, 300]})
    found = of(difference(frame, [], EveryoneElse(), kind="proportion"), "a")
    pair = pl.DataFrame({"group": ["a", "rest"], "numerator": [5, 50], "denominator": [50, 400]})
    expected = of(difference(pair, [], Group("rest"), kind="proportion"), "a")
    assert (found["estimate"], *limits(found), found["p_value"]) == pytest.approx(
        (expected["estimate"], *limits(expected), expected["p_value"])
    )


def test_everyone_else_of_values_is_weighted_by_people() -> None:
    frame = pl.DataFrame({"group": ["a", "b", "c"], "value": [10.0, 20.0, 40.0], "se": [1.0, 2.0, 3.0], "population": [5, 10, 30]})
    found = of(difference(frame, [], EveryoneElse(), kind="mean"), "a")
    error = math.hypot(1.0, math.hypot(10 * 2.0, 30 * 3.0) / 40)
    assert found["estimate"] == pytest.approx(10 - (10 * 20 + 30 * 40) / 40)
    assert found["upper_ci"] - found["estimate"] == pytest.approx(1.959963984540054 * error)


def test_a_given_value_may_differ_from_stratum_to_stratum() -> None:
    frame = PLACES.with_columns(england=pl.col("place").replace_strict({"a": 20.0, "b": 30.0, "c": 5.0}))
    found = gaps(frame, ["place"], Given("england", name="England"), kind="rate", multiplier=100)
    assert found["reference"].unique().to_list() == ["England"]
    assert found.filter(pl.col("place") == "b")["difference"].to_list() == pytest.approx([10.0, 20.0, -24.0, 10.0])


def test_a_given_value_without_limits_is_certain() -> None:
    frame = pl.DataFrame({"group": ["a"], "numerator": [30], "denominator": [100]})
    found = of(difference(frame, [], Given(25.0), kind="proportion"), "a")
    alone = one(30, 100, "proportion", 100)
    assert alone.lower is not None
    assert alone.upper is not None
    assert limits(found) == pytest.approx((alone.lower - 25, alone.upper - 25))
    # The Wilson interval is that of the score test, whose p-value this therefore is.
    assert found["p_value"] == pytest.approx(2 * stats.norm.sf((0.30 - 0.25) / math.sqrt(0.25 * 0.75 / 100)))


@pytest.mark.parametrize(("polarity", "best"), [("higher_is_better", "White"), ("lower_is_better", "Asian")])
def test_the_best_placed_group_follows_the_polarity(polarity: Any, best: str) -> None:
    found = difference(PLACES.head(3), [], BestPlaced(polarity), kind="rate", multiplier=100)
    expected = "Black" if best == "White" else best
    assert found["reference"].unique().to_list() == [expected]
    assert of(found, expected)["problem"] == "this is the reference"


def test_of_equally_well_placed_groups_the_largest_is_the_reference_and_then_the_first_by_name() -> None:
    frame = pl.DataFrame({"group": ["c", "b", "a", "d"], "numerator": [1, 2, 2, 50], "denominator": [10, 20, 20, 100]})
    for rows in (frame, frame.reverse()):
        assert difference(rows, [], BestPlaced("lower_is_better"), kind="rate")["reference"].unique().to_list() == ["a"]


def test_a_best_placed_group_may_be_asked_to_have_a_size() -> None:
    frame = pl.DataFrame({"group": ["tiny", "large", "other"], "numerator": [0, 20, 60], "denominator": [3, 400, 500]})
    found = difference(frame, [], BestPlaced("lower_is_better", least=20), kind="rate")
    assert found["reference"].unique().to_list() == ["large"]
    assert of(found, "tiny")["estimate"] == pytest.approx(-5)
    nobody = difference(frame, [], BestPlaced("lower_is_better", least=2000), kind="rate")
    assert nobody["problem"].unique().to_list() == ["the best-placed group is not among the groups"]


def test_nobody_is_best_placed_where_neither_way_is_better() -> None:
    with pytest.raises(NotUsable, match="neither higher nor lower is better"):
        difference(PLACES, ["place"], BestPlaced("neutral"), kind="rate")


# ------------------------------------------------------------------------------------- Missing, suppressed, nought, impossible


def test_a_suppressed_reference_refuses_its_own_stratum_only() -> None:
    found = difference(PLACES, ["place"], Group("Other"), kind="rate")
    by_place = {place: rows["problem"].to_list() for (place,), rows in found.group_by("place", maintain_order=True)}
    assert by_place["a"] == ["the reference group Other is suppressed"] * 3 + ["the group is suppressed"]
    assert by_place["b"] == [None] * 3 + ["this is the reference"]
    assert by_place["c"] == ["the reference group Other is not among the groups"] * 3
    assert found.filter(pl.col("place") != "b")["estimate"].is_null().all()


@pytest.mark.parametrize(
    ("numerator", "denominator", "state", "problem"),
    [
        (None, 100.0, "observed", "the group is missing"),
        (5.0, None, "observed", "the group is missing"),
        (5.0, 100.0, "suppressed", "the group is suppressed"),
        (5.0, 100.0, "unreliable", "the group is unreliable: too few people"),
        (5.0, 100.0, "not_collected", "the group is not collected"),
        (5.0, 100.0, "not_applicable", "the group is not applicable"),
        (-1.0, 100.0, "observed", "the group is negative, which it cannot be"),
        (5.0, -100.0, "observed", "the group is negative, which it cannot be"),
        (math.inf, 100.0, "observed", "the group is not a finite number"),
        (5.0, math.inf, "observed", "the group is not a finite number"),
        (math.nan, 100.0, "observed", "the group is missing"),
        (0.0, 0.0, "observed", "the group is without people"),
        (5.0, 0.0, "observed", "the group is impossible: more than everybody"),
        (101.0, 100.0, "observed", "the group is impossible: more than everybody"),
    ],
)
def test_what_is_no_figure_is_refused_with_its_reason_and_touches_nobody_else(
    numerator: float | None, denominator: float | None, state: str, problem: str
) -> None:
    frame = pl.DataFrame(
        {
            "group": ["odd", "a", "b", "c", "d", "e", "f"],
            "numerator": [numerator, 5.0, 0.0, 7.0, 8.0, 9.0, 9.0],
            "denominator": [denominator, *[100.0] * 6],
            "cell_state": [state, "observed", "true_zero", *["observed"] * 4],
        }
    )
    for comparator in (Group("a"), EveryoneElse(), BestPlaced("higher_is_better")):
        found = gaps(frame, [], comparator, kind="proportion")
        without = gaps(frame.tail(6), [], comparator, kind="proportion")
        row = of(found, "odd")
        assert {row[f"{what}_problem"] for what in ("difference", "ratio", "excess")} == {problem}
        assert all(
            row[column] is None for column in ("value", "difference", "ratio_lower", "excess_upper", "difference_p", "difference_method")
        )
        assert found.tail(6).equals(without)
    assert of(difference(frame, [], Group("a"), kind="proportion"), "b")["estimate"] == pytest.approx(-5)


def test_more_events_than_people_are_possible_in_a_rate() -> None:
    frame = pl.DataFrame({"group": ["a", "b"], "numerator": [201, 30], "denominator": [112, 90]})
    assert of(ratio(frame, [], Group("b"), kind="rate"), "a")["estimate"] == pytest.approx(201 * 90 / 112 / 30)


def test_to_a_reference_of_nought_there_is_a_difference_and_a_ratio_without_an_upper_limit() -> None:
    row = gaps(PLACES, ["place"], Group("White"), kind="rate").filter(place="c", group="Asian").row(0, named=True)
    assert row["difference"] == pytest.approx(100 * 4 / 30)
    assert row["ratio"] is None
    assert row["ratio_problem"] == "the reference's value is not above 0"
    assert row["ratio_lower"] > 1
    assert row["ratio_upper"] == math.inf
    assert row["ratio_p"] == row["difference_p"] < 0.05
    both = gaps(PLACES, ["place"], Group("White"), kind="rate").filter(place="c", group="Black").row(0, named=True)
    assert (both["difference"], both["ratio"], both["ratio_lower"], both["ratio_upper"]) == (0, None, None, None)


def test_a_value_without_an_interval_has_a_gap_without_one() -> None:
    frame = pl.DataFrame({"group": ["a", "b"], "value": [10.0, 20.0], "lower_ci": [8.0, None], "upper_ci": [12.0, None]})
    row = of(difference(frame, [], Group("b"), kind="rate", basis="values"), "a")
    assert (row["estimate"], row["lower_ci"], row["p_value"], row["problem"]) == (-10, None, None, None)


def test_limits_that_do_not_hold_their_value_are_refused() -> None:
    frame = pl.DataFrame({"group": ["a", "b"], "value": [10.0, 20.0], "lower_ci": [11.0, 19.0], "upper_ci": [12.0, 21.0]})
    assert of(difference(frame, [], Group("b"), kind="rate"), "a")["problem"] == "the group is impossible: its limits do not hold its value"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (Given(math.nan), "the given value is missing"),
        (Given("england"), "the given value is missing"),
        (Given(-1.0), "the given value is impossible"),
        (Given(101.0), "the given value is impossible"),
        (Given(50.0, 51.0, 52.0), "the limits of the given value are missing or do not hold it"),
    ],
)
def test_a_given_value_that_cannot_be_is_refused(given: Given, problem: str) -> None:
    frame = pl.DataFrame({"group": ["a"], "numerator": [30], "denominator": [100], "england": [None]})
    assert of(difference(frame, [], given, kind="proportion"), "a")["problem"] == problem


def test_fewer_than_85_per_cent_of_the_groups_make_no_everyone_else() -> None:
    found = difference(PLACES, ["place"], EveryoneElse(), kind="rate")
    assert found.filter(place="a", group="White")["problem"].to_list() == ["fewer than 85% of the groups are known"]
    assert found.filter(pl.col("place") != "a")["problem"].null_count() == 7


def test_one_group_alone_has_nobody_to_compare_with() -> None:
    frame = pl.DataFrame({"group": ["a"], "numerator": [30], "denominator": [100]})
    assert difference(frame, [], EveryoneElse(), kind="rate")["problem"].to_list() == ["there is nobody else to compare with"]
    assert difference(frame, [], Group("a"), kind="rate")["problem"].to_list() == ["this is the reference"]


def test_a_group_that_is_there_twice_is_refused() -> None:
    frame = pl.DataFrame({"group": ["a", "b", "b", None], "numerator": [3, 4, 5, 6], "denominator": [10, 10, 10, 10]})
    problems = difference(frame, [], Group("a"), kind="rate")["problem"].to_list()
    assert problems == ["this is the reference", *["the group is there more than once"] * 2, "the group is without a name"]


def test_an_empty_frame_gives_an_empty_frame() -> None:
    for comparator in COMPARATORS:
        found = gaps(PLACES.clear(), ["place"], comparator, kind="rate")
        assert found.height == 0
        assert found.schema == gaps(PLACES, ["place"], comparator, kind="rate").schema


def test_strata_without_a_key_are_a_stratum_of_their_own() -> None:
    found = gaps(PLACES.with_columns(place=pl.col("place").replace("b", None)), ["place"], Group("White"), kind="rate")
    assert found.filter(pl.col("place").is_null())["difference"].null_count() == 1


@pytest.mark.parametrize(
    ("change", "wrong", "words"),
    [
        ({}, {"group": "ethnicity"}, "no column ethnicity"),
        ({}, {"basis": "values"}, "no column value"),
        ({}, {"kind": "mean"}, "no column value"),
        ({}, {"multiplier": 0}, "give a number above 0"),
        ({"numerator": "three"}, {}, "the column numerator is not a column of numbers"),
    ],
)
def test_a_frame_that_cannot_be_read_is_refused_in_words(change: dict[str, Any], wrong: dict[str, Any], words: str) -> None:
    frame = PLACES.with_columns(**{name: pl.lit(value) for name, value in change.items()})
    with pytest.raises(NotUsable, match=words):
        gaps(frame, ["place"], Group("White"), **{"kind": "rate", **wrong})


def test_a_mean_has_a_difference_and_a_ratio_and_counts_nobody() -> None:
    frame = pl.DataFrame({"group": ["a", "b", "c"], "value": [10.0, 20.0, -1.0], "se": [1.0, 2.0, 1.0], "population": [50, 60, 70]})
    found = gaps(frame, [], Group("b"), kind="mean")
    assert found["difference"].to_list() == [-10.0, None, -21.0]
    assert found["ratio"].to_list() == [0.5, None, None]
    assert found["ratio_problem"].to_list() == [None, "this is the reference", "the value is below 0"]
    assert found["excess_problem"].to_list() == ["a mean counts nobody", "this is the reference", "a mean counts nobody"]


@pytest.mark.parametrize("measure", [sii, rii, aci, rci])
def test_measures_of_ordered_groups_are_refused_with_the_reason(measure: Callable[..., object]) -> None:
    with pytest.raises(OrderedGroupsOnly, match="ethnic groups have no such order"):
        measure(PLACES, ["place"])

from __future__ import annotations

import math
from functools import cache

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from equity import rates
from equity.comparison import (
    Comparison,
    Estimate,
    Finding,
    compare,
    difference,
    events_affected,
    judgement,
    people_affected,
    ratio,
)
from tests.equity.roots import root

counts = st.tuples(st.integers(1, 400), st.floats(0, 1)).map(lambda pair: (round(pair[0] * pair[1]), pair[0]))
estimates = counts.map(lambda pair: share(*pair))


@cache
def share(x: int, n: int) -> Estimate:
    """A proportion with its Wilson interval."""
    interval = rates.wilson(pl.lit(float(x)), pl.lit(float(n)), 1)
    return Estimate(x / n, *pl.select(lower=interval.lower, upper=interval.upper).row(0))


@cache
def rate(x: int, n: int) -> Estimate:
    """A rate per 1,000 with its interval."""
    interval = rates.rate(pl.lit(float(x)), pl.lit(float(n)), 1000)
    return Estimate(1000 * x / n, *pl.select(lower=interval.lower, upper=interval.upper).row(0))


def limits(estimate: Estimate | None) -> tuple[float, float]:
    assert estimate is not None
    assert estimate.lower is not None
    assert estimate.upper is not None
    return estimate.lower, estimate.upper


# --------------------------------------------------------------------------------------------------- Published examples


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
    gap = difference(share(*group), share(*reference))
    assert gap.value == pytest.approx(group[0] / group[1] - reference[0] / reference[1])
    assert limits(gap) == pytest.approx((lower, upper), abs=5e-5)


def test_difference_and_ratio_are_those_of_fagerland_lydersen_and_laake() -> None:
    """High against standard dose of epinephrine: Newcombe hybrid score, and MOVER-R Wilson (contingencytables for R)."""
    both = compare(share(7, 34), share(1, 34))
    assert limits(both.difference) == pytest.approx((0.0189, 0.3404), abs=5e-5)
    assert both.ratio is not None
    assert both.ratio.value == pytest.approx(7.0)
    assert limits(both.ratio) == pytest.approx((1.1537, 41.9763), abs=5e-5)


def test_published_standardised_detention_rates_compare_as_their_source_says() -> None:
    """Mental Health Act statistics 2023-24: Black 242.3 (± 6.9), White 68.4 (± 0.7), "over 3.5 times"."""
    both = compare(Estimate(242.3, 235.4, 249.2), Estimate(68.4, 67.7, 69.1))
    assert both.difference.value == pytest.approx(173.9)
    assert limits(both.difference) == pytest.approx((173.9 - math.hypot(6.9, 0.7), 173.9 + math.hypot(6.9, 0.7)))
    assert both.ratio is not None
    assert both.ratio.value == pytest.approx(3.5424, abs=5e-5)
    assert limits(both.ratio) == pytest.approx((3.4353, 3.6503), abs=5e-4)
    assert both.finding is Finding.HIGHER


# ----------------------------------------------------------------------------------------------- What obvious code gives


def slow_ratio(group: Estimate, reference: Estimate) -> tuple[float, float]:
    """The smallest and largest R at which the group may be R times the reference, by trying."""
    (low_g, high_g), (low_r, high_r) = limits(group), limits(reference)

    def above(times: float) -> float:
        return group.value - times * reference.value - math.hypot(group.value - low_g, times * (high_r - reference.value))

    def below(times: float) -> float:
        return group.value - times * reference.value + math.hypot(high_g - group.value, times * (reference.value - low_r))

    at, most = group.value / reference.value, 1.0 + 2 * (group.value + high_g) / low_r
    lower = 0.0 if above(0.0) <= 0 else root(above, 0.0, at)
    while below(most) > 0:
        most *= 10
    return float(lower), float(root(below, at, most))


@given(estimates, estimates)
def test_a_ratio_is_every_multiple_of_the_reference_that_the_group_may_be(group: Estimate, reference: Estimate) -> None:
    assume(reference.value > 0)
    assert limits(ratio(group, reference)) == pytest.approx(slow_ratio(group, reference), rel=1e-6, abs=1e-9)


# ------------------------------------------------------------------------------------------------------------ Properties


@given(estimates, estimates)
def test_a_difference_holds_its_value_and_stays_within_the_whole(group: Estimate, reference: Estimate) -> None:
    lower, upper = limits(difference(group, reference))
    assert -1 - 1e-9 <= lower <= group.value - reference.value <= upper <= 1 + 1e-9


@given(estimates, estimates)
def test_swapping_the_groups_turns_the_difference_round(group: Estimate, reference: Estimate) -> None:
    lower, upper = limits(difference(group, reference))
    assert limits(difference(reference, group)) == pytest.approx((-upper, -lower), abs=1e-12)


@given(estimates, estimates)
def test_swapping_the_groups_turns_the_ratio_over(group: Estimate, reference: Estimate) -> None:
    assume(group.value > 0 and reference.value > 0)
    lower, upper = limits(ratio(group, reference))
    assert limits(ratio(reference, group)) == pytest.approx((1 / upper, 1 / lower), rel=1e-6)


@given(estimates, estimates)
def test_a_ratio_holds_its_value_and_is_ordered(group: Estimate, reference: Estimate) -> None:
    assume(reference.value > 0)
    found = ratio(group, reference)
    assert found is not None
    lower, upper = limits(found)
    assert 0 <= lower <= found.value <= upper
    assert found.value == group.value / reference.value


@given(estimates, estimates)
def test_the_ratio_leaves_out_one_exactly_when_the_difference_leaves_out_nought(group: Estimate, reference: Estimate) -> None:
    assume(reference.value > 0)
    gap, times = limits(difference(group, reference)), limits(ratio(group, reference))
    assume(min(abs(gap[0]), abs(gap[1])) > 1e-9)
    assert (times[0] > 1) == (gap[0] > 0)
    assert (times[1] < 1) == (gap[1] < 0)


def test_a_gap_just_clear_as_a_difference_is_just_clear_as_a_ratio() -> None:
    """On the log scale the ratio of these two would have included 1, beside a difference that leaves out nought."""
    both = compare(share(25, 30), share(197, 300))
    assert both.finding is Finding.HIGHER
    assert limits(both.difference)[0] == pytest.approx(0.000032, abs=1e-6)
    assert 1 < limits(both.ratio)[0] < 1.001


@given(st.integers(1, 500), st.integers(1, 500), st.integers(2, 20))
def test_gaps_narrow_as_more_people_give_the_same_rates(x: int, y: int, times: int) -> None:
    few, many = compare(rate(x, 10_000), rate(y, 10_000)), compare(rate(x * times, 10_000 * times), rate(y * times, 10_000 * times))
    for small, large in ((few.difference, many.difference), (few.ratio, many.ratio)):
        assert limits(large)[1] - limits(large)[0] < limits(small)[1] - limits(small)[0]


@given(estimates, estimates, st.floats(0.01, 1e5))
def test_the_unit_changes_no_ratio_and_no_finding(group: Estimate, reference: Estimate, unit: float) -> None:
    assume(reference.value > 0)
    one, other = (Estimate(e.value * unit, limits(e)[0] * unit, limits(e)[1] * unit) for e in (group, reference))
    before, after = compare(group, reference), compare(one, other)
    assume(min(abs(limit) for limit in limits(before.difference)) > 1e-9)
    assert after.finding is before.finding
    assert limits(after.ratio) == pytest.approx(limits(before.ratio), rel=1e-6, abs=1e-9)


@given(estimates)
def test_nobody_differs_clearly_from_themselves(one: Estimate) -> None:
    assert compare(one, one).finding is Finding.NO_CLEAR_DIFFERENCE


# --------------------------------------------------------------------------------------------------- Where there is none


def test_a_group_with_nobody_has_a_ratio_that_begins_at_nought() -> None:
    both = compare(share(0, 16), share(15, 57))
    assert both.ratio is not None
    assert both.ratio.value == 0
    assert limits(both.ratio) == pytest.approx((0.0, 0.79105), abs=1e-5)
    assert both.finding is Finding.LOWER


def test_there_is_no_ratio_to_nought() -> None:
    both = compare(share(5, 56), share(0, 29))
    assert both.ratio is None
    assert both.difference.has_interval


def test_a_reference_that_may_be_nought_gives_a_ratio_without_interval() -> None:
    assert ratio(Estimate(5, 4, 6), Estimate(2, 0, 5)) == Estimate(2.5)


@pytest.mark.parametrize(
    ("group", "reference"),
    [(Estimate(31), Estimate(25, 20, 30)), (Estimate(31, 28, 34), Estimate(25)), (Estimate(31), Estimate(25))],
)
def test_without_both_intervals_nobody_can_say(group: Estimate, reference: Estimate) -> None:
    assert compare(group, reference) == Comparison(Estimate(6), Estimate(31 / 25), Finding.CANNOT_SAY)


def test_a_difference_whose_limit_is_nought_is_not_clear() -> None:
    exact = Estimate(5, 5, 5)
    assert compare(exact, exact).finding is Finding.NO_CLEAR_DIFFERENCE
    assert compare(Estimate(7, 5, 9), exact).finding is Finding.NO_CLEAR_DIFFERENCE
    assert compare(Estimate(7, 5.1, 9), exact).finding is Finding.HIGHER
    assert compare(Estimate(3, 1, 4.9), exact).finding is Finding.LOWER


# ------------------------------------------------------------------------------------------------- What it means to people


@pytest.mark.parametrize(
    ("finding", "polarity", "judged"),
    [
        (Finding.LOWER, "higher_is_better", "worse"),
        (Finding.HIGHER, "higher_is_better", "better"),
        (Finding.LOWER, "lower_is_better", "better"),
        (Finding.HIGHER, "lower_is_better", "worse"),
        (Finding.HIGHER, "neutral", "neither"),
        (Finding.LOWER, "neutral", "neither"),
        (Finding.NO_CLEAR_DIFFERENCE, "higher_is_better", "neither"),
        (Finding.NO_CLEAR_DIFFERENCE, "lower_is_better", "neither"),
        (Finding.CANNOT_SAY, "lower_is_better", "neither"),
    ],
)
def test_only_a_clear_difference_is_better_or_worse_and_only_by_polarity(finding: Finding, polarity: str, judged: str) -> None:
    assert judgement(finding, polarity) == judged  # pyright: ignore[reportArgumentType]


def test_people_affected_counts_from_the_groups_own_side() -> None:
    assert people_affected(36, 50, 455, 100) == pytest.approx(-63.7)
    assert people_affected(242.3, 68.4, 2_382_000, 100_000) == pytest.approx(4142.3, abs=0.1)


@given(st.integers(1, 5000), st.integers(1, 10**7), st.floats(0, 1000))
def test_people_affected_are_the_same_from_a_base_as_from_events(events: int, base: int, reference: float) -> None:
    value = 100_000 * events / base
    assert events_affected(value, reference, events) == pytest.approx(people_affected(value, reference, base, 100_000), rel=1e-9, abs=1e-6)


def test_a_standardised_ratio_gives_the_share_of_events_beyond_the_references_rate() -> None:
    """Miettinen 1974: (RR - 1) / RR of the group's own 5,693 detentions."""
    assert events_affected(242.3, 68.4, 5693) == pytest.approx(5693 * (242.3 / 68.4 - 1) / (242.3 / 68.4))

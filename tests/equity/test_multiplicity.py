from __future__ import annotations

import math
from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from equity.multiplicity import benjamini_hochberg, holm

P = pl.col("p")
METHODS: list[Callable[..., pl.Expr]] = [benjamini_hochberg, holm]
ANY = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 0.05, 0.01, math.nan, -0.1, 1.1, math.inf]), st.floats(0, 1), st.floats(0, 0.01))


def adjusted(method: Callable[..., pl.Expr], values: list[float | None]) -> list[float | None]:
    return pl.DataFrame({"p": values}, schema={"p": pl.Float64}).select(method(P)).to_series().to_list()


def usable(value: float | None) -> bool:
    return value is not None and 0 <= value <= 1


def slow_holm(values: list[float]) -> list[float]:
    """Step by step: the smallest against all of them, the next against all but one, and never below the one before."""
    left = sorted(range(len(values)), key=lambda at: values[at])
    found, so_far = [0.0] * len(values), 0.0
    for done, at in enumerate(left):
        so_far = max(so_far, min(1.0, values[at] * (len(values) - done)))
        found[at] = so_far
    return found


def slow_benjamini_hochberg(values: list[float]) -> list[float]:
    return [float(one) for one in stats.false_discovery_control(values)]


@pytest.mark.parametrize(("method", "slow"), [(benjamini_hochberg, slow_benjamini_hochberg), (holm, slow_holm)])
@given(values=st.lists(ANY, max_size=30))
def test_adjusted_values_are_those_of_slow_code_and_nulls_are_no_tests(
    method: Callable[..., pl.Expr], slow: Callable[[list[float]], list[float]], values: list[float | None]
) -> None:
    found = adjusted(method, values)
    known = [value for value in values if value is not None and usable(value)]
    assert [one is not None for one in found] == [usable(value) for value in values]
    assert [one for one in found if one is not None] == pytest.approx(slow(known) if known else [], rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("method", METHODS)
@given(families=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 1), ANY), max_size=30))
def test_each_family_is_adjusted_by_itself_in_the_order_of_its_rows(
    method: Callable[..., pl.Expr], families: list[tuple[str, int, float | None]]
) -> None:
    frame = pl.DataFrame(families, schema={"s": pl.String, "k": pl.Int64, "p": pl.Float64}, orient="row")
    found = frame.with_columns(q=method(P, ["s", "k"]))
    assert found.drop("q").equals(frame)
    for name, number in {(name, number) for name, number, _ in families}:
        mine = found.filter((pl.col("s") == name) & (pl.col("k") == number))
        assert mine["q"].to_list() == adjusted(method, mine["p"].to_list())


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_is_never_below_benjamini_and_hochberg_and_neither_below_the_value_itself(values: list[float]) -> None:
    by_bh, by_holm = adjusted(benjamini_hochberg, list(values)), adjusted(holm, list(values))
    for p, q, h in zip(values, by_bh, by_holm, strict=True):
        assert q is not None
        assert h is not None
        assert p <= q * (1 + 1e-12)
        assert q <= h * (1 + 1e-12) <= 1 + 1e-9


@pytest.mark.parametrize("method", METHODS)
@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=20, unique=True), chance=st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_matter(method: Callable[..., pl.Expr], values: list[float], chance: object) -> None:
    order = list(range(len(values)))
    chance.shuffle(order)  # pyright: ignore[reportAttributeAccessIssue]
    found = adjusted(method, list(values))
    assert adjusted(method, [values[at] for at in order]) == [found[at] for at in order]


@pytest.mark.parametrize("method", METHODS)
def test_equal_values_are_adjusted_alike(method: Callable[..., pl.Expr]) -> None:
    found = adjusted(method, [0.02, 0.5, 0.02, 0.02])
    assert found[0] == found[2] == found[3]


def test_a_textbook_example_is_met() -> None:
    """Benjamini and Hochberg 1995, section 4.1: 15 endpoints, of which 4 are found at 0.05, and 3 by Bonferroni and by Holm."""
    published: list[float | None] = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0
    ]  # fmt: skip
    assert [sum(one is not None and one <= 0.05 for one in adjusted(method, published)) for method in METHODS] == [4, 3]


@pytest.mark.parametrize("method", METHODS)
def test_one_finding_is_its_own_and_none_are_none(method: Callable[..., pl.Expr]) -> None:
    assert adjusted(method, [0.03]) == [0.03]
    assert adjusted(method, []) == []
    assert adjusted(method, [None, math.nan]) == [None, None]


@pytest.mark.parametrize("method", METHODS)
def test_it_runs_in_a_lazy_query(method: Callable[..., pl.Expr]) -> None:
    frame = pl.LazyFrame({"s": ["a", "a", "b"], "p": [0.01, 0.02, 0.03]})
    assert frame.with_columns(q=method(P, ["s"])).filter(pl.col("q") < 0.05).collect().height == 3

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from equity import extremes
from equity.bounds import Average, Reference, gaps, summaries
from equity.comparator import EveryoneElse, Given, Group
from equity.extremes import greatest_mean, least_mean
from equity.narrowing import COUNTS, narrow
from equity.summary_bounds import SUMMARIES

Floats = NDArray[np.float64]
Ranges = list[tuple[int, int, int, int]]

ALL = list(SUMMARIES)
CODES = "abcdefghijklmnopqr"


def table(groups: Ranges, kind: Any = "proportion", multiplier: float = 100) -> pl.DataFrame:
    rows = [{"group": code, **dict(zip(COUNTS, one, strict=True))} for code, one in zip(CODES, groups, strict=False)]
    return narrow(pl.DataFrame(rows), [], kind=kind, multiplier=multiplier)


def bounded(
    frame: pl.DataFrame, measures: list[str] | None = None, multiplier: float = 100, reference: str = "a", best: str = "highest"
) -> dict[str, dict[str, Any]]:
    polarity = "higher_is_better" if best == "highest" else "lower_is_better"
    out = summaries(frame, [], Group(reference), measures=measures or ALL, multiplier=multiplier, polarity=polarity)
    return {row["measure"]: row for row in out.iter_rows(named=True)}


def completions(groups: Ranges, share: bool = True) -> tuple[Floats, Floats]:
    """Every table of whole counts: events and people, a completion a row."""
    each = [
        [(x, n) for n in range(max(few, 1), many + 1) for x in range(low, high + 1) if x <= n or not share]
        for low, high, few, many in groups
    ]
    every = np.array(list(itertools.product(*each)), dtype=np.float64)
    return every[..., 0], every[..., 1]


def plain(name: str, y: Floats, n: Floats, reference: int, best: str) -> Floats:
    """A measure of each row of values a head and sizes, as its definition reads; NaN where it is not defined."""
    p, groups = n / n.sum(axis=1, keepdims=True), y.shape[1]
    mean = (p * y).sum(axis=1, keepdims=True)
    top = y.max(axis=1, keepdims=True) if best == "highest" else y.min(axis=1, keepdims=True)
    ref, rest = y[:, [reference]], 1 - p[:, reference]
    with np.errstate(all="ignore"):
        share = y / mean
        logs = np.where(share > 0, share * np.log(np.where(share > 0, share, 1)), 0)
        variance = (p * (y - mean) ** 2).sum(axis=1)
        relative = np.where(mean[:, 0] > 0, 1.0, np.nan)
        far = np.where(np.abs(y - ref) > 0, np.abs(y - ref) / ref, 0)
        somewhere = np.where(y.max(axis=1) > 0, 1, np.nan)
        values = {
            "bgv": 100**2 * variance,
            "bgsd": 100 * np.sqrt(variance),
            "cov": 100 * np.sqrt(variance) / mean[:, 0],
            "mdm_unweighted": 100 * np.abs(y - mean).mean(axis=1),
            "mdm_weighted": 100 * (p * np.abs(y - mean)).sum(axis=1),
            "mdb_unweighted": 100 * np.abs(y - top).mean(axis=1),
            "mdb_weighted": 100 * (p * np.abs(y - top)).sum(axis=1),
            "mdr_unweighted": 100 * np.abs(y - ref).mean(axis=1),
            "mdr_weighted": 100 * (p * np.abs(y - ref)).sum(axis=1),
            "idis_who_unweighted": 100 * np.abs(share - 1).mean(axis=1),
            "idis_who_weighted": 100 * (p * np.abs(share - 1)).sum(axis=1),
            "idis_pearcy_keppel_unweighted": 100 * far.sum(axis=1) / (groups - 1) * somewhere,
            "idis_pearcy_keppel_weighted": 100 * (p * far).sum(axis=1) / rest * somewhere,
            "theil": 1000 * (p * logs).sum(axis=1) * relative,
            "mld": 1000 * (p * -np.log(share)).sum(axis=1) * relative,
            "par": 100 * (ref - mean)[:, 0],
            "paf": 100 * (ref / mean - 1)[:, 0] * relative,
            "par_best": 100 * np.abs(top - mean)[:, 0],
            "paf_best": 100 * np.abs(top / mean - 1)[:, 0] * relative,
            "range_difference": 100 * (y.max(axis=1) - y.min(axis=1)),
            "range_ratio": y.max(axis=1) / y.min(axis=1),
        }
    return values[name]


# ----------------------------------------------------------------------------------------- Against every completion


def small_table(seed: int, exact: bool) -> tuple[Ranges, bool]:
    """Three or four groups with narrow ranges, some of them at nought or at everyone."""
    draw = np.random.default_rng(seed)
    groups: Ranges = []
    for _ in range(draw.integers(2, 5)):
        few = int(draw.integers(1, 40))
        many = few + (0 if exact else int(draw.integers(0, 3)))
        low = int(draw.integers(0, many + 1)) if draw.random() < 0.8 else 0
        groups.append((low, low + int(draw.integers(0, 3)), few, many))
    return groups, bool(draw.random() < 0.7)


@pytest.mark.parametrize("exact", [True, False], ids=["exact sizes", "rounded sizes"])
@pytest.mark.parametrize("seed", range(30))
def test_summaries_hold_every_completion_and_say_truly_where_they_are_reached(seed: int, exact: bool) -> None:
    groups, share = small_table(seed, exact)
    events, people = completions(groups, share)
    if not len(events):
        return
    reference, best = seed % len(groups), ("highest", "lowest")[seed % 2]
    frame = table(groups, "proportion" if share else "rate")
    rows = bounded(frame, reference=CODES[reference], best=best)
    for name, row in rows.items():
        values = plain(name, events / people, people, reference, best)
        values = values[~np.isnan(values)]
        if not len(values):
            assert row["lower"] is None, name
            continue
        least, most = values.min(), values.max()
        close = 1e-9 * max([1.0, *(abs(one) for one in (least, most) if math.isfinite(one))])
        assert row["lower"] <= least + close, name
        assert row["upper"] >= most - close, name
        if row["upper_reached"]:
            assert row["upper"] == pytest.approx(most, abs=close), name
        if exact:
            assert row["upper_reached"], name


@pytest.mark.parametrize("seed", range(8))
def test_the_least_is_reached_by_counts_that_need_not_be_whole(seed: int) -> None:
    """Exact sizes: a search over finer and finer grids finds the lower end, and nothing below it."""
    draw = np.random.default_rng(100 + seed)
    people = draw.integers(20, 400, size=3)
    low = np.array([int(n * draw.uniform(0.02, 0.6)) for n in people])
    high = low + draw.integers(0, 25, size=3)
    groups: Ranges = [(int(a), int(min(b, n)), int(n), int(n)) for a, b, n in zip(low, high, people, strict=True)]
    for best in ("highest", "lowest"):
        rows = bounded(table(groups), reference="b", best=best)
        for name in ALL:
            least = searched(name, groups, best)
            assert rows[name]["lower"] <= least + 1e-7, name
            if rows[name]["lower_reached"]:
                assert rows[name]["lower"] == pytest.approx(least, rel=2e-3, abs=2e-3), name


def searched(name: str, groups: Ranges, best_is: str) -> float:
    """The least of a measure over a box of values: every point of a grid that all groups share, so that they can be alike,
    then finer and finer about the best values so far."""
    n = np.array([one[2] for one in groups], dtype=np.float64)
    start, end = np.array([one[0] for one in groups]) / n, np.array([one[1] for one in groups]) / n
    marks, step = np.concatenate([np.linspace(start.min(), end.max(), 25), start, end]), (end.max() - start.min()) / 24
    best = math.inf
    for _ in range(9):
        each = [np.unique(np.clip(marks, a, b)) for a, b in zip(start, end, strict=True)]
        grid = np.stack(np.meshgrid(*each, indexing="ij"), axis=-1).reshape(-1, len(n))
        values = plain(name, grid, np.broadcast_to(n, grid.shape), 1, best_is)
        best, at = min(best, values.min()), grid[values.argmin()]
        marks, step = (at[:, None] + np.linspace(-step, step, 9)).ravel(), step / 4
    return best


@pytest.mark.parametrize("cells", [1, 2, 5])
@pytest.mark.parametrize("seed", range(12))
def test_a_floor_is_a_floor_however_coarsely_its_range_is_cut(seed: int, cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tangents lie below what they touch: fewer parts make the bound wider, never wrong."""
    draw = np.random.default_rng(seed)
    people = draw.integers(5, 60, size=3)
    low = (people * draw.uniform(0, 0.7, size=3)).astype(int)
    groups: Ranges = [(int(x), min(int(x) + 4, int(n)), int(n), int(n) + 1) for x, n in zip(low, people, strict=True)]
    events, sizes = completions(groups)
    names = ["bgv", "cov", "theil", "mld"]
    fine = bounded(table(groups), names)
    monkeypatch.setattr(extremes, "CELLS", cells)
    monkeypatch.setattr(extremes, "ROUNDS", 1)
    coarse = bounded(table(groups), names)
    for name in names:
        least = np.nanmin(plain(name, events / sizes, sizes, 0, "highest"))
        assert coarse[name]["lower"] <= least + 1e-9, name
        assert coarse[name]["lower"] <= fine[name]["lower"] + 1e-9, name


@pytest.mark.parametrize("number", [9, 12, 18])
def test_many_groups_hold_what_any_completion_gives(number: int) -> None:
    """More than eight groups: certified to lie outside, and close to what corners drawn at random come to."""
    draw = np.random.default_rng(number)
    people = draw.integers(30, 3000, size=number)
    events = (people * draw.uniform(0.2, 0.6, size=number)).astype(int)
    groups: Ranges = [(int(x) - 2, int(x) + 2, int(n) - 2, int(n) + 2) for x, n in zip(events, people, strict=True)]
    low, high, few, many = np.array(groups, dtype=np.float64).T
    rows = bounded(table(groups), reference="a")
    x, n = (low + (high - low) * draw.integers(0, 2, (20_000, number)), few + (many - few) * draw.integers(0, 2, (20_000, number)))
    for name in ALL:
        values = plain(name, x / n, n, 0, "highest")
        assert rows[name]["lower"] <= values.min(), name
        assert rows[name]["upper"] >= values.max(), name
        assert rows[name]["upper"] - rows[name]["lower"] <= 2.6 * (values.max() - values.min()), name


@pytest.mark.parametrize("reference", [Group("a"), EveryoneElse(), Average(), Given(37.5)], ids=str)
@pytest.mark.parametrize("seed", range(20))
def test_gaps_hold_every_completion_and_are_reached_where_they_say(seed: int, reference: Reference) -> None:
    exact = seed % 2 == 0
    groups, share = small_table(seed, exact)
    events, people = completions(groups, share)
    if not len(events):
        return
    y = 100 * events / people
    for row in gaps(table(groups, "proportion" if share else "rate"), [], reference).iter_rows(named=True):
        one = CODES.index(row["group"])
        rest = np.arange(len(groups)) != one
        other = {
            Group("a"): y[:, 0],
            EveryoneElse(): 100 * events[:, rest].sum(axis=1) / people[:, rest].sum(axis=1),
            Average(): 100 * events.sum(axis=1) / people.sum(axis=1),
            Given(37.5): np.full(len(y), 37.5),
        }[reference]
        differences = y[:, one] - other
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = (y[:, one] / other)[(y[:, one] > 0) | (other > 0)]
        assert row["difference_lower"] <= differences.min() + 1e-9
        assert row["difference_upper"] >= differences.max() - 1e-9
        if exact or reference in {Group("a"), Given(37.5)}:
            assert (row["difference_lower"], row["difference_upper"]) == pytest.approx((differences.min(), differences.max()))
        if row["ratio_lower"] is None:
            assert not other.any()
            continue
        assert row["ratio_lower"] <= ratios.min() + 1e-9
        assert row["ratio_upper"] >= ratios.max() - 1e-9
        if (exact or reference in {Group("a"), Given(37.5)}) and other.min() > 0:
            assert (row["ratio_lower"], row["ratio_upper"]) == pytest.approx((ratios.min(), ratios.max()))


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=6))
def test_the_extreme_means_are_those_of_the_corners(groups: list[tuple[float, int, int]]) -> None:
    values, small, more = (np.array(one, dtype=np.float64) for one in zip(*groups, strict=True))
    small = small + 1
    corners = [np.average(values, weights=small + more * np.array(choice)) for choice in itertools.product((0, 1), repeat=len(values))]
    assert greatest_mean(values, small, small + more) == pytest.approx(max(corners))
    assert least_mean(values, small, small + more) == pytest.approx(min(corners))


# ------------------------------------------------------------------------------------------------------------ By hand


def test_two_groups_by_hand() -> None:
    """10 or 12 of 40 against 24 of 60: the variance of two groups is p (1 - p) (y - z)**2."""
    rows = bounded(table([(10, 12, 40, 40), (24, 24, 60, 60)]), reference="b")
    assert (rows["bgv"]["lower"], rows["bgv"]["upper"]) == pytest.approx((0.24 * 10**2, 0.24 * 15**2))
    assert (rows["mdm_weighted"]["lower"], rows["mdm_weighted"]["upper"]) == pytest.approx((2 * 0.24 * 10, 2 * 0.24 * 15))
    assert (rows["mdr_weighted"]["lower"], rows["mdr_weighted"]["upper"]) == pytest.approx((0.4 * 10, 0.4 * 15))
    assert (rows["par"]["lower"], rows["par"]["upper"]) == pytest.approx((0.4 * 10, 0.4 * 15))
    assert (rows["paf"]["lower"], rows["paf"]["upper"]) == pytest.approx((100 * (40 / 36 - 1), 100 * (40 / 34 - 1)))
    assert (rows["idis_pearcy_keppel_unweighted"]["lower"], rows["idis_pearcy_keppel_unweighted"]["upper"]) == pytest.approx((25, 37.5))
    assert (rows["range_ratio"]["lower"], rows["range_ratio"]["upper"]) == pytest.approx((40 / 30, 40 / 25))
    assert all(row["lower_reached"] and row["upper_reached"] for name, row in rows.items() if name != "theil")


def test_only_what_is_reached_is_said_to_be_reached() -> None:
    """Rounded sizes leave a measure of sizes outer; more than eight groups leave one of corners so."""
    rounded = bounded(table([(10, 12, 38, 42), (24, 24, 60, 60)]), reference="b")
    many = bounded(table([(10 + at, 12 + at, 40, 40) for at in range(9)]), reference="b")
    for name, summary in SUMMARIES.items():
        assert rounded[name]["upper_reached"] == (not summary.sized), name
        assert many[name]["upper_reached"] == (not summary.by_corners), name
    assert {name for name, summary in SUMMARIES.items() if not summary.sized} == {
        "mdb_unweighted",
        "mdr_unweighted",
        "idis_pearcy_keppel_unweighted",
        "range_difference",
        "range_ratio",
    }


def test_exact_counts_leave_nothing_open() -> None:
    groups: Ranges = [(x, x, n, n) for x, n in [(10, 40), (24, 60), (700, 1000), (1, 90)]]
    events, people = completions(groups)
    rows = bounded(table(groups), reference="c")
    for name in ALL:
        value = plain(name, events / people, people, 2, "highest")[0]
        assert (rows[name]["lower"], rows[name]["upper"]) == pytest.approx((value, value), rel=1e-7, abs=1e-7), name


def test_groups_that_may_be_alike_may_have_no_inequality() -> None:
    """Ranges with a point in common: every measure of spread may be nought, every ratio one."""
    rows = bounded(table([(18, 22, 40, 40), (28, 32, 60, 60), (8, 12, 20, 20)]), reference="b")
    for name in ALL:
        assert rows[name]["lower"] <= (1 if name == "range_ratio" else 0) + 1e-9, name
        assert rows[name]["upper"] > (1 if name == "range_ratio" else 0), name
        if name not in {"par", "paf"}:
            assert rows[name]["lower"] == pytest.approx(1 if name == "range_ratio" else 0, abs=1e-6), name


def test_a_star_among_the_events_leaves_the_log_deviation_without_limit() -> None:
    rows = bounded(table([(0, 4, 20, 20), (8, 12, 40, 40)]), ["mld", "theil", "range_ratio"])
    assert (rows["mld"]["upper"], rows["range_ratio"]["upper"]) == (math.inf, math.inf)
    assert rows["theil"]["upper"] < math.inf


def test_stars_alone_leave_relative_measures_what_one_event_would_make_them() -> None:
    """No event in any group has no relative measure; one event in the smaller group has the most."""
    groups: Ranges = [(0, 4, 20, 20), (0, 2, 30, 30)]
    events, people = completions(groups)
    rows = bounded(table(groups), reference="b")
    for name in ("cov", "idis_who_unweighted", "idis_who_weighted", "theil", "mld", "paf"):
        most = np.nanmax(plain(name, events / people, people, 1, "highest"))
        assert rows[name]["upper"] == pytest.approx(most), name


@pytest.mark.parametrize("ninth", [(0, 3, 4, 4), (1, 4, 4, 4)])
def test_a_small_group_beyond_the_eighth_may_be_at_either_end(ninth: tuple[int, int, int, int]) -> None:
    """Eight groups move the mean more than the ninth, which is all there is to a mean deviation of the groups."""
    groups: Ranges = [(195 + at, 205 + at, 400, 400) for at in range(8)] + [ninth]
    low, high = (np.array([one[end] / one[2] for one in groups]) for end in (0, 1))
    people = np.array([[float(one[2]) for one in groups]])
    for name in ("mdm_unweighted", "idis_who_unweighted", "bgv"):
        ends = [plain(name, np.append(low[:8], last)[None, :], people, 0, "highest")[0] for last in (low[8], high[8])]
        assert bounded(table(groups), [name])[name]["upper"] >= max(ends) - 1e-9


def test_the_order_of_groups_and_their_scale_change_nothing() -> None:
    groups: Ranges = [(8, 12, 38, 42), (28, 32, 58, 62), (0, 4, 18, 22), (195, 205, 300, 300)]
    one = bounded(table(groups), reference="b")
    turned = bounded(table(groups[::-1]), reference="c")
    larger = bounded(table([(10 * a, 10 * b, 10 * c, 10 * d) for a, b, c, d in groups]), reference="b")
    per_head = bounded(table(groups, multiplier=1), reference="b", multiplier=1)
    for name in ALL:
        ends = pytest.approx((one[name]["lower"], one[name]["upper"]), rel=1e-6, abs=1e-6)
        assert (turned[name]["lower"], turned[name]["upper"]) == ends, name
        assert (larger[name]["lower"], larger[name]["upper"]) == ends, name
        scale = 100 ** SUMMARIES[name].power
        assert (scale * per_head[name]["lower"], scale * per_head[name]["upper"]) == ends, name


def test_strata_are_bounded_one_by_one() -> None:
    """A stratum gives the same alone as among others that have more groups."""
    few, many = table([(8, 12, 40, 40), (20, 24, 60, 60)]), table([(8, 12, 38, 42), (28, 32, 58, 62), (5, 7, 18, 22), (18, 22, 33, 37)])
    both = pl.concat([few.with_columns(place=pl.lit("few")), many.with_columns(place=pl.lit("many"))])
    out = summaries(both, ["place"], Group("a"), measures=ALL, multiplier=100, polarity="higher_is_better")
    for place, frame in (("few", few), ("many", many)):
        alone = summaries(frame, [], Group("a"), measures=ALL, multiplier=100, polarity="higher_is_better")
        found = out.filter(pl.col("place") == place)
        for end in ("lower", "upper"):
            assert found[end].to_list() == pytest.approx(alone[end].to_list(), rel=1e-9), place
    assert gaps(both, ["place"], Group("a")).height == 4


# ----------------------------------------------------------------------------------------------------------- The edges


def test_a_stratum_that_cannot_be_measured_says_why() -> None:
    groups = table([(8, 12, 40, 40), (20, 24, 60, 60)])
    lone = groups.filter(pl.col("group") == "b").with_columns(place=pl.lit("one group"))
    lost = groups.with_columns(place=pl.lit("no value"), value_lower=pl.when(pl.col("group") == "a").then("value_lower"))
    other = groups.with_columns(place=pl.lit("no reference"), group=pl.col("group").replace("a", "z"))
    none = groups.with_columns(place=pl.lit("nothing"), value_lower=pl.lit(0.0), value_upper=pl.lit(0.0))
    frame = pl.concat([one.select(lone.columns) for one in (lone, lost, other, none)])
    out = summaries(frame, ["place"], Group("a"), measures=["bgv", "theil"], multiplier=100)
    found = {(row["place"], row["measure"]): row for row in out.iter_rows(named=True)}
    assert found["one group", "bgv"]["reason"] == "fewer than two groups have anyone in them"
    assert found["no value", "bgv"]["reason"] == "a group has no value"
    assert found["no reference", "bgv"]["reason"] == "the reference group is not there"
    assert found["nothing", "theil"]["reason"] == "nothing happened in any group"
    assert (found["nothing", "bgv"]["lower"], found["nothing", "bgv"]["upper"]) == (0, 0)
    for row in found.values():
        assert (row["lower"] is None) == (row["reason"] is not None)
        assert (row["lower_reached"] is None) == (row["reason"] is not None)


def test_a_group_that_surely_has_nobody_is_no_group() -> None:
    groups: Ranges = [(8, 12, 40, 40), (20, 24, 60, 60)]
    out, without = bounded(table([*groups, (0, 0, 0, 0)]), ["bgv", "mdm_unweighted"]), bounded(table(groups), ["bgv", "mdm_unweighted"])
    assert out == without
    assert gaps(table([*groups, (0, 0, 0, 0)]), [], Group("a"))["group"].to_list() == ["b"]


def test_unknown_and_whole_are_not_among_the_groups() -> None:
    groups = table([(8, 12, 40, 40), (20, 24, 60, 60), (28, 36, 100, 100)])
    named = groups.with_columns(pl.col("group").replace({"c": "all"}))
    assert gaps(named, [], Group("a"))["group"].to_list() == ["b"]
    assert bounded(named, ["bgv"]) == bounded(groups.head(2), ["bgv"])


def test_a_gap_to_a_reference_without_a_value_is_no_number() -> None:
    groups = table([(8, 12, 40, 40), (20, 24, 60, 60)])
    lost = groups.with_columns(pl.when(pl.col("group") == "b").then(name).alias(name) for name in ("value_lower", "value_upper"))
    for reference in (Group("a"), Group("z"), Average(), EveryoneElse()):
        row = gaps(lost, [], reference).filter(pl.col("group") == "b").row(0, named=True)
        assert row["difference_lower"] is None, reference


def test_a_given_value_may_be_a_column() -> None:
    frame = table([(8, 12, 40, 40), (20, 24, 60, 60)]).with_columns(england=pl.Series([25.0, None]))
    rows = gaps(frame, [], Given("england"))
    assert rows["difference_lower"].to_list() == [-5, None]
    assert rows["ratio_upper"].to_list() == [1.2, None]


def test_a_ratio_is_infinite_where_its_reference_may_be_nought_and_null_where_it_is() -> None:
    row = gaps(table([(0, 4, 40, 40), (8, 12, 40, 40)]), [], Group("a")).row(0, named=True)
    assert (row["ratio_lower"], row["ratio_upper"]) == (2, math.inf)
    row = gaps(table([(0, 0, 40, 40), (8, 12, 40, 40)]), [], Group("a")).row(0, named=True)
    assert (row["ratio_lower"], row["ratio_upper"]) == (None, None)
    assert row["difference_lower"] == 20


def test_an_empty_table_has_no_bounds() -> None:
    empty = table([(8, 12, 40, 40)]).clear()
    assert gaps(empty, [], Group("a")).height == 0
    assert summaries(empty, [], Group("a"), measures=ALL, multiplier=100, polarity="higher_is_better").height == 0


def test_what_cannot_be_asked_is_refused_by_name() -> None:
    frame = table([(8, 12, 40, 40), (20, 24, 60, 60)])
    with pytest.raises(ValueError, match="no measure 'sii'"):
        summaries(frame, [], measures=["sii"], multiplier=100)
    with pytest.raises(ValueError, match="mdr_unweighted is measured from a reference"):
        summaries(frame, [], measures=["mdr_unweighted"], multiplier=100)
    with pytest.raises(ValueError, match="paf_best is measured from the best placed"):
        summaries(frame, [], measures=["paf_best"], multiplier=100)
    with pytest.raises(ValueError, match="narrow the counts first"):
        gaps(frame.drop("value_lower"), [], Group("a"))

from __future__ import annotations

import itertools
import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.narrowing import COUNTS, both, less, narrow, sum_of
from equity.rounding import Bounds, count_bounds

Counts = tuple[float | None, float | None, float | None, float | None]


def table(**groups: Counts) -> pl.DataFrame:
    """Groups and the ends of their counts."""
    rows = [{"group": code, **dict(zip(COUNTS, counts, strict=True))} for code, counts in groups.items()]
    return pl.DataFrame(rows, schema={"group": pl.String, **dict.fromkeys(COUNTS, pl.Float64)})


def narrowed(frame: pl.DataFrame, kind: Any = "proportion", multiplier: float = 100, **options: Any) -> dict[str, dict[str, Any]]:
    """Each group's row once its counts are narrowed."""
    out = narrow(frame, options.pop("by", []), kind=kind, multiplier=multiplier, **options)
    return {row["group"]: row for row in out.iter_rows(named=True)}


def ends(row: dict[str, Any]) -> tuple[float, ...]:
    return tuple(row[name] for name in COUNTS)


def printed(count: int) -> tuple[float | None, bool]:
    """A count as NHS England prints it below England: its rounded figure, or that it is a star."""
    return (None, True) if count < 5 else (5.0 * math.floor(count / 5 + 0.5), False)


def possible(count: int) -> tuple[int, int]:
    """What the printed figure of a count can have been, found by printing every count near it."""
    alike = [one for one in range(max(0, count - 9), count + 10) if printed(one) == printed(count)]
    return min(alike), max(alike)


# ------------------------------------------------------------------------------------------------------------ By hand


def test_a_published_percentage_and_counts_with_a_star_narrow_each_other() -> None:
    """Coventry and Warwickshire, 2024-25, Black groups: 160 of 320 less a star reliably recovered, published as 49%."""
    counts = pl.DataFrame({"finished": [320.0], "below": [None], "recovered": [160.0]}, schema_overrides={"below": pl.Float64})
    rounded, star = pl.lit(True), pl.lit(True)
    base = less(count_bounds(pl.col("finished"), ~star, rounded), count_bounds(pl.col("below"), star, rounded))
    recovered = count_bounds(pl.col("recovered"), ~star, rounded)
    frame = counts.select(
        group=pl.lit("black"),
        numerator_lower=recovered.lower,
        numerator_upper=recovered.upper,
        denominator_lower=base.lower,
        denominator_upper=base.upper,
    )
    row = narrowed(frame)["black"]
    assert ends(row) == (158, 162, 314, 322)
    assert (round(row["value_lower"], 1), round(row["value_upper"], 1)) == (49.1, 51.6)
    row = narrowed(frame.with_columns(published=pl.lit(49.0), decimals=pl.lit(0)))["black"]
    assert ends(row) == (158, 159, 320, 322)
    assert (row["value_lower"], row["value_upper"]) == pytest.approx((100 * 158 / 322, 100 * 159 / 322))
    assert row["consistent"]


def test_a_star_is_what_the_whole_leaves_for_it() -> None:
    """Exact whole, exact others: the star is recovered, which is why publishers must round totals as well."""
    frame = table(white=(40, 40, 90, 90), black=(0, 4, 10, 10), unknown=(7, 7, 20, 20), all=(49, 49, 120, 120))
    row = narrowed(frame)["black"]
    assert (row["numerator_lower"], row["numerator_upper"]) == (2, 2)
    assert (row["value_lower"], row["value_upper"]) == (20, 20)


def test_people_of_unknown_ethnicity_who_are_not_printed_are_what_is_left_of_the_whole() -> None:
    frame = table(white=(38, 42, 88, 92), black=(0, 4, 8, 12), unknown=(None, None, None, None), all=(48, 52, 118, 122))
    row = narrowed(frame, "rate")["unknown"]
    assert ends(row) == (2, 14, 14, 26)


def test_a_numerator_is_no_larger_than_its_denominator() -> None:
    row = narrowed(table(white=(3, 7, 0, 5)))["white"]
    assert ends(row) == (3, 5, 3, 5)
    assert (row["value_lower"], row["value_upper"]) == (60, 100)


def test_a_rate_may_have_more_events_than_people() -> None:
    row = narrowed(table(white=(18, 22, 10, 10)), "rate", 1000)["white"]
    assert ends(row) == (18, 22, 10, 10)
    assert (row["value_lower"], row["value_upper"]) == (1800, 2200)


def test_a_half_may_have_been_rounded_either_way() -> None:
    """1 of 8 is 12.5%: 13 where halves go up, 12 where they go to the even number, as some software has it."""
    for value in (12.0, 13.0):
        frame = table(white=(1, 1, 8, 8)).with_columns(published=pl.lit(value))
        assert narrowed(frame)["white"]["consistent"], value
    assert not narrowed(table(white=(1, 1, 8, 8)).with_columns(published=pl.lit(14.0)))["white"]["consistent"]


def test_counts_combine_as_their_ends_do() -> None:
    part, whole = Bounds(pl.lit(0.0), pl.lit(4.0)), Bounds(pl.lit(8.0), pl.lit(12.0))
    made = {
        "less": less(whole, part),
        "none": less(part, whole),
        "sum": sum_of(part, whole, whole),
        "both": both(whole, Bounds(pl.lit(11.0), pl.lit(15.0))),
    }
    found = pl.select(**{f"{name}_{end}": getattr(one, end) for name, one in made.items() for end in ("lower", "upper")}).row(0)
    assert found == (4, 12, 0, 0, 16, 28, 11, 12)


# -------------------------------------------------------------------------------------------- Against every completion


@pytest.mark.parametrize("kind", ["proportion", "rate"])
@pytest.mark.parametrize("decimals", [0, 1])
def test_a_published_value_keeps_exactly_the_counts_that_give_it(kind: str, decimals: int) -> None:
    """Every pair of counts within the ends is tried for every value that could be printed."""
    low, high, few, many = 3, 6, 7, 12
    half = 0.5 * 10.0**-decimals
    for tenths in range(20, 110):
        value = tenths / 10 if decimals else float(tenths)
        fits = [
            (x, n)
            for x, n in itertools.product(range(low, high + 1), range(few, many + 1))
            if (kind == "rate" or x <= n) and abs(100 * x / n - value) <= half + 1e-9
        ]
        frame = table(white=(low, high, few, many)).with_columns(published=pl.lit(value), decimals=pl.lit(decimals))
        row = narrowed(frame, kind)["white"]
        assert row["consistent"] == bool(fits), value
        if fits:
            xs, ns, rates = [x for x, _ in fits], [n for _, n in fits], [100 * x / n for x, n in fits]
            assert ends(row) == (min(xs), max(xs), min(ns), max(ns))
            assert (row["value_lower"], row["value_upper"]) == pytest.approx((min(rates), max(rates)), abs=1e-9)


ranges = st.tuples(st.integers(0, 4), st.integers(0, 3)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(ranges, min_size=3, max_size=3), ranges, st.booleans())
def test_parts_and_whole_leave_exactly_what_some_completion_has(parts: list[tuple[int, int]], whole: tuple[int, int], spare: bool) -> None:
    """Counts of one kind: the ends of each part and of the whole are those of the completions that add up."""
    codes = ["white", "black", "unknown" if spare else "asian"]
    rest = range(1) if spare else range(40)  # those of unknown ethnicity who are in no row
    fits = [
        (*found, sum(found) + more)
        for found in itertools.product(*(range(low, high + 1) for low, high in parts))
        for more in rest
        if whole[0] <= sum(found) + more <= whole[1]
    ]
    frame = table(**{code: (*part, 1, 1) for code, part in zip([*codes, "all"], [*parts, whole], strict=True)})
    if spare:
        frame = frame.with_columns(pl.when(pl.col("group") == "all").then(3).otherwise(1).alias(name) for name in COUNTS[2:])
    else:
        frame = frame.with_columns(pl.when(pl.col("group") == "all").then(30).otherwise(1).alias(name) for name in COUNTS[2:])
    rows = narrowed(frame, "rate")
    assert all(row["consistent"] for row in rows.values()) == bool(fits)
    for place, code in enumerate([*codes, "all"]):
        low, high = rows[code]["numerator_lower"], rows[code]["numerator_upper"]
        if fits:
            assert (low, high) == (min(one[place] for one in fits), max(one[place] for one in fits)), code
        else:
            assert (low, high) == [*parts, whole][place]


people = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(people, min_size=3, max_size=5), st.booleans())
def test_the_true_counts_are_never_narrowed_away(truth: list[tuple[int, int]], up: bool) -> None:
    """A table is printed from true counts by the publisher's rules, and read again: the truth is still within its ends."""
    rows, total = [], (sum(x for x, _ in truth), sum(n for _, n in truth))
    for place, (x, n) in enumerate([*truth, total]):
        share = None if n == 0 else 100 * x / n
        shown = None if share is None or x < 5 or n < 5 else math.floor(share + 0.5) if up else round(share)
        code = "all" if place == len(truth) else "unknown" if place == 0 else str(place)
        rows.append([code, *map(float, (*possible(x), *possible(n))), shown])
    frame = pl.DataFrame(rows, schema={"group": pl.String, **dict.fromkeys(COUNTS, pl.Float64), "published": pl.Float64}, orient="row")
    out = narrowed(frame)
    for place, (x, n) in enumerate([*truth, total]):
        row = out["all" if place == len(truth) else "unknown" if place == 0 else str(place)]
        assert row["consistent"]
        assert row["numerator_lower"] <= x <= row["numerator_upper"]
        assert row["denominator_lower"] <= n <= row["denominator_upper"]
        if n:
            assert row["value_lower"] - 1e-9 <= 100 * x / n <= row["value_upper"] + 1e-9


@pytest.mark.parametrize("count", range(60))
def test_the_ends_of_a_count_are_all_that_would_be_printed_alike(count: int) -> None:
    figure, star = printed(count)
    bounds = count_bounds(pl.lit(figure, pl.Float64), pl.lit(star), pl.lit(True))
    found = pl.select(lower=bounds.lower, upper=bounds.upper).row(0)
    assert found == possible(count)


def test_a_wide_denominator_still_holds_every_completion() -> None:
    """Past a thousand denominators they are not tried one by one: the value stays within its own rounding, the counts as they are."""
    frame = table(white=(400, 600, 900, 3000)).with_columns(published=pl.lit(30.0))
    row = narrowed(frame)["white"]
    assert ends(row) == (400, 600, 900, 3000)
    assert (row["value_lower"], row["value_upper"]) == pytest.approx((29.5, 30.5))
    assert not narrowed(frame.with_columns(published=pl.lit(80.0)))["white"]["consistent"]


# ------------------------------------------------------------------------------------------------------ What cannot be


def test_a_published_value_that_its_counts_rule_out_is_told_and_narrows_nothing() -> None:
    row = narrowed(table(white=(18, 22, 38, 42)).with_columns(published=pl.lit(80.0)))["white"]
    assert not row["consistent"]
    assert ends(row) == (18, 22, 38, 42)
    assert (row["value_lower"], row["value_upper"]) == pytest.approx((100 * 18 / 42, 100 * 22 / 38))


def test_parts_that_do_not_make_up_the_whole_are_told_and_narrow_nothing() -> None:
    frame = table(white=(38, 42, 90, 90), unknown=(0, 4, 10, 10), all=(88, 92, 100, 100))
    other = frame.with_columns(
        pl.lit("b").alias("place"),
        pl.when(pl.col("group") == "all").then(42.0).otherwise("numerator_upper").alias("numerator_upper"),
        pl.when(pl.col("group") == "all").then(38.0).otherwise("numerator_lower").alias("numerator_lower"),
    )
    out = narrow(pl.concat([frame.with_columns(place=pl.lit("a")), other]), ["place"], kind="proportion", multiplier=100)
    assert out.filter(pl.col("place") == "a")["consistent"].to_list() == [False] * 3
    assert out.filter(pl.col("place") == "a").select(COUNTS).equals(frame.select(COUNTS))
    assert out.filter(pl.col("place") == "b")["consistent"].to_list() == [True] * 3


def test_a_row_whose_counts_rule_each_other_out_has_no_value_and_leaves_the_others_as_they_were() -> None:
    frame = table(white=(40, 40, 30, 30), black=(0, 4, 10, 10), unknown=(1, 1, 5, 5), all=(45, 45, 50, 50))
    rows = narrowed(frame)
    assert not rows["white"]["consistent"]
    assert rows["white"]["value_lower"] is None
    assert rows["black"]["consistent"]
    assert ends(rows["black"]) == (0, 4, 10, 10)


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        ((0, 0, 10, 10), (0, 0)),
        ((0, 4, 0, 4), (0, 100)),
        ((0, 0, 0, 0), (None, None)),
        ((None, None, 10, 10), (0, 100)),
        ((5, 7, None, None), (None, None)),
        ((0, 0, 0, 3), (0, 0)),
    ],
    ids=["none of ten", "star of star", "nobody", "numerator unknown", "denominator unknown", "none of few"],
)
def test_edges_of_a_proportion(counts: Counts, value: tuple[float | None, float | None]) -> None:
    row = narrowed(table(white=counts))["white"]
    assert (row["value_lower"], row["value_upper"]) == value
    assert row["consistent"]


def test_a_rate_of_unknown_events_has_no_upper_end() -> None:
    row = narrowed(table(white=(None, None, 10, 10)), "rate")["white"]
    assert (row["value_lower"], row["value_upper"]) == (0, math.inf)


def test_an_empty_table_stays_empty() -> None:
    assert narrow(table(), [], kind="proportion", multiplier=100).height == 0


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (table(white=(-1, 2, 5, 5)), "numerator_lower is -1"),
        (table(white=(1, 2.5, 5, 5)), "numerator_upper is 2.5"),
        (table(white=(1, 2, math.nan, 5)), "denominator_lower is nan"),
        (table(white=(math.inf, None, 5, 5)), "numerator_lower is inf"),
        (table(white=(3, 2, 5, 5)), "numerator_lower is 3, above numerator_upper 2"),
        (pl.concat([table(white=(1, 2, 5, 5))] * 2), "two rows have the same group"),
        (table(white=(1, 2, 5, 5)).drop("numerator_upper"), "no column 'numerator_upper'"),
        (table(white=(1, 2, 5, 5)).with_columns(group=pl.lit(None, pl.String)), "a row has no group"),
    ],
)
def test_what_is_no_count_is_refused_by_name(frame: pl.DataFrame, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        narrow(frame, [], kind="proportion", multiplier=100)


@pytest.mark.parametrize(("kind", "multiplier"), [("share", 100), ("rate", 0), ("rate", -1), ("rate", math.nan)])
def test_an_option_that_makes_no_sense_is_refused(kind: Any, multiplier: float) -> None:
    with pytest.raises(ValueError, match=r"kind is|multiplier is"):
        narrow(table(white=(1, 2, 5, 5)), [], kind=kind, multiplier=multiplier)


def test_strata_do_not_touch_each_other() -> None:
    frame = table(white=(40, 40, 90, 90), black=(0, 4, 10, 10), unknown=(7, 7, 20, 20), all=(49, 49, 120, 120))
    places = [frame.with_columns(place=pl.lit(name, pl.String)) for name in ("a", "b", None)]
    places[1] = places[1].filter(pl.col("group") != "all")
    out = narrow(pl.concat(places), ["place"], kind="proportion", multiplier=100)
    black = out.filter(pl.col("group") == "black")
    assert black["numerator_upper"].to_list() == [2, 4, 2]
    assert out["place"].to_list() == pl.concat(places)["place"].to_list()


def test_narrowing_again_changes_nothing() -> None:
    frame = table(white=(38, 42, 88, 92), black=(0, 4, 8, 12), unknown=(0, 4, 10, 14), all=(48, 52, 108, 112))
    once = narrow(frame, [], kind="proportion", multiplier=100)
    assert narrow(once, [], kind="proportion", multiplier=100).equals(once)

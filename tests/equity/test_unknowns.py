from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.comparator import EveryoneElse, Group
from equity.narrowing import COUNTS, narrow
from equity.unknowns import spread

Ranges = tuple[int, int, int, int]

REST = "everyone else"


def spread_table(groups: list[Ranges], lost: Ranges | None, reference: str, kind: Any, multiplier: float = 1) -> dict[str, dict[str, Any]]:
    """Groups a, b, c ... and the people of unknown ethnicity, by their ends."""
    rows = [{"group": code, **dict(zip(COUNTS, one, strict=True))} for code, one in zip("abcdef", groups, strict=False)]
    if lost is not None:
        rows.append({"group": "unknown", **dict(zip(COUNTS, lost, strict=True))})
    frame = narrow(pl.DataFrame(rows), [], kind=kind, multiplier=multiplier)
    out = spread(frame, [], EveryoneElse() if reference == REST else Group(reference), kind=kind, multiplier=multiplier)
    return {row["group"]: row for row in out.iter_rows(named=True)}


def exact(x: int, n: int) -> Ranges:
    return x, x, n, n


# ------------------------------------------------------------------------------------------------- Against every spread


def shared(total: int, places: int) -> Iterator[tuple[int, ...]]:
    """Every way to give so many to so many places."""
    if places == 1:
        yield (total,)
        return
    for first in range(total + 1):
        yield from ((first, *rest) for rest in shared(total - first, places - 1))


class Spread(NamedTuple):
    """One completion: values of a group and its reference, and how many of the unknown are in each, of how many."""

    value: Fraction
    other: Fraction
    in_group: int
    in_reference: int
    lost: int


def pairs(one: Ranges, share: bool) -> list[tuple[int, int]]:
    low, high, few, many = one
    return [(x, n) for n in range(few, many + 1) for x in range(low, high + 1) if x <= n or not share]


def completions(groups: list[Ranges], lost: Ranges, at: int, reference: str, share: bool) -> Iterator[Spread]:
    """Every whole number that a count can be, and every spread of the unknown over the groups."""
    rest = [place for place in range(len(groups)) if place != at] if reference == REST else ["abcdef".index(reference)]
    unknown = pairs(lost, True) if share else [(v, v) for v in range(lost[0], lost[1] + 1)]
    for counts in itertools.product(*(pairs(one, share) for one in groups)):
        for v, u in unknown:
            for events in shared(v, len(groups)):
                for others in shared(u - v, len(groups)):
                    added = [(e, e + o if share else e) for e, o in zip(events, others, strict=True)]
                    x = [count[0] + more[0] for count, more in zip(counts, added, strict=True)]
                    n = [count[1] + (more[1] if share else 0) for count, more in zip(counts, added, strict=True)]
                    base = sum(n[place] for place in rest)
                    if n[at] and base:
                        value, other = Fraction(x[at], n[at]), Fraction(sum(x[place] for place in rest), base)
                        yield Spread(value, other, added[at][1], sum(added[place][1] for place in rest), u)


def drawn(seed: int) -> tuple[list[Ranges], Ranges, str, bool, bool]:
    """A small table: groups, unknown, reference, whether a proportion, whether counts are exact."""

    draw = random.Random(seed)
    sure, share, number = draw.random() < 0.5, draw.random() < 0.7, draw.choice([2, 3, 3])
    wide = 0 if sure else 1
    groups: list[Ranges] = []
    for _ in range(number):
        few = draw.randint(1, 14)
        low = draw.randint(0, few)
        groups.append((low, low + draw.randint(0, wide), few, few + draw.randint(0, wide)))
    people = draw.randint(0, 5)
    events = draw.randint(0, people)
    lost = (events, events + draw.randint(0, wide), people, people + wide)
    return groups, lost, draw.choice([REST, *"ab"]), share, sure


Drawn = tuple[list[Ranges], Ranges, str, bool, bool]

# A star for the events of the unknown, so that the widest gap may be neither at none nor at four; and two groups of which
# the higher can be sunk by the unknown while the lower cannot be lifted; a rate; noughts; and one that either could close.
STARS: list[Drawn] = [
    ([exact(3, 9), exact(5, 9), exact(1, 3)], (0, 4, 6, 6), "a", True, False),
    ([exact(2, 12), exact(1, 4), exact(1, 3)], (0, 4, 5, 5), "b", True, False),
    ([exact(1, 3), exact(4, 7), exact(2, 5)], (0, 4, 4, 6), REST, True, False),
]
PAIRS: list[Drawn] = [
    ([exact(6, 10), exact(5, 10)], exact(1, 8), "a", True, True),
    ([exact(5, 10), exact(6, 10)], exact(1, 8), "a", True, True),
    ([exact(6, 10), exact(5, 10), exact(2, 3)], exact(1, 8), "a", True, True),
    ([exact(6, 10), exact(5, 10)], (1, 1, 7, 8), "a", True, False),
    ([exact(3, 10), exact(2, 10)], exact(4, 4), "a", False, True),
    ([(0, 1, 5, 5), exact(0, 14)], (0, 1, 1, 2), REST, True, False),
    ([exact(6, 12), exact(5, 12), exact(1, 2)], exact(5, 10), "a", True, True),
]


@pytest.mark.parametrize("case", [*map(drawn, range(80)), *STARS, *PAIRS])
def test_no_spread_goes_beyond_the_bounds_and_some_spread_reaches_each(case: Drawn) -> None:
    groups, lost, reference, share, sure = case
    rows = spread_table(groups, lost, reference, "proportion" if share else "rate")
    # Sums over everyone else forget that in each group events are no more than people.
    sharp = reference != REST or sure or all(one[1] <= one[2] for one in groups)
    for code, row in rows.items():
        every = list(completions(groups, lost, "abcdef".index(code), reference, share))
        values, gaps = [one.value for one in every], [one.value - one.other for one in every]
        ratios = [one.value / one.other if one.other else math.inf for one in every if one.value or one.other]
        assert row["reason"] is None
        assert row["value_lower"] == pytest.approx(float(min(values)))
        assert row["value_upper"] == pytest.approx(float(max(values)))
        assert row["difference_lower"] <= float(min(gaps)) + 1e-9
        assert row["difference_upper"] >= float(max(gaps)) - 1e-9
        if sharp:
            assert row["difference_lower"] == pytest.approx(float(min(gaps)))
            assert row["difference_upper"] == pytest.approx(float(max(gaps)))
        if row["ratio_lower"] is None:
            assert not any(one.other for one in every)
            continue
        assert row["ratio_lower"] <= float(min(ratios)) + 1e-9
        assert row["ratio_upper"] >= float(max(ratios)) - 1e-9
        if sharp and math.isfinite(max(ratios)):
            assert row["ratio_lower"] == pytest.approx(float(min(ratios)))
            assert row["ratio_upper"] == pytest.approx(float(max(ratios)))


@pytest.mark.parametrize("case", [*map(drawn, range(80, 200)), *STARS, *PAIRS])
def test_the_tipping_point_is_the_fewest_with_whom_any_spread_leaves_no_gap(case: Drawn) -> None:
    groups, lost, reference, share, sure = case
    for code, row in spread_table(groups, lost, reference, "proportion" if share else "rate").items():
        every = list(completions(groups, lost, "abcdef".index(code), reference, share))
        known = [one.value - one.other for one in completions(groups, exact(0, 0), "abcdef".index(code), reference, share)]
        below, above = max(known) < 0, min(known) > 0
        if not (below or above):
            assert (row["tipping_in"], row["can_vanish"], row["tipping_people"]) == ("rounding", True, 0)
            continue
        gone = [one for one in every if (one.value >= one.other if below else one.value <= one.other)]
        if sure:
            assert row["can_vanish"] == bool(gone)
        if not row["can_vanish"]:
            assert not gone
            assert (row["tipping_in"], row["tipping_people"], row["tipping_share"]) == (None, None, None)
            continue
        if not gone:
            continue
        needed = {
            "group": min(one.in_group for one in gone),
            "reference": min(one.in_reference for one in gone),
            "both": min(one.in_group + one.in_reference for one in gone),
        }
        told, people = row["tipping_in"], row["tipping_people"]
        assert people <= needed[told]
        assert row["tipping_share"] <= min(_of(one, told) / one.lost for one in gone) + 1e-9
        lone = [one for one in gone if not (one.in_reference if below else one.in_group)]
        fewest = min((one.in_group if below else one.in_reference for one in lone), default=None)
        if fewest is not None and len(groups) > 2 and reference != REST:
            assert row["alone_people"] <= fewest
        if sure:
            third = len(groups) > 2 and reference != REST
            assert row["alone_people"] == ((math.inf if fewest is None else fewest) if third else None)
            lower, higher = ("group", "reference") if below else ("reference", "group")
            assert told == (lower if needed[lower] else higher if needed[higher] else "both")
            assert people == needed[told] or (told == "both" and people == needed[told] - 1)


def _of(one: Spread, told: str) -> int:
    return {"group": one.in_group, "reference": one.in_reference, "both": one.in_group + one.in_reference}[told]


counts = st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(counts, min_size=3, max_size=3), st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_known_and_any_even_spread_lie_within_the_bounds(groups: list[tuple[int, int]], lost: tuple[int, int]) -> None:
    rows = spread_table([exact(*one) for one in groups], exact(*lost), "a", "proportion")
    (x, n), (v, u) = groups[0], lost
    for code, one in zip("bc", groups[1:], strict=True):
        row = rows[code]
        assert row["value_lower"] - 1e-9 <= one[0] / one[1] <= row["value_upper"] + 1e-9
        share = one[1] / sum(group[1] for group in groups)
        spread_evenly = (one[0] + v * share) / (one[1] + u * share)
        other = n / sum(group[1] for group in groups)
        assert row["difference_lower"] - 1e-9 <= spread_evenly - (x + v * other) / (n + u * other) <= row["difference_upper"] + 1e-9


@given(counts, counts, st.integers(0, 60), st.integers(0, 60))
def test_more_people_of_unknown_ethnicity_never_leave_less_open(one: tuple[int, int], two: tuple[int, int], v: int, more: int) -> None:
    groups = [exact(*one), exact(*two), exact(1, 2)]
    few, many = (spread_table(groups, exact(v, v + added), "a", "proportion")["b"] for added in (more, more + 5))
    for name in ("value", "difference"):
        assert many[f"{name}_lower"] <= few[f"{name}_lower"] + 1e-12
        assert many[f"{name}_upper"] >= few[f"{name}_upper"] - 1e-12


# ------------------------------------------------------------------------------------------------------------ By hand


def test_a_group_is_highest_with_all_events_and_lowest_with_everyone_else() -> None:
    """Asian 400 of 900 and White 4,200 of 8,300 known; of 260 unknown 120 had the outcome."""
    row = spread_table([exact(4200, 8300), exact(400, 900), exact(50, 100)], exact(120, 260), "a", "proportion", 100)["b"]
    assert (row["value_lower"], row["value_upper"]) == pytest.approx((100 * 400 / 1040, 100 * 520 / 1020))
    assert row["difference_upper"] == pytest.approx(100 * (520 / 1020 - 4200 / 8440))
    assert row["difference_lower"] == pytest.approx(100 * (400 / 1040 - 4320 / 8420))
    # (400 + k) / (900 + k) >= 4200 / 8440 first at k = 96; were nobody of them White, >= 4200 / 8300 first at k = 113.
    assert (row["tipping_in"], row["tipping_people"], row["tipping_share"]) == ("group", 96, pytest.approx(96 / 260))
    assert (row["alone_people"], row["alone_share"]) == (113, pytest.approx(113 / 260))


def test_events_alone_are_spread_over_a_known_population() -> None:
    """Detentions of an area: 410 of 758,000 White, 55 of 38,700 Black people, 135 more of unknown ethnicity."""
    rows = spread_table([exact(410, 758_000), exact(55, 38_700), exact(50, 101_000)], exact(135, 135), "a", "rate", 100_000)
    row = rows["b"]
    assert (row["value_lower"], row["value_upper"]) == pytest.approx((1e5 * 55 / 38_700, 1e5 * 190 / 38_700))
    assert (row["ratio_lower"], row["ratio_upper"]) == pytest.approx((55 / 38_700 * 758_000 / 545, 190 / 38_700 * 758_000 / 410))
    assert not row["can_vanish"]
    # Asian people are detained less often: 410 / 758,000 * 101,000 = 54.6, so that 5 more would make them alike.
    assert (rows["c"]["tipping_in"], rows["c"]["tipping_people"]) == ("group", 5)


def test_nobody_of_unknown_ethnicity_leaves_nothing_open() -> None:
    row = spread_table([exact(20, 40), exact(10, 40), exact(1, 2)], exact(0, 0), "a", "proportion", 100)["b"]
    assert (row["value_lower"], row["value_upper"]) == (25, 25)
    assert (row["difference_lower"], row["difference_upper"]) == (-25, -25)
    assert (row["ratio_lower"], row["ratio_upper"]) == (0.5, 0.5)
    assert (row["can_vanish"], row["tipping_in"], row["tipping_share"]) == (False, None, None)


def test_a_gap_that_rounding_may_make_is_told_as_rounding() -> None:
    row = spread_table([(18, 22, 40, 40), (16, 20, 40, 40), exact(1, 2)], exact(3, 10), "a", "proportion")["b"]
    assert (row["can_vanish"], row["tipping_in"], row["tipping_people"], row["tipping_share"]) == (True, "rounding", 0, 0)


def test_a_published_percentage_narrows_what_the_unknown_can_do() -> None:
    groups = {"a": (38, 42, 78, 82), "b": (66, 76, 190, 210), "unknown": (8, 12, 18, 22)}
    rows = [{"group": code, **dict(zip(COUNTS, one, strict=True))} for code, one in groups.items()]
    frame = pl.DataFrame(rows)
    printed = frame.with_columns(published=pl.Series([50.0, 35.0, None]))
    bare, told = (
        spread(narrow(one, [], kind="proportion", multiplier=100), [], Group("a"), kind="proportion", multiplier=100).row(0, named=True)
        for one in (frame, printed)
    )
    fits = [(x, n) for x in range(66, 77) for n in range(190, 211) if 34.5 <= 100 * x / n <= 35.5]
    most, least = max((x + 12) / (n + 12) for x, n in fits), min(x / (n + 14) for x, n in fits)
    # A corner of the narrowed range need not be whole: a little outside, well inside what the counts alone allow.
    assert 100 * most <= told["value_upper"] <= 100 * most + 1 < bare["value_upper"]
    assert bare["value_lower"] < 100 * least - 1 <= told["value_lower"] <= 100 * least
    assert bare["difference_lower"] < told["difference_lower"] < told["difference_upper"] < bare["difference_upper"]


# ----------------------------------------------------------------------------------------------------------- The edges


def test_a_table_without_a_row_of_unknown_ethnicity_says_so() -> None:
    row = spread_table([exact(20, 40), exact(10, 40)], None, "a", "proportion")["b"]
    assert row["reason"] == "how many people are of unknown ethnicity is not known"
    assert [row[name] for name in row if name not in {"group", "reason"}] == [None] * 12


def test_unknown_people_without_a_number_say_so() -> None:
    frame = narrow(
        pl.DataFrame({"group": ["a", "b", "unknown"], **{name: [2.0, 4.0, None] for name in COUNTS}}),
        [],
        kind="proportion",
        multiplier=1,
    )
    row = spread(frame, [], Group("a"), kind="proportion", multiplier=1).row(0, named=True)
    assert row["reason"] == "how many people are of unknown ethnicity is not known"


def test_a_reference_that_is_not_there_leaves_nothing_to_say() -> None:
    row = spread_table([exact(20, 40), exact(10, 40)], exact(1, 2), "z", "proportion")["b"]
    assert row["reason"] == "the group or its reference has no value"
    assert row["difference_upper"] is None


def test_not_stated_and_not_known_are_added_up() -> None:
    rows = {"a": exact(20, 40), "b": exact(10, 40), "not_stated": exact(1, 4), "not_known": exact(2, 3), "all": exact(33, 87)}
    frame = pl.DataFrame([{"group": code, **dict(zip(COUNTS, one, strict=True))} for code, one in rows.items()])
    unknown = ["not_stated", "not_known"]
    frame = narrow(frame, [], kind="proportion", multiplier=100, unknown=unknown)
    row = spread(frame, [], Group("a"), kind="proportion", multiplier=100, unknown=unknown).row(0, named=True)
    alone = spread_table([exact(20, 40), exact(10, 40)], exact(3, 7), "a", "proportion", 100)["b"]
    assert row == alone


def test_strata_are_spread_one_by_one() -> None:
    one = [exact(20, 40), exact(10, 40), exact(5, 20)], exact(3, 7)
    two = [exact(8, 50), exact(9, 60)], exact(2, 9)
    frames = []
    for place, (groups, lost) in (("one", one), ("two", two)):
        rows = [
            {"place": place, "group": code, **dict(zip(COUNTS, part, strict=True))}
            for code, part in zip([*"abc"[: len(groups)], "unknown"], [*groups, lost], strict=True)
        ]
        frames.append(pl.DataFrame(rows))
    frame = narrow(pl.concat(frames), ["place"], kind="proportion", multiplier=100)
    for reference in ("a", REST):
        out = spread(frame, ["place"], EveryoneElse() if reference == REST else Group(reference), kind="proportion", multiplier=100)
        for place, (groups, lost) in (("one", one), ("two", two)):
            alone = spread_table(groups, lost, reference, "proportion", 100)
            for row in out.filter(pl.col("place") == place).drop("place").iter_rows(named=True):
                assert row == pytest.approx(alone[row["group"]]), (reference, place)

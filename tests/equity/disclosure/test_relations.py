"""How counts hang together is found in the counts: what holds of them an attacker may suppose, what does not leads nowhere."""

from __future__ import annotations

from datetime import date

import pytest

from equity.disclosure.facts import AtMost, Facts, Shown, Sum
from equity.disclosure.relations import DoesNotAddUp, Field, Place, relations
from equity.disclosure.rules import NHS_ENGLAND, OPENSAFELY
from equity.disclosure.safe import safe_counts

KNOWN = Field(
    {("upper", "white"): frozenset("AB"), ("other_upper", "white"): frozenset("AB")}, "detailed", {"RYG01": "RYG"}.get, frozenset({"i"})
)
YEAR = (date(2024, 4, 1), date(2025, 3, 31))


def place(
    code: str,
    level: str = "aggregate",
    series: tuple[str, str] = ("i", "numerator"),
    org_code: str = "RYG",
    scheme: str = "upper",
    period: tuple[date, date] = YEAR,
) -> Place:
    return Place(series, org_code, *period, "final", scheme, code, level)


def facts(*cells: tuple[Place, int]) -> Facts:
    return relations([one for one, _ in cells], [count for _, count in cells], KNOWN)[1]


def test_groups_and_unknown_ethnicity_make_the_total() -> None:
    cells = (place("all", "total"), 30), (place("white"), 20), (place("black"), 7), (place("unknown", "unknown"), 3)
    assert facts(*cells).sums == (Sum(0, (1, 2, 3)),)


def test_people_of_no_group_are_a_cell_that_is_never_shown() -> None:
    counts, found = relations([place("all", "total"), place("white"), place("black")], [30, 20, 7], KNOWN)
    assert (counts, found.sums, found.unseen) == ([30, 20, 7, 3], (Sum(0, (1, 2, 3)),), {3})


def test_groups_that_are_more_than_their_total_are_a_fault() -> None:
    with pytest.raises(DoesNotAddUp, match="i, RYG, 2024-04-01 to 2025-03-31: 25 in all, 27 in its groups"):
        facts((place("all", "total"), 25), (place("white"), 20), (place("black"), 7))


def test_detailed_groups_make_the_upper_group_of_another_scheme() -> None:
    detailed = (place("A", "detailed", scheme="detailed"), 20), (place("B", "detailed", scheme="detailed"), 4)
    assert facts((place("white"), 24), *detailed).sums == (Sum(0, (1, 2)),)


def test_groups_of_the_same_detailed_groups_and_totals_are_the_same_count() -> None:
    assert facts((place("white"), 24), (place("white", scheme="other_upper"), 24)).sums == (Sum(0, (1,)),)
    assert facts((place("all", "total"), 24), (place("all", "total", scheme="other_upper"), 24)).sums == (Sum(0, (1,)),)


def test_sites_make_their_trust() -> None:
    assert facts((place("white"), 24), (place("white", org_code="RYG01"), 20)).sums == (Sum(0, (1, 2)),)


def test_a_quarter_is_no_more_than_the_year_and_quarters_can_make_it() -> None:
    first, rest = (YEAR[0], date(2024, 6, 30)), (date(2024, 7, 1), YEAR[1])
    found = facts((place("white"), 24), (place("white", period=first), 20), (place("white", period=rest), 4))
    assert found.sums == (Sum(0, (1, 2)),)
    assert set(found.orders) == {AtMost(1, 0), AtMost(2, 0)}


def test_people_seen_in_both_quarters_make_no_sum() -> None:
    first, rest = (YEAR[0], date(2024, 6, 30)), (date(2024, 7, 1), YEAR[1])
    assert facts((place("white"), 22), (place("white", period=first), 20), (place("white", period=rest), 4)).sums == ()


def test_a_numerator_is_part_of_its_denominator() -> None:
    assert facts((place("white"), 3), (place("white", series=("i", "denominator")), 24)).orders == (AtMost(0, 1),)


def test_indicators_out_of_the_same_people_and_complements_are_found() -> None:
    cells = [
        (place("white", series=(name, role)), count)
        for name, top in (("i", 3), ("j", 21))
        for role, count in (("numerator", top), ("denominator", 24))
    ]
    assert set(facts(*cells).sums) == {Sum(1, (3,)), Sum(1, (0, 2)), Sum(3, (0, 2))}


def test_what_hangs_together_is_protected_by_the_strictest_of_its_rules_and_the_rest_by_its_own() -> None:
    counts, known = [33, 27, 6, 6], Facts(4, (Sum(0, (1, 2)),))
    safe = safe_counts(counts, known, [NHS_ENGLAND, NHS_ENGLAND, OPENSAFELY, NHS_ENGLAND])
    assert [one.rule for one in safe] == [OPENSAFELY, OPENSAFELY, OPENSAFELY, NHS_ENGLAND]
    assert (safe[2].manner, safe[2].lower, safe[2].upper) == (Shown.SMALL, 0, 7)
    assert (safe[3].number, safe[3].lower, safe[3].upper) == (5, 5, 7)


def test_a_cell_that_protects_another_has_the_bounds_that_the_others_leave() -> None:
    safe = safe_counts([18, 7, 7, 4], Facts(4, (Sum(0, (1, 2, 3)),)), [NHS_ENGLAND] * 4)
    (guard,) = [one for one in safe if one.manner is Shown.OPEN]
    assert guard.number is None
    assert guard.lower <= 7 <= guard.upper <= 22


def test_what_was_shown_before_is_hidden_only_where_nothing_else_helps() -> None:
    known = Facts(4, (Sum(0, (1, 2, 3)),))
    assert [one.number for one in safe_counts([18, 7, 7, 4], known, [NHS_ENGLAND] * 4, frozenset({0, 1}))] == [20, 5, None, None]
    assert [one.number for one in safe_counts([18, 7, 7, 4], known, [NHS_ENGLAND] * 4, frozenset({0, 1, 2}))].count(None) == 2

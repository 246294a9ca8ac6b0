"""No hidden count can be worked out from what is shown: solved for each by linear programmes that know all that a reader knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from equity.disclosure.facts import AtMost, Facts, Release, Shown, Sum
from equity.disclosure.protect import NotProtected, by_rule, protect
from equity.disclosure.rules import NHS_ENGLAND, OPENSAFELY, RULES, Rule
from tests.equity.disclosure import attack
from tests.equity.disclosure.tables import random_table

RULE_OF = list(RULES.values())


def hidden(release: Release) -> list[int]:
    return [cell for cell, manner in enumerate(release.manner) if manner.hidden]


def nested() -> Facts:
    """0: everyone. 1, 2: two upper groups. 3, 4 are of the first, 5, 6 of the second."""
    return Facts(7, (Sum(0, (1, 2)), Sum(1, (3, 4)), Sum(2, (5, 6))))


# What a reader could do, had only the rule been applied: counts, facts, and the cells that are printed exactly.
ATTACKS: dict[str, tuple[tuple[int, ...], Facts, frozenset[int]]] = {
    "one hidden cell in a row with an exact total": ((33, 20, 10, 3), Facts(4, (Sum(0, (1, 2, 3)),)), frozenset({0, 1, 2})),
    "two hidden cells whose sum allows one answer only": ((28, 20, 4, 4), Facts(4, (Sum(0, (1, 2, 3)),)), frozenset({0, 1})),
    "groups within groups": ((64, 34, 30, 30, 4, 22, 8), nested(), frozenset({0, 1, 2, 3})),
    "a year to date less the quarter before": ((41, 38, 3), Facts(3, (Sum(0, (1, 2)),)), frozenset({0, 1})),
    "a numerator and its complement": ((40, 38, 2), Facts(3, (Sum(0, (1, 2)),)), frozenset({0, 1})),
    "another indicator with the same base": ((4, 20, 4, 24), Facts(4, (Sum(0, (2,)), Sum(3, (1, 2)))), frozenset({1, 3})),
    "a part of a small whole, and a later month": ((3, 3, 3), Facts(3, (), (AtMost(0, 1), AtMost(1, 2))), frozenset({0, 2})),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_attacker_recovers_what_is_hidden_under_exact_totals(name: str) -> None:
    counts, facts, exact = ATTACKS[name]
    told = replace(facts, public=exact)
    release = by_rule(counts, told, NHS_ENGLAND)
    assert attack.recovered(release, told, counts) == hidden(release) != []


@pytest.mark.parametrize("rule", RULE_OF, ids=lambda rule: rule.name)
@pytest.mark.parametrize("name", ATTACKS)
def test_and_recovers_nothing_of_what_is_released(name: str, rule: Rule) -> None:
    counts, facts, _ = ATTACKS[name]
    release = protect(counts, facts, rule)
    assert hidden(release)
    assert attack.broken(release, facts) == {}
    assert attack.recovered(release, facts, counts) == []


def test_rounding_alone_does_not_protect_a_small_count() -> None:
    """18 of 20 and 14 of 10: 20 (18 to 22) less twice 5 (5 to 7) leaves 4 at least, and a star is 4 at most."""
    counts, facts = (18, 7, 7, 4), Facts(4, (Sum(0, (1, 2, 3)),))
    plain = by_rule(counts, facts, NHS_ENGLAND)
    assert plain.figure == (20, 5, 5, None)
    assert attack.recovered(plain, facts, counts) == [3]
    safe = protect(counts, facts, NHS_ENGLAND)
    assert len(hidden(safe)) == 2
    assert attack.solved(safe, facts, [3]) == {3: (0, 4)}


def test_no_more_is_hidden_than_needs_be() -> None:
    counts, facts = (215, 98, 61, 53, 3), Facts(5, (Sum(0, (1, 2, 3, 4)),))
    release = protect(counts, facts, NHS_ENGLAND)
    assert release.figure == (215, 100, 60, 55, None)
    assert release.manner[4] is Shown.SMALL


def test_figures_of_few_people_are_given_up_first() -> None:
    release = protect((519, 500, 12, 5, 2), Facts(5, (Sum(0, (1, 2, 3, 4)),)), NHS_ENGLAND)
    assert release.figure[0] == 520
    assert release.figure[1] == 500


def test_a_table_without_small_counts_is_only_rounded() -> None:
    release = protect((33, 21, 12), Facts(3, (Sum(0, (1, 2)),)), NHS_ENGLAND)
    assert release.figure == (35, 20, 10)


def test_a_nought_is_hidden_like_any_small_count() -> None:
    assert protect((0, 30), Facts(2), NHS_ENGLAND).manner == (Shown.SMALL, Shown.ROUNDED)


def test_people_of_no_group_that_is_shown_protect_too_but_are_never_shown() -> None:
    facts = Facts(4, (Sum(0, (1, 2, 3)),), unseen=frozenset({3}))
    release = protect((18, 7, 4, 7), facts, NHS_ENGLAND)
    assert release.figure[3] is None
    assert not release.manner[3].hidden
    assert attack.broken(release, facts) == {}


def test_facts_that_do_not_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        protect((10, 20, 3), Facts(3, (Sum(0, (1, 2)),)), NHS_ENGLAND)


def test_what_was_shown_before_gives_a_cell_away_and_that_is_said() -> None:
    with pytest.raises(NotProtected, match="cell 3"):
        protect((18, 7, 7, 4), Facts(4, (Sum(0, (1, 2, 3)),)), NHS_ENGLAND, kept=frozenset({0, 1, 2}))


def test_what_was_shown_before_stays_shown() -> None:
    release = protect((18, 7, 7, 4), Facts(4, (Sum(0, (1, 2, 3)),)), NHS_ENGLAND, kept=frozenset({0, 1}))
    assert release.figure == (20, 5, None, None)


# ------------------------------------------------------------------------------------------------------- Random tables


def try_random(seed: int) -> tuple[int, int]:
    """Protect a random table, attack it, and attack the same with exact totals: how many are hidden there, and recovered."""
    table, rule = random_table(seed), RULE_OF[seed % len(RULE_OF)]
    release = protect(table.counts, table.facts, rule)
    assert attack.broken(release, table.facts) == {}, f"table {seed}"
    assert all(manner.hidden for count, manner in zip(table.counts, release.manner, strict=True) if rule.hides(count))
    assert all(figure is None or (figure % 5 == 0 and figure >= 5) for figure in release.figure)
    not_small = {cell: (rule.hidden_up_to + 1, float("inf")) for cell, manner in enumerate(release.manner) if manner is Shown.OPEN}
    small = [cell for cell, manner in enumerate(release.manner) if manner is Shown.SMALL]
    told = attack.solved(release, table.facts, small, not_small)
    assert all(high - low >= 1 for low, high in told.values()), f"table {seed}: even told which stars are not small"
    naive = by_rule(table.counts, table.naive, rule)
    return len(hidden(naive)), len(attack.recovered(naive, table.naive, table.counts))


def try_many(seeds: range) -> None:
    everything, found = (sum(column) for column in zip(*map(try_random, seeds), strict=True))
    print(
        f"Tables {seeds.start} to {seeds.stop - 1}: none narrowed; under exact totals {found} of {everything} hidden counts are recovered."
    )
    assert found > 0.1 * everything, "the attacker can recover what is badly hidden"


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_no_hidden_count_of_random_tables_can_be_narrowed_and_many_could_under_exact_totals(first: int) -> None:
    try_many(range(first, first + 20))


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, 1_000, 50))
def test_no_hidden_count_of_a_thousand_random_tables_can_be_narrowed(first: int) -> None:
    try_many(range(first, first + 50))


@pytest.mark.parametrize("seed", [3, 18, 26])
def test_whole_numbers_tell_an_attacker_no_more(seed: int) -> None:
    table = random_table(seed)
    release = protect(table.counts, table.facts, OPENSAFELY)
    small = [cell for cell, manner in enumerate(release.manner) if manner is Shown.SMALL]
    assert {attack.solved_whole(release, table.facts, cell) for cell in small} == {(0, 7)}

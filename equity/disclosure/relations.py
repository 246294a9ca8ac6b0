"""How the counts of a release hang together, found in the counts themselves.

Facts of the field say which counts could: groups and their total, detailed groups and the upper ones of another scheme, sites
and their trust, months and the year to date, a numerator and its denominator, indicators that are out of the same people. Which
of them do is read from the true counts: an attacker who supposes what is true is the one to be kept out, and what is not true
leads nowhere. People of a total who are in none of its parts are a cell that is never shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

from equity.disclosure.facts import AtMost, Facts, Sum

MOST_COMPLEMENTS = 4
TOTAL, KNOWN, UNKNOWN = "all", "known", "unknown"
PARTS_OF_UNKNOWN = ("not_stated", "not_known")


@dataclass(frozen=True, slots=True)
class Place:
    """Which count a cell is. ``series``: indicator and whether it is its numerator or denominator; ``issue``: its status and
    version; ``level``: of the group, as in ``equity.ethnicity``."""

    series: tuple[str, str]
    org_code: str
    period_start: date
    period_end: date
    issue: Hashable
    scheme: str
    code: str
    level: str


@dataclass(frozen=True, slots=True)
class Field:
    """What is known of groups and organisations: the detailed groups of a scheme's group, and whom an organisation is part of."""

    members: Mapping[tuple[str, str], frozenset[str]]
    detailed_scheme: str
    parent: Callable[[str], str | None]
    proportions: frozenset[str]


class DoesNotAddUp(ValueError):
    """The groups of a place are more than their total."""

    def __init__(self, place: Place, total: int, parts: int) -> None:
        super().__init__(
            f"{place.series[0]}, {place.org_code}, {place.period_start} to {place.period_end}: {total} in all, {parts} in its groups"
        )
        self.place = place


@dataclass(slots=True)
class _Found:
    counts: list[int]
    sums: dict[Sum, None] = field(default_factory=dict[Sum, None])
    orders: dict[AtMost, None] = field(default_factory=dict[AtMost, None])
    unseen: set[int] = field(default_factory=set[int])

    def add_up(self, total: int, parts: Sequence[int]) -> bool:
        """The total is its parts, and people of none of them if there are any; whether it can be."""
        rest = self.counts[total] - sum(self.counts[part] for part in parts)
        if rest < 0:
            for part in parts:
                self.at_most(part, total)
            return False
        if rest:
            self.unseen.add(len(self.counts))
            parts = [*parts, len(self.counts)]
            self.counts.append(rest)
        self.sums[Sum(total, tuple(sorted(parts)))] = None
        return True

    def exactly(self, total: int, parts: Sequence[int]) -> None:
        if self.counts[total] == sum(self.counts[part] for part in parts):
            self.sums[Sum(total, tuple(sorted(parts)))] = None

    def at_most(self, smaller: int, larger: int) -> None:
        if self.counts[smaller] <= self.counts[larger]:
            self.orders[AtMost(smaller, larger)] = None


def relations(places: Sequence[Place], counts: Sequence[int], known: Field) -> tuple[list[int], Facts]:
    """The counts, with those of people in no part after them, and the facts that hold of them.

    Raises DoesNotAddUp where the groups of one scheme are more than their total.
    """
    found = _Found(list(counts))
    _groups(places, found)
    _schemes(places, found, known)
    _organisations(places, found, known)
    _periods(places, found)
    _same_people(places, found, known)
    return found.counts, Facts(len(found.counts), tuple(found.sums), tuple(found.orders), unseen=frozenset(found.unseen))


def _by(places: Sequence[Place], key: Callable[[Place], Hashable]) -> Iterable[list[int]]:
    found: dict[Hashable, list[int]] = defaultdict(list)
    for cell, place in enumerate(places):
        found[key(place)].append(cell)
    return found.values()


def _groups(places: Sequence[Place], found: _Found) -> None:
    """The groups of a scheme, those of unknown ethnicity among them, make its total."""
    for cells in _by(places, lambda one: (one.series, one.org_code, one.period_start, one.period_end, one.issue, one.scheme)):
        at = {places[cell].code: cell for cell in cells}
        groups = [cell for cell in cells if places[cell].level in {"detailed", "aggregate"}]
        parts_of_unknown = [at[code] for code in PARTS_OF_UNKNOWN if code in at]
        unknown = [at[UNKNOWN]] if UNKNOWN in at else parts_of_unknown
        whole = [
            (UNKNOWN, parts_of_unknown),
            (KNOWN, groups),
            (TOTAL, groups + unknown),
            (TOTAL, [at[KNOWN], *unknown] if KNOWN in at else []),
        ]
        for code, parts in whole:
            if code in at and parts and not found.add_up(at[code], parts):
                raise DoesNotAddUp(places[cells[0]], found.counts[at[code]], sum(found.counts[part] for part in parts))


def _schemes(places: Sequence[Place], found: _Found, known: Field) -> None:
    """Totals are the same people in every scheme, and so are groups of the same detailed groups."""
    for cells in _by(places, lambda one: (one.series, one.org_code, one.period_start, one.period_end, one.issue)):
        detailed = {places[cell].code: cell for cell in cells if places[cell].scheme == known.detailed_scheme}
        for cell in cells:
            members = known.members.get((places[cell].scheme, places[cell].code))
            parts = [detailed[code] for code in sorted(members or ()) if code in detailed]
            if parts:
                found.add_up(cell, parts)
        for one, other in combinations(cells, 2):
            first, second = places[one], places[other]
            mine, theirs = (known.members.get((place.scheme, place.code)) for place in (first, second))
            if first.scheme == second.scheme:
                continue
            if mine == theirs if mine and theirs else first.code == second.code and first.level == second.level:
                found.exactly(one, [other])
            elif mine and theirs and mine < theirs:
                found.at_most(one, other)
            elif mine and theirs and theirs < mine:
                found.at_most(other, one)


def _organisations(places: Sequence[Place], found: _Found, known: Field) -> None:
    """An organisation is its parts; people who were seen at two of them can make the parts more than the whole."""
    for cells in _by(places, lambda one: (one.series, one.period_start, one.period_end, one.issue, one.scheme, one.code)):
        at = {places[cell].org_code: cell for cell in cells}
        for whole, cell in at.items():
            parts = [part for code, part in at.items() if known.parent(code) == whole and code != whole]
            if parts:
                found.add_up(cell, parts)


def _periods(places: Sequence[Place], found: _Found) -> None:
    """A shorter period is no more than the longer one around it, and periods one after the other can make a longer one."""
    for cells in _by(places, lambda one: (one.series, one.org_code, one.issue, one.scheme, one.code)):
        at = {(places[cell].period_start, places[cell].period_end): cell for cell in cells}
        for (start, end), whole in at.items():
            for (first, last), part in at.items():
                if (first, last) == (start, end) or first < start or last > end:
                    continue
                found.at_most(part, whole)
                if first == start and (rest := _one_after_the_other(at, last, end)):
                    found.exactly(whole, [part, *rest])


def _one_after_the_other(at: Mapping[tuple[date, date], int], after: date, end: date) -> list[int]:
    """The shortest periods that follow each other from the day after one day to another; empty where there is a gap."""
    parts: list[int] = []
    while after < end:
        nexts = [last for first, last in at if first == after + timedelta(days=1) and last <= end]
        if not nexts:
            return []
        parts.append(at[after + timedelta(days=1), min(nexts)])
        after = min(nexts)
    return parts


def _same_people(places: Sequence[Place], found: _Found, known: Field) -> None:
    """A part is no more than its whole; counts that agree wherever both are given are the same; parts that make up the whole do."""
    at: dict[tuple[str, str], dict[Hashable, int]] = defaultdict(dict)
    for cell, one in enumerate(places):
        at[one.series][one.org_code, one.period_start, one.period_end, one.issue, one.scheme, one.code] = cell
    wholes = {series: cells for series, cells in at.items() if series[1] == "denominator"}
    for indicator in known.proportions:
        top, bottom = at.get((indicator, "numerator"), {}), wholes.get((indicator, "denominator"), {})
        for place in top.keys() & bottom.keys():
            found.at_most(top[place], bottom[place])
    for one, other in combinations(at, 2):
        if _agree(at[one], at[other], found):
            for place in sorted(at[one].keys() & at[other].keys(), key=repr):
                found.exactly(at[one][place], [at[other][place]])
    for bottom in wholes.values():
        same = {name for (name, _), cells in wholes.items() if _agree(cells, bottom, found)}
        _complements(bottom, [cells for (name, role), cells in at.items() if role == "numerator" and name in same], found)


def _agree(one: Mapping[Hashable, int], other: Mapping[Hashable, int], found: _Found) -> bool:
    shared = one.keys() & other.keys()
    return bool(shared) and all(found.counts[one[place]] == found.counts[other[place]] for place in shared)


def _complements(whole: Mapping[Hashable, int], numerators: Sequence[Mapping[Hashable, int]], found: _Found) -> None:
    """Two to four numerators that make up a denominator wherever all of them are given."""
    for size in range(2, MOST_COMPLEMENTS + 1):
        for some in combinations(numerators, size):
            shared = set(whole).intersection(*some)
            sums = [(whole[place], [cells[place] for cells in some]) for place in sorted(shared, key=repr)]
            if sums and all(found.counts[total] == sum(found.counts[part] for part in parts) for total, parts in sums):
                for total, parts in sums:
                    found.exactly(total, parts)

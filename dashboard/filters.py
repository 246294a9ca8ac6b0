"""The choices of a page: place, organisation, indicator, period, reference group. All of them live in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl
import streamlit as st

from dashboard import across, knowledge, queries
from dashboard.address import choose
from dashboard.groups import main_scheme, named, of_scheme
from dashboard.once import once
from dashboard.places import FOOTPRINT, Organisation, Place, organisations_of, places
from dashboard.text import literal
from equity import periods
from pipelines.catalogue import Indicator
from register.rules import EXAMPLE_SITE

Span = tuple[date, date]
Covered = Mapping[str, Mapping[str, Sequence[Span]]]
"""What a release has figures of: organisation, indicator, its periods from the newest."""

ALL_SITES = Place("all", "All study sites", ())
ORDERS = {"people": "People affected", "certainty": "How sure it is"}
DEFAULT_PLACE = "england"
DEFAULT_INDICATOR = "tt_reliable_recovery"
DEFAULT_REFERENCE = "white"
REFERENCE_HELP = (
    "Every other group is compared with this one. White groups come first because most published comparisons use them, "
    "not because they are the aim: choose any other."
)

GROUP_HELP = "The group that is compared with the one chosen above."


@dataclass(frozen=True, slots=True)
class Selection:
    """What an Indicator page is about."""

    place: Place
    organisation: Organisation
    indicator: Indicator
    start: date
    end: date
    reference: str

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The choices by their names in the address, in its order."""
        return (
            ("place", self.place.key),
            ("indicator", self.indicator.id),
            ("organisation", self.organisation.code),
            ("period", periods.key(self.start, self.end)),
            ("reference", self.reference),
        )


def choose_place(release_id: str) -> Place:
    """The place; sites first, then England, then every other organisation of the release."""
    offered = places_of(release_id)
    default = DEFAULT_PLACE if DEFAULT_PLACE in offered else next(iter(offered))
    names = {key: one.name for key, one in offered.items()}
    return offered[choose("Place", "place", names, default, elsewhere={ALL_SITES.key, EXAMPLE_SITE})]


def places_of(release_id: str) -> Mapping[str, Place]:
    """Every place of the release by its key, the study sites first."""
    return once(("places", release_id), lambda: places(knowledge.sites(), organisations_of(queries.organisations(release_id))))


def choose_places(release_id: str) -> tuple[Place, tuple[Place, ...]]:
    """The place of the front page, and the places through which it is seen: itself, or every study site."""
    found = places_of(release_id)
    sites = tuple(found[one.key] for one in knowledge.sites() if one.key in found and found[one.key].organisations)
    offered = {ALL_SITES.key: ALL_SITES, **found} if len(sites) > 1 else found
    default = DEFAULT_PLACE if DEFAULT_PLACE in offered else next(iter(offered))
    names = {key: one.name for key, one in offered.items()}
    chosen = offered[choose("Place", "place", names, default, elsewhere={EXAMPLE_SITE})]
    return chosen, sites if chosen is ALL_SITES else (chosen,)


def choose_order() -> str:
    """What ranks the gaps of the front page."""
    return choose("Order by", "order", ORDERS, next(iter(ORDERS)))


def references(groups: pl.DataFrame) -> Mapping[str, str]:
    """The names of the groups that can be a reference, by code: the aggregate groups that are there."""
    aggregate = groups.filter(pl.col("group_level") == "aggregate")
    return dict(aggregate.select("ethnicity_code", "name").unique(maintain_order=True).iter_rows())


def choose_reference(offered: Mapping[str, str]) -> str:
    """The reference group, of those on offer."""
    if not offered:
        return DEFAULT_REFERENCE
    default = DEFAULT_REFERENCE if DEFAULT_REFERENCE in offered else next(iter(offered))
    return choose("Compare with", "reference", offered, default, help=REFERENCE_HELP)


def choose_group(offered: Mapping[str, str], default: str) -> str:
    """The group that is compared with the reference, of those on offer."""
    return choose("Group", "group", offered, default, help=GROUP_HELP)


def choose_view(release_id: str) -> Selection | None:
    """The choices of a page about one indicator at one place, None where the place has no indicator in this release."""
    place = choose_place(release_id)
    covered = covered_of(release_id)
    indicator = _choose_indicator({name for one in place.organisations for name in covered.get(one.code, {})})
    if indicator is None:
        return None
    organisation = _choose_organisation(place, indicator, covered)
    start, end = _choose_period(covered[organisation.code][indicator.id])
    offered = references_of(release_id, indicator.id, organisation.code, start, end)
    return Selection(place, organisation, indicator, start, end, choose_reference(offered))


def covered_of(release_id: str) -> Covered:
    """What a release has figures of."""
    return once(("covered", release_id), lambda: _cover(queries.coverage(release_id)))


def _cover(coverage: pl.DataFrame) -> Covered:
    found: dict[str, dict[str, list[Span]]] = {}
    for name, code, start, end in coverage.select("indicator_id", "org_code", "period_start", "period_end").iter_rows():
        found.setdefault(code, {}).setdefault(name, []).append((start, end))
    return found


def references_of(release_id: str, indicator_id: str, org_code: str, start: date, end: date) -> Mapping[str, str]:
    """The groups that can be a reference for an indicator at an organisation in a period."""

    def read() -> Mapping[str, str]:
        observed = queries.figures(release_id, indicator_id, org_code, start, end)
        return references(named(observed.filter(of_scheme(main_scheme(observed))), knowledge.groups()))

    return once(("references", release_id, indicator_id, org_code, periods.key(start, end)), read)


def newest_of(release_id: str, place: Place, indicator_id: str) -> Selection | None:
    """The newest figures of an indicator at a place, None where a release has none: what a review looks at."""
    covered = covered_of(release_id)
    organisation = next((one for one in place.organisations if indicator_id in covered.get(one.code, {})), None)
    indicator = knowledge.catalogue().indicators.get(indicator_id)
    if organisation is None or indicator is None:
        return None
    start, end = covered[organisation.code][indicator_id][0]
    offered = references_of(release_id, indicator_id, organisation.code, start, end)
    reference = DEFAULT_REFERENCE if DEFAULT_REFERENCE in offered else next(iter(offered), DEFAULT_REFERENCE)
    return Selection(place, organisation, indicator, start, end, reference)


def choose_across(release_id: str) -> across.Across | None:
    """The choices of the page that compares sites, None where no site has an indicator in this release."""
    kinds = {kind: across.codes_of(kind) for kind in across.KINDS}
    ours = {kind: queries.coverage_of_kind(release_id, kind).filter(pl.col("org_code").is_in(list(codes))) for kind, codes in kinds.items()}
    indicator = _choose_indicator({name for coverage in ours.values() for name in coverage["indicator_id"].to_list()})
    if indicator is None:
        return None
    mine = {kind: coverage.filter(pl.col("indicator_id") == indicator.id) for kind, coverage in ours.items()}
    there = {kind: across.KINDS[kind][0] for kind, coverage in mine.items() if not coverage.is_empty()}
    kind = choose("Compare", "kind", there, next(iter(there)), help=FOOTPRINT)
    newest_first = mine[kind].sort("period_end", "period_start", descending=True)
    spans = list(newest_first.select("period_start", "period_end").unique(maintain_order=True).iter_rows())
    start, end = _choose_period(spans, across.shared_period(mine[kind]))
    published = across.published(release_id, indicator.id, kind, start, end)
    groups = published.filter(of_scheme(main_scheme(published)) & (pl.col("group_level") == "aggregate"))
    names = references(groups)
    reference = choose_reference(names)
    offered = {code: name for code, name in names.items() if code != reference} or names
    return across.Across(indicator, kind, start, end, choose_group(offered, next(iter(offered))), reference)


def _choose_indicator(here: set[str]) -> Indicator | None:
    """An indicator of those with figures here, None where there is none."""
    known = knowledge.catalogue().indicators
    offered = {key: f"{knowledge.DOMAINS[one.domain]}: {one.short_name}" for key, one in known.items() if key in here}
    if not offered:
        return None
    first = DEFAULT_INDICATOR if DEFAULT_INDICATOR in offered else next(iter(offered))
    return known[choose("Indicator", "indicator", offered, first)]


def _choose_organisation(place: Place, indicator: Indicator, covered: Covered) -> Organisation:
    """One of the place's own; that of a place that was chosen before is replaced without a word, since the new place says it."""
    offered = {one.code: one for one in place.organisations if indicator.id in covered.get(one.code, {})}
    missing = [one for one in place.organisations[:1] if one.code not in offered]
    labels = {key: one.label for key, one in offered.items()}
    code = choose("Organisation", "organisation", labels, next(iter(labels)), elsewhere=covered.keys() - labels.keys())
    if missing:
        st.caption(literal(f"This indicator is not published for the {missing[0].name}."))
    return offered[code]


def _choose_period(spans: Sequence[Span], default: Span | None = None) -> Span:
    """A period of those that are covered, newest first; the newest where no other is the default."""
    offered = {periods.key(start, end): periods.label(start, end) for start, end in spans}
    chosen = periods.parse(choose("Period", "period", offered, periods.key(*(default or spans[0]))))
    assert chosen is not None, "the key of a period is always a period"
    return chosen

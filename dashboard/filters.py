"""The choices of a page: place, organisation, indicator, period, reference group. All of them live in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
import streamlit as st

from dashboard import across, knowledge, queries
from dashboard.address import choose
from dashboard.groups import main_scheme, named, of_scheme
from dashboard.places import FOOTPRINT, Organisation, Place, organisations_of, places
from dashboard.text import literal
from equity import periods
from pipelines.catalogue import Indicator

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
    offered = places(knowledge.sites(), organisations_of(queries.organisations(release_id)))
    default = DEFAULT_PLACE if DEFAULT_PLACE in offered else next(iter(offered))
    names = {key: one.name for key, one in offered.items()}
    return offered[choose("Place", "place", names, default, elsewhere={ALL_SITES.key})]


def choose_places(release_id: str) -> tuple[Place, tuple[Place, ...]]:
    """The place of the front page, and the places through which it is seen: itself, or every study site."""
    found = places(knowledge.sites(), organisations_of(queries.organisations(release_id)))
    sites = tuple(found[one.key] for one in knowledge.sites() if one.key in found and found[one.key].organisations)
    offered = {ALL_SITES.key: ALL_SITES, **found} if len(sites) > 1 else found
    default = DEFAULT_PLACE if DEFAULT_PLACE in offered else next(iter(offered))
    chosen = offered[choose("Place", "place", {key: one.name for key, one in offered.items()}, default)]
    return chosen, sites if chosen is ALL_SITES else (chosen,)


def choose_order() -> str:
    """What ranks the gaps of the front page."""
    return choose("Order by", "order", ORDERS, next(iter(ORDERS)))


def choose_reference(groups: pl.DataFrame) -> str:
    """The reference group, of the aggregate groups that are there."""
    aggregate = groups.filter(pl.col("group_level") == "aggregate")
    offered = dict(aggregate.select("ethnicity_code", "name").unique(maintain_order=True).iter_rows())
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
    coverage = queries.coverage(release_id)
    codes = [one.code for one in place.organisations]
    here = set(coverage.filter(pl.col("org_code").is_in(codes))["indicator_id"].to_list())
    indicator = _choose_indicator(here)
    if indicator is None:
        return None
    mine = coverage.filter(pl.col("indicator_id") == indicator.id)
    organisation = _choose_organisation(place, set(mine["org_code"].to_list()))
    start, end = _choose_period(mine.filter(pl.col("org_code") == organisation.code))
    observed = queries.figures(release_id, indicator.id, organisation.code, start, end)
    offered_groups = named(observed.filter(of_scheme(main_scheme(observed))), knowledge.groups())
    return Selection(place, organisation, indicator, start, end, choose_reference(offered_groups))


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
    start, end = _choose_period(mine[kind], across.shared_period(mine[kind]))
    published = across.published(release_id, indicator.id, kind, start, end)
    groups = published.filter(of_scheme(main_scheme(published)) & (pl.col("group_level") == "aggregate"))
    reference = choose_reference(groups)
    names = dict(groups.select("ethnicity_code", "name").unique(maintain_order=True).iter_rows())
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


def _choose_organisation(place: Place, with_figures: set[str]) -> Organisation:
    offered = {one.code: one for one in place.organisations if one.code in with_figures}
    missing = [one for one in place.organisations[:1] if one.code not in with_figures]
    code = choose("Organisation", "organisation", {key: one.label for key, one in offered.items()}, next(iter(offered)))
    if missing:
        st.caption(literal(f"This indicator is not published for the {missing[0].name}."))
    return offered[code]


def _choose_period(coverage: pl.DataFrame, default: tuple[date, date] | None = None) -> tuple[date, date]:
    """A period of those that are covered, newest first; the newest where no other is the default."""
    newest_first = coverage.sort("period_end", "period_start", descending=True)
    spans = list(newest_first.select("period_start", "period_end").unique(maintain_order=True).iter_rows())
    offered = {periods.key(start, end): periods.label(start, end) for start, end in spans}
    chosen = periods.parse(choose("Period", "period", offered, periods.key(*(default or spans[0]))))
    assert chosen is not None, "the key of a period is always a period"
    return chosen

"""The choices of a page: place, organisation, indicator, period, reference group. All of them live in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
import streamlit as st

from dashboard import knowledge, queries
from dashboard.address import choose
from dashboard.groups import main_scheme, named, of_scheme
from dashboard.places import Organisation, Place, organisations_of, places
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


def choose_view(release_id: str) -> Selection | None:
    """All choices of the Indicator page, None where the place has no indicator in this release."""
    place = choose_place(release_id)
    coverage = queries.coverage(release_id)
    codes = [one.code for one in place.organisations]
    known = knowledge.catalogue().indicators
    here = set(coverage.filter(pl.col("org_code").is_in(codes))["indicator_id"].to_list())
    offered = {key: f"{knowledge.DOMAINS[one.domain]}: {one.short_name}" for key, one in known.items() if key in here}
    if not offered:
        return None
    first = DEFAULT_INDICATOR if DEFAULT_INDICATOR in offered else next(iter(offered))
    indicator_id = choose("Indicator", "indicator", offered, first)
    mine = coverage.filter(pl.col("indicator_id") == indicator_id)
    organisation = _choose_organisation(place, set(mine["org_code"].to_list()))
    start, end = _choose_period(mine.filter(pl.col("org_code") == organisation.code))
    observed = queries.figures(release_id, indicator_id, organisation.code, start, end)
    offered_groups = named(observed.filter(of_scheme(main_scheme(observed))), knowledge.groups())
    return Selection(place, organisation, known[indicator_id], start, end, choose_reference(offered_groups))


def _choose_organisation(place: Place, with_figures: set[str]) -> Organisation:
    offered = {one.code: one for one in place.organisations if one.code in with_figures}
    missing = [one for one in place.organisations[:1] if one.code not in with_figures]
    code = choose("Organisation", "organisation", {key: one.label for key, one in offered.items()}, next(iter(offered)))
    if missing:
        st.caption(literal(f"This indicator is not published for the {missing[0].name}."))
    return offered[code]


def _choose_period(coverage: pl.DataFrame) -> tuple[date, date]:
    spans = list(coverage.select("period_start", "period_end").unique(maintain_order=True).iter_rows())
    offered = {periods.key(start, end): periods.label(start, end) for start, end in spans}
    chosen = periods.parse(choose("Period", "period", offered, next(iter(offered))))
    assert chosen is not None, "the key of a period is always a period"
    return chosen

"""Which places a page can be about, and through which organisations each is seen."""

from __future__ import annotations

import polars as pl

from dashboard import knowledge
from dashboard.places import FOOTPRINT, KINDS, Organisation, Place, Site, england_code, organisations_of, places
from pipelines.reference import load_reference
from pipelines.schemas import ORG_TYPES

SITE = Site("north", "North", "RAA", "QAA", "", frozenset({"RAA", "QAA", "RAA02", "RAA01", "E08000001"}))
FOUND = {
    one.code: one
    for one in (
        Organisation("QAA", "icb", "NHS North Integrated Care Board"),
        Organisation("E08000001", "local_authority", "Northtown"),
        Organisation("RAA02", "provider_site", "Beta"),
        Organisation("RAA01", "provider_site", "Zeta"),
        Organisation("RAA", "trust", "North NHS Trust"),
        Organisation("E92000001", "england", "England"),
        Organisation("RZZ", "trust", "Zebra NHS Trust"),
        Organisation("RYY", "trust", "Aardvark NHS Trust"),
    )
}


def test_sites_come_first_then_england_then_all_others_by_name() -> None:
    assert [(one.key, one.name) for one in places([SITE], FOUND).values()] == [
        ("north", "North"),
        ("england", "England"),
        ("RYY", "Aardvark NHS Trust (NHS trust)"),
        ("RZZ", "Zebra NHS Trust (NHS trust)"),
    ]


def test_a_site_is_seen_through_its_trust_then_its_icb_then_services_then_councils() -> None:
    assert [one.code for one in places([SITE], FOUND)["north"].organisations] == ["RAA", "QAA", "RAA02", "RAA01", "E08000001"]


def test_a_site_without_figures_is_a_place_all_the_same() -> None:
    found = places([SITE], {"E92000001": FOUND["E92000001"]})
    assert found["north"] == Place("north", "North", ())


def test_an_organisation_is_of_its_site_alone_and_no_place_of_its_own() -> None:
    assert not SITE.codes & set(places([SITE], FOUND))


def test_a_trust_is_never_labelled_as_its_icb() -> None:
    assert FOUND["RAA"].label == "North NHS Trust (NHS trust)"
    assert FOUND["QAA"].label == "NHS North Integrated Care Board (integrated care board)"
    assert FOUND["E92000001"].label == "England"
    assert "their figures are never mixed" in FOOTPRINT


def test_every_kind_of_organisation_has_words() -> None:
    assert set(ORG_TYPES) <= set(KINDS)


def test_an_organisation_without_a_name_is_called_by_its_code() -> None:
    frame = pl.DataFrame({"org_code": ["RAA"], "org_type": ["trust"], "org_name": [None]}, schema_overrides={"org_name": pl.String})
    assert organisations_of(frame)["RAA"].name == "RAA"


def test_england_is_found_by_its_kind_whatever_its_code() -> None:
    assert england_code(FOUND) == "E92000001"
    assert england_code({"RAA": FOUND["RAA"]}) is None


def test_the_four_sites_of_the_study_have_the_codes_of_the_reference_tables() -> None:
    tables = load_reference()
    for site, one in zip(knowledge.sites(), tables.sites, strict=True):
        assert (site.key, site.name, site.trust_code, site.icb_code) == (one.site_id, one.name, one.trust_code, one.icb_code)
        assert {site.trust_code, site.icb_code} <= site.codes
    assert {"RWK79", "RWK53", "RWK4D"} <= next(site for site in knowledge.sites() if site.key == "east_london").codes

"""Choices live in the address: a link opens the same view, and what an address cannot have is named and replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Opener
from tests.pages.screen import PROJECT, Screen

WHOLE = {
    "place": "sheffield",
    "indicator": "tt_reliable_recovery",
    "organisation": "TAH",
    "period": "2024-04-01..2025-03-31",
    "reference": "white",
    "detail": "asian",
}


def view(screen: Screen) -> tuple[str, list[str], list[tuple[object, object]]]:
    """Whatever the page shows: its title, its HTML, its charts."""
    charts = [(key, screen.chart(key)) for key in ("groups", "trend", "detail", "unknown") if screen.has_chart(key)]
    return screen.title, screen.bodies, [(key, (chart.data, chart.layout)) for key, chart in charts]


def test_every_choice_stands_in_the_address_defaults_too(starter: Path, open_page: Opener) -> None:
    assert open_page(starter, "indicator", place="sheffield").query == WHOLE
    assert open_page(starter, "overview").query == {"place": "england", "reference": "white", "order": "people"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"place": "east_london", "organisation": "RWK53"},
        {"indicator": "mha_detentions"},
        {"period": "2019-04-01..2020-03-31", "reference": "black", "detail": "mixed"},
        {"place": "england", "indicator": "mha_cto_standardised", "reference": "other"},
    ],
    ids=["as it is", "another service", "another indicator", "another year and group", "england"],
)
def test_a_link_opens_the_same_view_for_somebody_else(starter: Path, open_page: Opener, changes: dict[str, str]) -> None:
    first = open_page(starter, "indicator", **({"place": "sheffield"} | changes))
    assert first.notices == []
    assert changes.items() <= first.query.items()
    second = open_page(starter, "indicator", **first.query)
    assert second.notices == []
    assert second.query == first.query
    assert view(second) == view(first)
    assert second.files("csv:groups") == first.files("csv:groups") != []


def test_a_link_to_the_overview_opens_the_same_matrix(starter: Path, open_page: Opener) -> None:
    first = open_page(starter, "overview", place="east_london").choose("reference", "black")
    second = open_page(starter, "overview", **first.query)
    assert second.bodies == first.bodies
    assert second.bodies != open_page(starter, "overview", place="east_london").bodies


def test_another_place_has_an_organisation_of_its_own_without_a_word(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "indicator", place="sheffield").choose("place", "east_london")
    assert screen.notices == []
    assert screen.query["organisation"] == "RWK"


def test_choices_made_in_the_boxes_are_written_to_the_address_and_kept(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "indicator", place="sheffield")
    screen = screen.choose("period", "2019-04-01..2020-03-31").choose("reference", "black").choose("indicator", "tt_recovery")
    assert screen.notices == []
    assert screen.query == WHOLE | {"indicator": "tt_recovery", "period": "2019-04-01..2020-03-31", "reference": "black"}
    assert "2019-20" in screen.said("cg-over")
    assert "Black, the reference chosen" in screen.said("cg-legend")
    assert view(open_page(starter, "indicator", **screen.query)) == view(screen)


def test_an_address_that_is_typed_wins_over_what_was_chosen_before(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "indicator", place="sheffield").choose("period", "2019-04-01..2020-03-31")
    screen.app.query_params["period"] = "2021-04-01..2022-03-31"
    screen = screen.again()
    assert "2021-22" in screen.said("cg-over")
    assert screen.app.selectbox(key="box:period").value == "2021-04-01..2022-03-31"


@pytest.mark.parametrize(
    ("key", "asked", "label", "shown"),
    [
        ("place", "atlantis", "Place", "England"),
        ("indicator", "happiness", "Indicator", "Outcomes: Reliable recovery"),
        ("organisation", "QWU", "Organisation", "Sheffield Health and Social Care NHS Foundation Trust (NHS trust)"),
        ("period", "2031-04-01..2032-03-31", "Period", "2024-25"),
        ("period", "never", "Period", "2024-25"),
        ("reference", "purple", "Compare with", "White"),
        ("detail", "purple", "Show the groups within", "Asian"),
    ],
)
def test_an_unknown_value_is_named_and_replaced(starter: Path, open_page: Opener, key: str, asked: str, label: str, shown: str) -> None:
    screen = open_page(starter, "indicator", **(WHOLE | {key: asked}))
    told = [f"{label}: “{asked}” is not available for this view. Showing “{shown}” instead."]
    if key == "place":  # what belongs to the other place is replaced with it
        told.append(f"Organisation: “TAH” is not available for this view. Showing “{shown}” instead.")
    assert screen.notices == told
    assert screen.query[key] != asked
    assert screen.said("cg-lead")


def test_a_notice_is_shown_once(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "indicator", **(WHOLE | {"detail": "purple", "reference": "purple"}))
    assert len(screen.notices) == 2
    assert screen.again().notices == []


def test_a_choice_that_the_next_view_does_not_offer_is_replaced_with_a_notice(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "indicator", place="england", period="2019-04-01..2020-03-31").choose("indicator", "mha_detentions")
    assert screen.notices == ["Period: “2019-04-01..2020-03-31” is not available for this view. Showing “2023-24” instead."]
    assert screen.query["period"] == "2023-04-01..2024-03-31"


def test_a_value_too_long_to_repeat_is_cut(starter: Path, open_page: Opener) -> None:
    (notice,) = open_page(starter, "overview", place="x" * 5000).notices
    assert f"“{'x' * 60}...”" in notice


def test_the_box_of_places_has_the_sites_first_then_england(starter: Path, open_page: Opener) -> None:
    sites = ["Coventry and Warwickshire", "Greater Manchester", "East London", "Sheffield"]
    assert open_page(starter, "indicator").app.selectbox(key="box:place").options[:5] == [*sites, "England"]
    assert open_page(starter, "overview").app.selectbox(key="box:place").options[:6] == ["All study sites", *sites, "England"]


def test_what_only_the_front_page_offers_is_replaced_elsewhere_without_a_word_unless_the_address_asks_for_it(
    starter: Path, open_page: Opener
) -> None:
    app = AppTest.from_file(str(PROJECT / "pages" / "indicator.py"), default_timeout=120)
    app.session_state["chosen:place"] = "all"
    assert Screen(app.run()).notices == []
    assert "“all” is not available" in open_page(starter, "indicator", place="all").notices[0]

"""Shares of cases beside shares of residents: the right numbers, told apart, or why there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import downloads, shares
from dashboard.charts.shares import SHARES
from pipelines import releases
from pipelines.reference import load_reference
from tests.pages.conftest import Maker, Opener
from tests.pages.examples import HIDDEN, row
from tests.pages.figures import observations, printed, rows
from tests.pages.screen import Screen
from tests.pages.test_registry import views_of_indicators

AREA = {"place": "sheffield", "indicator": "mha_detentions", "organisation": "QF7"}


@pytest.fixture
def detained(starter: Path, open_page: Opener) -> Screen:
    return open_page(starter, "indicator", **AREA)


def test_both_shares_are_those_of_the_release_and_of_the_census(starter: Path, detained: Screen) -> None:
    table = detained.table("Share of residents")
    mine = observations(starter).filter(org_code="QF7", indicator_id="mha_detentions", ethnicity_scheme="upper_mha_icb")
    mine = mine.filter(period_end=mine["period_end"].max())
    count = dict(mine.select("ethnicity_code", "numerator").iter_rows())
    people = dict(
        load_reference().population_frame("upper_mha_icb").filter(area_code="QF7").select("ethnicity_code", "population").iter_rows()
    )
    total = sum(count.values())
    for code, name in (("asian", "Asian"), ("black", "Black"), ("mixed", "Mixed"), ("white", "White"), ("other", "Other")):
        cases, residents = table.rows[name][:2]
        assert cases.split("%")[0] == printed(100 * count[code] / total, 1)
        assert residents == f"{printed(100 * people[code] / people['all'], 1)}%"
    assert table.rows["Ethnicity not known"][:2] == [f"{printed(100 * count['unknown'] / total, 1)}%", "nobody"]


def test_every_bar_says_what_it_is_a_share_of_and_begins_at_nought(detained: Screen) -> None:
    chart = detained.chart("shares")
    assert "6.6 in 100 of detentions" in chart.texts
    assert "2.5 in 100 of residents" in chart.texts
    assert len([text for text in chart.texts if text.endswith("of residents")]) == 5
    assert len([text for text in chart.texts if "of detentions" in text]) == 6
    assert chart.layout["xaxis"]["range"][0] == 0
    assert {bool(one["marker"].get("pattern")) for one in chart.traces("Share of residents")} == {True}
    assert not any(one["marker"].get("pattern") for one in chart.traces("Share of detentions"))
    assert "Ethnicity is not known for 11 in every 100 detentions." in chart.alt
    assert chart.alt in detained.words


def test_the_file_holds_the_counts_of_cases_and_the_residents(starter: Path, detained: Screen) -> None:
    assert detained.files("csv:shares")
    view = next(
        one
        for one in views_of_indicators(str(releases.current_release(starter)), starter, "sheffield")
        if one.selection.indicator.id == "mha_detentions"
    )
    shown = shares.build(view)
    found = rows(downloads.csv(SHARES.rows(shown), shown.subject, "link"))
    people = {one["ethnicity_code"]: float(one["numerator"]) for one in found if one["indicator_id"] == "population"}
    assert set(people) == {"all", "asian", "black", "mixed", "white", "other"}
    assert people["all"] == sum(number for code, number in people.items() if code != "all")
    assert {one["source"] for one in found} >= {"Census 2021, ethnic group (Office for National Statistics)"}
    assert {one["ethnicity_code"] for one in found if one["indicator_id"] == "mha_detentions"} >= {"unknown", "white"}


def test_what_any_resident_could_not_be_counted_in_says_why_there_are_no_shares(starter: Path, open_page: Opener) -> None:
    for choices, why in (
        ({"place": "sheffield", "indicator": "tt_recovery"}, "These figures are not about everyone who lives here"),
        ({"place": "england", "indicator": "mha_detentions_standardised"}, "These figures are adjusted for age and sex."),
    ):
        screen = open_page(starter, "indicator", **choices)
        assert why in screen.words
        assert not screen.has_chart("shares")
        assert screen.faults == []


def test_a_trust_has_no_residents_and_an_area_without_a_census_says_so(awkward: Path, open_page: Opener) -> None:
    trust = open_page(awkward, "indicator", place="XDATA", indicator="mhsds_detentions")
    assert "A share of residents cannot be given: Example XDATA NHS Trust has no residents of its own." in trust.words
    area = open_page(awkward, "indicator", place="XAREA", indicator="mha_detentions")
    assert "A share of residents cannot be given: the Census figures kept here are not for Example Area." in area.words


def test_a_hidden_count_is_a_gap_that_says_so_and_never_a_nought(made: Maker, open_page: Opener) -> None:
    area = {"indicator_id": "mhsds_detentions", "org_type": "icb", "org_name": "Example Area", "ethnicity_scheme": "upper_mhsds"}
    people = {"white": 60, "asian": 10, "black": 25, "unknown": 5, "all": 105}
    counted = [row("QF7", group, **area, value=number, numerator=number, rounded_to=5) for group, number in people.items()]
    screen = open_page(
        made("shares", [*counted, row("QF7", "mixed", **area, **HIDDEN)]), "indicator", place="sheffield", indicator="mhsds_detentions"
    )
    assert screen.faults == []
    assert "<i>share of detentions: hidden to protect people [c]</i>" in screen.chart("shares").texts
    assert screen.table("Share of residents").rows["Mixed"][0] == "hidden to protect people [c]"
    assert "The figure for Mixed ethnic groups is hidden to protect people." in screen.chart("shares").alt
    assert "Black ethnic groups: 24 in 100 of detentions; 2.5 in 100 of residents." in screen.chart("shares").alt

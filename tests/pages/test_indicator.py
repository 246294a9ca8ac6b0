"""The Indicator page tells one indicator at one place: headline, facts, chart, table, detail, time, doubt, and source."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dashboard.charts.palette import WHITE
from pipelines.reference import load_reference
from tests.pages.conftest import Opener
from tests.pages.figures import downloaded, observations, printed, rows
from tests.pages.screen import ADDRESS, Chart, Screen

SHEFFIELD = "Sheffield Health and Social Care NHS Foundation Trust"
LEAD = (
    f"In 2024-25 at {SHEFFIELD}, 36 in every 100 people from Asian ethnic groups who finished a course of talking therapy "
    "showed reliable recovery. For people from White ethnic groups it was 50 in every 100."
)
LINES = "lines+markers"


@pytest.fixture
def recovery(starter: Path, open_page: Opener) -> Screen:
    """Reliable recovery in Sheffield, 2024-25."""
    return open_page(starter, "indicator", place="sheffield", indicator="tt_reliable_recovery")


@pytest.fixture
def detentions(starter: Path, open_page: Opener) -> Screen:
    """Detentions in England, adjusted for age and sex, 2023-24."""
    return open_page(starter, "indicator", place="england", indicator="mha_detentions_standardised")


def facts(screen: Screen) -> list[str]:
    return ["|".join(part.text or "" for part in one) for one in screen.of_class("cg-facts")[0]]


def lines(chart: Chart, name: str) -> list[list[str]]:
    """The days of the points that each line of a group joins, once for every panel that it is drawn in."""
    return [one["x"] for one in chart.traces(name) if one["mode"] == LINES]


# -------------------------------------------------------------------------------------------- What the page says first


def test_the_headline_of_reliable_recovery_in_sheffield(recovery: Screen) -> None:
    assert recovery.title == "Do talking therapies help people from every ethnic group to recover?"
    assert recovery.said("cg-over") == f"Outcomes · {SHEFFIELD} · 2024-25"
    assert recovery.said("cg-lead") == LEAD
    assert recovery.said("cg-rest") == (
        "The gap is 14 in every 100 (95% interval 9 to 18): Asian ethnic groups had 0.72 times the rate of White ethnic groups "
        "(95% interval 0.63 to 0.81). If Asian ethnic groups had the same rate as White ethnic groups, about 60 more people would have "
        "shown reliable recovery. The rate was also clearly lower for Other ethnic groups. There was no clear difference for Black and "
        "Mixed ethnic groups."
    )


def test_the_facts_of_reliable_recovery_in_sheffield(recovery: Screen) -> None:
    assert facts(recovery) == [
        "Largest clear gap|14 points|Asian, 95% interval 9 to 18",
        "As a ratio|0.72|times the rate, 0.63 to 0.81",
        "Change of the gap|No clear change|since 2017-18",
        "Ethnicity not known|3 in 100|of referrals",
    ]


def test_the_table_of_reliable_recovery_in_sheffield(recovery: Screen) -> None:
    table = recovery.table("Finding")
    assert table.columns == [
        "Ethnic group", "Reliable recovery", "95% interval", "About how many referrals", "Difference from White (95% interval)",
        "Ratio to White (95% interval)", "Finding", "England",
    ]  # fmt: skip
    assert list(table.rows) == ["Asian", "Black", "Mixed", "White", "Other", "Unknown"]
    assert table.rows["Asian"] == ["36%", "32 to 41", "455", "-14 (-18 to -9)", "0.72 (0.63 to 0.81)", "lower, worse", "42.4%"]
    assert table.rows["White"][3:6] == ["–", "–", "reference group"]
    assert table.rows["Unknown"][3:6] == ["–", "–", "not compared"]
    assert (SHEFFIELD in table.caption, "2024-25" in table.caption, "per cent" in table.caption) == (True, True, True)


def test_the_chart_of_reliable_recovery_in_sheffield_has_the_same_numbers_and_england_beside(recovery: Screen) -> None:
    chart = recovery.chart("groups")
    assert [text for text in chart.texts if text.startswith("<b>")] == [f"<b>{n}%</b>" for n in (36, 48, 46, 50, 37, 35)]
    assert chart.traces("England")[0]["customdata"] == ["42.4%", "47.6%", "43.5%", "48.7%", "40.0%", "43.3%"]
    assert chart.layout["xaxis"]["range"][0] == 0
    assert chart.layout["showlegend"] is False
    assert "England" in recovery.said("cg-legend")
    assert "Asian and Other clearly lower than White" in recovery.said("cg-title")


def test_a_chart_is_read_out_as_the_sentence_and_named_by_the_finding(recovery: Screen) -> None:
    assert recovery.chart("groups").alt == f"{recovery.said('cg-lead')} {recovery.said('cg-rest')}"
    assert recovery.chart("trend").alt.endswith(
        "Between Asian ethnic groups and White ethnic groups, there has been no clear change in the gap since 2017-18."
    )
    assert recovery.chart("unknown").alt.endswith("In 2024-25 it was not known for 3 in every 100.")


def test_detentions_in_england_are_the_published_rate_with_the_published_limits(detentions: Screen) -> None:
    assert detentions.said("cg-lead").startswith("In 2023-24 in England, there were 242.3 detentions under the Mental Health Act")
    assert detentions.table("Finding").rows["Black"][:3] == ["242.3", "235.4 to 249.2", "5,693"]
    assert "Black: 242.3, 95% interval 235.4 to 249.2; 5,693 detentions" in detentions.chart("groups").hovers
    assert detentions.chart("groups").traces("95% interval: Black")[0]["x"] == [235.4, 249.2]
    black = next(one for one in rows(downloaded(detentions)) if one["ethnicity_code"] == "black")
    assert (black["value"], black["lower_ci"], black["upper_ci"], black["numerator"]) == ("242.3", "235.4", "249.2", "5693.0")


def test_the_groups_are_alphabetical_with_other_and_unknown_last_and_no_league_table(recovery: Screen) -> None:
    names = [text.split("<span")[0] for text in recovery.chart("groups").texts if "referrals" in text]
    assert names == ["Asian", "Black", "Mixed", "White", "Other", "Unknown"]
    assert "not a league table" in recovery.words
    assert "rank" not in recovery.words.casefold()


@pytest.mark.parametrize("name", ["mha_detentions", "mha_detentions_standardised", "mha_cto", "mha_section_136"])
def test_a_page_about_detention_says_where_to_find_support(starter: Path, open_page: Opener, name: str) -> None:
    note = open_page(starter, "indicator", place="england", indicator=name).said("cg-note")
    assert "can be hard to read about" in note
    assert "call 111" in note
    assert "116 123" in note


def test_a_page_about_therapy_has_no_content_note(recovery: Screen) -> None:
    assert recovery.said("cg-note") == ""


# --------------------------------------------------------------------------------------------- Into the detailed groups


def test_an_aggregate_group_opens_into_its_detailed_groups(recovery: Screen) -> None:
    table = next(one for one in recovery.tables if one.caption.startswith("Groups within Asian."))
    assert {name: cells[0] for name, cells in table.rows.items()} == {
        "Bangladeshi": "26%", "Indian": "43%", "Pakistani": "35%", "Any other Asian": "35%",
    }  # fmt: skip
    assert [text.split("<span")[0] for text in recovery.chart("detail").texts if "referrals" in text] == list(table.rows)
    other = recovery.choose("detail", "black")
    table = next(one for one in other.tables if one.caption.startswith("Groups within Black."))
    assert list(table.rows) == ["Black African", "Black Caribbean", "Any other Black"]
    assert other.query["detail"] == "black"
    assert other.said("cg-lead") == LEAD


def test_the_detailed_groups_of_detentions_are_those_that_england_publishes(detentions: Screen, starter: Path) -> None:
    black = detentions.choose("detail", "black")
    shown = next(one for one in black.tables if one.caption.startswith("Groups within Black.")).rows
    mine = (pl.col("indicator_id") == "mha_detentions_standardised") & (pl.col("ethnicity_scheme") == "nhs_16")
    published = {row["ethnicity_code"]: row for row in observations(starter).filter(mine).iter_rows(named=True)}
    for name, code in {"Black African": "N", "Black Caribbean": "M", "Any other Black": "P"}.items():
        value, low, high = (printed(published[code][column], 1) for column in ("value", "lower_ci", "upper_ci"))
        assert shown[name][:2] == [value, f"{low} to {high}"], name


def test_a_place_without_detailed_groups_says_so(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "indicator", place="sheffield", indicator="mha_detentions")
    assert "This release holds no more detailed ethnic groups for this view." in screen.words
    assert not screen.has_chart("detail")


# ------------------------------------------------------------------------------------------------------------ The file


def test_the_file_says_where_its_figures_come_from_and_how_to_find_them_again(recovery: Screen) -> None:
    found = rows(downloaded(recovery))
    asian = next(one for one in found if one["ethnicity_code"] == "asian")
    assert asian["source"] == "NHS Talking Therapies, for anxiety and depression, Annual reports (NHS England), 2024-25"
    assert asian["licence"] == "Open Government Licence v3.0"
    assert (asian["cell_state"], asian["shorthand"], asian["release_id"]) == ("observed", "", "r0001")
    assert asian["unit"] == "per cent of referrals that finished a course of treatment and began at caseness"
    address = (
        f"{ADDRESS}/indicator?place=sheffield&indicator=tt_reliable_recovery&organisation=TAH&period=2024-04-01..2025-03-31&reference=white"
    )
    assert {one["view"] for one in found} == {address}
    assert {one["group_level"] for one in found} == {"aggregate", "detailed", "total", "unknown"}


def test_a_figure_that_is_not_there_is_empty_in_the_file_with_its_state_and_shorthand(awkward: Path, open_page: Opener) -> None:
    found = {one["ethnicity_code"]: one for one in rows(downloaded(open_page(awkward, "indicator", place="XSTATE")))}
    told = {code: (one["value"], one["cell_state"], one["shorthand"]) for code, one in found.items()}
    assert told["asian"] == ("", "suppressed", "[c]")
    assert told["black"] == ("40.0", "unreliable", "[u]")
    assert told["mixed"] == ("", "not_collected", "[x]")
    assert told["other"] == ("", "not_applicable", "[z]")
    assert (found["asian"]["numerator"], found["asian"]["denominator"]) == ("", "")


# ------------------------------------------------------------------------------------------------ What is not a figure


def test_a_suppressed_cell_is_never_plotted_as_nought_and_never_blank(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XSTATE")
    chart = screen.chart("groups")
    assert all(x not in {0, None} for trace in chart.data for x in trace["x"])
    assert "<i>hidden to protect people [c]</i>" in chart.texts
    assert screen.table("95% interval").rows["Asian"] == ["hidden to protect people [c]", "–", "–", "42.0%"]
    assert "The figure for Asian ethnic groups is hidden to protect people" in screen.said("cg-lead")
    assert "Asian" in chart.texts, "of a hidden count nothing is said but that it is hidden"


def test_each_state_has_its_words_and_shorthand_in_table_chart_and_sentence(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XSTATE")
    cells, texts = screen.table("95% interval").column("Reliable recovery"), screen.chart("groups").texts
    assert (cells["Mixed"], cells["Other"]) == ("not collected or not available [x]", "does not apply [z]")
    assert {"<i>not collected or not available [x]</i>", "<i>does not apply [z]</i>"} <= set(texts)
    lead = screen.said("cg-lead")
    assert "The figure for Mixed ethnic groups is not collected or not available" in lead
    assert "The figure for Other ethnic groups does not apply" in lead
    assert "[c] hidden to protect people" in screen.words


def test_a_figure_of_too_few_people_is_hollow_and_marked(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XSTATE")
    chart = screen.chart("groups")
    hollow = chart.traces("few people")[0]
    assert (hollow["x"], hollow["marker"]["color"]) == ([40.0], WHITE)
    assert chart.traces("figures")[0]["marker"]["color"] != "white"
    assert "<b>40%</b> few people [u]" in chart.texts
    assert "few people [u]" in screen.said("cg-legend")
    assert any("Black: 40%" in text and "too few people to be sure [u]" in text for text in chart.hovers)
    assert screen.table("95% interval").rows["Black"][0] == "40% [u]"
    assert "The figure for Black ethnic groups rests on too few people to be sure" in screen.said("cg-lead")


def test_where_every_group_is_hidden_the_page_says_so_and_draws_nothing(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XALL")
    assert screen.said("cg-lead") == (
        "In 2024-25 at Example XALL NHS Trust, no group has a figure that can be shown. "
        "The figures for Asian, Black, Mixed, White and Other ethnic groups are hidden to protect people."
    )
    assert [one for one in screen.chart("groups").data if one["name"] != "England"] == []
    assert screen.chart("groups").texts.count("<i>hidden to protect people [c]</i>") == 5
    assert "the reference chosen" not in screen.said("cg-legend")
    assert facts(screen)[0] == "Largest clear gap|Cannot be compared|the figure for White ethnic groups is hidden to protect people"


def test_where_the_reference_is_hidden_the_page_asks_for_another_one(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XREF")
    assert "is hidden to protect people, so no other group can be compared with it. Choose another" in screen.said("cg-lead")
    assert screen.chart("groups").layout.get("shapes") is None
    assert "Finding" not in screen.table("95% interval").columns
    other = screen.choose("reference", "asian")
    assert other.table("Finding").rows["Black"][5] == "no clear difference"


def test_nobody_is_nought_and_not_hidden(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XNONE")
    assert screen.table("Finding").rows["Black"][:2] == ["0%", "0 to 2"]
    assert screen.chart("groups").traces("figures")[0]["x"] == [0.0, 50.0]
    assert "0 in every 100 people from Black ethnic groups" in screen.said("cg-lead")


def test_the_facts_tell_the_gap_that_the_sentence_tells(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XBETTER")
    assert "No other ethnic group fared clearly worse." in screen.said("cg-lead")
    assert "The largest clear gap is with Asian ethnic groups, at 52 in every 100." in screen.said("cg-rest")
    assert facts(screen)[0] == "Largest clear gap|12 points|Asian, 95% interval 8 to 16"
    assert facts(screen)[1].startswith("As a ratio|1.30|")


def test_without_intervals_no_difference_is_called_clear_or_unclear(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XBARE")
    assert "we cannot say whether the differences are more than chance" in screen.said("cg-lead")
    assert screen.said("cg-title").startswith("Each ethnic group's figure")
    assert facts(screen)[0] == "Largest clear gap|Cannot be compared|no interval can be given"
    assert screen.table("Finding").rows["Asian"][5] == "cannot say"
    assert "95% interval" not in screen.said("cg-legend")


def test_a_share_that_is_not_nought_never_reads_as_nought(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XFEW")
    assert facts(screen)[3] == "Ethnicity not known|under 1 in 100|of referrals"
    assert "fewer than 1 in every 100 referrals" in screen.words


def test_one_figure_for_everyone_is_told_as_one(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XDATA", indicator="ethnicity_recorded")
    assert screen.said("cg-lead") == (
        "In 2024-25 at Example XDATA NHS Trust, 94 in every 100 people on record had a valid ethnic group recorded. "
        "This is one figure for everyone: it does not compare ethnic groups."
    )
    assert screen.table("95% interval").rows == {"Everyone": ["94%", "93 to 95", "5,000"]}
    assert screen.headings[0] == "All together"
    assert lines(screen.chart("trend"), "Everyone") == [["2024-03-31", "2025-03-31"]]
    assert screen.of_class("cg-facts") == []
    assert "Detailed groups" not in screen.words


def test_one_figure_for_everyone_that_is_hidden_says_so(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XDARK", indicator="ethnicity_recorded")
    assert screen.said("cg-lead") == "In 2024-25 at Example XDARK NHS Trust, the figure for everyone is hidden to protect people."
    assert "<i>hidden to protect people [c]</i>" in screen.chart("groups").texts


def test_counts_are_shown_and_never_compared(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XDATA", indicator="mhsds_detentions")
    assert "These are counts of groups of different sizes, so they cannot be compared." in screen.said("cg-lead")
    assert "Finding" not in screen.table("95% interval").columns
    assert facts(screen)[0] == "Largest clear gap|Cannot be compared|groups differ in size"
    assert facts(screen)[3] == "Ethnicity not known|14 in 100|of detentions"
    assert "Asian: 25; its rounded counts allow 23 to 27" in screen.chart("groups").hovers


def test_a_place_with_no_figures_says_so_and_what_to_do(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="sheffield")
    assert screen.title == "No figures for this place"
    assert "Choose another place in the side bar." in screen.words
    assert "Figures from release r0001" in screen.words
    assert (screen.faults, screen.tables, screen.has_chart("groups")) == ([], [], False)


# -------------------------------------------------------------------------------------------------------- Who and where


def test_a_figure_of_another_organisation_of_the_site_is_named_as_its_own(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "indicator", place="sheffield", indicator="mha_detentions")
    assert screen.said("cg-over") == "Experience · NHS South Yorkshire Integrated Care Board · 2023-24"
    assert "in the area of NHS South Yorkshire Integrated Care Board, there were 220.8 detentions" in screen.said("cg-lead")
    assert f"This indicator is not published for the {SHEFFIELD}." in screen.words
    assert "their figures are never mixed" in screen.words


def test_groups_that_england_puts_together_otherwise_are_noted(starter: Path, open_page: Opener) -> None:
    noted = "England's groups are put together a little differently from these"
    assert noted in open_page(starter, "indicator", place="sheffield", indicator="mha_detentions").words
    assert noted not in open_page(starter, "indicator", place="sheffield", indicator="tt_reliable_recovery").words


def test_the_source_the_licence_and_the_release_are_named(recovery: Screen) -> None:
    about = recovery.table("In words").rows
    assert about["Source"] == ["NHS Talking Therapies, for anxiety and depression, Annual reports (NHS England), 2024-25"]
    assert about["Licence"] == ["Open Government Licence v3.0"]
    assert about["95% interval"] == ["Wilson's method"]
    assert about["Series breaks"] == ["none known"]
    assert "Figures from release r0001" in recovery.said("cg-fresh")
    assert [str(one.text) for tree in recovery.trees for one in tree.iter("h3")] == [
        "What it can tell you",
        "What it cannot tell you",
        "Take care",
        "Why it matters",
    ]


# ------------------------------------------------------------------------------------------------------------ Over time


def test_the_trend_is_a_panel_a_group_on_one_scale_from_nought(recovery: Screen) -> None:
    chart = recovery.chart("trend")
    scales = {name: axis["range"] for name, axis in chart.layout.items() if name.startswith("yaxis")}
    assert len(scales) == 4
    assert len({tuple(scale) for scale in scales.values()}) == 1
    assert next(iter(scales.values()))[0] == 0
    panels = [text for text in chart.texts if text in {f"<b>{name}</b>" for name in ("Asian", "Black", "Mixed", "White", "Other")}]
    assert panels == ["<b>Asian</b>", "<b>Black</b>", "<b>Mixed</b>", "<b>Other</b>"]
    assert len(lines(chart, "White")) == 4, "the reference group in every panel"
    assert lines(chart, "Asian") == [[f"{year}-03-31" for year in range(2018, 2026)]]


def test_the_table_of_all_periods_has_what_the_trend_has(recovery: Screen) -> None:
    table = recovery.table("Period")
    assert list(table.rows) == [f"{year}-{year % 100 + 1}" for year in range(2017, 2025)]
    for text in recovery.chart("trend").hovers:
        name, rest = text.split(", ", 1)
        period, said = rest.split(": ", 1)
        number, interval = said.split(", 95% interval ")
        assert table.column(name)[period] == f"{number} ({interval})"


def test_a_period_that_is_missing_or_hidden_is_a_gap_in_the_line(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XTIME")
    chart = screen.chart("trend")
    assert lines(chart, "Asian") == [["2020-03-31", "2021-03-31"], ["2023-03-31"], ["2025-03-31"]]
    assert lines(chart, "Black") == [["2020-03-31", "2021-03-31"], ["2023-03-31", "2024-03-31", "2025-03-31"]]
    assert all(y is not None for one in chart.data for y in one["y"])
    hidden = [one for one in chart.layout["annotations"] if one["text"] == "[c]"]
    assert [(one["x"], one["y"], one["hovertext"]) for one in hidden] == [("2024-03-31", 0, "Asian, 2023-24: hidden to protect people [c]")]
    assert screen.table("Period").column("Asian")["2023-24"] == "hidden to protect people [c]"
    assert "[c] hidden to protect people." in screen.said("cg-title")


def test_a_period_of_too_few_people_is_hollow_in_the_trend_and_marked_in_its_table(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XTIME")
    black = next(one for one in screen.chart("trend").traces("Black") if one["mode"] == LINES)
    assert black["marker"]["color"][1] == WHITE
    assert black["marker"]["color"][0] != WHITE
    assert screen.table("Period").column("Black")["2020-21"] == "50% (30 to 70) [u]"


def test_a_break_of_the_series_breaks_the_line_and_is_named(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XAREA", indicator="mha_detentions")
    chart = screen.chart("trend")
    assert lines(chart, "Black") == [["2021-03-31", "2022-03-31"], ["2023-03-31", "2024-03-31"]]
    assert {one["x0"] for one in chart.layout["shapes"]} == {"2022-09-29"}, "between the points of 2021-22 and 2022-23"
    assert "Series break from 1 April 2022: The population behind the rates moves" in screen.said("cg-fresh")
    assert facts(screen)[2] == "Change of the gap|Narrower|since 2022-23"
    assert screen.table("In words").rows["Series breaks"][0].startswith("from 1 April 2022: The population")


@pytest.mark.parametrize(
    ("place", "organisation", "since", "runs"),
    [
        ("sheffield", "QF7", "2023-24", [[2021, 2022], [2023], [2024, 2025]]),
        ("east_london", "RWK", "2023-24", [[2018], [2020, 2021, 2022, 2023], [2024, 2025]]),
    ],
)
def test_an_organisation_whose_area_changed_is_not_compared_across_the_change(
    starter: Path, open_page: Opener, place: str, organisation: str, since: str, runs: list[list[int]]
) -> None:
    screen = open_page(starter, "indicator", place=place, organisation=organisation, indicator="tt_reliable_recovery")
    chart = screen.chart("trend")
    changes = [one for one in load_reference().boundary_changes if one.org_code == organisation]
    assert {date(2022, 7, 1), date(2019, 4, 1), date(2023, 4, 1)} & {one.day for one in changes}
    for one in changes:
        day = f"{one.day.day} {one.day:%B %Y}"
        assert f"Series break from {day}: {one.what}" in screen.said("cg-fresh")
        assert f"from {day}: {one.what}" in screen.table("In words").rows["Series breaks"][0]
        for trace in chart.data:
            assert trace["mode"] != LINES or not any(before < one.day.isoformat() <= after for before, after in pairwise(trace["x"]))
    drawn = sorted({shape["x0"] for shape in chart.layout["shapes"]})
    ends = [f"{one.day.year + (one.day.month > 3)}-03-31" for one in sorted(changes, key=lambda one: one.day)]
    for x, end in zip(drawn, ends, strict=True):
        assert f"{int(end[:4]) - 1}-03-31" < x < end, "between the points on its sides"
    assert lines(chart, "Asian") == [[f"{year}-03-31" for year in run] for run in runs]
    assert facts(screen)[2].endswith(f"|since {since}")


def test_the_period_in_which_an_area_changed_is_of_neither_side(starter: Path, open_page: Opener) -> None:
    of_the_area = open_page(starter, "indicator", place="sheffield", organisation="QF7")
    assert "Figures on either side cannot be compared, and the period in which it falls stands alone." in of_the_area.said("cg-fresh")
    of_the_trust = open_page(starter, "indicator", place="east_london", organisation="RWK")
    assert "stands alone" not in of_the_trust.said("cg-fresh")


def test_before_a_change_of_area_there_is_an_earlier_period_to_compare(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "indicator", place="east_london", organisation="RWK", period="2022-04-01..2023-03-31")
    assert facts(screen)[2] == "Change of the gap|No clear change|since 2019-20"
    alone = open_page(starter, "indicator", place="sheffield", organisation="QF7", period="2022-04-01..2023-03-31")
    assert facts(alone)[2] == "Change of the gap|–|no earlier period to compare"


def test_a_change_of_area_is_a_break_of_that_organisation_alone(starter: Path, open_page: Opener) -> None:
    for place, organisation in (("sheffield", "TAH"), ("coventry_and_warwickshire", "QWU"), ("england", "E92000001")):
        screen = open_page(starter, "indicator", place=place, organisation=organisation, indicator="tt_reliable_recovery")
        assert "Series break" not in screen.said("cg-fresh")
        assert screen.chart("trend").layout.get("shapes") is None


def test_periods_of_other_groups_are_left_out_and_named(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XGROUPS")
    assert "Published for other groups of people, and so left out here: 2020-21 and 2021-22." in screen.words
    assert list(screen.table("Period").rows) == ["2022-23", "2023-24", "2024-25"]
    assert facts(screen)[2] == "Change of the gap|No clear change|since 2022-23"


def test_one_group_alone_has_a_trend_of_its_own(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "indicator", place="XALONE")
    assert lines(screen.chart("trend"), "White") == [["2023-03-31", "2024-03-31", "2025-03-31"]]
    assert "in grey" not in screen.said("cg-title")


def test_one_period_is_no_trend(detentions: Screen) -> None:
    assert "There is only one period of this length in this release, so nothing can be said about change." in detentions.words
    assert not detentions.has_chart("trend")


def test_the_share_of_unknown_ethnicity_is_told_drawn_and_tabled_over_time(recovery: Screen, starter: Path) -> None:
    assert "Ethnicity is not known for 3 in every 100 referrals." in recovery.words
    told = recovery.table("Ethnicity not known").column("Ethnicity not known")
    chart = recovery.chart("unknown")
    assert chart.layout["yaxis"]["range"][0] == 0
    trace: dict[str, Any] = chart.data[0]
    assert trace["customdata"] == [f"{period}: {share}" for period, share in told.items()]
    mine = {"indicator_id": "tt_reliable_recovery", "org_code": "TAH", "ethnicity_scheme": "upper_nhs_2001"}
    counted = observations(starter).filter(**mine)
    for (end,), period in counted.group_by(["period_end"]):
        counts = dict(period.select("ethnicity_code", "denominator").iter_rows())
        share = 100 * counts["unknown"] / counts["all"]
        assert trace["y"][trace["x"].index(str(end))] == pytest.approx(share)


def test_the_share_of_unknown_ethnicity_has_a_gap_where_it_is_not_known(awkward: Path, open_page: Opener) -> None:
    chart = open_page(awkward, "indicator", place="XTIME").chart("unknown")
    assert [one["x"] for one in chart.data] == [["2020-03-31", "2021-03-31"], ["2023-03-31"], ["2025-03-31"]]

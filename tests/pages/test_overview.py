"""The Overview tells a place at a glance: a sentence a domain, and every indicator by every group, worked out here once more."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import polars as pl
import pytest

from pipelines.catalogue import Indicator, load_catalogue
from pipelines.reference import load_reference
from tests.pages.conftest import Opener
from tests.pages.figures import codes_of, display_names, observations, printed, written
from tests.pages.screen import Screen

PLACES = ("coventry_and_warwickshire", "greater_manchester", "east_london", "sheffield", "england")
DOMAINS = ("Access", "Experience", "Outcomes", "Data quality")
GROUPS = ["Asian", "Black", "Mixed", "White", "Other"]
UNKNOWN = "Ethnicity not known"
# (finding, judgement) -> mark, words, class
SEEN = {
    ("higher", "worse"): ("▲", "higher, worse", "worse"),
    ("higher", "better"): ("▲", "higher, better", "better"),
    ("higher", "neither"): ("▲", "higher", "clear"),
    ("lower", "worse"): ("▼", "lower, worse", "worse"),
    ("lower", "better"): ("▼", "lower, better", "better"),
    ("lower", "neither"): ("▼", "lower", "clear"),
    ("alike", "neither"): ("●", "no clear difference", "neither"),
}
Said = tuple[str, str, str, str]  # mark, words, value, class


@dataclass(frozen=True)
class Cell:
    """A cell of the matrix as it is drawn."""

    indicator: str
    group: str
    said: Said
    link: str
    label: str


def cells(screen: Screen) -> Iterator[Cell]:
    """Every cell of the matrix."""
    for row in screen.of_class("cg-matrix")[0].iterfind("./tbody/tr"):
        head = row.find("./th/a")
        for cell in row.iterfind("./td"):
            link = cell.find("./a")
            assert head is not None
            assert link is not None
            yield Cell(head.text or "", link.get("data-group", ""), said(cell, link), link.get("href", ""), link.get("aria-label", ""))


def said(cell: ET.Element, link: ET.Element) -> Said:
    words = link.find("./span[@class='cg-words']")
    assert words is not None
    sign, value = link.findtext(".//span[@class='cg-mark']", ""), link.findtext("./span[@class='cg-value']", "")
    return sign, "".join(words.itertext()).removeprefix(sign).strip(), value, cell.get("class", "").removeprefix("cg-")


# ---------------------------------------------------------------------------------------------------------- Once more


def newest(frame: pl.DataFrame, place: str) -> Iterator[tuple[Indicator, list[dict[str, Any]]]]:
    """Each indicator of the place with its newest observations by upper group, at the trust or else at its ICB."""
    site = next((one for one in load_reference().sites if one.site_id == place), None)
    turns = [site.trust_code, site.icb_code, *sorted(codes_of(place))] if site else [*codes_of(place)]
    standardised = {one.standardises for one in load_catalogue().indicators.values()} if place == "england" else set()
    for name, indicator in load_catalogue().indicators.items():
        mine = frame.filter((pl.col("indicator_id") == name) & pl.col("ethnicity_scheme").str.starts_with("upper_"))
        code = next((one for one in turns if one in set(mine["org_code"].to_list())), None)
        if code and name not in standardised:
            here = mine.filter(pl.col("org_code") == code)
            yield indicator, here.filter(pl.col("period_end") == here["period_end"].max()).to_dicts()


def expected(indicator: Indicator, rows: list[dict[str, Any]], reference: str) -> dict[str, Said]:
    """What each cell of an indicator ought to say, by the name of the group."""
    names, found = display_names(), {row["ethnicity_code"]: row for row in rows}
    return {
        names[row["ethnicity_scheme"], code]: cell(indicator, row, found.get(reference), reference)
        for code, row in found.items()
        if row["group_level"] == "aggregate"
    }


def cell(indicator: Indicator, row: dict[str, Any], reference: dict[str, Any] | None, chosen: str) -> Said:
    value = "" if row["value"] is None else written(row["value"], indicator, row["org_type"])
    if row["cell_state"] == "unreliable":
        return "[u]", "few people", value, "none"
    if row["value"] is None:
        words, mark = {"suppressed": ("hidden to protect people", "[c]")}[row["cell_state"]]
        return mark, words, "", "none"
    if row["ethnicity_code"] == chosen:
        return "", "reference group", value, "reference"
    if reference is None or reference["value"] is None or reference["cell_state"] == "unreliable":
        return "○", "cannot be compared", value, "none"
    finding, judged = compared(indicator, row, reference)
    mark, words, kind = SEEN[finding, judged]
    return mark, words, value, kind


def compared(indicator: Indicator, row: dict[str, Any], reference: dict[str, Any]) -> tuple[str, str]:
    """The finding from the published limits: Newcombe's method 10, and whether it is for the better or the worse."""
    gap = row["value"] - reference["value"]
    low = gap - math.hypot(row["value"] - row["lower_ci"], reference["upper_ci"] - reference["value"])
    high = gap + math.hypot(row["upper_ci"] - row["value"], reference["value"] - reference["lower_ci"])
    if low <= 0 <= high:
        return "alike", "neither"
    finding = "higher" if gap > 0 else "lower"
    good = {"higher_is_better": "higher", "lower_is_better": "lower"}.get(indicator.polarity)
    return finding, "neither" if good is None else "better" if good == finding else "worse"


def share(indicator: Indicator, rows: list[dict[str, Any]]) -> float:
    """People of unknown ethnicity in every 100, of the published whole."""
    counts = {row["ethnicity_code"]: row["numerator" if indicator.value_type == "rate" else "denominator"] for row in rows}
    whole = counts.get("all") or sum(count for code, count in counts.items() if code not in {"all", "known", "not_stated", "not_known"})
    return 100 * counts["unknown"] / whole


# ---------------------------------------------------------------------------------------------------------- The matrix


@pytest.mark.parametrize(("place", "reference"), [*((place, "white") for place in PLACES), ("sheffield", "black"), ("england", "other")])
def test_every_cell_says_what_the_release_says(starter: Path, open_page: Opener, place: str, reference: str) -> None:
    screen = open_page(starter, "overview", place=place, reference=reference)
    assert (screen.faults, screen.notices) == ([], [])
    drawn: dict[str, dict[str, Said]] = {}
    for one in cells(screen):
        drawn.setdefault(one.indicator, {})[one.group] = one.said
    wanted = list(newest(observations(starter), place))
    assert list(drawn) == [indicator.short_name for indicator, _ in wanted]
    for indicator, rows in wanted:
        row = drawn[indicator.short_name]
        assert {group: row[group] for group in GROUPS} == expected(indicator, rows, reference), indicator.id
        found = share(indicator, rows)
        number = "under 1" if 0 < found < 0.5 else printed(found, 0)
        assert row[UNKNOWN] == ("", "in every 100", number, "unknown"), indicator.id


@pytest.mark.parametrize("place", PLACES)
def test_a_cell_speaks_in_shape_and_words_and_never_by_colour_alone(starter: Path, open_page: Opener, place: str) -> None:
    found = [one for one in cells(open_page(starter, "overview", place=place)) if one.group != UNKNOWN]
    by_class: dict[str, set[tuple[str, str]]] = {}
    for one in found:
        mark, words, value, kind = one.said
        by_class.setdefault(kind, set()).add((mark, words))
        assert words
        assert one.label == f"{one.indicator}, {one.group}: {f'{value} {words}'.strip()}"
    for kind, said_of in by_class.items():
        others = {pair for other, pairs in by_class.items() if other != kind for pair in pairs}
        assert said_of.isdisjoint(others), "what is coloured otherwise reads otherwise"
    assert {mark for mark, _ in by_class["worse"]} <= {"▲", "▼"}
    assert all(words.endswith(", worse") for _, words in by_class["worse"])


@pytest.mark.parametrize("place", PLACES)
def test_every_cell_leads_to_its_indicator_with_the_whole_address(starter: Path, open_page: Opener, place: str) -> None:
    screen = open_page(starter, "overview", place=place, reference="asian")
    names = {one.short_name: name for name, one in load_catalogue().indicators.items()}
    targets = {one.indicator: one.link for one in cells(screen)}
    assert all(one.link == targets[one.indicator] for one in cells(screen))
    for name, link in targets.items():
        choices = dict(parse_qsl(urlsplit(link).query, strict_parsing=True))
        assert urlsplit(link).path == "indicator"
        assert set(choices) == {"place", "indicator", "organisation", "period", "reference"}
        assert (choices["place"], choices["indicator"], choices["reference"]) == (place, names[name], "asian")
    name, link = next(iter(targets.items()))
    choices = dict(parse_qsl(urlsplit(link).query))
    opened = open_page(starter, "indicator", **choices)
    assert opened.notices == []
    assert {key: opened.query[key] for key in choices} == choices
    values = {one.group: one.said[2] for one in cells(screen) if one.indicator == name and one.group != UNKNOWN}
    column = opened.table("Finding").column(name)
    assert {group: column[group] for group in values} == values


def test_the_groups_are_in_order_and_nobody_is_ranked(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "overview", place="sheffield")
    head = screen.of_class("cg-matrix")[0].findall("./thead/tr/th")
    assert [one.text for one in head] == ["Indicator", *GROUPS, UNKNOWN]
    assert not re.search(r"\brank", screen.words, re.IGNORECASE)


def test_the_indicators_stand_under_their_domain_with_unit_organisation_and_period(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "overview", place="sheffield")
    assert [one for one in screen.said("cg-domain").split("\n") if one] == ["Access", "Experience", "Outcomes"]
    beneath = screen.said("cg-beneath").split("\n")
    assert beneath[0] == "For every 100 people. NHS trust, 2024-25"
    assert "For every 100,000 people. integrated care board, 2023-24" in beneath


def test_a_crude_rate_never_stands_beside_the_same_rate_standardised(starter: Path, open_page: Opener) -> None:
    england = {one.indicator for one in cells(open_page(starter, "overview", place="england"))}
    sheffield = {one.indicator for one in cells(open_page(starter, "overview", place="sheffield"))}
    assert "Detentions, adjusted for age and sex" in england
    assert "Detentions, not adjusted" not in england
    assert "Detentions, not adjusted" in sheffield


def test_another_reference_group_changes_the_cells_and_marks_its_column(starter: Path, open_page: Opener) -> None:
    white = open_page(starter, "overview", place="sheffield")
    before = {(one.indicator, one.group): one.said for one in cells(white)}
    asian = white.choose("reference", "asian")
    after = {(one.indicator, one.group): one.said for one in cells(asian)}
    assert before["Reliable recovery", "Asian"] == ("▼", "lower, worse", "36%", "worse")
    assert after["Reliable recovery", "White"] == ("▲", "higher, better", "50%", "better")
    for found, reference in ((before, "White"), (after, "Asian")):
        marked = {group for (_, group), (_, words, _, kind) in found.items() if "reference" in (kind, words) or words == "reference group"}
        assert marked == {reference}
    assert asian.query["reference"] == "asian"
    assert "compares with Asian" in asian.said("cg-matrix")
    assert "against" in asian.said("cg-domains")
    assert "White ethnic groups" not in re.findall(r"against .*? for ([^.]*)\.", asian.said("cg-domains"))


def test_the_key_has_every_mark_that_a_cell_can_have(starter: Path, awkward: Path, open_page: Opener) -> None:
    for folder, place in ((starter, "east_london"), (starter, "england"), (awkward, "XSTATE"), (awkward, "XBARE"), (awkward, "XDATA")):
        screen = open_page(folder, "overview", place=place)
        key = screen.said("cg-key")
        assert {mark for mark, _, _, _ in (one.said for one in cells(screen)) if mark not in key} == set()


# ------------------------------------------------------------------------------------------------------- The sentences


def sentences(screen: Screen) -> dict[str, str]:
    return {one.findtext("./h2", ""): one.findtext("./p", "") for one in screen.of_class("cg-domains")[0]}


def test_sheffield_is_told_in_a_sentence_a_domain(starter: Path, open_page: Opener) -> None:
    assert sentences(open_page(starter, "overview", place="sheffield")) == {
        "Access": (
            "2 of 2 indicators show a clear gap. The widest is in “Finished courses”: there were 27 finished courses for every 100 people "
            "from Other ethnic groups referred to talking therapies, against 39 for White ethnic groups."
        ),
        "Experience": (
            "The one indicator that can be compared shows a clear gap, in “Detentions, not adjusted”: there were 220.8 detentions "
            "under the Mental Health Act for every 100,000 people from Black ethnic groups, against 67.6 for White ethnic groups."
        ),
        "Outcomes": (
            "4 of 4 indicators show a clear gap. The widest is in “Getting worse”: 10 in every 100 people from Other ethnic groups who "
            "finished a course of talking therapy got worse, against 5 in every 100 for White ethnic groups."
        ),
        "Data quality": (
            "Ethnicity is not known for 3 to 11 in every 100 people or events. It is missing most often in “Detentions, not adjusted”."
        ),
    }


@pytest.mark.parametrize("place", PLACES)
def test_each_sentence_counts_the_gaps_of_its_domain_as_the_matrix_shows_them(starter: Path, open_page: Opener, place: str) -> None:
    screen = open_page(starter, "overview", place=place)
    told = sentences(screen)
    assert tuple(told) == DOMAINS
    neutral = {one.short_name for one in load_catalogue().indicators.values() if one.polarity == "neutral"}
    domains = {"access": "Access", "experience": "Experience", "outcome": "Outcomes", "data_quality": "Data quality"}
    of = {one.short_name: domains[one.domain] for one in load_catalogue().indicators.values() if one.domain in domains}
    rows: dict[str, set[str]] = {}
    for one in cells(screen):
        rows.setdefault(one.indicator, set()).add(one.said[3])
    for domain in DOMAINS[:3]:
        comparable = {name: kinds for name, kinds in rows.items() if of[name] == domain and kinds & {"worse", "better", "clear", "neither"}}
        gaps = [name for name, kinds in comparable.items() if "worse" in kinds or (name in neutral and "clear" in kinds)]
        assert gaps, "the starter figures have a gap in every domain"
        count = f"{len(gaps)} of {len(comparable)} indicators {'shows' if len(gaps) == 1 else 'show'} a clear gap."
        lead = "The one indicator that can be compared shows a clear gap," if len(comparable) == 1 else count
        assert told[domain].startswith(lead)
        assert any(f"“{name}”" in told[domain] for name in gaps)
    shares = {one.indicator: one.said[2] for one in cells(screen) if one.group == UNKNOWN}
    numbers = [int(share) for share in shares.values()]
    assert f"{min(numbers)} to {max(numbers)} in every 100" in told["Data quality"]


def test_the_place_is_named_with_the_organisations_through_which_it_is_seen(starter: Path, open_page: Opener) -> None:
    assert open_page(starter, "overview", place="sheffield").said("cg-over") == (
        "Sheffield · Sheffield Health and Social Care NHS Foundation Trust (NHS trust) · "
        "NHS South Yorkshire Integrated Care Board (integrated care board)"
    )
    assert open_page(starter, "overview", place="england").said("cg-over") == "England"


def test_what_people_asked_for_is_named_and_nothing_about_a_site_is_invented(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "overview", place="sheffield")
    actions = screen.table("Priority action")
    assert [cells[0] for cells in actions.rows.values()] == ["consistent across sites"] * 3 + ["national"] * 2
    assert {cells[1] for cells in actions.rows.values()} == {"not yet reported"}
    assert "nothing has been reported yet" in screen.words


# ----------------------------------------------------------------------------------------------- What cannot be compared


def test_each_state_of_a_cell_is_told_apart(awkward: Path, open_page: Opener) -> None:
    found = {one.group: one.said for one in cells(open_page(awkward, "overview", place="XSTATE"))}
    assert found == {
        "Asian": ("[c]", "hidden to protect people", "", "none"),
        "Black": ("[u]", "few people", "40%", "none"),
        "Mixed": ("[x]", "not collected or not available", "", "none"),
        "White": ("", "reference group", "50%", "reference"),
        "Other": ("[z]", "does not apply", "", "none"),
        UNKNOWN: ("–", "not published", "", "unknown"),
    }


def test_a_group_that_an_indicator_is_not_published_for_says_so(awkward: Path, open_page: Opener) -> None:
    found = {(one.indicator, one.group): one.said for one in cells(open_page(awkward, "overview", place="XDATA"))}
    assert found["Detentions in the month", "Asian"] == ("○", "cannot be compared", "25", "none")
    assert found["Ethnicity recorded", "Everyone"] == ("", "for everyone: this is not about single groups", "94%", "reference")


def test_a_figure_for_everyone_that_is_hidden_says_so(awkward: Path, open_page: Opener) -> None:
    found = {one.indicator: one.said for one in cells(open_page(awkward, "overview", place="XDARK"))}
    assert found["Ethnicity recorded"][2] == "hidden to protect people [c]"


def test_a_domain_whose_groups_cannot_be_compared_says_so(awkward: Path, open_page: Opener) -> None:
    told = sentences(open_page(awkward, "overview", place="XALL"))
    assert told["Outcomes"] == (
        "The figures on outcomes for Example XALL NHS Trust (NHS trust) do not allow groups to be compared: see each indicator for why."
    )
    assert told["Access"].startswith("This release holds no figures on access by ethnic group")


def test_a_place_with_no_figures_says_so_and_what_to_do(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "overview", place="sheffield")
    assert (screen.faults, screen.of_class("cg-matrix"), screen.said("cg-over")) == ([], [], "Sheffield")
    assert "Choose another place in the side bar." in screen.words
    assert "Figures from release r0001" in screen.words


@pytest.mark.parametrize("page", ["overview", "quality"])
def test_a_page_that_tells_of_detention_says_so_and_where_to_find_support(starter: Path, open_page: Opener, page: str) -> None:
    note = open_page(starter, page, place="sheffield").said("cg-note")
    assert "116 123" in note
    assert "111" in note

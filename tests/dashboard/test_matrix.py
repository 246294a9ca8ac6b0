"""What a cell of the matrix says of a group: a mark, words and a value, which agree with each other, and a link."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from dashboard.matrix import KEY, Cell, Row, cells, key_html, matrix_html, unknown_cell
from equity.cells import CellState
from equity.comparison import Estimate, Polarity
from equity.standing import Reading, stand
from tests.dashboard.frames import WORDS


def reading(code: str, value: float | None, half: float | None = 2, state: CellState = CellState.OBSERVED) -> Reading:
    estimate = None if value is None else Estimate(value, *((None, None) if half is None else (value - half, value + half)))
    return Reading(code, code.title(), f"people from {code.title()} ethnic groups", state, estimate, 1000)


def said(*readings: Reading, polarity: Polarity = "higher_is_better", comparable: bool = True) -> dict[str, Cell]:
    words = replace(WORDS, polarity=polarity, comparable=comparable)
    return cells(words, stand([reading("white", 50), *readings], "white", polarity, comparable))


@pytest.mark.parametrize(
    ("value", "polarity", "cell"),
    [
        (40, "higher_is_better", Cell("▼", "lower, worse", "40%", "worse")),
        (60, "higher_is_better", Cell("▲", "higher, better", "60%", "better")),
        (40, "lower_is_better", Cell("▼", "lower, better", "40%", "better")),
        (60, "lower_is_better", Cell("▲", "higher, worse", "60%", "worse")),
        (40, "neutral", Cell("▼", "lower", "40%", "clear")),
        (60, "neutral", Cell("▲", "higher", "60%", "clear")),
        (51, "higher_is_better", Cell("●", "no clear difference", "51%", "neither")),
    ],
)
def test_a_comparison_is_a_shape_words_and_a_value(value: float, polarity: Polarity, cell: Cell) -> None:
    assert said(reading("asian", value), polarity=polarity)["asian"] == cell


def test_the_reference_group_says_that_it_is_the_reference() -> None:
    assert said()["white"] == Cell("", "reference group", "50%", "reference")


@pytest.mark.parametrize(
    ("state", "cell"),
    [
        (CellState.SUPPRESSED, Cell("[c]", "hidden to protect people", "", "none")),
        (CellState.NOT_COLLECTED, Cell("[x]", "not collected or not available", "", "none")),
        (CellState.NOT_APPLICABLE, Cell("[z]", "does not apply", "", "none")),
        (CellState.UNRELIABLE, Cell("[u]", "few people", "", "none")),
    ],
)
def test_a_group_without_a_figure_says_why(state: CellState, cell: Cell) -> None:
    assert said(reading("asian", None, state=state))["asian"] == cell


def test_a_figure_of_too_few_people_is_shown_and_not_compared() -> None:
    assert said(reading("asian", 20, state=CellState.UNRELIABLE))["asian"] == Cell("[u]", "few people", "20%", "none")


def test_without_an_interval_or_a_comparable_unit_nothing_is_compared() -> None:
    assert said(reading("asian", 20, None))["asian"] == Cell("○", "no interval, cannot be compared", "20%", "none")
    assert said(reading("asian", 20), comparable=False)["asian"] == Cell("○", "cannot be compared", "20%", "none")


def test_nobody_is_nought_and_is_compared() -> None:
    assert said(reading("asian", 0, 1, CellState.TRUE_ZERO))["asian"] == Cell("▼", "lower, worse", "0%", "worse")


@pytest.mark.parametrize(
    ("share", "cell"),
    [
        (None, Cell("–", "not published", "", "unknown")),
        (0.0, Cell("", "in every 100", "0", "unknown")),
        (0.2, Cell("", "in every 100", "under 1", "unknown")),
        (7.4, Cell("", "in every 100", "7", "unknown")),
        (99.9, Cell("", "in every 100", "over 99", "unknown")),
    ],
)
def test_the_share_of_unknown_ethnicity_stands_in_a_cell_of_its_own(share: float | None, cell: Cell) -> None:
    assert unknown_cell(share) == cell


# ------------------------------------------------------------------------------------------------------------ The table

ROW = Row("tt_recovery", "Recovery", "In every 100", "RYG", "2024-04-01..2025-03-31", said(reading("asian", 40)), unknown_cell(3.0))
GROUPS = {"asian": "Asian", "white": "White", "other": "Other"}


def tree(*rows: Row, place: str = "sheffield", caption: str = "How groups compare") -> ET.Element:
    return ET.fromstring(matrix_html(caption, place, "white", GROUPS, [("Access", []), ("Outcomes", list(rows))]))


def test_the_table_is_a_table_with_headers_for_each_row_and_column() -> None:
    found = tree(ROW)
    assert found.findtext(".//caption") == "How groups compare"
    assert [one.text for one in found.findall(".//thead/tr/th")] == ["Indicator", "Asian", "White", "Other", "Ethnicity not known"]
    assert all(one.get("scope") == "col" for one in found.findall(".//thead/tr/th"))
    heads = found.findall(".//tbody/tr/th")
    assert [(one.get("scope"), "".join(one.itertext())) for one in heads] == [("rowgroup", "Outcomes"), ("row", "RecoveryIn every 100")]
    assert found.find(".//tbody/tr/th").get("colspan") == "5"  # pyright: ignore[reportOptionalMemberAccess]
    assert (found.get("role"), found.get("tabindex"), found.get("aria-label")) == ("region", "0", "How groups compare")


def test_a_domain_without_indicators_is_left_out() -> None:
    assert "Access" not in "".join(tree(ROW).itertext())


def test_a_group_that_an_indicator_is_not_published_for_says_so() -> None:
    assert "".join(tree(ROW).findall(".//td")[2].itertext()) == "– not published"


def test_each_cell_is_a_link_that_reads_as_a_whole() -> None:
    links = tree(ROW).findall(".//td/a")
    assert [one.get("aria-label") for one in links] == [
        "Recovery, Asian: 40% lower, worse", "Recovery, White: 50% reference group", "Recovery, Other: not published",
        "Recovery, Ethnicity not known: 3 in every 100",
    ]  # fmt: skip
    target = "indicator?place=sheffield&indicator=tt_recovery&organisation=RYG&period=2024-04-01..2025-03-31&reference=white"
    assert {one.get("href") for one in links} == {target}
    assert {one.get("target") for one in links} == {"_self"}
    assert all(one.get("aria-hidden") == "true" for one in tree(ROW).iter("span") if one.get("class") == "cg-mark")


def test_a_figure_for_everyone_is_one_cell_over_all_groups() -> None:
    (cell,) = tree(replace(ROW, everyone="94%")).findall(".//td")
    assert cell.get("colspan") == "4"
    assert "".join(cell.itertext()) == "94%for everyone: this is not about single groups"


def test_whatever_comes_from_a_file_is_text() -> None:
    bad = '"><script>alert(1)</script>&'
    odd = replace(ROW, name=bad, beneath=bad, organisation=bad, cells={"asian": Cell(bad, bad, bad, bad)}, indicator_id=bad)
    found = tree(odd, place=bad, caption=bad)
    assert [one.tag for one in found.iter() if one.tag == "script"] == []
    assert "".join(found.itertext()).count(bad) == 6


def test_the_key_tells_every_kind_and_mark_apart() -> None:
    key = ET.fromstring(key_html())
    assert len(key.findall("li")) == len(KEY)
    words = "".join(key.itertext())
    kinds = {re.sub(r"^cg-swatch cg-", "", one.get("class", "")) for one in key.iter("span")}
    assert kinds == {"worse", "better", "clear", "neither", "none"}
    for mark in ("▲", "▼", "●", "○", "[c]", "[u]", "[x]", "[z]", "–"):
        assert mark in words, mark

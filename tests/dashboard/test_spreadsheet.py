"""The spreadsheet of a view: cover, contents, notes, one marked table a sheet, and no cell that runs."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.spreadsheet import Sheet, workbook
from dashboard.subject import Subject
from dashboard.text import Table

LINK = "http://localhost:8501/indicator?place=sheffield"
SUBJECT = Subject(
    file="file",
    page="indicator",
    choices=(),
    release_id="r0007",
    measure="Reliable recovery, per cent",
    place="Example trust",
    period="2024-25",
    source="Example publication, 2024-25",
    licence="Example licence",
    unknown="Ethnicity is not known for 3 in every 100 referrals.",
    names=(),
)
TABLE = Table(
    "Reliable recovery by group",
    ["Ethnic group", "Reliable recovery", "Difference from White (95% interval)", "Finding"],
    [
        ["Asian", "36.5%", "-14.0 (-18.0 to -9.0)", "lower, worse"],
        ["Black", "hidden to protect people [c]", "–", "not compared"],
        ["White", "50.0%", "–", "reference group"],
    ],
)
FORMULAS = ["=1+1", "+1", "-cmd", "@SUM(A1)", " =1", "＝1", "'=1", "\t=1"]


def opened(*tables: Table, subject: Subject = SUBJECT, link: str = LINK) -> Workbook:
    sheets = [Sheet(table, f"What table {turn} says.") for turn, table in enumerate(tables, 1)]
    return openpyxl.load_workbook(io.BytesIO(workbook(subject, sheets, link)))


def texts(sheet: Worksheet) -> list[str]:
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def table_of(sheet: Worksheet) -> list[list[object]]:
    """The cells of the one table that a sheet marks."""
    (marked,) = sheet.tables.values()
    left, top, right, bottom = range_boundaries(marked.ref)
    return [list(row) for row in sheet.iter_rows(top, bottom, left, right, values_only=True)]


def links(sheet: Worksheet) -> list[str | None]:
    """Where the links of a sheet lead within the workbook, None for one that leads out of it."""
    return [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]


def test_a_workbook_has_a_cover_contents_notes_and_one_table_a_sheet() -> None:
    book = opened(TABLE, TABLE)
    assert book.sheetnames == ["Cover", "Contents", "Notes", "Table 1", "Table 2"]
    assert [len(sheet.tables) for sheet in book] == [0, 1, 1, 1, 1]
    assert book.properties.title == "Reliable recovery, per cent. Example trust, 2024-25"


def test_the_cover_says_what_where_when_by_whom_and_how_to_find_it_again() -> None:
    assert texts(opened(TABLE)["Cover"]) == [
        "Reliable recovery, per cent. Example trust, 2024-25",
        "Introductory information",
        "One view of Common Ground, as 1 table. The contents list them; the notes say how to read them.",
        "About these data",
        "Place: Example trust",
        "Period chosen: 2024-25",
        "Unknown ethnicity: Ethnicity is not known for 3 in every 100 referrals.",
        "Source: Example publication, 2024-25",
        "Licence: Example licence",
        "Release: r0007",
        f"Link to this view: {LINK}",
    ]


def test_the_contents_lead_to_each_table() -> None:
    contents = opened(TABLE, TABLE)["Contents"]
    assert table_of(contents)[1:] == [["Table 1", TABLE.caption], ["Table 2", TABLE.caption]]
    assert links(contents) == ["'Table 1'!A1", "'Table 2'!A1"]


@pytest.mark.parametrize("shorthand", ["[c]", "[u]", "[x]", "[z]"])
def test_the_notes_say_what_shorthand_means(shorthand: str) -> None:
    assert sum(text.startswith(f"{shorthand} means: ") for text in texts(opened(TABLE)["Notes"])) == 1


def test_the_notes_are_numbered_as_the_tables_refer_to_them() -> None:
    book = opened(TABLE)
    numbers = [row[0] for row in table_of(book["Notes"])[1:]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(f"[note {number}]" in " ".join(texts(book["Table 1"])) for number in numbers)


def test_a_sheet_has_caption_sentence_source_and_the_numbers_of_the_table() -> None:
    sheet = opened(TABLE)["Table 1"]
    told = texts(sheet)
    assert told[:2] == [TABLE.caption, "What table 1 says."]
    assert "Source: Example publication, 2024-25. Example licence." in told
    assert table_of(sheet) == [
        ["Ethnic group", "Reliable recovery (%)", *(f"Difference from White{end}" for end in ("", ": lower limit of 95% interval",
         ": upper limit of 95% interval")), "Finding"],
        ["Asian", 36.5, -14, -18, -9, "lower, worse"],
        ["Black", "[c]", "[x]", "[x]", "[x]", "not compared"],
        ["White", 50, "[x]", "[x]", "[x]", "reference group"],
    ]  # fmt: skip


def test_a_number_is_printed_with_the_digits_of_the_page() -> None:
    sheet = opened(TABLE)["Table 1"]
    (marked,) = sheet.tables.values()
    left, top, right, _ = range_boundaries(marked.ref)
    (row,) = list(sheet.iter_rows(top, None, left, right))[3:4]
    assert [cell.number_format for cell in row[1:5]] == ["#,##0.0"] * 4


@pytest.mark.parametrize("bad", FORMULAS)
def test_no_text_of_a_workbook_is_a_formula(bad: str) -> None:
    subject = Subject("file", "indicator", (), "r0007", bad, bad, bad, bad, bad, bad, ())
    book = opened(Table(bad, ["Ethnic group", bad], [[bad, bad]]), subject=subject, link=bad)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell.value for cell in cells if str(cell.value).lstrip(" \t").startswith(("=", "+", "-", "@", "＝"))]
    assert table_of(book["Table 1"]) == [["Ethnic group", f"'{bad}"], [f"'{bad}", f"'{bad}"]]


def test_text_that_the_library_would_act_upon_stays_text() -> None:
    link, note = "[Example](http://example.org) and [more](http://example.org)", "$$interval$$ $$nothing$$"
    book = opened(Table(link, ["Ethnic group", note], [[note, link]]))
    sheet = book["Table 1"]
    assert links(sheet) == []
    assert table_of(sheet)[1][1] == "[Example] (http://example.org) and [more] (http://example.org)"
    assert "[note" not in str(table_of(sheet))


def test_an_address_in_a_cell_is_text() -> None:
    sheet = opened(Table("Example", ["Ethnic group", "Where"], [["Asian", "http://example.org"]]))["Table 1"]
    assert (links(sheet), table_of(sheet)[1][1]) == ([], "http://example.org")

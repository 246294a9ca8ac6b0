"""Whatever kind of file a table comes in, its text comes out the same: no figure is rounded, typed or guessed."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import ExtractRefused
from pipelines.tables import ROW, fingerprint, open_tables
from pipelines.worksheets import plain
from tests.pipelines.files import (
    COLUMNS,
    GROUPS,
    HEADER,
    cells,
    edited,
    extract,
    frame,
    parquet,
    row,
    rows,
    saved,
    shared,
    sound,
    tables,
    template,
    template_workbook,
    with_rows,
    workbook,
    zipped,
)

MIDNIGHT = datetime(2024, 4, 1)  # noqa: DTZ001 - a day of a file has no time zone


def column(content: bytes, header: str = "a", name: str = "file.xlsx", folder: Path | None = None) -> list[str]:
    assert folder
    [table] = tables(folder, name, content)
    return rows(table)[header].to_list()


# ---------------------------------------------------------------------------------------------- The same text from each


@pytest.mark.parametrize("name", sound())
def test_every_kind_of_file_gives_the_same_text(name: str, tmp_path: Path) -> None:
    [table] = [one for one in tables(tmp_path, name, sound()[name]) if one.header]
    assert table.header == COLUMNS
    assert rows(table).rows() == [(number, *row(group).split(",")) for number, group in enumerate(GROUPS, start=2)]


@pytest.mark.parametrize("name", sound())
def test_a_file_is_known_by_its_bytes_and_not_by_its_name(name: str, tmp_path: Path) -> None:
    report = extract(tmp_path, "download", sound()[name]).report
    assert (report.rows_in, report.observations, report.errors) == (len(GROUPS), len(GROUPS), [])


def test_a_csv_that_a_browser_saved_compressed_is_read_by_what_it_is(tmp_path: Path) -> None:
    assert extract(tmp_path, "figures.csv", gzip.compress(template().encode())).report.observations == len(GROUPS)


@pytest.mark.parametrize("name", ["report.json", "extract.parquet", "refused.csv", ".gz", "unpacked", "a" * 240 + ".gz"])
def test_no_name_of_a_compressed_file_meets_a_file_of_the_workspace(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    found = extract(tmp_path / "in", name, gzip.compress(template().encode()))
    assert found.report.observations == len(GROUPS)
    assert [path.name for path in (tmp_path / "in" / "workspace").iterdir()] == ["unpacked"]


def test_a_header_that_begins_like_a_zip_is_still_a_header(tmp_path: Path) -> None:
    [table] = tables(tmp_path, "keys.csv", "PKID,name\n1,x\n")
    assert table.header == ("PKID", "name")


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (template().encode(), "utf-8"),
        (b"\xef\xbb\xbf" + template().encode(), "utf-8-sig"),
        (b'\xef\xbb\xbf"indicator_id"' + template().encode()[len("indicator_id") :], "utf-8-sig"),
        (template().replace("\n", "\r\n").encode(), "utf-8"),
        (template().replace("\n", "\r").encode(), "utf-8"),
        ((template() + "\n\n\n").encode(), "utf-8"),
        (template().rstrip("\n").encode(), "utf-8"),
        (template().replace("White", "White\xa0").encode("cp1252"), "cp1252"),
        (template().replace("a note", "naïve – “so”").encode("cp1252"), "cp1252"),
    ],
    ids=["plain", "mark", "mark and quotes", "CRLF", "CR", "blank lines at the end", "no last line end", "stray A0", "Windows-1252"],
)
def test_csv_in_every_published_encoding_and_line_ending_is_read(content: bytes, encoding: str, tmp_path: Path) -> None:
    report = extract(tmp_path, "template.csv", content).report
    assert (report.encodings, report.rows_in, report.observations, report.errors) == ([encoding], 4, 4, [])


def test_text_of_windows_1252_keeps_its_letters(tmp_path: Path) -> None:
    [table] = tables(tmp_path, "template.csv", f"{HEADER}\n{row(note='naïve – “so”')}\n".encode("cp1252"))
    assert rows(table)["note"].to_list() == ["naïve – “so”"]


# -------------------------------------------------------------------------------------------------------- Workbooks


def test_a_workbooks_days_and_numbers_come_out_as_published_text(tmp_path: Path) -> None:
    values = [MIDNIGHT.date(), MIDNIGHT, 320, 320.0, 47.5, 0.1 + 0.2, 0, -3, 1e-7, 123456789012345, True, "007", "[c]", "*", "1e5"]
    expected = "2024-04-01 2024-04-01 320 320 47.5 0.3 0 -3 0.0000001 123456789012345 TRUE 007 [c] * 1e5".split()
    assert column(workbook([["a"], *[[value] for value in values]]), folder=tmp_path) == expected


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.47, "0%", "47%"),
        (0.289, "0.0%", "28.9%"),
        (47.5, '0.0"%"', "47.5"),
        (47.5, "[Red]0.0;[Blue]-0.0", "47.5"),
        (47.5, "0.0;-0.0%", "47.5"),
        (320, "#,##0", "320"),
        (45383, "dd/mm/yyyy", "2024-04-01"),
        (45383, "[$-809]d mmmm yyyy", "2024-04-01"),
        (45383, "mmm-yy", "Apr-24"),
        (45383.5, "dd/mm/yyyy hh:mm", "2024-04-01 12:00:00"),
        (0.5, "hh:mm", "12:00:00"),
        (45383, "General", "45383"),
        (45383, '"days" 0', "45383"),
    ],
)
def test_a_cell_comes_out_as_its_format_shows_it(value: float, code: str, text: str, tmp_path: Path) -> None:
    assert column(workbook([["a"], [value]], formats={"A2": code}), folder=tmp_path) == [text]


def test_a_value_formatted_as_a_percentage_is_loaded_as_what_the_sheet_shows(tmp_path: Path) -> None:
    # 0.475 shown as 47.5% must never be loaded as half a per cent.
    line = [*cells()[:6], 0.475, 95, 200, ""]
    found = extract(tmp_path, "percent.xlsx", workbook([COLUMNS, line], formats={"G2": "0.0%"}))
    assert found.observations["value"].to_list() == [47.5]


def test_a_workbook_that_counts_days_from_1904_gives_the_same_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001
    book.worksheets[0].append(["a"])
    book.worksheets[0].append([date(2024, 4, 1)])
    buffer = io.BytesIO()
    book.save(buffer)
    assert column(buffer.getvalue(), folder=tmp_path) == ["2024-04-01"]


@settings(max_examples=20, deadline=None)
@given(days=st.lists(st.dates(date(1990, 1, 1), date(2099, 12, 31)), min_size=1, max_size=30))
def test_every_day_that_a_spreadsheet_holds_comes_out_as_that_day(days: list[date], tmp_path_factory: pytest.TempPathFactory) -> None:
    found = column(workbook([["a"], *[[day] for day in days]]), folder=tmp_path_factory.mktemp("days"))
    assert found == [day.isoformat() for day in days]


@settings(max_examples=25, deadline=None)
@given(numbers=st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False), min_size=1, max_size=30))
def test_every_number_comes_out_with_its_own_digits(numbers: list[float], tmp_path_factory: pytest.TempPathFactory) -> None:
    found = column(workbook([["a"], *[[float(number)] for number in numbers]]), folder=tmp_path_factory.mktemp("numbers"))
    assert [float(text) for text in found] == [float(number) for number in numbers]
    assert not any("e" in text.lower() or text.endswith(".0") for text in found)


@pytest.mark.parametrize(
    ("number", "text"), [(0.0, "0"), (320.0, "320"), (1e-13, "0"), (1e15, "1000000000000000"), (100 / 3, "33.333333333333")]
)
def test_a_number_has_no_exponent_and_no_more_digits_than_a_sheet_shows(number: float, text: str) -> None:
    assert plain(number) == text


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40).filter(
    lambda text: text.strip() and not text.startswith("=") and "_x" not in text
)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=20))
def test_every_text_comes_out_as_it_was_written(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    assert column(workbook([["a"], *[[text] for text in texts]]), folder=tmp_path_factory.mktemp("texts")) == texts


def test_rows_of_a_sheet_keep_their_numbers_across_blank_rows(tmp_path: Path) -> None:
    [table] = tables(tmp_path, "gaps.xlsx", workbook([[], ["a", "b"], [], ["x", None], ["", "  "], [None, "y"]]))
    assert rows(table).rows() == [(4, "x", ""), (6, "", "y")]


def test_texts_in_runs_are_joined_and_their_pronunciation_is_left_out(tmp_path: Path) -> None:
    runs = '<row r="9"><c r="A9" t="inlineStr"><is><r><t>Wh</t></r><r><t>ite_x0041_</t></r><rPh><t>no</t></rPh></is></c></row>'
    assert column(with_rows(runs, workbook([["a"]])), folder=tmp_path) == ["WhiteA"]


def test_a_shared_text_in_runs_is_joined_and_its_pronunciation_is_left_out(tmp_path: Path) -> None:
    content, _ = shared(workbook([["a"]]), "Wh</t><r><t>ite_x0041_</t></r><rPh><t>no</t></rPh><t>")
    assert column(with_rows('<row><c t="s"><v>1</v></c></row>', content), folder=tmp_path) == ["WhiteA"]


def test_cells_and_rows_without_a_reference_stand_where_they_follow(tmp_path: Path) -> None:
    xml = '<row><c><v>1</v></c><c t="str"><v>x</v></c></row><row><c/><c><v>2</v></c></row>'
    [table] = tables(tmp_path, "plain.xlsx", with_rows(xml, workbook([["a", "b"]])))
    assert rows(table).rows() == [(2, "1", "x"), (3, "", "2")]


def test_cells_that_only_have_a_colour_are_nothing_however_far_out(tmp_path: Path) -> None:
    report = extract(tmp_path, "colour.xlsx", with_rows('<row r="1048576"><c r="XFD1048576" s="1"/></row>')).report
    assert (report.observations, report.errors) == (4, [])


def test_a_formula_with_its_value_is_read_as_the_value(tmp_path: Path) -> None:
    xml = '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>""</f><v></v></c></row>'
    [table] = tables(tmp_path, "formula.xlsx", with_rows(xml, workbook([["a", "b"]])))
    assert rows(table).rows() == [(2, "2", "")]


def test_prefixed_elements_and_absolute_targets_are_read_too(tmp_path: Path) -> None:
    # As the Open XML SDK writes them.
    absolute = (b'Target="worksheets', b'Target="/xl/worksheets')
    relations = edited(template_workbook(), lambda part: part.replace(*absolute), "xl/_rels/workbook.xml.rels")

    def prefixed(part: bytes) -> bytes:
        text = part.replace(b"</", b"\0").replace(b"<?", b"\1").replace(b"<", b"<x:").replace(b"\0", b"</x:").replace(b"\1", b"<?")
        return text.replace(b"xmlns=", b"xmlns:x=")

    assert extract(tmp_path, "prefixed.xlsx", edited(relations, prefixed)).report.observations == len(GROUPS)


def test_a_sheet_of_notes_and_a_hidden_sheet_are_named_and_passed_over(tmp_path: Path) -> None:
    template_rows = [COLUMNS, *(cells(group) for group in GROUPS)]
    other = [COLUMNS, [*cells("Other Ethnic Groups")]]
    report = extract(tmp_path, "sheets.xlsx", workbook([["Notes", "Notes"], ["read me"]], template_rows, other, hidden=[2])).report
    assert (report.observations, report.errors) == (4, [])
    assert ["Sheet 1" in report.notes[0], "Sheet 3” (hidden) is no table" in report.notes[1]] == [True, True]


def test_a_sheet_is_read_in_batches_that_join_without_a_gap(tmp_path: Path) -> None:
    written = openpyxl.Workbook(write_only=True)
    sheet = written.create_sheet()
    sheet.append(["a", "b"])
    for number in range(2, 180_002):
        sheet.append([number, None])
    buffer = io.BytesIO()
    written.save(buffer)
    [table] = tables(tmp_path, "long.xlsx", buffer.getvalue())
    batches = list(table.batches())
    assert len(batches) > 1
    joined = pl.concat(batches)
    assert joined[ROW].to_list() == list(range(2, 180_002))
    assert joined["a"].cast(pl.Int64).to_list() == joined[ROW].to_list()


# ---------------------------------------------------------------------------------------------------------- Parquet


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pl.Series([320.0, 47.5, None]), ["320", "47.5", ""]),
        (pl.Series([0.1 + 0.2, -0.0, 1e14]), ["0.3", "0", "100000000000000"]),
        (pl.Series([47.1, 320.0], dtype=pl.Float32), ["47.1", "320"]),
        (pl.Series([320, None]), ["320", ""]),
        (pl.Series([date(2024, 4, 1), None]), ["2024-04-01", ""]),
        (pl.Series([MIDNIGHT, MIDNIGHT.replace(hour=12)]), ["2024-04-01", "2024-04-01 12:00:00"]),
        (pl.Series([MIDNIGHT]).dt.cast_time_unit("ns"), ["2024-04-01"]),
        (pl.Series([MIDNIGHT]).dt.replace_time_zone("Europe/London"), ["2024-04-01"]),
        (pl.Series(["007", " x", None]), ["007", " x", ""]),
        (pl.Series(["a", "b", "a"], dtype=pl.Categorical), ["a", "b", "a"]),
        (pl.Series([True, False]), ["true", "false"]),
        (pl.Series([None, None], dtype=pl.Null), ["", ""]),
        (pl.Series([float("nan"), float("inf")]), ["NaN", "inf"]),
    ],
    ids=str,
)
def test_typed_columns_of_parquet_come_out_as_published_text(values: pl.Series, texts: list[str], tmp_path: Path) -> None:
    assert column(parquet(pl.DataFrame({"a": values})), name="a.parquet", folder=tmp_path) == texts


def test_rows_of_parquet_are_numbered_across_batches(tmp_path: Path) -> None:
    content = parquet(pl.DataFrame({"a": pl.int_range(600_000, eager=True)}))
    [table] = tables(tmp_path, "a.parquet", content)
    found = rows(table)
    assert (found[ROW] == found["a"].cast(pl.Int64) + 2).all()
    assert found.height == 600_000


# --------------------------------------------------------------------------------------------------------- Archives


def test_every_table_of_a_zip_is_opened_by_its_own_name(tmp_path: Path) -> None:
    members = {"2024-25/a.csv": template(), "b.xlsx": template_workbook(), "c.parquet": parquet(), "back\\slash.csv": template()}
    found = tables(tmp_path, "all.zip", zipped(members))
    assert [table.name for table in found] == ["a.csv", "b.xlsx, sheet “Sheet 1”", "c.parquet", "slash.csv"]
    assert [rows(table).height for table in found] == [4, 4, 4, 4]


def test_what_describes_the_tables_of_a_zip_is_named_and_passed_over(tmp_path: Path) -> None:
    members = {"a.csv": template(), "README.txt": "the, the", "metadata.pdf": b"%PDF-1.7", "empty.md": ""}
    report = extract(tmp_path, "described.zip", zipped(members)).report
    assert (report.observations, report.errors) == (4, [])
    assert report.notes == [f"{name} is no table and was passed over." for name in ("README.txt", "metadata.pdf", "empty.md")]


def test_what_file_managers_leave_in_a_zip_is_not_there(tmp_path: Path) -> None:
    members = {"a.csv": template(), "__MACOSX/._a.csv": b"\0\5\x16\7", ".DS_Store": b"\0", "x/Thumbs.db": b"\0", "folder/": b""}
    assert [table.name for table in tables(tmp_path, "mac.zip", zipped(members))] == ["a.csv"]


def test_no_member_of_a_zip_is_unpacked_outside_the_workspace(tmp_path: Path) -> None:
    names = ["../../evil.csv", "/etc/evil.csv", "..", "C:\\evil.csv", "x" * 300 + ".csv", "a\nb.csv", "evil.csv", "evil2/evil.csv"]
    (tmp_path / "in").mkdir()
    before = set(tmp_path.parent.iterdir())
    found = tables(tmp_path / "in", "slip.zip", zipped(dict.fromkeys(names, template())))
    assert [rows(table).height for table in found] == [4] * len(names)
    assert set(tmp_path.parent.iterdir()) == before
    assert not [path for path in tmp_path.rglob("*") if "evil" in path.name]
    assert not any("\n" in table.name for table in found)


def test_a_workbook_and_its_zip_hold_the_same_table(tmp_path: Path) -> None:
    stored = zipped({"book.xlsx": template_workbook()}, zipfile.ZIP_STORED)
    assert extract(tmp_path, "book.zip", stored).report.observations == len(GROUPS)


# ------------------------------------------------------------------------------------------------------ Fingerprints


def test_the_fingerprint_is_that_of_the_bytes(tmp_path: Path) -> None:
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert fingerprint(saved(tmp_path, "abc", b"abc")) == known


def test_what_is_no_file_has_no_fingerprint(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ExtractRefused, match="is a pipe"):
        fingerprint(tmp_path / "pipe")


def test_tables_are_read_anew_at_each_call(tmp_path: Path) -> None:
    for name, content in sound().items():
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        [table] = [one for one in open_tables(saved(folder, name, content), folder / "workspace") if one.header]
        assert rows(table).equals(rows(table))


def test_the_template_as_parquet_feeds_the_same_observations_as_csv(tmp_path: Path) -> None:
    by_csv = extract(tmp_path, "a.csv", template()).observations.drop("extract_sha256")
    by_parquet = extract(tmp_path, "a.parquet", parquet(frame())).observations.drop("extract_sha256")
    assert by_csv.equals(by_parquet)


def test_a_time_without_a_day_is_not_a_day(tmp_path: Path) -> None:
    found = column(workbook([["a"], [time(9, 30)], [timedelta(hours=30)]]), folder=tmp_path)
    assert found == ["09:30:00", "1899-12-31 06:00:00"]

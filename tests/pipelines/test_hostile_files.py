"""Whatever file is given: sound figures, or a refusal that says what, where, which value and what to do; nothing else.

Each refused file is named with the words that a person must find in its message.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import shutil
import socket
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from pipelines.archives import Limits
from pipelines.errors import ExtractRefused
from pipelines.extracts import Extract, read_extract
from pipelines.tables import open_tables
from pipelines.worksheets import EXCEL_CHARACTERS
from tests.pipelines.files import (
    COLUMNS,
    GROUPS,
    HEADER,
    SHEET,
    cells,
    edited,
    extract,
    frame,
    locked,
    parquet,
    replaced,
    row,
    rows,
    saved,
    shared,
    sound,
    spoilt,
    tables,
    template,
    template_workbook,
    with_rows,
    workbook,
    zipped,
)

FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ENTITIES = b'<!DOCTYPE bomb [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


def refusal(found: Extract) -> str:
    """The one reason for which a file was refused whole; nothing of it was kept."""
    assert not found.report.loadable
    assert found.observations.is_empty()
    [reason] = found.report.errors
    assert len(reason) < 1_200
    assert not any(word in reason for word in ("Traceback", "Error:", "\n", "object at 0x"))
    assert reason.rstrip().endswith((".", "!"))
    return reason


# --------------------------------------------------------------------------------------------------- No ordinary file


def unreadable(folder: Path) -> Path:
    path = saved(folder, "locked.csv", template())
    path.chmod(0)
    return path


def listening(folder: Path) -> Path:
    path = folder / "socket"
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))
    return path


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "pipe.csv")
    return folder / "pipe.csv"


def link(folder: Path, target: str) -> Path:
    (folder / "link.csv").symlink_to(target)
    return folder / "link.csv"


NO_FILES: dict[str, tuple[Callable[[Path], Path], tuple[str, ...]]] = {
    "empty": (lambda folder: saved(folder, "empty.csv", b""), ("empty.csv is empty", "Download it again")),
    "nothing": (lambda folder: folder / "gone.csv", ("gone.csv is not there", "Check the path")),
    "folder": (lambda folder: folder, ("is a folder", "one file at a time, or a zip")),
    "name in no encoding": (
        lambda folder: saved(folder, os.fsdecode(b"\xff\xfe.csv"), template()),
        ("\ufffd\ufffd.csv has a name that is not written in Unicode", "Rename it"),
    ),
    "below a file": (lambda folder: saved(folder, "a", b"x") / "b.csv", ("b.csv cannot be read: Not a directory",)),
    "pipe": (pipe, ("pipe.csv is a pipe, a socket or a device", "Save what it holds as a file")),
    "socket": (listening, ("socket is a pipe, a socket or a device",)),
    "device": (lambda folder: Path("/dev/zero"), ("zero is a pipe, a socket or a device",)),
    "link to a file": (
        lambda folder: link(folder, str(saved(folder, "a.csv", template()))),
        ("link.csv is a link to", "Give the file itself"),
    ),
    "link to a device": (lambda folder: link(folder, "/dev/zero"), ("is a link to /dev/zero",)),
    "link to nothing": (lambda folder: link(folder, "gone"), ("is a link to gone",)),
    "link to itself": (lambda folder: link(folder, "link.csv"), ("is a link to link.csv",)),
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize(("make", "words"), NO_FILES.values(), ids=NO_FILES)
def test_what_is_no_ordinary_file_is_refused_and_never_waited_for(
    make: Callable[[Path], Path], words: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(ExtractRefused) as refused:
        open_tables(make(tmp_path), tmp_path / "workspace")
    assert all(word in str(refused.value) for word in words), str(refused.value)
    assert not (tmp_path / "workspace").exists()


@pytest.mark.timeout(10)
@pytest.mark.parametrize("make", [make for make, _ in NO_FILES.values()], ids=NO_FILES)
def test_what_is_no_ordinary_file_has_a_report_like_any_other(make: Callable[[Path], Path], tmp_path: Path) -> None:
    refusal(read_extract(make(tmp_path), tmp_path / "workspace"))


@pytest.fixture
def stranger() -> Iterator[Path]:
    """A folder that everyone may enter, and an account that may not read all: root may, and steps down for the test."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_file_that_may_not_be_read_is_refused_with_the_systems_reason(stranger: Path) -> None:
    path = unreadable(stranger)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65_534)
    try:
        with pytest.raises(ExtractRefused, match=r"locked.csv cannot be read: Permission denied. Check its path and who may read it"):
            open_tables(path, stranger / "workspace")
        found = read_extract(path, stranger / "workspace")
    finally:
        if root:
            os.seteuid(0)
    assert "Permission denied" in refusal(found)


# ------------------------------------------------------------------------------------------------------ Other formats

FORMATS: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ("an old or an encrypted Excel file", "Save it as CSV")),
    "report.pdf": (b"%PDF-1.7\n", ("is a PDF", "CSV of the same publication")),
    "year.rar": (b"Rar!\x1a\x07\x00", ("is a RAR archive", "Unpack it")),
    "year.7z": (b"7z\xbc\xaf\x27\x1c", ("is a 7-Zip archive", "Unpack it")),
    "year.bz2": (b"BZh91AY&SY", ("compressed in a way that is not read here", "Unpack it")),
    "year.xz": (b"\xfd7zXZ\x00", ("compressed in a way that is not read here",)),
    "year.zst": (b"\x28\xb5\x2f\xfd\x04", ("compressed in a way that is not read here",)),
    "a.arrow": (b"ARROW1\x00\x00", ("is an Arrow file", "Save it as CSV or Parquet")),
    "a.sqlite": (b"SQLite format 3\x00", ("is a database",)),
    "a.rtf": (b"{\\rtf1\\ansi", ("is a text document",)),
    "page.csv": (b"\n<!DOCTYPE html><html><body>Sign in</body></html>", ("is a web page", "Download it again")),
    "page2.csv": (b"\xef\xbb\xbf<HTML>", ("is a web page",)),
    "a.xml": (b'<?xml version="1.0"?><a/>', ("is XML",)),
    "letter.docx": (zipped({"word/document.xml": "<a/>"}), ("is a Word document", "Save its table as CSV")),
    "slides.pptx": (zipped({"ppt/presentation.xml": "<a/>"}), ("is a PowerPoint presentation",)),
    "binary.xlsb": (zipped({"xl/workbook.bin": b"\0"}), ("is a binary workbook (XLSB)",)),
    "sheet.ods": (zipped({"content.xml": "<a/>"}), ("is an OpenDocument file",)),
    "picture.png": (b"\x89PNG\r\n\x1a\n" + bytes(20), ("holds NUL bytes",)),
}


@pytest.mark.parametrize(("name", "content", "words"), [(name, *case) for name, case in FORMATS.items()], ids=FORMATS)
def test_another_format_is_named_with_what_to_do_about_it(name: str, content: bytes, words: tuple[str, ...], tmp_path: Path) -> None:
    reason = refusal(extract(tmp_path, name, content))
    assert all(word in reason for word in (name, *words)), reason


# ----------------------------------------------------------------------------------------------------------- Archives

GZIP = gzip.compress(template().encode(), mtime=0)
ZIP = zipped({"a.csv": template()})


def link_in_zip() -> bytes:
    path = Path(tempfile.mkdtemp()) / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("a.csv")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return path.read_bytes()


def by_method(content: bytes, method: int) -> bytes:
    """A zip whose directory names another way of compression."""
    changed = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        at = content.index(signature)
        changed[at + offset : at + offset + 2] = method.to_bytes(2, "little")
    return bytes(changed)


ARCHIVES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "encrypted.zip": (locked(ZIP), ("encrypted.zip is encrypted (a.csv)", "with its password")),
    "nested.zip": (zipped({"in.zip": ZIP}), ("in.zip is an archive within the archive", "Unpack the outer one")),
    "gzipped.zip": (zipped({"a.csv.gz": GZIP}), ("a.csv.gz is an archive within the archive",)),
    "zip.gz": (gzip.compress(ZIP), ("zip.gz is an archive within the archive",)),
    "empty.zip": (zipped({}), ("empty.zip is a zip with no file in it",)),
    "hollow.zip": (zipped({"a.csv": template(), "b.csv": ""}), ("b.csv is empty",)),
    "many.zip": (zipped({f"{number}.csv": template() for number in range(51)}), ("many.zip holds 51 files, more than 50", "in parts")),
    "link.zip": (link_in_zip(), ("link.zip holds a link (a.csv)", "Zip the file itself")),
    "deflate64.zip": (by_method(ZIP, 9), ("compresses a.csv by method 9, which is not read here", "Unpack it")),
    "lzma.zip": (zipped({"a.csv": template()}, zipfile.ZIP_LZMA), ("compresses a.csv by method 14",)),
    "cut.zip": (ZIP[:-30], ("cut.zip is damaged or not whole", "Download it again")),
    "crc.zip": (ZIP.replace(b"PK\x01\x02", b"PK\x01\x03"), ("crc.zip is damaged or not whole",)),
    "flipped.zip": (ZIP[:45] + bytes([ZIP[45] ^ 0xFF]) + ZIP[46:], ("flipped.zip is damaged or not whole",)),
    "cut.gz": (GZIP[:-12], ("cut.gz is damaged or not whole", "Download it again")),
    "flipped.gz": (GZIP[:30] + b"\xff\xff\xff" + GZIP[33:], ("flipped.gz is damaged or not whole",)),
    "trailing.gz": (GZIP + b"more", ("trailing.gz is damaged or not whole",)),
    "hollow.gz": (gzip.compress(b""), ("hollow.gz is empty",)),
    "readme.zip": (zipped({"README.txt": "Figures, figures"}), ("README.txt is not a layout that is known here",)),
    "bomb.gz": (gzip.compress(bytes(80 << 20)), ("bomb.gz unpacks to more than 64 MB, which no published table of its size does",)),
    "bomb.zip": (zipped({"a.csv": bytes(80 << 20)}), ("bomb.zip unpacks to more than 64 MB",)),
    "parts.zip": (zipped({f"{part}.csv": bytes(20 << 20) for part in range(4)}), ("parts.zip unpacks to more than 64 MB",)),
}


@pytest.mark.parametrize(("name", "content", "words"), [(name, *case) for name, case in ARCHIVES.items()], ids=ARCHIVES)
def test_a_hostile_archive_is_refused_in_words(name: str, content: bytes, words: tuple[str, ...], tmp_path: Path) -> None:
    reason = refusal(extract(tmp_path, name, content))
    assert all(word in reason for word in words), reason
    unpacked = [path for path in (tmp_path / "workspace").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in unpacked) <= 64 << 20


@pytest.mark.parametrize("name", ["big.zip", "big.gz"])
def test_an_archive_may_hold_as_much_as_its_limit_and_not_a_byte_more(name: str, tmp_path: Path) -> None:
    content = ZIP if name.endswith("zip") else GZIP
    most = Limits(unpacked_bytes=len(template().encode()))
    path = saved(tmp_path, name, content)
    assert len(open_tables(path, tmp_path / "fits", most)) == 1
    with pytest.raises(ExtractRefused, match=f"{name} unpacks to more than"):
        open_tables(path, tmp_path / "does not", Limits(unpacked_bytes=most.unpacked_bytes - 1))


def test_a_zip_that_says_it_is_small_is_stopped_when_it_is_not(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.csv": "0" * 1_000_000}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = bytes(content).index(signature)
        content[at + offset : at + offset + 4] = (10).to_bytes(4, "little")
    assert "damaged or not whole" in refusal(extract(tmp_path, "liar.zip", bytes(content)))


def test_a_disk_that_is_full_is_not_blamed_on_the_archive(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    path = saved(tmp_path, "a.gz", gzip.compress(template().encode() * 1_000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        found = read_extract(path, tmp_path / "workspace")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "a.gz cannot be unpacked here: File too large. Make room where temporary files go" in refusal(found)


# ---------------------------------------------------------------------------------------------------------------- CSV

CSVS: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "utf-16": (template().encode("utf-16"), ("is in UTF-16", "CSV UTF-8")),
    "utf-16 without a mark": (template().encode("utf-16-be"), ("holds NUL bytes",)),
    "NUL": (template().replace("White", "Wh\0ite"), ("holds NUL bytes", "Download it again")),
    "a byte of no encoding": (template(row(note="\x81")).encode("latin-1"), ("holds the byte 0x81", "CSV UTF-8")),
    "row of semicolons": (template(row().replace(",", ";")), ("line 6", "has 1 fields where the header has 10", "reliable_recovery;RYG")),
    "row too long": (template(row() + ",more"), ("line 6", "has 11 fields where the header has 10")),
    "row too short": (
        template("tt_reliable_recovery,RYG"),
        ("line 6", "has 2 fields where the header has 10", "'tt_reliable_recovery,RYG'"),
    ),
    "trailing comma in rows": (template().replace("a note\n", "a note,\n"), ("line 2", "has 11 fields")),
    "trailing comma": (template().replace("note\n", "note,\n"), ("It has too many: a column without a name",)),
    "header twice": (template().replace("numerator", "value", 1), ("the header names a column twice: value",)),
    "header only": (HEADER + "\n", ("has a header and no rows",)),
    "header only, no line end": (HEADER, ("has a header and no rows",)),
    "blank": ("\n\n\n", ("has no header row", "The first row must name the columns")),
    "commas": (",,,\n1,2,3,4\n", ("has no header row",)),
    "header with an open quote": ('"' + template(), ("line 1: a quote is opened and not closed", "Close it")),
    "title": ("A title\n" + template(), ("is not a layout that is known here", "is: a title")),
    "one long cell": (template(row(note="x" * 50_000_000)), ("has a row of more than 8 MB", "Download it again")),
    "100,000 columns": (
        "\n".join([",".join(f"c{number}" for number in range(100_000))] * 2),
        ("has 100,000 columns, more than the 500", "'c0'"),
    ),
}


@pytest.mark.parametrize(("content", "words"), CSVS.values(), ids=CSVS)
def test_a_hostile_csv_is_refused_in_words(content: str | bytes, words: tuple[str, ...], tmp_path: Path) -> None:
    reason = refusal(extract(tmp_path, "upload.csv", content))
    assert all(word in reason for word in ("upload.csv", *words)), reason


def test_the_line_of_a_bad_row_is_its_own_and_not_that_of_a_row_which_begins_alike(tmp_path: Path) -> None:
    # Published rows agree in far more than their first 80 characters.
    alike = row(note="x" * 100)
    reason = refusal(extract(tmp_path, "alike.csv", template(alike, alike, alike + ",more")))
    assert "alike.csv, line 8: " in reason


def test_the_line_of_a_bad_row_is_found_in_windows_1252_too(tmp_path: Path) -> None:
    content = template(row(note="naïve"), row(note="naïve") + ",more").encode("cp1252")
    assert "old.csv, line 7: " in refusal(extract(tmp_path, "old.csv", content))


OPEN_QUOTES = {
    "in the last row": template(row(note='"open')),
    "in the middle": template(row(note='"open'), row("Other Ethnic Groups")),
    # Two quotes that are never closed make a pair, and the rows between them one field.
    "twice": template(row(note='"open'), row("Other Ethnic Groups"), row("Mixed", note='"open')),
}


@pytest.mark.parametrize("content", OPEN_QUOTES.values(), ids=OPEN_QUOTES)
def test_a_quote_that_is_not_closed_never_swallows_rows(content: str, tmp_path: Path) -> None:
    reason = refusal(extract(tmp_path, "open.csv", content))
    assert "line 6" in reason
    assert "quote" in reason


def test_a_row_below_a_blank_line_is_reported_by_its_own_line(tmp_path: Path) -> None:
    report = extract(tmp_path, "gap.csv", template("", row("Nobody"))).report
    places = [one["source_row"] for one in report.refusals] or [7 for error in report.errors if "line 6" in error]
    assert places == [7]


def test_rows_of_commas_that_excel_leaves_at_the_end_are_no_rows(tmp_path: Path) -> None:
    report = extract(tmp_path, "commas.csv", template("," * 9, "," * 9)).report
    assert (report.rows_in, report.rows_refused) == (4, 0)


@pytest.mark.parametrize("rows_before", [0, 60_000], ids=["first block", "across blocks"])
def test_a_line_break_within_quotes_is_read_right_or_refused(rows_before: int, tmp_path: Path) -> None:
    quoted = row("Other Ethnic Groups", note='"two\nlines"')
    content = template(*[row(note="x" * 130)] * rows_before, quoted, row("White", note="last"))
    found = extract(tmp_path, "breaks.csv", content)
    if found.report.errors:
        assert "line" in refusal(found)
    else:
        assert found.report.rows_in == len(GROUPS) + rows_before + 2


# ---------------------------------------------------------------------------------------------------------- Workbooks

BOOK = template_workbook()


def twice(content: bytes) -> bytes:
    """A workbook with a second copy of its sheet in which a figure is another."""
    other = edited(content, lambda part: part.replace(b"<v>50</v>", b"<v>90</v>"))
    buffer = io.BytesIO(content)
    with (
        zipfile.ZipFile(io.BytesIO(other)) as source,
        zipfile.ZipFile(buffer, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr(SHEET, source.read(SHEET))
    return buffer.getvalue()


WORKBOOKS: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "far cell": (with_rows(FAR), ("sheet “Sheet 1”, cell XFD1048576", "beyond column 500", "'1'", "Delete what stands out there")),
    "far column": (with_rows('<row r="9"><c r="SG9"><v>7</v></c></row>'), ("cell SG9: lies beyond column 500", "'7'")),
    "row beyond a sheet": (with_rows('<row r="1048577"><c r="A1048577"><v>1</v></c></row>'), ("row 1,048,577", "1,048,576 rows")),
    "row number of a liar": (with_rows('<row r="99999999999999999999"/>'), ("is out of order, or beyond",)),
    "beside the table": (
        workbook([COLUMNS, [*cells(), "", "see below"]]),
        ("row 2: has 12 cells where the header has 10", "'see below'", "Delete what stands beside"),
    ),
    "a cell twice": (with_rows('<row r="9"><c r="A9"><v>1</v></c><c r="A9"><v>2</v></c></row>'), ("cell A9: is out of order",)),
    "a row twice": (with_rows('<row r="2"><c r="A2"><v>1</v></c></row>'), ("row 2: is out of order",)),
    "a cell of another row": (with_rows('<row r="9"><c r="A8"><v>1</v></c></row>'), ("cell A8: is out of order",)),
    "no such column": (with_rows('<row r="9"><c r="a9"><v>1</v></c></row>'), ("cell a9: is out of order",)),
    "formula without a value": (
        template_workbook(["=A2", *cells()[1:]]),
        ("cell A6: holds a formula without its value", "let it calculate"),
    ),
    "no number": (with_rows('<row r="9"><c r="A9"><v>0x1F</v></c></row>'), ("cell A9: is said to hold a number and holds '0x1F'",)),
    "not a number": (with_rows('<row r="9"><c r="A9"><v>NaN</v></c></row>'), ("cell A9: is said to hold a number and holds 'NaN'",)),
    "a text that is not there": (
        with_rows('<row r="9"><c r="A9" t="s"><v>9</v></c></row>'),
        ("cell A9: means a text that is not there ('9')",),
    ),
    "a text before the first": (
        with_rows('<row r="9"><c r="A9" t="s"><v>-1</v></c></row>', shared(BOOK)[0]),
        ("cell A9: means a text that is not there ('-1')",),
    ),
    "long text": (
        with_rows(f'<row r="9"><c r="A9" t="inlineStr"><is><t>{"x" * (EXCEL_CHARACTERS + 1)}</t></is></c></row>'),
        ("cell A9: holds more than 32,767 characters", "Shorten it"),
    ),
    "long shared text": (shared(BOOK, "x" * (EXCEL_CHARACTERS + 1))[0], ("holds a text of more than 32,767 characters", "Shorten it")),
    "document type": (
        edited(BOOK, lambda part: ENTITIES + part.partition(b"?>")[2]),
        ("declares a document type in xl/worksheets/sheet1.xml",),
    ),
    "document type of the book": (
        edited(BOOK, lambda part: ENTITIES + part.partition(b"?>")[2], "xl/workbook.xml"),
        ("declares a document type in xl/workbook.xml",),
    ),
    "macros": (edited(BOOK, bytes, add={"xl/vbaProject.bin": b"\0"}), ("holds macros", "without macros")),
    "locked": (locked(BOOK), ("is encrypted", "password")),
    "a part twice": (twice(BOOK), ("holds a part twice", "nobody can tell which one counts")),
    "no directory": (BOOK[:-22], ("damaged or not whole",)),
    "broken XML": (edited(BOOK, lambda part: part[:400]), ("is damaged: xl/worksheets/sheet1.xml is not sound XML",)),
    "no sheet": (edited(BOOK, bytes, drop=SHEET), ("lacks a part that it lists (xl/worksheets/sheet1.xml)",)),
    "no styles": (edited(BOOK, bytes, drop="xl/styles.xml"), ("lacks a part that it lists (xl/styles.xml)",)),
    "no relations": (edited(BOOK, bytes, drop="xl/_rels/workbook.xml.rels"), ("has no sheet to be seen",)),
    "sheet outside the book": (
        replaced(b'Target="/?(xl/)?worksheets/sheet1.xml"', b'Target="../../../etc/passwd"', "xl/_rels/workbook.xml.rels"),
        ("lacks a part that it lists (etc/passwd)",),
    ),
    "sheet elsewhere": (
        replaced(b'Target="/?(xl/)?worksheets/sheet1.xml"', b'Target="https://example.org/a.xml"', "xl/_rels/workbook.xml.rels"),
        ("lacks a part that it lists",),
    ),
    "nothing": (workbook([]), ("has no sheet to be seen with anything in it",)),
    "title": (workbook([["A title"], [], COLUMNS, cells()]), ("Its first row, which must name the columns, is: a title",)),
    "header twice": (workbook([[*COLUMNS, "Value"], cells()]), ("the header names a column twice: value",)),
    "header only": (workbook([COLUMNS]), ("has a header and no rows",)),
    "600 columns": (workbook([[f"c{number}" for number in range(500)] + ["x"]]), ("beyond column 500",)),
    "cut": (BOOK[: len(BOOK) // 2], ("damaged or not whole",)),
    "bomb": (edited(BOOK, bytes, add={"xl/media/a.bin": bytes(80 << 20)}), ("unpacks to 80 MB, more than the 64 MB",)),
    "many parts": (edited(BOOK, bytes, add={f"xl/{number}": b"" for number in range(2_000)}), ("parts, more than a workbook has",)),
}


@pytest.mark.parametrize(("content", "words"), WORKBOOKS.values(), ids=WORKBOOKS)
def test_a_hostile_workbook_is_refused_in_words(content: bytes, words: tuple[str, ...], tmp_path: Path) -> None:
    found = extract(tmp_path, "upload.xlsx", content)
    reason = refusal(found)
    assert all(word in reason for word in ("upload.xlsx", *words)), reason


def test_a_table_on_a_hidden_sheet_is_not_loaded_behind_anyones_back(tmp_path: Path) -> None:
    found = extract(tmp_path, "hidden.xlsx", workbook([["Notes"]], [COLUMNS, cells()], hidden=[1]))
    assert found.observations.is_empty()
    visible, hidden = found.report.errors
    assert "sheet “Sheet 1” is not a layout that is known here" in visible
    assert hidden == "hidden.xlsx, sheet “Sheet 2” (hidden) is no table and was passed over."


def test_a_dimension_that_is_said_to_be_vast_does_no_harm(tmp_path: Path) -> None:
    content = replaced(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"')
    assert extract(tmp_path, "vast.xlsx", content).report.observations == len(GROUPS)


def test_a_workbooks_limit_on_its_size_is_the_one_that_is_given(tmp_path: Path) -> None:
    path = saved(tmp_path, "book.xlsx", BOOK)
    with pytest.raises(ExtractRefused, match=r"unpacks to .*, more than the 1 kB"):
        open_tables(path, tmp_path / "workspace", Limits(workbook_bytes=1024))


def test_a_text_that_many_cells_share_does_not_fill_the_memory(tmp_path: Path) -> None:
    # 40,000 cells of 32,000 characters are 1.3 GB, from a file of 100 kB.
    content, texts = shared(template_workbook(), "x" * 32_000)
    long = f'<c t="s"><v>{texts.index("x" * 32_000)}</v></c>'
    content = with_rows("".join(f"<row>{long}</row>" for _ in range(40_000)), content)
    [table] = tables(tmp_path, "shared.xlsx", content)
    sizes = [batch.estimated_size() for batch in table.batches()]
    assert sum(sizes) > 1 << 30
    assert max(sizes) < 128 << 20


# ------------------------------------------------------------------------------------------------------------ Parquet

PARQUETS: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "cut": (parquet()[:-20], ("damaged or not whole", "Download it again")),
    "garbage": (b"PAR1" + random.Random(1).randbytes(4_000) + b"PAR1", ("damaged or not whole",)),
    "lists": (parquet(frame().with_columns(note=pl.lit([1]))), ("column 'note' holds values of type", "list", "texts, numbers, days")),
    "bytes": (parquet(frame().with_columns(note=pl.lit(b"x"))), ("column 'note' holds values of type", "binary")),
    "structures": (parquet(frame().with_columns(note=pl.struct("value"))), ("column 'note' holds values of type struct",)),
    "hours": (parquet(frame().with_columns(note=pl.time(1))), ("column 'note' holds values of type time",)),
    "no rows": (parquet(frame().clear()), ("has a header and no rows",)),
    "600 columns": (parquet(pl.DataFrame({f"c{number}": [1] for number in range(600)})), ("has 600 columns, more than the 500",)),
    "header twice": (parquet(frame().rename({"note": "Value"})), ("the header names a column twice: value",)),
    "index of pandas": (parquet(frame().with_columns(__index_level_0__=1)), ("It has too many: __index_level_0__",)),
}


@pytest.mark.parametrize(("content", "words"), PARQUETS.values(), ids=PARQUETS)
def test_a_hostile_parquet_file_is_refused_in_words(content: bytes, words: tuple[str, ...], tmp_path: Path) -> None:
    reason = refusal(extract(tmp_path, "upload.parquet", content))
    assert all(word in reason for word in ("upload.parquet", *words)), reason


def test_a_small_file_of_600_million_rows_is_refused_by_its_footer(tmp_path: Path) -> None:
    path = tmp_path / "vast.parquet"
    pa_parquet.write_table(pa.table({"a": pa.nulls(600_000_000)}), path, row_group_size=600_000_000)
    assert path.stat().st_size < 2 << 20
    reason = refusal(read_extract(path, tmp_path / "workspace"))
    assert "vast.parquet says that it has 600,000,000 rows, more than the 100,000,000 that are read at once" in reason


def test_as_many_rows_as_the_limit_are_read_and_not_one_more(tmp_path: Path) -> None:
    path = saved(tmp_path, "four.parquet", parquet())
    assert len(open_tables(path, tmp_path, Limits(parquet_rows=4))) == 1
    with pytest.raises(ExtractRefused, match="says that it has 4 rows, more than the 3"):
        open_tables(path, tmp_path, Limits(parquet_rows=3))


def test_bytes_that_are_no_text_never_reach_polars(tmp_path: Path) -> None:
    # Declared as text, not UTF-8: Polars would trust it.
    wrong = pa.array([b"\xff\xfe\xfd"] * 4, pa.binary()).view(pa.string())
    path = tmp_path / "wrong.parquet"
    pa_parquet.write_table(frame().to_arrow().set_column(9, "note", wrong), path)
    assert "Invalid UTF8 sequence" in refusal(read_extract(path, tmp_path / "workspace"))


# -------------------------------------------------------------------------------------------------------------- Fuzzing


def spoilt_file(dice: random.Random, seeds: dict[str, bytes]) -> tuple[str, bytes]:
    """A random file with random injuries; every other workbook is injured in the XML inside its zip."""
    name = dice.choice(list(seeds))
    if name.endswith("xlsx") and dice.random() < 0.7:
        parts = [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"]
        return name, edited(seeds[name], lambda part: spoilt(part, dice), dice.choice(parts))
    if name.endswith("zip") and dice.random() < 0.5:
        return name, zipped({"a.csv": spoilt(template().encode(), dice), "b.csv": spoilt(template().encode(), dice)})
    return name, spoilt(seeds[name], dice)


def fuzz(first: int, count: int, folder: Path) -> dict[str, int]:
    """Read spoilt files; how many were accepted and refused. Whatever else happens fails with the file's number."""
    seeds = sound() | {"plain.parquet": _uncompressed(folder)}
    ends = {"accepted": 0, "refused": 0}
    for number in range(first, first + count):
        name, content = spoilt_file(random.Random(number), seeds)
        workspace = folder / str(number)
        workspace.mkdir()
        try:
            found = extract(workspace, name, content)
        except BaseException as error:
            raise AssertionError(f"spoilt file {number} ({name}): {type(error).__name__}: {error}") from error
        loadable = found.report.loadable
        assert loadable == (not found.observations.is_empty() and not found.report.errors), number
        assert loadable or all(found.report.errors), number
        assert all("\n" not in error for error in found.report.errors), number
        ends["accepted" if loadable else "refused"] += 1
        shutil.rmtree(workspace)
    return ends


def _uncompressed(folder: Path) -> bytes:
    frame().write_parquet(folder / "plain.parquet", compression="uncompressed")
    return (folder / "plain.parquet").read_bytes()


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_spoilt_files_are_read_or_refused_and_nothing_else(first: int, tmp_path: Path) -> None:
    ends = fuzz(first, 50, tmp_path)
    assert min(ends.values()) > 3, f"too few of a kind to tell anything: {ends}"


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("first", range(10_000, 15_000, 500))
def test_thousands_of_spoilt_files_are_read_or_refused_and_nothing_else(first: int, tmp_path: Path) -> None:
    assert sum(fuzz(first, 500, tmp_path).values()) == 500


def test_a_workbook_that_proves_damaged_at_its_last_byte_gives_none_of_its_rows(tmp_path: Path) -> None:
    # A checksum is compared at the end of a part: by then rows of the sheet have been read.
    long = with_rows("".join(f'<row><c t="str"><v>{"x" * 100}</v></c></row>' for _ in range(20_000)))
    content = bytearray(edited(long, bytes))
    entry = content.index(SHEET.encode(), content.index(b"PK\x01\x02")) - 46
    content[entry + 16] ^= 0xFF
    [table] = tables(tmp_path, "crc.xlsx", bytes(content))
    with pytest.raises(ExtractRefused, match=r"crc\.xlsx, sheet “Sheet 1” is damaged or not whole \(Bad CRC-32"):
        rows(table)
    (tmp_path / "again").mkdir()
    assert "damaged or not whole" in refusal(extract(tmp_path / "again", "crc.xlsx", bytes(content)))

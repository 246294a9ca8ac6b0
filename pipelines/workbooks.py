"""XLSX workbooks: what is in one is looked at before a cell is read, and its sheets come out as rows of text.

A native reader lays a sheet out as a rectangle, and one cell at XFD1048576 in a file of 5 kB makes it abort its process.
Here the XML is parsed as a stream by Expat, and nothing is laid out.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from pipelines.archives import DAMAGE, LIMITS, Limits, must_be_unlocked, shown, size, unpacking
from pipelines.errors import ExtractRefused
from pipelines.spreadsheet_xml import Attributes, read_part
from pipelines.worksheets import EXCEL_CHARACTERS, Book, Row, rows_of_sheet, unescaped

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_MACROS = re.compile(r"vbaProject|/macrosheets/|/activeX/", re.IGNORECASE)
_OTHER_OFFICE = {
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "xl/workbook.bin": "a binary workbook (XLSB)",
    "content.xml": "an OpenDocument file",
}
# Number formats that Excel does not write out (ECMA-376, 18.8.30): days, times, months, percentages.
_BUILT_IN = {
    **dict.fromkeys([14, 15, 16, 18, 19, 20, 21, 22, *range(27, 37), 45, 46, 47, *range(50, 59)], "date"),
    **{17: "month", 9: "percent", 10: "percent"},
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet; ``rows`` gives number and cells (column A first) of each row with a value, in a new pass at each call."""

    title: str
    hidden: bool
    rows: Callable[[], Iterator[Row]]


def office_kind(path: Path) -> str | None:
    """``workbook`` for an XLSX, words for another kind of Office file, None for a plain zip (or one that is damaged)."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except DAMAGE:
        return None
    if _WORKBOOK in names:
        return "workbook"
    return next((words for part, words in _OTHER_OFFICE.items() if part in names), None)


def sheets(path: Path, name: str, limits: Limits = LIMITS) -> list[Sheet]:
    """The sheets of a workbook in their order; ExtractRefused for one that is encrypted, too large or has macros."""
    with unpacking(name), zipfile.ZipFile(path) as archive:
        _must_be_harmless(archive, path, name, limits)
        listed, epoch = _listed(archive, name)
        relations = _relations(archive, name)
        parts = {kind: part for _, kind, part in relations}
        strings, kinds = _strings(archive, parts.get("sharedStrings"), name), _kinds(archive, parts.get("styles"), name)
        book = Book(strings, kinds, epoch, limits.columns)
    worksheets = {relation: part for relation, kind, part in relations if kind == "worksheet"}
    found: list[Sheet] = []
    for title, relation, hidden in listed:
        if relation in worksheets:
            place = f"{name}, sheet “{shown(title)}”"
            found.append(Sheet(title, hidden, _rows_of(path, worksheets[relation], place, book)))
    return found


def _rows_of(path: Path, part: str, place: str, book: Book) -> Callable[[], Iterator[Row]]:
    return lambda: rows_of_sheet(path, part, place, book)


def _must_be_harmless(archive: zipfile.ZipFile, path: Path, name: str, limits: Limits) -> None:
    members = archive.infolist()
    names = [info.filename for info in members]
    if len(members) > limits.workbook_members:
        raise ExtractRefused(f"{name} holds {len(members):,} parts, more than a workbook has. Save it as CSV and load that.")
    if len(set(names)) < len(names):
        raise ExtractRefused(f"{name} holds a part twice, so that nobody can tell which one counts. Save it as CSV and load that.")
    must_be_unlocked(members, name)
    if any(_MACROS.search(part) for part in names):
        raise ExtractRefused(f"{name} holds macros. Save it as CSV, or as an XLSX without macros.")
    most = min(limits.workbook_bytes, max(limits.small_bytes, limits.ratio * path.stat().st_size))
    unpacked = sum(info.file_size for info in members)
    if unpacked > most:
        raise ExtractRefused(
            f"{name} unpacks to {size(unpacked)}, more than the {size(most)} that a workbook of its size may. Save it as CSV and load that."
        )


# ------------------------------------------------------------------------------------------------------- Small parts


def _listed(archive: zipfile.ZipFile, name: str) -> tuple[list[tuple[str, str, bool]], datetime]:
    """Title, relation and whether it is hidden of each sheet; and the day from which the workbook counts days."""
    listed: list[tuple[str, str, bool]] = []
    epoch = [datetime(1899, 12, 30)]  # noqa: DTZ001 - a day of a sheet has no time zone

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            listed.append((attributes.get("name", ""), relation, attributes.get("state", "visible") != "visible"))
        elif tag == "workbookPr" and attributes.get("date1904") in {"1", "true", "on"}:
            epoch[0] = datetime(1904, 1, 1)  # noqa: DTZ001

    read_part(archive, _WORKBOOK, name, start)
    return listed, epoch[0]


def _relations(archive: zipfile.ZipFile, name: str) -> list[tuple[str, str, str]]:
    """Id, kind (worksheet, styles, sharedStrings ...) and part of each relation of the workbook."""
    relations: list[tuple[str, str, str]] = []
    parts = set(archive.namelist())

    def start(tag: str, attributes: Attributes) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        if tag == "Relationship" and kind in {"worksheet", "styles", "sharedStrings"}:
            part = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            if part not in parts or attributes.get("TargetMode") == "External":
                raise ExtractRefused(f"{name} lacks a part that it lists ({shown(part)}). Save it as CSV and load that.")
            relations.append((attributes.get("Id", ""), kind, part))

    if _RELATIONS in parts:
        read_part(archive, _RELATIONS, name, start)
    return relations


def _kinds(archive: zipfile.ZipFile, part: str | None, name: str) -> list[str]:
    """What each cell style makes of a number: "" as it is, or date, month, percent."""
    own: dict[int, str] = {}
    kinds: list[str] = []
    inside: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "numFmt":
            own[int(attributes.get("numFmtId", "-1"))] = _kind(attributes.get("formatCode", ""))
        elif tag == "cellXfs":
            inside.append(tag)
        elif tag == "xf" and inside:
            number = int(attributes.get("numFmtId", "0"))
            kinds.append(own.get(number, _BUILT_IN.get(number, "")))

    def end(tag: str) -> None:
        if tag == "cellXfs":
            inside.clear()

    if part:
        read_part(archive, part, name, start, end)
    return kinds


@cache
def _kind(code: str) -> str:
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", code.partition(";")[0]).lower()
    if "%" in bare:
        return "percent"
    if "general" in bare or not re.search("[dmyhs]", bare):
        return ""
    return "month" if "m" in bare and "y" in bare and not re.search("[dhs]", bare) else "date"


def _strings(archive: zipfile.ZipFile, part: str | None, name: str) -> list[str]:
    strings: list[str] = []
    parts: list[str] = []
    inside = {"t": False, "rPh": False}  # rPh: how a text is pronounced, which is not a part of it

    def start(tag: str, _: Attributes) -> None:
        if tag in inside:
            inside[tag] = True

    def end(tag: str) -> None:
        if tag in inside:
            inside[tag] = False
        elif tag == "si":
            strings.append(unescaped("".join(parts)))
            parts.clear()
            if len(strings[-1]) > EXCEL_CHARACTERS:
                raise ExtractRefused(
                    f"{name} holds a text of more than {EXCEL_CHARACTERS:,} characters, which Excel does not allow: "
                    f"{shown(strings[-1])!r}. Shorten it. Nothing was loaded."
                )

    def text(data: str) -> None:
        if inside["t"] and not inside["rPh"]:
            parts.append(data)

    if part:
        read_part(archive, part, name, start, end, text)
    return strings

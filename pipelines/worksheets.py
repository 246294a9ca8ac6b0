"""The cells of a sheet as a person sees them: dates as ISO days, percentages with their sign, numbers as Excel shows them.

A cell that could mislead (a formula that was never worked out, a value beyond the last column, a cell that stands twice)
refuses the file by its sheet and cell.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from pipelines.archives import shown, unpacking
from pipelines.errors import ExtractRefused
from pipelines.spreadsheet_xml import Attributes, steps

EXCEL_ROWS, EXCEL_CHARACTERS = 1_048_576, 32_767
_NUMBER = re.compile(r"-?\d+(\.\d*)?([eE][+-]?\d+)?")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Book:
    """What the cells of a sheet need from their workbook: shared texts, the kind of each style, the day before day 1."""

    strings: list[str]
    kinds: list[str]
    epoch: datetime
    columns: int


def rows_of_sheet(path: Path, part: str, place: str, book: Book) -> Iterator[Row]:
    """Number and cells (column A first) of each row that holds a value; ``place`` names the sheet in a refusal."""
    ready: list[Row] = []
    cells = _Cells(place, book, ready)
    with unpacking(place), zipfile.ZipFile(path) as archive:
        for _ in steps(archive, part, place, cells.start, cells.end, cells.text):
            yield from ready
            ready.clear()


class _Cells:
    """Follows the elements of a sheet and puts its rows into ``ready``."""

    def __init__(self, place: str, book: Book, ready: list[Row]) -> None:
        self._place, self._book, self._ready = place, book, ready
        self._number, self._column = 0, -1
        self._row: list[str] = []
        self._kind = self._style = self._reference = ""
        self._parts: list[str] = []
        self._length = 0
        self._reads = self._phonetic = self._formula = self._valued = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "v" or tag == "t":  # noqa: PLR1714 - the hottest line: two comparisons are faster than a set
            self._reads, self._valued = not self._phonetic, True
        elif tag == "c":
            self._open(attributes)
        elif tag == "row":
            self._next(attributes.get("r"))
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._phonetic = True

    def text(self, data: str) -> None:
        if self._reads:
            self._length += len(data)
            if self._length > EXCEL_CHARACTERS:
                raise self._refused(f"holds more than {EXCEL_CHARACTERS:,} characters, which Excel does not allow", "Shorten it.")
            self._parts.append(data)

    def end(self, tag: str) -> None:
        if tag == "v" or tag == "t":  # noqa: PLR1714
            self._reads = False
        elif tag == "c":
            self._close()
        elif tag == "row":
            if any(cell.strip() for cell in self._row):
                self._ready.append((self._number, self._row))
            self._row = []
        elif tag == "rPh":
            self._phonetic = False

    def _next(self, given: str | None) -> None:
        number = int(given) if given and given.isdecimal() else self._number + 1
        if not self._number < number <= EXCEL_ROWS:
            raise ExtractRefused(
                f"{self._place}, row {number:,}: is out of order, or beyond the {EXCEL_ROWS:,} rows of a sheet. "
                "Save it as CSV and load that."
            )
        self._number, self._column, self._row = number, -1, []

    def _open(self, attributes: Attributes) -> None:
        self._reference = attributes.get("r") or f"{_letters(self._column + 1)}{self._number}"
        letters = self._reference.rstrip("0123456789")
        column = _column_number(letters)
        if self._reference[len(letters) :] != str(self._number) or column <= self._column:
            raise self._refused("is out of order", "Save it as CSV and load that.")
        self._column, self._kind, self._style = column, attributes.get("t", "n"), attributes.get("s", "")
        self._parts.clear()
        self._length = 0
        self._formula = self._valued = False

    def _close(self) -> None:
        if self._formula and not (self._parts or (self._valued and self._kind == "str")):
            raise self._refused("holds a formula without its value", "Open the file in Excel, let it calculate, save it, and try again.")
        value = self._value("".join(self._parts)) if self._parts else ""
        if not value:  # many cells have a colour and nothing else
            return
        if self._column >= self._book.columns:
            beyond = f"lies beyond column {self._book.columns}, the last that is read, and holds {shown(value)!r}"
            raise self._refused(beyond, "Delete what stands out there.")
        self._row.extend([""] * (self._column - len(self._row)))
        self._row.append(value)

    def _value(self, text: str) -> str:
        if self._kind == "n":
            return self._figure(text.strip())
        if self._kind == "s":
            number, strings = _position(text), self._book.strings
            if not 0 <= number < len(strings):
                raise self._refused(f"means a text that is not there ({shown(text)!r})", "Save it as CSV and load that.")
            return strings[number]
        if self._kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(text, text)
        return text.removesuffix("T00:00:00") if self._kind == "d" else unescaped(text)

    def _figure(self, text: str) -> str:
        kind = self._format()
        if not kind and len(text) < 16 and text.isdecimal():
            return text
        if not _NUMBER.fullmatch(text):
            raise self._refused(f"is said to hold a number and holds {shown(text)!r}", "Save it as CSV and load that.")
        number = float(text)
        if kind == "percent":
            return f"{plain(number * 100)}%"
        return _date(number, kind, self._book.epoch) if kind else plain(number)

    def _format(self) -> str:
        number, kinds = _position(self._style), self._book.kinds
        return kinds[number] if 0 <= number < len(kinds) else ""

    def _refused(self, fault: str, remedy: str) -> ExtractRefused:
        return ExtractRefused(f"{self._place}, cell {shown(self._reference)}: {fault}. {remedy} Nothing was loaded.")


def _position(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else -1


def unescaped(text: str) -> str:
    """Text without Excel's way of writing characters that XML cannot hold."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@cache
def _column_number(letters: str) -> int:
    """A is 0; -1 for what is no column."""
    if not re.fullmatch("[A-Z]{1,3}", letters):
        return -1
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _letters(column: int) -> str:
    letters, rest = "", column + 1
    while rest:
        rest, last = divmod(rest - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


def plain(number: float) -> str:
    """A number as a sheet shows it: up to 15 digits, 12 of them after the point, no exponent and no needless point."""
    return f"{Decimal(f'{round(number, 12):.15g}'):f}"


def _date(serial: float, kind: str, epoch: datetime) -> str:
    """The day that a serial number means (with its time, if it has one); the number itself where it means none."""
    if not 0 <= serial < 2_957_003:  # 31 December 9999, whichever day the workbook counts from
        return plain(serial)
    moment = epoch + timedelta(seconds=round(serial * 86_400))
    if serial < 1:
        return f"{moment:%H:%M:%S}"
    if kind == "month":
        return f"{moment:%b-%y}"
    return f"{moment:%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00")

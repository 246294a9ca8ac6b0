"""Small files that tests give to the pipeline: a sound template in every kind of file, and ways to spoil one."""

from __future__ import annotations

import gzip
import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from pipelines.extracts import Extract, read_extract
from pipelines.tables import TextTable, open_tables

HEADER = "indicator_id,org_code,period_start,period_end,ethnicity_scheme,ethnicity,value,numerator,denominator,note"
GROUPS = ("White", "Mixed", "Asian or Asian British", "Black or Black British")
COLUMNS = tuple(HEADER.split(","))
SHEET = "xl/worksheets/sheet1.xml"

Edit = Callable[[bytes], bytes]


def row(group: str = "White", note: str = "a note") -> str:
    """A sound row of the template."""
    return f"tt_reliable_recovery,RYG,2024-04-01,2025-03-31,upper_nhs_2001,{group},50,100,200,{note}"


def template(*more: str) -> str:
    """The template with a row for each of four groups, and whatever else."""
    return "\n".join([HEADER, *(row(group) for group in GROUPS), *more]) + "\n"


def cells(group: str = "White") -> list[Any]:
    """A sound row of the template with the types that a spreadsheet gives it."""
    return ["tt_reliable_recovery", "RYG", date(2024, 4, 1), datetime(2025, 3, 31), "upper_nhs_2001", group, 50, 100.0, 200, "a note"]  # noqa: DTZ001


def workbook(*sheets: Sequence[Sequence[Any]], formats: Mapping[str, str] | None = None, hidden: Sequence[int] = ()) -> bytes:
    """A workbook that openpyxl writes; ``formats`` are number formats of the first sheet's cells."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {number + 1}")
        for one in rows:
            sheet.append(list(one))
        sheet.sheet_state = "hidden" if number in hidden else "visible"
    for reference, code in (formats or {}).items():
        book.worksheets[0][reference].number_format = code
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def template_workbook(*more: Sequence[Any], formats: Mapping[str, str] | None = None) -> bytes:
    """The template as a workbook, with whatever else."""
    return workbook([COLUMNS, *(cells(group) for group in GROUPS), *more], formats=formats)


def edited(content: bytes, edit: Edit, part: str = SHEET, add: Mapping[str, bytes] | None = None, drop: str = "") -> bytes:
    """A workbook or zip with one of its parts changed, and parts added or left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != drop:
                new.writestr(info.filename, edit(old.read(info)) if info.filename == part else old.read(info))
        for name, added in (add or {}).items():
            new.writestr(name, added)
    return buffer.getvalue()


def shared(content: bytes, *more: str) -> tuple[bytes, list[str]]:
    """The workbook as Excel writes it, each text of its first sheet once in a part of its own (and more texts); and the texts."""
    texts: list[str] = []

    def refer(found: re.Match[bytes]) -> bytes:
        text = found[2].decode()
        if text not in texts:
            texts.append(text)
        return b'<c%s t="s"><v>%d</v></c>' % (found[1], texts.index(text))

    pattern = rb'<c([^>]*) t="inlineStr"[^>]*><is><t[^>]*>([^<]*)</t></is></c>'
    content = edited(content, lambda part: re.sub(pattern, refer, part))
    texts.extend(more)
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = b'<Relationship Id="rIdTexts" Type="%s" Target="sharedStrings.xml"/></Relationships>' % kind
    content = edited(
        content,
        lambda part: part.replace(b"</Relationships>", relation),
        "xl/_rels/workbook.xml.rels",
        add={"xl/sharedStrings.xml": f"<sst>{items}</sst>".encode()},
    )
    return content, texts


def with_rows(xml: str, content: bytes | None = None) -> bytes:
    """A workbook with rows of raw XML below its own."""
    return edited(content or template_workbook(), lambda part: part.replace(b"</sheetData>", xml.encode() + b"</sheetData>"))


def replaced(pattern: bytes, instead: bytes, part: str = SHEET) -> bytes:
    """A workbook in whose part a pattern is replaced wherever it stands."""

    def edit(content: bytes) -> bytes:
        changed, times = re.subn(pattern, instead, content)
        assert times, f"{pattern!r} is not in {part}"
        return changed

    return edited(template_workbook(), edit, part)


def zipped(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def locked(content: bytes) -> bytes:
    """A zip whose directory says that its files are encrypted."""
    spoilt = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            spoilt[at + offset] |= 1
            at = content.find(signature, at + 4)
    return bytes(spoilt)


def frame() -> pl.DataFrame:
    """The template with the types that a Parquet file gives it."""
    text = pl.read_csv(io.StringIO(template()), try_parse_dates=True)
    return text.with_columns(pl.col("period_end").cast(pl.Datetime("us")), pl.col("value").cast(pl.Float64))


def parquet(content: pl.DataFrame | None = None) -> bytes:
    """A frame as Parquet; the template if none is given."""
    buffer = io.BytesIO()
    (frame() if content is None else content).write_parquet(buffer)
    return buffer.getvalue()


def sound() -> dict[str, bytes]:
    """The template in every kind of file, by the name of the file."""
    text = template().encode()
    return {
        "template.csv": text,
        "template.csv.gz": gzip.compress(text, mtime=0),
        "template.zip": zipped({"template.csv": text, "README.txt": "the, the"}),
        "template.xlsx": template_workbook(),
        "shared.xlsx": shared(template_workbook())[0],
        "template.parquet": parquet(),
    }


def spoilt(content: bytes, dice: random.Random) -> bytes:
    """The content with a few random injuries."""
    bytes_ = bytearray(content)
    words = (b'"', b",", b"\n", b"\r", b"\0", b"<", b">", b"&", b"\xff" * 4, b"-1", b"9" * 20, b'"\n"', b"\xa0", b";")
    for _ in range(dice.choice((1, 1, 1, 2, 4, 16))):
        at = dice.randrange(len(bytes_) or 1)
        match dice.randrange(7):
            case 0:
                bytes_[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                del bytes_[at : at + dice.randrange(1, 40)]
            case 2:
                bytes_[at:at] = dice.randbytes(dice.randrange(1, 20))
            case 3:
                del bytes_[at:]
            case 4:
                other = dice.randrange(len(bytes_) or 1)
                bytes_[at:at] = bytes_[other : other + dice.randrange(1, 200)]
            case 5:
                bytes_[at : at + 1] = dice.choice(words)
            case _:
                bytes_[at : at + 4] = dice.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF)).to_bytes(4, "little")
    return bytes(bytes_)


# ------------------------------------------------------------------------------------------------------------ Reading


def saved(folder: Path, name: str, content: str | bytes) -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def extract(folder: Path, name: str, content: str | bytes) -> Extract:
    """What reading a file with this content gives."""
    return read_extract(saved(folder, name, content), folder / "workspace")


def tables(folder: Path, name: str, content: str | bytes) -> list[TextTable]:
    """The tables of a file with this content."""
    return open_tables(saved(folder, name, content), folder / "workspace")


def rows(table: TextTable) -> pl.DataFrame:
    """Every row of a table."""
    return pl.concat(table.batches())

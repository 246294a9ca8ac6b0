"""The tables of a view as an accessible spreadsheet: cover, contents, notes, then one marked-up table a sheet.

As the government Analysis Function asks, and by its own library:
https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import gptables
import pandas as pd
import polars as pl

from dashboard.columns import Column, columns
from dashboard.subject import Subject
from dashboard.text import Table
from equity.cells import CellState
from pipelines.export import harmless

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COVER, CONTENTS, NOTES = "Cover", "Contents", "Notes"

INTERVAL = (
    "The 95% interval is where the true figure most likely lies, given how many people it rests on. The fewer the people, the wider "
    "it is. Two groups differ clearly only if the interval of their difference leaves out 0."
)
ABSENT = {
    CellState.SUPPRESSED: "A hidden figure is not 0.",
    CellState.UNRELIABLE: "Where such a figure is published, it stands beside the shorthand.",
    CellState.NOT_COLLECTED: "This also stands where nothing can be worked out.",
    CellState.NOT_APPLICABLE: "",
}
QUOTED = "Text that a spreadsheet could take for a formula has a quotation mark before it. No cell holds a formula."

# Of columns, in characters; what is longer is wrapped.
NAMES, NUMBERS, SENTENCES = 32, 18, 95
# Options of XlsxWriter: whatever is text stays text.
_TEXT_IS_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table, and the sentence that says what it shows."""

    table: Table
    sentence: str


def workbook(subject: Subject, sheets: Sequence[Sheet], address: str) -> bytes:
    """The tables as an XLSX file, its cover saying where they come from. It holds text and numbers and nothing that runs."""
    notes, out = _notes(subject), io.BytesIO()
    referred = "".join(f"$${name}$$" for name in notes)
    made = gptables.produce_workbook(
        out,  # pyright: ignore[reportArgumentType]  XlsxWriter takes whatever can be written to
        {f"Table {turn}": _sheet(turn, sheet, subject, referred) for turn, sheet in enumerate(sheets, 1)},
        cover=gptables.Cover(title(subject), intro=_intro(len(sheets)), about=_about(subject, address), cover_label=COVER),
        contentsheet_label=CONTENTS,
        notes_table=_frame([Column("Note", tuple(notes)), Column("What it means", tuple(notes.values()))]),
        notesheet_label=NOTES,
        auto_width=False,
        workbook_options=_TEXT_IS_TEXT,
    )
    for sheet in made.worksheets()[1:]:
        sheet.set_column(0, 0, NAMES)
        sheet.set_column(1, 100, SENTENCES if sheet.name in {CONTENTS, NOTES} else NUMBERS)
    made.set_properties({"title": title(subject), "author": "Common Ground"})
    made.close()
    return out.getvalue()


def title(subject: Subject) -> str:
    """What the tables are about: measure, place and period."""
    return _safe([f"{subject.measure}. {subject.place}, {subject.period}"])[0]


def _intro(tables: int) -> list[str]:
    many = "1 table" if tables == 1 else f"{tables} tables, one on each worksheet"
    return [f"One view of Common Ground, as {many}. The contents list them; the notes say how to read them."]


def _about(subject: Subject, address: str) -> list[str]:
    return _safe(
        [
            f"Place: {subject.place}",
            f"Period chosen: {subject.period}",
            f"Unknown ethnicity: {subject.unknown}",
            f"Source: {subject.source}",
            f"Licence: {subject.licence}",
            f"Release: {subject.release_id}",
            f"Link to this view: {address}",
        ]
    )


def _notes(subject: Subject) -> dict[str, str]:
    """Each note by its name, in the order in which they are numbered."""
    states = {state.value: f"{state.shorthand} means: {state.words}. {more}".strip() for state, more in ABSENT.items()}
    notes = {"interval": INTERVAL, "unknown": subject.unknown, **states, "quoted": QUOTED}
    return dict(zip(notes, _safe(notes.values()), strict=True))


def _sheet(turn: int, sheet: Sheet, subject: Subject, referred: str) -> gptables.GPTable:
    found = columns(sheet.table)
    caption, sentence, source = _safe([sheet.table.caption, sheet.sentence, f"Source: {subject.source}. {subject.licence}."])
    digits = [(at, column.decimals) for at, column in enumerate(found) if column.decimals is not None]
    return gptables.GPTable(
        _frame(found),
        f"table_{turn}",
        caption,
        subtitles=[sentence],
        instructions=f"This worksheet contains one table. The notes worksheet says how to read it, and what shorthand means. {referred}",
        source=source,
        index_columns={1: 0},
        additional_formatting=[
            {"column": {"columns": [at], "format": {"num_format": f"#,##0{'.' if digit else ''}{'0' * digit}", "align": "right"}}}
            for at, digit in digits
        ],
    )


def _frame(found: Sequence[Column]) -> pd.DataFrame:
    names = _safe(column.name for column in found)
    return pd.DataFrame({name: pd.Series(_cells(column), dtype=object) for name, column in zip(names, found, strict=True)})


def _cells(column: Column) -> list[float | str]:
    words = iter(_safe(cell for cell in column.cells if isinstance(cell, str)))
    return [next(words) if isinstance(cell, str) else cell for cell in column.cells]


# What the library would act upon: $$a note$$ and [a link](to somewhere).
_ACTED_UPON = re.compile(r"\$(?=\$)|\](?=\()")


def _safe(texts: Iterable[str]) -> list[str]:
    """Text that neither a spreadsheet nor the library acts upon."""
    apart = pl.DataFrame({"text": [_ACTED_UPON.sub(r"\g<0> ", text) for text in texts]}, schema={"text": pl.String})
    return apart.select(harmless(pl.col("text")))["text"].to_list()

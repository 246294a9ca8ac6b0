"""What every reader needs: setting rows aside with a reason, dates, organisations and ethnic groups from text."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from pipelines.reference import Reference, label_key
from pipelines.tables import ROW

REFUSED_SCHEMA = {ROW: pl.Int64, "column": pl.String, "value": pl.String, "rule": pl.String}

# The columns of a published cell; see docs/architecture.md.
CELL_SCHEMA = {
    "dataset": pl.String,
    "measure": pl.String,
    "period_start": pl.Date,
    "period_end": pl.Date,
    "org_type": pl.String,
    "org_code": pl.String,
    "org_name": pl.String,
    "ethnicity_scheme": pl.String,
    "ethnicity_code": pl.String,
    "value_text": pl.String,
    "rounded": pl.Boolean,
    "publication_status": pl.String,
    "source": pl.String,
    "licence": pl.String,
    ROW: pl.Int64,
    "source_column": pl.String,
}

ENGLAND = "E92000001"
PART = "#"  # ``measure#10#which``: one of ten counts that are added up to the measure
STATUSES = {"final": "final", "performance": "performance", "provisional": "provisional"}
AGGREGATES = ("white", "mixed", "asian", "black", "other")
WHITE_BRITISH_OTHER = ("white_british", "all_other_groups")


@dataclass(frozen=True, slots=True)
class ReadContext:
    """What a reader is told: reference tables, the measures that indicators use, and what only the user can say.

    ``name`` is the table's own name, ``file`` that of the archive or workbook around it, if there is one.
    ``shown``: for each indicator the kinds of organisation and the ethnicity schemes that it is shown for.
    """

    name: str
    dataset: str
    reference: Reference
    wanted: frozenset[str]
    period: tuple[date, date] | None = None
    file: str = ""
    shown: Mapping[str, tuple[Sequence[str], Sequence[str]]] = field(default_factory=dict[str, tuple[Sequence[str], Sequence[str]]])


@dataclass(slots=True)
class ReadResult:
    """Published cells of one batch, the rows refused with their reason, and how many were passed over and why."""

    cells: pl.DataFrame
    refused: pl.DataFrame
    skipped: Counter[str] = field(default_factory=Counter[str])


class Sieve:
    """Rows of a batch, from which some are passed over and some are refused, each with its reason."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self.rows = rows
        self.skipped: Counter[str] = Counter()
        self._refused: list[pl.DataFrame] = []

    def keep(self, wanted: pl.Expr, otherwise: str) -> None:
        """Pass over the rows that are not wanted; no fault of theirs."""
        kept = self.rows.filter(wanted)
        if passed_over := self.rows.height - kept.height:
            self.skipped[otherwise] += passed_over
        self.rows = kept

    def refuse(self, wrong: pl.Expr, column: str, rule: str | pl.Expr, shown: str | None = None) -> None:
        """Refuse the rows for which ``wrong`` is true (null counts as true); ``shown`` is the column of the value that is named."""
        words = pl.lit(rule) if isinstance(rule, str) else rule
        wrong = wrong.fill_null(value=True)
        bad = self.rows.filter(wrong)
        if not bad.is_empty():
            faults = bad.select(pl.col(ROW), pl.lit(column).alias("column"), pl.col(shown or column).alias("value"), words.alias("rule"))
            self._refused.append(faults)
            self.rows = self.rows.filter(~wrong)

    @property
    def refused(self) -> pl.DataFrame:
        return pl.concat([pl.DataFrame(schema=REFUSED_SCHEMA), *self._refused])

    def result(self, cells: pl.DataFrame) -> ReadResult:
        """The batch's result, with the columns of a published cell in their order."""
        filled = cells.with_columns(
            *[pl.lit(None, dtype=dtype).alias(name) for name, dtype in CELL_SCHEMA.items() if name not in cells.columns]
        )
        return ReadResult(filled.select(CELL_SCHEMA.keys()).cast(CELL_SCHEMA), self.refused, self.skipped)  # pyright: ignore[reportArgumentType]


# --------------------------------------------------------------------------------------------------------- Dates

# Day first; the pattern is found for each file, and a file keeps to one.
_PATTERNS: Mapping[str, str] = {
    r"^\d{4}-\d{2}-\d{2}$": "%Y-%m-%d",
    r"^\d{1,2}/\d{1,2}/\d{4}$": "%d/%m/%Y",
    r"^\d{1,2}/\d{1,2}/\d{2}$": "%d/%m/%y",
    r"^\d{1,2}-\d{1,2}-\d{4}$": "%d-%m-%Y",
}
DATE_RULE = "must be a day such as 01/04/2026, 2026-04-01, 01-04-2026, 01/04/26 or 1/4/2026 (the day first)"
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)


def day(text: str) -> date | None:
    """The day that a text names, the day of the month first; None where it names none."""
    token = text.strip()
    for pattern, form in _PATTERNS.items():
        if re.match(pattern, token):
            try:
                found = datetime.strptime(token, form).date()  # noqa: DTZ007 - a calendar day has no time zone
            except ValueError:
                return None
            return found if EARLIEST <= found <= LATEST else None
    return None


def mapped(frame: pl.DataFrame, column: str, meaning: Callable[[str], object], dtype: pl.DataType) -> pl.Expr:
    """``meaning`` of each distinct text in a column, worked out once for each; null where it has none."""
    known = {text: meaning(text) for text in frame[column].unique().to_list()}
    return pl.col(column).replace_strict(known, default=None, return_dtype=dtype)


def days(frame: pl.DataFrame, column: str) -> pl.Expr:
    """A column of days."""
    return mapped(frame, column, day, pl.Date())


def financial_year(text: str) -> tuple[date, date] | None:
    """April to March of ``2024-25``, ``2024/25`` or ``2024-2025``."""
    found = re.fullmatch(r"(20\d\d)\s*[-/]\s*(20)?(\d\d)", text.strip())
    if not found or (int(found[1]) + 1) % 100 != int(found[3]):
        return None
    year = int(found[1])
    return date(year, 4, 1), date(year + 1, 3, 31)


def month_period(text: str) -> tuple[date, date] | None:
    """First and last day of ``Apr-26`` or ``April 2026``."""
    for form in ("%b-%y", "%B %Y", "%b %Y", "%b-%Y"):
        try:
            first = datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a calendar month has no time zone
        except ValueError:
            continue
        return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return None


# -------------------------------------------------------------------------------------- Organisations and groups


def provider_type(code: str) -> str:
    """trust for a three-character NHS code, provider_site for five, provider for any other."""
    if re.fullmatch(r"[RT][A-Z0-9]{2}", code):
        return "trust"
    return "provider_site" if re.fullmatch(r"[RT][A-Z0-9]{4}", code) else "provider"


def provider_types(frame: pl.DataFrame, column: str) -> pl.Expr:
    """The kind of provider for each code of a column."""
    return mapped(frame, column, provider_type, pl.String())


def group_codes(frame: pl.DataFrame, reference: Reference, column: str) -> pl.Expr:
    """The canonical code of each ethnic group's label in a column; null where no variant is known."""
    known = dict(reversed(list(reference.labels.iter_rows())))
    return labelled(frame, column, known)


def labelled(frame: pl.DataFrame, column: str, known: Mapping[str, str]) -> pl.Expr:
    """``known`` of each distinct label in a column (by its ``label_key``), worked out once for each; null where there is none."""
    texts = frame.select(pl.col(column).unique())
    codes = texts.select(label_key(pl.col(column)).replace_strict(known, default=None, return_dtype=pl.String)).to_series()
    return pl.col(column).replace_strict(texts.to_series(), codes, default=None, return_dtype=pl.String)


LABEL_RULE = "must be an ethnic group's label or code listed in data/reference/ethnicity_labels.csv"


def schemes(code: pl.Expr, aggregate_scheme: str, status_scheme: pl.Expr | str) -> pl.Expr:
    """The scheme of each code: detailed NHS codes, the publisher's own upper groups, White British and others."""
    status = pl.lit(status_scheme) if isinstance(status_scheme, str) else status_scheme
    return (
        pl.when(code.is_in(AGGREGATES))
        .then(pl.lit(aggregate_scheme))
        .when(code.is_in(WHITE_BRITISH_OTHER))
        .then(pl.lit("white_british_other"))
        .when(code.str.contains(r"^[A-V]$"))
        .then(pl.lit("nhs_16"))
        .otherwise(status)
    )

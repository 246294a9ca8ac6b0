"""One extract from its bytes to checked observations, with a report of every row that was kept, passed over or refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from pipelines import checks, schemas
from pipelines.assemble import assemble, measures
from pipelines.catalogue import Catalogue, load_catalogue
from pipelines.errors import ExtractRefused
from pipelines.figures import read_figures, roll_up
from pipelines.layouts import Layout, header_key, recognise
from pipelines.reference import Reference, load_reference
from pipelines.sources import READERS, census, layouts
from pipelines.sources.common import REFUSED_SCHEMA, ReadContext
from pipelines.tables import ROW, TextTable, fingerprint, open_tables

Progress = Callable[[str, int], None]


class FindingModel(BaseModel):
    """A check's finding as the report keeps it."""

    check: str
    severity: str
    count: int
    message: str
    examples: list[str]


class Report(BaseModel):
    """What happened to one extract."""

    model_config = ConfigDict(extra="forbid")

    file: str
    sha256: str
    bytes: int
    layouts: list[str] = Field(default_factory=list)
    encodings: list[str] = Field(default_factory=list)
    rows_in: int = 0
    rows_kept: int = 0
    rows_passed_over: dict[str, int] = Field(default_factory=dict)
    rows_refused: int = 0
    refusals: list[dict[str, str | int | None]] = Field(default_factory=list)
    observations: int = 0
    indicators: dict[str, int] = Field(default_factory=dict)
    findings: list[FindingModel] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    errors: list[str] = Field(default_factory=list)

    @property
    def loadable(self) -> bool:
        """Whether there is anything to load."""
        return not self.errors and self.observations > 0

    @property
    def clean(self) -> bool:
        """Whether it can be loaded and no row was refused."""
        return self.loadable and not self.rows_refused


class Extract(BaseModel):
    """A checked extract: its report, its observations, and every refused row."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    report: Report
    observations: pl.DataFrame
    refused: pl.DataFrame


REFUSALS_SHOWN = 200


def read_extract(
    path: Path, workspace: Path, period: tuple[date, date] | None = None, progress: Progress = lambda stage, rows: None
) -> Extract:
    """Read, check and report on the file at ``path``; a file that is refused whole has its reasons in the report."""
    report = Report(file=path.name, sha256="0" * 64, bytes=0)
    try:
        if path.is_file():
            report.sha256, report.bytes = fingerprint(path), path.stat().st_size
        return _read(path, workspace, period, progress, report)
    except ExtractRefused as refusal:
        report.errors.extend(refusal.reasons)
        return Extract(report=report, observations=pl.DataFrame(), refused=pl.DataFrame(schema=REFUSED_SCHEMA))


def _read(path: Path, workspace: Path, period: tuple[date, date] | None, progress: Progress, report: Report) -> Extract:
    reference, catalogue = load_reference(), load_catalogue()
    matched, strangers = recognised_tables(path, workspace)
    report.notes.extend(strangers if matched else [])
    if not matched:
        raise ExtractRefused(*strangers)
    observed: list[pl.DataFrame] = []
    refused: list[pl.DataFrame] = []
    for table, layout in matched:
        context = ReadContext(
            table.name,
            layout.dataset,
            reference,
            measures(catalogue, layout.dataset),
            period,
        )
        frame, faults = _read_table(table, layout, context, catalogue, progress, report)
        observed.append(frame)
        refused.append(faults)
    return _finish(path, observed, pl.concat(refused), catalogue, reference, report)


def recognised_tables(path: Path, workspace: Path) -> tuple[list[tuple[TextTable, Layout]], list[str]]:
    """The tables in the file at ``path`` whose layout is known, and in words why the others are not."""
    matched: list[tuple[TextTable, Layout]] = []
    strangers: list[str] = []
    known = layouts()
    for table in open_tables(path, workspace):
        try:
            matched.append((table, recognise(table.header, known, table.name)))
        except ExtractRefused as refusal:
            strangers.extend(refusal.reasons)
    return matched, strangers


def _read_table(
    table: TextTable, layout: Layout, context: ReadContext, catalogue: Catalogue, progress: Progress, report: Report
) -> tuple[pl.DataFrame, pl.DataFrame]:
    report.layouts.append(layout.title)
    report.encodings.append(table.encoding)
    published, refused, passed_over, rows = published_cells(table, layout, context, progress)
    report.rows_in += rows
    report.rows_passed_over = dict(Counter(report.rows_passed_over) + passed_over)
    progress("working out", rows)
    if layout.dataset == "census":
        published = census.add_up(published)
    figures, malformed = read_figures(published)
    faults = pl.concat([refused, malformed])
    observations = assemble(roll_up(figures), layout.dataset, catalogue, context.reference)
    return observations.with_columns(dataset=pl.lit(layout.dataset)), faults


def published_cells(
    table: TextTable, layout: Layout, context: ReadContext, progress: Progress = lambda stage, rows: None
) -> tuple[pl.DataFrame, pl.DataFrame, Counter[str], int]:
    """Published cells of a table, its refused rows, how many were passed over and why, and how many rows there were."""
    read, rows = READERS[layout.dataset], 0
    names = {name: header_key(name) for name in table.header}
    passed_over: Counter[str] = Counter()
    published: list[pl.DataFrame] = []
    refused: list[pl.DataFrame] = [pl.DataFrame(schema=REFUSED_SCHEMA)]
    for batch in table.batches():
        result = read(batch.rename(names), context)
        rows += batch.height
        passed_over.update(result.skipped)
        published.append(result.cells)
        refused.append(result.refused)
        progress("reading", rows)
    if not rows:
        raise ExtractRefused(f"{table.name} has a header and no rows.")
    return pl.concat(published), pl.concat(refused), passed_over, rows


def _finish(
    path: Path,
    observed: list[pl.DataFrame],
    refused: pl.DataFrame,
    catalogue: Catalogue,
    reference: Reference,
    report: Report,
) -> Extract:
    some = [frame for frame in observed if "indicator_id" in frame.columns]
    version = re.search(r"_v(\d{1,2})(?!\d)", path.stem)
    observations = pl.concat(some) if some else pl.DataFrame()
    if some:
        observations, wrong, findings = checks.run(observations, catalogue)
        report.findings = [FindingModel(**asdict(finding)) for finding in findings]
        refused = pl.concat([refused, wrong.cast(REFUSED_SCHEMA)]) if not wrong.is_empty() else refused  # pyright: ignore[reportArgumentType]
        observations = schemas.validate(
            observations.with_columns(
                extract_sha256=pl.lit(report.sha256),
                publication_version=pl.lit(int(version[1]) if version else 1, pl.Int64),
            )
        )
    _count(observations, refused, report)
    return Extract(report=report, observations=observations, refused=refused)


def _count(observations: pl.DataFrame, refused: pl.DataFrame, report: Report) -> None:
    report.rows_refused = refused[ROW].n_unique() if not refused.is_empty() else 0
    report.rows_kept = max(report.rows_in - sum(report.rows_passed_over.values()) - report.rows_refused, 0)
    report.refusals = refused.sort(ROW).head(REFUSALS_SHOWN).to_dicts()
    report.observations = observations.height
    if not observations.is_empty():
        counts = observations.group_by("indicator_id").len().sort("indicator_id")
        report.indicators = dict(counts.iter_rows())
    else:
        report.errors.append(_nothing_left(report))


def _nothing_left(report: Report) -> str:
    why = [f"{count:,} rows: {reason}" for reason, count in sorted(report.rows_passed_over.items())]
    why += [f"{report.rows_refused:,} rows refused"] if report.rows_refused else []
    return (
        f"{report.file} is recognised as {', '.join(report.layouts)}, but holds nothing that an indicator shows "
        f"({'; '.join(why) or 'no rows about ethnicity'}). Nothing was loaded."
    )

"""One extract from its bytes to checked observations, with a report of every row that was kept, passed over or refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date
from pathlib import Path

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from pipelines import checks, schemas
from pipelines.assemble import assemble, measures, needed_rows
from pipelines.catalogue import Catalogue, load_catalogue
from pipelines.errors import ExtractRefused
from pipelines.figures import Figures, add_parts, read_figures, roll_up
from pipelines.layouts import Layout, header_key, recognise
from pipelines.reference import Reference, load_reference
from pipelines.residents import add_up
from pipelines.sources import READERS, layouts
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
    report = Report(file=path.name, sha256=_NO_HASH, bytes=0)
    observations, refused = pl.DataFrame(), pl.DataFrame(schema=_REFUSED)
    with ThreadPoolExecutor(max_workers=1) as beside:  # the hash is worked out while the rows are read
        hashing = beside.submit(fingerprint, path)
        try:
            observations, refused = _read(path, workspace, period, progress, report)
            report.sha256 = hashing.result()
        except ExtractRefused as refusal:
            report.errors.extend(refusal.reasons)
        if hashing.exception() is None:
            report.sha256, report.bytes = hashing.result(), path.stat().st_size
    if report.errors:
        return Extract(report=report, observations=pl.DataFrame(), refused=refused)
    observations = schemas.validate(observations.with_columns(extract_sha256=pl.lit(report.sha256)))
    return Extract(report=report, observations=observations, refused=refused)


_NO_HASH = "0" * 64
_REFUSED = {"table": pl.String, **REFUSED_SCHEMA}


def _read(
    path: Path, workspace: Path, period: tuple[date, date] | None, progress: Progress, report: Report
) -> tuple[pl.DataFrame, pl.DataFrame]:
    reference, catalogue = load_reference(), load_catalogue()
    matched, strangers = recognised_tables(path, workspace)
    report.notes.extend(strangers if matched else [])
    if not matched:
        raise ExtractRefused(*strangers)
    shown = {one.id: (one.organisation_types, one.ethnicity_schemes) for one in catalogue.indicators.values()}
    observed: list[pl.DataFrame] = []
    refused: list[pl.DataFrame] = []
    for table, layout in matched:
        wanted = measures(catalogue, layout.dataset)
        context = ReadContext(table.name, layout.dataset, reference, wanted, period, path.name, shown)
        frame, faults = _read_table(table, layout, context, catalogue, progress, report)
        observed.append(frame)
        refused.append(faults)
    return _together(observed, pl.concat(refused), report)


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
    """Observations of one table and its refused rows; every row of it is counted in the report."""
    report.layouts.append(layout.title)
    report.encodings.append(table.encoding)
    published, refused, passed_over, rows = published_cells(table, layout, context, progress)
    progress("working out", rows)
    figures = read_figures(published)
    needed = needed_rows(figures.kept, layout.dataset, catalogue)
    whole = _added_up(figures, layout, context.reference)
    observations, lost = assemble(whole, layout.dataset, catalogue, context.reference)
    observations, wrong, findings = checks.run(observations, catalogue)
    report.findings.extend(FindingModel(**asdict(finding)) for finding in findings)
    faults = pl.concat([refused, whole.refused, wrong])
    let_through = published.select(pl.col(ROW).unique()).to_series()
    passed_over.update(_unused(let_through, figures, faults, needed, lost))
    _count(rows, passed_over, faults, report)
    version = pl.lit(_version(table.name, report.file), pl.Int64)
    if not observations.is_empty():
        observations = observations.with_columns(dataset=pl.lit(layout.dataset), publication_version=version)
    return observations, faults.select(pl.lit(table.name).alias("table"), pl.all())


def _added_up(figures: Figures, layout: Layout, reference: Reference) -> Figures:
    return add_up(add_parts(figures), reference) if layout.dataset == "census" else roll_up(figures)


UNSHOWN = "of a kind of organisation, or an ethnicity scheme, for which no indicator is shown"
REPEATED = "repeats an earlier row"
LOST = "goes with a figure that was refused"


def _unused(let_through: pl.Series, figures: Figures, faults: pl.DataFrame, needed: pl.Series, lost: pl.Series) -> Counter[str]:
    """Rows that a reader let through and that ended in no observation though nothing is wrong with them, by why not."""
    # The reasons in turn: the first that holds is counted.
    rows = pl.DataFrame({ROW: let_through}).filter(~pl.col(ROW).is_in(faults[ROW].unique().to_list()))
    row, first = pl.col(ROW), figures.kept.select(pl.col(ROW).unique()).to_series()
    why = (
        pl.when(row.is_in(lost.to_list()))
        .then(pl.lit(LOST))
        .when(row.is_in(needed.implode()))
        .then(None)
        .when(row.is_in(first.implode()))
        .then(pl.lit(UNSHOWN))
        .otherwise(pl.lit(REPEATED))
    )
    return Counter(dict(rows.select(why.alias("why")).drop_nulls().group_by("why").len().iter_rows()))


def _version(name: str, file: str) -> int:
    """The n of a name that the publisher ends in ``_vn`` or ``-vn``, else 1; a member of an archive goes by its own name first."""
    for one in (name, file):
        stem = re.sub(r"(\.(csv|zip|gz|parquet|xlsx))+$", "", one.partition(", sheet ")[0], flags=re.IGNORECASE)
        found = re.search(r"[-_]v(\d{1,2})( ?\(\d+\))?$", stem, flags=re.IGNORECASE)  # a browser adds (1) to a second download
        if found:
            return max(int(found[1]), 1)
    return 1


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


def _together(observed: list[pl.DataFrame], refused: pl.DataFrame, report: Report) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Observations and refused rows of all tables of a file, and what the report says of them."""
    some = [frame for frame in observed if not frame.is_empty()]
    observations = pl.concat(some) if some else pl.DataFrame()
    if len(some) > 1:
        observations = _once(observations, report)
    report.refusals = refused.sort("table", ROW, maintain_order=True).head(REFUSALS_SHOWN).to_dicts()
    report.observations = observations.height
    if observations.is_empty():
        report.errors.append(_nothing_left(report))
    else:
        counts = observations.group_by("indicator_id").len().sort("indicator_id")
        report.indicators = dict(counts.iter_rows())
    return observations, refused


def _once(observations: pl.DataFrame, report: Report) -> pl.DataFrame:
    """A figure that several tables of one file give in the same version once; ExtractRefused where they contradict each other.

    Two versions of it are both kept: the release shows the later one and keeps the other beside it.
    """
    key = [*schemas.KEY, "publication_status", "publication_version"]
    differ = observations.filter(pl.struct("value", "cell_state", "numerator", "denominator").n_unique().over(key) > 1)
    if not differ.is_empty():
        one = differ.row(0, named=True)
        raise ExtractRefused(
            f"{report.file}: its tables give different figures for the same thing ({one['indicator_id']}, {one['org_code']}, "
            f"{one['period_start']} to {one['period_end']}, {one['ethnicity_label']}). Nothing was loaded. Load the right one alone."
        )
    return observations.unique(key, keep="first", maintain_order=True)


def _count(rows: int, passed_over: Counter[str], faults: pl.DataFrame, report: Report) -> None:
    """Adds a table's rows to the report's: each was kept, passed over or refused."""
    refused = faults[ROW].n_unique() if not faults.is_empty() else 0
    report.rows_in += rows
    report.rows_refused += refused
    report.rows_passed_over = dict(Counter(report.rows_passed_over) + passed_over)
    report.rows_kept += rows - passed_over.total() - refused


def _nothing_left(report: Report) -> str:
    why = [f"{count:,} rows: {reason}" for reason, count in sorted(report.rows_passed_over.items())]
    why += [f"{report.rows_refused:,} rows refused"] if report.rows_refused else []
    return (
        f"{report.file} is recognised as {', '.join(report.layouts)}, but holds nothing that an indicator shows "
        f"({'; '.join(why) or 'no rows about ethnicity'}). Nothing was loaded."
    )

"""Command line: python -m pipelines check | load | releases | rollback | indicators | export | measure."""

from __future__ import annotations

import io
import json
import sys
import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from equity.tidy import NAMES
from pipelines import loading, releases
from pipelines.archives import shown
from pipelines.catalogue import load_catalogue
from pipelines.errors import PipelineError
from pipelines.export import Selection, observations, write_file, write_pipe
from pipelines.extracts import Report
from pipelines.manifests import Manifest
from pipelines.measure import Options
from pipelines.measure import measure as measured
from pipelines.settings import load_settings
from pipelines.sources.common import financial_year, month_period

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Extracts in, releases out.")
FAULT, REFUSED = 1, 2
Files = Annotated[list[Path], typer.Argument(help="Files as published: CSV, Parquet, XLSX; plain, gzip or zip.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Period = Annotated[str | None, typer.Option(help="Year (2024-25) or month (Apr-26) for a layout that does not state it.")]


class Format(StrEnum):
    """File formats of an export."""

    CSV = "csv"
    PARQUET = "parquet"
    JSON = "json"


@app.command()
def check(files: Files, period: Period = None, as_json: AsJson = False) -> None:
    """Read and check files without loading them. Exit 0 if every row can be used, 2 with the reasons otherwise."""
    settings, days = load_settings(), _days(period)
    with _watched(quiet=as_json) as progress:
        reports = [loading.check(path, settings, days, progress) for path in files]
    if as_json:
        _print_json([report.model_dump(mode="json") for report in reports])
    else:
        for report in reports:
            _print_report(report)
    if not all(report.clean for report in reports):
        raise typer.Exit(REFUSED)


@app.command()
def load(files: Files, period: Period = None, as_json: AsJson = False) -> None:
    """Load files into a new release and serve it. Exit 2 if a file was refused whole; the others are loaded."""
    settings, days = load_settings(), _days(period)
    with _watched(quiet=as_json) as progress:
        outcome = loading.load(files, settings, days, progress)
    served = releases.current_release(settings.data_dir)
    if as_json:
        reports = [report.model_dump(mode="json") for report in outcome.reports]
        already = [{"file": name, "loaded_as": earlier} for name, earlier in outcome.already]
        _print_json({"release": served, "changed": outcome.release_id is not None, "already": already, "reports": reports})
    else:
        for report in outcome.reports:
            _print_report(report)
        for name, earlier in outcome.already:
            as_what = "" if earlier == name else f", loaded as {earlier}"
            print(f"{name}: these very bytes are already in release {served}{as_what}; nothing changed.")
        print(f"Release {served} is served now." if outcome.release_id else f"No new release: {served or 'none'} stays.")
    if any(not report.loadable for report in outcome.reports):
        raise typer.Exit(REFUSED)


@app.command("releases")
def list_all(as_json: AsJson = False) -> None:
    """List the releases that are kept; the one that is served is marked."""
    data_dir, faults = load_settings().data_dir, list[str]()
    served: str | None = None
    whole: list[Manifest] = []
    try:
        served = releases.current_release(data_dir)
    except PipelineError as error:
        faults.append(str(error))
    for release_id in releases.list_releases(data_dir):
        try:
            whole.append(releases.verify(data_dir, release_id))
        except PipelineError as error:
            faults.append(str(error))
    if as_json:
        _print_json({"served": served, "releases": [one.model_dump(mode="json") for one in whole], "faults": faults})
    elif not whole and not faults:
        print("There is no release yet. Load a file first: python -m pipelines load FILE")
    else:
        for one in whole:
            _print_release(one, "*" if one.release_id == served else " ")
    if faults:
        print(*faults, sep="\n", file=sys.stderr)
        raise typer.Exit(REFUSED)


@app.command()
def rollback(release: Annotated[str, typer.Argument(help="Id of a release, such as r0001.")], as_json: AsJson = False) -> None:
    """Serve an earlier release again. Nothing is deleted; a later load builds on it."""
    manifest = loading.rollback(release, load_settings())
    if as_json:
        _print_json({"served": manifest.release_id, "release": manifest.model_dump(mode="json")})
        return
    print(f"Release {manifest.release_id} of {manifest.created_at:%Y-%m-%d %H:%M} UTC is served now.")


@app.command()
def indicators(as_json: AsJson = False) -> None:
    """List the indicators of the catalogue."""
    found = load_catalogue().indicators.values()
    if as_json:
        _print_json([one.model_dump(mode="json", by_alias=True) for one in found])
        return
    for one in found:
        print(f"{one.id:34}{one.domain:14}{one.name}")


@app.command()
def export(
    indicator: Annotated[str | None, typer.Option(help="Only this indicator.")] = None,
    site: Annotated[str | None, typer.Option(help="Only this site, such as sheffield.")] = None,
    org: Annotated[str | None, typer.Option(help="Only this organisation, such as RYG or England.")] = None,
    form: Annotated[Format, typer.Option("--format", help="csv, parquet or json.")] = Format.CSV,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; otherwise standard output.")] = None,
) -> None:
    """Write tidy observations of the served release."""
    found = observations(load_settings().data_dir, Selection(indicator, site, org))
    frames = chain([next(found)], found)  # what is wrong with the selection is said before a file is begun
    _write(frames, form, output, "observations")


@app.command()
def measure(
    file: Annotated[Path, typer.Argument(help="A table of groups: CSV, Parquet or XLSX; plain, gzip or zip.")],
    kind: Annotated[str | None, typer.Option(help="What is measured: proportion, rate or mean. Needed.")] = None,
    by: Annotated[list[str] | None, typer.Option(help="Columns that name a stratum: a,b or several times.")] = None,
    reference: Annotated[
        str | None,
        typer.Option(help="A group, or everyone_else, best, value:12.5, value:12.5,11.9,13.2 (with limits), column:NAME; group:NAME."),
    ] = None,
    measures: Annotated[list[str] | None, typer.Option(help=f"all, or some of {', '.join(NAMES)}.")] = None,
    group: Annotated[str, typer.Option(help="The column of the groups' names.")] = "group",
    polarity: Annotated[str, typer.Option(help="higher_is_better, lower_is_better or neutral.")] = "neutral",
    multiplier: Annotated[float | None, typer.Option(help="Values are per so many: by default 100, of a rate 100,000.")] = None,
    confidence: Annotated[float, typer.Option(help="Level of the intervals, and of limits in the file.")] = 0.95,
    basis: Annotated[str | None, typer.Option(help="counts or values, where the file has both.")] = None,
    intervals: Annotated[str, typer.Option(help="Of summary measures: calibrated, posterior or who.")] = "calibrated",
    draws: Annotated[int, typer.Option(help="Of summary measures and of the test.")] = 10_000,
    rounded_to: Annotated[int | None, typer.Option(help="Counts are rounded to such a step: bounds stand beside.")] = None,
    suppressed: Annotated[str, typer.Option(help="What a count written * can be.")] = "0-4",
    leave_out: Annotated[list[str] | None, typer.Option(help="A group that is none, such as Unknown; several times.")] = None,
    form: Annotated[Format | None, typer.Option("--format", help="csv, parquet or json; by default as the output ends.")] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; otherwise standard output.")] = None,
) -> None:
    """Measure inequality between the groups of any tidy table: a row a stratum, group and measure.

    Columns: group; numerator and denominator (counts), or value with lower_ci and upper_ci, or se (and n, of a mean), and
    population (for weights); cell_state, if there is one; and those that --by names. Rows of everyone together, or of people
    whose group is not known, are no groups: --leave-out. Empty or NA is missing, * is suppressed, 0 is nought.
    Described in docs/measure.md.
    """
    form = format_of(file, output, form)
    options = Options(
        *(kind, tuple(by or ()), reference, tuple(measures or ()), group, polarity, multiplier, confidence, basis),
        *(intervals, draws, rounded_to, suppressed, tuple(leave_out or ())),
    )
    with _watched(quiet=False) as progress:
        found = measured(file, options, progress)
    print(*(f"Note: {note}" for note in found.notes), sep="\n", end="\n" if found.notes else "", file=sys.stderr)
    _write(found.table.iter_slices(250_000) if found.table.height else iter([found.table]), form, output, "rows")


def format_of(file: Path, output: Path | None, form: Format | None) -> Format:
    """The format of an output by its name's ending, unless one is given. The file that is read is never written over."""
    if output is None:
        return form or Format.CSV
    if output.exists() and file.exists() and output.samefile(file):
        raise PipelineError(f"{output} is the file that is measured. Name another to write.")
    ending = output.suffix.lower().removeprefix(".")
    if form is None and ending not in {one.value for one in Format}:
        raise PipelineError(f"-o {output}: its format is not clear from its name. End it in .csv, .parquet or .json, or give --format.")
    return form or Format(ending)


def _write(frames: Iterator[pl.DataFrame], form: Format, output: Path | None, what: str) -> None:
    if output is None and form is Format.PARQUET and sys.stdout.isatty():
        raise PipelineError(f"Parquet is not for a screen. Name a file: -o {what}.parquet")
    rows = write_file(frames, form.value, output) if output else write_pipe(frames, form.value, sys.stdout.buffer)
    print(f"{rows:,} {what} written{f' to {output}' if output else ''}.", file=sys.stderr)


def _days(period: str | None) -> tuple[date, date] | None:
    if period is None:
        return None
    days = financial_year(period) or month_period(period)
    if days is None:
        raise PipelineError(f"--period {period!r}: give a year such as 2024-25 or a month such as Apr-26.")
    return days


def _print_release(one: Manifest, mark: str) -> None:
    print(
        f"{mark} {one.release_id}  {one.created_at:%Y-%m-%d %H:%M} UTC  by {one.created_by}  ({one.reason})  "
        f"{one.observations:,} observations  code {one.code_version}  catalogue {one.catalogue_version}"
    )
    for extract in one.extracts:
        refused = f", {extract.rows_refused:,} refused" if extract.rows_refused else ""
        kept = f"{extract.rows_kept:,} of {extract.rows_in:,} rows kept{refused}"
        print(f"      {extract.sha256[:12]}  {extract.file}  {kept}")


@contextmanager
def _watched(quiet: bool) -> Generator[loading.Progress]:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda stage, rows: bar.update(task, description=f"{stage}: {rows:,} rows")


def _print_json(content: Any) -> None:
    print(json.dumps(content, indent=2, default=str))


def _print_report(report: Report) -> None:
    if report.layouts:
        print(f"{shown(report.file)}: {'; '.join(dict.fromkeys(report.layouts))}")
        print(f"  {report.rows_in:,} rows read, {report.rows_kept:,} kept, {report.rows_refused:,} refused")
    for reason, count in sorted(report.rows_passed_over.items()):
        print(f"  {count:,} passed over: {reason}")
    for name, count in report.indicators.items():
        print(f"  {count:,} observations of {name}")
    for refusal in report.refusals[:20]:
        print(f"  refused: row {refusal['source_row']}, {refusal['column']} = {shown(str(refusal['value']))!r}: {refusal['rule']}")
    if len(report.refusals) > 20:
        print(f"  ... and more: {report.rows_refused:,} rows in all (--json lists the first 200)")
    for finding in report.findings:
        print(f"  {finding.severity}: {finding.check}: {finding.count:,} times {finding.message}; for instance {finding.examples[0]}")
    for line in [*report.notes, *report.errors]:
        print(f"  {line}" if report.layouts else line)


def main() -> None:
    """Run the command line; whatever goes wrong is a sentence, an expected refusal with exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a console that lacks a letter still shows the rest
    try:
        app(prog_name="python -m pipelines")
    except Exception as error:  # the last resort as well: a sentence that can be reported
        sentence, code = in_words(error)
        print(sentence, file=sys.stderr)
        if "--json" in sys.argv:
            _print_json({"error": sentence})
        raise SystemExit(code) from None


def in_words(error: Exception) -> tuple[str, int]:
    """What went wrong as a sentence, and the exit code: 2 for what was expected, 1 for a fault of the program."""
    if isinstance(error, PipelineError):
        return str(error), REFUSED
    if isinstance(error, OSError):
        return f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.", REFUSED
    where = traceback.extract_tb(error.__traceback__)[-1]
    sentence = (
        f"This should not have happened: {type(error).__name__}: {shown(str(error))} ({Path(where.filename).name}, line {where.lineno}). "
        "It is a fault of the program: please report it."
    )
    return sentence, FAULT


if __name__ == "__main__":
    main()

"""Command line: python -m pipelines check | load | releases | rollback | indicators | export."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipelines import loading, releases
from pipelines.catalogue import load_catalogue
from pipelines.errors import PipelineError
from pipelines.export import Selection, encode, observations
from pipelines.extracts import Report
from pipelines.settings import load_settings
from pipelines.sources.common import financial_year, month_period

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Extracts in, releases out."
)
REFUSED = 2
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
        already = [name for name, _ in outcome.already]
        _print_json({"release": served, "changed": outcome.release_id is not None, "already": already, "reports": reports})
    else:
        for report in outcome.reports:
            _print_report(report)
        for name, _ in outcome.already:
            print(f"{name}: these very bytes are already in release {served}; nothing changed.")
        print(f"Release {served} is served now." if outcome.release_id else f"No new release: {served or 'none'} stays.")
    if any(not report.loadable for report in outcome.reports):
        raise typer.Exit(REFUSED)


@app.command("releases")
def list_all(as_json: AsJson = False) -> None:
    """List the releases that are kept; the one that is served is marked."""
    settings = load_settings()
    served = releases.current_release(settings.data_dir)
    manifests = [releases.read_manifest(settings.data_dir, one) for one in releases.list_releases(settings.data_dir)]
    if as_json:
        _print_json({"served": served, "releases": [one.model_dump(mode="json") for one in manifests]})
        return
    if not manifests:
        print("There is no release yet. Load a file first: python -m pipelines load FILE")
    for one in manifests:
        mark = "*" if one.release_id == served else " "
        print(
            f"{mark} {one.release_id}  {one.created_at:%Y-%m-%d %H:%M} UTC  by {one.created_by}  ({one.reason})  "
            f"{one.observations:,} observations  code {one.code_version}  catalogue {one.catalogue_version}"
        )
        for extract in one.extracts:
            refused = f", {extract.rows_refused:,} refused" if extract.rows_refused else ""
            kept = f"{extract.rows_kept:,} of {extract.rows_in:,} rows kept{refused}"
            print(f"      {extract.sha256[:12]}  {extract.file}  {kept}")


@app.command()
def rollback(release: Annotated[str, typer.Argument(help="Id of a release, such as r0001.")]) -> None:
    """Serve an earlier release again. Nothing is deleted; a later load builds on it."""
    manifest = loading.rollback(release, load_settings())
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
    content = encode(found, form.value)
    if output is None:
        sys.stdout.buffer.write(content)
    else:
        output.write_bytes(content)
        print(f"{found.height:,} observations written to {output}.", file=sys.stderr)


def _days(period: str | None) -> tuple[date, date] | None:
    if period is None:
        return None
    days = financial_year(period) or month_period(period)
    if days is None:
        raise PipelineError(f"--period {period!r}: give a year such as 2024-25 or a month such as Apr-26.")
    return days


@contextmanager
def _watched(quiet: bool) -> Iterator[loading.Progress]:
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda stage, rows: bar.update(task, description=f"{stage}: {rows:,} rows")


def _print_json(content: Any) -> None:
    print(json.dumps(content, indent=2, default=str))


def _print_report(report: Report) -> None:
    if report.layouts:
        print(f"{report.file}: {'; '.join(dict.fromkeys(report.layouts))}")
        print(f"  {report.rows_in:,} rows read, {report.rows_kept:,} kept, {report.rows_refused:,} refused")
    for reason, count in sorted(report.rows_passed_over.items()):
        print(f"  {count:,} passed over: {reason}")
    for name, count in report.indicators.items():
        print(f"  {count:,} observations of {name}")
    for refusal in report.refusals[:20]:
        print(f"  refused: row {refusal['source_row']}, {refusal['column']} = {refusal['value']!r}: {refusal['rule']}")
    if len(report.refusals) > 20:
        print(f"  ... and more: {report.rows_refused:,} rows in all (--json lists the first 200)")
    for finding in report.findings:
        print(f"  {finding.severity}: {finding.check}: {finding.count:,} times {finding.message}; for instance {finding.examples[0]}")
    for line in [*report.notes, *report.errors]:
        print(f"  {line}" if report.layouts else line)


def main() -> None:
    """Run the command line; an expected refusal is a sentence and exit code 2."""
    try:
        app()
    except PipelineError as error:
        print(error, file=sys.stderr)
        raise SystemExit(REFUSED) from None


if __name__ == "__main__":
    main()

"""The one path by which extracts become a release: check each in the limited child, keep its observations, build, publish."""

from __future__ import annotations

import csv
import getpass
import json
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines import releases, worker
from pipelines.catalogue import load_catalogue
from pipelines.errors import ExtractRefused, PipelineError
from pipelines.extracts import Report
from pipelines.releases import LoadedExtract, Manifest
from pipelines.settings import PROJECT, Settings

Progress = Callable[[str, int], None]
Period = tuple[date, date]


def no_progress(stage: str, rows: int) -> None:
    """Nobody watches."""


class Outcome:
    """What a load did: a report for each file, those that were loaded before, and the release (None if nothing changed)."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.already: list[tuple[str, str]] = []
        self.release_id: str | None = None


def check(path: Path, settings: Settings, period: Period | None = None, progress: Progress = no_progress) -> Report:
    """Read and check one file; nothing is kept."""
    with _workspace() as workspace:
        return _inspect(path, workspace, settings, period, progress)


def load(
    paths: list[Path],
    settings: Settings,
    period: Period | None = None,
    progress: Progress = no_progress,
    reason: str = "load",
    named: str | None = None,
) -> Outcome:
    """Load files into a new release, which is then served. The same bytes change nothing."""
    with lock(settings):
        return load_locked(paths, settings, period, progress, reason, named)


def load_locked(
    paths: list[Path],
    settings: Settings,
    period: Period | None = None,
    progress: Progress = no_progress,
    reason: str = "load",
    named: str | None = None,
) -> Outcome:
    """``load`` for a caller that holds the lock."""
    outcome, before = Outcome(), _served(settings.data_dir)
    extracts = list(before.extracts) if before else []
    for path in paths:
        with _workspace() as workspace:
            report = _inspect(path, workspace, settings, period, progress)
            outcome.reports.append(report)
            if any(extract.sha256 == report.sha256 for extract in extracts):
                outcome.already.append((report.file, before.release_id if before else ""))
            elif report.loadable:
                _keep(workspace, report, settings.data_dir)
                extracts.append(_entry(report, workspace, named or user()))
    if len(extracts) > (len(before.extracts) if before else 0):
        outcome.release_id = _release(extracts, settings, reason, named or user(), progress)
    return outcome


def rollback(release_id: str, settings: Settings) -> Manifest:
    """Serve an earlier (or later) release again; nothing is deleted."""
    with lock(settings):
        manifest = releases.read_manifest(settings.data_dir, release_id)
        releases.publish(settings.data_dir, release_id)
        return manifest


@contextmanager
def lock(settings: Settings) -> Iterator[None]:
    """One load at a time in a data folder; PipelineError says who holds the lock."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    holder = settings.data_dir / "load.holder"
    try:
        with FileLock(settings.data_dir / "load.lock", timeout=settings.lock_seconds):
            holder.write_text(f"{user()} since {datetime.now(UTC):%H:%M} UTC", encoding="utf-8")
            try:
                yield
            finally:
                holder.unlink(missing_ok=True)
    except Timeout as error:
        who = holder.read_text(encoding="utf-8") if holder.is_file() else "someone else"
        raise PipelineError(f"Another load is running ({who}). Try again when it has ended.") from error


def user() -> str:
    """The account that runs this."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for the account
        return "unknown account"


@cache
def code_version() -> str:
    """The commit of a checkout, else the version that is installed."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"], cwd=PROJECT, capture_output=True, text=True, timeout=5, check=True
        )
        return found.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unversioned"


@contextmanager
def _workspace() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="common-ground-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _inspect(path: Path, workspace: Path, settings: Settings, period: Period | None, progress: Progress) -> Report:
    try:
        worker.run(path, workspace, settings, period, progress)
        return Report.model_validate_json((workspace / "report.json").read_bytes())
    except ExtractRefused as refusal:
        return Report(file=path.name, sha256="0" * 64, bytes=0, errors=list(refusal.reasons))


def _served(data_dir: Path) -> Manifest | None:
    release_id = releases.current_release(data_dir)
    return releases.read_manifest(data_dir, release_id) if release_id else None


def _keep(workspace: Path, report: Report, data_dir: Path) -> None:
    """The checked observations stay beside the releases; refused rows wait in quarantine with their report."""
    target = releases.extract_path(data_dir, report.sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".building")
    shutil.copyfile(workspace / "extract.parquet", fresh)
    fresh.replace(target)
    if report.rows_refused:
        quarantine = data_dir / "quarantine"
        quarantine.mkdir(exist_ok=True)
        shutil.copyfile(workspace / "refused.csv", quarantine / f"{report.sha256[:16]}.csv")
        text = json.dumps(report.model_dump(mode="json"), indent=2)
        (quarantine / f"{report.sha256[:16]}.json").write_text(text, encoding="utf-8")


def _entry(report: Report, workspace: Path, who: str) -> LoadedExtract:
    with (workspace / "refused.csv").open(encoding="utf-8", newline="") as file:
        rules = Counter(row["rule"] for row in csv.DictReader(file))
    return LoadedExtract(
        file=report.file,
        sha256=report.sha256,
        layouts=report.layouts,
        loaded_at=datetime.now(UTC),
        loaded_by=who,
        rows_in=report.rows_in,
        rows_kept=report.rows_kept,
        rows_passed_over=report.rows_passed_over,
        rows_refused=report.rows_refused,
        refusals=dict(rules),
        observations=report.observations,
    )


def _release(extracts: list[LoadedExtract], settings: Settings, reason: str, who: str, progress: Progress) -> str:
    progress("building the release", sum(extract.observations for extract in extracts))
    manifest = Manifest(
        release_id=releases.next_release_id(settings.data_dir),
        created_at=datetime.now(UTC),
        created_by=who,
        reason=reason,
        code_version=code_version(),
        catalogue_version=load_catalogue().version,
        extracts=extracts,
    )
    releases.build(settings.data_dir, manifest)
    releases.publish(settings.data_dir, manifest.release_id)
    releases.prune(settings.data_dir, settings.keep_releases)
    return manifest.release_id

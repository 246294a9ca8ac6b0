"""The one path by which extracts become a release: check each in the limited child, keep its observations, build, publish."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from pipelines import durable, releases, unsuppressed, worker
from pipelines.archives import must_be_a_file, shown
from pipelines.catalogue import load_catalogue
from pipelines.errors import ExtractRefused, PipelineError
from pipelines.extracts import Report
from pipelines.locking import lock
from pipelines.manifests import LoadedExtract, Manifest
from pipelines.provenance import code_version, user
from pipelines.reference import load_reference
from pipelines.settings import Settings
from pipelines.tables import fingerprint

_WORKING = "working"
_LEAST_ROOM = 1 << 20
Progress = Callable[[str, int], None]
Period = tuple[date, date]


def no_progress(stage: str, rows: int) -> None:
    """Nobody watches."""


@dataclass
class Outcome:
    """What a load did: a report for each file that was read, those that were loaded before (the file's name, and the name
    under which it was loaded), and the new release (None if nothing changed)."""

    reports: list[Report] = field(default_factory=list[Report])
    already: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    release_id: str | None = None


def check(path: Path, settings: Settings, period: Period | None = None, progress: Progress = no_progress) -> Report:
    """Read and check one file; nothing is kept."""
    with tempfile.TemporaryDirectory(prefix="common-ground-", ignore_cleanup_errors=True) as workspace:
        return _inspect(path, Path(workspace), settings, period, progress)


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
    outcome, who = Outcome(), named or user()
    served = releases.current_release(settings.data_dir)
    extracts = releases.read_manifest(settings.data_dir, served).extracts if served else []
    before = list(extracts)
    _sweep(settings.data_dir)
    for path in paths:
        known = _known(path, extracts, period, settings)
        if known:
            outcome.already.append((shown(path.name), known.file))
            continue
        with _workspace(settings.data_dir) as workspace:
            report = _inspect(path, workspace, settings, period, progress)
            outcome.reports.append(report)
            if report.loadable:
                extracts = _with(extracts, _keep(workspace, report, settings, period, who))
    if extracts != before:
        outcome.release_id = _release(extracts, settings, reason, who, progress)
    return outcome


def rollback(release_id: str, settings: Settings) -> Manifest:
    """Serve an earlier (or later) release again, if it is whole; nothing is deleted."""
    with lock(settings):
        manifest = releases.verify(settings.data_dir, release_id)
        releases.publish(settings.data_dir, release_id)
        return manifest


# ---------------------------------------------------------------------------------------------------------- One file


def _known(path: Path, extracts: list[LoadedExtract], period: Period | None, settings: Settings) -> LoadedExtract | None:
    """The loaded extract that reading this file would only give again, under whatever name it comes.

    One that was read with another catalogue or for another period, or whose observations are gone, is worth reading again.
    """
    if not extracts:
        return None
    try:
        must_be_a_file(path)
        sha256 = fingerprint(path)
    except (ExtractRefused, OSError):
        return None  # reading it says what is wrong
    same = next((one for one in extracts if one.sha256 == sha256), None)
    if same is None or same.catalogue_version != load_catalogue().version or (period and same.period != period):
        return None
    return same if _is_kept(same, settings.data_dir) and _has_its_rule(same, settings) else None


def _is_kept(extract: LoadedExtract, data_dir: Path) -> bool:
    path = releases.extract_path(data_dir, extract.observations_sha256)
    if extract.rule:
        path = unsuppressed.path(data_dir, extract.unsuppressed_sha256)
    with suppress(OSError, ExtractRefused):
        return durable.digest(path) == path.stem
    return False


def _has_its_rule(extract: LoadedExtract, settings: Settings) -> bool:
    """Whether it was kept as the settings now say that its source is."""
    if not settings.local_sources:
        return not extract.rule
    path = releases.extract_path(settings.data_dir, extract.observations_sha256)
    if extract.rule:
        path = unsuppressed.path(settings.data_dir, extract.unsuppressed_sha256)
    with suppress(OSError, pl.exceptions.PolarsError):
        return unsuppressed.rule_of(pl.read_parquet(path, columns=["source"]), settings) == extract.rule
    return False


def _inspect(path: Path, workspace: Path, settings: Settings, period: Period | None, progress: Progress) -> Report:
    before = _stamp(path)
    try:
        worker.run(path, workspace, settings, period, progress)
        report = Report.model_validate_json((workspace / "report.json").read_bytes())
    except ExtractRefused as refusal:
        if shutil.disk_usage(workspace).free < _LEAST_ROOM:  # what its reader makes of that is no fault of the file
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(workspace)) from refusal
        return Report(file=shown(path.name), sha256="0" * 64, bytes=0, errors=list(refusal.reasons))
    if _stamp(path) != before:
        report.errors.append(f"{shown(path.name)} changed while it was read. Nothing was loaded. Load it when it is whole.")
    if report.loadable:
        observations = pl.read_parquet(workspace / "extract.parquet")
        report.errors.extend(unsuppressed.faults(report.file, observations, settings))
    return report


def _stamp(path: Path) -> tuple[int, ...]:
    with suppress(OSError):
        found = path.stat()
        return found.st_ino, found.st_size, found.st_mtime_ns
    return ()


def _keep(workspace: Path, report: Report, settings: Settings, period: Period | None, who: str) -> LoadedExtract:
    """The checked observations stay beside the releases; refused rows wait in quarantine with their report."""
    observations, data_dir = workspace / "extract.parquet", settings.data_dir
    rule, sha256 = unsuppressed.rule_of(pl.read_parquet(observations, columns=["source"]), settings), durable.digest(observations)
    extract = LoadedExtract(
        file=report.file,
        sha256=report.sha256,
        layouts=report.layouts,
        loaded_at=datetime.now(UTC),
        loaded_by=who,
        catalogue_version=load_catalogue().version,
        period=period,
        rows_in=report.rows_in,
        rows_kept=report.rows_kept,
        rows_passed_over=report.rows_passed_over,
        rows_refused=report.rows_refused,
        refusals=_rules(workspace / "refused.csv"),
        observations=report.observations,
        rule=rule,
        unsuppressed_sha256=sha256 if rule else "",
        observations_sha256="" if rule else sha256,  # a local source's are made safe when the release is built
    )
    if rule:
        _keep_apart(workspace, report, sha256, data_dir)
        return extract
    target = releases.extract_path(data_dir, extract.observations_sha256)
    target.parent.mkdir(parents=True, exist_ok=True)
    durable.put_in_place(observations, target)
    if report.rows_refused:
        beside = data_dir / "quarantine" / report.sha256[:16]
        beside.parent.mkdir(exist_ok=True)
        durable.put_in_place(workspace / "refused.csv", beside.with_suffix(".csv"))
        durable.write_whole(beside.with_suffix(".json"), json.dumps(report.model_dump(mode="json"), indent=2))
    return extract


def _keep_apart(workspace: Path, report: Report, sha256: str, data_dir: Path) -> None:
    """The same of a local source: exact counts and refused rows go where only the loader's account can read them."""
    place = unsuppressed.folder(data_dir)
    unsuppressed.keep(workspace / "extract.parquet", unsuppressed.path(data_dir, sha256))
    if report.rows_refused:
        unsuppressed.keep(workspace / "refused.csv", place / f"{report.sha256[:16]}.csv")
        unsuppressed.keep(workspace / "report.json", place / f"{report.sha256[:16]}.json")


def _rules(refused: Path) -> dict[str, int]:
    """How many times each rule refused a row's value."""
    rules = pl.read_csv(refused, columns=["rule"], infer_schema=False)["rule"]
    return dict(rules.value_counts(sort=True).iter_rows())


def _with(extracts: list[LoadedExtract], extract: LoadedExtract) -> list[LoadedExtract]:
    """An extract that was read again takes the place that it had; a new one comes last."""
    if any(one.sha256 == extract.sha256 for one in extracts):
        return [extract if one.sha256 == extract.sha256 else one for one in extracts]
    return [*extracts, extract]


# -------------------------------------------------------------------------------------------------------- The release


def _release(extracts: list[LoadedExtract], settings: Settings, reason: str, who: str, progress: Progress) -> str:
    lost = [extract for extract in extracts if not _is_kept(extract, settings.data_dir)]
    if lost:
        files = ", ".join(extract.file for extract in lost)
        folder = unsuppressed.path(settings.data_dir, "").parent if lost[0].rule else releases.extract_path(settings.data_dir, "").parent
        raise PipelineError(
            f"What was read from {files} is no longer whole in {folder}. Load these files again, together. "
            "What was served before is served still."
        )
    other = [extract.file for extract in extracts if not _has_its_rule(extract, settings)]
    if other:
        raise PipelineError(
            f"What settings.toml says under [local_sources] of {', '.join(other)} has changed since it was loaded. Load it again, together "
            "with what you load now. What was served before is served still."
        )
    if any(extract.rule for extract in extracts):
        progress("hiding small counts", sum(extract.observations for extract in extracts if extract.rule))
        extracts = unsuppressed.released(extracts, settings, load_catalogue(), load_reference())
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


@contextmanager
def _workspace(data_dir: Path) -> Generator[Path]:
    """A folder of its own for each file, in the data folder, so that what comes of it can be renamed into place."""
    working = data_dir / _WORKING
    working.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=working))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(data_dir: Path) -> None:
    """Remove what a killed load left."""
    releases.sweep(data_dir)
    shutil.rmtree(data_dir / _WORKING, ignore_errors=True)

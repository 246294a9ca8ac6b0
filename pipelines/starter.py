"""The first release, from the published figures in ``data/starter``, for a data folder that has none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipelines import loading, releases
from pipelines.errors import PipelineError
from pipelines.settings import STARTER, load_settings

WAIT_SECONDS = 300  # for another caller that builds it
STAGES = {"reading": 0.3, "working out": 0.6, "building the release": 0.8}


def _tell_nobody(share: float, words: str) -> None:
    """Nobody watches."""


def ensure_release(data_dir: Path, progress: Callable[[float, str], None] | None = None) -> str:
    """Id of the release that is served; the starter release is built first where there is none.

    Of several callers at once one builds and the others wait for it. ``progress`` gets a share of 1 and a sentence.
    """
    served = releases.current_release(data_dir)
    if served:
        return served
    tell = progress or _tell_nobody
    settings = load_settings().model_copy(update={"data_dir": data_dir, "lock_seconds": WAIT_SECONDS})
    tell(0.05, "Preparing the published figures")
    with loading.lock(settings):
        served = releases.current_release(data_dir)  # another caller may have built it meanwhile
        if served:
            return served
        done = [0.05]  # each file is read and worked out in turn; the bar never goes back

        def step(stage: str, rows: int) -> None:
            done.append(max(done[-1], STAGES.get(stage, 0.5)))
            tell(done[-1], f"{stage.capitalize()}: {rows:,} rows")

        files = sorted(STARTER.glob("*.csv"))
        if not files:
            raise PipelineError(f"{STARTER} holds no figures to begin with. Load a file: python -m pipelines load FILE")
        outcome = loading.load_locked(files, settings, progress=step, reason="starter data", named="Common Ground")
        if outcome.release_id is None:
            faults = [fault for report in outcome.reports for fault in report.errors]
            raise PipelineError("The starter data could not be loaded: " + " ".join(faults))
        tell(1.0, "Ready")
        return outcome.release_id

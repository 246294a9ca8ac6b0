"""Where things live and what a trust may set.

What changes (releases, extracts, quarantine) is in the folder named by COMMON_GROUND_DATA, by default the project's
``data/``; a ``settings.toml`` there may set the values of ``Settings``. Reference, catalogue and starter data are
always the project's own.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import PipelineError

PROJECT = Path(__file__).resolve().parent.parent
REFERENCE = PROJECT / "data" / "reference"
CATALOGUE = PROJECT / "data" / "catalogue"
STARTER = PROJECT / "data" / "starter"


RuleName = Literal["nhs_england", "opensafely"]


class Settings(BaseModel):
    """What may be set; unknown names, and values of another type, are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    data_dir: Path
    keep_releases: int = Field(default=10, ge=3, description="how many releases are kept on disk")
    parser_memory_gb: float = Field(default=6, gt=0, le=4096, description="address space of the process that reads a file")
    parser_seconds: int = Field(default=900, gt=0, le=86_400, description="time that reading one file may take")
    local_sources: dict[str, RuleName] = Field(
        default_factory=dict[str, RuleName],
        description="publications that are a trust's own unsuppressed counts, each with the rule by which small ones are hidden",
    )
    lock_seconds: int = Field(default=30, ge=0, le=86_400, description="how long a load waits for another one to end")


def load_settings() -> Settings:
    """Settings of this run; PipelineError names the file and the setting that is wrong."""
    data_dir = _data_dir()
    file = data_dir / "settings.toml"
    try:
        # Some editors on Windows begin a file with a byte order mark.
        values = tomllib.loads(file.read_text(encoding="utf-8-sig")) if file.is_file() else {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PipelineError(f"{file}: cannot be read: {error}") from error
    known = Settings.model_fields.keys() - {"data_dir"}
    strange = sorted(values.keys() - known)
    if strange:
        raise PipelineError(f"{file}: {', '.join(strange)}: not a setting that is known. Known are: {', '.join(sorted(known))}.")
    try:
        return Settings(data_dir=data_dir, **values)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))} = {fault['input']!r}: {fault['msg']}" for fault in error.errors())
        raise PipelineError(f"{file}: {faults}") from error


def _data_dir() -> Path:
    named = os.environ.get("COMMON_GROUND_DATA", "").strip()
    try:
        folder = Path(named).expanduser().resolve() if named else PROJECT / "data"
        if folder.exists() and not folder.is_dir():
            raise PipelineError(f"COMMON_GROUND_DATA is {named!r}, which is a file. It must name a folder.")
        if "?" in str(folder):  # DuckDB takes what follows for a part of an address
            raise PipelineError(f"The data folder {folder} cannot be used: its path must not hold a question mark.")
        return folder
    except (OSError, RuntimeError, ValueError) as error:  # no such account, a loop of links, a NUL
        raise PipelineError(f"COMMON_GROUND_DATA is {named!r}, which does not name a folder: {error}") from error

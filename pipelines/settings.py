"""Where things live and what a trust may set.

What changes (releases, extracts, quarantine) is in the folder named by COMMON_GROUND_DATA, by default the project's
``data/``; a ``settings.toml`` there may set the values of ``Settings``. Reference, catalogue and starter data are
always the project's own.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import PipelineError

PROJECT = Path(__file__).resolve().parent.parent
REFERENCE = PROJECT / "data" / "reference"
CATALOGUE = PROJECT / "data" / "catalogue"
STARTER = PROJECT / "data" / "starter"


class Settings(BaseModel):
    """What may be set; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Path
    keep_releases: int = Field(default=10, ge=3, description="how many releases are kept on disk")
    parser_memory_gb: float = Field(default=6, gt=0, description="address space of the process that reads a file")
    parser_seconds: int = Field(default=900, gt=0, description="time that reading one file may take")
    lock_seconds: int = Field(default=30, ge=0, description="how long a load waits for another one to end")


def load_settings() -> Settings:
    """Settings of this run; PipelineError names the file and the setting that is wrong."""
    named = os.environ.get("COMMON_GROUND_DATA", "").strip()
    data_dir = Path(named).expanduser().resolve() if named else PROJECT / "data"
    file = data_dir / "settings.toml"
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        return Settings(data_dir=data_dir, **values)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
        raise PipelineError(f"{file}: cannot be read: {error}") from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise PipelineError(f"{file}: {faults}") from error

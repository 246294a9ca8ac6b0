"""What a release is made of, in a sealed JSON file beside it.

The seal is the SHA-256 of everything else in the file: a manifest that was edited, cut short or mixed up is refused, because
the next release is built on what it says.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.errors import ReleaseError


class LoadedExtract(BaseModel):
    """An extract as a release's manifest keeps it."""

    model_config = ConfigDict(extra="forbid")

    file: str
    sha256: str
    layouts: list[str]
    loaded_at: datetime
    loaded_by: str
    catalogue_version: str = Field(description="catalogue with which it was read")
    period: tuple[date, date] | None = Field(default=None, description="period that the user gave, where the file states none")
    rows_in: int
    rows_kept: int
    rows_passed_over: dict[str, int]
    rows_refused: int
    refusals: dict[str, int] = Field(default_factory=dict, description="how many times each rule refused a row's value")
    observations: int
    rule: str = Field(default="", description="by which small counts of a local source were hidden")
    unsuppressed_sha256: str = Field(default="", description="SHA-256 of a local source's observations before that, and their file's name")
    observations_sha256: str = Field(description="SHA-256 of its checked observations, which is also the name of their file")


class Manifest(BaseModel):
    """What a release is made of, by whom, when and with which code and catalogue."""

    model_config = ConfigDict(extra="forbid")

    release_id: str
    created_at: datetime
    created_by: str
    reason: str
    code_version: str
    catalogue_version: str
    extracts: list[LoadedExtract]
    observations: int = 0
    superseded: int = 0
    sha256: str = Field(default="", description="SHA-256 of the release's database")


def to_text(manifest: Manifest) -> str:
    """The manifest as sealed JSON."""
    content = manifest.model_dump(mode="json")
    return json.dumps(content | {"seal": _seal(content)}, indent=2)


def from_bytes(content: bytes, release_id: str) -> Manifest:
    """The manifest in a sealed JSON file; ReleaseError says what is wrong with it."""
    about = f"The manifest of release {release_id}"
    try:
        values: dict[str, Any] = dict(json.loads(content))
        seal = values.pop("seal", None)
        manifest = Manifest.model_validate_json(json.dumps(values))
    except (ValueError, TypeError) as error:  # a ValidationError is a ValueError
        fault = error.errors()[0] if isinstance(error, ValidationError) else None
        words = f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" if fault else str(error)
        raise ReleaseError(f"{about} is damaged ({words}).") from error
    if seal != _seal(values):
        raise ReleaseError(f"{about} was changed after it was written: its seal is not that of its content.")
    if manifest.release_id != release_id:
        raise ReleaseError(f"{about} is that of {manifest.release_id}.")
    return manifest


def _seal(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

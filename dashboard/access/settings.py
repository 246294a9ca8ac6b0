"""What a trust sets about access: ``access.toml`` in the data folder, read anew for each visit so that a change holds at once.

Every setting is told in docs/sign-in.md. The provider itself is set where Streamlit looks for it, in ``.streamlit/secrets.toml``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from register.roles import Role

FILE = "access.toml"


class AccessFault(Exception):
    """The settings of access cannot be used; the message says which and why."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Entry(_Strict):
    """A line of the table: one person, by subject or by the digest of a verified e-mail address, at one provider."""

    issuer: str = Field(min_length=1)
    subject: str = ""
    email_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    roles: tuple[Role, ...]
    sites: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if bool(self.subject) == bool(self.email_sha256):
            raise ValueError("give either subject or email_sha256")
        return self


class AccessSettings(_Strict):
    """Who may read, whose roles are believed, and for how long a sign-in holds."""

    sign_in: Literal["optional", "required"] = "optional"
    roles_claim: str = ""
    sites_claim: str = ""
    claim_issuers: tuple[str, ...] = ()
    claim_roles: Mapping[str, Role] = Field(default_factory=dict)
    people: tuple[Entry, ...] = ()
    hours: float = Field(default=8, gt=0, le=24)
    idle_minutes: float = Field(default=30, gt=0, le=240)
    upload_megabytes_an_hour: int = Field(default=200, ge=1, le=100_000)
    trusted_proxies: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _believes_somebody(self) -> Self:
        if (self.roles_claim or self.sites_claim) and not self.claim_issuers:
            raise ValueError("roles_claim and sites_claim are believed from the providers in claim_issuers: name at least one")
        return self


def load(folder: Path, environment: Mapping[str, str] = os.environ) -> AccessSettings:
    """The settings as they are now; AccessFault names the file and the setting that is wrong."""
    file = folder / FILE
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8-sig")) if file.is_file() else {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AccessFault(f"{FILE} cannot be read: {error}") from error
    asked = environment.get("COMMON_GROUND_SIGN_IN", "").strip()
    if asked not in {"", "optional", "required"}:
        raise AccessFault(f"COMMON_GROUND_SIGN_IN is {asked!r}. It may be “optional” or “required”, or not set.")
    try:
        return AccessSettings.model_validate(values | ({"sign_in": asked} if asked else {}))
    except ValidationError as error:
        # Not the values: a line of the table may name a person.
        faults = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}" for fault in error.errors())
        raise AccessFault(f"{FILE}: {faults}. See docs/sign-in.md.") from error

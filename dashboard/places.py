"""Places a page can be about, and the organisations through which a place is seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

KINDS = {
    "trust": "NHS trust",
    "provider": "provider of care",
    "icb": "integrated care board",
    "provider_site": "service of the trust",
    "local_authority": "council area",
    "sub_icb": "part of an integrated care board",
    "region": "NHS region",
    "stp": "former partnership area (STP)",
    "england": "all of England",
}
ENGLAND = "england"

FOOTPRINT = (
    "A trust and its integrated care board (ICB) are different things: the trust gives care, the ICB plans it for everyone "
    "who lives in its area. They do not cover the same people, so their figures are never mixed."
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation of the release: its code, kind and name in its newest period."""

    code: str
    kind: str
    name: str

    @property
    def label(self) -> str:
        """The name with the kind, so that a trust is never taken for its ICB."""
        if self.kind == ENGLAND:
            return "England"
        return f"{self.name} ({KINDS.get(self.kind, self.kind)})"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the address and its organisations, trust first."""

    key: str
    name: str
    organisations: tuple[Organisation, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A study site as the reference tables give it."""

    key: str
    name: str
    trust_code: str
    icb_code: str
    note: str
    codes: frozenset[str]


def organisations_of(frame: pl.DataFrame) -> dict[str, Organisation]:
    """Organisations by code, of the release's frame of org_code, org_type and org_name."""
    rows = frame.select("org_code", "org_type", "org_name").iter_rows()
    return {code: Organisation(code, kind, name or code) for code, kind, name in rows}


def england_code(organisations: Mapping[str, Organisation]) -> str | None:
    """The code that England has in the release."""
    return next((one.code for one in organisations.values() if one.kind == ENGLAND), None)


def places(sites: Iterable[Site], organisations: Mapping[str, Organisation]) -> dict[str, Place]:
    """The study sites, England, then every other organisation of the release by name."""
    found: dict[str, Place] = {}
    taken: set[str] = set()
    for site in sites:
        own = [organisations[code] for code in site.codes | {site.trust_code, site.icb_code} if code in organisations]
        taken.update(one.code for one in own)
        found[site.key] = Place(site.key, site.name, tuple(sorted(own, key=lambda one: _turn(one, site))), site.note)
    national = england_code(organisations)
    if national is not None:
        found[ENGLAND] = Place(ENGLAND, "England", (organisations[national],))
        taken.add(national)
    for one in sorted(organisations.values(), key=lambda one: (one.name, one.code)):
        if one.code not in taken:
            found[one.code] = Place(one.code, one.label, (one,))
    return found


def _turn(one: Organisation, site: Site) -> tuple[int, str]:
    """Trust first, then its ICB, then its services, then council areas."""
    kinds = ["provider_site", "local_authority"]
    first = {site.trust_code: 0, site.icb_code: 1}.get(one.code)
    return (first if first is not None else 2 + kinds.index(one.kind) if one.kind in kinds else 9, one.name)

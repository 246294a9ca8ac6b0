"""What a chart is about: everything that must stand beside it on the page, in its picture and in its file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

import polars as pl


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured, where and when, by whom it was published, and how often ethnicity is not known.

    ``file`` is how files of the view are called, without an ending. ``page`` and ``choices`` make the address of the view;
    with ``release_id``, and the register's ``version`` where it is shown, they settle all that is drawn. ``names`` are the id,
    name and unit of each indicator that it shows.
    """

    file: str
    page: str
    choices: tuple[tuple[str, str], ...]
    release_id: str
    measure: str
    place: str
    period: str
    source: str
    licence: str
    unknown: str
    names: tuple[tuple[str, str, str], ...]
    version: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """The same key, the same view."""
        return (self.release_id, self.version, self.page, *(part for pair in self.choices for part in pair))

    @property
    def path(self) -> str:
        """The address below the dashboard's own."""
        return link(self.page, **dict(self.choices))

    def address(self, here: str | None) -> str:
        """The whole address, from the address of any page of the dashboard that the browser is on; the path where it is not known."""
        root = str(here or "").partition("?")[0].rstrip("/")
        for page in PAGES:
            root = root.removesuffix(f"/{page}")
        return f"{root}/{self.path}" if root else self.path


PAGES = ("indicator", "compare", "over-time", "quality", "actions", "you-said-we-did", "update", "review", "print-pack", "about")
"""Their addresses below the dashboard's own, which is that of the front page."""


class Told(Protocol):
    """A view of a page: whatever its charts draw, and what it is about."""

    @property
    def subject(self) -> Subject: ...


def link(page: str, **choices: str) -> str:
    """The address of a view, relative to the dashboard's own."""
    return f"{page}?{urlencode(choices)}"


# How a publication's year ends its name: "Annual reports, 2024-25", "Census, 2021".
_YEAR = re.compile(r"(?P<name>.+), (?P<year>\d{4}(?:-\d{2})?)")


def sources(observations: pl.DataFrame | Iterable[pl.DataFrame]) -> Mapping[str, str]:
    """``source`` and ``licence`` of observations in words: each that occurs, once; a publication of several years with its years."""
    frames = [observations] if isinstance(observations, pl.DataFrame) else list(observations)
    found = {
        name: list(dict.fromkeys(text for frame in frames for text in frame[name].drop_nulls().unique(maintain_order=True)))
        for name in ("source", "licence")
    }
    return {"source": "; ".join(_with_years(found["source"])), "licence": ", ".join(found["licence"])}


def _with_years(publications: Iterable[str]) -> list[str]:
    years: dict[str, list[str]] = {}
    for publication in publications:
        match = _YEAR.fullmatch(publication)
        name, year = (match["name"], match["year"]) if match else (publication, "")
        years.setdefault(name, []).append(year)
    return [", ".join(part for part in (name, *sorted(of)) if part) for name, of in years.items()]

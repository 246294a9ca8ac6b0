"""What the pack holds: a sheet for each priority, with what was promised and room to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from equity.sentences.easy import EasyFigure


@dataclass(frozen=True)
class Number:
    """The number that goes with a promise: what it is about, each group's figure, and what else must be said. Without groups, words."""

    about: str
    groups: tuple[EasyFigure, ...] = ()
    notes: str = ""


@dataclass(frozen=True)
class Said:
    """What service or panel says, beside its drawing; ``letter`` is that of a status."""

    sign: str
    words: str
    more: str = ""
    letter: str = ""


@dataclass(frozen=True)
class Promise:
    """An action as it stands on paper."""

    title: str
    lead: str
    due: str
    service: Said
    panel: tuple[Said, ...]
    apart: str
    number: Number


@dataclass(frozen=True)
class Sheet:
    """A page: a priority, the promises made for it, and how many lines there are to write on below each."""

    heading: str
    part: str
    promises: tuple[Promise, ...]
    lines: int

    @property
    def roomy(self) -> bool:
        """Whether one promise has the page for itself, larger and wider set."""
        return len(self.promises) == 1


@dataclass(frozen=True)
class Pack:
    """All the pages for one site on one day. ``without``: priorities for which nothing was promised, on a page of their own."""

    place: str
    day: date
    cover: tuple[str, ...]
    example: bool
    sheets: tuple[Sheet, ...]
    without: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the document is called, where it is listed and read out."""
        return f"Print pack, {self.place}{', Example' if self.example else ''}"

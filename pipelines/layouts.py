"""Which published layout a table has: recognised by the set of its headers, never by the name of its file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.errors import ExtractRefused


def header_key(header: str) -> str:
    """A header without case, byte order mark, and doubled or trailing space."""
    return re.sub(r"\s+", " ", header.replace("\ufeff", "").replace("\u00a0", " ")).strip().casefold()


def keys(headers: Iterable[str]) -> frozenset[str]:
    """The set of header keys."""
    return frozenset(header_key(header) for header in headers)


@dataclass(frozen=True, slots=True)
class Layout:
    """A published layout: the headers it must have, those it may have; ``open_ended`` lets others stand beside them."""

    dataset: str
    title: str
    required: frozenset[str]
    optional: frozenset[str] = field(default_factory=frozenset)
    open_ended: bool = False

    def missing(self, headers: frozenset[str]) -> frozenset[str]:
        """Required headers that the table lacks."""
        return self.required - headers

    def surplus(self, headers: frozenset[str]) -> frozenset[str]:
        """Headers of the table that the layout does not know."""
        return frozenset() if self.open_ended else headers - self.required - self.optional


def recognise(header: Iterable[str], layouts: Iterable[Layout], name: str) -> Layout:
    """The one layout that the header fits; otherwise ExtractRefused names the nearest and how it differs."""
    headers, known = keys(header), list(layouts)
    fitting = [one for one in known if not one.missing(headers) and not one.surplus(headers)]
    if fitting:
        return max(fitting, key=lambda one: len(one.required & headers))
    raise ExtractRefused(_nearest_in_words(headers, known, name))


def _nearest_in_words(headers: frozenset[str], known: list[Layout], name: str) -> str:
    def overlap(one: Layout) -> float:
        layout = one.required | one.optional
        return len(layout & headers) / len(one.required | headers)

    nearest = max(known, key=overlap)
    if not overlap(nearest):
        titles = "; ".join(one.title for one in known)
        return f"{name} is not a layout that is known here. Known are: {titles}."
    lacks, has = nearest.missing(headers), nearest.surplus(headers)
    parts = [f"{name} is not a layout that is known here. The nearest is {nearest.title}."]
    parts += [f"It lacks: {', '.join(sorted(lacks))}."] if lacks else []
    parts += [f"It has too many: {', '.join(sorted(has))}."] if has else []
    return " ".join(parts)

"""Which published layout a table has: recognised by the set of its headers, never by the name of its file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipelines.archives import shown
from pipelines.errors import ExtractRefused

# A layout with less than this share of its headers in common is not worth naming as the nearest.
NEAR = 0.25
NAMES_SHOWN = 12
RESERVED = "source_row"
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "upright bars"}


def header_key(header: str) -> str:
    """A header without case, byte order mark, and doubled or trailing space."""
    return re.sub(r"\s+", " ", header.replace("\ufeff", "")).strip().casefold()


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

    def likeness(self, headers: frozenset[str]) -> tuple[int, float]:
        """How near a table's headers come: how many are in common, and their share of all that either has (0 to 1)."""
        common = len((self.required | self.optional) & headers)
        every = common + len(self.missing(headers)) + len(self.surplus(headers))
        return common, common / every if every else 0.0


def recognise(header: Iterable[str], layouts: Iterable[Layout], name: str) -> Layout:
    """The one layout that the header fits; otherwise ExtractRefused names the nearest and how it differs."""
    published, known = list(header), list(layouts)
    names = [header_key(one) for one in published]
    if not names:
        raise ExtractRefused(f"{name} is no table and was passed over.")
    headers = frozenset(names)
    fitting = [one for one in known if not one.missing(headers) and not one.surplus(headers)]
    if not fitting:
        raise ExtractRefused(_other_separator(published, name) or _nearest_in_words(names, known, name))
    _must_be_distinct(names, name)
    return max(fitting, key=lambda one: len(one.required))


def _must_be_distinct(names: list[str], name: str) -> None:
    repeated = [one for one, count in Counter(names).items() if count > 1]
    if repeated:
        raise ExtractRefused(f"{name}: the header names a column twice: {_listed(repeated)}. Take one of them away. Nothing was loaded.")
    if RESERVED in names:
        raise ExtractRefused(f"{name}: {RESERVED!r} cannot be the name of a column. Rename it. Nothing was loaded.")


def _nearest_in_words(names: list[str], known: list[Layout], name: str) -> str:
    headers = frozenset(names)
    nearest = max(known, key=lambda one: one.likeness(headers))
    if nearest.likeness(headers)[1] < NEAR:
        titles = "; ".join(one.title for one in known)
        first = f"Its first row, which must name the columns, is: {_listed(names)}."
        return f"{name} is not a layout that is known here. {first} Known are: {titles}."
    lacks, has = nearest.missing(headers), nearest.surplus(headers)
    parts = [f"{name} is not a layout that is known here. The nearest is {nearest.title}."]
    parts += [f"It lacks: {_listed(sorted(lacks))}."] if lacks else []
    parts += [f"It has too many: {_listed(sorted(has))}."] if has else []
    return " ".join([*parts, "Rename, add or take away these columns, or load the file as it was published."])


def _other_separator(header: list[str], name: str) -> str:
    for separator, words in _SEPARATORS.items():
        if len(header) == 1 and separator in header[0]:
            return f"{name}: its columns are separated by {words}, and only commas are read. Save it as CSV with commas."
    return ""


def _listed(names: Iterable[str]) -> str:
    """Names as a message shows them: not all of very many, and each on one line."""
    every = [shown(one) or "a column without a name" for one in names]
    more = len(every) - NAMES_SHOWN
    return f"{', '.join(every[:NAMES_SHOWN])} and {more:,} more" if more > 0 else ", ".join(every)

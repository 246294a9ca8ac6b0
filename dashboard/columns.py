"""A table of words as columns of a spreadsheet: one number a cell, so that it can be counted with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.text import Table

# What stands where a table on the screen has a dash: a spreadsheet that is read aloud has no empty cell and no dash.
NOTHING = "[x]"
NO_MARK = "none"

_NUMBER = r"-?\d[\d,]*(?:\.\d+)?"
_LIMITS = rf"(?P<lower>{_NUMBER}) to (?P<upper>{_NUMBER})"
_CELL = re.compile(rf"(?P<value>.*?)(?: ?\({_LIMITS}\))?(?: ?(?P<mark>\[[a-z]+\]))?")
_INTERVAL = re.compile(_LIMITS)
_PLAIN = re.compile(rf"({_NUMBER})(%?)")
_OF_INTERVAL = "of 95% interval"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: numbers where they are numbers. ``decimals`` is how many digits they have after the point, None for words."""

    name: str
    cells: tuple[float | str, ...]
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class _Cell:
    value: str
    lower: str
    upper: str
    mark: str


def columns(table: Table) -> list[Column]:
    """The columns of a table, each split into value, limits and shorthand where it holds them; names are unique."""
    heads, *others = zip(*table.rows, strict=True)
    found = [Column(table.columns[0], tuple(_words(text) for text in heads))]
    for name, texts in zip(table.columns[1:], others, strict=True):
        found += _split(name, texts)
    return _told_apart(found)


def _split(name: str, texts: Sequence[str]) -> list[Column]:
    cells = [_parsed(text) for text in texts]
    signs = {match[2] for cell in cells if (match := _PLAIN.fullmatch(cell.value))}
    limited = any(cell.lower for cell in cells)
    # Figures of several units in one column are told apart by their signs, so they stay as they are written.
    if len(signs) > 1 or not (signs or limited):
        return [Column(name, tuple(_words(text) for text in texts))]
    base = name.removesuffix(" (95% interval)")
    found = [_numbers(f"{base} (%)" if signs == {"%"} else base, [cell.value for cell in cells], cells)] if signs else []
    if limited:
        for side, limits in (("lower", [cell.lower for cell in cells]), ("upper", [cell.upper for cell in cells])):
            limit = f"{side} limit {_OF_INTERVAL}"
            found.append(_numbers(limit.capitalize() if base == "95% interval" else f"{base}: {limit}", limits, cells))
    if any(cell.mark and _PLAIN.fullmatch(cell.value) for cell in cells):
        found.append(Column(f"{base}: shorthand", tuple(cell.mark or NO_MARK for cell in cells)))
    return found


def _parsed(text: str) -> _Cell:
    whole = _INTERVAL.fullmatch(text)
    if whole:
        return _Cell("", whole["lower"], whole["upper"], "")
    match = _CELL.fullmatch(text)
    assert match is not None, "every text is a cell of some kind"
    return _Cell(match["value"], match["lower"] or "", match["upper"] or "", match["mark"] or "")


def _numbers(name: str, texts: Sequence[str], cells: Sequence[_Cell]) -> Column:
    """A column of numbers; what is no number is its shorthand, or its words where there is none."""
    matches = [_PLAIN.fullmatch(text) for text in texts]
    decimals = max(len(match[1].partition(".")[2]) for match in matches if match)
    filled = tuple(
        float(match[1].replace(",", "")) if match else cell.mark or _words(text)
        for match, text, cell in zip(matches, texts, cells, strict=True)
    )
    return Column(name, filled, decimals)


def _words(text: str) -> str:
    return text if re.search(r"\w", text) else NOTHING


def _told_apart(found: Sequence[Column]) -> list[Column]:
    """Columns of one name, capitals aside, numbered from the second: a spreadsheet's table refuses them."""
    seen: dict[str, int] = {}
    apart: list[Column] = []
    for column in found:
        turn = seen[column.name.casefold()] = seen.get(column.name.casefold(), 0) + 1
        apart.append(column if turn == 1 else Column(f"{column.name} ({turn})", column.cells, column.decimals))
    return apart

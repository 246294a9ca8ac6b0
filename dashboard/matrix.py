"""The matrix of the Overview: every indicator by every ethnic group beside the reference, as one semantic table.

Each cell says in words, shape and colour how a group compares, and leads to its indicator. Everything that comes from
a release is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.groups import share_words
from dashboard.subject import link
from dashboard.text import escaped
from equity.cells import CellState
from equity.comparison import Finding
from equity.standing import Compared, Judgement, Reading, Standing
from equity.wording import Wording

Kind = Judgement | str

KEY = (
    ("worse", "▲ higher or ▼ lower", "clearly different, for the worse"),
    ("better", "▲ higher or ▼ lower", "clearly different, for the better"),
    ("clear", "▲ higher or ▼ lower", "clearly different; neither is better in itself"),
    ("neither", "● no clear difference", "the 95% interval of the difference includes nought"),
    ("none", "[c]", "hidden to protect people"),
    ("none", "[u]", "too few people to be sure"),
    ("none", "[x]", "not collected or not available"),
    ("none", "[z]", "does not apply"),
    ("none", "○", "published, but cannot be compared"),
    ("none", "–", "not published for this group"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell says: a mark, words, a value, and a kind that colours it."""

    mark: str
    words: str
    value: str
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator at the organisation that publishes it; ``everyone`` is its value where it is about no group."""

    indicator_id: str
    name: str
    beneath: str
    organisation: str
    period: str
    cells: Mapping[str, Cell]
    unknown: Cell
    everyone: str = ""


UNKNOWN = "Ethnicity not known"
ABSENT = Cell("–", "not published", "", "none")
_SHAPES = {Finding.HIGHER: "▲", Finding.LOWER: "▼"}


def cells(words: Wording, standing: Standing) -> dict[str, Cell]:
    """The cells of an indicator by group code."""
    found: dict[str, Cell] = {}
    for reading in standing.readings:
        compared = standing.of(reading.code)
        is_reference = standing.reference is not None and reading.code == standing.reference.code
        found[reading.code] = _compared(words, compared) if compared else _alone(words, reading, is_reference)
    return found


def _compared(words: Wording, one: Compared) -> Cell:
    value = words.figure(one.reading.estimate.value) if one.reading.estimate else ""
    if one.comparison.finding is Finding.NO_CLEAR_DIFFERENCE:
        return Cell("●", "no clear difference", value, "neither")
    if one.comparison.finding is Finding.CANNOT_SAY:
        return Cell("○", "no interval, cannot be compared", value, "none")
    kind = "clear" if one.judgement == "neither" else one.judgement
    judged = f", {one.judgement}" if one.judgement != "neither" else ""
    return Cell(_SHAPES[one.comparison.finding], f"{one.comparison.finding}{judged}", value, kind)


def _alone(words: Wording, reading: Reading, is_reference: bool) -> Cell:
    if reading.state is CellState.UNRELIABLE:
        value = words.figure(reading.estimate.value) if reading.estimate else ""
        return Cell("[u]", "few people", value, "none")
    if reading.estimate is None:
        return Cell(reading.state.shorthand or "–", reading.state.words, "", "none")
    value = words.figure(reading.estimate.value)
    return Cell("", "reference group", value, "reference") if is_reference else Cell("○", "cannot be compared", value, "none")


def unknown_cell(share: float | None) -> Cell:
    """The share of unknown ethnicity, which stands beside every comparison."""
    if share is None:
        return Cell("–", "not published", "", "unknown")
    return Cell("", "in every 100", share_words(share), "unknown")


def matrix_html(caption: str, place: str, reference: str, groups: Mapping[str, str], sections: Sequence[tuple[str, Sequence[Row]]]) -> str:
    """The table. ``groups`` are column codes and names in order; ``sections`` a domain and its rows."""
    head = "".join(f'<th scope="col" role="columnheader">{escaped(name)}</th>' for name in [*groups.values(), UNKNOWN])
    body = "".join(_section(domain, rows, place, reference, groups) for domain, rows in sections if rows)
    return (
        f'<div class="cg-scroll" role="region" tabindex="0" aria-label="{escaped(caption)}">'
        f'<table class="cg-matrix" role="table"><caption>{escaped(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Indicator</th>{head}</tr></thead>{body}</table></div>'
    )


def _section(domain: str, rows: Sequence[Row], place: str, reference: str, groups: Mapping[str, str]) -> str:
    name = f'<th scope="rowgroup" role="rowheader" colspan="{len(groups) + 2}">{escaped(domain)}</th>'
    title = f'<tr role="row" class="cg-domain">{name}</tr>'
    return f'<tbody role="rowgroup">{title}{"".join(_row(row, place, reference, groups) for row in rows)}</tbody>'


def _row(row: Row, place: str, reference: str, groups: Mapping[str, str]) -> str:
    target = link(
        "indicator", place=place, indicator=row.indicator_id, organisation=row.organisation, period=row.period, reference=reference
    )
    head = (
        f'<th scope="row" role="rowheader"><a href="{escaped(target)}" target="_self">{escaped(row.name)}</a>'
        f'<span class="cg-beneath">{escaped(row.beneath)}</span></th>'
    )
    if row.everyone:
        whole = Cell("", "for everyone: this is not about single groups", row.everyone, "reference")
        return f'<tr role="row">{head}{_cell(row, "Everyone", whole, target, span=len(groups) + 1)}</tr>'
    shown_cells = [(name, row.cells.get(code, ABSENT)) for code, name in groups.items()]
    return f'<tr role="row">{head}{"".join(_cell(row, name, cell, target) for name, cell in [*shown_cells, (UNKNOWN, row.unknown)])}</tr>'


def _cell(row: Row, group: str, cell: Cell, target: str, span: int = 1) -> str:
    full = f"{row.name}, {group}: {cell.value} {cell.words}".replace(":  ", ": ")
    mark = f'<span class="cg-mark" aria-hidden="true">{escaped(cell.mark)}</span> ' if cell.mark else ""
    value = f'<span class="cg-value">{escaped(cell.value)}</span>' if cell.value else ""
    return (
        f'<td role="cell" colspan="{span}" class="cg-{escaped(cell.kind)}">'
        f'<a href="{escaped(target)}" target="_self" data-group="{escaped(group)}" aria-label="{escaped(full)}">{value}'
        f'<span class="cg-words">{mark}{escaped(cell.words)}</span></a></td>'
    )


def key_html() -> str:
    """The key, printed under the matrix."""
    items = "".join(
        f'<li><span class="cg-swatch cg-{escaped(kind)}">{escaped(mark)}</span> {escaped(meaning)}</li>' for kind, mark, meaning in KEY
    )
    return f'<ul class="cg-key" aria-label="Key to the table">{items}</ul>'

"""The cells of an analyst's table of groups: text made numbers and states, and what no group can have, with its rows.

Three things stay apart: a cell with nothing in it (or NA) is missing, a symbol says why there is no number (* is a
suppressed one), and 0 is a 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from equity.cells import SYMBOLS, CellState
from equity.groups import Basis, Kind
from pipelines.archives import shown
from pipelines.errors import ExtractRefused
from pipelines.tables import ROW

MOST_LISTED = 20
LARGEST = 1e15  # of what is counted or measured: beyond it a number is no figure about people
COUNTS = ("numerator", "denominator")
VALUES = ("value", "lower_ci", "upper_ci", "se", "population", "n", "numerator")

# Digits with a point, thousands by commas or not at all, and the exponent that R and spreadsheets write for large and small numbers.
_NUMBER = r"^[+-]?((\d{1,3}(,\d{3})+|\d+)(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$"
_NOTHING = ("", "na", "nan", "none", ".")
_STATES = [str(state) for state in CellState]
_BAD = "_bad"

Rule = tuple[str, pl.Expr, pl.Expr]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file is read for. ``columns`` of numbers are read besides: values of a reference."""

    kind: Kind
    multiplier: float
    by: tuple[str, ...] = ()
    group: str = "group"
    basis: Basis | None = None
    columns: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def typed(text: pl.DataFrame, by: Sequence[str], wanted: Wanted, basis: Basis, numbers: Sequence[str]) -> pl.DataFrame:
    """Numbers, states and, in ``_bad_`` columns, what can be read as neither."""
    main = COUNTS if basis == "counts" else ("value",)
    whole = {*COUNTS, "population", "n"}
    columns: list[pl.Expr] = []
    for name in numbers:
        token = _token(pl.col(name))
        plain = token.str.strip_suffix("%") if wanted.multiplier == 100 and name not in whole else token
        number = pl.when(plain.str.contains(_NUMBER)).then(_number(plain))
        columns += [number.alias(name), pl.when(number.is_null() & ~_is_symbol(token)).then(pl.col(name)).alias(f"{_BAD}_{name}")]
    stars = [(_token(pl.col(name)) == "*").alias(f"{name}_starred") for name in COUNTS] if basis == "counts" else []
    state, bad = _state([pl.col(name) for name in main], "cell_state" in text.columns)
    texts = [_blank_is_null(pl.col(name)) for name in by]
    return text.select(ROW, *texts, _blank_is_null(pl.col(wanted.group)).alias("group"), *columns, *stars, state, bad)


def _blank_is_null(cell: pl.Expr) -> pl.Expr:
    tidy = cell.str.strip_chars(" \t\u00a0")
    return pl.when(tidy != "").then(tidy)


def _token(cell: pl.Expr) -> pl.Expr:
    return cell.str.strip_chars(" \t\u00a0").str.to_lowercase()


def _number(token: pl.Expr) -> pl.Expr:
    return token.str.replace_all(",", "", literal=True).str.strip_prefix("+").cast(pl.Float64, strict=False)


def _is_symbol(token: pl.Expr) -> pl.Expr:
    return token.is_in([*SYMBOLS, *_NOTHING])


def _state(cells: list[pl.Expr], given: bool) -> tuple[pl.Expr, pl.Expr]:
    """What a row's cells say why they have no number; a ``cell_state`` that says so itself comes first."""
    meanings = {symbol: str(state) for symbol, (state, _) in SYMBOLS.items() if symbol not in _NOTHING}
    told = [_token(cell).replace_strict(meanings, default=None, return_dtype=pl.String) for cell in cells]
    suppressed = pl.lit(str(CellState.SUPPRESSED))
    said = pl.when(pl.any_horizontal(one == suppressed for one in told)).then(suppressed).otherwise(pl.coalesce(told))
    if not given:
        return said.alias("cell_state"), pl.lit(None, pl.String).alias(f"{_BAD}_cell_state")
    own = _token(pl.col("cell_state"))
    plain = own.is_in([*_NOTHING, str(CellState.OBSERVED), str(CellState.TRUE_ZERO)])
    bad = pl.when(~own.is_in([*_STATES, *_NOTHING])).then(pl.col("cell_state"))
    return pl.when(plain).then(said).otherwise(own).alias("cell_state"), bad.alias(f"{_BAD}_cell_state")


# ------------------------------------------------------------------------------------------------------- What is wrong


def must_be_sound(frame: pl.DataFrame, name: str, by: Sequence[str], wanted: Wanted, basis: Basis) -> None:
    """Raise ExtractRefused for cells that no group can have, with their rows."""
    found = [
        frame.filter(bad.fill_null(value=False)).select(ROW, column=pl.lit(column), value=_as_read(frame, column), rule=rule)
        for column, rule, bad in _rules(frame, wanted, basis)
    ]
    found.append(_twice(frame, by))
    wrong = pl.concat(found).sort(ROW, maintain_order=True)
    if not wrong.height:
        return
    listed = wrong.head(MOST_LISTED).iter_rows()
    lines = [f"  row {row:,}, {column} = {shown(value or '')!r}: {rule}." for row, column, value, rule in listed]
    more = [f"  ... and {wrong.height - MOST_LISTED:,} more."] if wrong.height > MOST_LISTED else []
    cells = "1 cell is" if wrong.height == 1 else f"{wrong.height:,} cells are"
    advice = "Correct the file and run it again. Nothing was written."
    raise ExtractRefused(f"{name} cannot be measured: {cells} wrong.", *lines, *more, advice)


def _as_read(frame: pl.DataFrame, column: str) -> pl.Expr:
    bad = pl.col(f"{_BAD}_{column}") if f"{_BAD}_{column}" in frame.columns else pl.lit(None, pl.String)
    cell = pl.col(column)
    return pl.coalesce(bad, _printed(cell) if frame.schema[column].is_numeric() else cell)


def _printed(number: pl.Expr) -> pl.Expr:
    text = number.cast(pl.String)
    return pl.when(number == number.round()).then(text.str.strip_suffix(".0")).otherwise(text)


def _rules(frame: pl.DataFrame, wanted: Wanted, basis: Basis) -> list[Rule]:
    """Column, what is allowed, and which rows break it."""
    rules: list[Rule] = [
        ("group", pl.lit("must name a group"), pl.col("group").is_null()),
        ("cell_state", pl.lit(f"must be empty or one of {', '.join(_STATES)}"), pl.col(f"{_BAD}_cell_state").is_not_null()),
    ]
    numbers = [name.removeprefix(f"{_BAD}_") for name in frame.columns if name.startswith(_BAD) and name != f"{_BAD}_cell_state"]
    words = pl.lit("must be a number such as 1234, 1,234 or 12.5; * where it is suppressed; or empty where it is missing")
    for name in numbers:
        at = pl.col(name)
        rules.append((name, words, pl.col(f"{_BAD}_{name}").is_not_null()))
        rules.append((name, pl.lit(f"must be less than {LARGEST:g} from 0"), ~(at.abs() < LARGEST)))
        if name in {*COUNTS, "population", "n", "se"} or (name == "value" and wanted.kind != "mean"):
            rules.append((name, pl.lit("must be 0 or more"), at < 0))
    return [*rules, *(_of_counts(wanted) if basis == "counts" else _of_values(frame, wanted))]


def _of_counts(wanted: Wanted) -> list[Rule]:
    x, n = pl.col("numerator"), pl.col("denominator")
    if wanted.kind == "rate":
        return [("numerator", pl.lit("must be 0 where the denominator is 0"), (n == 0) & (x > 0))]
    words = pl.format("must not be above its denominator, {}; if events can outnumber people, say --kind rate", _printed(n))
    return [("numerator", words, (x > n) & (n >= 0))]


def _of_values(frame: pl.DataFrame, wanted: Wanted) -> list[Rule]:
    value, rules = pl.col("value"), list[Rule]()
    if wanted.kind == "proportion":
        most = pl.lit(f"must not be above {wanted.multiplier:g}, the whole; --multiplier says what a value of all would be")
        rules.append(("value", most, value > wanted.multiplier))
    if {"lower_ci", "upper_ci"} <= set(frame.columns):
        rules += [
            ("lower_ci", pl.format("must not be above its value, {}", _printed(value)), pl.col("lower_ci") > value),
            ("upper_ci", pl.format("must not be below its value, {}", _printed(value)), pl.col("upper_ci") < value),
        ]
    return rules


def _twice(frame: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Rows whose group stands above already in the same stratum."""
    keys, named = [*by, "group"], frame.filter(pl.col("group").is_not_null())
    first = pl.col(ROW).first().over(keys)
    where = f" with the same {', '.join(by)}" if by else ""
    rule = pl.format("is there already, in row {}{}; name what tells the rows apart with --by, or delete one", first, pl.lit(where))
    again = named.with_columns(rule.alias("rule"), _first=first).filter(pl.col(ROW) != pl.col("_first"))
    return again.select(ROW, column=pl.lit("group"), value=pl.col("group"), rule="rule")

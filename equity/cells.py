"""What a published cell can be, and how it is read from text.

A cell is one of six states. Whatever is neither a number nor a published symbol is malformed: it has no state,
and the row is refused by the caller.
"""

from __future__ import annotations

from enum import StrEnum

import polars as pl


class CellState(StrEnum):
    """The six states of a cell, from the file to the screen."""

    OBSERVED = "observed"
    TRUE_ZERO = "true_zero"
    SUPPRESSED = "suppressed"
    UNRELIABLE = "unreliable"
    NOT_COLLECTED = "not_collected"
    NOT_APPLICABLE = "not_applicable"

    @property
    def words(self) -> str:
        """The state in plain words, for tables and charts."""
        return _WORDS[self]

    @property
    def shorthand(self) -> str:
        """The Analysis Function's shorthand, empty for a plain number."""
        return _SHORTHAND[self]


_WORDS = {
    CellState.OBSERVED: "published",
    CellState.TRUE_ZERO: "none",
    CellState.SUPPRESSED: "hidden to protect people",
    CellState.UNRELIABLE: "too few people to be sure",
    CellState.NOT_COLLECTED: "not collected or not available",
    CellState.NOT_APPLICABLE: "does not apply",
}

# https://analysisfunction.civilservice.gov.uk/policy-store/symbols-in-tables-definitions-and-help/
_SHORTHAND = {
    CellState.OBSERVED: "",
    CellState.TRUE_ZERO: "",
    CellState.SUPPRESSED: "[c]",
    CellState.UNRELIABLE: "[u]",
    CellState.NOT_COLLECTED: "[x]",
    CellState.NOT_APPLICABLE: "[z]",
}

# What publishers write where no number stands: NHS England's `*`, `-`, `N/A` and `NULL`; the Race Disparity Unit's
# `!`, `?`, `-`, `N/A`, `~0`; the Analysis Function's shorthand. Compared in lower case.
SYMBOLS: dict[str, tuple[CellState, str]] = {
    "*": (CellState.SUPPRESSED, "suppressed by the publisher"),
    "[c]": (CellState.SUPPRESSED, "confidential"),
    "!": (CellState.SUPPRESSED, "withheld for confidentiality"),
    "?": (CellState.UNRELIABLE, "sample too small to publish"),
    "[u]": (CellState.UNRELIABLE, "marked unreliable by the publisher"),
    "-": (CellState.NOT_COLLECTED, "not collected or not available"),
    "[x]": (CellState.NOT_COLLECTED, "not available"),
    "": (CellState.NOT_COLLECTED, "blank: the file does not say why"),
    "null": (CellState.NOT_APPLICABLE, "the publisher gives no figure"),
    "n/a": (CellState.NOT_APPLICABLE, "not applicable"),
    "[z]": (CellState.NOT_APPLICABLE, "not applicable"),
    "~0": (CellState.UNRELIABLE, "above nought but rounds to nought"),
    "[low]": (CellState.UNRELIABLE, "above nought but rounds to nought"),
}

# Plain decimal figures only: no exponent, no "inf" or "nan", thousands separated by commas or not at all.
NUMBER = r"^[+-]?(\d{1,3}(,\d{3})+|\d{1,15})(\.\d{1,15})?%?$"


def _token(text: pl.Expr) -> pl.Expr:
    return text.fill_null("").str.strip_chars(" \t\u00a0").str.to_lowercase()


def number(text: pl.Expr) -> pl.Expr:
    """The figure in a cell, null where a symbol or anything else stands (float)."""
    token = _token(text)
    plain = token.str.replace_all(",", "", literal=True).str.strip_suffix("%")
    return pl.when(token.str.contains(NUMBER)).then(plain).cast(pl.Float64, strict=False)


def state(text: pl.Expr) -> pl.Expr:
    """The state of a published cell as text; null where the cell is malformed."""
    value = number(text)
    symbols = {symbol: str(meaning[0]) for symbol, meaning in SYMBOLS.items()}
    return (
        pl.when(value == 0)
        .then(pl.lit(str(CellState.TRUE_ZERO)))
        .when(value.is_not_null())
        .then(pl.lit(str(CellState.OBSERVED)))
        .otherwise(_token(text).replace_strict(symbols, default=None, return_dtype=pl.String))
    )


def reason(text: pl.Expr) -> pl.Expr:
    """Why a cell holds no figure, in words; null for a figure and for what is malformed."""
    reasons = {symbol: meaning[1] for symbol, meaning in SYMBOLS.items()}
    return _token(text).replace_strict(reasons, default=None, return_dtype=pl.String)


def decimals(text: pl.Expr) -> pl.Expr:
    """How many digits a published figure has after its point (0 where there is none)."""
    return _token(text).str.extract(r"\.(\d+)%?$", 1).str.len_chars().fill_null(0)

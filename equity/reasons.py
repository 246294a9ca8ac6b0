"""Why rows have no figure: for each row the number of a reason, so that a million rows hold few words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equity.limits import Integers

Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Reasons:
    """``at`` numbers the reason of each row among ``words``; 0 is no reason."""

    at: Codes
    words: tuple[str, ...]

    @property
    def none(self) -> NDArray[np.bool_]:
        """Which rows have no reason, and so a figure."""
        return self.at == 0

    @cached_property
    def column(self) -> pl.Series:
        """The words of each row, null where there is no reason."""
        if not self.at.any():
            return pl.repeat(None, len(self.at), dtype=pl.String, eager=True)
        return pl.Series([None, *self.words], dtype=pl.String).gather(pl.Series(self.at, dtype=pl.UInt32))

    def take(self, rows: Integers) -> Self:
        """The reasons of those rows."""
        return type(self)(self.at[rows], self.words)

    def otherwise(self, other: Reasons) -> Reasons:
        """These reasons, and the other's where there is none."""
        if not other.at.any():
            return self
        more = np.concatenate([[0], np.arange(len(other.words)) + len(self.words) + 1]).astype(np.uint8)
        return Reasons(np.where(self.at > 0, self.at, more[other.at]), self.words + other.words)


def said(cases: Sequence[NDArray[np.bool_]], words: Sequence[str]) -> Reasons:
    """The words of the first case that holds for each row."""
    at = np.zeros(len(cases[0]), dtype=np.uint8)
    for number in range(len(cases), 0, -1):
        np.copyto(at, number, where=cases[number - 1])
    return Reasons(at, tuple(words))


def same(rows: int, words: str | None) -> Reasons:
    """One reason, or none, for every row."""
    return Reasons(np.full(rows, words is not None, dtype=np.uint8), (words or "",))

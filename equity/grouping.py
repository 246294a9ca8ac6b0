"""Frames in, frames out: what functions of a frame and its grouping columns have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar, cast

import polars as pl

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


def like(frame: Frame, result: pl.LazyFrame) -> Frame:
    """The result, collected where the frame that it was made from is not lazy."""
    return cast(Frame, result.collect() if isinstance(frame, pl.DataFrame) else result)


def one_of(name: str, given: str, allowed: Sequence[str]) -> None:
    """Refuse an option that is not one of those allowed."""
    if given not in allowed:
        raise ValueError(f"{name} is {given!r}: give one of {', '.join(map(repr, allowed))}")


def checked(frame: pl.DataFrame | pl.LazyFrame, by: Sequence[str], read: Sequence[str], made: Sequence[str]) -> pl.LazyFrame:
    """The frame, lazy, once it has every column that is read and groups by none that the result makes itself."""
    if isinstance(by, str):
        raise TypeError(f"by is the text {by!r}: give a list of columns")
    lazy = frame.lazy()
    there = lazy.collect_schema().names()
    absent = [name for name in dict.fromkeys([*by, *read]) if name not in there]
    if absent:
        raise ValueError(f"no column {', '.join(map(repr, absent))}: the frame has {', '.join(map(repr, there))}")
    doubled = [name for name in by if name in {*made, *read} or list(by).count(name) > 1]
    if doubled:
        raise ValueError(f"by names {doubled[0]!r}, which is read, made or named twice: rename that column first")
    return lazy


def aggregated(lazy: pl.LazyFrame, by: Sequence[str], sums: Sequence[pl.Expr]) -> pl.LazyFrame:
    """One row a group in the order of first appearance; one row in all where nothing is grouped by. Null is a group."""
    return lazy.group_by(*by, maintain_order=True).agg(*sums) if by else lazy.select(*sums)

"""The options of ``python -m pipelines measure`` made a request: words to a reference, to measures, to how counts were printed."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args

import polars as pl

from equity import tidy
from equity.comparator import BestPlaced, Comparator, EveryoneElse, Given, Group
from equity.comparison import Polarity
from equity.groups import Basis, Kind, NotUsable
from equity.ordered import OrderedGroupsOnly
from equity.strata import Intervals
from equity.tidy import Asked, Told
from equity.tidy_bounds import Printed
from pipelines.archives import shown
from pipelines.errors import PipelineError
from pipelines.group_cells import Wanted
from pipelines.group_table import GroupTable, must_name, read

MULTIPLIERS: dict[Kind, float] = {"proportion": 100, "rate": 100_000, "mean": 1}
DRAWS = (100, 200_000)
KINDS = (
    "proportion (the people of the denominator to whom it happened), rate (events in a population, which may be more than its "
    "people) or mean (of something measured)"
)
_NEEDS = {
    "reference": "a reference is needed, --reference GROUP (or everyone_else, best, value:NUMBER, column:NAME)",
    "polarity": "say which group is best placed, --polarity higher_is_better or --polarity lower_is_better",
}


@dataclass(frozen=True, slots=True)
class Options:
    """What was typed, as it was typed; None where nothing was."""

    kind: str | None = None
    by: tuple[str, ...] = ()
    reference: str | None = None
    measures: tuple[str, ...] = ()
    group: str = "group"
    polarity: str = "neutral"
    multiplier: float | None = None
    confidence: float = 0.95
    basis: str | None = None
    intervals: str = "calibrated"
    draws: int = 10_000
    rounded_to: int | None = None
    suppressed: str = "0-4"
    left_out: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Outcome:
    """The tidy table, and notes for whoever asked."""

    table: pl.DataFrame
    notes: tuple[str, ...]


def measure(path: Path, options: Options, told: Told = lambda stage, rows: None) -> Outcome:
    """Every measure that was asked for of the table of groups in a file. Raises PipelineError in words."""
    kind = cast("Kind", _one_of("--kind", options.kind, get_args(Kind), f"say what is measured, {KINDS}"))
    polarity = cast("Polarity", _one_of("--polarity", options.polarity, get_args(Polarity)))
    basis = None if options.basis is None else cast("Basis", _one_of("--basis", options.basis, get_args(Basis)))
    intervals = cast("Intervals", _one_of("--intervals", options.intervals, get_args(Intervals)))
    multiplier = MULTIPLIERS[kind] if options.multiplier is None else options.multiplier
    _must_be("--multiplier", multiplier, 0 < multiplier <= 1e9, "a number above 0, such as 100 for per cent")
    _must_be("--confidence", options.confidence, 0 < options.confidence < 1, "a level between 0 and 1, such as 0.95")
    _must_be("--draws", options.draws, DRAWS[0] <= options.draws <= DRAWS[1], f"a number from {DRAWS[0]:,} to {DRAWS[1]:,}")
    comparator = reference(options.reference, polarity) if options.reference is not None else None
    try:
        measures, notes = chosen(options.measures, comparator, polarity)
        printed = _printed(options)
        wanted = Wanted(kind, multiplier, options.by, options.group, basis, _columns(comparator), options.left_out)
        table = read(path, wanted)
        told("read", table.frame.height)
        _must_fit(comparator, printed, options, table)
        printed = printed if options.rounded_to is not None or table.starred else None
        asked = Asked(
            kind, table.basis, measures, table.by, comparator, polarity, multiplier, options.confidence, intervals, options.draws, printed
        )
        return Outcome(tidy.measured(table.frame, asked, told), (*table.notes, *notes))
    except (NotUsable, OrderedGroupsOnly, tidy.NoSuchMeasure) as error:
        raise PipelineError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error


def reference(words: str, polarity: Polarity) -> Comparator:
    """What --reference names: a group; ``everyone_else``; ``best``; ``value:NUMBER`` or ``column:NAME``, each with limits or without.

    ``group:NAME`` is a group whose name is one of these words.
    """
    kind, colon, rest = words.partition(":")
    if words == "everyone_else":
        return EveryoneElse()
    if words == "best":
        if polarity == "neutral":
            raise PipelineError("--reference best: say which end is best: --polarity higher_is_better or --polarity lower_is_better.")
        return BestPlaced(polarity)
    if colon and kind in {"value", "column"}:
        return _given(words, kind, [part.strip() for part in rest.split(",")])
    name = rest if colon and kind == "group" else words
    if not name.strip():
        raise PipelineError(f"--reference {words!r}: name a group, or say everyone_else, best, value:NUMBER or column:NAME.")
    return Group(name.strip())


def _given(words: str, kind: str, parts: list[str]) -> Given:
    if len(parts) not in {1, 3} or not all(parts):
        raise PipelineError(f"--reference {words!r}: give {kind}:VALUE, or {kind}:VALUE,LOWER,UPPER.")
    if kind == "column":
        return Given(parts[0], *parts[1:], name=parts[0])
    try:
        numbers = [float(part) for part in parts]
        if not all(map(math.isfinite, numbers)):
            raise ValueError
    except ValueError:
        raise PipelineError(f"--reference {words!r}: give numbers, such as value:12.5 or value:12.5,11.9,13.2.") from None
    return Given(numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else Given(numbers[0])


def _columns(comparator: Comparator | None) -> tuple[str, ...]:
    """The columns that hold a given reference."""
    given = (comparator.value, comparator.lower, comparator.upper) if isinstance(comparator, Given) else ()
    return tuple(one for one in given if isinstance(one, str))


def chosen(words: Sequence[str], comparator: Comparator | None, polarity: Polarity) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the measures, and notes on what ``all`` leaves out; by default each group's value, its gaps and the test."""
    names = [part.strip().lower() for text in words for part in text.split(",") if part.strip()]
    if not names:
        return ("value", *(tidy.GAPS if comparator is not None else ()), tidy.TEST), ()
    lacks = {name: tidy.lacking(name, comparator, polarity) for name in names if name != "all"}
    for name, lack in lacks.items():
        if lack is not None:
            raise PipelineError(f"--measures {name}: {_NEEDS[lack]}.")
    if "all" not in names:
        return tuple(lacks), ()
    lacks = {name: tidy.lacking(name, comparator, polarity) for name in tidy.NAMES}
    left = {lack: [name for name, one in lacks.items() if one == lack] for lack in _NEEDS}
    notes = tuple(f"Not measured: {', '.join(some)}; {_NEEDS[lack]}." for lack, some in left.items() if some)
    return tuple(name for name, lack in lacks.items() if lack is None), notes


def _printed(options: Options) -> Printed:
    """How counts were printed: the step of rounding, and what a star can stand for."""
    ends = re.fullmatch(r"(\d{1,4})-(\d{1,4})", options.suppressed.strip())
    if not ends or int(ends[1]) > int(ends[2]):
        raise PipelineError(f"--suppressed {options.suppressed!r}: give the least and the greatest count that a * hides, such as 0-4.")
    step = 1 if options.rounded_to is None else options.rounded_to
    _must_be("--rounded-to", step, 1 <= step <= 1_000, "the step that counts are rounded to, from 1 to 1,000, such as 5")
    return Printed(step, (int(ends[1]), int(ends[2])))


def _must_fit(comparator: Comparator | None, printed: Printed, options: Options, table: GroupTable) -> None:
    """Raise PipelineError where the file has not what the options speak of."""
    if isinstance(comparator, Group):
        must_name(comparator.name, table)
    for name in _columns(comparator):
        _must_be_one_a_stratum(name, table)
    if options.rounded_to is not None and table.basis == "values":
        raise PipelineError(f"--rounded-to {printed.rounded_to}: it is counts that are rounded, and the table gives values. Leave it out.")


def _must_be_one_a_stratum(name: str, table: GroupTable) -> None:
    """Raise PipelineError where a column of a reference holds more than one number in a stratum."""
    keys = [pl.col(one) for one in table.by] or [pl.lit(0)]
    odd = table.frame.filter(pl.col(name).n_unique().over(keys) > 1).select(*table.by, name).head(1)
    if odd.height:
        where = ", ".join(f"{one} = {shown(str(odd[one][0]))!r}" for one in table.by) or "the table"
        raise PipelineError(f"--reference column:{name}: {where} has more than one number there. Give each row of a stratum the same one.")


def _one_of(option: str, given: str | None, allowed: Sequence[str], missing: str = "") -> str:
    if given in allowed:
        return str(given)
    if given is None:
        raise PipelineError(f"{option} is needed: {missing}.")
    raise PipelineError(f"{option} {given!r}: give one of {', '.join(allowed)}.")


def _must_be(option: str, given: float, fits: bool, allowed: str) -> None:
    if not fits:
        raise PipelineError(f"{option} {given:g}: give {allowed}.")

"""What people of unknown ethnicity could change: how many of them it would take for a gap to vanish, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard.groups import main_groups, of_scheme
from equity.bounds_wording import tipping
from equity.comparator import Group
from equity.narrowing import COUNTS, narrow
from equity.standing import Compared, Standing
from equity.unknowns import spread
from equity.wording import Wording

SURE = ("observed", "true_zero")


@dataclass(frozen=True, slots=True)
class Tipping:
    """Whether the gap of a group could vanish (None where that cannot be said), and what it would take, in words."""

    group: str
    vanishes: bool | None
    words: str


def tipping_of(words: Wording, observations: pl.DataFrame, standing: Standing, told: Compared | None) -> Tipping | None:
    """What unknown ethnicity could do to the gap that is told; None where no gap is told.

    ``observations`` are those of one indicator, organisation and period.
    """
    reference = standing.reference
    if told is None or reference is None:
        return None
    group = told.reading.name
    if words.standardised or words.value_type not in {"proportion", "rate"}:
        return Tipping(group, None, "What unknown ethnicity could change in a figure of this kind cannot be worked out.")
    rows, unknown = _rows(observations)
    if not unknown:
        return Tipping(group, None, "What unknown ethnicity could change cannot be said: how many people it is of is not published.")
    how: dict[str, Any] = {"kind": words.value_type, "multiplier": words.multiplier, "unknown": unknown}
    how["whole"] = "all" if (rows["group"] == "all").any() else None
    found = spread(narrow(rows, [], **how), [], Group(reference.code), **how).filter(group=told.reading.code)
    row = found.row(0, named=True)
    said = tipping(words, told.reading, reference, row, _share(words, standing, row["tipping_in"], told, reference.code))
    return Tipping(group, row["can_vanish"], said)


def _rows(observations: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """Groups with a figure to rely on, people of unknown ethnicity and everyone, as ``narrow`` reads them; and which are unknown."""
    groups = main_groups(observations)
    unknown = groups.filter(pl.col("group_level") == "unknown")
    known = groups.filter((pl.col("group_level") == "aggregate") & pl.col("cell_state").is_in(SURE))
    scheme = known["ethnicity_scheme"][0] if known.height else None
    whole = observations.filter((pl.col("ethnicity_code") == "all") & of_scheme(scheme))
    published = pl.when((pl.col("value_basis") == "published") & (pl.col("group_level") == "aggregate")).then("value")
    kept = pl.concat([known, unknown, whole]).select(
        *COUNTS, group="ethnicity_code", published=published.cast(pl.Float64), decimals=pl.col("value_decimals")
    )
    return kept, unknown["ethnicity_code"].to_list()


def _share(words: Wording, standing: Standing, tipping_in: str | None, told: Compared, reference: str) -> float | None:
    """Of those whose ethnicity is known, the share who are of the group in which the gap tips."""
    of = {one.code: one.events if words.value_type == "rate" else one.base for one in standing.readings}
    code = {"group": told.reading.code, "reference": reference}.get(tipping_in or "")
    known, mine = sum(one for one in of.values() if one), of.get(code or "")
    return mine / known if mine and known else None

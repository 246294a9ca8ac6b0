"""What people of unknown ethnicity could change: sharp bounds over every way that they could be spread over the groups.

Nobody knows to which groups they belong, and nothing is assumed about it (Manski 1989; Horowitz and Manski 1995). Of U
people of unknown ethnicity with V events among them, a group gets u people with v events, 0 <= v <= u. A group is highest
with all V events and nobody else, lowest with all U - V others; and since one group can take the events and another the
others, a gap is widest where both do. In a rate of a known population only the V events are to be spread. Counts may be
ranges, as ``equity.narrowing.narrow`` gives them, so that rounding and unknown ethnicity are told as one.

The tipping point is the fewest people of unknown ethnicity who would have to be of a group for a gap to vanish, were all of
their outcomes the worst for it. Proofs, sources and edge cases: docs/methods/bounds.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equity import spreads
from equity.comparator import EveryoneElse, Group
from equity.extremes import Floats
from equity.narrowing import COUNTS, Kind

Flags = NDArray[np.bool_]
CLOSE = 1e-12  # per head: floating point


def spread(
    frame: pl.DataFrame,
    by: Sequence[str],
    comparator: Group | EveryoneElse,
    *,
    kind: Kind,
    multiplier: float,
    group: str = "group",
    unknown: Sequence[str] = ("unknown",),
    whole: str | None = "all",
) -> pl.DataFrame:
    """One row a group: bounds of its value, difference and ratio over every spread of the unknown, and the tipping point.

    The frame is what ``narrow`` gives; the reference is a group or everyone else. ``value_``, ``difference_`` and
    ``ratio_`` end in ``lower`` and ``upper``. ``can_vanish``: whether some spread leaves no gap. Where one does,
    ``tipping_people`` of unknown ethnicity, ``tipping_share`` of them all (events of unknown ethnicity where the value is a
    rate), are the fewest who would have to be ``tipping_in``: "group", "reference" or "both"; "rounding" where the figures of
    those whose ethnicity is known leave room for no gap as they are. ``alone_people`` and ``alone_share`` are the fewest in the
    lower of the two groups were nobody of unknown ethnicity in the higher: infinite where not even all would do, null where
    nobody can be in a third group. ``reason`` is why there are no bounds.
    """
    keys = list(by) or ["_all"]  # without columns of a stratum the whole frame is one
    frame = frame if by else frame.with_columns(_all=pl.lit(0))
    mine = frame.filter(~pl.col(group).is_in([*unknown, *([] if whole is None else [whole])]))
    lost = frame.filter(pl.col(group).is_in(list(unknown))).group_by(keys).agg(pl.col(name).sum().alias(f"_{name}") for name in COUNTS)
    rest = isinstance(comparator, EveryoneElse)
    if isinstance(comparator, EveryoneElse):
        # Sums of counts: their value is no more closely known than they are.
        counts = [(pl.col(name).sum().over(keys) - pl.col(name)).alias(f"ref_{name}") for name in COUNTS]
        none = [pl.lit(None, pl.Float64).alias(f"ref_value_{end}") for end in ("lower", "upper")]
        others, on = mine.select(*keys, group, *counts, *none), [*keys, group]
    else:
        named = [pl.col(name).alias(f"ref_{name}") for name in (*COUNTS, "value_lower", "value_upper")]
        others, on = mine.filter(pl.col(group) == comparator.name).select(*keys, *named), keys
    joined = mine.with_columns(_number=pl.len().over(keys))
    for part, names in ((lost, keys), (others, on)):
        joined = joined.join(part, on=names, how="left", nulls_equal=True, maintain_order="left")
    joined = joined if isinstance(comparator, EveryoneElse) else joined.filter(pl.col(group) != comparator.name)
    return _told(joined, list(by), group, kind, multiplier, rest)


def _told(joined: pl.DataFrame, keys: list[str], group: str, kind: Kind, multiplier: float, rest: bool) -> pl.DataFrame:
    share = kind == "proportion"
    spare = joined["_number"].to_numpy() > 2 if not rest else np.zeros(joined.height, dtype=np.bool_)
    lost = spreads.Unknown(*(_floats(joined, f"_{name}") for name in COUNTS), spare=spare)
    mine, other = (_ends(joined, prefix, multiplier, lost, share) for prefix in ("", "ref_"))
    with np.errstate(divide="ignore", invalid="ignore"):
        up, down = spreads.widest(mine, other, lost, share), spreads.widest(other, mine, lost, share)
        ratio = 1 / spreads.farthest(other, mine, lost, share), spreads.farthest(mine, other, lost, share)
        known_up = mine.events_best / mine.people_best - other.events_worst / other.people_worst
        known_down = mine.events_worst / mine.people_worst - other.events_best / other.people_best
        nought = other.highest(lost, lost.events_high, share) == 0
        total = lost.people_high if share else lost.events_high
        # Below its reference, or above, however the counts were rounded.
        below, above = known_up < 0, known_down > 0
        vanish = np.select([below, above], [up >= -CLOSE, down >= -CLOSE], True)
        people, where, alone = _tipping(mine, other, lost, share, below, above)
        spreadable = np.isfinite(total) & np.isfinite(lost.events_high)
        ok = spreadable & np.isfinite(known_up) & np.isfinite(known_down)
        columns = {
            "value_lower": multiplier * mine.lowest(lost, lost.events_low, share),
            "value_upper": multiplier * mine.highest(lost, lost.events_high, share),
            "difference_lower": -multiplier * down,
            "difference_upper": multiplier * up,
            "ratio_lower": np.where(nought, np.nan, ratio[0]),
            "ratio_upper": np.where(nought, np.nan, ratio[1]),
            "tipping_people": np.where(vanish, people, np.nan),
            "tipping_share": np.where(vanish, np.where(people > 0, people / total, 0.0), np.nan),
            "alone_people": np.where(vanish, alone, np.nan),
            "alone_share": np.where(vanish, np.where(alone > 0, alone / total, alone), np.nan),
        }
    fits = pl.Series(ok)
    return joined.select(*keys, group).with_columns(
        *(pl.Series(name, np.where(ok, values, np.nan), dtype=pl.Float64, nan_to_null=True) for name, values in columns.items()),
        can_vanish=pl.when(fits).then(pl.Series(vanish, dtype=pl.Boolean)),
        tipping_in=pl.when(fits & pl.Series(vanish, dtype=pl.Boolean)).then(pl.Series(where, dtype=pl.String)),
        reason=pl.when(~pl.Series(spreadable))
        .then(pl.lit("how many people are of unknown ethnicity is not known"))
        .when(~fits)
        .then(pl.lit("the group or its reference has no value")),
    )


def _tipping(
    mine: spreads.Ends, other: spreads.Ends, lost: spreads.Unknown, share: bool, below: Flags, above: Flags
) -> tuple[Floats, list[str], Floats]:
    """The number told, and of whom: the lower of the two groups where it needs any, else the higher, else either; and alone."""
    lift, sink = spreads.tipping(mine, other, lost, share), spreads.tipping(other, mine, lost, share)
    in_low, in_high, in_either, alone = (np.where(below, one, two) for one, two in zip(lift, sink, strict=True))
    people = np.select([in_low > 0, in_high > 0], [in_low, in_high], in_either)
    lower = np.where(in_low > 0, below, above)  # whether that group is the one at hand, not its reference
    told = np.select([(in_low <= 0) & (in_high <= 0), lower], ["both", "group"], "reference")
    apart = below | above
    return np.where(apart, people, 0.0), np.where(apart, told, "rounding").tolist(), np.where(apart, alone, 0.0)


def _floats(frame: pl.DataFrame, name: str) -> Floats:
    # Polars sums nothing to minus nought, over which a count is minus infinity.
    return np.asarray(frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy(), dtype=np.float64) + 0.0


def _ends(joined: pl.DataFrame, prefix: str, multiplier: float, lost: spreads.Unknown, share: bool) -> spreads.Ends:
    counts = (
        _floats(joined, prefix + COUNTS[0]),
        _floats(joined, prefix + COUNTS[1]),
        _floats(joined, prefix + COUNTS[2]),
        _floats(joined, prefix + COUNTS[3]),
    )
    least, most = (_floats(joined, f"{prefix}value_{end}") / multiplier for end in ("lower", "upper"))
    return spreads.ends(counts, least, most, lost, share)

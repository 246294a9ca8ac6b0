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
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from equity.bounds import EVERYONE_ELSE
from equity.extremes import Floats
from equity.narrowing import COUNTS, ValueType

Flags = NDArray[np.bool_]
WHOLE = 1e-9  # of a person, so that a whole number is not taken for the next one


class _Ends(NamedTuple):
    """Counts of a group at its best, which lifts it most, and at its worst, whatever is added to them."""

    events_best: Floats
    people_best: Floats
    events_worst: Floats
    people_worst: Floats


class _Unknown(NamedTuple):
    """Events and people of unknown ethnicity, fewest and most; whether there are more groups for them than two."""

    events_low: Floats
    events_high: Floats
    people_high: Floats
    people_low: Floats
    spare: Flags


def spread(
    frame: pl.DataFrame,
    by: Sequence[str],
    reference: str,
    *,
    value_type: ValueType,
    multiplier: float,
    group: str = "ethnicity_code",
    unknown: Sequence[str] = ("unknown",),
    whole: str | None = "all",
) -> pl.DataFrame:
    """One row a group: bounds of its value, difference and ratio over every spread of the unknown, and the tipping point.

    The frame is what ``narrow`` gives; the reference is a group's code or ``EVERYONE_ELSE``. ``value_``, ``difference_`` and
    ``ratio_`` end in ``lower`` and ``upper``. ``can_vanish``: whether some spread leaves no gap. Where one does,
    ``tipping_people`` of unknown ethnicity, ``tipping_share`` of them all (events of unknown ethnicity where the value is a
    rate), are the fewest who would have to be ``tipping_in``: "group", "reference" or "both"; "rounding" where the figures of
    those whose ethnicity is known leave room for no gap as they are. ``reason`` is why there are no bounds.
    """
    keys = list(by)
    mine = frame.filter(~pl.col(group).is_in([*unknown, *([] if whole is None else [whole])]))
    lost = frame.filter(pl.col(group).is_in(list(unknown)))
    sums = [pl.col(name).sum().alias(f"_{name}") for name in COUNTS]
    # Without columns of a stratum the whole frame is one.
    lost = lost.group_by(keys).agg(sums) if keys else lost.select(*sums, _rows=pl.len()).filter(pl.col("_rows") > 0).drop("_rows")
    others = _others(mine, keys, group, reference)
    number = pl.len().over(keys) if keys else pl.len()
    joined = mine.with_columns(_number=number)
    joined = joined.join(lost, on=keys, how="left", nulls_equal=True, maintain_order="left") if keys else _beside(joined, lost)
    on = [*keys, group] if reference == EVERYONE_ELSE else keys
    joined = joined.join(others, on=on, how="left", nulls_equal=True, maintain_order="left") if on else _beside(joined, others)
    joined = joined.filter(pl.col(group) != reference)
    return _told(joined, keys, group, value_type, multiplier, reference == EVERYONE_ELSE)


def _beside(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """One row beside every other, nulls where there is none."""
    return left.with_columns(pl.lit(right[name][0] if right.height else None).alias(name) for name in right.columns)


def _others(mine: pl.DataFrame, keys: list[str], group: str, reference: str) -> pl.DataFrame:
    """Counts and values of the reference, as ``ref_...``."""
    named = [*COUNTS, "value_lower", "value_upper"]
    if reference != EVERYONE_ELSE:
        return mine.filter(pl.col(group) == reference).select(*keys, *(pl.col(name).alias(f"ref_{name}") for name in named))
    rest = [((pl.col(name).sum().over(keys) if keys else pl.col(name).sum()) - pl.col(name)).alias(f"ref_{name}") for name in COUNTS]
    return mine.select(*keys, group, *rest).with_columns(ref_value_lower=pl.lit(None, pl.Float64), ref_value_upper=pl.lit(None, pl.Float64))


def _told(joined: pl.DataFrame, keys: list[str], group: str, value_type: ValueType, multiplier: float, rest: bool) -> pl.DataFrame:
    share = value_type == "proportion"
    lost = _Unknown(
        *(_floats(joined, f"_{name}") for name in ("numerator_lower", "numerator_upper", "denominator_upper", "denominator_lower")),
        spare=joined["_number"].to_numpy() > 2 if not rest else np.zeros(joined.height, dtype=np.bool_),
    )
    mine, other = _ends(joined, "", multiplier, lost, share), _ends(joined, "ref_", multiplier, lost, share)
    with np.errstate(divide="ignore", invalid="ignore"):
        highest, lowest = _highest(mine, lost, lost.events_high, share), _lowest(mine, lost, lost.events_low, share)
        up, down = _widest(mine, other, lost, share), _widest(other, mine, lost, share)
        over, under = _farthest(mine, other, lost, share), _farthest(other, mine, lost, share)
        known_up = mine.events_best / mine.people_best - other.events_worst / other.people_worst
        known_down = mine.events_worst / mine.people_worst - other.events_best / other.people_best
        tips = [_tipping(mine, other, lost, share), _tipping(other, mine, lost, share)]
    lower = known_up < 0  # the group is below its reference, however the counts were rounded
    higher = known_down > 0
    sure = lower | higher
    vanish = np.where(lower, up >= -1e-12, np.where(higher, down >= -1e-12, True))
    people = np.where(lower, tips[0][0], tips[1][0])
    where = np.where(lower, tips[0][1], np.where(tips[1][1] == "low", "high", np.where(tips[1][1] == "high", "low", "both")))
    total = lost.people_high if share else lost.events_high
    spreadable = np.isfinite(total) & np.isfinite(lost.events_high)
    ok = spreadable & np.isfinite(known_up) & np.isfinite(known_down)
    told = vanish & ok
    with np.errstate(divide="ignore", invalid="ignore"):
        portion = people / total
        least_ratio = 1 / under
    columns = {
        "value_lower": multiplier * lowest,
        "value_upper": multiplier * highest,
        "difference_lower": -multiplier * down,
        "difference_upper": multiplier * up,
        "ratio_lower": least_ratio,
        "ratio_upper": over,
        "tipping_people": np.where(told, np.where(sure, people, 0.0), np.nan),
        "tipping_share": np.where(told, np.where(sure, portion, 0.0), np.nan),
    }
    out = joined.select(*keys, group).with_columns(
        pl.Series(name, np.where(ok, values, np.nan), dtype=pl.Float64, nan_to_null=True) for name, values in columns.items()
    )
    names = {"low": "group", "high": "reference", "both": "both"}
    tipping = pl.Series(np.where(sure, where, "rounding"), dtype=pl.String).replace(names)
    return out.with_columns(
        can_vanish=pl.when(pl.Series(ok)).then(pl.Series(vanish)),
        tipping_in=pl.when(pl.Series(told)).then(tipping),
        reason=pl.when(~pl.Series(spreadable))
        .then(pl.lit("how many people are of unknown ethnicity is not known"))
        .when(~pl.Series(ok))
        .then(pl.lit("the group or its reference has no value")),
    )


def _floats(frame: pl.DataFrame, name: str) -> Floats:
    return np.asarray(frame[name].cast(pl.Float64).fill_null(float("nan")).to_numpy(), dtype=np.float64)


def _ends(joined: pl.DataFrame, prefix: str, multiplier: float, lost: _Unknown, share: bool) -> _Ends:
    events_low, events_high, people_low, people_high = (_floats(joined, f"{prefix}{name}") for name in COUNTS)
    least, most = (_floats(joined, f"{prefix}value_{end}") / multiplier for end in ("lower", "upper"))
    # Where nobody of the group is known, those of unknown ethnicity are all that it can have.
    fewest = np.where(share & (lost.events_high > 0), people_low, np.maximum(people_low, 1.0))
    best = np.minimum(events_high, np.where(np.isnan(most), np.inf, most) * np.where(fewest > 0, fewest, np.inf))
    with np.errstate(divide="ignore", invalid="ignore"):
        kink = np.where(least > 0, events_low / least, people_high)
    largest = np.clip(np.where(np.isnan(kink), people_high, kink), people_low, people_high)
    worst = np.maximum(events_low, np.where(np.isnan(least), 0.0, least) * largest)
    return _Ends(np.minimum(best, fewest) if share else best, fewest, worst, largest)


# --------------------------------------------------------------------------------------------- Bounds over every spread


def _highest(one: _Ends, lost: _Unknown, events: Floats, share: bool) -> Floats:  # noqa: ARG001
    people = one.people_best + (events if share else 0.0)
    return np.where(people > 0, (one.events_best + events) / people, 1.0)


def _lowest(one: _Ends, lost: _Unknown, events: Floats, share: bool) -> Floats:
    people = one.people_worst + (lost.people_high - events if share else 0.0)
    return np.where(people > 0, one.events_worst / people, 0.0)


def _between(inside: Floats, lost: _Unknown) -> list[Floats]:
    """The whole numbers of events on either side of where a gap that rises and then falls is greatest."""
    steady = np.where(np.isnan(inside), lost.events_high, inside)
    return [np.clip(one, lost.events_low, lost.events_high) for one in (np.floor(steady), np.ceil(steady))]


def _widest(one: _Ends, other: _Ends, lost: _Unknown, share: bool) -> Floats:
    """The greatest difference: concave in the number of events among the unknown, and greatest where its slope is nought."""
    if not share:
        return _highest(one, lost, lost.events_high, share) - _lowest(other, lost, lost.events_low, share)
    steep = np.sqrt((one.people_best - one.events_best) / other.events_worst)
    inside = (steep * (other.people_worst + lost.people_high) - one.people_best) / (1 + steep)
    inside = np.where(np.isinf(steep), lost.events_high, inside)
    return np.maximum(*(_highest(one, lost, at, share) - _lowest(other, lost, at, share) for at in _between(inside, lost)))


def _farthest(one: _Ends, other: _Ends, lost: _Unknown, share: bool) -> Floats:
    """The greatest ratio: its logarithm is concave in the number of events among the unknown."""
    if not share:
        return _highest(one, lost, lost.events_high, share) / _lowest(other, lost, lost.events_low, share)
    rest = one.people_best - one.events_best
    inside = np.sqrt(rest * (one.people_best + other.people_worst + lost.people_high)) - one.people_best
    return np.maximum(*(_highest(one, lost, at, share) / _lowest(other, lost, at, share) for at in _between(inside, lost)))


# --------------------------------------------------------------------------------------------------- The tipping point


def _tipping(low: _Ends, high: _Ends, lost: _Unknown, share: bool) -> tuple[Floats, NDArray[np.str_]]:
    """The fewest people of unknown ethnicity in the lower group, failing that in the higher, failing that in either."""
    x, n, far, base = low.events_best, low.people_best, high.events_worst, high.people_worst
    if not share:
        paired = (n * (far + lost.events_low) - x * base) / (n + base)
        return _whole(np.where(lost.spare, far / base * n - x, paired)), np.full(x.shape, "low")
    people, events = lost.people_high, lost.events_low
    rate = far / (base + people - events)
    alone = (rate * n - x) / (1 - rate)
    # With two groups whoever is not of the one is of the other.
    paired = ((far + events) * n - x * (base + people)) / ((n - x) + (base + people - far - events))
    in_low = _whole(np.where(lost.spare, alone, paired))
    reach = (x + lost.events_high) / (n + lost.events_high)
    ends = [(far * (n + all_) - (x + lost.events_high) * base) / (x + lost.events_high + far) for all_ in (people, lost.people_low)]
    in_high = _whole(np.where(lost.spare, far / reach - base, np.minimum(*ends)))
    # Few events lift the lower group, or many others sink the higher: least together where one more of either does the same.
    turn = np.clip(
        np.sqrt(far * (n - x)) - x, np.maximum(alone, 0.0), np.minimum(lost.events_high, (far / base * n - x) / (1 - far / base))
    )
    together = _whole(turn + np.maximum(far * (n + turn) / (x + turn) - base, 0.0))
    people_of = np.where(in_low > 0, in_low, np.where(in_high > 0, in_high, np.where(lost.spare, together, lost.people_low)))
    return people_of, np.where(in_low > 0, "low", np.where(in_high > 0, "high", "both"))


def _whole(people: Floats) -> Floats:
    return np.maximum(np.ceil(people - WHOLE * np.maximum(np.abs(people), 1.0)), 0.0)

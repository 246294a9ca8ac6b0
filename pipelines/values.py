"""An observation's counts, value, state and 95% interval, as Polars steps over one row a place.

A row has ``number|lower|upper|state|reason:measure`` for each measure of its source. The published value is the value
shown; it is worked out from the counts as well, or where none is published.
"""

from __future__ import annotations

import polars as pl

from equity import cells, rates, rounding
from equity.cells import CellState
from equity.rounding import Bounds
from pipelines.catalogue import Indicator, Source

POPULATION = "population"
SPARE = " (if there is one)"
MOST_DIGITS = 6
UNKNOWN_GROUPS = ("unknown", "not_stated", "not_known")


def counts(wide: pl.DataFrame, source: Source) -> pl.DataFrame:
    """``numerator`` and ``denominator``, each with the bounds that rounding and suppression leave."""
    return wide.with_columns(*_sum(source.numerator, "numerator"), *_sum(source.denominator, "denominator"))


def _sum(terms: list[str], into: str) -> list[pl.Expr]:
    """Point and bounds of a sum of terms.

    A suppressed part of several stands for the middle of its range, unless nothing that is added is known: then a point
    would be made of guesses alone, and there are bounds only.
    """
    if not terms:
        return [pl.lit(None, pl.Float64).alias(f"{into}{end}") for end in ("", "_lower", "_upper")]
    point, lower, upper, anything = pl.lit(0.0), pl.lit(0.0), pl.lit(0.0), pl.lit(value=False)
    for term in terms:
        name, spare = term.removeprefix("-").removesuffix(SPARE), term.endswith(SPARE)
        if name == POPULATION and into == "denominator":
            n = low = high = pl.col(POPULATION)
        else:
            n, low, high = (pl.col(f"{part}:{name}") for part in ("number", "lower", "upper"))
        if not term.startswith("-"):
            anything = anything | n.is_not_null()
        n = pl.coalesce(n, (low + high) / 2) if len(terms) > 1 else n
        if spare:
            n, low, high = (part.fill_null(0.0) for part in (n, low, high))
        negative = term.startswith("-")
        point = point - n if negative else point + n
        lower, upper = (lower - high, upper - low) if negative else (lower + low, upper + high)
    floor = pl.lit(0.0)
    ends = [("", pl.when(anything).then(point)), ("_lower", lower), ("_upper", upper)]
    # Rounding can take the least possible below nought, which no count is; null stays null.
    return [pl.when(end < 0).then(floor).otherwise(end).alias(f"{into}{name}") for name, end in ends]


def value(wide: pl.DataFrame, indicator: Indicator, source: Source) -> pl.DataFrame:
    """``value`` and where it comes from, and the value worked out again from the counts."""
    again = _again(indicator, source)
    wide = wide.with_columns(**{f"recomputed{end}": again[end] for end in ("", "_lower", "_upper")})
    published = pl.col(f"number:{source.value}") if source.value else pl.lit(None, pl.Float64)
    refused = pl.col(f"state:{source.value}") if source.value else pl.lit(None, pl.String)
    # A symbol in place of the value says that there is none: it is not worked out behind the publisher's back.
    worked_out = pl.when(published.is_null() & refused.is_null()).then("recomputed")
    reason = pl.col(f"reason:{source.value}") if source.value else pl.lit(None, pl.String)
    return wide.with_columns(
        value=pl.coalesce(published, worked_out),
        published_state=refused,
        published_reason=reason,
        value_basis=pl.when(published.is_not_null() & ~pl.col("rolled_up"))
        .then(pl.lit("published"))
        .when(published.is_not_null() | (pl.col("recomputed").is_not_null() & refused.is_null()))
        .then(pl.when("rolled_up").then(pl.lit("rolled_up")).otherwise(pl.lit("computed"))),
        numerator_state=pl.col(f"state:{source.numerator[0]}") if source.numerator else pl.lit(None, pl.String),
        numerator_reason=pl.col(f"reason:{source.numerator[0]}") if source.numerator else pl.lit(None, pl.String),
    )


def _again(indicator: Indicator, source: Source) -> dict[str, pl.Expr]:
    """The value worked out from the counts, and the least and the most that they allow."""
    point, low, high = (pl.col(f"numerator{end}") for end in ("", "_lower", "_upper"))
    if indicator.value_type == "count":
        return {"": point, "_lower": low, "_upper": high}
    if not (source.numerator and source.denominator):
        return dict.fromkeys(("", "_lower", "_upper"), pl.lit(None, pl.Float64))
    whole, least, most = (pl.col(f"denominator{end}") for end in ("", "_lower", "_upper"))
    bounds = rounding.ratio_bounds(Bounds(low, high), Bounds(least, most), indicator.multiplier)
    found = {"": pl.when(whole > 0).then(indicator.multiplier * point / whole), "_lower": bounds.lower, "_upper": bounds.upper}
    if indicator.value_type != "proportion":
        return found
    # Rounding can print more of a part than of its whole, but a part is never more; what is impossible, a check refuses.
    possible = low <= most
    limit = pl.lit(indicator.multiplier)
    return {end: pl.when(possible & (value > limit)).then(limit).otherwise(value) for end, value in found.items()}


def state(wide: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """``cell_state`` and its reason: nought is a true zero only where nobody is counted; a base under the least is unreliable."""
    value, numerator = pl.col("value"), pl.col("numerator")
    # Where part of the base is hidden, the most that it can be decides.
    base = pl.coalesce(indicator.base, f"{indicator.base}_upper")
    nobody = pl.col("ethnicity_code").is_in(UNKNOWN_GROUPS) & numerator.is_not_null()
    hidden = pl.col("numerator_state") == CellState.SUPPRESSED
    few = f"fewer than {indicator.min_base} {indicator.sentence.counted}"
    no_figure = pl.col("published_state").is_in([CellState.NOT_COLLECTED, CellState.NOT_APPLICABLE])
    counted_none = (value == 0) & (numerator == 0)
    rules: list[tuple[pl.Expr, CellState | pl.Expr, pl.Expr]] = [
        (counted_none & (indicator.base == "numerator"), CellState.TRUE_ZERO, pl.lit(None, pl.String)),
        (value.is_not_null() & (base < indicator.min_base), CellState.UNRELIABLE, pl.lit(few)),
        # A published 0 beside a count of some people is a small figure that was rounded.
        (counted_none | ((value == 0) & pl.col("numerator_upper").is_null()), CellState.TRUE_ZERO, pl.lit(None, pl.String)),
        (value.is_not_null(), CellState.OBSERVED, pl.lit(None, pl.String)),
        (
            nobody & (no_figure | pl.col("published_state").is_null()),
            CellState.NOT_APPLICABLE,
            pl.lit("there is no population of people whose ethnicity is not known"),
        ),
        (pl.col("published_state").is_not_null(), pl.col("published_state"), pl.col("published_reason")),
        (hidden, CellState.SUPPRESSED, pl.coalesce("numerator_reason", pl.lit("suppressed by the publisher"))),
        (pl.col("denominator") == 0, CellState.NOT_APPLICABLE, pl.lit("nobody is in the denominator")),
        (
            pl.col("denominator").is_null() & pl.col("denominator_upper").is_not_null(),
            CellState.SUPPRESSED,
            pl.lit("what it is out of is suppressed by the publisher"),
        ),
        (pl.col("numerator_state").is_not_null() & pl.col("numerator").is_null(), pl.col("numerator_state"), pl.col("numerator_reason")),
    ]
    state: pl.Expr = pl.lit(str(CellState.NOT_COLLECTED))
    reason: pl.Expr = pl.lit("the counts that it needs are not published")
    for when, then, why in reversed(rules):
        outcome = then if isinstance(then, pl.Expr) else pl.lit(str(then))
        state = pl.when(when).then(outcome).otherwise(state)
        reason = pl.when(when).then(why).otherwise(reason)
    return wide.with_columns(cell_state=state, state_reason=reason)


def interval(wide: pl.DataFrame, indicator: Indicator, source: Source) -> pl.DataFrame:
    """95% limits around the value shown: as published, from a half-width, or by the indicator's method."""
    none = pl.lit(None, pl.Float64)
    value, numerator, denominator = pl.col("value"), pl.col("numerator"), pl.col("denominator")
    lower, upper, method = none, none, pl.lit(None, pl.String)
    if indicator.interval_method == "wilson":
        # From rounded counts the published percentage is the better estimate, and the interval must hold it.
        events = pl.when(pl.col("rounded") & (pl.col("value_basis") == "published")).then(value * denominator / indicator.multiplier)
        events = pl.coalesce(events, numerator)
        part = pl.when(events > denominator).then(denominator).otherwise(events)
        limits = rates.wilson(part, denominator, indicator.multiplier)
        lower, upper, method = limits.lower, limits.upper, pl.lit("wilson")
    elif indicator.interval_method == "byar_exact":
        known, plain = rates.rate_of_known_value(value, numerator), rates.rate(numerator, denominator, indicator.multiplier)
        lower = pl.when(value > 0).then(known.lower).otherwise(plain.lower)
        upper = pl.when(value > 0).then(known.upper).otherwise(plain.upper)
        method = pl.lit("byar_exact")
    half = pl.col(f"number:{source.half_width}") if source.half_width else none
    if source.half_width:
        below, above = (_as_printed(limit, source) for limit in (value - half, value + half))
        lower = pl.when(half.is_not_null()).then(pl.max_horizontal(below, pl.lit(0.0))).otherwise(lower)
        upper = pl.when(half.is_not_null()).then(above).otherwise(upper)
        method = pl.when(half.is_not_null()).then(pl.lit("published_half_width")).otherwise(method)
    low, high = (pl.col(f"number:{indicator.id}:{name}") for name in ("lower_ci", "upper_ci"))
    given = low.is_not_null() & high.is_not_null()
    lower, upper = pl.when(given).then(low).otherwise(lower), pl.when(given).then(high).otherwise(upper)
    method = pl.when(given).then(pl.lit("published")).otherwise(method)
    shown = value.is_not_null() & lower.is_not_null() & upper.is_not_null()
    return wide.with_columns(
        lower_ci=pl.when(shown).then(lower), upper_ci=pl.when(shown).then(upper), interval_method=pl.when(shown).then(method)
    )


def _as_printed(limit: pl.Expr, source: Source) -> pl.Expr:
    """A sum of two printed figures with as many digits as they have, without the dust of binary floating point."""
    texts = [pl.col(f"value_text:{name}") for name in (source.value, source.half_width) if name]
    digits = pl.max_horizontal(*[cells.decimals(text) for text in texts])
    exact = pl.lit(None, pl.Float64)
    for count in range(MOST_DIGITS + 1):
        exact = pl.when(digits == count).then(limit.round(count)).otherwise(exact)
    return pl.coalesce(exact, limit)

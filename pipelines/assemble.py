"""Figures and the catalogue to observations: which figure is the value, which its counts, and what follows from them.

The published value is the value shown. Wherever its counts are there it is worked out again, with the range that
rounding and suppression allow; where none is published the counts give it.
"""

from __future__ import annotations

from functools import reduce

import polars as pl

from equity import rates, rounding
from equity.cells import CellState
from equity.ethnicity import require_same_scheme
from equity.rounding import Bounds
from pipelines.catalogue import Catalogue, Indicator, Source
from pipelines.figures import PLACE
from pipelines.reference import Reference
from pipelines.sources.common import ENGLAND

POPULATION = "population"
SPARE = " (if there is one)"
UNKNOWN_GROUPS = ("unknown", "not_stated", "not_known")


def template_source(indicator: Indicator) -> Source:
    """Where the template's cells of an indicator go; a denominator that the Census gives may be left out there."""
    own = [f"{indicator.id}:denominator", f"-{indicator.id}:denominator_excluded{SPARE}"]
    counted = any(POPULATION in source.denominator for source in indicator.sources)
    return Source(
        dataset="template",
        value=f"{indicator.id}:value",
        numerator=[f"{indicator.id}:numerator"],
        denominator=[POPULATION] if counted else own,
        half_width=f"{indicator.id}:half_width",
    )


def sources_of(indicator: Indicator, dataset: str) -> list[Source]:
    """The indicator's sources in a dataset."""
    if dataset == "template":
        return [template_source(indicator)]
    return [source for source in indicator.sources if source.dataset == dataset]


def measures(catalogue: Catalogue, dataset: str) -> frozenset[str]:
    """Every measure of a dataset that some indicator uses (for the template: the indicators' ids)."""
    if dataset == "template":
        return frozenset(catalogue.indicators)
    found = [source for indicator in catalogue.indicators.values() for source in sources_of(indicator, dataset)]
    names = [
        term.removeprefix("-")
        for source in found
        for term in [source.value or "", source.half_width or "", *source.numerator, *source.denominator]
    ]
    return frozenset(names) - {"", POPULATION}


def assemble(figures: pl.DataFrame, dataset: str, catalogue: Catalogue, reference: Reference) -> pl.DataFrame:
    """Observations of every indicator that the figures feed, without the columns that belong to the extract."""
    parts = [
        _observations(figures, indicator, source, reference)
        for indicator in catalogue.indicators.values()
        for source in sources_of(indicator, dataset)
    ]
    parts = [part for part in parts if not part.is_empty()]
    return pl.concat(parts) if parts else pl.DataFrame()


def _observations(figures: pl.DataFrame, indicator: Indicator, source: Source, reference: Reference) -> pl.DataFrame:
    terms = [term.removeprefix("-").removesuffix(SPARE) for term in [*source.numerator, *source.denominator]]
    named = {name for name in [source.value, source.half_width, *terms] if name and name != POPULATION}
    published = {f"{indicator.id}:{limit}" for limit in ("lower_ci", "upper_ci")}
    kinds = [*indicator.organisation_types, *(["provider"] if "trust" in indicator.organisation_types else [])]
    mine = figures.filter(
        pl.col("measure").is_in([*named, *published])
        & pl.col("org_type").is_in(kinds)
        & pl.col("ethnicity_scheme").is_in(indicator.ethnicity_schemes)
    )
    if mine.is_empty():
        return pl.DataFrame()
    wide = _widen(mine, sorted(named | published), reference)
    counted = _counts(wide, indicator, source)
    valued = _value(counted, indicator, source)
    stated = _state(valued, indicator)
    return _labelled(_interval(stated, indicator, source), indicator, reference)


# ------------------------------------------------------------------------------------------------ One row a place


def _widen(mine: pl.DataFrame, names: list[str], reference: Reference) -> pl.DataFrame:
    """One row a place with ``number|lower|upper|state|reason:measure`` for each measure, and the population."""
    shared = mine.group_by(PLACE, maintain_order=True).agg(
        pl.col("org_name", "source", "licence").drop_nulls().first(),
        pl.col("rounded").any(),
        pl.col("rolled_up").all(),
        pl.col("source_row").min(),
    )

    def attach(wide: pl.DataFrame, name: str) -> pl.DataFrame:
        one = mine.filter(pl.col("measure") == name).select(
            *PLACE,
            *[pl.col(part).alias(f"{part}:{name}") for part in ("number", "lower", "upper", "state", "reason")],
        )
        return wide.join(one, on=PLACE, how="left")

    wide = reduce(attach, names, shared)
    people = pl.concat([reference.population_frame(scheme) for scheme in wide["ethnicity_scheme"].unique().to_list()])
    require_same_scheme(wide, people)
    population = people.select(
        pl.col("area_code").alias("org_code"),
        "ethnicity_scheme",
        "ethnicity_code",
        pl.when(pl.col("area_code") == ENGLAND).then(pl.lit("england")).otherwise(pl.lit("icb")).alias("org_type"),
        pl.col("population").cast(pl.Float64).alias(POPULATION),
    )
    # An STP has its successor's code but not its boundary, so it has no population here.
    return wide.join(population, on=["org_code", "org_type", "ethnicity_scheme", "ethnicity_code"], how="left")


def _counts(wide: pl.DataFrame, indicator: Indicator, source: Source) -> pl.DataFrame:
    return wide.with_columns(*_sum(wide, source.numerator, "numerator"), *_sum(wide, source.denominator, "denominator"))


def _sum(wide: pl.DataFrame, terms: list[str], into: str) -> list[pl.Expr]:
    """Point and bounds of a sum of terms; a suppressed part of several stands for the middle of its range."""
    if not terms:
        return [pl.lit(None, pl.Float64).alias(f"{into}{end}") for end in ("", "_lower", "_upper")]
    point, lower, upper = pl.lit(0.0), pl.lit(0.0), pl.lit(0.0)
    for term in terms:
        name, spare = term.removeprefix("-").removesuffix(SPARE), term.endswith(SPARE)
        if name == POPULATION:
            n = low = high = pl.col(POPULATION)
        else:
            n, low, high = (pl.col(f"{part}:{name}") for part in ("number", "lower", "upper"))
        n = pl.coalesce(n, (low + high) / 2) if len(terms) > 1 else n
        if spare:
            n, low, high = (part.fill_null(0.0) for part in (n, low, high))
        negative = term.startswith("-")
        point = point - n if negative else point + n
        lower, upper = (lower - high, upper - low) if negative else (lower + low, upper + high)
    floor = pl.lit(0.0)
    ends = [("", point), ("_lower", lower), ("_upper", upper)]
    # Rounding can take the least possible below nought, which no count is; null stays null.
    return [pl.when(end < 0).then(floor).otherwise(end).alias(f"{into}{name}") for name, end in ends]


# ------------------------------------------------------------------------------------------ Value, state, interval


def _value(wide: pl.DataFrame, indicator: Indicator, source: Source) -> pl.DataFrame:
    """``value`` and where it comes from, and the value worked out again from the counts."""
    numerator, denominator = pl.col("numerator"), pl.col("denominator")
    if indicator.value_type == "count":
        again, bounds = numerator, Bounds(pl.col("numerator_lower"), pl.col("numerator_upper"))
    elif source.numerator and source.denominator:
        again = pl.when(denominator > 0).then(indicator.multiplier * numerator / denominator)
        bounds = rounding.ratio_bounds(
            Bounds(pl.col("numerator_lower"), pl.col("numerator_upper")),
            Bounds(pl.col("denominator_lower"), pl.col("denominator_upper")),
            indicator.multiplier,
        )
    else:
        again = pl.lit(None, pl.Float64)
        bounds = Bounds(again, again)
    wide = wide.with_columns(recomputed=again, recomputed_lower=bounds.lower, recomputed_upper=bounds.upper)
    published = pl.col(f"number:{source.value}") if source.value else pl.lit(None, pl.Float64)
    refused = pl.col(f"state:{source.value}") if source.value else pl.lit(None, pl.String)
    # A symbol in place of the value says that there is none: it is not worked out behind the publisher's back.
    worked_out = pl.when(published.is_null() & refused.is_null()).then("recomputed")
    reason = pl.col(f"reason:{source.value}") if source.value else pl.lit(None, pl.String)
    return wide.with_columns(
        value=pl.coalesce(published, worked_out),
        published_state=refused,
        published_reason=reason,
        value_basis=pl.when(published.is_not_null())
        .then(pl.lit("published"))
        .when(pl.col("recomputed").is_not_null() & refused.is_null())
        .then(pl.when("rolled_up").then(pl.lit("rolled_up")).otherwise(pl.lit("computed"))),
        numerator_state=pl.col(f"state:{source.numerator[0]}") if source.numerator else pl.lit(None, pl.String),
        numerator_reason=pl.col(f"reason:{source.numerator[0]}") if source.numerator else pl.lit(None, pl.String),
    )


def _state(wide: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """``cell_state`` and its reason; a base under the indicator's least is unreliable."""
    value, base = pl.col("value"), pl.col(indicator.base)
    nobody = pl.col("ethnicity_code").is_in(UNKNOWN_GROUPS) & pl.col("numerator").is_not_null()
    hidden = pl.col("numerator_state") == CellState.SUPPRESSED
    few = f"fewer than {indicator.min_base} people in the base"
    no_figure = pl.col("published_state").is_in([CellState.NOT_COLLECTED, CellState.NOT_APPLICABLE])
    rules: list[tuple[pl.Expr, CellState | pl.Expr, pl.Expr]] = [
        (value.is_not_null() & (base < indicator.min_base), CellState.UNRELIABLE, pl.lit(few)),
        (value == 0, CellState.TRUE_ZERO, pl.lit(None, pl.String)),
        (value.is_not_null(), CellState.OBSERVED, pl.lit(None, pl.String)),
        (
            nobody & (no_figure | pl.col("published_state").is_null()),
            CellState.NOT_APPLICABLE,
            pl.lit("there is no population of people whose ethnicity is not known"),
        ),
        (pl.col("published_state").is_not_null(), pl.col("published_state"), pl.col("published_reason")),
        (hidden, CellState.SUPPRESSED, pl.coalesce("numerator_reason", pl.lit("suppressed by the publisher"))),
        (pl.col("denominator") == 0, CellState.NOT_APPLICABLE, pl.lit("nobody is in the denominator")),
        (pl.col("numerator_state").is_not_null() & pl.col("numerator").is_null(), pl.col("numerator_state"), pl.col("numerator_reason")),
    ]
    state: pl.Expr = pl.lit(str(CellState.NOT_COLLECTED))
    reason: pl.Expr = pl.lit("the counts that it needs are not published")
    for when, then, why in reversed(rules):
        outcome = then if isinstance(then, pl.Expr) else pl.lit(str(then))
        state = pl.when(when).then(outcome).otherwise(state)
        reason = pl.when(when).then(why).otherwise(reason)
    return wide.with_columns(cell_state=state, state_reason=reason)


def _interval(wide: pl.DataFrame, indicator: Indicator, source: Source) -> pl.DataFrame:
    """95% limits around the value shown: as published, from a half-width, or by the indicator's method."""
    none = pl.lit(None, pl.Float64)
    value, numerator, denominator = pl.col("value"), pl.col("numerator"), pl.col("denominator")
    lower, upper, method = none, none, pl.lit(None, pl.String)
    if indicator.interval_method == "wilson":
        # From rounded counts the published percentage is the better estimate, and the interval must hold it.
        events = pl.when(pl.col("rounded") & (pl.col("value_basis") == "published")).then(
            value * denominator / indicator.multiplier
        )
        limits = rates.wilson(pl.coalesce(events, numerator), denominator, indicator.multiplier)
        lower, upper, method = limits.lower, limits.upper, pl.lit("wilson")
    elif indicator.interval_method == "byar_exact":
        known, plain = rates.rate_of_known_value(value, numerator), rates.rate(numerator, denominator, indicator.multiplier)
        lower = pl.when(value > 0).then(known.lower).otherwise(plain.lower)
        upper = pl.when(value > 0).then(known.upper).otherwise(plain.upper)
        method = pl.lit("byar_exact")
    half = pl.col(f"number:{source.half_width}") if source.half_width else none
    if source.half_width:
        lower = pl.when(half.is_not_null()).then(pl.max_horizontal(value - half, pl.lit(0.0))).otherwise(lower)
        upper = pl.when(half.is_not_null()).then(value + half).otherwise(upper)
        method = pl.when(half.is_not_null()).then(pl.lit("published_half_width")).otherwise(method)
    low, high = (pl.col(f"number:{indicator.id}:{name}") for name in ("lower_ci", "upper_ci"))
    given = low.is_not_null() & high.is_not_null()
    lower, upper = pl.when(given).then(low).otherwise(lower), pl.when(given).then(high).otherwise(upper)
    method = pl.when(given).then(pl.lit("published")).otherwise(method)
    shown = value.is_not_null() & lower.is_not_null() & upper.is_not_null()
    return wide.with_columns(
        lower_ci=pl.when(shown).then(lower), upper_ci=pl.when(shown).then(upper), interval_method=pl.when(shown).then(method)
    )


def _labelled(wide: pl.DataFrame, indicator: Indicator, reference: Reference) -> pl.DataFrame:
    groups = reference.group_frame().select(
        pl.col("scheme").alias("ethnicity_scheme"),
        pl.col("code").alias("ethnicity_code"),
        pl.col("label").alias("ethnicity_label"),
        pl.col("level").alias("group_level"),
    )
    place = ["org_code", "org_type", "period_end"]
    places = wide.select(place).unique()
    names = [reference.organisation_name(code, kind, day) for code, kind, day in places.iter_rows()]
    named = places.with_columns(pl.Series("listed", names, pl.String))
    national = pl.col("org_type") == "england"
    decimals = pl.when(national).then(indicator.decimals.england).otherwise(indicator.decimals.other)
    return (
        wide.join(groups, on=["ethnicity_scheme", "ethnicity_code"], how="left")
        .join(named, on=place, how="left")
        .with_columns(
            indicator_id=pl.lit(indicator.id),
            org_name=pl.coalesce("listed", "org_name"),
            value_decimals=decimals.cast(pl.Int64),
            source=pl.coalesce("source", pl.lit(indicator.publication)),
            licence=pl.coalesce("licence", pl.lit(indicator.licence)),
        )
        .select(OBSERVED_COLUMNS)
    )


OBSERVED_COLUMNS = [
    "indicator_id",
    "org_code",
    "org_type",
    "org_name",
    "period_start",
    "period_end",
    "ethnicity_scheme",
    "ethnicity_code",
    "ethnicity_label",
    "group_level",
    "numerator",
    "numerator_lower",
    "numerator_upper",
    "denominator",
    "denominator_lower",
    "denominator_upper",
    "value",
    "value_basis",
    "value_decimals",
    "recomputed",
    "recomputed_lower",
    "recomputed_upper",
    "lower_ci",
    "upper_ci",
    "interval_method",
    "cell_state",
    "state_reason",
    "publication_status",
    "source",
    "licence",
    "source_row",
]

"""Figures and the catalogue to observations: which figure is the value, which its counts, and what follows from them.

The published value is the value shown. Wherever its counts are there it is worked out again, with the range that
rounding and suppression allow; where none is published the counts give it.
"""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import polars as pl

from equity.ethnicity import require_same_scheme
from pipelines import values
from pipelines.catalogue import Catalogue, Indicator, Source
from pipelines.figures import PLACE, Figures
from pipelines.reference import Reference
from pipelines.sources.common import ENGLAND, PART
from pipelines.tables import ROW
from pipelines.values import POPULATION, SPARE


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
    return frozenset(name for _, source in _sources(catalogue, dataset) for name in _named(source))


def _named(source: Source) -> set[str]:
    """The measures that a source is made of; as a denominator ``population`` is no measure but the reference table."""
    terms = [*source.numerator, *(term for term in source.denominator if term != POPULATION)]
    plain = [term.removeprefix("-").removesuffix(SPARE) for term in terms]
    return {name for name in [source.value, source.half_width, *plain] if name}


class Assembled(NamedTuple):
    """Observations without the columns that belong to the extract; and the rows that feed none, as one of their figures is refused."""

    observations: pl.DataFrame
    lost: pl.Series


def assemble(figures: Figures, dataset: str, catalogue: Catalogue, reference: Reference) -> Assembled:
    """Observations of every indicator that the figures feed, save those of which a figure was refused."""
    shapes = _shapes(figures.kept)
    kept = figures.kept.join(shapes, on=_SHAPE, how="left")
    parts: list[pl.DataFrame] = []
    feeding, lost = [pl.Series(ROW, [], pl.Int64)], [pl.Series(ROW, [], pl.Int64)]
    for indicator, source in _sources(catalogue, dataset):
        mine = kept.filter(pl.col("shape").is_in(_fitting(shapes, indicator, source)))
        if not figures.spoiled.is_empty():
            names = list(_named(source) | _limits(indicator))
            gaps = figures.spoiled.filter(pl.col("measure").is_in(names)).select(PLACE).unique()
            lost.append(mine.join(gaps, on=PLACE, how="semi")[ROW])
            mine = mine.join(gaps, on=PLACE, how="anti")
            feeding.append(mine[ROW])
        if not mine.is_empty():
            parts.append(_observations(mine, indicator, source, reference))
    without = pl.concat(lost).unique()
    without = without.filter(~without.is_in(pl.concat(feeding).unique().to_list()))
    return Assembled(pl.concat(parts) if parts else pl.DataFrame(), without.drop_nulls())


def needed_rows(kept: pl.DataFrame, dataset: str, catalogue: Catalogue) -> pl.Series:
    """The rows with a figure that some indicator is made of, by its measure, kind of organisation and ethnicity scheme."""
    shapes = _shapes(kept)
    fitting = {shape for indicator, source in _sources(catalogue, dataset) for shape in _fitting(shapes, indicator, source)}
    return kept.join(shapes.filter(pl.col("shape").is_in(list(fitting))), on=_SHAPE, how="semi")[ROW].unique()


_SHAPE = ["measure", "org_type", "ethnicity_scheme"]


def _sources(catalogue: Catalogue, dataset: str) -> list[tuple[Indicator, Source]]:
    return [(one, source) for one in catalogue.indicators.values() for source in sources_of(one, dataset)]


def _shapes(figures: pl.DataFrame) -> pl.DataFrame:
    return figures.select(_SHAPE).unique().with_row_index("shape")


def _fitting(shapes: pl.DataFrame, indicator: Indicator, source: Source) -> list[int]:
    kinds = [*indicator.organisation_types, *(["provider"] if "trust" in indicator.organisation_types else [])]
    mine = shapes.filter(
        pl.col("measure").str.split(PART).list.first().is_in(list(_named(source) | _limits(indicator)))
        & pl.col("org_type").is_in(kinds)
        & pl.col("ethnicity_scheme").is_in(indicator.ethnicity_schemes)
    )
    return mine["shape"].to_list()


def _limits(indicator: Indicator) -> set[str]:
    """Limits that the template may give beside any value."""
    return {f"{indicator.id}:{limit}" for limit in ("lower_ci", "upper_ci")}


def _observations(mine: pl.DataFrame, indicator: Indicator, source: Source, reference: Reference) -> pl.DataFrame:
    texts = [name for name in (source.value, source.half_width) if name and source.half_width]
    wide = _widen(mine, sorted(_named(source) | _limits(indicator)), texts, reference)
    counted = values.counts(_population_of_its_time(wide, indicator, source), source)
    stated = values.state(values.value(counted, indicator, source), indicator)
    return _labelled(values.interval(stated, indicator, source), indicator, reference)


def _population_of_its_time(wide: pl.DataFrame, indicator: Indicator, source: Source) -> pl.DataFrame:
    """A published rate from before a break in its population was not divided by the one we have."""
    if source.value is None or POPULATION not in source.denominator or not indicator.series_breaks:
        return wide
    since = max(one.from_ for one in indicator.series_breaks)
    return wide.with_columns(pl.when(pl.col("period_start") >= since).then(POPULATION).alias(POPULATION))


# ------------------------------------------------------------------------------------------------ One row a place


def _widen(mine: pl.DataFrame, names: list[str], texts: list[str], reference: Reference) -> pl.DataFrame:
    """One row a place with ``number|lower|upper|state|reason:measure`` for each measure, and the population.

    ``texts`` are the measures that are wanted as they were printed, too.
    """
    shared = mine.group_by(PLACE, maintain_order=True).agg(
        pl.col("org_name", "source", "licence").drop_nulls().first(),
        pl.col("rounded").any(),
        pl.col("rolled_up").all(),
        pl.col("source_row").min(),
    )

    def attach(wide: pl.DataFrame, name: str) -> pl.DataFrame:
        parts = ["number", "lower", "upper", "state", "reason", *(["value_text"] if name in texts else [])]
        one = mine.filter(pl.col("measure") == name).select(*PLACE, *[pl.col(part).alias(f"{part}:{name}") for part in parts])
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

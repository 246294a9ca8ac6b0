"""Makes the project's own data from published files: python -m pipelines.prepare FILE...

From the Census it writes ``data/reference/populations.csv`` (England, the ICBs of the study's sites and their local
authorities), from the Talking Therapies and Mental Health Act annual files the figures of England and the four sites in
``data/starter``, in Common Ground's own template. Every figure is kept as it was printed. Anyone can run it again on the
files as published.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.assemble import measures, sources_of
from pipelines.catalogue import Catalogue, Indicator, Source, load_catalogue
from pipelines.errors import PipelineError
from pipelines.extracts import published_cells, recognised_tables
from pipelines.figures import add_parts, read_figures
from pipelines.reference import CENSUS_SCHEME, Reference, load_reference
from pipelines.settings import REFERENCE, STARTER
from pipelines.sources.common import ENGLAND, ReadContext
from pipelines.sources.template import FIGURES

PLACE = ["org_type", "org_code", "org_name", "period_start", "period_end", "ethnicity_scheme", "ethnicity_code", "rounded"]
POPULATIONS = "populations.csv"
_FILES = {"talking_therapies_annual": "talking_therapies.csv", "mha_annual": "mental_health_act.csv"}
_CENSUS = "Office for National Statistics, Census 2021"


def main(paths: list[Path]) -> None:
    """Read every file and write what comes of it."""
    populations = REFERENCE / POPULATIONS
    if not populations.is_file():  # the other tables can be read before there are any
        populations.write_text("area_code,ethnicity_code,population,source\n", encoding="utf-8")
    reference, catalogue = load_reference(), load_catalogue()
    cells = [_cells(path, reference, catalogue) for path in paths]
    people = [one for dataset, one in cells if dataset == "census"]
    if people:
        _write(population_rows(pl.concat(people), reference), populations)
    for dataset, name in _FILES.items():
        mine = [one for found, one in cells if found == dataset]
        if mine:
            _write(template_rows(pl.concat(mine), dataset, reference, catalogue), STARTER / name)


def _cells(path: Path, reference: Reference, catalogue: Catalogue) -> tuple[str, pl.DataFrame]:
    with tempfile.TemporaryDirectory() as workspace:
        tables, _ = recognised_tables(path, Path(workspace))
        if not tables:
            raise PipelineError(f"{path.name} is not a file that this makes anything of.")
        table, layout = tables[0]
        context = ReadContext(table.name, layout.dataset, reference, measures(catalogue, layout.dataset) | {"population"})
        cells, refused, _, _ = published_cells(table, layout, context)
        figures = add_parts(read_figures(cells)) if layout.dataset == "census" else read_figures(cells)
        faults = pl.concat([refused, figures.refused])
        if faults.height:
            raise PipelineError(f"{path.name}: {faults.height} rows are refused, for instance {faults.row(0, named=True)}.")
        return layout.dataset, figures.kept.select(*cells.columns, "number")


def population_rows(cells: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """One row an area and detailed group; an ICB is the sum of its local authorities."""
    councils = reference.organisations.filter(pl.col("org_type") == "local_authority")
    counted = cells.select(pl.col("org_code").alias("area_code"), "ethnicity_code", pl.col("number").cast(pl.Int64).alias("population"))
    own = counted.filter(pl.col("area_code").is_in([ENGLAND, *councils["org_code"].to_list()]))
    boards = own.join(councils.select("org_code", "parent_code"), left_on="area_code", right_on="org_code").group_by(
        pl.col("parent_code").alias("area_code"), "ethnicity_code"
    )
    whole = pl.concat([own, boards.agg(pl.col("population").sum())])
    turn = pl.col("ethnicity_code").cast(pl.Int64)
    return whole.sort("area_code", turn).with_columns(source=pl.lit(_CENSUS))


def template_rows(cells: pl.DataFrame, dataset: str, reference: Reference, catalogue: Catalogue) -> pl.DataFrame:
    """Rows of the template for England and the sites' organisations: upper groups in every year, detailed ones in the last."""
    mine = cells.filter(_of_a_site(reference) & _wanted_group(reference, cells["period_end"].max()))  # pyright: ignore[reportArgumentType]
    parts = [
        _indicator_rows(mine, indicator, source) for indicator in catalogue.indicators.values() for source in sources_of(indicator, dataset)
    ]
    rows = pl.concat([part for part in parts if not part.is_empty()], how="diagonal")
    figures = [name for name in FIGURES if name in rows.columns]
    return rows.select(
        "indicator_id",
        "org_code",
        "org_type",
        "org_name",
        "period_start",
        "period_end",
        "ethnicity_scheme",
        pl.col("ethnicity_code").alias("ethnicity"),
        *figures,
        pl.when("rounded").then(pl.lit("5")).otherwise(pl.lit("1")).alias("rounded_to"),
        pl.lit("Final").alias("publication_status"),
        pl.col("indicator_id").replace_strict({one.id: one.publication for one in catalogue.indicators.values()}).alias("publication"),
        _year().alias("publication_year"),
        pl.col("indicator_id").replace_strict({one.id: one.licence for one in catalogue.indicators.values()}).alias("licence"),
    ).sort("indicator_id", "org_type", "org_code", "period_start", "ethnicity_scheme", "ethnicity")


def _year() -> pl.Expr:
    start, end = pl.col("period_start").dt.year(), pl.col("period_end").dt.year()
    return pl.format("{}-{}", start, (end % 100).cast(pl.String).str.zfill(2))


def _of_a_site(reference: Reference) -> pl.Expr:
    codes = {code for site in reference.sites for code in (site.trust_code, site.icb_code)}
    services = pl.any_horizontal(*[pl.col("org_code").str.starts_with(site.trust_code) for site in reference.sites])
    return pl.col("org_code").is_in([ENGLAND, *codes]) | services


def _wanted_group(reference: Reference, newest: date) -> pl.Expr:
    detailed = {group.code for scheme in reference.schemes.values() for group in scheme.groups if group.level == "detailed"}
    upper = ~pl.col("ethnicity_scheme").is_in([CENSUS_SCHEME, "white_british_other"])
    return upper & (~pl.col("ethnicity_code").is_in(list(detailed)) | (pl.col("period_end") == newest))


def _indicator_rows(cells: pl.DataFrame, indicator: Indicator, source: Source) -> pl.DataFrame:
    roles = {name: role for name, role in _roles(source).items() if name != "population"}
    kinds = cells["org_type"].is_in([*indicator.organisation_types])
    mine = cells.filter(kinds & pl.col("measure").is_in(list(roles)) & pl.col("ethnicity_scheme").is_in(indicator.ethnicity_schemes))
    if mine.is_empty():
        return pl.DataFrame()
    wide = mine.with_columns(role=pl.col("measure").replace_strict(roles)).pivot(
        "role", index=PLACE, values="value_text", maintain_order=True
    )
    texts = [name for name in FIGURES if name in wide.columns]
    blank = pl.all_horizontal(*[pl.col(name).fill_null("").str.strip_chars() == "" for name in texts])
    said = [pl.when(blank).then(pl.lit("[x]")).otherwise(pl.col(texts[0])).alias(texts[0])]
    return wide.with_columns(*said).with_columns(indicator_id=pl.lit(indicator.id))


def _roles(source: Source) -> dict[str, str]:
    roles = {source.value: "value", source.half_width: "half_width"}
    roles |= dict.fromkeys(source.numerator, "numerator")
    roles |= {name.removeprefix("-"): "denominator_excluded" if name.startswith("-") else "denominator" for name in source.denominator}
    return {name: role for name, role in roles.items() if name}


def _write(rows: pl.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows.write_csv(path)
    print(f"{path.name}: {rows.height:,} rows")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])

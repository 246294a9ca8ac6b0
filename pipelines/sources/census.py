"""Census 2021 by ethnic group: local authorities or a country, as tidied, as the ONS or Nomis give it, or by sex and age.

A table by sex and age (RM032) gives each count as a part of its group; pipelines.residents adds up what may be added.
"""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from pipelines.layouts import Layout
from pipelines.reference import CENSUS_SCHEME, label_key
from pipelines.sources.common import PART, ReadContext, ReadResult, Sieve, labelled

CENSUS_DAY = date(2021, 3, 21)
MEASURE = "population"
_TITLE = "Census 2021 by ethnic group"
_ONS_AREA = "lower tier local authorities"
_ONS_GROUP = "ethnic group (20 categories)"
# How the ONS divides age in its custom tables, and the number of its categories.
_AGES = [f"age ({count} categories)" for count in (3, 4, 5, 6, 8, 9, 11, 18, 23, 86, 91, 101)]
_DIVISIONS = [*_AGES, "age (b) (6 categories)", "age (c) (5 categories)", "sex (2 categories)"]
_NOMIS, _NOMIS_TOTAL, _NOMIS_END = "ethnic group: ", "ethnic group: total: all usual residents", "; measures: value"
_NOMIS_GROUPS = [
    "asian, asian british or asian welsh: bangladeshi",
    "asian, asian british or asian welsh: chinese",
    "asian, asian british or asian welsh: indian",
    "asian, asian british or asian welsh: pakistani",
    "asian, asian british or asian welsh: other asian",
    "black, black british, black welsh, caribbean or african: african",
    "black, black british, black welsh, caribbean or african: caribbean",
    "black, black british, black welsh, caribbean or african: other black",
    "mixed or multiple ethnic groups: white and asian",
    "mixed or multiple ethnic groups: white and black african",
    "mixed or multiple ethnic groups: white and black caribbean",
    "mixed or multiple ethnic groups: other mixed or multiple ethnic groups",
    "white: english, welsh, scottish, northern irish or british",
    "white: irish",
    "white: gypsy or irish traveller",
    "white: roma",
    "white: other white",
    "other ethnic group: arab",
    "other ethnic group: any other ethnic group",
]
_NOMIS_UPPER = sorted({group.split(":")[0] for group in _NOMIS_GROUPS})


def _nomis(end: str) -> Layout:
    groups = {f"{_NOMIS}{group}{end}" for group in _NOMIS_GROUPS}
    others = {f"{_NOMIS}{group}{end}" for group in _NOMIS_UPPER} | {"date"}
    words = " (with measures)" if end else ""
    return Layout(
        "census",
        f"{_TITLE} (TS021 as Nomis gives it{words})",
        frozenset({"geography", "geography code", f"{_NOMIS_TOTAL}{end}", *groups}),
        frozenset(others),
    )


LAYOUTS = [
    Layout("census", f"{_TITLE} and local authority", frozenset("ltla21_code ltla21_name ethnic_group value".split())),
    Layout(
        "census",
        f"{_TITLE} and local authority (ONS custom table)",
        frozenset({f"{_ONS_AREA} code", _ONS_AREA, f"{_ONS_GROUP} code", _ONS_GROUP, "observation"}),
        frozenset(name for division in _DIVISIONS for name in (division, f"{division} code")),
    ),
    Layout(
        "census",
        f"{_TITLE}, sex and age (RM032)",
        frozenset(
            "ctry ctry_name ethnic_group_tb_20b ethnic_group_tb_20b_name sex sex_name resident_age_5c "
            "resident_age_5c_name observation".split()
        ),
    ),
    _nomis(""),
    _nomis(_NOMIS_END),
]
_NAMES = {
    f"{_ONS_AREA} code": "area",
    _ONS_AREA: "area_name",
    _ONS_GROUP: "label",
    f"{_ONS_GROUP} code": "group_code",
    "observation": "value",
    "ltla21_code": "area",
    "ltla21_name": "area_name",
    "ethnic_group": "label",
    "ctry": "area",
    "ctry_name": "area_name",
    "ethnic_group_tb_20b_name": "label",
    "ethnic_group_tb_20b": "group_code",
    "geography code": "area",
    "geography": "area_name",
}
GROUP_RULE = "must be one of the 19 ethnic groups of Census 2021 (data/reference/ethnicity_labels.csv)"
AREA_RULE = "must be the ONS code of an area, such as E08000019"


def read(batch: pl.DataFrame, context: ReadContext) -> ReadResult:
    """Published cells of one batch: people by area and detailed group (and sex and age, each a part of the group)."""
    sieve = Sieve(batch.rename({old: new for old, new in _NAMES.items() if old in batch.columns}))
    sieve.rows = sieve.rows.with_columns(area=pl.col("area").str.strip_chars())
    _areas(sieve, context)
    if "label" not in sieve.rows.columns:
        return sieve.result(_cells(_long(sieve), context))
    _groups(sieve, context)
    figure = "observation" if "observation" in batch.columns else "value"
    return sieve.result(_cells(sieve.rows.with_columns(source_column=pl.lit(figure), measure=_measure(batch)), context))


def _areas(sieve: Sieve, context: ReadContext) -> None:
    area = pl.col("area")
    sieve.refuse(~area.str.contains(r"^[EKNSW]\d{8}$"), "area code", AREA_RULE, shown="area")
    sieve.keep(area.str.starts_with("E"), "outside England")
    sieve.keep(area.str.contains(r"^E(92|0[6-9])"), "another kind of area than England and local authorities")
    sieve.rows = sieve.rows.with_columns(area.replace(dict(context.reference.aliases)))


def _groups(sieve: Sieve, context: ReadContext) -> None:
    label = label_key(pl.col("label"))
    sieve.keep(~label.str.ends_with("(percent)"), "a percentage beside its count")
    sieve.keep(label != "does not apply", "does not apply: nobody is counted there")
    counted = label_key(pl.col("label")).str.strip_suffix("(number)").str.strip_suffix(" ")
    sieve.rows = sieve.rows.with_columns(counted=counted)
    sieve.rows = sieve.rows.with_columns(code=labelled(sieve.rows, "counted", context.reference.codes_of(CENSUS_SCHEME)))
    sieve.refuse(pl.col("code").is_null(), "ethnic group", GROUP_RULE, shown="label")
    if "group_code" in sieve.rows.columns:
        differs = pl.col("group_code").str.strip_chars() != pl.col("code")
        sieve.refuse(differs, "ethnic group code", "must be the code of the group that the row names", shown="group_code")


def _measure(batch: pl.DataFrame) -> pl.Expr:
    """``population``, or where the table is by sex and age which of how many parts of it."""
    rm032 = {"sex": 2, "resident_age_5c": 5}
    parts = {name: count for name, count in rm032.items() if name in batch.columns}
    for name in _DIVISIONS:
        if f"{name} code" in batch.columns:
            parts[f"{name} code"] = int(re.findall(r"\((\d+) categories\)", name)[0])
    if not parts:
        return pl.lit(MEASURE)
    needed = 1
    for count in parts.values():
        needed *= count
    return pl.concat_str(pl.lit(f"{MEASURE}{PART}{needed}"), *[pl.col(name).str.strip_chars() for name in parts], separator=PART)


def _long(sieve: Sieve) -> pl.DataFrame:
    """Nomis: the 19 groups are columns; the high-level groups beside them overlap them and are not read."""
    end = _NOMIS_END if f"{_NOMIS_TOTAL}{_NOMIS_END}" in sieve.rows.columns else ""
    columns = {f"{_NOMIS}{group}{end}": str(place) for place, group in enumerate(_NOMIS_GROUPS, start=1)}
    whole = pl.col(f"{_NOMIS_TOTAL}{end}").str.strip_chars()
    figures = [pl.col(name).str.strip_chars().cast(pl.Int64, strict=False) for name in columns]
    apart = pl.sum_horizontal(*figures, ignore_nulls=False) != whole.cast(pl.Int64, strict=False)
    sieve.refuse(apart.fill_null(value=False), f"{_NOMIS_TOTAL}{end}", "must be the sum of the 19 groups")
    long = sieve.rows.unpivot(
        on=list(columns), index=["area", "area_name", "source_row"], variable_name="source_column", value_name="value"
    )
    return long.with_columns(code=pl.col("source_column").replace_strict(columns), measure=pl.lit(MEASURE))


def _cells(rows: pl.DataFrame, context: ReadContext) -> pl.DataFrame:
    national = pl.col("area").str.starts_with("E92")
    return rows.select(
        pl.lit(context.dataset).alias("dataset"),
        "measure",
        pl.lit(CENSUS_DAY).alias("period_start"),
        pl.lit(CENSUS_DAY).alias("period_end"),
        pl.when(national).then(pl.lit("england")).otherwise(pl.lit("local_authority")).alias("org_type"),
        pl.col("area").alias("org_code"),
        pl.col("area_name").alias("org_name"),
        pl.lit(CENSUS_SCHEME).alias("ethnicity_scheme"),
        pl.col("code").alias("ethnicity_code"),
        pl.col("value").alias("value_text"),
        pl.lit(value=False).alias("rounded"),
        pl.lit("final").alias("publication_status"),
        "source_row",
        "source_column",
    )

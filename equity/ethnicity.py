"""Ethnicity schemes: which groups a publisher uses, what each is made of, and what may be divided by what.

"Asian" and "Other" do not mean the same people everywhere: Chinese people are in Asian for the Census and in Other for
Talking Therapies, Arab people in Asian for the MHSDS and in Other for the Census. So every figure carries its scheme,
and a denominator is put together from detailed groups to match its numerator's scheme.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class GroupLevel(StrEnum):
    """How a group relates to others: detailed groups add up to aggregates; totals and unknowns add to nothing."""

    DETAILED = "detailed"
    AGGREGATE = "aggregate"
    TOTAL = "total"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a scheme. ``display`` names it in a table, ``people`` in a sentence."""

    scheme: str
    code: str
    label: str
    level: GroupLevel
    display: str
    people: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """A publisher's way to group people."""

    name: str
    title: str
    source: str
    groups: tuple[Group, ...]


class SchemeMismatch(ValueError):
    """A figure of one ethnicity scheme was to be divided by one of another."""


class CountedTwice(ValueError):
    """An area has two counts of the same detailed group."""


def require_same_scheme(numerators: pl.DataFrame, denominators: pl.DataFrame) -> None:
    """Raise SchemeMismatch unless every ``ethnicity_scheme`` of the numerators is there among the denominators' own."""
    over, under = (set(frame["ethnicity_scheme"].unique().to_list()) for frame in (numerators, denominators))
    if strangers := over - (under - {None}):
        raise SchemeMismatch(
            f"figures of {_schemes(strangers)} cannot be divided by figures of {_schemes(under)}: "
            "the groups are not the same people. Rebuild the denominator from detailed groups (equity.ethnicity.rebuild)."
        )


def _schemes(names: set[str | None]) -> str:
    return ", ".join(sorted(name or "no scheme" for name in names)) or "no scheme"


def rebuild(counts: pl.DataFrame, membership: pl.DataFrame, scheme: str, source_scheme: str) -> pl.DataFrame:
    """Counts of one scheme's detailed groups added up to the groups of another.

    ``counts``: one row an area and detailed group of ``source_scheme`` (area_code, ethnicity_code, population); a second
    one raises CountedTwice. ``membership``: scheme, code, member_scheme, member_code. Returns area_code,
    ethnicity_scheme, ethnicity_code, population for every group of ``scheme`` whose members all have a count, and for
    ``known``: everyone in any of them (who is in no group of the scheme, as Roma people in the Mental Health Act
    statistics, is not in ``known`` either).
    """
    place = ["area_code", "ethnicity_code"]
    twice = counts.filter(pl.struct(place).is_duplicated()).select(place).unique().sort(place)
    if twice.height:
        raise CountedTwice(f"group {twice['ethnicity_code'][0]!r} is counted twice in area {twice['area_code'][0]!r}.")
    of_scheme = (pl.col("scheme") == scheme) & (pl.col("member_scheme") == source_scheme)
    members = membership.filter(of_scheme).select("code", "member_code").unique()
    counted = counts.drop_nulls("population")
    everyone = members.select(pl.lit("known").alias("code"), "member_code").unique()
    return (
        pl.concat([_added_up(members, counted), _added_up(everyone, counted)])
        .select("area_code", pl.lit(scheme).alias("ethnicity_scheme"), pl.col("code").alias("ethnicity_code"), "population")
        .sort("area_code", "ethnicity_code")
    )


def _added_up(members: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """area_code, code, population of every group whose members all have a count."""
    needed = members.group_by("code").agg(pl.len().alias("needed"))
    return (
        members.join(counted, left_on="member_code", right_on="ethnicity_code", how="inner")
        .group_by("area_code", "code")
        .agg(pl.col("population").sum(), pl.len().alias("found"))
        .join(needed, on="code")
        .filter(pl.col("found") == pl.col("needed"))
        .select("area_code", "code", "population")
    )

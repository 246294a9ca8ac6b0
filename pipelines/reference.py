"""The field's reference tables (``data/reference``): ethnicity schemes, organisations, sites, populations, priorities.

Each is a CSV file with its sources; they are read once, as text, and refused with file and row when they contradict
one another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from equity.ethnicity import Group, GroupLevel, Scheme, rebuild
from pipelines.errors import PipelineError
from pipelines.settings import REFERENCE

CENSUS_SCHEME = "census_19"


@dataclass(frozen=True, slots=True)
class StudySite:
    """One of the four areas of the study, with the trust that gives care there and the ICB that plans it."""

    site_id: str
    name: str
    trust_code: str
    icb_code: str
    note: str


@dataclass(frozen=True, slots=True)
class Priority:
    """A priority action that the study's sites agreed; ``easy_title`` is ours, for paper in easy words."""

    priority_id: str
    level: str
    title: str
    easy_title: str
    source: str


@dataclass(frozen=True, slots=True)
class BoundaryChange:
    """From this day an organisation's figures are about other people than before."""

    org_code: str
    day: date
    what: str


def label_key(text: pl.Expr) -> pl.Expr:
    """A label without case and without space that does not matter."""
    return text.str.replace_all("\u00a0", " ", literal=True).str.replace_all(r"\s+", " ").str.strip_chars().str.to_lowercase()


@dataclass(frozen=True)
class Reference:
    """All reference tables.

    ``labels``: variant (as ``label_key`` gives it), code; a variant may stand for a code in several schemes, the first
    is meant where nothing says otherwise. ``organisations``: org_code, org_type, name, parent_code, site_id, ons_code,
    valid_from, valid_to, one row a name; ``names`` are the same by code and type. ``membership``: scheme, code,
    member_scheme, member_code. ``census``: area_code, ethnicity_code, population of Census 2021's 19 groups.
    """

    schemes: Mapping[str, Scheme]
    labels: pl.DataFrame
    membership: pl.DataFrame
    organisations: pl.DataFrame
    names: Mapping[tuple[str, str], tuple[tuple[date, date, str], ...]]
    aliases: Mapping[str, str]
    sites: tuple[StudySite, ...]
    census: pl.DataFrame
    priorities: tuple[Priority, ...]
    boundary_changes: tuple[BoundaryChange, ...]
    glossary: pl.DataFrame

    def codes_of(self, scheme: str) -> dict[str, str]:
        """Every label variant, label and code of a scheme (as ``label_key`` gives it) to its code."""
        groups = self.schemes[scheme].groups
        codes = {group.code for group in groups}
        known = {variant: code for variant, code in reversed(list(self.labels.iter_rows())) if code in codes}
        for group in groups:
            known |= {text.casefold(): group.code for text in (group.label, group.code)}
        return known

    def group_frame(self) -> pl.DataFrame:
        """One row a group of a scheme: scheme, code, label, level, display, people."""
        rows = [
            (group.scheme, group.code, group.label, str(group.level), group.display, group.people)
            for scheme in self.schemes.values()
            for group in scheme.groups
        ]
        return pl.DataFrame(rows, schema=["scheme", "code", "label", "level", "display", "people"], orient="row")

    def population_frame(self, scheme: str) -> pl.DataFrame:
        """Census 2021 residents by area for the groups of a scheme: area_code, ethnicity_scheme, ethnicity_code, population.

        ``known`` is everyone in a group of the scheme, ``all`` everyone.
        """
        return _population(self, scheme)

    def organisation_name(self, org_code: str, org_type: str, day: date) -> str | None:
        """The name that an organisation had on a day, None where the tables do not know it."""
        return next((name for start, end, name in self.names.get((org_code, org_type), ()) if start <= day <= end), None)


# Reference tables are read once and never change in a process, so that identity serves as their key.
_CACHE: dict[tuple[int, str], pl.DataFrame] = {}


def _population(reference: Reference, scheme: str) -> pl.DataFrame:
    key = (id(reference), scheme)
    if key not in _CACHE:
        _CACHE[key] = pl.concat([_groups_of(reference, scheme), _everyone(reference.census, scheme)])
    return _CACHE[key]


def _groups_of(reference: Reference, scheme: str) -> pl.DataFrame:
    if scheme != CENSUS_SCHEME:
        return rebuild(reference.census, reference.membership, scheme, CENSUS_SCHEME)
    return reference.census.select("area_code", pl.lit(scheme).alias("ethnicity_scheme"), "ethnicity_code", "population")


def _everyone(census: pl.DataFrame, scheme: str) -> pl.DataFrame:
    """Everyone in an area, also those who are in no group of the scheme."""
    sums = census.group_by("area_code", maintain_order=True).agg(pl.col("population").sum())
    return sums.select("area_code", pl.lit(scheme).alias("ethnicity_scheme"), pl.lit("all").alias("ethnicity_code"), "population")


@cache
def load_reference(folder: Path = REFERENCE) -> Reference:
    """Read ``data/reference``; PipelineError names the file and what is wrong with it."""
    groups, membership = _read(folder, "ethnicity_groups.csv"), _read(folder, "ethnicity_membership.csv")
    schemes = {
        row["scheme"]: Scheme(row["scheme"], row["title"], row["source"], _groups(groups, row["scheme"], folder))
        for row in _read(folder, "ethnicity_schemes.csv").iter_rows(named=True)
    }
    codes = {group.code for scheme in schemes.values() for group in scheme.groups}
    labels = _read(folder, "ethnicity_labels.csv")
    _all_in(labels["code"], codes, folder / "ethnicity_labels.csv", "code")
    _all_in(membership["scheme"], set(schemes), folder / "ethnicity_membership.csv", "scheme")
    population = _read(folder, "populations.csv").with_columns(pl.col("population").cast(pl.Int64))
    organisations = _read(folder, "organisations.csv")
    sites = tuple(StudySite(**row) for row in _read(folder, "sites.csv").iter_rows(named=True))
    _all_in(organisations["site_id"], {"", *(one.site_id for one in sites)}, folder / "organisations.csv", "site_id")
    changes = _read(folder, "boundary_changes.csv").select("org_code", "from", "what").iter_rows()
    return Reference(
        schemes=schemes,
        labels=labels.select("variant", "code"),
        membership=membership,
        organisations=organisations,
        names=_names(organisations),
        aliases=dict(_read(folder, "organisation_aliases.csv").select("alias", "org_code").iter_rows()),
        sites=sites,
        census=population.select("area_code", "ethnicity_code", "population"),
        priorities=tuple(Priority(**row) for row in _read(folder, "priorities.csv").iter_rows(named=True)),
        boundary_changes=tuple(BoundaryChange(code, date.fromisoformat(day), what) for code, day, what in changes),
        glossary=_glossary(folder),
    )


def _glossary(folder: Path) -> pl.DataFrame:
    """Words and what they mean here: term, meaning; each term once, none without a meaning, in the order of the alphabet."""
    words, file = _read(folder, "glossary.csv").select("term", "meaning"), folder / "glossary.csv"
    for row, (term, meaning) in enumerate(words.iter_rows(), start=2):
        if not term.strip() or not meaning.strip():
            raise PipelineError(f"{file}, row {row}: a term and its meaning are needed.")
    if words["term"].str.to_lowercase().is_duplicated().any():
        raise PipelineError(f"{file}: a term is there twice.")
    return words.sort(pl.col("term").str.to_lowercase())


def _names(organisations: pl.DataFrame) -> dict[tuple[str, str], tuple[tuple[date, date, str], ...]]:
    found: dict[tuple[str, str], tuple[tuple[date, date, str], ...]] = {}
    columns = ("org_code", "org_type", "name", "valid_from", "valid_to")
    for code, kind, name, start, end in organisations.select(columns).iter_rows():
        span = (date.fromisoformat(start) if start else date.min, date.fromisoformat(end) if end else date.max, name)
        found[code, kind] = (*found.get((code, kind), ()), span)
    return found


def _read(folder: Path, name: str) -> pl.DataFrame:
    try:
        return pl.read_csv(folder / name, infer_schema=False).with_columns(pl.all().fill_null(""))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise PipelineError(f"{folder / name}: cannot be read: {error}") from error


def _groups(groups: pl.DataFrame, scheme: str, folder: Path) -> tuple[Group, ...]:
    rows = groups.filter(pl.col("scheme") == scheme)
    levels = {str(level) for level in GroupLevel}
    _all_in(rows["level"], levels, folder / "ethnicity_groups.csv", "level")
    if rows.is_empty() or rows["code"].is_duplicated().any():
        raise PipelineError(f"{folder / 'ethnicity_groups.csv'}: scheme {scheme} has no groups, or a code twice.")
    return tuple(Group(**row | {"level": GroupLevel(row["level"])}) for row in rows.iter_rows(named=True))


def _all_in(values: pl.Series, allowed: set[str], file: Path, column: str) -> None:
    for row, value in enumerate(values.to_list(), start=2):
        if value not in allowed:
            raise PipelineError(f"{file}, row {row}: {column} is {value!r}, which must be one of {', '.join(sorted(allowed))}.")

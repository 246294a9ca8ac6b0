"""A view's cases beside the people who live there: each group's share of both, and why they cannot be set side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from dashboard import knowledge
from dashboard.groups import main_groups, main_scheme, of_scheme
from dashboard.once import once, property_once
from dashboard.subject import Subject, sources
from dashboard.view import IndicatorView
from equity.cells import CellState
from equity.shares import Count, Member, Share, shares

RESIDENTS = "population"
CENSUS_DAY = date(2021, 3, 21)
OWN_RESIDENTS = ("icb", "stp", "sub_icb", "region", "local_authority", "england")


@dataclass(frozen=True)
class SharesView:
    """The shares of the groups of a view; ``rest`` of every 100 cases are in no figure by group. Without shares, ``lacks`` says why."""

    whole: IndicatorView
    lacks: str
    found: Sequence[Share]
    rest: float
    residents: pl.DataFrame

    @property_once
    def observations(self) -> pl.DataFrame:
        """The counts of cases, and the residents of the same groups."""
        cases = pl.concat([main_groups(self.whole.observations), _everyone(self.whole.observations)])
        return pl.concat([cases, self.residents], how="diagonal_relaxed")

    @property_once
    def subject(self) -> Subject:
        """What the chart is about: the view's own, and residents as an indicator beside it."""
        subject, beside = self.whole.subject, knowledge.catalogue().indicators[RESIDENTS]
        names = (*subject.names, (beside.id, beside.name, beside.unit))
        return replace(subject, names=names, **sources([self.whole.observations, self.residents]))


def build(view: IndicatorView) -> SharesView:
    """The shares of a view, worked out once for all readers."""
    return once(("shares", *view.subject.key), lambda: _build(view))


def _build(view: IndicatorView) -> SharesView:
    groups, everyone = main_groups(view.observations), _everyone(view.observations)
    residents = _residents(view, groups)
    whole = _whole(groups, everyone)
    lacks = _lacks(view, residents, whole)
    if lacks or whole is None or not whole.number:
        return SharesView(view, lacks, (), 0.0, residents)
    total = residents.filter(group_level="total")["numerator"][0]
    living = dict(residents.select("ethnicity_code", 100 * pl.col("numerator") / total).iter_rows())
    known = groups.filter(group_level="aggregate")
    found = shares([_member(row, living) for row in known.iter_rows(named=True)], whole)
    return SharesView(view, "", found, _rest(groups, whole), residents)


def _lacks(view: IndicatorView, residents: pl.DataFrame, whole: Count | None) -> str:
    """Why shares cannot be set side by side; empty where they can."""
    indicator, here = view.selection.indicator, view.selection.organisation
    if indicator.standardised:
        return "These figures are adjusted for age and sex. A share cannot be, so shares of residents are not set beside them."
    if not indicator.of_residents:
        return "These figures are not about everyone who lives here, so shares of residents are not set beside them."
    if here.kind not in OWN_RESIDENTS:
        return f"A share of residents cannot be given: {view.place} has no residents of its own."
    if residents.is_empty():
        return f"A share of residents cannot be given: the Census figures kept here are not for {view.place}."
    if whole is None or not whole.number:
        return f"Shares cannot be given: how many {view.counted} there were in all is not published."
    return ""


def _everyone(observations: pl.DataFrame) -> pl.DataFrame:
    """The published total of the scheme of the groups."""
    return observations.filter((pl.col("ethnicity_code") == "all") & of_scheme(main_scheme(observations)))


def _whole(groups: pl.DataFrame, everyone: pl.DataFrame) -> Count | None:
    """All that was counted: the published total, or the groups and the unknown where each has a count; None where neither is there."""
    total = [_count(row) for row in everyone.iter_rows(named=True) if row["numerator"] is not None]
    if total:
        return total[0]
    parts = [_count(row) for row in groups.iter_rows(named=True)]
    if not parts or any(one.number is None for one in parts):
        return None
    return Count(sum(one.number or 0.0 for one in parts), sum(one.lower for one in parts), sum(one.upper for one in parts))


def _count(row: dict[str, Any]) -> Count:
    number = row["numerator"]
    return Count(number, row["numerator_lower"] or 0.0, row["numerator_upper"] or number or 0.0)


def _member(row: dict[str, Any], living: dict[str, float]) -> Member:
    count, state = _count(row), CellState(row["cell_state"])
    if count.number is None and state is not CellState.NOT_APPLICABLE:
        state = CellState.SUPPRESSED if row["numerator_upper"] else CellState.NOT_COLLECTED
    elif count.number is not None and state is not CellState.UNRELIABLE:
        state = CellState.TRUE_ZERO if count.number == 0 else CellState.OBSERVED
    return Member(row["ethnicity_code"], row["name"], row["people"], state, count, living.get(row["ethnicity_code"]))


def _rest(groups: pl.DataFrame, whole: Count) -> float:
    """Of every 100 cases those in neither a group nor the unknown, beyond what rounding and hidden counts can explain."""
    parts = [_count(row) for row in groups.iter_rows(named=True)]
    if whole.number is None or whole.lower <= sum(one.upper for one in parts):
        return 0.0
    return 100 * (whole.number - sum(one.number or 0.0 for one in parts)) / whole.number


def _residents(view: IndicatorView, groups: pl.DataFrame) -> pl.DataFrame:
    """The people of Census 2021 in the groups of the view and in all, as observations; empty where an area has none."""
    scheme, indicator = main_scheme(groups), knowledge.catalogue().indicators[RESIDENTS]
    if scheme is None:
        return groups.clear()
    people = knowledge.reference().population_frame(scheme).filter(area_code=view.selection.organisation.code)
    named = groups.select("ethnicity_code", "ethnicity_label", "group_level").unique()
    everyone = pl.DataFrame({"ethnicity_code": ["all"], "ethnicity_label": ["All"], "group_level": ["total"]})
    number = pl.col("population").cast(pl.Float64)
    return (
        people.join(pl.concat([named, everyone]), on="ethnicity_code")
        .sort("ethnicity_code")
        .select(
            pl.lit(RESIDENTS).alias("indicator_id"),
            pl.lit(view.selection.organisation.code).alias("org_code"),
            pl.lit(view.selection.organisation.kind).alias("org_type"),
            pl.lit(view.selection.organisation.name).alias("org_name"),
            pl.lit(CENSUS_DAY).alias("period_start"),
            pl.lit(CENSUS_DAY).alias("period_end"),
            "ethnicity_scheme",
            "ethnicity_code",
            "ethnicity_label",
            "group_level",
            number.alias("numerator"),
            number.alias("value"),
            pl.lit("rolled_up").alias("value_basis"),
            pl.lit(str(CellState.OBSERVED)).alias("cell_state"),
            pl.lit("final").alias("publication_status"),
            pl.lit(indicator.publication).alias("source"),
            pl.lit(indicator.licence).alias("licence"),
        )
    )

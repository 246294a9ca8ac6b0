"""What the worked example is worked out from: the figures of the four trusts, with what their printed counts leave open.

A trust that is published as its services is the sum of them, each narrowed by its own printed percentage first.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from equity import bounds, rates
from equity.cells import CellState
from equity.change import changes
from equity.comparator import Group
from equity.comparison import Estimate
from equity.homogeneity import no_inequality_test
from equity.measures import MEASURES
from equity.narrowing import COUNTS, Kind, narrow
from equity.standing import Reading, Standing, stand
from equity.summary_bounds import SUMMARIES
from equity.summary_measures import summarise
from equity.unknowns import spread
from pipelines.catalogue import Indicator
from pipelines.errors import PipelineError
from pipelines.extracts import read_extract
from pipelines.reference import Reference
from pipelines.settings import STARTER

BY = ["org_code", "period_start", "period_end"]
UPPER, DETAILED = "upper_nhs_2001", "nhs_16"
SURE = [str(CellState.OBSERVED), str(CellState.TRUE_ZERO)]
_NO_GROUP = ("unknown", "all")


@dataclass(frozen=True, slots=True)
class Table:
    """One indicator of the trusts in one ethnicity scheme, beside one reference group.

    ``rows``: a row for each trust, period and group, with ``published`` (null where the trust is the sum of its services),
    ``COUNTS``, ``value_lower`` and ``value_upper`` as ``narrow`` gives them, ``value`` in their middle, ``people`` and
    ``events``, ``lower_ci``, ``upper_ci``, ``cell_state``, ``name`` and ``people_words``.
    """

    indicator: Indicator
    reference: str
    rows: pl.DataFrame

    @property
    def kind(self) -> Kind:
        return "proportion" if self.indicator.value_type == "proportion" else "rate"

    def of(self, org_code: str, period: tuple[date, date] | None = None) -> Table:
        """The part of one trust, and of one period."""
        mine = self.rows.filter(pl.col("org_code") == org_code)
        if period is not None:
            mine = mine.filter(pl.col("period_start") == period[0], pl.col("period_end") == period[1])
        return replace(self, rows=mine)

    @property
    def periods(self) -> list[tuple[date, date]]:
        """Newest first."""
        found = self.rows.select("period_start", "period_end").unique().sort("period_end", descending=True)
        return [(start, end) for start, end in found.iter_rows()]

    @property
    def of_latest(self) -> Table:
        """The part of the last period."""
        return replace(self, rows=self.rows.filter(pl.col("period_end") == pl.col("period_end").max()))

    @property
    def groups(self) -> pl.DataFrame:
        """Without everyone and those of unknown ethnicity."""
        return self.rows.filter(~pl.col("group").is_in(_NO_GROUP))

    @property
    def sure(self) -> pl.DataFrame:
        """Groups whose figure is shown and rests on enough people."""
        return self.groups.filter(pl.col("cell_state").is_in(SURE))

    def row(self, group: str) -> dict[str, Any] | None:
        """One group's row, of a table of one trust and period."""
        found = self.rows.filter(pl.col("group") == group)
        return found.row(0, named=True) if found.height else None

    @property
    def standing(self) -> Standing:
        """Groups beside the reference, of a table of one trust and period."""
        readings = [_reading(row) for row in self.groups.iter_rows(named=True)]
        return stand(readings, self.reference, self.indicator.polarity)

    @property
    def share_unknown(self) -> float | None:
        """People of unknown ethnicity in every 100, of a table of one trust and period."""
        unknown, everyone = self.row("unknown"), self.row("all")
        if unknown is None or everyone is None or unknown["people"] is None or not everyone["people"]:
            return None
        return 100 * float(unknown["people"]) / float(everyone["people"])

    def rounding(self) -> pl.DataFrame:
        """Outer bounds of each gap, whatever the printed counts were; ``equity.bounds.gaps``."""
        return bounds.gaps(self._with_reference(self.sure), BY, Group(self.reference))

    def unknowns(self) -> pl.DataFrame:
        """The same with people of unknown ethnicity in whichever group; ``equity.unknowns.spread``."""
        kept = self.rows.filter(pl.col("cell_state").is_in(SURE) | pl.col("group").is_in(_NO_GROUP))
        how: dict[str, Any] = {"kind": self.kind, "multiplier": self.indicator.multiplier}
        return spread(self._with_reference(kept), BY, Group(self.reference), **how)

    def _with_reference(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter((pl.col("group") == self.reference).any().over(BY))

    def summaries(self) -> pl.DataFrame:
        """The summary measures with their intervals: measure, estimate, lower_ci, upper_ci, problem of each trust and period."""
        counts = self.groups.select(*BY, "group", "cell_state", numerator="events", denominator="people")
        how: dict[str, Any] = {"kind": self.kind, "multiplier": self.indicator.multiplier, "polarity": self.indicator.polarity}
        return summarise(counts, BY, Group(self.reference), measures=tuple(MEASURES), **how)

    def summary_bounds(self) -> pl.DataFrame:
        """Their outer bounds from rounding, where every group has a figure."""
        whole = self.groups.filter(pl.col("cell_state").is_in(SURE).all().over(BY))
        how: dict[str, Any] = {"multiplier": self.indicator.multiplier, "polarity": self.indicator.polarity}
        return bounds.summaries(whole, BY, Group(self.reference), measures=[one for one in MEASURES if one in SUMMARIES], **how)

    def test(self) -> pl.DataFrame:
        """The test that all groups have one true rate."""
        counts = self.groups.select(*BY, "group", "cell_state", numerator="events", denominator="people")
        return no_inequality_test(counts, BY, kind=self.kind, multiplier=self.indicator.multiplier)

    def changes(self, breaks: list[date]) -> pl.DataFrame:
        """How each gap has changed, of a table of one trust; ``equity.change.changes``."""
        ends = {"value": "value", "lower": "lower_ci", "upper": "upper_ci"}
        sure = [
            pl.when(pl.col("cell_state").is_in(SURE)).then(column).alias(f"{of}_{end}")
            for of in ("group", "reference")
            for end, column in ends.items()
        ]
        rows = self.groups.select("group", "period_start", "period_end", *sure)
        reference = rows.filter(pl.col("group") == self.reference)
        beside = rows.filter(pl.col("group") != self.reference).drop("reference_value", "reference_lower", "reference_upper")
        others = reference.select("period_start", "period_end", "reference_value", "reference_lower", "reference_upper")
        return changes(beside.join(others, on=["period_start", "period_end"], how="left", maintain_order="left"), ["group"], breaks)


def _reading(row: dict[str, Any]) -> Reading:
    estimate = None if row["value"] is None else Estimate(row["value"], row["lower_ci"], row["upper_ci"])
    return Reading(row["group"], row["name"], row["people_words"], CellState(row["cell_state"]), estimate, row["people"], row["events"])


def starter_observations(name: str = "talking_therapies.csv") -> pl.DataFrame:
    """Observations of a file of the starter data, as a release holds them."""
    with tempfile.TemporaryDirectory(prefix="common-ground-") as workspace:
        extract = read_extract(STARTER / name, Path(workspace))
    if extract.report.errors:
        raise PipelineError(" ".join(extract.report.errors))
    return extract.observations


def table(observations: pl.DataFrame, indicator: Indicator, scheme: str, reference: Reference, beside: str) -> Table:
    """The figures of the study sites' trusts for an indicator, ``beside`` a reference group of the scheme."""
    trusts = [site.trust_code for site in reference.sites]
    rows = observations.filter(pl.col("indicator_id") == indicator.id, pl.col("ethnicity_scheme") == scheme)
    rows = rows.with_columns(
        group="ethnicity_code",
        trust=pl.col("org_code").str.slice(0, 3),
        published=pl.when(pl.col("value_basis") == "published").then("value"),
        decimals="value_decimals",
    ).filter(pl.col("trust").is_in(trusts))
    made = Table(indicator, beside, rows)
    whole = "all" if (rows["group"] == "all").any() else None
    how: dict[str, Any] = {"kind": made.kind, "multiplier": indicator.multiplier, "whole": whole}
    each = narrow(rows, BY, **how)
    own = pl.col("org_type") == "trust"
    sums = each.filter(~own).group_by(pl.col("trust").alias("org_code"), *BY[1:], "group").agg(pl.col(COUNTS).sum())
    summed = each.filter(own).update(sums, on=[*BY, "group"], how="left")
    return replace(made, rows=_in_order(_estimated(narrow(summed, BY, **how), made), reference, scheme))


def _estimated(rows: pl.DataFrame, made: Table) -> pl.DataFrame:
    """With the middle of what is possible and its interval, where a figure may be shown."""
    multiplier = made.indicator.multiplier
    shown = pl.col("cell_state").is_in([*SURE, str(CellState.UNRELIABLE)]) & pl.col("value_upper").is_finite()
    middle, people = (pl.col("value_lower") + pl.col("value_upper")) / 2, (pl.col("denominator_lower") + pl.col("denominator_upper")) / 2
    rows = rows.with_columns(value=pl.when(shown).then(middle), people=pl.when(people.is_finite()).then(people))
    rows = rows.with_columns(events=pl.col("value") * pl.col("people") / multiplier)
    events, base = pl.col("events"), pl.col("people")
    measured = rates.proportion(events, base, multiplier) if made.kind == "proportion" else rates.rate(events, base, multiplier)
    return rows.with_columns(lower_ci=measured.lower, upper_ci=measured.upper)


def _in_order(rows: pl.DataFrame, reference: Reference, scheme: str) -> pl.DataFrame:
    """With the words for each group, everyone first, then by aggregate group in the order of the alphabet; other and unknown last."""
    words = reference.group_frame().filter(pl.col("scheme") == scheme).select(group="code", name="display", people_words="people")
    inside = reference.membership.filter(pl.col("scheme") == UPPER, pl.col("member_scheme") == scheme)
    within = inside.select(group="member_code", within="code").unique("group", keep="first")
    known = rows.join(words, on="group", how="left").join(within, on="group", how="left")
    turn = pl.col("within").fill_null(pl.col("group"))
    last = (turn == "other").cast(pl.Int8) + 2 * (turn == "unknown") - (turn == "all")
    return known.sort(*BY, last, turn, pl.col("name").str.starts_with("Any other"), "name", maintain_order=True)

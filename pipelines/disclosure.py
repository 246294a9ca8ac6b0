"""Observations of local sources made safe: the last step before a release is built.

All local extracts of a release are looked at together, since one can give away what another hides. Counts are hidden or rounded
(``equity.disclosure``), and every value, its state and its interval are worked out again from what is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from equity import rates, rounding
from equity.cells import CellState
from equity.disclosure.relations import DoesNotAddUp, Field, Place, relations
from equity.disclosure.rules import RULES
from equity.disclosure.safe import SafeCount, safe_counts
from equity.rounding import Bounds
from pipelines.assemble import template_source
from pipelines.catalogue import Catalogue, Indicator
from pipelines.errors import PipelineError
from pipelines.reference import Reference
from pipelines.schemas import COLUMNS, KEY, validate
from pipelines.values import POPULATION

COUNTS = ("numerator", "denominator")
_DETAILED = "nhs_16"
_ROW = "row"


def made_safe(
    extracts: Mapping[str, tuple[pl.DataFrame, str]], catalogue: Catalogue, reference: Reference, before: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Each extract's observations as they may be released, by the extract's name.

    ``extracts``: observations with exact counts, and the name of the rule. ``before``: observations that are served now.
    PipelineError where groups are more than their total.
    """
    together = pl.concat([frame.with_columns(extract=pl.lit(name), rule=pl.lit(rule)) for name, (frame, rule) in extracts.items()])
    together = together.with_row_index(_ROW)
    counted = counted_places(together, catalogue)
    try:
        counts, facts = relations(places(counted), counted["count"].to_list(), known_field(catalogue, reference))
    except DoesNotAddUp as fault:
        raise PipelineError(
            f"Groups of a local extract are more than their total: {fault}. One of them is wrong, so that it cannot be told what "
            "must be hidden. Nothing was loaded, and what was served before stays. Mend the extract and load it again."
        ) from fault
    rules = [RULES[name] for name in counted["rule"].to_list()]
    safe = safe_counts(counts, facts, rules, _kept(counted, before))
    told = _with_counts(together, counted, safe)
    parts = [
        _worked_out(told.filter(pl.col("indicator_id") == name), catalogue.indicators[name])
        for name in told["indicator_id"].unique(maintain_order=True)
    ]
    whole = pl.concat(parts).sort(_ROW)
    return {name: validate(whole.filter(pl.col("extract") == name)) for name in extracts}


_WHERE = ("org_code", "period_start", "period_end", "issue", "ethnicity_scheme", "ethnicity_code", "group_level")


def counted_places(together: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """A row a count of observations that are numbered (``row``) and name their rule: numerators, then denominators."""
    return pl.concat([_of_role(together, role, catalogue) for role in COUNTS])


def places(counted: pl.DataFrame) -> list[Place]:
    """Which count each row is."""
    return [Place((one["indicator_id"], one["role"]), *(one[name] for name in _WHERE)) for one in counted.iter_rows(named=True)]


def _of_role(together: pl.DataFrame, role: str, catalogue: Catalogue) -> pl.DataFrame:
    """A row a count that is the source's own: the Census population is nobody's secret."""
    of_census = [one.id for one in catalogue.indicators.values() if template_source(one).denominator == [POPULATION]]
    own = pl.lit(value=True) if role == "numerator" else ~pl.col("indicator_id").is_in(of_census)
    issue = pl.concat_str("publication_status", "publication_version", "source", separator="|", ignore_nulls=True)
    return together.filter(pl.col(role).is_not_null() & own).select(
        _ROW, *KEY, "group_level", "rule", issue=issue, role=pl.lit(role), count=pl.col(role).cast(pl.Int64)
    )


def known_field(catalogue: Catalogue, reference: Reference) -> Field:
    """What the reference tables and the catalogue tell of how counts could hang together."""
    rows = reference.membership.filter(pl.col("member_scheme") == _DETAILED).select("scheme", "code", "member_code").iter_rows()
    members: dict[tuple[str, str], set[str]] = {}
    for scheme, code, member in rows:
        members.setdefault((scheme, code), set()).add(member)
    parents = {code: parent for code, parent in reference.organisations.select("org_code", "parent_code").iter_rows() if parent}
    sites = 5  # the characters of a site's code, which begins with its trust's three

    def parent(code: str) -> str | None:
        return parents.get(code) or (code[:3] if len(code) == sites and code[0] in "RT" else None)

    proportions = frozenset(one.id for one in catalogue.indicators.values() if one.value_type == "proportion")
    return Field({key: frozenset(codes) for key, codes in members.items()}, _DETAILED, parent, proportions)


def _kept(counted: pl.DataFrame, before: pl.DataFrame) -> frozenset[int]:
    """The counts that the release that is served shows, if they are the same now: who kept a copy of it knows them."""
    if before.is_empty():
        return frozenset()
    shown = pl.concat([before.select(*KEY, role=pl.lit(role), shown=pl.col(role)) for role in COUNTS]).drop_nulls("shown")
    same = counted.with_row_index("cell").join(shown, on=[*KEY, "role"]).filter((pl.col("count") - pl.col("shown")).abs() <= 2)
    return frozenset(same["cell"].to_list())


def _with_counts(together: pl.DataFrame, counted: pl.DataFrame, safe: Sequence[SafeCount]) -> pl.DataFrame:
    """Every count replaced by what may be shown of it, with its bounds; ``hidden_by`` names the rule that hides one of a row's."""
    figures = counted.select(_ROW, "role").with_columns(
        shown=pl.Series([one.number for one in safe], dtype=pl.Float64),
        least=pl.Series([one.lower for one in safe], dtype=pl.Float64),
        most=pl.Series([None if one.upper == float("inf") else one.upper for one in safe], dtype=pl.Float64),
        by=pl.Series([one.rule.title if one.manner.hidden else None for one in safe], dtype=pl.String),
    )
    for role in COUNTS:
        one = figures.filter(pl.col("role") == role).select(_ROW, pl.col("shown", "least", "most", "by").name.suffix(f":{role}"))
        together = together.join(one.with_columns(pl.lit(value=True).alias(f"own:{role}")), on=_ROW, how="left", maintain_order="left")
        own = pl.col(f"own:{role}")
        together = together.with_columns(
            pl.when(own).then(f"{part}:{role}").otherwise(f"{role}{end}").alias(f"{role}{end}")
            for part, end in (("shown", ""), ("least", "_lower"), ("most", "_upper"))
        )
    return together.with_columns(hidden_by=pl.coalesce("by:numerator", "by:denominator"))


def _worked_out(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    """Value, state and interval of one indicator from the counts that are shown."""
    n, d = pl.col("numerator"), pl.col("denominator")
    part, whole = (Bounds(pl.col(f"{role}_lower"), pl.col(f"{role}_upper")) for role in COUNTS)
    if indicator.standardised:  # an age-standardised rate does not follow from two rounded counts
        value, ends = pl.lit(None, pl.Float64), Bounds(pl.lit(None, pl.Float64), pl.lit(None, pl.Float64))
    elif indicator.value_type == "count":
        value, ends = n, part
    else:
        value, ends = pl.when(d > 0).then(indicator.multiplier * n / d), rounding.ratio_bounds(part, whole, indicator.multiplier)
    if indicator.value_type == "proportion":
        ends = Bounds(ends.lower, pl.when(ends.upper > indicator.multiplier).then(indicator.multiplier).otherwise(ends.upper))
    rows = rows.with_columns(recomputed=value, recomputed_lower=ends.lower, recomputed_upper=ends.upper, value=value)
    return _stated(rows, indicator).select(_ROW, "extract", *COLUMNS)


def _stated(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    n, d, value = pl.col("numerator"), pl.col("denominator"), pl.col("value")
    few = f"fewer than {indicator.min_base} {indicator.sentence.counted}"
    by = pl.concat_str(pl.lit("hidden to protect people under "), "hidden_by")
    had_figure = pl.col("cell_state").is_in([CellState.OBSERVED, CellState.TRUE_ZERO, CellState.UNRELIABLE])
    state = (
        pl.when(pl.col("hidden_by").is_not_null())
        .then(pl.struct(state=pl.lit(str(CellState.SUPPRESSED)), reason=by))
        .when(value.is_not_null() & (pl.col(indicator.base) < indicator.min_base))
        .then(pl.struct(state=pl.lit(str(CellState.UNRELIABLE)), reason=pl.lit(few)))
        .when(value.is_not_null())
        .then(pl.struct(state=pl.lit(str(CellState.OBSERVED)), reason=pl.lit(None, pl.String)))
        .when(had_figure)
        .then(pl.struct(state=pl.lit(str(CellState.SUPPRESSED)), reason=pl.lit(NOT_FROM_COUNTS)))
        .otherwise(pl.struct(state="cell_state", reason="state_reason"))
    )
    limits = None
    if indicator.interval_method == "wilson":
        limits = rates.wilson(n, d, indicator.multiplier)
    elif indicator.interval_method == "byar_exact":
        limits = rates.rate(n, d, indicator.multiplier)
    none = pl.lit(None, pl.Float64)
    shown = pl.col("hidden_by").is_null() & value.is_not_null()
    lower, upper = (pl.when(shown).then(limits.lower if end else limits.upper) if limits else none for end in (True, False))
    rolled_up = pl.col("value_basis") == "rolled_up"
    return rows.with_columns(
        cell_state=state.struct.field("state"),
        state_reason=state.struct.field("reason"),
        value=pl.when(shown).then(value),
        value_basis=pl.when(shown).then(pl.when(rolled_up).then(pl.lit("rolled_up")).otherwise(pl.lit("computed"))),
        lower_ci=lower,
        upper_ci=upper,
        interval_method=pl.when(lower.is_not_null()).then(pl.lit(indicator.interval_method)),
    )


NOT_FROM_COUNTS = "a local figure that does not follow from its own rounded counts is not shown"

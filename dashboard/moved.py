"""What the figures say of the measures of an action since it began. Timing is not cause: this says when, not why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dashboard import knowledge, queries
from dashboard.filters import DEFAULT_REFERENCE, places_of
from dashboard.groups import named
from dashboard.once import once
from dashboard.places import Organisation
from dashboard.subject import link
from dashboard.trends import change_of_gap, crossed, same_length
from dashboard.view import breaks_of
from equity import periods
from equity.change_wording import sentences
from equity.comparison import Estimate, Finding, compare
from equity.wording import Wording, joined
from pipelines.catalogue import Indicator
from register.entities import Action, Measure
from register.reference import EVERYONE

NOT_IN_CATALOGUE = "This indicator is not in the catalogue, so there is nothing to show."
FICTIONAL = "The Example Trust is fictional, so there are no figures for it."
WAYS = {
    Finding.HIGHER: "It is clearly higher now.",
    Finding.LOWER: "It is clearly lower now.",
    Finding.NO_CLEAR_DIFFERENCE: "There has been no clear change.",
    Finding.CANNOT_SAY: "There is no interval, so no change can be told.",
}


@dataclass(frozen=True)
class Moved:
    """A measure of an action: what should move and which way, what it did, and where that is shown in full (empty: nowhere)."""

    name: str
    words: str
    address: str = ""


def moved(release_id: str, site: str, action: Action, measure: Measure, *, fictional: bool = False) -> Moved:
    """A measure since its action's start, worked out once for all readers."""
    key = ("moved", release_id, site, action.start.isoformat(), *measure.key, measure.direction, str(fictional))
    return once(key, lambda: _moved(release_id, site, action.start, measure, fictional))


def _moved(release_id: str, site: str, start: date, measure: Measure, fictional: bool) -> Moved:
    indicator = knowledge.catalogue().indicators.get(measure.indicator_id)
    if indicator is None:
        return Moved(f"{measure.indicator_id}: {measure.direction.words}", NOT_IN_CATALOGUE)
    name = f"{indicator.short_name}, {people_of(measure)}: {measure.direction.words}"
    if fictional:
        return Moved(name, FICTIONAL)
    place = places_of(release_id).get(site)
    for one in place.organisations if place else ():
        past = named(queries.history(release_id, indicator.id, one.code), knowledge.groups())
        mine = past.filter(pl.col("ethnicity_scheme") == measure.ethnicity_scheme, pl.col("ethnicity_code") == measure.ethnicity_code)
        if mine.height:
            return Moved(name, _since(indicator, one, past, mine, start, measure), _address(site, indicator, one, measure))
    return Moved(name, "This release has no figure of it for this site.")


def people_of(measure: Measure) -> str:
    """Whom a measure is about, in words."""
    if measure.ethnicity_code == EVERYONE:
        return "everyone"
    found = knowledge.groups().filter(scheme=measure.ethnicity_scheme, code=measure.ethnicity_code)["people"].to_list()
    return found[0] if found and found[0] else measure.ethnicity_code


def name_of(indicator_id: str) -> str:
    """An indicator's short name; its id where the catalogue has none."""
    found = knowledge.catalogue().indicators.get(indicator_id)
    return found.short_name if found else indicator_id


def _address(site: str, indicator: Indicator, one: Organisation, measure: Measure) -> str:
    group = {} if measure.ethnicity_code == EVERYONE else {"group": measure.ethnicity_code}
    return link("over-time", place=site, indicator=indicator.id, organisation=one.code, **group)


def _since(indicator: Indicator, one: Organisation, past: pl.DataFrame, mine: pl.DataFrame, start: date, measure: Measure) -> str:
    words = knowledge.wording(indicator, one.kind)
    newest = mine.sort("period_end").row(-1, named=True)
    series = same_length(mine, newest["period_start"], newest["period_end"]).sort("period_end")
    sure = list(series.filter(pl.col("cell_state").is_in(["observed", "true_zero"])).iter_rows(named=True))
    if not sure:
        return "This release has no figure of it that can be relied on."
    now, before = sure[-1], [row for row in sure if row["period_end"] < start]
    value = f"{periods.phrase(now['period_start'], now['period_end'])} it was {words.amount(now['value'])}."
    if now["period_end"] < start:
        return joined(value, "That was before the action began, so nothing can be seen of it yet.")
    if not before:
        return joined(value, "There is no figure from before the action began to set it beside.")
    return joined(value, _beside(words, before[-1], now, [each.day for each in breaks_of(indicator, one.code)], past, measure))


def _beside(words: Wording, then: dict[str, Any], now: dict[str, Any], breaks: Sequence[date], past: pl.DataFrame, measure: Measure) -> str:
    """The last figure from before the start beside the newest, and the gap to the usual reference since then."""
    said = f"Before the action began, {periods.phrase(then['period_start'], then['period_end']).lower()}, it was {_number(words, then)}."
    if crossed(breaks, then["period_start"], now["period_end"]):
        return joined(said, "The series breaks in between, so the two cannot be compared.")
    way = WAYS[compare(_estimate(now), _estimate(then)).finding]
    return joined(said, way, _gap(words, then["period_end"], now, breaks, past, measure))


def _gap(words: Wording, since: date, now: dict[str, Any], breaks: Sequence[date], past: pl.DataFrame, measure: Measure) -> str:
    if measure.ethnicity_code in {EVERYONE, DEFAULT_REFERENCE} or not words.comparable:
        return ""
    mine = same_length(past, now["period_start"], now["period_end"]).filter(pl.col("period_end") >= since)
    change = change_of_gap(mine, measure.ethnicity_scheme, measure.ethnicity_code, DEFAULT_REFERENCE, now["period_end"], breaks)
    return f"Beside White ethnic groups: {sentences(words, change)}" if change else ""


def _number(words: Wording, row: dict[str, Any]) -> str:
    return words.number(row["value"])


def _estimate(row: dict[str, Any]) -> Estimate:
    return Estimate(row["value"], row["lower_ci"], row["upper_ci"])

"""What the Overview says of a place: a sentence a domain, and the rows of its matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard import knowledge, queries
from dashboard.groups import main_groups, named, readings, unknown_share, whole
from dashboard.matrix import Row, cells, unknown_cell
from dashboard.once import once
from dashboard.places import KINDS, Organisation, Place
from equity import periods
from equity.sentences import domain_sentence, unknown_range_sentence
from equity.standing import Reading, Standing, stand
from equity.wording import Wording
from pipelines.catalogue import Indicator


@dataclass(frozen=True, slots=True)
class Told:
    """One indicator as the Overview tells it."""

    indicator: Indicator
    organisation: Organisation
    start: date
    end: date
    words: Wording
    standing: Standing
    share: float | None
    row: Row
    observations: pl.DataFrame


def groups_of(release_id: str, seen: Sequence[Place]) -> pl.DataFrame:
    """The groups that the newest figures of places are published for, in reading order: ethnicity_code, name, group_level."""
    key = ("groups", release_id, *(one.key for one in seen))
    return once(key, lambda: _groups_of(release_id, seen))


def _groups_of(release_id: str, seen: Sequence[Place]) -> pl.DataFrame:
    found = pl.concat([_newest(release_id, one) for one in seen])
    if found.is_empty():
        return found
    mains = pl.concat([main_groups(part) for _, part in found.group_by(["indicator_id", "org_code"], maintain_order=True)])
    first = mains.sort("turn", "name", "ethnicity_code").unique("ethnicity_code", keep="first", maintain_order=True)
    return first.filter(pl.col("group_level") == "aggregate")


def against(groups: pl.DataFrame, reference: str) -> str:
    """The reference group as it goes on in a sentence: ``White ethnic groups``."""
    people = dict(groups.select("ethnicity_code", "people").iter_rows())
    return str(people.get(reference, "the reference group")).removeprefix("people from ")


def tell(release_id: str, place: Place, reference: str) -> list[Told]:
    """Every indicator that the place has figures for, at the first of its organisations that has them."""
    found = _newest(release_id, place)
    told: list[Told] = []
    for indicator in knowledge.catalogue().indicators.values():
        mine = found.filter(pl.col("indicator_id") == indicator.id)
        here = next((one for one in place.organisations if mine.filter(pl.col("org_code") == one.code).height), None)
        if here is not None:
            told.append(_told(indicator, here, mine.filter(pl.col("org_code") == here.code), reference))
    # A crude rate is never set beside the same rate standardised.
    standardised = {one.indicator.standardises for one in told}
    return [one for one in told if one.indicator.id not in standardised]


def _newest(release_id: str, place: Place) -> pl.DataFrame:
    return named(queries.newest(release_id, tuple(one.code for one in place.organisations)), knowledge.groups())


def _told(indicator: Indicator, here: Organisation, observed: pl.DataFrame, reference: str) -> Told:
    words = knowledge.wording(indicator, here.kind)
    standing = stand(readings(main_groups(observed)), reference, words.polarity, words.comparable)
    start, end = observed["period_start"][0], observed["period_end"][0]
    kind = "England" if here.kind == "england" else KINDS.get(here.kind, here.kind)
    share = unknown_share(observed, knowledge.base_of(indicator).column)
    beneath = ". ".join(part for part in (words.per.capitalize(), f"{kind}, {periods.label(start, end)}") if part)
    everyone = "".join(_figure(words, one) for one in readings(whole(observed)))
    row = Row(
        indicator.id,
        indicator.short_name,
        beneath,
        here.code,
        periods.key(start, end),
        cells(words, standing),
        unknown_cell(share),
        everyone,
    )
    return Told(indicator, here, start, end, words, standing, share, row, observed)


def _figure(words: Wording, one: Reading) -> str:
    """A figure with its shorthand, or why there is none."""
    return f"{words.figure(one.estimate.value) if one.estimate else one.state.words} {one.state.shorthand}".strip()


def sentences(told: list[Told], place: str, reference: str) -> list[tuple[str, str]]:
    """A heading and a sentence for each domain; for data quality, how often ethnicity is not known."""
    said: list[tuple[str, str]] = []
    for domain, name in knowledge.DOMAINS.items():
        mine = [one for one in told if one.indicator.domain == domain]
        if domain == "data_quality":
            shares = [(one.words.name, one.share) for one in told if one.share is not None]
            said.append((name, unknown_range_sentence(shares, place)))
        elif domain != "context":  # what describes a place is not better or worse for a group
            said.append((name, domain_sentence(name.lower(), place, [(one.words, one.standing) for one in mine], reference)))
    return said


def sections(told: list[Told]) -> list[tuple[str, list[Row]]]:
    """The matrix's rows by domain."""
    return [(words, [one.row for one in told if one.indicator.domain == domain]) for domain, words in knowledge.DOMAINS.items()]

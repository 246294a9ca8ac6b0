"""The number that goes with a promise: the newest figure of its measure at the site, else for England, of one release."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from dashboard import knowledge, queries
from dashboard.filters import DEFAULT_PLACE, DEFAULT_REFERENCE, places_of
from dashboard.groups import main_groups, named, readings, unknown_share
from dashboard.pack import wording
from dashboard.pack.build import best
from dashboard.pack.content import Number
from dashboard.places import Organisation
from equity.sentences.easy import easy_figure, easy_pair, easy_period, easy_question, easy_topic, easy_unknown
from equity.standing import Reading
from equity.wording import joined
from pipelines.errors import PipelineError
from register.entities import Action, Measure
from register.reference import EVERYONE
from register.rules import EXAMPLE_SITE


def numbers_of(release_id: str, site: str) -> Callable[[Action], Number]:
    """What gives each action of a site its number, from one release; of a release that is no longer kept, words."""
    return lambda action: best([(one, _number(release_id, site, one)) for one in action.measures])


def _number(release_id: str, site: str, measure: Measure) -> Number:
    try:
        seen = organisations(release_id, site)
        found = next((number for one in seen if (number := _at(release_id, one, measure, site))), None)
    except (PipelineError, OSError):
        return Number(wording.NO_RELEASE)
    return found or Number(wording.NO_FIGURES)


def organisations(release_id: str, site: str) -> Sequence[Organisation]:
    """Those through which a site is seen, its trust first; England last, which stands in where they have no figure."""
    known = places_of(release_id)
    return [one for key in (site, DEFAULT_PLACE) if key in known for one in known[key].organisations]


def _at(release_id: str, organisation: Organisation, measure: Measure, site: str) -> Number | None:
    """The measure's figure at an organisation, None where the release has not even a hidden one of that group."""
    newest = queries.newest(release_id, (organisation.code,)).filter(pl.col("indicator_id") == measure.indicator_id)
    observed = named(newest, knowledge.groups())
    # Everyone is everyone, under whichever scheme the total is published.
    of_scheme = (pl.col("ethnicity_scheme") == measure.ethnicity_scheme) | (measure.ethnicity_code == EVERYONE)
    mine = readings(observed.filter(of_scheme & (pl.col("ethnicity_code") == measure.ethnicity_code)))
    return _told(observed, organisation, measure, mine[0], site) if mine else None


def _told(observed: pl.DataFrame, organisation: Organisation, measure: Measure, mine: Reading, site: str) -> Number:
    indicator = knowledge.catalogue().indicators[measure.indicator_id]
    words, national = knowledge.wording(indicator, organisation.kind), organisation.kind == "england"
    reference = _reference(observed, measure.ethnicity_code)
    base = knowledge.base_of(indicator)
    unknown = easy_unknown(unknown_share(observed, base.column), base.counted) if reference else ""
    everyone = wording.EVERYONE if measure.ethnicity_code == EVERYONE else ""
    elsewhere = (wording.EXAMPLE_NUMBERS if site == EXAMPLE_SITE else wording.ENGLAND_NUMBERS) if national else ""
    when = easy_period(observed["period_start"][0], observed["period_end"][0])
    where = "England" if national else organisation.name
    groups = easy_pair(words, mine, reference[0]) if reference else (easy_figure(words, mine),)
    if not any(one.known for one in groups):
        return Number(f"{easy_topic(words)} {groups[0].amount} {wording.wanted(measure.direction)}")
    notes = joined(wording.wanted(measure.direction), everyone, unknown, elsewhere)
    return Number(f"{easy_question(words)} {where}, {when}.", groups, notes)


def _reference(observed: pl.DataFrame, code: str) -> list[Reading]:
    """The group that others are compared with; none beside itself and beside everyone."""
    if code in {EVERYONE, DEFAULT_REFERENCE}:
        return []
    return [one for one in readings(main_groups(observed)) if one.code == DEFAULT_REFERENCE]

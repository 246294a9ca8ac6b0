"""One indicator in one period at each study site, by organisations of one kind, and in England."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard import funnel, knowledge, queries
from dashboard.groups import main_groups, main_scheme, named, readings, unknown_share
from dashboard.once import once, property_once
from dashboard.places import Site, england_code, organisations_of
from dashboard.subject import Subject, sources
from equity import periods
from equity.sentences import SiteGap, headline, sites_story, unknown_range_sentence
from equity.standing import Reading, stand
from equity.wording import Wording
from pipelines.catalogue import Indicator

# A site is compared by its trust or by its ICB, never one site's trust with another's ICB. kind -> in the side bar, plural in a sentence
KINDS = {"trust": ("NHS trusts", "NHS trusts"), "icb": ("Integrated care boards (ICBs)", "integrated care boards")}


@dataclass(frozen=True, slots=True)
class Across:
    """What a page that compares sites is about."""

    indicator: Indicator
    kind: str
    start: date
    end: date
    group: str
    reference: str

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """The choices by their names in the address, in its order."""
        return (
            ("indicator", self.indicator.id),
            ("kind", self.kind),
            ("period", periods.key(self.start, self.end)),
            ("group", self.group),
            ("reference", self.reference),
        )


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site, or England: its organisation's name, and its observations, none where it is not published."""

    name: str
    code: str
    organisation: str
    words: Wording
    observations: pl.DataFrame
    gap: SiteGap


@dataclass(frozen=True)
class AcrossView:
    """One indicator at the sites, England last, and one group of it at all organisations of the kind."""

    release_id: str
    selection: Across
    words: Wording
    rows: tuple[SiteRow, ...]
    group: Reading
    reference: Reading
    funnel: funnel.Funnel
    everywhere: pl.DataFrame

    @property
    def sites(self) -> tuple[SiteRow, ...]:
        """The sites alone."""
        return tuple(one for one in self.rows if one.name != "England")

    @property
    def kind(self) -> str:
        """The organisations that are compared, in the plural."""
        return KINDS[self.selection.kind][1]

    @property
    def period(self) -> str:
        return periods.label(self.selection.start, self.selection.end)

    @property
    def when(self) -> str:
        return periods.phrase(self.selection.start, self.selection.end)

    @property_once
    def observations(self) -> pl.DataFrame:
        """The observations of the sites and of England."""
        return pl.concat([one.observations for one in self.rows])

    @property_once
    def story(self) -> tuple[str, str]:
        """At how many sites there is a clear gap, and how wide it is at each."""
        england = next((one.gap for one in self.rows if one.name == "England"), None)
        return headline(sites_story(self.words, self.when, self.group, self.reference, [one.gap for one in self.sites], england))

    @property
    def sentence(self) -> str:
        """The story as one text."""
        return " ".join(part for part in self.story if part)

    @property_once
    def subject(self) -> Subject:
        """What the charts of this view are about."""
        indicator = self.selection.indicator
        return Subject(
            file=f"{indicator.id}_{self.selection.kind}s_{periods.key(self.selection.start, self.selection.end)}_{self.selection.group}",
            page="compare",
            choices=self.selection.choices,
            release_id=self.release_id,
            measure=f"{indicator.name}, {self.words.unit}",
            place=f"{KINDS[self.selection.kind][0]} of the four study sites",
            period=self.period,
            unknown=self._unknown,
            names=((indicator.id, indicator.name, self.words.unit),),
            **sources([self.observations, self.everywhere]),
        )

    @property
    def _unknown(self) -> str:
        column = knowledge.base_of(self.selection.indicator).column
        shares = [(one.name, unknown_share(one.observations, column)) for one in self.rows if not one.observations.is_empty()]
        return unknown_range_sentence([(name, share) for name, share in shares if share is not None], "these places")


def codes_of(kind: str) -> dict[str, Site]:
    """The site of each organisation that stands for one, by code."""
    return {one.trust_code if kind == "trust" else one.icb_code: one for one in sorted(knowledge.sites(), key=lambda one: one.name)}


def build(release_id: str, selection: Across) -> AcrossView:
    """The view of a selection, worked out once for all readers."""
    key = ("across", release_id, *(part for pair in selection.choices for part in pair))
    return once(key, lambda: _build(release_id, selection))


def _build(release_id: str, selection: Across) -> AcrossView:
    words = knowledge.wording(selection.indicator, selection.kind)
    everywhere = published(release_id, selection.indicator.id, selection.kind, selection.start, selection.end)
    organisations = organisations_of(queries.organisations(release_id))
    national = england_code(organisations)
    rows = [
        _row(selection, site.name, code, organisations[code].name if code in organisations else site.name, words, everywhere)
        for code, site in codes_of(selection.kind).items()
    ]
    if national:
        found = queries.figures(release_id, selection.indicator.id, national, selection.start, selection.end)
        england = named(found, knowledge.groups())
        rows.append(_row(selection, "England", national, "England", knowledge.wording(selection.indicator, "england"), england))
    own = _of_group(everywhere, selection.group)
    return AcrossView(
        release_id,
        selection,
        words,
        tuple(rows),
        _named(everywhere, selection.group),
        _named(everywhere, selection.reference),
        funnel.build(own, words, KINDS[selection.kind][1]),
        own,
    )


def published(release_id: str, indicator_id: str, kind: str, start: date, end: date) -> pl.DataFrame:
    """Observations of every organisation of a kind, with the names of their groups."""
    return named(queries.across(release_id, indicator_id, kind, start, end), knowledge.groups())


def _of_group(everywhere: pl.DataFrame, group: str) -> pl.DataFrame:
    """One row an organisation: the group's observation in the organisation's main scheme."""
    scheme = main_scheme(everywhere)
    return everywhere.filter((pl.col("ethnicity_scheme") == scheme) & (pl.col("ethnicity_code") == group)) if scheme else everywhere.clear()


def _row(selection: Across, name: str, code: str, organisation: str, words: Wording, observed: pl.DataFrame) -> SiteRow:
    here = observed.filter(org_code=code)
    standing = stand(readings(main_groups(here)), selection.reference, words.polarity, words.comparable)
    told = next((one for one in standing.readings if one.code == selection.group), None)
    return SiteRow(name, code, organisation, words, here, SiteGap(name, told, standing.reference, standing.of(selection.group)))


def _named(observed: pl.DataFrame, code: str) -> Reading:
    """The group's names, as any organisation's figure gives them."""
    return next(one for one in readings(observed.filter(pl.col("ethnicity_code") == code)))


def shared_period(coverage: pl.DataFrame) -> tuple[date, date]:
    """The newest of the periods that most organisations have; the longest of those that end together."""
    counted = coverage.group_by("period_start", "period_end").agg(pl.col("org_code").n_unique().alias("number"))
    best = counted.sort("number", "period_end", "period_start", descending=[True, True, False])
    return best.select("period_start", "period_end").row(0)

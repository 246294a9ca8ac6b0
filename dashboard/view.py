"""Everything that an Indicator page shows, put together from one release. No Streamlit here but the cache."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from dashboard import knowledge, queries, trends
from dashboard.filters import Selection
from dashboard.groups import display, main_groups, main_scheme, named, readings, share_words, unknown_share, whole
from dashboard.once import once, property_once
from dashboard.places import england_code, organisations_of
from dashboard.subject import Subject, sources
from dashboard.unknowns import tipping_of
from equity import periods
from equity.change import Direction
from equity.change_wording import GapChange
from equity.comparison import Finding
from equity.gaps import gap_numbers, gap_unit, ratio_numbers
from equity.numbers import listed
from equity.potential import potential
from equity.sentences import headline, indicator_story, potential_sentence, unknown_sentence, whole_sentence
from equity.standing import Compared, Reading, Standing, stand
from equity.wording import Wording, absence
from pipelines.catalogue import Indicator

Fact = tuple[str, str, str]


@dataclass(frozen=True)
class IndicatorView:
    """One indicator at one organisation in one period beside one reference group."""

    release_id: str
    selection: Selection
    words: Wording
    observations: pl.DataFrame
    past: pl.DataFrame
    england: pl.DataFrame
    rows: pl.DataFrame
    standing: Standing
    everyone: Reading | None
    points: pl.DataFrame
    unknown: pl.DataFrame
    share: float | None
    change: GapChange | None
    breaks: list[trends.Break]
    regrouped: list[str]
    other_scheme: bool

    @property
    def period(self) -> str:
        return periods.label(self.selection.start, self.selection.end)

    @property
    def place(self) -> str:
        one = self.selection.organisation
        return "England" if one.kind == "england" else one.name

    @property_once
    def story(self) -> tuple[str, str]:
        """The headline, and the rest of what the figures say."""
        when = periods.phrase(self.selection.start, self.selection.end)
        if self.everyone:
            return whole_sentence(self.words, when, self.place, self.everyone), ""
        return headline(indicator_story(self.words, when, self.place, self.standing))

    @property
    def sentence(self) -> str:
        """The story as one text."""
        return " ".join(part for part in self.story if part)

    @property_once
    def subject(self) -> Subject:
        """What the charts of this view are about."""
        indicator, organisation = self.selection.indicator, self.selection.organisation
        return Subject(
            file=f"{indicator.id}_{organisation.code}_{periods.key(self.selection.start, self.selection.end)}",
            page="indicator",
            choices=self.selection.choices,
            release_id=self.release_id,
            measure=f"{indicator.name}, {self.words.unit}",
            place=self.place,
            period=self.period,
            unknown=unknown_sentence(self.share, self.counted),
            names=((indicator.id, indicator.name, self.words.unit),),
            **sources([self.observations, self.past]),
        )

    @property_once
    def potential(self) -> str:
        """What it would mean in people if every group had the rate of the reference group."""
        return "" if self.everyone else potential_sentence(self.words, potential(self.words, self.standing), self.standing)

    @property_once
    def tipping(self) -> str:
        """What unknown ethnicity could do to the gap that the story tells."""
        found = tipping_of(self.words, self.observations, self.standing, self.widest)
        return found.words if found else ""

    @property
    def widest(self) -> Compared | None:
        """The clear gap that the story tells."""
        return widest(self.standing)

    @property
    def break_days(self) -> list[date]:
        return [one.day for one in self.breaks]

    @property
    def has_england(self) -> bool:
        return self.rows["england_value"].is_not_null().any()

    @property
    def counted(self) -> str:
        """What the share of unknown ethnicity is a share of."""
        return knowledge.base_of(self.selection.indicator).counted


def build(release_id: str, selection: Selection) -> IndicatorView:
    """The view of a selection, worked out once for all readers."""
    key = ("view", release_id, *(part for pair in selection.choices for part in pair))
    return once(key, lambda: _build(release_id, selection))


def _build(release_id: str, selection: Selection) -> IndicatorView:
    indicator, here = selection.indicator, selection.organisation
    words, base = knowledge.wording(indicator, here.kind), knowledge.base_of(indicator)
    observed = _read(release_id, selection, here.code)
    groups = main_groups(observed)
    national = england_code(organisations_of(queries.organisations(release_id)))
    england = _read(release_id, selection, national) if national and national != here.code else observed.clear()
    beside = main_groups(england)
    everyone = whole(observed)
    rows = display(pl.concat([groups, everyone]), pl.concat([beside, whole(england)]), words, base, knowledge.wording(indicator, "england"))
    standing = stand(readings(groups), selection.reference, words.polarity, words.comparable)
    past = named(queries.history(release_id, indicator.id, here.code), knowledge.groups())
    past = trends.same_length(past, selection.start, selection.end)
    breaks, scheme, told = breaks_of(indicator, here.code), main_scheme(observed), widest(standing)
    change = trends.change_of_gap(
        past, scheme, told.reading.code if told else "", selection.reference, selection.end, [one.day for one in breaks]
    )
    return IndicatorView(
        release_id,
        selection,
        words,
        observed,
        past,
        england,
        rows,
        standing,
        next((replace(one, people="people") for one in readings(everyone)), None),
        trends.points(past, scheme, words),
        trends.unknown_points(past, base.column),
        unknown_share(observed, base.column),
        change,
        breaks,
        trends.regrouped(past, scheme),
        beside.height > 0 and main_scheme(beside) != scheme,
    )


def breaks_of(indicator: Indicator, org_code: str) -> list[trends.Break]:
    """Breaks of the indicator's series, and the days from which the organisation's figures are about other people."""
    own = [trends.Break(one.from_, one.what) for one in indicator.series_breaks]
    changed = [trends.Break(one.day, one.what) for one in knowledge.reference().boundary_changes if one.org_code == org_code]
    return sorted([*own, *changed], key=lambda one: one.day)


def widest(standing: Standing) -> Compared | None:
    """The largest clear gap for the worse; where no group is clearly worse off, the largest clear one."""
    return standing.first or max(standing.clear, key=lambda one: abs(one.comparison.difference.value), default=None)


def _read(release_id: str, selection: Selection, code: str) -> pl.DataFrame:
    found = queries.figures(release_id, selection.indicator.id, code, selection.start, selection.end)
    return named(found, knowledge.groups())


def inside(view: IndicatorView, observations: pl.DataFrame, parent: str) -> pl.DataFrame:
    """The observations of the detailed groups inside an aggregate one; empty where there are none."""
    members = knowledge.members(main_scheme(view.observations) or "", parent)
    detail = observations.filter(pl.col("group_level") == "detailed")
    return detail.join(members, on=["ethnicity_scheme", "ethnicity_code"], how="semi", maintain_order="left")


def detailed(view: IndicatorView, parent: str) -> pl.DataFrame:
    """The detailed groups inside an aggregate one, as rows to show; empty where the release holds none."""
    detail, england = (inside(view, observed, parent) for observed in (view.observations, view.england))
    base = knowledge.base_of(view.selection.indicator)
    return display(detail, england, view.words, base, knowledge.wording(view.selection.indicator, "england"))


# --------------------------------------------------------------------------------------------------- Words of a view


def facts(view: IndicatorView) -> list[Fact]:
    """Four facts: label, figure, and how sure it is or what it is of."""
    first = view.widest
    share = "Not published" if view.share is None else f"{share_words(view.share)} in 100"
    unknown = ("Ethnicity not known", share, f"of {view.counted}")
    if first is None:
        return [
            ("Largest clear gap", *_no_gap(view)),
            ("As a ratio", "–", "no clear gap to express"),
            ("Change of the gap", "–", "no clear gap to follow"),
            unknown,
        ]
    gap, limits = gap_numbers(view.words, first.comparison)
    ratio, range_ = ratio_numbers(first.comparison)
    points = " points" if gap_unit(view.words) == "percentage points" else ""
    change = view.change
    return [
        ("Largest clear gap", f"{gap}{points}", f"{first.reading.name}, 95% interval {limits}"),
        ("As a ratio", ratio or "–", f"times the {view.words.noun}, {range_}" if range_ else "no interval can be given"),
        ("Change of the gap", change.short if change else "–", f"since {change.since}" if change else "no earlier period to compare"),
        unknown,
    ]


def _no_gap(view: IndicatorView) -> tuple[str, str]:
    """That no gap is clear, or that none can be told, and why."""
    reference = view.standing.reference
    if can_say(view.standing) and reference is not None:
        return "No clear gap", f"compared with {reference.name}"
    if reference is None:
        why = "the reference group is not published"
    elif not reference.sure:
        why = absence(reference.state, [reference])
    elif not view.words.comparable:
        why = "groups differ in size"
    else:
        why = "no interval can be given" if view.standing.compared else "no other group has a figure to compare"
    return "Cannot be compared", why


def can_say(standing: Standing) -> bool:
    """Whether at least one group can be compared with the reference."""
    return any(one.comparison.finding is not Finding.CANNOT_SAY for one in standing.compared)


def finding_title(view: IndicatorView) -> str:
    """A chart's first title: what it shows, in words."""
    reference = view.standing.reference
    if view.everyone:
        return "One figure for everyone"
    if not can_say(view.standing) or reference is None:
        return "Each ethnic group's figure"
    said = [
        f"{listed([one.reading.name for one in found])} clearly {way}"
        for way, found in (
            ("lower", [one for one in view.standing.compared if one.comparison.finding is Finding.LOWER]),
            ("higher", [one for one in view.standing.compared if one.comparison.finding is Finding.HIGHER]),
        )
        if found
    ]
    return f"{'; '.join(said)} than {reference.name}" if said else f"No clear difference from {reference.name}"


def measure_title(view: IndicatorView) -> str:
    """A chart's second title: measure, place and period."""
    return f"{view.selection.indicator.name}, {view.words.unit}. {view.place}, {view.period}"


def trend_title(view: IndicatorView) -> str:
    """What the chart over time shows, in words."""
    first, change = view.widest, view.change
    if first is None or change is None:
        return "Everyone over time" if view.everyone else "Each group over time"
    way = {Direction.NARROWING: "the gap is narrower", Direction.WIDENING: "the gap is wider"}
    said = way.get(change.difference_finding, "no clear change in the gap")
    return f"{first.reading.name}: {said} since {change.since}"

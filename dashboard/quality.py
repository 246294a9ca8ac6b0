"""How far the figures of a place can be relied on: known ethnicity, states, freshness, what was replaced, breaks of series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard import knowledge, queries, summary
from dashboard.groups import named, share_words
from dashboard.once import once, property_once
from dashboard.places import Organisation, Place
from dashboard.subject import Subject, sources
from dashboard.summary import Told
from dashboard.trends import POINTS, Break, same_length, unknown_points
from dashboard.unknowns import Tipping, tipping_of
from dashboard.view import breaks_of, widest
from equity import periods
from equity.cells import CellState
from equity.sentences import unknown_range_sentence

GROUPS = ("aggregate", "detailed")


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of an indicator at an organisation."""

    name: str
    organisation: Organisation
    past: pl.DataFrame

    @property
    def counts(self) -> Counter[CellState]:
        """How many figures of ethnic groups are in each state."""
        return Counter(CellState(state) for state in self.past.filter(pl.col("group_level").is_in(GROUPS))["cell_state"])


@dataclass(frozen=True)
class QualityView:
    """The indicators of a place with their figures of every period as long as the newest, at the first organisation that has them
    (``past``) and at every one (``series``); ``points`` are the shares of unknown ethnicity (columns of ``trends.POINTS``, a group
    for each indicator); ``built`` is the day of the release."""

    release_id: str
    place: Place
    reference: str
    told: Sequence[Told]
    past: Sequence[pl.DataFrame]
    series: Sequence[Series]
    points: pl.DataFrame
    replaced: pl.DataFrame
    built: date

    @property_once
    def subject(self) -> Subject:
        """What the charts of the page are about."""
        spans = sorted({(one.start, one.end) for one in self.told}, key=lambda span: span[1])
        ends = [periods.label(*span) for span in (spans[0], spans[-1])] if spans else []
        return Subject(
            file=f"quality_{self.place.key}",
            page="quality",
            choices=(("place", self.place.key), ("reference", self.reference)),
            release_id=self.release_id,
            measure="How far the figures can be relied on",
            place=self.place.name,
            period=" to ".join(dict.fromkeys(ends)),
            unknown=unknown_range_sentence([(one.words.name, one.share) for one in self.told if one.share is not None], self.place.name),
            names=tuple((one.indicator.id, one.indicator.name, one.words.unit) for one in self.told),
            **sources([one.past for one in self.series]),
        )

    @property_once
    def observations(self) -> pl.DataFrame:
        """Every figure that was looked at."""
        return pl.concat([one.past for one in self.series])

    @property
    def breaks(self) -> list[tuple[str, list[Break]]]:
        """The known breaks of each indicator's series, of those that have any."""
        found = [(one.row.name, breaks_of(one.indicator, one.organisation.code)) for one in self.told]
        return [(name, breaks) for name, breaks in found if breaks]

    @property
    def break_days(self) -> dict[str, list[date]]:
        """The days on which the series of each indicator breaks, by its id."""
        return {one.indicator.id: [each.day for each in breaks_of(one.indicator, one.organisation.code)] for one in self.told}

    @property
    def tipping(self) -> list[tuple[str, Tipping]]:
        """What unknown ethnicity could do to the gap that each indicator tells first, by the indicator's name."""
        found = [(one.row.name, tipping_of(one.words, one.observations, one.standing, widest(one.standing))) for one in self.told]
        return [(name, tipping) for name, tipping in found if tipping is not None]


def build(release_id: str, place: Place, reference: str, built: date) -> QualityView:
    """The view of a place in a release of that day, worked out once for all readers."""
    return once(("quality", release_id, place.key, reference), lambda: _build(release_id, place, reference, built))


def _build(release_id: str, place: Place, reference: str, built: date) -> QualityView:
    told = summary.tell(release_id, place, reference)
    every = {(one.name, one.organisation.code): one for one in _series(release_id, place, told)}
    past = [every[one.row.name, one.organisation.code].past for one in told]
    points = [_points(one, each) for one, each in zip(told, past, strict=True)]
    replaced = queries.replaced(release_id, tuple(one.code for one in place.organisations))
    shares = pl.concat([pl.DataFrame(schema=POINTS), *points])
    return QualityView(release_id, place, reference, told, past, list(every.values()), shares, replaced, built)


def _series(release_id: str, place: Place, told: Sequence[Told]) -> Iterator[Series]:
    """Each indicator that is told at each of the place's organisations that has it."""
    coverage = queries.coverage(release_id)
    for one in told:
        there = set(coverage.filter(indicator_id=one.indicator.id)["org_code"].to_list())
        for organisation in place.organisations:
            if organisation.code in there:
                past = named(queries.history(release_id, one.indicator.id, organisation.code), knowledge.groups())
                start, end = past.sort("period_end").select("period_start", "period_end").row(-1)
                yield Series(one.row.name, organisation, same_length(past, start, end))


def _points(one: Told, past: pl.DataFrame) -> pl.DataFrame:
    """The share of unknown ethnicity of an indicator, period by period."""
    found = unknown_points(past, knowledge.base_of(one.indicator).column)
    shares = found["share"].to_list()
    texts = ["not published" if share is None else f"{share_words(share)}%" for share in shares]
    return found.select(
        pl.lit(one.indicator.id).alias("code"),
        pl.lit(one.row.name).alias("name"),
        "start",
        "end",
        "label",
        pl.col("share").alias("value"),
        pl.lit(None, pl.Float64).alias("lower"),
        pl.lit(None, pl.Float64).alias("upper"),
        pl.when(pl.col("share").is_null()).then(pl.lit("not_collected")).otherwise(pl.lit("observed")).alias("state"),
        pl.when(pl.col("share").is_null()).then(pl.lit("[x]")).otherwise(pl.lit("")).alias("mark"),
        pl.Series("value_text", texts, dtype=pl.String),
        pl.lit("").alias("interval_text"),
        (pl.lit(f"{one.row.name}, ") + pl.col("hover")).alias("hover"),
    )

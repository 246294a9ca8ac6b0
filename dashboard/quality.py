"""How far the figures of a place can be relied on: known ethnicity, states, freshness, what was replaced, breaks of series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from dashboard import knowledge, queries, summary
from dashboard.groups import named, share_words
from dashboard.once import once, property_once
from dashboard.places import Place
from dashboard.subject import Subject, sources
from dashboard.summary import Told
from dashboard.trends import POINTS, Break, same_length, unknown_points
from dashboard.unknowns import tipping_words
from dashboard.view import breaks_of, widest
from equity import periods
from equity.cells import CellState
from equity.sentences import unknown_range_sentence

GROUPS = ("aggregate", "detailed")


@dataclass(frozen=True)
class QualityView:
    """The indicators of a place with their figures of every period as long as the newest; ``points`` are the shares of unknown
    ethnicity (columns of ``trends.POINTS``, a group for each indicator)."""

    release_id: str
    place: Place
    reference: str
    told: Sequence[Told]
    past: Sequence[pl.DataFrame]
    points: pl.DataFrame
    replaced: pl.DataFrame

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
            **sources(self.past),
        )

    @property_once
    def observations(self) -> pl.DataFrame:
        """Every figure that was looked at."""
        return pl.concat(self.past)

    def counts(self, past: pl.DataFrame) -> Counter[CellState]:
        """How many figures of ethnic groups are in each state."""
        return Counter(CellState(state) for state in past.filter(pl.col("group_level").is_in(GROUPS))["cell_state"])

    @property
    def breaks(self) -> list[tuple[str, list[Break]]]:
        """The known breaks of each indicator's series, of those that have any."""
        found = [(one.row.name, breaks_of(one.indicator, one.organisation.code)) for one in self.told]
        return [(name, breaks) for name, breaks in found if breaks]

    @property
    def break_days(self) -> list[date]:
        """Every day on which a series breaks."""
        return sorted({one.day for _, breaks in self.breaks for one in breaks})

    @property
    def tipping(self) -> list[tuple[str, str, str]]:
        """What unknown ethnicity could do to the gap that each indicator tells first: indicator, group, words."""
        found: list[tuple[str, str, str]] = []
        for one in self.told:
            first = widest(one.standing)
            words = tipping_words(one.words, one.observations, one.standing, first)
            if first is not None and words:
                found.append((one.row.name, first.reading.name, words))
        return found


def build(release_id: str, place: Place, reference: str) -> QualityView:
    """The view of a place, worked out once for all readers."""
    return once(("quality", release_id, place.key, reference), lambda: _build(release_id, place, reference))


def _build(release_id: str, place: Place, reference: str) -> QualityView:
    told = summary.tell(release_id, place, reference)
    past = [
        same_length(named(queries.history(release_id, one.indicator.id, one.organisation.code), knowledge.groups()), one.start, one.end)
        for one in told
    ]
    points = [_points(one, each) for one, each in zip(told, past, strict=True)]
    replaced = queries.replaced(release_id, tuple(one.code for one in place.organisations))
    return QualityView(release_id, place, reference, told, past, pl.concat([pl.DataFrame(schema=POINTS), *points]), replaced)


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

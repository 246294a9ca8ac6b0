"""The front page: the gaps that stand out at a place, or at all sites, with how each has moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from dashboard import knowledge, promises, queries, summary
from dashboard.doing import Doing, doing
from dashboard.groups import main_scheme, named
from dashboard.once import once, property_once
from dashboard.places import Place
from dashboard.promises import Promises
from dashboard.subject import Subject, link, sources
from dashboard.summary import Told
from dashboard.trends import change_of_gap, same_length
from dashboard.view import breaks_of
from equity import periods
from equity.change_wording import GapChange
from equity.findings import Gap, Look, gaps_of, stand_out
from equity.sentences import unknown_range_sentence


@dataclass(frozen=True)
class FrontView:
    """Everything that was looked at, what stands out of it in the order asked for, and how those gaps have moved.

    ``told`` are the indicators of each place by the id of their look.
    """

    release_id: str
    place: Place
    reference: str
    against: str
    order: str
    told: Mapping[str, tuple[Place, Told]]
    gaps: Sequence[Gap]
    found: Sequence[Gap]
    changes: Mapping[tuple[str, str], GapChange | None]
    promised: Promises

    @property
    def where(self) -> str:
        """The place as it goes on in a sentence: ``for Sheffield``."""
        return "for all study sites" if not self.place.organisations else f"for {self.place.name}"

    @property_once
    def subject(self) -> Subject:
        """What the charts of the front page are about."""
        told = [one for _, one in self.told.values()]
        spans = sorted({(one.start, one.end) for one in told}, key=lambda span: span[1])
        span = [periods.label(*spans[0]), periods.label(*spans[-1])] if spans else []
        return Subject(
            file=f"gaps_{self.place.key}",
            page="",
            choices=(("place", self.place.key), ("reference", self.reference), ("order", self.order)),
            release_id=self.release_id,
            measure=f"Newest figures of each indicator, compared with {self.against}",
            place=self.place.name,
            period=" to ".join(dict.fromkeys(span)),
            unknown=unknown_range_sentence([(one.words.name, one.share) for one in told if one.share is not None], self.place.name),
            names=tuple({one.indicator.id: (one.indicator.id, one.indicator.name, one.words.unit) for one in told}.values()),
            version=self.promised.version,
            **sources([one.observations for one in told]),
        )

    def address(self, gap: Gap) -> str:
        """The page on which a gap is shown in full, relative to the dashboard's own."""
        place, one = self.told[gap.look.id]
        return link(
            "indicator",
            place=place.key,
            indicator=one.indicator.id,
            organisation=one.organisation.code,
            period=periods.key(one.start, one.end),
            reference=self.reference,
        )

    def measure(self, gap: Gap) -> tuple[str, str, str]:
        """What an action is linked to that is to move a gap: indicator, scheme and group."""
        _, one = self.told[gap.look.id]
        return one.indicator.id, main_scheme(one.observations) or "", gap.compared.reading.code

    def doing(self, gap: Gap) -> Doing:
        """What is being done about a gap at its site."""
        place, _ = self.told[gap.look.id]
        return doing(self.promised, place.key, *self.measure(gap))

    def change(self, gap: Gap) -> GapChange | None:
        """How a gap has moved; None where no earlier period can be compared."""
        return self.changes.get((gap.look.id, gap.compared.reading.code))


def build(release_id: str, place: Place, seen: Sequence[Place], reference: str, against: str, order: str) -> FrontView:
    """The front page of a place, seen through itself or (all sites) through others; worked out once for all readers."""
    key = ("front", release_id, place.key, reference, order)
    bare = once(key, lambda: _build(release_id, place, seen, reference, against, order))
    read = promises.read()
    return once((*key, read.version), lambda: replace(bare, promised=read))


def _build(release_id: str, place: Place, seen: Sequence[Place], reference: str, against: str, order: str) -> FrontView:
    told = {f"{one.key}/{each.indicator.id}": (one, each) for one in seen for each in summary.tell(release_id, one, reference)}
    gaps = gaps_of([_look(key, one) for key, (_, one) in told.items()])
    found = stand_out(gaps, order)
    changes = {(gap.look.id, gap.compared.reading.code): _change(release_id, told[gap.look.id][1], gap, reference) for gap in found}
    return FrontView(release_id, place, reference, against, order, told, gaps, found, changes, Promises(date.min))


def _look(key: str, one: Told) -> Look:
    here = "England" if one.organisation.kind == "england" else one.organisation.name
    return Look(key, one.words, periods.phrase(one.start, one.end), here, one.standing)


def _change(release_id: str, one: Told, gap: Gap, reference: str) -> GapChange | None:
    past = named(queries.history(release_id, one.indicator.id, one.organisation.code), knowledge.groups())
    breaks = [each.day for each in breaks_of(one.indicator, one.organisation.code)]
    mine = same_length(past, one.start, one.end)
    return change_of_gap(mine, main_scheme(one.observations), gap.compared.reading.code, reference, one.end, breaks)


def observations(view: FrontView) -> pl.DataFrame:
    """Every figure that was looked at."""
    return pl.concat([one.observations for _, one in view.told.values()]).unique(maintain_order=True)

"""Every chart of the registry, wherever it can be drawn: its picture, titles, sentence, table, file and where it comes from."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import plotly.io
import polars as pl
import pytest

from dashboard import across, downloads, filters, findings, knowledge, over_time, quality, queries, shares, summary, view
from dashboard.charts.chart import Chart
from dashboard.charts.explore import detail_view
from dashboard.charts.registry import CHARTS
from dashboard.places import organisations_of, places
from dashboard.subject import Told
from equity import periods
from pipelines import releases
from tests.pages.conftest import Opener
from tests.pages.figures import codes_of, indicators_of, observations
from tests.pages.screen import ADDRESS

PLACES = ("coventry_and_warwickshire", "greater_manchester", "east_london", "sheffield", "england")
# The starter release has too few periods, too few trusts (tests/pages/test_follow.py), and no actions (tests/pages/test_actions.py).
ELSEWHERE = {"control", "funnel", "statuses"}
COLUMNS = {"numerator", "denominator", "cell_state", "interval_method", "source", "licence", "view", "period_start", "period_end"}


def views_of_indicators(release_id: str, folder: Path, place: str) -> Iterator[view.IndicatorView]:
    """The newest view of every indicator at each of a place's organisations."""
    found = organisations_of(queries.organisations(release_id))
    chosen = places(knowledge.sites(), found)[place]
    for name in indicators_of(observations(folder), place):
        coverage = queries.coverage(release_id)
        for row in coverage.filter(indicator_id=name).unique("org_code", keep="first", maintain_order=True).iter_rows(named=True):
            if row["org_code"] in codes_of(place):
                one = filters.Selection(
                    chosen,
                    found[row["org_code"]],
                    knowledge.catalogue().indicators[name],
                    row["period_start"],
                    row["period_end"],
                    filters.DEFAULT_REFERENCE,
                )
                yield view.build(release_id, one)


def explored(release_id: str, folder: Path, place: str) -> Iterator[tuple[str, Told]]:
    """Each chart of the page of one indicator with each of its views."""
    for one in views_of_indicators(release_id, folder, place):
        yield from (("groups", one), ("trend", one), ("unknown", one), ("shares", shares.build(one)))
        for row in one.rows.iter_rows(named=True):
            yield "detail", detail_view(one, row["code"], row["name"])


def fronts(release_id: str, folder: Path, place: str) -> Iterator[tuple[str, Told]]:
    """The front page of the place, in either order, beside two reference groups; and that of all sites."""
    assert folder
    found = places(knowledge.sites(), organisations_of(queries.organisations(release_id)))
    sites = tuple(found[one.key] for one in knowledge.sites())
    for one, seen in ((found[place], (found[place],)), (filters.ALL_SITES, sites)):
        groups = summary.groups_of(release_id, seen)
        for order, reference in (("people", "white"), ("certainty", "black")):
            front = findings.build(release_id, one, seen, reference, summary.against(groups, reference), order)
            yield from (("gaps", front), ("matrix", front))


def judged(release_id: str, folder: Path, place: str) -> Iterator[tuple[str, Told]]:
    """The data quality page of the place."""
    assert folder
    one = quality.build(
        release_id, places(knowledge.sites(), organisations_of(queries.organisations(release_id)))[place], "white", date(2026, 11, 25)
    )
    yield from ((name, one) for name in ("recorded", "states", "freshness"))


def followed(release_id: str, folder: Path, place: str) -> Iterator[tuple[str, Told]]:
    """The page over time of every indicator of the place, for every group that can be followed."""
    for one in views_of_indicators(release_id, folder, place):
        for group in over_time.groups_of(one) or {over_time.EVERYONE: ""}:
            yield from ((name, over_time.build(one, group)) for name in ("gap", "spread", "control"))


def beside(release_id: str, folder: Path, place: str) -> Iterator[tuple[str, Told]]:
    """The page that compares sites: every indicator, kind, and group, in the newest period that most sites share."""
    assert folder
    for kind in across.KINDS if place == "england" else ():
        ours = queries.coverage_of_kind(release_id, kind).filter(pl.col("org_code").is_in(list(across.codes_of(kind))))
        for name in ours["indicator_id"].unique(maintain_order=True):
            start, end = across.shared_period(ours.filter(indicator_id=name))
            indicator = knowledge.catalogue().indicators[name]
            groups = across.published(release_id, name, kind, start, end).filter(group_level="aggregate")["ethnicity_code"]
            for group in groups.unique(maintain_order=True):
                if group != "white":
                    one = across.build(release_id, across.Across(indicator, kind, start, end, group, "white"))
                    yield from ((chart, one) for chart in ("sites", "funnel"))


WALKS: tuple[Callable[[str, Path, str], Iterator[tuple[str, Told]]], ...] = (explored, fronts, judged, followed, beside)


@pytest.mark.parametrize("place", PLACES)
def test_every_chart_has_all_that_must_stand_beside_it(starter: Path, place: str, open_page: Opener) -> None:
    open_page(starter, "overview")  # what is read after it is of this release
    release_id = releases.current_release(starter)
    assert release_id is not None
    by_id = {one.id: one for one in CHARTS}
    drawn = [(name, one, whole(by_id[name], one)) for walk in WALKS for name, one in walk(release_id, starter, place)]
    local = {"gaps", "matrix", "groups", "trend", "unknown", "shares", "recorded", "states", "freshness", "gap", "spread"}
    assert {name for name, _, there in drawn if there} >= (local if place != "england" else set(by_id) - ELSEWHERE)


def whole(chart: Chart[Any], one: Told) -> bool:
    """Whether a chart can be drawn for a view; fails where anything that must go with it is missing."""
    where, lacks = (chart.id, one.subject.key), chart.lacks(one)
    if lacks:
        assert lacks.endswith("."), where
        return False
    if chart.figure is not None:
        assert plotly.io.to_json(chart.figure(one), validate=True), where
    assert chart.sentence(one).rstrip().endswith("."), where
    assert "None" not in chart.sentence(one), where
    assert chart.finding(one).strip(), where
    assert chart.measure(one).strip(), where
    table = chart.table(one)
    assert table.caption.strip(), where
    assert table.rows, where
    assert all(len(row) == len(table.columns) and all(isinstance(cell, str) and cell for cell in row) for row in table.rows), where
    subject = one.subject
    for told in (subject.measure, subject.place, subject.period, subject.source, subject.licence, subject.unknown):
        assert told.strip(), where
    data = downloads.csv(chart.rows(one), subject, subject.address(f"{ADDRESS}/indicator"))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows, where
    assert set(rows[0]) >= COLUMNS, where
    assert all(row["view"].startswith(f"{ADDRESS}/{subject.page}?") and row["source"] and row["licence"] for row in rows), where
    return True


def test_every_chart_is_declared_whole_and_once() -> None:
    assert len({one.id for one in CHARTS}) == len(CHARTS)
    for one in CHARTS:
        assert one.question.endswith("?"), one.id
        assert all((one.name, one.intervals, one.least)), one.id


@pytest.mark.parametrize("place", PLACES)
def test_a_page_draws_charts_of_the_registry_and_reads_out_their_sentences(starter: Path, open_page: Opener, place: str) -> None:
    screen = open_page(starter, "indicator", place=place)
    known = {one.id for one in CHARTS}
    assert set(screen.charts) <= known
    assert all(screen.chart(key).alt.endswith(".") for key in screen.charts)
    assert periods.parse(screen.query["period"]) is not None

"""The data quality page: what is known, what is hidden, what was replaced, and what that does to the conclusions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines import releases
from tests.pages import examples
from tests.pages.conftest import Opener
from tests.pages.figures import observations
from tests.pages.test_registry import PLACES


@pytest.mark.parametrize("place", PLACES)
def test_the_page_answers_in_a_sentence_and_draws_no_fault(starter: Path, open_page: Opener, place: str) -> None:
    screen = open_page(starter, "quality", place=place)
    assert (screen.faults, screen.notices) == ([], [])
    assert screen.title == "How far can these figures be relied on?"
    assert screen.said("cg-lead").startswith("Ethnicity is not known for")
    assert screen.chart("recorded").alt == screen.said("cg-lead")
    assert screen.query == {"place": place, "reference": "white"}


def test_figures_are_counted_by_their_state_as_the_release_has_them(starter: Path, open_page: Opener) -> None:
    table = open_page(starter, "quality", place="sheffield").table("To be relied on")
    mine = observations(starter).filter(
        (pl.col("indicator_id") == "tt_deterioration")
        & (pl.col("org_code") == "TAH")
        & pl.col("group_level").is_in(["aggregate", "detailed"])
    )
    states = dict(mine.group_by("cell_state").agg(pl.len()).iter_rows())
    row = dict(zip(table.columns[1:], table.rows["Getting worse: NHS trust"], strict=True))
    assert {name for name in table.rows if name.startswith("Getting worse")} == {
        "Getting worse: NHS trust",
        "Getting worse: integrated care board",
    }
    assert row["Figures of groups"] == f"{mine.height}"
    assert row["To be relied on"] == f"{states['observed'] + states.get('true_zero', 0)}"
    assert row["hidden to protect people [c]"] == f"{states.get('suppressed', 0)}"
    assert row["too few people to be sure [u]"] == f"{states.get('unreliable', 0)}"


def test_what_unknown_ethnicity_could_change_is_told_for_each_gap(starter: Path, open_page: Opener) -> None:
    quality = open_page(starter, "quality", place="sheffield").table("In words").column("In words")
    assert quality["Reliable recovery"] == (
        "The people whose ethnicity is not known could not overturn this. Whichever groups they are from, the gap remains."
    )
    assert quality["Reliable improvement"].startswith("The gap would vanish only if at least 29 in every 100 of the people whose")
    vanish = [words for words in quality.values() if "The gap would vanish" in words]
    lead = open_page(starter, "quality", place="sheffield").said("cg-rest")
    assert lead.startswith(f"In {len(vanish)} of {len(quality)} indicators with a clear gap, the gap told first could vanish")
    assert quality["Reliable recovery"] in open_page(starter, "indicator", place="sheffield").words


def test_known_breaks_of_a_series_are_named_with_their_day(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "quality", place="east_london")
    table = screen.table("What changed")
    assert "1 April 2023" in {cells[0] for cells in table.rows.values()}


def test_a_figure_that_a_later_file_replaced_is_told_with_both_values(open_page: Opener, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for name, asian in (("first", 40), ("second", 43)):
        rows = [examples.row("XFIXED", group, **examples.share(value, 1000)) for group, value in (("white", 50), ("asian", asian))]
        examples.load(folder, tmp_path / f"{name}.csv", rows)
    screen = open_page(folder, "quality", place="XFIXED")
    assert (screen.faults, screen.notices) == ([], [])
    assert "1 figure was replaced by a later or better publication. What is shown is the newer one." in screen.words
    table = screen.table("Is now")
    assert [(row[2], row[3], row[4]) for row in table.rows.values()] == [("Asian or Asian British", "40", "43")]


def test_a_place_without_figures_is_told(open_page: Opener, starter: Path) -> None:
    assert open_page(starter, "quality", place="nowhere").notices[0].startswith("Place: “nowhere” is not available for this view.")


def test_a_line_is_broken_by_its_own_series_alone(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "quality", place="england")
    chart = screen.chart("recorded")
    panels = [text.removeprefix("<b>").removesuffix("</b>") for text in chart.texts if text.startswith("<b>") and "%" not in text]
    dashed = {shape["xref"] for shape in chart.layout["shapes"] if shape["line"].get("dash") == "dash"}
    broken = {panels[int(axis.removeprefix("x") or 1) - 1] for axis in dashed}
    assert broken == set(screen.table("What changed").rows)
    assert broken < set(panels)


def test_freshness_counts_the_days_to_the_release(starter: Path, open_page: Opener) -> None:
    table = open_page(starter, "quality", place="sheffield").table("Newest period")
    built = releases.read_manifest(starter, str(releases.current_release(starter))).created_at.date()
    days = {name: int(cells[1].replace(",", "")) for name, cells in table.rows.items()}
    assert days["Reliable recovery"] == (built - date(2025, 3, 31)).days

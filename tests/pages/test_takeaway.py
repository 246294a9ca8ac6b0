"""The end of a page offers its view as files: nothing is made until it is opened, and the files hold what the page shows."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from openpyxl.utils import range_boundaries

from dashboard import downloads, shares, spreadsheet, takeaway
from dashboard.charts.explore import BETWEEN_GROUPS, OVER_TIME, UNKNOWN_OVER_TIME, WITHIN_A_GROUP, detail_view
from dashboard.charts.shares import SHARES
from dashboard.sections import with_detail
from dashboard.view import IndicatorView
from pipelines import releases
from tests.pages.conftest import Opener
from tests.pages.figures import printed
from tests.pages.screen import ADDRESS, Screen
from tests.pages.test_registry import views_of_indicators

XLSX, PARQUET = f"take:{spreadsheet.MIME}", f"take:{takeaway.PARQUET}"


def opened(screen: Screen) -> Screen:
    """The page with its last box open."""
    box = next(one for one in screen.app.expander if one.label.startswith("Every table"))
    screen.app.session_state[box.proto.id.split("-", 2)[-1]] = True
    return screen.again()


def view_of(folder: Path, place: str, indicator: str, org: str) -> IndicatorView:
    release_id = releases.current_release(folder)
    assert release_id is not None
    views = views_of_indicators(release_id, folder, place)
    return next(one for one in views if (one.selection.indicator.id, one.selection.organisation.code) == (indicator, org))


def charts_of(view: IndicatorView) -> list[takeaway.Shown]:
    within = [(WITHIN_A_GROUP, detail_view(view, code, name)) for code, name in with_detail(view).items()]
    all_of_them = [(BETWEEN_GROUPS, view), (OVER_TIME, view), (SHARES, shares.build(view)), *within, (UNKNOWN_OVER_TIME, view)]
    return [(chart, one) for chart, one in all_of_them if not chart.lacks(one)]


@pytest.fixture
def recovery(starter: Path, open_page: Opener) -> Screen:
    return open_page(starter, "indicator", place="sheffield", indicator="tt_reliable_recovery", organisation="TAH")


def test_no_file_is_made_until_the_box_is_opened(recovery: Screen) -> None:
    assert recovery.files(XLSX) == recovery.files(PARQUET) == []
    screen = opened(recovery)
    labels = [button.proto.label for button in screen.app.get("download_button")]  # pyright: ignore[reportAttributeAccessIssue]
    assert [label.split(",")[0] for label in labels if "of this view" in label] == [
        "Tables of this view (XLSX",
        "Rows of this view (Parquet",
    ]
    assert all(label.endswith(" kB)") for label in labels)
    assert (len(screen.files(XLSX)), len(screen.files(PARQUET))) == (1, 1)


def test_another_view_begins_with_its_box_closed(recovery: Screen) -> None:
    other = opened(recovery).choose("reference", "black")
    assert other.files(XLSX) == []


def test_the_numbers_of_the_spreadsheet_are_those_of_the_page(starter: Path, recovery: Screen) -> None:
    view = view_of(starter, "sheffield", "tt_reliable_recovery", "TAH")
    address = view.subject.address(f"{ADDRESS}/indicator")
    book = openpyxl.load_workbook(io.BytesIO(takeaway.workbook(view.subject, charts_of(view), address)))
    sheet = book["Table 1"]
    (marked,) = sheet.tables.values()
    left, top, right, bottom = range_boundaries(marked.ref)
    head, *rows = sheet.iter_rows(top, bottom, left, right, values_only=True)
    found: dict[Any, dict[Any, Any]] = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    page = recovery.table("Finding")
    assert list(found) == list(page.rows)
    for name, cells in page.rows.items():
        mine = found[name]
        assert f"{mine['Reliable recovery (%)']}%" == cells[0]
        assert f"{mine['Lower limit of 95% interval']} to {mine['Upper limit of 95% interval']}" == cells[1]
        assert printed(mine["About how many referrals"], 0) == cells[2]
        assert mine["Finding"] == cells[5]
        assert f"{printed(mine['England (%)'], 1)}%" == cells[6]
        gap = [mine[f"Difference from White{end}"] for end in ("", ": lower limit of 95% interval", ": upper limit of 95% interval")]
        assert (f"{gap[0]} ({gap[1]} to {gap[2]})" if gap[0] != "[x]" else "–") == cells[3]


def test_every_table_that_the_page_can_draw_is_in_the_spreadsheet(starter: Path, recovery: Screen) -> None:
    view = view_of(starter, "sheffield", "tt_reliable_recovery", "TAH")
    book = openpyxl.load_workbook(io.BytesIO(takeaway.workbook(view.subject, charts_of(view), "link")))
    captions = [sheet["A1"].value for sheet in book if sheet.title.startswith("Table")]
    assert set(captions) >= {table.caption for table in recovery.tables if table.caption != "About this indicator"}
    assert [str(one).split(".")[0] for one in captions[2:7]] == [
        f"Groups within {name}" for name in ("Asian", "Black", "Mixed", "White", "Other")
    ]
    assert book["Table 1"]["A2"].value == view.sentence


def test_the_rows_of_the_parquet_file_are_the_tidy_ones_each_once(starter: Path, recovery: Screen) -> None:
    view = view_of(starter, "sheffield", "tt_reliable_recovery", "TAH")
    address = view.subject.address(f"{ADDRESS}/indicator")
    found = pl.read_parquet(io.BytesIO(takeaway.parquet(view.subject, charts_of(view), address)))
    wanted = downloads.tidy(pl.concat([view.observations, view.past]), view.subject, address).unique()
    assert found.columns == downloads.COLUMNS
    assert found.sort(downloads.COLUMNS).equals(wanted.sort(downloads.COLUMNS))
    assert set(found["view"]) == {address}


def test_a_hidden_figure_is_shorthand_in_the_spreadsheet_and_empty_with_its_state_in_the_rows(awkward: Path, open_page: Opener) -> None:
    screen = opened(open_page(awkward, "indicator", place="XSTATE"))
    assert screen.faults == []
    assert (len(screen.files(XLSX)), len(screen.files(PARQUET))) == (1, 1)


@pytest.mark.parametrize("place", ["XSCRIPT", "XIMAGE", "XLINK", "XFORMULA", "XLONG"])
def test_a_hostile_text_breaks_no_file(hostile: Path, open_page: Opener, place: str) -> None:
    screen = opened(open_page(hostile, "indicator", place=place))
    assert screen.faults == []
    assert (len(screen.files(XLSX)), len(screen.files(PARQUET))) == (1, 1)


def test_shares_of_cases_and_of_residents_are_numbers_in_columns_of_their_own(starter: Path, open_page: Opener) -> None:
    open_page(starter, "overview")  # what is read after it is of this release
    view = view_of(starter, "sheffield", "mha_detentions", "QF7")
    book = openpyxl.load_workbook(io.BytesIO(takeaway.workbook(view.subject, [(SHARES, shares.build(view))], "link")))
    sheet = next(one for one in book if one.title.startswith("Table"))
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(row for row in rows if row[0] == "Ethnic group")
    black = dict(zip(head, next(row for row in rows if row[0] == "Black"), strict=True))
    assert (black["Share of detentions (%)"], black["Share of residents (%)"]) == (6.6, 2.5)
    assert black["Finding"] == "larger share"

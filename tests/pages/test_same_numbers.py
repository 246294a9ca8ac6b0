"""The same number on chart, in the table, in what is read when a mark is pointed at, and in the file: every indicator, everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.catalogue import Indicator, load_catalogue
from tests.pages.conftest import Opener
from tests.pages.figures import ABSENT, SHORTHAND, decimals_of, display_names, indicators_of, observations, printed, shown_rows, written
from tests.pages.screen import Chart, Screen

PLACES = ("coventry_and_warwickshire", "greater_manchester", "east_london", "sheffield", "england")


@pytest.mark.parametrize("place", PLACES)
def test_every_indicator_shows_one_number_on_chart_table_and_file(starter: Path, open_page: Opener, place: str) -> None:
    walked = indicators_of(observations(starter), place)
    assert len(walked) >= 7
    for name in walked:
        screen = open_page(starter, "indicator", place=place, indicator=name)
        assert (screen.faults, screen.notices) == ([], []), name
        assert screen.query["indicator"] == name
        agree(screen, load_catalogue().indicators[name])


@pytest.mark.parametrize("place", ["XSTATE", "XALL", "XREF", "XNONE", "XBETTER", "XBARE", "XALONE", "XFEW", "XTIME", "XGROUPS"])
def test_a_figure_that_is_not_there_is_absent_from_chart_table_and_file_alike(awkward: Path, open_page: Opener, place: str) -> None:
    agree(open_page(awkward, "indicator", place=place), load_catalogue().indicators["tt_reliable_recovery"])


@pytest.mark.parametrize("name", ["ethnicity_recorded", "mhsds_detentions"])
def test_another_kind_of_figure_is_one_number_everywhere_too(awkward: Path, open_page: Opener, name: str) -> None:
    agree(open_page(awkward, "indicator", place="XDATA", indicator=name), load_catalogue().indicators[name])


def agree(screen: Screen, indicator: Indicator) -> None:
    """Whatever the page shows of each group is what its file says, after rounding."""
    table, chart = screen.table("95% interval"), screen.chart("groups")
    told = dict(shown_rows(screen, display_names()))
    assert set(told) == set(table.rows)
    values, intervals = table.column(indicator.short_name), table.column("95% interval")
    assert sum(len(one["x"]) for one in dots(chart)) == sum(one["value"] != "" for one in told.values())
    for name, one in told.items():
        where = (screen.query, name)
        assert one["shorthand"] == SHORTHAND[one["cell_state"]], where
        if one["value"] == "":
            assert values[name] == ABSENT[one["cell_state"]], where
            assert f"<i>{values[name]}</i>" in chart.texts, where
            assert not [hover for hover in chart.hovers if hover.startswith(f"{name}:")], where
            assert (intervals[name], one["lower_ci"], one["upper_ci"]) == ("–", "", ""), where
            continue
        number = written(float(one["value"]), indicator, one["org_type"])
        few = one["cell_state"] == "unreliable"
        assert values[name] == (f"{number} [u]" if few else number), where
        assert (f"<b>{number}</b> few people [u]" if few else f"<b>{number}</b>") in chart.texts, where
        hover = next(text for text in chart.hovers if text.startswith(f"{name}: "))
        assert hover.removeprefix(f"{name}: ").split(", 95% interval ")[0].split("; ")[0] == number, where
        assert point(chart, hover) == pytest.approx(float(one["value"])), where
        limits = interval(one, decimals_of(indicator, one["org_type"]))
        assert intervals[name] == (limits or "–"), where
        assert (f", 95% interval {limits}" in hover) if limits else ("interval" not in hover), where
        bars = chart.traces(f"95% interval: {name}")
        drawn = [float(one["lower_ci"]), float(one["upper_ci"])] if limits else []
        assert [end for bar in bars for end in bar["x"]] == pytest.approx(drawn, abs=1e-6), where
    england(screen, indicator)


def england(screen: Screen, indicator: Indicator) -> None:
    """The mark of England stands at the number that the table gives for it."""
    table, marks = screen.table("95% interval"), screen.chart("groups").traces("England")
    if "England" not in table.columns:
        assert marks == []
        return
    numbers = [text for text in table.column("England").values() if text not in {"not published", *ABSENT.values()}]
    assert marks[0]["customdata"] == numbers
    assert [written(value, indicator, "england") for value in marks[0]["x"]] == numbers


def dots(chart: Chart) -> list[dict[str, Any]]:
    return [*chart.traces("figures"), *chart.traces("few people")]


def point(chart: Chart, hover: str) -> float:
    """Where the mark with these words stands."""
    return next(x for one in chart.data for x, text in zip(one["x"], one.get("customdata", []), strict=False) if text == hover)


def interval(one: dict[str, str], decimals: int) -> str:
    if one["lower_ci"] == "":
        return ""
    return " to ".join(printed(float(one[end]), decimals) for end in ("lower_ci", "upper_ci"))

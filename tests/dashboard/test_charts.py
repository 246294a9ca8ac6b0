"""Charts are held to their data and layout: nought on the axis, intervals, order, words where marks are, colours of the palette."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import palette
from dashboard.charts.groups import groups_chart
from dashboard.charts.trend import trend_chart
from dashboard.charts.unknown import unknown_chart
from tests.dashboard.frames import display, point, points, shown, unknown, unknowns

PALETTE = {
    palette.DARK_BLUE, palette.TURQUOISE, palette.DARK_PINK, palette.ORANGE, palette.DARK_GREY, palette.LIGHT_PURPLE, palette.MID_GREY,
    palette.PALE_GREY, palette.WHITE, *palette.INTERVALS.values(),
}  # fmt: skip
TWO = [point(code, year) for code in ("asian", "white") for year in (2022, 2023)]
ROWS = [shown("Asian", 36.0), shown("Black", 48.0), shown("White", 50.0), shown("Unknown", 40.0, level="unknown")]


def drawn(figure: go.Figure) -> dict[str, Any]:
    return figure.to_plotly_json()


def traces(figure: go.Figure, name: str) -> list[dict[str, Any]]:
    return [dict(one) for one in drawn(figure)["data"] if one.get("name") == name]


def texts(figure: go.Figure) -> list[str]:
    return [one["text"] for one in drawn(figure)["layout"].get("annotations", [])]


def colours(part: Any) -> set[str]:
    """Every colour in a figure, as #RRGGBB."""
    if isinstance(part, dict):
        return {colour for value in part.values() for colour in colours(value)}
    if isinstance(part, list | tuple):
        return {colour for value in part for colour in colours(value)}
    if not isinstance(part, str):
        return set()
    found = {match.upper() for match in re.findall(r"#[0-9a-fA-F]{6}\b", part)}
    for numbers in re.findall(r"rgba?\((\d+),\s*(\d+),\s*(\d+)", part):
        found.add("#{:02X}{:02X}{:02X}".format(*map(int, numbers)))
    return found


ALL = {
    "groups": groups_chart(display(*ROWS), 50.0, "%"),
    "trend": trend_chart(points(*TWO), "white", [date(2023, 4, 1)], "%"),
    "unknown": unknown_chart(unknowns(unknown(2022, 4), unknown(2023, 3)), []),
}


# ------------------------------------------------------------------------------------------------------- Whatever chart


@pytest.mark.parametrize("name", ALL)
def test_every_colour_is_of_the_palette(name: str) -> None:
    assert colours(drawn(ALL[name])) <= PALETTE


@pytest.mark.parametrize("name", ALL)
def test_a_chart_has_no_legend_and_a_white_ground(name: str) -> None:
    layout = drawn(ALL[name])["layout"]
    assert (layout["showlegend"], layout["plot_bgcolor"], layout["paper_bgcolor"]) == (False, palette.WHITE, palette.WHITE)
    assert "Source Sans" in layout["font"]["family"]


@pytest.mark.parametrize("name", ALL)
def test_a_chart_cannot_be_zoomed_or_dragged_away(name: str) -> None:
    layout = drawn(ALL[name])["layout"]
    axes = [axis for key, axis in layout.items() if re.match(r"[xy]axis", key)]
    assert axes
    assert all(axis["fixedrange"] for axis in axes)
    assert layout["dragmode"] is False
    assert (palette.CONFIG["displayModeBar"], palette.CONFIG["scrollZoom"], palette.CONFIG["doubleClick"]) == (False, False, False)


@given(st.floats(1e-6, 1e9), st.integers(2, 6))
def test_ticks_are_round_and_begin_at_nought(top: float, wanted: int) -> None:
    found = palette.ticks(top, wanted)
    assert found[0] == 0
    assert found[-1] <= top * (1 + 1e-6)
    assert 2 <= len(found) <= wanted + 1
    step = found[1] / 10 ** math.floor(math.log10(found[1]) + 1e-9)
    assert min(abs(step - round_one) for round_one in (1, 2, 2.5, 5, 10)) < 1e-6


def test_tick_labels_have_the_digits_that_they_need() -> None:
    assert palette.tick_text(palette.ticks(54), "%") == ["0%", "20%", "40%"]
    assert palette.tick_text([0.0, 0.25, 0.5], "") == ["0", "0.25", "0.5"]
    assert palette.tick_text([0.0, 1500.0], "") == ["0", "1,500"]
    assert palette.ticks(0) == [0.0]


# --------------------------------------------------------------------------------------------------------- Group by group


def test_a_dot_stands_at_each_value_in_the_order_of_the_table() -> None:
    dots = traces(ALL["groups"], "figures")[0]
    assert dots["x"] == [36.0, 48.0, 50.0, 40.0]
    assert dots["y"] == [0.0, -1.0, -2.0, -3.0]
    assert dots["mode"] == "markers"


def test_the_bar_of_a_group_is_its_interval() -> None:
    for one in ROWS:
        (bar,) = traces(ALL["groups"], f"95% interval: {one['name']}")
        assert bar["x"] == [one["lower"], one["upper"]]
        assert bar["y"] == [traces(ALL["groups"], "figures")[0]["y"][ROWS.index(one)]] * 2


def test_a_figure_without_limits_has_no_bar() -> None:
    assert traces(groups_chart(display(shown("Asian", lower=None, upper=None)), None, "%"), "95% interval: Asian") == []


@pytest.mark.parametrize(("value", "england", "reference"), [(0.4, None, None), (90, 95.0, 20.0), (36, 20.0, 99.0), (0, None, None)])
def test_the_scale_begins_at_nought_and_holds_whatever_is_drawn(value: float, england: float | None, reference: float | None) -> None:
    figure = groups_chart(display(shown("Asian", value, england_value=england)), reference, "%")
    low, high = drawn(figure)["layout"]["xaxis"]["range"]
    assert low == 0
    assert high > max(value + 3, england or 0, reference or 0)
    assert drawn(figure)["layout"]["yaxis"]["visible"] is False


def test_england_is_a_tick_of_its_own_colour_only_where_it_is_published() -> None:
    figure = groups_chart(display(shown("Asian", england_value=42.4, england_text="42.4%"), shown("Black")), None, "%")
    (tick,) = traces(figure, "England")
    assert (tick["x"], tick["y"], tick["customdata"]) == ([42.4], [0.0], ["42.4%"])
    assert (tick["marker"]["color"], tick["marker"]["symbol"]) == (palette.ORANGE, "line-ns-open")
    assert traces(ALL["groups"], "England") == []


def test_the_reference_is_a_dotted_line_where_there_is_one() -> None:
    (line,) = drawn(ALL["groups"])["layout"]["shapes"]
    assert (line["x0"], line["x1"], line["line"]["dash"]) == (50.0, 50.0, "dot")
    assert "shapes" not in drawn(groups_chart(display(*ROWS), None, "%"))["layout"]


def test_a_hidden_figure_has_words_and_no_mark() -> None:
    figure = groups_chart(display(shown("Asian", None), shown("White")), 50.0, "%")
    assert traces(figure, "figures")[0]["x"] == [50.0]
    assert "<i>hidden to protect people [c]</i>" in texts(figure)
    assert traces(figure, "95% interval: Asian") == []


def test_where_everything_is_hidden_there_are_words_only() -> None:
    figure = groups_chart(display(shown("Asian", None), shown("White", None)), None, "%")
    assert list(drawn(figure)["data"]) == []
    assert texts(figure).count("<i>hidden to protect people [c]</i>") == 2


def test_a_figure_of_too_few_people_is_hollow_and_says_so() -> None:
    figure = groups_chart(display(shown("Asian", 40.0, state="unreliable"), shown("White")), None, "%")
    (hollow,) = traces(figure, "few people")
    assert (hollow["x"], hollow["marker"]["color"], hollow["marker"]["line"]["color"]) == ([40.0], palette.WHITE, [palette.DARK_BLUE])
    assert "<b>40%</b> few people [u]" in texts(figure)
    assert traces(figure, "figures")[0]["marker"]["color"] == [palette.DARK_BLUE]


def test_people_of_unknown_ethnicity_are_grey_and_no_group() -> None:
    colour = dict(zip([36.0, 48.0, 50.0, 40.0], traces(ALL["groups"], "figures")[0]["marker"]["color"], strict=True))
    assert colour == {36.0: palette.DARK_BLUE, 48.0: palette.DARK_BLUE, 50.0: palette.DARK_BLUE, 40.0: palette.MID_GREY}


def test_each_name_stands_above_its_mark_where_no_screen_cuts_it() -> None:
    layout = drawn(ALL["groups"])["layout"]
    named = [one for one in layout["annotations"] if one["text"].startswith(("Asian", "Black", "White", "Unknown"))]
    assert [one["text"].split("<")[0] for one in named] == ["Asian", "Black", "White", "Unknown"]
    assert all((one["x"], one["xanchor"]) == (0, "left") for one in named)
    assert [math.floor(one["y"]) for one in named] == [0, -1, -2, -3]
    assert all("100 referrals" in one["text"] for one in named)


def test_the_value_stands_beside_its_mark_past_whatever_is_drawn() -> None:
    figure = groups_chart(display(shown("Asian", 36.0, england_value=60.0)), None, "%")
    value = next(one for one in drawn(figure)["layout"]["annotations"] if one["text"] == "<b>36%</b>")
    assert (value["x"], value["xanchor"]) == (60.0, "left")


def test_a_label_is_text_whatever_it_says() -> None:
    bad = "<a href='http://example.org'>x</a> & <b>"
    rows = display(shown(bad, value_text=bad, base_text=bad, hover=bad), shown(f"{bad} two", None, value_text=bad))
    figure = groups_chart(rows, None, "%")
    everything = [*texts(figure), *traces(figure, "figures")[0]["customdata"], *(str(one["name"]) for one in drawn(figure)["data"])]
    assert all("<a" not in text for text in everything)
    assert sum("&lt;a href=" in text for text in everything) >= 5


# ------------------------------------------------------------------------------------------------------------ Over time


def line_days(figure: go.Figure, name: str) -> list[list[date]]:
    return [list(one["x"]) for one in traces(figure, name) if one["mode"] == "lines+markers"]


def trend(*rows: dict[str, Any], reference: str = "white", breaks: Sequence[date] = ()) -> go.Figure:
    return trend_chart(points(*rows), reference, breaks, "%")


def ends(*years: int) -> list[date]:
    return [date(year, 3, 31) for year in years]


def test_each_group_has_a_panel_with_the_reference_in_grey() -> None:
    figure = trend(*(point(code, year) for code in ("asian", "black", "mixed", "white") for year in (2022, 2023)))
    names = [text for text in texts(figure) if text.startswith("<b>") and "%" not in text]
    assert names == ["<b>Asian</b>", "<b>Black</b>", "<b>Mixed</b>"]
    assert [one["line"]["color"] for one in traces(figure, "White")] == [palette.MID_GREY] * 3
    assert [one["line"]["color"] for one in traces(figure, "Asian")] == [palette.DARK_BLUE]
    assert [one["xaxis"] for one in traces(figure, "White")] == ["x", "x2", "x3"]


def test_all_panels_are_on_one_scale_from_nought() -> None:
    figure = trend(*(point(code, year, value) for code, value in (("asian", 10), ("black", 90), ("white", 50)) for year in (2022, 2023)))
    layout = drawn(figure)["layout"]
    scales = {tuple(axis["range"]) for key, axis in layout.items() if key.startswith("yaxis")}
    assert len(scales) == 1
    low, high = scales.pop()
    assert low == 0
    assert high > 93
    assert len({tuple(axis["range"]) for key, axis in layout.items() if key.startswith("xaxis")}) == 1


def test_a_line_is_broken_by_a_break_a_gap_and_a_missing_period() -> None:
    values = {2016: 40.0, 2017: 41.0, 2018: None, 2019: 42.0, 2021: 43.0, 2022: 44.0, 2023: 45.0}
    rows = [point("asian", year, value) for year, value in values.items()]
    figure = trend(*rows, *(point("white", year) for year in range(2016, 2024)), breaks=[date(2023, 4, 1)])
    assert line_days(figure, "Asian") == [ends(2017, 2018), ends(2020), ends(2022, 2023), ends(2024)]
    assert line_days(figure, "White") == [ends(*range(2017, 2024)), ends(2024)]
    assert all(y is not None for one in drawn(figure)["data"] for y in one["y"])


def test_a_break_is_a_dashed_line_between_its_points_in_every_panel() -> None:
    rows = [point(code, year) for code in ("asian", "black", "white") for year in (2021, 2022, 2023)]
    figure = trend(*rows, breaks=[date(2022, 7, 1), date(2030, 4, 1)])
    shapes = drawn(figure)["layout"]["shapes"]
    assert [one["xref"] for one in shapes] == ["x", "x2"]
    assert {(one["line"]["dash"], one["line"]["color"]) for one in shapes} == {("dash", palette.DARK_PINK)}
    assert all(date(2022, 3, 31) < one["x0"] < date(2023, 3, 31) for one in shapes)


def test_a_break_outside_the_periods_is_not_drawn() -> None:
    assert "shapes" not in drawn(trend(*TWO, breaks=[date(2022, 4, 1), date(2024, 4, 1)]))["layout"]


def test_a_period_that_is_not_there_has_its_shorthand_at_the_foot_of_its_panel() -> None:
    figure = trend(point("asian", 2022, None), point("asian", 2023), point("white", 2022), point("white", 2023, None))
    found = [one for one in drawn(figure)["layout"]["annotations"] if one["text"] == "[c]"]
    assert [(one["x"], one["y"], one["xref"]) for one in found] == [(date(2023, 3, 31), 0, "x")]


def test_the_band_around_a_line_is_its_interval() -> None:
    (band,) = traces(trend(*TWO), "95% interval")
    assert list(band["x"]) == [*ends(2023, 2024), *ends(2024, 2023)]
    assert list(band["y"]) == [53.0, 53.0, 47.0, 47.0]
    assert band["fill"] == "toself"


def test_a_point_alone_has_its_interval_as_a_bar() -> None:
    figure = trend(point("asian", 2021), point("asian", 2023), point("white", 2021), point("white", 2023))
    assert traces(figure, "95% interval") == []
    assert [(one["error_y"]["array"], one["error_y"]["arrayminus"]) for one in traces(figure, "Asian")] == [([3.0], [3.0])] * 2


def test_a_point_of_too_few_people_is_hollow() -> None:
    few = point("asian", 2022, state="unreliable", mark="[u]")
    (line,) = traces(trend(few, point("asian", 2023), point("white", 2022), point("white", 2023)), "Asian")
    assert line["marker"]["color"] == [palette.WHITE, palette.DARK_BLUE]


def test_the_newest_figure_and_the_first_and_last_period_are_written() -> None:
    asian = [point("asian", 2021, 30), point("asian", 2022, 36), point("asian", 2023, None)]
    figure = trend(*asian, *(point("white", year) for year in (2021, 2022, 2023)))
    newest = next(one for one in drawn(figure)["layout"]["annotations"] if one["text"] == "<b>36%</b>")
    assert (newest["x"], newest["y"]) == (date(2023, 3, 31), 36.0)
    assert (texts(figure).count("2021-22"), texts(figure).count("2023-24"), texts(figure).count("2022-23")) == (1, 1, 0)


def test_the_reference_alone_has_a_panel_of_its_own() -> None:
    figure = trend(point("white", 2022), point("white", 2023))
    assert "<b>White</b>" in texts(figure)
    assert [one["line"]["color"] for one in traces(figure, "White")] == [palette.DARK_BLUE]


def test_where_nothing_is_there_over_time_the_panel_says_so() -> None:
    figure = trend(point("asian", 2022, None), point("asian", 2023, None))
    assert list(drawn(figure)["data"]) == []
    assert texts(figure).count("[c]") == 2


# ---------------------------------------------------------------------------------------------------- Unknown ethnicity


def test_the_unknown_share_is_a_grey_line_from_nought_with_room_for_ten_in_a_hundred() -> None:
    (line,) = traces(ALL["unknown"], "Ethnicity not known")
    assert (list(line["x"]), list(line["y"]), line["line"]["color"]) == (ends(2023, 2024), [4.0, 3.0], palette.MID_GREY)
    low, high = drawn(ALL["unknown"])["layout"]["yaxis"]["range"]
    assert low == 0
    assert high >= 10
    assert {"<b>4%</b>", "<b>3%</b>", "2022-23", "2023-24"} == set(texts(ALL["unknown"]))


def test_the_unknown_share_is_broken_by_a_gap_and_a_break() -> None:
    rows = [unknown(2019, 5), unknown(2020, None), unknown(2021, 5), unknown(2022, 4), unknown(2023, 3)]
    figure = unknown_chart(unknowns(*rows), [date(2023, 4, 1)])
    assert [list(one["x"]) for one in drawn(figure)["data"]] == [ends(2020), ends(2022, 2023), ends(2024)]


def test_one_known_share_is_labelled_once() -> None:
    figure = unknown_chart(unknowns(unknown(2022, None), unknown(2023, 3)), [])
    assert texts(figure) == ["<b>3%</b>", "2023-24"]

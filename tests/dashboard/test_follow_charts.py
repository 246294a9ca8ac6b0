"""Charts of a gap over time, of every group in a row, of what is usual, and of all organisations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard import control, funnel
from dashboard.charts.equiplot import MARKS, equiplot, equiplot_legend, styles
from dashboard.charts.funnel import funnel_chart
from dashboard.charts.gaps import gap_chart
from dashboard.charts.palette import WHITE
from dashboard.charts.xmr import xmr_chart
from dashboard.over_time import GAPS
from tests.dashboard.frames import WORDS, observation, observations, point, points

BREAK = date(2022, 4, 1)


def gaps(*years: tuple[int, float | None]) -> pl.DataFrame:
    """Gaps of years that begin in April, each with an interval of 3 to either side; None is hidden."""
    rows = []
    for year, value in years:
        one = point("asian", year)
        row = {name: one[name] for name in ("start", "end", "label")}
        if value is None:
            row |= {"why": "Asian: hidden to protect people", "mark": "[c]"}
        else:
            row |= {"difference": value, "difference_lower": value - 3, "difference_upper": value + 3, "difference_text": f"{value}"}
            row |= {"ratio": 0.8, "ratio_lower": 0.7, "ratio_upper": 0.9, "ratio_text": "0.80", "why": "", "mark": ""}
        rows.append(row)
    return pl.DataFrame(rows, schema=GAPS)


def test_no_line_of_a_gap_crosses_a_hidden_period_or_a_break_and_neither_is_a_nought() -> None:
    figure: Any = gap_chart(gaps((2019, -5), (2020, None), (2021, -4), (2022, -6), (2023, -7)), [BREAK])
    runs = [one.x for one in figure.data if one.name == "difference"]
    assert [len(run) for run in runs] == [1, 1, 2]
    assert all(value != 0 for one in figure.data if one.name == "difference" for value in one.y)
    assert [one.text for one in figure.layout.annotations].count("[c]") == 2
    dashed = [one for one in figure.layout.shapes if one.line.dash == "dash"]
    assert len(dashed) == 2


def test_difference_and_ratio_have_a_panel_and_a_line_of_no_gap_each_and_one_time_axis() -> None:
    figure: Any = gap_chart(gaps((2022, -5), (2023, -4)), [])
    assert [one.y0 for one in figure.layout.shapes] == [0, 1]
    assert figure.layout.yaxis.overlaying is None
    assert figure.layout.yaxis2.overlaying is None
    assert figure.layout.xaxis.matches == "x2"
    assert len([one for one in figure.data if one.name == "95% interval"]) == 4


def test_bars_of_many_periods_are_thin() -> None:
    few: Any = gap_chart(gaps(*[(2000 + at, -5) for at in range(12)]), [])
    many: Any = gap_chart(gaps(*[(2000 + at, -5) for at in range(13)]), [])
    assert [{one.line.width for one in figure.data if one.name == "95% interval"} for figure in (few, many)] == [{6}, {3}]


# ------------------------------------------------------------------------------------------------------------ Equiplot


def marks(*rows: tuple[str, str, float | None, str]) -> pl.DataFrame:
    found = [
        {
            "row": row,
            "code": name.lower(),
            "name": name,
            "value": value,
            "state": state,
            "value_text": f"{value}",
            "hover": f"{row}, {name}",
        }
        for row, name, value, state in rows
    ]
    return pl.DataFrame(found, schema=MARKS)


def test_every_group_has_a_letter_a_shape_and_a_colour_of_its_own() -> None:
    look = styles(["Asian", "Any other", "Black", "Mixed", "White", "Other"])
    assert [one.letter for one in look.values()] == ["A", "An", "B", "M", "W", "O"]
    assert len({one.symbol for one in look.values()}) == len({one.colour for one in look.values()}) == 6


def test_marks_that_would_hide_each_other_stand_in_lanes() -> None:
    figure: Any = equiplot(
        marks(("Sheffield", "Asian", 50, "observed"), ("Sheffield", "Black", 50, "observed"), ("Sheffield", "White", 80, "observed")), "%"
    )
    height = {one.name: one.y[0] for one in figure.data if one.name != "range"}
    assert height["Asian"] != height["Black"]
    assert height["White"] == height["Asian"]
    assert figure.layout.xaxis.range[0] == 0


def test_a_group_without_a_figure_is_named_in_its_row_and_one_of_few_people_is_hollow() -> None:
    frame = marks(
        ("Sheffield", "Asian", None, "suppressed"), ("Sheffield", "Black", 40, "unreliable"), ("Sheffield", "White", 50, "observed")
    )
    figure: Any = equiplot(frame, "%")
    assert any("Asian: None" in one.text for one in figure.layout.annotations)
    assert {one.name: one.marker.color for one in figure.data if one.name == "Black"} == {"Black": WHITE}
    assert "Asian" not in {one.name for one in figure.data}
    assert "few people [u]" in equiplot_legend(frame)


# ------------------------------------------------------------------------------------------------------- Control chart


def months(*values: float | None) -> pl.DataFrame:
    """Points of months from January 2023; None is a month that has no row."""
    rows = []
    for at, value in enumerate(values):
        first = date(2023 + at // 12, at % 12 + 1, 1)
        last = date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
        if value is not None:
            rows.append(point("asian", 2023, value, start=first, end=last, label=f"{first:%B %Y}"))
    return points(*rows)


def test_fewer_than_twelve_points_say_so() -> None:
    assert control.charted(months(*[40.0] * 11), [], "neutral").lacks == (
        "A control chart needs 12 periods with a figure to rely on, to tell what is usual: there are 11."
    )
    assert control.charted(months(), [], "neutral").lacks.endswith("there are none.")
    assert control.charted(months(*[40.0] * 12), [], "neutral").lacks == ""


def test_periods_that_overlap_have_no_control_chart() -> None:
    quarters = [point("asian", 2023, 40, start=date(2023, at, 1), end=date(2023, at + 3, 1) - timedelta(days=1)) for at in range(1, 10)]
    assert "overlap or differ in length" in control.charted(points(*quarters), [], "neutral").lacks


def test_a_month_that_nobody_published_and_one_of_few_people_are_gaps() -> None:
    frame = months(*[40.0] * 6, None, *[41.0] * 7)
    few = frame.with_columns(state=pl.when(pl.col("end") == frame["end"][-1]).then(pl.lit("unreliable")).otherwise("state"))
    found = control.charted(few, [], "neutral")
    assert found.rows.filter(pl.col("known").is_null())["label"].to_list() == ["July 2023", "February 2024"]
    assert found.reading["missing"] == 2
    figure: Any = xmr_chart(found.rows, [], "%", 100)
    assert [len(one.x) for one in figure.data if one.name == "line"] == [6, 6]
    assert "[x]" in [one.text for one in figure.layout.annotations]


def test_limits_begin_anew_at_a_break_of_the_series() -> None:
    found = control.charted(months(*[40.0, 42.0] * 7, *[60.0, 62.0] * 5), [date(2024, 3, 1)], "neutral")
    assert found.rows["segment"].n_unique() == 2
    assert found.rows["mean"].unique().sort().to_list() == [41, 61]
    assert found.reading["variation"] == "common_cause"


def test_an_unusual_point_is_told_by_shape_and_words() -> None:
    found = control.charted(months(*[40.0, 42.0] * 7, 70.0), [], "lower_is_better")
    figure: Any = xmr_chart(found.rows, [], "%", 100)
    (worse,) = [one for one in figure.data if one.name == "unusual, for the worse"]
    assert (worse.marker.symbol, list(worse.y)) == ("square", [70])
    assert "outside limits" in [one.text for one in figure.layout.annotations]
    assert figure.layout.yaxis.range[0] == 0


# -------------------------------------------------------------------------------------------------------------- Funnel


def trusts(number: int, **last: object) -> pl.DataFrame:
    """Trusts of equal rates, the last of which has what is named."""
    rows = [observation("asian", 50, 200 + 50 * at, org_code=f"X{at:02}", org_name=f"Example {at:02}") for at in range(number)]
    return observations(*rows[:-1], rows[-1] | last)


def test_few_organisations_have_no_funnel_and_say_so() -> None:
    found = funnel.build(trusts(9), WORDS, "NHS trusts")
    assert found.lacks == (
        "A funnel plot needs 10 NHS trusts or more, to tell what is usual. This release has 9 with a figure for this group in this period."
    )


def test_one_far_away_lies_beyond_and_a_figure_of_few_people_is_left_out() -> None:
    far = funnel.build(trusts(14, value=20.0), WORDS, "NHS trusts")
    assert far.flags == {"within": 13, "low_outer": 1}
    unsure = funnel.build(trusts(14, cell_state="unreliable"), WORDS, "NHS trusts")
    assert (unsure.rows.height, unsure.left_out, unsure.widened) == (13, 1, False)


def test_the_sites_are_named_and_the_others_small_and_grey() -> None:
    found = funnel.build(trusts(12), WORDS, "NHS trusts")
    figure: Any = funnel_chart(found.rows, found.curve, {"X03": "Sheffield"}, WORDS, "Referrals")
    sizes = {one.name: (len(one.x), one.marker.size) for one in figure.data if one.mode == "markers"}
    assert sizes == {"other organisations": (11, 6), "sites": (1, 12)}
    texts = [one.text for one in figure.layout.annotations]
    assert {"<b>Sheffield</b>", "95% limits", "99.8% limits", "average"} <= set(texts)
    assert figure.layout.yaxis.range[0] == 0
    assert figure.layout.yaxis.range[1] > found.curve["upper_99.8"][-1]

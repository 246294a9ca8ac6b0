"""The charts of the front page: the gaps that stand out beside each other, and every indicator by every group."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts.chart import Chart
from dashboard.charts.palette import DARK_BLUE, DARK_GREY, INTERVALS, MID_GREY, PALE_GREY, plain, safe
from dashboard.findings import FrontView, observations
from dashboard.matrix import ABSENT, UNKNOWN, Cell
from dashboard.text import Table
from equity.comparison import Finding
from equity.findings import Gap
from equity.gaps import ratio_numbers, signed_gap, signed_ratio
from equity.numbers import roughly
from equity.sentences import findings_sentence, matrix_sentence

SHOWN = 6
"""Gaps that are drawn and told in full; the table has all."""
ROW = 66
LINE = 18
WIDE = 38
MARKS = (0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10)


def _label(view: FrontView, gap: Gap) -> str:
    """Group and indicator, and the place where there are several."""
    place, _ = view.told[gap.look.id]
    several = f", {place.name}" if place.key != view.place.key else ""
    return f"{gap.compared.reading.name}: {gap.look.words.name}{several}"


def people_affected(gap: Gap) -> str:
    """How many a gap is about: ``about 60 fewer people``."""
    if gap.people is None or roughly(gap.people) == "0":
        return "not known"
    counted = gap.look.words.events if gap.look.words.value_type == "rate" else "people"
    way = "more" if gap.compared.comparison.finding is Finding.HIGHER else "fewer"
    return f"about {roughly(gap.people)} {way} {counted}"


def since(view: FrontView, gap: Gap) -> str:
    """How a gap has moved, in a few words."""
    change = view.change(gap)
    return f"{change.short} since {change.since}" if change else "no earlier period to compare"


def _figure(view: FrontView) -> go.Figure:
    figure, drawn = go.Figure(), [(gap, gap.compared.comparison.ratio) for gap in view.found[:SHOWN]]
    ends = [1.0]
    labels = [textwrap.wrap(_label(view, gap), WIDE) for gap, _ in drawn]
    for row, ((gap, ratio), lines) in enumerate(zip(drawn, labels, strict=True)):
        figure.add_annotation(
            x=0, xref="paper", y=-row + 0.2, yanchor="bottom", xanchor="left", align="left", showarrow=False,
            text="<br>".join(safe(line) for line in lines), font={"size": 14, "color": DARK_GREY},
        )  # fmt: skip
        if ratio is None or ratio.value <= 0:
            figure.add_annotation(
                x=0, xref="paper", y=-row, xanchor="left", showarrow=False, font={"size": 13, "color": MID_GREY},
                text="<i>no ratio: a rate is 0</i>",
            )  # fmt: skip
            continue
        limits = [end for end in (ratio.lower, ratio.upper) if end is not None and end > 0]
        ends += [ratio.value, *limits]
        if len(limits) > 1:
            line = {"color": INTERVALS[DARK_BLUE], "width": 8}
            figure.add_trace(go.Scatter(x=limits, y=[-row, -row], mode="lines", line=line, hoverinfo="skip", name="95% interval"))
        number, between = ratio_numbers(gap.compared.comparison)
        figure.add_trace(
            go.Scatter(
                x=[ratio.value], y=[-row], mode="markers", marker={"size": 13, "color": DARK_BLUE}, name="gaps",
                customdata=[safe(f"{_label(view, gap)}: {number} times, 95% interval {between}")],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )  # fmt: skip
        figure.add_annotation(
            x=_log(max([ratio.value, *limits])), y=-row, text=f"<b>{safe(number)}</b>", xanchor="left", xshift=9, showarrow=False,
            font={"size": 15, "color": DARK_BLUE},
        )  # fmt: skip
    _axes(figure, min(ends), max(ends), [len(lines) for lines in labels])
    return figure


def _log(value: float) -> float:
    """Where an annotation stands on an axis of logarithms."""
    return math.log10(value)


def _axes(figure: go.Figure, low: float, high: float, lines: Sequence[int]) -> None:
    rows = len(lines)
    marks = [one for one in MARKS if low / 1.3 <= one <= high * 1.3 or one == 1]
    texts = [f"{one:g} times" if one != 1 else "same" for one in marks]
    figure.add_shape(type="line", x0=1, x1=1, y0=0.2, y1=0.6 - rows, line={"color": DARK_GREY, "width": 1.5, "dash": "dot"}, layer="below")
    figure.update_xaxes(
        type="log", range=[_log(low) - 0.08, _log(high) + 0.16], tickvals=marks, ticktext=texts,
        tickfont={"size": 13}, gridcolor=PALE_GREY, zeroline=False, ticks="", fixedrange=True,
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[0.4 - rows, 0.85], fixedrange=True)
    plain(figure, (ROW + LINE * (max(lines) - 1)) * rows + 44)
    figure.update_layout(margin={"l": 14, "r": 34, "t": 4, "b": 34}, hovermode="closest")


def _table(view: FrontView) -> Table:
    columns = ["Ethnic group and indicator", "Value", f"For {view.against}", "Difference (95% interval)", "Ratio (95% interval)",
               "People or events", "How sure", "Since", "Action"]  # fmt: skip
    rows = [_row(view, gap) for gap in view.found]
    return Table(f"Every gap that stands out, {view.place.name}: newest figures, compared with {view.against}", columns, rows)


def _row(view: FrontView, gap: Gap) -> list[str]:
    words, one = gap.look.words, gap.compared
    values = [words.figure(reading.estimate.value) if reading.estimate else "–" for reading in (one.reading, gap.reference)]
    gaps = [signed_gap(words, one.comparison), signed_ratio(one.comparison)]
    return [_label(view, gap), *values, *gaps, people_affected(gap), gap.certainty, since(view, gap), view.doing(gap).words]


def _finding(view: FrontView) -> str:
    number = len(view.found)
    return f"{number} {'gap stands' if number == 1 else 'gaps stand'} out {view.where}"


def _measure(view: FrontView) -> str:
    some = f"the first {SHOWN} of {len(view.found)}, " if len(view.found) > SHOWN else ""
    order = {"people": "those about most people first", "certainty": "the surest first"}[view.order]
    return f"How many times the rate of {view.against}, with 95% intervals; {some}{order}. {view.place.name}, {view.subject.period}"


GAPS: Chart[FrontView] = Chart(
    id="gaps",
    name="Gaps that stand out",
    question="Where are the gaps, how many people are they about, and how sure is that?",
    intervals="95% intervals of every ratio; every comparison of the page counts towards how sure a finding is",
    least="one gap that is clear even allowing for how many were looked at",
    lacks=lambda view: "" if view.found else findings_sentence(view.where, view.gaps, view.found),
    figure=_figure,
    finding=_finding,
    measure=_measure,
    sentence=lambda view: findings_sentence(view.where, view.gaps, view.found),
    table=_table,
    rows=observations,
)


# --------------------------------------------------------------------------------------------------------------- Matrix


def _matrix_table(view: FrontView) -> Table:
    told = [one for _, one in view.told.values()]
    names = {one.code: one.name for each in told for one in each.standing.readings}
    rows = [
        [f"{row.name}, {row.beneath}", *(_cell_words(row.cells.get(code, ABSENT)) for code in names), _cell_words(row.unknown)]
        for row in (one.row for one in told)
    ]
    caption = f"How each ethnic group compares with {view.against} in {view.place.name}: newest figures of each indicator"
    return Table(caption, ["Indicator", *names.values(), UNKNOWN], rows, "words")


def _cell_words(cell: Cell) -> str:
    return f"{cell.value}, {cell.words}" if cell.value else cell.words


MATRIX: Chart[FrontView] = Chart(
    id="matrix",
    name="Every indicator, every group",
    question="How does each ethnic group compare on every indicator?",
    intervals="a difference is called clear only if its 95% interval leaves out nought; the intervals are on each indicator's page",
    least="one indicator with a figure",
    lacks=lambda view: "" if view.told else "This release holds no figures by ethnic group for the place chosen.",
    figure=None,
    finding=lambda view: f"Every indicator, every group: {view.place.name}",
    measure=lambda view: view.subject.measure,
    sentence=lambda view: matrix_sentence(view.where, view.against, [one.standing for _, one in view.told.values()]),
    table=_matrix_table,
    rows=observations,
)

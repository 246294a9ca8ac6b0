"""Two bars a group, one above the other: its share of what is counted, and its share of residents.

Each bar says in words what it is a share of, so that the two cannot be mixed up.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from dashboard.charts.chart import Chart
from dashboard.charts.palette import DARK_BLUE, DARK_GREY, INTERVALS, MID_GREY, PALE_GREY, WHITE, plain, safe, tick_text, ticks
from dashboard.shares import SharesView
from dashboard.text import Table
from equity import periods
from equity.comparison import Estimate, Finding
from equity.numbers import listed, part_of_100, shown
from equity.sentences import shares_sentence
from equity.shares import Share

# In pixels from the top, as the figure is as high as its scale is long.
NAME, LABEL, BAR, LINE, GAP = 22, 20, 12, 5, 15


def shares_chart(found: list[Share], counted: str, unknown: float | None) -> go.Figure:
    """The figure of the shares of groups in their order; of unknown ethnicity there are cases, and no residents."""
    everyone = [one.cases.upper or 0.0 for one in found if one.cases] + [one.member.residents or 0.0 for one in found]
    top = max([*everyone, unknown or 0.0]) * 1.04 or 1.0
    figure, depth = go.Figure(), 0.0
    for one in found:
        depth = _write(figure, f"<b>{safe(one.member.name)}</b>", depth, NAME, 14)
        depth = _cases(figure, one, counted, depth)
        depth = _residents(figure, one, depth) - GAP
    if unknown is not None:
        depth = _write(figure, "<b>Ethnicity not known</b>", depth, NAME, 14)
        depth = _write(figure, safe(f"{part_of_100(unknown)} in 100 of {counted}"), depth, LABEL, 13)
        depth = _bar(figure, unknown, depth, "Not known", f"Ethnicity not known: {part_of_100(unknown)} in 100 of {counted}")
        depth = _write(figure, "<i>no residents: the Census counts nobody as not known</i>", depth, LABEL, 12)
    _axes(figure, top, depth)
    return figure


def _cases(figure: go.Figure, one: Share, counted: str, depth: float) -> float:
    if one.cases is None:
        why = f"share of {counted}: {one.member.state.words} {one.member.state.shorthand}"
        return _write(figure, f"<i>{safe(why)}</i>", depth, LABEL, 12)
    said = _words(one, counted)
    depth = _write(figure, safe(said), depth, LABEL, 13)
    below = _bar(figure, one.cases.value, depth, f"Share of {counted}", f"{one.member.name}: {said}, 95% interval {_limits(one.cases)}")
    _interval(figure, one.cases, below)
    return below - LINE - 1


def _interval(figure: go.Figure, one: Estimate, depth: float) -> None:
    """A line just below its bar, on which it could not be seen."""
    line = {"color": INTERVALS[DARK_BLUE], "width": LINE}
    middle = [depth - LINE / 2] * 2
    figure.add_trace(go.Scatter(x=[one.lower, one.upper], y=middle, mode="lines", line=line, hoverinfo="skip", name="95% interval"))


def _residents(figure: go.Figure, one: Share, depth: float) -> float:
    if one.member.residents is None:
        return _write(figure, "<i>share of residents: not counted in the Census</i>", depth, LABEL, 12)
    said = f"{part_of_100(one.member.residents)} in 100 of residents"
    depth = _write(figure, said, depth, LABEL, 13)
    return _bar(figure, one.member.residents, depth, "Share of residents", f"{one.member.name}: {said}")


def _words(one: Share, counted: str) -> str:
    few = f" {one.member.state.shorthand}" if one.finding is Finding.CANNOT_SAY and one.member.state.shorthand else ""
    return f"{part_of_100(one.cases.value) if one.cases else ''} in 100 of {counted}{few}"


def _write(figure: go.Figure, text: str, depth: float, height: int, size: int) -> float:
    figure.add_annotation(
        x=0, y=depth, text=text, xanchor="left", yanchor="top", xshift=3, showarrow=False, font={"size": size, "color": DARK_GREY}
    )
    return depth - height


def _bar(figure: go.Figure, value: float, depth: float, name: str, hover: str) -> float:
    looks: dict[str, Any] = {"color": MID_GREY if name == "Not known" else DARK_BLUE}
    if name == "Share of residents":  # hatched, as colour alone tells nothing
        looks = {"color": WHITE, "line": {"color": MID_GREY, "width": 1.5}, "pattern": {"shape": "/", "fgcolor": MID_GREY, "size": 6}}
    figure.add_trace(
        go.Bar(
            x=[value], y=[depth - BAR / 2], width=BAR, orientation="h", marker=looks, name=safe(name), customdata=[safe(hover)],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    return depth - BAR - 2


def _axes(figure: go.Figure, top: float, depth: float) -> None:
    marks = ticks(top)
    figure.update_xaxes(
        range=[0, top], tickvals=marks, ticktext=tick_text(marks, "%"), tickfont={"size": 13}, gridcolor=PALE_GREY,
        zeroline=True, zerolinecolor=DARK_GREY, zerolinewidth=1, ticks="", fixedrange=True,
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[depth, 4], fixedrange=True)
    plain(figure, round(-depth) + 42)
    figure.update_layout(margin={"l": 14, "r": 10, "t": 4, "b": 34}, hovermode="closest", barmode="overlay")


def _limits(one: Estimate) -> str:
    return f"{shown(one.lower or 0.0, 1)} to {shown(one.upper or 0.0, 1)}"


def _title(view: SharesView) -> str:
    counted = view.whole.counted
    said = [
        f"{listed([one.member.name for one in those])}: {way} share of {counted} than of residents"
        for way, those in (
            ("larger", [one for one in view.found if one.finding is Finding.HIGHER]),
            ("smaller", [one for one in view.found if one.finding is Finding.LOWER]),
        )
        if those
    ]
    return "; ".join(said) or f"No group’s share of {counted} clearly differs from its share of residents"


def _measure(view: SharesView) -> str:
    counted = view.whole.counted
    shares = f"Share of {counted} ({view.whole.period}) and share of residents (Census 2021)"
    return f"{shares}. {view.whole.place}. Line below a bar: 95% interval."


def _sentence(view: SharesView) -> str:
    selection = view.whole.selection
    when = periods.phrase(selection.start, selection.end)
    return shares_sentence(when, view.whole.place, view.whole.counted, view.found, view.whole.share, view.rest)


def _table(view: SharesView) -> Table:
    counted = view.whole.counted
    columns = [
        "Ethnic group",
        f"Share of {counted} (95% interval)",
        "Share of residents",
        "Difference, in every 100 (95% interval)",
        "Ratio (95% interval)",
        "Finding",
    ]
    rows = [_row(one) for one in view.found]
    if view.whole.share is not None:
        rows.append(["Ethnicity not known", f"{shown(view.whole.share, 1)}%", "nobody", "–", "–", "no group"])
    if view.rest:
        rows.append(["In no figure by group", f"{shown(view.rest, 1)}%", "nobody", "–", "–", "no group"])
    return Table(f"Share of {counted} beside share of residents. {view.whole.place}, {view.whole.period}; Census 2021", columns, rows)


def _row(one: Share) -> list[str]:
    state, residents = one.member.state, one.member.residents
    living = "not counted" if residents is None else f"{shown(residents, 1)}%"
    if one.cases is None:
        return [one.member.name, f"{state.words} {state.shorthand}", living, "–", "–", "cannot say"]
    mark = f" {state.shorthand}" if state.shorthand else ""
    open_ = "no clear difference: unknown ethnicity could explain it" if one.open else str(one.finding)
    finding = {Finding.HIGHER: "larger share", Finding.LOWER: "smaller share"}.get(one.finding, open_)
    gaps = [f"{shown(gap.value, digits)} ({shown(gap.lower or 0.0, digits)} to {shown(gap.upper or 0.0, digits)})" if gap else "–"
            for gap, digits in ((one.difference, 1), (one.ratio, 2))]  # fmt: skip
    return [one.member.name, f"{shown(one.cases.value, 1)}% ({_limits(one.cases)}){mark}", living, *gaps, finding]


SHARES: Chart[SharesView] = Chart(
    id="shares",
    name="Beside everyone who lives here",
    question="Is a group's share of what is counted larger than its share of the people who live here?",
    intervals="95% intervals of shares of what is counted; none of residents, who are counted in a census",
    least="a count for all, and the residents of the place in the Census, for what any resident could be counted in",
    lacks=lambda view: view.lacks,
    figure=lambda view: shares_chart(list(view.found), view.whole.counted, view.whole.share),
    finding=_title,
    measure=_measure,
    sentence=_sentence,
    table=_table,
    rows=lambda view: view.observations,
)

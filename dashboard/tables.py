"""The numbers of each chart as a table: the same rows, the same words."""

from __future__ import annotations

from typing import Any

import polars as pl

from dashboard.text import Table
from dashboard.view import IndicatorView
from equity.comparison import Finding
from equity.gaps import signed_gap, signed_ratio


def figures_table(view: IndicatorView, rows: pl.DataFrame, caption: str) -> Table:
    """One row a group: value, interval, people, the comparison with the reference, England."""
    reference = view.standing.reference.name if view.standing.reference else ""
    compare = any(view.standing.of(code) for code in rows["code"])
    england = rows["england_value"].is_not_null().any()
    about = "How many" if rows.filter(pl.col("base_number") != "")["base_exact"].all() else "About how many"
    columns = ["Ethnic group", view.words.name, "95% interval", f"{about} {view.counted}"]
    columns += [f"Difference from {reference} (95% interval)", f"Ratio to {reference} (95% interval)", "Finding"] if compare else []
    columns += ["England"] if england else []
    found: list[list[str]] = []
    for row in rows.iter_rows(named=True):
        few = " [u]" if row["state"] == "unreliable" and row["value"] is not None else ""
        cells = [row["name"], row["value_text"] + few, row["interval_text"] or "–", row["base_number"] or "–"]
        cells += _comparison(view, row["code"]) if compare else []
        cells += [row["england_text"] or "–"] if england else []
        found.append(cells)
    return Table(caption, columns, found)


def _comparison(view: IndicatorView, code: str) -> list[str]:
    if code == view.selection.reference:
        return ["–", "–", "reference group"]
    one = view.standing.of(code)
    if one is None:
        return ["–", "–", "not compared"]
    judged = f", {one.judgement}" if one.judgement != "neither" else ""
    words = "cannot say" if one.comparison.finding is Finding.CANNOT_SAY else f"{one.comparison.finding}{judged}"
    return [signed_gap(view.words, one.comparison), signed_ratio(one.comparison), words]


def trend_table(view: IndicatorView) -> Table:
    """One row a period, one column a group: value and interval."""
    names = view.points["name"].unique(maintain_order=True).to_list()
    rows = []
    for (label, _), period in view.points.sort("end").group_by(["label", "end"], maintain_order=True):
        said = {row["name"]: _over_time(row) for row in period.iter_rows(named=True)}
        rows.append([str(label), *[said.get(name, "not published") for name in names]])
    return Table(f"{view.selection.indicator.short_name}, {view.words.unit} (95% interval), {view.place}", ["Period", *names], rows)


def _over_time(row: dict[str, Any]) -> str:
    interval = f" ({row['interval_text']})" if row["interval_text"] else ""
    return row["value_text"] + interval + (f" {row['mark']}" if row["value"] is not None and row["mark"] else "")


def unknown_table(view: IndicatorView) -> Table:
    """One row a period: how many in every 100 have no known ethnicity."""
    rows = [[row["label"], row["text"]] for row in view.unknown.iter_rows(named=True)]
    return Table(f"Ethnicity not known, share of {view.counted}, {view.place}", ["Period", "Ethnicity not known"], rows)

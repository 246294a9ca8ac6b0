"""A whole view to take away: every table as a spreadsheet, every row as Parquet. Made only when somebody asks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import streamlit as st

from dashboard import downloads, spreadsheet
from dashboard.charts.chart import Chart
from dashboard.once import once
from dashboard.show import drawn
from dashboard.subject import Subject, Told

Shown = tuple[Chart[Any], Any]
"""A chart and the view of it."""

PARQUET = "application/vnd.apache.parquet"


@st.fragment
def show_takeaway(view: Told, charts: Sequence[Shown]) -> None:
    """The end of a page: what its charts show, as files for those who go on with the numbers.

    Folded until it is opened, so that no change of a choice waits for files; opened, it can tell how large they are.
    """
    subject = view.subject
    st.header("Take this view away", anchor=False)
    # Another view, another box: what was open for one makes no files for the next.
    box = st.expander("Every table and every row as files", on_change="rerun", key="|".join(("takeaway", *subject.key)))
    if not box.open:
        return
    address = subject.address(st.context.url)
    key = (address, *subject.key)
    kept = [(chart, one) for chart, one in charts if not drawn(chart, one).lacks]
    sheets = once(("xlsx", *key), lambda: workbook(subject, kept, address))
    rows = once(("parquet", *key), lambda: parquet(subject, kept, address))
    with box:
        st.write("The tables of this page, with a cover, notes and where they come from; and the figures behind them, one a row.")
        offer(f"Tables of this view (XLSX, {downloads.size(sheets)})", sheets, f"{subject.file}.xlsx", spreadsheet.MIME)
        offer(f"Rows of this view (Parquet, {downloads.size(rows)})", rows, f"{subject.file}.parquet", PARQUET)


def offer(label: str, data: bytes, name: str, mime: str) -> None:
    """A button for one file."""
    st.download_button(label, data, file_name=name, mime=mime, on_click="ignore", key=f"take:{mime}")


def workbook(subject: Subject, charts: Sequence[Shown], address: str) -> bytes:
    """The table of each chart on a sheet of its own."""
    sheets = [spreadsheet.Sheet(chart.table(one), drawn(chart, one).sentence) for chart, one in charts]
    return spreadsheet.workbook(subject, sheets, address)


def rows_of(subject: Subject, charts: Sequence[Shown], address: str) -> pl.DataFrame:
    """The tidy rows behind the charts, each once."""
    names = tuple(dict.fromkeys(name for _, one in charts for name in one.subject.names))
    whole = replace(subject, names=names or subject.names)
    return pl.concat([chart.tidy(chart.rows(one), whole, address) for chart, one in charts]).unique(maintain_order=True)


def parquet(subject: Subject, charts: Sequence[Shown], address: str) -> bytes:
    """The tidy rows as a Parquet file."""
    out = io.BytesIO()
    rows_of(subject, charts, address).write_parquet(out)
    return out.getvalue()

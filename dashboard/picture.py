"""A chart as a picture to take away, and the link of a view: what a browser makes of what it already has."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import streamlit as st
from streamlit.components import v2
from streamlit.components.v2.types import ComponentRenderer

from dashboard.subject import Subject

ASSETS = Path(__file__).parent / "assets"


def _component(name: str) -> ComponentRenderer:
    script = (ASSETS / f"{name}.js").read_text(encoding="utf-8")
    # Its own style sheet is that of the page, so that focus and buttons look alike.
    return v2.component(f"common_ground.{name}", js=script, isolate_styles=False)


_PICTURE = _component("picture")
_COPY = _component("copy")


def show_picture(chart_id: str, name: str, titles: tuple[str, str], sentence: str, legend: str, subject: Subject) -> None:
    """Two buttons that save the chart of that key as PNG and as SVG, with all that must stand beside it written in the picture."""
    _PICTURE(
        key=f"picture:{chart_id}",
        data={
            "key": chart_id,
            "name": name,
            "file": f"{subject.file}_{chart_id}",
            "finding": titles[0],
            "measure": titles[1],
            "legend": legend_items(legend),
            "sentence": sentence,
            # What the sentence says itself is not said again.
            "beside": [words for words in beside(subject, subject.address(st.context.url)) if words not in sentence],
        },
    )


def show_copy_link() -> None:
    """A button that copies the address of the page, in which every choice stands."""
    _COPY(key="copy_link")


def beside(subject: Subject, address: str) -> list[str]:
    """What is written under a chart in its picture: unknown ethnicity, period, source, licence, release, link."""
    return [
        subject.unknown,
        f"Period chosen: {subject.period}. Place: {subject.place}.",
        f"Source: {subject.source}. {subject.licence}.",
        f"Common Ground, release {subject.release_id}: {address}",
    ]


def legend_items(legend: str) -> list[dict[str, str]]:
    """The marks of a chart's key (what draws them, and the sign in them) with their words."""
    if not legend:
        return []
    items = ElementTree.fromstring(legend).iter("li")  # noqa: S314  the dashboard's own HTML
    marked = [(item, mark) for item in items for mark in item.findall("span")[:1]]
    return [
        {
            "look": mark.get("class", ""),
            "style": mark.get("style", ""),
            "sign": mark.text or "",
            "words": "".join(item.itertext()).removeprefix(mark.text or ""),
        }
        for item, mark in marked
    ]

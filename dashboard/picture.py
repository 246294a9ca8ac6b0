"""A chart as a picture to take away, and the link of a view: what a browser makes of what it already has."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from streamlit.components import v2

from dashboard.subject import Subject
from dashboard.text import escaped

ASSETS = Path(__file__).parent / "assets"


# One script for a page. Its own style sheet is that of the page, so that focus and buttons look alike.
_TAKE = v2.component(
    "common_ground.take",
    js="\n".join((ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in ("picture", "copy")),
    isolate_styles=False,
)


def picture_buttons(chart_id: str, name: str, titles: tuple[str, str], sentence: str, legend: str, subject: Subject, address: str) -> str:
    """Two buttons that save the chart of that key as PNG and as SVG, with all that must stand beside it written in the picture.
    They work on a page that has ``show_copy_link``."""
    told = {
        "key": chart_id,
        "file": f"{subject.file}_{chart_id}",
        "finding": titles[0],
        "measure": titles[1],
        "legend": legend_items(legend),
        "sentence": sentence,
        # What the sentence says itself is not said again.
        "beside": [words for words in beside(subject, address) if words not in sentence],
    }
    buttons = " ".join(
        f'<button type="button" data-type="{kind}" aria-label="{escaped(f"Picture of {name} ({kind})")}">{kind}</button>'
        for kind in ("PNG", "SVG")
    )
    # How large a picture is can only be told once it is made: by the status.
    return (
        f'<p class="cg-take" data-picture="{escaped(json.dumps(told))}"><span>This chart as a picture:</span> '
        f'{buttons} <span role="status"></span></p>'
    )


def show_copy_link() -> None:
    """A button that copies the address of the page, in which every choice stands; with it comes what makes pictures of charts."""
    _TAKE(key="take")


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

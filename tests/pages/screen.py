"""A page as somebody sees it: its words, tables, charts and download, read from what Streamlit was told to draw."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

PROJECT = Path(__file__).resolve().parents[2]
ADDRESS = "http://localhost:8501"
STYLE = f"<style>{(PROJECT / 'dashboard' / 'style.css').read_text(encoding='utf-8')}</style>"


@dataclass(frozen=True)
class Table:
    """A table of the page: its caption, its columns, and its rows by their headers."""

    caption: str
    columns: list[str]
    rows: dict[str, list[str]]

    def column(self, name: str) -> dict[str, str]:
        """The cells of a column by the header of their row."""
        place = self.columns.index(name) - 1
        return {header: cells[place] for header, cells in self.rows.items()}


@dataclass(frozen=True)
class Chart:
    """A chart: its data, its layout, and what is read out in its place."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]
    alt: str

    @property
    def texts(self) -> list[str]:
        """Whatever is written in the chart, as it is drawn."""
        return [str(one["text"]) for one in self.layout.get("annotations", [])]

    @property
    def hovers(self) -> list[str]:
        """What is read when a mark is pointed at."""
        return [str(text) for trace in self.data for text in trace.get("customdata", [])]

    def traces(self, name: str) -> list[dict[str, Any]]:
        """The traces of a name."""
        return [trace for trace in self.data if trace.get("name") == name]


class Screen:
    """One run of a page."""

    def __init__(self, app: AppTest) -> None:
        self.app = app

    def choose(self, key: str, value: str) -> Screen:
        """The same visitor's page after a choice in the box of that key."""
        self.app.selectbox(key=f"box:{key}").set_value(value)
        return Screen(self.app.run())

    def write(self, label: str, words: str) -> Screen:
        """The page after words were written in the field of that label."""
        field = next(one for one in [*self.app.text_area, *self.app.text_input] if one.label == label)
        field.set_value(words)
        return Screen(self.app.run())

    def written(self, label: str) -> str:
        """What stands in the field of that label."""
        return str(next(one for one in [*self.app.text_area, *self.app.text_input] if one.label == label).value or "")

    def pick(self, label: str, option: str) -> Screen:
        """The page after one was chosen, by what its option begins with."""
        field = next(one for one in [*self.app.radio, *self.app.selectbox] if one.label == label)
        field.set_value(next(one for one in field.options if plain(one).replace("*", "").startswith(option)))
        return Screen(self.app.run())

    def press(self, label: str) -> Screen:
        """The page after the first button of that label was pressed."""
        next(one for one in self.app.button if one.label == label).click()
        return Screen(self.app.run())

    @property
    def labels(self) -> list[str]:
        """What can be filled in, chosen or pressed."""
        return [one.label for kind in (self.app.radio, self.app.text_area, self.app.text_input, self.app.button) for one in kind]

    def again(self) -> Screen:
        """The same visitor's page, run once more."""
        return Screen(self.app.run())

    @property
    def query(self) -> dict[str, str]:
        """The address's choices."""
        return {name: str(value) for name, value in self.app.query_params.items()}

    @property
    def bodies(self) -> list[str]:
        """The HTML that the page is told to draw, in order, without the style sheet of all pages."""
        bodies = [element.proto.body for element in self.app.get("html")]  # pyright: ignore[reportAttributeAccessIssue]
        return [body for body in bodies if body != STYLE]

    @property
    def trees(self) -> list[ET.Element]:
        """The same as trees of elements: what was escaped is text here."""
        return [ET.fromstring(f"<body>{body}</body>") for body in self.bodies]

    @property
    def faults(self) -> list[str]:
        """Exceptions and errors on the page."""
        return [str(one.value) for one in [*self.app.exception, *self.app.error]]

    @property
    def title(self) -> str:
        return plain(self.app.title[0].value)

    @property
    def notices(self) -> list[str]:
        return [plain(one.value) for one in self.app.warning]

    @property
    def words(self) -> str:
        """Every word outside the charts."""
        kinds = (self.app.title, self.app.header, self.app.subheader, self.app.markdown, self.app.caption, self.app.warning)
        marked = [plain(str(one.value)) for kind in kinds for one in kind]
        typed = [str(one.value) for kind in (self.app.text, self.app.code) for one in kind]
        return "\n".join([*marked, *typed, *("".join(tree.itertext()) for tree in self.trees)])

    def of_class(self, name: str) -> list[ET.Element]:
        """The elements of a class, in order."""
        return [one for tree in self.trees for one in tree.iter() if name in one.get("class", "").split()]

    @property
    def headings(self) -> list[str]:
        """The headings of the second level that stand in HTML."""
        return ["".join(one.itertext()) for tree in self.trees for one in tree.iter("h2")]

    def said(self, name: str) -> str:
        """The words of the elements of a class."""
        return "\n".join("".join(one.itertext()) for one in self.of_class(name))

    @property
    def tables(self) -> list[Table]:
        return [_table(one) for tree in self.trees for one in tree.iter("table")]

    def table(self, column: str) -> Table:
        """The first table with that column."""
        return next(one for one in self.tables if column in one.columns)

    @property
    def charts(self) -> list[str]:
        """The keys of the charts of the page."""
        return [one.proto.id.rpartition("-")[2] for one in self.app.get("plotly_chart")]  # pyright: ignore[reportAttributeAccessIssue]

    def has_chart(self, key: str) -> bool:
        return any(one.proto.id.endswith(f"-{key}") for one in self.app.get("plotly_chart"))  # pyright: ignore[reportAttributeAccessIssue]

    def chart(self, key: str) -> Chart:
        """The chart of a key."""
        found = [one.proto for one in self.app.get("plotly_chart")]  # pyright: ignore[reportAttributeAccessIssue]
        proto = next(one for one in found if one.id.endswith(f"-{key}"))
        spec = json.loads(proto.spec)
        return Chart(spec["data"], spec["layout"], proto.alt)

    def files(self, key: str) -> list[str]:
        """What stands for the bytes, type and name of each file that the page offers under that key."""
        buttons = [element.proto for element in self.app.get("download_button")]  # pyright: ignore[reportAttributeAccessIssue]
        return [Path(button.url).stem for button in buttons if button.id.endswith(f"-{key}")]


def visit(page: str, choices: Mapping[str, str], address: str = ADDRESS) -> Screen:
    """A visitor opens a page with these choices in the address."""
    app = AppTest.from_file(str(PROJECT / "pages" / f"{page}.py"), default_timeout=120)
    app.query_params.update(choices)
    app.context["url"] = f"{address}/{page}"
    return Screen(app.run())


def plain(marked: str) -> str:
    """Markdown as it is read: without the signs, seen or not, that keep it from being acted upon."""
    return re.sub(r"\\(.)", r"\1", marked.replace("\u2060", ""), flags=re.DOTALL)


def _table(element: ET.Element) -> Table:
    head = [_texts(row) for row in element.iterfind("./thead/tr")]
    body = [_texts(row) for row in element.iterfind("./tbody/tr")]
    return Table(element.findtext("./caption", ""), head[0], {row[0]: row[1:] for row in body})


def _texts(row: ET.Element) -> list[str]:
    return ["".join(cell.itertext()) for cell in row]

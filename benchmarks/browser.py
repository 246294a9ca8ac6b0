"""How long a reader waits in a browser: for a first page, and for the chart after another choice, against an empty Streamlit page.

    python -m benchmarks.browser [--runs 15] [--opens 7] [--rows 12600000]

The empty page has one select box and one line that says what is chosen. Both apps run at once, with the same settings, and are asked
in turn, so that a busy machine slows both; so is a page with a select box and one bare Plotly chart, the least that a page with a chart
can take. Measured in Chromium by the page's own clock: from the start of the navigation with an
empty cache, or from the key that makes the choice, to the frame in which the words (or the marks of the chart) have changed. Done on
the starter release, and on one that also holds Example figures, a million observations in all. Prints medians, their ratios and the
memory that the server holds for a session; exits 1 if another choice takes more than 2 times the empty page, or a first page more
than 1.5 times.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.capacity import PAGE, QUERY, come
from benchmarks.mhsds_generator import generate
from benchmarks.served import PROJECT, Served, chromium, served
from pipelines.releases import current_release, read_manifest
from pipelines.starter import ensure_release

MOST_CHOICE, MOST_OPEN = 2.0, 1.5
SESSIONS = 50
EMPTY = """
import streamlit as st
st.text("Chosen: " + st.selectbox("Place", ["England", "Sheffield", "East London", "Greater Manchester"]))
"""
CHART = """
import plotly.graph_objects as go
import streamlit as st
place = st.selectbox("Place", ["England", "Sheffield", "East London", "Greater Manchester"])
st.plotly_chart(go.Figure(go.Scatter(x=[1, 2, 3], y=[3, 1, 2], mode="lines+text", text=[place] * 3)), key="groups")
"""
SCRIPTS = {"empty": EMPTY, "chart": CHART}
PLACES = ("East London", "Greater Manchester", "Sheffield")
DRAWN = ".st-key-groups .js-plotly-plot"
SAID = "[data-testid=stText]"
# Told by the page's own clock, in the first frame in which what was waited for is there.
CLOCK = """
window.changed = (selector, before) => new Promise((told) => {
  const look = () => {
    const now = document.querySelector(selector)?.textContent ?? "";
    if (now && now !== before) told(performance.now()); else requestAnimationFrame(look);
  };
  look();
});
window.addEventListener("keydown", (event) => { if (event.key === "Enter") window.pressed = performance.now(); }, true);
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """A page that is timed: where it is, and what changes on it."""

    address: str
    selector: str


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--opens", type=int, default=7)
    parser.add_argument("--rows", type=int, default=12_600_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="common-ground-") as name, _chromium() as browser:
        starter, large = Path(name) / "starter", Path(name) / "large"
        met = [measure(browser, starter, ensure_release(starter), asked.runs, asked.opens)]
        met.append(measure(browser, large, _enlarge(large, asked.rows), asked.runs, asked.opens))
    return 0 if all(met) else 1


def measure(browser: Browser, data: Path, release_id: str, runs: int, opens: int) -> bool:
    """Time both apps in turn on one release, and tell."""
    with tempfile.TemporaryDirectory(prefix="common-ground-") as name, ExitStack() as stack:
        empty, chart = (stack.enter_context(_script(Path(name) / f"{kind}.py", text, data)) for kind, text in SCRIPTS.items())
        app = stack.enter_context(served("app.py", data))
        watched = [
            Watched(f"http://{empty.host}/", SAID),
            Watched(f"http://{chart.host}/", DRAWN),
            Watched(f"http://{app.host}/{PAGE}?{QUERY}", DRAWN),
        ]
        firsts = _in_turn(lambda one: first_open(browser, one), watched, opens)
        tabs = {one: stack.enter_context(_opened(browser, one)) for one in watched}
        choices = _in_turn(lambda one: choice(tabs[one], one), watched, runs)
        held = _memory(app)
    count = read_manifest(data, release_id).observations
    print(f"Release of {count:,} observations; the server holds {held:.2f} MB for a session of Explore")
    return all([_tell("First page", firsts, MOST_OPEN), _tell("Another choice", choices, MOST_CHOICE)])


def first_open(browser: Browser, watched: Watched) -> float:
    """Milliseconds from the start of the navigation of a new profile to the first words or marks."""
    with _opened(browser, watched) as page:
        return float(page.evaluate("window.first"))


def choice(page: Page, watched: Watched) -> float:
    """Milliseconds from the key that chooses another place to the frame in which the page shows it."""
    box = page.get_by_role("combobox", name="Place")
    now = box.input_value()
    wanted = PLACES[(PLACES.index(now) + 1) % len(PLACES)] if now in PLACES else PLACES[0]
    box.click()
    box.fill(wanted)
    page.get_by_role("option", name=wanted, exact=True).wait_for()
    before = page.locator(watched.selector).first.text_content()
    page.evaluate("([selector, before]) => { window.told = window.changed(selector, before); }", [watched.selector, before])
    box.press("Enter")
    taken = float(page.evaluate("async () => (await window.told) - window.pressed"))
    page.wait_for_function("() => !document.querySelector('[data-stale=true]')")
    return taken


@contextmanager
def _opened(browser: Browser, watched: Watched) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(CLOCK)
    page.goto(watched.address, wait_until="commit")
    page.evaluate("async (selector) => { window.first = await window.changed(selector, ''); }", watched.selector)
    yield page
    context.close()


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-3d-apis"])
        yield browser
        browser.close()


@contextmanager
def _script(path: Path, text: str, data: Path) -> Iterator[Served]:
    path.write_text(text, encoding="utf-8")
    with served(str(path), data) as app:
        yield app


def _in_turn(timed: Callable[[Watched], float], watched: list[Watched], times: int) -> list[float]:
    """The median of each, asked one after the other; the first of each, when the server has done nothing yet, is left out."""
    rounds = [[timed(one) for one in watched] for _ in range(times + 1)][1:]
    return [statistics.median(one) for one in zip(*rounds, strict=True)]


def _tell(what: str, medians: list[float], most: float) -> bool:
    empty, chart, page = medians
    ratio = page / empty
    met = "met" if ratio <= most else "MISSED"
    print(
        f"{what}: {page:.0f} ms; the empty page {empty:.0f} ms, a bare chart {chart:.0f} ms; {ratio:.2f} times the empty page "
        f"(at most {most}: {met}), {page / chart:.2f} times a bare chart",
        flush=True,
    )
    return ratio <= most


def _memory(app: Served) -> float:
    """Megabytes for each of some sessions that stay."""
    before = app.megabytes()

    async def stay() -> float:
        readers = await come(app, SESSIONS)
        held = app.megabytes() - before
        await asyncio.gather(*(one.leave() for one, _ in readers))
        return held

    # Playwright has an event loop of its own on this thread.
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, stay()).result() / SESSIONS


def _enlarge(data: Path, rows: int) -> str:
    """The starter release and Example figures on top, loaded as an analyst would."""
    ensure_release(data)
    with tempfile.TemporaryDirectory(prefix="common-ground-") as name:
        extract = Path(name) / "MHSDS Data_Example.csv"
        generate(extract, rows)
        command = [sys.executable, "-m", "pipelines", "load", str(extract)]
        subprocess.run(command, cwd=PROJECT, env=os.environ | {"COMMON_GROUND_DATA": str(data)}, check=True, stdout=subprocess.DEVNULL)
    return current_release(data) or ""


if __name__ == "__main__":
    raise SystemExit(main())

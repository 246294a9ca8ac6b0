"""Pictures of every page on the starter release and the example register, wide and narrow, for the documentation.

    python -m tests.browser.screenshots [--to docs/screenshots]

Serves the dashboard from a folder of its own, so that the pictures are the same wherever they are made.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from benchmarks.served import chromium, served
from pipelines.starter import ensure_release
from register.example import load_example
from register.settings import sqlite_url
from register.store import open_register

PROJECT = Path(__file__).resolve().parents[2]
FIGURES = {
    "gaps": "/?place=sheffield",
    "explore": "/indicator?place=sheffield",
    "compare": "/compare",
    "over-time": "/over-time?place=greater_manchester&indicator=tt_finished_course",
    "quality": "/quality?place=east_london",
    "about": "/about",
}
PROMISES = {
    "actions": "/actions",
    "you-said-we-did": "/you-said-we-did",
    "update": "/update",
    "review": "/review?step=1",
    "print-pack": "/print-pack",
}
"""Of the example register, as the local editor sees them: no site has entered its actions."""
WIDTHS = (1280, 320)
TALLEST = 2600
"""Pixels of a page that are kept: the rest is more of the same."""
COLOURS = 96
"""Enough for flat colours and smooth type, and a third of the size."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--to", type=Path, default=PROJECT / "docs" / "screenshots")
    to: Path = parser.parse_args().to
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="common-ground-") as folder, sync_playwright() as playwright:
        release_id = ensure_release(Path(folder))
        with closing(open_register(sqlite_url(Path(folder) / "register-example.sqlite"))) as register:
            load_example(register, datetime.now(UTC).date(), release_id)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        _pictures(browser, Path(folder), to, FIGURES)
        _pictures(browser, Path(folder), to, PROMISES, COMMON_GROUND_REGISTER="example", COMMON_GROUND_LOCAL_EDITOR="1")
        browser.close()


def _pictures(browser: Browser, folder: Path, to: Path, pages: Mapping[str, str], **environment: str) -> None:
    with served("app.py", folder, **environment) as app:
        for name, path in pages.items():
            for width in WIDTHS:
                _picture(browser, f"http://{app.host}{path}", width, to / f"{name}-{width}.png")


def _picture(browser: Browser, address: str, width: int, file: Path) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    page.get_by_text("Figures from release").wait_for(timeout=60_000)
    page.wait_for_function("() => !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')")
    tall = page.evaluate("document.querySelector('.stMainBlockContainer').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(int(tall) + 40, TALLEST)})
    page.wait_for_timeout(1500)
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(file, optimize=True)
    page.close()
    print(f"{file} {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()

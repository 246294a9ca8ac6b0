"""Pictures of every page on the starter release, wide and narrow, for the documentation.

    python -m tests.browser.screenshots [--to docs/screenshots]

Serves the dashboard from a folder of its own, so that the pictures are the same wherever they are made.
"""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from benchmarks.served import served
from pipelines.starter import ensure_release

PROJECT = Path(__file__).resolve().parents[2]
PAGES = {
    "gaps": "/?place=sheffield",
    "explore": "/indicator?place=sheffield",
    "compare": "/compare",
    "over-time": "/over-time?place=greater_manchester&indicator=tt_finished_course",
    "quality": "/quality?place=east_london",
    "about": "/about",
}
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
    chromium = next(path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name)))
    with tempfile.TemporaryDirectory(prefix="common-ground-") as folder:
        ensure_release(Path(folder))
        with served("app.py", Path(folder)) as app, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for name, path in PAGES.items():
                for width in WIDTHS:
                    _picture(browser, f"http://{app.host}{path}", width, to / f"{name}-{width}.png")
            browser.close()


def _picture(browser: Browser, address: str, width: int, file: Path) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address)
    page.get_by_text("Figures from release").wait_for(timeout=60_000)
    page.wait_for_function("() => !document.querySelector('[data-stale=true]')")
    tall = page.evaluate("document.querySelector('.stMainBlockContainer').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(int(tall) + 40, TALLEST)})
    page.wait_for_timeout(1500)
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(file, optimize=True)
    page.close()
    print(f"{file} {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()

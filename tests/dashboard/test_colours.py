"""Colours, light and dark: the theme, the style sheet and the charts agree, and whatever is read or told apart has the contrast for it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dashboard.charts import equiplot, palette, xmr
from dashboard.frame import STYLE

PROJECT = Path(__file__).resolve().parents[2]
THEMES = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
CSS = STYLE.read_text(encoding="utf-8")
PAIRS = dict(re.findall(r"--cg-([a-z-]+): light-dark\((#[0-9A-F]{6}, #[0-9A-F]{6})\)", CSS))
COLOURS = {
    mode: {name: pair.split(", ")[place] for name, pair in PAIRS.items()} | {"black": palette.BLACK}
    for place, mode in enumerate(("light", "dark"))
}
MODES = sorted(COLOURS)
RULES = [(selector.strip(), body) for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", CSS) if ":root" not in selector]
WRITTEN = re.compile(r"(?<![a-z-])color: (?:var\(--cg-([a-z-]+)\)|(black))")
GROUND = re.compile(r"background: var\(--cg-([a-z-]+)\)")


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB as WCAG defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("ink", ["textColor", "primaryColor", "linkColor", "grayTextColor"])
@pytest.mark.parametrize("paper", ["backgroundColor", "secondaryBackgroundColor"])
def test_the_words_of_the_theme_can_be_read(mode: str, ink: str, paper: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 to 1 or more."""
    assert contrast(THEMES[mode][ink], THEMES[mode][paper]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_the_style_sheet_and_the_theme_have_the_same_ground_ink_and_edges(mode: str) -> None:
    ours, theirs = COLOURS[mode], THEMES[mode]
    assert (ours["paper"], ours["soft"], ours["ink"]) == (
        theirs["backgroundColor"],
        theirs["secondaryBackgroundColor"],
        theirs["textColor"],
    )
    assert (ours["blue"], ours["mid"], ours["edge"]) == (theirs["primaryColor"], theirs["grayTextColor"], theirs["borderColor"])
    series = [ours[name] for name in ("blue", "turquoise", "pink", "orange", "grey", "purple")]
    assert series == theirs["chartCategoricalColors"]


def test_every_colour_of_the_style_sheet_is_light_and_dark() -> None:
    rules = "".join(body for _, body in RULES)
    assert re.findall(r"#[0-9A-Fa-f]{3,6}\b", rules) == []
    assert set(re.findall(r"var\(--cg-([a-z-]+)\)", rules)) == set(PAIRS)


@pytest.mark.parametrize("mode", MODES)
def test_whatever_the_style_sheet_writes_can_be_read_on_its_ground(mode: str) -> None:
    """A rule with a ground of its own is held to that, every other to the page and to the side bar."""
    checked = 0
    for selector, body in RULES:
        for written in WRITTEN.finditer(body):
            own = GROUND.search(body)
            for ground in [own[1]] if own else ["paper", "soft"]:
                found = contrast(COLOURS[mode][written[1] or written[2]], COLOURS[mode][ground])
                assert found >= 4.5, (selector, ground, found)
                checked += 1
    assert checked > 30


@pytest.mark.parametrize("mode", MODES)
def test_shapes_and_edges_can_be_seen(mode: str) -> None:
    """WCAG 2.2, 1.4.11: 3 to 1 or more for what is needed to understand a chart or to find a control; thin rules are not."""
    shapes = set(palette.VARIABLES.values()) - {"paper", "grid"}
    ours = COLOURS[mode]
    assert {name: contrast(ours[name], ours["paper"]) for name in shapes if contrast(ours[name], ours["paper"]) < 3} == {}


@pytest.mark.parametrize("mode", MODES)
def test_what_is_written_on_a_chart_can_be_read(mode: str) -> None:
    ours, names = COLOURS[mode], palette.VARIABLES | {palette.BLACK: "black"}
    for ink in (palette.DARK_BLUE, palette.DARK_GREY, palette.MID_GREY, palette.DARK_PINK):
        assert contrast(ours[names[ink]], ours["paper"]) >= 4.5
    for colour, _, ink in equiplot.STYLES:
        assert contrast(ours[names[ink]], ours[names[colour]]) >= 4.5


def test_the_key_of_a_control_chart_follows_the_theme() -> None:
    assert {palette.variable(colour) for colour, *_ in xmr.CLASSES.values()} <= {f"var(--cg-{name})" for name in PAIRS}


@pytest.mark.parametrize(("colour", "name"), palette.VARIABLES.items())
def test_every_colour_of_a_chart_is_repainted_with_the_page_s_own(colour: str, name: str) -> None:
    assert COLOURS["light"][name] == colour
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    for part in ("fill", "stroke"):
        assert f'[style*="{part}: rgb({red}, {green}, {blue})"] {{ {part}: var(--cg-{name}) !important; }}' in CSS

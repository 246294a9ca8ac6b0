"""A page by keyboard alone: what is reached, whether that shows, and going on to what is wanted."""

from __future__ import annotations

from playwright.sync_api import Page

FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body) return ["", true];
  const seen = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
  };
  return [`${one.tagName} ${one.getAttribute("aria-label") ?? one.innerText?.slice(0, 80)}`, seen(one) || seen(one.parentElement)];
}"""


def tab_to(page: Page, name: str, most: int = 160) -> None:
    """Go on by Tab until what is reached is called that; it must show that it is reached."""
    for _ in range(most):
        page.keyboard.press("Tab")
        reached, shown = page.evaluate(FOCUS)
        if name in reached:
            assert shown, f"{name} does not show that it is reached"
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a select box that Tab comes to."""
    tab_to(page, f"INPUT {label}")
    page.keyboard.type(option)
    page.keyboard.press("Enter")


def follow(page: Page, name: str) -> None:
    """Press Enter on what Tab comes to."""
    tab_to(page, name)
    page.keyboard.press("Enter")

"""What every page begins and ends with: its title in the browser, the style, and which release it shows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from dashboard.address import notices
from dashboard.picture import show_copy_link
from dashboard.release import ReleaseInUse
from dashboard.text import escaped, literal
from equity import periods

STYLE = Path(__file__).parent / "style.css"


def begin(title: str) -> None:
    """Name the page in the browser's tab and set the style."""
    st.set_page_config(page_title=f"{title} - Common Ground")
    st.html(STYLE)


def show_notices() -> None:
    """Tell which choices of the address had to be replaced, once."""
    for words in notices():
        st.warning(literal(words))
    notices().clear()


def show_content_note(notes: Iterable[str | None]) -> None:
    """What a reader may find hard, and where to find support: the first note of the indicators on a page, which are much alike."""
    note = next((note for note in notes if note), None)
    if note:
        st.html(f'<p class="cg-note">{escaped(note)}</p>')


def no_figures(used: ReleaseInUse) -> None:
    """A whole page that says that there is nothing to show for what was chosen."""
    begin("No figures")
    show_notices()
    st.title("No figures for this place", anchor=False)
    st.write("This release holds no figures by ethnic group for the place chosen. Choose another place in the side bar.")
    show_release(used)


def show_release(used: ReleaseInUse) -> None:
    """The link to the view, and freshness: which release, when it was built, of how many files."""
    show_copy_link()
    manifest = used.manifest
    files = "1 file" if len(manifest.extracts) == 1 else f"{len(manifest.extracts)} files"
    st.html(
        f'<p class="cg-fresh">Figures from release {escaped(manifest.release_id)}, built on '
        f"{escaped(periods.day(manifest.created_at.date()))} from {files}, {manifest.observations:,} figures. Newest figures shown "
        "first; each page names its period and source.</p>"
    )

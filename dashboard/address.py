"""A choice that lives in the address, so that a link opens the same view again.

Streamlit's own binding writes a choice's label and leaves out what is the default of the day; an address that is kept
for years needs the stable id, always. So the two are kept in step here: a value that came with the address wins over
what was chosen before; a value that is not on offer is named in plain words and replaced.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

import streamlit as st

# Longer than any id; what is longer is not repeated on the screen in full.
_LONGEST = 60


def choose(label: str, key: str, options: Mapping[str, str], default: str, help: str | None = None, elsewhere: Collection[str] = ()) -> str:
    """A select box over ``options`` (id to label) whose id stands in the address under ``key``.

    What only other pages offer, ``elsewhere``, is replaced without a word if it was chosen there.
    """
    remembered, written, widget, seen_on = f"chosen:{key}", f"written:{key}", f"box:{key}", f"page:{key}"
    page = urlsplit(str(st.context.url)).path
    asked = st.query_params.get(key)
    from_address = asked is not None and asked != st.session_state.get(written)
    if from_address and asked in options:
        st.session_state[widget] = asked
    elif from_address or st.session_state.get(widget, st.session_state.get(remembered)) not in options:
        wanted = asked if from_address else st.session_state.get(widget, st.session_state.get(remembered))
        if wanted is not None and (from_address or wanted not in elsewhere):
            _say_replaced(label, str(wanted), options[default])
        st.session_state[widget] = default
    elif widget not in st.session_state or st.session_state.get(seen_on) != page:
        # The box of another page has the same key, but Streamlit takes it for another box and would show its first option.
        st.session_state[widget] = st.session_state[remembered]
    chosen = str(st.selectbox(label, list(options), key=widget, format_func=options.__getitem__, help=help, filter_mode="contains"))
    keep(key, chosen)
    st.session_state[remembered] = chosen
    st.session_state[seen_on] = page
    return chosen


def keep(key: str, value: str) -> None:
    """Write a value to the address."""
    if st.query_params.get(key) != value:
        st.query_params[key] = value
    st.session_state[f"written:{key}"] = value


def _say_replaced(label: str, wanted: str, shown: str) -> None:
    short = wanted if len(wanted) <= _LONGEST else f"{wanted[:_LONGEST]}..."
    notices().append(f"{label}: “{short}” is not available for this view. Showing “{shown}” instead.")


def notices() -> list[str]:
    """What this run has to tell about choices that had to be replaced; the page shows and empties it."""
    return st.session_state.setdefault("notices", [])

"""What is worked out once for all readers: views, pictures, files."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

Made = TypeVar("Made")

# What a view tells of itself, worked out when it is first asked for: one view serves every reader who asks for it. To a type checker
# it is a property, which is what a protocol asks for.
if TYPE_CHECKING:
    property_once = property
else:
    property_once = cached_property


MOST = 2000
"""How much is remembered: what was not asked for longest is forgotten first."""

_LOCK = threading.Lock()


def once(key: tuple[str, ...], make: Callable[[], Made]) -> Made:
    """What ``make`` gives, remembered under a key that settles it: the release's id is part of it. Nobody may change it.

    Two readers at once may both make it; either is as good.
    """
    kept = _kept()
    with _LOCK:
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    made = make()
    with _LOCK:
        kept[key] = made
        while len(kept) > MOST:
            kept.popitem(last=False)
    return made


# Streamlit's own cache for each key took a tenth of every run to work out a hash of it; this one goes when Streamlit's are emptied.
@st.cache_resource(show_spinner=False)
def _kept() -> OrderedDict[tuple[str, ...], Any]:
    return OrderedDict()

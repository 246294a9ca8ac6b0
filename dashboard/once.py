"""What is worked out once for all readers: views, pictures, files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

Made = TypeVar("Made")


def once(key: tuple[str, ...], make: Callable[[], Made]) -> Made:
    """What ``make`` gives, remembered under a key that settles it: the release's id is part of it. Nobody may change it.

    Two readers at once may both make it; either is as good.
    """
    kept = _kept(key)
    if not kept:
        kept.append(make())
    return kept[0]


@st.cache_resource(show_spinner=False, max_entries=600)
def _kept(key: tuple[str, ...]) -> list[Any]:  # noqa: ARG001  the cache reads it
    return []

"""Garbage is collected once a minute. Streamlit would do it after every click (``runner.postScriptGC``), and Python every few
seconds while many read: each time it looks through all that the libraries hold, up to half a second in which nobody is answered."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from importlib import import_module

SECONDS = 60.0
PAGES_NEED = "dashboard.charts.registry"
YOUNG = 20_000
"""New objects between two looks at the young ones: a page makes some thousands, most of which are gone by its end."""
NOT_BY_ITSELF = 1_000_000
"""Collections of the middle generation before Python looks through everything by itself: more than happen within a minute."""


@contextlib.asynccontextmanager
async def collected(_: object) -> AsyncIterator[None]:
    """Lifespan of the front door: while it serves, garbage is collected; what is there before the first reader stays, and is not
    looked through again."""
    import_module(PAGES_NEED)
    gc.collect()
    gc.freeze()
    before = gc.get_threshold()
    gc.set_threshold(YOUNG, before[1], NOT_BY_ITSELF)
    task = asyncio.create_task(_collect())
    try:
        yield
    finally:
        task.cancel()
        gc.set_threshold(*before)
        gc.unfreeze()


async def _collect() -> None:
    while True:
        await asyncio.sleep(SECONDS)
        await asyncio.to_thread(gc.collect)

"""Garbage is collected once a minute. Streamlit would do it after every click (``runner.postScriptGC``), and hold up every other
reader each time; without either, what sessions leave behind would stay until Python happens to look for it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator

SECONDS = 60.0


@contextlib.asynccontextmanager
async def collected(_: object) -> AsyncIterator[None]:
    """Lifespan of the front door: while it serves, garbage is collected."""
    task = asyncio.create_task(_collect())
    try:
        yield
    finally:
        task.cancel()


async def _collect() -> None:
    while True:
        await asyncio.sleep(SECONDS)
        await asyncio.to_thread(gc.collect)

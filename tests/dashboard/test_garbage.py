"""What sessions leave behind does not stay."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

import app
from dashboard import garbage


class Ring:
    """An object that holds on to itself: only a collection takes it away."""

    def __init__(self) -> None:
        self.ring = self


async def gone(left: weakref.ref[Ring]) -> bool:
    async with garbage.collected(None):
        for _ in range(200):
            if left() is None:
                return True
            await asyncio.sleep(0.01)
    return False


def test_garbage_is_collected_while_the_dashboard_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "SECONDS", 0.01)
    gc.disable()
    try:
        left = weakref.ref(Ring())
        assert left() is not None
        assert asyncio.run(gone(left))
    finally:
        gc.enable()


def test_collecting_ends_with_the_dashboard() -> None:
    async def tasks() -> int:
        async with garbage.collected(None):
            pass
        await asyncio.sleep(0)
        return len(asyncio.all_tasks())

    assert asyncio.run(tasks()) == 1


def test_the_front_door_has_it() -> None:
    assert app.app._user_lifespan is garbage.collected  # pyright: ignore[reportPrivateUsage]


def test_what_was_there_before_the_first_reader_is_not_looked_through_again() -> None:
    async def while_it_serves() -> tuple[tuple[int, int, int], int]:
        async with garbage.collected(None):
            return gc.get_threshold(), gc.get_freeze_count()

    before = gc.get_threshold()
    threshold, frozen = asyncio.run(while_it_serves())
    assert threshold == (garbage.YOUNG, before[1], garbage.NOT_BY_ITSELF)
    assert frozen > 100_000
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)

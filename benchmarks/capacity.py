"""Whether one process answers many readers at once: each changes a filter of the Explore page every few seconds.

    python -m benchmarks.capacity [--sessions 200] [--seconds 60] [--think 5]

Readers speak Streamlit's own protocol (``benchmarks.reader``); how long they think between two changes is exponential. Every page
has been asked for once before, as it is on a dashboard in use. Prints how long answers took (from the change to the whole page),
the processors' time for one, and the memory for a session; exits 1 if 95 in 100 answers do not come within 300 ms, or if one of them
is not, word for word, the page that its session asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.reader import Answer, Reader
from benchmarks.served import Served, served
from pipelines.starter import ensure_release

MOST_SECONDS = 0.3
PAGE, QUERY = "indicator", "place=sheffield&indicator=tt_reliable_recovery"
FILTERS = ("Place", "Compare with")
TOGETHER = 10
"""How many come at once while the rest of them wait at the door."""

Choice = tuple[str, ...]
Pages = Mapping[Choice, str]


@dataclass(slots=True)
class Told:
    """What was measured of all readers."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[Choice] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="common-ground-") as folder:
        ensure_release(Path(folder))
        with served("app.py", Path(folder)) as app:
            passed = asyncio.run(measure(app, asked.sessions, asked.seconds, asked.think))
    sys.exit(0 if passed else 1)


async def measure(app: Served, sessions: int, seconds: float, think: float) -> bool:
    """Let them all in, let them read, and tell what was measured."""
    pages = await pages_alone(app)
    before = app.megabytes()
    readers = await come(app, sessions)
    held = app.megabytes() - before
    print(f"{sessions} sessions, {held / sessions:.2f} MB each; a change every {think:g} s, for {seconds:g} s; {len(pages)} pages")
    told, used, until = Told(), app.seconds(), time.perf_counter() + seconds
    await asyncio.gather(*(read(one, pages, told, think, until) for one in readers))
    used = app.seconds() - used
    await asyncio.gather(*(one.leave() for one, _ in readers))
    grade = statistics.quantiles(told.seconds, n=100)
    print(f"{len(told.seconds)} answers, {len(told.seconds) / seconds:.1f} a second, {used / len(told.seconds) * 1000:.0f} ms of processor")
    print(f"Half within {grade[49] * 1000:.0f} ms, 95 in 100 within {grade[94] * 1000:.0f} ms, 99 in 100 within {grade[98] * 1000:.0f} ms")
    print(f"{len(told.wrong)} answers were not the page that was asked for. Memory at the end {app.megabytes():.0f} MB")
    return grade[94] <= MOST_SECONDS and not told.wrong


async def pages_alone(app: Served) -> Pages:
    """Every page that can be chosen, as one reader alone gets it; no two are the same."""
    reader = await Reader.come(app.host, PAGE, QUERY)
    boxes = [(await reader.ask()).box(label) for label in FILTERS]
    pages: dict[Choice, str] = {}
    for place in boxes[0].options:
        await reader.choose(boxes[0].id, place)
        for reference in boxes[1].options:
            pages[place, reference] = (await reader.choose(boxes[1].id, reference)).written()
    await reader.leave()
    assert len(set(pages.values())) == len(pages)
    return pages


async def come(app: Served, sessions: int) -> list[tuple[Reader, Answer]]:
    """New sessions, each with its first page, a few at a time."""
    door = asyncio.Semaphore(TOGETHER)

    async def enter() -> tuple[Reader, Answer]:
        async with door:
            reader = await Reader.come(app.host, PAGE, QUERY)
            return reader, await reader.ask()

    return await asyncio.gather(*(enter() for _ in range(sessions)))


async def read(session: tuple[Reader, Answer], pages: Pages, told: Told, think: float, until: float) -> None:
    """Think, change one of the filters, check what came back; again until the time is over."""
    reader, first = session
    boxes = [first.box(label) for label in FILTERS]
    chosen = [box.raw_value for box in boxes]
    chance = random.Random()  # noqa: S311  nothing is kept secret by it
    while (pause := chance.expovariate(1 / think)) < until - time.perf_counter():
        await asyncio.sleep(pause)
        turn = chance.randrange(len(boxes))
        chosen[turn] = chance.choice([one for one in boxes[turn].options if one != chosen[turn]])
        answer = await reader.choose(boxes[turn].id, chosen[turn])
        told.seconds.append(answer.seconds)
        if answer.written() != pages[tuple(chosen)]:
            told.wrong.append(tuple(chosen))


if __name__ == "__main__":
    main()

"""How much fits on a page in large print: which promises share one, and how many lines there are to write on.

Worked out from how long texts are, in millimetres and on the wide side, for the sizes of pack.css. Where a text turns out
longer still, it goes on overleaf: nothing is cut off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from dashboard.pack import wording
from dashboard.pack.content import Promise, Said, Sheet

PAGE = 274.0
LINE, TITLE_LINE, PROMISE_LINE = 7.1, 9.8, 7.8
# Characters of a line: of a page, of half of it, of a title, of a promise.
WIDE, HALF, TITLE, PROMISE = 74, 34, 44, 54
PICTURE = 16.0
# What has the same height always: rules and spaces, headings, tick boxes; with two promises on a page, and with one.
FIXED, FIXED_ROOMY = 47.0, 74.0
WRITING, WRITING_ROOMY = 9.0, 11.0
MOST_LINES, LEAST_LINES = 8, 3


def sheets_of(title: str, promises: Sequence[Promise]) -> list[Sheet]:
    """The pages of a priority: two promises share one where both fit with a line to write on."""
    free = PAGE - _head(title)
    pages = _shared(promises, free)
    if len(pages) > 1:  # each then says which of them it is, which makes its title longer
        free = PAGE - _head(f"{title}. {wording.part(1, len(pages))}")
        pages = _shared(promises, free)
    parts = [wording.part(number, len(pages)) for number in range(1, len(pages) + 1)]
    return [Sheet(title, part, tuple(page), _lines(page, free)) for part, page in zip(parts, pages, strict=True)]


def _shared(promises: Sequence[Promise], free: float) -> list[list[Promise]]:
    pages: list[list[Promise]] = []
    for promise in promises:
        if pages and len(pages[-1]) == 1 and sum(_height(one) + FIXED + WRITING for one in (*pages[-1], promise)) <= free:
            pages[-1].append(promise)
        else:
            pages.append([promise])
    return pages


def _lines(page: Sequence[Promise], free: float) -> int:
    if len(page) == 1:
        return max(LEAST_LINES, min(MOST_LINES, int((free - _height(page[0]) - FIXED_ROOMY) / WRITING_ROOMY)))
    return max(1, int((free / len(page) - sum(_height(one) + FIXED for one in page) / len(page)) / WRITING))


def _head(title: str) -> float:
    """The line of the cover, the title and the letters at the foot."""
    return LINE + TITLE_LINE * _rows(title, TITLE) + 12


def _height(promise: Promise) -> float:
    number = promise.number
    facts = max(_rows(f"Who leads: {promise.lead}", HALF - 2), _rows(f"When: {promise.due}", HALF - 2))
    voices = max(_said(promise.service), sum(_said(one) for one in promise.panel))
    figures = [_rows(f"{one.who}: {one.amount} {one.sure}", HALF) for one in number.groups]
    drawn = any(one.filled is not None for one in number.groups)
    beside = LINE * max(figures, default=0)
    shown = beside + PICTURE * drawn if len(figures) > 1 else max(beside, PICTURE * drawn)
    text = facts + voices + bool(promise.apart) * 1.4 + _rows(f"A number: {number.about}", WIDE) + _rows(number.notes, WIDE)
    return PROMISE_LINE * _rows(f"We promised: {promise.title}", PROMISE) + LINE * text + shown


def _said(said: Said) -> int:
    return _rows(f"{said.letter}    {said.words}", HALF - 6) + _rows(said.more, HALF - 2)


def _rows(text: str, width: int) -> int:
    return math.ceil(len(text) / width)

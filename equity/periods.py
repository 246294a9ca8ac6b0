"""Periods in words and in addresses. A start and an end, both included, are together the period."""

from __future__ import annotations

import calendar
from datetime import date

_SEPARATOR = ".."


def key(start: date, end: date) -> str:
    """A period as it stands in an address: ``2024-04-01..2025-03-31``."""
    return f"{start.isoformat()}{_SEPARATOR}{end.isoformat()}"


def parse(text: str) -> tuple[date, date] | None:
    """The period of a key, None where the text is not one."""
    start, separator, end = text.partition(_SEPARATOR)
    try:
        first, last = date.fromisoformat(start), date.fromisoformat(end)
    except ValueError:
        return None
    return (first, last) if separator and first <= last else None


def label(start: date, end: date) -> str:
    """A period in as few words as it needs: ``2024-25``, ``April 2026``, ``February to April 2026``."""
    if not _whole_months(start, end):
        return day(start) if start == end else f"{day(start)} to {day(end)}"
    if (start.month, end.month, end.year - start.year) == (4, 3, 1):
        return f"{start.year}-{end.year % 100:02d}"
    last = f"{calendar.month_name[end.month]} {end.year}"
    if (start.year, start.month) == (end.year, end.month):
        return last
    first = calendar.month_name[start.month]
    return f"{first} to {last}" if start.year == end.year else f"{first} {start.year} to {last}"


def phrase(start: date, end: date) -> str:
    """A period as a sentence begins with it: ``In 2024-25``, ``From February to April 2026``."""
    words = label(start, end)
    if " to " in words:
        return f"From {words}"
    return f"On {words}" if start == end else f"In {words}"


def day(one: date) -> str:
    """A day as the public sector writes it: ``1 April 2024``."""
    return f"{one.day} {calendar.month_name[one.month]} {one.year}"


def months(start: date, end: date) -> int:
    """How many whole months a period has; 0 where it is not of whole months."""
    return (end.year - start.year) * 12 + end.month - start.month + 1 if _whole_months(start, end) else 0


def _whole_months(start: date, end: date) -> bool:
    return start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]

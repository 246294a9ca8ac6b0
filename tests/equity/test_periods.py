from __future__ import annotations

from datetime import date

import pytest

from equity import periods


@pytest.mark.parametrize(
    ("start", "end", "label", "phrase"),
    [
        (date(2024, 4, 1), date(2025, 3, 31), "2024-25", "In 2024-25"),
        (date(1999, 4, 1), date(2000, 3, 31), "1999-00", "In 1999-00"),
        (date(2026, 4, 1), date(2026, 4, 30), "April 2026", "In April 2026"),
        (date(2024, 2, 1), date(2024, 2, 29), "February 2024", "In February 2024"),
        (date(2026, 2, 1), date(2026, 4, 30), "February to April 2026", "From February to April 2026"),
        (date(2025, 5, 1), date(2026, 4, 30), "May 2025 to April 2026", "From May 2025 to April 2026"),
        (date(2025, 1, 1), date(2025, 12, 31), "January to December 2025", "From January to December 2025"),
        (date(2024, 2, 1), date(2024, 2, 28), "1 February 2024 to 28 February 2024", None),
        (date(2021, 3, 21), date(2021, 3, 21), "21 March 2021", "On 21 March 2021"),
    ],
)
def test_a_period_is_told_in_as_few_words_as_it_needs(start: date, end: date, label: str, phrase: str | None) -> None:
    assert periods.label(start, end) == label
    assert phrase is None or periods.phrase(start, end) == phrase


def test_a_key_reads_back_as_the_same_period() -> None:
    period = (date(2024, 4, 1), date(2025, 3, 31))
    assert periods.key(*period) == "2024-04-01..2025-03-31"
    assert periods.parse(periods.key(*period)) == period


@pytest.mark.parametrize("text", ["", "2024", "2024-04-01", "2024-04-01..", "2025-03-31..2024-04-01", "a..b", "2024-13-01..2025-03-31"])
def test_what_is_no_period_is_none(text: str) -> None:
    assert periods.parse(text) is None

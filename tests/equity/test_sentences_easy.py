"""Figures on paper, in easy words and as people out of ten: a picture only where it is true."""

from __future__ import annotations

from datetime import date

import pytest

from equity.cells import CellState
from equity.comparison import Estimate
from equity.sentences.easy import easy_figure, easy_pair, easy_period, easy_question, easy_topic, easy_unknown, of_ten
from equity.standing import Reading
from equity.wording import ValueType, Wording


def wording(value_type: ValueType = "proportion", multiplier: float = 100, **said: str) -> Wording:
    texts = {"unit": "per cent", "people": "people who finished a course", "did": "moved to recovery", "events": "recoveries"}
    return Wording("Recovery", value_type, multiplier, decimals=0, polarity="higher_is_better", **{**texts, **said})  # pyright: ignore[reportArgumentType]


def reading(value: float | None, state: CellState = CellState.OBSERVED, code: str = "asian", width: float = 6) -> Reading:
    estimate = None if value is None else Estimate(value, value - width, value + width)
    return Reading(code, code.title(), f"people from {code.title()} ethnic groups", state, estimate)


@pytest.mark.parametrize(
    ("value", "filled"),
    [(0, 0), (0.4, None), (4, None), (9.9, None), (10, 1), (14.9, 1), (15, 2), (47, 5), (90, 9), (90.1, None), (97, None), (100, 10)],
)
def test_ten_people_are_drawn_where_they_tell_the_truth(value: float, filled: int | None) -> None:
    assert of_ten(wording(), value) == filled


@pytest.mark.parametrize("value_type", ["rate", "mean", "count"])
def test_only_a_proportion_is_drawn(value_type: ValueType) -> None:
    assert of_ten(wording(value_type), 30) is None


def test_a_figure_says_the_tenths_the_hundredths_and_how_sure_it_is() -> None:
    told = easy_figure(wording(), reading(47))
    assert (told.who, told.amount, told.filled) == ("People from Asian ethnic groups", "about 5 in every 10.", 5)
    assert told.sure == "It is 47 in every 100. It is likely to be 41 to 53."


def test_an_exact_tenth_is_not_about() -> None:
    told = easy_figure(wording(), reading(30, width=0.2))
    assert (told.amount, told.sure) == ("3 in every 10.", "")


def test_what_is_too_small_to_draw_is_words() -> None:
    told = easy_figure(wording(), reading(4, width=2))
    assert (told.amount, told.sure, told.filled) == ("4 in every 100.", "It is likely to be 2 to 6.", None)
    assert easy_figure(wording(), reading(0.3, width=0.1)).amount == "fewer than 1 in every 100."


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (CellState.SUPPRESSED, "This number is hidden to protect people."),
        (CellState.NOT_COLLECTED, "We do not have this number."),
        (CellState.NOT_APPLICABLE, "There is no such number."),
        (CellState.UNRELIABLE, "Too few people to be sure."),
    ],
)
def test_what_is_hidden_or_missing_is_words_and_never_a_picture_of_nobody(state: CellState, words: str) -> None:
    told = easy_figure(wording(), reading(None, state))
    assert (told.amount, told.filled, told.known) == (words, None, False)


def test_a_figure_of_too_few_people_is_neither_drawn_nor_said() -> None:
    told = easy_figure(wording(), reading(63, CellState.UNRELIABLE))
    assert (told.amount, told.filled, told.known) == ("Too few people to be sure.", None, False)


def test_nobody_is_drawn_only_where_it_was_nobody() -> None:
    told = easy_figure(wording(), reading(0, CellState.TRUE_ZERO, width=0))
    assert (told.amount, told.filled) == ("0 in every 10.", 0)


@pytest.mark.parametrize(
    ("mine", "other", "drawn"),
    [
        (39, 54, (4, 5)),  # a gap of 15 is drawn as 10
        (46, 54, (None, None)),  # a gap of 8 would be drawn as none
        (44.9, 45.1, (None, None)),  # hardly a gap would be drawn as 10
        (50.5, 51.7, (5, 5)),
        (4, 12, (None, None)),  # one of them cannot be drawn
        (20, 80, (2, 8)),
    ],
)
def test_two_groups_are_both_drawn_or_neither_and_their_gap_is_true(
    mine: float, other: float, drawn: tuple[int | None, int | None]
) -> None:
    pair = easy_pair(wording(), reading(mine), reading(other, code="white"))
    assert tuple(one.filled for one in pair) == drawn
    assert all(one.known for one in pair)


def test_a_group_that_is_hidden_does_not_hide_the_other() -> None:
    hidden, other = easy_pair(wording(), reading(None, CellState.SUPPRESSED), reading(54, code="white"))
    assert (hidden.known, hidden.filled, other.filled) == (False, None, 5)


def test_rates_and_averages_are_said_with_their_unit() -> None:
    rate = wording("rate", 1000, did="", events="referrals")
    assert easy_figure(rate, reading(31.6, code="all")).amount == "32 for every 1,000 people."
    assert easy_figure(rate, reading(2.2, code="all")).who == "All people"
    average = easy_figure(wording("mean", 1, unit="days"), reading(31))
    assert (average.amount, average.sure) == ("31 days on average.", "It is likely to be 25 to 37.")
    assert easy_figure(wording("mean", 1, unit="days"), reading(31)).filled is None


def test_what_a_number_is_about_is_asked_in_short_sentences() -> None:
    assert easy_question(wording()) == "This is about people who finished a course. How many moved to recovery?"
    assert easy_question(wording("rate")) == easy_topic(wording("rate")) == "This is about recoveries."


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2024, 4, 1), date(2025, 3, 31), "April 2024 to March 2025"),
        (date(2026, 2, 1), date(2026, 4, 30), "February 2026 to April 2026"),
        (date(2026, 2, 1), date(2026, 2, 28), "February 2026"),
        (date(2021, 3, 21), date(2021, 3, 21), "21 March 2021"),
        (date(2021, 3, 21), date(2021, 4, 2), "21 March 2021 to 2 April 2021"),
    ],
)
def test_a_period_needs_no_knowing_of_financial_years(start: date, end: date, words: str) -> None:
    assert easy_period(start, end) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, "We are not told how often the ethnic group is not known."),
        (0, "The ethnic group is known for all of them."),
        (0.2, "The ethnic group is not known for fewer than 1 in every 100 referrals."),
        (8, "The ethnic group is not known for 8 in every 100 referrals."),
    ],
)
def test_how_often_the_group_is_not_known_stands_beside(share: float | None, words: str) -> None:
    assert easy_unknown(share, "referrals") == words

"""A table of words becomes columns of numbers: one number a cell, shorthand kept, nothing empty."""

from __future__ import annotations

import pytest

from dashboard.columns import Column, columns
from dashboard.text import Table


def split(name: str, *texts: str) -> list[Column]:
    """The columns that one column of a table becomes."""
    return columns(Table("Example", ["Ethnic group", name], [[f"Group {turn}", text] for turn, text in enumerate(texts)]))[1:]


def test_a_row_keeps_its_name_whatever_it_looks_like() -> None:
    (names,) = columns(Table("Example", ["Period"], [["2023"], ["2024-25"]]))
    assert names == Column("Period", ("2023", "2024-25"))


def test_percentages_become_numbers_and_the_name_keeps_the_sign() -> None:
    assert split("Recovery", "36%", "42.5%", "1,250%") == [Column("Recovery (%)", (36.0, 42.5, 1250.0), 1)]


def test_an_interval_becomes_its_two_limits() -> None:
    assert split("95% interval", "32 to 41", "-0.5 to 1,200") == [
        Column("Lower limit of 95% interval", (32.0, -0.5), 1),
        Column("Upper limit of 95% interval", (41.0, 1200.0), 0),
    ]


def test_a_value_with_its_interval_becomes_three_numbers() -> None:
    assert split("Difference from White (95% interval)", "-14 (-18 to -9)", "–") == [
        Column("Difference from White", (-14.0, "[x]"), 0),
        Column("Difference from White: lower limit of 95% interval", (-18.0, "[x]"), 0),
        Column("Difference from White: upper limit of 95% interval", (-9.0, "[x]"), 0),
    ]


def test_a_figure_that_is_hidden_is_its_shorthand_never_a_number() -> None:
    assert split("Recovery", "36%", "hidden to protect people [c]", "does not apply [z]") == [
        Column("Recovery (%)", (36.0, "[c]", "[z]"), 0)
    ]


def test_a_figure_of_few_people_stays_a_number_with_its_shorthand_beside() -> None:
    assert split("Asian", "50% (20 to 80) [u]", "45% (44 to 46)", "hidden to protect people [c]") == [
        Column("Asian (%)", (50.0, 45.0, "[c]"), 0),
        Column("Asian: lower limit of 95% interval", (20.0, 44.0, "[c]"), 0),
        Column("Asian: upper limit of 95% interval", (80.0, 46.0, "[c]"), 0),
        Column("Asian: shorthand", ("[u]", "none", "[c]")),
    ]


def test_words_stay_words_and_what_is_no_plain_number_is_kept_as_it_is_written() -> None:
    assert split("Finding", "lower, worse", "no clear difference") == [Column("Finding", ("lower, worse", "no clear difference"))]
    assert split("Unknown", "under 1%", "2%") == [Column("Unknown (%)", ("under 1%", 2.0), 0)]


def test_figures_of_several_units_in_one_column_stay_as_they_are_written() -> None:
    assert split("Asian", "36%", "242.3") == [Column("Asian", ("36%", "242.3"))]


@pytest.mark.parametrize("empty", ["", "–", "-", " "])
def test_no_cell_is_empty_or_a_dash(empty: str) -> None:
    (found,) = split("Words", empty, "said")
    assert found.cells == ("[x]", "said")


def test_columns_of_one_name_are_told_apart() -> None:
    found = columns(Table("Example", ["Trust", "North", "north"], [["Asian", "one", "two"]]))
    assert [column.name for column in found] == ["Trust", "North", "north (2)"]

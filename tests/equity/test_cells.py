from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity import cells
from equity.cells import SYMBOLS, CellState


def read(*texts: str | None) -> pl.DataFrame:
    text = pl.col("text")
    return pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(
        number=cells.number(text), state=cells.state(text), reason=cells.reason(text), decimals=cells.decimals(text)
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("36", 36.0),
        ("36%", 36.0),
        ("47.5", 47.5),
        ("1,318,392", 1318392.0),
        ("5,693.0", 5693.0),
        ("5693", 5693.0),
        ("  75 ", 75.0),
        ("\u00a075\t", 75.0),
        ("+5", 5.0),
        ("-5", -5.0),
        ("0.01", 0.01),
    ],
)
def test_a_figure_is_read_as_it_is_printed(text: str, number: float) -> None:
    assert read(text).row(0, named=True) | {"decimals": 0} == {"number": number, "state": "observed", "reason": None, "decimals": 0}


@pytest.mark.parametrize("text", ["0", "0.0", "0%", "-0", "0.00%"])
def test_a_printed_zero_is_a_true_zero(text: str) -> None:
    assert read(text)["number"][0] == 0
    assert read(text)["state"][0] == CellState.TRUE_ZERO


@pytest.mark.parametrize("text", ["*", " * ", "[c]", "[C]", "!"])
def test_a_suppressed_cell_is_never_zero_and_never_blank(text: str) -> None:
    row = read(text).row(0, named=True)
    assert (row["number"], row["state"]) == (None, CellState.SUPPRESSED)
    assert row["reason"]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("?", CellState.UNRELIABLE),
        ("[u]", CellState.UNRELIABLE),
        ("[low]", CellState.UNRELIABLE),
        ("~0", CellState.UNRELIABLE),
        ("-", CellState.NOT_COLLECTED),
        ("[x]", CellState.NOT_COLLECTED),
        ("", CellState.NOT_COLLECTED),
        ("   ", CellState.NOT_COLLECTED),
        (None, CellState.NOT_COLLECTED),
        ("NULL", CellState.NOT_APPLICABLE),
        ("N/A", CellState.NOT_APPLICABLE),
        ("n/a", CellState.NOT_APPLICABLE),
        ("[z]", CellState.NOT_APPLICABLE),
    ],
)
def test_each_published_symbol_has_its_own_state_and_no_number(text: str | None, state: CellState) -> None:
    row = read(text).row(0, named=True)
    assert (row["number"], row["state"]) == (None, state)
    assert row["reason"]


@pytest.mark.parametrize(
    "text",
    ["1,23", "12,34,567", "1e5", "inf", "nan", "-inf", "5 %", "5%%", ".5", "5.", "0x10", "٣", "**", "NA", "1.2.3", "12345678901234567"],
)
def test_what_is_neither_number_nor_symbol_is_malformed(text: str) -> None:
    assert read(text).row(0) == (None, None, None, read(text)["decimals"][0])


@pytest.mark.parametrize(("text", "digits"), [("36", 0), ("36%", 0), ("47.5", 1), ("47.50%", 2), ("1,234.125", 3), ("*", 0), (None, 0)])
def test_the_digits_after_the_point_are_counted_as_printed(text: str | None, digits: int) -> None:
    assert read(text)["decimals"][0] == digits


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_every_printed_number_reads_back(value: object) -> None:
    printed = [f"{value}", f"{value:,}", f" {value}% "]
    assert read(*printed)["number"].to_list() == [float(str(value))] * 3


@given(st.text())
def test_any_text_has_a_number_or_a_reason_or_no_state_at_all(text: str) -> None:
    row = read(text).row(0, named=True)
    figure, known = row["number"] is not None, row["state"] is not None
    assert known == (figure or row["reason"] is not None)
    assert not (figure and row["reason"] is not None)
    assert not (row["state"] == CellState.SUPPRESSED and figure)


def test_all_six_states_have_words_and_only_plain_numbers_lack_a_shorthand() -> None:
    assert {str(state): (state.words, state.shorthand) for state in CellState} == {
        "observed": ("published", ""),
        "true_zero": ("none", ""),
        "suppressed": ("hidden to protect people", "[c]"),
        "unreliable": ("too few people to be sure", "[u]"),
        "not_collected": ("not collected or not available", "[x]"),
        "not_applicable": ("does not apply", "[z]"),
    }


def test_every_shorthand_that_is_shown_reads_back_as_its_state() -> None:
    for state in CellState:
        assert not state.shorthand or SYMBOLS[state.shorthand][0] is state

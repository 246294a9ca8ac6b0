from __future__ import annotations

import polars as pl
import pytest

from equity import grouping

FRAME = pl.DataFrame({"site": ["b", "a", "b", None], "x": [1, 2, 3, 4]})


def test_a_frame_without_a_column_that_is_needed_is_refused_by_the_columns_name() -> None:
    with pytest.raises(ValueError, match=r"no column 'n', 'band': the frame has 'site', 'x'"):
        grouping.checked(FRAME, ["site"], ["x", "n", "band"], [])


def test_a_grouping_column_that_the_frame_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="no column 'area'"):
        grouping.checked(FRAME.lazy(), ["area"], ["x"], [])


@pytest.mark.parametrize(("by", "made"), [(["x"], []), (["site"], ["site"]), (["site", "site"], [])])
def test_a_grouping_column_is_named_once_and_is_neither_read_nor_made(by: list[str], made: list[str]) -> None:
    with pytest.raises(ValueError, match="read, made or named twice"):
        grouping.checked(FRAME, by, ["x"], made)


def test_a_text_is_no_list_of_columns() -> None:
    with pytest.raises(TypeError, match="give a list of columns"):
        grouping.checked(FRAME, "site", ["x"], [])


def test_groups_come_in_the_order_of_their_first_row_and_none_is_a_group() -> None:
    assert grouping.aggregated(FRAME.lazy(), ["site"], [pl.col("x").sum()]).collect().rows() == [("b", 4), ("a", 2), (None, 4)]
    assert grouping.aggregated(FRAME.lazy(), [], [pl.col("x").sum()]).collect().rows() == [(10,)]


def test_a_lazy_frame_gives_a_lazy_one_and_a_frame_a_frame() -> None:
    assert isinstance(grouping.like(FRAME, FRAME.lazy()), pl.DataFrame)
    assert isinstance(grouping.like(FRAME.lazy(), FRAME.lazy()), pl.LazyFrame)


def test_an_option_that_is_not_offered_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="missing is 'skip': give one of 'refuse', 'zero'"):
        grouping.one_of("missing", "skip", ("refuse", "zero"))

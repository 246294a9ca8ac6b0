from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.quantiles import quantile

PEERS = Path(__file__).parents[2] / "../shared/statistics"


def parts(values: list[float | None], number: int, *, highest_first: bool = True) -> list[int | None]:
    frame = pl.DataFrame({"value": values}, schema={"value": pl.Float64})
    return frame.select(value=quantile(pl.col("value"), number, highest_first=highest_first))["value"].to_list()


@pytest.mark.real
def test_areas_are_in_the_parts_that_phe_quantile_puts_them_in() -> None:
    cases = pl.read_csv(PEERS / "inputs/quantile_cases.csv", infer_schema=False)
    theirs = pl.read_csv(PEERS / "outputs/quantile.csv", infer_schema=False)
    compared = 0
    for case in cases.iter_rows(named=True):
        rows = theirs.filter(pl.col("case_id") == case["case_id"])
        values = [None if one in {None, "", "NA"} else float(one) for one in rows["value"]]
        expected = [None if one in {None, "", "NA"} else int(float(one)) for one in rows["quantile"]]
        assert parts(values, int(case["nquantiles"]), highest_first=case["invert"] == "True") == expected, case["case_id"]
        compared += len(values)
    assert (cases.height, compared) == (10, 254)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=60, unique=True), st.integers(2, 10))
def test_parts_of_different_values_differ_by_one_in_size_and_follow_the_order(values: list[int], number: int) -> None:
    found = parts([float(one) for one in values], number)
    if len(values) < number:
        assert found == [None] * len(values)
        return
    sizes = [found.count(part) for part in range(1, number + 1)]
    assert max(sizes) - min(sizes) <= 1
    by_value = [part for _, part in sorted(zip(values, found, strict=True), reverse=True)]
    assert by_value == sorted(by_value)  # pyright: ignore[reportArgumentType]


def test_each_stratum_is_ranked_by_itself_and_what_is_missing_has_no_part() -> None:
    frame = pl.DataFrame({"area": ["a"] * 3 + ["b"] * 2, "value": [1.0, 2.0, None, 5.0, float("nan")]})
    assert frame.select(value=quantile(pl.col("value"), 2, ["area"]))["value"].to_list() == [2, 1, None, None, None]


def test_one_part_alone_is_none() -> None:
    with pytest.raises(ValueError, match="give 2 or more"):
        quantile(pl.col("value"), 1)

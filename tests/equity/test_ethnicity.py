from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.ethnicity import CountedTwice, GroupLevel, SchemeMismatch, rebuild, require_same_scheme

# A small world: four detailed groups. One publisher puts Chinese people in Asian, one in Other, and a third counts
# everyone but Roma people.
MEMBERSHIP = pl.DataFrame(
    [
        ("census", "asian", "detailed", "indian"),
        ("census", "asian", "detailed", "chinese"),
        ("census", "white", "detailed", "british"),
        ("census", "white", "detailed", "roma"),
        ("nhs", "asian", "detailed", "indian"),
        ("nhs", "other", "detailed", "chinese"),
        ("nhs", "white", "detailed", "british"),
        ("nhs", "white", "detailed", "roma"),
        ("no_roma", "asian", "detailed", "indian"),
        ("no_roma", "asian", "detailed", "chinese"),
        ("no_roma", "white", "detailed", "british"),
        ("nhs", "white", "another_source", "white_people"),
    ],
    schema=["scheme", "code", "member_scheme", "member_code"],
    orient="row",
)


def counts(*rows: tuple[str, str, int | None]) -> pl.DataFrame:
    schema = {"area_code": pl.String, "ethnicity_code": pl.String, "population": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


ENGLAND = (("E", "indian", 100), ("E", "chinese", 20), ("E", "british", 1000), ("E", "roma", 3))


def rebuilt(frame: pl.DataFrame, scheme: str) -> dict[tuple[str, str], int]:
    found = rebuild(frame, MEMBERSHIP, scheme, "detailed")
    assert found.columns == ["area_code", "ethnicity_scheme", "ethnicity_code", "population"]
    assert found["ethnicity_scheme"].unique().to_list() in ([], [scheme])
    return {(area, code): people for area, _, code, people in found.rows()}


def test_the_same_word_counts_different_people_in_different_schemes() -> None:
    assert rebuilt(counts(*ENGLAND), "census") == {("E", "asian"): 120, ("E", "white"): 1003, ("E", "known"): 1123}
    assert rebuilt(counts(*ENGLAND), "nhs") == {("E", "asian"): 100, ("E", "other"): 20, ("E", "white"): 1003, ("E", "known"): 1123}


def test_who_is_in_no_group_of_a_scheme_is_not_in_its_known_total() -> None:
    assert rebuilt(counts(*ENGLAND), "no_roma") == {("E", "asian"): 120, ("E", "white"): 1000, ("E", "known"): 1120}


def test_a_group_with_a_member_missing_is_left_out_and_so_is_the_total() -> None:
    assert rebuilt(counts(*ENGLAND[:3]), "nhs") == {("E", "asian"): 100, ("E", "other"): 20}


def test_a_member_without_a_count_is_missing_and_not_nought() -> None:
    assert rebuilt(counts(*ENGLAND[:3], ("E", "roma", None)), "nhs") == {("E", "asian"): 100, ("E", "other"): 20}


def test_a_true_zero_is_a_count() -> None:
    assert rebuilt(counts(*ENGLAND[:3], ("E", "roma", 0)), "nhs")["E", "white"] == 1000


def test_areas_are_added_up_each_on_its_own() -> None:
    found = rebuilt(counts(*ENGLAND, ("S", "indian", 7), ("S", "chinese", 1)), "census")
    assert found["S", "asian"] == 8
    assert ("S", "known") not in found
    assert found["E", "asian"] == 120


def test_a_group_that_is_counted_twice_is_refused_and_cannot_stand_in_for_a_missing_one() -> None:
    with pytest.raises(CountedTwice, match="group 'british' is counted twice in area 'E'"):
        rebuild(counts(("E", "british", 1000), ("E", "british", 1000)), MEMBERSHIP, "nhs", "detailed")


def test_a_member_listed_twice_is_counted_once() -> None:
    doubled = pl.concat([MEMBERSHIP, MEMBERSHIP])
    assert rebuild(counts(*ENGLAND), doubled, "census", "detailed").equals(rebuild(counts(*ENGLAND), MEMBERSHIP, "census", "detailed"))


def test_a_detailed_group_of_another_scheme_is_not_counted() -> None:
    assert rebuilt(counts(*ENGLAND, ("E", "white_people", 99)), "nhs")["E", "white"] == 1003


def test_a_scheme_that_is_not_known_gives_no_groups() -> None:
    assert rebuilt(counts(*ENGLAND), "martian") == {}


@given(st.lists(st.integers(0, 10**6), min_size=4, max_size=4))
def test_however_people_are_grouped_they_are_as_many(numbers: list[int]) -> None:
    frame = counts(*((area, code, people) for (area, code, _), people in zip(ENGLAND, numbers, strict=True)))
    for scheme in ("census", "nhs"):
        found = rebuilt(frame, scheme)
        known = found.pop(("E", "known"))
        assert known == sum(found.values()) == sum(numbers)


def of_scheme(*schemes: str | None) -> pl.DataFrame:
    return pl.DataFrame({"ethnicity_scheme": schemes}, schema={"ethnicity_scheme": pl.String})


def test_figures_of_one_scheme_may_be_divided_by_their_own() -> None:
    require_same_scheme(of_scheme("nhs", "nhs"), of_scheme("nhs", "census"))
    require_same_scheme(of_scheme(), of_scheme("nhs"))


def test_figures_of_one_scheme_are_never_divided_by_those_of_another() -> None:
    with pytest.raises(SchemeMismatch, match=r"figures of nhs cannot be divided by figures of census: .* Rebuild the denominator"):
        require_same_scheme(of_scheme("nhs", "census"), of_scheme("census"))


@pytest.mark.parametrize("under", [of_scheme("nhs"), of_scheme(None), of_scheme()])
def test_a_figure_without_a_scheme_is_never_divided(under: pl.DataFrame) -> None:
    with pytest.raises(SchemeMismatch, match="figures of no scheme cannot be divided"):
        require_same_scheme(of_scheme(None), under)


def test_levels_are_those_of_the_reference_table() -> None:
    assert [str(level) for level in GroupLevel] == ["detailed", "aggregate", "total", "unknown"]

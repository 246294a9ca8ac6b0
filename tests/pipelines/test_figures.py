"""Cells to figures: numbers, states and bounds; what is refused, what is spoiled by it, and what may be added up."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.assemble import assemble
from pipelines.catalogue import Catalogue, Source, load_catalogue
from pipelines.figures import KEY, NUMBER_RULE, PARTS_RULE, REPEAT_RULE, Figures, add_parts, read_figures, roll_up
from pipelines.reference import load_reference
from pipelines.sources.common import CELL_SCHEMA

SITES = ("RWK79", "RWK53", "RWK4D")


def cell(row: int, value: str, **changed: object) -> dict[str, Any]:
    published = {
        "dataset": "talking_therapies_annual",
        "measure": "count_recovery",
        "period_start": date(2024, 4, 1),
        "period_end": date(2025, 3, 31),
        "org_type": "provider_site",
        "org_code": "RWK79",
        "org_name": "A service",
        "ethnicity_scheme": "upper_nhs_2001",
        "ethnicity_code": "white",
        "value_text": value,
        "rounded": True,
        "publication_status": "final",
        "source": None,
        "licence": None,
        "source_row": row,
        "source_column": "value",
    }
    return published | changed


def figures(*cells: dict[str, Any]) -> Figures:
    return read_figures(pl.DataFrame(cells, schema=CELL_SCHEMA))  # pyright: ignore[reportArgumentType]


def at_sites(*values: str, **changed: object) -> list[dict[str, Any]]:
    return [cell(row, value, org_code=site, **changed) for row, (site, value) in enumerate(zip(SITES, values, strict=True), start=2)]


def trust(found: Figures, **where: object) -> dict[str, Any]:
    frame = found.kept.filter(pl.col("org_type") == "trust")
    for column, value in where.items():
        frame = frame.filter(pl.col(column) == value)
    assert frame.height == 1
    return frame.row(0, named=True)


# ------------------------------------------------------------------------------------------------------------- Reading


def test_a_figure_has_a_number_a_state_and_bounds() -> None:
    kept = figures(cell(2, "160"), cell(3, "*", ethnicity_code="asian"), cell(4, "320", ethnicity_code="black", rounded=False)).kept
    assert kept.select("number", "state", "lower", "upper").rows() == [
        (160, "observed", 158, 162),
        (None, "suppressed", 0, 4),
        (320, "observed", 320, 320),
    ]


@pytest.mark.parametrize("value", ["x", "-1", "-0", "- 0.5", "4O", "1e3", "1.2.3", "inf"])
def test_a_malformed_cell_is_refused_by_its_row_and_spoils_its_key(value: str) -> None:
    found = figures(cell(2, "160"), cell(3, value, ethnicity_code="black"))
    assert found.refused.rows() == [(3, "value", value, NUMBER_RULE)]
    assert found.kept["ethnicity_code"].to_list() == ["white"]
    assert found.spoiled.select("ethnicity_code", "measure").rows() == [("black", "count_recovery")]


def test_a_malformed_cell_takes_the_rest_of_its_row_with_it() -> None:
    found = figures(cell(2, "160"), cell(2, "x", measure="percentage_recovery"), cell(3, "5", ethnicity_code="black"))
    assert found.kept["source_row"].to_list() == [3]
    assert found.refused.height == 1
    assert sorted(found.spoiled["measure"].to_list()) == ["count_recovery", "percentage_recovery"]


def test_two_rows_that_differ_are_both_refused_and_neither_is_chosen() -> None:
    found = figures(cell(2, "160"), cell(3, "165"), cell(4, "20", ethnicity_code="black"))
    assert found.refused.rows() == [(2, "value", "160", REPEAT_RULE), (3, "value", "165", REPEAT_RULE)]
    assert found.kept["source_row"].to_list() == [4]


@pytest.mark.parametrize(("one", "other"), [("*", "5"), ("0", "*"), ("N/A", "*"), ("*", "x")])
def test_a_star_and_a_figure_differ(one: str, other: str) -> None:
    found = figures(cell(2, one), cell(3, other))
    assert found.kept.is_empty()
    assert set(found.refused["source_row"]) == {2, 3}


@pytest.mark.parametrize(("one", "other"), [("160", "160"), ("160", "160.0"), ("1,600", "1600"), ("*", " * ")])
def test_two_rows_that_say_the_same_are_kept_once(one: str, other: str) -> None:
    found = figures(cell(2, one), cell(3, other))
    assert found.refused.is_empty()
    assert found.kept["source_row"].to_list() == [2]


@given(st.lists(st.tuples(st.sampled_from(["white", "black", "asian"]), st.sampled_from(["5", "10", "*", "x", "-2", "10.0"])), max_size=12))
@settings(deadline=None, max_examples=80)
def test_each_key_stands_once_and_every_row_is_kept_refused_or_a_repeat(rows: list[tuple[str, str]]) -> None:
    found = figures(*[cell(row, value, ethnicity_code=code) for row, (code, value) in enumerate(rows, start=2)])
    meaning = {"5": 5, "10": 10, "10.0": 10, "*": "*"}
    said: dict[str, set[object]] = {}
    for code, value in rows:
        said.setdefault(code, set()).add(meaning.get(value, "malformed"))
    sound = {code for code, values in said.items() if len(values) == 1 and values != {"malformed"}}
    assert sorted(found.kept["ethnicity_code"].to_list()) == sorted(sound)
    assert not found.kept.select(KEY).is_duplicated().any()
    assert set(found.refused["source_row"]) == {row for row, (code, _) in enumerate(rows, start=2) if code not in sound}


# ---------------------------------------------------------------------------------------------------------- Rolling up


def test_a_trust_that_publishes_by_site_only_is_the_sum_of_its_sites() -> None:
    found = trust(roll_up(figures(*at_sites("160", "20", "5"))))
    assert (found["org_code"], found["number"], found["lower"], found["upper"]) == ("RWK", 185, 158 + 18 + 5, 162 + 22 + 7)
    assert (found["state"], found["reason"], found["rolled_up"], found["source_row"]) == ("observed", None, True, None)


def test_a_site_that_hides_its_count_hides_the_trusts_and_leaves_its_bounds() -> None:
    found = trust(roll_up(figures(*at_sites("160", "*", "20"))))
    assert (found["number"], found["lower"], found["upper"], found["state"]) == (None, 176, 188, "suppressed")
    assert found["reason"] == "suppressed by the publisher for at least one of the trust's sites"


@pytest.mark.parametrize("missing", ["N/A", "-", "", "?"])
def test_a_site_without_a_count_leaves_the_trust_without_one(missing: str) -> None:
    found = trust(roll_up(figures(*at_sites("160", missing, "20"))))
    assert (found["number"], found["lower"], found["upper"], found["state"]) == (None, None, None, "not_collected")
    assert found["reason"] == "not published for at least one of the trust's sites"


def test_a_site_that_lacks_a_group_leaves_the_trust_without_a_count_of_it() -> None:
    whole, part = at_sites("160", "30", "20"), at_sites("10", "10", "10", ethnicity_code="black")[:2]
    rolled = roll_up(figures(*whole, *[one | {"source_row": one["source_row"] + 10} for one in part]))
    assert trust(rolled, ethnicity_code="white")["number"] == 210
    assert trust(rolled, ethnicity_code="black")["state"] == "not_collected"


def test_a_site_whose_count_is_refused_spoils_the_trusts() -> None:
    found = roll_up(figures(*at_sites("160", "3O", "20")))
    assert sorted(found.spoiled["org_code"].to_list()) == ["RWK", "RWK53"]
    assert sorted(found.kept["org_code"].to_list()) == ["RWK4D", "RWK79"]


def test_percentages_and_means_of_sites_are_never_added_or_averaged() -> None:
    percentages = at_sites("51", "43", "55", measure="percentage_recovery")
    assert set(roll_up(figures(*percentages)).kept["org_type"]) == {"provider_site"}
    template = at_sites("51", "43", "55", measure="tt_recovery:value")
    assert set(roll_up(figures(*template)).kept["org_type"]) == {"provider_site"}


def test_a_trusts_own_row_wins_for_all_of_its_groups() -> None:
    own = cell(9, "200", org_type="trust", org_code="RWK")
    sites = [one | {"source_row": one["source_row"] + 10} for one in at_sites("10", "10", "10", ethnicity_code="black")]
    found = roll_up(figures(*at_sites("160", "20", "5"), *sites, own)).kept.filter(pl.col("org_type") == "trust")
    assert found.select("ethnicity_code", "number", "rolled_up").rows() == [("white", 200, False)]


def test_a_trusts_own_row_of_one_indicator_does_not_stand_for_another() -> None:
    own = cell(9, "200", org_type="trust", org_code="RWK", measure="tt_recovery:numerator")
    sites = at_sites("160", "20", "5", measure="tt_reliable_recovery:numerator")
    found = roll_up(figures(*sites, own)).kept.filter(pl.col("org_type") == "trust")
    assert sorted(found.select("measure", "number").rows()) == [("tt_recovery:numerator", 200), ("tt_reliable_recovery:numerator", 185)]


def test_years_and_statuses_are_rolled_up_each_for_itself() -> None:
    before = [
        one | {"source_row": one["source_row"] + 10, "period_start": date(2023, 4, 1), "period_end": date(2024, 3, 31)}
        for one in at_sites("10", "10", "10")[:2]
    ]
    rolled = roll_up(figures(*at_sites("160", "20", "5"), *before))
    assert trust(rolled, period_start=date(2024, 4, 1))["number"] == 185
    assert trust(rolled, period_start=date(2023, 4, 1))["number"] == 20


@given(st.lists(st.integers(0, 400), min_size=1, max_size=6), st.booleans())
@settings(deadline=None, max_examples=60)
def test_the_true_sum_of_rounded_and_starred_sites_is_within_the_trusts_bounds(true: list[int], rounded: bool) -> None:
    printed = [("*" if count < 5 else str(5 * ((count + 2) // 5))) if rounded else str(count) for count in true]
    cells = [cell(row, value, org_code=f"RWK{row:02d}", rounded=rounded) for row, value in enumerate(printed, start=2)]
    found = trust(roll_up(figures(*cells)))
    assert found["lower"] <= sum(true) <= found["upper"]
    assert (found["number"] is None) == ("*" in printed)


# -------------------------------------------------------------------------------------------------------------- Parts


def parts(*values: str, needed: int = 4, **changed: object) -> list[dict[str, Any]]:
    return [
        cell(row, value, **{"measure": f"population#{needed}#{row}", "rounded": False, "org_type": "england", **changed})
        for row, value in enumerate(values, start=2)
    ]


def test_parts_are_added_up_to_their_whole() -> None:
    found = add_parts(figures(*parts("1", "20", "0", "300")))
    assert found.kept.select("measure", "number", "state", "lower", "upper").rows() == [("population", 321, "observed", 321, 321)]
    assert found.refused.is_empty()


@pytest.mark.parametrize("values", [("1", "20", "300"), ("1", "20", "300", "*"), ("1", "20", "300", "N/A"), ("1", "2", "3", "4", "5")])
def test_a_whole_with_a_part_missing_hidden_or_too_many_is_refused(values: tuple[str, ...]) -> None:
    found = add_parts(figures(*parts(*values)))
    assert found.kept.is_empty()
    assert set(found.refused["rule"]) == {PARTS_RULE}
    assert found.refused.height == len(values)
    assert found.spoiled["measure"].to_list() == ["population"]


def test_a_malformed_part_spoils_its_whole_and_no_other() -> None:
    other = [one | {"source_row": one["source_row"] + 10} for one in parts("1", "1", "1", "1", ethnicity_code="black")]
    found = add_parts(figures(*parts("1", "2x", "0", "300"), *other))
    assert found.kept.select("ethnicity_code", "number").rows() == [("black", 4)]
    assert found.spoiled.select("ethnicity_code", "measure").rows() == [("white", "population")]
    assert sorted(found.refused["source_row"].to_list()) == [2, 3, 4, 5]


def test_figures_without_parts_are_left_as_they_are() -> None:
    found = figures(cell(2, "160"))
    assert add_parts(found) is found


def test_a_count_that_is_a_sum_of_sites_is_not_said_to_be_published() -> None:
    finished = load_catalogue().indicators["tt_finished_course"]
    count = Source(dataset="talking_therapies_annual", value="count_recovery", numerator=["count_recovery"])
    catalogue = Catalogue({"recoveries": finished.model_copy(update={"value_type": "count", "sources": [count]})}, "example")
    found = assemble(roll_up(figures(*at_sites("160", "20", "5"))), "talking_therapies_annual", catalogue, load_reference()).observations
    bases = dict(found.select("org_code", "value_basis").rows())
    assert bases == {"RWK79": "published", "RWK53": "published", "RWK4D": "published", "RWK": "rolled_up"}

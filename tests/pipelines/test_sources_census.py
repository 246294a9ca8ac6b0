"""Census 2021 in each layout that the ONS and Nomis give it, and what its counts are added up to."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from pipelines.figures import PARTS_RULE
from pipelines.reference import load_reference
from pipelines.sources.census import AREA_RULE, GROUP_RULE, LAYOUTS
from tests.pipelines.published import Row, census, counted, extract, only, refusals

LABELS = {group.code: group.label for group in load_reference().schemes["census_19"].groups if group.level == "detailed"}
PEOPLE = {code: 100 * int(code) for code in LABELS}
UPPER = {"asian": "1 2 3 4 5", "black": "6 7 8", "mixed": "9 10 11 12", "white": "13 14 15 16 17", "other": "18 19"}


def tidied(area: str = "E08000019", name: str = "Sheffield", people: dict[str, int] = PEOPLE) -> list[Row]:
    """An area in the tidied layout, with its percentages."""
    place = {"ltla21_code": area, "ltla21_name": name}
    numbers = [census(**place, ethnic_group=f"{LABELS[code]} (number)", value=f"{count}.0") for code, count in people.items()]
    return numbers + [census(**place, ethnic_group=f"{LABELS[code]}  (percent)", value="1.5") for code in people]


def ons(area: str = "E08000019", name: str = "Sheffield", heading: str = "Lower tier local authorities") -> list[Row]:
    """An area in an ONS custom table."""
    group = "Ethnic group (20 categories)"
    labels = {"-8": "Does not apply", **LABELS}
    return [
        {f"{heading} Code": area, heading: name, f"{group} Code": code, group: label, "Observation": str(PEOPLE.get(code, 0))}
        for code, label in labels.items()
    ]


def by_sex_and_age(area: str = "E08000019") -> list[Row]:
    """The same by sex and age: a tenth of each group in each of ten cells."""
    rows: list[Row] = []
    for row, sex, age in product(ons(area), ("1", "2"), ("1", "2", "3", "4", "5")):
        count, last = row["Observation"], row
        division = {"Age (5 categories) Code": age, "Age (5 categories)": f"Age {age}", "Sex (2 categories) Code": sex}
        rows.append({**last, **division, "Sex (2 categories)": {"1": "Female", "2": "Male"}[sex], "Observation": str(int(count) // 10)})
    return rows


def nomis(area: str = "E08000019", end: str = "") -> list[Row]:
    """An area in a wide row, the high-level groups beside the detailed ones."""
    row = {"date": "2021", "geography": "Sheffield", "geography code": area}
    row[f"Ethnic group: Total: All usual residents{end}"] = str(sum(PEOPLE.values()))
    for codes in UPPER.values():
        heading = LABELS[codes.split()[0]].split(":")[0]
        row[f"Ethnic group: {heading}{end}"] = str(sum(PEOPLE[code] for code in codes.split()))
        row |= {f"Ethnic group: {LABELS[code]}{end}": str(PEOPLE[code]) for code in codes.split()}
    return [row]


EVERY = {
    "tidied": tidied(),
    "ONS custom table": ons(),
    "ONS custom table, older headings": ons(heading="Lower Tier Local Authorities"),
    "ONS custom table by sex and age": by_sex_and_age(),
    "Nomis": nomis(),
    "Nomis with measures": nomis(end="; measures: Value"),
}


@pytest.mark.parametrize("layout", EVERY)
def test_every_layout_gives_the_19_groups_of_an_area(layout: str, tmp_path: Path) -> None:
    found = extract(tmp_path, *EVERY[layout])
    assert found.refused.is_empty()
    for code, people in PEOPLE.items():
        one = only(found, org_code="E08000019", ethnicity_scheme="census_19", ethnicity_code=code)
        assert (one["value"], one["indicator_id"], one["cell_state"]) == (people, "population", "observed")
        assert (one["org_type"], one["org_name"]) == ("local_authority", "Sheffield")
        assert (one["period_start"].isoformat(), one["period_end"].isoformat()) == ("2021-03-21", "2021-03-21")
    assert counted(found)


@pytest.mark.parametrize("layout", EVERY)
def test_groups_are_added_up_to_the_high_level_groups_and_to_everyone(layout: str, tmp_path: Path) -> None:
    found = extract(tmp_path, *EVERY[layout])
    for code, members in UPPER.items():
        one = only(found, ethnicity_scheme="upper_census", ethnicity_code=code)
        assert (one["value"], one["value_basis"]) == (sum(PEOPLE[member] for member in members.split()), "rolled_up")
    for scheme in ("census_19", "upper_census"):
        assert only(found, ethnicity_scheme=scheme, ethnicity_code="all")["value"] == sum(PEOPLE.values()) == 19_000


def test_a_layout_is_known_whatever_the_case_of_its_headers(tmp_path: Path) -> None:
    rows = [{name.upper(): value for name, value in row.items()} for row in ons()]
    assert only(extract(tmp_path, *rows), ethnicity_code="14")["value"] == 1400


def test_an_icb_is_the_sum_of_its_local_authorities_if_all_of_them_are_there(tmp_path: Path) -> None:
    councils = ("E08000016", "E08000017", "E08000018", "E08000019")
    rows = [row for area in councils for row in tidied(area, "somewhere")]
    found = extract(tmp_path, *rows)
    black = only(found, org_code="QF7", ethnicity_scheme="upper_census", ethnicity_code="black")
    assert (black["value"], black["org_type"], black["org_name"]) == (4 * 2100, "icb", "NHS South Yorkshire Integrated Care Board")
    assert only(found, org_code="QF7", ethnicity_scheme="census_19", ethnicity_code="14")["value"] == 4 * 1400
    missing = extract(tmp_path, *[row for area in councils[:3] for row in tidied(area, "somewhere")])
    assert set(missing.observations["org_type"]) == {"local_authority"}


def test_an_icb_lacks_the_group_that_one_of_its_local_authorities_lacks(tmp_path: Path) -> None:
    rows = [row for area in ("E08000016", "E08000017", "E08000018") for row in tidied(area)]
    found = extract(tmp_path, *rows, *tidied(people={code: count for code, count in PEOPLE.items() if code != "14"}))
    board = found.observations.filter(found.observations["org_code"] == "QF7")
    codes = set(board.filter(board["ethnicity_scheme"] == "census_19")["ethnicity_code"])
    assert codes == set(LABELS) - {"14"}
    assert set(board.filter(board["ethnicity_scheme"] == "upper_census")["ethnicity_code"]) == {"asian", "black", "mixed", "other"}


def test_england_is_never_a_sum_of_local_authorities(tmp_path: Path) -> None:
    found = extract(tmp_path, *tidied(), *tidied("E08000016"))
    assert "england" not in set(found.observations["org_type"])
    assert only(extract(tmp_path, *tidied("E92000001", "England")), ethnicity_code="14")["org_type"] == "england"


def test_the_new_code_of_sheffield_is_sheffield(tmp_path: Path) -> None:
    found = extract(tmp_path, *tidied("E08000039"))
    assert set(found.observations["org_code"]) == {"E08000019"}


@pytest.mark.parametrize(
    ("area", "reason"),
    [
        ("W06000015", "outside England"),
        ("N09000003", "outside England"),
        ("S12000033", "outside England"),
        ("K04000001", "outside England"),
        ("E12000003", "another kind of area than England and local authorities"),
        ("E01000001", "another kind of area than England and local authorities"),
    ],
)
def test_other_areas_are_passed_over(area: str, reason: str, tmp_path: Path) -> None:
    found = extract(tmp_path, *tidied(), *tidied(area))
    assert found.refused.is_empty()
    assert found.report.rows_passed_over == {reason: 38, "a percentage beside its count": 19}
    assert set(found.observations["org_code"]) == {"E08000019"}
    assert counted(found)


def test_what_is_no_area_no_group_or_no_count_is_refused_with_its_rule(tmp_path: Path) -> None:
    wrong = [
        census(ltla21_code="Sheffield"),
        census(ethnic_group="White: Martian (number)"),
        census(ethnic_group="White: Roma (number)", value="about 900"),
    ]
    found = extract(tmp_path, census(), *wrong)
    number = "must be a number of 0 or more, or one of * ! ? - N/A NULL ~0 [c] [u] [x] [z] [low]"
    assert refusals(found) == [
        (3, "area code", "Sheffield", AREA_RULE),
        (4, "ethnic group", "White: Martian (number)", GROUP_RULE),
        (5, "value", "about 900", number),
    ]
    assert counted(found)


def test_a_code_that_is_not_that_of_the_named_group_is_refused(tmp_path: Path) -> None:
    rows = ons()
    rows[1] = rows[1] | {"Ethnic group (20 categories) Code": "2"}
    found = extract(tmp_path, *rows)
    assert refusals(found) == [(3, "ethnic group code", "2", "must be the code of the group that the row names")]


def test_a_group_without_one_of_its_ages_is_refused_and_not_counted_too_low(tmp_path: Path) -> None:
    rows = by_sex_and_age()
    gone = next(place for place, row in enumerate(rows) if row["Ethnic group (20 categories) Code"] == "14")
    found = extract(tmp_path, *rows[:gone], *rows[gone + 1 :])
    assert {refusal[3] for refusal in refusals(found)} == {PARTS_RULE}
    assert found.report.rows_refused == 9
    detailed = found.observations.filter(found.observations["ethnicity_scheme"] == "census_19")
    assert set(detailed["ethnicity_code"]) == set(LABELS) - {"14"}
    assert "white" not in set(found.observations["ethnicity_code"])
    assert counted(found)


def test_a_malformed_age_spoils_its_group_only(tmp_path: Path) -> None:
    rows = by_sex_and_age()
    place = next(place for place, row in enumerate(rows) if row["Ethnic group (20 categories) Code"] == "14")
    rows[place] = rows[place] | {"Observation": "n.a"}
    found = extract(tmp_path, *rows)
    assert found.report.rows_refused == 10
    assert sorted({refusal[2] for refusal in refusals(found)}) == ["140", "n.a"]
    assert "14" not in set(found.observations["ethnicity_code"])
    assert only(found, ethnicity_scheme="census_19", ethnicity_code="13")["value"] == 1300


def test_a_wide_row_whose_groups_are_not_its_total_is_refused(tmp_path: Path) -> None:
    row = nomis()[0]
    total = "Ethnic group: Total: All usual residents"
    found = extract(tmp_path, row, row | {"geography code": "E08000016", total: "19001"})
    assert refusals(found) == [(3, total.lower(), "19001", "must be the sum of the 19 groups")]
    assert set(found.observations["org_code"]) == {"E08000019"}


def test_nobody_of_a_group_is_a_true_zero(tmp_path: Path) -> None:
    found = only(extract(tmp_path, *tidied(people=PEOPLE | {"16": 0})), ethnicity_scheme="census_19", ethnicity_code="16")
    assert (found["value"], found["cell_state"], found["state_reason"]) == (0, "true_zero", None)


def test_each_layout_is_told_from_the_others_by_its_headers() -> None:
    for one, other in product(LAYOUTS, LAYOUTS):
        assert one is other or not (one.required <= other.required | other.optional and not other.missing(one.required))

"""A layout is recognised by its set of headers; any other set is refused with the nearest layout and the difference."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import ExtractRefused
from pipelines.layouts import Layout, header_key, recognise
from pipelines.sources import READERS, layouts, mhsds_monthly, template
from pipelines.tables import open_tables
from tests.pipelines.files import HEADER, extract
from tests.pipelines.files import template as template_csv

EXTRACTS = Path(__file__).parents[2] / "../shared/extracts"
WIDE = "NHS Talking Therapies annual report, wide layout of"
PUBLISHED = {
    "census/census_2021_ethnic_group_by_local_authority.csv": "Census 2021 by ethnic group and local authority",
    "census/census_2021_rm032_england_ethnic_group_sex_age.csv": "Census 2021 by ethnic group, sex and age (RM032)",
    "mha/mha_annual_2023_24_ethnicity_rows.csv": "Mental Health Act Statistics, Annual Figures",
    "mhsds/MHSDS Data_4WW_AugPerf_2024.csv": mhsds_monthly.LAYOUT.title,
    "mhsds/RDY_only__MHSDS Data_AprPerf_2026.csv": mhsds_monthly.LAYOUT.title,
    "mhsds/RDY_only__MHSDS Data_NovPerf_2025.csv": mhsds_monthly.LAYOUT.title,
    "mhsds/RDY_only__MHSDS Data_OAPs_acute_AprPerf_2026.csv": mhsds_monthly.LAYOUT.title,
    "mhsds/RDY_only__mhsds_data_quality_apr_2026.csv": "MHSDS data quality",
    "talking_therapies/RDY_only__nhstalkingtherapies_month_apr_2026_activity_performance.csv": "NHS Talking Therapies monthly activity",
    "talking_therapies/talking_therapies_annual_study_areas_tidy.csv": "NHS Talking Therapies annual report, tidy layout",
    "talking_therapies/nhstt_raw_header_fixture_2017-18.csv": f"{WIDE} 2017-18",
    "talking_therapies/nhstt_raw_header_fixture_2020-21.csv": f"{WIDE} 2020-21",
    "talking_therapies/nhstt_raw_header_fixture_2022-23.csv": f"{WIDE} 2022-23",
    "talking_therapies/nhstt_raw_header_fixture_2024-25.csv": f"{WIDE} 2024-25",
}
TEMPLATE = tuple(HEADER.split(","))
LAYOUTS = layouts()
LAYOUT_IDS = [layout.title for layout in LAYOUTS]


def header_of(name: str, folder: Path) -> tuple[str, ...]:
    [table] = open_tables(EXTRACTS / name, folder)
    return table.header


def refusal(header: tuple[str, ...] | list[str]) -> str:
    with pytest.raises(ExtractRefused) as refused:
        recognise(header, LAYOUTS, "upload.csv")
    [reason] = refused.value.reasons
    assert "\n" not in reason
    return reason


# --------------------------------------------------------------------------------------------------------- Recognised


@pytest.mark.real
@pytest.mark.parametrize(("name", "title"), PUBLISHED.items())
def test_every_published_file_is_recognised(name: str, title: str, tmp_path: Path) -> None:
    assert recognise(header_of(name, tmp_path), LAYOUTS, name).title.startswith(title)


@pytest.mark.real
@pytest.mark.parametrize("name", ["eff/classification_lookup.csv", "reference/study_areas.csv", "reference/nhse_ethnicity_desc.csv"])
def test_what_publishes_no_figures_is_not_a_layout(name: str, tmp_path: Path) -> None:
    assert "is not a layout that is known here" in refusal(header_of(name, tmp_path))


@pytest.mark.real
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_file_with_one_header_renamed_is_refused_with_its_own_layout_as_the_nearest(name: str, tmp_path: Path) -> None:
    header = header_of(name, tmp_path)
    own = recognise(header, LAYOUTS, name)
    for place, old in enumerate(header):
        renamed = [*header[:place], "a new name", *header[place + 1 :]]
        reason = refusal(renamed)
        assert f"The nearest is {own.title}. It lacks: {header_key(old)}. It has too many: a new name." in reason


@pytest.mark.parametrize("layout", LAYOUTS, ids=LAYOUT_IDS)
def test_a_layout_has_a_reader_and_recognises_its_own_headers(layout: Layout) -> None:
    assert layout.dataset in READERS
    assert recognise(layout.required, LAYOUTS, "x") == layout
    assert recognise(layout.required | layout.optional, LAYOUTS, "x") == layout


@pytest.mark.parametrize("layout", LAYOUTS, ids=LAYOUT_IDS)
@given(seed=st.integers(0, 2**32))
def test_case_order_spaces_and_marks_do_not_matter(layout: Layout, seed: int) -> None:
    dice = random.Random(seed)
    headers = sorted(layout.required)
    dice.shuffle(headers)
    spaces = (" ", "  ", "\u00a0", " \t")
    disguised = [
        "".join(character.upper() if dice.random() < 0.5 else character for character in header).replace(" ", dice.choice(spaces))
        for header in headers
    ]
    disguised = [f"{dice.choice(('', *spaces))}{header}{dice.choice(('', *spaces))}" for header in disguised]
    assert recognise([f"\ufeff{disguised[0]}", *disguised[1:]], LAYOUTS, "x") == layout


def test_a_layout_that_says_more_wins_over_one_that_is_content_with_anything() -> None:
    narrow = Layout("narrow", "Narrow", frozenset({"a", "b", "c"}))
    wide = Layout("wide", "Wide", frozenset({"a", "b"}), open_ended=True)
    assert recognise(["a", "b", "c"], [wide, narrow], "x") == narrow
    assert recognise(["a", "b", "d"], [wide, narrow], "x") == wide


# ------------------------------------------------------------------------------------------------------------ Refused


@pytest.mark.parametrize("missing", sorted(template.REQUIRED))
def test_a_missing_header_is_named(missing: str) -> None:
    reason = refusal([name for name in TEMPLATE if name != missing])
    assert f"The nearest is {template.LAYOUT.title}. It lacks: {missing}. Rename, add or take away" in reason


def test_an_extra_header_is_named() -> None:
    assert f"The nearest is {template.LAYOUT.title}. It has too many: remarks." in refusal([*TEMPLATE, "Remarks"])


def test_an_underscore_is_not_a_space() -> None:
    reason = refusal([name.replace("org_code", "org code") for name in TEMPLATE])
    assert "It lacks: org_code. It has too many: org code." in reason


def test_a_column_without_a_name_is_called_so() -> None:
    assert "It has too many: a column without a name." in refusal([*TEMPLATE, ""])


@pytest.mark.parametrize(("again", "shown"), [("value", "value"), ("VALUE ", "value"), ("\ufeffValue", "value")])
def test_a_header_that_stands_twice_is_refused(again: str, shown: str) -> None:
    assert f"the header names a column twice: {shown}." in refusal([*TEMPLATE, again])


def test_headers_that_differ_in_spaces_only_are_the_same_header_twice() -> None:
    # Both become one name when the rows are read, so that one of the columns would be lost.
    known = [Layout("a", "A", frozenset({"total count"}))]
    with pytest.raises(ExtractRefused, match="names a column twice: total count"):
        recognise(["Total count", "total\u00a0 count"], known, "x")


def test_a_column_named_like_the_row_number_is_refused() -> None:
    header = ["measure", "ethnicity", "ethnicity_type", "value", "Source_Row"]
    assert "'source_row' cannot be the name of a column" in refusal(header)


def test_a_table_that_is_like_nothing_is_told_what_is_known() -> None:
    reason = refusal(["colour", "size"])
    assert "Its first row, which must name the columns, is: colour, size." in reason
    assert "The nearest" not in reason
    assert all(layout.title in reason for layout in LAYOUTS)


@pytest.mark.parametrize(("separator", "words"), [(";", "semicolons"), ("\t", "tabs"), ("|", "upright bars")])
def test_another_separator_is_named(separator: str, words: str, tmp_path: Path) -> None:
    report = extract(tmp_path, "other.csv", template_csv().replace(",", separator)).report
    [reason] = report.errors
    assert f"its columns are separated by {words}, and only commas are read. Save it as CSV with commas." in reason


def test_of_many_headers_too_many_the_first_are_named_and_the_rest_counted() -> None:
    reason = refusal([*TEMPLATE, *[f"extra {number:02}" for number in range(20)]])
    assert f"The nearest is {template.LAYOUT.title}. It has too many: extra 00, extra 01, " in reason
    assert "extra 11 and 8 more. Rename" in reason


@pytest.mark.parametrize("header", [["x" * 100_000], [f"column {number}" for number in range(100_000)]], ids=["long", "many"])
def test_very_long_headers_do_not_make_a_long_message(header: list[str]) -> None:
    assert len(refusal(header)) < 2_000


def test_control_characters_of_a_header_do_not_reach_the_message() -> None:
    assert "\x1b" not in refusal([*TEMPLATE, "\x1b[31mred\x07"])


def test_a_table_without_any_header_is_no_table() -> None:
    assert refusal([]) == "upload.csv is no table and was passed over."

"""One file from its bytes to its report: every row counted, several tables in one file, versions, the hash."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.pipelines.published import (
    Row,
    counted,
    course,
    extract,
    mha,
    mhsds,
    monthly,
    only,
    quality,
    read,
    refusals,
    template,
    text,
    tidy,
)


def archive(folder: Path, members: dict[str, list[Row]], name: str = "files.zip") -> Path:
    with zipfile.ZipFile(folder / name, "w") as packed:
        for member, rows in members.items():
            packed.writestr(member, text(rows))
    return folder / name


def test_a_report_names_the_file_its_bytes_and_its_hash(tmp_path: Path) -> None:
    found = extract(tmp_path, template(), name="mine.csv")
    content = (tmp_path / "mine.csv").read_bytes()
    assert (found.report.file, found.report.bytes, found.report.sha256) == ("mine.csv", len(content), hashlib.sha256(content).hexdigest())
    assert set(found.observations["extract_sha256"]) == {found.report.sha256}
    assert found.report.clean


def test_a_file_that_is_refused_whole_has_its_hash_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "strange.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    found = read(path, tmp_path)
    assert found.report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (found.observations.height, found.report.loadable, len(found.report.errors)) == (0, False, 1)


MIXED: dict[str, list[Row]] = {
    "mhsds": [mhsds(), mhsds(), mhsds(SECONDARY_LEVEL="Q"), mhsds(MEASURE_ID="X"), mhsds(BREAKDOWN="STP; Ethnicity", PRIMARY_LEVEL="QWU")],
    "mha": [mha(), mha(), mha(Year="?"), mha(Measure="Other"), mha(OrganisationBreakdown="ICB", OrgID="QWU", Measure="Uses of CTOs")],
    "tidy": [*course(), tidy(), tidy(variable_a="?"), tidy(measure_name="x"), tidy(org_type="Commissioning Region", org_code="Y60")],
    "monthly": [monthly(), monthly(), monthly(REPORTING_PERIOD_END="?"), monthly(MEASURE_NAME="X"), monthly(GROUP_TYPE="Region")],
    "quality": [quality(), quality(), quality(Status="?"), quality(DQ_Measure="X"), quality(Provider_Code="RWK79")],
    "template": [template(), template(), template(ethnicity="?"), template(indicator_id="x")],
}


@pytest.mark.parametrize("layout", MIXED)
def test_every_row_of_every_layout_is_kept_refused_or_passed_over(layout: str, tmp_path: Path) -> None:
    found = extract(tmp_path, *MIXED[layout])
    assert counted(found)
    assert found.report.rows_in == len(MIXED[layout])
    assert found.report.rows_passed_over["repeats an earlier row"] == 1
    assert found.report.rows_refused == found.refused["source_row"].n_unique() > 0
    assert found.report.rows_kept == (4 if layout == "tidy" else 1)


def test_the_rows_of_several_tables_are_counted_together_and_refused_by_table(tmp_path: Path) -> None:
    members = {"april.csv": [mhsds(), mhsds(SECONDARY_LEVEL="Q")], "year.csv": [mha(), mha(Year="?")], "notes.csv": [{"a": "1", "b": "2"}]}
    found = read(archive(tmp_path, members), tmp_path)
    assert counted(found)
    assert (found.report.rows_in, found.report.rows_kept, found.report.rows_refused) == (4, 2, 2)
    assert [(one["table"], one["source_row"], one["column"]) for one in found.report.refusals] == [
        ("april.csv", 3, "secondary_level"),
        ("year.csv", 3, "year"),
    ]
    assert set(found.report.indicators) == {"mhsds_detentions", "mha_detentions", "mha_detentions_standardised"}
    assert len(found.report.notes) == 1
    assert found.report.notes[0].startswith("notes.csv is not a layout that is known here")


def test_the_same_figure_in_two_tables_of_a_file_is_kept_once(tmp_path: Path) -> None:
    found = read(archive(tmp_path, {"one.csv": [mhsds()], "two.csv": [mhsds(), mhsds(SECONDARY_LEVEL="B")]}), tmp_path)
    assert found.report.errors == []
    assert sorted(found.observations["ethnicity_code"]) == ["A", "B"]


def test_two_tables_of_a_file_that_contradict_each_other_are_refused_whole(tmp_path: Path) -> None:
    found = read(archive(tmp_path, {"one.csv": [mhsds()], "two.csv": [mhsds(MEASURE_VALUE="25")]}), tmp_path)
    assert found.observations.is_empty()
    assert found.report.errors == [
        "files.zip: its tables give different figures for the same thing (mhsds_detentions, RYG, 2026-04-01 to 2026-04-30, British). "
        "Nothing was loaded. Load the right one alone."
    ]


def test_two_versions_of_a_figure_in_one_file_are_both_kept_for_the_release_to_choose(tmp_path: Path) -> None:
    found = read(archive(tmp_path, {"month.csv": [mhsds()], "month_v2.csv": [mhsds(MEASURE_VALUE="25")]}), tmp_path)
    assert sorted(found.observations.select("publication_version", "value").rows()) == [(1, 20), (2, 25)]


def test_an_archive_lends_its_version_to_members_that_have_none(tmp_path: Path) -> None:
    found = read(archive(tmp_path, {"month.csv": [mhsds()]}, name="month_v3.zip"), tmp_path)
    assert only(found)["publication_version"] == 3


def test_a_row_of_a_sheet_is_counted_as_the_spreadsheet_counts_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(template()))
    for row in (template(), template(ethnicity="white"), template(ethnicity="mixed", value="4O")):
        sheet.append(list(row.values()))
    book.save(tmp_path / "sheet.xlsx")
    assert [refusal[:3] for refusal in refusals(read(tmp_path / "sheet.xlsx", tmp_path))] == [(4, "value", "4O")]


def test_a_row_of_a_text_file_is_counted_as_an_editor_counts_it(tmp_path: Path) -> None:
    found = extract(tmp_path, *[template(ethnicity=group) for group in ("white", "mixed", "asian")], template(value="4O"))
    line = (tmp_path / "extract.csv").read_text(encoding="utf-8").splitlines().index(text([template(value="4O")]).splitlines()[1])
    assert [refusal[:3] for refusal in refusals(found)] == [(line + 1, "value", "4O")]


def test_a_file_of_which_nothing_is_left_says_why_and_loads_nothing(tmp_path: Path) -> None:
    found = extract(tmp_path, mhsds(MEASURE_ID="MHS01"), mhsds(SECONDARY_LEVEL="Q"))
    assert found.report.errors == [
        "extract.csv is recognised as MHSDS monthly statistics (main file, out-of-area placements or four-week waits), but holds nothing "
        "that an indicator shows (1 rows: a measure that no indicator uses; 1 rows refused). Nothing was loaded."
    ]
    assert not found.report.loadable


def test_of_very_many_refusals_the_report_lists_the_first_and_counts_all(tmp_path: Path) -> None:
    found = extract(tmp_path, mhsds(), *[mhsds(SECONDARY_LEVEL="Q")] * 300)
    assert (found.report.rows_refused, len(found.report.refusals), found.refused.height) == (300, 200, 300)
    assert [one["source_row"] for one in found.report.refusals[:2]] == [3, 4]

"""NHS Talking Therapies: the annual report in every wide header generation and in the tidy layout, and the monthly file."""

from __future__ import annotations

import csv
import gzip
import zipfile
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.extracts import Extract
from pipelines.settings import REFERENCE
from pipelines.sources.common import DATE_RULE, LABEL_RULE, financial_year, provider_type
from pipelines.sources.talking_therapies_annual import generations
from tests.pipelines.published import EXTRACTS, Row, counted, course, extract, monthly, only, read, refusals, save, tidy

TIDY = EXTRACTS / "talking_therapies" / "talking_therapies_annual_study_areas_tidy.csv"
YEARS = [f"{year}-{(year + 1) % 100:02d}" for year in range(2017, 2025)]
KEYS = ("OrgType", "OrgCode", "OrgName", "VariableType", "VariableA", "VariableB")
SORTED = ["indicator_id", "org_type", "org_code", "period_start", "ethnicity_scheme", "ethnicity_code"]
real = [pytest.mark.real, pytest.mark.skipif(not EXTRACTS.is_dir(), reason=f"there are no published extracts in {EXTRACTS}")]


def columns(year: str) -> list[str]:
    with (REFERENCE / "talking_therapies_columns.csv").open(encoding="utf-8", newline="") as file:
        found = [row["column"] for row in csv.DictReader(file) if year in row["years"].split("|")]
    return [*KEYS, *(name for name in found if name not in KEYS)]


def plain(header: str) -> str:
    return header.replace("_", "").casefold()


def whole(found: Extract) -> pl.DataFrame:
    """Observations without what depends on the file that they stand in."""
    assert found.report.errors == []
    return found.observations.drop("extract_sha256", "source_row", "publication_version").sort(SORTED)


def wide(rows: list[Row], header: list[str], rest: str = "10") -> list[Row]:
    """Tidy rows of one year put back into the columns of the wide layout; a column that the tidy layout lacks has ``rest``."""
    wanted = {plain(name): name for name in header}
    lines: defaultdict[tuple[str, ...], Row] = defaultdict(lambda: dict.fromkeys(header, rest))
    for row in rows:
        key = tuple(row[name] for name in ("org_type", "org_code", "org_name", "variable_type", "variable_a", "variable_b"))
        line = lines[key]
        line.update(zip(KEYS, key, strict=True))
        line[wanted[plain(f"{row['measure_statistic']}{row['measure_name']}")]] = row["value"]
    return list(lines.values())


def fixture_header(year: str) -> list[str]:
    with (EXTRACTS / "talking_therapies" / f"nhstt_raw_header_fixture_{year}.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


@pytest.fixture(scope="module")
def published() -> dict[str, list[Row]]:
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    with TIDY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["reporting_period"]].append(row)
    return rows


COUNTS = {"referrals_received": 900, "finished_course_treatment": 320, "at_caseness": 300, "not_at_caseness": 20}
OUTCOMES = {"improvement": 200, "deterioration": 20, "no_reliable_change": 100, "reliable_recovery": 150, "recovery": 160}


def small(year: str = "2024-25") -> list[Row]:
    """A year of one trust and England in the tidy layout, with all of its measures."""
    start, end = financial_year(year) or (date.min, date.max)
    place = {"reporting_period": year, "start_date": start, "end_date": end}
    national = {"org_type": "England", "org_code": "Eng", "org_name": "England"}
    measures = [(name, "count", count) for name, count in (COUNTS | OUTCOMES).items()]
    measures += [(name, "percentage", round(100 * count / (300 if "recovery" in name else 320))) for name, count in OUTCOMES.items()]
    return [
        tidy(**{**place, **org, "variable_a": label, "measure_name": name, "measure_statistic": statistic, "value": value})
        for org in ({}, national)
        for label in ("White", "Black or Black British", "Not stated/Not known/Invalid")
        for name, statistic, value in measures
    ]


def same(found: Extract, wanted: Extract) -> None:
    assert_frame_equal(whole(found), whole(wanted))


# ---------------------------------------------------------------------------------------- The wide layout, by generation


@pytest.mark.parametrize("year", YEARS)
def test_a_wide_report_gives_the_observations_of_the_tidy_one(year: str, tmp_path: Path) -> None:
    wanted = extract(tmp_path, *small(year))
    path = save(tmp_path / f"psych-ther-ann-rep-csv-{year}-main.csv", wide(small(year), columns(year)))
    found = read(path, tmp_path)
    same(found, wanted)
    assert year in found.report.layouts[0]
    assert set(found.observations["period_start"]) == {financial_year(year)[0]}  # pyright: ignore[reportOptionalSubscript]


@pytest.mark.parametrize("year", [pytest.param(year, marks=real, id=year) for year in YEARS])
def test_the_real_figures_of_a_year_are_the_same_wide_and_tidy(year: str, published: dict[str, list[Row]], tmp_path: Path) -> None:
    fixtures = {"2017-18": "2017-18", "2018-19": "2017-18", "2019-20": "2017-18", "2020-21": "2020-21", "2021-22": "2020-21"}
    header = fixture_header(fixtures.get(year, year)) if year != "2023-24" else columns(year)
    rows = wide(published[year], header, rest="*")
    found = read(save(tmp_path / f"psych-ther-ann-rep-csv-{year}-main.csv", rows), tmp_path)
    wanted = read(save(tmp_path / "tidy.csv", published[year]), tmp_path)
    same(found, wanted)
    assert found.report.rows_kept == len(rows) == len(published[year]) / 14
    assert counted(found)


@pytest.mark.real
@pytest.mark.skipif(not EXTRACTS.is_dir(), reason="there are no published extracts")
def test_the_columns_that_are_known_of_each_year_are_those_that_were_published() -> None:
    named: defaultdict[str, set[str]] = defaultdict(set)
    with (EXTRACTS / "talking_therapies" / "nhstt_annual_main_schemas.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if "-main" in row["csv_file"]:
                named[row["period"]].add(row["column"])
    assert {year: set(columns(year)) for year in YEARS} == dict(named)
    for year in ("2017-18", "2020-21", "2022-23", "2024-25"):
        assert sorted(fixture_header(year)) == sorted(columns(year))


# ------------------------------------------------------------------------------------------------- The year of a report


def report(folder: Path, name: str, year: str = "2018-19") -> Path:
    return save(folder / name, wide(small(year), columns(year)))


def start(found: Extract) -> date:
    assert found.report.errors == []
    return found.observations["period_start"].unique().item()


@pytest.mark.parametrize("year", ["2022-23", "2023-24", "2024-25"])
def test_headers_of_one_year_only_settle_the_year(year: str, tmp_path: Path) -> None:
    assert start(read(report(tmp_path, "download.csv", year), tmp_path)) == date(int(year[:4]), 4, 1)


def test_a_layout_of_several_years_without_a_year_is_refused_and_says_how_to_give_it(tmp_path: Path) -> None:
    found = read(report(tmp_path, "download.csv"), tmp_path)
    assert found.report.errors == [
        "download.csv: this layout does not state its year (2017-18, 2018-19, 2019-20 used these headers). "
        "Give it with --period 2024-25, or keep the name under which the file was published."
    ]
    assert found.observations.is_empty()


def test_the_user_can_give_the_year(tmp_path: Path) -> None:
    found = read(report(tmp_path, "download.csv"), tmp_path, financial_year("2018-19"))
    assert start(found) == date(2018, 4, 1)


def test_a_month_is_no_year_of_a_report(tmp_path: Path) -> None:
    found = read(report(tmp_path, "download.csv"), tmp_path, (date(2018, 4, 1), date(2018, 4, 30)))
    assert found.report.errors == ["download.csv: the annual report is about a year. Give it with --period 2024-25."]


def test_a_name_and_a_user_who_disagree_are_refused(tmp_path: Path) -> None:
    found = read(report(tmp_path, "psych-ther-ann-rep-csv-2018-19-main-csv.csv"), tmp_path, financial_year("2019-20"))
    assert "its name says 2018-19, and --period something else" in found.report.errors[0]


def test_headers_that_a_year_did_not_have_are_refused(tmp_path: Path) -> None:
    found = read(report(tmp_path, "psych-ther-ann-rep-csv-2021-22-main-csv.csv"), tmp_path)
    assert "its headers are those of 2017-18 and 2018-19 and 2019-20, but it is said to be of 2021-22" in found.report.errors[0]


def test_a_year_later_than_any_that_is_known_may_have_the_headers_of_the_last(tmp_path: Path) -> None:
    found = read(report(tmp_path, "psych-ther-ann-rep-csv-2025-26-main.csv", "2024-25"), tmp_path)
    assert start(found) == date(2025, 4, 1)


def test_a_day_in_a_name_is_no_year(tmp_path: Path) -> None:
    assert "does not state its year" in read(report(tmp_path, "downloaded 2019-12-31.csv"), tmp_path).report.errors[0]


def test_a_compressed_report_has_its_year_in_its_name(tmp_path: Path) -> None:
    path = report(tmp_path, "psych-ther-ann-rep-csv-2018-19-main-csv.csv")
    packed = tmp_path / f"{path.name}.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert start(read(packed, tmp_path)) == date(2018, 4, 1)


@pytest.mark.parametrize(
    ("archive", "member"),
    [("download.zip", "psych-ther-ann-rep-csv-2018-19-main-csv.csv"), ("psych-ther-ann-rep-csvs-2018-19.zip", "main.csv")],
)
def test_a_report_in_an_archive_has_its_year_in_its_own_name_or_the_archives(archive: str, member: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / archive, "w") as packed:
        packed.write(report(tmp_path, "plain.csv"), member)
    assert start(read(tmp_path / archive, tmp_path)) == date(2018, 4, 1)


def test_an_area_of_a_joint_heading_is_an_stp_before_july_2022_and_an_icb_since(tmp_path: Path) -> None:
    for year, kind in (("2021-22", "stp"), ("2022-23", "icb")):
        rows = [row | {"org_type": "STP/ICB", "org_code": "QWU"} for row in small(year)[: len(small(year)) // 2]]
        found = read(save(tmp_path / f"main-{year}.csv", wide(rows, columns(year))), tmp_path).observations
        assert set(found["org_type"]) == {kind}


# ------------------------------------------------------------------------------------------------------- Kinds of file


def as_parquet(path: Path, rows: list[Row]) -> Path:
    pl.DataFrame(rows).write_parquet(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def as_gzip(path: Path, rows: list[Row]) -> Path:
    packed = path.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(save(path, rows).read_bytes()))
    return packed


def as_zip(path: Path, rows: list[Row]) -> Path:
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as packed:
        packed.write(save(path, rows), path.name)
    return path.with_suffix(".zip")


def as_workbook(path: Path, rows: list[Row]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


Make = Callable[[Path, list[Row]], Path]
KINDS: list[Make] = [as_parquet, as_gzip, as_zip, as_workbook]


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("layout", ["tidy", "wide"])
def test_any_kind_of_file_gives_the_observations_of_the_plain_one(layout: str, make: Make, tmp_path: Path) -> None:
    rows = small() if layout == "tidy" else wide(small(), columns("2024-25"), rest="*")
    found = read(make(tmp_path / "report-2024-25.csv", rows), tmp_path)
    same(found, extract(tmp_path, *small()))
    assert found.report.rows_in == len(rows)


@pytest.mark.parametrize("make", [pytest.param(make, marks=real) for make in KINDS])
def test_any_kind_of_file_gives_the_real_observations(make: Make, published: dict[str, list[Row]], tmp_path: Path) -> None:
    rows = published["2024-25"]
    found = read(make(tmp_path / "tidy.csv", rows), tmp_path)
    same(found, read(save(tmp_path / "plain.csv", rows), tmp_path))


# --------------------------------------------------------------------------------------------------- Groups and labels


@pytest.mark.parametrize(
    ("kind", "a", "b", "scheme", "code"),
    [
        ("Ethnic Group", "White", "All", "upper_nhs_2001", "white"),
        ("Ethnic Group", "White", "British", "nhs_16", "A"),
        ("Ethnic Group", "Asian or Asian British", "Any Other Asian Background", "nhs_16", "L"),
        ("Ethnic Group", "Asian or Asian British", "Any other Asian background", "nhs_16", "L"),
        ("Ethnic Group", "Other Ethnic Groups", "Chinese", "nhs_16", "R"),
        ("Ethnic Group", "Other Ethnic Groups", "All", "upper_nhs_2001", "other"),
        ("Ethnic Group", "Not stated/Not known/Invalid", "All", "upper_nhs_2001", "unknown"),
        ("BME Group", "BME", "NULL", "white_british_other", "all_other_groups"),
        ("BME Group", "White British", "NULL", "white_british_other", "white_british"),
        ("BME Group", "Not stated/Not known/Invalid", "NULL", "white_british_other", "unknown"),
        ("Total", "NULL", "NULL", "upper_nhs_2001", "all"),
        ("total ", "All", "", "upper_nhs_2001", "all"),
    ],
)
def test_a_row_is_about_the_group_that_its_variables_name(kind: str, a: str, b: str, scheme: str, code: str, tmp_path: Path) -> None:
    found = extract(tmp_path, *course(variable_type=kind, variable_a=a, variable_b=b))
    one = only(found, indicator_id="tt_reliable_recovery")
    assert (one["ethnicity_scheme"], one["ethnicity_code"]) == (scheme, code)


def test_a_group_that_nobody_knows_is_refused_and_other_breakdowns_are_passed_over(tmp_path: Path) -> None:
    found = extract(tmp_path, *course(), *course(variable_b="Martian"), *course(variable_type="Age Group", variable_a="18 to 25"))
    assert refusals(found) == [(row, "variablea", "Martian", LABEL_RULE) for row in (6, 7, 8, 9)]
    assert found.report.rows_passed_over == {"broken down by something other than ethnicity": 4}
    assert counted(found)


# ------------------------------------------------------------------------------------------------------ Organisations


@pytest.mark.parametrize(
    ("code", "kind"),
    [("RYG", "trust"), ("TAH", "trust"), ("RWK79", "provider_site"), ("DE8", "provider"), ("NQ7", "provider"), ("G6V2S", "provider")],
)
def test_a_provider_is_a_trust_a_site_or_another_provider_by_its_code(code: str, kind: str) -> None:
    assert provider_type(code) == kind


@pytest.mark.parametrize(
    ("kind", "code", "org_type", "org_code"),
    [
        ("England", "All", "england", "E92000001"),
        ("STP", "QWU", "stp", "QWU"),
        ("ICB", "QWU", "icb", "QWU"),
        ("SubICB", "10K", "sub_icb", "10K"),
        ("CCG", "10K", "sub_icb", "10K"),
        ("Provider", "RYG", "trust", "RYG"),
        ("Provider", "RWK79", "provider_site", "RWK79"),
        ("Provider", "DE8", "provider", "DE8"),
    ],
)
def test_an_organisation_is_of_the_kind_that_its_row_says(kind: str, code: str, org_type: str, org_code: str, tmp_path: Path) -> None:
    found = extract(tmp_path, *course(org_type=kind, org_code=code))
    frame = found.observations.filter(pl.col("org_code") == org_code)
    assert frame.select("org_type", "org_code").unique().rows() == [(org_type, org_code)]


def test_an_unknown_kind_of_organisation_is_refused_and_a_region_is_passed_over(tmp_path: Path) -> None:
    found = extract(tmp_path, *course(), tidy(org_type="Planet"), tidy(org_type="Commissioning Region", org_code="Y60"))
    assert [refusal[:3] for refusal in refusals(found)] == [(6, "orgtype", "Planet")]
    assert found.report.rows_passed_over == {"of a kind of organisation, or an ethnicity scheme, for which no indicator is shown": 1}
    assert counted(found)


def test_a_tidy_row_whose_days_are_not_those_of_its_year_is_refused(tmp_path: Path) -> None:
    found = extract(tmp_path, *course(), tidy(variable_a="White", reporting_period="2023-24"), tidy(variable_a="Mixed", end_date="soon"))
    assert refusals(found) == [
        (6, "reporting_period", "2023-24", "must be the year of start_date and end_date"),
        (7, "end_date", "soon", DATE_RULE),
    ]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2024-25", 2024),
        ("2024/25", 2024),
        ("2024-2025", 2024),
        (" 2024-25 ", 2024),
        ("2024-26", None),
        ("2024-12", None),
        ("2024", None),
        ("24-25", None),
    ],
)
def test_a_financial_year_is_two_years_in_a_row(text: str, year: int | None) -> None:
    assert financial_year(text) == ((date(year, 4, 1), date(year + 1, 3, 31)) if year else None)


def test_each_generation_of_headers_has_years_of_its_own() -> None:
    years = sorted(year for found in generations().values() for year in found)
    assert years == YEARS
    assert sorted(generations().values())[0] == ("2017-18", "2018-19", "2019-20")


# ----------------------------------------------------------------------------------------------- A refused wide row


def test_a_malformed_cell_refuses_its_whole_wide_row(tmp_path: Path) -> None:
    rows = wide(small(), columns("2024-25"))
    rows[1]["Percentage_ReliableRecovery"] = "5O"
    found = read(save(tmp_path / "report.csv", rows), tmp_path)
    rule = "must be a number of 0 or more, or one of * ! ? - N/A NULL ~0 [c] [u] [x] [z] [low]"
    assert refusals(found) == [(3, "percentage_reliablerecovery", "5O", rule)]
    assert (found.report.rows_in, found.report.rows_kept, found.report.rows_refused) == (6, 5, 1)
    assert 3 not in found.observations["source_row"].to_list()
    assert found.report.refusals[0]["table"] == "report.csv"


def test_a_malformed_cell_that_no_indicator_needs_is_left_alone(tmp_path: Path) -> None:
    rows = wide(small(), columns("2024-25"), rest="see note 3")
    found = read(save(tmp_path / "report.csv", rows), tmp_path)
    assert refusals(found) == []
    same(found, extract(tmp_path, *small()))


# -------------------------------------------------------------------------------------------------------- The monthly


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Percentage_ReliableRecovery_EthnicGroupWhite", "white"),
        ("Percentage_ReliableRecovery_EthnicGroupAsianOrAsianBritish", "asian"),
        ("Percentage_ReliableRecovery_EthnicGroupBlackOrBlackBritish", "black"),
        ("Percentage_ReliableRecovery_EthnicGroupMixed", "mixed"),
        ("Percentage_ReliableRecovery_EthnicGroupOther", "other"),
        ("Percentage_ReliableRecovery", "all"),
        ("PERCENTAGE_RELIABLERECOVERY_ETHNICGROUPWHITE ", "white"),
    ],
)
def test_the_monthly_group_is_read_out_of_the_name_of_its_measure(name: str, code: str, tmp_path: Path) -> None:
    found = only(extract(tmp_path, monthly(MEASURE_NAME=name)))
    assert (found["ethnicity_scheme"], found["ethnicity_code"]) == ("upper_nhs_2001", code)
    assert (found["value"], found["org_code"], found["org_type"], found["publication_status"]) == (44, "RYG", "trust", "performance")
    assert (found["period_start"], found["period_end"]) == (date(2026, 4, 1), date(2026, 4, 30))


def test_a_provider_that_stands_there_again_for_each_commissioner_is_passed_over(tmp_path: Path) -> None:
    again = monthly(GROUP_TYPE="SubICB/Provider", ORG_CODE1="10K", MEASURE_VALUE_SUPPRESSED="80")
    found = extract(tmp_path, monthly(), again, monthly(MEASURE_ID="M001", MEASURE_NAME="Count_ReferralsReceived"))
    assert only(found)["value"] == 44
    assert found.report.rows_passed_over == {
        "repeats a provider for each of its commissioners": 1,
        "a measure that no indicator uses": 1,
    }
    assert counted(found)


def test_the_organisation_stands_in_the_first_or_the_second_pair(tmp_path: Path) -> None:
    icb = monthly(GROUP_TYPE="ICB", ORG_CODE1="QWU", ORG_NAME1="NHS COVENTRY", ORG_CODE2="all", ORG_NAME2="all providers")
    england = monthly(GROUP_TYPE="England", ORG_CODE2="all", ORG_NAME2="all providers", MEASURE_VALUE_SUPPRESSED="47.5")
    found = extract(tmp_path, icb, england)
    assert only(found, org_type="icb")["org_code"] == "QWU"
    assert only(found, org_type="england")["value"] == 47.5


def test_a_monthly_group_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    name = "Percentage_ReliableRecovery_EthnicGroupMartian"
    assert refusals(extract(tmp_path, monthly(), monthly(MEASURE_NAME=name))) == [(3, "measure_name", name, LABEL_RULE)]


def test_a_time_series_names_its_last_column_otherwise(tmp_path: Path) -> None:
    row = {("MEASURE_VALUE" if name == "MEASURE_VALUE_SUPPRESSED" else name): value for name, value in monthly().items()}
    found = extract(tmp_path, row)
    assert only(found)["value"] == 44
    assert found.report.layouts == ["NHS Talking Therapies monthly activity (time series)"]


def test_a_monthly_percentage_without_counts_has_no_interval_and_says_nothing_of_its_base(tmp_path: Path) -> None:
    found = only(extract(tmp_path, monthly()))
    assert found["cell_state"] == "observed"
    assert [found[name] for name in ("numerator", "denominator", "lower_ci", "recomputed")] == [None] * 4
    hidden = only(extract(tmp_path, monthly(MEASURE_VALUE_SUPPRESSED="*")))
    assert (hidden["cell_state"], hidden["value"]) == ("suppressed", None)

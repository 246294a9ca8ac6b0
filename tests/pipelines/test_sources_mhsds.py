"""MHSDS monthly files, as NHS England publishes them: where the group stands, dates, statuses, breakdowns, stars and rounding."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.reference import load_reference
from pipelines.schemas import KEY
from pipelines.sources import mhsds_monthly
from pipelines.sources.common import DATE_RULE, LABEL_RULE, ReadContext, day
from pipelines.sources.mhsds_monthly import breakdown
from tests.pipelines.published import Row, counted, extract, mhsds, only, refusals, save, text
from tests.pipelines.published import read as read_file

NONE = {"SECONDARY_LEVEL": "NONE", "SECONDARY_LEVEL_DESCRIPTION": "NONE"}
ENGLAND = {**NONE, "PRIMARY_LEVEL_DESCRIPTION": "England", "MEASURE_VALUE": "4321"}


def eip(**changed: object) -> list[Row]:
    """The share that began within two weeks, and its counts."""
    three_months = {"REPORTING_PERIOD_START": "01/02/2026", "MEASURE_NAME": "EIP", **changed}
    figures = {"EIP23i": "75", "EIP23b": "30", "EIP23a": "40"}
    return [mhsds(**three_months, MEASURE_ID=measure, MEASURE_VALUE=value) for measure, value in figures.items()]


# ---------------------------------------------------------------------------------------------- Where the group stands


def test_a_detailed_group_below_england_stands_in_the_secondary_level(tmp_path: Path) -> None:
    found = only(extract(tmp_path, mhsds()))
    assert (found["org_code"], found["org_type"]) == ("RYG", "trust")
    assert (found["ethnicity_scheme"], found["ethnicity_code"], found["group_level"]) == ("nhs_16", "A", "detailed")
    assert (found["value"], found["cell_state"]) == (20, "observed")


def test_a_group_of_england_stands_in_the_primary_level(tmp_path: Path) -> None:
    rows = [
        mhsds(**ENGLAND, BREAKDOWN="England; Ethnicity", PRIMARY_LEVEL="A"),
        mhsds(**ENGLAND, BREAKDOWN="England; Upper Ethnicity", PRIMARY_LEVEL="White or White British"),
    ]
    found = extract(tmp_path, *rows)
    for scheme, code in (("nhs_16", "A"), ("upper_mhsds", "white")):
        one = only(found, ethnicity_scheme=scheme, ethnicity_code=code)
        assert (one["org_code"], one["org_type"], one["org_name"], one["value"]) == ("E92000001", "england", "England", 4321)


def test_a_group_of_england_stands_in_the_secondary_level_where_the_primary_says_england(tmp_path: Path) -> None:
    rows = eip(BREAKDOWN="England; Ethnicity", PRIMARY_LEVEL="England", PRIMARY_LEVEL_DESCRIPTION="England", SECONDARY_LEVEL="White")
    found = only(extract(tmp_path, *rows))
    assert (found["ethnicity_scheme"], found["ethnicity_code"]) == ("upper_mhsds", "white")
    assert (found["value"], found["numerator"], found["denominator"]) == (75, 30, 40)
    assert (found["org_type"], found["numerator_lower"], found["numerator_upper"]) == ("england", 30, 30)


def test_early_intervention_by_ethnicity_carries_upper_groups_and_their_unknowns(tmp_path: Path) -> None:
    labels = {
        "White": "white",
        "Mixed": "mixed",
        "Asian or Asian British": "asian",
        "Black or Black British": "black",
        "Other Ethnic Groups": "other",
        "Not Stated": "not_stated",
        "Unknown": "unknown",
    }
    found = extract(tmp_path, *[row for label in labels for row in eip(SECONDARY_LEVEL=label, SECONDARY_LEVEL_DESCRIPTION=label)])
    assert found.report.rows_refused == 0
    assert set(found.observations["ethnicity_scheme"]) == {"upper_mhsds"}
    assert sorted(found.observations["ethnicity_code"]) == sorted(labels.values())


def test_an_unknown_among_detailed_groups_belongs_to_the_detailed_scheme(tmp_path: Path) -> None:
    codes = {"UNKNOWN": "unknown", "Z": "not_stated", "99": "not_known"}
    found = extract(tmp_path, *[mhsds(SECONDARY_LEVEL=code) for code in codes])
    assert set(found.observations.select("ethnicity_scheme", "group_level").rows()) == {("nhs_16", "unknown")}
    assert sorted(found.observations["ethnicity_code"]) == sorted(codes.values())


def test_white_british_and_all_other_groups_have_a_scheme_of_their_own(tmp_path: Path) -> None:
    by = {"BREAKDOWN": "ICB; Ethnicity (White British/Non-White British)", "PRIMARY_LEVEL": "QWU", "MEASURE_ID": "MHS95"}
    rows = [mhsds(**by, SECONDARY_LEVEL=label) for label in ("White British", "Non-White British", "Missing/Invalid")]
    rates = [row | {"MEASURE_ID": "MHS95a", "MEASURE_VALUE": "5000"} for row in rows]
    found = extract(tmp_path, *rows, *rates).observations
    assert set(found["ethnicity_scheme"]) == {"white_british_other"}
    assert sorted(found["ethnicity_code"]) == ["all_other_groups", "unknown", "white_british"]


def test_a_label_that_nobody_knows_is_refused_where_it_stands(tmp_path: Path) -> None:
    national = mhsds(**ENGLAND, BREAKDOWN="England; Ethnicity", PRIMARY_LEVEL="Martian")
    rows = [mhsds(SECONDARY_LEVEL="A"), mhsds(SECONDARY_LEVEL="Q"), national]
    found = extract(tmp_path, *rows)
    assert refusals(found) == [(3, "secondary_level", "Q", LABEL_RULE), (4, "primary_level", "Martian", LABEL_RULE)]
    assert found.report.rows_kept == 1


# ------------------------------------------------------------------------------------------------------ Organisations


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Provider; Ethnicity", "provider|detailed"),
        ("provider;upper ethnicity", "provider|aggregate"),
        ("Sending Provider; Ethnicity", "provider|detailed"),
        ("Sub ICB of GP Practice or Residence; Ethnicity", "sub_icb|detailed"),
        ("CCG - GP Practice or Residence; Ethnicity", "sub_icb|detailed"),
        ("STP; Upper Ethnicity", "stp|aggregate"),
        ("ICB - GP Practice or Residence; Upper Ethnicity", "icb|aggregate"),
        ("England", "england|all"),
        ("Receiving Provider; Ethnicity", None),
        ("Sending Provider; Receiving Provider", None),
        ("Provider of Responsibility; Ethnicity", None),
        ("Provider; Age Band; Ethnicity", None),
        ("England; Mean Deviation of Upper Ethnicity", None),
        ("Provider; IMD Decile", None),
        ("", None),
    ],
)
def test_a_breakdown_is_an_organisation_and_perhaps_ethnicity(text: str, kind: str | None) -> None:
    assert breakdown(text) == kind


def test_those_who_send_people_away_are_never_mixed_with_those_who_take_them_in(tmp_path: Path) -> None:
    bed_days = {"MEASURE_ID": "OAP02a", "MEASURE_NAME": "Number of Inappropriate OAPs bed days"}
    rows = [
        mhsds(**bed_days, BREAKDOWN="Sending Provider; Ethnicity", MEASURE_VALUE="1725"),
        mhsds(**bed_days, BREAKDOWN="Receiving Provider; Ethnicity", MEASURE_VALUE="40"),
        mhsds(**bed_days, BREAKDOWN="Sending Provider; Receiving Provider", SECONDARY_LEVEL="RXV", MEASURE_VALUE="90"),
    ]
    found = extract(tmp_path, *rows)
    assert only(found)["value"] == 1725
    assert found.report.rows_passed_over == {"broken down by something other than an organisation and ethnicity": 2}


def test_an_area_from_before_icbs_is_no_icb_and_is_passed_over_with_its_reason(tmp_path: Path) -> None:
    stp = mhsds(BREAKDOWN="STP; Ethnicity", PRIMARY_LEVEL="QWU", REPORTING_PERIOD_START="01/04/2021", REPORTING_PERIOD_END="30/04/2021")
    found = extract(tmp_path, mhsds(), stp)
    assert only(found)["org_code"] == "RYG"
    assert found.report.rows_passed_over == {"of a kind of organisation, or an ethnicity scheme, for which no indicator is shown": 1}


def test_an_organisation_without_a_code_is_refused(tmp_path: Path) -> None:
    assert refusals(extract(tmp_path, mhsds(), mhsds(PRIMARY_LEVEL=" "))) == [(3, "primary_level", " ", "must name an organisation")]


def test_a_trust_has_the_name_of_the_reference_tables_and_a_stranger_its_published_one(tmp_path: Path) -> None:
    found = extract(tmp_path, mhsds(), mhsds(PRIMARY_LEVEL="RDY", PRIMARY_LEVEL_DESCRIPTION="DORSET HEALTHCARE"))
    assert only(found, org_code="RYG")["org_name"] == "Coventry and Warwickshire Partnership NHS Trust"
    assert only(found, org_code="RDY")["org_name"] == "DORSET HEALTHCARE"


# --------------------------------------------------------------------------------------------------- Dates and status

APRIL = (date(2026, 4, 1), date(2026, 4, 30))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("01/04/2026", "30/04/2026"),
        ("2026-04-01", "2026-04-30"),
        ("01-04-2026", "30-04-2026"),
        ("01/04/26", "30/04/26"),
        ("1/4/2026", "30/4/2026"),
        (" 01/04/2026 ", "30/04/2026\u00a0"),
    ],
)
def test_a_day_is_read_in_each_published_pattern_the_day_first(start: str, end: str, tmp_path: Path) -> None:
    found = only(extract(tmp_path, mhsds(REPORTING_PERIOD_START=start, REPORTING_PERIOD_END=end)))
    assert (found["period_start"], found["period_end"]) == APRIL


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_every_day_is_the_same_in_every_pattern(one: date) -> None:
    patterns = [f"{one:%d/%m/%Y}", f"{one:%Y-%m-%d}", f"{one:%d-%m-%Y}", f"{one.day}/{one.month}/{one.year}"]
    patterns += [f"{one:%d/%m/%y}"] if 2000 <= one.year <= 2068 else []
    assert [day(text) for text in patterns] == [one] * len(patterns)


@pytest.mark.parametrize("text", ["30/02/2026", "04/30/2026", "April 2026", "", "2026/04/01", "01/04/1889", "1/4", "01.04.2026", "45383"])
def test_what_is_no_day_is_refused_with_its_row_and_value(text: str, tmp_path: Path) -> None:
    found = extract(tmp_path, mhsds(), mhsds(SECONDARY_LEVEL="B", REPORTING_PERIOD_END=text))
    assert refusals(found) == [(3, "reporting_period_end", text, DATE_RULE)]


def test_a_period_that_ends_before_it_starts_is_refused(tmp_path: Path) -> None:
    found = extract(tmp_path, mhsds(), mhsds(SECONDARY_LEVEL="B", REPORTING_PERIOD_START="01/05/2026"))
    assert refusals(found) == [(3, "reporting_period_end", "30/04/2026", "must not be before the start of the period")]


def test_the_start_and_the_end_together_are_the_period(tmp_path: Path) -> None:
    found = extract(tmp_path, mhsds(), mhsds(REPORTING_PERIOD_START="01/02/2026", MEASURE_VALUE="55"))
    assert only(found, period_start=date(2026, 4, 1))["value"] == 20
    assert only(found, period_start=date(2026, 2, 1))["value"] == 55


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("Performance", "performance"),
        ("Performance ", "performance"),
        ("PERFORMANCE\u00a0", "performance"),
        ("Final", "final"),
        ("Provisional", "provisional"),
    ],
)
def test_a_status_is_read_with_whatever_space_stands_behind_it(status: str, meaning: str, tmp_path: Path) -> None:
    assert only(extract(tmp_path, mhsds(STATUS=status)))["publication_status"] == meaning


def test_an_unknown_status_is_refused(tmp_path: Path) -> None:
    found = extract(tmp_path, mhsds(), mhsds(SECONDARY_LEVEL="B", STATUS="Draft"))
    assert refusals(found) == [(3, "status", "Draft", "must be Performance, Provisional or Final")]


def test_two_statuses_of_one_figure_are_both_kept(tmp_path: Path) -> None:
    found = extract(tmp_path, mhsds(STATUS="Provisional", MEASURE_VALUE="15"), mhsds(STATUS="Final"))
    assert only(found, publication_status="provisional")["value"] == 15
    assert only(found, publication_status="final")["value"] == 20


# ------------------------------------------------------------------------------------------------- Encodings and cells


def test_windows_bytes_are_read_as_what_they_are(tmp_path: Path) -> None:
    rows = [mhsds(PRIMARY_LEVEL="RDY", PRIMARY_LEVEL_DESCRIPTION="St John’s Trust – Dorset", STATUS="Performance\u00a0")]
    path = tmp_path / "month.csv"
    path.write_bytes(text(rows).encode("cp1252"))
    found = read_file(path, tmp_path)
    assert found.report.encodings == ["cp1252"]
    assert only(found)["org_name"] == "St John’s Trust – Dorset"


def test_a_mark_at_the_start_and_headers_of_any_case_and_order_change_nothing(tmp_path: Path) -> None:
    plain = only(extract(tmp_path, mhsds()))
    turned = [{f" {name.lower()} ": value for name, value in reversed(mhsds().items())}]
    path = tmp_path / "turned.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text(turned).encode())
    found = only(read_file(path, tmp_path))
    assert {key: value for key, value in found.items() if key != "extract_sha256"} == {
        key: value for key, value in plain.items() if key != "extract_sha256"
    }


@pytest.mark.parametrize(
    ("printed", "lower", "upper"), [("*", 0, 4), ("5", 5, 7), ("10", 8, 12), ("20", 18, 22), ("1,815", 1813, 1817), (" 20 ", 18, 22)]
)
def test_a_count_below_england_stands_for_what_rounding_and_stars_hide(printed: str, lower: int, upper: int, tmp_path: Path) -> None:
    found = only(extract(tmp_path, mhsds(MEASURE_VALUE=printed)))
    assert (found["numerator_lower"], found["numerator_upper"]) == (lower, upper)
    assert (found["value"] is None) == (printed == "*")


@pytest.mark.parametrize("printed", ["20 people", "<5", "-3", "1e3", "1.815.000", "nan", "∞", "2O"])
def test_a_malformed_cell_is_refused_with_its_row_column_value_and_rule(printed: str, tmp_path: Path) -> None:
    found = extract(tmp_path, mhsds(), mhsds(SECONDARY_LEVEL="B", MEASURE_VALUE=printed))
    rule = "must be a number of 0 or more, or one of * ! ? - N/A NULL ~0 [c] [u] [x] [z] [low]"
    assert refusals(found) == [(3, "measure_value", printed, rule)]
    assert found.observations["ethnicity_code"].to_list() == ["A"]


def test_a_refused_count_is_not_worked_around(tmp_path: Path) -> None:
    """Its rate is published and sound, but nobody can say any more whether it rests on enough people."""
    rows = eip(SECONDARY_LEVEL="White") + eip(SECONDARY_LEVEL="Mixed")
    rows[2] = rows[2] | {"MEASURE_VALUE": "4O"}
    found = extract(tmp_path, *rows)
    assert found.observations["ethnicity_code"].to_list() == ["mixed"]
    assert [refusal[:3] for refusal in refusals(found)] == [(4, "measure_value", "4O")]
    assert found.report.rows_passed_over == {"goes with a figure that was refused": 2}
    assert counted(found)


# ------------------------------------------------------------------------------------------------------ Every row once


def test_every_row_of_a_month_is_kept_refused_or_passed_over(tmp_path: Path) -> None:
    rows = [
        mhsds(),
        mhsds(),
        mhsds(SECONDARY_LEVEL="B", MEASURE_VALUE="10"),
        mhsds(SECONDARY_LEVEL="B", MEASURE_VALUE="15"),
        mhsds(SECONDARY_LEVEL="C", MEASURE_VALUE="x"),
        mhsds(SECONDARY_LEVEL="Q"),
        mhsds(MEASURE_ID="MHS01"),
        mhsds(BREAKDOWN="Provider; Gender"),
        mhsds(BREAKDOWN="STP; Ethnicity", PRIMARY_LEVEL="QWU"),
    ]
    found = extract(tmp_path, *rows)
    assert counted(found)
    assert (found.report.rows_in, found.report.rows_kept, found.report.rows_refused) == (9, 1, 4)
    assert found.report.rows_passed_over == {
        "repeats an earlier row": 1,
        "a measure that no indicator uses": 1,
        "broken down by something other than an organisation and ethnicity": 1,
        "of a kind of organisation, or an ethnicity scheme, for which no indicator is shown": 1,
    }
    assert {refusal[0] for refusal in refusals(found)} == {4, 5, 6, 7}


PIECES = {
    "BREAKDOWN": ["Provider; Ethnicity", "Provider; Upper Ethnicity", "England; Ethnicity", "STP; Ethnicity", "Provider; Gender"],
    "SECONDARY_LEVEL": ["A", "White", "UNKNOWN", "99", "NONE", "?"],
    "MEASURE_ID": ["MHS81", "MHS150", "MHS150a", "MHS01"],
    "MEASURE_VALUE": ["20", "*", "x", "-1", "", "35"],
    "STATUS": ["Performance", "Final ", "Draft"],
    "REPORTING_PERIOD_START": ["01/04/2026", "01/02/2026", "31/02/2026", "01/05/2026"],
}


@given(st.lists(st.fixed_dictionaries({name: st.sampled_from(values) for name, values in PIECES.items()}), min_size=1, max_size=25))
@settings(deadline=None, max_examples=30)
def test_whatever_rows_a_month_has_each_is_counted_once(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    folder = tmp_path_factory.mktemp("month")
    found = read_file(save(folder / "month.csv", [mhsds(**row) for row in rows]), folder)
    assert counted(found)
    assert found.report.rows_in == len(rows)
    assert found.report.rows_refused == found.refused["source_row"].n_unique()
    if not found.observations.is_empty():
        assert not found.observations.select(*KEY, "publication_status").is_duplicated().any()
        assert set(found.observations["source_row"].to_list()).isdisjoint(found.refused["source_row"].to_list())


def test_a_reader_keeps_no_state_between_batches() -> None:
    context = ReadContext("month.csv", "mhsds_monthly", load_reference(), frozenset({"MHS81"}))
    rows = [mhsds(SECONDARY_LEVEL=code) for code in "ABCDEFG"]
    frame = pl.DataFrame([{key.lower(): value for key, value in row.items()} for row in rows]).with_row_index("source_row", offset=2)
    frame = frame.with_columns(pl.col("source_row").cast(pl.Int64))
    whole = mhsds_monthly.read(frame, context).cells
    parts = pl.concat([mhsds_monthly.read(frame[start : start + 3], context).cells for start in (0, 3, 6)])
    assert whole.equals(parts)
    assert whole["ethnicity_code"].to_list() == list("ABCDEFG")

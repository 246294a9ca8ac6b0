"""MHSDS data quality, and the downloads of Ethnicity facts and figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.sources.common import month_period
from tests.pipelines.published import Row, counted, extract, only, quality, refusals

# ------------------------------------------------------------------------------------------------------- Data quality


def month(valid: object = 9400, percentage: object = 94, **place: object) -> list[Row]:
    """The ethnic category of a provider's records: counts by result, and the percentage that is valid."""
    others = {"Other": 300, "Default": 200, "Invalid": 100, "Missing": "*"}
    rows = [quality(**place, Value=valid), quality(**place, Unit="Percentage", Value=percentage)]
    return rows + [quality(**place, DQ_Result=result, Value=count) for result, count in others.items()]


def test_the_share_of_valid_records_is_as_published_and_worked_out_again(tmp_path: Path) -> None:
    found = only(extract(tmp_path, *month()))
    assert (found["indicator_id"], found["ethnicity_code"], found["group_level"]) == ("ethnicity_recorded", "all", "total")
    assert (found["value"], found["numerator"], found["denominator"]) == (94, 9400, 9400 + 300 + 200 + 100 + 2)
    assert (found["denominator_lower"], found["denominator_upper"]) == (9398 + 298 + 198 + 98, 9402 + 302 + 202 + 102 + 4)
    assert found["recomputed_lower"] < 94 < found["recomputed_upper"]
    assert (found["org_code"], found["org_type"]) == ("RYG", "trust")
    assert (found["period_start"], found["period_end"]) == (date(2026, 4, 1), date(2026, 4, 30))


def test_other_measures_and_other_units_are_passed_over(tmp_path: Path) -> None:
    rows = [*month(), quality(DQ_Measure="MHS-DIM16"), quality(DQ_Result="Other", Unit="Percentage", Value="3")]
    found = extract(tmp_path, *rows)
    assert found.report.rows_passed_over == {"a measure that no indicator uses": 2}
    assert counted(found)


def test_england_is_exact(tmp_path: Path) -> None:
    found = only(extract(tmp_path, *month(Reporting_Level="England", Provider_Code="England", Provider_Name="England")))
    assert (found["org_code"], found["org_type"], found["numerator_lower"]) == ("E92000001", "england", 9400)


@pytest.mark.parametrize(
    ("changed", "column", "value"),
    [
        ({"Reporting_Period": "Q1 2026"}, "reporting_period", "Q1 2026"),
        ({"Status": "Draft"}, "status", "Draft"),
        ({"Value": "9,4"}, "value", "9,4"),
    ],
)
def test_what_cannot_be_read_is_refused_with_row_column_and_value(changed: dict[str, str], column: str, value: str, tmp_path: Path) -> None:
    found = extract(tmp_path, *month(), quality(Provider_Code="RXV", **changed))
    assert [refusal[:3] for refusal in refusals(found)] == [(8, column, value)]
    assert counted(found)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Apr-26", date(2026, 4, 1), date(2026, 4, 30)),
        ("April 2026", date(2026, 4, 1), date(2026, 4, 30)),
        ("Feb-24", date(2024, 2, 1), date(2024, 2, 29)),
        (" Dec 2025 ", date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_a_month_is_from_its_first_day_to_its_last(text: str, first: date, last: date) -> None:
    assert month_period(text) == (first, last)


@pytest.mark.parametrize("text", ["", "Smarch-26", "2026", "Q1", "04-2026"])
def test_what_is_no_month_is_none(text: str) -> None:
    assert month_period(text) is None


# -------------------------------------------------------------------------------------------------- Facts and figures


def download(**changed: str) -> Row:
    row = {"Measure": "Detentions", "Time": "2022/23", "Ethnicity": "Black", "Ethnicity_type": "ONS 2021 5+1", "Value": "228"}
    return row | {"Geography": "England"} | changed


def test_a_download_of_facts_and_figures_is_known_whatever_other_columns_it_has(tmp_path: Path) -> None:
    found = extract(tmp_path, download(), download(Ethnicity="White"))
    assert found.report.layouts == ["Ethnicity facts and figures download"]
    assert found.report.rows_passed_over == {"a measure that no indicator uses": 2}
    assert "holds nothing that an indicator shows" in found.report.errors[0]


def test_a_damaged_classification_is_refused_by_row_and_named(tmp_path: Path) -> None:
    found = extract(tmp_path, download(), download(Ethnicity_type="ONS 2021 5+2"), download(Ethnicity_type=" ONS 2011 18+1 "))
    assert [refusal[:3] for refusal in refusals(found)] == [(3, "ethnicity_type", "ONS 2021 5+2")]
    assert counted(found)

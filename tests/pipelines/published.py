"""Rows as publishers write them, for tests: one function a layout gives a sound row, with the columns that are named changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.extracts import Extract, read_extract

Row = dict[str, str]
# The published files themselves; they are read here and never copied into the project.
EXTRACTS = Path(__file__).resolve().parents[3] / "shared" / "extracts"
TRUST = "COVENTRY AND WARWICKSHIRE PARTNERSHIP NHS TRUST"


def _row(published: Mapping[str, object], changed: Mapping[str, object]) -> Row:
    strange = set(changed) - set(published)
    assert not strange, f"the layout has no column {strange}"
    return {name: str(value) for name, value in {**published, **changed}.items()}


def mhsds(**changed: object) -> Row:
    """Detentions of people of one detailed group at a trust, in the MHSDS monthly main file."""
    published = {
        "REPORTING_PERIOD_START": "01/04/2026",
        "REPORTING_PERIOD_END": "30/04/2026",
        "STATUS": "Performance",
        "BREAKDOWN": "Provider; Ethnicity",
        "PRIMARY_LEVEL": "RYG",
        "PRIMARY_LEVEL_DESCRIPTION": TRUST,
        "SECONDARY_LEVEL": "A",
        "SECONDARY_LEVEL_DESCRIPTION": "British",
        "MEASURE_ID": "MHS81",
        "MEASURE_NAME": "Detentions in the reporting period",
        "MEASURE_VALUE": "20",
    }
    return _row(published, changed)


def mha(**changed: object) -> Row:
    """All detentions of people of one upper group in England, in the Mental Health Act annual figures."""
    published = {
        "Year": "2023/24",
        "Measure": "All detentions",
        "measureSubcategory": "All",
        "Demographic": "Ethnicity",
        "DemographicBreakdown": "White",
        "OrganisationBreakdown": "All submissions",
        "Datasource": "MHSDS",
        "OrgID": "All prov",
        "OrgName": "All providers",
        "MHSDS_Count": "31735",
        "Acute_Count": "0",
        "Total_Count": "31735",
        "CrudeRate": "69.5",
        "StdRate": "68.4",
        "Confidence_interval": "0.7",
    }
    return _row(published, changed)


def mha_icb(**changed: object) -> Row:
    """All detentions of people of one upper group in an ICB."""
    icb = {"OrganisationBreakdown": "ICB", "OrgID": "QWU", "OrgName": "NHS COVENTRY AND WARWICKSHIRE INTEGRATED CARE BOARD"}
    figures = {"MHSDS_Count": "410", "Acute_Count": "", "Total_Count": "410", "CrudeRate": "54.1", "StdRate": "", "Confidence_interval": ""}
    return mha(**{**icb, **figures, **changed})


def tidy(**changed: object) -> Row:
    """One figure of one upper group at a trust, in the tidy layout of the Talking Therapies annual report."""
    published = {
        "reporting_period": "2024-25",
        "start_date": "2024-04-01",
        "end_date": "2025-03-31",
        "org_type": "Provider",
        "org_code": "RYG",
        "org_name": TRUST,
        "variable_type": "Ethnic Group",
        "variable_a": "Black or Black British",
        "variable_b": "All",
        "measure_name": "reliable_recovery",
        "measure_statistic": "percentage",
        "value": "49",
    }
    return _row(published, changed)


def course(recovered: object = 160, percentage: object = 49, finished: object = 320, below: object = "*", **place: object) -> list[Row]:
    """The four figures behind a reliable recovery rate: its value, its count, finished courses, and those not at caseness."""
    return [
        tidy(**place, value=percentage),
        tidy(**place, measure_statistic="count", value=recovered),
        tidy(**place, measure_statistic="count", measure_name="finished_course_treatment", value=finished),
        tidy(**place, measure_statistic="count", measure_name="not_at_caseness", value=below),
    ]


def monthly(**changed: object) -> Row:
    """The monthly reliable recovery rate of one group at a provider, its ethnic group inside the measure's name."""
    published = {
        "REPORTING_PERIOD_START": "2026-04-01",
        "REPORTING_PERIOD_END": "2026-04-30",
        "GROUP_TYPE": "Provider",
        "ORG_CODE1": "all",
        "ORG_NAME1": "all SubICBs",
        "ORG_CODE2": "RYG",
        "ORG_NAME2": TRUST,
        "MEASURE_ID": "M208",
        "MEASURE_NAME": "Percentage_ReliableRecovery_EthnicGroupBlackOrBlackBritish",
        "MEASURE_VALUE_SUPPRESSED": "44",
    }
    return _row(published, changed)


def quality(**changed: object) -> Row:
    """How many records of a provider have a valid ethnic category, in the MHSDS data quality file."""
    published = {
        "Reporting_Period": "Apr-26",
        "Status": "Performance",
        "Reporting_Level": "Provider",
        "Provider_Code": "RYG",
        "Provider_Name": TRUST,
        "DQ_Measure": "MHS-DQM05",
        "DQ_Measure_Name": "Ethnic Category Code",
        "DQ_Result": "Valid",
        "DQ_Dataset_Metric_ID": "3.5.1",
        "Unit": "Count",
        "Value": "9400",
    }
    return _row(published, changed)


def census(**changed: object) -> Row:
    """Residents of one detailed group in a local authority, tidied from the Census."""
    published = {"ltla21_code": "E08000019", "ltla21_name": "Sheffield", "ethnic_group": "White: Irish (number)", "value": "2750.0"}
    return _row(published, changed)


def template(**changed: object) -> Row:
    """Reliable recovery of one group at a trust, in Common Ground's own template."""
    published = {
        "indicator_id": "tt_reliable_recovery",
        "org_code": "RYG",
        "org_type": "",
        "org_name": "",
        "period_start": "2024-04-01",
        "period_end": "2025-03-31",
        "ethnicity_scheme": "upper_nhs_2001",
        "ethnicity": "black",
        "value": "49",
        "numerator": "160",
        "denominator": "320",
        "denominator_excluded": "",
        "lower_ci": "",
        "upper_ci": "",
        "half_width": "",
        "rounded_to": "5",
        "publication_status": "",
        "publication": "Example publication",
        "publication_year": "2024-25",
        "licence": "",
        "note": "",
    }
    return _row(published, changed)


def text(rows: Sequence[Row]) -> str:
    """Rows as CSV."""
    written = io.StringIO(newline="")
    writer: csv.DictWriter[Any] = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def save(path: Path, rows: Sequence[Row]) -> Path:
    """Rows as a CSV file."""
    path.write_text(text(rows), encoding="utf-8")
    return path


def read(path: Path, folder: Path, period: tuple[date, date] | None = None) -> Extract:
    """A file through the whole of the pipeline, as the loader does it."""
    workspace = folder / "workspace"
    workspace.mkdir(exist_ok=True)
    return read_extract(path, workspace, period)


def extract(folder: Path, *rows: Row, name: str = "extract.csv") -> Extract:
    """Rows written to a file and read through the whole of the pipeline."""
    return read(save(folder / name, rows), folder)


def only(found: Extract, **where: object) -> dict[str, Any]:
    """The one observation with these values."""
    frame = found.observations
    assert not frame.is_empty(), found.report.errors
    for column, value in where.items():
        frame = frame.filter(pl.col(column) == value)
    assert frame.height == 1, f"{frame.height} observations of {where}"
    return frame.row(0, named=True)


def refusals(found: Extract) -> list[tuple[int, str, str, str]]:
    """Row, column, value and rule of everything that was refused."""
    return sorted(found.refused.select("source_row", "column", "value", "rule").rows())


def counted(found: Extract) -> bool:
    """Whether every row is kept, refused or passed over, and none is both."""
    report = found.report
    assert report.rows_kept >= 0
    return report.rows_in == report.rows_kept + report.rows_refused + sum(report.rows_passed_over.values())

"""Extracts in Common Ground's own template, for tests: a row is a dictionary of its columns."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HEADER = (
    "indicator_id org_code org_name period_start period_end ethnicity_scheme ethnicity value numerator denominator rounded_to "
    "publication_status publication publication_year licence note"
).split()
GROUPS = ("all", "white", "mixed", "asian", "black", "other", "unknown")


def row(**columns: object) -> dict[str, str]:
    """What was published about reliable recovery of Black people at one trust, with the columns that are named changed."""
    published = {
        "indicator_id": "tt_reliable_recovery",
        "org_code": "RYG",
        "period_start": "2024-04-01",
        "period_end": "2025-03-31",
        "ethnicity_scheme": "upper_nhs_2001",
        "ethnicity": "black",
        "value": 49,
        "numerator": 160,
        "denominator": 325,
        "rounded_to": 5,
        "publication": "Example publication",
        "publication_year": "2024-25",
        "licence": "Open Government Licence v3.0",
    }
    return {name: str(value) for name, value in (published | columns).items()}


def write(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    """The rows as a CSV file in the template."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[Any] = csv.DictWriter(file, HEADER, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def small(path: Path) -> Path:
    """Two years of every upper group in England and at two trusts: observed, suppressed, too few to be sure, and nought."""
    rows: list[dict[str, str]] = []
    for start, end, years in (("2023-04-01", "2024-03-31", "2023-24"), ("2024-04-01", "2025-03-31", "2024-25")):
        for org in ("England", "RYG", "TAH"):
            for turn, group in enumerate(GROUPS):
                share = 40 + turn
                place = {"org_code": org, "ethnicity": group, "period_start": start, "period_end": end, "publication_year": years}
                rows.append(row(**place, value=share, numerator=share * 10, denominator=1000, rounded_to=1 if org == "England" else 5))
    hidden = {"value": "*", "numerator": "*", "denominator": "*"}
    rows[-1] |= hidden
    rows[-2] |= {"value": "60", "numerator": "15", "denominator": "25"}
    rows[-3] |= {"value": "0", "numerator": "0", "denominator": "200"}
    return write(path, rows)

"""Small extracts in the project's own template, made up to hold what a page must get right, and releases of them.

Every organisation that is made up carries the word Example.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from pipelines import loading
from pipelines.settings import Settings

Row = dict[str, str]
YEARS = {f"{year}-{year % 100 + 1:02d}": (f"{year}-04-01", f"{year + 1}-03-31") for year in range(2017, 2025)}
NEWEST = "2024-25"


def row(org: str, group: str, year: str = NEWEST, **columns: object) -> Row:
    """A row of the template about reliable recovery, with the columns that are named changed or added."""
    start, end = YEARS[year]
    published = {
        "indicator_id": "tt_reliable_recovery",
        "org_code": org,
        "org_type": "england" if org == "England" else "trust",
        "org_name": "" if org == "England" else f"Example {org} NHS Trust",
        "period_start": start,
        "period_end": end,
        "ethnicity_scheme": "upper_nhs_2001",
        "ethnicity": group,
        "publication": "Example publication",
        "publication_year": year,
        "licence": "Example licence",
    }
    return {name: str(value) for name, value in (published | columns).items()}


def share(value: object, of: int) -> dict[str, Any]:
    """A published percentage with its exact counts."""
    events = round(float(str(value)) * of / 100)
    return {"value": value, "numerator": events, "denominator": of, "rounded_to": 1}


HIDDEN: dict[str, Any] = {"value": "*", "numerator": "*", "denominator": "*"}


def write(path: Path, rows: Iterable[Row]) -> Path:
    """The rows as a CSV file."""
    pl.from_dicts(list(rows), infer_schema_length=None).with_columns(pl.all().fill_null("")).write_csv(path)
    return path


def load(folder: Path, extract: Path, rows: Sequence[Row]) -> None:
    """Load the rows, as an extract of that name, into the data folder by the production pipeline, unless they are loaded."""
    folder.mkdir(parents=True, exist_ok=True)
    outcome = loading.load([write(extract, rows)], Settings(data_dir=folder, lock_seconds=300), named="a test")
    assert outcome.release_id or outcome.already, [report.model_dump() for report in outcome.reports]
    assert not any(report.rows_refused for report in outcome.reports), [report.refusals for report in outcome.reports]


# ------------------------------------------------------------------------------------------------- What pages must tell


def states() -> list[Row]:
    """A trust whose groups are in every state that a cell can be in, one where all are hidden, one whose White group is."""
    seen: dict[str, dict[str, Any]] = {
        "white": share(50, 2000),
        "asian": HIDDEN,
        "black": {"value": 40, "numerator": 8, "denominator": 20, "rounded_to": 1},
        "mixed": {"value": "[x]"},
        "other": {"value": "[z]"},
        "unknown": share(48, 100),
    }
    hidden = [row("XALL", group, **HIDDEN) for group in ("white", "asian", "black", "mixed", "other")]
    reference = [row("XREF", "white", **HIDDEN), row("XREF", "asian", **share(40, 500)), row("XREF", "black", **share(45, 500))]
    zero = [row("XNONE", "white", **share(50, 800)), row("XNONE", "black", **share(0, 200))]
    return [*(row("XSTATE", group, **figures) for group, figures in seen.items()), *hidden, *reference, *zero]


def gaps() -> list[Row]:
    """Trusts whose gaps are told otherwise: every other group fares better; no interval can be given; one group alone."""
    better = [row("XBETTER", group, **share(value, 1500)) for group, value in (("white", 40), ("asian", 52), ("black", 46))]
    bare = [row("XBARE", group, value=value) for group, value in (("white", 50), ("asian", 40), ("black", 45))]
    alone = [row("XALONE", "white", year, **share(50, 800)) for year in ("2022-23", "2023-24", NEWEST)]
    few = [row("XFEW", "white", **share(50, 2000)), row("XFEW", "asian", **share(45, 900)), row("XFEW", "unknown", **share(50, 10))]
    return [*better, *bare, *alone, *few, *(row("England", group, **share(value, 9000)) for group, value in (("white", 49), ("asian", 42)))]


def over_time() -> list[Row]:
    """A trust with a year that nobody has, a year that is hidden for one group, and one with too few people for another."""
    rows: list[Row] = []
    for year in ("2019-20", "2020-21", "2022-23", "2023-24", NEWEST):
        rows += [row("XTIME", "white", year, **share(50, 4000)), row("XTIME", "unknown", year, **share(50, 400))]
        rows.append(row("XTIME", "asian", year, **(HIDDEN if year == "2023-24" else share(38, 1000))))
        rows.append(row("XTIME", "black", year, **(share(50, 20) if year == "2020-21" else share(44, 1000))))
    for year in ("2020-21", "2021-22"):
        halves = {"white_british": share(50, 2000), "all_other_groups": share(45, 900)}
        rows += [row("XGROUPS", group, year, ethnicity_scheme="white_british_other", **figures) for group, figures in halves.items()]
    for year in ("2022-23", "2023-24", NEWEST):
        rows += [row("XGROUPS", "white", year, **share(50, 2000)), row("XGROUPS", "asian", year, **share(40, 900))]
    return rows


def other_kinds() -> list[Row]:
    """Indicators of another kind than a percentage of people by group: one figure for everyone, and counts."""
    recorded: dict[str, Any] = {"indicator_id": "ethnicity_recorded", "ethnicity_scheme": "upper_mhsds"}
    counts: dict[str, Any] = {"indicator_id": "mhsds_detentions", "ethnicity_scheme": "upper_mhsds"}
    everyone = [row("XDATA", "all", year, **recorded, **share(value, 5000)) for year, value in (("2023-24", 91), (NEWEST, 94))]
    people = {"white": 60, "asian": 25, "black": 40, "not_stated": 10, "not_known": 5, "unknown": 5, "all": 145}
    counted = [row("XDATA", group, **counts, value=number, numerator=number, rounded_to=5) for group, number in people.items()]
    dark = [row("XDARK", "all", **recorded, **HIDDEN), row("XDARK", "white", **counts, value=10, numerator=10, rounded_to=5)]
    return [*everyone, *counted, *dark]


def detentions() -> list[Row]:
    """Rates of detention over the break of their series, in an area that is made up."""
    area = {"indicator_id": "mha_detentions", "org_type": "icb", "org_name": "Example Area", "ethnicity_scheme": "upper_mha_icb"}
    rates = {"2020-21": (200, 70), "2021-22": (200, 70), "2022-23": (260, 70), "2023-24": (220, 70)}
    return [
        row("XAREA", group, year, **area, value=rate, numerator=rate * 2, rounded_to=1)
        for year, pair in rates.items()
        for group, rate in zip(("black", "white"), pair, strict=True)
    ]


LONG = "Example Trust of a Name that Goes On and On " * 8
HOSTILE = {
    "XSCRIPT": "<script>alert(1)</script> Example",
    "XIMAGE": '<img src="http://example.org/x.png" onerror=alert(1)> Example & "quoted" \'so\'',
    "XLINK": "[Example](http://example.org) ![x](http://example.org/x.png) :red[hot] $x^2$ `code` **bold** # Example",
    "XFORMULA": '=HYPERLINK("http://example.org","Example")',
    "XLONG": LONG.strip(),
}
FORMULA = '=HYPERLINK("http://example.org/a","b")'


def hostile() -> list[Row]:
    """Texts that a browser, a Markdown reader or a spreadsheet would act upon, in every column that keeps its text."""
    rows: list[Row] = []
    for code, text in HOSTILE.items():
        publication = FORMULA if code == "XFORMULA" else text
        texts: dict[str, Any] = {"org_name": text, "publication": publication, "licence": f"@{text}", "note": text}
        for year in ("2023-24", NEWEST):
            rows += [row(code, group, year, **share(value, 900), **texts) for group, value in (("white", 50), ("asian", 40), ("black", 45))]
    odd = "X<b>&'\"=1"
    noted = row("XNOTE", "white", note="for myself alone", **share(50, 900))
    return [*rows, noted, row(odd, "white", org_name="Example odd code", **share(50, 900))]

"""Observations and rows to draw, made up for tests: what a test does not name is as sound as can be."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from dashboard import knowledge
from dashboard.groups import DISPLAY, named
from dashboard.trends import POINTS, UNKNOWN
from equity.wording import Wording

WORDS = Wording(
    name="Reliable recovery",
    value_type="proportion",
    multiplier=100,
    unit="per cent of referrals",
    decimals=0,
    polarity="higher_is_better",
    people="people who finished a course of talking therapy",
    did="showed reliable recovery",
    events="reliable recoveries",
)
NUMBERS = (
    "numerator", "numerator_lower", "numerator_upper", "denominator", "denominator_lower", "denominator_upper", "value",
    "recomputed_lower", "recomputed_upper", "lower_ci", "upper_ci",
)  # fmt: skip
DAYS = ("period_start", "period_end")
TEXTS = (
    "indicator_id", "org_code", "org_type", "org_name", "ethnicity_scheme", "ethnicity_code", "ethnicity_label", "group_level",
    "cell_state", "value_basis", "interval_method", "state_reason", "publication_status", "source", "licence",
)  # fmt: skip
SCHEMA: dict[str, Any] = {**dict.fromkeys(TEXTS, pl.String), **dict.fromkeys(DAYS, pl.Date), **dict.fromkeys(NUMBERS, pl.Float64)}
LEVELS = {"all": "total", "known": "total", "unknown": "unknown", "not_stated": "unknown", "not_known": "unknown"}
AGGREGATES = {"white", "mixed", "asian", "black", "other", "white_british", "all_other_groups"}


def observation(code: str, value: float | None = 50, of: float | None = 1000, half: float | None = 2, **columns: Any) -> dict[str, Any]:
    """One observation with exact counts and limits ``half`` a width around its value."""
    year = columns.pop("year", 2024)
    events = None if value is None or of is None else value * of / 100
    limits = {} if value is None or half is None else {"lower_ci": value - half, "upper_ci": value + half}
    sound = {
        "indicator_id": "tt_reliable_recovery",
        "org_code": "RYG",
        "org_type": "trust",
        "org_name": "Example trust",
        "period_start": date(year, 4, 1),
        "period_end": date(year + 1, 3, 31),
        "ethnicity_scheme": "upper_nhs_2001",
        "ethnicity_code": code,
        "ethnicity_label": code.title(),
        "group_level": LEVELS.get(code, "aggregate" if code in AGGREGATES else "detailed"),
        "cell_state": "suppressed" if value is None else "observed",
        "value": value,
        "numerator": events,
        "numerator_lower": events,
        "numerator_upper": events,
        "denominator": of,
        "denominator_lower": of,
        "denominator_upper": of,
        "value_basis": "published",
        "interval_method": "wilson",
        "publication_status": "final",
        "source": "Example publication",
        "licence": "Example licence",
    }
    return sound | limits | columns


def observations(*rows: dict[str, Any]) -> pl.DataFrame:
    """Observations with the names of their groups, as pages take them."""
    return named(pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA), knowledge.groups())


def shown(name: str, value: float | None = 50.0, **columns: Any) -> dict[str, Any]:
    """A row to draw and to put in a table."""
    sound = {
        "code": name.casefold(),
        "name": name,
        "level": "aggregate",
        "state": "suppressed" if value is None else "observed",
        "value": value,
        "lower": None if value is None else value - 3,
        "upper": None if value is None else value + 3,
        "value_text": "hidden to protect people [c]" if value is None else f"{value:.0f}%",
        "interval_text": "" if value is None else f"{value - 3:.0f} to {value + 3:.0f}",
        "base_text": "100 referrals",
        "base_number": "100",
        "base_exact": True,
        "england_value": None,
        "england_text": "not published",
        "hover": f"{name}: {value}",
    }
    return sound | columns


def display(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=DISPLAY)


def point(code: str, year: int, value: float | None = 50.0, **columns: Any) -> dict[str, Any]:
    """A point of a group in the year that begins in April."""
    label = f"{year}-{year % 100 + 1:02d}"
    sound = {
        "code": code,
        "name": code.title(),
        "start": date(year, 4, 1),
        "end": date(year + 1, 3, 31),
        "label": label,
        "value": value,
        "lower": None if value is None else value - 3,
        "upper": None if value is None else value + 3,
        "state": "suppressed" if value is None else "observed",
        "mark": "[c]" if value is None else "",
        "value_text": "hidden to protect people [c]" if value is None else f"{value:.0f}%",
        "interval_text": "" if value is None else f"{value - 3:.0f} to {value + 3:.0f}",
        "hover": f"{code.title()}, {label}: {value}",
    }
    return sound | columns


def points(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=POINTS)


def unknown(year: int, share: float | None, **columns: Any) -> dict[str, Any]:
    label = f"{year}-{year % 100 + 1:02d}"
    text = "not published" if share is None else f"{share:.0f}%"
    sound = {"start": date(year, 4, 1), "end": date(year + 1, 3, 31), "label": label, "share": share, "text": text}
    return sound | {"hover": f"{label}: {text}"} | columns


def unknowns(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=UNKNOWN)

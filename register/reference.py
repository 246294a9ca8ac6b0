"""What the project's own tables know: the study's priorities, the indicators of the catalogue, the ethnic groups. Read once."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from register.entities import Priority

_DATA = Path(__file__).resolve().parent.parent / "data"
# Codes that stand for everyone, beside the groups of each scheme.
EVERYONE = "all"


@cache
def study_priorities() -> dict[str, Priority]:
    """The three priorities that were consistent across sites and the two national ones, by id."""
    rows = [Priority(row["priority_id"], row["title"], level=row["level"]) for row in _rows("priorities.csv")]
    return {one.priority_id: one for one in rows}


@cache
def indicators() -> frozenset[str]:
    """Ids of the catalogue: an indicator is a file that bears its id."""
    return frozenset(file.stem for file in (_DATA / "catalogue" / "indicators").glob("*.yaml"))


@cache
def groups() -> dict[str, frozenset[str]]:
    """Codes of each ethnicity scheme."""
    codes = dict[str, set[str]]()
    for row in _rows("ethnicity_groups.csv"):
        codes.setdefault(row["scheme"], {EVERYONE}).add(row["code"])
    return {scheme: frozenset(found) for scheme, found in codes.items()}


def words_that_are_no_names() -> list[str]:
    """The labels of ethnic groups and the names of sites: a comment may say them."""
    labels = [text for row in _rows("ethnicity_groups.csv") for text in (row["label"], row["people"])]
    return [*labels, *(row["name"] for row in _rows("sites.csv"))]


def _rows(file: str) -> list[dict[str, str]]:
    with (_DATA / "reference" / file).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))

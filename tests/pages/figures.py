"""What figures ought to look like on a page, worked out again from the release by other means than the page's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import polars as pl
from streamlit.runtime.memory_media_file_storage import _calculate_file_id

from dashboard import downloads, filters, knowledge, queries, view
from dashboard.places import organisations_of, places
from dashboard.subject import link
from equity import periods
from pipelines import releases
from pipelines.catalogue import Indicator, load_catalogue
from pipelines.reference import load_reference
from tests.pages.screen import ADDRESS, Screen

ABSENT = {
    "suppressed": "hidden to protect people [c]",
    "unreliable": "too few people to be sure [u]",
    "not_collected": "not collected or not available [x]",
    "not_applicable": "does not apply [z]",
}
SHORTHAND = {"observed": "", "true_zero": "", **{state: words[-3:] for state, words in ABSENT.items()}}


def printed(value: float, decimals: int) -> str:
    """A number as it is printed: halves up, thousands apart, never minus nought."""
    number = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{abs(number) if number == 0 else number:,}"


def written(value: float, indicator: Indicator, org_type: str) -> str:
    """A value as it stands on a mark and in a table."""
    decimals = decimals_of(indicator, org_type)
    percent = "%" if indicator.value_type == "proportion" and indicator.multiplier == 100 else ""
    least = f"under {printed(10.0**-decimals, decimals)}"
    return f"{least if 0 < value < 0.5 * 10.0**-decimals else printed(value, decimals)}{percent}"


def decimals_of(indicator: Indicator, org_type: str) -> int:
    return indicator.decimals.england if org_type == "england" else indicator.decimals.other


def observations(folder: Path) -> pl.DataFrame:
    """Every observation of the release that is served."""
    release_id = releases.current_release(folder)
    assert release_id is not None
    with releases.reading(folder, release_id) as read:
        return read("select * from observations", [])


@cache
def codes_of(place: str) -> frozenset[str]:
    """Every organisation of a study site, or England's code."""
    tables = load_reference()
    if place == "england":
        return frozenset({"E92000001"})
    site = next(one for one in tables.sites if one.site_id == place)
    listed = tables.organisations.filter(pl.col("site_id") == place)["org_code"].to_list()
    return frozenset({site.trust_code, site.icb_code, *listed})


def indicators_of(frame: pl.DataFrame, place: str) -> list[str]:
    """The indicators that a place has figures for, in the order of the catalogue."""
    here = set(frame.filter(pl.col("org_code").is_in(list(codes_of(place))))["indicator_id"].to_list())
    return [name for name in load_catalogue().indicators if name in here]


def display_names() -> dict[tuple[str, str], str]:
    """The name of each group of each scheme, as tables write it."""
    rows = load_reference().group_frame().select("scheme", "code", "display").iter_rows()
    return {(scheme, code): name for scheme, code, name in rows}


# ------------------------------------------------------------------------------------------------------- The download


def downloaded(screen: Screen) -> bytes:
    """The file that the page offers; what the page's own functions write is that file only if its name and hash are the same."""
    query, release_id = screen.query, screen.said("cg-fresh").split("Figures from release ")[1].split(",")[0]
    found = organisations_of(queries.organisations(release_id))
    place = places(knowledge.sites(), found)[query["place"]]
    span = periods.parse(query["period"])
    assert span is not None
    chosen = filters.Selection(
        place, found[query["organisation"]], load_catalogue().indicators[query["indicator"]], *span, query.get("reference", "white")
    )
    one = view.build(release_id, chosen)
    choices = {name: query[name] for name in ("place", "indicator", "organisation", "period")} | {"reference": chosen.reference}
    address = f"{ADDRESS}/{link('indicator', **choices)}"
    assert one.subject.address(f"{ADDRESS}/indicator") == address
    data = downloads.csv(one.observations, one.subject, address)
    name = f"{query['indicator']}_{query['organisation']}_{query['period']}_groups.csv"
    assert screen.files("csv:groups") == [_calculate_file_id(data, "text/csv", name)]
    return data


def rows(data: bytes) -> list[dict[str, str]]:
    """The rows of a file, as a program reads them."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def shown_rows(screen: Screen, names: dict[tuple[str, str], str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of the page's file that are in its table too, each with the name that the table gives it."""
    table = screen.table("95% interval")
    found = [(names[one["ethnicity_scheme"], one["ethnicity_code"]], one) for one in rows(downloaded(screen))]
    found = [(name, one) for name, one in found if one["group_level"] in {"aggregate", "unknown"} or len(table.rows) == 1]
    schemes = [one["ethnicity_scheme"] for _, one in found if one["group_level"] == "aggregate"]
    main = max(sorted(set(schemes)), key=schemes.count, default="")
    for name, one in found:
        if name in table.rows and (one["ethnicity_scheme"] == main or not main or one["group_level"] == "unknown"):
            yield name, one

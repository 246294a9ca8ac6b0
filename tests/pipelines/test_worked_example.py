from __future__ import annotations

import re
from functools import cache

import polars as pl
import pytest

from equity.narrowing import COUNTS
from pipelines import worked_example
from pipelines.catalogue import load_catalogue
from pipelines.reference import load_reference
from pipelines.settings import PROJECT
from pipelines.worked_figures import DETAILED, UPPER, Table, starter_observations, table

YEARS = [f"{year}-{year % 100 + 1}" for year in range(2017, 2025)]
SITES = {"RYG": "Coventry and Warwickshire", "RXV": "Greater Manchester", "RWK": "East London", "TAH": "Sheffield"}
EXTRACT = PROJECT.parent / "shared" / "extracts" / "talking_therapies" / "talking_therapies_annual_study_areas_tidy.csv"


@cache
def page() -> str:
    return worked_example.page()


@cache
def made(scheme: str = UPPER, beside: str = "white") -> Table:
    return table(starter_observations(), load_catalogue().indicators["tt_reliable_recovery"], scheme, load_reference(), beside)


def section(heading: str) -> str:
    """What stands under a heading, to the next one."""
    return re.split(r"\n##", page().split(f"\n### {heading}\n", maxsplit=1)[1])[0]


def test_the_page_is_the_one_that_the_command_makes() -> None:
    assert (PROJECT / "docs" / "methods" / "worked-example.md").read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("site", SITES.values())
@pytest.mark.parametrize("year", YEARS)
def test_every_site_and_year_has_its_gaps_and_says_how_many_are_of_unknown_ethnicity(site: str, year: str) -> None:
    told = section(f"{site}, {year}")
    assert f"In {year} at" in told
    assert re.search(r"Ethnicity is not known for (\d+|fewer than 1) in every 100 referrals", told)
    for group in ("Everyone", "Asian", "Black", "Mixed", "White", "Other", "Unknown"):
        assert f"\n| {group} |" in told


def test_a_group_of_which_a_service_is_hidden_has_no_figure_no_count_and_no_summary() -> None:
    told = section("East London, 2018-19")
    assert "| Black | – | – | hidden to protect people [c] | – | – |" in told
    assert "No other group can be compared" in told
    assert "2018-19: no summary measure, because fewer than 85% of the groups are known." in section(
        "East London: summary measures, 2017-18 to 2024-25"
    )


def test_east_london_is_followed_only_while_the_same_services_report() -> None:
    told = section("East London: have the gaps changed? 2017-18 to 2024-25")
    assert set(re.findall(r"20\d\d-\d\d to 20\d\d-\d\d", told)) == {"2019-20 to 2022-23", "2023-24 to 2024-25"}


def test_every_figure_lies_within_what_the_printed_counts_allow_and_rounds_to_the_printed_percentage() -> None:
    rows = pl.concat([made().rows, made(DETAILED, "A").rows], how="diagonal").filter(pl.col("value").is_not_null())
    assert rows.filter((pl.col("value") < pl.col("value_lower")) | (pl.col("value") > pl.col("value_upper"))).is_empty()
    assert rows.filter((pl.col("value") - pl.col("published")).abs() > 0.5 + 1e-9).is_empty()
    assert rows.filter(pl.col("published").is_not_null()).height > 200


def test_every_gap_lies_within_its_outer_bounds() -> None:
    bounds = {(row["org_code"], row["period_end"], row["group"]): row for row in made().rounding().iter_rows(named=True)}
    wider = {(row["org_code"], row["period_end"], row["group"]): row for row in made().unknowns().iter_rows(named=True)}
    compared = 0
    for code in SITES:
        for period in made().periods:
            for one in made().of(code, period).standing.compared:
                gap, key = one.comparison.difference.value, (code, period[1], one.reading.code)
                inner, outer = bounds[key], wider[key]
                assert outer["difference_lower"] <= inner["difference_lower"] + 1e-9 <= gap + 1e-9, key
                assert gap - 1e-9 <= inner["difference_upper"] <= outer["difference_upper"] + 1e-9, key
                compared += 1
    assert compared == 4 * (4 * 8 - 1)


def test_a_year_without_figures_says_so() -> None:
    gone = made().of("TAH", made().periods[0])
    empty = Table(gone.indicator, gone.reference, gone.rows.clear())
    site = next(one for one in load_reference().sites if one.trust_code == "TAH")
    trust, words = "Sheffield Health and Social Care NHS Foundation Trust", worked_example.wording(gone.indicator, "trust")
    told = worked_example.period_section(site, trust, empty, starter_observations(), words, made().periods[0])
    assert told == f"### Sheffield, 2024-25\n\nNo figures by ethnic group are published for {trust} in 2024-25."


@pytest.mark.parametrize(
    ("lower", "upper", "told"),
    [(1.01, 1.09, "1.0 to 1.1"), (-1.01, -1.0, "-1.1 to -1.0"), (2.0, 2.0, "2.0"), (0.5, float("inf"), "0.5 or more"), (None, None, "–")],
)
def test_ranges_are_rounded_outwards(lower: float | None, upper: float | None, told: str) -> None:
    assert worked_example.outward({"gap_lower": lower, "gap_upper": upper}, "gap", 1) == told


@pytest.mark.real
def test_the_counts_are_those_of_the_published_report() -> None:
    """The publisher's own rows, not the starter data made from them."""
    rows = pl.read_csv(EXTRACT, infer_schema=False).filter(pl.col("variable_type") == "Ethnic Group", pl.col("variable_b") == "All")
    rows = rows.filter(pl.col("measure_name") == "reliable_recovery", pl.col("org_code").is_in(["RYG", "RXV", "TAH"]))
    names = {"White": "white", "Mixed": "mixed", "Asian or Asian British": "asian", "Black or Black British": "black"}
    ours = {(one["org_code"], f"{one['period_start'].year}", one["group"]): one for one in made().rows.iter_rows(named=True)}
    compared = 0
    for row in rows.filter(pl.col("variable_a").is_in(list(names))).iter_rows(named=True):
        one = ours[row["org_code"], row["reporting_period"][:4], names[row["variable_a"]]]
        if row["measure_statistic"] == "percentage":
            assert one["published"] == float(row["value"])
        else:
            assert one[COUNTS[0]] - 2 <= float(row["value"]) <= one[COUNTS[1]] + 2
        compared += 1
    assert compared == 3 * 8 * 4 * 2


def test_the_command_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    worked_example.main()
    assert capsys.readouterr().out == page()

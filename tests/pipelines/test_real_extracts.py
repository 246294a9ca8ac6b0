"""The published extracts themselves: each loads or is refused for its reason, and the published figures come out of them.

The figures are those of the publications (NHS England and ONS, Open Government Licence v3.0), to their last digit. Whatever is
worked out here is worked out with the csv module and Decimal, row by row.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.extracts import Extract
from pipelines.reference import load_reference
from tests.pipelines.published import EXTRACTS, counted, only, read

pytestmark = [pytest.mark.real, pytest.mark.skipif(not EXTRACTS.is_dir(), reason=f"there are no published extracts in {EXTRACTS}")]

MHA = "mha/mha_annual_2023_24_ethnicity_rows.csv"
TIDY = "talking_therapies/talking_therapies_annual_study_areas_tidy.csv"
LTLA = "census/census_2021_ethnic_group_by_local_authority.csv"
RM032 = "census/census_2021_rm032_england_ethnic_group_sex_age.csv"
APRIL = "mhsds/RDY_only__MHSDS Data_AprPerf_2026.csv"
NOVEMBER = "mhsds/RDY_only__MHSDS Data_NovPerf_2025.csv"
OAPS = "mhsds/RDY_only__MHSDS Data_OAPs_acute_AprPerf_2026.csv"
WAITS = "mhsds/MHSDS Data_4WW_AugPerf_2024.csv"
QUALITY = "mhsds/RDY_only__mhsds_data_quality_apr_2026.csv"
MONTHLY = "talking_therapies/RDY_only__nhstalkingtherapies_month_apr_2026_activity_performance.csv"
CUSTODY = "eff/custody-rate.csv"
ENGLAND = "E92000001"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real")


@cache
def _extract(name: str, folder: Path) -> Extract:
    return read(EXTRACTS / name, folder)


@pytest.fixture(scope="module")
def mha(folder: Path) -> Extract:
    return _extract(MHA, folder)


@pytest.fixture(scope="module")
def therapies(folder: Path) -> Extract:
    return _extract(TIDY, folder)


def rows(name: str) -> Iterator[dict[str, str]]:
    with (EXTRACTS / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def half_up(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


# ------------------------------------------------------------------------------------- Each loads or is refused

LOADED = {
    MHA: {"mha_cto": 25, "mha_cto_standardised": 25, "mha_detentions": 283, "mha_detentions_standardised": 25, "mha_section_136": 25},
    TIDY: {
        "tt_deterioration": 2458,
        "tt_finished_course": 2458,
        "tt_recovery": 2458,
        "tt_referrals": 589,
        "tt_reliable_improvement": 2458,
        "tt_reliable_recovery": 2458,
    },
    LTLA: {"population": 309 * (19 + 5 + 2) + 5 * (19 + 5 + 2)},
    RM032: {"population": 19 + 5 + 2},
    APRIL: {"mhsds_admissions_without_contact": 9, "mhsds_detention_length": 28, "mhsds_detentions": 28, "mhsds_eip_entered_2_weeks": 8},
    NOVEMBER: {"mhsds_admissions_without_contact": 9, "mhsds_detention_length": 28, "mhsds_detentions": 28, "mhsds_eip_entered_2_weeks": 8},
    OAPS: {"mhsds_oap_bed_days": 30},
    QUALITY: {"ethnicity_recorded": 1},
    MONTHLY: {"tt_reliable_recovery": 6},
}
NO_ETHNICITY = "is recognised as NHS Talking Therapies annual report, wide layout of {}, but holds nothing that an indicator shows"
REFUSED = {
    WAITS: "is recognised as MHSDS monthly statistics (main file, out-of-area placements or four-week waits), but holds nothing that "
    "an indicator shows (18,748 rows: a measure that no indicator uses). Nothing was loaded.",
    CUSTODY: "is recognised as Ethnicity facts and figures download, but holds nothing that an indicator shows (1 rows: a measure that "
    "no indicator uses; 863 rows refused). Nothing was loaded.",
    "eff/classification_definitions.csv": "is not a layout that is known here.",
    "eff/classification_lookup.csv": "is not a layout that is known here. The nearest is Ethnicity facts and figures download. "
    "It lacks: ethnicity_type, measure, value.",
    "reference/mhb_metrics.tsv": "its columns are separated by tabs, and only commas are read.",
    "reference/mhsds_bbrb_measures.tsv": "its columns are separated by tabs, and only commas are read.",
    "reference/nhse_ethnicity_desc.csv": "is not a layout that is known here.",
    "reference/study_areas.csv": "is not a layout that is known here.",
    "talking_therapies/nhstt_annual_main_schemas.csv": "is not a layout that is known here.",
    "talking_therapies/nhstt_raw_header_fixture_2017-18.csv": NO_ETHNICITY.format("2017-18 and 2018-19 and 2019-20"),
    "talking_therapies/nhstt_raw_header_fixture_2020-21.csv": NO_ETHNICITY.format("2020-21 and 2021-22"),
    "talking_therapies/nhstt_raw_header_fixture_2022-23.csv": NO_ETHNICITY.format("2022-23"),
    "talking_therapies/nhstt_raw_header_fixture_2024-25.csv": NO_ETHNICITY.format("2024-25"),
    "README.md": "is not a layout that is known here.",
}


def test_every_published_extract_is_tried() -> None:
    there = {str(path.relative_to(EXTRACTS)) for path in EXTRACTS.rglob("*") if path.is_file()}
    assert there == set(LOADED) | set(REFUSED)


@pytest.mark.parametrize("name", LOADED)
def test_an_extract_loads_with_no_row_refused_and_every_row_counted(name: str, folder: Path) -> None:
    found = _extract(name, folder)
    assert found.report.errors == []
    assert found.refused.is_empty()
    assert found.report.indicators == LOADED[name]
    assert counted(found)
    assert found.report.rows_in == sum(1 for _ in rows(name))


@pytest.mark.parametrize("name", REFUSED)
def test_an_extract_that_cannot_load_is_refused_for_its_own_reason(name: str, folder: Path) -> None:
    found = _extract(name, folder)
    assert len(found.report.errors) == 1
    assert REFUSED[name] in found.report.errors[0]
    assert found.report.errors[0].startswith(Path(name).name)
    assert found.observations.is_empty()
    assert found.report.observations == 0


def test_a_damaged_classification_is_refused_row_by_row_with_its_value(folder: Path) -> None:
    found = _extract(CUSTODY, folder)
    assert counted(found)
    assert found.report.rows_refused == 863
    rule = "must be a classification of ethnicity: ONS 2001 5+1, ONS 2001 16+1, ONS 2011 5+1, ONS 2011 18+1, ONS 2021 5+1, ONS 2021 19+1"
    damaged = [(line, row["Ethnicity_type"]) for line, row in enumerate(rows(CUSTODY), start=2) if row["Ethnicity_type"] != "ONS 2001 5+1"]
    assert found.refused.select("source_row", "value").rows() == damaged
    assert set(found.refused["column"]) == {"ethnicity_type"}
    assert set(found.refused["rule"]) == {rule}


# ----------------------------------------------------------------------------------------- Mental Health Act, England

# Label; detentions: count, crude, standardised, half-width; community treatment orders: count, standardised, half-width.
ENGLAND_2023_24 = """
White | 31735 69.5 68.4 0.7 | 3163 6.9 0.2
British | 28317 68.2 67.8 0.8 | 2724 6.7 0.3
Irish | 370 74.9 67.3 7.0 | 40 6.9 2.3
Any Other White background | 3048 85.0 93.5 4.2 | 399 11.8 1.5
Mixed | 1935 115.9 177.1 10.7 | 279 25.3 3.8
White and Black Caribbean | 582 116.6 172.4 20.4 | 105 33.4 9.1
White and Black African | 252 104.3 140.4 21.7 | 41 26.5 9.7
White and Asian | 245 51.7 75.8 11.9 | 33 8.9 3.5
Any Other Mixed background | 856 188.4 283.1 25.0 | 100 30.9 7.6
Asian or Asian British | 3993 79.9 82.5 2.8 | 520 10.6 1.0
Indian | 1015 55.1 56.7 3.7 | 104 5.6 1.1
Pakistani | 1214 77.3 82.6 5.3 | 186 13.0 2.1
Bangladeshi | 533 84.7 92.9 10.0 | 89 15.6 4.3
Any Other Asian background | 1231 129.3 128.3 8.1 | 141 15.2 2.8
Black or Black British | 5693 239.0 242.3 6.9 | 1122 48.8 3.2
African | 2556 174.1 172.6 8.4 | 423 30.3 3.8
Caribbean | 1518 245.1 230.0 11.7 | 385 59.1 6.0
Any Other Black background | 1619 551.0 740.6 40.3 | 314 139.3 16.6
Other Ethnic Groups | 2169 130.6 129.4 6.0 | 292 17.2 2.2
Chinese | 237 55.0 54.6 7.8 | 27 6.6 2.8
Any Other Ethnic Group | 1932 212.6 210.4 10.2 | 265 28.4 3.7
""".strip().splitlines()
UPPER = {"White": "white", "Mixed": "mixed", "Asian or Asian British": "asian", "Black or Black British": "black"}
UPPER |= {"Other Ethnic Groups": "other"}
DETAILED = {
    "British": "A",
    "Irish": "B",
    "Any Other White background": "C",
    "White and Black Caribbean": "D",
    "White and Black African": "E",
    "White and Asian": "F",
    "Any Other Mixed background": "G",
    "Indian": "H",
    "Pakistani": "J",
    "Bangladeshi": "K",
    "Any Other Asian background": "L",
    "Caribbean": "M",
    "African": "N",
    "Any Other Black background": "P",
    "Chinese": "R",
    "Any Other Ethnic Group": "S",
}


def group(label: str) -> dict[str, str]:
    if label in UPPER:
        return {"ethnicity_scheme": "upper_mha_england", "ethnicity_code": UPPER[label]}
    return {"ethnicity_scheme": "nhs_16", "ethnicity_code": DETAILED[label]}


def interval(value: str, half_width: str) -> tuple[float, float]:
    return float(Decimal(value) - Decimal(half_width)), float(Decimal(value) + Decimal(half_width))


@pytest.mark.parametrize("line", ENGLAND_2023_24, ids=[line.split(" |")[0] for line in ENGLAND_2023_24])
def test_the_mental_health_act_in_england_comes_out_to_the_last_digit(line: str, mha: Extract) -> None:
    label, detentions, orders = (part.strip() for part in line.split("|"))
    count, crude, standardised, half = detentions.split()
    england = {"org_code": ENGLAND, "org_type": "england", **group(label)}
    plain = only(mha, indicator_id="mha_detentions", **england)
    assert (plain["numerator"], plain["numerator_lower"], plain["numerator_upper"]) == (float(count),) * 3
    assert (plain["value"], plain["value_basis"], plain["cell_state"]) == (float(crude), "published", "observed")
    adjusted = only(mha, indicator_id="mha_detentions_standardised", **england)
    assert (adjusted["value"], adjusted["numerator"]) == (float(standardised), float(count))
    assert (adjusted["lower_ci"], adjusted["upper_ci"]) == interval(standardised, half)
    assert adjusted["interval_method"] == "published_half_width"
    count, standardised, half = orders.split()
    adjusted = only(mha, indicator_id="mha_cto_standardised", **england)
    assert (adjusted["value"], adjusted["numerator"]) == (float(standardised), float(count))
    assert (adjusted["lower_ci"], adjusted["upper_ci"]) == interval(standardised, half)
    assert only(mha, indicator_id="mha_cto", **england)["numerator"] == float(count)


def test_the_headline_of_the_mental_health_act_has_its_interval_as_printed(mha: Extract) -> None:
    black = only(mha, indicator_id="mha_detentions_standardised", ethnicity_scheme="upper_mha_england", ethnicity_code="black")
    assert (black["value"], black["lower_ci"], black["upper_ci"]) == (242.3, 235.4, 249.2)


def test_all_under_ethnicity_is_everyone_of_known_ethnicity_only(mha: Extract) -> None:
    known = only(mha, indicator_id="mha_detentions", org_type="england", ethnicity_code="known")
    assert (known["numerator"], known["value"], known["group_level"]) == (45525, 80.7, "total")
    assert mha.observations.filter(pl.col("ethnicity_code") == "all").is_empty()
    assert only(mha, indicator_id="mha_cto", org_type="england", ethnicity_code="known")["numerator"] == 5376


@pytest.mark.parametrize(("code", "detentions"), [("unknown", 3726), ("not_known", 1774), ("not_stated", 1952)])
def test_people_of_unknown_ethnicity_have_a_count_and_no_rate(code: str, detentions: int, mha: Extract) -> None:
    found = only(mha, indicator_id="mha_detentions", org_type="england", ethnicity_code=code)
    assert (found["numerator"], found["value"]) == (detentions, None)
    assert (found["cell_state"], found["group_level"]) == ("not_applicable", "unknown")
    assert found["state_reason"] == "there is no population of people whose ethnicity is not known"


@pytest.mark.parametrize(
    ("code", "value", "half"),
    [("white", "23.7", "0.4"), ("black", "34.6", "2.3"), ("mixed", "37.7", "3.8"), ("other", "23.5", "2.2"), ("asian", "14.0", "1.0")],
)
def test_section_136_in_england_comes_out(code: str, value: str, half: str, mha: Extract) -> None:
    found = only(mha, indicator_id="mha_section_136", ethnicity_code=code)
    assert (found["value"], found["lower_ci"], found["upper_ci"]) == (float(value), *interval(value, half))


# White, Black, Asian, Mixed, Other: count and crude rate; and the count of unknown ethnicity.
ICBS_2023_24 = {
    "QWU": ("410 54.1 55 142.0 50 49.4 25 98.9 15 79.2", 135),
    "QOP": ("2275 103.8 285 212.5 305 78.3 125 144.5 110 164.3", 335),
    "QMF": ("890 96.3 700 254.6 575 95.6 130 130.5 210 213.9", 195),
    "QF7": ("815 67.6 75 220.8 75 94.8 35 114.9 20 78.7", 125),
    "QHG": ("470 65.3 95 140.5 95 62.2 65 167.0 25 129.0", 45),
}


@pytest.mark.parametrize("icb", ICBS_2023_24)
def test_the_counts_and_rates_of_the_five_icbs_come_out_with_what_rounding_allows(icb: str, mha: Extract) -> None:
    figures, unknown = ICBS_2023_24[icb]
    pairs = figures.split()
    for place, code in enumerate(("white", "black", "asian", "mixed", "other")):
        found = only(mha, indicator_id="mha_detentions", org_code=icb, ethnicity_code=code)
        count = float(pairs[2 * place])
        assert (found["org_type"], found["ethnicity_scheme"]) == ("icb", "upper_mha_icb")
        assert (found["numerator"], found["value"]) == (count, float(pairs[2 * place + 1]))
        assert (found["numerator_lower"], found["numerator_upper"]) == (max(count - 2, 5), count + 2)
    assert only(mha, indicator_id="mha_detentions", org_code=icb, ethnicity_code="unknown")["numerator"] == unknown


def test_an_icbs_small_count_is_marked_with_what_it_rests_on(mha: Extract) -> None:
    other = only(mha, indicator_id="mha_detentions", org_code="QWU", ethnicity_code="other")
    assert (other["value"], other["cell_state"], other["state_reason"]) == (79.2, "unreliable", "fewer than 20 detentions")


# Which Census groups are in which group of the publication, written out (see data/reference/ethnicity_membership.csv).
CENSUS_DETAILED = {
    "A": "13", "B": "14", "C": "17", "D": "11", "E": "10", "F": "9", "G": "12", "H": "3", "J": "4", "K": "1", "L": "5",
    "M": "7", "N": "6", "P": "8", "R": "2", "S": "19",
}  # fmt: skip
CENSUS_ENGLAND = {
    "white": "13 14 15 17",  # Roma people (16) are in no group
    "mixed": "9 10 11 12",
    "asian": "1 3 4 5",
    "black": "6 7 8",
    "other": "2 18 19",
}
CENSUS_ICB = {"white": "13 14 15 16 17", "mixed": "9 10 11 12", "asian": "1 2 3 4 5", "black": "6 7 8", "other": "18 19"}
COUNCILS = {
    "QWU": "E08000026 E07000218 E07000219 E07000220 E07000221 E07000222",
    "QOP": " ".join(f"E080000{number:02d}" for number in range(1, 11)),
    "QMF": "E09000001 E09000002 E09000012 E09000016 E09000025 E09000026 E09000030 E09000031",
    "QF7": "E08000016 E08000017 E08000018 E08000019",
}


def census_england() -> dict[str, int]:
    people: defaultdict[str, int] = defaultdict(int)
    for row in rows(RM032):
        people[row["ethnic_group_tb_20b"]] += int(row["observation"])
    return dict(people)


def census_councils() -> dict[tuple[str, str], int]:
    labels = {row["ethnic_group_tb_20b_name"]: row["ethnic_group_tb_20b"] for row in rows(RM032)}
    found: dict[tuple[str, str], int] = {}
    for row in rows(LTLA):
        label = row["ethnic_group"].strip()
        if label.endswith("(number)"):
            found[row["ltla21_code"], labels[label.removesuffix("(number)").strip()]] = int(Decimal(row["value"]))
    return found


def test_every_crude_rate_of_england_is_its_count_over_the_census(mha: Extract) -> None:
    people, groups = census_england(), {**CENSUS_ENGLAND, **CENSUS_DETAILED}
    groups["known"] = " ".join(CENSUS_ENGLAND.values())
    rates = 0
    for row in rows(MHA):
        if row["OrganisationBreakdown"] != "All submissions" or not row["CrudeRate"]:
            continue
        code = {**UPPER, **DETAILED, "All": "known"}[row["DemographicBreakdown"]]
        population = sum(people[one] for one in groups[code].split())
        assert half_up(Decimal(row["Total_Count"]) * 100_000 / population, 1) == Decimal(row["CrudeRate"])
        rates += 1
    assert rates == 88
    shown = mha.observations.filter(
        (pl.col("org_type") == "england") & pl.col("indicator_id").is_in(["mha_detentions", "mha_cto"]) & pl.col("value").is_not_null()
    )
    assert shown.height == 44
    for found in shown.to_dicts():
        assert found["denominator"] == sum(people[one] for one in groups[found["ethnicity_code"]].split())
        assert half_up(Decimal(found["recomputed"]), 1) == Decimal(str(found["value"]))


def test_every_crude_rate_of_the_four_icbs_is_its_count_over_the_census(mha: Extract) -> None:
    people = census_councils()
    denominators = {
        (icb, code): sum(people[council, one] for council, one in product(COUNCILS[icb].split(), groups.split()))
        for icb, (code, groups) in product(COUNCILS, CENSUS_ICB.items())
    }
    rates = 0
    for row in rows(MHA):
        if row["OrgID"] in COUNCILS and row["CrudeRate"]:
            # The ONS changes small counts a little, and not by the same amount in every table: one in a thousand.
            population, rate = denominators[row["OrgID"], UPPER[row["DemographicBreakdown"]]], Decimal(row["CrudeRate"])
            low, high = (Decimal(row["Total_Count"]) * 100_000 / (rate + end) for end in (Decimal("0.05"), Decimal("-0.05")))
            assert low / Decimal("1.001") <= population <= high * Decimal("1.001"), row
            rates += 1
    assert rates == 37 + 51 + 57 + 46
    for (icb, code), population in denominators.items():
        assert only(mha, indicator_id="mha_detentions", org_code=icb, ethnicity_code=code)["denominator"] == population


def test_the_one_rate_that_its_counts_do_not_give_is_reported_and_shown_as_published(mha: Extract) -> None:
    assert [(one.check, one.severity, one.count) for one in mha.report.findings] == [("published_against_recomputed", "warn", 1)]
    assert mha.report.findings[0].examples == ["mha_detentions, QHG, 2023-04-01 to 2024-03-31, White: value 65.3 (row 243)"]
    white = only(mha, indicator_id="mha_detentions", org_code="QHG", ethnicity_code="white")
    assert (white["value"], white["value_basis"]) == (65.3, "published")
    assert round(white["recomputed"], 1) == 65.9
    assert white["recomputed_lower"] > 65.35


# ------------------------------------------------------------------------------------------------ Talking Therapies

GROUPS = ("white", "black", "asian", "mixed", "other", "unknown", "all")
YEARS = [f"{year}-{(year + 1) % 100:02d}" for year in range(2017, 2025)]
RECOVERY = {
    "white": "51.7 52.9 51.9 52.1 50.8 50.8 51.2 51.7",
    "black": "46.4 48.6 48.6 51.6 50.8 49.1 49.5 50.5",
    "asian": "45.3 47.1 46.1 47.9 47.3 45.4 45.2 45.1",
    "mixed": "45.7 47.3 47.6 48.3 46.5 45.0 45.8 46.3",
    "other": "44.7 46.1 46.0 45.9 45.3 43.7 43.9 42.9",
    "unknown": "47.4 49.3 48.6 48.8 47.2 46.4 46.0 46.3",
    "all": "50.8 52.1 51.1 51.4 50.2 49.9 50.1 50.5",
}


def therapy(found: Extract, indicator: str, org: str, code: str, year: str = "2024-25") -> dict[str, Any]:
    frame = found.observations.filter(pl.col("period_start").dt.to_string("%Y-%m-%d") == f"{year[:4]}-04-01")
    return only(found.model_copy(update={"observations": frame}), indicator_id=indicator, org_code=org, ethnicity_code=code, **UPPER_NHS)


UPPER_NHS = {"ethnicity_scheme": "upper_nhs_2001"}


@pytest.mark.parametrize("code", RECOVERY)
def test_recovery_in_england_comes_out_year_by_year(code: str, therapies: Extract) -> None:
    found = [therapy(therapies, "tt_recovery", ENGLAND, code, year)["value"] for year in YEARS]
    assert found == [float(value) for value in RECOVERY[code].split()]


@pytest.mark.parametrize(
    ("indicator", "figures"),
    [
        ("tt_reliable_recovery", "48.7 47.6 42.4 43.5 40.0 None 47.5"),
        ("tt_reliable_improvement", "68.4 67.5 63.7 65.2 62.1 None 67.5"),
    ],
)
def test_outcomes_in_england_in_2024_25_come_out(indicator: str, figures: str, therapies: Extract) -> None:
    for code, value in zip(GROUPS, figures.split(), strict=True):
        if value != "None":
            assert therapy(therapies, indicator, ENGLAND, code)["value"] == float(value)


def test_white_british_and_all_other_groups_come_out(therapies: Extract) -> None:
    for code, value in (("white_british", 48.8), ("all_other_groups", 44.7), ("unknown", 43.3)):
        where = {"indicator_id": "tt_reliable_recovery", "org_code": ENGLAND, "ethnicity_scheme": "white_british_other"}
        frame = therapies.observations.filter(pl.col("period_end").dt.year() == 2025)
        assert only(therapies.model_copy(update={"observations": frame}), **where, ethnicity_code=code)["value"] == value


REFERRALS = {
    "white": "1318392 522174 39.6",
    "asian": "137175 47747 34.8",
    "black": "82314 27994 34.0",
    "mixed": "63371 21215 33.5",
    "other": "51166 16424 32.1",
    "unknown": "161014 34865 21.7",
}


@pytest.mark.parametrize("code", REFERRALS)
def test_referrals_and_finished_courses_in_england_come_out(code: str, therapies: Extract) -> None:
    referred, finished, share = REFERRALS[code].split()
    found = therapy(therapies, "tt_finished_course", ENGLAND, code)
    assert (found["denominator"], found["numerator"]) == (float(referred), float(finished))
    assert half_up(Decimal(found["value"]), 1) == Decimal(share)
    assert found["value_basis"] == "computed"


def test_everyone_has_a_rate_of_referrals_over_all_residents(therapies: Extract) -> None:
    found = therapy(therapies, "tt_referrals", ENGLAND, "all")
    assert (found["numerator"], found["denominator"]) == (1_813_432, 56_490_037)
    assert found["value"] == pytest.approx(1000 * 1_813_432 / 56_490_037, rel=1e-12)
    assert found["cell_state"] == "observed"


# White, Asian, Black, Mixed, Other, not stated, as published: whole numbers.
PROVIDERS = {
    "RYG": "51 43 49 41 31 46",
    "RXV": "46 36 43 38 38 41",
    "RWK79": "51 43 55 50 50 46",
    "RWK53": "50 36 50 52 48 43",
    "RWK4D": "49 39 52 46 36 38",
    "TAH": "50 36 48 46 37 35",
    "QWU": "50 43 51 42 30",
    "QOP": "47 38 45 41 37",
    "QMF": "47 39 49 46 46",
    "QF7": "48 35 47 40 35",
}


@pytest.mark.parametrize("org", PROVIDERS)
def test_reliable_recovery_of_providers_and_icbs_comes_out_as_published(org: str, therapies: Extract) -> None:
    for code, value in zip(("white", "asian", "black", "mixed", "other", "unknown"), PROVIDERS[org].split(), strict=False):
        found = therapy(therapies, "tt_reliable_recovery", org, code)
        assert (found["value"], found["value_basis"], found["value_decimals"]) == (float(value), "published", 0)


@pytest.mark.parametrize(
    ("code", "finished"), [("white", 8475), ("asian", 960), ("black", 320), ("mixed", 265), ("other", 150), ("unknown", 290)]
)
def test_finished_courses_at_the_trust_of_coventry_come_out(code: str, finished: int, therapies: Extract) -> None:
    found = therapy(therapies, "tt_finished_course", "RYG", code)
    assert (found["numerator"], found["numerator_lower"], found["numerator_upper"]) == (finished, finished - 2, finished + 2)


def test_the_trusts_other_group_shows_its_base_of_about_150_and_an_interval_that_says_so(therapies: Extract) -> None:
    other = therapy(therapies, "tt_reliable_recovery", "RYG", "other")
    assert other["value"] == 31
    assert 140 <= other["denominator_lower"] <= other["denominator"] <= other["denominator_upper"] <= 152
    assert other["interval_method"] == "wilson"
    # Fifteen percentage points wide, where the White group's interval is two.
    assert other["upper_ci"] - other["lower_ci"] == pytest.approx(15, abs=1)
    white = therapy(therapies, "tt_reliable_recovery", "RYG", "white")
    assert white["upper_ci"] - white["lower_ci"] == pytest.approx(2.2, abs=0.2)


def test_black_people_at_coventry_49_per_cent_is_what_160_of_320_less_a_hidden_count_allow(therapies: Extract) -> None:
    black = therapy(therapies, "tt_reliable_recovery", "RYG", "black")
    assert (black["value"], black["numerator"], black["cell_state"]) == (49, 160, "observed")
    assert (black["denominator_lower"], black["denominator_upper"]) == (318 - 4, 322)
    # From the printed counts 160/320 = 50.0 to 160/316 = 50.6; from all that they stand for 49.1 to 51.6: 49.1 is printed 49.
    low, high = Decimal(158) / 322 * 100, Decimal(162) / 314 * 100
    assert (half_up(low, 1), half_up(high, 1)) == (Decimal("49.1"), Decimal("51.6"))
    assert black["recomputed_lower"] == pytest.approx(float(low), rel=1e-12)
    assert black["recomputed_upper"] == pytest.approx(float(high), rel=1e-12)
    assert therapies.report.findings == []


SITES = ("RWK79", "RWK53", "RWK4D")


def span(printed: str) -> tuple[int, int]:
    if printed == "*":
        return 0, 4
    return max(int(printed) - 2, 5), int(printed) + 2


def spans(printed: list[str]) -> tuple[int, int]:
    return sum(span(one)[0] for one in printed), sum(span(one)[1] for one in printed)


def total(printed: list[str]) -> Decimal | None:
    return None if "*" in printed else sum((Decimal(one) for one in printed), Decimal(0))


def test_the_trust_of_east_london_is_the_sum_of_its_sites_in_every_year(therapies: Extract) -> None:
    sites: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for row in rows(TIDY):
        if row["org_code"].startswith("RWK") and row["measure_statistic"] == "count":
            sites[(row["measure_name"], row["start_date"], *place_of(row)[1:])].append(row["value"])
    found = {
        (one["period_start"].isoformat(), one["ethnicity_scheme"], one["ethnicity_code"]): one
        for one in therapies.observations.filter(pl.col("org_code") == "RWK", pl.col("indicator_id") == "tt_reliable_recovery").to_dicts()
    }
    hidden = 0
    for (start, scheme, code), one in found.items():
        recovered, finished, below = (
            sites[name, start, scheme, code] for name in ("reliable_recovery", "finished_course_treatment", "not_at_caseness")
        )
        assert len(recovered) == len(finished) == len(below) >= 3
        assert (one["org_type"], one["org_name"]) == ("trust", "East London NHS Foundation Trust")
        assert (one["numerator_lower"], one["numerator_upper"]) == spans(recovered)
        whole, part = spans(finished), spans(below)
        assert (one["denominator_lower"], one["denominator_upper"]) == (max(whole[0] - part[1], 0), whole[1] - part[0])
        numerator, parts = total(recovered), (total(finished), total(below))
        assert one["numerator"] == (None if numerator is None else float(numerator))
        if numerator is None:
            assert (one["value"], one["value_basis"], one["cell_state"]) == (None, None, "suppressed")
            hidden += 1
        else:
            assert one["value_basis"] == "rolled_up"
        if numerator is not None and None not in parts:
            denominator = (parts[0] or 0) - (parts[1] or 0)
            assert one["denominator"] == float(denominator)
            assert one["value"] == pytest.approx(float(100 * numerator / denominator), rel=1e-12)
    assert len(found) == 3 * 23 + 5 * 26
    assert hidden > 5


def test_the_sum_of_the_three_sites_in_2024_25_is_what_anyone_can_add_up(therapies: Extract) -> None:
    # Newham, Tower Hamlets and Bedfordshire.
    printed: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows(TIDY):
        white = row["variable_a"] == "White" and row["variable_b"] == "All" and row["measure_statistic"] == "count"
        if row["org_code"] in {"RWK79", "RWK53", "RWK4D"} and row["reporting_period"] == "2024-25" and white:
            printed[row["measure_name"]].append(int(row["value"]))
    white = therapy(therapies, "tt_finished_course", "RWK", "white")
    assert white["numerator"] == sum(printed["finished_course_treatment"])
    assert white["denominator"] == sum(printed["referrals_received"])
    assert len(printed["referrals_received"]) == 3


# ----------------------------------------------------------------- Every published percentage, against plain Python

INDICATORS = {
    "recovery": "tt_recovery",
    "reliable_recovery": "tt_reliable_recovery",
    "improvement": "tt_reliable_improvement",
    "deterioration": "tt_deterioration",
}
AT_CASENESS = {"recovery", "reliable_recovery"}


def exact_span(printed: str, exact: bool) -> tuple[Decimal, Decimal]:
    if printed != "*" and exact:
        return Decimal(printed), Decimal(printed)
    low, high = span(printed)
    return Decimal(low), Decimal(high)


def slow_percentages() -> Iterator[tuple[dict[str, str], str, dict[str, str]]]:
    """One row of a percentage at a time with every count of the same place: its row, its measure, count by name."""
    counts: defaultdict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    percentages: list[tuple[tuple[str, ...], dict[str, str]]] = []
    for row in rows(TIDY):
        place = tuple(row[name] for name in ("reporting_period", "org_type", "org_code", "variable_type", "variable_a", "variable_b"))
        if row["measure_statistic"] == "count":
            counts[place][row["measure_name"]] = row["value"]
        elif row["measure_name"] in INDICATORS:
            percentages.append((place, row))
    for place, row in percentages:
        yield row, row["measure_name"], counts[place]


def place_of(row: dict[str, str]) -> tuple[str, str, str]:
    """Organisation, ethnicity scheme and code of a tidy row, spelled out."""
    org = ENGLAND if row["org_type"] == "England" else row["org_code"]
    codes = {key.lower(): code for key, code in {**UPPER, **DETAILED, "Not stated/Not known/Invalid": "unknown"}.items()}
    if row["variable_type"] == "Total":
        return org, "upper_nhs_2001", "all"
    if row["variable_type"] == "BME Group":
        others = {"White British": "white_british", "BME": "all_other_groups", "Not stated/Not known/Invalid": "unknown"}
        return org, "white_british_other", others[row["variable_a"]]
    label = row["variable_a"] if row["variable_b"] == "All" else row["variable_b"]
    return org, "nhs_16" if label.lower() in map(str.lower, DETAILED) else "upper_nhs_2001", codes[label.lower()]


def test_every_published_percentage_has_the_state_bounds_and_recomputation_of_plain_arithmetic(therapies: Extract) -> None:
    kinds = {"England": {"england"}, "ICB": {"icb"}, "STP": {"stp"}, "Provider": {"trust", "provider_site"}}
    key = ("indicator_id", "org_code", "period_start", "ethnicity_scheme", "ethnicity_code", "org_type")
    found = {tuple(str(one[name]) for name in key): one for one in therapies.observations.to_dicts()}
    seen = 0
    for row, measure, counts in slow_percentages():
        org, scheme, code = place_of(row)
        kind = next(iter(kinds[row["org_type"]])) if len(kinds[row["org_type"]]) == 1 else "trust" if len(org) == 3 else "provider_site"
        one = found[INDICATORS[measure], org, row["start_date"], scheme, code, kind]
        exact = row["org_type"] == "England"
        low, high = exact_span(counts[measure], exact)
        whole_low, whole_high = exact_span(counts["finished_course_treatment"], exact)
        if measure in AT_CASENESS:
            below = exact_span(counts["not_at_caseness"], exact)
            whole_low, whole_high = max(whole_low - below[1], Decimal(0)), whole_high - below[0]
        assert (one["numerator_lower"], one["numerator_upper"]) == (low, high)
        assert (one["denominator_lower"], one["denominator_upper"]) == (whole_low, whole_high)
        assert one["numerator"] == (None if counts[measure] == "*" else float(counts[measure]))
        if row["value"] == "*":
            assert (one["value"], one["cell_state"], one["lower_ci"]) == (None, "suppressed", None)
        else:
            assert (one["value"], one["value_basis"]) == (float(row["value"]), "published")
            base = Decimal(str(one["denominator"]))
            state = "unreliable" if base < 30 else "true_zero" if Decimal(row["value"]) == 0 == low == high else "observed"
            assert one["cell_state"] == state
            assert one["lower_ci"] <= one["value"] <= one["upper_ci"]
            least, most = 100 * low / whole_high, 100 * high / whole_low
            half = Decimal("0.05") if exact else Decimal("0.5")
            assert least - half <= Decimal(row["value"]) <= most + half, row
        if whole_high > 0:
            assert one["recomputed_lower"] == pytest.approx(float(100 * low / whole_high), rel=1e-12)
        if whole_low > 0:
            assert one["recomputed_upper"] == pytest.approx(min(float(100 * high / whole_low), 100), rel=1e-12)
        seen += 1
    assert seen == 4 * 2259


# ------------------------------------------------------------------------------------------------------------ Census

ENGLAND_2021 = {
    "1": 629_567, "2": 431_162, "3": 1_843_248, "4": 1_570_285, "5": 952_126, "6": 1_468_474, "7": 619_418, "8": 293_832, "9": 474_193,
    "10": 241_528, "11": 499_310, "12": 454_350, "13": 41_540_789, "14": 494_251, "15": 64_216, "16": 99_137, "17": 3_585_002,
    "18": 320_203, "19": 908_946,
}  # fmt: skip


def test_the_census_of_england_comes_out_added_up_over_sex_and_age(folder: Path) -> None:
    found = _extract(RM032, folder)
    for code, people in ENGLAND_2021.items():
        one = only(found, ethnicity_scheme="census_19", ethnicity_code=code)
        assert (one["value"], one["org_code"], one["org_type"], one["cell_state"]) == (people, ENGLAND, "england", "observed")
    for scheme in ("census_19", "upper_census"):
        assert only(found, ethnicity_scheme=scheme, ethnicity_code="all")["value"] == 56_490_037
    asian = only(found, ethnicity_scheme="upper_census", ethnicity_code="asian")
    assert asian["value"] == sum(ENGLAND_2021[code] for code in "12345")
    assert (asian["value_basis"], asian["group_level"]) == ("rolled_up", "aggregate")


@pytest.mark.parametrize(
    ("icb", "people"), [("QWU", 942_096), ("QOP", 2_867_752), ("QMF", 1_998_679), ("QF7", 1_375_005), ("QHG", 991_796)]
)
def test_an_icb_is_the_sum_of_its_local_authorities(icb: str, people: int, folder: Path) -> None:
    found = only(_extract(LTLA, folder), org_code=icb, ethnicity_scheme="upper_census", ethnicity_code="all")
    assert (found["value"], found["org_type"], found["value_basis"]) == (people, "icb", "rolled_up")


def test_every_count_of_a_local_authority_is_kept_and_wales_is_passed_over(folder: Path) -> None:
    found = _extract(LTLA, folder)
    councils = found.observations.filter((pl.col("org_type") == "local_authority") & (pl.col("ethnicity_scheme") == "census_19"))
    loaded = {(one["org_code"], one["ethnicity_code"]): one["value"] for one in councils.to_dicts() if one["ethnicity_code"] != "all"}
    published = {key: people for key, people in census_councils().items() if key[0].startswith("E")}
    assert loaded == published
    assert found.report.rows_passed_over["outside England"] == 22 * 38
    assert found.observations.filter(pl.col("org_code").str.starts_with("W")).is_empty()


def test_the_populations_that_rates_are_divided_by_are_those_of_the_census(folder: Path) -> None:
    frame = load_reference().population_frame("census_19")
    loaded = pl.concat([_extract(LTLA, folder).observations, _extract(RM032, folder).observations])
    counted_there = {
        (one["org_code"], one["ethnicity_code"]): one["value"]
        for one in loaded.filter(pl.col("ethnicity_scheme") == "census_19").to_dicts()
    }
    assert frame.height == 38 * 20
    for area, _, code, people in frame.iter_rows():
        assert counted_there[area, code] == people


# -------------------------------------------------------------------------------------------------------------- MHSDS


def test_a_providers_month_comes_out_as_published(folder: Path) -> None:
    found = _extract(APRIL, folder)
    british = only(found, indicator_id="mhsds_detentions", ethnicity_code="A")
    assert (british["value"], british["numerator_lower"], british["numerator_upper"]) == (20, 18, 22)
    assert (british["org_code"], british["org_type"], british["publication_status"]) == ("RDY", "trust", "performance")
    assert only(found, indicator_id="mhsds_detention_length", ethnicity_scheme="nhs_16", ethnicity_code="not_known")["value"] == 137
    assert only(_extract(OAPS, folder), ethnicity_code="A")["value"] == 1725


def test_the_hidden_counts_of_a_providers_month_are_intervals_and_never_nought(folder: Path) -> None:
    found = _extract(APRIL, folder).observations
    stars = sum(1 for row in rows(APRIL) if (row["MEASURE_ID"], row["MEASURE_VALUE"]) == ("MHS81", "*") and "Ethnicity" in row["BREAKDOWN"])
    hidden = found.filter((pl.col("indicator_id") == "mhsds_detentions") & (pl.col("cell_state") == "suppressed"))
    assert hidden.height == stars > 15
    assert set(hidden.select("value", "numerator", "numerator_lower", "numerator_upper").rows()) == {(None, None, 0.0, 4.0)}


def test_a_status_with_a_space_behind_it_is_the_status(folder: Path) -> None:
    assert {row["STATUS"] for row in rows(NOVEMBER)} == {"Performance "}
    assert set(_extract(NOVEMBER, folder).observations["publication_status"]) == {"performance"}


def test_periods_that_end_on_the_same_day_are_kept_apart(folder: Path) -> None:
    found = _extract(APRIL, folder).observations.select("period_start", "period_end").unique().rows()
    assert {(start.isoformat(), end.isoformat()) for start, end in found} == {("2026-02-01", "2026-04-30"), ("2026-04-01", "2026-04-30")}


def test_the_record_of_ethnicity_at_a_provider_comes_out(folder: Path) -> None:
    found = only(_extract(QUALITY, folder), indicator_id="ethnicity_recorded")
    assert (found["value"], found["ethnicity_code"], found["org_code"]) == (94, "all", "RDY")


def test_a_providers_monthly_recovery_comes_out_by_the_names_of_its_measures(folder: Path) -> None:
    found = _extract(MONTHLY, folder)
    published = {row["MEASURE_ID"]: row["MEASURE_VALUE_SUPPRESSED"] for row in rows(MONTHLY) if row["GROUP_TYPE"] == "Provider"}
    assert only(found, ethnicity_code="white")["value"] == float(published["M206"]) == 44
    black = only(found, ethnicity_code="black")
    assert (published["M208"], black["value"], black["cell_state"]) == ("*", None, "suppressed")

"""The Mental Health Act annual figures: what All means there, whose groups, which figures, and what is left out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.reference import load_reference
from pipelines.sources.common import LABEL_RULE
from tests.pipelines.published import counted, extract, mha, mha_icb, only, refusals

YEAR = (date(2023, 4, 1), date(2024, 3, 31))


def test_a_row_of_england_gives_a_crude_and_a_standardised_rate_that_are_kept_apart(tmp_path: Path) -> None:
    found = extract(tmp_path, mha())
    crude = only(found, indicator_id="mha_detentions")
    adjusted = only(found, indicator_id="mha_detentions_standardised")
    assert (crude["value"], adjusted["value"]) == (69.5, 68.4)
    assert (crude["interval_method"], adjusted["interval_method"]) == ("byar_exact", "published_half_width")
    for one in (crude, adjusted):
        assert (one["period_start"], one["period_end"]) == YEAR
        assert (one["org_code"], one["org_name"], one["ethnicity_scheme"]) == ("E92000001", "England", "upper_mha_england")
        assert (one["numerator"], one["numerator_lower"], one["numerator_upper"]) == (31735, 31735, 31735)


def test_the_limits_of_a_half_width_are_exact_decimals(tmp_path: Path) -> None:
    rows = [
        mha(DemographicBreakdown="Black or Black British", StdRate="242.3", Confidence_interval="6.9"),
        mha(DemographicBreakdown="Mixed", StdRate="177.1", Confidence_interval="10.70"),
        mha(DemographicBreakdown="White", StdRate="0.3", Confidence_interval="0.1"),
        mha(DemographicBreakdown="Other Ethnic Groups", StdRate="2", Confidence_interval="3"),
    ]
    found = extract(tmp_path, *rows)
    limits = {"black": (235.4, 249.2), "mixed": (166.4, 187.8), "white": (0.2, 0.4), "other": (0, 5)}
    for code, ends in limits.items():
        one = only(found, indicator_id="mha_detentions_standardised", ethnicity_code=code)
        assert (one["lower_ci"], one["upper_ci"]) == ends


@pytest.mark.parametrize("half", ["", "*", "NULL"])
def test_a_standardised_rate_without_a_half_width_has_no_interval(half: str, tmp_path: Path) -> None:
    one = only(extract(tmp_path, mha(Confidence_interval=half)), indicator_id="mha_detentions_standardised")
    assert (one["value"], one["lower_ci"], one["upper_ci"], one["interval_method"]) == (68.4, None, None, None)


def test_all_under_ethnicity_means_known_and_all_under_all_means_everyone(tmp_path: Path) -> None:
    rows = [
        mha(DemographicBreakdown="All", Total_Count="45525", CrudeRate="80.7", StdRate="", Confidence_interval=""),
        mha(Demographic="All", DemographicBreakdown="All", Total_Count="50437", CrudeRate="89.3", StdRate="", Confidence_interval=""),
    ]
    found = extract(tmp_path, *rows)
    known, everyone = (only(found, indicator_id="mha_detentions", ethnicity_code=code) for code in ("known", "all"))
    assert (known["numerator"], known["ethnicity_label"], known["group_level"]) == (45525, "All with known ethnicity", "total")
    assert (everyone["numerator"], everyone["ethnicity_label"], everyone["group_level"]) == (50437, "All", "total")
    # Roma people are in no group of this publication, and so not among those of known ethnicity.
    assert everyone["denominator"] - known["denominator"] == 99_137
    assert everyone["denominator"] == 56_490_037


@pytest.mark.parametrize(
    ("label", "scheme", "code", "level"),
    [
        ("White", "upper_mha_england", "white", "aggregate"),
        ("Other Ethnic Groups", "upper_mha_england", "other", "aggregate"),
        ("British", "nhs_16", "A", "detailed"),
        ("Any Other Ethnic Group", "nhs_16", "S", "detailed"),
        ("Chinese", "nhs_16", "R", "detailed"),
        ("Not Stated", "upper_mha_england", "not_stated", "unknown"),
        ("Not Known", "upper_mha_england", "not_known", "unknown"),
        ("Unknown", "upper_mha_england", "unknown", "unknown"),
        ("  asian  or asian british ", "upper_mha_england", "asian", "aggregate"),
    ],
)
def test_one_column_holds_upper_groups_detailed_ones_and_unknown(label: str, scheme: str, code: str, level: str, tmp_path: Path) -> None:
    found = only(extract(tmp_path, mha(DemographicBreakdown=label)), indicator_id="mha_detentions")
    assert (found["ethnicity_scheme"], found["ethnicity_code"], found["group_level"]) == (scheme, code, level)


def test_an_icb_has_upper_groups_of_its_own_and_rounded_counts(tmp_path: Path) -> None:
    found = extract(tmp_path, mha_icb(), mha_icb(DemographicBreakdown="Asian or Asian British", Total_Count="50", CrudeRate="49.4"))
    white = only(found, ethnicity_code="white")
    assert (white["ethnicity_scheme"], white["org_type"], white["org_code"]) == ("upper_mha_icb", "icb", "QWU")
    assert (white["numerator"], white["numerator_lower"], white["numerator_upper"]) == (410, 408, 412)
    assert found.report.indicators == {"mha_detentions": 2}
    # In an ICB's population Chinese people are in Asian, in England's in Other.
    asian = load_reference().census.filter(pl.col("area_code") == "QWU", pl.col("ethnicity_code").is_in(list("12345")))
    assert only(found, ethnicity_code="asian")["denominator"] == asian["population"].sum()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"Measure": "Discharges following detention"}, "a measure that no indicator uses"),
        ({"measureSubcategory": "Section 2"}, "a measure that no indicator uses"),
        ({"Demographic": "Age", "DemographicBreakdown": "18 to 34"}, "broken down by something other than ethnicity"),
        ({"Datasource": "ECDS"}, "from another data source than MHSDS"),
        ({"Datasource": "Both"}, "from another data source than MHSDS"),
        ({"OrganisationBreakdown": "Independent Health Provider"}, "a kind of organisation that no indicator shows"),
        (
            {"OrganisationBreakdown": "NHS Trust", "OrgID": "RYG", "Demographic": "All", "DemographicBreakdown": "All"},
            "of a kind of organisation, or an ethnicity scheme, for which no indicator is shown",
        ),
        (
            {"OrganisationBreakdown": "ICB", "OrgID": "QWU", "Measure": "Uses of CTOs"},
            "of a kind of organisation, or an ethnicity scheme, for which no indicator is shown",
        ),
    ],
)
def test_what_no_indicator_shows_is_passed_over_with_its_reason(changed: dict[str, str], reason: str, tmp_path: Path) -> None:
    found = extract(tmp_path, mha(), mha(**changed))
    assert found.report.rows_passed_over == {reason: 1}
    assert (found.report.rows_in, found.report.rows_kept) == (2, 1)
    assert counted(found)


def test_a_measure_and_its_subcategory_together_are_one_measure(tmp_path: Path) -> None:
    row = mha(Measure="Short term orders", measureSubcategory="Section 136", StdRate="23.7", Confidence_interval="0.4")
    found = only(extract(tmp_path, row))
    assert (found["indicator_id"], found["value"]) == ("mha_section_136", 23.7)


@pytest.mark.parametrize("year", ["2023-24", "2023/2024", " 2023/24 "])
def test_a_year_is_from_april_to_march(year: str, tmp_path: Path) -> None:
    found = only(extract(tmp_path, mha(Year=year)), indicator_id="mha_detentions")
    assert (found["period_start"], found["period_end"]) == YEAR


def test_a_wrong_year_a_strange_group_and_a_malformed_rate_are_refused_with_their_rules(tmp_path: Path) -> None:
    wrong = [mha(DemographicBreakdown="Mixed", Year="2023"), mha(DemographicBreakdown="Martian")]
    found = extract(tmp_path, mha(), *wrong, mha(DemographicBreakdown="Irish", CrudeRate="c.70"))
    assert [refusal[:3] for refusal in refusals(found)] == [
        (3, "year", "2023"),
        (4, "demographicbreakdown", "Martian"),
        (5, "cruderate", "c.70"),
    ]
    assert refusals(found)[1][3] == LABEL_RULE
    assert set(found.observations["ethnicity_code"]) == {"white"}
    assert counted(found)


def test_a_starred_count_has_no_rate_and_stands_for_0_to_4(tmp_path: Path) -> None:
    row = mha_icb(DemographicBreakdown="Other Ethnic Groups", MHSDS_Count="*", Total_Count="*", CrudeRate="*")
    found = only(extract(tmp_path, row))
    assert (found["cell_state"], found["value"], found["numerator"]) == ("suppressed", None, None)
    assert (found["numerator_lower"], found["numerator_upper"]) == (0, 4)
    assert (found["state_reason"], found["recomputed"]) == ("suppressed by the publisher", None)


def test_a_rate_from_before_the_2021_census_is_not_worked_out_from_it(tmp_path: Path) -> None:
    found = extract(tmp_path, mha(Year="2021/22", Total_Count="30000", CrudeRate="72.4"))
    before = only(found, indicator_id="mha_detentions")
    assert (before["value"], before["numerator"], before["denominator"], before["recomputed"]) == (72.4, 30000, None, None)
    assert before["lower_ci"] < 72.4 < before["upper_ci"]
    assert found.report.findings == []

"""Named checks: what refuses a row, what only warns, and that honest rounding and suppression never do."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.catalogue import load_catalogue
from pipelines.checks import CHECKS, run
from pipelines.extracts import Extract
from tests.pipelines.published import Row, course, extract, mha, mha_icb, mhsds, only, refusals, template, tidy

GROUPS = ("White", "Mixed", "Asian or Asian British", "Black or Black British", "Other Ethnic Groups")


def found_by(found: Extract) -> list[tuple[str, str, int]]:
    return [(one.check, one.severity, one.count) for one in found.report.findings]


# ------------------------------------------------------------------------------------------------------------- Refusing


def test_more_counted_than_there_are_is_refused_even_allowing_for_rounding(tmp_path: Path) -> None:
    possible = template(ethnicity="white", value="", numerator="325", denominator="322")
    found = extract(tmp_path, possible, template(value="", numerator="330", denominator="320"))
    assert refusals(found) == [(3, "numerator", "330.0", "more people counted than there are to count")]
    white = only(found, ethnicity_code="white")
    assert (white["value"], white["numerator"], white["denominator"]) == (100, 325, 322)
    assert white["upper_ci"] == 100
    assert found_by(found) == [("numerator_over_denominator", "refuse", 1)]


def test_a_percentage_above_100_is_refused_and_a_rate_is_none(tmp_path: Path) -> None:
    detained = {"indicator_id": "mha_detentions", "ethnicity_scheme": "upper_mha_england", "value": "239", "numerator": "5693"}
    rate = template(org_code="England", denominator="", rounded_to="1", **detained)
    found = extract(tmp_path, template(value="101", numerator="", denominator=""), rate)
    assert refusals(found) == [(2, "value", "101.0", "a percentage above 100")]
    assert only(found)["value"] == 239


@pytest.mark.parametrize(("low", "high"), [("50", "60"), ("30", "40"), ("60", "30")])
def test_limits_that_do_not_hold_their_value_are_refused(low: str, high: str, tmp_path: Path) -> None:
    found = extract(tmp_path, template(ethnicity="white"), template(lower_ci=low, upper_ci=high))
    assert [refusal[:2] + refusal[3:] for refusal in refusals(found)] == [(3, "lower_ci", "confidence limits that do not hold their value")]


def test_a_refused_observation_is_in_no_other_finding(tmp_path: Path) -> None:
    found = extract(tmp_path, template(ethnicity="white"), template(value="150", numerator="330", denominator="300"))
    assert found_by(found) == [("numerator_over_denominator", "refuse", 1)]


def test_an_extract_without_observations_has_no_findings() -> None:
    observations, refused, findings = run(pl.DataFrame(), load_catalogue())
    assert (observations.height, refused.height, findings) == (0, 0, [])


def test_every_check_is_named_and_said_in_words() -> None:
    assert [check.name for check in CHECKS] == [
        "numerator_over_denominator",
        "percentage_over_100",
        "limits_out_of_order",
        "published_against_recomputed",
    ]
    assert all(check.message and check.message[0].islower() for check in CHECKS)


# -------------------------------------------------------------------------------------- Published against recomputed


@pytest.mark.parametrize(("percentage", "agrees"), [("48", False), ("49", True), ("50", True), ("51", True), ("52", True), ("53", False)])
def test_a_percentage_that_its_counts_do_not_allow_is_reported_and_shown_all_the_same(
    percentage: str, agrees: bool, tmp_path: Path
) -> None:
    """160 of 320 less a hidden 0 to 4 may be 49.07 to 51.59: printed as a whole per cent 49, 50, 51 or 52."""
    found = extract(tmp_path, *course(percentage=percentage))
    assert found_by(found) == ([] if agrees else [("published_against_recomputed", "warn", 1)])
    assert only(found, indicator_id="tt_reliable_recovery")["value"] == float(percentage)


def test_an_exact_rate_of_england_is_held_to_its_last_digit(tmp_path: Path) -> None:
    assert found_by(extract(tmp_path, mha())) == []
    wrong = extract(tmp_path, mha(CrudeRate="69.6"))
    assert found_by(wrong) == [("published_against_recomputed", "warn", 1)]
    assert wrong.report.findings[0].examples == ["mha_detentions, E92000001, 2023-04-01 to 2024-03-31, White: value 69.6 (row 2)"]


def test_a_rounded_count_of_an_icb_allows_every_rate_that_it_can_stand_for(tmp_path: Path) -> None:
    # 55 stands for 53 to 57.
    black = mha_icb(DemographicBreakdown="Black or Black British", Total_Count="55", CrudeRate="142")
    people = only(extract(tmp_path, black))["denominator"]
    for count, agrees in ((52, False), (53, True), (57, True), (58, False)):
        found = extract(tmp_path, black | {"CrudeRate": f"{100_000 * count / people:.1f}"})
        assert found_by(found) == ([] if agrees else [("published_against_recomputed", "warn", 1)])


def test_findings_of_one_kind_are_counted_and_a_few_are_named(tmp_path: Path) -> None:
    codes = [f"R{letter}X" for letter in "ABCDEFGH"]
    found = extract(tmp_path, *[row for code in codes for row in course(percentage="90", org_code=code)])
    assert found_by(found) == [("published_against_recomputed", "warn", 8)]
    assert len(found.report.findings[0].examples) == 5


# ------------------------------------------------------------------------------------------------- Parts and the whole


def counts(counted: dict[str, str], **place: str) -> list[Row]:
    """Referrals by group in the tidy layout; ``all`` is the row of the total."""
    rows: list[Row] = []
    for label, count in counted.items():
        kind = {"variable_type": "Total", "variable_a": "NULL"} if label == "all" else {"variable_a": label}
        finished = {"measure_statistic": "count", "measure_name": "finished_course_treatment", "value": count}
        rows += [tidy(**place, **kind, **finished), tidy(**place, **kind, **finished | {"measure_name": "referrals_received"})]
    return rows


ENGLAND = {"org_type": "England", "org_code": "Eng", "org_name": "England"}
UNKNOWN = "Not stated/Not known/Invalid"
EXACT = dict(zip(GROUPS, ("7000", "500", "900", "600", "300"), strict=True))


def apart(found: Extract) -> bool:
    return any(one.check == "parts_and_whole" and one.severity == "warn" for one in found.report.findings)


@pytest.mark.parametrize(("unknown", "wrong"), [("700", False), ("650", False), ("600", False), ("400", True), ("1000", True)])
def test_groups_and_unknown_of_england_are_everyone_within_one_in_a_hundred(unknown: str, wrong: bool, tmp_path: Path) -> None:
    found = extract(tmp_path, *counts({**EXACT, UNKNOWN: unknown, "all": "10000"}, **ENGLAND))
    assert apart(found) is wrong
    if wrong:
        finding = next(one for one in found.report.findings if one.check == "parts_and_whole")
        assert finding.message == "groups and unknown do not add up to all, by more than one in a hundred"
        assert "E92000001, 2024-04-01 to 2025-03-31, all groups" in finding.examples[0]


def test_rounded_and_hidden_counts_are_held_to_what_they_can_have_been(tmp_path: Path) -> None:
    rounded = dict(zip(GROUPS, ("8475", "265", "960", "320", "*"), strict=True))
    assert not apart(extract(tmp_path, *counts({**rounded, UNKNOWN: "290", "all": "10310"})))
    assert apart(extract(tmp_path, *counts({**rounded, UNKNOWN: "290", "all": "10800"})))
    # All that can be said of small hidden groups is that they are 0 to 4 each.
    hidden = dict(zip(GROUPS, ("100", "*", "*", "*", "*"), strict=True))
    assert not apart(extract(tmp_path, *counts({**hidden, UNKNOWN: "*", "all": "120"})))
    assert apart(extract(tmp_path, *counts({**hidden, UNKNOWN: "*", "all": "130"})))


def test_a_publication_without_its_unknown_says_only_that_groups_are_not_more_than_everyone(tmp_path: Path) -> None:
    assert not apart(extract(tmp_path, *counts({**EXACT, "all": "12000"}, **ENGLAND)))
    assert apart(extract(tmp_path, *counts({**EXACT, "all": "9000"}, **ENGLAND)))


def test_a_publication_without_one_of_its_groups_is_not_added_up(tmp_path: Path) -> None:
    fewer = {label: count for label, count in EXACT.items() if label != "White"}
    assert not apart(extract(tmp_path, *counts({**fewer, UNKNOWN: "700", "all": "10000"}, **ENGLAND)))


def detentions(known: str, everyone: str | None = None, unknown: str = "600") -> list[Row]:
    """The Mental Health Act in England: All under Ethnicity is people of known ethnicity, Unknown is two kinds together."""
    figures = {"StdRate": "", "Confidence_interval": "", "CrudeRate": ""}
    half = str(int(unknown) // 2)
    labels = {**EXACT, "All": known, "Unknown": unknown, "Not Known": half, "Not Stated": half}
    rows = [mha(DemographicBreakdown=label, Total_Count=count, **figures) for label, count in labels.items()]
    return rows + ([mha(Demographic="All", DemographicBreakdown="All", Total_Count=everyone, **figures)] if everyone else [])


def test_all_of_known_ethnicity_are_the_groups_alone(tmp_path: Path) -> None:
    assert not apart(extract(tmp_path, *detentions("9300")))
    found = extract(tmp_path, *detentions("9900"))
    assert {one.message for one in found.report.findings} == {
        "groups do not add up to all with known ethnicity, by more than one in a hundred"
    }


def test_everyone_is_the_groups_and_the_unknown_counted_once(tmp_path: Path) -> None:
    assert not apart(extract(tmp_path, *detentions("9300", "9900")))
    # Unknown and its two kinds side by side would be 10,500.
    assert not apart(extract(tmp_path, *detentions("9300", "9920")))
    assert apart(extract(tmp_path, *detentions("9300", "11000")))


def test_the_three_unknowns_of_a_month_are_three_groups(tmp_path: Path) -> None:
    counted = {"White or White British": "7000", **{label: EXACT[label] for label in GROUPS[1:]}}
    counted |= {"Not Stated": "300", "Not Known": "200", "UNKNOWN": "200"}
    by = {"BREAKDOWN": "England; Upper Ethnicity", "SECONDARY_LEVEL": "NONE"}
    rows = [mhsds(**by, PRIMARY_LEVEL=label, MEASURE_VALUE=count) for label, count in counted.items()]

    def month(everyone: str) -> Extract:
        whole = mhsds(BREAKDOWN="England", PRIMARY_LEVEL="England", SECONDARY_LEVEL="NONE", MEASURE_VALUE=everyone)
        return extract(tmp_path, *rows, whole)

    assert not apart(month("10000"))
    assert apart(month("11000"))

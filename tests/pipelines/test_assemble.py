"""Figures to observations: which value is shown, what it is worked out to, its state, its interval and its names."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from equity.cells import CellState
from pipelines.assemble import measures, sources_of
from pipelines.catalogue import load_catalogue
from tests.pipelines.published import Row, counted, course, extract, mhsds, only, read, save, template, tidy

ENGLAND = {"org_type": "England", "org_code": "Eng", "org_name": "England"}
MEAN = {"MEASURE_ID": "MHS150a"}


def throughput(finished: str, referred: str, **place: object) -> list[Row]:
    """Finished courses and referrals: nobody publishes the one over the other."""
    counts = {"finished_course_treatment": finished, "referrals_received": referred}
    return [tidy(**place, measure_name=name, measure_statistic="count", value=count) for name, count in counts.items()]


def recovery(folder: Path, *rows: Row) -> dict[str, Any]:
    return only(extract(folder, *rows), indicator_id="tt_reliable_recovery")


# --------------------------------------------------------------------------------------------------- Value and basis


def test_the_published_value_is_shown_and_worked_out_again_beside_it(tmp_path: Path) -> None:
    found = recovery(tmp_path, *course())
    assert (found["value"], found["value_basis"], found["numerator"]) == (49, "published", 160)
    # Finished courses less a hidden 0 to 4 who began below the threshold; the point stands in the middle.
    assert (found["denominator"], found["denominator_lower"], found["denominator_upper"]) == (318, 314, 322)
    assert found["recomputed"] == pytest.approx(100 * 160 / 318)
    assert (round(found["recomputed_lower"], 1), round(found["recomputed_upper"], 1)) == (49.1, 51.6)


def test_a_value_that_nobody_published_is_worked_out_from_its_counts(tmp_path: Path) -> None:
    found = only(extract(tmp_path, *throughput("320", "900")), indicator_id="tt_finished_course")
    assert (found["value"], found["value_basis"]) == (pytest.approx(100 * 320 / 900, rel=1e-14), "computed")


@pytest.mark.parametrize(
    ("printed", "state"),
    [("*", "suppressed"), ("N/A", "not_applicable"), ("-", "not_collected"), ("?", "unreliable"), ("", "not_collected")],
)
def test_a_symbol_in_place_of_the_value_is_respected_though_its_counts_are_there(printed: str, state: str, tmp_path: Path) -> None:
    found = recovery(tmp_path, *course(percentage=printed))
    assert (found["value"], found["value_basis"], found["cell_state"], found["lower_ci"]) == (None, None, state, None)
    assert found["recomputed"] is not None


def test_sites_are_rolled_up_from_counts_and_never_from_percentages(tmp_path: Path) -> None:
    rows = [row for site, share in (("RWK79", 51), ("RWK53", 10)) for row in course(100, share, 200, 20, org_code=site)]
    found = only(extract(tmp_path, *rows), indicator_id="tt_reliable_recovery", org_code="RWK")
    assert (found["value"], found["value_basis"], found["org_type"]) == (pytest.approx(100 * 200 / 360), "rolled_up", "trust")
    assert found["org_name"] == "East London NHS Foundation Trust"
    assert found["source_row"] is None


def test_a_figure_goes_to_every_indicator_that_it_is_part_of(tmp_path: Path) -> None:
    found = extract(tmp_path, *course(), tidy(measure_statistic="count", measure_name="referrals_received", value="900"))
    assert found.report.indicators["tt_reliable_recovery"] == 1
    assert only(found, indicator_id="tt_finished_course")["numerator"] == 320


# ------------------------------------------------------------------------------------------------------------- States


def test_a_count_of_nought_is_a_true_zero_and_not_too_few_to_be_sure(tmp_path: Path) -> None:
    row = mhsds(BREAKDOWN="England; Ethnicity", PRIMARY_LEVEL="B", MEASURE_VALUE="0")
    found = only(extract(tmp_path, row))
    assert (found["value"], found["cell_state"], found["state_reason"]) == (0, "true_zero", None)


def test_a_rate_of_no_events_is_a_true_zero_with_an_upper_limit(tmp_path: Path) -> None:
    orders = {"indicator_id": "mha_cto", "ethnicity_scheme": "upper_mha_england", "value": "0", "numerator": "0", "denominator": ""}
    found = only(extract(tmp_path, template(org_code="England", rounded_to="1", **orders)))
    assert (found["cell_state"], found["lower_ci"]) == ("true_zero", 0)
    assert 0 < found["upper_ci"] < 1


@pytest.mark.parametrize(
    ("recovered", "finished", "state", "reason"),
    [
        (0, 300, "true_zero", None),
        (0, 20, "unreliable", "fewer than 30 referrals"),
        (10, 29, "unreliable", "fewer than 30 referrals"),
        (10, 30, "observed", None),
    ],
)
def test_a_base_under_30_is_unreliable_also_where_nobody_is_counted(
    recovered: int, finished: int, state: str, reason: str | None, tmp_path: Path
) -> None:
    share = round(100 * recovered / finished, 1)
    found = recovery(tmp_path, *course(recovered, share, finished, 0, **ENGLAND))
    assert (found["cell_state"], found["state_reason"], found["value"]) == (state, reason, share)


def test_a_rounded_nought_per_cent_of_some_people_is_no_true_zero(tmp_path: Path) -> None:
    found = recovery(tmp_path, *course("5", "0", "2000", "100"))
    assert (found["value"], found["cell_state"]) == (0, "observed")
    hidden = recovery(tmp_path, *course("*", "0", "2000", "100"))
    assert hidden["cell_state"] == "observed"


@pytest.mark.parametrize(
    ("indicator", "events", "words"),
    [
        ("mha_cto", 19, "fewer than 20 community treatment orders"),
        ("tt_referrals", 19, "fewer than 20 referrals"),
    ],
)
def test_a_rate_of_few_events_is_unreliable_and_says_of_what_there_are_few(indicator: str, events: int, words: str, tmp_path: Path) -> None:
    scheme = load_catalogue().indicators[indicator].ethnicity_schemes[0]
    figures = {"value": "", "numerator": events, "denominator": "", "rounded_to": "1"}
    row = template(indicator_id=indicator, org_code="England", ethnicity_scheme=scheme, **figures)
    found = only(extract(tmp_path, row))
    assert (found["cell_state"], found["state_reason"]) == ("unreliable", words)
    enough = only(extract(tmp_path, row | {"numerator": str(events + 1)}))
    assert enough["cell_state"] == "observed"


def test_a_hidden_base_of_at_most_4_is_too_few_to_be_sure(tmp_path: Path) -> None:
    rows = [mhsds(**MEAN, MEASURE_VALUE="137"), mhsds(MEASURE_ID="MHS150", MEASURE_VALUE="*")]
    found = only(extract(tmp_path, *rows), indicator_id="mhsds_detention_length")
    assert (found["value"], found["cell_state"], found["state_reason"]) == (137, "unreliable", "fewer than 30 detentions")


def test_a_mean_without_a_published_base_is_shown_without_an_interval(tmp_path: Path) -> None:
    found = only(extract(tmp_path, mhsds(**MEAN, MEASURE_VALUE="137")), indicator_id="mhsds_detention_length")
    assert (found["value"], found["cell_state"], found["lower_ci"], found["recomputed"]) == (137, "observed", None, None)


def test_nobody_in_the_denominator_means_that_the_rate_does_not_apply(tmp_path: Path) -> None:
    found = only(extract(tmp_path, *throughput("0", "0", **ENGLAND)), indicator_id="tt_finished_course")
    assert (found["value"], found["cell_state"], found["state_reason"]) == (None, "not_applicable", "nobody is in the denominator")


def test_people_of_unknown_ethnicity_have_no_rate_of_residents(tmp_path: Path) -> None:
    rows = throughput("34865", "161014", **ENGLAND, variable_a="Not stated/Not known/Invalid")
    found = only(extract(tmp_path, *rows), indicator_id="tt_referrals")
    assert (found["numerator"], found["value"]) == (161014, None)
    assert (found["cell_state"], found["group_level"]) == ("not_applicable", "unknown")
    assert found["state_reason"] == "there is no population of people whose ethnicity is not known"


def test_an_hidden_count_hides_what_would_be_worked_out_from_it(tmp_path: Path) -> None:
    found = only(extract(tmp_path, *throughput("*", "900")), indicator_id="tt_finished_course")
    assert (found["value"], found["cell_state"], found["state_reason"]) == (None, "suppressed", "suppressed by the publisher")
    assert (found["numerator_lower"], found["numerator_upper"]) == (0, 4)
    assert found["recomputed_upper"] == pytest.approx(100 * 4 / 898)


def test_a_rate_is_never_worked_out_from_a_hidden_base(tmp_path: Path) -> None:
    row = template(indicator_id="tt_finished_course", value="", numerator="25", denominator="*", denominator_excluded="", rounded_to="5")
    found = only(extract(tmp_path, row), indicator_id="tt_finished_course")
    assert (found["value"], found["denominator"], found["denominator_upper"]) == (None, None, 4)
    assert (found["cell_state"], found["state_reason"]) == ("suppressed", "what it is out of is suppressed by the publisher")


def test_every_observation_has_one_of_the_six_states(tmp_path: Path) -> None:
    symbols = ["49", "0", "*", "?", "-", "N/A", "[u]", "~0", ""]
    groups = ["White", "Mixed", "Asian or Asian British", "Black or Black British", "African", "Indian", "Irish", "Chinese", "Pakistani"]
    rows = [row for label, symbol in zip(groups, symbols, strict=True) for row in course(percentage=symbol, variable_a=label)]
    states = set(extract(tmp_path, *rows).observations["cell_state"])
    assert states <= {str(state) for state in CellState}
    assert len(states) == 5


# ---------------------------------------------------------------------------------------------------------- Intervals


def wilson(events: float, base: float) -> tuple[float, float]:
    z = float(norm.ppf(0.975))
    centre, spread = 2 * events + z**2, z * (z**2 + 4 * events * (1 - events / base)) ** 0.5
    return 100 * (centre - spread) / (2 * (base + z**2)), 100 * (centre + spread) / (2 * (base + z**2))


def test_a_proportion_from_rounded_counts_has_its_interval_around_the_published_value(tmp_path: Path) -> None:
    found = recovery(tmp_path, *course())
    assert (found["lower_ci"], found["upper_ci"]) == pytest.approx(wilson(0.49 * 318, 318))
    assert found["interval_method"] == "wilson"


def test_a_proportion_from_exact_counts_has_the_interval_of_its_counts(tmp_path: Path) -> None:
    found = recovery(tmp_path, *course(13000, 48.1, 30000, 3000, **ENGLAND))
    assert (found["lower_ci"], found["upper_ci"]) == pytest.approx(wilson(13000, 27000))


def test_a_value_without_a_base_has_no_interval(tmp_path: Path) -> None:
    found = recovery(tmp_path, tidy(), tidy(measure_statistic="count", value="160"))
    assert (found["value"], found["denominator"], found["lower_ci"], found["interval_method"]) == (49, None, None, None)


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 60))
@settings(deadline=None, max_examples=40)
def test_a_published_percentage_is_always_within_its_interval_and_its_recomputation(
    tmp_path_factory: pytest.TempPathFactory, part: int, rest: int, below: int
) -> None:
    """Whatever the true counts: printed as NHS England prints them, they never contradict themselves."""
    whole = part + rest

    def printed(count: int) -> str:
        return "*" if count < 5 else str(5 * ((count + 2) // 5))

    percentage = int((Decimal(100 * part) / whole).quantize(Decimal(1), rounding="ROUND_HALF_UP"))
    folder = tmp_path_factory.mktemp("one")
    rows = course(printed(part), "*" if part < 5 else percentage, printed(whole + below), printed(below))
    found = read(save(folder / "one.csv", rows), folder)
    one = only(found, indicator_id="tt_reliable_recovery")
    assert found.report.findings == []
    assert one["numerator_lower"] <= part <= one["numerator_upper"]
    assert one["denominator_lower"] <= whole <= one["denominator_upper"]
    if one["recomputed_lower"] is not None:
        assert one["recomputed_lower"] <= 100 * part / whole + 1e-9
    if one["recomputed_upper"] is not None:
        assert one["recomputed_upper"] >= 100 * part / whole - 1e-9
    if one["lower_ci"] is not None:
        assert one["lower_ci"] - 1e-9 <= one["value"] <= one["upper_ci"] + 1e-9


# -------------------------------------------------------------------------------------------------- Names and sources


def test_an_area_has_the_name_that_it_had_at_the_time(tmp_path: Path) -> None:
    names = {2021: ("STP", "Coventry and Warwickshire STP"), 2022: ("ICB", "NHS Coventry and Warwickshire Integrated Care Board")}
    for start, (kind, name) in names.items():
        year = {"reporting_period": f"{start}-{start % 100 + 1}", "start_date": f"{start}-04-01", "end_date": f"{start + 1}-03-31"}
        found = recovery(tmp_path, *course(**year, org_code="QWU", org_type=kind))
        assert (found["org_type"], found["org_name"]) == (kind.lower(), name)


def test_an_stp_has_the_code_of_its_successor_and_not_its_population(tmp_path: Path) -> None:
    row = template(indicator_id="tt_referrals", org_code="QF7", org_type="icb", value="", numerator="5000", denominator="")
    assert only(extract(tmp_path, row))["denominator"] > 0
    before = extract(tmp_path, template(), row | {"org_type": "stp", "period_start": "2020-04-01", "period_end": "2021-03-31"})
    assert [refusal["rule"] for refusal in before.report.refusals] == ["tt_referrals is shown for england, icb only"]


def test_an_observation_names_its_publication_and_its_licence(tmp_path: Path) -> None:
    found = recovery(tmp_path, *course())
    assert found["source"].startswith("NHS Talking Therapies, for anxiety and depression, Annual reports")
    assert found["licence"] == "Open Government Licence v3.0"
    assert (found["dataset"], found["source_row"], len(found["extract_sha256"])) == ("talking_therapies_annual", 2, 64)


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("MHSDS Data_AprPerf_2026.csv", 1),
        ("MHSDS Data_AprPerf_2026_v2.csv", 2),
        ("psych-ther-ann-rep-csv-2022-23-main-v3.csv", 3),
        ("MHSDS Data_AprPerf_2026_V2 (1).csv", 2),
        ("report_v2_draft.csv", 1),
        ("my_v2.0.csv", 1),
        ("v2.csv", 1),
        ("main2.csv", 1),
        ("survey_v123.csv", 1),
    ],
)
def test_a_later_version_is_known_by_the_end_of_its_published_name_only(name: str, version: int, tmp_path: Path) -> None:
    assert set(extract(tmp_path, template(), name=name).observations["publication_version"]) == {version}


def test_each_measure_is_asked_for_by_the_catalogue(tmp_path: Path) -> None:
    catalogue = load_catalogue()
    assert measures(catalogue, "census") == {"population"}
    assert "population" not in measures(catalogue, "talking_therapies_annual") | measures(catalogue, "mha_annual")
    assert measures(catalogue, "template") == set(catalogue.indicators)
    referrals = catalogue.indicators["tt_referrals"]
    assert [source.denominator for source in sources_of(referrals, "template")] == [["population"]]


# --------------------------------------------------------------------------------------------- What a refusal leaves


def test_a_refused_count_takes_its_own_indicators_with_it_and_no_others(tmp_path: Path) -> None:
    rows = [*course(), tidy(measure_statistic="count", measure_name="referrals_received", value="900")]
    rows[3] = rows[3] | {"value": "2o"}
    found = extract(tmp_path, *rows)
    assert set(found.report.indicators).isdisjoint({"tt_reliable_recovery", "tt_recovery"})
    assert only(found, indicator_id="tt_finished_course")["value"] == pytest.approx(100 * 320 / 900)
    assert found.report.rows_passed_over == {"goes with a figure that was refused": 2}
    assert counted(found)


def test_a_refused_value_is_not_worked_out_instead(tmp_path: Path) -> None:
    found = extract(tmp_path, *course(percentage="4 9"), *course(variable_a="White"))
    assert found.observations.filter(pl.col("ethnicity_code") == "black", pl.col("indicator_id") == "tt_reliable_recovery").is_empty()
    assert not found.observations.filter(pl.col("ethnicity_code") == "white").is_empty()
    assert counted(found)

"""Common Ground's own template: what may be left out, what is refused and with which rule, and what each symbol means."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sources.common import DATE_RULE, LABEL_RULE
from tests.pipelines.published import Row, counted, extract, only, read, refusals, save, template

NEEDED = ("indicator_id", "org_code", "period_start", "period_end", "ethnicity_scheme", "ethnicity", "value")


def test_a_row_gives_its_value_its_counts_and_where_they_were_published(tmp_path: Path) -> None:
    found = only(extract(tmp_path, template()))
    assert (found["indicator_id"], found["org_code"], found["org_type"]) == ("tt_reliable_recovery", "RYG", "trust")
    assert (found["value"], found["numerator"], found["denominator"]) == (49, 160, 320)
    assert (found["numerator_lower"], found["numerator_upper"]) == (158, 162)
    assert (found["source"], found["licence"]) == ("Example publication, 2024-25", "Open Government Licence v3.0")
    assert (found["publication_status"], found["ethnicity_scheme"], found["ethnicity_code"]) == ("final", "upper_nhs_2001", "black")


def test_what_is_not_needed_may_be_left_out_column_and_all(tmp_path: Path) -> None:
    row = {name: value for name, value in template().items() if name in NEEDED}
    found = only(extract(tmp_path, row))
    assert (found["value"], found["numerator"], found["org_type"]) == (49, None, "trust")
    assert found["source"].startswith("NHS Talking Therapies")


def test_people_who_do_not_count_are_taken_from_the_denominator(tmp_path: Path) -> None:
    found = only(extract(tmp_path, template(denominator_excluded="*")))
    assert (found["denominator_lower"], found["denominator"], found["denominator_upper"]) == (314, 318, 322)


def test_published_limits_are_kept_as_they_are(tmp_path: Path) -> None:
    found = only(extract(tmp_path, template(lower_ci="43.5", upper_ci="54.6")))
    assert (found["lower_ci"], found["upper_ci"], found["interval_method"]) == (43.5, 54.6, "published")


def test_a_half_width_gives_exact_limits(tmp_path: Path) -> None:
    row = template(
        indicator_id="mha_detentions_standardised",
        org_code="England",
        ethnicity_scheme="upper_mha_england",
        value="242.3",
        half_width="6.9",
        numerator="5693",
        denominator="",
        rounded_to="1",
    )
    found = only(extract(tmp_path, row))
    assert (found["lower_ci"], found["upper_ci"], found["interval_method"]) == (235.4, 249.2, "published_half_width")


def test_a_rate_per_head_takes_the_population_of_the_census(tmp_path: Path) -> None:
    row = template(indicator_id="tt_referrals", org_code="England", value="", numerator="82314", denominator="", rounded_to="1")
    found = only(extract(tmp_path, row))
    assert (found["denominator"], found["value_basis"]) == (1_468_474 + 619_418 + 293_832, "computed")
    assert found["value"] == pytest.approx(1000 * 82314 / 2_381_724, rel=1e-12)


def test_residents_may_be_given_in_the_template_too(tmp_path: Path) -> None:
    counted_there = {"value": "", "numerator": "20160", "denominator": "", "ethnicity_scheme": "upper_census"}
    found = only(extract(tmp_path, template(indicator_id="population", org_code="E08000019", **counted_there)))
    assert (found["value"], found["org_type"], found["value_basis"]) == (20160, "local_authority", "computed")


# -------------------------------------------------------------------------------------------------------------- Places


@pytest.mark.parametrize(
    ("code", "start", "kind", "known_as"),
    [
        ("England", "2024-04-01", "england", "E92000001"),
        ("QF7", "2024-04-01", "icb", "QF7"),
        ("QF7", "2020-04-01", "stp", "QF7"),
        ("E54000061", "2024-04-01", "icb", "QF7"),
        ("RWK79", "2024-04-01", "provider_site", "RWK79"),
        ("NQ7", "2024-04-01", "provider", "NQ7"),
    ],
)
def test_the_kind_of_an_organisation_follows_from_code_and_period(code: str, start: str, kind: str, known_as: str, tmp_path: Path) -> None:
    year = int(start[:4])
    found = extract(tmp_path, template(org_code=code, period_start=start, period_end=f"{year + 1}-03-31")).observations
    assert set(found.filter(found["org_type"] != "trust").select("org_type", "org_code").rows()) == {(kind, known_as)}


def test_a_trust_may_be_called_a_provider(tmp_path: Path) -> None:
    assert only(extract(tmp_path, template(org_type="Provider")))["org_type"] == "trust"


@pytest.mark.parametrize(("code", "kind"), [("RYG", "icb"), ("QWU", "trust"), ("E08000019", "icb"), ("England", "trust")])
def test_a_trust_is_never_labelled_as_an_icb_nor_the_reverse(code: str, kind: str, tmp_path: Path) -> None:
    found = extract(tmp_path, template(), template(org_code=code, org_type=kind))
    assert refusals(found) == [(3, "org_type", kind, "is not what this organisation is (data/reference/organisations.csv)")]


# ---------------------------------------------------------------------------------------------------- What is refused

SHOWN = "tt_reliable_recovery is shown by nhs_16, upper_nhs_2001, white_british_other only"


@pytest.mark.parametrize(
    ("changed", "column", "rule"),
    [
        ({"indicator_id": "tt_reliable_recovry"}, "indicator_id", "must be an indicator of the catalogue; did you mean "
         "tt_reliable_recovery?"),
        ({"indicator_id": "weather"}, "indicator_id", "must be an indicator of the catalogue: python -m pipelines indicators lists them"),
        ({"ethnicity": "martian"}, "ethnicity", LABEL_RULE),
        ({"ethnicity": "N"}, "ethnicity", "is a group of another scheme than the row's ethnicity_scheme"),
        ({"ethnicity_scheme": "upper_mhsds"}, "ethnicity_scheme", SHOWN),
        ({"org_code": ""}, "org_code", "must name an organisation, such as RYG, QWU or England"),
        ({"period_start": "2024-25"}, "period_start", DATE_RULE),
        ({"period_end": "31/03/2024"}, "period_end", "must not be before the start of the period"),
        ({"rounded_to": "10"}, "rounded_to", "must be 1 (exact) or 5 (to the nearest 5)"),
        ({"publication_status": "Draft"}, "publication_status", "must be Final, Performance or Provisional"),
        ({"org_code": "X1", "org_type": "planet"}, "org_type", "must be one of england, region, icb, stp, sub_icb, trust, provider, "
         "provider_site, local_authority"),
        ({"org_code": "Y60", "org_type": "region"}, "org_type", "tt_reliable_recovery is shown for england, icb, stp, sub_icb, trust, "
         "provider, provider_site only"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_row_column_value_and_rule(changed: Row, column: str, rule: str, tmp_path: Path) -> None:
    found = extract(tmp_path, template(), template(**changed))
    assert refusals(found) == [(3, column, changed[column], rule)]
    assert found.report.refusals == [{"table": "extract.csv", "source_row": 3, "column": column, "value": changed[column], "rule": rule}]
    assert (found.report.rows_in, found.report.rows_kept, found.report.rows_refused) == (2, 1, 1)


def test_an_unknown_scheme_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    found = extract(tmp_path, template(), template(ethnicity_scheme="ons"))
    assert refusals(found)[0][:3] == (3, "ethnicity_scheme", "ons")
    assert refusals(found)[0][3].startswith("must be one of census_19, nhs_16, upper_census")


def test_a_row_that_its_indicator_cannot_show_is_refused_and_not_dropped(tmp_path: Path) -> None:
    """Community treatment orders are published for England only: an ICB's would be nobody's figure."""
    orders = {"indicator_id": "mha_cto", "ethnicity_scheme": "upper_mha_england", "value": "12.1", "numerator": "20", "denominator": ""}
    found = extract(tmp_path, template(), template(org_code="QWU", **orders))
    assert refusals(found) == [(3, "org_type", "icb", "mha_cto is shown for england only")]
    assert counted(found)


def test_a_row_without_a_figure_or_a_symbol_is_refused(tmp_path: Path) -> None:
    found = extract(tmp_path, template(), template(ethnicity="white", value="", numerator="", denominator=""))
    assert refusals(found) == [(3, "value", "", "a row needs a value, or a numerator, or a symbol for none")]


def test_rows_that_contradict_each_other_are_all_refused(tmp_path: Path) -> None:
    found = extract(tmp_path, template(), template(value="50"), template(ethnicity="white"))
    rule = "the same measure, organisation, period and group stand twice in the file with different values"
    assert refusals(found) == [(2, "value", "49", rule), (3, "value", "50", rule)]
    assert found.observations["ethnicity_code"].to_list() == ["white"]
    assert counted(found)


def test_a_row_that_stands_twice_is_kept_once_and_counted(tmp_path: Path) -> None:
    found = extract(tmp_path, template(), template(value="49.0", note="again"), template(ethnicity="Black or Black British"))
    assert only(found)["source_row"] == 2
    assert found.report.rows_passed_over == {"repeats an earlier row": 2}
    assert (found.report.rows_in, found.report.rows_kept) == (3, 1)


def test_more_counted_than_there_are_is_refused_by_a_check_and_reported(tmp_path: Path) -> None:
    found = extract(tmp_path, template(), template(ethnicity="white", value="", numerator="500", denominator="320"))
    assert refusals(found) == [(3, "numerator", "500.0", "more people counted than there are to count")]
    assert [(one.check, one.severity, one.count) for one in found.report.findings] == [("numerator_over_denominator", "refuse", 1)]
    assert counted(found)


# ------------------------------------------------------------------------------------------------------------- Symbols


@pytest.mark.parametrize(
    ("symbol", "state", "reason"),
    [
        ("*", "suppressed", "suppressed by the publisher"),
        ("[c]", "suppressed", "confidential"),
        ("!", "suppressed", "withheld for confidentiality"),
        ("[u]", "unreliable", "marked unreliable by the publisher"),
        ("?", "unreliable", "sample too small to publish"),
        ("~0", "unreliable", "above nought but rounds to nought"),
        ("[low]", "unreliable", "above nought but rounds to nought"),
        ("[x]", "not_collected", "not available"),
        ("-", "not_collected", "not collected or not available"),
        ("[z]", "not_applicable", "not applicable"),
        ("N/A", "not_applicable", "not applicable"),
        ("null", "not_applicable", "the publisher gives no figure"),
    ],
)
def test_a_symbol_in_place_of_a_value_is_kept_as_the_state_that_it_means(symbol: str, state: str, reason: str, tmp_path: Path) -> None:
    """Even where counts stand beside it: nothing is worked out behind the publisher's back."""
    found = only(extract(tmp_path, template(value=symbol)))
    assert (found["cell_state"], found["state_reason"], found["value"], found["lower_ci"]) == (state, reason, None, None)
    assert found["numerator"] == 160


@pytest.mark.parametrize("value", ["49%", " 49 ", "49.0", "+49"])
def test_a_figure_may_be_written_in_several_ways(value: str, tmp_path: Path) -> None:
    assert only(extract(tmp_path, template(value=value)))["value"] == 49


FIGURE = re.compile(r"[+]?(\d{1,3}(,\d{3})+|\d{1,15})([.]\d{1,15})?%?")
SYMBOLS = ("*", "[c]", "!", "[u]", "?", "~0", "[low]", "[x]", "-", "[z]", "n/a", "null")
cells = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
    st.from_regex(r"[+-]?[0-9]{1,3}(,[0-9]{2,3})?([.][0-9]{0,3})?%? ?", fullmatch=True),
    st.sampled_from(SYMBOLS),
)


@given(cells)
@settings(deadline=None, max_examples=40)
def test_a_value_is_a_figure_a_symbol_or_refused_and_never_anything_else(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    folder = tmp_path_factory.mktemp("value")
    found = read(save(folder / "one.csv", [template(ethnicity="white"), template(value=value)]), folder)
    black = found.observations.filter(found.observations["ethnicity_code"] == "black")
    written = value.strip()
    figure = float(written.replace(",", "").rstrip("%")) if FIGURE.fullmatch(written) else None
    assert counted(found)
    if written and ((figure is None and written.lower() not in SYMBOLS) or (figure is not None and figure > 100)):
        assert [refusal[:2] for refusal in refusals(found)] == [(3, "value")]
        assert black.is_empty()
    elif figure is None and written:
        assert black["value"].to_list() == [None]
    else:
        assert black["value"].to_list() == [50 if figure is None else figure]


def test_a_day_may_be_written_in_each_pattern(tmp_path: Path) -> None:
    found = only(extract(tmp_path, template(period_start="1/4/2024", period_end="31-03-2025")))
    assert (found["period_start"], found["period_end"]) == (date(2024, 4, 1), date(2025, 3, 31))

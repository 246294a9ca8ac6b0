"""The catalogue: what it holds, what it refuses and with which words, and that its readers and schemes can feed it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from equity.cells import CellState
from equity.comparison import Estimate
from equity.standing import Reading
from equity.wording import Wording, statement
from pipelines.assemble import POPULATION, measures
from pipelines.catalogue import Indicator, load_catalogue, read_indicator
from pipelines.errors import PipelineError
from pipelines.reference import load_reference
from pipelines.settings import CATALOGUE, REFERENCE
from pipelines.sources import census, mha_annual, mhsds_data_quality, mhsds_monthly, talking_therapies_annual, talking_therapies_monthly
from pipelines.sources.common import ReadContext, ReadResult
from pipelines.sources.template import ORG_TYPES

FOLDER = CATALOGUE / "indicators"
IDS = (
    "mhsds_admissions_without_contact mhsds_cyp_access mhsds_eip_entered_2_weeks tt_finished_course tt_referrals "
    "mha_cto mha_cto_standardised mha_detentions mha_detentions_standardised mha_section_136 "
    "mhsds_detention_length mhsds_detentions mhsds_oap_bed_days "
    "tt_deterioration tt_recovery tt_reliable_improvement tt_reliable_recovery ethnicity_recorded population"
).split()
MODEL = "tt_recovery"


def indicators() -> list[Indicator]:
    return list(load_catalogue().indicators.values())


def refusal(text: str | bytes, name: str = MODEL) -> str:
    """What is said of a file with this text."""
    content = text.encode() if isinstance(text, str) else text
    with pytest.raises(PipelineError) as refused:
        read_indicator(Path(f"{name}.yaml"), content)
    return str(refused.value)


def changed(pattern: str, instead: str, name: str = MODEL) -> str:
    """The text of a real indicator with one thing changed."""
    found, times = re.subn(pattern, instead, (FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), count=1, flags=re.M)
    assert times == 1, f"{pattern} is not in {name}.yaml"
    return found


def texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of an indicator with its key."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from texts(one, f"{key}.{name}".strip("."))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from texts(one, f"{key}.{number}")


# --------------------------------------------------------------------------------------------------- What it holds


def test_the_catalogue_holds_every_indicator_in_the_order_of_domains_and_ids() -> None:
    assert list(load_catalogue().indicators) == IDS


@pytest.mark.parametrize("name", IDS)
def test_an_indicator_is_read_from_the_file_of_its_name(name: str) -> None:
    assert read_indicator(FOLDER / f"{name}.yaml", (FOLDER / f"{name}.yaml").read_bytes()).id == name


def test_the_version_changes_with_any_file_and_with_nothing_else(tmp_path: Path) -> None:
    for copy in ("one", "two", "three"):
        shutil.copytree(FOLDER, tmp_path / copy / "indicators")
    last = tmp_path / "three" / "indicators" / f"{MODEL}.yaml"
    last.write_text(changed("^short_name: .*$", "short_name: Recovered"), encoding="utf-8")
    versions = [load_catalogue(tmp_path / copy).version for copy in ("one", "two", "three")]
    assert versions[0] == versions[1] == load_catalogue().version
    assert versions[2] != versions[0]


# ------------------------------------------------------------------------------------------------- What it refuses


@pytest.mark.parametrize(
    ("pattern", "instead", "said"),
    [
        (r"^short_name: .*$", 'short_name: ""', "short_name: must not be blank"),
        (r"^short_name: .*$", 'short_name: "   "', "short_name: must not be blank"),
        (r"^  events: .*$", '  events: " "', "sentence.events: must not be blank"),
        (r"^caveats:$", 'caveats:\n  - ""', "caveats.0: must not be blank"),
        (r"^question: .*\n", "", "question: is missing"),
        (r"^  people: .*\n", "", "sentence.people: is missing"),
        (r"^domain: .*$", "domain: outcome\ncolour: blue", "colour: is not a key that is known here"),
        (r"^  england: 1$", "  england: 1\n  wales: 1", "decimals.wales: is not a key that is known here"),
        (r"^domain: .*$", "domain: outcome\ndomain: access", "keys stand twice: domain"),
        (r"^  england: 1$", "  england: 1\n  england: 2", "keys stand twice: england"),
        (r"^short_name: .*$", "short_name: NO", "short_name: Input should be a valid string"),
        (r"^unit: .*$", "unit: 100", "unit: Input should be a valid string"),
        (r"^caveats:$", "caveats:\n  - NO", "caveats.0: Input should be a valid string"),
        (r"^    value: .*$", "    value: 1.5", "sources.0.value: Input should be a valid string"),
        (r"^licence: .*$", "licence: 2026-11-25", "licence: Input should be a valid string"),
        (r"^licence: .*$", "licence:", "licence: Input should be a valid string"),
        (r"^domain: .*$", "domain: outcomes", "domain: Input should be 'access', 'experience', 'outcome', 'data_quality' or 'context'"),
        (r"^  - dataset: .*$", "  - dataset: fingertips", "sources.0.dataset: Input should be"),
        (r"^multiplier: .*$", "multiplier: 0", "multiplier: Input should be greater than 0"),
        (r"^reviewed_on: .*$", "reviewed_on: lately", "reviewed_on: Input should be a valid date"),
        (r"^publication_url: https", "publication_url: http", "publication_url: String should match pattern"),
        (r"^base: .*$", "base: denominator\nmin_base: 0", "min_base: Input should be greater than or equal to 1"),
        (r"^id: .*$", "id: Recovery", "id: String should match pattern"),
        (r"^id: .*$", "id: tt_recovered", "id is 'tt_recovered', which must be the file's name without .yaml"),
        (r"^  did: .*\n", "", "sentence.did: a proportion needs the words for what people did"),
        (r"^value_type: .*$", "value_type: rate", "interval_method: wilson is for proportions"),
        (r"^interval_method: .*$", "interval_method: byar_exact", "interval_method: byar_exact is for rates"),
        (
            r"^value_type: proportion([\s\S]*)interval_method: wilson",
            r"value_type: count\1interval_method: none",
            "comparable: counts of groups that differ in size cannot be compared",
        ),
        (r"^    value: [\s\S]*?(?=^ethnicity_schemes)", "", "sources.0: give the measure of a value, or of a numerator"),
    ],
)
def test_a_fault_is_refused_with_its_file_and_its_key(pattern: str, instead: str, said: str) -> None:
    message = refusal(changed(pattern, instead))
    assert message.startswith(f"{MODEL}.yaml: ")
    assert said in message


def test_every_fault_of_a_file_is_named_at_once() -> None:
    message = refusal(changed(r"^question: .*\n", "").replace("licence: Open Government Licence v3.0", 'licence: ""'))
    assert message.splitlines() == [f"{MODEL}.yaml: question: is missing", f"{MODEL}.yaml: licence: must not be blank"]


def test_an_alias_is_refused_before_it_can_grow() -> None:
    laughs = "a0: &a0 [ha, ha]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    message = refusal(laughs)
    assert message.startswith(f"{MODEL}.yaml: cannot be read as YAML: aliases are not allowed")


@pytest.mark.parametrize("content", [b"name: \xff\xfe", b"a: [", b"a: !!python/object/apply:os.getcwd []", b"\x00"])
def test_what_is_no_plain_yaml_is_refused_by_its_file(content: bytes) -> None:
    assert refusal(content).startswith(f"{MODEL}.yaml: cannot be read as YAML")


@pytest.mark.parametrize("content", ["", "- a\n- list\n", "just words\n"])
def test_a_file_without_keys_is_refused_by_its_name(content: str) -> None:
    assert refusal(content) == f"{MODEL}.yaml: must be keys with values."


def test_a_catalogue_names_the_faults_of_all_its_files(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "indicators")
    for name in ("tt_recovery", "mha_cto"):
        (tmp_path / "indicators" / f"{name}.yaml").write_text(changed("^domain: .*\n", "", name), encoding="utf-8")
    with pytest.raises(PipelineError) as refused:
        load_catalogue(tmp_path)
    assert str(refused.value).splitlines() == ["mha_cto.yaml: domain: is missing", "tt_recovery.yaml: domain: is missing"]


def test_a_folder_without_indicators_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="there is no indicator"):
        load_catalogue(tmp_path)


# ------------------------------------------------------------------------------------------------------- Its words

FORBIDDEN = r"\bBAME\b|\bB\.A\.M\.E|\bBME\b|\bnon[\s-]*white|\bdisparit|\bstatistically\b"


def test_no_text_uses_a_word_that_people_asked_us_not_to_use() -> None:
    said = [(one.id, key) for one in indicators() for key, text in texts(one.model_dump()) if re.search(FORBIDDEN, text, re.I)]
    assert said == []


@pytest.mark.parametrize("text", ["BAME groups", "the BME group", "Non-white British", "nonwhite", "non White", "a disparity"])
def test_the_search_for_such_words_finds_them(text: str) -> None:
    assert re.search(FORBIDDEN, text, re.I)


@pytest.mark.parametrize("name", IDS)
def test_a_question_is_asked_and_a_name_is_short_enough_for_a_table(name: str) -> None:
    indicator = load_catalogue().indicators[name]
    assert indicator.question.endswith("?")
    assert len(indicator.short_name) <= 40
    assert "\n" not in "".join(text for _, text in texts(indicator.model_dump()))


def test_no_two_indicators_look_the_same_in_a_list() -> None:
    for names in ([one.name for one in indicators()], [one.short_name for one in indicators()], [one.question for one in indicators()]):
        assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", IDS)
def test_its_words_make_a_clause_about_people(name: str) -> None:
    indicator = load_catalogue().indicators[name]
    words = Wording(
        name=indicator.short_name,
        value_type=indicator.value_type,
        multiplier=indicator.multiplier,
        unit=indicator.unit,
        decimals=indicator.decimals.england,
        polarity=indicator.polarity,
        people=indicator.sentence.people,
        did=indicator.sentence.did or "",
        events=indicator.sentence.events,
    )
    said = statement(words, Reading("black", "Black", "people from Black ethnic groups", CellState.OBSERVED, Estimate(12.0)))
    assert indicator.sentence.people.startswith("people")
    assert "people from Black ethnic groups" in said
    assert said == said.strip(" .")
    assert not re.search(r"  | [,.]|people people|None", said)


@pytest.mark.parametrize("name", [name for name in IDS if name.startswith("mha_") or "detention" in name])
def test_a_page_about_detention_says_so_first_and_where_to_find_support(name: str) -> None:
    note = load_catalogue().indicators[name].content_note or ""
    assert "hard to read about" in note
    assert [number for number in ("111", "999", "116 123") if number not in note] == []


# -------------------------------------------------------------------------------------------- Crude and standardised


def standardised() -> list[Indicator]:
    return [one for one in indicators() if one.standardised]


def test_standardised_rates_are_those_of_the_mental_health_act() -> None:
    assert {one.id for one in standardised()} == {"mha_cto_standardised", "mha_detentions_standardised", "mha_section_136"}


def test_a_standardised_rate_is_for_england_only_and_says_so_in_its_name() -> None:
    for one in standardised():
        assert one.organisation_types == ["england"]
        assert "adjusted for age and sex" in one.name
        assert "upper_mha_icb" not in one.ethnicity_schemes


def test_a_standardised_rate_and_a_crude_one_never_have_a_value_or_an_interval_in_common() -> None:
    values = {one.id: {limit for source in one.sources for limit in (source.value, source.half_width) if limit} for one in indicators()}
    adjusted = set().union(*(values[one.id] for one in standardised()))
    others = set().union(*(values[one.id] for one in indicators() if not one.standardised))
    assert len(adjusted) == 2 * len(standardised())
    assert all(measure.endswith((":standardised_rate", ":half_width")) for measure in adjusted)
    assert adjusted.isdisjoint(others)
    assert not any(measure.endswith((":standardised_rate", ":half_width")) for measure in others)


def test_a_standardised_rate_is_never_worked_out_from_counts() -> None:
    assert [one.id for one in standardised() for source in one.sources if source.denominator] == []


def test_a_half_width_is_given_where_the_interval_is_one_and_nowhere_else() -> None:
    for one in indicators():
        wanted = one.interval_method == "published_half_width"
        assert [bool(source.half_width) for source in one.sources] == [wanted] * len(one.sources)


def test_the_rates_of_the_mental_health_act_break_where_their_population_changes() -> None:
    for one in indicators():
        days = [found.from_ for found in one.series_breaks]
        assert days == ([date(2022, 4, 1)] if one.id.startswith("mha_") else [])


# ----------------------------------------------------------------------------------------------- Sources and schemes


def test_every_scheme_is_one_of_the_reference_tables() -> None:
    known = load_reference().schemes
    assert [(one.id, name) for one in indicators() for name in one.ethnicity_schemes if name not in known] == []


def test_every_kind_of_organisation_is_known() -> None:
    assert [(one.id, kind) for one in indicators() for kind in one.organisation_types if kind not in ORG_TYPES] == []


def test_a_rate_of_residents_is_not_offered_for_those_who_have_none() -> None:
    of_residents = [one for one in indicators() if any(POPULATION in source.denominator for source in one.sources)]
    assert {one.id for one in of_residents} == {"tt_referrals", "mha_detentions", "mha_cto"}
    assert {kind for one in of_residents for kind in one.organisation_types} == {"england", "icb"}


def test_a_rate_of_residents_has_a_population_for_each_of_its_schemes() -> None:
    reference = load_reference()
    for one in indicators():
        if any(POPULATION in source.denominator for source in one.sources):
            assert [name for name in one.ethnicity_schemes if reference.population_frame(name).is_empty()] == []


Row = Mapping[str, str]
_MHA_NAMES = {
    "all_detentions": ("All detentions", "All"),
    "uses_of_ctos": ("Uses of CTOs", "All"),
    "short_term_orders_section_136": ("Short term orders", "Section 136"),
}
_TT_NAMES = {"percentage_reliable_recovery": "Percentage_ReliableRecovery_EthnicGroupWhite"}
_MHSDS_NAMES = {
    "MHS81": "Detentions in the reporting period",
    "MHS150": "Detentions ended in the reporting period",
    "MHS150a": "Average (mean) length of detentions in days which ended in the reporting period",
    "MHS106": "Acute admissions in the RP",
    "MHS106b": "Acute admissions with no previous contact to MH services in the RP",
    "MHS107b": "Rate of acute admission with no previous contact to MH services in the RP",
    "EIP23a": "Referrals on EIP pathway entering treatment",
    "EIP23b": "Referrals on EIP pathway entering treatment within two weeks",
    "EIP23i": "Proportion entering treatment waiting two weeks or less",
    "OAP02a": "Number of Inappropriate OAPs bed days in Adult Acute beds in the period",
    "MHS95": "Number of CYP aged under 18 supported through NHS funded mental health with at least one contact (12 month rolling)",
    "MHS95a": "Crude rate per 100,000 of CYP aged under 18 supported through NHS funded mental health with at least one contact "
    "(12 month rolling)",
}


def _talking_therapies_annual(measure: str) -> Row:
    statistic, name = measure.split("_", 1)
    return {
        "reporting_period": "2024-25",
        "start_date": "2024-04-01",
        "end_date": "2025-03-31",
        "org_type": "England",
        "org_code": "Eng",
        "org_name": "England",
        "variable_type": "Ethnic Group",
        "variable_a": "White",
        "variable_b": "All",
        "measure_name": name,
        "measure_statistic": statistic,
        "value": "50",
    }


def _talking_therapies_monthly(measure: str) -> Row:
    return {
        "reporting_period_start": "2026-04-01",
        "reporting_period_end": "2026-04-30",
        "group_type": "Provider",
        "org_code1": "all",
        "org_name1": "all SubICBs",
        "org_code2": "RYG",
        "org_name2": "COVENTRY AND WARWICKSHIRE PARTNERSHIP NHS TRUST",
        "measure_id": "M206",
        "measure_name": _TT_NAMES[measure],
        "measure_value_suppressed": "50",
    }


def _mha_annual(measure: str) -> Row:
    name, subcategory = _MHA_NAMES[measure.partition(":")[0]]
    return {
        "year": "2023/24",
        "measure": name,
        "measuresubcategory": subcategory,
        "demographic": "Ethnicity",
        "demographicbreakdown": "White",
        "organisationbreakdown": "All submissions",
        "datasource": "MHSDS",
        "orgid": "All prov",
        "orgname": "All providers",
        "mhsds_count": "31735",
        "acute_count": "0",
        "total_count": "31735",
        "cruderate": "69.5",
        "stdrate": "68.4",
        "confidence_interval": "0.7",
    }


def _mhsds_monthly(measure: str) -> Row:
    return {
        "reporting_period_start": "01/04/2026",
        "reporting_period_end": "30/04/2026",
        "status": "Performance",
        "breakdown": "Provider; Upper Ethnicity",
        "primary_level": "RYG",
        "primary_level_description": "COVENTRY AND WARWICKSHIRE PARTNERSHIP NHS TRUST",
        "secondary_level": "White or White British",
        "secondary_level_description": "White or White British",
        "measure_id": measure,
        "measure_name": _MHSDS_NAMES[measure],
        "measure_value": "20",
    }


def _mhsds_data_quality(measure: str) -> Row:
    number, result, unit = measure.split(":")
    return {
        "reporting_period": "Apr-26",
        "status": "Performance",
        "reporting_level": "Provider",
        "provider_code": "RYG",
        "provider_name": "COVENTRY AND WARWICKSHIRE PARTNERSHIP NHS TRUST",
        "dq_measure": number,
        "dq_measure_name": "Ethnic Category Code",
        "dq_result": result.title(),
        "dq_dataset_metric_id": "3.5.1",
        "unit": unit.title(),
        "value": "94",
    }


def _census(measure: str) -> Row:
    assert measure == "population"
    return {"ltla21_code": "E08000019", "ltla21_name": "Sheffield", "ethnic_group": "White: Irish (number)", "value": "2000"}


# How each publication writes a measure (a KeyError is a measure that none publishes), and the reader that makes the measure's key of it.
PUBLISHED: Mapping[str, tuple[Callable[[str], Row], Callable[[pl.DataFrame, ReadContext], ReadResult]]] = {
    "talking_therapies_annual": (_talking_therapies_annual, talking_therapies_annual.read),
    "talking_therapies_monthly": (_talking_therapies_monthly, talking_therapies_monthly.read),
    "mha_annual": (_mha_annual, mha_annual.read),
    "mhsds_monthly": (_mhsds_monthly, mhsds_monthly.read),
    "mhsds_data_quality": (_mhsds_data_quality, mhsds_data_quality.read),
    "census": (_census, census.read),
}
USED = sorted(
    {(source.dataset, name) for one in indicators() for source in one.sources for name in measures(load_catalogue(), source.dataset)}
)


def test_every_dataset_that_indicators_use_is_tried_here() -> None:
    assert {dataset for dataset, _ in USED} == set(PUBLISHED)


@pytest.mark.parametrize(("dataset", "measure"), USED)
def test_a_measure_that_an_indicator_uses_is_one_that_its_reader_makes(dataset: str, measure: str) -> None:
    write, read = PUBLISHED[dataset]
    context = ReadContext("extract.csv", dataset, load_reference(), frozenset({measure}))
    batch = pl.DataFrame([{**write(measure), "source_row": 2}])
    result = read(batch, context)
    assert result.refused.is_empty()
    assert measure in result.cells["measure"].to_list()


def test_the_wide_report_of_talking_therapies_has_a_column_for_each_measure() -> None:
    columns = pl.read_csv(REFERENCE / "talking_therapies_columns.csv", infer_schema=False)["measure"].drop_nulls().to_list()
    assert measures(load_catalogue(), "talking_therapies_annual") <= set(columns)

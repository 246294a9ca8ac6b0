"""The field's own tables: schemes and their members, populations put together, names over time, and what is refused."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from equity.ethnicity import GroupLevel
from pipelines.errors import PipelineError
from pipelines.reference import label_key, load_reference
from pipelines.settings import REFERENCE

SCHEMES = ("nhs_16 census_19 upper_census upper_nhs_2001 upper_mhsds upper_mha_england upper_mha_icb white_british_other").split()
AREAS = 1 + 5 + 32
ENGLAND = "E92000001"


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def people(area: str) -> dict[str, int]:
    return {row["ethnicity_code"]: int(row["population"]) for row in rows("populations.csv") if row["area_code"] == area}


# --------------------------------------------------------------------------------------------------------- Populations


@pytest.mark.parametrize("scheme", SCHEMES)
def test_everyone_in_every_area_is_all_of_the_19_groups(scheme: str) -> None:
    frame = load_reference().population_frame(scheme).filter(pl.col("ethnicity_code") == "all")
    assert frame.height == AREAS
    assert set(frame["ethnicity_scheme"]) == {scheme}
    for area, population in frame.select("area_code", "population").iter_rows():
        assert population == sum(people(area).values())


@pytest.mark.parametrize("scheme", [scheme for scheme in SCHEMES if scheme != "census_19"])
def test_a_group_is_the_sum_of_its_census_groups(scheme: str) -> None:
    members: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows("ethnicity_membership.csv"):
        if (row["scheme"], row["member_scheme"]) == (scheme, "census_19"):
            members[row["code"]].add(row["member_code"])
    members["known"] = set().union(*members.values())
    frame = load_reference().population_frame(scheme)
    assert set(frame["ethnicity_code"]) == {*members, "all"}
    for area, code, population in frame.select("area_code", "ethnicity_code", "population").iter_rows():
        if code != "all":
            assert population == sum(people(area)[one] for one in members[code])


@pytest.mark.parametrize(
    ("scheme", "chinese", "arab", "roma"),
    [
        ("upper_census", "asian", "other", "white"),
        ("upper_nhs_2001", "other", "other", "white"),
        ("upper_mhsds", "other", "asian", "white"),
        ("upper_mha_england", "other", "other", None),
        ("upper_mha_icb", "asian", "other", "white"),
    ],
)
def test_the_same_word_means_other_people_in_each_publication(scheme: str, chinese: str, arab: str, roma: str | None) -> None:
    """Checked numerically against what was published: docs/decisions/0003."""
    mine = [row for row in rows("ethnicity_membership.csv") if (row["scheme"], row["member_scheme"]) == (scheme, "census_19")]
    groups = {row["member_code"]: row["code"] for row in mine}
    assert (groups["2"], groups["18"], groups.get("16")) == (chinese, arab, roma)


def test_the_populations_of_england_and_the_icbs_are_those_of_the_census() -> None:
    totals = {ENGLAND: 56_490_037, "QWU": 942_096, "QOP": 2_867_752, "QMF": 1_998_679, "QF7": 1_375_005, "QHG": 991_796}
    assert {area: sum(people(area).values()) for area in totals} == totals


def test_the_population_of_a_scheme_is_worked_out_once() -> None:
    reference = load_reference()
    assert reference.population_frame("upper_mhsds") is reference.population_frame("upper_mhsds")


# ------------------------------------------------------------------------------------------------- Schemes and labels


def test_every_scheme_has_groups_unknowns_and_totals_in_its_order() -> None:
    reference = load_reference()
    assert set(reference.schemes) == set(SCHEMES)
    for scheme in reference.schemes.values():
        levels = [group.level for group in scheme.groups]
        assert {GroupLevel.UNKNOWN, GroupLevel.TOTAL} < set(levels)
        assert levels == sorted(levels, key=lambda level: level in {GroupLevel.UNKNOWN, GroupLevel.TOTAL})
        assert {"all", "known", "unknown", "not_stated", "not_known"} <= {group.code for group in scheme.groups}


def test_the_names_of_a_group_are_told_apart_within_its_scheme() -> None:
    for scheme in load_reference().schemes.values():
        for names in ([group.label for group in scheme.groups], [group.display for group in scheme.groups]):
            assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("  Asian  or Asian British ", "asian or asian british"),
        ("Any Other\u00a0White background", "any other white background"),
        ("BLACK", "black"),
    ],
)
def test_a_label_is_known_without_its_case_and_its_space(label: str, key: str) -> None:
    assert pl.DataFrame({"label": [label]}).select(label_key(pl.col("label"))).item() == key


def test_every_variant_of_a_label_is_written_as_its_key_and_stands_once_for_each_code() -> None:
    labels = load_reference().labels
    assert labels.filter(pl.col("variant") != label_key(pl.col("variant"))).is_empty()
    assert not labels.is_duplicated().any()


def test_the_codes_of_a_scheme_are_its_own() -> None:
    reference = load_reference()
    for name, scheme in reference.schemes.items():
        codes = reference.codes_of(name)
        assert set(codes.values()) == {group.code for group in scheme.groups}
        for group in scheme.groups:
            assert codes[group.label.casefold()] == codes[group.code.casefold()] == group.code
    assert reference.codes_of("census_19")["asian, asian british or asian welsh: bangladeshi"] == "1"
    assert reference.codes_of("nhs_16")["bangladeshi"] == "K"


def test_the_lookup_of_nhs_england_is_the_membership_of_its_schemes() -> None:
    """Census code, NHS code, upper group: the published look-up, where the extracts are there to compare."""
    file = REFERENCE.parents[2] / "shared" / "extracts" / "reference" / "nhse_ethnicity_desc.csv"
    if not file.is_file():
        pytest.skip("there are no published extracts")
    upper = {"White or White British": "white", "Mixed": "mixed", "Asian or Asian British": "asian", "Black or Black British": "black"}
    upper |= {"Other Ethnic Groups": "other"}
    mine = [row for row in rows("ethnicity_membership.csv") if row["member_scheme"] == "census_19"]
    ours = {(row["scheme"], row["code"], row["member_code"]) for row in mine}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["Census21EthnicityCode"].isdigit() and row["UpperEthnicity"] in upper:
                assert ("nhs_16", row["LowerEthnicityCode"], row["Census21EthnicityCode"]) in ours
                assert ("upper_mhsds", upper[row["UpperEthnicity"]], row["Census21EthnicityCode"]) in ours


# ------------------------------------------------------------------------------------------------------ Organisations


@pytest.mark.parametrize(
    ("code", "kind", "day", "name"),
    [
        ("QF7", "stp", date(2021, 3, 31), "South Yorkshire and Bassetlaw STP"),
        ("QF7", "icb", date(2023, 3, 31), "NHS South Yorkshire Integrated Care Board"),
        ("QF7", "icb", date(2021, 3, 31), None),
        ("QF7", "trust", date(2023, 3, 31), None),
        ("RWK79", "provider_site", date(2022, 3, 31), "Newham IAPT"),
        ("RWK79", "provider_site", date(2025, 3, 31), "Newham Talking Therapies"),
        ("TAH", "trust", date(2025, 3, 31), "Sheffield Health and Social Care NHS Foundation Trust"),
        ("TAH", "trust", date(2026, 3, 31), "Sheffield Health Partnership University NHS Foundation Trust"),
    ],
)
def test_an_organisation_has_the_name_of_its_time(code: str, kind: str, day: date, name: str | None) -> None:
    assert load_reference().organisation_name(code, kind, day) == name


def test_the_names_of_an_organisation_follow_each_other_without_a_gap_or_an_overlap() -> None:
    for spans in load_reference().names.values():
        for (_, end, _), (start, _, _) in pairwise(sorted(spans)):
            assert start == end + timedelta(days=1)


def test_the_four_sites_have_a_trust_an_icb_and_districts() -> None:
    reference = load_reference()
    pairs = {(site.trust_code, site.icb_code) for site in reference.sites}
    assert pairs == {("RYG", "QWU"), ("RXV", "QOP"), ("RWK", "QMF"), ("TAH", "QF7")}
    kinds = {(row["org_code"], row["org_type"]): row["site_id"] for row in rows("organisations.csv")}
    for site in reference.sites:
        assert kinds[site.trust_code, "trust"] == kinds[site.icb_code, "icb"] == site.site_id
        assert any(found == site.site_id and kind == "local_authority" for (_, kind), found in kinds.items())


def test_an_alias_names_an_organisation_of_the_tables() -> None:
    reference = load_reference()
    assert set(reference.aliases.values()) <= set(reference.organisations["org_code"])
    assert (reference.aliases["E08000039"], reference.aliases["E54000061"]) == ("E08000019", "QF7")


# ------------------------------------------------------------------------------------------------------------ Refusals


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(REFERENCE, tmp_path / "reference")
    return tmp_path / "reference"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("ethnicity_groups.csv", "nhs_16,A,British,detailed", "nhs_16,A,British,small", "ethnicity_groups.csv, row 2: level is 'small'"),
        ("ethnicity_groups.csv", "nhs_16,B,Irish", "nhs_16,A,Irish", "scheme nhs_16 has no groups, or a code twice"),
        ("ethnicity_labels.csv", "british,A,", "british,A1,", "ethnicity_labels.csv, row 3: code is 'A1'"),
        ("ethnicity_membership.csv", "nhs_16,A,census_19,13", "nhs,A,census_19,13", "ethnicity_membership.csv, row 2: scheme is 'nhs'"),
        ("organisations.csv", ",sheffield,E54000061,", ",leeds,E54000061,", "site_id is 'leeds'"),
    ],
)
def test_tables_that_contradict_one_another_are_refused_by_file_and_row(file: str, old: str, new: str, said: str, folder: Path) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PipelineError) as refused:
        load_reference(folder)
    assert said in str(refused.value)


def test_a_table_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "sites.csv").unlink()
    with pytest.raises(PipelineError, match=r"sites\.csv: cannot be read"):
        load_reference(folder)

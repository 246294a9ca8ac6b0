from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.cells import CellState
from equity.comparison import Estimate
from equity.standing import Reading
from equity.wording import Wording, absence, absences, at, group, groups, participle, sentence, statement

RECOVERY = Wording(
    "Reliable recovery", "proportion", 100, "per cent", 0, "higher_is_better",
    "people who finished a course of talking therapy", "showed reliable recovery", "reliable recoveries",
)  # fmt: skip
DETENTIONS = Wording(
    "Detentions", "rate", 100_000, "per 100,000 residents", 1, "lower_is_better", "people", None, "detentions under the Mental Health Act"
)
LENGTH = Wording("Length of detentions", "mean", 1, "days", 0, "neutral", "people whose detention ended", None, "detentions that ended")
REFERRALS = Wording("Referrals", "count", 1, "number", 0, "neutral", "people", None, "referrals", comparable=False)


def of(people: str, value: float | None = None, state: CellState = CellState.OBSERVED) -> Reading:
    return Reading("code", "Name", f"people from {people}", state, None if value is None else Estimate(value))


ASIAN = of("Asian ethnic groups", 36)


FINISHED = "people from Asian ethnic groups who finished a course of talking therapy"
DETAINED = "detentions under the Mental Health Act for every 100,000 people from Asian ethnic groups"
ADJUSTED = replace(DETENTIONS, people="people after allowing for age and sex")
WAIT = replace(LENGTH, people="people who were referred", did="waited")


@pytest.mark.parametrize(
    ("words", "value", "said"),
    [
        (RECOVERY, 36, f"36 in every 100 {FINISHED} showed reliable recovery"),
        (replace(RECOVERY, decimals=1), 42.4, f"42.4 in every 100 {FINISHED} showed reliable recovery"),
        (replace(RECOVERY, multiplier=1000), 26, f"26 in every 1,000 {FINISHED} showed reliable recovery"),
        (DETENTIONS, 82.5, f"there were 82.5 {DETAINED}"),
        (ADJUSTED, 82.5, f"there were 82.5 {DETAINED} after allowing for age and sex"),
        (LENGTH, 31, "the average for people from Asian ethnic groups whose detention ended was 31 days"),
        (LENGTH, 1, "the average for people from Asian ethnic groups whose detention ended was 1 day"),
        (WAIT, 31, "people from Asian ethnic groups who were referred waited 31 days on average"),
        (REFERRALS, 1570, "there were 1,570 referrals for people from Asian ethnic groups"),
    ],
)
def test_a_figure_is_told_with_its_unit_and_its_people(words: Wording, value: float, said: str) -> None:
    assert statement(words, of("Asian ethnic groups", value)) == said


@pytest.mark.parametrize(
    ("words", "value", "number", "figure"),
    [
        (RECOVERY, 36, "36", "36%"),
        (RECOVERY, 0.3, "fewer than 1", "under 1%"),
        (RECOVERY, 0.5, "1", "1%"),
        (RECOVERY, 0, "0", "0%"),
        (DETENTIONS, 242.3, "242.3", "242.3"),
        (DETENTIONS, 1234.56, "1,234.6", "1,234.6"),
        (DETENTIONS, 0.04, "less than 0.1", "under 0.1"),
        (DETENTIONS, 0, "0", "0.0"),
        (LENGTH, 0.2, "less than 1", "under 1"),
        (replace(RECOVERY, multiplier=1000), 26, "26", "26"),
    ],
)
def test_what_is_above_nought_never_reads_as_nought(words: Wording, value: float, number: str, figure: str) -> None:
    assert words.number(value) == number
    assert words.figure(value) == figure


@given(st.floats(0, 1e6, exclude_min=True), st.integers(0, 3))
def test_only_nought_reads_as_nought(value: float, decimals: int) -> None:
    words = replace(RECOVERY, decimals=decimals)
    assert words.number(value) != "0"
    assert words.figure(value).strip("0.%") != ""


@pytest.mark.parametrize(
    ("state", "one", "two"),
    [
        (CellState.SUPPRESSED, "is hidden to protect people", "are hidden to protect people"),
        (CellState.UNRELIABLE, "rests on too few people to be sure", "rest on too few people to be sure"),
        (CellState.NOT_COLLECTED, "is not collected or not available", "are not collected or not available"),
        (CellState.NOT_APPLICABLE, "does not apply", "do not apply"),
        (CellState.OBSERVED, "is not given", "are not given"),
    ],
)
def test_a_figure_that_is_not_there_has_its_reason(state: CellState, one: str, two: str) -> None:
    a, b = of("Asian ethnic groups", state=state), of("Black ethnic groups", state=state)
    assert absence(state, [a]) == statement(RECOVERY, a) == f"the figure for Asian ethnic groups {one}"
    assert absence(state, [a, b]) == f"the figures for Asian and Black ethnic groups {two}"


def test_each_state_has_a_clause_of_its_own() -> None:
    hidden, missing = CellState.SUPPRESSED, CellState.NOT_COLLECTED
    found = [of(f"{name} ethnic groups", state=state) for name, state in (("A", hidden), ("B", missing), ("C", hidden))]
    assert absences(found) == [
        "the figures for A and C ethnic groups are hidden to protect people",
        "the figure for B ethnic groups is not collected or not available",
    ]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["Asian ethnic groups"], "Asian ethnic groups"),
        (["Asian ethnic groups", "Black ethnic groups", "Mixed ethnic groups"], "Asian, Black and Mixed ethnic groups"),
        (["the White British ethnic group"], "the White British ethnic group"),
        (["the Indian ethnic group", "the Chinese ethnic group"], "the Indian and Chinese ethnic groups"),
        (["the Indian ethnic group", "any other Asian ethnic group"], "the Indian ethnic group and any other Asian ethnic group"),
        (
            ["the Mixed White and Asian ethnic group", "the Indian ethnic group"],
            "the Mixed White and Asian ethnic group and the Indian ethnic group",
        ),
        (["the White British ethnic group", "all other ethnic groups"], "the White British ethnic group and all other ethnic groups"),
    ],
)
def test_groups_are_listed_without_repeating_what_they_share(names: list[str], said: str) -> None:
    assert groups([of(name) for name in names]) == said


def test_a_group_keeps_its_article() -> None:
    assert group(of("the White British ethnic group")) == "the White British ethnic group"


@pytest.mark.parametrize(
    ("did", "done"),
    [
        ("showed reliable recovery", "shown reliable recovery"),
        ("moved to recovery", "moved to recovery"),
        ("got worse", "got worse"),
        ("were detained", "been detained"),
        ("had had no contact in the year before", "had no contact in the year before"),
        ("had waited two weeks or less", "waited two weeks or less"),
        ("had been restrained", "been restrained"),
        ("had not been seen", "not been seen"),
        ("had a valid ethnic group recorded", "had a valid ethnic group recorded"),
        ("did not attend", ""),
        ("could choose", ""),
        ("", ""),
    ],
)
def test_what_people_did_follows_would_have(did: str, done: str) -> None:
    assert participle(did) == done


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("England", "in England"),
        ("Sheffield", "in Sheffield"),
        ("Nuneaton and Bedworth", "in Nuneaton and Bedworth"),
        ("Sheffield Health and Social Care NHS Foundation Trust", "at Sheffield Health and Social Care NHS Foundation Trust"),
        ("Newham Talking Therapies", "at Newham Talking Therapies"),
        ("SHEFFIELD HEALTH & SOCIAL CARE", "at SHEFFIELD HEALTH & SOCIAL CARE"),
        ("Gilbert Hitchcock House (Bedfordshire)", "at Gilbert Hitchcock House (Bedfordshire)"),
        ("NHS South Yorkshire Integrated Care Board", "in the area of NHS South Yorkshire Integrated Care Board"),
        ("Coventry and Warwickshire STP", "in the area of Coventry and Warwickshire STP"),
    ],
)
def test_a_place_is_told_as_an_area_or_a_body(place: str, said: str) -> None:
    assert at(place) == said


def test_a_clause_becomes_a_sentence_and_keeps_its_capitals() -> None:
    assert sentence("the figure for NHS staff does not apply") == "The figure for NHS staff does not apply."

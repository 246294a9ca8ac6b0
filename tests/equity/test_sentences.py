"""Each sentence is here as it is read aloud. Read them when you change one: they are the first thing people see."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity import rates
from equity.cells import CellState
from equity.comparison import Estimate, Polarity
from equity.sentences import (
    domain_sentence,
    headline,
    indicator_sentence,
    indicator_story,
    unknown_range_sentence,
    unknown_sentence,
    whole_sentence,
)
from equity.standing import Reading, Standing, stand
from equity.wording import Wording

TRUST = "Sheffield Health and Social Care NHS Foundation Trust"
RECOVERY = Wording(
    "Reliable recovery", "proportion", 100, "per cent", 0, "higher_is_better",
    "people who finished a course of talking therapy", "showed reliable recovery", "reliable recoveries",
)  # fmt: skip
DETENTIONS = Wording(
    "Detentions, adjusted for age and sex", "rate", 100_000, "per 100,000 residents", 1, "lower_is_better",
    "people after allowing for age and sex", None, "detentions under the Mental Health Act", standardised=True,
)  # fmt: skip
REFERRED = Wording("Referrals", "rate", 1000, "per 1,000 residents", 1, "neutral", "people", None, "referrals to talking therapies")
LENGTH = Wording("Length of detentions", "mean", 1, "days", 0, "neutral", "people whose detention ended", None, "detentions that ended")
COUNTED = Wording("Detentions in the month", "count", 1, "number", 0, "lower_is_better", "people", None, "detentions", comparable=False)


def recovered(name: str, value: float, base: float, state: CellState = CellState.OBSERVED) -> Reading:
    """A published percentage of a rounded base, with the interval that the release gives it."""
    interval = rates.wilson(pl.lit(value * base / 100), pl.lit(base))
    estimate = Estimate(value, *pl.select(lower=interval.lower, upper=interval.upper).row(0))
    return Reading(name.lower(), name, f"people from {name} ethnic groups", state, estimate, base)


def figure(name: str, value: float, half: float | None = None, events: float | None = None) -> Reading:
    estimate = Estimate(value) if half is None else Estimate(value, value - half, value + half)
    return Reading(name.lower(), name, f"people from {name} ethnic groups", CellState.OBSERVED, estimate, None, events)


def without(name: str, state: CellState) -> Reading:
    return Reading(name.lower(), name, f"people from {name} ethnic groups", state)


# NHS Talking Therapies annual report 2024-25, Sheffield: published percentages and rounded counts.
ASIAN, BLACK, MIXED, OTHER, WHITE = (
    recovered(name, value, base)
    for name, value, base in (("Asian", 36, 455), ("Black", 48, 200), ("Mixed", 46, 205), ("Other", 37, 195), ("White", 50, 5255))
)
SHEFFIELD = [ASIAN, BLACK, MIXED, OTHER, WHITE]
# Mental Health Act statistics 2023-24, England: standardised rates with their half-widths, and the detentions.
DETAINED = [
    figure("Asian", 82.5, 2.8, 3993),
    figure("Black", 242.3, 6.9, 5693),
    figure("Mixed", 177.1, 10.7, 1935),
    figure("Other", 129.4, 6.0, 2169),
    figure("White", 68.4, 0.7, 31_735),
]


def told(words: Wording, readings: list[Reading], reference: str = "white", place: str = TRUST, when: str = "In 2024-25") -> str:
    return indicator_sentence(words, when, place, stand(readings, reference, words.polarity, words.comparable))


# -------------------------------------------------------------------------------------------------------- A clear gap


def test_reliable_recovery_in_sheffield() -> None:
    assert told(RECOVERY, SHEFFIELD) == (
        "In 2024-25 at Sheffield Health and Social Care NHS Foundation Trust, 36 in every 100 people from Asian ethnic groups who "
        "finished a course of talking therapy showed reliable recovery. For people from White ethnic groups it was 50 in every 100. "
        "The gap is 14 in every 100 (95% interval 9 to 18): Asian ethnic groups had 0.72 times the rate of White ethnic groups "
        "(95% interval 0.63 to 0.81). If Asian ethnic groups had the same rate as White ethnic groups, about 60 more people would "
        "have shown reliable recovery. The rate was also clearly lower for Other ethnic groups. There was no clear difference for "
        "Black and Mixed ethnic groups."
    )


def test_detentions_in_england() -> None:
    assert told(DETENTIONS, DETAINED, place="England", when="In 2023-24") == (
        "In 2023-24 in England, there were 242.3 detentions under the Mental Health Act for every 100,000 people from Black ethnic "
        "groups after allowing for age and sex. For people from White ethnic groups it was 68.4 for every 100,000 people. The gap is "
        "173.9 for every 100,000 people (95% interval 167.0 to 180.8): Black ethnic groups had 3.54 times the rate of White ethnic "
        "groups (95% interval 3.44 to 3.65). If Black ethnic groups had the same rate as White ethnic groups, there would have been "
        "about 4,100 fewer detentions under the Mental Health Act. The rate was also clearly higher for Asian, Mixed and Other ethnic "
        "groups."
    )


def test_a_mean_of_days() -> None:
    assert told(LENGTH, [figure("Black", 31, 2), figure("White", 25, 1)], place="England", when="In April 2026") == (
        "In April 2026 in England, the average for people from Black ethnic groups whose detention ended was 31 days. For people from "
        "White ethnic groups it was 25 days. The gap is 6 days (95% interval 4 to 8): Black ethnic groups had 1.24 times the average "
        "of White ethnic groups (95% interval 1.15 to 1.34)."
    )


def test_detailed_groups_keep_their_article_and_a_difference_the_other_way_is_told() -> None:
    detailed = [
        replace(figure("N", 172.6, 8.4, 2556), people="people from the Black African ethnic group"),
        replace(figure("M", 230.0, 11.7, 1518), people="people from the Black Caribbean ethnic group"),
        replace(figure("R", 54.6, 7.8, 237), people="people from the Chinese ethnic group"),
        replace(figure("A", 67.8, 0.8, 28_317), people="people from the White British ethnic group"),
    ]
    assert told(DETENTIONS, detailed, "a", "England", "In 2023-24") == (
        "In 2023-24 in England, there were 230.0 detentions under the Mental Health Act for every 100,000 people from the Black "
        "Caribbean ethnic group after allowing for age and sex. For people from the White British ethnic group it was 67.8 for every "
        "100,000 people. The gap is 162.2 for every 100,000 people (95% interval 150.5 to 173.9): the Black Caribbean ethnic group had "
        "3.39 times the rate of the White British ethnic group (95% interval 3.22 to 3.57). If the Black Caribbean ethnic group had "
        "the same rate as the White British ethnic group, there would have been about 1,100 fewer detentions under the Mental Health "
        "Act. The rate was also clearly higher for the Black African ethnic group and clearly lower for the Chinese ethnic group."
    )


def test_where_neither_way_is_better_the_largest_clear_gap_is_told() -> None:
    assert told(REFERRED, [figure("Asian", 20.1, 1), figure("Black", 33.0, 1), figure("White", 30.0, 0.5)], place="Sheffield") == (
        "In 2024-25 in Sheffield, there were 20.1 referrals to talking therapies for every 1,000 people from Asian ethnic groups. "
        "For people from White ethnic groups it was 30.0 for every 1,000 people. The gap is 9.9 for every 1,000 people (95% interval "
        "8.8 to 11.0): Asian ethnic groups had 0.67 times the rate of White ethnic groups (95% interval 0.64 to 0.71). The rate was "
        "clearly higher for Black ethnic groups."
    )


def test_a_group_with_nobody_is_told_as_0_and_compared() -> None:
    assert told(RECOVERY, [recovered("Asian", 0, 455, CellState.TRUE_ZERO), WHITE], place="Sheffield") == (
        "In 2024-25 in Sheffield, 0 in every 100 people from Asian ethnic groups who finished a course of talking therapy showed "
        "reliable recovery. For people from White ethnic groups it was 50 in every 100. The gap is 50 in every 100 (95% interval 48 "
        "to 51): Asian ethnic groups had 0.00 times the rate of White ethnic groups (95% interval 0.00 to 0.02). If Asian ethnic "
        "groups had the same rate as White ethnic groups, about 230 more people would have shown reliable recovery."
    )


@pytest.mark.parametrize("reference", ["white", "asian", "black", "nobody"])
def test_the_headline_is_two_sentences_and_the_rest_leaves_nothing_out(reference: str) -> None:
    standing = stand(SHEFFIELD, reference, "higher_is_better")
    first, rest = headline(indicator_story(RECOVERY, "In 2024-25", "Sheffield", standing))
    assert first.count(". ") <= 1
    assert " ".join(part for part in (first, rest) if part) == told(RECOVERY, SHEFFIELD, reference, "Sheffield")


def test_the_headline_has_the_group_and_its_reference() -> None:
    first, rest = headline(indicator_story(RECOVERY, "In 2024-25", "Sheffield", stand(SHEFFIELD, "white", "higher_is_better")))
    assert first == (
        "In 2024-25 in Sheffield, 36 in every 100 people from Asian ethnic groups who finished a course of talking therapy showed "
        "reliable recovery. For people from White ethnic groups it was 50 in every 100."
    )
    assert rest.startswith("The gap is 14 in every 100")


# ------------------------------------------------------------------------------------------------ Nobody clearly worse off


def test_where_the_reference_is_worst_off_the_gap_is_told_from_its_side() -> None:
    assert told(RECOVERY, SHEFFIELD, "asian") == (
        "In 2024-25 at Sheffield Health and Social Care NHS Foundation Trust, 36 in every 100 people from Asian ethnic groups who "
        "finished a course of talking therapy showed reliable recovery. No other ethnic group fared clearly worse. The largest clear "
        "gap is with White ethnic groups, at 50 in every 100. The gap is 14 in every 100 (95% interval 9 to 18): White ethnic groups "
        "had 1.39 times the rate of Asian ethnic groups (95% interval 1.23 to 1.58). If Asian ethnic groups had the same rate as "
        "White ethnic groups, about 60 more people would have shown reliable recovery. The rate was also clearly higher for Black and "
        "Mixed ethnic groups. There was no clear difference for Other ethnic groups."
    )


def test_no_other_group_is_said_only_of_groups_that_could_be_compared() -> None:
    hidden = without("Other", CellState.SUPPRESSED)
    assert "No group that can be compared fared clearly worse." in told(RECOVERY, [ASIAN, WHITE, hidden], "asian")
    assert "No other ethnic group" not in told(RECOVERY, [ASIAN, WHITE, hidden], "asian")


def test_no_clear_difference_from_any_group() -> None:
    assert told(RECOVERY, [BLACK, MIXED, WHITE], place="Sheffield") == (
        "In 2024-25 in Sheffield, 50 in every 100 people from White ethnic groups who finished a course of talking therapy showed "
        "reliable recovery. There was no clear difference between White ethnic groups and any other ethnic group. For them it was "
        "from 46 to 48 in every 100."
    )


def test_no_clear_difference_is_not_said_of_a_group_that_could_not_be_compared() -> None:
    few = recovered("Mixed", 20, 12, CellState.UNRELIABLE)
    assert told(RECOVERY, [BLACK, few, without("Other", CellState.SUPPRESSED), WHITE], place="Sheffield") == (
        "In 2024-25 in Sheffield, 50 in every 100 people from White ethnic groups who finished a course of talking therapy showed "
        "reliable recovery. There was no clear difference between White ethnic groups and Black ethnic groups. For them it was 48 in "
        "every 100. The figure for Mixed ethnic groups rests on too few people to be sure. The figure for Other ethnic groups is "
        "hidden to protect people."
    )


# ------------------------------------------------------------------------------------------------------ Every cell state


def test_every_group_without_a_figure_is_named_with_its_reason() -> None:
    readings = [
        ASIAN,
        without("Black", CellState.NOT_COLLECTED),
        without("Mixed", CellState.NOT_APPLICABLE),
        without("Other", CellState.SUPPRESSED),
        WHITE,
    ]
    assert told(RECOVERY, readings).endswith(
        "about 60 more people would have shown reliable recovery. The figure for Black ethnic groups is not collected or not "
        "available. The figure for Mixed ethnic groups does not apply. The figure for Other ethnic groups is hidden to protect people."
    )


def test_groups_hidden_together_are_named_together() -> None:
    hidden = [without(name, CellState.SUPPRESSED) for name in ("Black", "Mixed", "Other")]
    assert told(RECOVERY, [ASIAN, *hidden, WHITE]).endswith(
        "The figures for Black, Mixed and Other ethnic groups are hidden to protect people."
    )


def test_all_suppressed() -> None:
    hidden = [without(name, CellState.SUPPRESSED) for name in ("Asian", "Black", "White")]
    assert told(RECOVERY, hidden, place="Sheffield") == (
        "In 2024-25 in Sheffield, no group has a figure that can be shown. The figures for Asian, Black and White ethnic groups are "
        "hidden to protect people."
    )


def test_no_figure_for_different_reasons() -> None:
    readings = [
        without("Asian", CellState.SUPPRESSED),
        without("Black", CellState.UNRELIABLE),
        without("Mixed", CellState.NOT_COLLECTED),
        without("White", CellState.NOT_APPLICABLE),
    ]
    assert told(RECOVERY, readings, place="Sheffield") == (
        "In 2024-25 in Sheffield, no group has a figure that can be shown. The figure for Asian ethnic groups is hidden to protect "
        "people. The figure for Black ethnic groups rests on too few people to be sure. The figure for Mixed ethnic groups is not "
        "collected or not available. The figure for White ethnic groups does not apply."
    )


def test_no_groups_at_all() -> None:
    assert told(RECOVERY, []) == (
        "This release holds no figures by ethnic group for “Reliable recovery” at Sheffield Health and Social Care NHS Foundation Trust."
    )
    assert told(RECOVERY, [], place="England") == "This release holds no figures by ethnic group for “Reliable recovery” in England."


# -------------------------------------------------------------------------------------------------------- The reference


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        (without("White", CellState.SUPPRESSED), "the figure for White ethnic groups is hidden to protect people"),
        (without("White", CellState.NOT_COLLECTED), "the figure for White ethnic groups is not collected or not available"),
        (without("White", CellState.NOT_APPLICABLE), "the figure for White ethnic groups does not apply"),
        (recovered("White", 50, 10, CellState.UNRELIABLE), "the figure for White ethnic groups rests on too few people to be sure"),
        (None, "the figure for the reference group is not published"),
    ],
)
def test_a_reference_without_a_sure_figure(reference: Reading | None, why: str) -> None:
    readings = [ASIAN, BLACK, *([reference] if reference else [])]
    assert told(RECOVERY, readings, place="Sheffield") == (
        f"In 2024-25 in Sheffield, {why}, so no other group can be compared with it. Choose another reference group."
    )


def test_a_reference_on_its_own() -> None:
    alone = (
        "In 2024-25 in Sheffield, 50 in every 100 people from White ethnic groups who finished a course of talking therapy showed "
        "reliable recovery."
    )
    assert told(RECOVERY, [WHITE], place="Sheffield") == f"{alone} No other group is published."
    assert told(RECOVERY, [without("Asian", CellState.SUPPRESSED), WHITE], place="Sheffield") == (
        f"{alone} No other group can be compared. The figure for Asian ethnic groups is hidden to protect people."
    )


# ---------------------------------------------------------------------------------------- Without intervals, and counts


def test_no_interval() -> None:
    readings = [figure("Asian", 31), figure("Black", 28), without("Other", CellState.SUPPRESSED), figure("White", 25)]
    assert told(LENGTH, readings, place="England", when="In April 2026") == (
        "In April 2026 in England, the average for people from White ethnic groups whose detention ended was 25 days. It was 31 days "
        "for people from Asian ethnic groups and 28 days for people from Black ethnic groups. No interval can be given for these "
        "figures, so we cannot say whether the differences are more than chance. The figure for Other ethnic groups is hidden to "
        "protect people."
    )


def test_one_group_without_an_interval_is_not_said_to_be_alike() -> None:
    assert told(LENGTH, [figure("Asian", 31), figure("Black", 26, 2), figure("White", 25, 1)], place="England") == (
        "In 2024-25 in England, the average for people from White ethnic groups whose detention ended was 25 days. There was no clear "
        "difference between White ethnic groups and Black ethnic groups. For them it was 26 days. No interval can be given for Asian "
        "ethnic groups, so no comparison can be made."
    )


def test_counts_are_told_and_never_compared() -> None:
    readings = [figure("Asian", 120), figure("Black", 310), without("Other", CellState.SUPPRESSED), figure("White", 1570)]
    assert told(COUNTED, readings, place="England", when="In April 2026") == (
        "In April 2026 in England, there were 120 detentions for people from Asian ethnic groups, 310 for people from Black ethnic "
        "groups and 1,570 for people from White ethnic groups. These are counts of groups of different sizes, so they cannot be "
        "compared. The figure for Other ethnic groups is hidden to protect people."
    )


def test_figures_that_cannot_be_compared_are_told_without_a_comparison() -> None:
    said = told(replace(LENGTH, comparable=False), [figure("Asian", 31, 1), figure("White", 25, 1)], place="England")
    assert said == (
        "In 2024-25 in England, the average for people from Asian ethnic groups whose detention ended was 31 days. It was 25 days for "
        "people from White ethnic groups. These figures cannot be used to compare groups."
    )


RECORDED = Wording(
    "Ethnicity recorded", "proportion", 100, "per cent of records", 0, "higher_is_better",
    "people on record", "had a valid ethnic group recorded", "records with a valid ethnic group",
)  # fmt: skip


@pytest.mark.parametrize(
    ("everyone", "said"),
    [
        (
            recovered("Everyone", 94, 5000),
            "94 in every 100 people on record had a valid ethnic group recorded. This is one figure for everyone: it does not compare "
            "ethnic groups.",
        ),
        (without("Everyone", CellState.SUPPRESSED), "the figure for everyone is hidden to protect people."),
        (
            recovered("Everyone", 50, 10, CellState.UNRELIABLE),
            "50 in every 100 people on record had a valid ethnic group recorded. This is one figure for everyone: it does not compare "
            "ethnic groups. The figure for everyone rests on too few people to be sure.",
        ),
    ],
)
def test_one_figure_for_everyone(everyone: Reading, said: str) -> None:
    assert whole_sentence(RECORDED, "In April 2026", "Sheffield", everyone) == f"In April 2026 in Sheffield, {said}"


# ------------------------------------------------------------------------------------------------------------ In general

FORBIDDEN = re.compile(r"significan|BAME|BME|non-White|disparit|None|nan\b|inf\b|  | \.|\.\.|\(\)|race\b", re.IGNORECASE)
NAMES = ["Asian", "Black", "Mixed", "Other", "White"]
ABSENT = [CellState.SUPPRESSED, CellState.NOT_COLLECTED, CellState.NOT_APPLICABLE, CellState.UNRELIABLE]

a_figure = st.tuples(st.integers(1, 99), st.integers(30, 5000), st.sampled_from([CellState.OBSERVED, CellState.UNRELIABLE]))
a_cell = st.one_of(a_figure, st.sampled_from(ABSENT))


def reading_of(name: str, cell: tuple[int, int, CellState] | CellState) -> Reading:
    return without(name, cell) if isinstance(cell, CellState) else recovered(name, *cell)


@given(st.lists(a_cell, min_size=5, max_size=5), st.sampled_from(["higher_is_better", "lower_is_better", "neutral"]))
def test_every_sentence_is_whole_and_names_every_group_without_a_figure(cells: list[object], polarity: Polarity) -> None:
    readings = [reading_of(name, cell) for name, cell in zip(NAMES, cells, strict=True)]  # pyright: ignore[reportArgumentType]
    said = told(replace(RECOVERY, polarity=polarity), readings)
    assert said.startswith("In 2024-25 at ")
    assert said.endswith(".")
    assert not FORBIDDEN.search(said), said
    if stand(readings, "white", polarity).compared or all(one.estimate is None for one in readings):
        for one in readings:
            if not one.sure:
                assert one.name in said, said


@given(st.lists(a_figure, min_size=5, max_size=5), st.sampled_from(["higher_is_better", "lower_is_better", "neutral"]))
def test_an_absolute_and_a_relative_gap_always_stand_together_with_intervals_and_in_people(
    cells: list[tuple[int, int, CellState]], polarity: Polarity
) -> None:
    readings = [recovered(name, value, base) for name, (value, base, _) in zip(NAMES, cells, strict=True)]
    said = told(replace(RECOVERY, polarity=polarity), readings)
    clear = stand(readings, "white", polarity).clear
    assert ("The gap is" in said) == bool(clear)
    assert said.count("95% interval") == (2 if clear else 0)
    assert (" times the rate of " in said) == bool(clear)
    assert bool(re.search(r"about [\d,]+ (more|fewer) (people|person) would have shown", said)) == bool(clear)


@given(st.permutations(SHEFFIELD))
def test_the_same_figures_give_the_same_headline_in_any_order(readings: list[Reading]) -> None:
    said = told(RECOVERY, readings)
    assert said.split(" The rate was also")[0] == told(RECOVERY, SHEFFIELD).split(" The rate was also")[0]


# ------------------------------------------------------------------------------------------------------ Beside the headline


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "How many of the referrals have no known ethnicity is not published here."),
        (0, "Ethnicity is known for all of the referrals."),
        (0.3, "Ethnicity is not known for fewer than 1 in every 100 referrals."),
        (0.5, "Ethnicity is not known for 1 in every 100 referrals."),
        (7.4, "Ethnicity is not known for 7 in every 100 referrals."),
        (19.6, "Ethnicity is not known for 20 in every 100 referrals."),
        (99.7, "Ethnicity is not known for more than 99 in every 100 referrals."),
        (100, "Ethnicity is not known for any of the referrals."),
    ],
)
def test_the_share_of_unknown_ethnicity(share: float | None, said: str) -> None:
    assert unknown_sentence(share, "referrals") == said


def test_the_share_of_unknown_ethnicity_among_people_counted_here() -> None:
    assert unknown_sentence(2.2, "people counted here") == "Ethnicity is not known for 2 in every 100 people counted here."


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ([], "How often ethnicity is not known at Newham Talking Therapies is not published here."),
        ([("Recovery", 6.9), ("Referrals", 7.1)], "Ethnicity is not known for 7 in every 100 people or events counted here."),
        (
            [("Recovery", 0.2), ("Detentions", 19.6), ("Referrals", 9)],
            "Ethnicity is not known for fewer than 1 to 20 in every 100 people or events. It is missing most often in “Detentions”.",
        ),
    ],
)
def test_how_often_ethnicity_is_unknown_over_several_indicators(shares: list[tuple[str, float]], said: str) -> None:
    assert unknown_range_sentence(shares, "Newham Talking Therapies") == said


def standing_of(words: Wording, readings: list[Reading]) -> tuple[Wording, Standing]:
    return words, stand(readings, "white", words.polarity, words.comparable)


GAP, NO_GAP = standing_of(RECOVERY, SHEFFIELD), standing_of(RECOVERY, [BLACK, MIXED, WHITE])
WIDER, UNSURE = standing_of(DETENTIONS, DETAINED), standing_of(LENGTH, [figure("Asian", 31), figure("White", 25)])
RECOVERED = (
    "in “Reliable recovery”: 36 in every 100 people from Asian ethnic groups who finished a course of talking therapy showed reliable "
    "recovery, against 50 in every 100 for White ethnic groups."
)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([], "This release holds no figures on outcomes by ethnic group for Sheffield."),
        ([UNSURE], "The figures on outcomes for Sheffield do not allow groups to be compared: see each indicator for why."),
        ([GAP], f"The one indicator that can be compared shows a clear gap, {RECOVERED}"),
        ([GAP, UNSURE], f"The one indicator that can be compared shows a clear gap, {RECOVERED}"),
        ([GAP, NO_GAP], f"1 of 2 indicators shows a clear gap. The widest is {RECOVERED}"),
        (
            [GAP, WIDER, NO_GAP],
            "2 of 3 indicators show a clear gap. The widest is in “Detentions, adjusted for age and sex”: there were 242.3 detentions "
            "under the Mental Health Act for every 100,000 people from Black ethnic groups after allowing for age and sex, against "
            "68.4 for White ethnic groups.",
        ),
        ([NO_GAP], "No ethnic group is clearly worse off than White ethnic groups on the one indicator that can be compared."),
        (
            [NO_GAP, NO_GAP],
            "No ethnic group is clearly worse off than White ethnic groups on any of the 2 indicators that can be compared.",
        ),
    ],
)
def test_a_domain_in_a_sentence(found: list[tuple[Wording, Standing]], said: str) -> None:
    assert domain_sentence("outcomes", "Sheffield", found, "White ethnic groups") == said

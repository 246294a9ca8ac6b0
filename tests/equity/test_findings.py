"""Which gaps stand out of a page: held to account for every look, ranked by people or by certainty."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from equity.cells import CellState
from equity.comparison import Estimate
from equity.findings import Gap, Look, gaps_of, stand_out
from equity.sentences import finding_sentence, findings_sentence, matrix_sentence
from equity.standing import Reading, stand
from equity.wording import Wording

WORDS = Wording(
    "Reliable recovery", "proportion", 100, "per cent", 0, "higher_is_better",
    "people who finished a course of talking therapy", "showed reliable recovery", "reliable recoveries",
)  # fmt: skip


def reading(name: str, value: float | None, half: float | None = 2.0, base: float | None = 1000) -> Reading:
    estimate = None if value is None else Estimate(value, *((None, None) if half is None else (value - half, value + half)))
    state = CellState.SUPPRESSED if value is None else CellState.OBSERVED
    return Reading(name.casefold(), name, f"people from {name} ethnic groups", state, estimate, base)


def look(*readings: Reading, id: str = "one", words: Wording = WORDS) -> Look:
    return Look(id, words, "In 2024-25", "Sheffield", stand(readings, "white", words.polarity))


def test_a_gap_alone_is_clear_exactly_when_its_interval_leaves_out_nought() -> None:
    # Halves of 2 and 2: the difference is give or take the root of 8.
    for gap, clear in ((math.sqrt(8) + 0.001, True), (math.sqrt(8) - 0.001, False)):
        (found,) = gaps_of([look(reading("White", 50), reading("Asian", 50 - gap))])
        assert found.clear is clear
        assert found.compared.clear is clear
        assert found.p == pytest.approx(2 * stats.norm.sf(gap / math.sqrt(8) * stats.norm.isf(0.025)), rel=1e-6)
        assert found.adjusted == pytest.approx(found.p)


def test_every_comparison_of_the_page_counts_as_a_look() -> None:
    alike = [look(reading("White", 50), reading("Asian", 50), id=f"look {at}") for at in range(39)]
    one = look(reading("White", 50), reading("Black", 46.5), id="clear alone")
    gaps = gaps_of([*alike, one])
    assert len(gaps) == 40
    assert gaps[-1].p < 0.05 < gaps[-1].adjusted
    assert stand_out(gaps) == []
    assert findings_sentence("for Sheffield", gaps, []).endswith(
        "One more gap looks clear alone, but among so many comparisons could be chance."
    )


@given(st.lists(st.floats(20, 80), min_size=1, max_size=12))
def test_the_adjusted_values_are_those_of_scipy(values: list[float]) -> None:
    gaps = gaps_of([look(reading("White", 50), reading("Asian", value), id=str(at)) for at, value in enumerate(values)])
    assert [gap.adjusted for gap in gaps] == pytest.approx(list(stats.false_discovery_control([gap.p for gap in gaps])), abs=1e-12)


def test_what_stands_out_is_for_the_worse_most_people_first_or_the_surest() -> None:
    asian, black, mixed = reading("Asian", 40, base=5000), reading("Black", 30, base=100), reading("Mixed", 70)
    gaps = gaps_of([look(reading("White", 50), asian, black, mixed)])
    assert [gap.compared.reading.name for gap in stand_out(gaps)] == ["Asian", "Black"]
    assert [gap.compared.reading.name for gap in stand_out(gaps, "certainty")] == ["Black", "Asian"]
    assert [gap.people for gap in stand_out(gaps)] == pytest.approx([500, 20])


def test_gaps_of_which_the_people_are_not_known_come_last_by_people() -> None:
    gaps = gaps_of([look(reading("White", 50), reading("Asian", 30, base=None), reading("Black", 45))])
    assert [gap.compared.reading.name for gap in stand_out(gaps)] == ["Black", "Asian"]


def test_without_an_interval_or_a_reference_nothing_is_looked_at() -> None:
    nothing = (
        look(reading("White", 50, None), reading("Asian", 30)),
        look(reading("White", None), reading("Asian", 30)),
        look(reading("White", 50)),
    )
    assert gaps_of(nothing) == []
    assert findings_sentence("for Sheffield", [], []) == "The figures for Sheffield do not allow groups to be compared."


@pytest.mark.parametrize(
    ("gap", "words"), [(20.0, "almost certainly not chance"), (4.5, "very unlikely to be chance"), (3.0, "unlikely to be chance")]
)
def test_certainty_is_in_words(gap: float, words: str) -> None:
    (found,) = gaps_of([look(reading("White", 50), reading("Asian", 50 - gap))])
    assert found.certainty == words


def test_the_front_page_is_told_in_sentences() -> None:
    gaps = gaps_of([look(reading("White", 50), reading("Asian", 36), reading("Black", 49))])
    assert findings_sentence("for Sheffield", gaps, stand_out(gaps)) == (
        "In 1 of the 2 comparisons for Sheffield, a group clearly fares worse than White ethnic groups. "
        "At most 5 in 100 of such findings are expected to be chance."
    )
    assert findings_sentence("for Sheffield", gaps[1:], []) == "In the one comparison for Sheffield no group clearly fares worse."
    assert (
        findings_sentence("for Sheffield", gaps[1:] * 2, [])
        == "In none of the 2 comparisons for Sheffield does a group clearly fare worse."
    )
    assert finding_sentence(gaps[0]) == (
        "In 2024-25 in Sheffield, 36 in every 100 people from Asian ethnic groups who finished a course of talking therapy showed "
        "reliable recovery. For people from White ethnic groups it was 50 in every 100. The gap is 14 in every 100 (95% interval 11 "
        "to 17): Asian ethnic groups had 0.72 times the rate of White ethnic groups (95% interval 0.67 to 0.77). If Asian ethnic "
        "groups had the same rate as White ethnic groups, about 140 more people would have shown reliable recovery."
    )


def test_the_matrix_is_told_by_counts_of_what_was_found() -> None:
    standings = [
        look(reading("White", 50), reading("Asian", 36), reading("Black", 64), reading("Mixed", 50), reading("Other", 40, None)).standing,
        look(reading("White", 50), reading("Asian", 30)).standing,
    ]
    assert matrix_sentence("for Sheffield", "White ethnic groups", standings) == (
        "There are 5 comparisons with White ethnic groups for Sheffield. 2 are clearly worse. 1 is clearly better. "
        "1 shows no clear difference. 1 has no interval, so nothing can be said."
    )
    none = look(reading("White", None), reading("Asian", 30)).standing
    assert matrix_sentence("for Sheffield", "White ethnic groups", [none]) == (
        "No indicator for Sheffield allows groups to be compared with White ethnic groups."
    )


def test_a_gap_of_a_neutral_indicator_does_not_stand_out() -> None:
    neutral = Wording("Referrals", "rate", 1000, "per 1,000 residents", 1, "neutral", "people", None, "referrals")
    gaps: list[Gap] = gaps_of([look(reading("White", 50), reading("Asian", 20), words=neutral)])
    assert gaps[0].clear
    assert stand_out(gaps) == []

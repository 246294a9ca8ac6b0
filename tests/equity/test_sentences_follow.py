"""What is said of a gap over time, of the same gap at several sites, of a funnel and of a control chart, as it is read aloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from equity.cells import CellState
from equity.change import Direction
from equity.change_wording import GapChange
from equity.comparison import Estimate
from equity.sentences import Line, SiteGap, control_sentence, funnel_sentence, gap_story, sites_story, spread_sentence
from equity.sentences.indicator import detail_sentence
from equity.standing import Compared, Reading, stand
from tests.equity.test_findings import WORDS, reading

WHITE, ASIAN = reading("White", 50), reading("Asian", 36)
FIRST, LAST = (date(2019, 4, 1), date(2020, 3, 31)), (date(2024, 4, 1), date(2025, 3, 31))
WORSE = replace(WORDS, polarity="lower_is_better")


def between(told: Reading = ASIAN, reference: Reading = WHITE, polarity: str = "higher_is_better") -> Compared | None:
    return stand([told, reference], "white", polarity).of(told.code)  # pyright: ignore[reportArgumentType]


def change(direction: Direction, of: Estimate, *, turned: bool = False) -> GapChange:
    return GapChange(FIRST, LAST, of, direction, Estimate(0.9, 0.8, 1.01), Direction.NO_CLEAR_CHANGE, turned, {})


def site(name: str, told: Reading | None = ASIAN, reference: Reading | None = WHITE) -> SiteGap:
    compared = between(told, reference) if told and reference and told.sure and reference.sure else None
    return SiteGap(name, told, reference, compared)


def story(*sites: SiteGap, england: SiteGap | None = None) -> str:
    return " ".join(part for part in sites_story(WORDS, "In 2024-25", ASIAN, WHITE, sites, england) if part)


GAP = "the rate was lower by 14 in every 100 (95% interval 11 to 17), or 0.72 times the rate (95% interval 0.67 to 0.77)"


def test_a_gap_at_every_site_is_told_with_each_and_england_last() -> None:
    assert story(site("East London"), site("Sheffield"), england=site("England")) == (
        "In 2024-25, “Reliable recovery” was clearly lower (worse) for Asian ethnic groups than for White ethnic groups at all 2 sites. "
        f"At East London {GAP}. At Sheffield {GAP}. In England {GAP}."
    )


def test_sites_differ_tie_or_have_nothing_to_compare() -> None:
    hidden, none = site("Sheffield", reading("Asian", None)), site("Greater Manchester", None, None)
    said = story(site("Coventry"), site("East London", reading("Asian", 50)), none, hidden)
    start = "In 2024-25, “Reliable recovery” was clearly lower (worse) for Asian ethnic groups than for White ethnic groups"
    assert said.startswith(f"{start} at 1 of 4 sites: Coventry.")
    assert "There was no clear difference at East London." in said
    assert "“Reliable recovery” is not published for Greater Manchester in this period." in said
    assert "At Sheffield, the figure for Asian ethnic groups is hidden to protect people." in said


def test_each_site_says_which_way_its_gap_runs() -> None:
    said = story(site("East London"), site("Sheffield", reading("Asian", 64)))
    assert "At East London the rate was lower by 14 in every 100" in said
    assert "At Sheffield the rate was higher by 14 in every 100" in said


def test_where_every_site_is_hidden_nothing_is_compared() -> None:
    hidden = [site(name, reading("Asian", None), reading("White", None)) for name in ("East London", "Sheffield")]
    assert story(*hidden) == (
        "In 2024-25, Asian ethnic groups and White ethnic groups cannot be compared at any of the 2 sites on “Reliable recovery”. "
        "At East London, the figure for Asian ethnic groups is hidden to protect people. "
        "At Sheffield, the figure for Asian ethnic groups is hidden to protect people."
    )
    alone = story(site("Sheffield", reading("Asian", 50)))
    assert alone.endswith(": no clear difference.")
    assert "no clear difference between Asian ethnic groups and White ethnic groups at Sheffield." in alone


def test_what_is_lower_is_better_where_less_is_wanted() -> None:
    lower = SiteGap("Sheffield", ASIAN, WHITE, between(polarity="lower_is_better"))
    higher = SiteGap("East London", WHITE, ASIAN, between(reading("Asian", 60), polarity="lower_is_better"))
    lead, also, *_ = sites_story(WORSE, "In 2024-25", ASIAN, WHITE, [higher, lower], None)
    assert "was clearly lower (better)" in lead
    assert also == "It was clearly higher (worse) at 1 of 2 sites: East London."


def test_a_rate_of_nought_has_no_ratio_and_a_figure_without_interval_no_finding() -> None:
    none = story(site("Sheffield", ASIAN, reading("White", 0)))
    assert none.endswith("At Sheffield the rate was higher by 36 in every 100 (95% interval 33 to 39), and no ratio can be given.")
    bare = site("Sheffield", replace(ASIAN, estimate=Estimate(36)))
    assert story(bare) == (
        "In 2024-25, on “Reliable recovery”: no interval can be given at Sheffield, so nothing can be said of chance there. "
        "At Sheffield the gap was 14 in every 100 (no interval can be given), or 0.72 times the rate."
    )


def test_figures_that_cannot_be_compared_are_not() -> None:
    counts = replace(WORDS, comparable=False)
    assert sites_story(counts, "In 2024-25", ASIAN, WHITE, [site("Sheffield")], None)[0].endswith("cannot be compared, at any site.")
    assert "cannot be used to compare groups" in gap_story(counts, "In 2024-25", "Sheffield", ASIAN, WHITE, None, None, None, None)[0]


def test_one_site_alone_is_named_where_it_cannot_be_compared() -> None:
    assert story(site("Sheffield", reading("Asian", None))).startswith(
        "In 2024-25, Asian ethnic groups and White ethnic groups cannot be compared at Sheffield on “Reliable recovery”."
    )


@pytest.mark.parametrize(
    ("england", "said"),
    [
        (site("England", reading("Asian", None)), "In England, the figure for Asian ethnic groups is hidden to protect people."),
        (site("England", None, None), "“Reliable recovery” is not published for England in this period."),
        (site("England", None), "In England, one of the two groups is not published."),
    ],
)
def test_where_england_has_no_figure_the_reason_is_told(england: SiteGap, said: str) -> None:
    assert story(site("Sheffield"), england=england).endswith(said)
    assert story(site("Sheffield", None, None), england=england).endswith(said)


def test_a_rate_of_nought_beside_another_has_a_gap_and_no_ratio() -> None:
    said = story(site("Sheffield", reference=reading("White", 0)))
    assert said.endswith("At Sheffield the rate was higher by 36 in every 100 (95% interval 33 to 39), and no ratio can be given.")


def test_what_is_worse_depends_on_the_indicator() -> None:
    told = SiteGap("Sheffield", ASIAN, WHITE, between(polarity="lower_is_better"))
    assert "clearly lower (better) for Asian" in " ".join(sites_story(WORSE, "In 2024-25", ASIAN, WHITE, [told], None))


def gap(told: Reading | None = ASIAN, reference: Reading | None = WHITE, moved: GapChange | None = None, line: Line | None = None) -> str:
    now = between(told, reference) if told and reference and told.sure and reference.sure else None
    first = between(reading("Asian", 30)) if moved else None
    return " ".join(part for part in gap_story(WORDS, "In 2024-25", "Sheffield", told, reference, now, first, moved, line) if part)


def test_a_gap_that_has_narrowed_is_told_in_both_ways() -> None:
    said = gap(moved=change(Direction.NARROWING, Estimate(6, 2, 10)), line=Line(Direction.NARROWING, 6))
    assert said.startswith(
        "In Sheffield, between Asian ethnic groups and White ethnic groups, since 2019-20 the gap has narrowed by 6 percentage points "
        "(95% interval 2 to 10). In relative terms there is no clear change. In 2024-25 it was 14 in every 100"
    )
    assert said.endswith("A line through all 6 periods that can be compared says the same.")


def test_a_change_that_is_not_clear_is_no_change_and_a_line_may_say_otherwise() -> None:
    said = gap(moved=change(Direction.NO_CLEAR_CHANGE, Estimate(1, -4, 6)), line=Line(Direction.WIDENING, 5))
    assert "there has been no clear change in the gap since 2019-20." in said
    assert said.endswith("A line through all 5 periods that can be compared points to a wider gap.")


@pytest.mark.parametrize(
    ("told", "reference", "said"),
    [
        (ASIAN, None, "the figure for the reference group is not published, so there is no gap to follow. Choose another reference group."),
        (ASIAN, reading("White", None), "the figure for White ethnic groups is hidden to protect people, so there is no gap to follow."),
        (None, WHITE, "the figure for the group is not published, so there is no gap to follow. Choose another group."),
        (replace(ASIAN, state=CellState.UNRELIABLE), WHITE, "the figure for Asian ethnic groups rests on too few people to be sure"),
    ],
)
def test_where_there_is_no_gap_to_follow_the_reason_is_told(told: Reading | None, reference: Reading | None, said: str) -> None:
    assert said in gap(told, reference)


def test_one_period_alone_has_no_change() -> None:
    start = "Nothing can be said yet of a change in the gap between Asian ethnic groups and White ethnic groups"
    assert gap().startswith(f"{start} in Sheffield: there is no earlier period to compare.")


def test_the_ends_of_the_groups_are_told_for_the_first_and_the_last_period() -> None:
    periods = [("In 2019-20", [WHITE, ASIAN]), ("In 2024-25", [reading("White", 50), reading("Asian", 50)])]
    assert spread_sentence(WORDS, periods) == (
        "In 2019-20 the lowest rate was 36 in every 100, for Asian ethnic groups. The highest was 50 in every 100, for White ethnic "
        "groups. "
        "In 2024-25 the rate was 50 in every 100 for every group with a figure. "
        "Both ends move by chance too. So this alone does not show a change."
    )
    assert spread_sentence(WORDS, [("In 2024-25", [ASIAN])]) == (
        "In 2024-25 one group alone has a figure. It is 36 in every 100, for Asian ethnic groups."
    )
    assert spread_sentence(WORDS, [("In 2024-25", [reading("Asian", None)])]) == "No period has a figure that can be shown."
    assert "0 in every 100, for Asian" in spread_sentence(WORSE, [("In 2024-25", [WHITE, reading("Asian", 0)])])


def test_a_funnel_is_told_by_how_many_lie_beyond_its_limits() -> None:
    flags = {"low_outer": 1, "within": 12, "high_inner": 2}
    sites = [("Coventry", "within"), ("East London", None), ("Sheffield", "within")]
    said = funnel_sentence("In 2024-25", "NHS trusts", ASIAN, flags, sites, True, 3)
    assert said == (
        "In 2024-25, of 15 NHS trusts with a figure for people from Asian ethnic groups, 1 lies below the outer limits and 2 lie above the "
        "inner limits. The inner limits (95%) and outer limits (99.8%) show how far from the average chance could take a place of "
        "each size, "
        "and have been widened because places differ by more than chance. Coventry and Sheffield are within the limits. East London has "
        "no figure to place. Left out, with no figure to rely on: 3."
    )
    assert "all lie within the limits." in funnel_sentence("In 2024-25", "NHS trusts", ASIAN, {"within": 12}, [], False, 0)


def test_a_control_chart_is_told_by_its_latest_value_and_what_is_usual() -> None:
    row = {
        "latest_value": 70.0, "lower_limit": -3.0, "upper_limit": 104.0, "mean": 42.0, "variation": "improvement_high", "signal": "outside",
        "values_used": 24, "problem": None,
    }  # fmt: skip
    said = control_sentence(WORDS, "In December 2024", "Sheffield", "people from Asian ethnic groups", row, 1)
    assert said == (
        "In December 2024 in Sheffield the rate for people from Asian ethnic groups was 70 in every 100. Usual values lie between 0 "
        "and 100 "
        "in every 100, with an average of 42. A change for the better that is unlikely to be chance: the latest value is above the "
        "range of "
        "usual values. 1 period has no figure to rely on: nothing is read across the gap."
    )


def test_what_does_not_vary_has_one_usual_value() -> None:
    row = {
        "latest_value": 0.0, "lower_limit": 0.0, "upper_limit": 0.0, "mean": 0.0, "variation": "common_cause", "signal": None,
        "values_used": 12, "problem": None,
    }  # fmt: skip
    said = control_sentence(WORDS, "In December 2024", "Sheffield", "people from Asian ethnic groups", row, 0)
    assert said.endswith("was 0 in every 100. The usual value is 0 in every 100: it does not vary. No unusual change.")


def test_detailed_groups_are_told_by_their_ends_or_by_why_there_is_none() -> None:
    assert detail_sentence(WORDS, "In 2024-25", "Sheffield", "Asian", [reading("Indian", 43), reading("Pakistani", 35)]) == (
        "In 2024-25 in Sheffield, within the Asian group the lowest rate was 35 in every 100, for Pakistani ethnic groups. The highest was "
        "43 in every 100, for Indian ethnic groups."
    )
    hidden = [reading("Indian", None), reading("Pakistani", None)]
    assert detail_sentence(WORDS, "In 2024-25", "Sheffield", "Asian", hidden) == (
        "In 2024-25 in Sheffield, within the Asian group no figure can be relied on. All of them are hidden to protect people."
    )

"""Which groups a page shows, in which order, with which words; and how many people's ethnicity is not known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dashboard import groups
from dashboard.groups import Base
from equity.comparison import Estimate
from tests.dashboard.frames import WORDS, observation, observations

BASE = Base("denominator", "referrals")


def codes(frame: Any) -> list[str]:
    return frame["ethnicity_code"].to_list()


# ------------------------------------------------------------------------------------------------------ Which, and in order


def test_groups_are_alphabetical_then_other_then_unknown() -> None:
    frame = observations(*(observation(code) for code in ("white", "unknown", "other", "mixed", "black", "asian")))
    assert frame["name"].to_list() == ["Asian", "Black", "Mixed", "White", "Other", "Unknown"]


def test_any_other_group_comes_after_its_neighbours() -> None:
    frame = observations(*(observation(code, ethnicity_scheme="nhs_16") for code in ("L", "J", "H", "K")))
    assert frame["name"].to_list() == ["Bangladeshi", "Indian", "Pakistani", "Any other Asian"]


def test_a_group_that_the_tables_do_not_know_is_named_as_it_was_published() -> None:
    frame = observations(observation("zz", ethnicity_label="Cornish"))
    assert frame.select("name", "people").row(0) == ("Cornish", "people from the Cornish ethnic group")


def test_the_main_scheme_is_the_one_with_most_groups() -> None:
    two = [observation(code, ethnicity_scheme="white_british_other") for code in ("white_british", "all_other_groups")]
    five = [observation(code) for code in ("white", "mixed", "asian", "black", "other")]
    frame = observations(*two, *five, *(observation(code, ethnicity_scheme="nhs_16") for code in "ABCDEFGH"))
    assert groups.main_scheme(frame) == "upper_nhs_2001"
    assert groups.main_scheme(observations(*two)) == "white_british_other"
    assert groups.main_scheme(frame.clear()) is None


def test_of_two_schemes_with_as_many_groups_the_same_one_is_always_main() -> None:
    both = [observation(code, ethnicity_scheme=scheme) for scheme in ("upper_nhs_2001", "upper_mhsds") for code in ("white", "asian")]
    assert groups.main_scheme(observations(*both)) == groups.main_scheme(observations(*reversed(both))) == "upper_mhsds"


def test_the_main_groups_are_those_of_one_scheme_with_its_unknown() -> None:
    own = [observation(code) for code in ("white", "asian", "black", "unknown", "all", "known")]
    other = [observation(code, ethnicity_scheme="white_british_other") for code in ("white_british", "unknown")]
    found = groups.main_groups(observations(*own, *other, observation("A", ethnicity_scheme="nhs_16")))
    assert codes(found) == ["asian", "black", "white", "unknown"]
    assert set(found["ethnicity_scheme"].to_list()) == {"upper_nhs_2001"}


def test_unknown_ethnicity_of_another_scheme_stands_in_where_the_main_one_has_none() -> None:
    found = groups.main_groups(observations(observation("white"), observation("unknown", ethnicity_scheme="nhs_16")))
    assert codes(found) == ["white", "unknown"]


def test_a_publishers_sum_of_the_unknown_stands_for_its_parts() -> None:
    scheme: dict[str, Any] = {"ethnicity_scheme": "upper_mha_england"}
    frame = observations(*(observation(code, **scheme) for code in ("white", "unknown", "not_stated", "not_known")))
    assert codes(groups.main_groups(frame)) == ["white", "unknown"]


def test_unknown_groups_that_are_no_sum_of_each_other_all_stay() -> None:
    scheme: dict[str, Any] = {"ethnicity_scheme": "upper_mhsds"}
    frame = observations(*(observation(code, **scheme) for code in ("white", "unknown", "not_stated", "not_known")))
    assert set(codes(groups.main_groups(frame))) == {"white", "unknown", "not_stated", "not_known"}


def test_parts_of_the_unknown_stay_where_their_sum_is_not_published() -> None:
    frame = observations(*(observation(code, ethnicity_scheme="upper_mha_england") for code in ("white", "not_stated", "not_known")))
    assert set(codes(groups.main_groups(frame))) == {"white", "not_stated", "not_known"}


def test_everyone_stands_alone_only_where_there_is_no_group() -> None:
    everyone, white = observation("all", 94), observation("white", 50)
    assert codes(groups.whole(observations(everyone))) == ["all"]
    assert groups.whole(observations(everyone, white)).is_empty()
    assert groups.whole(observations(white)).is_empty()


def test_unknown_ethnicity_is_no_group_to_compare() -> None:
    found = groups.readings(observations(observation("white", 50, 200), observation("asian", None), observation("unknown", 48)))
    assert [one.code for one in found] == ["asian", "white"]
    assert found[0].estimate is None
    assert (found[1].estimate, found[1].base, found[1].events) == (Estimate(50, 48, 52), 200, 100)


# --------------------------------------------------------------------------------------------------------------- Words


def row(one: dict[str, Any], england: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    beside = observations(*([england] if england else []))
    words = replace(WORDS, **changes)
    return groups.display(observations(one), beside, words, BASE, replace(WORDS, decimals=1)).row(0, named=True)


def test_a_row_has_its_value_interval_base_and_england() -> None:
    found = row(observation("asian", 36, 455), observation("asian", 42.44, 90_000, 0.3))
    assert (found["value_text"], found["interval_text"], found["base_text"]) == ("36%", "34 to 38", "455 referrals")
    assert (found["england_value"], found["england_text"]) == (42.44, "42.4%")
    assert found["hover"] == "Asian: 36%, 95% interval 34 to 38; 455 referrals"


def test_a_group_that_england_does_not_publish_has_no_mark_there() -> None:
    found = row(observation("asian"), observation("white"))
    assert (found["england_value"], found["england_text"]) == (None, "not published")


def test_a_rounded_count_is_told_as_about_so_many() -> None:
    found = row(observation("asian", 36, 4_555, denominator_lower=4_553, denominator_upper=4_557))
    assert (found["base_text"], found["base_exact"]) == ("about 4,560 referrals", False)


@pytest.mark.parametrize("stand_in", [2.0, None])
def test_of_a_hidden_count_nothing_is_told_but_that_it_is_hidden(stand_in: float | None) -> None:
    hidden: dict[str, Any] = {"denominator": stand_in, "denominator_lower": 0.0, "denominator_upper": 4.0, "numerator": None}
    found = row(observation("asian", None, **hidden))
    assert (found["base_text"], found["base_number"], found["value"]) == ("", "", None)
    assert found["value_text"] == "hidden to protect people [c]"
    assert found["hover"] == "Asian: hidden to protect people [c]"


def test_a_count_of_nobody_is_not_hidden() -> None:
    assert row(observation("asian", None, 0, cell_state="not_applicable"))["base_text"] == "0 referrals"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("suppressed", "hidden to protect people [c]"),
        ("unreliable", "too few people to be sure [u]"),
        ("not_collected", "not collected or not available [x]"),
        ("not_applicable", "does not apply [z]"),
    ],
)
def test_each_state_without_a_figure_has_words_and_shorthand(state: str, words: str) -> None:
    found = row(observation("asian", None, None, cell_state=state))
    assert (found["value_text"], found["interval_text"], found["hover"]) == (words, "", f"Asian: {words}")


def test_a_figure_of_too_few_people_says_so_when_it_is_pointed_at() -> None:
    found = row(observation("asian", 40, 20, 18, cell_state="unreliable"))
    assert found["value_text"] == "40%"
    assert found["hover"] == "Asian: 40%, 95% interval 22 to 58; too few people to be sure [u]; 20 referrals"


def test_nought_is_a_figure_and_what_is_above_nought_never_reads_as_it() -> None:
    assert row(observation("asian", 0, 200, 0, cell_state="true_zero"))["value_text"] == "0%"
    assert row(observation("asian", 0.2, 2000, 0.1))["value_text"] == "under 1%"


def test_what_rounding_allows_is_told_where_it_allows_more_than_one_value() -> None:
    rounded = row(observation("black", 49, 325, recomputed_lower=49.08, recomputed_upper=51.55))
    exact = row(observation("black", 49, 325, recomputed_lower=49.0, recomputed_upper=49.0))
    assert rounded["hover"].endswith("; its rounded counts allow 49.1 to 51.6")
    assert "allow" not in exact["hover"]


def test_a_count_is_its_own_base() -> None:
    assert row(observation("asian", 25, 25, None), value_type="count", multiplier=1)["base_text"] == ""


# ---------------------------------------------------------------------------------------------------- Unknown ethnicity


def counts(scheme: str, **people: float | None) -> Any:
    return observations(*(observation(code, None if of is None else 50, of, ethnicity_scheme=scheme) for code, of in people.items()))


def test_the_unknown_share_is_of_the_published_whole() -> None:
    frame = counts("upper_nhs_2001", white=700, asian=200, unknown=50, all=1000)
    assert groups.unknown_share(frame, "denominator") == pytest.approx(5.0)


def test_the_unknown_share_is_of_groups_and_unknown_where_no_whole_is_published() -> None:
    assert groups.unknown_share(counts("upper_nhs_2001", white=700, asian=250, unknown=50), "denominator") == pytest.approx(5.0)


def test_three_unknown_groups_of_their_own_are_added_up() -> None:
    frame = counts("upper_mhsds", white=60, asian=25, black=40, not_stated=10, not_known=5, unknown=5, all=145)
    assert groups.unknown_share(frame, "denominator") == pytest.approx(100 * 20 / 145)
    assert groups.unknown_share(frame.filter(frame["ethnicity_code"] != "all"), "denominator") == pytest.approx(100 * 20 / 145)


def test_a_sum_of_the_unknown_is_not_added_to_its_parts() -> None:
    frame = counts("upper_mha_england", white=800, asian=125, not_stated=50, not_known=25, unknown=75, all=1000)
    assert groups.unknown_share(frame, "denominator") == pytest.approx(7.5)


def test_a_whole_of_another_scheme_is_not_the_whole() -> None:
    both = [observation("white", 50, 900), observation("unknown", 50, 100), observation("all", 50, 5000, ethnicity_scheme="nhs_16")]
    assert groups.unknown_share(observations(*both), "denominator") == pytest.approx(10.0)


def test_the_unknown_share_counts_events_where_a_rate_has_no_base_of_people() -> None:
    frame = observations(observation("white", 50, 1800), observation("unknown", 50, 200))
    assert groups.unknown_share(frame, "numerator") == pytest.approx(10.0)


@pytest.mark.parametrize(
    "people",
    [
        {"white": 700.0},
        {"white": 700.0, "unknown": None},
        {"white": None, "unknown": 50.0},
        {"white": 0.0, "unknown": 0.0},
    ],
    ids=["no unknown", "unknown hidden", "no whole", "nobody"],
)
def test_the_unknown_share_is_not_given_where_its_counts_are_not(people: dict[str, float | None]) -> None:
    assert groups.unknown_share(counts("upper_nhs_2001", **people), "denominator") is None


def test_what_stands_for_a_hidden_unknown_count_is_not_a_share() -> None:
    hidden = observation("unknown", None, 2, denominator_lower=0.0, denominator_upper=4.0)
    assert groups.unknown_share(observations(observation("white", 50, 900), hidden), "denominator") is None


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0"), (0.01, "under 1"), (0.49, "under 1"), (0.5, "1"), (2.5, "3"), (99.4, "99"), (99.6, "over 99"), (100, "100")],
)
def test_a_share_is_nought_or_a_hundred_only_where_it_is_nobody_or_everybody(share: float, words: str) -> None:
    assert groups.share_words(share) == words

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equity import spc, spc_wording
from equity.comparison import Polarity
from equity.spc import Rules, drawn, readings, xmr

PEERS = Path(__file__).parents[2] / "../shared/statistics"
POLARITY: dict[str, Polarity] = {"increase": "higher_is_better", "decrease": "lower_is_better", "neutral": "neutral"}
CALM = [50.0, 51.0, 49.0, 50.5, 49.5, 50.0, 51.0, 49.0, 50.5, 49.5]
Value = float | None


def series(values: Sequence[Value], name: str = "a", first: int = 1) -> pl.DataFrame:
    periods = range(first, first + len(values))
    return pl.DataFrame(
        {"s": [name] * len(values), "t": list(periods), "v": list(values)}, schema={"s": pl.String, "t": pl.Int64, "v": pl.Float64}
    )


def chart(values: Sequence[Value], polarity: Polarity = "higher_is_better", rules: Rules | None = None, **more: object) -> pl.DataFrame:
    return xmr(series(values), ["s"], "t", "v", polarity=polarity, rules=rules, **more)  # pyright: ignore[reportArgumentType]


def read(charted: pl.DataFrame) -> dict[str, object]:
    return readings(charted, ["s"], "t", "v").row(0, named=True)


# ---------------------------------------------------------------------------------------- What a peer's package gives

CASES = [f"S{number:02}" for number in range(1, 41)]
LIMITS_OF_OUR_OWN = {"S17", "S18", "S32"}  # constant, constant with one jump, one point: see the tests of each


def peers() -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cases, and their points as they were given to the package with what it made of them."""
    cases = pl.read_csv(PEERS / "inputs/spc_cases.csv")
    given = pl.read_csv(PEERS / "inputs/spc_points.csv", schema_overrides={"facet": pl.String, "value": pl.Float64})
    found = pl.read_csv(PEERS / "outputs/spc_points.csv", infer_schema=False)
    numbers = ["y", "mean_col", "lpl", "upl"]
    found = found.with_columns(pl.col(numbers).replace({"": None, "NaN": None}).cast(pl.Float64))
    given = given.with_columns(f=pl.col("facet").fill_null("no facet"))
    joined = given.join(found, left_on=["case_id", "f", "date"], right_on=["case_id", "f", "x"], how="left", maintain_order="left")
    return cases, joined.with_columns(pl.col("date").str.to_date())


def charted_case(case_id: str, rules: Rules | None = None) -> pl.DataFrame:
    cases, points = peers()
    case = cases.row(by_predicate=pl.col("case_id") == case_id, named=True)
    # The published inputs of S14 to S16 are not what was charted: there the values that the package charted are taken.
    points = points.filter(pl.col("case_id") == case_id).with_columns(value=pl.coalesce("y", "value"))
    return xmr(
        points.drop("target"),
        ["case_id", "f"],
        "date",
        "value",
        polarity=POLARITY[case["improvement_direction"]],
        target=case["target"],
        rebase=[date.fromisoformat(one) for one in (case["rebase"] or "").split(";") if one],
        rules=rules or Rules(fix_after=case["fix_after_n_points"], screen_outliers=case["screen_outliers"]),
    )


@pytest.mark.real
def test_only_three_cases_were_charted_from_other_values_than_were_published() -> None:
    _, points = peers()
    other = points.filter((pl.col("value") - pl.col("y")).abs() > 1e-9)
    assert other["case_id"].unique().sort().to_list() == ["S14", "S15", "S16"]
    assert points.filter(pl.col("y").is_not_null() | (pl.col("case_id") == "S34")).height == 888


def same(ours: object, theirs: object) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-9)
    return ours == theirs


RULE_OF = {
    "Common Cause": None, "Above UCL": "outside", "Below LCL": "outside", "7 Points Above CL": "shift", "7 Points Below CL": "shift",
    "2 in 3 Above CL": "two_of_three", "2 in 3 Below CL": "two_of_three", "7 Point Trend (Increasing)": "trend",
    "7 Point Trend (Decreasing)": "trend",
}  # fmt: skip


@pytest.mark.real
@pytest.mark.parametrize("case_id", [case for case in CASES if case not in {"S18", "S37"}])
def test_each_point_is_read_as_the_making_data_count_package_reads_it(case_id: str) -> None:
    charted = charted_case(case_id)
    assert charted.height > 0
    for row in charted.iter_rows(named=True):
        where = f"{case_id} {row['date']}"
        if row["value"] is None or case_id == "S32":
            assert row["point_class"] is None, where  # the package calls it common cause: nothing is known of it
            continue
        assert same(row["mean"], row["mean_col"]), where
        if case_id not in LIMITS_OF_OUR_OWN:
            assert same(row["lower_limit"], row["lpl"]), where
            assert same(row["upper_limit"], row["upl"]), where
            near = not row["outside"] and not row["lower_near"] <= row["value"] <= row["upper_near"]
            assert (bool(row["outside"]), near) == (row["outside_limits"] == "true", row["close_to_limits"] == "true"), where
        assert row["signal"] == RULE_OF[row["special_cause_type"]], where
        assert row["point_class"] == row["point_type"].replace("special_cause_neutral", "neutral"), where
        assert row["segment"] == int(row["rebase_group"]), where


@pytest.mark.real
def test_each_series_of_the_package_has_its_summary_and_its_icons() -> None:
    summaries = pl.read_csv(PEERS / "outputs/spc_summary.csv", infer_schema=False)
    icons = pl.read_csv(PEERS / "outputs/spc_icons.csv", infer_schema=False)
    matched = {"summaries": 0, "icons": 0}
    kinds = {"common_cause": "common_cause", "improvement": "special_cause_improvement", "concern": "special_cause_concern"}
    for case_id in CASES:
        charted = charted_case(case_id)
        by_segment = readings(charted, ["f", "segment"], "date", "value")
        for row in summaries.filter(pl.col("case_id") == case_id).iter_rows(named=True):
            mine = by_segment.filter((pl.col("f") == (row["f"] or "no facet")) & (pl.col("segment") == int(row["rebase_group"] or 0)))
            ours = mine.row(0, named=True)
            matched["summaries"] += 1
            assert same(ours["mean"], float(row["mean_col"])), case_id
            assert ours["values"] + ours["missing"] == int(row["n"]), case_id
            if case_id in {"S18", "S32"}:
                continue
            if case_id != "S17":
                assert (same(ours["lower_limit"], float(row["lpl"])), same(ours["upper_limit"], float(row["upl"]))) == (True, True), case_id
            assert kinds.get(ours["variation"].split("_")[0], ours["variation"]) == row["variation_type"], case_id
            assert ours["special_cause_improvement"] == int(row["special_cause_improvement"]), case_id
            assert ours["special_cause_concern"] == int(row["special_cause_concern"]), case_id
            assert ours["common_cause"] + ours["missing"] == int(row["common_cause"]), case_id
            assert ours["assurance"] == (row["assurance_type"].removeprefix("consistent_") or None), case_id
        for row in icons.filter(pl.col("case_id") == case_id).iter_rows(named=True):
            ours = readings(charted.filter(pl.col("f") == row["f"]), ["f"], "date", "value").row(0, named=True)
            matched["icons"] += 1
            assert f"{ours[row['type']]}.svg" == row["icon"] or case_id in {"S18", "S32"}, case_id
    assert matched == {"summaries": 44, "icons": 45}


@pytest.mark.real
def test_the_package_flags_all_of_a_constant_series_with_one_jump_and_only_what_the_rules_find_is_flagged_here() -> None:
    charted = charted_case("S18")
    assert charted["outside_limits"].to_list() == ["true"] * 14  # the package
    assert charted["outside"].to_list() == [0] * 9 + [1] + [0] * 4
    assert charted["signal"].to_list() == ["shift"] * 9 + ["outside"] + [None] * 4  # nine in a row below the mean is a shift
    assert charted["upper_limit"][0] - charted["mean"][0] == pytest.approx(2.66 * 16 / 13)


@pytest.mark.real
def test_the_run_of_seven_after_a_missing_value_is_a_true_one() -> None:
    """S34 is said to be flagged falsely: its seven flagged points are all below the mean, side by side, after the gap."""
    charted = charted_case("S34")
    flagged = charted.with_row_index("at").filter(pl.col("signal") == "shift")
    assert flagged["at"].to_list() == list(range(10, 17))
    assert (flagged["value"] < flagged["mean"]).all()
    assert charted["value"].is_null().arg_max() == 6


@pytest.mark.real
def test_with_the_rule_announced_in_2023_a_point_beyond_the_limit_counts_beside_one_near_it() -> None:
    package, since = charted_case("S12"), charted_case("S12", Rules(two_of_three="beyond_near_limit"))
    changed = package.with_columns(now=since["signal"]).filter(pl.col("signal").ne_missing(pl.col("now")))
    assert changed.select("signal", "now").rows() == [(None, "two_of_three")]


# -------------------------------------------------------------------------------------------- What the peers get wrong


def test_a_missing_latest_value_makes_no_run_out_of_five_points() -> None:
    """NHSRplotthedots, issue 156: five low values and a missing one were flagged as seven."""
    values: list[Value] = [*CALM, *CALM, 49.0, 48.9, 49.0, 48.8, 48.9, None]
    assert chart(values)["shift"].to_list()[-6:] == [0, 0, 0, 0, 0, None]
    assert read(chart(values))["variation"] == "common_cause"


def test_a_run_does_not_go_through_a_missing_value() -> None:
    low = [48.0, 48.2, 48.1]
    joined, parted = chart([*CALM, *low, *low, 48.0]), chart([*CALM, *low, 48.0, None, *low])
    assert joined["shift"].to_list()[-7:] == [-1] * 7
    assert parted["shift"].drop_nulls().to_list() == [0] * 17


def test_a_trend_does_not_go_through_a_missing_value() -> None:
    assert chart([*CALM, *range(41, 48)])["trend"].to_list()[-7:] == [1] * 7
    assert chart([*CALM, *range(41, 45), None, *range(45, 48)])["trend"].drop_nulls().to_list() == [0] * 17


def test_no_moving_range_is_taken_across_a_missing_value() -> None:
    charted = chart([10.0, 12.0, None, 30.0, 32.0])
    assert charted["upper_limit"][0] == pytest.approx(21 + 2.66 * 2)


def test_a_constant_series_has_limits_of_no_width_and_no_signal() -> None:
    for constant in (66.0, 66.1, 0.1, 1e9 + 0.3, -7.7, 0.0):
        charted = chart([constant] * 36)
        assert charted.select("lower_limit", "mean", "upper_limit").unique().row(0) == (constant,) * 3
        assert charted["point_class"].unique().to_list() == ["common_cause"]


def test_points_on_the_mean_are_on_neither_side_of_it() -> None:
    """nhspy-plotthedots flags seven points on the mean as a shift (S40)."""
    assert set(chart([410, 410, 410, 426, 394, 410, 410, 410, 426, 394, *[410] * 7])["shift"]) == {0}


def test_floating_point_puts_no_value_beside_the_mean_that_it_equals() -> None:
    charted = chart([0.3 - 0.2, 0.3 + 0.2, *[0.3] * 10])
    assert charted["mean"][0] != 0.3  # it is 0.30000000000000004: every 0.3 would be below it
    assert set(charted["shift"]) == {0}


def test_one_value_has_no_limits_and_is_not_judged() -> None:
    charted = chart([55.1], target=50.0)
    assert charted.select("mean", "lower_limit", "upper_limit", "point_class", "assurance").row(0) == (55.1, None, None, None, None)
    assert (read(charted)["variation"], read(charted)["values"]) == (None, 1)


def test_twelve_values_are_enough_and_eleven_are_provisional() -> None:
    """The package warns below 13 and says 12."""
    assert not chart([*CALM, 50.0, 51.0])["provisional"].any()
    assert chart([*CALM, 50.0])["provisional"].all()
    assert chart([*CALM, 50.0, None])["provisional"].all()


def test_limits_name_their_method_and_no_limits_have_none() -> None:
    assert chart(CALM)["method"].unique().to_list() == ["xmr_screened"]
    plain = chart([*CALM, *CALM], rules=Rules(screen_outliers=False, fix_after=12))
    assert read(plain)["method"] == "xmr_fixed_12"
    assert chart([55.1])["method"].to_list() == [None]


def test_two_rows_of_one_period_are_a_problem_of_their_series_alone() -> None:
    frame = pl.concat([series(CALM, "twice"), series(CALM, "once")])
    frame = frame.with_columns(t=pl.when((pl.col("s") == "twice") & (pl.col("t") == 4)).then(3).otherwise("t"))
    charted = xmr(frame, ["s"], "t", "v", polarity="neutral")
    bad, good = charted.partition_by("s", maintain_order=True)
    assert bad["problem"].unique().to_list() == ["two rows have the same period"]
    assert bad.select("mean", "upper_limit", "point_class", "signal", "shift").null_count().row(0) == (10,) * 5
    assert good["problem"].null_count() == 10
    assert good["point_class"].unique().to_list() == ["common_cause"]
    assert readings(charted, ["s"], "t", "v")["variation"].to_list() == [None, "common_cause"]


# ------------------------------------------------------------------------------------------------------- The edge table


def test_a_row_without_a_period_is_a_problem() -> None:
    frame = series(CALM).with_columns(t=pl.when(pl.col("t") != 4).then("t"))
    assert xmr(frame, ["s"], "t", "v")["problem"].unique().to_list() == ["a row has no period"]


@pytest.mark.parametrize("infinite", [math.inf, -math.inf])
def test_an_infinite_value_is_a_problem(infinite: float) -> None:
    charted = chart([*CALM, infinite])
    assert charted["problem"].unique().to_list() == ["a value is infinite"]
    assert charted["mean"].null_count() == 11


def test_a_value_that_is_not_a_number_is_missing() -> None:
    assert chart([*CALM, math.nan]).drop("v").equals(chart([*CALM, None]).drop("v"))


def test_negative_values_are_values() -> None:
    up, down = chart(CALM), chart([-value for value in CALM])
    assert down["mean"][0] == -up["mean"][0]
    assert down["lower_limit"][0] == pytest.approx(-up["upper_limit"][0])


def test_a_series_with_no_value_at_all_has_a_row_that_says_so() -> None:
    charted = chart([None, None, None], target=3.0)
    assert charted["mean"].null_count() == 3
    reading = read(charted)
    assert (reading["values"], reading["missing"], reading["variation"], reading["latest_period"]) == (0, 3, None, None)


def test_no_rows_give_no_rows() -> None:
    charted = chart([])
    assert charted.columns == ["s", "t", "v", *spc.ADDED]
    assert charted.height == readings(charted, ["s"], "t", "v").height == 0


def test_values_that_never_stand_side_by_side_have_a_mean_and_no_limits() -> None:
    charted = chart([5.0, None, 7.0, None, 6.0])
    assert charted["mean"].unique().to_list() == [6.0]
    assert charted["upper_limit"].null_count() == 5
    assert charted["point_class"].null_count() == 5
    assert read(charted)["variation"] is None


def test_without_grouping_columns_the_frame_is_one_series() -> None:
    frame = series(CALM).drop("s")
    charted = xmr(frame, [], "t", "v")
    assert charted["mean"][0] == 50.0
    assert readings(charted, [], "t", "v").select("values", "variation").rows() == [(10, "common_cause")]


def test_a_null_in_a_grouping_column_is_a_series_of_its_own() -> None:
    frame = pl.concat([series(CALM), series([1.0, 2.0, 3.0]).with_columns(s=pl.lit(None, pl.String))])
    charted = xmr(frame, ["s"], "t", "v")
    assert charted["mean"].unique(maintain_order=True).to_list() == [50.0, 2.0]
    assert readings(charted, ["s"], "t", "v")["values"].to_list() == [10, 3]


def test_a_column_that_would_be_overwritten_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'mean'"):
        xmr(series(CALM).with_columns(mean=1.0), ["s"], "t", "v")


def test_a_polarity_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="higher_is_better"):
        xmr(series(CALM), ["s"], "t", "v", polarity=pl.lit("increase"))


def test_one_word_for_a_list_of_periods_is_refused() -> None:
    with pytest.raises(TypeError, match="list of periods"):
        xmr(series(CALM), ["s"], "t", "v", rebase="2022-05-01")


@pytest.mark.parametrize("wrong", [{"shift": 4}, {"trend": 11}, {"fix_after": 11}])
def test_rules_that_would_not_hold_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Rules(**wrong)  # pyright: ignore[reportArgumentType]


def test_a_target_that_is_not_a_number_is_no_target() -> None:
    for none in (None, math.nan, math.inf):
        assert chart(CALM, target=none)["assurance"].null_count() == 10


# ------------------------------------------------------------------------------------------------------- What may be chosen


def test_six_in_a_row_are_a_shift_or_a_trend_where_six_are_asked_for() -> None:
    low, rise = [*CALM, *[48.5] * 5, 48.0], [*CALM, 47.0, 47.5, 48.0, 48.5, 49.0, 49.2]
    assert set(chart(low)["shift"]) == {0}
    assert chart(low, rules=Rules(shift=6))["shift"].to_list()[-6:] == [-1] * 6
    assert set(chart(rise)["trend"]) == {0}
    assert chart(rise, rules=Rules(trend=6))["trend"].to_list()[-6:] == [1] * 6


def test_an_unusual_moving_range_is_left_out_of_the_limits_unless_it_is_kept() -> None:
    values = [*CALM, 90.0, *CALM]
    screened, kept = chart(values), chart(values, rules=Rules(screen_outliers=False))
    assert screened["upper_limit"][0] < kept["upper_limit"][0]
    assert screened["mean"][0] == kept["mean"][0]


def test_limits_fixed_after_twelve_values_do_not_hear_the_thirteenth() -> None:
    basis = [*CALM, 50.0, 51.0]
    fixed = chart([*basis, 80.0, 90.0], rules=Rules(fix_after=12))
    assert fixed["mean"][0] == pytest.approx(sum(basis) / 12)
    assert fixed["values_used"].unique().to_list() == [12]
    assert fixed["outside"].to_list()[-2:] == [1, 1]


def test_fixing_counts_values_not_rows() -> None:
    values: list[Value] = [None, None, *CALM, 50.0, 51.0, 80.0]
    assert chart(values, rules=Rules(fix_after=12))["mean"][0] == pytest.approx(sum([*CALM, 50.0, 51.0]) / 12)


def test_a_rebase_begins_at_the_first_row_on_or_after_it() -> None:
    values = [*CALM, *[value + 20 for value in CALM]]
    for rebase in ([11], [10.5]):
        charted = chart(values, rebase=rebase)
        assert charted["segment"].to_list() == [0] * 10 + [1] * 10
        assert charted["mean"].unique(maintain_order=True).to_list() == [50.0, 70.0]
        assert set(charted["shift"]) == {0}


def test_a_rebase_before_the_first_or_after_the_last_row_changes_nothing() -> None:
    assert chart(CALM, rebase=[-3, 1, 99]).equals(chart(CALM))


def test_a_column_says_where_each_series_begins_anew() -> None:
    frame = pl.concat([series(CALM, "a"), series(CALM, "b")]).with_columns(broken=(pl.col("s") == "b") & (pl.col("t") == 6))
    charted = xmr(frame, ["s"], "t", "v", rebase=pl.col("broken"))
    assert charted["segment"].to_list() == [0] * 15 + [1] * 5


def test_no_run_goes_from_one_segment_or_series_into_the_next() -> None:
    low = [48.0] * 4
    calm_low = [*CALM, *low]
    charted = xmr(pl.concat([series(calm_low, "a"), series([*low, *CALM], "b")]), ["s"], "t", "v")
    assert set(charted["shift"]) == {0}
    near = xmr(pl.concat([series([*CALM, 53.0], "a"), series([53.0, 50.6, *CALM], "b")]), ["s"], "t", "v")
    assert near.filter(pl.col("v") > pl.col("upper_near"))["outside"].to_list() == [0, 0]
    assert set(near["two_of_three"]) == {0}
    rising = xmr(pl.concat([series([1, 2, 3, 4], "a"), series([5, 6, 7, 8], "b")]), ["s"], "t", "v")
    assert set(rising["trend"]) == {0}


def test_targets_and_polarities_may_differ_by_series() -> None:
    frame = pl.concat([series(CALM, name) for name in "abc"]).with_columns(
        aim=pl.when(pl.col("s") != "c").then(60.0),
        way=pl.when(pl.col("s") == "a").then(pl.lit("higher_is_better")).otherwise(pl.lit("lower_is_better")),
    )
    charted = xmr(frame, ["s"], "t", "v", polarity=pl.col("way"), target=pl.col("aim"))
    assert readings(charted, ["s"], "t", "v")["assurance"].to_list() == ["fail", "pass", None]


def test_a_constant_series_on_its_target_meets_it() -> None:
    for polarity in ("higher_is_better", "lower_is_better"):
        assert read(chart([66.1] * 14, polarity, target=66.1))["assurance"] == "pass"


def test_the_reading_is_that_of_the_limits_after_the_last_rebase() -> None:
    """NHSRplotthedots, issue 172: the assurance of the first limits was shown after a rebase."""
    charted = chart([*CALM, *[value + 10 for value in CALM]], rebase=[11], target=60.0)
    assert charted["assurance"].unique(maintain_order=True).to_list() == ["fail", "inconsistent"]
    assert (read(charted)["assurance"], read(charted)["mean"]) == ("inconsistent", 60.0)


def test_the_reading_is_that_of_the_latest_value_whatever_the_order_of_rows() -> None:
    values: list[Value] = [*CALM, 90.0, None]
    shuffled = xmr(series(values).sample(fraction=1, shuffle=True, seed=3), ["s"], "t", "v", polarity="lower_is_better")
    reading = read(shuffled)
    assert (reading["latest_period"], reading["latest_value"], reading["variation"]) == (11, 90.0, "concern_high")


@pytest.mark.parametrize(
    ("polarity", "last", "variation"),
    [
        ("higher_is_better", 90.0, "improvement_high"),
        ("higher_is_better", 10.0, "concern_low"),
        ("lower_is_better", 90.0, "concern_high"),
        ("lower_is_better", 10.0, "improvement_low"),
        ("neutral", 90.0, "neutral_high"),
        ("neutral", 10.0, "neutral_low"),
    ],
)
def test_the_direction_of_improvement_decides_what_a_change_means(polarity: Polarity, last: float, variation: str) -> None:
    assert read(chart([*CALM, *CALM, last], polarity))["variation"] == variation


def test_a_rising_run_below_the_mean_is_a_rise() -> None:
    reading = read(chart([*[40.0, 80.0] * 8, 41, 42, 43, 44, 45, 46, 47]))
    assert (reading["signal"], reading["variation"]) == ("trend", "improvement_high")


def test_at_a_turn_a_point_belongs_to_the_run_to_come() -> None:
    values = [*range(1, 8), *range(6, 0, -1)]
    assert chart(values)["trend"].to_list() == [1] * 6 + [-1] * 7


def test_limits_are_clipped_in_what_is_drawn_and_nowhere_else() -> None:
    charted = chart([100.0, 95.0, 100.0, 98.0, 100.0])
    assert charted["upper_limit"][0] > 100
    assert charted.select(drawn(pl.col("upper_limit"), 0, 100)).item(0, 0) == 100
    assert charted.select(drawn(pl.col("lower_limit"), 0, 100)).item(0, 0) == charted["lower_limit"][0]


# ----------------------------------------------------------------------------------------------------------------- In words


def test_a_reading_is_told_in_plain_english() -> None:
    words = spc_wording.reading_words
    assert words("common_cause") == "No unusual change."
    assert words("improvement_high", "outside", "inconsistent") == (
        "A change for the better that is unlikely to be chance: the latest value is above the range of usual values. "
        "Usual values may meet or miss the target by chance."
    )
    assert words("concern_low", "shift", points=6) == (
        "A change for the worse that is unlikely to be chance: 6 or more values in a row are below the average."
    )
    assert words("neutral_low", "trend") == (
        "A change that is unlikely to be chance: the latest value is one of 7 or more falling in a row."
    )
    assert words("common_cause", values_used=9) == "No unusual change. This rests on 9 values, and may change until there are 12."
    assert words("common_cause", values_used=12) == "No unusual change."
    assert words(None, assurance="pass") == "There are too few values side by side to tell what is usual."
    assert words(None, problem="two rows have the same period") == "No reading: two rows have the same period."


def test_every_reading_and_rule_has_words() -> None:
    for variation, signal in itertools.product(spc.VARIATIONS.categories, spc.SIGNALS.categories):
        assert spc_wording.variation_words(variation, signal)
    for assurance in spc.ASSURANCES.categories:
        assert spc_wording.assurance_words(assurance)


# --------------------------------------------------------------------------------------- What slow and obvious code gives


@dataclass
class Slow:
    """One segment, point by point, as the rules are told."""

    values: Sequence[Value]
    rules: Rules

    def __post_init__(self) -> None:
        n = self.rules.fix_after or len(self.values)
        counted = 0
        self.basis: list[Value] = []
        for value in self.values:
            counted += value is not None
            self.basis.append(value if counted <= n else None)
        known = [value for value in self.basis if value is not None]
        self.mean = sum(known) / len(known) if known else None
        ranges = [abs(b - a) for a, b in itertools.pairwise(self.basis) if a is not None and b is not None]
        average = sum(ranges) / len(ranges) if ranges else None
        if self.rules.screen_outliers and average:
            kept = [one for one in ranges if one < 3.267 * average]
            average = (sum(kept) / len(kept) if kept else 0) or average
        self.spread = average

    def side(self, at: int) -> int:
        value = self.values[at] if 0 <= at < len(self.values) else None
        if value is None or self.mean is None or abs(value - self.mean) < 1e-9:
            return 0
        return 1 if value > self.mean else -1

    def beyond(self, at: int, width: float) -> bool:
        value = self.values[at]
        return (
            value is not None and self.mean is not None and self.spread is not None and abs(value - self.mean) > width * self.spread + 1e-9
        )

    def outside(self, at: int) -> int:
        return self.side(at) if self.beyond(at, 2.66) else 0

    def windows(self, at: int, length: int) -> list[range]:
        return [
            range(first, first + length) for first in range(at - length + 1, at + 1) if first >= 0 and first + length <= len(self.values)
        ]

    def shift(self, at: int) -> int:
        runs = [{self.side(each) for each in window} for window in self.windows(at, self.rules.shift)]
        return next((side for side in (1, -1) if {side} in runs), 0)

    def trend(self, at: int) -> int:
        found = 0
        for window in self.windows(at, self.rules.trend):  # from left to right: the last one has it
            run = [self.values[each] for each in window]
            known = [value for value in run if value is not None]
            if len(known) == len(run):
                steps = [b - a for a, b in itertools.pairwise(known)]
                found = 1 if all(step > 0 for step in steps) else -1 if all(step < 0 for step in steps) else found
        return found

    def counted(self, at: int) -> bool:
        return self.beyond(at, 2.66 * 2 / 3) and not (self.rules.two_of_three == "between_limits" and self.outside(at))

    def two_of_three(self, at: int) -> int:
        for window in self.windows(at, 3):
            if len({self.side(each) for each in window}) == 1 and sum(self.counted(each) for each in window) >= 2 and self.counted(at):
                return self.side(at)
        return 0


RULE_SETS = st.builds(
    Rules,
    shift=st.sampled_from([5, 6, 7]),
    trend=st.sampled_from([5, 6, 7]),
    two_of_three=st.sampled_from(["between_limits", "beyond_near_limit"]),
    screen_outliers=st.booleans(),
    fix_after=st.sampled_from([None, None, 12]),
)
# Few different values, and steps that go on, so that ties, runs, trends and gaps are met with.
LEVELS = st.one_of(st.none(), *[st.integers(0, 12).map(float)] * 6)
STRETCHES = st.one_of(
    st.lists(LEVELS, max_size=6),
    st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda p: [float(p[0])] * p[1]),
    st.tuples(st.integers(0, 9), st.integers(1, 9), st.sampled_from([1, -1])).map(lambda p: [float(p[0] + p[2] * k) for k in range(p[1])]),
)
VALUES = st.lists(STRETCHES, max_size=6).map(lambda parts: [value for part in parts for value in part])


@given(VALUES, RULE_SETS)
@settings(max_examples=200)
def test_a_series_is_charted_as_the_rules_are_told(values: list[Value], rules: Rules) -> None:
    slow, charted = Slow(values, rules), chart(values, rules=rules)
    for at, row in enumerate(charted.iter_rows(named=True)):
        assert row["mean"] == (None if slow.mean is None else pytest.approx(slow.mean))
        if slow.mean is not None and slow.spread is not None:
            assert row["upper_limit"] == pytest.approx(slow.mean + 2.66 * slow.spread)
            assert row["lower_near"] == pytest.approx(slow.mean - 2.66 * 2 / 3 * slow.spread)
        else:
            assert row["upper_limit"] is None
        if values[at] is not None:
            expected = (slow.outside(at), slow.trend(at), slow.two_of_three(at), slow.shift(at))
            assert (row["outside"], row["trend"], row["two_of_three"], row["shift"]) == expected
            first = [name for name, side in zip(spc.SIGNALS.categories, expected, strict=True) if side]
            assert row["signal"] == (first[0] if first else None)


@settings(max_examples=40)
@given(st.lists(VALUES, min_size=1, max_size=4), st.integers(1, 12), st.randoms(use_true_random=False))
def test_series_and_segments_are_charted_as_if_each_were_alone_in_any_order_of_rows(
    many: list[list[Value]], rebase: int, chance: st.DataObject
) -> None:
    frame = pl.concat([series(values, str(number)) for number, values in enumerate(many)])
    order = list(range(frame.height))
    chance.shuffle(order)  # pyright: ignore[reportAttributeAccessIssue]
    charted = xmr(frame[order], ["s"], "t", "v", polarity="higher_is_better", rebase=[rebase])
    assert charted.select("s", "t", "v").equals(frame[order])
    charted = charted.sort("s", "t")
    for number, values in enumerate(many):
        mine = charted.filter(pl.col("s") == str(number)).drop("s", "t", "segment")
        parts = [chart(values[: rebase - 1]), chart(values[rebase - 1 :])]
        assert mine.equals(pl.concat(parts).drop("s", "t", "segment"))


FLAGS = ["outside", "trend", "two_of_three", "shift", "signal", "point_class"]


@given(VALUES, st.sampled_from([0.25, 1.0, 8.0]), st.integers(-1000, 1000))
def test_another_scale_and_another_origin_change_no_reading(values: list[Value], scale: float, shift: int) -> None:
    before, after = chart(values), chart([None if value is None else scale * value + shift for value in values])
    assert before.select(FLAGS).equals(after.select(FLAGS))
    limits = before.select("lower_limit", "mean", "upper_limit") * scale + shift
    for name in limits.columns:
        assert (after[name].is_null() == limits[name].is_null()).all()
        assert after[name].drop_nulls().to_list() == pytest.approx(limits[name].drop_nulls().to_list(), rel=1e-9, abs=1e-9)


@given(VALUES)
def test_upside_down_every_side_is_the_other(values: list[Value]) -> None:
    up, down = chart(values), chart([None if value is None else -value for value in values], "lower_is_better")
    for name in ("outside", "trend", "two_of_three", "shift"):
        assert (up[name] == -down[name]).all()
    assert up["point_class"].equals(down["point_class"])


@given(VALUES, st.integers(0, 3), st.integers(0, 3))
def test_missing_values_before_and_after_a_series_change_nothing_in_it(values: list[Value], before: int, after: int) -> None:
    padded = chart([*[None] * before, *values, *[None] * after])
    columns = [name for name in padded.columns if name not in {"s", "t"}]
    assert padded[before : before + len(values)].select(columns).equals(chart(values).select(columns))


@given(VALUES)
def test_limits_hold_the_mean_and_the_limits_near_it_lie_between(values: list[Value]) -> None:
    for row in chart(values).drop_nulls("upper_limit").iter_rows(named=True):
        assert row["lower_limit"] <= row["lower_near"] <= row["mean"] <= row["upper_near"] <= row["upper_limit"]

from __future__ import annotations

import math
import statistics
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from equity.overdispersion import Kind, Tails, limits, overdispersed, transformed

PEERS = Path(__file__).parents[2] / "../shared/statistics"
KINDS: list[Kind] = ["shmi", "cqc", "proportion", "counts"]
Z95, Z998 = 1.959964, 3.090232  # as FunnelPlotR has them, to six decimals
ROUNDED = (2 * float(special.ndtr(Z95)) - 1, 2 * float(special.ndtr(Z998)) - 1)
EXACT = (0.95, 0.998)


def groups(rows: list[tuple[float | None, float | None]], name: str = "a") -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={"o": pl.Float64, "e": pl.Float64}, orient="row")
    return frame.select(pl.lit(name).alias("s"), "o", "e")


def spread(
    rows: list[tuple[float | None, float | None]], kind: Kind = "shmi", tails: Tails | None = None, trim: float = 0.1
) -> pl.DataFrame:
    return overdispersed(groups(rows), ["s"], "o", "e", kind, tails=tails, trim=trim)


# ---------------------------------------------------------------------------------------- What a peer's package gives

CASES = [f"O{number:02}" for number in range(1, 16)]


def peer(case_id: str) -> tuple[dict[str, object], dict[str, object], pl.DataFrame, Kind]:
    """Case, summary, and groups as given beside what the package made of them."""
    case = pl.read_csv(PEERS / "inputs/funnelplotr_cases.csv").row(by_predicate=pl.col("case_id") == case_id, named=True)
    summary = pl.read_csv(PEERS / "outputs/funnelplotr_summary.csv").row(by_predicate=pl.col("case_id") == case_id, named=True)
    given = pl.read_csv(PEERS / "inputs/funnelplotr_rows.csv", schema_overrides={"numerator": pl.Float64, "denominator": pl.Float64})
    found = pl.read_csv(PEERS / "outputs/funnelplotr_groups.csv", infer_schema=False)
    numbers = [name for name in found.columns if name not in {"case_id", "status", "error", "warnings", "group"}]
    found = found.with_columns(pl.col(numbers).replace("", None).cast(pl.Float64)).drop(
        "status", "error", "warnings", "denominator", "numerator"
    )
    rows = given.filter(pl.col("case_id") == case_id)
    rows = rows.join(found, on=["case_id", "group"], how="left", maintain_order="left", validate="1:1")
    kinds: dict[str, Kind] = {"PR": "proportion", "RC": "counts"}
    kind = kinds.get(case["data_type"], "shmi" if case["sr_method"] == "SHMI" else "cqc")
    # The package rounds what is expected to two decimals before anything else, for this method only.
    rounded = pl.col("denominator").round(2) if kind == "shmi" else pl.col("denominator")
    return case, summary, rows.with_columns(denominator=rounded, exact="denominator"), kind


def ours(rows: pl.DataFrame, case: dict[str, object], kind: Kind, levels: tuple[float, float], as_funnelplotr: bool = True) -> pl.DataFrame:
    return overdispersed(
        rows.select("case_id", "numerator", "denominator"), ["case_id"], "numerator", "denominator", kind,
        levels=levels, multiplier=float(str(case["multiplier"])), trim=float(str(case["trim_by"])), as_funnelplotr=as_funnelplotr,
    )  # fmt: skip


def close(mine: pl.Series, theirs: pl.Series, rel: float = 1e-9) -> None:
    assert mine.is_null().to_list() == theirs.is_null().to_list()
    assert mine.drop_nulls().to_list() == pytest.approx(theirs.drop_nulls().to_list(), rel=rel, abs=1e-12)


@pytest.mark.real
@pytest.mark.parametrize("case_id", CASES)
def test_groups_are_as_funnelplotr_has_them(case_id: str) -> None:
    case, summary, rows, kind = peer(case_id)
    found = ours(rows, case, kind, ROUNDED)
    multiplier, adjusted = float(str(case["multiplier"])), bool(case["draw_adjusted"])
    close(rows["numerator"] / rows["exact"], rows["rr"])
    close(found["value"], rows["numerator"] / rows["denominator"] * multiplier)
    close(found["z"], rows["Uzscore"])
    close(found["z_trimmed"], rows["Wuzscore"])
    target = found["target"][0] / multiplier
    scale = transformed(kind, pl.col("numerator"), pl.col("denominator"), pl.lit(target), as_funnelplotr=True)
    close(rows.select(scale.value).to_series(), rows["Y"])
    if adjusted:
        assert found["phi"][0] == pytest.approx(summary["phi"], rel=1e-9)
        assert found["tau2"][0] == pytest.approx(summary["tau2"], rel=1e-9)
    for name, level in zip(("95", "99"), ROUNDED, strict=True):
        pair = limits(kind, pl.col("denominator"), pl.lit(target), pl.lit(summary["tau2"]), level, as_funnelplotr=True)
        drawn = rows.select(lower=pair.lower * multiplier, upper=pair.upper * multiplier)
        close(drawn["lower"], rows[f"OD{name}LCL"])
        close(drawn["upper"], rows[f"OD{name}UCL"])
    plain = ours(rows, case, kind, EXACT if kind in {"shmi", "cqc"} else ROUNDED)  # those limits are not by z
    for name, level in (("95", "95"), ("99", "99.8")):
        close(plain[f"plain_lower_{level}"], rows[f"LCL{name}"])
        close(plain[f"plain_upper_{level}"], rows[f"UCL{name}"])
    flags = found["flag" if adjusted else "plain_flag"]
    outside = flags != "within" if case["limit"] == 95 else flags.is_in(["low_outer", "high_outer"])
    assert outside.to_list() == (rows["outlier"] == 1).to_list()
    assert int(outside.sum()) == summary["n_outliers"]


@pytest.mark.real
def test_all_groups_of_funnelplotr_are_compared() -> None:
    assert sum(peer(case_id)[2].height for case_id in CASES) == 387


@pytest.mark.real
@pytest.mark.parametrize("case_id", ["O04", "O05", "O06"])
def test_square_root_limits_are_squared_before_a_ratio_is_held_to_them(case_id: str) -> None:
    """FunnelPlotR draws the limits of the root, half as wide, beside the ratio: it flags z-scores of 1.5 beyond 99.8%."""
    case, _, rows, kind = peer(case_id)
    found = ours(rows, case, kind, ROUNDED, as_funnelplotr=False)
    close(found["lower_99.8"].sqrt(), rows["OD99LCL"])
    close(found["upper_99.8"].sqrt(), rows["OD99UCL"])
    chance = 1 / (4 * rows["denominator"])
    adjusted = found["z"] * (chance / (chance + found["tau2"])).sqrt()
    outside = found["flag"].is_in(["low_outer", "high_outer"])
    assert outside.to_list() == (adjusted.abs() > Z998).to_list()
    theirs = rows["outlier"] == 1
    assert int(outside.sum()) == {"O04": 0, "O05": 1, "O06": 1}[case_id]
    assert int(theirs.sum()) == {"O04": 2, "O05": 1, "O06": 10}[case_id]


@pytest.mark.real
def test_limits_of_a_ratio_of_counts_are_of_a_ratio_of_counts() -> None:
    """FunnelPlotR gives them the variance of an arcsine: it flags 14 of 18 groups, among them a z-score of 1.2."""
    case, _, rows, kind = peer("O15")
    found = ours(rows, case, kind, EXACT, as_funnelplotr=False)
    theirs = rows["outlier"] == 1
    assert int(theirs.sum()) == 14
    assert min(rows.filter(theirs)["Uzscore"].abs()) < 1.2
    assert found["plain_flag"].is_in(["low_outer", "high_outer"]).to_list() == (found["z"].abs() > Z998).to_list()


@pytest.mark.real
def test_a_count_of_nought_beside_another_count_has_a_variance() -> None:
    _, _, rows, _ = peer("O15")
    assert rows["Uzscore"].min() == pytest.approx(-314.67, abs=0.01)  # as if nought were known for sure
    found = overdispersed(rows.select("numerator", "denominator"), [], "numerator", "denominator", "counts")
    assert found["z"].min() == pytest.approx((math.log(0.5 / 1634.5) - math.log(found["target"][0])) / math.sqrt(2 + 1634 / 1634.5**2))


# ------------------------------------------------------------------------------------------------------ Zero and the edges

EVEN = [(10.0, 10.0), (22.0, 20.0), (28.0, 30.0), (41.0, 40.0), (48.0, 50.0)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_with_no_events_keeps_its_place_and_all_is_finite(kind: Kind) -> None:
    found = spread([(0.0, 12.0), *[(o - 5, e) for o, e in EVEN]], kind, "winsorise")
    numbers = found.select(pl.selectors.float()).select(pl.all().is_finite().all()).row(0)
    assert all(numbers)
    assert found["value"][0] == 0.0
    assert found["z"][0] < -2
    assert found["plain_flag"][0] == "low_outer"


@pytest.mark.parametrize("kind", KINDS)
def test_none_where_hardly_one_was_expected_is_no_surprise(kind: Kind) -> None:
    """By the limits alone it would be one: they are above nought however small the group."""
    found = spread([(0.0, 1.0), *[(o - 5, e) for o, e in EVEN]], kind, "winsorise")
    assert found["flag"][0] == found["plain_flag"][0] == "within"


@pytest.mark.parametrize("row", [(None, 5.0), (5.0, None), (-1.0, 5.0), (5.0, 0.0), (5.0, -2.0), (math.nan, 5.0), (5.0, math.inf)])
@pytest.mark.parametrize("kind", KINDS)
def test_a_row_that_cannot_be_has_nulls_and_takes_no_part(kind: Kind, row: tuple[float | None, float | None]) -> None:
    rows: list[tuple[float | None, float | None]] = [(o - 5, e) for o, e in EVEN]
    with_it, without = spread([*rows, row], kind), spread(rows, kind)
    for name in without.columns[3:]:
        if without[name].dtype == pl.Float64:
            close(with_it[name][:-1], without[name])
        else:
            assert with_it[name][:-1].equals(without[name])
    assert with_it.drop("s", "o", "e", "target", "phi", "tau2")[-1].null_count().row(0) == (1,) * 14


def test_more_counted_than_there_are_cannot_be_a_proportion() -> None:
    assert spread([(6.0, 5.0), (2.0, 10.0), (3.0, 11.0)], "proportion")["value"].to_list() == [None, 0.2, 3 / 11]


@pytest.mark.parametrize("kind", KINDS)
def test_one_group_tells_nothing_of_the_spread(kind: Kind) -> None:
    found = spread([(4.0, 5.0)], kind)
    assert found.select("tau2", "lower_95", "upper_99.8", "flag", "method").row(0) == (None,) * 5
    assert found["plain_lower_95"].null_count() == 0
    assert found["plain_flag"].to_list() == ["within"]


@pytest.mark.parametrize("kind", KINDS)
def test_equal_groups_have_no_spread_and_no_flag(kind: Kind) -> None:
    found = spread([(8.0, 8.0) if kind in {"shmi", "cqc"} else (4.0, 8.0)] * 6, kind)
    assert found["tau2"].unique().to_list() == [0.0]
    assert set(found["flag"]) == set(found["plain_flag"]) == {"within"}


def test_where_nobody_is_counted_there_is_no_ratio_of_counts_and_no_flag() -> None:
    found = spread([(0.0, 5.0), (0.0, 50.0), (0.0, 9.0)], "counts")
    assert found.select("z", "tau2", "lower_95", "plain_upper_95", "flag", "plain_flag").null_count().row(0) == (3,) * 6
    assert set(spread([(0.0, 5.0), (0.0, 50.0), (0.0, 9.0)], "proportion")["flag"]) == {"within"}


def test_no_rows_give_no_rows() -> None:
    assert spread([]).height == 0


def test_without_grouping_columns_all_groups_are_one_set() -> None:
    frame = groups(list(EVEN))
    assert overdispersed(frame, [], "o", "e", "cqc").equals(overdispersed(frame, ["s"], "o", "e", "cqc"))


def test_a_column_that_would_be_written_twice_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'phi'"):
        overdispersed(groups(list(EVEN)).with_columns(phi=1), ["s"], "o", "e", "shmi")


@pytest.mark.parametrize("trim", [-0.1, 0.5])
def test_a_trim_of_all_is_refused(trim: float) -> None:
    with pytest.raises(ValueError, match="trim"):
        spread(list(EVEN), trim=trim)


@pytest.mark.parametrize("levels", [(0.998, 0.95), ()])
def test_levels_in_the_wrong_order_or_none_are_refused(levels: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="levels"):
        overdispersed(groups(list(EVEN)), ["s"], "o", "e", "shmi", levels=levels)


def test_limits_name_their_method() -> None:
    assert spread(list(EVEN), "cqc")["method"].unique().to_list() == ["additive_cqc_winsorise"]
    assert spread(list(EVEN))["method"].unique().to_list() == ["additive_shmi_truncate"]


def test_any_level_has_limits_of_its_name() -> None:
    found = overdispersed(groups(list(EVEN)), ["s"], "o", "e", "shmi", levels=(0.9, 0.95, 0.9973))
    assert {"lower_90", "upper_95", "plain_lower_99.73"} <= set(found.columns)


def test_groups_that_tie_are_left_out_or_kept_together_by_their_average_rank() -> None:
    rows: list[tuple[float | None, float | None]] = [(60.0 + 2 * step, 100.0) for step in range(20)]
    assert spread(rows, "shmi")["z_trimmed"].is_null().to_list() == [True] * 2 + [False] * 16 + [True] * 2
    tied: list[tuple[float | None, float | None]] = [(60.0, 100.0)] * 4 + rows[
        4:
    ]  # four share the ranks 1 to 4: on average not among the two lowest
    assert spread(tied, "shmi")["z_trimmed"].is_null().to_list() == [False] * 18 + [True] * 2


def test_tails_may_be_kept() -> None:
    wild = [*[(60.0 + 4 * step, 100.0) for step in range(20)], (900.0, 100.0)]
    kept, trimmed, pulled = (spread(list(wild), "shmi", tails)["tau2"][0] for tails in ("keep", "truncate", "winsorise"))
    assert kept > pulled > trimmed
    assert spread(list(wild), "shmi", "winsorise", 0)["tau2"][0] == kept


# ----------------------------------------------------------------------------------------- What slow and obvious code gives


def slow(rows: list[tuple[float, float]], kind: Kind, tails: Tails, level: float) -> tuple[float | None, list[tuple[float, float]]]:
    """tau2, and the limits of each group: one after another, as the methods are written."""
    target = 1.0 if kind in {"shmi", "cqc"} else sum(o for o, _ in rows) / sum(e for _, e in rows)
    ys: list[float] = []
    ss: list[float] = []
    for o, e in rows:
        if kind == "shmi":
            ys.append(math.log((o or 0.5) / e))
            ss.append(1 / math.sqrt(e))
        elif kind == "cqc":
            ys.append(math.sqrt(o / e) - 1)
            ss.append(0.5 / math.sqrt(e))
        elif kind == "proportion":
            ys.append(math.asin(math.sqrt(o / e)) - math.asin(math.sqrt(target)))
            ss.append(0.5 / math.sqrt(e))
        else:
            ys.append(math.log((o + 0.5) / (e + 0.5)) - math.log(target))
            ss.append(math.sqrt((o or 0.5) / (o + 0.5) ** 2 + e / (e + 0.5) ** 2))
    z = [y / s for y, s in zip(ys, ss, strict=True)]
    used = list(zip(z, ss, strict=True))
    if tails == "winsorise" and len(z) > 1:
        low, *_, high = statistics.quantiles(z, n=10, method="inclusive")
        used = [(min(max(one, low), high), s) for one, s in used]
    elif tails == "truncate":
        rank = [sum(other < one for other in z) + (sum(other == one for other in z) + 1) / 2 for one in z]
        used = [each for each, r in zip(used, rank, strict=True) if 0 < math.floor(r * 10 / (len(z) + 1)) < 9]
    n, weights = len(used), [1 / s**2 for _, s in used]
    tau2 = None
    if n >= 2:
        excess = n * statistics.fmean(one**2 for one, _ in used) - (n - 1)
        tau2 = max(0.0, excess / (sum(weights) - sum(w**2 for w in weights) / sum(weights)))
    reach = float(special.ndtri(0.5 + level / 2))
    pairs: list[tuple[float, float]] = []
    for _, e in rows:
        sd = math.sqrt({"shmi": 1 / e, "counts": (1 + 1 / target) / e}.get(kind, 1 / (4 * e)) + (tau2 or 0))
        if kind in {"shmi", "counts"}:
            pairs.append((target * math.exp(-reach * sd), target * math.exp(reach * sd)))
        elif kind == "cqc":
            pairs.append((max(0, 1 - reach * sd) ** 2, (1 + reach * sd) ** 2))
        else:
            angle = math.asin(math.sqrt(target))
            pairs.append((math.sin(max(0, angle - reach * sd)) ** 2, math.sin(min(math.pi / 2, angle + reach * sd)) ** 2))
    return tau2, pairs


ROWS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=14).map(
    lambda rows: [(float(o), float(o + more + 1)) for o, more in rows]
)


@given(ROWS, st.sampled_from(KINDS), st.sampled_from(["winsorise", "truncate", "keep"]))
@settings(max_examples=150)
def test_limits_are_those_of_the_methods_as_they_are_written(rows: list[tuple[float, float]], kind: Kind, tails: Tails) -> None:
    found = spread(list(rows), kind, tails)
    if kind == "counts" and sum(o for o, _ in rows) == 0:
        return
    tau2, pairs = slow(rows, kind, tails, 0.998)
    assert found["tau2"][0] == (None if tau2 is None else pytest.approx(tau2, rel=1e-8, abs=1e-12))
    if tau2 is not None:
        assert found.select("lower_99.8", "upper_99.8").rows() == [pytest.approx(pair, rel=1e-8, abs=1e-12) for pair in pairs]


@given(st.lists(ROWS, min_size=1, max_size=3), st.sampled_from(KINDS), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_each_set_is_read_as_if_alone_in_any_order_of_rows(many: list[list[tuple[float, float]]], kind: Kind, chance: object) -> None:
    frame = pl.concat([groups(list(rows), str(number)) for number, rows in enumerate(many)]).with_row_index("at")
    order = list(range(frame.height))
    chance.shuffle(order)  # pyright: ignore[reportAttributeAccessIssue]
    found = overdispersed(frame[order], ["s"], "o", "e", kind)
    assert found.select(frame.columns).equals(frame[order])
    for number, rows in enumerate(many):
        mine, alone = found.filter(pl.col("s") == str(number)).sort("at"), overdispersed(groups(list(rows)), ["s"], "o", "e", kind)
        for name in alone.columns[3:]:
            if alone[name].dtype == pl.Float64:
                close(mine[name], alone[name], rel=1e-7)


@given(ROWS, st.sampled_from(KINDS))
def test_limits_hold_the_target_and_over_dispersion_never_narrows_them(rows: list[tuple[float, float]], kind: Kind) -> None:
    found = spread(list(rows), kind).drop_nulls("lower_95")
    for side, sign in (("lower", 1), ("upper", -1)):
        assert (sign * found[f"{side}_95"] <= sign * found["target"] + 1e-12).all()
        assert (sign * found[f"{side}_99.8"] <= sign * found[f"{side}_95"] + 1e-12).all()
        if kind in {"proportion", "counts"}:
            assert (sign * found[f"{side}_95"] <= sign * found[f"plain_{side}_95"] + 1e-12).all()

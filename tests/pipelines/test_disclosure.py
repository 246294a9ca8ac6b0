"""A trust's own counts: what is served of them hides the small ones, and the rest gives none away."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from equity.cells import CellState
from equity.disclosure.facts import Release, Shown
from equity.disclosure.relations import relations
from equity.disclosure.rules import RULES
from pipelines import disclosure, loading, releases, unsuppressed
from pipelines.catalogue import load_catalogue
from pipelines.reference import load_reference
from pipelines.schemas import KEY
from pipelines.settings import PROJECT, Settings
from tests import made, templates
from tests.equity.disclosure import attack
from tests.templates import row, write

UPPER = {"white": "ABC", "mixed": "DEFG", "asian": "HJKL", "black": "MNP", "other": "RS"}
DETAILED = "".join(UPPER.values())
PERIODS = {"first": ("2024-04-01", "2024-06-30"), "second": ("2024-07-01", "2024-09-30"), "to date": ("2024-04-01", "2024-09-30")}
PUBLICATION = "Example trust counts"


@pytest.fixture
def local(settings: Settings) -> Settings:
    """Settings that declare the example's publication as local."""
    return settings.model_copy(update={"local_sources": {PUBLICATION: "nhs_england"}})


def own_counts(path: Path, seed: int = 1, periods: dict[str, tuple[str, str]] = PERIODS, *more: dict[str, str]) -> Path:
    """A trust's counts by detailed and upper group, for two quarters and the half year, of two indicators with one base."""
    rng = np.random.default_rng(seed)
    sizes = dict(zip([*DETAILED, "unknown"], rng.gamma(0.6, 40, size=len(DETAILED) + 1), strict=True))
    people: dict[tuple[str, str], np.ndarray] = {}
    for group, size in sizes.items():
        for quarter in ("first", "second"):
            people[quarter, group] = rng.multinomial(rng.poisson(size), [0.5, 0.3, 0.2])
        people["to date", group] = people["first", group] + people["second", group]
    rows: list[dict[str, str]] = []
    for time, (start, end) in periods.items():

        def add(scheme: str, code: str, of: str | list[str], time: str = time, start: str = start, end: str = end) -> None:
            recovered, improved, neither = np.sum([people[time, one] for one in of], axis=0)
            base = {"period_start": start, "period_end": end, "ethnicity_scheme": scheme, "ethnicity": code, "value": "", "rounded_to": ""}
            base |= {"publication": PUBLICATION, "denominator": recovered + improved + neither}
            rows.append(row(**base, numerator=recovered))
            rows.append(row(**base | {"indicator_id": "tt_reliable_improvement"}, numerator=recovered + improved))

        for code in DETAILED:
            add("nhs_16", code, code)
        for scheme in ("nhs_16", "upper_nhs_2001"):
            add(scheme, "all", [*DETAILED, "unknown"])
            add(scheme, "unknown", ["unknown"])
        for code, members in UPPER.items():
            add("upper_nhs_2001", code, members)
    return write(path, [*rows, *more])


def load(path: Path, settings: Settings) -> pl.DataFrame:
    """The observations of the release that comes of it."""
    outcome = loading.load([path], settings)
    assert outcome.release_id, [report.errors + [str(one) for one in report.refusals[:3]] for report in outcome.reports]
    return made.observations(settings.data_dir, outcome.release_id)


def test_no_small_count_is_served_and_all_are_rounded(tmp_path: Path, local: Settings) -> None:
    served = load(own_counts(tmp_path / "own.csv"), local)
    exact = pl.read_csv(tmp_path / "own.csv", infer_schema_length=None)
    assert served.height == exact.height
    for role in ("numerator", "denominator"):
        assert exact.filter(pl.col(role).is_between(0, 4)).height > 10
        assert served.filter((pl.col(role) < 5) | (pl.col(role) % 5 != 0)).is_empty()
    key = ["indicator_id", "period_start", "period_end", "ethnicity_scheme", "ethnicity_code"]
    both = served.with_columns(pl.col("period_start", "period_end").cast(pl.String)).join(
        exact.rename({"ethnicity": "ethnicity_code"}), on=key, suffix="_exact"
    )
    assert both.height == exact.height
    for role in ("numerator", "denominator"):
        small, count = pl.col(f"{role}_exact") < 5, pl.col(f"{role}_exact")
        hidden = both.filter(small)
        assert hidden[role].null_count() == hidden.height
        assert set(hidden.select(f"{role}_lower", f"{role}_upper").unique().rows()) == {(0, 4)}
        assert both.filter((count < pl.col(f"{role}_lower")) | (count > pl.col(f"{role}_upper"))).is_empty()
    assert both.filter((pl.col("numerator_exact") < 5) & (pl.col("cell_state") != CellState.SUPPRESSED)).is_empty()
    assert both.filter((pl.col("numerator_exact") < 5) & pl.col("value").is_not_null()).is_empty()


def test_a_percentage_follows_from_the_rounded_counts(tmp_path: Path, local: Settings) -> None:
    served = load(own_counts(tmp_path / "own.csv"), local)
    shown = served.filter(pl.col("value").is_not_null())
    assert shown.height > 20
    assert shown.filter((pl.col("value") - 100 * pl.col("numerator") / pl.col("denominator")).abs() > 1e-9).is_empty()
    assert shown.filter((pl.col("lower_ci") > pl.col("value")) | (pl.col("upper_ci") < pl.col("value"))).is_empty()
    assert set(shown["value_basis"]) == {"computed"}
    assert served.filter(pl.col("recomputed_lower") > pl.col("recomputed_upper")).is_empty()


def test_what_is_hidden_names_its_rule(tmp_path: Path, local: Settings) -> None:
    served = load(own_counts(tmp_path / "own.csv"), local)
    hidden = served.filter(pl.col("cell_state") == CellState.SUPPRESSED)
    assert set(hidden["state_reason"]) == {"hidden to protect people under NHS England's rule"}
    (extract,) = releases.read_manifest(local.data_dir, "r0001").extracts
    assert extract.rule == "nhs_england"


def test_the_stricter_rule_is_a_setting(tmp_path: Path, local: Settings) -> None:
    stricter = local.model_copy(update={"local_sources": {PUBLICATION: "opensafely"}})
    served = load(own_counts(tmp_path / "own.csv"), stricter)
    assert served.filter((pl.col("numerator") < 10) | (pl.col("denominator") < 10)).is_empty()
    assert (0, 7) in served.select("numerator_lower", "numerator_upper").rows()
    assert "hidden to protect people under OpenSAFELY's rule" in served["state_reason"]


def test_another_rule_takes_hold_when_the_file_is_loaded_again(tmp_path: Path, local: Settings) -> None:
    path = own_counts(tmp_path / "own.csv", 1, {"first": PERIODS["first"]})
    load(path, local)
    assert loading.load([path], local).release_id is None
    served = load(path, local.model_copy(update={"local_sources": {PUBLICATION: "opensafely"}}))
    assert served.filter(pl.col("numerator") < 10).is_empty()


def test_nothing_is_released_under_another_rule_than_the_settings_give(tmp_path: Path, local: Settings) -> None:
    path = own_counts(tmp_path / "own.csv", 1, {"first": PERIODS["first"]})
    load(path, local)
    other, forgotten = write(tmp_path / "other.csv", [row()]), local.model_copy(update={"local_sources": {}})
    with pytest.raises(loading.PipelineError, match=r"own\.csv has changed since it was loaded"):
        loading.load([other], forgotten)
    assert "rests on a count of 1 to 4" in loading.load([path], forgotten).reports[0].errors[0]


def test_a_later_extract_gives_away_nothing_of_an_earlier_one(tmp_path: Path, local: Settings) -> None:
    """The half year comes in a file of its own: less the quarter before, it would tell the second quarter."""
    quarters = own_counts(tmp_path / "quarters.csv", 1, {name: PERIODS[name] for name in ("first", "second")})
    before = load(quarters, local)
    served = load(own_counts(tmp_path / "half.csv", 1, {"to date": PERIODS["to date"]}), local)
    assert served["period_end"].n_unique() == 2
    assert served.filter((pl.col("numerator") < 5) | (pl.col("numerator") % 5 != 0)).is_empty()
    key = ["indicator_id", "period_start", "period_end", "ethnicity_scheme", "ethnicity_code"]
    both = before.join(served, on=key, suffix="_now")
    again = both.filter(pl.col("numerator").is_not_null() & pl.col("numerator_now").is_not_null())
    assert again.filter(pl.col("numerator") != pl.col("numerator_now")).is_empty()


@pytest.mark.parametrize("rule", ["nhs_england", "opensafely"])
def test_no_hidden_count_of_a_release_can_be_worked_out_from_it(rule: str, tmp_path: Path, local: Settings) -> None:
    settings = local.model_copy(update={"local_sources": {PUBLICATION: rule}})
    served = load(own_counts(tmp_path / "own.csv", 5, {"first": PERIODS["first"], "to date": PERIODS["to date"]}), settings)
    (file,) = (settings.data_dir / releases.UNSUPPRESSED).glob("*.parquet")
    exact = pl.read_parquet(file).with_columns(rule=pl.lit(rule)).sort(KEY).with_row_index("row")
    counted = disclosure.counted_places(exact, load_catalogue())
    known = disclosure.known_field(load_catalogue(), load_reference())
    counts, facts = relations(disclosure.places(counted), counted["count"].to_list(), known)
    shown = served.sort(KEY)
    manner, figure = [Shown.UNSEEN] * len(counts), [None] * len(counts)
    for cell, (row_number, role) in enumerate(counted.select("row", "role").iter_rows()):
        one = shown.row(row_number, named=True)
        small = one[f"{role}_upper"] == RULES[rule].hidden_up_to
        manner[cell] = Shown.ROUNDED if one[role] is not None else Shown.SMALL if small else Shown.OPEN
        figure[cell] = one[role]
    release = Release(RULES[rule], tuple(manner), tuple(figure))
    assert Shown.SMALL in manner
    assert attack.broken(release, facts) == {}


# ------------------------------------------------------------------------------------------------- Where they are kept


def test_exact_counts_are_in_files_that_only_their_owner_can_read(tmp_path: Path, local: Settings) -> None:
    one_quarter = {"first": PERIODS["first"]}
    own_counts(tmp_path / "own.csv", 1, one_quarter, row(ethnicity="Martian", publication=PUBLICATION))
    load(tmp_path / "own.csv", local)
    kept = sorted((local.data_dir / releases.UNSUPPRESSED).iterdir())
    assert sorted(path.suffix for path in kept) == [".csv", ".json", ".parquet"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    assert stat.S_IMODE(unsuppressed.folder(local.data_dir).stat().st_mode) == 0o700
    assert not (local.data_dir / "quarantine").exists()


def test_no_other_file_of_the_data_folder_holds_an_exact_count(tmp_path: Path, local: Settings) -> None:
    load(own_counts(tmp_path / "own.csv"), local)
    others = [path for path in local.data_dir.rglob("*.parquet") if path.parent.name != releases.UNSUPPRESSED]
    assert others
    for path in others:
        frame = pl.read_parquet(path)
        assert frame.filter((pl.col("numerator") % 5 != 0) | (pl.col("denominator") % 5 != 0) | (pl.col("numerator") < 5)).is_empty(), path
    assert list((local.data_dir / "working").iterdir()) == []


def test_the_dashboard_never_names_the_folder_of_exact_counts() -> None:
    files = [PROJECT / "app.py", *(PROJECT / "pages").rglob("*.py"), *(PROJECT / "dashboard").rglob("*.py")]
    assert [path.name for path in files if re.search(r"unsuppressed|UNSUPPRESSED", path.read_text(encoding="utf-8"))] == []


def test_a_release_can_be_read_where_the_exact_counts_are_not(tmp_path: Path, local: Settings) -> None:
    load(own_counts(tmp_path / "own.csv"), local)
    # Taken away whole: nobody, not even the superuser, can open what is not there.
    unsuppressed.folder(local.data_dir).rename(tmp_path / "elsewhere")
    assert made.observations(local.data_dir).height


def test_exact_counts_that_no_release_is_built_from_are_removed(tmp_path: Path, local: Settings) -> None:
    load(own_counts(tmp_path / "own.csv", 1, {"first": PERIODS["first"]}), local)
    folder = unsuppressed.folder(local.data_dir)
    (needed,) = folder.iterdir()
    (folder / "0000.parquet").write_bytes(needed.read_bytes())
    releases.prune(local.data_dir, local.keep_releases)
    assert list(folder.iterdir()) == [needed]


# ------------------------------------------------------------------------------------------------------- What is refused


def test_small_exact_counts_of_a_source_that_is_not_declared_are_refused(tmp_path: Path, settings: Settings) -> None:
    outcome = loading.load([write(tmp_path / "own.csv", [row(numerator=3, denominator=40, value="", rounded_to="")])], settings)
    assert outcome.release_id is None
    (fault,) = outcome.reports[0].errors
    assert "own.csv, row 2: tt_reliable_recovery of RYG rests on a count of 1 to 4" in fault
    assert "[local_sources] in settings.toml" in fault


def test_local_and_published_figures_do_not_share_a_file(tmp_path: Path, local: Settings) -> None:
    path = write(tmp_path / "both.csv", [row(), row(ethnicity="white", publication=PUBLICATION)])
    (fault,) = loading.load([path], local).reports[0].errors
    assert "Put each source into a file of its own" in fault


def test_half_people_are_refused(tmp_path: Path, local: Settings) -> None:
    path = write(tmp_path / "own.csv", [row(publication=PUBLICATION, numerator="12.5", value="", rounded_to="")])
    (fault,) = loading.load([path], local).reports[0].errors
    assert "numerator of a local source must be a whole number" in fault


def test_groups_that_are_more_than_their_total_are_refused(tmp_path: Path, local: Settings) -> None:
    rows = [
        row(publication=PUBLICATION, ethnicity=group, numerator=20, denominator=60, value="", rounded_to="") for group in templates.GROUPS
    ]
    with pytest.raises(loading.PipelineError, match="tt_reliable_recovery, RYG, 2024-04-01 to 2025-03-31: 20 in all, 120 in its groups"):
        loading.load([write(tmp_path / "own.csv", rows)], local)
    assert releases.current_release(local.data_dir) is None


def test_a_figure_that_does_not_follow_from_its_counts_is_not_shown(tmp_path: Path, local: Settings) -> None:
    served = load(write(tmp_path / "own.csv", [row(publication=PUBLICATION, value="49", numerator="", denominator="")]), local)
    assert served["value"].to_list() == [None]
    assert served["cell_state"].to_list() == [CellState.SUPPRESSED]

"""Queries on a release: a cursor each, values bound, cached by the release's id and plain values, and new with a new release."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
import streamlit as st

from dashboard import queries, release
from pipelines import loading, releases
from pipelines.settings import Settings
from tests.pages import examples

YEAR = (date(2024, 4, 1), date(2025, 3, 31))


@pytest.fixture(scope="module")
def two_releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two releases of the same figures, of which one was published anew; and a code that is a trap."""
    folder = tmp_path_factory.mktemp("queries")
    names = {"RYG": "trust", "TAH": "trust", "QF7": "icb", "England": "england", "x' or '1'='1": "trust"}
    old = [
        examples.row(code, group, year, org_type=kind, **examples.share(40, 500))
        for code, kind in names.items()
        for group in ("white", "asian")
        for year in ("2022-23", "2023-24", "2024-25")
        if (code, year) != ("TAH", "2024-25")
    ]
    partnership = [examples.row("QF7", "white", "2023-24", org_type="stp", org_name="Example STP", **examples.share(99, 500))]
    new = [examples.row("RYG", "asian", **examples.share(70, 500))]
    for name, rows in (("old", [*old, *partnership]), ("new", new)):
        outcome = loading.load([examples.write(folder / f"{name}.csv", rows)], Settings(data_dir=folder / "data", lock_seconds=300))
        assert outcome.release_id, [report.model_dump() for report in outcome.reports]
    return folder / "data"


@pytest.fixture
def data_dir(two_releases: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("COMMON_GROUND_DATA", str(two_releases))
    release.forget()
    yield two_releases
    release.forget()


def value(release_id: str, group: str = "asian") -> float:
    frame = queries.figures(release_id, "tt_reliable_recovery", "RYG", *YEAR)
    return frame.filter(pl.col("ethnicity_code") == group)["value"].item()


def test_a_changed_value_is_seen_in_the_new_release_and_the_old_one_is_as_it_was(data_dir: Path) -> None:
    assert [value("r0001"), value("r0002"), value("r0001")] == [40.0, 70.0, 40.0]
    assert [value("r0001", "white"), value("r0002", "white")] == [40.0, 40.0]
    history = queries.history("r0002", "tt_reliable_recovery", "RYG").filter(pl.col("ethnicity_code") == "asian")
    assert history["value"].to_list() == [40.0, 40.0, 70.0]
    newest = queries.newest("r0002", ("RYG",)).filter(pl.col("ethnicity_code") == "asian")
    assert newest["value"].to_list() == [70.0]


def test_the_same_question_is_answered_from_the_cache(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = queries.figures("r0001", "tt_reliable_recovery", "RYG", *YEAR)
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path))  # where there is no release to ask
    release.connection.clear()
    assert queries.figures("r0001", "tt_reliable_recovery", "RYG", *YEAR).equals(first)
    with pytest.raises(releases.ReleaseError):
        queries.figures("r0001", "tt_reliable_recovery", "TAH", *YEAR)


def test_whoever_changes_an_answer_changes_it_for_nobody_else(data_dir: Path) -> None:
    mine = queries.organisations("r0001")
    mine[0, "org_name"] = "Changed"
    assert "Changed" not in queries.organisations("r0001")["org_name"].to_list()


def test_many_readers_at_once_each_get_their_own_answer(data_dir: Path) -> None:
    wanted = [(one, code) for one in ("r0001", "r0002") for code in ("RYG", "TAH", "QF7", "E92000001")] * 8

    def ask(question: tuple[str, str]) -> tuple[str, set[str]]:
        found = release.connection(question[0]).cursor().sql("select * from observations where org_code = ?", params=[question[1]])
        return question[1], set(pl.DataFrame(found.to_arrow_table())["org_code"].to_list())

    with ThreadPoolExecutor(8) as pool:
        for code, found in pool.map(ask, wanted):
            assert found == {code}
    st.cache_data.clear()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: queries.newest(one[0], (one[1],)), wanted))
    assert [set(answer["org_code"].to_list()) for answer in answers] == [{code} for _, code in wanted]


def test_an_answer_that_is_not_yet_read_outlives_the_next_question(data_dir: Path) -> None:
    """One cursor for two queries would throw the first answer away."""
    connection = release.connection("r0001")
    first = connection.cursor().sql("select org_code from observations where org_code = 'RYG'")
    assert not queries.coverage("r0001").is_empty()
    assert set(first.fetchall()) == {("RYG",)}


def test_values_are_bound_and_never_part_of_the_query(data_dir: Path) -> None:
    trap = "x' or '1'='1"
    for found in (
        queries.history("r0001", "tt_reliable_recovery", trap),
        queries.newest("r0001", (trap,)),
        queries.figures("r0001", "tt_reliable_recovery", trap, *YEAR),
    ):
        assert set(found["org_code"].to_list()) == {trap}
    assert queries.history("r0001", "tt_reliable_recovery", "y' or '1'='1").is_empty()
    assert queries.newest("r0001", ()).is_empty()


def test_the_newest_period_of_each_organisation_is_its_own(data_dir: Path) -> None:
    newest = queries.newest("r0001", ("RYG", "TAH"))
    ends = dict(newest.group_by("org_code").agg(pl.col("period_end").unique()).iter_rows())
    assert ends == {"RYG": [date(2025, 3, 31)], "TAH": [date(2024, 3, 31)]}


def test_of_two_kinds_with_one_code_the_younger_is_meant(data_dir: Path) -> None:
    found = queries.figures("r0001", "tt_reliable_recovery", "QF7", date(2023, 4, 1), date(2024, 3, 31))
    assert (set(found["org_type"].to_list()), set(found["value"].to_list())) == ({"icb"}, {40.0})
    assert set(queries.history("r0001", "tt_reliable_recovery", "QF7")["value"].to_list()) == {40.0}


def test_coverage_has_the_newest_period_first(data_dir: Path) -> None:
    mine = queries.coverage("r0001").filter(pl.col("org_code") == "RYG")
    assert mine["period_end"].to_list() == [date(2025, 3, 31), date(2024, 3, 31), date(2023, 3, 31)]


def test_an_organisation_stands_once_with_its_newest_name(data_dir: Path) -> None:
    found = queries.organisations("r0001")
    assert found["org_code"].is_unique().all()
    assert found.filter(pl.col("org_code") == "QF7")["org_name"].item() == "NHS South Yorkshire Integrated Care Board"


@pytest.mark.parametrize("statement", ["select * from read_text('/etc/hostname')", "drop table observations", "set threads = 8"])
def test_a_query_can_reach_nothing_but_the_release(data_dir: Path, statement: str) -> None:
    with pytest.raises(duckdb.Error):
        release.connection("r0001").cursor().sql(statement).fetchall()


def test_a_connection_is_shared_until_it_is_no_longer_needed(data_dir: Path) -> None:
    assert release.connection("r0001") is release.connection("r0001")
    held = release.connection("r0001")
    release.connection.clear()
    with pytest.raises(duckdb.Error):
        held.execute("select 1")


def test_a_release_that_was_replaced_by_hand_is_read_anew(two_releases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(two_releases, tmp_path / "data"))
    monkeypatch.setenv("COMMON_GROUND_DATA", str(folder))
    releases.publish(folder, "r0001")
    assert release.of_this_run().release_id == "r0001"
    assert value("r0001") == 40.0
    shutil.rmtree(folder)
    rows = [examples.row("RYG", "asian", **examples.share(55, 500))]
    examples.load(folder, tmp_path / "anew.csv", rows)
    assert release.of_this_run().release_id == "r0001"
    assert value("r0001") == 55.0

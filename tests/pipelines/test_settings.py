"""Settings: what may be set, and which file and key is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import PipelineError
from pipelines.settings import PROJECT, load_settings


def write(data_dir: Path, content: str | bytes) -> None:
    data_dir.mkdir()
    (data_dir / "settings.toml").write_bytes(content if isinstance(content, bytes) else content.encode())


def test_without_a_file_everything_has_a_value(data_dir: Path) -> None:
    settings = load_settings()
    assert settings.data_dir == data_dir
    assert settings.keep_releases >= 3


@pytest.mark.parametrize("named", ["", "   "])
def test_the_projects_own_data_folder_is_used_where_none_is_named(named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", named)
    assert load_settings().data_dir == PROJECT / "data"


def test_the_data_folder_may_be_named_from_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COMMON_GROUND_DATA", "~/figures")
    assert load_settings().data_dir == tmp_path / "figures"


def test_a_file_sets_what_it_names_and_leaves_the_rest(data_dir: Path) -> None:
    write(data_dir, "keep_releases = 4\nparser_memory_gb = 2\n")
    settings = load_settings()
    assert (settings.keep_releases, settings.parser_memory_gb, settings.parser_seconds) == (4, 2.0, 900)


def test_a_byte_order_mark_is_no_fault(data_dir: Path) -> None:
    write(data_dir, b"\xef\xbb\xbfkeep_releases = 5\r\n")
    assert load_settings().keep_releases == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("keep_release = 4", "keep_release: not a setting that is known. Known are: keep_releases,"),
        ("data_dir = '/elsewhere'", "data_dir: not a setting"),
        ("[keep_releases]\nnumber = 4", "keep_releases = {'number': 4}: Input should be a valid integer"),
        ("keep_releases = '4'", "keep_releases = '4': Input should be a valid integer"),
        ("keep_releases = 4.0", "keep_releases = 4.0: Input should be a valid integer"),
        ("keep_releases = 2", "keep_releases = 2: Input should be greater than or equal to 3"),
        ("parser_seconds = true", "parser_seconds = True: Input should be a valid integer"),
        ("parser_memory_gb = inf", "parser_memory_gb = inf: Input should be less than"),
        ("parser_memory_gb = nan", "parser_memory_gb = nan:"),
        ("parser_memory_gb = 0", "parser_memory_gb = 0: Input should be greater than 0"),
        ("lock_seconds = -1", "lock_seconds = -1: Input should be greater than or equal to 0"),
        ("keep_releases = 4\nlock_seconds =", "cannot be read: Invalid value (at end of document)"),
        ("keep_releases = 4\nkeep_releases = 5", "cannot be read: Cannot overwrite a value"),
        (b"keep_releases = 4 # caf\xe9", "cannot be read: 'utf-8' codec"),
    ],
)
def test_a_fault_names_the_file_and_the_key(data_dir: Path, content: str | bytes, words: str) -> None:
    write(data_dir, content)
    with pytest.raises(PipelineError) as refusal:
        load_settings()
    assert f"{data_dir / 'settings.toml'}: " in str(refusal.value)
    assert words in str(refusal.value)


def test_every_fault_is_told_at_once(data_dir: Path) -> None:
    write(data_dir, "keep_releases = 'many'\nlock_seconds = 'long'")
    with pytest.raises(PipelineError, match=r"keep_releases = 'many': .*; lock_seconds = 'long': "):
        load_settings()


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "data"
    file.write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("COMMON_GROUND_DATA", str(file))
    with pytest.raises(PipelineError, match=r"COMMON_GROUND_DATA .* is a file. It must name a folder"):
        load_settings()


def test_a_path_that_duckdb_would_misread_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", str(tmp_path / "figures?"))
    with pytest.raises(PipelineError, match="must not hold a question mark"):
        load_settings()


def test_a_home_folder_of_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMON_GROUND_DATA", "~no-such-account-here/data")
    with pytest.raises(PipelineError, match="COMMON_GROUND_DATA is '~no-such-account-here/data', which does not name a folder"):
        load_settings()

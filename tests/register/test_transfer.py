"""A register moves whole, between machines and between databases; a copy taken while others write is consistent."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from register import transfer
from register.faults import RegisterFault
from register.records import schema
from register.store import Denied, Register
from register.terms import Status
from tests.register.made import ACTION, FROZEN, MEETING, PANEL, QUESTION, SITE, VIEW, append, reported
from tests.register.test_many_writers import begin

PROJECT = Path(__file__).resolve().parents[2]
Opens = Callable[[str], Register]


@pytest.fixture
def full(register: Register) -> Register:
    for event in (ACTION, MEETING, FROZEN, VIEW, QUESTION, reported(Status.COMPLETE)):
        append(register, event)
    append(register, ACTION, site="east_london")
    with pytest.raises(Denied):
        append(register, ACTION, author=PANEL)
    return register


def test_a_register_is_moved_whole(full: Register, opens: Opens, tmp_path: Path) -> None:
    assert transfer.write_export(full, tmp_path / "register.json") == 7
    other = opens(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert transfer.take_in(other, tmp_path / "register.json") == 7
    assert other.verify() == full.verify()
    assert (other.entries(SITE), other.denied()) == (full.entries(SITE), full.denied())
    assert transfer.export(other) == transfer.export(full)
    append(other, reported(Status.AT_RISK))
    assert other.verify().sound


def test_a_register_moves_from_sqlite_into_any_database(register: Register, opens: Opens, tmp_path: Path) -> None:
    source = opens(f"sqlite:///{tmp_path / 'source.sqlite'}")
    append(source, ACTION)
    transfer.write_export(source, tmp_path / "register.json")
    transfer.take_in(register, tmp_path / "register.json")
    assert transfer.export(register) == transfer.export(source)


def test_an_export_is_as_its_documented_schema_says(full: Register) -> None:
    documented = json.loads((PROJECT / "docs" / "register.schema.json").read_text(encoding="utf-8"))
    assert documented == schema(), "make it again: python -m register schema > docs/register.schema.json"
    Draft202012Validator.check_schema(documented)
    checker = Draft202012Validator(documented)
    whole = transfer.export(full)
    checker.validate(whole)
    whole["entries"][0]["payload"]["colour"] = "green"
    assert not checker.is_valid(whole)


def test_a_register_that_holds_anything_takes_nothing_in(full: Register, tmp_path: Path) -> None:
    transfer.write_export(full, tmp_path / "register.json")
    with pytest.raises(RegisterFault, match="holds entries already"):
        transfer.take_in(full, tmp_path / "register.json")
    assert full.verify().entries == 7


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda whole: whole["entries"][2].update(account="x"), "entry 3 was changed"),
        (lambda whole: whole["entries"].pop(), "so its end is missing"),
        (lambda whole: whole["entries"].pop(0), "entry 1 is missing"),
        (lambda whole: whole.update(format=2), "not an exported register of format 1"),
        (lambda whole: whole.pop("denied"), "not an exported register"),
    ],
)
def test_an_export_that_was_changed_or_cut_short_is_refused_whole(
    full: Register, opens: Opens, tmp_path: Path, spoil: Callable[[dict[str, object]], object], words: str
) -> None:
    whole = transfer.export(full)
    spoil(whole)
    (tmp_path / "spoilt.json").write_text(json.dumps(whole), encoding="utf-8")
    other = opens(f"sqlite:///{tmp_path / 'other.sqlite'}")
    with pytest.raises(RegisterFault, match=words):
        transfer.take_in(other, tmp_path / "spoilt.json")
    assert other.verify().entries == 0


def test_a_file_that_is_not_json_is_refused(sqlite_register: Register, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b"\xff{")
    with pytest.raises(RegisterFault, match="cannot be read as JSON"):
        transfer.take_in(sqlite_register, tmp_path / "x.json")


def test_a_backup_taken_while_others_write_is_whole(tmp_path: Path, opens: Opens) -> None:
    url = f"sqlite:///{tmp_path / 'register.sqlite'}"
    register = opens(url)
    running = [begin(url, str(name), 4) for name in range(3)]
    for one in running:
        assert one.stdout is not None
        one.stdout.readline()
    verdicts = [transfer.backup(register, tmp_path / f"copy-{number}.sqlite") for number in range(5)]
    ended = [one.communicate(timeout=120) for one in running]
    assert [one.returncode for one in running] == [0, 0, 0], ended
    sizes = [verdict.entries for verdict in verdicts]
    assert sizes == sorted(sizes)
    assert sizes[0] > 0
    for number, verdict in enumerate(verdicts):
        copy = opens(f"sqlite:///{tmp_path / f'copy-{number}.sqlite'}")
        assert copy.verify() == verdict
        # What the copy holds is the beginning of what the register holds.
        assert register.verify(verdict.head).sound
        assert copy.entries(SITE) == register.entries(SITE)[: verdict.entries]


def test_a_backup_is_one_file_and_replaces_none(sqlite_register: Register, tmp_path: Path) -> None:
    append(sqlite_register, ACTION)
    copies = tmp_path / "copies"
    copies.mkdir()
    transfer.backup(sqlite_register, copies / "one.sqlite")
    assert [one.name for one in copies.iterdir()] == ["one.sqlite"]
    with pytest.raises(RegisterFault, match="is there already"):
        transfer.backup(sqlite_register, copies / "one.sqlite")
    with pytest.raises(RegisterFault, match="cannot be written"):
        transfer.backup(sqlite_register, tmp_path / "nowhere" / "one.sqlite")


def test_an_unsound_register_is_neither_exported_nor_backed_up(sqlite_register: Register, tmp_path: Path) -> None:
    append(sqlite_register, ACTION)
    with closing(sqlite3.connect(tmp_path / "register.sqlite")) as file:
        file.executescript("DROP TRIGGER events_never_update; UPDATE events SET account = 'x'")
    with pytest.raises(RegisterFault, match="entry 1 was changed"):
        transfer.export(sqlite_register)
    with pytest.raises(RegisterFault, match="entry 1 was changed"):
        transfer.backup(sqlite_register, tmp_path / "copy.sqlite")
    assert not list(tmp_path.glob("copy*"))


def test_every_command_is_documented() -> None:
    told = (PROJECT / "docs" / "register.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^python -m register (\w+)", told, re.MULTILINE))
    listed = set(re.findall(r"[│|] (\w+) {2,}", run("--help").stdout))
    assert documented == listed - {"help"}


def run(*words: str, register: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "register", *words]
    environment = os.environ | {"COMMON_GROUND_REGISTER": register}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_the_commands_make_move_copy_and_check_the_example(data_dir: Path, tmp_path: Path) -> None:
    made = run("example")
    assert (made.returncode, made.stderr) == (0, "")
    assert "Example Trust: 44 entries" in made.stdout
    assert [one.name for one in data_dir.iterdir()] == ["register-example.sqlite"]
    checked = run("verify", "--json", register="example")
    verdict = json.loads(checked.stdout)
    assert (verdict["sound"], verdict["entries"]) == (True, 44)
    whole = tmp_path / "whole.json"
    assert run("export", "-o", str(whole), register="example").stdout == f"{whole}: 44 entries.\n"
    other = f"sqlite:///{tmp_path / 'other.sqlite'}"
    assert run("import", str(whole), register=other).stdout == "44 entries are in the register now.\n"
    assert json.loads(run("export", register=other).stdout) == json.loads(whole.read_text(encoding="utf-8"))
    assert verdict["head"] in run("backup", str(tmp_path / "copy.sqlite"), register=other).stdout
    assert "at step r0001 already" in run("upgrade", register=other).stdout
    assert run("verify", "--head", "f" * 64, register=other).returncode == 2
    again = run("example")
    assert (again.returncode, again.stdout) == (2, "")
    assert "holds entries already" in again.stderr


def test_what_is_wrong_with_the_settings_is_told_in_words(data_dir: Path) -> None:
    told = run("verify", register="mysql://somebody:secret@host/x")
    assert told.returncode == 2
    assert "begins with 'mysql'" in told.stderr
    assert "secret" not in told.stderr


def test_a_register_that_is_not_there_is_not_made_by_looking(data_dir: Path) -> None:
    told = run("verify")
    assert told.returncode == 2
    assert "There is no register at" in told.stderr


def test_a_file_that_is_no_register_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "notes.sqlite").write_text("not a database at all, whatever its name says" * 100, encoding="utf-8")
    told = run("verify", register=f"sqlite:///{tmp_path / 'notes.sqlite'}")
    assert (told.returncode, told.stdout) == (2, "")
    assert "The register cannot be used: file is not a database" in told.stderr


def test_a_database_that_does_not_answer_is_told_without_its_password(data_dir: Path) -> None:
    told = run("verify", register="postgresql://somebody:secret@127.0.0.1:1/nothing")
    assert told.returncode == 2
    assert "The register cannot be used" in told.stderr
    assert "secret" not in told.stderr
    assert "Traceback" not in told.stderr

"""Every role against every kind of write at every site: nothing outside the table is allowed, and a refusal is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import access
from dashboard.access import denials
from dashboard.access.person import LOCAL_EDITOR, NOBODY, Person
from dashboard.access.rights import UPLOAD, author_for, foremost, may, who
from dashboard.access.visit import Visit
from register.roles import ANY_SITE, MAY_RECORD, Author, Role
from register.store import open_register

KINDS = [*MAY_RECORD, UPLOAD]
OWN, OTHER = "sheffield", "east_london"


def one(role: Role, *sites: str) -> Person:
    return Person("a" * 64, frozenset({role}), frozenset(sites))


def in_the_table(role: Role, kind: str) -> bool:
    return role in ({Role.ANALYST, Role.ADMINISTRATOR} if kind == UPLOAD else MAY_RECORD[kind])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_the_table_says_and_a_lead_at_their_sites_only(role: Role, kind: str) -> None:
    assert may(one(role, OWN), kind, OWN) is in_the_table(role, kind)
    assert may(one(role, OWN), kind, OTHER) is (in_the_table(role, kind) and role is not Role.ACTION_LEAD)
    assert may(one(role, ANY_SITE), kind, OTHER) is in_the_table(role, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_may_write_whatever_roles_are_claimed(kind: str) -> None:
    assert not may(NOBODY, kind, OWN)
    assert not may(Person("", frozenset(Role), frozenset({ANY_SITE})), kind, OWN)
    assert may(LOCAL_EDITOR, kind, OWN)


def test_what_is_in_no_table_is_nobodys() -> None:
    assert not may(LOCAL_EDITOR, "drop_everything", OWN)


def test_several_roles_act_in_the_one_that_may_or_the_one_chosen() -> None:
    both = Person("a", frozenset({Role.PANEL_MEMBER, Role.FACILITATOR}))
    assert author_for(both, "view_given", OWN) == Author(Role.PANEL_MEMBER, "a")
    assert author_for(both, "view_given", OWN, Role.FACILITATOR) == Author(Role.FACILITATOR, "a")
    assert author_for(both, "view_given", OWN, Role.ADMINISTRATOR) is None, "not a role of theirs"
    assert author_for(both, "meeting_planned", OWN, Role.PANEL_MEMBER) is None, "not in the role that they chose"
    assert foremost(both).role is Role.FACILITATOR


def test_who_may_is_told_in_words() -> None:
    assert who(UPLOAD) == "analyst or administrator"
    assert who("meeting_planned") == "facilitator"


@pytest.mark.parametrize(
    ("visit", "told"),
    [
        (Visit(NOBODY), "Nobody is signed in, so “meeting planned” was not recorded. It is for: facilitator."),
        (Visit(one(Role.ANALYST)), "“meeting planned” at sheffield is for: facilitator. Your roles and sites do not include it"),
        (Visit(NOBODY, None, "You signed out, here or in another tab."), "You signed out, here or in another tab. Nothing was recorded"),
    ],
)
def test_a_refusal_is_recorded_before_it_is_told(visit: Visit, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "current", lambda: visit)
    denied: list[tuple[Author, str]] = []
    with pytest.raises(access.Denied) as refused:
        access.allow("meeting_planned", OWN, deny=lambda author, what: denied.append((author, what)))
    assert told in str(refused.value)
    assert "what you wrote is still on this page" in str(refused.value).lower()
    assert denied == [(foremost(visit.person), "meeting_planned at sheffield: not allowed")]


def test_what_is_allowed_gives_the_author_and_records_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "current", lambda: Visit(one(Role.FACILITATOR)))

    def deny(author: Author, what: str) -> None:
        raise AssertionError(what)

    assert access.allow("meeting_planned", OWN, deny=deny) == Author(Role.FACILITATOR, "a" * 64)


def test_a_refusal_stands_in_the_registers_table(data_dir: Path) -> None:
    denials.record(NOBODY.author(Role.READER), "upload: not allowed")
    register = open_register()
    found = [(row["role"], row["account"], row["what"]) for row in register.denied()]
    register.close()
    assert found == [("reader", "nobody", "upload: not allowed")]


def test_a_register_that_cannot_be_used_makes_nothing_allowed(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("COMMON_GROUND_REGISTER", "mysql://elsewhere")
    denials.record(NOBODY.author(Role.READER), "upload: not allowed")
    assert "could not be recorded" in caplog.text

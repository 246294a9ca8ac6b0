"""From what a provider says to a person: only what is believed, and nothing that names anybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashboard.access.claims import email_digest, person_of
from dashboard.access.person import LOCAL_EDITOR, NOBODY, Person, account_of, in_words
from dashboard.access.settings import AccessFault, AccessSettings, load
from register.roles import ANY_SITE, Role

ISSUER, OTHER = "https://id.example.org", "https://elsewhere.example.org"
CLAIMED = {"roles_claim": "roles", "sites_claim": "sites", "claim_issuers": (ISSUER,)}


def settings(**values: Any) -> AccessSettings:
    return AccessSettings.model_validate(values)


def claims(**more: Any) -> dict[str, Any]:
    return {"iss": ISSUER, "sub": "s1", "iat": 1, **more}


def entry(**more: Any) -> dict[str, Any]:
    return {"issuer": ISSUER, "roles": ["analyst"], **more}


TABLE = [
    ("nothing set: a reader", {}, {}, {"reader"}),
    ("a claim that is not named says nothing", {}, {"roles": ["administrator"]}, {"reader"}),
    ("a claim of roles", CLAIMED, {"roles": ["analyst", "panel_member"]}, {"reader", "analyst", "panel_member"}),
    ("a claim of one role", CLAIMED, {"roles": "facilitator"}, {"reader", "facilitator"}),
    ("unknown roles and other types are passed over", CLAIMED, {"roles": ["chief", 4, None]}, {"reader"}),
    ("a claim of another shape", CLAIMED, {"roles": {"analyst": True}}, {"reader"}),
    ("a claim of a provider that is not believed", CLAIMED, {"iss": OTHER, "roles": ["administrator"]}, {"reader"}),
    ("groups with names of their own", CLAIMED | {"claim_roles": {"CG-A": "analyst"}},
     {"roles": ["CG-A", "administrator"]}, {"reader", "analyst"}),
    ("the table by subject", {"people": [entry(subject="s1")]}, {}, {"reader", "analyst"}),
    ("the table: another subject", {"people": [entry(subject="s2")]}, {}, {"reader"}),
    ("the table: the subject at another provider", {"people": [entry(subject="s1")]}, {"iss": OTHER}, {"reader"}),
    ("by verified e-mail", {"people": [entry(email_sha256=email_digest("A@b.example"))]},
     {"email": " a@B.example", "email_verified": True}, {"reader", "analyst"}),
    ("an unverified e-mail", {"people": [entry(email_sha256=email_digest("a@b.example"))]},
     {"email": "a@b.example", "email_verified": False}, {"reader"}),
    ("verified in text only", {"people": [entry(email_sha256=email_digest("a@b.example"))]},
     {"email": "a@b.example", "email_verified": "true"}, {"reader"}),
    ("both add up", CLAIMED | {"people": [entry(subject="s1")]}, {"roles": ["facilitator"]}, {"reader", "analyst", "facilitator"}),
]  # fmt: skip


@pytest.mark.parametrize(("values", "said", "roles"), [case[1:] for case in TABLE], ids=[case[0] for case in TABLE])
def test_roles_come_from_a_believed_claim_or_the_table(values: dict[str, Any], said: dict[str, Any], roles: set[str]) -> None:
    assert person_of(claims(**said), settings(**values)).roles == {Role(role) for role in roles}


def test_sites_come_from_both() -> None:
    table = {"people": [entry(subject="s1", roles=["action_lead"], sites=["sheffield"])]}
    found = person_of(claims(sites=["east_london"]), settings(**CLAIMED, **table))
    assert found.sites == {"sheffield", "east_london"}


def test_an_account_tells_nobodys_name_and_is_of_one_provider() -> None:
    found = person_of(claims(email="someone@trust.example", name="Someone"), settings())
    assert found.account == account_of(ISSUER, "s1")
    assert len(found.account) == 64
    assert "someone" not in repr(found).lower()
    assert account_of(OTHER, "s1") != found.account
    assert account_of("ab", "c") != account_of("a", "bc")


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (NOBODY, "reader"),
        (Person("a", frozenset({Role.READER})), "reader"),
        (Person("a", frozenset({Role.READER, Role.ACTION_LEAD})), "action lead"),
        (Person("a", frozenset({Role.ANALYST, Role.FACILITATOR})), "facilitator and analyst"),
        (LOCAL_EDITOR, "panel member, facilitator, action lead, analyst and administrator"),
    ],
)
def test_roles_are_told_in_words(person: Person, words: str) -> None:
    assert in_words(person) == words


def test_the_local_editor_has_every_role_at_every_site() -> None:
    assert (LOCAL_EDITOR.roles, LOCAL_EDITOR.sites, LOCAL_EDITOR.local) == (frozenset(Role), {ANY_SITE}, True)


def test_settings_are_read_from_the_data_folder(tmp_path: Path) -> None:
    assert load(tmp_path, {}) == AccessSettings()
    (tmp_path / "access.toml").write_text('sign_in = "required"\n[[people]]\nissuer = "x"\nsubject = "y"\nroles = ["analyst"]\n')
    found = load(tmp_path, {})
    assert (found.sign_in, found.people[0].roles) == ("required", (Role.ANALYST,))
    assert load(tmp_path, {"COMMON_GROUND_SIGN_IN": "optional"}).sign_in == "optional", "the environment is nearer"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sign_in = ", "cannot be read"),
        ("sign_ins = 'required'", "sign_ins"),
        ("sign_in = 'maybe'", "sign_in"),
        ("hours = 0", "hours"),
        ("hours = 48", "hours"),
        ("roles_claim = 'roles'", "claim_issuers: name at least one"),
        ("[[people]]\nissuer = 'x'\nroles = ['analyst']", "either subject or email_sha256"),
        ("[[people]]\nissuer = 'x'\nsubject = 'y'\nroles = ['chief']", "people.0.roles.0"),
        ("[[people]]\nissuer = 'x'\nemail_sha256 = 'someone@trust.example'\nroles = []", "people.0.email_sha256"),
    ],
)
def test_settings_that_cannot_be_used_are_told_without_what_they_hold(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "access.toml").write_text(text)
    with pytest.raises(AccessFault) as fault:
        load(tmp_path, {})
    assert told in str(fault.value)
    assert "someone" not in str(fault.value)


def test_a_misspelt_environment_closes_the_door(tmp_path: Path) -> None:
    with pytest.raises(AccessFault, match="COMMON_GROUND_SIGN_IN is 'require'"):
        load(tmp_path, {"COMMON_GROUND_SIGN_IN": "require"})

"""What each role may do: what the register's table says, and what is no event of the register."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.access.person import Person
from register.roles import MAY_RECORD, Author, Role, may_record, who_may

UPLOAD = "upload"
_OWN: Mapping[str, frozenset[Role]] = {UPLOAD: frozenset({Role.ANALYST, Role.ADMINISTRATOR})}


def author_for(person: Person, kind: str, site: str, role: Role | None = None) -> Author | None:
    """The person in the role that they chose, or the first of theirs that may do this at this site; None if none may."""
    for one in Role if role is None else (role,):
        author = person.author(one)
        if person.signed_in and one in person.roles and _may(author, kind, site):
            return author
    return None


def may(person: Person, kind: str, site: str = "") -> bool:
    """Whether to offer it; the write itself asks ``dashboard.access.allow``."""
    return author_for(person, kind, site) is not None


def foremost(person: Person) -> Author:
    """The author under which a refusal is recorded: in the role with the most rights that they have."""
    return person.author(next((role for role in reversed(Role) if role in person.roles), Role.READER))


def who(kind: str) -> str:
    """The roles that may, as words."""
    if kind in MAY_RECORD:
        return who_may(kind)
    return " or ".join(role.words for role in Role if role in _OWN.get(kind, frozenset()))


def _may(author: Author, kind: str, site: str) -> bool:
    return author.role in _OWN[kind] if kind in _OWN else may_record(author, kind, site)

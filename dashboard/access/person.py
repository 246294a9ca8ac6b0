"""Who somebody is to the dashboard: an opaque account, roles and sites; never a name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from register.roles import ANY_SITE, Author, Role

LOCAL_ACCOUNT = "local-editor"
_WORKS = frozenset(Role) - {Role.READER}


@dataclass(frozen=True, slots=True)
class Person:
    """One visitor as the server knows them. An empty ``account`` is nobody in particular, who may read where reading is open."""

    account: str = ""
    roles: frozenset[Role] = frozenset()
    sites: frozenset[str] = frozenset()

    @property
    def signed_in(self) -> bool:
        """Whether it is known who this is."""
        return bool(self.account)

    @property
    def local(self) -> bool:
        """Whether this is the one person at the machine itself."""
        return self.account == LOCAL_ACCOUNT

    def author(self, role: Role) -> Author:
        """This person in one of their roles, as the register takes it."""
        return Author(role, self.account or "nobody", self.sites)


NOBODY = Person()
LOCAL_EDITOR = Person(LOCAL_ACCOUNT, frozenset(Role), frozenset({ANY_SITE}))


def account_of(issuer: str, subject: str) -> str:
    """The account of somebody whom a provider names: a digest that only the provider can connect with a person.

    Each part stands with its length, so that no two pairs give one text.
    """
    text = f"common-ground-account:{len(issuer)}:{issuer}:{len(subject)}:{subject}"
    return hashlib.sha256(text.encode()).hexdigest()


def in_words(person: Person) -> str:
    """The roles of a person as they are told to them: "action lead and analyst"."""
    roles = [role.words for role in Role if role in person.roles & _WORKS]
    if not roles:
        return Role.READER.words
    return " and ".join([", ".join(roles[:-1]), roles[-1]]) if len(roles) > 1 else roles[0]

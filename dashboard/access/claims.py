"""From what a provider says of somebody to a person with roles and sites. Pure: settings and claims in, a person out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.access.person import Person, account_of
from dashboard.access.settings import AccessSettings, Entry
from register.roles import Role

Claims = Mapping[str, Any]


def person_of(claims: Claims, settings: AccessSettings) -> Person:
    """The person of these claims: a reader, and whatever a believed claim and the table add."""
    issuer, subject = str(claims["iss"]), str(claims["sub"])
    roles, sites = {Role.READER}, set[str]()
    if issuer in settings.claim_issuers:
        roles |= set(_roles(claims, settings))
        sites |= set(_texts(claims.get(settings.sites_claim)))
    for entry in settings.people:
        if _is(entry, claims):
            roles |= set(entry.roles)
            sites |= set(entry.sites)
    return Person(account_of(issuer, subject), frozenset(roles), frozenset(sites))


def email_digest(address: str) -> str:
    """What stands in the table instead of an e-mail address."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


def _roles(claims: Claims, settings: AccessSettings) -> Iterator[Role]:
    known = {role.value: role for role in Role} if not settings.claim_roles else settings.claim_roles
    for text in _texts(claims.get(settings.roles_claim)):
        if text in known:
            yield known[text]


def _texts(claim: Any) -> tuple[str, ...]:
    """A claim as texts: a list of them, or one. Anything else says nothing."""
    if isinstance(claim, str):
        return (claim,)
    return tuple(one for one in claim if isinstance(one, str)) if isinstance(claim, list | tuple) else ()


def _is(entry: Entry, claims: Claims) -> bool:
    if entry.issuer != claims["iss"]:
        return False
    if entry.subject:
        return entry.subject == claims["sub"]
    # An address that the provider has not verified may have been typed by anybody.
    address = claims.get("email")
    return claims.get("email_verified") is True and isinstance(address, str) and email_digest(address) == entry.email_sha256

"""Who may do what, checked in one place: on the server, for each write.

A page offers what ``may`` says; the write itself calls ``allow``, which looks the person up anew and records a denied attempt.
Hiding a page or a button is a courtesy, not the check.
"""

from __future__ import annotations

from dashboard.access.denials import Deny, record
from dashboard.access.person import Person
from dashboard.access.rights import UPLOAD, author_for, foremost, may, who
from dashboard.access.settings import AccessFault
from dashboard.access.visit import Visit, current, sign_out
from register.roles import Author, Role

__all__ = ["UPLOAD", "AccessFault", "Denied", "Person", "Visit", "allow", "current", "may", "person", "sign_out"]


class Denied(Exception):
    """Somebody may not do this; the message is for them."""


def person() -> Person:
    """Who this run is for, looked up now: a sign-in that has ended since the page was drawn is nobody's."""
    return current().person


def allow(kind: str, site: str = "", *, role: Role | None = None, deny: Deny = record) -> Author:
    """The person of this run as the author of an event of this kind at a site, in ``role`` if they have several.

    Raises Denied, once the attempt was recorded by ``deny``, where they may not. To be called by every function that writes.
    """
    visit = current()
    author = author_for(visit.person, kind, site, role)
    if author is not None:
        return author
    at = f" at {site}" if site else ""
    asked = visit.person.author(role) if role and role in visit.person.roles else foremost(visit.person)
    deny(asked, f"{kind}{at}: not allowed")
    raise Denied(_why(visit, kind, at))


def _why(visit: Visit, kind: str, at: str) -> str:
    if visit.told:
        return f"{visit.told} Nothing was recorded; what you wrote is still on this page."
    what = kind.replace("_", " ")
    if not visit.person.signed_in:
        return f"Nobody is signed in, so “{what}” was not recorded. It is for: {who(kind)}. What you wrote is still on this page."
    return (
        f"“{what}”{at} is for: {who(kind)}. Your roles and sites do not include it, so nothing was recorded. "
        "If they should, ask whoever looks after access here. What you wrote is still on this page."
    )

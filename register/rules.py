"""May this event be recorded? Pure: the answer is a list of refusals, each saying what is wrong, what is allowed and what to do.

Rules of words, roles and sites are here; those of each kind of event are in register.action_rules and register.review_rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import date
from typing import Any

from register import action_rules, review_rules
from register import events as ev
from register.events import Event, Evidence
from register.refusal import Refusal
from register.roles import Author, Role, may_record, who_may
from register.state import State
from register.text import MOST_CHARACTERS

# The fictional site of the example register; it is never in one register with a real site.
EXAMPLE_SITE = "example"

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_LINK = re.compile(r"https://[^\s/]+(/\S*)?")
# Fields that may be left empty; every other text says something.
_OPTIONAL = frozenset({
    "evidence.link", "next_milestone", "outcome", "comment", "words", "we_did", "difference", "could_not",
    "comment_moderated.reason", "withdrawn.reason",
})  # fmt: skip
# Which fields of an earlier event may be put right: words of the service. What the panel said is the panel's.
CORRECTABLE: dict[str, frozenset[str]] = {
    "priority_added": frozenset({"title", "why"}),
    "action_added": frozenset({"title", "why", "lead", "coproduced_with"}),
    "status_reported": frozenset({"happened", "next_milestone", "outcome"}),
    "milestone_added": frozenset({"title"}),
    "meeting_planned": frozenset({"support_offered"}),
    "meeting_held": frozenset({"support_offered"}),
    "question_answered": frozenset({"you_said", "we_did", "difference", "could_not"}),
}


def refusals(event: Event, state: State, today: date, author: Author, site: str) -> list[Refusal]:
    """Why an event may not be recorded now, at this site, by this author; empty where it may."""
    role = _role(event, author, site)
    if role:
        return [role]
    return [*_words(event, site)] or [*_BY_KIND[event.kind](event, state, today, author)]


def _role(event: Event, author: Author, site: str) -> Refusal | None:
    if may_record(author, event.kind, site):
        return None
    what = event.kind.replace("_", " ")
    if author.role is Role.ACTION_LEAD and may_record(Author(author.role, author.account, frozenset({site})), event.kind, site):
        named = ", ".join(sorted(author.sites)) or "none"
        return Refusal(
            "site", f"As action lead you may record for your own sites only ({named}); this is {site}. Ask its action lead.", denied=True
        )
    return Refusal("role", f"“{what}” cannot be recorded by the role {author.role.words}. It is for: {who_may(event.kind)}.", denied=True)


def _words(event: Event, site: str) -> Iterator[Refusal]:
    """Texts that are empty, too long, no identifier or no link; titles of the example that do not say so."""
    for name, text in _texts(event):
        if not text:
            if name not in _OPTIONAL and f"{event.kind}.{name}" not in _OPTIONAL:
                yield Refusal(name, f"“{_field(name)}” is empty. Write it in a few words.")
        elif len(text) > MOST_CHARACTERS:
            yield Refusal(name, f"“{_field(name)}” has {len(text):,} characters. {MOST_CHARACTERS:,} are allowed: shorten it.")
        elif name.endswith("_id") and name != "event_id" and not _ID.fullmatch(text):
            yield Refusal(name, f"{text!r} cannot be an identifier. Allowed are 1 to 64 small letters, digits, - and _.")
        elif name == "evidence.link" and not _LINK.fullmatch(text):
            yield Refusal("evidence", f"{text!r} is not a link that can be followed. It begins with https:// and has no spaces.")
    title = getattr(event, "title", None)
    if isinstance(event, ev.CorrectionMade) and event.field == "title":
        title = event.value
    if site == EXAMPLE_SITE and title and "example" not in title.casefold():
        yield Refusal("title", f"{title!r} is of the example register. Put the word Example into its title.")


def _texts(event: Event) -> Iterator[tuple[str, str]]:
    for field in fields(event):
        value = getattr(event, field.name)
        if type(value) is str:
            yield field.name, value
        elif isinstance(value, tuple):
            if not value and field.name != "evidence":
                yield field.name, ""
            yield from _texts_of(field.name, value)  # pyright: ignore[reportUnknownArgumentType]


def _texts_of(name: str, values: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    for value in values:
        if isinstance(value, Evidence):
            yield "evidence.text", value.text
            yield "evidence.link", value.link
        else:
            yield name, value


def _field(name: str) -> str:
    return name.replace(".", " ").replace("_", " ")


def _correction(event: ev.CorrectionMade, state: State, _today: date, author: Author) -> Iterator[Refusal]:
    entry = state.entry(event.of, event.event_id)
    if entry is None:
        yield Refusal("event_id", f"There is no entry {event.event_id!r} of {event.of}. Choose one of its history.")
        return
    kind, allowed = entry.event.kind, CORRECTABLE.get(entry.event.kind, frozenset[str]())
    if event.field not in allowed:
        instead = f"Allowed are: {', '.join(sorted(allowed))}." if allowed else "Nothing of it can; record what is so now as a new event."
        yield Refusal("field", f"“{_field(event.field)}” of “{kind.replace('_', ' ')}” cannot be corrected. {instead}")
        return
    if not may_record(author, kind, entry.site):
        yield Refusal("role", f"The role {author.role.words} may correct only what it may record. Ask: {who_may(kind)}.", denied=True)
    if not getattr(entry.event, event.field):
        yield Refusal("field", f"“{_field(event.field)}” was left empty, so there is nothing to correct. Record a new event that says it.")
    if event.field == "lead":
        yield from action_rules.roles_not_names("value", event.value)


_BY_KIND: dict[str, Callable[[Any, State, date, Author], Iterator[Refusal]]] = {
    **action_rules.BY_KIND,
    **review_rules.BY_KIND,
    "correction_made": _correction,
}

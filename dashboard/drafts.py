"""A form: what is written in it, what it has seen, and what became of it when it was sent.

What is written belongs to the session, not to the page: it is there again after a conflict, a refusal, a sign-in that ended, and
a walk to another page. The keys of the fields hold the UUID of the event to come, so that a button that is pressed twice sends
the same event twice, which is recorded once; when it is recorded the form begins anew, and empty.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import streamlit as st

from dashboard import changes
from dashboard.recording import CHANGED, CHECK, Outcome, record
from dashboard.text import escaped, literal
from register.events import Event
from register.refusal import Refusal
from register.roles import Role
from register.state import State

SESSION: Any = "session"
"""How long a field keeps what is written in it."""


@dataclass
class Form:
    """A form of one event. ``name`` tells it from the other forms of the session."""

    name: str
    site: str
    event_id: str
    outcome: Outcome | None = None
    done: str = ""

    def key(self, field: str) -> str:
        """The key of a field's box."""
        return f"{self.name}:{self.event_id}:{field}"

    def value(self, field: str, otherwise: Any = "") -> Any:
        """What stands in a field."""
        return st.session_state.get(self.key(field), otherwise)

    def said(self, field: str) -> str:
        """What is written in a field."""
        return str(self.value(field) or "")

    def send(self, make: Callable[[], Event | None], seen: int, done: str, role: Role | None = None) -> None:
        """Called by the button: record what the form says now. ``make`` gives None where it says too little to be an event."""
        event = make()
        if event is None:
            self.outcome = Outcome(seen)
            return
        outcome = record(event, self.site, _seen(self.site, event.subject, seen), self.event_id, role)
        _has_seen(self.site, event.subject, outcome.version)
        if outcome.entry:
            begin_anew(self, done)
        else:
            self.outcome = outcome

    @property
    def sent(self) -> bool:
        """Whether it was sent and not recorded."""
        return self.outcome is not None

    def tell(self) -> None:
        """What became of the form: that it was recorded, that others changed its subject meanwhile, or another trouble."""
        if self.done:
            st.success(literal(self.done))
        if self.outcome and self.outcome.changes:
            told = "".join(f"\n- {literal(one)}" for one in changes.sentences(self.outcome.changes))
            st.error(f"{literal(CHANGED)}\n{told}\n\n{literal(CHECK)}")
        if self.outcome and self.outcome.trouble:
            st.error(literal(self.outcome.trouble))

    def refuse(self, refused: tuple[Refusal, ...], *fields: str) -> None:
        """Beside a field, once the form was sent: what is wrong with it and what is allowed."""
        for one in refused if self.sent else ():
            if one.field in fields:
                st.error(literal(one.sentence))


def form(name: str, site: str) -> Form:
    """The form of a name, as it was left."""
    kept: dict[str, Form] = st.session_state.setdefault("forms", {})
    return kept.setdefault(f"{name}@{site}", Form(f"{name}@{site}", site, str(uuid4())))


def begin_anew(old: Form, done: str) -> None:
    """An empty form in the place of one that was recorded."""
    for key in [key for key in st.session_state if str(key).startswith(f"{old.name}:{old.event_id}:")]:
        del st.session_state[key]
    old.event_id, old.outcome, old.done = str(uuid4()), None, done


def opened(site: str, subject: str, state: State) -> int:
    """The version of a subject that this session has seen: as it was when its page was opened first, or what was told since."""
    return _seen(site, subject, state.version(subject))


def _seen(site: str, subject: str, now: int) -> int:
    return st.session_state.setdefault(f"seen:{site}:{subject}", now)


def _has_seen(site: str, subject: str, version: int) -> None:
    st.session_state[f"seen:{site}:{subject}"] = version


def preview(html: str, words: str = "This is what everyone will see") -> None:
    """What is about to be shown, before it is sent."""
    st.html(f'<div class="cg-preview"><p class="cg-preview-head">{escaped(words)}</p>{html}</div>')

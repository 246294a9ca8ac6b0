"""A form: what is written in it, what it has seen, and what became of it when it was sent.

What is written belongs to the session, not to the page: it is there again after a conflict, a refusal, a sign-in that ended, and
a walk to another page. The keys of the fields hold the UUID of the event to come, so that a button that is pressed twice sends
the same event twice, which is recorded once; when it is recorded the form begins anew, and empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import streamlit as st

from dashboard import changes
from dashboard.recording import CHANGED, CHECK, Outcome, record
from dashboard.text import literal
from register.events import Event
from register.refusal import Refusal
from register.roles import Role
from register.state import State
from register.text import MOST_CHARACTERS

NOT_YET = "Not recorded yet. Look at what is said beside the fields above."
# How long a field keeps what is written in it.
_KEPT: Any = {"persist_state": "session"}


@dataclass
class Form:
    """A form of one event. ``name`` tells it from the other forms of the session."""

    name: str
    site: str
    event_id: str
    outcome: Outcome | None = None
    done: str = ""
    just_sent: bool = False

    # ------------------------------------------------------------------------------------------------------ Its fields

    def key(self, field: str) -> str:
        """The key of a field's box."""
        return f"{self.name}:{self.event_id}:{field}"

    def value(self, field: str) -> Any:
        """What stands in a field, None where nothing was chosen."""
        return st.session_state.get(self.key(field))

    def said(self, field: str) -> str:
        """What is written in a field."""
        return str(self.value(field) or "").strip()

    def area(self, label: str, field: str, help: str | None = None) -> None:
        """A field for sentences."""
        st.text_area(label, key=self.key(field), max_chars=MOST_CHARACTERS, height=110, help=help, **_KEPT)

    def line(self, label: str, field: str, help: str | None = None) -> None:
        """A field for a few words."""
        st.text_input(label, key=self.key(field), max_chars=MOST_CHARACTERS, help=help, **_KEPT)

    def day(self, label: str, field: str) -> None:
        """A field for a date."""
        st.date_input(label, value=None, key=self.key(field), format="DD/MM/YYYY", **_KEPT)

    def one_of(self, label: str, field: str, names: Mapping[Any, str]) -> None:
        """One of a few, all of them on the screen."""
        st.radio(label, list(names), index=None, format_func=names.__getitem__, key=self.key(field), **_KEPT)

    def chosen(self, label: str, field: str, names: Mapping[Any, str]) -> None:
        """One of many."""
        st.selectbox(label, list(names), index=None, format_func=names.__getitem__, key=self.key(field), placeholder="Choose", **_KEPT)

    def tick(self, label: str, field: str) -> None:
        """Yes or no."""
        st.checkbox(label, key=self.key(field), **_KEPT)

    def button(self, label: str, make: Callable[[], Event | None], seen: int, done: str, role: Role | None = None) -> None:
        """Sends the form; ``done`` is said once it is recorded. What became of it stands here, where the eye is when it is pressed."""
        self.tell()
        st.button(label, key=self.key("send"), type="primary", on_click=self.send, args=(make, seen, done, role))

    # ------------------------------------------------------------------------------------------------- What became of it

    def send(self, make: Callable[[], Event | None], seen: int, done: str, role: Role | None = None) -> None:
        """Record what the form says now. ``make`` gives None where it says too little to be an event."""
        event, self.just_sent = make(), True
        if event is None:
            self.outcome = Outcome(seen)
            return
        outcome = record(event, self.site, _seen(self.site, event.subject, seen), self.event_id, role)
        _has_seen(self.site, event.subject, outcome.version)
        if outcome.entry is None:
            self.outcome = outcome
            return
        for key in self._keys:
            del st.session_state[key]
        self.event_id, self.outcome, self.done = str(uuid4()), None, done

    @property
    def open(self) -> bool:
        """Whether there is something to tell of it, or something is written in it that is not recorded."""
        return self.outcome is not None or bool(self.done) or self.written

    @property
    def written(self) -> bool:
        """Whether anything stands in its fields."""
        return any(bool(st.session_state[key]) for key in self._keys if key != self.key("send"))

    @property
    def _keys(self) -> list[str]:
        return [str(key) for key in st.session_state if str(key).startswith(self.key(""))]

    def tell(self) -> None:
        """That it was recorded (until something else is written), that others changed its subject meanwhile, or another trouble."""
        if self.done and self.written:
            self.done = ""
        if self.done:
            st.success(literal(self.done))
        if self.outcome and self.outcome.changes:
            told = "".join(f"\n- {literal(one)}" for one in changes.sentences(self.outcome.changes))
            st.error(f"{literal(CHANGED)}\n{told}\n\n{literal(CHECK)}")
        if self.outcome and self.outcome.trouble:
            st.error(literal(self.outcome.trouble))
        if self.just_sent and self.outcome and not self.outcome.changes and not self.outcome.trouble:
            st.error(NOT_YET)
        self.just_sent = False

    def refuse(self, refused: tuple[Refusal, ...], *fields: str, at_once: bool = False) -> None:
        """Beside a field, once the form was sent (or at once): what is wrong with it, what is allowed and what to do."""
        for one in refused if self.outcome or at_once else ():
            if one.field in fields:
                st.error(literal(one.sentence))

    def need(self, field: str, words: str) -> None:
        """Beside a field, once the form was sent: that nothing was chosen."""
        if self.outcome and self.value(field) is None:
            st.error(literal(words))


def form(name: str, site: str) -> Form:
    """The form of a name, as it was left."""
    kept: dict[str, Form] = st.session_state.setdefault("forms", {})
    return kept.setdefault(f"{name}@{site}", Form(f"{name}@{site}", site, str(uuid4())))


def any_written() -> bool:
    """Whether this session has opened a form."""
    return bool(st.session_state.get("forms"))


def opened(site: str, subject: str, state: State) -> int:
    """The version of a subject that this session has seen: as it was when a form of it was opened first, or what was told since."""
    return _seen(site, subject, state.version(subject))


def dated(event_day: Any) -> date | None:
    """The day of a date field, None where none was chosen."""
    return event_day if isinstance(event_day, date) else None


def _seen(site: str, subject: str, now: int) -> int:
    return st.session_state.setdefault(f"seen:{site}:{subject}", now)


def _has_seen(site: str, subject: str, version: int) -> None:
    st.session_state[f"seen:{site}:{subject}"] = version

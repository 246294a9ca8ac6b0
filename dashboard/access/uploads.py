"""Which sessions may send files, and how much: asked by the server before a byte of a file is read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from dashboard.access.person import Person

HOUR = 3600.0
KEEP_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Sender:
    """Who was at a session at its last run, who is there at the moment of asking, and their bytes an hour."""

    person: Person
    look_up: Callable[[], Person]
    allowance: int
    seen: float


@dataclass(slots=True)
class Senders:
    """The sessions of this process, whose files are in this process too; one object serves all its threads."""

    _sessions: dict[str, Sender] = field(default_factory=dict[str, Sender])
    _sent: dict[str, deque[tuple[float, int]]] = field(default_factory=dict[str, "deque[tuple[float, int]]"])
    _told: set[str] = field(default_factory=set[str])
    _lock: Lock = field(default_factory=Lock)

    def note(self, session: str, sender: Sender) -> None:
        """Remember who is at a session as of its last run; sessions not seen for a day are forgotten."""
        with self._lock:
            self._sessions.pop(session, None)
            self._sessions[session] = sender  # at the end: the first is the one seen longest ago
            while (oldest := next(iter(self._sessions))) and self._sessions[oldest].seen < sender.seen - KEEP_SECONDS:
                del self._sessions[oldest]
                self._told.discard(oldest)

    def at(self, session: str) -> Sender | None:
        """Who is at a session; None if it is not one of this process."""
        with self._lock:
            return self._sessions.get(session)

    def take(self, sender: Sender, size: int, now: float) -> bool:
        """Whether ``size`` more bytes are within the account's allowance for an hour; if so they are counted."""
        with self._lock:
            sent = self._sent.setdefault(sender.person.account, deque())
            while sent and sent[0][0] <= now - HOUR:
                sent.popleft()
            if sum(one for _, one in sent) + size > sender.allowance:
                return False
            sent.append((now, size))
            return True

    def first_refusal(self, session: str) -> bool:
        """Whether a refusal of this session is its first: the others would only fill the record."""
        with self._lock:
            first = session not in self._told
            self._told.add(session)
            return first


SENDERS = Senders()

"""The store: events go in at the end, under the rules as they stand at that moment, and stay."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select

from register import chain, database
from register.events import Entry, Event
from register.faults import RegisterFault
from register.records import START, canonical, digest, from_record, moment, parsed, to_payload
from register.refusal import Refusal
from register.roles import Author
from register.rows import last_record, records, to_record
from register.rules import EXAMPLE_SITE, refusals
from register.settings import register_url
from register.state import State, after, state_at
from register.tables import DENIED, EVENTS
from register.text import cleaned


class Refused(Exception):
    """An event was not recorded, for these reasons."""

    def __init__(self, reasons: list[Refusal]) -> None:
        super().__init__(" ".join(one.sentence for one in reasons))
        self.reasons = reasons


class Denied(Refused):
    """The author's role, or site, does not allow it; the attempt was recorded."""


class Conflict(Exception):
    """Somebody recorded something about the same subject since it was read: what, and the version to go on from."""

    def __init__(self, subject: str, changes: tuple[Entry, ...], version: int) -> None:
        super().__init__(f"{subject} has changed since you opened it ({len(changes)} new). Nothing of yours was recorded or lost.")
        self.subject, self.changes, self.version = subject, changes, version


@dataclass(frozen=True)
class Known:
    """A site's entries up to one of the register, and the state that they say."""

    entries: tuple[Entry, ...] = ()
    state: State = field(default_factory=State)


@dataclass
class Register:
    """A register in a database. One object serves all threads of a process.

    What was read is kept: a site's state is its kept state and the entries since. Entries never change, so neither does it.
    """

    engine: Engine
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    _known: dict[str, Known] = field(default_factory=dict[str, Known])
    _whole: tuple[str, Mapping[str, Known]] | None = None
    _lock: Lock = field(default_factory=Lock)

    def append(self, event: Event, author: Author, *, site: str, seen: int, event_id: str | None = None) -> Entry:
        """Record an event; once this returns it is on disk.

        `seen`: the version of its subject that the author saw (State.version), 0 for a new one. `event_id`: a UUID made with the
        form; sent a second time it gives the entry of the first. Raises Refused, Denied (the attempt is recorded), Conflict, or
        RegisterFault where the register cannot be used.
        """
        event, event_id = cleaned(event), _identifier(event_id)
        try:
            with database.writing(self.engine) as connection:
                return self._append(connection, event, author, site, seen, event_id)
        except Denied as denied:
            self.deny(author, f"{event.kind} of {event.subject} at {site}: {denied}")
            raise

    def _append(self, connection: Connection, event: Event, author: Author, site: str, seen: int, event_id: str) -> Entry:
        earlier = connection.execute(select(EVENTS).where(EVENTS.c.id == event_id)).mappings().first()
        if earlier:
            return _same(earlier, event, author, site)
        known = self._caught_up(connection, site)
        last = last_record(connection)
        at = self._later_than(last)
        today = at.date()
        reasons = refusals(event, known.state, today, author, site)
        if any(one.denied for one in reasons):
            raise Denied(reasons)
        version = known.state.version(event.subject)
        # A conflict is told first: what changed may be why a rule refuses.
        if version != seen:
            raise Conflict(event.subject, known.state.history.get(event.subject, ())[seen:], version)
        reasons += _mixed(last, site)
        if reasons:
            raise Refused(reasons)
        row: dict[str, Any] = {
            "sequence": last["sequence"] + 1 if last else 1,
            "id": event_id,
            "site": site,
            "subject": event.subject,
            "kind": event.kind,
            "payload": to_payload(event),
            "role": author.role.value,
            "account": author.account,
            "at": moment(at),
            "previous": last["hash"] if last else START,
        }
        row["hash"] = digest(row)
        connection.execute(insert(EVENTS).values(**row | {"payload": canonical(row["payload"])}))
        return from_record(row)

    def _later_than(self, last: Mapping[str, Any] | None) -> datetime:
        """Now; or just after the last entry where the clock was put back, so that no past moment's state ever changes."""
        now = self.now()
        return max(now, parsed(last["at"]) + timedelta(microseconds=1)) if last else now

    def state(self, site: str) -> State:
        """A site's state as it is now."""
        return self._read(site).state

    def state_at(self, site: str, when: datetime) -> State:
        """A site's state as it was at a moment (UTC)."""
        return state_at(self._read(site).entries, when)

    def entries(self, site: str) -> tuple[Entry, ...]:
        """Everything that was recorded of a site, oldest first."""
        return self._read(site).entries

    def sites(self) -> tuple[str, ...]:
        """The sites of which something was recorded."""
        return tuple(self.whole())

    def whole(self) -> Mapping[str, Known]:
        """What is known of every site of which something was recorded, all of one moment: the head of the chain settles it."""
        with database.reading(self.engine) as connection:
            last = last_record(connection)
            head = last["hash"] if last else START
            if self._whole and self._whole[0] == head:
                return self._whole[1]
            sites = connection.execute(select(EVENTS.c.site).distinct().order_by(EVENTS.c.site)).scalars().all()
            found = {site: self._caught_up(connection, site) for site in sites}
        self._whole = (head, found)
        return found

    def deny(self, author: Author, what: str) -> None:
        """Record an attempt that was not allowed."""
        with database.writing(self.engine) as connection:
            values = {"at": moment(self.now()), "role": author.role.value, "account": author.account, "what": what}
            connection.execute(insert(DENIED).values(**values))

    def denied(self) -> list[dict[str, str]]:
        """The attempts that were not allowed, oldest first: at, role, account, what."""
        with database.reading(self.engine) as connection:
            columns = [DENIED.c.at, DENIED.c.role, DENIED.c.account, DENIED.c.what]
            return [dict(row) for row in connection.execute(select(*columns).order_by(DENIED.c.number)).mappings()]

    def verify(self, kept: str = "") -> chain.Verdict:
        """Whether every entry is as it was recorded, in its place; `kept` is a head hash noted elsewhere."""
        with database.reading(self.engine) as connection:
            return chain.verify(records(connection), kept)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _read(self, site: str) -> Known:
        with database.reading(self.engine) as connection:
            return self._caught_up(connection, site)

    def _caught_up(self, connection: Connection, site: str) -> Known:
        with self._lock:
            known = self._known.get(site, Known())
        if known.entries and not _still_there(connection, known.entries[-1]):
            known = Known()  # another register was put in its place
        since = known.entries[-1].sequence if known.entries else 0
        fresh = tuple(from_record(record) for record in records(connection, site=site, since=since))
        if not fresh:
            return known
        state = known.state
        for entry in fresh:
            state = after(state, entry)
        known = Known((*known.entries, *fresh), state)
        with self._lock:
            self._known[site] = known
        return known


def open_register(url: str | None = None, *, make: bool = True) -> Register:
    """The register at an address, by default that of this run's settings; an empty database gets its tables if `make` says so."""
    engine = database.connect(url or register_url())
    database.prepare(engine, make=make)
    return Register(engine)


def _identifier(given: str | None) -> str:
    try:
        return str(uuid.UUID(given)) if given else str(uuid.uuid4())
    except ValueError as error:
        raise RegisterFault(f"{given!r} is not a UUID. Give one that was made with the form, or none.") from error


def _same(earlier: RowMapping, event: Event, author: Author, site: str) -> Entry:
    """The entry that is there already, if the same was asked twice."""
    asked = (site, event.kind, canonical(to_payload(event)), author.role.value, author.account)
    if asked != tuple(earlier[name] for name in ("site", "kind", "payload", "role", "account")):
        raise RegisterFault(f"Another event is recorded under {earlier['id']}. Open the form again: it makes a new identifier.")
    return from_record(to_record(earlier))


def _still_there(connection: Connection, entry: Entry) -> bool:
    found = connection.execute(select(EVENTS.c.hash).where(EVENTS.c.sequence == entry.sequence)).scalar()
    return found == entry.hash


def _mixed(last: Mapping[str, Any] | None, site: str) -> list[Refusal]:
    """The example never stands in one register with a real site."""
    if last is None or (last["site"] == EXAMPLE_SITE) == (site == EXAMPLE_SITE):
        return []
    what = "the example; real sites have a register of their own" if last["site"] == EXAMPLE_SITE else "real sites; the example has its own"
    return [Refusal("site", f"This register holds {what}. See docs/register.md.")]

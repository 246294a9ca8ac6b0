"""The one place where the dashboard reads the register: what was promised at each site, how far it has got, what the panel says.

A register that is missing, damaged or busy breaks no page: it reads as empty, and ``trouble`` says in words what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import streamlit as st
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from dashboard import knowledge
from register.entities import Priority
from register.events import Entry
from register.example import SITE_NAME
from register.faults import RegisterFault
from register.reference import study_priorities
from register.rules import EXAMPLE_SITE
from register.settings import example_file, register_url, sqlite_url
from register.state import State, as_shown, end_of, state_at
from register.store import Known, Register, open_register

NO_EXAMPLE = "There is no example register yet. To make it: python -m register example"
UNSOUND = (
    "The register was changed behind Common Ground's back, so nothing of it is shown: {fault} Whoever looks after it sees more "
    "with: python -m register verify"
)


@dataclass(frozen=True)
class Promises:
    """The register as one run of a page reads it: state by site, in the order of the sites, on ``day``.

    ``trouble`` says why nothing could be read, and is empty where all is well. The same ``version`` is the same content.
    """

    day: date
    states: Mapping[str, State] = field(default_factory=dict[str, State])
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict[str, tuple[Entry, ...]])
    trouble: str = ""

    @property
    def is_example(self) -> bool:
        """Whether this is the fictional register, which says so wherever it is shown or saved."""
        return EXAMPLE_SITE in self.states

    @property
    def is_empty(self) -> bool:
        """Whether no site has entered an action yet."""
        return not any(state.actions for state in self.states.values())

    @property
    def version(self) -> str:
        """A short text that settles all that is read: the day, and the last entry of each site."""
        last = [f"{site}={entries[-1].sequence}:{entries[-1].hash[:16]}" for site, entries in self.entries.items() if entries]
        return " ".join([self.day.isoformat(), *last, self.trouble])


def today() -> date:
    """The day by which pages tell what is overdue or stale (UTC). Tests put another in its place."""
    return datetime.now(UTC).date()


def read(day: date | None = None) -> Promises:
    """The register as it is now; on an earlier day, as it was at its end, without what was withdrawn or held back since."""
    now = today()
    try:
        register = _there()
        return _read(register, day if day and day < now else None, now) if register else _nothing(now, NO_EXAMPLE if _is_example() else "")
    except (RegisterFault, SQLAlchemyError, OSError) as error:
        return _nothing(now, str(error))


def state(site: str) -> State:
    """What is known of one site now; empty where the register cannot be read."""
    return read().states.get(site, State())


def states() -> Mapping[str, State]:
    """What is known of every site now, in the order of the sites, those without an entry too."""
    return read().states


def entries(site: str) -> tuple[Entry, ...]:
    """Everything that was recorded of a site, oldest first."""
    return read().entries.get(site, ())


def trouble() -> str:
    """Why the register cannot be read, in words; empty where it can, or where nobody has begun one."""
    return read().trouble


def to_write() -> Register:
    """The register to record in; one that is not there yet is made. RegisterFault says in words why it cannot be used."""
    open_register().close()
    return _opened(*_address())


def names() -> dict[str, str]:
    """The names of the sites that this register can be about, by id: the study's, or the fictional one alone."""
    if _is_example():
        return {EXAMPLE_SITE: SITE_NAME}
    return {one.key: one.name for one in knowledge.sites()}


def every_site() -> dict[str, str]:
    """The names of all sites that any register can be about, by id."""
    return {**{one.key: one.name for one in knowledge.sites()}, EXAMPLE_SITE: SITE_NAME}


def name_of(site: str) -> str:
    """The name of a site; its id where nobody has named it."""
    return every_site().get(site, site)


def priorities(of: State | None = None) -> dict[str, Priority]:
    """The study's five priorities, three consistent and two national, then a site's own, by id."""
    return {**study_priorities(), **(of.priorities if of else {})}


def _nothing(day: date, why: str) -> Promises:
    return Promises(day, {site: State() for site in names()}, trouble=why)


def _read(register: Register, past: date | None, now: date) -> Promises:
    whole = register.whole()
    known = {site: whole.get(site, Known()) for site in dict.fromkeys([*names(), *whole])}
    kept = {site: one.entries for site, one in known.items()}
    present = {site: one.state for site, one in known.items()}
    if past is None:
        return Promises(now, present, kept)
    then = {site: as_shown(state_at(kept[site], end_of(past)), present[site]) for site in known}
    return Promises(past, then, kept)


def _is_example() -> bool:
    try:
        return register_url() == sqlite_url(example_file())
    except RegisterFault:
        return False


def _there() -> Register | None:
    """The register of this run's settings; None where nobody has begun one, which reading does not do either."""
    url, stamp = _address()
    return _opened(url, stamp) if stamp else None


def _address() -> tuple[str, int]:
    """The register's address, and what tells its file from another of the same name: 0 where there is none."""
    url = register_url()
    place = make_url(url)
    if place.get_backend_name() != "sqlite":
        return url, 1
    file = Path(place.database or "")
    return url, file.stat().st_ino if file.is_file() else 0


# What is opened is sound: a history that was changed behind the application's back is told, not shown.
@st.cache_resource(max_entries=3, show_spinner=False, on_release=lambda held: held.close())
def _opened(url: str, stamp: int) -> Register:
    assert stamp, f"there is no register at {url}"
    register = open_register(url, make=False)
    verdict = register.verify()
    if not verdict.sound:
        register.close()
        raise RegisterFault(UNSOUND.format(fault=verdict.fault))
    return register

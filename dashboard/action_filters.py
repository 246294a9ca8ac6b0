"""The choices of the page of actions: site, priority, status, day, one action. All of them live in the address."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import promises
from dashboard.action_words import STATUSES
from dashboard.actions import Choice, month_ends, promised
from dashboard.address import choose
from dashboard.choosing import site_of
from dashboard.filters import ALL_SITES
from dashboard.promises import Promises
from equity import periods
from register.entities import Priority

TODAY = "today"
_LONG_AGO = date(2000, 1, 1)
KINDS = {
    "overdue": "Past the due date",
    "stale": "No update for 90 days",
    "disputed": "The panel disagrees",
    "unmeasured": "No measure",
}
DAY_HELP = "The state at the end of that day. What was withdrawn since is not shown."


def choose_site(release_id: str, read: Promises) -> str:
    """A site of the register, or all of them."""
    sites = {site: promises.name_of(site) for site in read.states}
    offered = {ALL_SITES.key: ALL_SITES.name, **sites} if len(sites) > 1 else sites
    return site_of("Place", offered, next(iter(offered)), release_id)


def choose_actions(release_id: str, now: Promises) -> tuple[Promises, Choice]:
    """What is to be shown, and the register as it was on the day chosen."""
    place = choose_site(release_id, now)
    read = _choose_day(now)
    states = {site: state for site, state in read.states.items() if place in {ALL_SITES.key, site}}
    known: dict[str, Priority] = {}
    for state in states.values():
        known |= promises.priorities(state)
    priority = choose("Priority", "priority", {"all": "All priorities", **{key: one.title for key, one in known.items()}}, "all")
    statuses = {str(one): f"{one.letter}: {one.words}" for one in STATUSES}
    status = choose("Status", "status", {"all": "Every status", **statuses, **KINDS}, "all")
    actions = {one.key: one.action.title for one in promised(read, states)}
    every = {one.key for one in promised(now, now.states)}
    action = choose("Action", "action", {"all": "All actions", **actions}, "all", elsewhere=every - actions.keys())
    return read, Choice(place, priority, status, action)


def _choose_day(now: Promises) -> Promises:
    """The register as it is today, or as it was at the end of a past month; an address may name any day up to today."""
    first = min((entries[0].at.date() for entries in now.entries.values() if entries), default=now.day)
    offered = {TODAY: "Today", **{day.isoformat(): periods.day(day) for day in reversed(month_ends(first, now.day)[:-1])}}
    asked = _day_of(str(st.query_params.get("day", "")), now.day)
    if asked and asked.isoformat() not in offered:
        offered[asked.isoformat()] = periods.day(asked)
    chosen = choose("As it was on", "day", offered, TODAY, help=DAY_HELP)
    return now if chosen == TODAY else promises.read(date.fromisoformat(chosen))


def _day_of(text: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _LONG_AGO <= day <= today else None

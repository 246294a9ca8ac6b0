"""The view of priorities and actions: what each site promised, how far each has got, and what the panel says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain

from dashboard import promises
from dashboard.filters import ALL_SITES
from dashboard.once import property_once
from dashboard.promises import Promises
from dashboard.subject import Subject, link
from equity import periods
from register.entities import Action, Meeting, PanelView, Priority
from register.state import State
from register.status import ShownStatus, disagrees, shown_status, statuses_over_time, views_of
from register.terms import Status

# Most days on which the distribution of statuses is drawn.
MOST_DAYS = 12
SOURCE = "the register of priority actions, entered by the sites"
EXAMPLE_SOURCE = "Example: the fictional register of the Example Trust"
LICENCE = "Words of the sites and their panels"
EXAMPLE_LICENCE = "Example: true of no place"


@dataclass(frozen=True)
class Promise:
    """An action of a site as it is shown on a day: the service's status, and the panel's views of the last review beside it."""

    site: str
    place: str
    priority: Priority
    action: Action
    shown: ShownStatus
    views: tuple[PanelView, ...]
    review: Meeting | None

    @property
    def key(self) -> str:
        """The action's name in the address, of one site among all."""
        return f"{self.site}.{self.action.action_id}"

    @property
    def address(self) -> str:
        """Where everything about it is told."""
        return link("actions", place=self.site, action=self.key)

    @property
    def disagreeing(self) -> int:
        """How many of the panel's views contradict the status."""
        return sum(disagrees(self.shown.status, one.view) for one in self.views)


@dataclass(frozen=True)
class Choice:
    """What a reader wants to see: a site or all, a priority or all, a kind of status or all, one action or all."""

    place: str = ALL_SITES.key
    priority: str = "all"
    status: str = "all"
    action: str = "all"


@dataclass(frozen=True)
class ActionsView:
    """The actions that were chosen, of all those of the chosen site or sites."""

    read: Promises
    choice: Choice
    release_id: str
    every: Sequence[Promise]
    told: Sequence[Promise]

    @property
    def states(self) -> Mapping[str, State]:
        """The states of the site or sites chosen."""
        chosen = self.choice.place
        return {site: state for site, state in self.read.states.items() if chosen in {ALL_SITES.key, site}}

    @property
    def place(self) -> str:
        """The site's name, or that of all of them."""
        return ALL_SITES.name if self.choice.place == ALL_SITES.key else promises.name_of(self.choice.place)

    @property
    def where(self) -> str:
        """The place as a sentence goes on with it."""
        return "at all study sites" if self.choice.place == ALL_SITES.key else f"at {self.place}"

    @property
    def one(self) -> Promise | None:
        """The one action that was chosen, None where several are shown."""
        return next((one for one in self.every if one.key == self.choice.action), None)

    @property_once
    def distribution(self) -> Mapping[date, Counter[Status]]:
        """How many actions showed each status on days of the past, and on the day of the view."""
        entries = [self.read.entries.get(site, ()) for site in self.states]
        first = min((one.at.date() for one in chain(*entries) if one.event.kind == "action_added"), default=None)
        days = month_ends(first, self.read.day) if first else []
        found = {day: Counter[Status]() for day in days}
        for each in entries:
            for day, counts in statuses_over_time(each, days).items():
                found[day] += counts
        return found

    @property_once
    def subject(self) -> Subject:
        """What the chart and the files of this view are about."""
        example = self.read.is_example
        choices = {"place": self.choice.place, "priority": self.choice.priority, "status": self.choice.status}
        days = list(self.distribution)
        return Subject(
            file=f"{'example_' if example else ''}actions_{self.choice.place}_{self.read.day.isoformat()}",
            page="actions",
            choices=(*choices.items(), ("day", self.read.day.isoformat())),
            release_id=self.release_id,
            measure="Actions by the status that they showed",
            place=self.place,
            period=f"{periods.day(days[0])} to {periods.day(days[-1])}" if days else periods.day(self.read.day),
            source=EXAMPLE_SOURCE if example else SOURCE,
            licence=EXAMPLE_LICENCE if example else LICENCE,
            unknown="This counts actions, not people, so no ethnicity is missing from it.",
            names=(),
            version=self.read.version,
        )


def build(read: Promises, choice: Choice, release_id: str) -> ActionsView:
    """The actions of the register that were chosen."""
    view = ActionsView(read, choice, release_id, (), ())
    every = promised(read, view.states)
    wanted = [one for one in every if choice.priority in {"all", one.priority.priority_id} and _is(one, choice.status)]
    return replace(view, every=every, told=[one for one in wanted if choice.action in {"all", one.key}])


def promised(read: Promises, states: Mapping[str, State]) -> list[Promise]:
    """Every action: by site, then by priority in the study's order, then by its due date."""
    return [_promise(site, state, action, read.day) for site, state in states.items() for action in _in_order(state)]


def promise_of(read: Promises, site: str, action_id: str) -> Promise:
    """One action of a site."""
    state = read.states[site]
    return _promise(site, state, state.actions[action_id], read.day)


def _in_order(state: State) -> list[Action]:
    order = list(promises.priorities(state))
    return sorted(state.actions.values(), key=lambda one: (order.index(one.priority_id), one.due, one.action_id))


def _promise(site: str, state: State, action: Action, day: date) -> Promise:
    views = views_of(state, action.action_id)
    review = state.meetings[views[0].meeting_id] if views else None
    priority = promises.priorities(state)[action.priority_id]
    return Promise(site, promises.name_of(site), priority, action, shown_status(action, day), views, review)


def _is(one: Promise, status: str) -> bool:
    kinds = {
        "all": True,
        "overdue": one.shown.overdue_days > 0,
        "stale": one.shown.stale_days > 0,
        "disputed": one.disagreeing > 0,
        "unmeasured": not one.action.measures,
    }
    return kinds.get(status, one.shown.status == status)


def month_ends(first: date, last: date) -> list[date]:
    """The last day, and ends of months before it back to the first day: every month's, or every second's ... where they are many."""
    ends = list[date]()
    end = last.replace(day=1) - timedelta(days=1)
    while end >= first:
        ends.append(end)
        end = end.replace(day=1) - timedelta(days=1)
    step = -(-len(ends) // (MOST_DAYS - 1)) or 1
    return [*reversed(ends[::step]), last]

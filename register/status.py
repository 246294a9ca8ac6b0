"""What an action shows today, which is not always what was reported: dates pass, updates stop, the panel disagrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from register.entities import Action, Measure, PanelView, Question
from register.events import Entry
from register.state import State, end_of, state_at
from register.terms import Status, View

# An open action without an update for as many days is stale.
STALE_DAYS = 90


@dataclass(frozen=True)
class ShownStatus:
    """The status as it may be shown on a day, and what is derived from dates.

    `overdue_days`: since the due date of an open action; `late_days`: between the date that held and completion;
    `slippage_days`: from the first due date to the one that holds, or to today or completion where that is later. 0 is none.
    """

    status: Status
    reported: Status
    overdue_days: int
    stale_days: int
    late_days: int
    slippage_days: int
    confirmed: bool

    @property
    def words(self) -> str:
        """Letter, words and what is derived: "A at risk, overdue by 12 days, stale: no update for 95 days"."""
        return ", ".join([f"{self.status.letter} {self._status_words}", *self.notes])

    @property
    def notes(self) -> list[str]:
        """What dates say of it, each in a few words: "overdue by 12 days"."""
        said = (
            (self.late_days, f"completed late, {_days(self.late_days)} after it was due"),
            (self.overdue_days, f"overdue by {_days(self.overdue_days)}"),
            (self.stale_days, f"stale: no update for {_days(self.stale_days)}"),
        )
        return [words for there, words in said if there]

    @property
    def _status_words(self) -> str:
        return "complete and confirmed" if self.confirmed else self.status.words


def shown_status(action: Action, today: date) -> ShownStatus:
    """What an action shows on a day: open and past its due date, it is at risk at best; without updates, stale."""
    done = action.completed_on
    overdue = 0 if done else max(0, (today - action.due).days)
    status = Status.AT_RISK if overdue and action.status is Status.ON_TRACK else action.status
    return ShownStatus(
        status=status,
        reported=action.status,
        overdue_days=overdue,
        stale_days=0 if done else _stale_days(action, today),
        late_days=max(0, (done - action.due).days) if done else 0,
        slippage_days=max(0, ((done or max(action.due, today)) - action.first_due).days),
        confirmed=action.confirmed is not None,
    )


def statuses_over_time(entries: Iterable[Entry], days: Iterable[date]) -> dict[date, Counter[Status]]:
    """How many of a site's actions showed each status at the end of each day: whether red is ever used."""
    kept = tuple(entries)
    return {day: Counter(shown_status(one, day).status for one in state_at(kept, end_of(day)).actions.values()) for day in days}


def views_of(state: State, action_id: str) -> tuple[PanelView, ...]:
    """What the panel says of an action: the views, not withdrawn, of the last review at which any was given."""
    given = [one for one in state.views.values() if one.action_id == action_id and one.withdrawn is None]
    last = max((_meeting_key(state, one) for one in given), default=None)
    return tuple(one for one in given if _meeting_key(state, one) == last)


def disagrees(shown: Status, view: View) -> bool:
    """Whether a view contradicts the status beside it: complete or on track, and the panel sees it otherwise."""
    return view is View.DISAGREE or (view is View.NOT_ENOUGH and shown in {Status.COMPLETE, Status.ON_TRACK})


def disagreements(state: State, today: date) -> dict[str, int]:
    """Actions on which service and panel disagree, each with the number of views of the last review that say so."""
    counted = {
        name: sum(disagrees(shown_status(action, today).status, one.view) for one in views_of(state, name))
        for name, action in state.actions.items()
    }
    return {name: count for name, count in counted.items() if count}


def unanswered_days(question: Question, today: date) -> int | None:
    """For how many days a question has gone unanswered; None if it was answered or withdrawn."""
    if question.answers or question.withdrawn:
        return None
    return (today - question.given.date()).days


def without_measure(state: State) -> tuple[Action, ...]:
    """The actions that no indicator is linked to."""
    return tuple(action for action in state.actions.values() if not action.measures)


def gaps_without_action(state: State, gaps: Iterable[tuple[str, str, str]]) -> tuple[tuple[str, str, str], ...]:
    """Of these gaps (indicator, scheme, group), those that no action is to move; an action for everyone covers no group."""
    covered = {measure.key for action in state.actions.values() for measure in action.measures}
    return tuple(gap for gap in gaps if gap not in covered)


def actions_for(states: Mapping[str, State], indicator_id: str) -> tuple[tuple[str, Action, Measure], ...]:
    """Across sites, the actions that are to move an indicator: site, action, measure."""
    return tuple(
        (site, action, measure)
        for site, state in states.items()
        for action in state.actions.values()
        for measure in action.measures
        if measure.indicator_id == indicator_id
    )


def _stale_days(action: Action, today: date) -> int:
    quiet = (today - max(action.last_update, action.start)).days
    return quiet if quiet >= STALE_DAYS else 0


def _meeting_key(state: State, view: PanelView) -> tuple[date, str]:
    return state.meetings[view.meeting_id].on, view.meeting_id


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"

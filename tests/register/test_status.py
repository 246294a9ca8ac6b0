"""What an action shows: overdue is never green, silence is stale, late stays late, disagreement is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from register import events as ev
from register.events import Event
from register.status import (
    STALE_DAYS,
    actions_for,
    disagreements,
    disagrees,
    gaps_without_action,
    shown_status,
    statuses_over_time,
    unanswered_days,
    views_of,
    without_measure,
)
from register.terms import Direction, Status, View
from tests.register.made import ACTION, COMPLETE, FROZEN, MEASURE, MEETING, QUESTION, VIEW, entries_of, reported, state

DUE = ACTION.due
FRESH = DUE - timedelta(days=10)
MOVED = ev.DueDateMoved(action_id="a1", due=date(2026, 9, 30), reason="Example")
CONFIRMED = ev.CompletionConfirmed(action_id="a1", meeting_id="m1")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.COMPLETE, "B complete"),
        (Status.ON_TRACK, "G on track"),
        (Status.AT_RISK, "A at risk"),
        (Status.OFF_TRACK, "R off track"),
        (Status.NOT_STARTED, "N not started"),
        (Status.BLOCKED, "X blocked: outside our control"),
    ],
)
def test_a_status_has_letter_and_words(status: Status, words: str) -> None:
    assert shown_status(state(ACTION, (FRESH, reported(status))).actions["a1"], FRESH).words == words


def test_every_status_has_a_letter_of_its_own() -> None:
    assert len({status.letter for status in Status}) == len(Status)


@pytest.mark.parametrize(("day", "shown", "overdue"), [(DUE, Status.ON_TRACK, 0), (DUE + timedelta(days=1), Status.AT_RISK, 1)])
def test_an_open_action_past_its_due_date_cannot_show_green(day: date, shown: Status, overdue: int) -> None:
    status = shown_status(state(ACTION, (FRESH, reported(Status.ON_TRACK))).actions["a1"], day)
    assert (status.status, status.reported, status.overdue_days) == (shown, Status.ON_TRACK, overdue)


@pytest.mark.parametrize("status", [one for one in Status if one not in {Status.ON_TRACK, Status.COMPLETE}])
def test_an_overdue_action_of_another_status_keeps_it(status: Status) -> None:
    shown = shown_status(state(ACTION, (FRESH, reported(status))).actions["a1"], DUE + timedelta(days=12))
    assert shown.status is status
    assert shown.words.endswith(", overdue by 12 days")


@pytest.mark.parametrize(("days", "stale"), [(STALE_DAYS - 1, 0), (STALE_DAYS, STALE_DAYS), (200, 200)])
def test_an_action_without_an_update_for_90_days_is_stale(days: int, stale: int) -> None:
    action = state(replace(ACTION, due=date(2027, 1, 1)), (date(2026, 2, 1), reported(Status.AT_RISK))).actions["a1"]
    assert shown_status(action, date(2026, 2, 1) + timedelta(days=days)).stale_days == stale


def test_a_moved_date_is_no_update_and_a_reached_milestone_is() -> None:
    step = ev.MilestoneAdded(action_id="a1", milestone_id="s1", title="Example", due=date(2026, 5, 1))
    reached = ev.MilestoneReached(action_id="a1", milestone_id="s1", on=date(2026, 4, 1))
    day = date(2026, 5, 1)
    assert shown_status(state(ACTION, step, (date(2026, 4, 1), MOVED)).actions["a1"], day).stale_days == 120
    assert shown_status(state(ACTION, step, (date(2026, 4, 1), reached)).actions["a1"], day).stale_days == 0


def test_an_action_that_starts_later_is_not_stale_before() -> None:
    later = replace(ACTION, start=date(2026, 6, 1), due=date(2026, 12, 1))
    assert shown_status(state(later).actions["a1"], date(2026, 8, 29)).stale_days == 0
    assert shown_status(state(later).actions["a1"], date(2026, 8, 30)).stale_days == STALE_DAYS


@pytest.mark.parametrize(
    ("events", "late", "slippage"),
    [
        (((DUE, COMPLETE),), 0, 0),
        (((DUE + timedelta(days=12), COMPLETE),), 12, 12),
        ((MOVED, (date(2026, 9, 30), COMPLETE)), 0, 92),
        ((MOVED, (date(2026, 10, 5), COMPLETE)), 5, 97),
    ],
)
def test_completed_late_stays_visible_for_ever(events: tuple[Event | tuple[date, Event], ...], late: int, slippage: int) -> None:
    for today in (date(2026, 10, 5), date(2036, 1, 1)):
        shown = shown_status(state(ACTION, *events).actions["a1"], today)
        assert (shown.late_days, shown.slippage_days, shown.overdue_days, shown.stale_days) == (late, slippage, 0, 0)
        assert ("completed late" in shown.words) is bool(late)


@pytest.mark.parametrize(
    ("today", "events", "slippage"),
    [(DUE, (), 0), (DUE + timedelta(days=3), (), 3), (DUE, (MOVED,), 92), (date(2026, 10, 1), (MOVED,), 93)],
)
def test_slippage_is_in_days_from_the_first_due_date(today: date, events: tuple[Event, ...], slippage: int) -> None:
    assert shown_status(state(ACTION, *events).actions["a1"], today).slippage_days == slippage


def test_complete_and_confirmed_is_said_when_the_panel_says_it() -> None:
    before = (ACTION, MEETING, FROZEN, (FRESH, COMPLETE))
    assert shown_status(state(*before).actions["a1"], FRESH).words == "B complete"
    assert shown_status(state(*before, CONFIRMED).actions["a1"], FRESH).words == "B complete and confirmed"


def test_the_panel_has_four_views_in_its_own_words() -> None:
    assert [view.words for view in View] == [
        "we can see a difference",
        "too early to tell",
        "not enough has changed",
        "we disagree that this is complete",
    ]


@pytest.mark.parametrize("shown", Status)
@pytest.mark.parametrize("view", View)
def test_a_disagreement_is_a_view_that_contradicts_the_status(shown: Status, view: View) -> None:
    expected = {(Status.COMPLETE, View.NOT_ENOUGH), (Status.ON_TRACK, View.NOT_ENOUGH)}
    assert disagrees(shown, view) is (view is View.DISAGREE or (shown, view) in expected)


def test_disagreements_are_counted_on_the_last_review() -> None:
    later = replace(MEETING, meeting_id="m2", on=date(2026, 6, 20))
    against = [replace(VIEW, view_id=name, view=View.DISAGREE) for name in ("v1", "v2", "v3")]
    before = (ACTION, MEETING, FROZEN, (FRESH, COMPLETE), *against, ev.Withdrawn(of="view:v3"))
    assert disagreements(state(*before), FRESH) == {"a1": 2}
    frozen = replace(FROZEN, meeting_id="m2")
    now = state(*before, later, frozen, replace(VIEW, view_id="v4", meeting_id="m2", view=View.DIFFERENCE))
    assert disagreements(now, FRESH) == {}
    assert [one.view_id for one in views_of(now, "a1")] == ["v4"]


@pytest.mark.parametrize(("after", "days"), [(0, 0), (1, 1), (400, 400)])
def test_an_unanswered_question_ages(after: int, days: int) -> None:
    asked = date(2026, 6, 1)
    question = state(ACTION, MEETING, (asked, QUESTION)).questions["q1"]
    assert unanswered_days(question, asked + timedelta(days=after)) == days


@pytest.mark.parametrize(
    "event",
    [
        ev.QuestionAnswered(question_id="q1", you_said="Example", could_not="Example: we couldn't, because"),
        ev.QuestionAnswered(question_id="q1", you_said="Example", we_did="Example", difference="Example"),
        ev.Withdrawn(of="question:q1"),
    ],
)
def test_a_question_that_was_answered_or_withdrawn_ages_no_more(event: Event) -> None:
    assert unanswered_days(state(ACTION, MEETING, QUESTION, event).questions["q1"], date(2027, 1, 1)) is None


def test_gaps_with_no_action_and_actions_with_no_measure_are_shown() -> None:
    now = state(ACTION, replace(ACTION, action_id="a2"), MEASURE)
    assert [one.action_id for one in without_measure(now)] == ["a2"]
    gaps = [MEASURE_KEY, ("mha_detentions", "nhs_16", "N"), ("tt_recovery", "nhs_16", "M")]
    assert gaps_without_action(now, gaps) == tuple(gaps[1:])


MEASURE_KEY = ("mha_detentions", "nhs_16", "M")


def test_the_actions_that_are_to_move_an_indicator_are_found_across_sites() -> None:
    states = {"sheffield": state(ACTION, MEASURE), "east_london": state(ACTION)}
    [(site, action, measure)] = actions_for(states, "mha_detentions")
    assert (site, action.action_id, measure.direction) == ("sheffield", "a1", Direction.LOWER)


def test_a_board_sees_whether_red_is_ever_used() -> None:
    entries = entries_of(ACTION, (date(2026, 2, 1), reported(Status.ON_TRACK)), (date(2026, 8, 1), reported(Status.OFF_TRACK)))
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 1), date(2026, 7, 31), date(2026, 8, 1)]
    assert list(statuses_over_time(entries, days).values()) == [
        Counter(),
        Counter([Status.NOT_STARTED]),
        Counter([Status.ON_TRACK]),
        Counter([Status.AT_RISK]),
        Counter([Status.OFF_TRACK]),
    ]

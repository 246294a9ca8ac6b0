"""The state is what the entries say: nothing is lost, and what was put right shows both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from register import events as ev
from register.state import as_shown, end_of, state_at, state_of
from register.terms import Decision, Status
from tests.register.made import ACTION, COMPLETE, FROZEN, MEASURE, MEETING, MILESTONE, QUESTION, VIEW, entries_of, reported, state

CONFIRMED = ev.CompletionConfirmed(action_id="a1", meeting_id="m1", words="Example: yes")


def test_an_action_names_all_that_the_rules_ask_of_it() -> None:
    action = state(ACTION, MILESTONE, MEASURE).actions["a1"]
    told = {name: getattr(action, name) for name in ("priority_id", "title", "why", "lead", "coproduced_with", "start", "due")}
    assert told == {name: getattr(ACTION, name) for name in told}
    assert [one.title for one in action.milestones] == ["Example step"]
    assert [(one.key, one.direction) for one in action.measures] == [(("mha_detentions", "nhs_16", "M"), MEASURE.direction)]


def test_the_first_due_date_stays_with_every_reason() -> None:
    moved = [ev.DueDateMoved(action_id="a1", due=date(2026, month, 30), reason=f"Example {month}") for month in (7, 9)]
    action = state(ACTION, *moved).actions["a1"]
    assert (action.first_due, action.due) == (ACTION.due, date(2026, 9, 30))
    assert [one.reason for one in action.due_dates] == ["", "Example 7", "Example 9"]


def test_a_correction_shows_what_is_right_and_keeps_what_was_wrong() -> None:
    entries = entries_of(ACTION, reported(Status.AT_RISK, happened="Example: wrong"))
    right = ev.CorrectionMade(of="action:a1", event_id=entries[1].event_id, field="happened", value="Example: right", reason="Example")
    fixed = (*entries, replace(entries_of(right, start=date(2026, 2, 1))[0], sequence=3))
    now = state_of(fixed)
    assert now.actions["a1"].updates[0].happened == "Example: right"
    assert [entry.event for entry in now.history["action:a1"]] == [ACTION, entries[1].event, right]
    assert state_at(fixed, end_of(date(2026, 1, 31))).actions["a1"].updates[0].happened == "Example: wrong"


def test_an_action_that_is_opened_again_is_confirmed_no_more() -> None:
    events = (ACTION, MEETING, FROZEN, COMPLETE, CONFIRMED)
    assert state(*events).actions["a1"].confirmed is not None
    assert state(*events, reported(Status.AT_RISK)).actions["a1"].confirmed is None


def test_a_measure_that_was_unlinked_is_gone_and_its_history_is_not() -> None:
    gone = ev.MeasureUnlinked(
        action_id="a1", indicator_id="mha_detentions", ethnicity_scheme="nhs_16", ethnicity_code="M", reason="Example"
    )
    now = state(ACTION, MEASURE, gone)
    assert now.actions["a1"].measures == ()
    assert now.version("action:a1") == 3


def test_words_are_public_only_with_consent_once_published_and_until_withdrawn() -> None:
    published = ev.CommentModerated(of="view:v1", decision=Decision.PUBLISHED)
    held = ev.CommentModerated(of="view:v1", decision=Decision.HELD, reason="Example")
    before = (ACTION, MEETING, FROZEN, VIEW)
    assert state(*before).views["v1"].public_words == ""
    assert state(*before).views["v1"].awaits_moderation
    assert state(*before, published).views["v1"].public_words == "Example: we wait"
    assert state(*before, held).views["v1"].public_words == ""
    assert state(*before, published, ev.Withdrawn(of="view:v1")).views["v1"].public_words == ""
    unasked = (*before[:3], replace(VIEW, consent=False), published)
    assert state(*unasked).views["v1"].public_words == ""


def test_a_review_has_its_day_its_roles_its_support_and_its_release() -> None:
    held = ev.MeetingHeld(meeting_id="m1", on=date(2026, 6, 2), roles_present=("carer",), support_offered="an interpreter")
    planned = state(MEETING, FROZEN).meetings["m1"]
    assert (planned.held, planned.release_id) == (False, "r0001")
    meeting = state(MEETING, FROZEN, held).meetings["m1"]
    assert (meeting.held, meeting.on, meeting.roles_invited, meeting.roles_present) == (True, held.on, ("service user",), ("carer",))
    assert meeting.support_offered == "an interpreter"


def test_a_question_keeps_every_answer() -> None:
    could_not = ev.QuestionAnswered(question_id="q1", you_said="Example: when?", could_not="Example: we couldn't, because")
    did = ev.QuestionAnswered(question_id="q1", you_said="Example: when?", we_did="Example: now", difference="Example: known")
    answers = state(ACTION, MEETING, QUESTION, could_not, did).questions["q1"].answers
    assert [(one.we_did, one.could_not) for one in answers] == [("", could_not.could_not), ("Example: now", "")]


def test_what_was_withdrawn_since_is_not_shown_in_a_past_state_either() -> None:
    published = ev.CommentModerated(of="view:v1", decision=Decision.PUBLISHED)
    asked = ev.CommentModerated(of="question:q1", decision=Decision.PUBLISHED)
    entries = entries_of(ACTION, MEETING, FROZEN, VIEW, QUESTION, published, asked, (date(2026, 5, 1), ev.Withdrawn(of="view:v1")))
    past = state_at(entries, end_of(date(2026, 4, 30)))
    assert past.views["v1"].public_words == "Example: we wait"
    shown = as_shown(past, state_of(entries))
    assert shown.views["v1"].public_words == ""
    assert shown.questions == past.questions

"""Every line of the rules for actions and for panel reviews that says what may be recorded: what is refused, and in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from register import events as ev
from register.events import KINDS, Event, Evidence
from register.reference import study_priorities
from register.refusal import Refusal
from register.roles import MAY_RECORD, Author, Role
from register.rules import refusals
from register.state import State
from register.terms import Decision, Status, View
from register.text import MOST_CHARACTERS
from tests.register import made
from tests.register.made import ACTION, COMPLETE, FROZEN, MEASURE, MEETING, MILESTONE, QUESTION, SITE, TODAY, VIEW, reported, state

AFTER_DUE = date(2026, 7, 1)
MOVED = ev.DueDateMoved(action_id="a1", due=date(2026, 9, 30), reason="Example: the hall was closed")
REACHED = ev.MilestoneReached(action_id="a1", milestone_id="s1", on=date(2026, 3, 3), evidence=made.SHOWN)
UNLINKED = ev.MeasureUnlinked(
    action_id="a1", indicator_id="mha_detentions", ethnicity_scheme="nhs_16", ethnicity_code="M", reason="Example: it cannot move it"
)
HELD = ev.MeetingHeld(meeting_id="m1", on=date(2026, 6, 1), roles_present=("service user", "carer"), support_offered="travel paid")
DID = ev.QuestionAnswered(question_id="q1", you_said="Example: when?", we_did="Example: we set a day", difference="Example: known now")
COULD_NOT = ev.QuestionAnswered(question_id="q1", you_said="Example: when?", could_not="Example: we couldn't, because it is not ours")
CONFIRMED = ev.CompletionConfirmed(action_id="a1", meeting_id="m1")
DISAGREED = replace(VIEW, view_id="v2", view=View.DISAGREE)
PUBLISH = ev.CommentModerated(of="view:v1", decision=Decision.PUBLISHED)
WITHDRAW = ev.Withdrawn(of="view:v1")
LOCAL = ev.PriorityAdded(priority_id="local_1", title="Example priority", why="Example: “it matters”")
READY = (ACTION, MEETING, FROZEN)

# What was recorded before, the event, and the day: each is allowed.
ALLOWED: list[tuple[tuple[Event, ...], Event, date]] = [
    ((), LOCAL, TODAY),
    ((), ACTION, TODAY),
    ((LOCAL,), replace(ACTION, priority_id="local_1"), TODAY),
    ((ACTION,), MOVED, TODAY),
    ((ACTION,), MOVED, AFTER_DUE),
    *(((ACTION,), reported(status), TODAY) for status in Status),
    ((ACTION,), reported(Status.ON_TRACK), ACTION.due),
    *(((ACTION,), reported(status), AFTER_DUE) for status in Status if status is not Status.ON_TRACK),
    ((ACTION, MOVED), reported(Status.ON_TRACK), AFTER_DUE),
    ((ACTION, COMPLETE), reported(Status.AT_RISK), TODAY),
    ((ACTION,), MILESTONE, TODAY),
    ((ACTION, MILESTONE), REACHED, TODAY),
    ((ACTION,), MEASURE, TODAY),
    ((ACTION, MEASURE), replace(MEASURE, ethnicity_code="N"), TODAY),
    ((ACTION, MEASURE), replace(MEASURE, ethnicity_code="all"), TODAY),
    ((ACTION, MEASURE), UNLINKED, TODAY),
    ((), MEETING, TODAY),
    ((MEETING,), HELD, TODAY),
    ((MEETING,), FROZEN, TODAY),
    *((READY, replace(VIEW, view=view), TODAY) for view in View if view is not View.DISAGREE),
    ((*READY, COMPLETE), DISAGREED, TODAY),
    (READY, replace(VIEW, comment="", consent=False), TODAY),
    (READY, QUESTION, TODAY),
    ((*READY, QUESTION), DID, TODAY),
    ((*READY, QUESTION), COULD_NOT, TODAY),
    ((*READY, QUESTION, COULD_NOT), DID, TODAY),
    ((*READY, COMPLETE), CONFIRMED, TODAY),
    ((*READY, VIEW), PUBLISH, TODAY),
    ((*READY, QUESTION), replace(PUBLISH, of="question:q1"), TODAY),
    ((*READY, VIEW), replace(PUBLISH, decision=Decision.HELD, reason="Example: it names a ward"), TODAY),
    ((*READY, VIEW), WITHDRAW, TODAY),
    ((*READY, QUESTION), replace(WITHDRAW, of="question:q1"), TODAY),
]

# What was recorded before, the event, the day, the field that is refused, and words of the sentence.
REFUSED: list[tuple[tuple[Event, ...], Event, date, str, str]] = [
    ((LOCAL,), LOCAL, TODAY, "priority_id", "already"),
    ((), replace(LOCAL, priority_id="reach_out"), TODAY, "priority_id", "already"),
    ((ACTION,), ACTION, TODAY, "action_id", "Report on it"),
    ((), replace(ACTION, priority_id="nothing"), TODAY, "priority_id", "Choose one of: reach_out, diversify, open_discussion"),
    ((), replace(ACTION, due=date(2025, 12, 31)), TODAY, "due", "before it starts on 1 January 2026"),
    ((), replace(ACTION, lead="Dr Jane Smith"), TODAY, "lead", "Give the role"),
    ((), replace(ACTION, lead="someone@example.org"), TODAY, "lead", "no names are kept"),
    ((), replace(ACTION, coproduced_with="Mrs Jones"), TODAY, "coproduced_with", "looks like a person"),
    *(((), replace(ACTION, **{name: " "}), TODAY, name, "empty") for name in ("title", "why", "lead", "coproduced_with")),
    ((), replace(ACTION, why="x" * (MOST_CHARACTERS + 1)), TODAY, "why", "4,001 characters. 4,000 are allowed"),
    ((), replace(ACTION, action_id="A 1"), TODAY, "action_id", "small letters"),
    ((), MOVED, TODAY, "action_id", "add it first"),
    ((ACTION,), replace(MOVED, reason=""), TODAY, "reason", "empty"),
    ((ACTION,), replace(MOVED, due=ACTION.due), TODAY, "due", "already"),
    ((ACTION,), replace(MOVED, due=date(2026, 6, 14)), TODAY, "due", "can be moved to 15 June 2026 or later"),
    ((ACTION, COMPLETE), MOVED, TODAY, "due", "complete, so its due date stays"),
    (
        (ACTION,),
        reported(Status.ON_TRACK),
        AFTER_DUE,
        "status",
        "past its due date (30 June 2026), so it cannot be on track: choose at risk or off track, or move the date and say why",
    ),
    ((ACTION,), reported(Status.AT_RISK, happened=""), TODAY, "happened", "empty"),
    ((ACTION,), reported(Status.COMPLETE, outcome=""), TODAY, "outcome", "“Complete” needs an outcome"),
    ((ACTION,), reported(Status.COMPLETE, evidence=()), TODAY, "evidence", "“Complete” needs evidence"),
    ((ACTION,), reported(Status.AT_RISK, outcome="Example: done"), TODAY, "outcome", "for an action that is complete"),
    ((ACTION, COMPLETE), COMPLETE, TODAY, "status", "complete already"),
    ((ACTION, reported(Status.AT_RISK)), reported(Status.NOT_STARTED), TODAY, "status", "so it has started"),
    ((ACTION,), reported(Status.AT_RISK, evidence=(Evidence(text=""),)), TODAY, "evidence.text", "empty"),
    *(
        ((ACTION,), reported(Status.AT_RISK, evidence=(Evidence(text="x", link=link),)), TODAY, "evidence", "begins with https://")
        for link in ("http://example.org", "javascript:alert(1)", "https://", "https://example.org/a b", "data:text/html,x")
    ),
    ((ACTION, MILESTONE), MILESTONE, TODAY, "milestone_id", "already"),
    ((ACTION, COMPLETE), MILESTONE, TODAY, "action_id", "no further milestones"),
    ((ACTION,), replace(MILESTONE, due=date(2025, 1, 1)), TODAY, "due", "before the action starts"),
    ((ACTION,), REACHED, TODAY, "milestone_id", "no milestone 's1'"),
    ((ACTION, MILESTONE, REACHED), REACHED, TODAY, "milestone_id", "3 March 2026 already"),
    ((ACTION, MILESTONE), replace(REACHED, on=AFTER_DUE), TODAY, "on", "has not come yet"),
    ((ACTION, MEASURE), MEASURE, TODAY, "indicator_id", "linked for this group already"),
    ((ACTION,), replace(MEASURE, indicator_id="nothing"), TODAY, "indicator_id", "not in the catalogue. Choose one of: ethnicity_recorded"),
    ((ACTION,), replace(MEASURE, ethnicity_scheme="nothing"), TODAY, "ethnicity_scheme", "Choose one of: nhs_16"),
    ((ACTION,), replace(MEASURE, ethnicity_code="nothing"), TODAY, "ethnicity_code", "no group of it. Choose one of: A, B"),
    ((ACTION,), UNLINKED, TODAY, "indicator_id", "not linked for this group"),
    ((ACTION, MEASURE), replace(UNLINKED, reason=""), TODAY, "reason", "empty"),
    ((MEETING,), MEETING, TODAY, "meeting_id", "already"),
    ((), replace(MEETING, roles_invited=()), TODAY, "roles_invited", "empty"),
    ((), replace(MEETING, roles_invited=("Mr Smith",)), TODAY, "roles_invited", "looks like a person"),
    ((), replace(MEETING, support_offered=""), TODAY, "support_offered", "empty"),
    ((), HELD, TODAY, "meeting_id", "plan it first"),
    ((MEETING,), replace(HELD, roles_present=()), TODAY, "roles_present", "empty"),
    ((MEETING,), replace(HELD, roles_present=("carer", "Mrs Jones")), TODAY, "roles_present", "looks like a person"),
    ((MEETING,), replace(HELD, on=AFTER_DUE), TODAY, "on", "has not come yet"),
    ((MEETING, HELD), HELD, TODAY, "meeting_id", "was held on 1 June 2026"),
    ((), FROZEN, TODAY, "meeting_id", "plan it first"),
    ((MEETING, FROZEN), replace(FROZEN, release_id="r0002"), TODAY, "release_id", "looks at release r0001 and stays with it"),
    ((MEETING,), replace(FROZEN, release_id="newest"), TODAY, "release_id", "such as r0001"),
    ((MEETING, FROZEN), VIEW, TODAY, "action_id", "no action 'a1'"),
    ((ACTION,), VIEW, TODAY, "meeting_id", "no review 'm1'"),
    ((ACTION, MEETING), VIEW, TODAY, "meeting_id", "not frozen yet"),
    ((*READY, VIEW), VIEW, TODAY, "view_id", "already"),
    (READY, DISAGREED, TODAY, "view", "not as complete"),
    (READY, replace(VIEW, comment="x" * 4001), TODAY, "comment", "shorten it"),
    ((ACTION,), QUESTION, TODAY, "meeting_id", "no review"),
    (READY, replace(QUESTION, question=""), TODAY, "question", "empty"),
    ((*READY, QUESTION), QUESTION, TODAY, "question_id", "already"),
    (READY, DID, TODAY, "question_id", "no question"),
    ((*READY, QUESTION, replace(WITHDRAW, of="question:q1")), DID, TODAY, "question_id", "withdrawn"),
    ((*READY, QUESTION), replace(DID, you_said=""), TODAY, "you_said", "empty"),
    ((*READY, QUESTION), replace(DID, difference=""), TODAY, "difference", "what difference it made"),
    ((*READY, QUESTION), replace(DID, we_did="", difference=""), TODAY, "we_did", "both are answers"),
    ((*READY, QUESTION), replace(DID, could_not="Example: no"), TODAY, "could_not", "Keep one"),
    (READY, CONFIRMED, TODAY, "action_id", "can confirm what is reported complete"),
    ((ACTION, COMPLETE), CONFIRMED, TODAY, "meeting_id", "no review"),
    ((ACTION, MEETING, COMPLETE), CONFIRMED, TODAY, "meeting_id", "not frozen"),
    ((*READY, COMPLETE, DISAGREED), CONFIRMED, TODAY, "meeting_id", "1 view of this review disagree"),
    ((*READY, COMPLETE, CONFIRMED), CONFIRMED, TODAY, "action_id", "nothing more to record"),
    (READY, PUBLISH, TODAY, "of", "no comment or question"),
    ((*READY, replace(VIEW, comment="")), PUBLISH, TODAY, "of", "no comment or question"),
    ((*READY, replace(VIEW, consent=False)), PUBLISH, TODAY, "decision", "No consent"),
    ((*READY, VIEW, WITHDRAW), PUBLISH, TODAY, "of", "withdrawn"),
    ((*READY, VIEW), replace(PUBLISH, decision=Decision.HELD), TODAY, "reason", "Say why"),
    (READY, WITHDRAW, TODAY, "of", "cannot be withdrawn"),
    (READY, replace(WITHDRAW, of="action:a1"), TODAY, "of", "Views and questions of the panel can"),
    ((*READY, VIEW, WITHDRAW), WITHDRAW, TODAY, "of", "withdrawn on 1 January 2026 already"),
]


def asked(event: Event, known: State, today: date, author: Author | None = None, site: str = SITE) -> list[Refusal]:
    from register.text import cleaned

    return refusals(cleaned(event), known, today, author or made.author_of(event), site)


@pytest.mark.parametrize(("before", "event", "today"), ALLOWED)
def test_what_the_rules_allow_is_allowed(before: tuple[Event, ...], event: Event, today: date) -> None:
    assert asked(event, state(*before), today) == []


@pytest.mark.parametrize(("before", "event", "today", "field", "words"), REFUSED)
def test_what_the_rules_refuse_is_refused_in_words(before: tuple[Event, ...], event: Event, today: date, field: str, words: str) -> None:
    told = {one.field: one.sentence for one in asked(event, state(*before), today)}
    assert words in told.get(field, f"only {told}")


def test_every_kind_of_event_has_roles_and_a_rule() -> None:
    assert KINDS.keys() == MAY_RECORD.keys()
    assert {event.kind for _, event, _ in ALLOWED} == KINDS.keys() - {"correction_made"}
    for kind in KINDS:
        refusal = refusals(object.__new__(KINDS[kind]), state(), TODAY, made.READER, SITE)[0]
        assert refusal.denied


def test_the_five_priorities_of_the_study_are_there_for_every_site() -> None:
    levels = [one.level for one in study_priorities().values()]
    assert (levels.count("consistent across sites"), levels.count("national")) == (3, 2)
    for name in study_priorities():
        assert asked(replace(ACTION, priority_id=name), state(), TODAY) == []


def test_an_action_lead_of_another_site_is_told_which_sites_are_theirs() -> None:
    lead = Author(Role.ACTION_LEAD, "lead-2", frozenset({"east_london"}))
    [told] = asked(ACTION, state(), TODAY, lead)
    assert (told.field, told.denied) == ("site", True)
    assert "own sites only (east_london)" in told.sentence


def test_a_panel_member_withdraws_their_own_words_only_and_a_facilitator_anyones() -> None:
    known = state(*READY, VIEW)
    other = Author(Role.PANEL_MEMBER, "panel-2")
    [told] = asked(WITHDRAW, known, TODAY, other)
    assert told.denied
    assert asked(WITHDRAW, known, TODAY, made.FACILITATOR) == []


@pytest.mark.parametrize(("title", "refused"), [("A walk-in day", True), ("Example: a walk-in day", False)])
def test_a_title_at_the_example_site_carries_the_word_example(title: str, *, refused: bool) -> None:
    told = asked(replace(ACTION, title=title), state(), TODAY, site="example")
    assert [one.field for one in told] == (["title"] if refused else [])


def correction(event_id: str, **said: str) -> ev.CorrectionMade:
    values = {"of": "action:a1", "field": "title", "value": "Example action, put right", "reason": "Example: a slip", **said}
    return ev.CorrectionMade(event_id=event_id, **values)


@pytest.mark.parametrize(
    ("said", "author", "field", "words"),
    [
        ({}, made.LEAD, "", ""),
        ({"field": "due"}, made.LEAD, "field", "Allowed are: coproduced_with, lead, title, why"),
        ({"reason": ""}, made.LEAD, "reason", "empty"),
        ({"value": ""}, made.LEAD, "value", "empty"),
        ({"field": "lead", "value": "Mr Smith"}, made.LEAD, "value", "looks like a person"),
        ({"of": "action:a2"}, made.LEAD, "event_id", "There is no entry"),
        ({}, made.FACILITATOR, "role", "only what it may record"),
    ],
)
def test_words_of_the_service_can_be_put_right_with_a_reason(said: dict[str, str], author: Author, field: str, words: str) -> None:
    known = state(ACTION)
    told = asked(correction(known.history["action:a1"][0].event_id, **said), known, TODAY, author)
    assert [one.field for one in told] == ([field] if field else [])
    assert not field or words in told[0].sentence


def test_what_the_panel_said_is_not_corrected_by_anyone() -> None:
    known = state(*READY, VIEW)
    event = correction(known.history["view:v1"][0].event_id, of="view:v1", field="comment")
    [told] = asked(event, known, TODAY, made.FACILITATOR)
    assert "cannot be corrected" in told.sentence


@pytest.mark.parametrize(("before", "event", "today", "field", "words"), REFUSED)
def test_a_refusal_is_a_sentence_that_says_what_to_do(before: tuple[Event, ...], event: Event, today: date, field: str, words: str) -> None:
    for one in asked(event, state(*before), today):
        assert one.sentence.endswith(".")
        assert len(one.sentence.split()) <= 60, (field, words)

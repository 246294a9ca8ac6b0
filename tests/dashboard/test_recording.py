"""Writing: by the right people only, never twice, never lost, and every refusal in words."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from dashboard import changes, recording
from dashboard.access.person import NOBODY, Person
from dashboard.recording import record
from pipelines import releases
from register import events as ev
from register.events import KINDS, Evidence
from register.store import Register
from register.terms import Decision, Direction, Status, View
from tests.pages.people import (
    FACILITATOR,
    LEAD,
    LEAD_ELSEWHERE,
    OTHER_LEAD,
    PANEL,
    READER,
    SITE,
    Somebody,
    action,
    happened,
    meeting,
    register_at,
)
from tests.register.made import entry_of, on

REPORT = ev.StatusReported(action_id="a1", status=Status.AT_RISK, happened="one partner left")


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> Somebody:
    return Somebody(monkeypatch)


@pytest.fixture
def register(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    register = register_at(data_dir, monkeypatch)
    happened(register, action())
    return register


def test_what_is_recorded_is_there_and_says_from_which_version_to_go_on(register: Register, somebody: Somebody) -> None:
    somebody.is_(LEAD)
    outcome = record(REPORT, SITE, 1, str(uuid4()))
    assert outcome.entry is not None
    assert (outcome.version, outcome.entry.role.words, outcome.entry.account) == (2, "action lead", "lead-1")
    assert register.state(SITE).actions["a1"].status is Status.AT_RISK


def test_a_form_that_is_sent_twice_is_recorded_once(register: Register, somebody: Somebody) -> None:
    somebody.is_(LEAD)
    form = str(uuid4())
    first, second = record(REPORT, SITE, 1, form), record(REPORT, SITE, 1, form)
    assert first.entry == second.entry
    assert len(register.entries(SITE)) == 2


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (NOBODY, "Nobody is signed in"),
        (READER, "Your roles and sites do not include it"),
        (PANEL, "is for: action lead"),
        (LEAD_ELSEWHERE, "Your roles and sites do not include it"),
    ],
)
def test_the_wrong_person_is_refused_in_words_and_the_attempt_is_recorded(
    register: Register, somebody: Somebody, person: Person, words: str
) -> None:
    somebody.is_(person)
    outcome = record(REPORT, SITE, 1, str(uuid4()))
    assert outcome.entry is None
    assert words in outcome.trouble
    assert "What you wrote is still on this page." in outcome.trouble
    assert len(register.entries(SITE)) == 1
    assert [one["account"] for one in register.denied()] == [person.account or "nobody"]


def test_a_sign_in_that_ended_while_one_wrote_records_nothing(register: Register, somebody: Somebody) -> None:
    somebody.is_(NOBODY, "Nothing was done for more than 30 minutes, so you have been signed out.")
    outcome = record(REPORT, SITE, 1, str(uuid4()))
    assert outcome.trouble.startswith("Nothing was done for more than 30 minutes")
    assert len(register.entries(SITE)) == 1


def test_who_is_second_is_told_what_changed_and_can_go_on_from_there(register: Register, somebody: Somebody) -> None:
    happened(register, replace(REPORT, status=Status.OFF_TRACK, happened="the hall was lost"), author=OTHER_LEAD)
    somebody.is_(LEAD)
    form = str(uuid4())
    outcome = record(REPORT, SITE, 1, form)
    assert outcome.entry is None
    (told,) = changes.sentences(outcome.changes)
    assert "(UTC), an action lead reported “off track”: the hall was lost." in told
    assert record(REPORT, SITE, outcome.version, form).entry is not None
    assert [one.status for one in register.state(SITE).actions["a1"].updates] == [Status.OFF_TRACK, Status.AT_RISK]


def test_a_rule_refuses_by_field_and_says_what_to_do(data_dir: Path, monkeypatch: pytest.MonkeyPatch, somebody: Somebody) -> None:
    register = register_at(data_dir, monkeypatch)
    happened(register, action(due_in=-1))
    somebody.is_(LEAD)
    outcome = record(replace(REPORT, status=Status.ON_TRACK), SITE, 1, str(uuid4()))
    (reason,) = outcome.refused
    assert reason.field == "status"
    assert "so it cannot be on track: choose at risk or off track, or move the date and say why." in reason.sentence
    assert recording.objections(replace(REPORT, status=Status.ON_TRACK), register.state(SITE), SITE, OTHER_LEAD) == outcome.refused


def test_a_register_that_cannot_be_used_loses_nothing(data_dir: Path, monkeypatch: pytest.MonkeyPatch, somebody: Somebody) -> None:
    somebody.is_(LEAD)
    monkeypatch.setenv("COMMON_GROUND_REGISTER", "elsewhere://")
    outcome = record(REPORT, SITE, 1, str(uuid4()))
    assert outcome.trouble.endswith("Nothing was recorded. What you wrote is still on this page.")
    assert not data_dir.exists()


def test_a_release_that_is_frozen_for_a_review_is_kept_for_good(
    small_release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, somebody: Somebody
) -> None:
    folder = Path(shutil.copytree(small_release, tmp_path / "data"))
    register = register_at(folder, monkeypatch)
    planned, frozen = meeting()
    happened(register, action(), planned)
    somebody.is_(FACILITATOR)
    assert record(replace(frozen, release_id="r0009"), SITE, 1, str(uuid4())).trouble.startswith("There is no release r0009.")
    assert record(frozen, SITE, 1, str(uuid4())).entry is not None
    assert releases.is_held(folder, "r0001")
    assert [one.field for one in record(frozen, SITE, 2, str(uuid4())).refused] == ["release_id"]


MADE: dict[str, ev.Event] = {
    one.kind: one
    for one in (
        ev.PriorityAdded(priority_id="p1", title="A welcome", why="“nobody spoke”"),
        action(),
        ev.DueDateMoved(action_id="a1", due=on(action().due).date(), reason="a therapist is hired in May"),
        replace(REPORT, evidence=(Evidence(text="minutes"),)),
        ev.MilestoneAdded(action_id="a1", milestone_id="s1", title="The first day", due=action().due),
        ev.MilestoneReached(action_id="a1", milestone_id="s1", on=action().start),
        ev.MeasureLinked(
            action_id="a1",
            indicator_id="tt_recovery",
            ethnicity_scheme="upper_nhs_2001",
            ethnicity_code="asian",
            direction=Direction.HIGHER,
        ),
        ev.MeasureUnlinked(
            action_id="a1", indicator_id="tt_recovery", ethnicity_scheme="upper_nhs_2001", ethnicity_code="asian", reason="another fits"
        ),
        *meeting(),
        ev.MeetingHeld(meeting_id="m1", on=action().start, roles_present=("service user",), support_offered="travel paid"),
        ev.ViewGiven(view_id="v1", action_id="a1", meeting_id="m1", view=View.TOO_EARLY, comment="SECRET", consent=True),
        ev.QuestionAsked(question_id="q1", action_id="a1", meeting_id="m1", question="SECRET"),
        ev.QuestionAnswered(question_id="q1", you_said="more time", could_not="the contract ended"),
        ev.CompletionConfirmed(action_id="a1", meeting_id="m1"),
        ev.CommentModerated(of="view:v1", decision=Decision.HELD, reason="it names somebody"),
        ev.Withdrawn(of="view:v1"),
        ev.CorrectionMade(of="action:a1", event_id="e1", field="title", value="A walk-in afternoon", reason="shorter"),
    )
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_change_is_told_in_a_sentence_without_the_panels_words(kind: str) -> None:
    told = changes.sentence(entry_of(MADE[kind], 1, on(action().start)))
    assert told.startswith("On ")
    assert told.endswith(".")
    assert "SECRET" not in told
    assert "_" not in told

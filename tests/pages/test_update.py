"""The page on which an action lead says what is new."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from dashboard import promises
from dashboard.access.person import NOBODY
from register import events as ev
from register.store import Register
from register.terms import Decision, Direction, Status
from tests.pages.conftest import Opener
from tests.pages.people import (
    LEAD,
    LEAD_ELSEWHERE,
    OTHER_LEAD,
    PANEL,
    SITE,
    Somebody,
    action,
    happened,
    meeting,
    register_at,
)
from tests.pages.screen import Screen


@pytest.fixture
def folder(small_release: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_release, tmp_path / "data"))


@pytest.fixture
def register(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    register = register_at(folder, monkeypatch)
    happened(register, action(), action("late", "A choice of therapies", due_in=-1))
    return register


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> Somebody:
    return Somebody(monkeypatch)


@pytest.fixture
def page(folder: Path, register: Register, somebody: Somebody, open_page: Opener) -> Screen:
    """The page of action a1 as its lead sees it."""
    somebody.is_(LEAD)
    return open_page(folder, "update", place=SITE, action=f"{SITE}.a1")


def test_two_minutes_status_what_happened_evidence_and_it_is_recorded(page: Screen, register: Register) -> None:
    page = page.pick("Status now", "A at risk").write("What happened", "One of two partners left.")
    page = page.write("What shows it (evidence), in words", "Minutes of 3 May")
    page = page.write("Link to the evidence (https), if there is one", "https://example.org/minutes").write(
        "What comes next", "A new partner"
    )
    preview = page.said("cg-preview")
    assert "This is what everyone will see:" in preview
    assert "at risk" in preview
    assert "Evidence: Minutes of 3 May (https://example.org/minutes)" in preview
    assert "The panel says" in preview
    page = page.press("Record this update")
    assert [one.value for one in page.app.success] == ["Recorded\\."]
    (update,) = register.state(SITE).actions["a1"].updates
    assert (update.status, update.happened, update.next_milestone) == (Status.AT_RISK, "One of two partners left.", "A new partner")
    assert page.written("What happened") == ""
    assert "One of two partners left." in page.said("cg-voices")


def test_on_track_past_the_due_date_is_refused_beside_the_field_in_words(
    folder: Path, register: Register, somebody: Somebody, open_page: Opener
) -> None:
    somebody.is_(LEAD)
    page = open_page(folder, "update", place=SITE, action=f"{SITE}.late").pick("Status now", "G on track")
    (fault,) = page.faults
    assert "it cannot be on track: choose at risk or off track, or move the date and say why" in fault.replace("\\", "")
    page = page.write("What happened", "Two of three are offered.").press("Record this update")
    assert "cannot be on track" in page.faults[0]
    assert page.written("What happened") == "Two of three are offered."
    assert register.state(SITE).actions["late"].updates == ()
    page = page.pick("Status now", "R off track")
    assert page.faults == []
    page.press("Record this update")
    assert register.state(SITE).actions["late"].status is Status.OFF_TRACK


def test_complete_asks_for_an_outcome_and_evidence(page: Screen, register: Register) -> None:
    page = page.pick("Status now", "B complete").write("What happened", "The day takes place.").press("Record this update")
    faults = " ".join(page.faults).replace("\\", "")
    assert "“Complete” needs an outcome." in faults
    assert "“Complete” needs evidence." in faults
    page = page.write("Outcome: what is different now for the people it was for", "People come earlier.")
    page = page.write("What shows it (evidence), in words", "The panel's notes").press("Record this update")
    assert page.faults == []
    assert register.state(SITE).actions["a1"].status is Status.COMPLETE


def test_nothing_chosen_is_told_once_it_was_sent(page: Screen, register: Register) -> None:
    assert page.faults == []
    page = page.press("Record this update")
    assert page.faults == ["Choose a status\\.", "Not recorded yet. Look at what is said beside the fields above."]
    assert len(register.entries(SITE)) == 2


def test_who_is_second_is_told_what_changed_and_their_words_stay(page: Screen, register: Register) -> None:
    page = page.pick("Status now", "A at risk").write("What happened", "My own long words.")
    happened(register, ev.StatusReported(action_id="a1", status=Status.OFF_TRACK, happened="The hall was lost."), author=OTHER_LEAD)
    page = page.press("Record this update")
    told = page.faults[0].replace("\\", "")
    assert "This changed while you were writing." in told
    assert "an action lead reported “off track”: The hall was lost." in told
    assert page.written("What happened") == "My own long words."
    assert len(register.state(SITE).actions["a1"].updates) == 1
    page = page.press("Record this update")
    assert page.faults == []
    assert [one.happened for one in register.state(SITE).actions["a1"].updates] == ["The hall was lost.", "My own long words."]


def test_a_lead_of_another_site_is_told_whose_it_is_and_sees_no_form(
    folder: Path, register: Register, somebody: Somebody, open_page: Opener
) -> None:
    somebody.is_(LEAD_ELSEWHERE)
    page = open_page(folder, "update", place=SITE)
    assert "Record this update" not in page.labels
    assert "Updating an action is for: action lead." in page.app.info[0].value.replace("\\", "")
    assert "A walk-in day" in page.words


def test_nobody_is_told_how_to_sign_in(folder: Path, register: Register, somebody: Somebody, open_page: Opener) -> None:
    page = open_page(folder, "update", place=SITE)
    told = page.app.info[0].value.replace("\\", "")
    assert "Updating an action is for: action lead. You can read everything here without it." in told
    assert "docs/sign-in.md" in told
    assert page.app.text_area.len == 0


def test_a_form_that_is_sent_after_the_role_is_gone_is_refused_on_the_server_and_keeps_its_words(
    page: Screen, register: Register, somebody: Somebody
) -> None:
    page = page.pick("Status now", "A at risk").write("What happened", "My own long words.")
    somebody.is_(PANEL)
    page = page.press("Record this update")
    assert len(register.entries(SITE)) == 2
    assert [one["role"] for one in register.denied()] == ["panel_member"]
    somebody.is_(LEAD)
    assert page.again().written("What happened") == "My own long words."


def test_a_sign_in_that_ended_leaves_the_form_on_the_page(page: Screen, register: Register, somebody: Somebody) -> None:
    page = page.pick("Status now", "A at risk").write("What happened", "My own long words.")
    somebody.is_(NOBODY, "Nothing was done for more than 30 minutes, so you have been signed out.")
    page = page.press("Record this update")
    assert "you have been signed out" in page.faults[0]
    assert page.written("What happened") == "My own long words."
    assert len(register.entries(SITE)) == 2


def test_a_due_date_moves_with_a_reason_and_the_first_one_stays(page: Screen, register: Register) -> None:
    later = promises.today() + timedelta(days=200)
    next(one for one in page.app.date_input if one.label == "New due date").set_value(later)
    page = Screen(page.app.run()).press("Move the due date")
    assert "“reason” is empty" in page.faults[0].replace("\\", "")
    page = page.write("Why it moves", "A therapist is hired in May.").press("Move the due date")
    assert page.faults == []
    moved = register.state(SITE).actions["a1"]
    assert (moved.due, moved.first_due) == (later, action().due)


def test_a_milestone_is_added_and_reached_and_a_measure_linked(page: Screen, register: Register) -> None:
    next(one for one in page.app.date_input if one.label == "When it is due").set_value(promises.today())
    page = Screen(page.app.run()).write("Milestone", "The first day").press("Add the milestone")
    page = page.pick("Milestone", "The first day")
    next(one for one in page.app.date_input if one.label == "Day on which it was reached").set_value(promises.today())
    page = Screen(page.app.run()).press("Record the milestone")
    assert page.faults == []
    (step,) = register.state(SITE).actions["a1"].milestones
    assert step.reached == promises.today()
    page = page.pick("Indicator", "Outcomes: Recovery").pick("Ethnic group", "Asian").pick("Which way it should move", "should go up")
    page = page.press("Link the measure")
    assert page.faults == []
    (measure,) = register.state(SITE).actions["a1"].measures
    assert measure.key == ("tt_recovery", "upper_nhs_2001", "asian")


def test_an_action_is_added_by_role_and_not_by_name(page: Screen, register: Register) -> None:
    page = page.pick("Priority", "Diversify")
    for label, words in {
        "What is promised": "Interpreters face to face",
        "Why it matters, in the words of those who asked for it": "“The phone cut off”",
        "Who leads it (a role, not a person)": "Dr Smith",
        "Coproduced with whom (groups or roles, not persons)": "a carers' group",
    }.items():
        page = page.write(label, words)
    for label in ("Start", "Due"):
        next(one for one in page.app.date_input if one.label == label).set_value(promises.today())
    page = Screen(page.app.run()).press("Add the action")
    assert "looks like a person" in page.faults[0].replace("\\", "")
    page = page.write("Who leads it (a role, not a person)", "interpreting services lead").press("Add the action")
    assert page.faults == []
    assert "Interpreters face to face" in [one.title for one in register.state(SITE).actions.values()]


def test_a_question_is_answered_and_could_not_is_an_answer(folder: Path, register: Register, somebody: Somebody, open_page: Opener) -> None:
    asked = ev.QuestionAsked(question_id="q1", action_id="a1", meeting_id="m1", question="When are weekends?", consent=True)
    hidden = ev.QuestionAsked(question_id="q2", action_id="a1", meeting_id="m1", question="Not yet read by a moderator", consent=True)
    happened(register, *meeting(), asked, hidden, ev.CommentModerated(of="question:q1", decision=Decision.PUBLISHED))
    somebody.is_(LEAD)
    page = open_page(folder, "update", place=SITE, action=f"{SITE}.a1")
    assert "When are weekends?" in page.words
    assert "Not yet read by a moderator" not in page.words
    assert "Another question waits for a moderator." in page.words
    page = page.write("You said: what the panel asked for, in short", "Weekends").pick("Our answer", "We couldn't")
    page = page.write("We couldn't, because", "the contract covers weekdays").press("Publish this answer")
    assert page.faults == []
    assert register.state(SITE).questions["q1"].answers[0].could_not == "the contract covers weekdays"


def test_what_is_written_is_text(page: Screen, register: Register) -> None:
    page = page.pick("Status now", "A at risk").write("What happened", "<img src=x onerror=alert(1)> [link](javascript:x)")
    assert [one for tree in page.trees for one in tree.iter("img")] == []
    page = page.press("Record this update")
    assert "<img src=x onerror=alert(1)>" in page.said("cg-voices")


def test_a_measure_is_linked_by_the_groups_of_its_own_figures_and_its_gap_tells_the_action(
    starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, somebody: Somebody, open_page: Opener
) -> None:
    folder = Path(shutil.copytree(starter, tmp_path / "data"))
    register = register_at(folder, monkeypatch)
    happened(register, action())
    somebody.is_(LEAD)
    page = open_page(folder, "update", place=SITE, action=f"{SITE}.a1").pick("Indicator", "Experience: Detentions, not adjusted")
    page = page.pick("Ethnic group", "Black").pick("Which way it should move", "should go down").press("Link the measure")
    assert page.faults == []
    (measure,) = register.state(SITE).actions["a1"].measures
    assert measure.key == ("mha_detentions", "upper_mha_icb", "black")
    front = open_page(folder, "overview", place=SITE)
    told = {name: cells for table in front.tables for name, cells in table.rows.items()}
    assert any(register.state(SITE).actions["a1"].title in cell for cell in told["Black: Detentions, not adjusted"])


def test_a_measure_is_taken_off_with_a_reason_and_the_history_keeps_it(folder: Path, page: Screen, register: Register) -> None:
    linked = ev.MeasureLinked(
        action_id="a1",
        indicator_id="tt_recovery",
        ethnicity_scheme="upper_nhs_2001",
        ethnicity_code="asian",
        direction=Direction.HIGHER,
    )
    happened(register, linked)
    page = page.again().pick("Measure", "Recovery, Asian: should go up").press("Take the measure off")
    assert "“reason” is empty" in page.faults[0].replace("\\", "")
    page = page.write("Why it is taken off", "It was the wrong group.").press("Take the measure off")
    assert page.faults == []
    assert register.state(SITE).actions["a1"].measures == ()
    assert [one.event.kind for one in register.entries(SITE)][-2:] == ["measure_linked", "measure_unlinked"]

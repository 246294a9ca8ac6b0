"""The pages of a panel's review: planned, frozen, gone through, read by a moderator."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard import promises
from dashboard.access.person import NOBODY, Person
from pipelines import loading, releases
from pipelines.settings import Settings
from register import events as ev
from register.events import Evidence
from register.store import Register
from register.terms import Direction, Status, View
from tests import templates
from tests.pages.conftest import Opener
from tests.pages.people import FACILITATOR, OTHER_LEAD, PANEL, READER, SITE, Somebody, action, happened, meeting, register_at
from tests.pages.screen import Screen

COMPLETE = ev.StatusReported(
    action_id="a1", status=Status.COMPLETE, happened="It took place.", outcome="People come.", evidence=(Evidence(text="notes"),)
)


@pytest.fixture
def folder(small_release: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_release, tmp_path / "data"))


@pytest.fixture
def register(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    register = register_at(folder, monkeypatch)
    happened(register, action(), action("a2", "A choice of therapies"))
    return register


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> Somebody:
    return Somebody(monkeypatch)


@pytest.fixture
def frozen(register: Register, folder: Path) -> Register:
    happened(register, *meeting())
    releases.hold(folder, "r0001")
    return register


def day(page: Screen, label: str, days: int) -> Screen:
    """The page after a day was chosen, so many from today."""
    next(one for one in page.app.date_input if one.label == label).set_value(promises.today() + timedelta(days=days))
    return Screen(page.app.run())


def test_a_review_is_planned_by_role_and_opened(folder: Path, register: Register, somebody: Somebody, open_page: Opener) -> None:
    somebody.is_(FACILITATOR)
    page = open_page(folder, "review", place=SITE)
    assert page.title == "Plan a review"
    page = (
        day(page, "Day of the review", 7)
        .write("Who is invited, by role", "service user\n\ncarer")
        .write("What support is offered", "travel")
    )
    page = page.press("Plan this review")
    assert page.faults == []
    (planned,) = register.state(SITE).meetings.values()
    assert (planned.roles_invited, planned.support_offered) == (("service user", "carer"), "travel")
    page = page.press(f"Open the review of {promises_day(7)}")
    assert page.title == f"Review of {promises_day(7)}"
    assert page.query["meeting"] == planned.meeting_id
    assert "The figures of this review are not frozen yet." in page.words


def promises_day(days: int) -> str:
    found = promises.today() + timedelta(days=days)
    return f"{found.day} {found:%B %Y}"


def test_names_have_no_place_among_the_roles(folder: Path, register: Register, somebody: Somebody, open_page: Opener) -> None:
    somebody.is_(FACILITATOR)
    page = day(open_page(folder, "review", place=SITE), "Day of the review", 7)
    page = page.write("Who is invited, by role", "Mrs Smith").write("What support is offered", "travel").press("Plan this review")
    assert "looks like a person" in page.faults[0].replace("\\", "")
    assert not register.state(SITE).meetings


def test_the_release_in_use_is_frozen_and_kept(folder: Path, register: Register, somebody: Somebody, open_page: Opener) -> None:
    happened(register, meeting()[0])
    somebody.is_(FACILITATOR)
    page = open_page(folder, "review", place=SITE, meeting="m1").press("Freeze these figures")
    assert page.faults == []
    assert register.state(SITE).meetings["m1"].release_id == "r0001"
    assert releases.is_held(folder, "r0001")
    assert "Figures of this review: release r0001, frozen on" in page.words
    assert "Freeze these figures" not in page.labels


def test_an_action_a_screen_with_back_next_and_progress(folder: Path, frozen: Register, somebody: Somebody, open_page: Opener) -> None:
    somebody.is_(PANEL)
    page = open_page(folder, "review", place=SITE, meeting="m1").press("Start")
    assert page.title == "A walk-in day"
    assert "Action 1 of 2" in page.words
    assert "“nobody asked us”" in page.words
    page = page.press("Next")
    assert (page.title, page.query["step"]) == ("A choice of therapies", "2")
    page = page.press("Back")
    assert page.title == "A walk-in day"
    page = page.press("Next").press("To the end")
    assert page.headings[0] == "Who was there"


def test_a_view_a_comment_and_a_question_are_recorded_and_wait_for_a_moderator(
    folder: Path, frozen: Register, somebody: Somebody, open_page: Opener
) -> None:
    somebody.is_(PANEL)
    page = open_page(folder, "review", place=SITE, meeting="m1", step="1").pick("Our view", "Not enough")
    page = page.write("Why? (you need not say)", "Night staff were never asked.")
    assert "Your words will be kept and not shown to everyone." in page.words
    page.app.checkbox[0].check()
    page = Screen(page.app.run())
    assert "Everyone will see at once: “not enough has changed”." in page.words
    assert "Your words will be shown once a moderator has read them." in page.words
    page = page.press("Record our view")
    (view,) = frozen.state(SITE).views.values()
    assert (view.view, view.words, view.consent, view.account) == (View.NOT_ENOUGH, "Night staff were never asked.", True, "panel-1")
    assert "“not enough has changed”" in page.said("cg-voices")
    assert "Night staff" not in page.said("cg-voices")
    page = page.write("What do you want to ask the service?", "When will night staff be trained?").press("Ask this question")
    assert [one.words for one in frozen.state(SITE).questions.values()] == ["When will night staff be trained?"]
    assert "A question waits to be published." in page.words


def test_what_is_written_on_a_screen_is_there_again_after_back_and_next(
    folder: Path, frozen: Register, somebody: Somebody, open_page: Opener
) -> None:
    somebody.is_(PANEL)
    page = open_page(folder, "review", place=SITE, meeting="m1", step="1").write("Why? (you need not say)", "Half a sentence")
    page = page.press("Next")
    assert page.written("Why? (you need not say)") == ""
    assert page.press("Back").written("Why? (you need not say)") == "Half a sentence"


def test_the_panel_disagrees_with_what_is_complete_or_confirms_it(
    folder: Path, frozen: Register, somebody: Somebody, open_page: Opener
) -> None:
    happened(frozen, COMPLETE, replace(COMPLETE, action_id="a2"))
    somebody.is_(PANEL)
    page = open_page(folder, "review", place=SITE, meeting="m1", step="1").pick("Our view", "We disagree").press("Record our view")
    assert page.faults == []
    page = page.press("We confirm that it is complete")
    assert "1 view of this review disagree that it is complete." in page.faults[0].replace("\\", "")
    page = page.press("Next").press("We confirm that it is complete")
    assert page.faults == []
    assert "complete and confirmed by the panel" in page.said("cg-voices")
    state = frozen.state(SITE)
    assert (state.actions["a1"].confirmed, state.actions["a2"].confirmed is not None) == (None, True)


def test_disagreeing_is_offered_for_what_is_complete_only(folder: Path, frozen: Register, somebody: Somebody, open_page: Opener) -> None:
    somebody.is_(PANEL)
    page = open_page(folder, "review", place=SITE, meeting="m1", step="1")
    (views,) = (one.options for one in page.app.radio if one.label == "Our view")
    assert list(views) == ["We can see a difference", "Too early to tell", "Not enough has changed"]


def test_a_view_can_be_taken_back_by_whoever_gave_it(folder: Path, frozen: Register, somebody: Somebody, open_page: Opener) -> None:
    somebody.is_(PANEL)
    page = open_page(folder, "review", place=SITE, meeting="m1", step="1").pick("Our view", "Too early").press("Record our view")
    page = page.press("Take back this view")
    assert "No view given yet." in page.said("cg-voices")
    happened(frozen, ev.ViewGiven(view_id="v9", action_id="a1", meeting_id="m1", view=View.DIFFERENCE))
    somebody.is_(replace(PANEL, account="panel-2"))
    assert "Take back this view" not in page.again().labels


@pytest.mark.parametrize("person", [NOBODY, READER])
def test_without_a_role_one_reads_it_all_and_is_told_who_records(
    folder: Path, frozen: Register, somebody: Somebody, open_page: Opener, person: Person
) -> None:
    somebody.is_(person)
    page = open_page(folder, "review", place=SITE, meeting="m1", step="1")
    assert "Giving a view or asking a question is for: panel member or facilitator." in page.app.info[0].value.replace("\\", "")
    assert page.app.text_area.len == 0
    assert "A walk-in day" in page.title
    for chosen, words in {"new": "Planning a review is for: facilitator.", "comments": "is for: facilitator or administrator."}.items():
        told = open_page(folder, "review", place=SITE, meeting=chosen)
        assert words in told.app.info[0].value.replace("\\", "")
        assert told.app.text_area.len == 0


def test_a_moderator_is_warned_and_publishes_or_holds_back(folder: Path, frozen: Register, somebody: Somebody, open_page: Opener) -> None:
    said = ev.ViewGiven(
        view_id="v1", action_id="a1", meeting_id="m1", view=View.TOO_EARLY, comment="Ring me on 0114 496 0000", consent=True
    )
    asked = ev.QuestionAsked(question_id="q1", action_id="a1", meeting_id="m1", question="When do you open at weekends?", consent=True)
    closed = ev.QuestionAsked(question_id="q2", action_id="a1", meeting_id="m1", question="For you alone")
    happened(frozen, said, asked, closed)
    somebody.is_(FACILITATOR)
    page = open_page(folder, "review", place=SITE, meeting="comments")
    assert "3 wait." in page.words
    assert any("looks like a phone number" in one for one in page.notices)
    decisions = [list(one.options) for one in page.app.radio if one.label == "Decision"]
    assert decisions == [["Publish", "Hold back"], ["Publish", "Hold back"], ["Hold back"]]
    page = page.pick("Decision", "Hold back").press("Record the decision")
    assert "Say why it is held back" in page.faults[0].replace("\\", "")
    page = page.write("Why it is held back, so that those who wrote it can be told", "It has a phone number.")
    page = page.press("Record the decision")
    assert "2 wait." in page.words
    page = page.pick("Decision", "Publish").press("Record the decision")
    assert page.faults == []
    state = frozen.state(SITE)
    assert (state.views["v1"].public_words, state.questions["q1"].public_words) == ("", "When do you open at weekends?")


def test_who_was_there_is_recorded_by_role_with_what_was_planned_filled_in(
    folder: Path, frozen: Register, somebody: Somebody, open_page: Opener
) -> None:
    somebody.is_(FACILITATOR)
    page = open_page(folder, "review", place=SITE, meeting="m1", step="3")
    assert page.written("Who was there, by role") == "service user"
    page = page.write("Who was there, by role", "service user\ncarer").press("Record that it was held")
    assert page.faults == []
    assert frozen.state(SITE).meetings["m1"].roles_present == ("service user", "carer")
    assert page.press("2. A choice of therapies").title == "A choice of therapies"


def test_an_address_that_names_no_review_or_no_screen_is_answered_in_words(
    folder: Path, frozen: Register, somebody: Somebody, open_page: Opener
) -> None:
    page = open_page(folder, "review", place=SITE, meeting="never", step="²")
    assert any("“never” is not available" in one for one in page.notices)
    assert page.title.startswith("Review of")
    assert open_page(folder, "review", place=SITE, meeting="m1", step="99").query["step"] == "3"


# --------------------------------------------------------------------------------------------------- The frozen figures


@pytest.fixture
def measured(frozen: Register) -> Register:
    """Action a1 should move an indicator of the small release."""
    happened(frozen, ev.MeasureLinked(action_id="a1", direction=Direction.HIGHER, **MEASURE), author=OTHER_LEAD)
    return frozen


MEASURE = {"indicator_id": "tt_reliable_recovery", "ethnicity_scheme": "upper_nhs_2001", "ethnicity_code": "asian"}


def load_newer(folder: Path, extract: Path) -> None:
    """A year later, with other figures for the same groups."""
    year = {"period_start": "2025-04-01", "period_end": "2026-03-31", "publication_year": "2025-26", "org_code": "TAH"}
    figures = {"value": 77, "numerator": 770, "denominator": 1000}
    rows = [templates.row(**year, **figures, ethnicity=group) for group in templates.GROUPS[:-1]]
    assert loading.load([templates.write(extract, rows)], Settings(data_dir=folder), named="a test").release_id == "r0002"


def test_the_sentence_and_the_chart_are_those_of_the_frozen_release_also_after_a_new_one(
    folder: Path, measured: Register, somebody: Somebody, open_page: Opener, tmp_path: Path
) -> None:
    page = open_page(folder, "review", place=SITE, meeting="m1", step="1")
    assert page.charts == ["groups"]
    assert "This action should move: Reliable recovery, Asian: should go up." in page.words
    assert "have no known ethnicity is not published here." in page.words
    before = (page.said("cg-lead"), page.chart("groups"))
    assert "2024-25" in before[0]
    load_newer(folder, tmp_path / "newer.csv")
    page = open_page(folder, "review", place=SITE, meeting="m1", step="1")
    assert (page.said("cg-lead"), page.chart("groups")) == before
    assert "Figures of this review: release r0001, frozen on" in page.words
    assert "Newer figures exist: release r0002" in page.words
    assert "Figures from release r0001" in page.words
    (way,) = [one.get("href") for tree in page.trees for one in tree.iter("a")]
    assert way == "indicator?place=sheffield&indicator=tt_reliable_recovery"
    newer = open_page(folder, "indicator", place=SITE, indicator="tt_reliable_recovery")
    assert "2025-26" in newer.said("cg-lead")


def test_the_service_is_shown_as_it_stood_at_the_review_and_what_it_reports_since_is_said(
    folder: Path, register: Register, somebody: Somebody, open_page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned, froze = meeting()
    held = ev.MeetingHeld(meeting_id="m1", on=planned.on, roles_present=("service user",), support_offered="travel paid")
    risk = ev.StatusReported(action_id="a1", status=Status.AT_RISK, happened="One partner left.")
    happened(register, planned, froze, risk, held)
    tomorrow = promises.today() + timedelta(days=1)
    monkeypatch.setattr(promises, "today", lambda: tomorrow)
    monkeypatch.setattr(register, "now", lambda: datetime(tomorrow.year, tomorrow.month, tomorrow.day, 12, tzinfo=UTC))
    happened(register, replace(risk, status=Status.OFF_TRACK, happened="The hall was lost."))
    page = open_page(folder, "review", place=SITE, meeting="m1", step="1")
    assert "at risk" in page.said("cg-voices")
    assert "The hall was lost." not in page.words
    assert "The service has reported since: R off track." in page.words


def test_a_release_that_is_lost_is_said_and_no_other_figures_stand_in_its_place(
    folder: Path, measured: Register, somebody: Somebody, open_page: Opener
) -> None:
    happened(measured, replace(meeting()[0], meeting_id="m2"), replace(meeting()[1], meeting_id="m2", release_id="r0077"))
    page = open_page(folder, "review", place=SITE, meeting="m2", step="1")
    assert "This review looked at release r0077, which is not kept here any more." in page.words
    assert page.charts == []


def test_an_action_without_a_measure_says_so(folder: Path, frozen: Register, somebody: Somebody, open_page: Opener) -> None:
    page = open_page(folder, "review", place=SITE, meeting="m1", step="2")
    assert "No measure is linked to this action yet" in page.words
    assert page.charts == []

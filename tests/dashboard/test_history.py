"""The history of an action: everything that was recorded, corrections beside what they put right, nothing that is not public."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dashboard.history import history
from register import events as ev
from register.events import Entry
from register.state import state_of
from register.terms import Decision, Status
from tests.register.made import ACTION, FROZEN, MEASURE, MEETING, MILESTONE, QUESTION, VIEW, entries_of, reported


def told(*entries: Entry) -> list[str]:
    return [one.what for one in history(entries, state_of(entries), "a1")]


def corrected(entry: Entry, field: str, value: str) -> ev.CorrectionMade:
    return ev.CorrectionMade(of=entry.subject, event_id=entry.event_id, field=field, value=value, reason="Example: a slip")


def test_a_correction_stands_beside_what_it_put_right_each_time() -> None:
    entries = entries_of(ACTION, reported(Status.ON_TRACK, happened="Example: frist"))
    first = corrected(entries[1], "happened", "Example: first")
    again = corrected(entries[1], "happened", "Example: the first")
    made = entries_of(ACTION, entries[1].event, first, again)
    entries = (entries[0], entries[1], *(replace(one, event=each) for one, each in zip(made[2:], (first, again), strict=True)))
    words = told(*entries)
    assert words[1] == "Reported as on track: Example: frist"
    assert words[2].startswith("Put right: what happened. It was “Example: frist”. It is now “Example: first”.")
    assert words[3].startswith("Put right: what happened. It was “Example: first”. It is now “Example: the first”.")


def test_everything_that_was_recorded_of_an_action_is_told_in_its_order() -> None:
    words = told(
        *entries_of(
            ACTION, MEASURE, MILESTONE, reported(Status.AT_RISK),
            ev.MilestoneReached(action_id="a1", milestone_id="s1", on=date(2026, 1, 1)),
            ev.DueDateMoved(action_id="a1", due=date(2026, 9, 1), reason="Example: late"),
        )
    )  # fmt: skip
    assert [one.split(" ")[0] for one in words] == ["Promised:", "Measure", "Milestone", "Reported", "Milestone", "Due"]
    assert words[-1] == "Due date moved to 1 September 2026. Why: Example: late"


def test_words_that_are_not_public_are_not_told_and_a_withdrawn_view_is_not_told_at_all() -> None:
    asked = (ACTION, MEETING, FROZEN, VIEW, QUESTION)
    assert told(*entries_of(*asked))[1:] == [
        "The panel's view: “too early to tell”. Its words are not shown here.",
        "A question from the panel. Its words are not shown here.",
    ]
    published = ev.CommentModerated(of="view:v1", decision=Decision.PUBLISHED)
    assert told(*entries_of(*asked, published))[1] == "The panel's view: “too early to tell”. “Example: we wait”"
    taken_back = told(*entries_of(*asked, published, ev.Withdrawn(of="view:v1")))
    assert taken_back[1:] == ["A question from the panel. Its words are not shown here."]


def test_what_was_said_of_another_action_is_not_told() -> None:
    other = replace(ACTION, action_id="a2")
    assert len(told(*entries_of(ACTION, other))) == 1

"""Any sequence of events, allowed or not, on each database: history only grows, the past stays, and the promises of a status hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from register import events as ev
from register.events import Entry, Event, Evidence
from register.refusal import Refusal
from register.roles import Author, Role
from register.state import State, state_of
from register.status import shown_status
from register.store import Conflict, Refused, Register, open_register
from register.terms import Decision, Direction, Status, View
from tests.register import made, postgres
from tests.register.made import SITE

ACTIONS = st.sampled_from(["a1", "a2"])
MEETINGS = st.sampled_from(["m1", "m2"])
ANY_VIEW = st.sampled_from(View)
WORDS = st.sampled_from(["", "Example: something", "Example: something else"])
SHOWN: st.SearchStrategy[tuple[Evidence, ...]] = st.sampled_from([(), made.SHOWN])
AUTHORS = [made.LEAD, made.PANEL, made.FACILITATOR, made.ANALYST, made.ADMINISTRATOR, made.READER, Author(Role.PANEL_MEMBER, "panel-2")]


class Machine(RuleBasedStateMachine):
    """Many hands on one register; time goes on between them. `fresh` gives the address of an empty database."""

    fresh: Callable[[], Any]

    def __init__(self) -> None:
        super().__init__()
        self.place = self.fresh()
        self.register: Register = open_register(self.place.__enter__())
        self.clock = datetime(2026, 1, 1, tzinfo=UTC)
        self.register.now = lambda: self.clock
        self.seen: list[Entry] = []
        self.past: list[tuple[datetime, State]] = []

    def teardown(self) -> None:
        assert self.register.verify().sound
        self.register.close()
        self.place.__exit__(None, None, None)

    def ask(self, event: Event, author: Author | None = None, behind: int = 0) -> None:
        """Try to record an event; what is refused must leave no trace."""
        before = self.register.entries(SITE)
        version = self.register.state(SITE).version(event.subject)
        seen = max(0, version - behind)
        entry, conflict, refused = self._append(event, author or made.author_of(event), seen)
        after = self.register.entries(SITE)
        if entry:
            assert seen == version
            assert after == (*before, entry)
        else:
            assert after == before
            assert refused or conflict
            assert refused or conflict == self.register.state(SITE).history[event.subject][seen:]

    def _append(self, event: Event, author: Author, seen: int) -> tuple[Entry | None, tuple[Entry, ...], list[Refusal]]:
        try:
            return self.register.append(event, author, site=SITE, seen=seen), (), []
        except Conflict as conflict:
            return None, conflict.changes, []
        except Refused as refused:
            return None, (), refused.reasons

    @initialize()
    def begin(self) -> None:
        for event in (made.ACTION, made.MEETING, made.FROZEN):
            self.ask(event)

    @rule(days=st.integers(-3, 60))
    def time_goes_on(self, days: int) -> None:
        self.past.append((self.seen[-1].at, self.register.state(SITE)))
        self.clock += timedelta(days=days)

    @rule(action=ACTIONS, start=st.dates(made.TODAY, made.TODAY + timedelta(days=9)), days=st.integers(-1, 90))
    def add_an_action(self, action: str, start: Any, days: int) -> None:
        event = replace(made.ACTION, action_id=action, start=start, due=start + timedelta(days=days))
        self.ask(event)

    @rule(action=ACTIONS, status=st.sampled_from(Status), happened=WORDS, outcome=WORDS, evidence=SHOWN, behind=st.integers(0, 1))
    def report(self, action: str, status: Status, happened: str, outcome: str, evidence: tuple[Evidence, ...], behind: int) -> None:
        event = ev.StatusReported(action_id=action, status=status, happened=happened, outcome=outcome, evidence=evidence)
        self.ask(event, behind=behind)

    @rule(action=ACTIONS)
    def complete(self, action: str) -> None:
        self.ask(made.reported(Status.COMPLETE, action_id=action))

    @rule(action=ACTIONS, days=st.integers(-10, 90), reason=WORDS)
    def move_the_due_date(self, action: str, days: int, reason: str) -> None:
        self.ask(ev.DueDateMoved(action_id=action, due=(self.clock + timedelta(days=days)).date(), reason=reason))

    @rule(action=ACTIONS, meeting=MEETINGS, author=st.sampled_from(AUTHORS))
    def confirm(self, action: str, meeting: str, author: Author) -> None:
        self.ask(ev.CompletionConfirmed(action_id=action, meeting_id=meeting), author)

    @rule(meeting=MEETINGS, release=st.sampled_from(["r0001", "r0002", "newest"]))
    def plan_and_freeze(self, meeting: str, release: str) -> None:
        self.ask(ev.MeetingPlanned(meeting_id=meeting, on=self.clock.date(), roles_invited=("carer",), support_offered="Example"))
        self.ask(ev.ReleaseFrozen(meeting_id=meeting, release_id=release))

    @rule(name=st.sampled_from(["v1", "v2", "v3"]), action=ACTIONS, meeting=MEETINGS, view=ANY_VIEW, words=WORDS, consent=st.booleans())
    def give_a_view(self, name: str, action: str, meeting: str, view: View, words: str, *, consent: bool) -> None:
        self.ask(ev.ViewGiven(view_id=name, action_id=action, meeting_id=meeting, view=view, comment=words, consent=consent))

    @rule(name=st.sampled_from(["q1", "q2"]), action=ACTIONS, words=WORDS, did=WORDS, difference=WORDS, could_not=WORDS)
    def ask_and_answer(self, name: str, action: str, words: str, did: str, difference: str, could_not: str) -> None:
        self.ask(ev.QuestionAsked(question_id=name, action_id=action, meeting_id="m1", question=words, consent=True))
        self.ask(ev.QuestionAnswered(question_id=name, you_said="Example", we_did=did, difference=difference, could_not=could_not))

    @rule(of=st.sampled_from(["view:v1", "view:v2", "question:q1", "action:a1"]), decision=st.sampled_from(Decision), reason=WORDS)
    def moderate(self, of: str, decision: Decision, reason: str) -> None:
        self.ask(ev.CommentModerated(of=of, decision=decision, reason=reason))

    @rule(of=st.sampled_from(["view:v1", "view:v3", "question:q1", "action:a1"]), author=st.sampled_from(AUTHORS))
    def withdraw(self, of: str, author: Author) -> None:
        self.ask(ev.Withdrawn(of=of), author)

    @rule(action=ACTIONS, direction=st.sampled_from(Direction), author=st.sampled_from(AUTHORS))
    def link_and_unlink(self, action: str, direction: Direction, author: Author) -> None:
        named = {"action_id": action, "indicator_id": "tt_recovery", "ethnicity_scheme": "nhs_16", "ethnicity_code": "M"}
        self.ask(ev.MeasureLinked(**named, direction=direction), author)
        self.ask(ev.MeasureUnlinked(**named, reason="Example"), author)

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), field=st.sampled_from(["title", "happened", "outcome", "comment", "due"]), value=WORDS)
    def correct(self, data: st.DataObject, field: str, value: str) -> None:
        entry = data.draw(st.sampled_from(self.seen))
        self.ask(ev.CorrectionMade(of=entry.subject, event_id=entry.event_id, field=field, value=value, reason="Example"), made.LEAD)

    @invariant()
    def history_only_grows(self) -> None:
        now = self.register.entries(SITE)
        assert list(now[: len(self.seen)]) == self.seen
        assert [entry.sequence for entry in now] == list(range(1, len(now) + 1))
        assert all(one.at < other.at for one, other in pairwise(now))
        self.seen = list(now)

    @invariant()
    def a_past_state_never_changes(self) -> None:
        for when, known in self.past[-5:]:
            assert self.register.state_at(SITE, when) == known

    @invariant()
    def the_state_is_what_the_entries_say(self) -> None:
        assert self.register.state(SITE) == state_of(self.seen)

    @invariant()
    def a_status_keeps_its_promises(self) -> None:
        state, today = self.register.state(SITE), self.clock.date()
        for action in state.actions.values():
            shown = shown_status(action, today)
            if action.status is Status.COMPLETE:
                assert action.updates[-1].outcome
                assert action.updates[-1].evidence
            if shown.confirmed:
                assert action.status is Status.COMPLETE
                confirmed = [one for one in state.history[f"action:{action.action_id}"] if isinstance(one.event, ev.CompletionConfirmed)]
                assert confirmed[-1].role in {Role.PANEL_MEMBER, Role.FACILITATOR}
            if shown.status is Status.ON_TRACK:
                assert today <= action.due
            assert all(one.reason for one in action.due_dates[1:])
            added = state.history[f"action:{action.action_id}"][0].event
            assert isinstance(added, ev.ActionAdded)
            assert action.first_due == added.due

    @invariant()
    def words_are_public_only_with_consent_and_a_decision(self) -> None:
        state = self.register.state(SITE)
        for one in [*state.views.values(), *state.questions.values()]:
            if one.public_words:
                assert one.consent
                assert one.decision is Decision.PUBLISHED
                assert one.withdrawn is None

    @invariant()
    def a_view_stands_on_frozen_data(self) -> None:
        state = self.register.state(SITE)
        assert all(state.meetings[one.meeting_id].release_id for one in state.views.values())


def on_sqlite(folder: Path) -> Callable[[], Any]:
    numbers = iter(range(10**9))

    @contextmanager
    def fresh() -> Iterator[str]:
        file = folder / f"{next(numbers)}.sqlite"
        yield f"sqlite:///{file}"
        for one in folder.glob(f"{file.name}*"):
            one.unlink()

    return fresh


@pytest.mark.parametrize(
    ("examples", "steps"), [(8, 40), pytest.param(100, 60, marks=[pytest.mark.long, pytest.mark.timeout(3600)])], ids=["few", "many"]
)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_no_sequence_of_events_breaks_the_register(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, examples: int, steps: int
) -> None:
    address = request.getfixturevalue("postgresql") if kind == "postgresql" else ""
    place = staticmethod(on_sqlite(tmp_path) if kind == "sqlite" else lambda: postgres.fresh(address))
    machine = type("Machine", (Machine,), {"fresh": place})
    few = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        derandomize=examples < 100,
    )
    run_state_machine_as_test(machine, settings=few)

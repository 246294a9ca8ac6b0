"""Registers that tests fill: the example, and one of study sites whose actions are made up and carry the word Example."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

from register import events as ev
from register.events import Event, Evidence
from register.example import load_example
from register.settings import sqlite_url
from register.store import Register, open_register
from register.terms import Decision, Direction, Status, View
from tests.register.made import ACTION, author_of, on

TODAY = date(2026, 6, 15)
HOSTILE = '<img src="http://example.org/x.png" onerror=alert(1)><script>alert(1)</script> [Example](http://example.org) **b** :red[x] $x$'
FORMULA = '=HYPERLINK("http://example.org/a","Example")'

Told = tuple[date, Event]


def example(folder: Path, today: date = TODAY) -> None:
    """The Example Trust's register, as if it had ended on a day."""
    with closing(open_register(sqlite_url(folder / "register-example.sqlite"))) as register:
        load_example(register, today, "r0001")


def fill(folder: Path, site: str, told: Sequence[Told]) -> None:
    """Record events of a site, each at noon of its day and a second after the one before."""
    with closing(open_register(sqlite_url(folder / "register.sqlite"))) as register:
        for day, event in told:
            seen = register.state(site).version(event.subject)
            Register(register.engine, lambda day=day: on(day)).append(event, author_of(event), site=site, seen=seen)


def action(name: str, title: str, **said: object) -> ev.ActionAdded:
    """An action of the priority of reaching out."""
    return replace(ACTION, action_id=name, title=title, **said)


def measure(name: str, indicator: str, scheme: str, code: str, direction: Direction = Direction.HIGHER) -> ev.MeasureLinked:
    """A measure of an action."""
    return ev.MeasureLinked(action_id=name, indicator_id=indicator, ethnicity_scheme=scheme, ethnicity_code=code, direction=direction)


def reported(name: str, status: Status, happened: str = "Example: something", **said: object) -> ev.StatusReported:
    """A status of an action; complete comes with outcome and evidence."""
    event = ev.StatusReported(action_id=name, status=status, happened=happened)
    if status is Status.COMPLETE:
        event = replace(
            event, outcome="Example: people say so", evidence=(Evidence(text="Example: minutes", link="https://example.org/m"),)
        )
    return replace(event, **said)


def sheffield() -> list[Told]:
    """One action that began between two periods of the starter release and was completed late, one that begins after all of
    them, and one without a measure; the panel disagrees with the first."""
    early, late, bare = "walk_in", "letters", "circle"
    return [
        (date(2023, 5, 1), action(early, "Example: a walk-in day", start=date(2023, 5, 1), due=date(2024, 6, 30))),
        (date(2023, 5, 1), measure(early, "tt_reliable_recovery", "upper_nhs_2001", "asian")),
        (date(2023, 5, 1), ev.MilestoneAdded(action_id=early, milestone_id="hall", title="Example: a hall", due=date(2023, 7, 1))),
        (date(2023, 8, 1), ev.MilestoneReached(action_id=early, milestone_id="hall", on=date(2023, 7, 20))),
        (date(2023, 9, 1), reported(early, Status.ON_TRACK)),
        (date(2024, 9, 1), reported(early, Status.COMPLETE)),
        (date(2026, 1, 5), action(late, "Example: letters in six languages", start=date(2026, 1, 5), due=date(2026, 6, 1))),
        (date(2026, 1, 5), measure(late, "tt_reliable_recovery", "upper_nhs_2001", "all")),
        (date(2026, 1, 6), reported(late, Status.ON_TRACK)),
        (date(2026, 2, 1), ev.DueDateMoved(action_id=late, due=date(2026, 6, 10), reason="Example: the printer was late")),
        (date(2026, 3, 1), action(bare, "Example: an open circle", start=date(2026, 3, 1), due=date(2026, 12, 1))),
        (
            date(2026, 5, 1),
            ev.MeetingPlanned(meeting_id="m1", on=date(2026, 5, 10), roles_invited=("carer",), support_offered="travel paid"),
        ),
        (date(2026, 5, 10), ev.ReleaseFrozen(meeting_id="m1", release_id="r0001")),
        (date(2026, 5, 10), view("v1", early, View.DISAGREE, "Example: it stopped in winter")),
        (date(2026, 5, 10), view("v2", late, View.TOO_EARLY, "Example: a secret", consent=False)),
        (date(2026, 5, 10), question("q1", early, "Example: will it open again?")),
        (date(2026, 5, 11), question("q2", late, "Example: not yet read by a moderator")),
        (date(2026, 5, 11), question("q3", late, "Example: never to be printed", consent=False)),
        (date(2026, 5, 11), question("q4", late, "Example: in which languages?")),
        (date(2026, 5, 12), published("view:v1")),
        (date(2026, 5, 12), published("question:q1")),
        (date(2026, 5, 12), published("question:q4")),
        (
            date(2026, 5, 20),
            ev.QuestionAnswered(question_id="q4", you_said="Example: which?", we_did="Example: six", difference="Example: none yet"),
        ),
    ]


def review(day: date, support: str = "Example: travel paid") -> ev.MeetingPlanned:
    """A review on a day."""
    return ev.MeetingPlanned(meeting_id="m1", on=day, roles_invited=("carer",), support_offered=support)


def published(subject: str) -> ev.CommentModerated:
    """A moderator's word that a comment or a question may be read by everyone."""
    return ev.CommentModerated(of=subject, decision=Decision.PUBLISHED)


def answer(question_id: str, **said: str) -> ev.QuestionAnswered:
    """An answer to a question."""
    return ev.QuestionAnswered(question_id=question_id, **said)


def view(name: str, action_id: str, said: View, comment: str = "", *, consent: bool = True) -> ev.ViewGiven:
    """A view of the panel at review m1."""
    return ev.ViewGiven(view_id=name, action_id=action_id, meeting_id="m1", view=said, comment=comment, consent=consent)


def question(name: str, action_id: str, words: str, *, consent: bool = True) -> ev.QuestionAsked:
    """A question of the panel at review m1."""
    return ev.QuestionAsked(question_id=name, action_id=action_id, meeting_id="m1", question=words, consent=consent)


def hostile() -> list[Told]:
    """An action whose every text a browser, a Markdown reader or a spreadsheet would act upon."""
    texts: dict[str, object] = {"why": HOSTILE, "lead": "front of house lead", "coproduced_with": FORMULA}
    evidence = (Evidence(text=HOSTILE, link="https://example.org/<script>"),)
    return [
        (date(2026, 1, 1), ev.PriorityAdded(priority_id="own", title=HOSTILE, why=FORMULA)),
        (date(2026, 1, 1), action("bad", HOSTILE, priority_id="own", **texts)),
        (date(2026, 1, 2), measure("bad", "tt_reliable_recovery", "upper_nhs_2001", "asian")),
        (date(2026, 1, 2), ev.MilestoneAdded(action_id="bad", milestone_id="s", title=FORMULA, due=date(2026, 2, 1))),
        (date(2026, 1, 3), reported("bad", Status.COMPLETE, HOSTILE, outcome=FORMULA, evidence=evidence)),
        (date(2026, 1, 4), review(date(2026, 1, 5), HOSTILE)),
        (date(2026, 1, 5), ev.ReleaseFrozen(meeting_id="m1", release_id="r0001")),
        (date(2026, 1, 5), view("v1", "bad", View.DISAGREE, HOSTILE)),
        (date(2026, 1, 5), question("q1", "bad", FORMULA)),
        (date(2026, 1, 5), question("q2", "bad", HOSTILE)),
        *(
            (date(2026, 1, 6), ev.CommentModerated(of=one, decision=Decision.PUBLISHED))
            for one in ("view:v1", "question:q1", "question:q2")
        ),
        (date(2026, 1, 7), answer("q2", you_said=HOSTILE, could_not=FORMULA)),
    ]

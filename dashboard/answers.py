"""You said, we did: the panel's published questions at a site, and what came of each. An unanswered one ages in public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard import promises
from dashboard.action_words import counted, days
from dashboard.filters import ALL_SITES
from dashboard.promises import Promises
from dashboard.subject import link
from equity.wording import joined
from register.entities import Answer, Question
from register.state import State
from register.status import unanswered_days


@dataclass(frozen=True)
class Asked:
    """A published question, its action, the day of its review, and for how many days it has gone unanswered (None: it has an answer)."""

    site: str
    question: Question
    title: str
    asked_on: date
    waited: int | None

    @property
    def answer(self) -> Answer | None:
        """The last answer."""
        return self.question.answers[-1] if self.question.answers else None

    @property
    def address(self) -> str:
        """Where everything about its action is told."""
        return link("actions", place=self.site, action=f"{self.site}.{self.question.action_id}")


@dataclass(frozen=True)
class AnswersView:
    """The questions of a site or of all sites: those without an answer from the oldest, those with one from the newest."""

    read: Promises
    site: str

    @property
    def place(self) -> str:
        """The site's name, or that of all of them."""
        return ALL_SITES.name if self.site == ALL_SITES.key else promises.name_of(self.site)

    @property
    def states(self) -> Mapping[str, State]:
        """The states of the site or sites chosen."""
        return {site: state for site, state in self.read.states.items() if self.site in {ALL_SITES.key, site}}

    @property
    def where(self) -> str:
        """The place as a sentence goes on with it."""
        return "at all study sites" if self.site == ALL_SITES.key else f"at {self.place}"

    @property
    def asked(self) -> list[Asked]:
        """Every question whose words everyone may read."""
        return [asked for site in self.states for asked in self.of_site(site)]

    def of_site(self, site: str) -> list[Asked]:
        """The published questions of a site."""
        state, today = self.read.states[site], self.read.day
        found = [
            Asked(site, one, state.actions[one.action_id].title, state.meetings[one.meeting_id].on, unanswered_days(one, today))
            for one in state.questions.values()
            if one.public_words
        ]
        waiting = sorted((one for one in found if one.waited is not None), key=lambda one: one.question.given)
        done = sorted((one for one in found if one.waited is None), key=lambda one: one.question.answers[-1].at, reverse=True)
        return [*waiting, *done]

    def kept_back(self, site: str) -> str:
        """How many questions of a site are not shown, and why."""
        return kept_back_sentence(list(self.read.states[site].questions.values()), self.read.day)


def waited_words(count: int) -> str:
    """For how long a question has had no answer."""
    return f"Unanswered for {days(count)}" if count else "Asked today, not answered yet"


def answered_after(one: Asked) -> str:
    """How long its first answer took."""
    took = (one.question.answers[0].at.date() - one.question.given.date()).days
    return f"Answered after {days(took)}" if took else "Answered on the same day"


def answers_sentence(where: str, asked: Sequence[Asked]) -> str:
    """How many questions were asked, how many have no answer, how long the oldest has waited. ``where``: "at Sheffield"."""
    if not asked:
        return f"No question of a panel {where} is published yet."
    refused = sum(bool(one.answer and one.answer.could_not) for one in asked)
    could_not = f"For {refused} the answer is “we couldn't, because”." if refused else ""
    waits = [one.waited for one in asked if one.waited is not None]
    head = f"{counted(len(asked), 'question', 'questions')} of panels {where} {'is' if len(asked) == 1 else 'are'} published."
    if not waits:
        answered = "It has an answer." if len(asked) == 1 else "All of them have an answer."
        return joined(head, answered, could_not)
    none = f"{len(waits)} {'has' if len(waits) == 1 else 'have'} no answer yet."
    oldest = f"{'It' if len(waits) == 1 else 'The oldest'} has waited for {days(max(waits))}." if max(waits) else ""
    return joined(head, none, oldest, could_not)


def kept_back_sentence(questions: Sequence[Question], day: date) -> str:
    """How many questions are not shown, and why; empty where all are. Those that were taken back are not counted."""
    kept = [one for one in questions if not one.withdrawn and not one.public_words]
    waiting = [one for one in kept if one.consent and one.awaits_moderation]
    closed = len(kept) - len(waiting)
    oldest = max(((day - one.given.date()).days for one in waiting), default=0)
    since = "" if not oldest else f", {'the oldest ' if len(waiting) > 1 else ''}for {days(oldest)}"
    return joined(
        f"{counted(len(waiting), 'question is', 'questions are')} awaiting moderation{since}." if waiting else "",
        f"{counted(closed, 'question is', 'questions are')} not for publication." if closed else "",
    )

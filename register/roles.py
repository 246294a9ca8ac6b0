"""Who may record what. Reading is not in this table: it needs no role unless the settings say so.

Nobody speaks for another: the service's status is an action lead's to report, the panel's view the panel's to give, and an
administrator does neither. A person with several roles says in which of them they record an event.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is here as. The values stand in the store and in the settings: they are never renamed."""

    READER = "reader"
    PANEL_MEMBER = "panel_member"
    FACILITATOR = "facilitator"
    ACTION_LEAD = "action_lead"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"

    @property
    def words(self) -> str:
        """As it is said in a sentence: "panel member"."""
        return self.value.replace("_", " ")


# An author's sites when they are not limited to some.
ANY_SITE = "*"


@dataclass(frozen=True)
class Author:
    """Who records an event: in which role, from which account (an opaque identifier, never a person's name), for which sites.

    `sites` limits an action lead; a lead whose sites are not named may record for none.
    """

    role: Role
    account: str
    sites: frozenset[str] = frozenset()


_PANEL = frozenset({Role.PANEL_MEMBER, Role.FACILITATOR})
_LEAD = frozenset({Role.ACTION_LEAD})

# Kind of event -> roles that may record it. register.events declares the kinds; a test holds that none is missing here.
MAY_RECORD: dict[str, frozenset[Role]] = {
    "priority_added": frozenset({Role.ACTION_LEAD, Role.ADMINISTRATOR}),
    "action_added": frozenset({Role.ACTION_LEAD, Role.ADMINISTRATOR}),
    "due_date_moved": _LEAD,
    "status_reported": _LEAD,
    "milestone_added": _LEAD,
    "milestone_reached": _LEAD,
    "measure_linked": frozenset({Role.ACTION_LEAD, Role.ANALYST}),
    "measure_unlinked": frozenset({Role.ACTION_LEAD, Role.ANALYST}),
    "meeting_planned": frozenset({Role.FACILITATOR}),
    "meeting_held": frozenset({Role.FACILITATOR}),
    "release_frozen": frozenset({Role.FACILITATOR}),
    "view_given": _PANEL,
    "question_asked": _PANEL,
    "question_answered": _LEAD,
    "completion_confirmed": _PANEL,
    "comment_moderated": frozenset({Role.FACILITATOR, Role.ADMINISTRATOR}),
    "withdrawn": frozenset({Role.PANEL_MEMBER, Role.FACILITATOR, Role.ADMINISTRATOR}),
    "correction_made": frozenset({Role.ACTION_LEAD, Role.FACILITATOR, Role.ADMINISTRATOR}),
}


def may_record(author: Author, kind: str, site: str) -> bool:
    """Whether this author may record this kind of event at this site. A kind that is not in the table is nobody's."""
    if author.role not in MAY_RECORD.get(kind, frozenset()):
        return False
    return author.role is not Role.ACTION_LEAD or not author.sites.isdisjoint({site, ANY_SITE})


def who_may(kind: str) -> str:
    """The roles that may record a kind, as words: "action lead or analyst"."""
    return " or ".join(role.words for role in Role if role in MAY_RECORD.get(kind, frozenset()))

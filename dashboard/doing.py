"""What is being done about a gap: the actions of its site that are linked to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.actions import Promise, promise_of
from dashboard.promises import Promises
from register.reference import EVERYONE
from register.status import actions_for

NO_ACTION = "No action addresses this yet"
EXAMPLE = "Not shown: the register here is an example"
UNREAD = "Not known: the register of actions cannot be read"


@dataclass(frozen=True)
class Doing:
    """The actions of a site that are to move an indicator for a group, and those that are to move it for everyone; ``none``
    says what there is to say where there is neither."""

    own: Sequence[Promise]
    everyone: Sequence[Promise]
    none: str

    @property
    def all(self) -> list[Promise]:
        """Those for the group first."""
        return [*self.own, *self.everyone]

    @property
    def words(self) -> str:
        """In a cell of a table: each action with its status, or that there is none."""
        said = [*(f"{one.action.title}: {one.shown.words}" for one in self.own)]
        said += [f"For everyone: {one.action.title}: {one.shown.words}" for one in self.everyone]
        return "; ".join(said) or self.none


def doing(read: Promises, site: str, indicator_id: str, scheme: str | None, group: str) -> Doing:
    """What a site does about the gap of a group of a scheme in an indicator."""
    mine = {site: read.states[site]} if site in read.states else {}
    found = actions_for(mine, indicator_id)
    own = [action.action_id for _, action, one in found if (one.ethnicity_scheme, one.ethnicity_code) == (scheme, group)]
    everyone = [action.action_id for _, action, one in found if one.ethnicity_code == EVERYONE]
    named = dict.fromkeys(own), dict.fromkeys(name for name in everyone if name not in own)
    own_promises, for_everyone = ([promise_of(read, site, name) for name in names] for names in named)
    return Doing(own_promises, for_everyone, nothing_done(read))


def nothing_done(read: Promises) -> str:
    """What there is to say where no action is found: that there is none, or that none can be shown."""
    return UNREAD if read.trouble else EXAMPLE if read.is_example else NO_ACTION


def doing_about(read: Promises, site: str, indicator_id: str) -> list[Promise]:
    """Everything that a site does about an indicator, for whichever group."""
    mine = {site: read.states[site]} if site in read.states else {}
    names = dict.fromkeys(action.action_id for _, action, _ in actions_for(mine, indicator_id))
    return [promise_of(read, site, name) for name in names]

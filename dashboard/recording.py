"""The one place where the dashboard writes. What is asked for is recorded, or it is said in words why not; nothing written is lost."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError

from dashboard import access, promises
from dashboard.release import data_dir
from pipelines import releases
from pipelines.errors import PipelineError
from register.events import Entry, Event, ReleaseFrozen
from register.faults import RegisterFault
from register.refusal import Refusal
from register.roles import Author, Role
from register.rules import refusals
from register.state import State
from register.store import Conflict, Denied, Refused
from register.text import cleaned

NOTHING_LOST = "Nothing was recorded. What you wrote is still on this page."
CHANGED = "This changed while you were writing. Nothing of yours was recorded, and nothing is lost: it is still in the form."
CHECK = "Look at what is new, change your words if you need to, and record it again."


@dataclass(frozen=True)
class Outcome:
    """What became of an event: its entry; or what refuses it, by field; or what others recorded since; or another trouble in words.

    ``version`` is the version of the subject to go on from.
    """

    version: int
    entry: Entry | None = None
    refused: tuple[Refusal, ...] = ()
    changes: tuple[Entry, ...] = ()
    trouble: str = ""


def record(event: Event, site: str, seen: int, event_id: str, role: Role | None = None) -> Outcome:
    """Record an event for the person of this run, if their role allows it at this site; a denied attempt is recorded as one.

    ``seen`` is the version of its subject when the form was opened, ``event_id`` the UUID made with the form: sent twice, it is
    recorded once.
    """
    try:
        author = access.allow(event.kind, site, role=role)
        register = promises.to_write()
        if isinstance(event, ReleaseFrozen):
            _hold(event, register.state(site), author, site)
        entry = register.append(event, author, site=site, seen=seen, event_id=event_id)
    except (access.Denied, access.AccessFault) as denied:
        return Outcome(seen, trouble=str(denied))
    except Denied as denied:
        return Outcome(seen, trouble=f"{denied} {NOTHING_LOST}")
    except Conflict as conflict:
        return Outcome(conflict.version, changes=conflict.changes)
    except Refused as refused:
        return Outcome(seen, refused=tuple(refused.reasons))
    except (RegisterFault, PipelineError, SQLAlchemyError, OSError) as fault:
        return Outcome(seen, trouble=f"{fault} {NOTHING_LOST}")
    return Outcome(seen + 1, entry=entry)


def objections(event: Event, state: State, site: str, author: Author) -> tuple[Refusal, ...]:
    """What would refuse an event as things stand; the store asks the same rules again when it is sent.

    The rules look at what is said once nothing is left empty. A form tells of both while it is filled in.
    """
    event, today = cleaned(event), promises.today()
    found = refusals(event, state, today, author, site)
    empty = {one.field: "..." for one in found if getattr(event, one.field, None) == ""}
    if empty:
        found += [one for one in refusals(replace(event, **empty), state, today, author, site) if one.field not in empty]
    return tuple(found)


def _hold(event: ReleaseFrozen, state: State, author: Author, site: str) -> None:
    """A frozen release is kept for good before anybody is told that it is frozen."""
    reasons = list(objections(event, state, site, author))
    if reasons:
        raise Refused(reasons)
    releases.hold(data_dir(), event.release_id)

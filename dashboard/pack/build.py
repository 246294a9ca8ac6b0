"""The pack, put together from the state of a site and the figures of one release. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from dashboard.pack import pictures, wording
from dashboard.pack.content import Number, Pack, Promise, Said
from dashboard.pack.room import sheets_of
from register.entities import Action, Measure, Priority
from register.state import State
from register.status import shown_status, views_of

NumberOf = Callable[[Action], Number]


def pack_of(
    place: str,
    state: State,
    priorities: Mapping[str, Priority],
    easy: Mapping[str, str],
    number_of: NumberOf,
    *,
    day: date,
    past: bool,
    release_id: str,
    example: bool,
) -> Pack:
    """The pack of these priorities. ``easy`` are their titles in easy words, where there are any; a site's own stay as it wrote them."""
    titles = {key: easy.get(key, one.title) for key, one in priorities.items()}
    made = {key: _promises(state, key, day, number_of) for key in priorities}
    sheets = [one for key, promises in made.items() for one in sheets_of(titles[key], promises)]
    without = [titles[key] for key, promises in made.items() if not promises]
    return Pack(place, day, tuple(wording.cover(place, day, release_id, past)), example, tuple(sheets), tuple(without))


def _promises(state: State, priority_id: str, day: date, number_of: NumberOf) -> list[Promise]:
    mine = [one for one in state.actions.values() if one.priority_id == priority_id]
    return [_promise(state, one, day, number_of(one)) for one in sorted(mine, key=lambda one: (one.due, one.action_id))]


def _promise(state: State, action: Action, day: date, number: Number) -> Promise:
    shown, views = shown_status(action, day), views_of(state, action.action_id)
    service = Said(pictures.OF_STATUS[shown.status], wording.status_words(shown), wording.meaning(shown), shown.status.letter)
    panel = tuple(Said(pictures.OF_VIEW[view], words) for view, words in wording.panel_words(views))
    return Promise(
        title=action.title,
        lead=action.lead,
        due=wording.due_words(action, shown),
        service=service,
        panel=panel or (Said("question", wording.NO_VIEW),),
        apart=wording.apart(shown, views),
        number=number,
    )


def best(numbers: Sequence[tuple[Measure, Number]]) -> Number:
    """One number for a promise: the first that can be drawn, else the first that has a figure, else the first."""
    found = [number for _, number in numbers]
    drawn = next((one for one in found if any(group.filled is not None for group in one.groups)), None)
    return drawn or next((one for one in found if one.groups), None) or (found[0] if found else Number(wording.NO_NUMBER_LINKED))

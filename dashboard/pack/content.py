"""What the pack says: a sheet for each priority, put together from the state of a site and the figures of one release. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.pack import pictures, wording
from equity.sentences.easy import EasyFigure
from register.entities import Action, Measure, Priority
from register.state import State
from register.status import shown_status, views_of

# What fits on a page in large print, with room to write: two promises of which one has a number, or one of any kind.
A_PAGE = 5
_SIZES = (2, 3, 4)


@dataclass(frozen=True)
class Number:
    """The number that goes with a promise: what it is about, each group's figure, and what else must be said. Without groups, words."""

    about: str
    groups: tuple[EasyFigure, ...] = ()
    notes: str = ""


@dataclass(frozen=True)
class Said:
    """What service or panel says, beside its drawing; ``letter`` is that of a status."""

    sign: str
    words: str
    more: str = ""
    letter: str = ""


@dataclass(frozen=True)
class Promise:
    """An action as it stands on paper."""

    title: str
    lead: str
    due: str
    service: Said
    panel: tuple[Said, ...]
    apart: str
    number: Number


@dataclass(frozen=True)
class Sheet:
    """A page: a priority, and the promises made for it."""

    heading: str
    part: str
    promises: tuple[Promise, ...]


@dataclass(frozen=True)
class Pack:
    """All the pages for one site on one day. ``without``: priorities for which nothing was promised, on a page of their own."""

    place: str
    day: date
    cover: tuple[str, ...]
    example: bool
    sheets: tuple[Sheet, ...]
    without: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the document is called, where it is listed and read out."""
        return f"Print pack, {self.place}{', Example' if self.example else ''}"


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
    sheets = [one for key, promises in made.items() for one in _sheets(titles[key], promises)]
    without = [titles[key] for key, promises in made.items() if not promises]
    return Pack(place, day, tuple(wording.cover(place, day, release_id, past)), example, tuple(sheets), tuple(without))


def _sheets(title: str, promises: Sequence[Promise]) -> list[Sheet]:
    pages: list[list[Promise]] = []
    for promise in promises:
        if pages and sum(_size(one) for one in (*pages[-1], promise)) <= A_PAGE:
            pages[-1].append(promise)
        else:
            pages.append([promise])
    return [Sheet(title, wording.part(number, len(pages)), tuple(page)) for number, page in enumerate(pages, start=1)]


def _size(promise: Promise) -> int:
    """What a promise takes of a page: by the groups of its number, none, one or two side by side."""
    return _SIZES[len(promise.number.groups)]


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

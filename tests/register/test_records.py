"""Events as JSON and back, strictly; one spelling for the hash."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.events import KINDS, Event
from register.faults import RegisterFault
from register.records import canonical, digest, from_payload, from_record, moment, to_payload, to_record
from register.terms import Status
from tests.register.made import ACTION, TODAY, entry_of, on, reported

ANY_EVENT = st.one_of(*(st.from_type(kind) for kind in KINDS.values()))


@given(ANY_EVENT)
def test_an_event_is_the_same_after_a_journey_through_json(event: Event) -> None:
    # A lone surrogate is no text: it cannot be stored, and register.text takes it out.
    payload = to_payload(event)
    try:
        text = canonical(payload).encode()
    except UnicodeEncodeError:
        return
    assert from_payload(event.kind, json.loads(text)) == event


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("action_added", {"colour": "red"}, "colour"),
        ("action_added", {"due": "30/06/2026"}, "due = '30/06/2026'"),
        ("action_added", {"title": 7}, "title = 7"),
        ("action_added", {"title": None}, "title"),
        ("status_reported", {}, "status"),
        ("action_closed", {}, "'action_closed' is not a kind of event. Known are: priority_added"),
    ],
)
def test_a_payload_of_another_form_is_refused_by_field(kind: str, change: dict[str, Any], words: str) -> None:
    with pytest.raises(RegisterFault) as told:
        from_payload(kind, to_payload(ACTION) | change)
    assert words in str(told.value)


def test_a_hash_is_over_everything_but_itself() -> None:
    record = to_record(entry_of(ACTION, 1, on(TODAY)))
    others = [digest(record | {name: "x"}) for name in record if name != "hash"]
    assert len({digest(record), *others}) == len(record)
    assert digest(record | {"hash": "x"}) == digest(record)


def test_the_documented_spelling_is_the_one_that_is_hashed() -> None:
    assert canonical({"b": ["é", 1], "a": {"d": True, "c": ""}}) == '{"a":{"c":"","d":true},"b":["é",1]}'
    assert moment(on(TODAY)) == "2026-06-15T12:00:00.000000Z"


def test_an_entry_is_read_back_from_its_record() -> None:
    entry = entry_of(reported(Status.COMPLETE), 4, on(TODAY))
    assert from_record(to_record(entry)) == entry
    with pytest.raises(RegisterFault, match="its subject is 'action:a2'"):
        from_record(to_record(entry) | {"subject": "action:a2"})
    with pytest.raises(RegisterFault, match="entry 4: cannot be read"):
        from_record(to_record(entry) | {"at": "yesterday"})

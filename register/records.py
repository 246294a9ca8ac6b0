"""Events as JSON: to and from, their schema (made from the dataclasses), and the chain of hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from register.events import KINDS, Entry, Event
from register.faults import RegisterFault
from register.roles import Role

# What the first entry stands on.
START = "0" * 64
# What an entry's hash is over, besides its payload.
FIELDS = ("sequence", "id", "site", "subject", "kind", "payload", "role", "account", "at", "previous")
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


@cache
def _adapter(kind: str) -> TypeAdapter[Event]:
    if kind not in KINDS:
        raise RegisterFault(f"{kind!r} is not a kind of event. Known are: {', '.join(KINDS)}.")
    return TypeAdapter(KINDS[kind])


def to_payload(event: Event) -> dict[str, Any]:
    """What an event says, as plain JSON values."""
    return _adapter(event.kind).dump_python(event, mode="json")


def from_payload(kind: str, payload: Mapping[str, Any]) -> Event:
    """The event of a payload; RegisterFault names the field that is missing, unknown or of another type."""
    try:
        return _adapter(kind).validate_json(json.dumps(payload), strict=True)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, one['loc']))} = {one['input']!r}: {one['msg']}" for one in error.errors())
        raise RegisterFault(f"This is not a {kind} event: {faults}") from error


def canonical(value: object) -> str:
    """JSON of one spelling: keys in order, no spaces, letters as they are. Hashes are over its UTF-8 bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(record: Mapping[str, Any]) -> str:
    """SHA-256 of a record without its hash."""
    return hashlib.sha256(canonical({name: record[name] for name in FIELDS}).encode()).hexdigest()


def moment(at: datetime) -> str:
    """A moment as it stands in the store: UTC, to the microsecond, in an order that sorts."""
    return at.astimezone(UTC).strftime(_MOMENT)


def parsed(text: str) -> datetime:
    """The moment that stands in the store."""
    return datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)


def to_record(entry: Entry) -> dict[str, Any]:
    """An entry as plain JSON values, as it is exported."""
    return {
        "sequence": entry.sequence,
        "id": entry.event_id,
        "site": entry.site,
        "subject": entry.subject,
        "kind": entry.event.kind,
        "payload": to_payload(entry.event),
        "role": entry.role.value,
        "account": entry.account,
        "at": moment(entry.at),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def from_record(record: Mapping[str, Any]) -> Entry:
    """The entry of a record; RegisterFault says what is wrong with it. Whether the chain holds is register.chain's to say."""
    try:
        event = from_payload(record["kind"], record["payload"])
        entry = Entry(
            record["sequence"], record["id"], record["site"], event, Role(record["role"]), record["account"], parsed(record["at"]),
            record["previous"], record["hash"],
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise RegisterFault(f"entry {record.get('sequence', '?')}: cannot be read: {error}") from error
    if entry.subject != record["subject"]:
        raise RegisterFault(f"entry {entry.sequence}: its subject is {record['subject']!r}, but its event is about {entry.subject!r}.")
    return entry


def schema() -> dict[str, Any]:
    """JSON Schema of an exported register, made from the dataclasses."""
    kinds, shared = list[dict[str, Any]](), dict[str, Any]()
    for kind in KINDS:
        payload = _adapter(kind).json_schema(ref_template="#/$defs/{model}")
        shared |= payload.pop("$defs", {})
        kinds.append({"properties": {"kind": {"const": kind}, "payload": payload}})
    text, whole = {"type": "string"}, {"type": "integer", "minimum": 1}
    sha = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    entry = {
        "type": "object",
        "required": [*FIELDS, "hash"],
        "additionalProperties": False,
        "properties": {
            "sequence": whole | {"description": "1, 2, 3 ... without gaps"},
            "id": text | {"format": "uuid", "description": "given by whoever asks, so that asking twice records once"},
            "site": text,
            "subject": text | {"description": "what the event is about, such as action:a1"},
            "kind": {"enum": list(KINDS)},
            "payload": {"type": "object", "description": "what the event says, by kind"},
            "role": {"enum": [role.value for role in Role]},
            "account": text | {"description": "an opaque identifier, never a person's name"},
            "at": text | {"format": "date-time", "description": "UTC"},
            "previous": sha | {"description": "hash of the entry before; 64 noughts for the first"},
            "hash": sha | {"description": "SHA-256 of the entry without this field, as JSON with sorted keys, no spaces, UTF-8"},
        },
        "oneOf": kinds,
    }
    denied = {
        "type": "object",
        "required": ["at", "role", "account", "what"],
        "properties": dict.fromkeys(["at", "role", "account", "what"], text),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Common Ground register",
        "type": "object",
        "required": ["format", "head", "entries", "denied"],
        "properties": {
            "format": {"const": 1},
            "head": sha | {"description": "hash of the last entry"},
            "entries": {"type": "array", "items": entry},
            "denied": {"type": "array", "items": denied},
        },
        "$defs": shared,
    }

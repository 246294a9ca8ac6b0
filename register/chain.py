"""Is the chain whole? Each record stands on the hash of the one before: changed, missing and exchanged ones are found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from register.faults import RegisterFault
from register.records import START, digest, from_record


@dataclass(frozen=True)
class Verdict:
    """How many entries are sound, the hash of the last of them, and what is wrong with the first that is not (empty: nothing)."""

    entries: int
    head: str
    fault: str = ""

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.fault


def verify(records: Iterable[Mapping[str, Any]], kept: str = "") -> Verdict:
    """Follow the chain. `kept` is a head hash that was noted elsewhere: without it in the chain, the end was cut off or rewritten."""
    count, head, at, seen = 0, START, "", not kept or kept == START
    for record in records:
        fault = _fault(record, count + 1, head, at)
        if fault:
            return Verdict(count, head, fault)
        count, head, at = count + 1, record["hash"], record["at"]
        seen = seen or head == kept
    if not seen:
        return Verdict(count, head, f"the hash {kept} that was kept is not in the chain: entries after it, and itself, were taken away.")
    return Verdict(count, head)


def _fault(record: Mapping[str, Any], sequence: int, head: str, at: str) -> str:
    found = record.get("sequence")
    if found != sequence:
        return f"entry {sequence} is missing or out of its place: entry {found} stands there."
    if record.get("previous") != head:
        return f"entry {sequence} does not stand on the entry before it: one of the two was exchanged or changed."
    try:
        if digest(record) != record["hash"]:
            return f"entry {sequence} was changed after it was recorded: its hash is not that of what it says."
        from_record(record)
    except (RegisterFault, KeyError, TypeError, ValueError) as error:
        return f"entry {sequence} cannot be read: {error}"
    return f"entry {sequence} is not later than the entry before it." if record["at"] <= at else ""

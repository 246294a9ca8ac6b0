"""Processes that write to one register, told what to do on their command line: python -m tests.register.writers URL NAME SECONDS.

Each prints the id of an entry once the store has acknowledged it, a line each.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace

from register.store import Conflict, open_register
from register.terms import Status
from tests.register.made import ACTION, LEAD, SITE, reported


def write(url: str, name: str, seconds: float) -> None:
    """Report on an action of one's own and on one that all share, until the time is up."""
    chance = random.Random(name)
    register = open_register(url)
    mine = f"a-{name}"
    action = replace(ACTION, due=ACTION.due.replace(year=2999))
    for one in (mine, "shared"):
        try:
            _say(register.append(replace(action, action_id=one), LEAD, site=SITE, seen=0).event_id)
        except Conflict:
            _say("conflict")
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        subject = chance.choice([mine, "shared"])
        seen = register.state(SITE).version(f"action:{subject}")
        count += 1
        event = replace(reported(Status.AT_RISK, happened=f"Example: {name} {count}"), action_id=subject)
        try:
            _say(register.append(event, LEAD, site=SITE, seen=seen).event_id)
        except Conflict as conflict:
            told_whole = len(conflict.changes) == conflict.version - seen > 0
            if subject != "shared" or not told_whole:
                raise
            _say("conflict")
    register.close()


def _say(what: str) -> None:
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2], float(sys.argv[3]))

"""A sign-in holds for eight hours, for thirty minutes without use, and never after sign-out."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dashboard.access.person import NOBODY
from dashboard.access.settings import AccessSettings
from dashboard.access.sign_ins import FILE, KEEP_SECONDS, Limits, SignIn, SignIns, Standing, judged, sign_in_of
from dashboard.access.visit import visit_of

HOUR, MINUTE = 3600.0, 60.0
LIMITS = Limits(8 * HOUR, 30 * MINUTE)
NOON = 1_780_000_000.0
CLAIMS = {"iss": "https://id.example.org", "sub": "s1", "iat": int(NOON), "is_logged_in": True}


@pytest.mark.parametrize(
    ("used", "ended", "now", "standing"),
    [
        (None, None, 0, Standing.HOLDS),
        (None, None, 30 * MINUTE, Standing.HOLDS),
        (None, None, 30 * MINUTE + 1, Standing.IDLE),
        (7.9 * HOUR, None, 8 * HOUR, Standing.HOLDS),
        (8 * HOUR, None, 8 * HOUR + 1, Standing.TOO_OLD),
        (HOUR, None, 1.5 * HOUR, Standing.HOLDS),
        (HOUR, None, 1.5 * HOUR + 1, Standing.IDLE),
        (0, 1, 2, Standing.ENDED),
        (0, 1, 9 * HOUR, Standing.ENDED),
        (None, None, -300, Standing.HOLDS),
        (None, None, -301, Standing.UNKNOWN),
    ],
)
def test_age_idle_time_and_sign_out(used: float | None, ended: float | None, now: float, standing: Standing) -> None:
    at = [None if one is None else NOON + one for one in (used, ended)]
    assert judged(SignIn("k", NOON), at[0], at[1], NOON + now, LIMITS) is standing


@pytest.mark.parametrize("lacks", ["iss", "sub", "iat"])
@pytest.mark.parametrize("value", [None, "", True, []])
def test_a_cookie_that_lacks_something_is_no_sign_in(lacks: str, value: Any) -> None:
    assert sign_in_of(CLAIMS | {lacks: value}) is None
    assert sign_in_of({name: one for name, one in CLAIMS.items() if name != lacks}) is None


def test_sign_ins_differ_by_each_of_their_parts() -> None:
    others = [CLAIMS, CLAIMS | {"iss": "x"}, CLAIMS | {"sub": "s2"}, CLAIMS | {"iat": int(NOON) + 1}]
    keys = {one.key for claims in others if (one := sign_in_of(claims))}
    assert len(keys) == 4
    assert not any("s1" in key or "example" in key for key in keys)


def test_use_keeps_a_sign_in_awake(tmp_path: Path) -> None:
    kept, one = SignIns(tmp_path), SignIn("k", NOON)
    for minutes in range(0, 8 * 60 + 1, 20):
        assert kept.use(one, NOON + minutes * MINUTE, LIMITS) is Standing.HOLDS
    assert kept.use(one, NOON + 8 * HOUR + 1, LIMITS) is Standing.TOO_OLD


def test_asking_after_it_lapsed_does_not_wake_it(tmp_path: Path) -> None:
    kept, one = SignIns(tmp_path), SignIn("k", NOON)
    kept.use(one, NOON, LIMITS)
    assert kept.use(one, NOON + HOUR, LIMITS) is Standing.IDLE
    assert kept.use(one, NOON + HOUR + 1, LIMITS) is Standing.IDLE


def test_a_sign_out_holds_in_other_processes_and_after_a_restart(tmp_path: Path) -> None:
    one = sign_in_of(CLAIMS)
    assert one
    assert SignIns(tmp_path).use(one, NOON, LIMITS) is Standing.HOLDS
    script = (
        "import sys; from pathlib import Path; from dashboard.access.sign_ins import *; "
        "SignIns(Path(sys.argv[1])).end(SignIn(sys.argv[2], float(sys.argv[3])), float(sys.argv[3]) + 5)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path), one.key, str(one.issued)], check=True, env=os.environ)
    assert SignIns(tmp_path).use(one, NOON + 6, LIMITS) is Standing.ENDED
    later = sign_in_of(CLAIMS | {"iat": int(NOON) + 10})
    assert later
    assert SignIns(tmp_path).use(later, NOON + 10, LIMITS) is Standing.HOLDS, "they may sign in again"


def test_what_is_too_old_to_hold_is_forgotten_and_still_refused(tmp_path: Path) -> None:
    kept, old = SignIns(tmp_path), SignIn("old", NOON)
    kept.end(old, NOON)
    late = NOON + KEEP_SECONDS + 1
    kept.end(SignIn("new", late), late)
    assert kept.use(old, late, LIMITS) is Standing.TOO_OLD


def test_the_file_is_for_its_owner_alone_and_holds_digests(tmp_path: Path) -> None:
    one = sign_in_of(CLAIMS)
    assert one
    SignIns(tmp_path).use(one, NOON, LIMITS)
    held = b"".join(path.read_bytes() for path in tmp_path.glob(f"{FILE}*"))
    assert b"s1" not in held
    assert b"example.org" not in held
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("now", "told"), [(1, ""), (HOUR, "Nothing was done for more than 30 minutes"), (9 * HOUR, "more than 8 hours ago")]
)
def test_what_ended_a_sign_in_is_told(tmp_path: Path, now: float, told: str) -> None:
    visit = visit_of(CLAIMS, AccessSettings(), tmp_path, NOON + now)
    assert told in visit.told
    assert (visit.person == NOBODY) is bool(told)

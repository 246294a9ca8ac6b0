"""What people write is text: no sign in it acts or hides."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.events import Evidence
from register.terms import Status
from register.text import clean, cleaned
from tests.register.made import ACTION, reported


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\x00b\x07c\x1b[31md\x7f", "abc[31md"),
        ("pay \u202eevil\u202c \u2066x\u2069", "pay evil x"),
        ("in\u200bvis\ufeffible\u2060 \u00adword", "invisible word"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("one\r\ntwo\rthree\u2028four\x0bfive", "one\ntwo\nthree\nfour\nfive"),
        ("  trimmed\n", "trimmed"),
        ("\ud800lone", "lone"),
        ("e\u0301", "é"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
        ("👩\u200d⚕️", "👩\u200d⚕️"),
        ("<script>alert(1)</script> [link](javascript:x) **b**", "<script>alert(1)</script> [link](javascript:x) **b**"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_signs_that_act_or_hide_are_taken_out_and_words_stay(written: str, kept: str) -> None:
    assert clean(written) == kept


@given(st.text(alphabet=st.characters(), max_size=200))
def test_clean_text_has_no_control_signs_can_be_stored_and_is_clean_already(written: str) -> None:
    kept = clean(written)
    assert kept == clean(kept)
    assert not {unicodedata.category(sign) for sign in kept if sign not in "\n\t\u200c\u200d"} & {"Cc", "Cf", "Cs", "Co"}
    assert kept.encode("utf-8").decode("utf-8") == kept


def test_every_text_of_an_event_is_made_clean_and_nothing_else_is_touched() -> None:
    event = reported(Status.AT_RISK, happened="\x00Example ", evidence=(Evidence(text="\u202eshown", link=" https://example.org/"),))
    assert cleaned(event) == replace(event, happened="Example", evidence=(Evidence(text="shown", link="https://example.org/"),))
    assert cleaned(event).status is Status.AT_RISK
    assert cleaned(ACTION) == ACTION

"""What the pages that write say of themselves: plain English, and no banned words."""

from __future__ import annotations

import re

import pytest
from textstat.textstat import textstat

from dashboard import answering, frozen, meetings, moderation, recording, review_forms, update
from tests.pages.test_plain_words import BANNED, GRADE

MODULES = (answering, frozen, meetings, moderation, recording, review_forms, update)
SAID = sorted({words for one in MODULES for name, words in vars(one).items() if name.isupper() and isinstance(words, str) and " " in words})


@pytest.mark.parametrize("words", SAID)
def test_a_form_speaks_plainly(words: str) -> None:
    # Of a few words, one long one decides the grade.
    sentences = [one for one in re.split(r"(?<=[.!?]) ", words) if len(one.split()) > 7]
    assert [one for one in sentences if textstat.flesch_kincaid_grade(one) > GRADE] == []
    assert not BANNED.search(words)

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
    sentences = [one for one in re.split(r"(?<=[.!?]) ", words) if one]
    assert max(textstat.flesch_kincaid_grade(one) for one in sentences if len(one.split()) > 5) <= GRADE if len(words.split()) > 5 else True
    assert not BANNED.search(words)

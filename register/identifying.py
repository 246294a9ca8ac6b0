"""What in a comment may tell who somebody is: warnings for the moderator, who decides. Nothing found is no proof that nothing is there.

A name is looked for by its capital letter, its title or what introduces it, so that a name in small letters, or in a script
without capitals, is not found.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from register.reference import words_that_are_no_names

# Words with a capital that are nobody's name: days, months, and what comments on a service speak of.
_NO_NAMES = frozenset(
    "i i'm i've i'd i'll monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december christmas easter eid ramadan diwali vaisakhi example trust talking therapies mental health "
    "act nhs england english britain british uk christian muslim sikh hindu jewish buddhist islam urdu punjabi bengali somali polish "
    "arabic gp you we they he she it the".split()
)
_TITLE = r"(?:dr|mr|mrs|ms|miss|mx|prof|professor|nurse|doctor|sister|imam|rev|reverend)"
_TITLED = re.compile(
    rf"\b{_TITLE}\b\.?[ \t]+(?!and\b|or\b|who\b|at\b|in\b|on\b|was\b|is\b|did\b|told\b|said\b|has\b|to\b)[^\W\d_]['’]?[^\W\d_]+",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(r"\b(?:my name is|my name's|(?:i am|he is|she is|was|is|are) called|named)[ \t]+[^\W\d_]{2,}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_EMAIL = re.compile(r"[\w.+-]+\s?(?:@|\[at\]|\(at\))\s?[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d])\+?\(?\d(?:[ \t().\-–]{0,3}\d){8,14}(?!\d)")
_POSTCODE = re.compile(r"\b(?:GIR\s?0AA|[A-Z]{1,2}\d[A-Z\d]?[ \t]?\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}[/.\-]\d{{1,2}}[/.\-](?:\d{{4}}|\d{{2}})|\d{{4}}[/.\-]\d{{1,2}}[/.\-]\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH},?\s+\d{{4}}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    r"|born\s+(?:in|on)\s+[\w ]{0,20}\d{4})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Warned:
    """Something that may tell who somebody is: what it looks like, and the words themselves."""

    looks_like: str
    found: str

    @property
    def sentence(self) -> str:
        """What a moderator is told."""
        return f"“{self.found}” looks like {self.looks_like}. Check that it does not tell who somebody is before you publish it."


def looks_identifying(text: str) -> tuple[Warned, ...]:
    """What in a text looks like a name, phone number, NHS number, email address, postcode or date of birth; each once."""
    plain = _plain(text)
    found = [Warned("an email address", match[0]) for match in _EMAIL.finditer(plain)]
    found += [Warned(kind, match[0].strip()) for match in _NUMBER.finditer(plain) for kind in _numbers(match[0])]
    found += [Warned("a postcode", match[0]) for match in _POSTCODE.finditer(plain)]
    found += [Warned("a date of birth", match[0]) for match in _DATE.finditer(plain)]
    found += [Warned("a name", name) for name in _names(_EMAIL.sub(" ", plain))]
    return tuple(dict.fromkeys(found))


def names_a_person(text: str) -> bool:
    """Whether a text that should name a role has a titled name, an email address or a phone number in it."""
    plain = _plain(text)
    return bool(_TITLED.search(plain) or _EMAIL.search(plain) or any(_numbers(one[0]) for one in _NUMBER.finditer(plain)))


def is_nhs_number(digits: str) -> bool:
    """Ten digits of which the last is the check digit, modulus 11 (NHS Data Dictionary, NHS NUMBER)."""
    if len(digits) != 10 or not digits.isdecimal():
        return False
    check = 11 - sum(int(digit) * (10 - place) for place, digit in enumerate(digits[:9])) % 11
    return check != 10 and check % 11 == int(digits[9])


def _plain(text: str) -> str:
    """Digits and letters of other widths and scripts as the plain ones."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.digit(sign)) if sign.isdigit() else sign for sign in wide)


def _numbers(written: str) -> list[str]:
    digits = re.sub(r"\D", "", written)
    kinds = ["an NHS number"] if is_nhs_number(digits) else []
    local = re.sub(r"^(?:0044|44)0?", "0", digits)
    if re.fullmatch(r"0[1-9]\d{8,9}", local):
        kinds.append("a phone number")
    return kinds


def _names(text: str) -> list[str]:
    told = [match[0] for pattern in (_TITLED, _INTRODUCED) for match in pattern.finditer(text)]
    return told + [name for name in _capitalised(text) if not any(name in one for one in told)]


def _capitalised(text: str) -> list[str]:
    """Runs of words with a capital that no sentence begins with; at the beginning of one, runs of two or more."""
    names, run, at_start, end = list[str](), list[str](), True, 0
    for match in _WORD.finditer(text):
        word, between = match[0], text[end : match.start()]
        begins = end == 0 or bool(re.search(r"[.!?:\n“\"]", between))
        if begins or not _is_name(word) or between.strip():
            _keep(names, run, at_start=at_start)
            run = []
        if _is_name(word):
            at_start = begins if not run else at_start
            run.append(word)
        end = match.end()
    _keep(names, run, at_start=at_start)
    return names


def _keep(names: list[str], run: list[str], *, at_start: bool) -> None:
    if len(run) > int(at_start):
        names.append(" ".join(run))


def _is_name(word: str) -> bool:
    return word[0].isupper() and not word.isupper() and word.casefold() not in _no_names()


@cache
def _no_names() -> frozenset[str]:
    """Also every word of the ethnic groups and of the sites."""
    words = {match[0].casefold() for text in words_that_are_no_names() for match in _WORD.finditer(text)}
    return _NO_NAMES | words

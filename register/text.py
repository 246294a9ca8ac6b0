"""What people write is text: nothing in it acts, nothing in it is invisible, and it has an end."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

MOST_CHARACTERS = 4000

# Invisible signs that spelling needs: joiners in Urdu, Persian, Bengali and in emoji. All other format signs go, above all
# those that turn the direction of what follows.
_JOINERS = {"\u200c", "\u200d"}
_BREAKS = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
T = TypeVar("T")


def clean(text: str) -> str:
    """Text without control and format characters (line ends and tabs stay), in one Unicode spelling (NFC), trimmed."""
    lines = _BREAKS.sub("\n", text)
    return unicodedata.normalize("NFC", "".join(sign for sign in lines if _stays(sign))).strip()


def cleaned(event: T) -> T:
    """An event with every text in it made clean."""
    return _within(event)


def _within(value: Any) -> Any:
    # An enumeration's value is a str too, and is nobody's writing.
    if type(value) is str:
        return clean(value)
    if isinstance(value, tuple):
        return tuple(_within(one) for one in value)  # pyright: ignore[reportUnknownVariableType]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _within(getattr(value, one.name)) for one in fields(value)})
    return value


def _stays(sign: str) -> bool:
    return sign in "\n\t" or sign in _JOINERS or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"}

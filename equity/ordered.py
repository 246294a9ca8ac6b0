"""Measures for ordered groups, which ethnicity is not: each refuses, and says why."""

from __future__ import annotations

from typing import NoReturn

_NAMES = {
    "sii": "slope index of inequality",
    "rii": "relative index of inequality",
    "aci": "absolute concentration index",
    "rci": "relative concentration index",
}


class OrderedGroupsOnly(ValueError):
    """A measure of ordered groups was asked for."""


def refuse(measure: str) -> NoReturn:
    """Raise OrderedGroupsOnly with the reason and with what to use instead."""
    raise OrderedGroupsOnly(
        f"the {_NAMES[measure]} ({measure.upper()}) ranks groups from worst to best off, and ethnic groups have no such order: "
        "any order would be an opinion, and the index would change with it. Use the between-group variance, the index of "
        "disparity, the Theil index or a gap with a named reference group"
    )


def sii(*_: object, **__: object) -> NoReturn:
    """Slope index of inequality: refused for ethnic groups."""
    refuse("sii")


def rii(*_: object, **__: object) -> NoReturn:
    """Relative index of inequality: refused for ethnic groups."""
    refuse("rii")


def aci(*_: object, **__: object) -> NoReturn:
    """Absolute concentration index: refused for ethnic groups."""
    refuse("aci")


def rci(*_: object, **__: object) -> NoReturn:
    """Relative concentration index: refused for ethnic groups."""
    refuse("rci")


REFUSED = frozenset(_NAMES)

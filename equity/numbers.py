"""Numbers as people read them: rounded half up, with thousands separated, and never more exact than they are."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def rounded(value: float, decimals: int) -> Decimal:
    """A number rounded half up from its shortest decimal form, as it was printed (so 0.145 to 2 digits is 0.15)."""
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def shown(value: float, decimals: int) -> str:
    """A number with exactly that many digits after the point: 239 with one is ``239.0``; never minus nought."""
    number = rounded(value, decimals)
    return f"{abs(number) if number == 0 else number:,}"


def in_a_hundred(share: float) -> str:
    """A share in whole people of a hundred, which is 0 or 100 only where it is nobody or everybody."""
    if 0 < share < 0.5:
        return "fewer than 1"
    return "more than 99" if 99.5 <= share < 100 else shown(share, 0)


def part_of_100(share: float) -> str:
    """A share in every 100 with as many digits as it takes to see how two small ones differ: ``71``, ``6.6``, ``under 0.1``."""
    if 0 < share < 0.05:
        return "under 0.1"
    return "over 99" if 99.5 <= share < 100 else shown(share, 1 if 0 < share < 9.95 else 0)


def about(count: float) -> str:
    """A count of people no more exact than counts rounded to 5 allow: ``320``, ``8,330``, ``480,200``."""
    return _stepped(count, 1 if count < 100 else 5 if count < 1_000 else 10 if count < 10_000 else 100)


def roughly(count: float) -> str:
    """A number of people worked out from a gap, which no gap gives to the last one: ``7``, ``60``, ``130``, ``4,100``."""
    return _stepped(count, 1 if count < 10 else 5 if count < 50 else 10 if count < 1_000 else 100 if count < 10_000 else 1_000)


def _stepped(count: float, step: int) -> str:
    whole = (Decimal(repr(float(count))) / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step
    return f"{whole:,}"


def listed(items: list[str]) -> str:
    """Words as a list in a sentence: ``Asian, Black and Mixed``."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""

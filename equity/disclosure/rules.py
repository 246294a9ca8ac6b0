"""Which counts are hidden and how the others are rounded, as data.

NHS England, below England: a count under 5, nought included, is hidden, any other is rounded to the nearest 5; a rate,
percentage or mean is hidden with its numerator (NHSDigital/mental-health-monthly-statistics, Round_output). OpenSAFELY: 7 or
fewer is hidden, then rounding to the nearest 5 (docs.opensafely.org, releasing files). Totals and denominators are counts like
any other; rates are worked out from the rounded counts.
"""

from __future__ import annotations

from dataclasses import dataclass

NHS_ENGLAND_HIDES_BELOW = 5
OPENSAFELY_HIDES_UP_TO = 7
NEAREST = 5


@dataclass(frozen=True, slots=True)
class Rule:
    """Counts up to ``hidden_up_to`` are hidden, nought included; the others are rounded to the nearest ``nearest``, an odd number."""

    name: str
    title: str
    hidden_up_to: int
    nearest: int = NEAREST

    def hides(self, count: int) -> bool:
        """Whether a count is too small to be shown."""
        return count <= self.hidden_up_to

    def rounded(self, count: int) -> int:
        """A count as it is shown. An odd step has no ties: no whole number is halfway."""
        return self.nearest * ((count + self.nearest // 2) // self.nearest)

    def possible(self, shown: int) -> tuple[int, int]:
        """The least and the most that a count shown as ``shown`` can have been."""
        half = self.nearest // 2
        return max(shown - half, self.hidden_up_to + 1), shown + half


NHS_ENGLAND = Rule("nhs_england", "NHS England's rule", NHS_ENGLAND_HIDES_BELOW - 1)
OPENSAFELY = Rule("opensafely", "OpenSAFELY's rule", OPENSAFELY_HIDES_UP_TO)
RULES = {rule.name: rule for rule in (NHS_ENGLAND, OPENSAFELY)}

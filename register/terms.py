"""The words of the register: statuses, the panel's four views, directions. The values stand in the store: they are never renamed."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Status of an action, as the service reports it. Letter and words always stand with the colour."""

    NOT_STARTED = "not_started"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OFF_TRACK = "off_track"
    BLOCKED = "blocked"
    COMPLETE = "complete"

    @property
    def letter(self) -> str:
        """B, G, A or R as boards know them; N and X for the two that have none there."""
        return {"complete": "B", "on_track": "G", "at_risk": "A", "off_track": "R", "not_started": "N", "blocked": "X"}[self.value]

    @property
    def words(self) -> str:
        """As it is said: "on track"."""
        return "blocked: outside our control" if self is Status.BLOCKED else self.value.replace("_", " ")


class View(StrEnum):
    """What the panel says of an action: one of four, in its own words."""

    DIFFERENCE = "difference"
    TOO_EARLY = "too_early"
    NOT_ENOUGH = "not_enough"
    DISAGREE = "disagree"

    @property
    def words(self) -> str:
        """As the panel says it."""
        return {
            "difference": "we can see a difference",
            "too_early": "too early to tell",
            "not_enough": "not enough has changed",
            "disagree": "we disagree that this is complete",
        }[self.value]


class Direction(StrEnum):
    """Which way an action should move an indicator for a group."""

    HIGHER = "higher"
    LOWER = "lower"
    CLOSER = "closer"

    @property
    def words(self) -> str:
        """As it is said: "should go up"."""
        return {"higher": "should go up", "lower": "should go down", "closer": "should come closer to the other groups"}[self.value]


class Decision(StrEnum):
    """A moderator's decision on a comment or a question."""

    PUBLISHED = "published"
    HELD = "held"

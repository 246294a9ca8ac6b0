"""Refusals in words: what is wrong, where, and what to do next."""

from __future__ import annotations


class PipelineError(Exception):
    """An expected refusal, shown to people without a traceback."""


class ExtractRefused(PipelineError):
    """A whole file that cannot be loaded; ``reasons`` are sentences."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


class ReleaseError(PipelineError):
    """A release that cannot be built, found or opened."""

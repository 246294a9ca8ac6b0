"""A figure that nobody changes any more, as it is sent to every reader."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go


class Finished(go.Figure):
    """Has its specification worked out once. Streamlit asks for it in every run, and a figure makes it anew each time, by copying
    all that is in it."""

    def __init__(self, figure: go.Figure) -> None:
        super().__init__(figure)
        self._specification = super().to_dict()

    def to_dict(self) -> dict[str, Any]:
        """The same one each time."""
        return self._specification

"""A finished figure is the figure, and is not worked out again."""

from __future__ import annotations

import json

import plotly.io
import pytest

from dashboard.charts.finished import Finished
from tests.dashboard.test_charts import ALL


@pytest.mark.parametrize("name", ALL)
def test_a_finished_figure_is_sent_as_it_was_drawn(name: str) -> None:
    finished = Finished(ALL[name])
    sent, drawn = (json.loads(str(plotly.io.to_json(one.to_dict(), validate=False))) for one in (finished, ALL[name]))
    assert sent == drawn
    assert finished.to_dict() is finished.to_dict()

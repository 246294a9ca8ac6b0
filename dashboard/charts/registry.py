"""Every chart of the dashboard. Pages draw these and no others; the tests walk them."""

from __future__ import annotations

from typing import Any

from dashboard.charts.chart import Chart
from dashboard.charts.explore import BETWEEN_GROUPS, OVER_TIME, UNKNOWN_OVER_TIME, WITHIN_A_GROUP
from dashboard.charts.follow import CONTROL, GAP_OVER_TIME, SPREAD_OVER_TIME
from dashboard.charts.front import GAPS, MATRIX
from dashboard.charts.quality import FRESHNESS, RECORDED, STATES
from dashboard.charts.shares import SHARES
from dashboard.charts.sites import BETWEEN_SITES, FUNNEL
from dashboard.charts.statuses import STATUSES_OVER_TIME

CHARTS: tuple[Chart[Any], ...] = (
    GAPS,
    MATRIX,
    BETWEEN_GROUPS,
    WITHIN_A_GROUP,
    OVER_TIME,
    UNKNOWN_OVER_TIME,
    SHARES,
    GAP_OVER_TIME,
    SPREAD_OVER_TIME,
    CONTROL,
    BETWEEN_SITES,
    FUNNEL,
    RECORDED,
    STATES,
    FRESHNESS,
    STATUSES_OVER_TIME,
)

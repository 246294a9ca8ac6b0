"""The key above a chart of groups: only what the chart shows."""

from __future__ import annotations

from dashboard.text import escaped
from dashboard.view import IndicatorView

ITEMS = {
    "site": '<li><span class="cg-dot"></span>{place}</li>',
    "interval": '<li><span class="cg-bar"></span>95% interval</li>',
    "england": '<li><span class="cg-tick"></span>England</li>',
    "reference": '<li><span class="cg-dots"></span>{reference}, the reference chosen</li>',
    "few": '<li><span class="cg-dot cg-hollow"></span>few people [u]</li>',
    "unknown": '<li><span class="cg-dot cg-grey"></span>ethnicity not known</li>',
}


def groups_legend(view: IndicatorView) -> str:
    """HTML."""
    states, levels = set(view.rows["state"].to_list()), set(view.rows["level"].to_list())
    wanted = ["site"]
    wanted += ["interval"] if view.rows["lower"].is_not_null().any() else []
    wanted += ["england"] if view.has_england else []
    wanted += ["reference"] if view.standing.reference and view.standing.reference.estimate else []
    wanted += ["few"] if "unreliable" in states else []
    wanted += ["unknown"] if "unknown" in levels else []
    reference = view.standing.reference.name if view.standing.reference else ""
    items = "".join(ITEMS[name].format(place=escaped(view.place), reference=escaped(reference)) for name in wanted)
    return f'<ul class="cg-legend" aria-label="Key to the chart">{items}</ul>'

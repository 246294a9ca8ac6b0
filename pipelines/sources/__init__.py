"""One reader a published source. A reader turns a batch of text rows into published cells; it keeps no state."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipelines.layouts import Layout
from pipelines.sources import (
    census,
    facts_and_figures,
    mha_annual,
    mhsds_data_quality,
    mhsds_monthly,
    talking_therapies_annual,
    talking_therapies_monthly,
    template,
)
from pipelines.sources.common import ReadContext, ReadResult

Reader = Callable[[pl.DataFrame, ReadContext], ReadResult]

READERS: dict[str, Reader] = {
    "mhsds_monthly": mhsds_monthly.read,
    "mhsds_data_quality": mhsds_data_quality.read,
    "mha_annual": mha_annual.read,
    "talking_therapies_annual": talking_therapies_annual.read,
    "talking_therapies_monthly": talking_therapies_monthly.read,
    "census": census.read,
    "facts_and_figures": facts_and_figures.read,
    "template": template.read,
}


def layouts() -> list[Layout]:
    """Every layout that a reader knows."""
    return [
        mhsds_monthly.LAYOUT,
        mhsds_data_quality.LAYOUT,
        mha_annual.LAYOUT,
        *talking_therapies_annual.layouts(),
        *talking_therapies_monthly.LAYOUTS,
        *census.LAYOUTS,
        facts_and_figures.LAYOUT,
        template.LAYOUT,
    ]

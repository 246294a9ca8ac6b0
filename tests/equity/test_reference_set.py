"""Every file of what the peers computed is held against ours, and every case of it: by which tests, and how many there are."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from equity import ordered
from equity.ordered import OrderedGroupsOnly

PEERS = Path(__file__).parents[2] / "../shared/statistics"
TESTS = Path(__file__).parent

pytestmark = pytest.mark.real

# File of outputs: how many rows it has, and the tests that go through them all.
HELD = {
    "proportion": (32, "test_rates"),
    "rate": (31, "test_rates"),
    "grouped_agg": (10, "test_rates"),
    "mean": (18, "test_rates"),
    "dsr": (25, "test_standardise"),
    "isratio": (20, "test_standardise"),
    "israte": (20, "test_standardise"),
    "mhb_standardisation": (60, "test_standardise"),
    "mhb_mean_deviation": (12, "test_standardise"),
    "funnel_limits": (1801, "test_funnel"),
    "funnel_significance": (264, "test_funnel"),
    "funnel_points": (91, "test_funnel"),
    "funnelplotr_groups": (387, "test_overdispersion"),
    "funnelplotr_summary": (15, "test_overdispersion"),
    "spc_points": (889, "test_spc"),
    "spc_summary": (44, "test_spc"),
    "spc_icons": (45, "test_spc"),
    "suppression_counts": (49, "test_rounding"),
    "suppression_percent": (30, "test_rounding"),
    "healthequal": (693, "test_summary_measures, test_inequality"),
    "healthequal_mc20000": (250, "test_summary_measures"),
    "quantile": (254, "test_quantiles"),
    "ordered": (30, "test_reference_set"),
}


def test_every_file_of_the_reference_set_is_known_with_its_number_of_rows() -> None:
    found = {path.stem: pl.read_csv(path, infer_schema=False).height for path in (PEERS / "outputs").glob("*.csv")}
    assert found == {name: rows for name, (rows, _) in HELD.items()}


def test_the_tests_that_go_through_them_are_there() -> None:
    modules = {module for _, named in HELD.values() for module in named.split(", ")}
    assert {module for module in modules if not (TESTS / f"{module}.py").is_file()} == set()


def test_every_measure_of_ordered_groups_that_a_peer_gives_is_refused() -> None:
    """30 rows in 5 cases: indices of deprivation tenths, which say nothing where groups have no order."""
    theirs = pl.read_csv(PEERS / "outputs/ordered.csv", infer_schema=False)
    for measure in theirs["measure"]:
        with pytest.raises(OrderedGroupsOnly, match="any order would be an opinion"):
            getattr(ordered, measure.rsplit(":", maxsplit=1)[-1])(theirs)
    assert theirs["case_id"].n_unique() == 5

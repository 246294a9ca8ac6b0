"""The summary measures on offer: how each follows from a formula of ``equity.dispersion``, and what it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Need = Literal["weights", "mean", "best", "reference"]


@dataclass(frozen=True, slots=True)
class Measure:
    """How a measure follows from one of ``equity.dispersion`` (its power, times a factor), and what it needs."""

    of: str
    needs: tuple[Need, ...]
    power: int = 1
    factor: float = 1.0
    relative_to: Literal["mean", "reference"] | None = None

    @property
    def relative(self) -> bool:
        """Whether it has no unit."""
        return self.relative_to is not None


MEASURES: dict[str, Measure] = {
    "bgv": Measure("spread", ("weights",), power=2),
    "bgv_corrected": Measure("spread", ("weights",), power=2),
    "bgsd": Measure("spread", ("weights",)),
    "cov": Measure("cov", ("weights",), factor=100, relative_to="mean"),
    "mdm_unweighted": Measure("mdm_unweighted", ("mean",)),
    "mdm_weighted": Measure("mdm_weighted", ("weights",)),
    "mdb_unweighted": Measure("mdb_unweighted", ("best",)),
    "mdb_weighted": Measure("mdb_weighted", ("weights", "best")),
    "mdr_unweighted": Measure("mdr_unweighted", ("reference",)),
    "mdr_weighted": Measure("mdr_weighted", ("weights", "reference")),
    "idis_who_unweighted": Measure("idis_who_unweighted", ("mean",), factor=100, relative_to="mean"),
    "idis_who_weighted": Measure("idis_who_weighted", ("weights",), factor=100, relative_to="mean"),
    "idis_pearcy_keppel_unweighted": Measure("idis_pearcy_keppel_unweighted", ("reference",), factor=100, relative_to="reference"),
    "idis_pearcy_keppel_weighted": Measure("idis_pearcy_keppel_weighted", ("weights", "reference"), factor=100, relative_to="reference"),
    "theil": Measure("theil", ("weights",), power=2, factor=1000, relative_to="mean"),
    "mld": Measure("mld", ("weights",), power=2, factor=1000, relative_to="mean"),
    "par": Measure("", ("mean", "reference")),
    "paf": Measure("", ("mean", "reference"), factor=100, relative_to="mean"),
    "par_best": Measure("par_best", ("mean", "best")),
    "paf_best": Measure("paf_best", ("mean", "best"), factor=100, relative_to="mean"),
}

from __future__ import annotations

from pipelines.dictionary import dictionary
from pipelines.schemas import COLUMNS
from pipelines.settings import PROJECT


def test_the_data_dictionary_is_the_one_that_the_schema_gives() -> None:
    assert (PROJECT / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == dictionary()


def test_every_column_of_an_observation_is_described() -> None:
    rows = [line for line in dictionary().splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == COLUMNS
    assert not any(row.endswith("|  |") for row in rows)

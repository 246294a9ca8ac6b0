"""Over time and Compare sites: a gap that is followed, a chart of what is usual, sites side by side, and a funnel of all others."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard import across, filters, knowledge, over_time, queries, view
from dashboard.charts.follow import CONTROL
from dashboard.charts.sites import FUNNEL
from dashboard.places import organisations_of, places
from tests.pages import examples
from tests.pages.conftest import Maker, Opener
from tests.pages.test_registry import PLACES, whole

MONTHS = [date(2023 + at // 12, at % 12 + 1, 1) for at in range(24)]


def monthly() -> list[examples.Row]:
    """A trust with two groups in each of 24 months; the last month of one of them is far from all others."""
    rows: list[examples.Row] = []
    for at, first in enumerate(MONTHS):
        last = date(first.year + first.month // 12, first.month % 12 + 1, 1).toordinal() - 1
        span = {"period_start": first.isoformat(), "period_end": date.fromordinal(last).isoformat()}
        asian = 70 if at == 23 else 40 + at % 3
        rows += [examples.row("XMONTH", group, **examples.share(value, 2000), **span) for group, value in (("white", 50), ("asian", asian))]
    return rows


def trusts() -> list[examples.Row]:
    """Fourteen trusts, those of two sites among them; one is far below all others."""
    codes = ["TAH", "RYG", *(f"XT{at:02}" for at in range(12))]
    return [
        examples.row(code, group, **examples.share(value, 400 + 300 * at), org_name=f"Example {code} NHS Trust")
        for at, code in enumerate(codes)
        for group, value in (("white", 50), ("asian", 20 if code == "XT11" else 44 + at % 4))
    ]


@pytest.fixture(scope="module")
def months(made: Maker) -> Path:
    return made("months", monthly())


@pytest.fixture(scope="module")
def many(made: Maker) -> Path:
    return made("trusts", trusts())


@pytest.fixture(scope="module")
def hidden(made: Maker) -> Path:
    years = [{"period_start": f"{year}-04-01", "period_end": f"{year + 1}-03-31"} for year in (2023, 2024)]
    return made("hidden", [examples.row("XHIDDEN", group, **examples.HIDDEN, **year) for year in years for group in ("white", "asian")])


@pytest.mark.parametrize("place", PLACES)
def test_a_gap_is_followed_in_words_and_pictures(starter: Path, open_page: Opener, place: str) -> None:
    screen = open_page(starter, "over_time", place=place)
    assert (screen.faults, screen.notices) == ([], [])
    assert screen.title == "Has the gap narrowed?"
    assert "Timing is not cause." in screen.words
    assert "A control chart needs 12 periods" in screen.words
    assert screen.chart("gap").alt.startswith(screen.said("cg-lead"))
    assert screen.query["group"] != screen.query["reference"]


def test_a_series_of_months_has_a_control_chart_that_names_what_is_unusual(months: Path, open_page: Opener) -> None:
    screen = open_page(months, "over_time", place="XMONTH", group="asian")
    assert (screen.faults, screen.notices) == ([], [])
    assert screen.has_chart("control")
    found = organisations_of(queries.organisations("r0001"))
    chosen = places(knowledge.sites(), found)["XMONTH"]
    indicator = knowledge.catalogue().indicators["tt_reliable_recovery"]
    selection = filters.Selection(chosen, found["XMONTH"], indicator, date(2024, 12, 1), date(2024, 12, 31), "white")
    one = over_time.build(view.build("r0001", selection), "asian")
    assert whole(CONTROL, one)
    assert CONTROL.sentence(one).endswith("unlikely to be chance: the latest value is above the range of usual values.")


def test_periods_that_are_all_hidden_have_no_chart_and_say_so(hidden: Path, open_page: Opener) -> None:
    screen = open_page(hidden, "over_time", place="XHIDDEN", group="asian")
    assert (screen.faults, screen.notices) == ([], [])
    assert not screen.has_chart("spread")
    assert "No group has a figure that can be shown in these periods." in screen.words


def test_sites_stand_side_by_side_in_the_alphabet_with_england_last(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "compare")
    assert (screen.faults, screen.notices) == ([], [])
    assert screen.said("cg-lead") == (
        "In 2024-25, “Reliable recovery” was clearly lower (worse) for Asian ethnic groups than for White ethnic groups at all 4 sites."
    )
    names = [
        text
        for text in screen.chart("sites").texts
        if any(name in text for name in ("Coventry", "London", "Manchester", "Sheffield", "England"))
    ]
    order = ["Coventry and Warwickshire", "East London", "Greater Manchester", "Sheffield", "England"]
    assert [next(one for one in order if one in text) for text in names] == order
    assert "not a league table" in screen.words
    assert "A funnel plot needs 10 NHS trusts or more" in screen.words


def test_trusts_are_never_compared_with_icbs(starter: Path, open_page: Opener) -> None:
    screen = open_page(starter, "compare", kind="icb")
    assert (screen.faults, screen.notices) == ([], [])
    assert "NHS trusts" not in screen.said("cg-over")


def test_a_funnel_of_all_trusts_names_how_many_lie_beyond(many: Path, open_page: Opener) -> None:
    screen = open_page(many, "compare", group="asian")
    assert (screen.faults, screen.notices) == ([], [])
    assert screen.has_chart("funnel")
    indicator = knowledge.catalogue().indicators["tt_reliable_recovery"]
    one = across.build("r0001", across.Across(indicator, "trust", date(2024, 4, 1), date(2025, 3, 31), "asian", "white"))
    assert whole(FUNNEL, one)
    assert "1 " in FUNNEL.sentence(one)
    assert "no figures" in screen.words.lower() or "not published" in screen.words.lower()


def test_a_choice_that_is_not_there_is_replaced_in_words(starter: Path, open_page: Opener) -> None:
    assert "“nobody” is not available" in open_page(starter, "compare", group="nobody").notices[0]
    assert "“nobody” is not available" in open_page(starter, "over_time", group="nobody").notices[0]


def test_no_change_is_told_across_a_break_of_the_series(awkward: Path, open_page: Opener) -> None:
    screen = open_page(awkward, "over_time", place="XAREA", indicator="mha_detentions")
    assert screen.said("cg-lead").startswith(
        "In Example Area, between Black ethnic groups and White ethnic groups, since 2022-23 the gap has narrowed by 40.0 detentions under "
        "the Mental Health Act for every 100,000 people (95% interval 5.0 to 75.1). In relative terms there is no clear change."
    )
    assert "2021-22" not in screen.said("cg-lead") + screen.said("cg-rest")
    assert "Series break from 1 April 2022" in screen.said("cg-fresh")

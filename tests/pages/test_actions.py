"""What was promised, how far it has got and what the panel says stand side by side; nothing is made up, nothing is markup."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.runtime.memory_media_file_storage import _calculate_file_id
from textstat.textstat import textstat

from dashboard import action_files, actions, promises, release
from dashboard.charts.statuses import STATUSES_OVER_TIME
from dashboard.show import drawn
from tests.pages import registers
from tests.pages.conftest import Opener
from tests.pages.registers import FORMULA, HOSTILE, TODAY
from tests.pages.screen import ADDRESS, Screen
from tests.pages.test_plain_words import BANNED, GRADE

PRIORITIES = 5


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A day of the tests' own, and the sites' register."""
    monkeypatch.setattr(promises, "today", lambda: TODAY)
    monkeypatch.delenv("COMMON_GROUND_REGISTER", raising=False)
    release.forget()
    yield
    release.forget()


@pytest.fixture
def folder(starter: Path, tmp_path: Path) -> Path:
    """A data folder with the starter release and no register."""
    for part in starter.iterdir():
        (tmp_path / part.name).symlink_to(part)
    return tmp_path


@pytest.fixture
def sheffield(folder: Path) -> Path:
    registers.fill(folder, "sheffield", registers.sheffield())
    return folder


@pytest.fixture
def example(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMMON_GROUND_REGISTER", "example")
    registers.example(folder)
    return folder


@pytest.fixture
def hostile(folder: Path) -> Path:
    registers.fill(folder, "sheffield", registers.hostile())
    return folder


def cards(screen: Screen) -> dict[str, str]:
    """The words of each action by its title."""
    found = ["".join(one.itertext()) for one in screen.of_class("cg-action")]
    titles = ["".join(one.itertext()) for one in screen.of_class("cg-promise")]
    return dict(zip(titles, found, strict=True))


# ------------------------------------------------------------------------------------------------------- An empty register


def test_an_empty_register_says_so_calmly_and_makes_nothing_up(folder: Path, open_page: Opener) -> None:
    screen = open_page(folder, "actions")
    assert screen.faults == []
    assert "No site has entered its actions yet" in screen.words
    assert "docs/register.md" in screen.words
    assert len(screen.table("Priority action").rows) == PRIORITIES
    assert cards(screen) == {}
    assert screen.charts == []
    assert not (folder / "register.sqlite").exists()
    answers = open_page(folder, "answers")
    assert "No question has been recorded yet." in answers.words
    assert answers.faults == []


def test_a_register_that_cannot_be_read_breaks_no_page(folder: Path, open_page: Opener) -> None:
    (folder / "register.sqlite").write_bytes(b"garbage" * 999)
    for page in ("actions", "answers"):
        screen = open_page(folder, page)
        assert screen.faults == []
        assert "The register cannot be shown." in screen.words
        assert "The register cannot be used" in screen.words
    assert "cannot be read just now" in open_page(folder, "overview", place="sheffield").words
    assert "Not known: the register of actions cannot be read" in open_page(folder, "indicator", place="sheffield").words


# ------------------------------------------------------------------------------------------------------------- The example


def test_the_example_says_example_wherever_it_is_shown_or_saved(example: Path, open_page: Opener) -> None:
    screen = open_page(example, "actions")
    assert screen.faults == []
    assert "This register is fictional" in screen.said("cg-example")
    assert screen.query["place"] == "example"
    assert all(title.startswith("Example") for title in cards(screen))
    assert "Example" in screen.table("Day").caption
    view = actions.build(promises.read(), actions.Choice("example"), "r0001")
    rows = rows_of(view)
    assert len(rows) == 6
    assert all(row["register"].startswith("Example") and row["site"] == "Example Trust" for row in rows)
    assert view.subject.file.startswith("example_")
    assert "Example" in view.subject.licence
    assert "This register is fictional" in open_page(example, "answers").words


def test_the_example_is_never_beside_a_real_site(example: Path, open_page: Opener) -> None:
    for page in ("overview", "indicator", "over_time"):
        screen = open_page(example, page, place="sheffield")
        assert "Example: " not in screen.words
        assert "the register here is an example" in screen.words
    assert "has no figures and no gaps" in open_page(example, "actions").words


def rows_of(view: actions.ActionsView) -> list[dict[str, str]]:
    data = action_files.csv(view, f"{ADDRESS}/actions")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


# ----------------------------------------------------------------------------------------------------- Status and the panel


def test_the_status_stands_in_letter_and_words_beside_the_panel_s_view(sheffield: Path, open_page: Opener) -> None:
    screen = open_page(sheffield, "actions", place="sheffield")
    assert screen.faults == []
    found = cards(screen)
    assert list(found) == ["Example: a walk-in day", "Example: letters in six languages", "Example: an open circle"]
    done = found["Example: a walk-in day"]
    assert "B complete" in done
    assert "completed late, 63 days after it was due" in done
    assert "“we disagree that this is complete”" in done
    assert "Example: it stopped in winter" in done
    assert "They do not agree." in done
    late = found["Example: letters in six languages"]
    assert "A at risk" in late
    assert "overdue by 5 days" in late
    assert "stale: no update for 160 days" in late
    assert "10 June 2026, first 1 June 2026" in late
    assert "14 days behind the first date" in late
    assert "“too early to tell”" in late
    assert "a secret" not in screen.words
    assert "No view given yet." in found["Example: an open circle"]
    assert "and disagrees with the service on 1" in screen.said("cg-rest")


def test_the_key_of_the_statuses_is_printed(sheffield: Path, open_page: Opener) -> None:
    screen = open_page(sheffield, "actions")
    key = screen.said("cg-key")
    for words in ("B complete", "G on track", "A at risk", "R off track", "N not started", "X blocked: outside our control"):
        assert words in key
    assert all("".join(one.itertext()).strip() for one in screen.of_class("cg-status"))


def test_what_an_action_should_move_is_told_since_it_began(sheffield: Path, open_page: Opener) -> None:
    found = cards(open_page(sheffield, "actions", place="sheffield"))
    moved = found["Example: a walk-in day"]
    assert "Reliable recovery, people from Asian ethnic groups: should go up. In 2024-25 it was 36 in every 100." in moved
    assert "Before the action began, in 2022-23, it was 36. There has been no clear change." in moved
    assert "so nothing can be seen of it yet" in found["Example: letters in six languages"]
    assert "no indicator is linked" in found["Example: an open circle"]


@pytest.mark.parametrize(
    ("choices", "titles"),
    [
        ({"status": "complete"}, {"Example: a walk-in day"}),
        ({"status": "stale"}, {"Example: letters in six languages", "Example: an open circle"}),
        ({"status": "overdue"}, {"Example: letters in six languages"}),
        ({"status": "disputed"}, {"Example: a walk-in day"}),
        ({"status": "unmeasured"}, {"Example: an open circle"}),
        ({"priority": "diversify"}, set()),
        ({"place": "east_london"}, set()),
        ({"action": "sheffield.circle"}, {"Example: an open circle"}),
        ({"day": "2024-01-31"}, {"Example: a walk-in day"}),
    ],
)
def test_the_choices_are_in_the_address(sheffield: Path, open_page: Opener, choices: dict[str, str], titles: set[str]) -> None:
    screen = open_page(sheffield, "actions", **choices)
    assert screen.faults == []
    assert screen.notices == []
    assert set(cards(screen)) == titles
    assert screen.query.items() >= choices.items()


def test_a_past_day_shows_the_status_of_that_day_and_says_so(sheffield: Path, open_page: Opener) -> None:
    screen = open_page(sheffield, "actions", day="2024-01-31")
    assert "This is how it stood on 31 January 2024, not today." in screen.words
    assert "G on track" in cards(screen)["Example: a walk-in day"]
    assert screen.query["day"] == "2024-01-31"


def test_a_day_that_is_none_is_named_and_replaced(sheffield: Path, open_page: Opener) -> None:
    assert "“2099-01-01” is not available" in open_page(sheffield, "actions", day="2099-01-01").notices[0]


def test_an_action_on_its_own_tells_its_history(sheffield: Path, open_page: Opener) -> None:
    screen = open_page(sheffield, "actions", action="sheffield.walk_in")
    told = [cells[1] for cells in history_of(screen)]
    assert told[0].startswith("Promised: Example: a walk-in day. From 1 May 2023, due 30 June 2024.")
    assert any(words.startswith("Reported as complete") for words in told)
    assert any("“we disagree that this is complete”" in words for words in told)


def history_of(screen: Screen) -> list[list[str]]:
    (table,) = [one for tree in screen.trees for one in tree.iter("table") if (one.findtext("./caption") or "").startswith("History")]
    rows = [["".join(cell.itertext()) for cell in row] for row in table.iterfind("./tbody/tr")]
    return [row[1:] for row in rows]


def test_gaps_without_action_and_actions_without_measure_are_listed(sheffield: Path, open_page: Opener) -> None:
    screen = open_page(sheffield, "actions", place="sheffield")
    assert "Example: an open circle, Sheffield" in screen.words
    gaps = [name for table in screen.tables if table.caption.startswith("Gaps with no action") for name in table.rows]
    assert "Recovery: Asian" in gaps
    assert "Reliable recovery: Asian" not in gaps


# ------------------------------------------------------------------------------------------------ Where else actions are told


def test_a_gap_of_the_front_page_tells_its_actions_with_status_and_panel(sheffield: Path, open_page: Opener) -> None:
    screen = open_page(sheffield, "overview", place="sheffield")
    assert screen.faults == []
    item = next(words for words in texts(screen, "li") if words.startswith("Reliable recovery: Asian"))
    assert "Example: a walk-in day" in item
    assert "B complete" in item
    assert "Panel: “we disagree that this is complete”: they do not agree" in item
    assert "For everyone: Example: letters in six languages" in item
    assert "No action addresses this yet" in next(words for words in texts(screen, "li") if words.startswith("Recovery: Asian"))
    cells = screen.table("Action").column("Action")
    assert [name for name, said in cells.items() if said.startswith("Example: a walk-in day: B complete")] == ["Asian: Reliable recovery"]


def texts(screen: Screen, tag: str) -> list[str]:
    return ["".join(one.itertext()) for tree in screen.trees for one in tree.iter(tag)]


def test_an_indicator_tells_what_is_being_done_about_it(sheffield: Path, open_page: Opener) -> None:
    screen = open_page(sheffield, "indicator", place="sheffield", indicator="tt_reliable_recovery")
    assert "For people from Asian ethnic groups (should go up). Who leads: community engagement lead." in screen.words
    assert "The service says" in screen.words
    assert "The panel says" in screen.words
    assert "No action addresses this yet." in open_page(sheffield, "indicator", place="east_london").words


def test_days_of_actions_are_marked_on_the_time_line_in_chart_table_and_words(sheffield: Path, open_page: Opener) -> None:
    choices = {"place": "sheffield", "indicator": "tt_reliable_recovery", "group": "asian"}
    screen = open_page(sheffield, "over_time", **choices)
    assert screen.faults == []
    chart = screen.chart("gap")
    assert {"<b>1</b> began", "<b>1</b> completed"} <= set(chart.texts)
    assert not any("<b>2</b>" in text for text in chart.texts)
    assert "“Example: a walk-in day” began on 1 May 2023" in chart.alt
    assert screen.table("Actions").column("Actions")["2023-24"] == "1 began 1 May 2023"
    assert screen.table("Actions").column("Actions")["2024-25"] == "1 completed 1 September 2024"
    assert "Timing is not cause." in screen.words
    assert "The chart does not reach these days." in screen.words
    other = open_page(sheffield, "over_time", **choices | {"group": "black"})
    assert not any("<b>1</b> began" in text for text in other.chart("gap").texts)


# ------------------------------------------------------------------------------------------------------ Statuses over time


def test_a_status_that_is_never_used_is_seen_to_be_empty(sheffield: Path, open_page: Opener) -> None:
    screen = open_page(sheffield, "actions")
    assert "<b>R</b> off track: not used" in screen.chart("statuses").texts
    assert screen.chart("statuses").alt.startswith("Red (off track) was not used on any of the 11 days looked at.")
    used = drawn(STATUSES_OVER_TIME, actions.build(promises.read(), actions.Choice(), "r0001"))
    assert used.finding == "Red (off track) was not used"
    assert set(screen.table("Day").column("R off track").values()) == {"0"}
    assert screen.files("csv:statuses")


def test_the_days_that_are_looked_at_reach_from_the_first_action_to_the_day_of_the_view() -> None:
    few = actions.month_ends(TODAY - timedelta(days=70), TODAY)
    many = actions.month_ends(TODAY - timedelta(days=3000), TODAY)
    assert [str(day) for day in few] == ["2026-04-30", "2026-05-31", "2026-06-15"]
    assert len(many) <= actions.MOST_DAYS
    assert (many[-1], many[0] < TODAY - timedelta(days=2500)) == (TODAY, True)
    assert actions.month_ends(TODAY, TODAY) == [TODAY]


# ------------------------------------------------------------------------------------------------------------ Files and texts


def test_the_file_has_every_action_and_nothing_that_a_spreadsheet_runs(hostile: Path, open_page: Opener) -> None:
    screen = open_page(hostile, "actions", place="sheffield")
    view = actions.build(promises.read(), actions.Choice("sheffield"), "r0001")
    data = action_files.csv(view, view.subject.address(f"{ADDRESS}/actions"))
    assert screen.files("csv:actions") == [_calculate_file_id(data, "text/csv", f"{view.subject.file}.csv")]
    (row,) = rows_of(view)
    assert row["made_with"] == f"'{FORMULA}"
    assert row["outcome"] == f"'{FORMULA}"
    assert row["action"] == HOSTILE
    assert not any(str(cell).startswith(("=", "+", "@", "\t", "\r")) for cell in row.values())


def test_a_file_keeps_words_back_that_are_not_public(sheffield: Path, open_page: Opener) -> None:
    open_page(sheffield, "actions")
    said = "\n".join(cell for row in rows_of(actions.build(promises.read(), actions.Choice(), "r0001")) for cell in row.values())
    assert "Example: it stopped in winter" in said
    assert "a secret" not in said


@pytest.mark.parametrize("page", ["actions", "answers", "overview", "indicator", "over_time"])
def test_what_somebody_wrote_is_never_markup(hostile: Path, open_page: Opener, page: str) -> None:
    screen = open_page(hostile, page, place="sheffield", **({"group": "asian"} if page == "over_time" else {}))
    assert screen.faults == []
    assert HOSTILE in screen.words
    known = {one.tag for tree in screen.trees for one in tree.iter()}
    assert known.isdisjoint({"script", "img"})
    leads = [one.get("href", "") for tree in screen.trees for one in tree.iter("a")]
    assert not any(href.startswith(("http://", "javascript:")) for href in leads)


def test_an_action_on_its_own_keeps_every_text_as_text(hostile: Path, open_page: Opener) -> None:
    screen = open_page(hostile, "actions", place="sheffield", action="sheffield.bad")
    assert screen.faults == []
    assert FORMULA in screen.words
    assert {one.tag for tree in screen.trees for one in tree.iter()}.isdisjoint({"script", "img"})
    assert [one.get("rel") for tree in screen.trees for one in tree.iter("a") if one.get("href", "").startswith("https:")]


# -------------------------------------------------------------------------------------------------------- You said, we did


def test_questions_are_told_with_what_came_of_them_and_for_how_long_they_wait(sheffield: Path, open_page: Opener) -> None:
    screen = open_page(sheffield, "answers", place="sheffield")
    assert screen.faults == []
    waiting, done = ("".join(one.itertext()) for one in screen.of_class("cg-question"))
    assert "Example: will it open again?" in waiting
    assert "Unanswered for 36 days" in waiting
    assert "Example: in which languages?" in done
    assert "You saidExample: which?We didExample: sixWhat difference it madeExample: none yet" in done
    assert "Answered after 9 days" in done
    assert "1 question is awaiting moderation, for 35 days. 1 question is not for publication." in screen.words
    assert "never to be printed" not in screen.words
    assert "not yet read" not in screen.words
    assert "2 questions of panels at Sheffield are published. 1 has no answer yet. It has waited for 36 days." in screen.said("cg-lead")


def test_we_could_not_is_an_answer(example: Path, open_page: Opener) -> None:
    screen = open_page(example, "answers")
    assert "We couldn't, because" in screen.words
    assert "For 1 the answer is “we couldn't, because”." in screen.said("cg-lead")


# ------------------------------------------------------------------------------------------------------------- Plain words


@pytest.mark.parametrize("page", ["actions", "answers"])
@pytest.mark.parametrize("register", ["sheffield", "example", "folder"])
def test_the_sentences_are_plain(request: pytest.FixtureRequest, open_page: Opener, page: str, register: str) -> None:
    screen = open_page(request.getfixturevalue(register), page)
    said = [paragraph for kind in ("cg-lead", "cg-rest", "cg-plain", "cg-small") for paragraph in screen.said(kind).splitlines()]
    said = [text for text in said if text and "http" not in text and "python -m" not in text]
    assert said
    for text in said:
        assert textstat.flesch_kincaid_grade(re.sub(r"Example Trust|service users and carers", "Leeds", text)) <= GRADE, text
        assert not BANNED.search(text), text

"""A panel's afternoon, and two people who edit the same action at once, in a real browser as the local editor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.served import served
from pipelines import loading
from pipelines.settings import Settings
from pipelines.starter import ensure_release
from register import events as ev
from register.events import Event, Evidence
from register.settings import sqlite_url
from register.store import Register, open_register
from register.terms import Direction, Status, View
from tests import templates
from tests.browser.conftest import NARROW, WIDE, Dashboard, Visit, faults_of
from tests.browser.keyboard import tab_to
from tests.browser.test_everyone import TOO_WIDE, look
from tests.register.made import LEAD

pytestmark = pytest.mark.browser

SITE = "sheffield"
NAMES = {"walk_in": "Example: a walk-in day", "choice": "Example: a choice of therapies", "training": "Example: training for all staff"}
TODAY = datetime.now(UTC).date()
SAID = f"{TODAY.day} {TODAY:%B %Y}"


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard whose register has three actions of one site; whoever is at this machine is its local editor."""
    folder = tmp_path_factory.mktemp("panel")
    ensure_release(folder)
    with closing(open_register(sqlite_url(folder / "register.sqlite"))) as register:
        _promise(register)
    with served("app.py", folder, COMMON_GROUND_LOCAL_EDITOR="1") as app:
        yield Dashboard(f"http://{app.host}", folder)


def _promise(register: Register) -> None:
    for name, title in NAMES.items():
        _happened(
            register,
            ev.ActionAdded(
                action_id=name, priority_id="reach_out", title=title, why="Example: “nobody asked us”", lead="engagement lead",
                coproduced_with="the panel", start=TODAY - timedelta(days=100), due=TODAY + timedelta(days=100),
            ),
        )  # fmt: skip
    _happened(
        register,
        ev.MeasureLinked(
            action_id="choice", indicator_id="tt_reliable_recovery", ethnicity_scheme="upper_nhs_2001", ethnicity_code="asian",
            direction=Direction.HIGHER,
        ),
    )  # fmt: skip
    done = ev.StatusReported(
        action_id="training", status=Status.COMPLETE, happened="Example: it was done.", outcome="Example: people are heard.",
        evidence=(Evidence(text="Example: notes"),),
    )  # fmt: skip
    _happened(register, done)


def _happened(register: Register, event: Event) -> None:
    register.append(event, LEAD, site=SITE, seen=register.state(SITE).version(event.subject))


def _register(dashboard: Dashboard) -> Register:
    return open_register(sqlite_url(dashboard.data_dir / "register.sqlite"))


def ready(page: Page) -> None:
    """The page has done what was asked of it."""
    page.wait_for_function("() => document.querySelector('[data-test-script-state]')?.dataset.testScriptState === 'notRunning'")
    page.wait_for_function("() => !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')")


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_timeout(300)
    ready(page)


def write(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=True).fill(words)
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    ready(page)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("radiogroup", name=label).get_by_text(option, exact=False).click()
    page.wait_for_timeout(300)
    ready(page)


def test_a_panels_afternoon_and_its_link_after_new_figures_have_come(visit: Visit, dashboard: Dashboard) -> None:
    page = visit.open(f"/review?place={SITE}&meeting=new")
    _plan_and_freeze(page)
    assert faults_of(page) == []
    link, seen = _go_through(page)
    assert faults_of(page) == []
    with closing(_register(dashboard)) as register:
        state = register.state(SITE)
    views = {one.action_id: one.view for one in state.views.values()}
    assert views == {"walk_in": View.DIFFERENCE, "choice": View.TOO_EARLY, "training": View.DISAGREE}
    assert [one.words for one in state.questions.values()] == ["Example: when can we choose?"]
    assert [one.roles_present for one in state.meetings.values()] == [("service user", "carer")]

    _print(page, visit)
    assert faults_of(page) == []
    _load_newer(dashboard)
    page.goto(link)
    visit.settle()
    assert figures(page) == seen
    expect(page.get_by_text("Newer figures exist: release r0002")).to_be_visible()
    expect(page.get_by_text("Figures from release r0001")).to_be_visible()
    visit.open(f"/indicator?place={SITE}&indicator=tt_reliable_recovery")
    assert "2025-26" in page.locator(".cg-lead").inner_text()


def _plan_and_freeze(page: Page) -> None:
    page.get_by_role("spinbutton", name="day, Day of the review").click()
    page.keyboard.type(f"{TODAY:%d%m%Y}")
    page.keyboard.press("Tab")
    ready(page)
    write(page, "Who is invited, by role", "service user\ncarer")
    write(page, "What support is offered", "Example: travel paid")
    press(page, "Plan this review")
    expect(page.get_by_role("status").filter(has_text="The review is planned.")).to_be_visible()
    press(page, f"Open the review of {SAID}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Review of {SAID}")
    press(page, "Freeze these figures")
    expect(page.get_by_text("Figures of this review: release r0001")).to_be_visible()


def _go_through(page: Page) -> tuple[str, tuple[str, list[str]]]:
    """The link of the second screen, and its figures."""
    title = page.get_by_role("heading", level=1)
    press(page, "Start")
    expect(title).to_have_text(NAMES["walk_in"])
    expect(page.get_by_text("Action 1 of 3")).to_be_visible()
    choose(page, "Our view", "We can see a difference")
    press(page, "Record our view")
    expect(page.get_by_role("status").filter(has_text="The view is recorded.")).to_be_visible()

    press(page, "Next")
    expect(title).to_have_text(NAMES["choice"])
    expect(title).to_be_focused()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    choose(page, "Our view", "Too early to tell")
    write(page, "Why? (you need not say)", "Example: we have to see it first")
    page.get_by_text("These words may be shown to everyone").click()
    ready(page)
    press(page, "Record our view")
    write(page, "What do you want to ask the service?", "Example: when can we choose?")
    press(page, "Ask this question")
    expect(page.get_by_text("A question waits to be published.")).to_be_visible()
    link, seen = page.url, figures(page)
    assert "2024-25" in seen[0]

    press(page, "Next")
    choose(page, "Our view", "We disagree that this is complete")
    press(page, "Record our view")
    expect(page.locator(".cg-voices").first).to_contain_text("“we disagree that this is complete”")
    press(page, "To the end")
    press(page, "Record that it was held")
    expect(page.get_by_text(f"Held on {SAID}.")).to_be_visible()
    return link, seen


def _print(page: Page, visit: Visit) -> None:
    """The pack of the review, on paper: reached from the actions, with what the panel said."""
    visit.open(f"/actions?place={SITE}")
    page.locator("main").get_by_role("link", name="print pack").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Print pack")
    visit.settle()
    expect(page.get_by_text("We disagree that this is complete").first).to_be_attached()
    page.get_by_text("Print or save these pages").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile(r"PDF, \d+ kB")).click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")


def figures(page: Page) -> tuple[str, list[str]]:
    """The sentence and what is written in the chart."""
    return page.locator(".cg-lead").inner_text(), page.locator(".js-plotly-plot svg text").all_text_contents()


def _load_newer(dashboard: Dashboard) -> None:
    year = {"period_start": "2025-04-01", "period_end": "2026-03-31", "publication_year": "2025-26", "org_code": "TAH"}
    rows = [templates.row(**year, value=77, numerator=770, denominator=1000, ethnicity=group) for group in templates.GROUPS[:-1]]
    extract = templates.write(dashboard.data_dir / "newer.csv", rows)
    assert loading.load([extract], Settings(data_dir=dashboard.data_dir), named="a test").release_id == "r0002"


def test_of_two_who_edit_an_action_the_second_is_told_what_changed_and_loses_nothing(
    visit: Visit, chromium: Browser, dashboard: Dashboard
) -> None:
    address = f"/update?place={SITE}&action={SITE}.walk_in"
    page, other = visit.open(address), Visit(chromium.new_context(viewport={"width": 1280, "height": 900}), dashboard.address)
    second = other.open(address)
    for one, status, words in ((page, "R off track", "Example: the hall was lost"), (second, "A at risk", "Example: one partner left")):
        choose(one, "Status now", status)
        write(one, "What happened", words)
    press(page, "Record this update")
    expect(page.get_by_role("status").filter(has_text="Recorded.")).to_be_visible()

    press(second, "Record this update")
    told = second.get_by_role("alert").filter(has_text="This changed while you were writing.")
    expect(told).to_contain_text("an action lead reported “off track”: Example: the hall was lost.")
    expect(second.get_by_label("What happened", exact=True)).to_have_value("Example: one partner left")
    assert faults_of(second) == []
    press(second, "Record this update")
    expect(second.get_by_role("status").filter(has_text="Recorded.")).to_be_visible()
    assert (other.faults, other.strangers) == ([], [])
    second.context.close()
    with closing(_register(dashboard)) as register:
        told_by = [one.happened for one in register.state(SITE).actions["walk_in"].updates]
        assert told_by == ["Example: the hall was lost", "Example: one partner left"]
        assert register.verify().sound


def test_a_button_that_is_pressed_twice_records_once(visit: Visit, dashboard: Dashboard) -> None:
    page = visit.open(f"/update?place={SITE}&action={SITE}.choice")
    choose(page, "Status now", "A at risk")
    write(page, "What happened", "Example: pressed twice")
    page.get_by_role("button", name="Record this update").dblclick()
    page.wait_for_timeout(1000)
    ready(page)
    with closing(_register(dashboard)) as register:
        assert [one.happened for one in register.state(SITE).actions["choice"].updates] == ["Example: pressed twice"]


def test_an_update_by_keyboard_alone(visit: Visit, dashboard: Dashboard) -> None:
    page = visit.open(f"/update?place={SITE}&action={SITE}.training")
    tab_to(page, "INPUT")
    page.get_by_role("radiogroup", name="Status now").get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    ready(page)
    page.get_by_label("What happened", exact=True).focus()
    page.keyboard.type("Example: there is more to do")
    tab_to(page, "Record this update")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Recorded.")).to_be_visible()
    with closing(_register(dashboard)) as register:
        assert register.state(SITE).actions["training"].updates[-1].happened == "Example: there is more to do"


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize(
    "path",
    [
        f"/update?place={SITE}&action={SITE}.walk_in",
        f"/review?place={SITE}&step=2",
        f"/review?place={SITE}&step=4",
        f"/review?place={SITE}&meeting=new",
        f"/review?place={SITE}&meeting=comments",
    ],
)
def test_a_form_is_for_everyone_light_and_dark_wide_and_narrow(visit: Visit, path: str, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 900})
    page = visit.open(path)
    assert look(page) == []
    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize("path", [f"/update?place={SITE}", f"/review?place={SITE}&meeting=new", f"/review?place={SITE}&meeting=comments"])
def test_what_is_pressed_or_chosen_is_large_enough(visit: Visit, path: str) -> None:
    page = visit.open(path)
    small = page.evaluate(SMALL)
    assert small == []


# Buttons, options and boxes to tick of the forms, in pixels; a help mark stands beside a label and has the label's line.
SMALL = """() => [...document.querySelectorAll(
    ".st-key-update .stButton button, .st-key-review .stButton button, [role=radiogroup] label, .stCheckbox label, main summary")]
  .filter((one) => !one.closest("[data-testid=stSidebar]"))
  .map((one) => [one.innerText.slice(0, 40), one.getBoundingClientRect().height])
  .filter(([_, height]) => height > 0 && height < 43.9)"""

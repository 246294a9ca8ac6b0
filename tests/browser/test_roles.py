"""The pages that write, as each role signed in at a real provider: its own forms, and a refusal by the server for all others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.access.person import account_of
from pipelines.starter import ensure_release
from register import events as ev
from register.roles import Author, Role
from register.settings import sqlite_url
from register.store import Register, open_register
from tests.browser.provider import Site, served
from tests.browser.test_panel import choose, press, ready, write
from tests.register.made import LEAD

pytestmark = pytest.mark.browser

SITE, ACTION = "sheffield", "sheffield.walk_in"
TODAY = datetime.now(UTC).date()
UPDATE, VIEW, PLAN = "Record this update", "Record our view", "Plan this review"
PATHS = {
    UPDATE: f"/update?place={SITE}&action={ACTION}",
    VIEW: f"/review?place={SITE}&meeting=m1&step=1",
    PLAN: f"/review?place={SITE}&meeting=new",
}
FORMS = {
    Role.READER: set[str](),
    Role.PANEL_MEMBER: {VIEW},
    Role.FACILITATOR: {VIEW, PLAN},
    Role.ACTION_LEAD: {UPDATE},
    Role.ANALYST: set[str](),
    Role.ADMINISTRATOR: set[str](),
}


@pytest.fixture(scope="module")
def dashboard(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The dashboard itself, its register with one action and one review; roles come from a claim of the provider."""
    folder = tmp_path_factory.mktemp("roles") / "data"
    ensure_release(folder)
    with closing(open_register(sqlite_url(folder / "register.sqlite"))) as register:
        _fill(register)
    with served(folder, script="app.py", issuer=issuer, settings=_settings(issuer)) as site:
        yield site


def _settings(issuer: str) -> str:
    return f'roles_claim = "roles"\nsites_claim = "sites"\nclaim_issuers = ["{issuer}"]\n'


def _fill(register: Register) -> None:
    action = ev.ActionAdded(
        action_id="walk_in", priority_id="reach_out", title="Example: a walk-in day", why="Example: “nobody asked us”",
        lead="engagement lead", coproduced_with="the panel", start=TODAY - timedelta(days=100), due=TODAY + timedelta(days=100),
    )  # fmt: skip
    meeting = ev.MeetingPlanned(meeting_id="m1", on=TODAY, roles_invited=("carer",), support_offered="Example: travel paid")
    register.append(action, LEAD, site=SITE, seen=0)
    facilitator = Author(Role.FACILITATOR, "example-facilitator")
    register.append(meeting, facilitator, site=SITE, seen=0)
    register.append(ev.ReleaseFrozen(meeting_id="m1", release_id="r0001"), facilitator, site=SITE, seen=1)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def sign_in(page: Page, site: Site, role: Role) -> None:
    page.goto(f"{site.address}/about")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=f"{role.value}-1", exact=True).click()
    expect(page.get_by_test_id("stSidebar")).to_contain_text(f"Signed in as: {role.words}", timeout=30_000)


def button(page: Page, site: Site, name: str, path: str = "") -> Locator:
    """The button of a form, on its page, opened by its address."""
    page.goto(f"{site.address}{path or PATHS[name]}")
    page.get_by_text("Figures from release").wait_for(timeout=60_000)
    ready(page)
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize("role", Role)
def test_each_role_is_offered_its_own_forms_also_by_address(role: Role, page: Page, dashboard: Site) -> None:
    sign_in(page, dashboard, role)
    for name in PATHS:
        expect(button(page, dashboard, name)).to_have_count(int(name in FORMS[role]))
    if not FORMS[role]:
        expect(page.get_by_text("Your roles and sites do not include it.").first).to_be_visible()


def test_nobody_signed_in_is_told_whose_a_form_is(page: Page, dashboard: Site) -> None:
    expect(button(page, dashboard, UPDATE)).to_have_count(0)
    expect(page.get_by_text("Updating an action is for: action lead.")).to_be_visible()


def test_an_action_lead_updates_an_action_of_their_site_and_of_no_other(page: Page, dashboard: Site) -> None:
    sign_in(page, dashboard, Role.ACTION_LEAD)
    expect(button(page, dashboard, UPDATE)).to_be_visible()
    choose(page, "Status now", "A at risk")
    write(page, "What happened", "Example: one partner left")
    press(page, UPDATE)
    expect(page.get_by_role("status").filter(has_text="Recorded.")).to_be_visible()
    with closing(open_register(sqlite_url(dashboard.data_dir / "register.sqlite"))) as register:
        last = register.entries(SITE)[-1]
    assert (last.event.kind, last.role, last.account) == (
        "status_reported",
        Role.ACTION_LEAD,
        account_of(dashboard.issuer, "action_lead-1"),
    )
    expect(button(page, dashboard, UPDATE, "/update?place=east_london")).to_have_count(0)


def test_a_role_that_is_taken_away_while_somebody_writes_is_refused_on_the_server(page: Page, dashboard: Site) -> None:
    sign_in(page, dashboard, Role.ACTION_LEAD)
    expect(button(page, dashboard, UPDATE)).to_be_visible()
    choose(page, "Status now", "R off track")
    write(page, "What happened", "Example: written before the role was taken away")
    settings = dashboard.data_dir / "access.toml"
    entries = _count(dashboard.data_dir, "events")
    settings.write_text("", encoding="utf-8")
    try:
        page.get_by_role("button", name=UPDATE).click()
        expect(page.get_by_text("Updating an action is for: action lead.").first).to_be_visible()
        assert _count(dashboard.data_dir, "events") == entries
    finally:
        settings.write_text(_settings(dashboard.issuer), encoding="utf-8")


def _count(folder: Path, table: str) -> int:
    with closing(sqlite3.connect(folder / "register.sqlite")) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

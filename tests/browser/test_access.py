"""Signing in with a real OpenID Connect provider on loopback: each role may write what is its own, and a copied cookie nothing."""

from __future__ import annotations

import json
import re
import sqlite3
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboard.access.person import account_of
from register.roles import MAY_RECORD, Role
from tests.browser.provider import SECRET, Site, served

pytestmark = pytest.mark.browser

UPLOADERS = {Role.ANALYST, Role.ADMINISTRATOR}


@pytest.fixture(scope="module")
def site(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = f'roles_claim = "roles"\nsites_claim = "sites"\nclaim_issuers = ["{issuer}"]\n'
    with served(tmp_path_factory.mktemp("access") / "data", issuer=issuer, settings=settings) as one:
        yield one


@pytest.fixture
def profile(chromium: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """A function that makes a browser profile that knows nothing."""
    made: list[BrowserContext] = []

    def fresh() -> BrowserContext:
        made.append(chromium.new_context())
        return made[-1]

    yield fresh
    for one in made:
        one.close()


def opened(context: BrowserContext, site: Site) -> Page:
    page = context.new_page()
    page.goto(site.address)
    page.get_by_text(re.compile("^account: ")).wait_for(timeout=30_000)
    return page


def signed_in(context: BrowserContext, site: Site, subject: str) -> Page:
    page = opened(context, site)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=subject, exact=True).click()
    expect(page.get_by_text(f"account: {account_of(site.issuer, subject)}")).to_be_visible(timeout=30_000)
    return page


def everything(page: Page) -> dict[tuple[str, str], str]:
    """What came of each write at each site."""
    before = int(page.get_by_text(re.compile(r"^tried \d+ times$")).inner_text().split()[1])
    page.get_by_role("button", name="Try everything").click()
    page.get_by_text(f"tried {before + 1} times").wait_for(timeout=60_000)
    # What a block of code says is there a moment after the block is.
    expect(page.get_by_test_id("stCode")).to_contain_text("priority_added|sheffield|")
    lines = [line.split("|", 2) for line in page.get_by_test_id("stCode").inner_text().splitlines() if line.count("|") >= 2]
    return {(kind, where): outcome for kind, where, outcome in lines}


def denied(site: Site) -> list[tuple[str, str, str]]:
    with sqlite3.connect(site.data_dir / "register.sqlite") as connection:
        return connection.execute("SELECT role, account, what FROM denied ORDER BY number").fetchall()


def uploaded(page: Page) -> int:
    """Status of the answer to a file sent from the page."""
    with page.expect_response(lambda answer: "/_stcore/upload_file/" in answer.url and answer.request.method == "PUT") as answer:
        page.locator("input[type=file]").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"})
    return answer.value.status


@pytest.mark.parametrize("role", Role)
def test_each_role_may_write_what_is_its_own_and_nothing_else(role: Role, site: Site, profile: Callable[[], BrowserContext]) -> None:
    subject = f"{role.value}-1"
    page = signed_in(profile(), site, subject)
    expect(page.get_by_test_id("stSidebar")).to_contain_text(f"Signed in as: {role.words}")
    outcome = everything(page)
    for kind, roles in (MAY_RECORD | {"upload": frozenset(UPLOADERS)}).items():
        for where in ("sheffield", "east_london"):
            may = role in roles and (role is not Role.ACTION_LEAD or where == "sheffield")
            assert outcome[kind, where].startswith(role.value if may else "denied: “"), (kind, where)
    refusals = sum(one.startswith("denied") for one in outcome.values())
    assert sum(account == account_of(site.issuer, subject) for _, account, _ in denied(site)) == refusals
    assert uploaded(page) == (204 if role in UPLOADERS else 403)


def test_nobody_reads_and_writes_nothing(site: Site, profile: Callable[[], BrowserContext]) -> None:
    page = opened(profile(), site)
    assert set(everything(page)) == {(kind, where) for kind in [*MAY_RECORD, "upload"] for where in ("sheffield", "east_london")}
    assert all(one.startswith("denied: Nobody is signed in") for one in everything(page).values())
    assert uploaded(page) == 403


def test_a_copied_cookie_is_worth_nothing_after_sign_out(site: Site, profile: Callable[[], BrowserContext]) -> None:
    own = profile()
    page = signed_in(own, site, "analyst-1")
    other_tab = opened(own, site)
    other_tab.get_by_label("Notes").fill("What I had written")
    other_tab.get_by_label("Notes").blur()
    thief = profile()
    thief.add_cookies([cookie for cookie in own.cookies() if "name" in cookie])  # type: ignore[misc]
    stolen = opened(thief, site)
    expect(stolen.get_by_text(f"account: {account_of(site.issuer, 'analyst-1')}")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()
    expect(page.get_by_text("account: nobody")).to_be_visible(timeout=30_000)

    for one in (stolen, other_tab):
        assert all(outcome.startswith("denied: You signed out, here or in another tab.") for outcome in everything(one).values())
        assert uploaded(one) == 403
    expect(other_tab.get_by_label("Notes")).to_have_value("What I had written")
    expect(other_tab.get_by_test_id("stSidebar")).to_contain_text("Copy it before you sign in again")
    assert not [one for one in Axe().run(other_tab).response["violations"] if one["id"] == "color-contrast"]
    replayed = opened(thief, site)
    expect(replayed.get_by_text("account: nobody")).to_be_visible()


def test_streamlits_own_address_for_signing_out_ends_it_too(site: Site, profile: Callable[[], BrowserContext]) -> None:
    own = profile()
    signed_in(own, site, "facilitator-1")
    thief = profile()
    thief.add_cookies([cookie for cookie in own.cookies() if "name" in cookie])  # type: ignore[misc]
    own.new_page().goto(f"{site.address}/auth/logout")
    expect(opened(thief, site).get_by_text("account: nobody")).to_be_visible()


def with_cookie(context: BrowserContext, site: Site, **changed: object) -> Page:
    """A visit with a cookie that the server itself might have signed."""
    claims = {"iss": site.issuer, "sub": "administrator-1", "iat": int(time.time()), "roles": ["administrator"]}
    claims |= {"origin": site.address, "is_logged_in": True, "provider": "default"} | changed
    value = create_signed_value(SECRET, "_streamlit_user", json.dumps(claims)).decode()
    context.add_cookies([{"name": "_streamlit_user", "value": value, "url": site.address}])
    return opened(context, site)


@pytest.mark.parametrize(
    ("ago", "told"),
    [(60, ""), (8 * 3600 + 60, "You signed in more than 8 hours ago"), (31 * 60, "Nothing was done for more than 30 minutes")],
)
def test_a_sign_in_is_refused_for_its_age(ago: int, told: str, site: Site, profile: Callable[[], BrowserContext]) -> None:
    page = with_cookie(profile(), site, iat=int(time.time()) - ago, sub=f"by-age-{ago}")
    if told:
        expect(page.get_by_test_id("stSidebar")).to_contain_text(told)
    assert all(outcome.startswith(f"denied: {told}") for outcome in everything(page).values()) is bool(told)


def test_a_sign_in_that_lay_idle_is_refused_in_the_page_that_is_open(
    issuer: str, tmp_path: Path, profile: Callable[[], BrowserContext]
) -> None:
    settings = f'roles_claim = "roles"\nclaim_issuers = ["{issuer}"]\nidle_minutes = 0.25\n'
    with served(tmp_path / "data", issuer=issuer, settings=settings) as site:
        page = signed_in(profile(), site, "analyst-1")
        page.get_by_label("Notes").fill("What I had written")
        page.get_by_label("Notes").blur()
        page.wait_for_timeout(16_000)
        told = "denied: Nothing was done for more than 0.25 minutes, so you have been signed out. Nothing was recorded"
        assert all(outcome.startswith(told) for outcome in everything(page).values())
        expect(page.get_by_label("Notes")).to_have_value("What I had written")
        assert uploaded(page) == 403


def test_a_cookie_signed_with_another_secret_is_nobodys(site: Site, profile: Callable[[], BrowserContext]) -> None:
    context = profile()
    claims = {"iss": site.issuer, "sub": "x", "iat": int(time.time()), "origin": site.address, "is_logged_in": True}
    value = create_signed_value("another secret", "_streamlit_user", json.dumps(claims)).decode()
    context.add_cookies([{"name": "_streamlit_user", "value": value, "url": site.address}])
    expect(opened(context, site).get_by_text("account: nobody")).to_be_visible()


def test_no_name_or_address_is_stored_or_logged(site: Site, profile: Callable[[], BrowserContext]) -> None:
    signed_in(profile(), site, "reader-1")
    files = [path for path in site.data_dir.rglob("*") if path.is_file() and path.name != "secrets.toml"]
    assert (site.data_dir / "sign-ins.sqlite") in files
    assert [path.name for path in files if b"trust.example" in path.read_bytes() or b"reader-1" in path.read_bytes()] == []


def test_metrics_are_closed(site: Site) -> None:
    with pytest.raises(HTTPError, match="404"):
        urllib.request.urlopen(f"{site.address}/_stcore/metrics")


def test_reading_may_need_an_account(issuer: str, tmp_path: Path, profile: Callable[[], BrowserContext]) -> None:
    with served(tmp_path / "data", issuer=issuer, COMMON_GROUND_SIGN_IN="required") as site:
        page = profile().new_page()
        page.goto(site.address)
        expect(page.get_by_role("heading", name="Sign in to read")).to_be_visible(timeout=30_000)
        expect(page.get_by_text(re.compile("^account: "))).to_have_count(0)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="reader-1", exact=True).click()
        expect(page.get_by_text(f"account: {account_of(issuer, 'reader-1')}")).to_be_visible(timeout=30_000)
        expect(page.get_by_test_id("stSidebar")).to_contain_text("Signed in as: reader")


def test_without_a_provider_everybody_reads_and_nobody_writes(tmp_path: Path, profile: Callable[[], BrowserContext]) -> None:
    with served(tmp_path / "data") as site:
        page = opened(profile(), site)
        expect(page.get_by_role("button", name="Sign in")).to_have_count(0)
        expect(page.get_by_text("You are the local editor")).to_have_count(0)
        assert all(one.startswith("denied") for one in everything(page).values())
        assert uploaded(page) == 403


def test_the_local_editor_is_told_so_on_the_page(tmp_path: Path, profile: Callable[[], BrowserContext]) -> None:
    with served(tmp_path / "data", COMMON_GROUND_LOCAL_EDITOR="1") as site:
        page = opened(profile(), site)
        expect(page.get_by_text("You are the local editor")).to_be_visible()
        assert not [one for one in everything(page).values() if one.startswith("denied")]
        assert uploaded(page) == 204


def test_settings_that_cannot_be_used_close_the_door(tmp_path: Path, profile: Callable[[], BrowserContext]) -> None:
    with served(tmp_path / "data", settings='sign_ins = "required"', COMMON_GROUND_LOCAL_EDITOR="1") as site:
        page = profile().new_page()
        page.goto(site.address)
        expect(page.get_by_role("heading", name="The settings of access need attention")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("access.toml: sign_ins")).to_be_visible()
        expect(page.get_by_text(re.compile("^account: "))).to_have_count(0)

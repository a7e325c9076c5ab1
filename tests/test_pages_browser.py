"""The pages in Chromium: no sideways scrolling, nothing the content policy stops."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from service.app import create_app
from service.pages.formats import path_part
from service.settings import Settings
from tests.callers import key_for
from tests.conftest import skip_or_fail
from tests.small_release import HTML_CUSTOMER, ODD_CUSTOMER, PROSPECT, publish_small_release

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
QUIETLY = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = [
    "/",
    "/customers",
    "/board",
    "/board/team",
    f"/customers/{path_part(ODD_CUSTOMER)}",
    f"/customers/{path_part(HTML_CUSTOMER)}",
    f"/customers/{PROSPECT}",
    f"/customers/{path_part(ODD_CUSTOMER)}/survey",
    "/products/S1",
    "/docs",
]


KEYS: dict[str, str] = {}
"""As their holders see them."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("browser") / "releases"
    publish_small_release(directory)
    with running_app(directory) as (app, address):
        KEYS["manager"] = key_for(app.state.database, "manager").shown
        yield address


@contextmanager
def running_app(releases: Path, locale: str = "en") -> Iterator[tuple[FastAPI, str]]:
    """The service and its address."""
    folder = releases.parent
    app = create_app(Settings(releases_directory=releases, folder=folder, locale=locale))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield app, f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    if not CHROMIUM.is_file():
        skip_or_fail(f"there is no Chromium at {CHROMIUM}; name one in CHROMIUM")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIETLY)
        yield browser
        browser.close()


@pytest.fixture
def said(page: sync_api.Page) -> list[str]:
    return watched(page)


def watched(page: sync_api.Page) -> list[str]:
    """What the browser complains of: errors, and loads that the content policy stops."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.extend(_not_left_behind(request)))
    return complaints


def _not_left_behind(request: sync_api.Request) -> list[str]:
    """A load that leaving the page cut off is no complaint."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.url}: {request.failure}"]


@pytest.fixture(params=[(360, "light"), (1280, "dark")], ids=["phone", "desktop"])
def page(
    request: pytest.FixtureRequest, browser: sync_api.Browser, address: str
) -> Iterator[sync_api.Page]:
    """Signed in."""
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=True
    )
    page = context.new_page()
    sign_in(page, address)
    yield page
    context.close()


def sign_in(page: sync_api.Page, address: str, path: str = "/") -> None:
    page.goto(address + path)
    page.get_by_label("Key").fill(KEYS["manager"])
    page.get_by_role("button", name="Sign in").click()


def test_no_page_scrolls_sideways_or_makes_the_browser_complain(
    page: sync_api.Page, said: list[str], address: str
) -> None:
    for path in PAGES:
        page.goto(address + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], f"{path} is {width} px wide"
    assert said == []


def test_a_name_with_a_script_in_it_is_only_text(
    page: sync_api.Page, said: list[str], address: str
) -> None:
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(f"{address}/customers/{path_part(HTML_CUSTOMER)}")
    assert "<script>" in page.inner_text("h1")
    assert said == []


def test_a_rep_finds_a_customer_and_what_to_offer_by_keyboard(
    page: sync_api.Page, address: str
) -> None:
    page.goto(address)
    page.keyboard.type("müller c05")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Müller C05").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Müller C05"
    offers = page.locator(".suggestions > li")
    assert offers.count() >= 5
    assert offers.first.locator(".chance").inner_text() == "40%"


def test_the_first_tab_offers_to_skip_the_navigation(page: sync_api.Page, address: str) -> None:
    page.goto(f"{address}/customers/C05")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to the content"
    assert skip.bounding_box()["y"] >= 0


def test_signing_in_leads_back_and_signing_out_ends_it(
    browser: sync_api.Browser, address: str
) -> None:
    for java_script in (True, False):
        context = browser.new_context(java_script_enabled=java_script)
        page = context.new_page()
        sign_in(page, address, "/customers?query=c05")
        assert page.url == f"{address}/customers?query=c05"
        assert [c["httpOnly"] and c["sameSite"] == "Lax" for c in context.cookies()] == [True]
        cookies = context.cookies()
        page.get_by_role("button", name="Sign out").click()
        assert page.url == f"{address}/sign-in"
        assert context.cookies() == []
        context.add_cookies(cookies)
        page.goto(f"{address}/customers")
        assert "/sign-in" in page.url
        context.close()


def test_a_wrong_key_is_told_on_a_page_that_fits(page: sync_api.Page, address: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{address}/customers/C05")
    page.get_by_label("Key").fill("rec_wrong")
    page.keyboard.press("Enter")
    assert "not known here" in page.get_by_role("alert").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]

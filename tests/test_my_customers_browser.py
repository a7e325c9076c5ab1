"""My customers in Chromium: searched as one types, by keyboard, without JavaScript, on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.callers import key_for
from tests.small_release import publish_small_release
from tests.test_my_customers import contents
from tests.test_pages_browser import browser, running_app, sync_api, watched

pytestmark = pytest.mark.browser
__all__ = ["browser"]
NAMES = "#found tbody th a"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Its address, and a manager's key."""
    directory: Path = tmp_path_factory.mktemp("mine") / "releases"
    publish_small_release(directory, contents())
    with running_app(directory) as (app, address):
        yield address, key_for(app.state.database, "manager").shown


def context_of(browser: sync_api.Browser, key: str, **how: Any) -> sync_api.BrowserContext:
    looks = {"viewport": {"width": 1280, "height": 800}} | how
    return browser.new_context(extra_http_headers={"authorization": f"Bearer {key}"}, **looks)


@pytest.fixture
def page(browser: sync_api.Browser, service: tuple[str, str]) -> Iterator[sync_api.Page]:
    context = context_of(browser, service[1])
    found = context.new_page()
    found.goto(f"{service[0]}/customers")
    yield found
    context.close()


def expect(locator: Any) -> Any:
    return sync_api.expect(locator)


def test_the_list_follows_what_is_typed_and_the_field_keeps_the_focus(page: sync_api.Page) -> None:
    said = watched(page)
    page.get_by_label("Name, id or region").press_sequentially("c07", delay=20)
    expect(page.locator(NAMES)).to_have_text(["Müller C07"])
    expect(page.get_by_role("status")).to_have_text("1 to 1 of 1 customer")
    assert page.evaluate("document.activeElement.id") == "query"
    assert page.url.endswith("/customers?query=c07&sort=value_at_stake")
    expect(page.get_by_role("link", name="All 1 as CSV")).to_have_attribute(
        "href", "/customers.csv?query=c07"
    )
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("zebra")
    expect(page.get_by_role("status")).to_have_text("No customer fits")
    assert said == []


def test_a_choice_narrows_at_once_and_a_reload_keeps_it(page: sync_api.Page) -> None:
    page.get_by_label("Only").select_option("churn_warning")
    expect(page.locator(NAMES)).to_have_text(["Müller C03", "Müller C07"])
    page.reload()
    expect(page.locator(NAMES)).to_have_text(["Müller C03", "Müller C07"])
    page.get_by_label("Sort by").select_option("last_bought_on")
    expect(page).to_have_url(re.compile("sort=last_bought_on"))


def test_the_last_of_several_searches_wins_however_late_the_first_answers(
    page: sync_api.Page,
) -> None:
    asked: list[str] = []

    def slowly(route: sync_api.Route) -> None:
        asked.append(route.request.url)
        if "query=c0&" in route.request.url:
            page.wait_for_timeout(600)
        route.continue_()

    page.route("**/customers?*", slowly)
    page.keyboard.press("Tab")
    field = page.get_by_label("Name, id or region")
    field.fill("c0")
    page.wait_for_timeout(300)
    field.fill("c05")
    expect(page.locator(NAMES)).to_have_text(["Müller C05"])
    page.wait_for_timeout(700)
    expect(page.locator(NAMES)).to_have_text(["Müller C05"])
    assert len(asked) == 2


def test_many_letters_ask_once(page: sync_api.Page) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/customers?" in r.url else None)
    page.evaluate(TYPED_QUICKLY, "müller c1")
    expect(page.get_by_role("status")).to_have_text("1 to 9 of 9 customers")
    assert len(asked) == 1


TYPED_QUICKLY = """text => { const field = document.getElementById('query');
  for (const letter of text) {
    field.value += letter;
    field.dispatchEvent(new InputEvent('input', {bubbles: true}));
  } }"""


def test_a_search_that_does_not_get_through_says_so(page: sync_api.Page) -> None:
    page.route("**/customers?*", lambda route: route.abort("connectionrefused"))
    page.get_by_label("Name, id or region").fill("c07")
    expect(page.get_by_role("status")).to_contain_text("did not get through")
    assert page.locator(NAMES).count() == 30


def test_the_keyboard_searches_and_opens_a_customer(page: sync_api.Page) -> None:
    page.get_by_label("Name, id or region").focus()
    page.keyboard.type("c07")
    page.keyboard.press("Enter")
    expect(page.locator(NAMES)).to_have_count(1)
    page.get_by_role("button", name="Show").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Müller C07"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Müller C07")


def test_without_javascript_the_form_and_the_pages_do_the_same(
    browser: sync_api.Browser, service: tuple[str, str]
) -> None:
    context = context_of(browser, service[1], java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{service[0]}/customers?limit=20")
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("status")).to_have_text("21 to 30 of 30 customers")
    page.get_by_label("Name, id or region").fill("c07")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(NAMES)).to_have_text(["Müller C07"])
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(
    browser: sync_api.Browser, service: tuple[str, str], scheme: str
) -> None:
    look = {"viewport": {"width": 360, "height": 800}, "color_scheme": scheme}
    context = context_of(browser, service[1], **look)
    page = context.new_page()
    for path in ("/customers", "/", "/customers?query=zebra", "/customers?state=churn_warning"):
        page.goto(service[0] + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    expect(page.get_by_text("Silent for 60 days").first).to_be_visible()
    context.close()

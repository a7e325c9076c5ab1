"""The board in Chromium: it fits a telephone, is read by keyboard, and leads to the brief."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.callers import key_for
from tests.test_board import publish_board
from tests.test_pages_browser import browser, running_app, sync_api, watched

pytestmark = pytest.mark.browser
__all__ = ["browser"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Its address, and a manager's key."""
    directory: Path = tmp_path_factory.mktemp("board") / "releases"
    publish_board(directory)
    with running_app(directory) as (app, address):
        yield address, key_for(app.state.database, "manager").shown


@pytest.fixture(params=[(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")], ids=str)
def page(
    request: pytest.FixtureRequest, browser: sync_api.Browser, service: tuple[str, str]
) -> Iterator[sync_api.Page]:
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        java_script_enabled=True,
        extra_http_headers={"authorization": f"Bearer {service[1]}"},
    )
    yield context.new_page()
    context.close()


def test_it_never_scrolls_the_page_sideways(page: sync_api.Page, service: tuple[str, str]) -> None:
    said = watched(page)
    for path in ("/board", "/board?categories=1", "/board?region=Nowhere", "/board/team"):
        page.goto(service[0] + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], path
    assert said == []


def test_a_gap_is_reached_and_followed_by_keyboard(
    page: sync_api.Page, service: tuple[str, str]
) -> None:
    page.goto(f"{service[0]}/board")
    page.get_by_role("link", name="Müller C00").focus()
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text().startswith("300")
    words = page.locator(":focus i")
    assert words.inner_text() == "buys 100 of 400"
    assert words.bounding_box()["height"] > 20, "the words show where the focus is"
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/C00#potential")
    assert page.get_by_role("heading", level=1).inner_text() == "Müller C00"


def test_full_and_empty_cells_differ_in_either_scheme(
    page: sync_api.Page, service: tuple[str, str]
) -> None:
    page.goto(f"{service[0]}/board")
    fills = [
        page.locator(f"tbody td.{css}").first.evaluate("e => getComputedStyle(e).backgroundColor")
        for css in ("c2", "c9")
    ]
    assert fills[0] != fills[1]

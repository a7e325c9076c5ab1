"""Pages in a Swiss locale, as Chromium shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.callers import key_for
from tests.small_release import publish_small_release
from tests.test_pages_browser import KEYS, browser, running_app, sign_in

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser
__all__ = ["browser"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    directory = tmp_path_factory.mktemp("swiss") / "releases"
    publish_small_release(directory)
    with running_app(directory, locale="de-CH") as (app, address):
        KEYS["manager"] = key_for(app.state.database, "manager").shown
        yield address


@pytest.mark.parametrize("width", [360, 1280])
def test_money_and_days_stand_as_the_swiss_write_them(
    browser: sync_api.Browser, address: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    sign_in(page, address)
    page.goto(f"{address}/customers/C09")
    shown = page.locator("body").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert re.search(r"· EUR \d+\.\d\d ·", shown)
    assert "Data through 19.11.2026" in shown
    assert " Nov " not in shown
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"{address}/products/B3")
    assert "EUR 60.00" in page.locator("main").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    if width > 1000:  # a table, and no cards yet
        price = page.locator("td.number[data-label='Price']").first
        assert price.evaluate("cell => getComputedStyle(cell).textAlign") in {"right", "end"}
    page.close()

"""The demo's shop in Chromium: the widget works there, and no text becomes a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.text import Ids, TextColumn
from service.pages.formats import path_part
from tests.script_payloads import PAYLOADS
from tests.small_release import ODD_PRODUCT, publish_small_release, small_contents
from tests.test_accessibility import AXE, GRAVE, LOOKS, REACHABLE, STOP
from tests.test_pages_browser import browser, sync_api, watched
from tests.test_shop import demo_of

pytestmark = pytest.mark.browser
__all__ = ["browser"]
PATHS = ["", "?category=Blades", "/B1", f"/{path_part(ODD_PRODUCT)}", "/basket"]
LIST = ".also-bought-list"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address."""
    folder: Path = tmp_path_factory.mktemp("demo")
    publish_small_release(folder / "releases", settings={"slope_of_liking": 2.0})
    with demo_of(folder / "recommender.toml") as (_, address):
        yield address


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_no_page_is_too_wide_or_hard_to_read(
    browser: sync_api.Browser, shop: str, width: int, scheme: str
) -> None:
    view = {"width": width, "height": 800}
    context = browser.new_context(viewport=view, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    fill_basket(page, shop)
    for path in PATHS:
        page.goto(shop + path)
        page.wait_for_load_state("networkidle")
        for fold in page.locator("summary").all():
            fold.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        grave = [v for v in found["violations"] if v["impact"] in GRAVE]
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in grave] == [], path
    context.close()


def fill_basket(page: sync_api.Page, shop: str) -> None:
    page.goto(f"{shop}/B1")
    page.get_by_role("button", name="Add to basket").click()
    assert page.url == f"{shop}/basket"


def test_from_one_product_to_the_next_and_into_the_basket(
    browser: sync_api.Browser, shop: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    said = watched(page)
    page.goto(shop)
    page.get_by_role("link", name="Band saw blade 4 m").click()
    also = page.get_by_role("region", name="Customers also bought")
    page.wait_for_selector(LIST)
    first = also.get_by_role("link").first
    name = first.locator(".also-bought-name").inner_text()
    first.click()
    assert page.get_by_role("heading", level=1).inner_text() == name
    page.get_by_role("button", name="Add to basket").click()
    beside = page.get_by_role("region", name="Goes with your basket")
    beside.wait_for()
    assert beside.get_by_role("link", name=name).count() == 0
    page.get_by_role("button", name=f"Remove {name}").click()
    assert "It is empty" in page.locator("main").inner_text()
    assert said == []
    context.close()


def test_without_javascript_it_is_a_shop_without_the_widget(
    browser: sync_api.Browser, shop: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    fill_basket(page, shop)
    assert "Band saw blade 4 m" in page.locator("main").inner_text()
    assert page.locator("also-bought > *").count() == 0
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    browser: sync_api.Browser, shop: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    fill_basket(page, shop)
    for path in PATHS:
        page.goto(shop + path)
        page.wait_for_load_state("networkidle")
        wanted = {str(stop) for stop in page.evaluate(REACHABLE)}
        assert len(wanted) > 3
        reached = set()
        for _ in range(len(wanted)):
            page.keyboard.press("Tab")
            stop = page.evaluate(STOP)
            assert stop["seen"], stop
            assert stop["marked"], stop
            reached.add(stop["stop"])
        assert reached == wanted, path
    context.close()


def test_no_hostile_product_runs_as_a_script(browser: sync_api.Browser, tmp_path: Path) -> None:
    """Twelve of the sixty are ids, twelve names, twelve categories, twelve brands."""
    contents = small_contents()
    products = replace(
        contents.products,
        ids=Ids.of(PAYLOADS[:12]),
        name=TextColumn.of(PAYLOADS[12:24]),
        category=TextColumn.of(PAYLOADS[24:36]),
        brand=TextColumn.of(PAYLOADS[36:48]),
    )
    publish_small_release(tmp_path / "releases", replace(contents, products=products))
    with demo_of(tmp_path / "recommender.toml") as (_, shop):
        context = browser.new_context()
        page = context.new_page()
        said = watched(page)
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        seen = 0
        for product_id in products.ids:
            page.goto(f"{shop}/{path_part(product_id)}")
            page.wait_for_selector(LIST)
            seen += page.locator(".also-bought-name").count()
            holds_only_ours(page)
            if page.get_by_role("button", name="Add to basket").is_enabled():
                page.get_by_role("button", name="Add to basket").click()
                page.wait_for_load_state("networkidle")
                holds_only_ours(page)
        for category in products.category:
            page.goto(f"{shop}?category={path_part(category)}")
            holds_only_ours(page)
        assert seen > 30
        assert said == []
        context.close()


def holds_only_ours(page: sync_api.Page) -> None:
    foreign = 'script:not([src$="/widget/also-bought.js"]), img, iframe, object, embed, style, math'
    assert page.locator(f"{foreign}, video, audio, marquee, [onload], [onerror]").count() == 0
    assert page.locator("h1").count() == 1

"""The widget in pages of another origin, under the content policy that the README tells."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from recommender.suggest.suggestion import read_recommendation_id
from service.pages.formats import path_part
from service.widget.script import ADDRESS, pinned_script_line
from tests.callers import key_for
from tests.script_payloads import PAYLOADS
from tests.small_release import ODD_PRODUCT, publish_small_release
from tests.stand import Answer, Stand, standing
from tests.test_accessibility import AXE, GRAVE
from tests.test_pages_browser import browser, running_app, sync_api, watched
from tests.test_widget_script import README, html_of_readme

pytestmark = pytest.mark.browser
__all__ = ["browser"]

EXAMPLE = "https://recommender.example"
POLICY = re.findall(r"`(script-src [^`]+)`", README)[0]
LIST = "also-bought .also-bought-list"
JSON_FOR_ALL = {
    "content-type": "application/json",
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "authorization, content-type",
}


@dataclass(frozen=True)
class Place:
    """A shop, the service its pages ask, and the key in their source."""

    shop: Stand
    service: str
    key: str

    def asked(self, path: str) -> Any:
        page = {"origin": self.shop.address, "authorization": f"Bearer {self.key}"}
        return httpx2.get(f"{self.service}{path}", headers=page).json()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory: Path = tmp_path_factory.mktemp("shop") / "releases"
    publish_small_release(directory, settings={"slope_of_liking": 2.0})
    with standing() as shop:
        origins = frozenset({shop.address})
        with running_app(directory, origins=origins) as (app, service):
            yield Place(shop, service, key_for(app.state.database, "widget").shown)


@pytest.fixture
def stand() -> Iterator[Stand]:
    """A service that answers as a test wants."""
    with standing() as found:
        yield found


def filled(place: Place, product_id: str = "B1") -> str:
    """The lines of the README with address, key and product of this shop."""
    lines = html_of_readme().replace(EXAMPLE, place.service)
    return lines.replace("rec_...", place.key).replace('"P7"', f'"{product_id}"')


def script(place: Place) -> str:
    return f'<script src="{place.service}{ADDRESS}" defer></script>'


@contextmanager
def opened(
    browser: sync_api.Browser,
    place: Place,
    body: str,
    *,
    service: str = "",
    address: str = "",
    strict: bool = True,
) -> Iterator[tuple[sync_api.Page, list[str]]]:
    """A page of the shop with this in its body, and what the browser says of it."""
    policy = POLICY.replace(EXAMPLE, place.service)
    if service:
        policy = policy.replace("connect-src ", f"connect-src {service} ")
    place.shop.answers["/p/B1"] = Answer(
        f'<!doctype html><html lang="de"><head><title>Shop</title><link rel="icon" href="data:,">'
        f"</head><body><main><h1>Band saw blade</h1>{body}</main></body></html>",
        {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": f"default-src 'none'; img-src data:; {policy}",
        },
    )
    context = browser.new_context(bypass_csp=not strict)
    page = context.new_page()
    said = watched(page)
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.goto(f"{address or place.shop.address}/p/B1")
    try:
        yield page, said
    finally:
        context.close()


def names(page: sync_api.Page) -> list[str]:
    page.wait_for_selector(LIST)
    return page.locator(".also-bought-name").all_inner_texts()


def settled(page: sync_api.Page, said: list[str]) -> list[str]:
    """What the widget itself said once it gave up; the element holds nothing then."""
    for _ in range(100):
        if own := [text for text in said if text.startswith("also-bought:")]:
            assert page.locator("also-bought > *").count() == 0
            return own
        page.wait_for_timeout(50)
    raise AssertionError(f"it said nothing, but: {said}")


def test_the_three_lines_of_the_readme_show_what_goes_with_the_product(
    browser: sync_api.Browser, place: Place
) -> None:
    known = place.asked("/v1/products/B1/also-bought?n=4")["also_bought"]
    with opened(browser, place, filled(place)) as (page, said):
        assert names(page) == [product["name"] for product in known]
        links = page.locator(".also-bought-link")
        assert [link.get_attribute("href") for link in links.all()] == [
            f"{place.shop.address}/p/{path_part(product['product_id'])}" for product in known
        ]
        prices = page.locator(".also-bought-price").all_inner_texts()
        assert prices[0] == f"{known[0]['price']:.2f}\N{NO-BREAK SPACE}€".replace(".", ",")
        region = page.get_by_role("region", name="Customers also bought")
        assert region.get_by_role("heading", level=2).inner_text() == "Customers also bought"
        assert region.get_by_role("listitem").count() == len(known) == 3
        assert said == []


def test_axe_finds_nothing_grave(browser: sync_api.Browser, place: Place) -> None:
    with opened(browser, place, filled(place), strict=False) as (page, _):
        names(page)
        page.evaluate(AXE)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [v["id"] for v in found["violations"] if v["impact"] in GRAVE] == []
    assert len(found["passes"]) > 5


def test_the_keyboard_reaches_each_product_and_each_click_is_told(
    browser: sync_api.Browser, place: Place
) -> None:
    with opened(browser, place, filled(place), strict=False) as (page, said):
        listed = names(page)
        page.evaluate(
            "window.told = []; addEventListener('also-bought-click', (event) => told.push("
            "event.detail)); addEventListener('click', (event) => event.preventDefault())"
        )
        for name in listed:
            page.keyboard.press("Tab")
            assert page.locator(":focus .also-bought-name").inner_text() == name
            page.keyboard.press("Enter")
        page.locator(".also-bought-link").first.click(button="middle")
        page.locator(".also-bought-link").first.click(button="right")
        told = page.evaluate("told")
    known = place.asked("/v1/products/B1/also-bought?n=4")["also_bought"]
    expected = [
        {"product_id": p["product_id"], "rank": p["rank"], "recommendation_id": None}
        for p in [*known, known[0]]
    ]
    assert told == expected
    assert said == []


def test_a_link_leads_to_the_product(browser: sync_api.Browser, place: Place) -> None:
    with opened(browser, place, filled(place)) as (page, _):
        first = page.locator(".also-bought-link").first
        href = first.get_attribute("href")
        first.click()
        assert page.url == href


def test_a_basket_shows_what_goes_with_it_and_which_list_it_was(
    browser: sync_api.Browser, place: Place
) -> None:
    for ids in ("B1 B3", html_json(["B1", "B3"]), " B1\nB3 "):
        body = f"""{script(place)}<also-bought product-ids="{ids}" key="{place.key}" n="2"
            link="/p/{{product_id}}"></also-bought>"""
        with opened(browser, place, body, strict=False) as (page, said):
            assert len(names(page)) == 2
            page.evaluate(
                "addEventListener('also-bought-click', (event) => window.told = event.detail);"
                "addEventListener('click', (event) => event.preventDefault())"
            )
            page.locator(".also-bought-link").nth(1).click()
            told = page.evaluate("told")
            assert told["product_id"] not in {"B1", "B3"}
            assert told["rank"] == 2
            assert read_recommendation_id(told["recommendation_id"]).source == "fold_in"
            assert said == []


def html_json(ids: list[str]) -> str:
    return json.dumps(ids).replace('"', "&quot;")


def test_an_id_with_blanks_and_signs_is_asked_for_as_it_is(
    browser: sync_api.Browser, place: Place
) -> None:
    known = place.asked(f"/v1/products/{path_part(ODD_PRODUCT)}/also-bought?n=4")["also_bought"]
    body = filled(place, ODD_PRODUCT.replace('"', "&quot;"))
    with opened(browser, place, body) as (page, said):
        assert names(page) == [product["name"] for product in known]
        assert said == []


def test_the_list_follows_the_attributes_and_is_asked_for_once(
    browser: sync_api.Browser, place: Place
) -> None:
    with opened(browser, place, filled(place)) as (page, said):
        before = names(page)
        asked: list[str] = []
        page.on("request", lambda r: asked.append(f"{r.method} {r.url[len(place.service) :]}"))
        change(page, {"product-id": "S1", "n": "2", "heading": "Takes along", "currency": None})
        page.wait_for_selector("h2:text('Takes along')")
        assert names(page) != before
        assert len(names(page)) == 2
        assert page.locator(".also-bought-price").count() == 0
        assert [a for a in asked if a.startswith("GET")] == ["GET /v1/products/S1/also-bought?n=2"]
        change(page, {"heading": ""})
        page.wait_for_selector("section:not(:has(h2))")
        assert page.get_by_role("region", name="Customers also bought").count() == 1
        change(page, {"product-id": ""})
        page.wait_for_selector("also-bought:empty", state="attached")
        assert said == []


def change(page: sync_api.Page, attributes: dict[str, str | None]) -> None:
    page.locator("also-bought").evaluate(
        """(element, attributes) => Object.entries(attributes).forEach(([name, value]) =>
            value === null ? element.removeAttribute(name) : element.setAttribute(name, value))""",
        attributes,
    )


def test_one_that_is_taken_away_asks_no_further(
    browser: sync_api.Browser, place: Place, stand: Stand
) -> None:
    stand.answers["/v1/products/B1/also-bought"] = Answer("{}", JSON_FOR_ALL, seconds=60)
    body = filled(place).replace("<also-bought", f'<also-bought service="{stand.address}"')
    with opened(browser, place, body, service=stand.address) as (page, said):
        with page.expect_event("requestfailed", timeout=1500) as failed:
            page.wait_for_timeout(300)
            page.evaluate("document.querySelector('also-bought').remove()")
        assert failed.value.failure == "net::ERR_ABORTED"
        page.wait_for_timeout(300)
        assert said == []


@pytest.mark.parametrize("answer", ["headers", "body"])
def test_a_slow_service_is_not_waited_for(
    browser: sync_api.Browser, place: Place, answer: str
) -> None:
    """Neither one that takes the connection and says nothing, nor one that stops half way."""
    with standing() as stand, socket.create_server(("127.0.0.1", 0)) as silent:
        stand.answers["/v1/products/B1/also-bought"] = Answer("{}", JSON_FOR_ALL, seconds=30)
        quiet = f"http://127.0.0.1:{silent.getsockname()[1]}"
        service = quiet if answer == "headers" else stand.address
        body = filled(place).replace("<also-bought", f'<also-bought service="{service}"')
        with opened(browser, place, body, service=service) as (page, said):
            assert settled(page, said) == ["also-bought: no answer within 2000 ms"]
            assert said == ["also-bought: no answer within 2000 ms"]


def test_a_service_that_is_down_leaves_the_page_as_it_is(
    browser: sync_api.Browser, place: Place
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        service = f"http://127.0.0.1:{gone.getsockname()[1]}"
    element = filled(place).replace("<also-bought", f'<also-bought service="{service}"')
    with opened(browser, place, element, service=service) as (page, said):
        (own,) = settled(page, said)
        assert f"{service} gave no answer that may be read" in own
        assert page.locator("main").inner_text() == "Band saw blade"
        assert {text for text in said if text != own} <= {
            "Failed to load resource: net::ERR_CONNECTION_REFUSED",
            f"{service}/v1/products/B1/also-bought?n=4: net::ERR_CONNECTION_REFUSED",
        }


def test_a_script_that_cannot_be_loaded_leaves_the_page_as_it_is(
    browser: sync_api.Browser, place: Place
) -> None:
    lines = filled(place).replace(ADDRESS, "/widget/nothing.js")
    with opened(browser, place, lines) as (page, _):
        assert page.locator("main").inner_text() == "Band saw blade"


def test_a_page_that_is_not_listed_gets_nothing_and_its_developer_is_told(
    browser: sync_api.Browser, place: Place
) -> None:
    address = place.shop.other_address
    with opened(browser, place, filled(place), address=address) as (page, said):
        (own,) = settled(page, said)
        assert f"does its [service] origins list {address}?" in own
        assert all(text == own or "CORS" in text or "ERR_FAILED" in text for text in said)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("rec_", "rec_x"), "401: show a key that is in use"),
        (("key=", "nokey="), "set key; "),
        (("product-id=", "nothing="), "set product-id or product-ids"),
        (('"B1"', '"nothing"'), "404: there is no product of this id"),
        (('currency="EUR"', 'currency="euros"'), "euros is no currency"),
        (('product-id="B1"', 'product-ids="[1"'), ""),
    ],
)
def test_a_mistake_is_told_to_the_developer_once_and_to_nobody_else(
    browser: sync_api.Browser, place: Place, change: tuple[str, str], words: str
) -> None:
    lines = filled(place).replace(*change)
    twice = f"{lines}<div>{lines[lines.index('<also') :]}</div>"
    with opened(browser, place, twice) as (page, said):
        if "currency" in words:
            assert len(names(page)) == 6
            assert page.locator(".also-bought-price").count() == 0
        else:
            settled(page, said)
            assert page.locator("main").inner_text() == "Band saw blade"
        own = [text for text in said if text.startswith("also-bought:")]
        assert [text[: 13 + len(words)] for text in own] == [f"also-bought: {words}"]
        assert all("Failed to load resource" in text for text in said if text not in own)


def test_a_key_of_the_shop_itself_is_not_needed_and_a_page_without_policy_works_too(
    browser: sync_api.Browser, place: Place
) -> None:
    with opened(browser, place, filled(place), strict=False) as (page, said):
        assert len(names(page)) == 3
        assert said == []


def test_a_pinned_script_runs_and_another_one_does_not(
    browser: sync_api.Browser, place: Place
) -> None:
    pinned = pinned_script_line(place.service)
    lines = filled(place).replace(script(place), pinned)
    with opened(browser, place, lines) as (page, said):
        assert len(names(page)) == 3
        assert said == []
    spoilt = re.sub(r"sha384-.{4}", "sha384-AAAA", lines)
    with opened(browser, place, spoilt) as (page, said):
        assert page.locator("also-bought > *").count() == 0
        assert any("integrity" in text for text in said)


def test_a_script_that_is_loaded_twice_is_one(browser: sync_api.Browser, place: Place) -> None:
    with opened(browser, place, script(place) + filled(place)) as (page, said):
        assert len(names(page)) == 3
        assert said == []


HOSTILE = [
    {"product_id": text, "name": text, "category": text, "price": i, "rank": i + 1}
    for i, text in enumerate(PAYLOADS)
]
LINKS = {
    "/p/{product_id}": 60,
    "{product_id}": 60,
    "?p={product_id}": 60,
    "javascript:{product_id}": 0,
    " javascript:alert(1)//{product_id}": 0,
    "java\nscript:alert(1)//{product_id}": 0,
    "data:text/html,{product_id}": 0,
    "blob:{product_id}": 0,
    "http://[{product_id}": 0,
    "": 0,
}
"""Patterns, and how many of the sixty become links."""


@pytest.mark.parametrize("pattern", LINKS)
def test_none_of_sixty_hostile_products_becomes_more_than_text(
    browser: sync_api.Browser, place: Place, stand: Stand, pattern: str
) -> None:
    body = json.dumps({"also_bought": HOSTILE})
    stand.answers["/v1/products/B1/also-bought"] = Answer(body, JSON_FOR_ALL)
    lines = filled(place).replace("/p/{product_id}", pattern)
    lines = lines.replace("<also-bought", f'<also-bought service="{stand.address}"')
    with opened(browser, place, lines, service=stand.address, strict=False) as (page, said):
        page.wait_for_selector(LIST)
        assert page.locator(".also-bought-name").all_text_contents() == PAYLOADS
        inside = page.locator("also-bought *").evaluate_all("all => all.map(e => e.localName)")
        assert set(inside) <= {"section", "h2", "ul", "li", "a", "span"}
        links = page.locator("also-bought a").evaluate_all("all => all.map(e => e.protocol)")
        assert links == ["http:"] * LINKS[pattern]
        for _ in range(3):
            page.keyboard.press("Tab")
        assert said == []


ODD_ANSWERS = {
    "no JSON": Answer("<p>502</p>", JSON_FOR_ALL, status=502),
    "a page": Answer("<p>Welcome</p>", JSON_FOR_ALL),
    "no list": Answer("{}", JSON_FOR_ALL),
    "null": Answer("null", JSON_FOR_ALL),
    "a text for a list": Answer('{"also_bought": "P1"}', JSON_FOR_ALL),
    "nothings": Answer('{"also_bought": [null]}', JSON_FOR_ALL),
    "too many": Answer('{"detail": "wait"}', JSON_FOR_ALL, status=429),
}


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_an_answer_that_is_none_shows_nothing(
    browser: sync_api.Browser, place: Place, stand: Stand, name: str
) -> None:
    stand.answers["/v1/products/B1/also-bought"] = ODD_ANSWERS[name]
    lines = filled(place).replace("<also-bought", f'<also-bought service="{stand.address}"')
    with opened(browser, place, lines, service=stand.address) as (page, said):
        assert len(settled(page, said)) == 1
        assert page.locator("main").inner_text() == "Band saw blade"


def test_nothing_that_goes_with_it_shows_nothing_and_is_no_trouble(
    browser: sync_api.Browser, place: Place, stand: Stand
) -> None:
    stand.answers["/v1/products/B1/also-bought"] = Answer('{"also_bought": []}', JSON_FOR_ALL)
    lines = filled(place).replace("<also-bought", f'<also-bought service="{stand.address}"')
    with opened(browser, place, lines, service=stand.address) as (page, said):
        page.wait_for_load_state("networkidle")
        assert page.locator("also-bought > *").count() == 0
        assert said == []

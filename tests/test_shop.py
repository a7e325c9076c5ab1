"""The demo's shop: there for a demo alone, without any key but the one in its pages."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from service.access.roles import all_declared
from service.pages.formats import path_part
from service.pages.shop import names_of_shop
from service.settings import Settings
from service.widget.script import three_lines
from tests.callers import client_of, service_of
from tests.small_release import GONE, ODD_PRODUCT, OUT_OF_STOCK, publish_small_release

KEY = "rec_of_the_page"
SERVICE = "http://localhost:8000"
WORKERS_START = 60
"""Seconds at most; until they stand the listener lets callers wait."""
ROUTES = {"GET /shop", "GET /shop/basket", "POST /shop/basket", "GET /shop/{product_id:path}"}


def settings_in(folder: Path, key: str | None) -> Settings:
    return Settings(releases_directory=folder / "releases", folder=folder, demo_shop_key=key)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found: Path = tmp_path_factory.mktemp("shop")
    publish_small_release(found / "releases")
    return found


@pytest.fixture
def visitor(folder: Path) -> Iterator[TestClient]:
    with service_of(settings_in(folder, KEY), None) as found:
        yield found


def test_without_a_demo_there_is_no_shop(folder: Path) -> None:
    with service_of(settings_in(folder, None), None) as nobody:
        assert not ROUTES & set(all_declared(nobody.app.routes))  # type: ignore[attr-defined]
        for caller in (nobody, client_of(nobody.app, "admin")):  # type: ignore[arg-type]
            answers = [caller.get("/shop"), caller.get("/shop/B1"), caller.post("/shop/basket")]
            assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_everybody_may_look_at_it(visitor: TestClient) -> None:
    declared = all_declared(visitor.app.routes)  # type: ignore[attr-defined]
    assert {declared[route] for route in ROUTES} == {frozenset()}


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_its_pages_ask_the_service_by_another_name_and_nobody_else(
    visitor: TestClient, host: str
) -> None:
    other = "localhost:8000" if host == "127.0.0.1:8000" else "127.0.0.1:8000"
    assert f"http://{host}" in names_of_shop(8000)
    for path in ("/shop", "/shop/B1", "/shop/basket"):
        answer = visitor.get(path, headers={"host": host})
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; ")
        assert policy.endswith(f"; script-src http://{other}; connect-src http://{other}")
        assert "unsafe" not in policy


def test_a_product_has_the_lines_of_the_readme_with_the_one_key(visitor: TestClient) -> None:
    page = visitor.get(f"/shop/{path_part(ODD_PRODUCT)}").text
    shown = html.escape(ODD_PRODUCT, quote=True).replace("&quot;", "&#34;")
    lines = three_lines(SERVICE, KEY, "EUR").replace('"P7"', f'"{shown}"')
    assert lines.replace('"/p/', '"/shop/') in page
    assert html.escape(three_lines(SERVICE, "rec_...", "EUR")).replace("&quot;", "&#34;") in page
    assert set(re.findall(r"rec_\w+", page)) == {KEY}


def test_the_shelf_holds_what_can_be_had_and_a_category_its_own(visitor: TestClient) -> None:
    everything = products_of(visitor.get("/shop").text)
    assert len(everything) == 10
    assert not {OUT_OF_STOCK, GONE} & set(everything)
    blades = products_of(visitor.get("/shop", params={"category": "Blades"}).text)
    assert set(blades) == {"B1", ODD_PRODUCT, "B3", "B4"}
    nothing = visitor.get("/shop", params={"category": "<b>"})
    assert "There is nothing in this category now" in nothing.text
    assert "<b>" not in nothing.text


def products_of(page: str) -> list[str]:
    found = re.findall(r'class="title" href="/shop/([^"]*)"', page)
    return [httpx2.URL(f"http://x/{part}").path[1:] for part in found]


def test_what_cannot_be_had_cannot_be_put_into_the_basket(visitor: TestClient) -> None:
    assert "disabled" in visitor.get(f"/shop/{OUT_OF_STOCK}").text
    assert "disabled" not in visitor.get("/shop/B1").text


def test_an_unknown_product_is_told_as_such(visitor: TestClient) -> None:
    assert visitor.get("/shop/nothing").status_code == 404


def change(visitor: TestClient, **fields: str) -> list[str]:
    """The basket afterwards."""
    answer = visitor.post("/shop/basket", data=fields, headers={"origin": "http://127.0.0.1:8000"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/shop/basket")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "Path=/shop" in cookie
    assert "samesite=lax" in cookie.lower()
    return products_of(visitor.get("/shop/basket").text)


def test_the_basket_holds_each_product_once_until_it_is_taken_out(visitor: TestClient) -> None:
    assert "It is empty" in visitor.get("/shop/basket").text
    assert change(visitor, add="B1") == ["B1"]
    assert change(visitor, add=ODD_PRODUCT) == ["B1", ODD_PRODUCT]
    assert change(visitor, add="B1") == [ODD_PRODUCT, "B1"]
    assert change(visitor, add="<script>") == [ODD_PRODUCT, "B1"]
    assert change(visitor) == [ODD_PRODUCT, "B1"]
    page = visitor.get("/shop/basket").text
    (element,) = elements_of(page)
    assert element["product-ids"] == '["B/2 \\"fine\\"", "B1"]'
    assert element["key"] == KEY
    assert "€84.00" in page
    assert change(visitor, remove=ODD_PRODUCT) == ["B1"]
    assert change(visitor, remove="B1") == []


def elements_of(page: str) -> list[dict[str, str | None]]:
    found: list[dict[str, str | None]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "also-bought":
                found.append(dict(attrs))

    Reader().feed(page)
    return found


@pytest.mark.parametrize("cookie", ["", "!!!", "%00", "x" * 5000, "B1!B1!nothing", "%3Cscript%3E"])
def test_whatever_a_cookie_says_only_known_products_lie_in_the_basket(
    visitor: TestClient, cookie: str
) -> None:
    page = visitor.get("/shop/basket", headers={"cookie": f"demo_basket={cookie}"})
    assert page.status_code == 200
    assert products_of(page.text) == (["B1"] if "B1" in cookie else [])


def test_no_other_site_changes_the_basket(visitor: TestClient) -> None:
    headers = {"cookie": "demo_basket=B1", "sec-fetch-site": "cross-site"}
    answer = visitor.post("/shop/basket", data={"remove": "B1"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_what_a_demo_prints_leads_to_a_shop_whose_key_works(tmp_path: Path, workers: str) -> None:
    config = tmp_path / "recommender.toml"
    publish_small_release(config.parent / "releases")
    with demo_of(config, workers) as (service, shop):
        assert shop == f"{service}/shop"
        (element,) = elements_of(httpx2.get(f"{shop}/B1", timeout=WORKERS_START).text)
        assert also_bought(service, element, service).status_code == 200
        assert also_bought(service, element, "http://shop.example").status_code == 403


@contextmanager
def demo_of(config: Path, workers: str = "1") -> Iterator[tuple[str, str]]:
    """The addresses that a demo prints: of the service and of its shop."""
    config.write_text('[purchases]\nsource = "purchases.csv"\n')
    command = [sys.executable, "-m", "recommender.cli.main", "serve", "--demo-keys", "--port", "0"]
    command += ["--config", str(config), "--workers", workers]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as p:
        try:
            assert p.stdout
            said = [p.stdout.readline().strip() for _ in range(4)]
            yield said[0], said[3].removeprefix("a shop that shows what goes with a product: ")
        finally:
            p.terminate()
            p.communicate(timeout=20)


def also_bought(service: str, element: dict[str, str | None], page: str) -> Any:
    headers = {"authorization": f"Bearer {element['key']}", "origin": page}
    address = f"{service}/v1/products/B1/also-bought"
    return httpx2.get(address, headers=headers, timeout=WORKERS_START)

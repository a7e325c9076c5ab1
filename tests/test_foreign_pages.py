"""What a page of another origin may ask with the key in its source, and what it hears."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.api.answers import ProductAlsoBought
from service.api.baskets import BasketSuggestions
from service.pages.formats import path_part
from service.settings import Settings
from tests.callers import ORIGIN, bearer, client_of, key_for, service_of
from tests.small_release import ODD_PRODUCT, OUT_OF_STOCK, publish_small_release

BASKETS = "/v1/baskets/suggestions"
ALSO = "/v1/products/B1/also-bought"
ODD = f"/v1/products/{path_part(ODD_PRODUCT)}/also-bought"
OPEN = {ALSO: "GET", ODD: "GET", BASKETS: "POST"}
CLOSED = [
    "/v1/customers/C01/also-bought",
    "/v1/customers/C01/suggestions",
    "/v1/products/B1/targets",
    "/v1/events",
    "/v1/release",
    "/products/B1",
    "/health/live",
    "/sign-in",
    "/static/site.css",
    "/v1/baskets/suggestions/",
    "/nothing",
]
PREFLIGHT = {"access-control-request-headers": "authorization,content-type"}
FOREIGN = [
    "https://evil.example",
    f"{ORIGIN}.evil.example",
    ORIGIN.replace("https", "http"),
    "null",
]
FOREIGN += [f"{ORIGIN}:8443", f"{ORIGIN}/", ORIGIN.upper(), "*", ""]


@pytest.fixture(scope="module")
def widget(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    directory: Path = tmp_path_factory.mktemp("pages") / "releases"
    publish_small_release(directory, settings={"slope_of_liking": 2.0})
    settings = Settings(
        releases_directory=directory, folder=directory.parent, origins=frozenset({ORIGIN})
    )
    with service_of(settings, "widget") as found:
        yield found


def client(widget: TestClient, role: Any) -> TestClient:
    return client_of(widget.app, role)  # type: ignore[arg-type]


def allowing(answer: Any) -> dict[str, str]:
    return {k: v for k, v in answer.headers.items() if k.startswith("access-control-")}


@pytest.mark.parametrize("address", OPEN)
def test_a_listed_page_may_read_the_two_calls(widget: TestClient, address: str) -> None:
    asked = PREFLIGHT | {"origin": ORIGIN, "access-control-request-method": OPEN[address]}
    before = client(widget, None).options(address, headers=asked)
    assert (before.status_code, before.content) == (204, b"")
    assert allowing(before) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-methods": OPEN[address],
        "access-control-allow-headers": "authorization, content-type",
        "access-control-max-age": "7200",
    }
    body = {"json": {"product_ids": ["B1"]}} if OPEN[address] == "POST" else {}
    answer = widget.request(OPEN[address], address, **body)
    assert answer.status_code == 200
    assert allowing(answer) == {"access-control-allow-origin": ORIGIN}
    assert "Origin" in before.headers["vary"].split(", ")
    assert "Origin" in answer.headers["vary"].split(", ")


@pytest.mark.parametrize("origin", FOREIGN)
@pytest.mark.parametrize("address", OPEN)
def test_any_other_page_may_neither_ask_nor_read(
    widget: TestClient, address: str, origin: str
) -> None:
    asked = PREFLIGHT | {"origin": origin, "access-control-request-method": OPEN[address]}
    before = client(widget, None).options(address, headers=asked)
    answer = widget.request(
        OPEN[address], address, headers={"origin": origin}, json={"product_ids": ["B1"]}
    )
    for refused in (before, answer):
        assert refused.status_code >= 400
        assert allowing(refused) == {}
        assert "Origin" in refused.headers["vary"].split(", ")
    assert answer.json()["code"] == "foreign_page"
    assert "[service] origins" in answer.json()["detail"]
    assert not origin or origin == "*" or origin not in answer.json()["detail"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("address", [*CLOSED, *OPEN])
def test_no_other_call_is_open_to_any_page(widget: TestClient, address: str, method: str) -> None:
    if OPEN.get(address) == method:
        return
    asked = PREFLIGHT | {"origin": ORIGIN, "access-control-request-method": method}
    before = client(widget, None).options(address, headers=asked)
    assert before.status_code in {401, 404, 405}
    assert "access-control-allow-methods" not in before.headers
    if address in CLOSED:
        answers = [before, widget.get(address), client(widget, "manager").get(address)]
        assert [allowing(answer) for answer in answers] == [{}, {}, {}]


def test_an_options_that_is_no_preflight_is_answered_as_ever(widget: TestClient) -> None:
    answer = client(widget, None).options(ALSO, headers={"origin": ORIGIN})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_a_listed_page_may_read_why_it_got_nothing(widget: TestClient) -> None:
    page = {"origin": ORIGIN}
    wrong = client(widget, None).get(ALSO, headers=page | {"authorization": "Bearer rec_x"})
    unknown = widget.get("/v1/products/nothing/also-bought")
    invalid = widget.get(ALSO, params={"n": 0})
    unaddressed = widget.get(ALSO, headers={"host": "evil.example"})
    found = [wrong, unknown, invalid, unaddressed]
    assert [a.status_code for a in found] == [401, 404, 422, 421]
    assert {a.headers["access-control-allow-origin"] for a in found} == {ORIGIN}


def test_a_cookie_opens_nothing_to_a_page(widget: TestClient) -> None:
    cookie = {"origin": ORIGIN, "cookie": "recommender_session=x"}
    refused = client(widget, None).post(BASKETS, json={"product_ids": []}, headers=cookie)
    assert refused.status_code == 403
    assert "access-control-allow-credentials" not in refused.headers


def test_without_a_page_the_widgets_key_is_worth_nothing(widget: TestClient) -> None:
    key = bearer(key_for(widget.app.state.database, "widget", name="bare"))  # type: ignore[attr-defined]
    nobody = client(widget, None)
    for body in (b'{"product_ids": []}', b"{", b""):
        answer = nobody.post(
            BASKETS, content=body, headers=key | {"content-type": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_page")
    assert nobody.get(ALSO, headers=key | {"referer": f"{ORIGIN}/p/B1"}).status_code == 403


def test_a_list_that_others_asked_for_before_is_no_more_open_to_it(widget: TestClient) -> None:
    address, shop = "/v1/customers/C01/suggestions", client(widget, "shop")
    assert [shop.get(address).status_code for _ in range(3)] == [200, 200, 200]
    assert widget.get(address).status_code == 403


def test_a_page_may_ask_whether_what_it_has_still_holds(widget: TestClient) -> None:
    first = widget.get(ALSO)
    again = widget.get(ALSO, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert allowing(again) == {"access-control-allow-origin": ORIGIN}
    assert client(widget, "shop").get(ALSO).headers["etag"] != first.headers["etag"]


def test_other_keys_need_no_page(widget: TestClient) -> None:
    for role in ("shop", "rep", "manager", "admin"):
        assert client(widget, role).get(ALSO).status_code == 200


def test_without_origins_no_page_may_ask(tmp_path: Path) -> None:
    publish_small_release(tmp_path / "releases")
    settings = Settings(releases_directory=tmp_path / "releases", folder=tmp_path)
    with service_of(settings, "widget") as found:
        answer = found.get(ALSO)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_page")
        assert allowing(answer) == {}


def test_the_widget_hears_which_products_go_with_one_and_nothing_else(widget: TestClient) -> None:
    answer = widget.get(ALSO)
    ProductAlsoBought.model_validate_json(answer.content)
    less, whole = answer.json(), client(widget, "shop").get(ALSO).json()
    assert whole["customers"] > 5
    assert (less["customers"], less["withheld"]) == (None, {})
    assert less["also_bought"]
    for product, known in zip(less["also_bought"], whole["also_bought"], strict=True):
        counts = dict.fromkeys(("customers_both", "together", "share"))
        assert product == known | counts


def test_beside_a_basket_it_hears_neither_chance_nor_value_nor_counts(widget: TestClient) -> None:
    body = {"product_ids": ["B1", "B3", "unheard"]}
    answer = widget.post(BASKETS, json=body)
    BasketSuggestions.model_validate_json(answer.content)
    less, whole = answer.json(), client(widget, "manager").post(BASKETS, json=body).json()
    assert less["withheld"] == {} != whole["withheld"]
    assert less["unknown_product_ids"] == ["unheard"]
    assert less["suggestions"]
    for product, known in zip(less["suggestions"], whole["suggestions"], strict=True):
        reasons = [r for r in known["reasons"] if r["kind"] == "basket"]
        hidden = {"chance": None, "expected_value": None, "reasons": reasons}
        assert product == known | hidden
    kinds = {r["kind"] for s in whole["suggestions"] for r in s["reasons"]}
    assert kinds > {"basket"}, "else nothing was there to be left out"
    assert OUT_OF_STOCK not in {s["product_id"] for s in less["suggestions"]}


@pytest.mark.parametrize("customer_id", ["C01", "nobody", "NA"])
def test_it_may_not_name_a_customer_known_or_not(widget: TestClient, customer_id: str) -> None:
    body = {"product_ids": ["B1"], "customer_id": customer_id}
    answer = widget.post(BASKETS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert "leave customer_id out" in answer.json()["detail"]


def test_nobody_signs_in_with_it(widget: TestClient) -> None:
    database = widget.app.state.database  # type: ignore[attr-defined]
    key = key_for(database, "widget", name="in a page")
    nobody = client(widget, None)
    answer = nobody.post("/sign-in", data={"key": key.shown})
    assert answer.status_code == 401
    assert "public key of a widget" in answer.text
    assert "set-cookie" not in answer.headers
    assert nobody.get("/sign-in", headers=bearer(key)).status_code == 200

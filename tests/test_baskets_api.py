"""`POST /v1/baskets/suggestions`: what the engine says, for whom, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from recommender.release.opening import open_release
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.baskets.basket import Basket
from recommender.suggest.baskets.baskets import NOBODY, suggest_for_basket
from recommender.suggest.suggestion import Wish
from service.api.baskets import BasketSuggestions
from service.pages.formats import path_part
from service.settings import Settings
from tests.callers import client_of, service_of
from tests.small_release import GONE, ODD_PRODUCT, OUT_OF_STOCK, publish_small_release
from tests.test_access_scope import FOREIGN, OWN

ADDRESS = "/v1/baskets/suggestions"
BLADES = ["B1", ODD_PRODUCT]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("baskets") / "releases"
    publish_small_release(directory, settings={"slope_of_liking": 2.0})
    return directory


@pytest.fixture(scope="module")
def client(releases: Path) -> Iterator[TestClient]:
    settings = Settings(releases_directory=releases, folder=releases.parent)
    with service_of(settings) as client:
        yield client


def caller(client: TestClient, role: Any) -> TestClient:
    return client_of(client.app, role)  # type: ignore[arg-type]


def post(client: TestClient, product_ids: list[str], **more: Any) -> Any:
    response = client.post(ADDRESS, json={"product_ids": product_ids, **more})
    assert response.status_code == 200, response.text
    BasketSuggestions.model_validate_json(response.content)
    return response.json()


def ids_of(answer: Any) -> list[str]:
    return [s["product_id"] for s in answer["suggestions"]]


@pytest.mark.parametrize("customer_id", [None, "C01", "C02"])
def test_sales_get_exactly_what_the_engine_says(
    client: TestClient, releases: Path, customer_id: str | None
) -> None:
    release = open_release(releases)
    found = suggest_for_basket(release, customer_id or NOBODY, Basket.of(release, BLADES), Wish(5))
    expected = suggestions_answer(release, found)
    expected |= {"customer_id": customer_id, "unknown_product_ids": []}
    assert post(client, BLADES, customer_id=customer_id, n=5) == expected


def test_a_visitor_is_offered_blades_beside_blades(client: TestClient) -> None:
    answer = post(caller(client, "shop"), BLADES, n=2)
    assert (answer["source"], answer["fallback_reason"]) == ("fold_in", "basket")
    assert answer["customer_id"] is None
    assert sorted(ids_of(answer)) == ["B3", "B4"]
    assert {r["kind"] for s in answer["suggestions"] for r in s["reasons"]} >= {
        "basket",
        "together",
    }
    assert not {OUT_OF_STOCK, GONE, *BLADES} & set(ids_of(post(client, BLADES, n=100)))


def test_products_nobody_has_heard_of_are_told_and_do_not_count(client: TestClient) -> None:
    answer = post(client, ["new", *BLADES, "B1", "ü"])
    assert answer["unknown_product_ids"] == ["new", "ü"]
    assert answer | {"unknown_product_ids": []} == post(client, BLADES)


def test_an_empty_basket_is_the_list_of_the_customer(client: TestClient) -> None:
    own = client.get(f"/v1/customers/{path_part('C01')}/suggestions").json()
    assert post(client, [], customer_id="C01") == own | {"unknown_product_ids": []}
    visitor = post(caller(client, "shop"), ["new"])
    assert (visitor["source"], visitor["fallback_reason"]) == ("popular", "unknown_customer")


def test_the_shop_hears_no_value_and_may_ask_for_whoever_there_is_not(client: TestClient) -> None:
    shop = caller(client, "shop")
    for customer_id in ("C01", "nobody", None):
        answer = post(shop, BLADES, customer_id=customer_id)
        assert {s["expected_value"] for s in answer["suggestions"]} == {None}
    assert post(shop, BLADES, customer_id="nobody")["source"] == "fold_in"


def test_a_rep_asks_for_its_own_and_for_visitors(client: TestClient) -> None:
    rep = caller(client, "rep")
    post(rep, BLADES)
    post(rep, BLADES, customer_id=OWN[0])
    for customer_id in (FOREIGN[0], "nobody"):
        refused = rep.post(ADDRESS, json={"product_ids": BLADES, "customer_id": customer_id})
        assert (refused.status_code, refused.json()["code"]) == (404, "unknown_customer")
    answer = client.post(ADDRESS, json={"product_ids": BLADES, "customer_id": "nobody"})
    assert answer.status_code == 404


def test_what_was_told_counts_at_once(client: TestClient) -> None:
    customer = "C03"
    plain = post(client, BLADES, customer_id=customer)
    first = ids_of(plain)[0]
    complaint = {"product_id": first, "text": "It broke."}
    filed = client.post(f"/v1/customers/{customer}/complaints", json=complaint)
    assert filed.status_code == 201
    after = post(client, BLADES, customer_id=customer)
    assert first not in ids_of(after)
    assert after["withheld"]["complaint"] == 1
    hidden = post(caller(client, "shop"), BLADES, customer_id=customer)["withheld"]
    assert hidden["not_now"] == 1
    assert "complaint" not in hidden


def test_without_permission_the_basket_alone_counts(client: TestClient) -> None:
    customer = "C05"
    said = client.put(f"/v1/customers/{customer}/permissions", json={"personalisation": False})
    assert said.status_code == 200
    answer, visitor = post(client, BLADES, customer_id=customer), post(client, BLADES)
    assert (answer["source"], answer["fallback_reason"]) == ("fold_in", "no_permission")
    assert answer["suggestions"] == visitor["suggestions"]
    assert answer["withheld"] == visitor["withheld"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"product_ids": None},
        {"product_ids": "B1"},
        {"product_ids": [1]},
        {"product_ids": [""]},
        {"product_ids": ["a\x00"]},
        {"product_ids": ["B1"] * 201},
        {"product_ids": ["B1"], "n": 0},
        {"product_ids": ["B1"], "n": 101},
        {"product_ids": ["B1"], "n": "8"},
        {"product_ids": ["B1"], "n": True},
        {"product_ids": ["B1"], "customer_id": ""},
        {"product_ids": ["B1"], "customer": "C01"},
    ],
)
def test_what_is_no_basket_is_refused(client: TestClient, body: Any) -> None:
    answer = client.post(ADDRESS, json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_request"


def test_two_hundred_products_are_a_basket(client: TestClient) -> None:
    assert len(post(client, [f"X{i}" for i in range(200)])["unknown_product_ids"]) == 200


def test_a_session_may_not_be_used_by_another_site_though_nothing_is_written(
    client: TestClient,
) -> None:
    other = {"sec-fetch-site": "cross-site", "cookie": "recommender_session=whatever"}
    answer = client.post(ADDRESS, json={"product_ids": BLADES}, headers=other)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


def test_a_parameter_in_the_address_is_refused(client: TestClient) -> None:
    answer = client.post(ADDRESS, params={"n": 3}, json={"product_ids": BLADES})
    assert answer.status_code == 422


def test_an_outcome_of_a_visitors_list_is_taken_down(client: TestClient) -> None:
    shop = caller(client, "shop")
    answer = post(shop, BLADES)
    told = {"recommendation_id": answer["recommendation_id"], "product_id": "B3"}
    recorded = shop.post("/v1/outcomes", json=told | {"outcome": "shown"})
    assert recorded.status_code == 201, recorded.text
    assert (recorded.json()["customer_id"], recorded.json()["source"]) == (None, "fold_in")

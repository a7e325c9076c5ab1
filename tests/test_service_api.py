"""What /v1 promises: shapes, words, the same answer as the engine gives anyone else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from recommender.release.opening import open_release
from recommender.suggest.also_bought import customer_also_bought, product_also_bought
from recommender.suggest.answers import (
    customer_also_bought_answer,
    product_also_bought_answer,
    suggestions_answer,
)
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from service.api import answers
from service.pages.formats import path_part
from service.settings import Settings
from tests.callers import client_of, service_of
from tests.small_release import (
    GONE,
    ODD_CUSTOMER,
    ODD_PRODUCT,
    OUT_OF_STOCK,
    PROSPECT,
    STRANGER,
    publish_small_release,
)

OPERATIONS = {
    ("GET", "/v1/customers/{customer_id}/suggestions", "list_suggestions"),
    ("GET", "/v1/customers/{customer_id}/also-bought", "list_customer_also_bought"),
    ("GET", "/v1/customers", "list_customers"),
    ("GET", "/v1/customers/{customer_id}/brief", "show_brief"),
    ("GET", "/v1/customers/{customer_id}/export", "export_customer"),
    ("DELETE", "/v1/customers/{customer_id}", "forget_customer"),
    ("POST", "/v1/baskets/suggestions", "list_basket_suggestions"),
    ("GET", "/v1/products/{product_id}/also-bought", "list_product_also_bought"),
    ("GET", "/v1/products/{product_id}/targets", "list_targets"),
    ("GET", "/v1/release", "show_release"),
    ("GET", "/v1/board", "show_board"),
    ("GET", "/v1/board/team", "show_team"),
    ("GET", "/v1/audit", "list_audit"),
    ("GET", "/v1/customers/{customer_id}/permissions", "show_permissions"),
    ("PUT", "/v1/customers/{customer_id}/permissions", "set_permissions"),
    ("GET", "/v1/customers/{customer_id}/preferences", "list_preferences"),
    ("POST", "/v1/customers/{customer_id}/preferences", "add_preference"),
    ("POST", "/v1/customers/{customer_id}/survey", "add_survey"),
    ("DELETE", "/v1/preferences/{preference_id}", "withdraw_preference"),
    ("GET", "/v1/customers/{customer_id}/complaints", "list_customer_complaints"),
    ("POST", "/v1/customers/{customer_id}/complaints", "file_complaint"),
    ("GET", "/v1/customers/{customer_id}/notes", "list_notes"),
    ("POST", "/v1/customers/{customer_id}/notes", "write_note"),
    ("GET", "/v1/complaints", "list_complaints"),
    ("PATCH", "/v1/complaints/{complaint_id}", "change_complaint"),
    ("GET", "/v1/outcomes/summary", "summarize_outcomes"),
    ("POST", "/v1/outcomes", "add_outcome"),
    ("POST", "/v1/events", "add_events"),
    ("GET", "/health/live", "is_live"),
    ("GET", "/health/ready", "is_ready"),
}


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("api") / "releases"
    publish_small_release(directory)
    return directory


@pytest.fixture(scope="module")
def client(releases: Path) -> Iterator[TestClient]:
    settings = Settings(releases_directory=releases, folder=releases.parent)
    with service_of(settings) as client:
        yield client


@pytest.fixture(scope="module")
def shop(client: TestClient) -> TestClient:
    return client_of(client.app, "shop")  # type: ignore[arg-type]


def get(client: TestClient, address: str, **query: Any) -> Any:
    response = client.get(address, params=query)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    return response.json()


def suggestions(client: TestClient, customer_id: str, **query: Any) -> Any:
    return get(client, f"/v1/customers/{path_part(customer_id)}/suggestions", **query)


@pytest.mark.parametrize("customer_id", ["C01", "NA", "00123", ODD_CUSTOMER, PROSPECT])
def test_sales_get_exactly_what_the_engine_says(
    client: TestClient, releases: Path, customer_id: str
) -> None:
    release = open_release(releases)
    assert suggestions(client, customer_id) == suggestions_answer(
        release, suggest(release, customer_id)
    )


def test_every_wish_reaches_the_engine(client: TestClient, releases: Path) -> None:
    release = open_release(releases)
    wish = Wish(
        n=3,
        kinds=frozenset({"new"}),
        rank_by="value",
        category="Sandpaper",
        max_price=30.0,
        exclude=frozenset({"S1"}),
    )
    asked = {"n": 3, "kinds": "new", "rank_by": "value", "category": "Sandpaper"}
    found = suggestions(client, "C01", **asked, max_price=30, exclude="S1")
    assert found == suggestions_answer(release, suggest(release, "C01", wish))
    assert {s["category"] for s in found["suggestions"]} == {"Sandpaper"}


def test_also_bought_is_what_the_engine_says(client: TestClient, releases: Path) -> None:
    release = open_release(releases)
    of_customer = get(client, f"/v1/customers/{path_part(ODD_CUSTOMER)}/also-bought", n=3)
    assert of_customer == customer_also_bought_answer(
        release, customer_also_bought(release, ODD_CUSTOMER, 3)
    )
    of_product = get(client, f"/v1/products/{path_part(ODD_PRODUCT)}/also-bought", n=2)
    assert of_product == product_also_bought_answer(
        release, product_also_bought(release, ODD_PRODUCT, 2)
    )
    assert of_product["also_bought"]


def test_kinds_and_exclude_may_be_repeated_or_separated_by_commas(client: TestClient) -> None:
    address = "/v1/customers/C01/suggestions"
    commas = get(client, address, kinds="new,upgrade", exclude="B1,S2")
    assert get(client, address, kinds=["upgrade", "new"], exclude=["B1", "S2"]) == commas
    offered = {s["product_id"] for s in commas["suggestions"]}
    assert offered.isdisjoint({"B1", "S2"})


def test_what_is_owned_gone_or_out_of_stock_is_never_offered(client: TestClient) -> None:
    found = suggestions(client, "C02", n=100)
    offered = {s["product_id"] for s in found["suggestions"]}
    assert offered.isdisjoint({GONE, OUT_OF_STOCK})
    assert found["withheld"]["out_of_stock"] == 1
    assert found["returned"] == len(found["suggestions"]) < found["requested"]


def test_a_fallback_says_why(shop: TestClient) -> None:
    reasons = {
        customer_id: (found["source"], found["fallback_reason"])
        for customer_id in ("C01", PROSPECT, STRANGER, "nobody")
        if (found := suggestions(shop, customer_id))
    }
    assert reasons == {
        "C01": ("personal", None),
        PROSPECT: ("segment", "no_purchases"),
        STRANGER: ("popular", "no_purchases"),
        "nobody": ("popular", "unknown_customer"),
    }


def test_nobody_is_like_an_unknown_customer(shop: TestClient) -> None:
    found = get(shop, "/v1/customers/nobody/also-bought")
    assert (found["fallback_reason"], found["also_bought"]) == ("unknown_customer", [])


def test_paging_shows_every_customer_once(client: TestClient) -> None:
    ids: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = get(client, "/v1/customers", limit=7, sort="products_bought", **cursor)
        ids += [c["customer_id"] for c in page["customers"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert len(ids) == len(set(ids)) == 30


def test_search_ignores_case_and_accents_and_wants_every_word(client: TestClient) -> None:
    found = get(client, "/v1/customers", query="MULLER c0 tyrol")["customers"]
    assert {c["customer_id"] for c in found} <= {f"C{n:02}" for n in range(10)}
    assert found
    assert all(c["region"] == "Tyrol" for c in found)
    assert get(client, "/v1/customers", query="müller zebra")["customers"] == []


def test_the_list_narrows_to_a_rep_and_a_segment(client: TestClient) -> None:
    found = get(client, "/v1/customers", rep="Jonas Moos", segment="joinery")["customers"]
    assert {(c["rep"], c["segment"]) for c in found} == {("Jonas Moos", "joinery")}
    assert get(client, "/v1/customers", rep="nobody")["customers"] == []


def test_the_list_sorts_by_last_purchase_with_prospects_last(client: TestClient) -> None:
    found = get(client, "/v1/customers", sort="last_bought_on")["customers"]
    days = [c["last_bought_on"] or "" for c in found]
    assert days == sorted(days, reverse=True)
    assert {c["customer_id"] for c in found[-2:]} == {PROSPECT, STRANGER}


@pytest.mark.parametrize(
    ("address", "shape"),
    [
        ("/v1/customers/C01/suggestions", answers.Suggestions),
        (f"/v1/customers/{PROSPECT}/suggestions", answers.Suggestions),
        ("/v1/customers/nobody/suggestions", answers.Suggestions),
        ("/v1/customers/C01/also-bought", answers.CustomerAlsoBought),
        ("/v1/products/S1/also-bought", answers.ProductAlsoBought),
        ("/v1/customers", answers.Customers),
        ("/v1/release", answers.ReleaseAnswer),
        ("/health/live", answers.Live),
        ("/health/ready", answers.Ready),
    ],
)
def test_answers_have_the_documented_shape(
    client: TestClient, shop: TestClient, address: str, shape: type[answers.Answer]
) -> None:
    shape.model_validate(get(shop if "nobody" in address else client, address))


def test_documented_operations_are_these_and_no_others(client: TestClient) -> None:
    document = get(client, "/openapi.json")
    found = {
        (method.upper(), path, described["operationId"])
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    }
    assert found == OPERATIONS


def test_every_documented_reference_leads_somewhere(client: TestClient) -> None:
    text = client.get("/openapi.json").text
    schemas = get(client, "/openapi.json")["components"]["schemas"]
    named = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(schemas)
    assert "HTTPValidationError" not in schemas


def test_an_answer_is_personal_and_asked_about_before_it_is_used_again(client: TestClient) -> None:
    response = client.get("/v1/customers/C01/suggestions")
    assert response.headers["cache-control"] == "private, no-cache"


def test_the_stylesheet_may_be_kept_for_a_while(client: TestClient) -> None:
    assert "max-age" in client.get("/static/site.css").headers["cache-control"]
    assert client.get("/static/nothing.css").headers["cache-control"] == "no-store"


def test_head_is_get_without_the_body(client: TestClient) -> None:
    head = client.head("/v1/release")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(client.get("/v1/release").content)

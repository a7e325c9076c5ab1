"""Stock, price and being offered, told during the day: obeyed from the next answer on."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from service.records.database import Database
from service.records.schema import products
from tests.small_release import GONE, ODD_PRODUCT, OUT_OF_STOCK
from tests.telling import as_

PATH = "/v1/products/B1"
CUSTOMER = "C01"
WRITERS = 8
NOTHING = {"in_stock": None, "price": None, "active": None}


def put(service: TestClient, path: str, body: Any, who: str = "shop") -> Any:
    headers = {"content-type": "application/json", **as_(who)}
    return service.put(path, content=json.dumps(body), headers=headers)


def kept(database: Database) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(sa.select(products).order_by(products.c.sequence)))


def listed(service: TestClient, **parameters: Any) -> dict[str, Any]:
    found: dict[str, Any] = service.get(
        f"/v1/customers/{CUSTOMER}/suggestions", params={"n": 12, **parameters}
    ).json()
    return found


def first_of(service: TestClient) -> str:
    found: str = listed(service)["suggestions"][0]["product_id"]
    return found


def test_what_was_told_is_shown_with_who_said_it_and_when(service: TestClient) -> None:
    before = service.get(PATH).json()
    assert (before["price"], before["in_stock"], before["active"]) == (40.0, True, True)
    assert before["changes"] == NOTHING
    answer = put(service, PATH, {"price": 36, "in_stock": False})
    assert answer.status_code == 200
    after = answer.json()
    assert (after["price"], after["in_stock"], after["active"]) == (36.0, False, True)
    assert after == service.get(PATH).json() == service.get(PATH, headers=as_("jonas")).json()
    price = after["changes"]["price"]
    assert (price["value"], price["catalogue"], price["holds"]) == (36.0, 40.0, True)
    assert price["recorded_by"] == "web shop"
    assert after["changes"]["active"] is None
    answer = put(service, PATH, {"active": False}, "manager").json()
    assert answer["changes"]["price"] == price, "what is left out stays as it was last said"
    assert answer["changes"]["active"]["recorded_by"] == "head of sales"
    assert answer["active"] is False


def test_it_counts_in_the_next_answer_everywhere(service: TestClient) -> None:
    first = first_of(service)
    before, page = listed(service), f"/products/{first}"
    assert put(service, f"/v1/products/{first}", {"active": False}).status_code == 200
    after = listed(service)
    assert first not in [s["product_id"] for s in after["suggestions"]]
    assert after["withheld"]["inactive"] == 1
    assert "inactive" not in before["withheld"]
    brief = service.get(f"/v1/customers/{CUSTOMER}/brief").json()
    assert '"inactive": 1' in json.dumps(brief)
    told = service.get(f"/v1/products/{first}/targets").json()
    assert (told["targets"], set(told["withheld"])) == ([], {"inactive"})
    rows = service.get("/v1/customers", params={"limit": 200}).json()["customers"]
    assert first not in {row["top_offer"]["product_id"] for row in rows if row["top_offer"]}
    assert {s["product_id"] for s in before["suggestions"]} > {
        s["product_id"] for s in after["suggestions"]
    }
    also = service.get(f"/v1/customers/{CUSTOMER}/also-bought").json()
    assert first not in [p["product_id"] for p in also["also_bought"]]
    basket = {"product_ids": ["G1"], "customer_id": None, "n": 12}
    found = service.post("/v1/baskets/suggestions", json=basket).json()
    assert first not in [s["product_id"] for s in found["suggestions"]]
    assert "not offered for now" in service.get(page, headers={"accept": "text/html"}).text
    put(service, f"/v1/products/{first}", {"active": True})
    assert listed(service) == before


def test_a_changed_price_is_shown_and_filtered_by(service: TestClient) -> None:
    first = first_of(service)
    assert put(service, f"/v1/products/{first}", {"price": 0.5}).status_code == 200
    found = listed(service, max_price=0.5)["suggestions"]
    assert [(s["product_id"], s["price"]) for s in found] == [(first, 0.5)]
    put(service, f"/v1/products/{first}", {"price": 1e6})
    assert first not in [s["product_id"] for s in listed(service, max_price=999999)["suggestions"]]
    page = service.get(f"/products/{first}", headers={"accept": "text/html"}).text
    assert "changed today, was" in page


def test_what_comes_back_in_stock_leads_lists_again(service: TestClient) -> None:
    rows = service.get("/v1/customers", params={"limit": 200}).json()["customers"]
    assert OUT_OF_STOCK not in {row["top_offer"]["product_id"] for row in rows if row["top_offer"]}
    put(service, f"/v1/products/{OUT_OF_STOCK}", {"in_stock": True})
    rows = service.get("/v1/customers", params={"limit": 200}).json()["customers"]
    for row in rows:
        lists = f"/v1/customers/{row['customer_id'].replace('/', '%2F').replace('%5', '%255')}"
        first = service.get(f"{lists}/suggestions?n=1").json()["suggestions"][0]["product_id"]
        assert row["top_offer"]["product_id"] == first


def test_what_left_the_catalogue_is_not_brought_back(service: TestClient) -> None:
    put(service, f"/v1/products/{GONE}", {"in_stock": True, "active": True, "price": 1.0})
    found = service.get(f"/v1/products/{GONE}").json()
    assert found["in_catalogue"] is False
    page = service.get(f"/products/{GONE}", headers={"accept": "text/html"}).text
    assert "no longer in the catalogue" in page
    assert "since today" not in page
    assert GONE not in [s["product_id"] for s in listed(service)["suggestions"]]


def test_many_are_told_at_once_or_none(service: TestClient, database: Database) -> None:
    ids = ["B1", ODD_PRODUCT, "S1"]
    body = [{"product_id": key, "in_stock": False} for key in ids]
    assert put(service, "/v1/products", body).json() == {"recorded": 3}
    assert put(service, "/v1/products", {"product_id": "S2", "price": 3}).json() == {"recorded": 1}
    assert not any(service.get(f"/v1/products/{k}").json()["in_stock"] for k in ("B1", "S1"))
    assert service.get("/v1/products/S2").json()["price"] == 3.0
    before = kept(database)
    wrong = [*body, {"product_id": "no such"}, {"product_id": "none", "price": 1}, body[0]]
    answer = put(service, "/v1/products", wrong)
    assert answer.status_code == 422
    assert [e["name"] for e in answer.json()["errors"]] == ["3"]
    answer = put(service, "/v1/products", [*body, {"product_id": "none", "price": 1}, body[0]])
    assert [e["name"] for e in answer.json()["errors"]] == ["3.product_id", "4.product_id"]
    assert put(service, "/v1/products", []).status_code == 422
    many = [{"product_id": f"n{i}", "price": 1} for i in range(1001)]
    assert put(service, "/v1/products", many).status_code == 422
    assert kept(database) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", 0),
        ("price", -1),
        ("price", -0.0),
        ("price", float("nan")),
        ("price", float("inf")),
        ("price", 10**400),
        ("price", 1e13),
        ("price", True),
        ("price", "12"),
        ("price", [12]),
        ("in_stock", 1),
        ("in_stock", "true"),
        ("in_stock", 7.5),
        ("active", 0),
        ("active", "no"),
        ("stock", 3),
        ("product_id", "B3"),
    ],
)
def test_a_field_that_is_wrong_is_named(
    service: TestClient, database: Database, field: str, value: Any
) -> None:
    answer = put(service, PATH, {"active": True, field: value})
    assert answer.status_code == 422, answer.text
    assert [e["name"] for e in answer.json()["errors"]] == [field]
    many = [{"product_id": "B3", "price": 3}, {"product_id": "B1", "active": True, field: value}]
    if field != "product_id":
        answer = put(service, "/v1/products", many)
        assert [e["name"] for e in answer.json()["errors"]] == [f"1.{field}"]
    assert kept(database) == []


@pytest.mark.parametrize(
    "body", ['{"price": 1e400}', '{"price": NaN}', "{", "[]", "{}", "7", '"a"']
)
def test_what_is_no_change_at_all_is_refused(service: TestClient, body: str) -> None:
    for path in (PATH, "/v1/products"):
        answer = service.put(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422), answer.text


def test_an_unknown_product_is_not_found_and_when_it_will_be_is_said(service: TestClient) -> None:
    for answer in (
        service.get("/v1/products/new%20one"),
        put(service, "/v1/products/new%20one", {"price": 3}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_product")
        assert "next training" in answer.json()["detail"]
    for key in ("%00", "x" * 201):
        assert put(service, f"/v1/products/{key}", {"price": 3}).status_code in (404, 422)


def test_an_id_may_hold_anything(service: TestClient) -> None:
    answer = put(service, "/v1/products/B%2F2%20%22fine%22", {"price": 3})
    assert answer.json()["product_id"] == ODD_PRODUCT


def test_a_rep_may_look_but_not_change(service: TestClient, database: Database) -> None:
    assert put(service, PATH, {"in_stock": False}, "jonas").status_code == 403
    one = [{"product_id": "B1", "in_stock": False}]
    assert put(service, "/v1/products", one, "jonas").status_code == 403
    assert kept(database) == []


def test_what_is_sent_twice_under_one_key_counts_once(
    service: TestClient, database: Database
) -> None:
    once = {"idempotency-key": "push 7"}
    answers = [service.put(PATH, json={"price": 3}, headers=once) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotent-replayed"] == "true"
    assert [row.sequence for row in kept(database)] == [1]


def test_each_change_is_in_the_audit(service: TestClient) -> None:
    put(service, PATH, {"price": 3})
    put(service, "/v1/products", [{"product_id": k, "price": 3} for k in ("B1", "B3")], "admin")
    entries = service.get("/v1/audit", headers=as_("admin")).json()["entries"]
    assert [(e["caller"], e["action"], e["noun"], e["about"]) for e in entries[:2]] == [
        ("the admin", "changed", "products", "2 products"),
        ("web shop", "changed", "product", "B1"),
    ]

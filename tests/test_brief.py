"""The brief: all that is known and was said about a customer, in one answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient

from service.api.brief import Brief
from service.records.times import now
from tests.small_release import OUT_OF_STOCK, PROSPECT
from tests.telling import OF_JONAS, OF_THERESA, as_

SAWMILL = "C09"
"""It buys blades, B1 among them, and has never bought glue."""


def brief_of(service: TestClient, customer_id: str = SAWMILL) -> Any:
    answer = service.get(f"/v1/customers/{customer_id}/brief")
    assert answer.status_code == 200, answer.text
    Brief.model_validate_json(answer.content)
    return answer.json()


def tell(service: TestClient, noun: str, method: str = "POST", **body: Any) -> Any:
    answer = service.request(method, f"/v1/customers/{SAWMILL}/{noun}", json=body)
    assert answer.status_code < 300, answer.text
    return answer.json()


def happened(service: TestClient, product_id: str, event: str, days_ago: int = 0) -> None:
    at = now() - timedelta(days=days_ago, minutes=1)
    body = {"customer_id": SAWMILL, "product_id": product_id, "event": event}
    answer = service.post("/v1/events", json=body | {"happened_at": at.isoformat()})
    assert answer.status_code == 201, answer.text


def test_each_part_is_what_its_own_call_answers(service: TestClient) -> None:
    tell(service, "complaints", text="Teeth came off.", product_id="B1", opened_on="2026-06-01")
    tell(service, "preferences", about="product", value="S1", stance="likes", words="So smooth.")
    tell(service, "permissions", "PUT", phone=True, post=False, source="phone call")
    brief, address = brief_of(service), f"/v1/customers/{SAWMILL}"
    permissions = service.get(f"{address}/permissions").json()
    listed = service.get("/v1/customers", params={"query": SAWMILL}).json()["customers"]
    for kind, n in (("reorder", 4), ("lapsed", 4), ("more", 2)):
        asked = {"kinds": kind, "n": n}
        assert brief[kind] == service.get(f"{address}/suggestions", params=asked).json()
    assert brief["suggestions"] == service.get(f"{address}/suggestions").json()
    tell(service, "notes", text="The new hall opens in March.")
    assert brief_of(service)["notes"] == service.get(f"{address}/notes").json()["notes"]
    assert brief["also_bought"] == service.get(f"{address}/also-bought").json()
    assert brief["complaints"] == service.get(f"{address}/complaints").json()["complaints"]
    assert brief["stated"] == service.get(f"{address}/preferences").json()["preferences"]
    assert brief["permissions"] == {name: permissions[name] for name in brief["permissions"]}
    assert [brief["customer"]] == [{name: c[name] for name in brief["customer"]} for c in listed]
    assert brief["complaints"][0]["overdue"] is True
    assert "phone" in brief["may_contact"]
    assert "post" not in brief["may_contact"]


def test_the_portrait_names_what_is_missing(service: TestClient) -> None:
    portrait = brief_of(service)["portrait"]
    assert portrait["fields"]["brands_stocked"] == "Sägerich;Bretthold"
    assert portrait["missing"] == ["employees", "last_visit_on"]


def test_a_warm_lead_was_looked_at_and_not_bought(service: TestClient) -> None:
    happened(service, "G1", "view", days_ago=3)
    happened(service, "G1", "quote", days_ago=2)
    happened(service, "S1", "cart", days_ago=1)
    happened(service, "B1", "view")
    leads = [(lead["product_id"], lead["event"]) for lead in brief_of(service)["warm_leads"]]
    assert leads == [("S1", "cart"), ("G1", "quote")], "B1 it has"
    happened(service, "S1", "purchase")
    tell(service, "preferences", about="product", value="G1", stance="dislikes")
    assert brief_of(service)["warm_leads"] == []


def test_the_last_word_on_each_product_is_there(service: TestClient) -> None:
    found = brief_of(service)["suggestions"]
    first = found["suggestions"][0]["product_id"]
    said = {"recommendation_id": found["recommendation_id"], "product_id": first}
    for outcome in ({"outcome": "accepted"}, {"outcome": "rejected", "reason": "price"}):
        assert service.post("/v1/outcomes", json=said | outcome).status_code == 201
    brief = brief_of(service)
    (last,) = brief["last_outcomes"]
    assert (last["product_id"], last["outcome"], last["reason"]) == (first, "rejected", "price")
    assert first not in {s["product_id"] for s in brief["suggestions"]["suggestions"]}


def test_what_it_says_it_dislikes_and_buys_is_a_contradiction(service: TestClient) -> None:
    tell(service, "preferences", about="product", value="G1", stance="dislikes", words="It stinks.")
    for days_ago in (0, 1):
        happened(service, "G1", "purchase", days_ago)
    (found,) = brief_of(service)["contradictions"]
    assert (found["value"], found["words"], found["orders"]) == ("G1", "It stinks.", 2)


def test_without_permission_nothing_is_drawn_from_what_it_does(service: TestClient) -> None:
    happened(service, "G1", "quote")
    assert brief_of(service)["warm_leads"]
    tell(service, "permissions", "PUT", personalisation=False)
    brief = brief_of(service)
    assert brief["suggestions"]["source"] == "popular"
    assert brief["suggestions"]["fallback_reason"] == "no_permission"
    assert brief["warm_leads"] == brief["contradictions"] == []
    assert brief["also_bought"]["also_bought"] == []
    assert set(map(str, brief["observed"].values())) == {"[]", "None"}


def test_a_prospect_has_a_brief_too(service: TestClient) -> None:
    brief = brief_of(service, PROSPECT)
    assert brief["purchases"] == {"last": [], "most": []}
    assert brief["suggestions"]["source"] == "segment"


def test_a_rep_reads_the_briefs_of_its_own_customers_only(service: TestClient) -> None:
    answers = [
        service.get(f"/v1/customers/{customer_id}/brief", headers=as_("jonas")).status_code
        for customer_id in (OF_JONAS, OF_THERESA, "nobody")
    ]
    assert answers == [200, 404, 404]
    shop = service.get(f"/v1/customers/{OF_JONAS}/brief", headers=as_("shop"))
    assert shop.status_code == 403


def test_what_is_out_of_stock_may_still_have_been_looked_at(service: TestClient) -> None:
    customer_id = "C02"
    body = {"customer_id": customer_id, "product_id": OUT_OF_STOCK, "event": "view"}
    service.post("/v1/events", json=body | {"happened_at": now().isoformat()})
    leads = brief_of(service, customer_id)["warm_leads"]
    assert [lead["product_id"] for lead in leads] == [OUT_OF_STOCK]

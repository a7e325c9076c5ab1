"""A list may be kept by who asked, asked about before every use, and not at all without consent."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

LISTS = [
    "/v1/customers/C01/suggestions",
    "/v1/customers/C01/suggestions?n=3&rank_by=value",
    "/v1/customers/C01/also-bought",
    "/v1/products/B1/also-bought",
    "/v1/products/B1/targets",
]


@pytest.mark.parametrize("address", LISTS)
def test_who_has_the_list_is_told_so_in_a_few_bytes(service: TestClient, address: str) -> None:
    first = service.get(address)
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"].startswith("Authorization, Cookie")
    tag = first.headers["etag"]
    for named in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = service.get(address, headers={"if-none-match": named})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control", "vary"):
            assert again.headers[name] == first.headers[name]
    for named in ('"other"', tag.strip('"'), ""):
        again = service.get(address, headers={"if-none-match": named})
        assert (again.status_code, again.content) == (200, first.content)


def test_the_same_list_has_the_same_tag_and_another_one_another(service: TestClient) -> None:
    tags = [service.get(address).headers["etag"] for address in LISTS]
    assert [service.get(address).headers["etag"] for address in LISTS] == tags
    assert len(set(tags)) == len(LISTS)


def test_a_word_of_the_customer_changes_the_tag(service: TestClient) -> None:
    address = LISTS[0]
    before = service.get(address)
    offered = before.json()["suggestions"][0]["product_id"]
    complaint = {"text": "Broke.", "product_id": offered}
    assert service.post("/v1/customers/C01/complaints", json=complaint).status_code == 201
    after = service.get(address, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert offered not in {s["product_id"] for s in after.json()["suggestions"]}


def test_once_permission_is_withdrawn_the_list_must_not_be_kept(service: TestClient) -> None:
    before = service.get(LISTS[0])
    said = {"personalisation": False}
    assert service.put("/v1/customers/C01/permissions", json=said).status_code == 200
    for address in LISTS[:3]:
        after = service.get(address, headers={"if-none-match": before.headers["etag"]})
        assert after.status_code == 200
        assert after.json()["fallback_reason"] == "no_permission"
        assert after.headers["cache-control"] == "no-store"
        assert "etag" not in after.headers
        asked_for_any = service.get(address, headers={"if-none-match": "*"})
        assert asked_for_any.status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/v1/customers/C01/brief", "/v1/customers/C01/export", "/v1/customers", "/customers/C01"],
)
def test_everything_else_about_a_customer_is_not_kept(service: TestClient, address: str) -> None:
    assert service.get(address).headers["cache-control"] == "no-store"


def test_neither_are_refusals_nor_what_is_posted(service: TestClient) -> None:
    basket = service.post("/v1/baskets/suggestions", json={"product_ids": ["B1"]})
    unknown = service.get("/v1/products/nothing/also-bought", headers={"if-none-match": "*"})
    assert (basket.status_code, unknown.status_code) == (200, 404)
    assert basket.headers["cache-control"] == unknown.headers["cache-control"] == "no-store"

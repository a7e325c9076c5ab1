"""Customers alike and referrals: named to who may see them, and to nobody else."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from service.sales.portrait import traits
from tests.small_release import PROSPECT, publish_small_release, small_contents
from tests.telling import JONAS, OF_JONAS, as_

CUSTOMERS = small_contents().customers
ROWS = {key: row for row, key in enumerate(CUSTOMERS.ids)}
PEERS = small_contents().alike.peers[ROWS[OF_JONAS]].tolist()


@pytest.fixture
def small_releases(tmp_path: Path) -> Path:
    """Of one test alone: who is forgotten is gone from its files."""
    publish_small_release(tmp_path / "releases")
    return tmp_path / "releases"


def brief(service: TestClient, who: str = "manager", customer_id: str = OF_JONAS) -> Any:
    return service.get(f"/v1/customers/{customer_id}/brief", headers=as_(who)).json()


def tell(service: TestClient, noun: str, method: str = "POST", **body: Any) -> None:
    answer = service.request(method, f"/v1/customers/{OF_JONAS}/{noun}", json=body)
    assert answer.status_code < 300, answer.text


def accept_the_first(service: TestClient) -> str:
    found = brief(service)["suggestions"]
    product_id: str = found["suggestions"][0]["product_id"]
    said = {"recommendation_id": found["recommendation_id"], "product_id": product_id}
    assert service.post("/v1/outcomes", json=said | {"outcome": "accepted"}).status_code == 201
    return product_id


def test_the_nearest_are_named_with_what_both_have(service: TestClient) -> None:
    peers = brief(service)["peers"]
    assert (peers["customers"], peers["counted"], peers["described"]) == (10, 0, [])
    assert [p["customer_id"] for p in peers["named"]] == [CUSTOMERS.ids[r] for r in PEERS[:3]]
    bought = small_contents().bought
    for peer in peers["named"]:
        row = ROWS[peer["customer_id"]]
        own, other = (
            bought.products[bought.starts[r] : bought.starts[r + 1]] for r in (ROWS[OF_JONAS], row)
        )
        assert peer["shared_products"] == len(np.intersect1d(own, other))
        assert peer["shared_portrait"]["segment"] == "joinery"
        assert set(peer["shared_categories"]) <= {"Glue", "Sandpaper"}


def test_a_rep_reads_no_name_of_another_reps_customer(service: TestClient) -> None:
    accept_the_first(service)
    answer = service.get(f"/v1/customers/{OF_JONAS}/brief", headers=as_("jonas"))
    page = service.get(f"/customers/{OF_JONAS}", headers=as_("jonas"))
    foreign = [k for k, row in ROWS.items() if CUSTOMERS.rep[row] != JONAS and k.startswith("C")]
    for text in (answer.text, page.text):
        assert [key for key in foreign if f"Müller {key}" in text or f'"{key}"' in text] == []
    peers = answer.json()["peers"]
    own = [r for r in PEERS if CUSTOMERS.rep[r] == JONAS]
    assert [p["customer_id"] for p in peers["named"]] == [CUSTOMERS.ids[r] for r in own[:3]]
    assert peers["counted"] == len(PEERS) - len(own) > 0
    assert answer.json()["referral"]["ask_about"], "of his own"


def test_others_are_described_only_by_a_kind_of_five_or_more(service: TestClient) -> None:
    kinds = Counter(zip(CUSTOMERS.segment, CUSTOMERS.region, strict=True))
    found = brief(service, "jonas")["peers"]["described"]
    assert [(d["segment"], d["region"]) for d in found] == [("joinery", "Tyrol")]
    assert all(kinds[d["segment"], d["region"]] >= 5 for d in found)
    foreign = [r for r in PEERS if CUSTOMERS.rep[r] != JONAS]
    assert found[0]["customers"] == sum(CUSTOMERS.region[r] == "Tyrol" for r in foreign)


def test_who_did_not_agree_or_was_forgotten_is_no_peer(service: TestClient) -> None:
    first, second = (p["customer_id"] for p in brief(service)["peers"]["named"][:2])
    said = {"personalisation": False}
    assert service.put(f"/v1/customers/{first}/permissions", json=said).status_code == 200
    gone = service.delete(f"/v1/customers/{second}", headers=as_("admin"))
    assert gone.status_code == 200
    peers = brief(service)["peers"]
    assert not {first, second} & {p["customer_id"] for p in peers["named"]}
    assert peers["customers"] == 8


def test_a_satisfied_customer_may_open_a_door(service: TestClient) -> None:
    assert brief(service)["referral"] is None, "it took nothing lately"
    product_id = accept_the_first(service)
    found = brief(service)["referral"]
    assert found["because"]["product_id"] == product_id
    assert (found["segment"], found["region"]) == ("joinery", "Tyrol")
    first, *others = found["ask_about"]
    assert (first["customer_id"], first["is_prospect"]) == (PROSPECT, True)
    assert not any(known["is_prospect"] for known in others)
    for known in found["ask_about"]:
        row = ROWS[known["customer_id"]]
        assert (CUSTOMERS.segment[row], CUSTOMERS.region[row]) == ("joinery", "Tyrol")


def test_no_door_is_asked_for_while_it_complains(service: TestClient) -> None:
    accept_the_first(service)
    tell(service, "complaints", text="Late again.")
    assert brief(service)["referral"] is None


def test_without_permission_nobody_is_compared_with_it(service: TestClient) -> None:
    accept_the_first(service)
    tell(service, "permissions", "PUT", personalisation=False)
    found = brief(service)
    assert found["peers"] == {"customers": 0, "named": [], "described": [], "counted": 0}
    assert found["referral"] is None
    assert found["questions"] == []
    assert found["value"]["lifetime"] is found["value"]["rhythm"] is None
    assert found["potential"]["categories"] == []
    assert found["reorder"] is found["lapsed"] is found["more"] is None


def test_no_door_is_asked_for_where_it_may_not_be_contacted(service: TestClient) -> None:
    accept_the_first(service)
    tell(service, "permissions", "PUT", phone=False, email=False, post=False)
    assert brief(service)["referral"] is None


def test_a_field_has_the_age_that_its_own_column_says() -> None:
    values = {"hall": "large", "hall_updated_on": "2026-05-01", "last_visit_on": None, "x": 1}
    found = {t.field: t.changed_on for t in traits(values)}
    assert found == {"hall": date(2026, 5, 1), "last_visit_on": None, "x": None}
    whole = {t.field: t.changed_on for t in traits(values | {"updated_at": "2026-04-01T08:00:00"})}
    assert whole["x"] == date(2026, 4, 1)
    assert whole["hall"] == date(2026, 5, 1)


def test_the_portrait_counts_what_is_known(service: TestClient) -> None:
    portrait = brief(service)["portrait"]
    assert portrait["known"] + len(portrait["missing"]) == portrait["of"]
    assert portrait["known"] == len(portrait["fields"])

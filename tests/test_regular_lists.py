"""Lists of what is bought regularly: the columns of the file, and what their outcomes count as."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from recommender.cross_sell import cross_sell
from recommender.listing.selection import Selection, chosen_customers
from recommender.release.opening import open_release
from recommender.suggest.suggestion import REGULAR_KINDS, Wish
from tests.habit_release import PEERS, SAWMILL, Habit, contents_with, peers_that_take
from tests.made_up_told import MadeUpBook
from tests.small_release import publish_small_release
from tests.telling import as_

EVERY = {"kinds": "reorder,lapsed,more", "n": 10}
HABITS = (
    Habit(SAWMILL, "B1", 20, 21, 4, chance=0.5),
    Habit(SAWMILL, "B3", 20, 60, 2, chance=0.4),
    Habit(SAWMILL, "B4", 73, 10, 10),
    *peers_that_take("B4", 12, 13, 14, 15, 16),
)


@pytest.fixture
def small_releases(tmp_path: Path) -> Path:
    """With habits; of one test alone: who is forgotten is gone from its files."""
    publish_small_release(tmp_path / "releases", contents_with(HABITS))
    return tmp_path / "releases"


def listed(service: TestClient, customer_id: str = SAWMILL) -> Any:
    return service.get(f"/v1/customers/{customer_id}/suggestions", params=EVERY).json()


def in_the_file(small_releases: Path, tmp_path: Path) -> list[dict[str, str]]:
    release, out = open_release(small_releases), tmp_path / "list.csv"
    rows = chosen_customers(release, Selection())
    cross_sell(release, out, Wish(10, REGULAR_KINDS), Selection(), rows, MadeUpBook())
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_file_names_what_is_bought_again_and_counts_peers_where_they_speak(
    small_releases: Path, tmp_path: Path
) -> None:
    columns = ("product_id", "kind", "rank", "chance", "evidence_products", "peers", "peers_bought")
    own = [r for r in in_the_file(small_releases, tmp_path) if r["customer_id"] == SAWMILL]
    assert [tuple(row[name] for name in columns) for row in own] == [
        ("B1", "reorder", "1", "0.5", "B1", "", ""),
        ("B3", "lapsed", "2", "0.4", "B3", "", ""),
        ("B4", "more", "3", "0.3", "B4", "10", "5"),
    ]
    assert own[0]["why"] == "buys about 4 every 20 days, last on 30 Oct 2026: 1 day late"
    assert own[2]["why"].startswith("takes about 50 a year; 5 of 10 customers like this one")


def test_file_and_shop_have_the_same_list_of_every_customer(
    service: TestClient, small_releases: Path, tmp_path: Path
) -> None:
    rows = in_the_file(small_releases, tmp_path)
    assert rows
    for customer_id in {row["customer_id"] for row in rows}:
        shop = listed(service, customer_id)
        assert [(s["product_id"], s["kind"]) for s in shop["suggestions"]] == [
            (r["product_id"], r["kind"]) for r in rows if r["customer_id"] == customer_id
        ]
        assert {r["recommendation_id"] for r in rows if r["customer_id"] == customer_id} == {
            shop["recommendation_id"]
        }


def test_outcomes_are_summed_under_the_kind_that_the_list_said(service: TestClient) -> None:
    found = listed(service)
    said = dict(zip(("B1", "B3", "B4"), ("accepted", "rejected", "snoozed"), strict=True))
    for product_id, outcome in said.items():
        body = {"recommendation_id": found["recommendation_id"], "product_id": product_id}
        for name in ("shown", outcome):
            told = service.post("/v1/outcomes", json=body | {"outcome": name})
            assert told.status_code == 201, told.text
    by_kind = service.get("/v1/outcomes/summary").json()["by_kind"]
    words = ("shown", "accepted", "rejected", "snoozed")
    assert {kind: tuple(tally[w] for w in words) for kind, tally in by_kind.items()} == {
        "reorder": (1, 1, 0, 0),
        "lapsed": (1, 0, 1, 0),
        "more": (1, 0, 0, 1),
    }


def test_a_forgotten_peer_is_not_counted(service: TestClient) -> None:
    def less() -> list[Any]:
        suggestions = listed(service)["suggestions"]
        return [s["reasons"] for s in suggestions if s["kind"] == "more"]

    assert [reasons[0]["peers_bought"] for reasons in less()] == [5]
    assert service.delete(f"/v1/customers/{PEERS[1]}", headers=as_("admin")).status_code == 200
    assert less() == []

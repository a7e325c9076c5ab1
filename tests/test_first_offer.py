"""Whatever a customer says, the list begins its talk with the first of its own list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.records.times import now
from service.settings import Settings
from tests.callers import service_of
from tests.small_release import publish_small_release

CUSTOMER = "C05"
HERE = f"/v1/customers/{CUSTOMER}"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    publish_small_release(tmp_path / "releases")
    with service_of(Settings(releases_directory=tmp_path / "releases", folder=tmp_path)) as found:
        yield found


def own(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"{HERE}/suggestions").json()["suggestions"]
    return found


@pytest.mark.parametrize(
    ("word", "is_of", "changes"),
    [
        ("complaint", 0, True),
        ("complaint", 1, False),
        ("rejected", 0, True),
        ("rejected", 1, False),
        ("dislikes", 0, True),
        ("dislikes", 1, False),
        ("needs", 1, True),
        ("quote", 1, None),
        ("purchase", 0, None),
    ],
)
def test_the_first_offer_is_that_of_its_own_list(
    client: TestClient, word: str, is_of: int, changes: bool | None
) -> None:
    before, told = own(client), client.get(f"{HERE}/suggestions").json()["recommendation_id"]
    product = {"product_id": before[is_of]["product_id"]}
    about = {"about": "product", "value": product["product_id"], "stance": word}
    happened = {"happened_at": now().isoformat(), "event": word, "customer_id": CUSTOMER}
    path, body = {
        "complaint": (f"{HERE}/complaints", {"text": "broken"} | product),
        "rejected": (
            "/v1/outcomes",
            {"recommendation_id": told, "outcome": "rejected", "reason": "price"} | product,
        ),
        "dislikes": (f"{HERE}/preferences", about),
        "needs": (f"{HERE}/preferences", about),
    }.get(word, ("/v1/events", happened | product))
    answer = client.post(path, json=body)
    assert answer.status_code in {200, 201, 204}, answer.text
    first = own(client)[0]
    listed = client.get("/v1/customers", params={"query": CUSTOMER}).json()["customers"][0]
    assert listed["top_offer"] == {name: first[name] for name in ("product_id", "name", "chance")}
    if changes is not None:
        assert (first["product_id"] != before[0]["product_id"]) is changes

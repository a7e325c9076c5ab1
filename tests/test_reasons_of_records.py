"""Reasons out of a customer's mouth or clicks are worked out again from rows of the database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from recommender.release.opening import open_release
from service.records.database import Database
from service.records.schema import events, preferences
from service.records.times import now
from tests.page_sentences import LISTS, by_the_answer, on_the_page
from tests.small_release import CATALOGUE

Json = dict[str, Any]
SAWMILL, JOINERY = "C09", "C02"
"""One buys blades only, the other sandpaper and glue."""
OF_THE_CATALOGUE = {row[0]: row[2] for row in CATALOGUE}
"""Product -> category; all blades are of one brand."""
STRENGTH = {"view": 1, "cart": 2, "quote": 3}
DAYS = 56
SAID = [
    ("category", "Glue", "likes", "Ours is bad.", 30),
    ("category", "Glue", "needs", "We build kitchens now.", 20),
    ("category", "Sandpaper", "likes", None, 12),
    ("product", "S1", "needs", None, 40),
    ("product", "S1", "likes", 'A "finer" one, < P100.', 10),
    ("product", "S4", "dislikes", None, 9),
    ("brand", "Sägerich", "likes", "Good steel.", 8),
    ("product", "B1", "needs", "Every week.", 7),
    ("product", "B5", "needs", "A pack.", 6),
]
WITHDRAWN = ("product", "S3", "needs", "No, we do not.", 2)
DONE = [
    ("S1", "quote", 11),
    ("S1", "cart", 1),
    ("S2", "view", 5),
    ("S2", "view", 2),
    ("S3", "cart", 9),
    ("S3", "view", 1),
    ("G1", "view", DAYS + 2),
    ("G2", "view", DAYS),
    ("B3", "quote", 3),
    ("B4", "view", 4),
    ("B5", "cart", 4),
]


def tell(service: TestClient, customer: str) -> None:
    today, address = now().date(), f"/v1/customers/{customer}/preferences"
    for about, value, stance, words, ago in [*SAID, WITHDRAWN]:
        body: Json = {"about": about, "value": value, "stance": stance, "words": words}
        body |= {"said_on": (today - timedelta(ago)).isoformat()}
        told = service.post(address, json=body)
        assert told.status_code == 201, told.text
    gone = service.delete(f"/v1/preferences/{told.json()['preference_id']}")
    assert gone.status_code in {200, 204}, gone.text
    for product, event, ago in DONE:
        at = (now() - timedelta(days=ago, seconds=1)).isoformat()
        happened = {"customer_id": customer, "product_id": product, "event": event}
        assert service.post("/v1/events", json=happened | {"happened_at": at}).status_code == 201


def rows_of(database: Database, table: sa.Table, customer: str) -> list[Any]:
    with database.reading() as connection:
        found = connection.execute(sa.select(table))
        return [row for row in found if row.customer_id == customer]


def said_of(rows: list[Any], product: str) -> list[Json]:
    """Of the product itself first, the rest newest first; of each thing the last word alone."""
    rows = sorted(rows, key=lambda row: row.said_on, reverse=True)
    found: list[Any] = []
    for row in rows:
        is_last = (row.about, row.value) not in {(r.about, r.value) for r in found}
        if row.withdrawn_at is None and is_last:
            found.append(row)
    own = [row for row in found if row.stance != "dislikes" and is_about(row, product)]
    own.sort(key=lambda row: row.about != "product")
    return [
        {
            "kind": "stated",
            **{name: getattr(row, name) for name in ("stance", "about", "value", "words")},
            "said_on": row.said_on.isoformat(),
        }
        for row in own
    ]


def is_about(row: Any, product: str) -> bool:
    category, value = OF_THE_CATALOGUE[product].lower(), row.value.lower()
    brand = "sägerich" if category == "blades" else ""
    return bool(
        {"product": row.value == product, "category": value == category, "brand": value == brand}[
            row.about
        ]
    )


def shown_of(rows: list[Any], product: str, today: date) -> list[Json]:
    """The strongest, of several the newest, of those that are not too long ago."""
    oldest = today - timedelta(DAYS)
    own = [r for r in rows if r.product_id == product and r.happened_at.date() >= oldest]
    if not own:
        return []
    best = max(own, key=lambda row: (STRENGTH[row.event], row.happened_at))
    happened_on = best.happened_at.date().isoformat()
    return [{"kind": "interest", "event": best.event, "happened_on": happened_on}]


@pytest.mark.parametrize(
    ("customer", "expected"),
    [(SAWMILL, {"G1", "G2", "S1", "S2", "S3"}), (JOINERY, {"B1", 'B/2 "fine"', "B3", "B4"})],
)
def test_words_and_clicks_given_as_reasons_are_those_of_the_rows(
    service: TestClient, database: Database, customer: str, expected: set[str]
) -> None:
    tell(service, customer)
    stated, clicks = (rows_of(database, table, customer) for table in (preferences, events))
    assert len(stated) == len(SAID) + 1
    assert len(clicks) == len(DONE)
    brief = service.get(f"/v1/customers/{customer}/brief").json()
    offered = brief["suggestions"]["suggestions"]
    given = {
        s["product_id"]: [r for r in s["reasons"] if r["kind"] in {"stated", "interest"}]
        for s in offered
    }
    assert given == {
        product: said_of(stated, product) + shown_of(clicks, product, now().date())
        for product in given
    }
    assert expected <= {product for product, reasons in given.items() if reasons}


@pytest.mark.parametrize("customer", [SAWMILL, JOINERY])
def test_the_page_says_them_too(service: TestClient, small_releases: Any, customer: str) -> None:
    tell(service, customer)
    brief = service.get(f"/v1/customers/{customer}/brief").json()
    page = service.get(f"/customers/{customer}", headers={"Accept": "text/html"}).text
    release = open_release(small_releases)
    sentences = on_the_page(page)
    assert sentences == by_the_answer(release, brief)
    assert any("Said on" in texts[0] for texts in sentences.values())
    assert set(sentences) == {s["product_id"] for n in LISTS for s in brief[n]["suggestions"]}

"""Outcomes: what became of a suggestion, by nothing but the id of its list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from recommender.release.opening import Release, open_release
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import customer_token
from recommender.text import Ids
from service.api.outcomes import RecordedAnswer, Summary, kind_of
from service.pages.formats import path_part
from service.records.database import Database
from service.records.schema import outcomes
from service.records.times import now
from service.tokens import CustomerTokens
from tests.small_release import ODD_CUSTOMER, PROSPECT
from tests.telling import OF_JONAS, OF_THERESA, as_


def listed(service: TestClient, customer_id: str, what: str = "suggestions", who: str = "") -> Any:
    address = f"/v1/customers/{path_part(customer_id)}/{what}"
    return service.get(address, headers=as_(who or "manager")).json()


def say(service: TestClient, list_id: str, who: str = "manager", **body: Any) -> Any:
    body = {"recommendation_id": list_id, "product_id": "S1", "outcome": "shown"} | body
    return service.post("/v1/outcomes", json=body, headers=as_(who))


def summary(service: TestClient, who: str = "manager") -> Any:
    answer = service.get("/v1/outcomes/summary", headers=as_(who))
    assert answer.status_code == 200, answer.text
    Summary.model_validate_json(answer.content)
    return answer.json()


@pytest.mark.parametrize("customer_id", [OF_JONAS, ODD_CUSTOMER, PROSPECT])
def test_the_id_of_a_list_leads_to_its_customer(service: TestClient, customer_id: str) -> None:
    found = listed(service, customer_id)
    product_id = found["suggestions"][0]["product_id"]
    answer = say(service, found["recommendation_id"], product_id=product_id, outcome="accepted")
    assert answer.status_code == 201
    RecordedAnswer.model_validate_json(answer.content)
    told = answer.json()
    assert told["customer_id"] == customer_id
    assert told["source"] == found["source"]
    assert told["kind"] == found["suggestions"][0]["kind"]
    assert found["release"].endswith(told["release"])
    assert told["rep"] in ("Jonas Moos", "Theresa Roßauer")


def test_a_list_of_also_bought_counts_too(service: TestClient) -> None:
    found = listed(service, OF_JONAS, "also-bought")
    told = say(service, found["recommendation_id"]).json()
    assert (told["source"], told["kind"]) == ("also_bought", None)


def test_an_unknown_customers_list_is_of_nobody(service: TestClient) -> None:
    list_id = listed(service, "nobody", who="shop")["recommendation_id"]
    told = say(service, list_id, "shop", outcome="rejected", reason="price")
    assert (told.status_code, told.json()["customer_id"]) == (201, None)
    assert say(service, list_id, "jonas").status_code == 404


@pytest.mark.parametrize(
    "list_id",
    ["x", "0" * 32, f"{'0' * 16}-abcd-p-{'0' * 16}", f"{'0' * 16}-abcd-s-{'0' * 16}"],
)
def test_an_id_that_leads_nowhere_is_404(service: TestClient, list_id: str) -> None:
    answer = say(service, list_id)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_recommendation")


def test_a_rep_speaks_of_its_own_customers_lists_alone(service: TestClient) -> None:
    mine, other = (listed(service, c)["recommendation_id"] for c in (OF_JONAS, OF_THERESA))
    assert say(service, mine, "jonas").status_code == 201
    assert say(service, other, "jonas").json() | {"request_id": ""} == (
        say(service, f"{'0' * 16}-abcd-p-{'0' * 16}", "jonas").json() | {"request_id": ""}
    )


def test_the_shop_hears_no_names(service: TestClient) -> None:
    told = say(service, listed(service, OF_JONAS)["recommendation_id"], "shop").json()
    assert told["rep"] is None


TOMORROW = (now().date() + timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"product_id": "none"}, "product_id"),
        ({"outcome": "bought"}, "outcome"),
        ({"reason": "because"}, "reason"),
        ({"until": TOMORROW}, ""),
        ({"outcome": "won", "until": TOMORROW}, ""),
        ({"outcome": "snoozed", "until": "2020-01-01"}, ""),
        ({"outcome": "snoozed", "until": "9999-12-31"}, ""),
        ({"outcome": "snoozed", "until": "soon"}, "until"),
        ({"customer_id": "C01"}, "customer_id"),
    ],
)
def test_what_is_no_outcome_is_refused(
    service: TestClient, body: dict[str, Any], name: str
) -> None:
    answer = say(service, listed(service, "C01")["recommendation_id"], **body)
    assert answer.status_code == 422
    assert [e["name"] for e in answer.json()["errors"]] == [name]


@pytest.mark.parametrize("outcome", ["rejected", "snoozed"])
def test_a_product_may_wait_until_a_day(service: TestClient, outcome: str) -> None:
    list_id = listed(service, "C01")["recommendation_id"]
    told = say(service, list_id, outcome=outcome, reason="not_now", until=TOMORROW)
    assert (told.status_code, told.json()["until"]) == (201, TOMORROW)


def test_what_is_shown_on_every_page_counts_once(service: TestClient, database: Database) -> None:
    list_id = listed(service, "C01")["recommendation_id"]
    said = ["shown", "shown", "rejected", "shown", "rejected", "accepted", "rejected"]
    for outcome in said:
        assert say(service, list_id, outcome=outcome).status_code == 201
    with database.reading() as connection:
        in_order = sa.select(outcomes.c.outcome).order_by(outcomes.c.sequence)
        kept = connection.execute(in_order).scalars().all()
    assert kept == ["shown", "rejected", "accepted", "rejected"]


def test_the_summary_counts_each_suggestion_once_in_each_group(service: TestClient) -> None:
    mine, other = (listed(service, c)["recommendation_id"] for c in (OF_JONAS, OF_THERESA))
    for list_id, product, outcome in [
        (mine, "S1", "shown"),
        (mine, "S1", "accepted"),
        (mine, "S1", "won"),
        (mine, "S2", "shown"),
        (mine, "S2", "rejected"),
        (other, "S3", "shown"),
        (other, "G1", "snoozed"),
    ]:
        assert say(service, list_id, product_id=product, outcome=outcome).status_code == 201
    found = summary(service)
    total = found["total"]
    assert [total[n] for n in ("shown", "accepted", "rejected", "snoozed", "won")] == [
        4,
        1,
        1,
        1,
        1,
    ]
    assert (total["acceptance"], total["conversion"]) == (0.25, 0.25)
    assert {n: t["shown"] for n, t in found["by_rep"].items()} == {
        "Jonas Moos": 2,
        "Theresa Roßauer": 2,
    }
    assert sum(t["shown"] for t in found["by_week"].values()) == 4
    assert list(found["by_source"]) == ["personal"]
    theirs = summary(service, "jonas")
    assert theirs["total"]["shown"] == 2
    assert list(theirs["by_rep"]) == ["Jonas Moos"]


def test_what_is_bought_afterwards_is_credited_apart_from_what_is_said(
    service: TestClient,
) -> None:
    list_id = listed(service, OF_JONAS)["recommendation_id"]
    for product in ("S1", "S2", "S3"):
        say(service, list_id, product_id=product)
    say(service, list_id, product_id="S2", outcome="won")
    bought = [
        {
            "customer_id": customer,
            "product_id": product,
            "event": event,
            "happened_at": (now() + timedelta(seconds=1)).isoformat(),
        }
        for customer, product, event in [
            (OF_JONAS, "S1", "purchase"),
            (OF_JONAS, "S2", "purchase"),
            (OF_JONAS, "S3", "view"),
            (OF_THERESA, "S3", "purchase"),
        ]
    ]
    assert service.post("/v1/events", json=bought).status_code == 201
    total = summary(service)["total"]
    assert (total["shown"], total["won"], total["credited"]) == (3, 1, 1)
    assert total["conversion"] == 0.6667


def test_what_a_later_release_knows_to_be_bought_is_credited(
    service: TestClient, database: Database, release: Release
) -> None:
    """Its last purchases lie before today, so the outcome is made to lie before them."""
    first, end = release.bought.starts[:2]
    day = int(release.bought.last_day[first:end].max())
    column = int(release.bought.products[first + release.bought.last_day[first:end].argmax()])
    list_id = suggest(release, release.customers.ids[0]).recommendation_id
    assert say(service, list_id, product_id=release.products.ids[column]).status_code == 201
    days_back = (now().date().toordinal() - 719163) - day
    for back, credited in ((days_back + 1, 1), (days_back, 0)):
        moved = sa.update(outcomes).values(recorded_at=now() - timedelta(days=back))
        with database.writing() as connection:
            connection.execute(moved)
        assert summary(service)["total"]["credited"] == credited


@pytest.mark.parametrize("since", ["2020-01-01", "2999-01-01", "2026-02-30", "x"])
def test_a_summary_covers_a_year_at_most(service: TestClient, since: str) -> None:
    answer = service.get("/v1/outcomes/summary", params={"since": since})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "since"


@pytest.fixture
def release(small_releases: Any) -> Release:
    return open_release(small_releases)


def test_the_kind_is_the_one_that_the_list_said(release: Release) -> None:
    for row, customer_id in enumerate(release.customers.ids):
        found = suggest(release, customer_id)
        for suggestion in found.suggestions:
            kind = kind_of(release, row, suggestion.product_id, found.source)
            assert kind == suggestion.kind


def test_every_customer_is_found_by_its_token_and_nobody_else() -> None:
    ids = Ids.of(f"customer {number}" for number in range(5000))
    tokens = CustomerTokens.of(ids)
    assert all(tokens.row(customer_token(key)) == row for row, key in enumerate(ids))
    assert tokens.row(customer_token("somebody else")) is None
    assert CustomerTokens.of(Ids.of([])).row("f" * 16) is None

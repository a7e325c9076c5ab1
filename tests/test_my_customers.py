"""My customers: the order of the day, filters, pages, the file, and what a customer forbids."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from recommender.config import ComplaintsSection
from recommender.release.contents import Contents
from recommender.release.insight import CustomerRhythms
from recommender.release.stakes import nothing_at_stake
from recommender.text import TextColumn
from service.pages.customer_rows import CUSTOMER_COLUMNS
from service.pages.formats import path_part
from service.records.complaints import Filing, acknowledge, file_complaint, resolve
from service.records.forgotten import forget_customer
from service.records.permissions import Said, record_permissions
from service.records.times import now
from service.settings import Settings
from tests.callers import REP, client_of, service_of
from tests.small_release import PROSPECT, STRANGER, TODAY, publish_small_release, small_contents

CHURN = {"C03": 900.0, "C07": 400.0}
"""What their silence may cost: they order every 20 days, and had not for 60 at the training."""
FORMULA = "=cmd|' /C calc'!A0"


def contents() -> Contents:
    """The small release with two that fall silent, and a name that a spreadsheet would run."""
    found = small_contents()
    ids, size = found.customers.ids, len(found.customers.ids)
    silent = np.array([key in CHURN for key in ids])
    names = [FORMULA if key == "C11" else name for key, name in zip(ids, found.customers.name)]  # noqa: B905
    return replace(
        found,
        customers=replace(found.customers, name=TextColumn.of(names)),
        customer_rhythms=CustomerRhythms(
            usual_days=np.where(silent, 20, np.nan).astype(np.float32),
            last_day=np.full(size, TODAY - 59, np.int32),
            lateness=np.zeros(size, np.float32),
            chance_silent=np.full(size, 0.5, np.float32),
            warned=silent,
        ),
        stakes=replace(found.stakes, churn_value=np.array([CHURN.get(key, 0.0) for key in ids])),
    )


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with served(tmp_path, contents()) as found:
        yield found


def served(folder: Path, release: Contents) -> TestClient:
    publish_small_release(folder / "releases", release)
    return service_of(Settings(releases_directory=folder / "releases", folder=folder))


def listed(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get("/v1/customers", params={"limit": 200} | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["customers"]


def ids_of(client: TestClient, **asked: Any) -> list[str]:
    return [customer["customer_id"] for customer in listed(client, **asked)]


def one(client: TestClient, customer_id: str) -> dict[str, Any]:
    return next(c for c in listed(client) if c["customer_id"] == customer_id)


def database(client: TestClient) -> Any:
    return client.app.state.database  # type: ignore[attr-defined]


def complain(client: TestClient, customer_id: str, days_ago: int) -> str:
    """By default it is to be acknowledged within 2 days and resolved within 14."""
    filing = Filing(None, None, "it broke", now().date() - timedelta(days_ago))
    with database(client).writing() as connection:
        found = file_complaint(connection, customer_id, filing, ComplaintsSection(), "x")
    return found.complaint_id


def grant(client: TestClient, customer_id: str, **purposes: bool) -> None:
    with database(client).writing() as connection:
        record_permissions(connection, customer_id, Said(purposes, None, None), "x")  # type: ignore[arg-type]


def test_the_most_at_stake_comes_first_and_of_equals_the_name_decides(client: TestClient) -> None:
    found = listed(client)
    assert len(found) == 30
    worth = [(-c["value_at_stake"], c["name"].lower()) for c in found]
    values = [value for value, _ in worth]
    assert values == sorted(values)
    assert found[0]["customer_id"] == "C03"
    for c in found:
        assert c["value_at_stake"] == pytest.approx(c["offer_value"] + c["churn_value"], abs=0.011)
    ties = [w for w in worth if values.count(w[0]) > 1]
    assert ties == sorted(ties)
    assert ties


def test_offer_and_its_chance_are_those_of_the_customers_own_list(client: TestClient) -> None:
    for c in listed(client):
        own = client.get(f"/v1/customers/{path_part(c['customer_id'])}/suggestions")
        first = own.json()["suggestions"][0]
        assert c["top_offer"] == {key: first[key] for key in ("product_id", "name", "chance")}


def test_an_offer_that_was_refused_gives_way_at_the_next_look(client: TestClient) -> None:
    before = one(client, "C05")["top_offer"]
    own = client.get("/v1/customers/C05/suggestions").json()
    said = {
        "recommendation_id": own["recommendation_id"],
        "product_id": before["product_id"],
        "outcome": "rejected",
        "reason": "price",
    }
    assert client.post("/v1/outcomes", json=said).status_code == 201
    after = one(client, "C05")["top_offer"]
    assert after["product_id"] == own["suggestions"][1]["product_id"] != before["product_id"]


def test_overdue_complaints_come_first_whatever_the_money(client: TestClient) -> None:
    last, second_to_last = ids_of(client)[-1], ids_of(client)[-2]
    complain(client, last, days_ago=5)
    complain(client, second_to_last, days_ago=30)
    complain(client, "C09", days_ago=0)
    found = listed(client)
    assert [c["customer_id"] for c in found[:3]] == [second_to_last, last, "C03"]
    today = now().date()
    assert found[1]["complaint"] == {
        "opened_on": str(today - timedelta(5)),
        "due_on": str(today + timedelta(9)),
        "overdue_since": str(today - timedelta(3)),
    }
    assert one(client, "C09")["complaint"]["overdue_since"] is None


def test_what_is_acknowledged_in_time_or_resolved_is_not_overdue(client: TestClient) -> None:
    first, second = complain(client, "C08", days_ago=5), complain(client, "C10", days_ago=40)
    with database(client).writing() as connection:
        acknowledge(connection, first)
        resolve(connection, second, "replaced")
    assert ids_of(client)[0] == "C03"
    assert one(client, "C08")["complaint"]["overdue_since"] is None
    assert one(client, "C10")["complaint"] is None


def test_of_who_forbids_it_nothing_is_told_that_comes_from_purchases(client: TestClient) -> None:
    grant(client, "C03", personalisation=False)
    found = listed(client)
    assert found[-1]["customer_id"] == "C03"
    assert not found[-1]["allowed"]
    secret = ("value_at_stake", "offer_value", "churn_value", "expected_purchases", "offers")
    assert [found[-1][name] for name in (*secret, "silence", "top_offer")] == [None] * 7
    assert ids_of(client, state="churn_warning") == ["C07"]
    page = client.get("/customers?query=c03").text
    assert "its purchases may not be used" in page
    assert "EUR at stake" not in page
    complain(client, "C03", days_ago=30)
    assert ids_of(client)[0] == "C03", "a complaint is no purchase"


def test_without_prices_the_list_goes_by_purchases_and_says_so(tmp_path: Path) -> None:
    priced = small_contents()
    unknown = np.full(len(priced.customers.ids), np.nan)
    release = replace(priced, stakes=replace(priced.stakes, offer_value=unknown))
    with served(tmp_path, release) as client:
        found = listed(client)
        expected = [c["expected_purchases"] for c in found]
        assert expected == sorted(expected, reverse=True)
        assert expected[0] > expected[-1]
        assert {c["value_at_stake"] for c in found} == {None}
        page = client.get("/customers").text
        assert "no prices are known" in page
        assert "purchases expected" in page
        assert "EUR in" not in page


def test_a_release_of_before_it_was_told_lists_by_name_and_says_so(tmp_path: Path) -> None:
    old = small_contents()
    nothing = nothing_at_stake(len(old.customers.ids))["stakes"]
    with served(tmp_path, replace(old, stakes=nothing)) as client:
        assert ids_of(client) == ids_of(client, sort="name")
        assert "the next training does" in client.get("/customers").text


def test_each_state_finds_those_of_whom_it_is_true(client: TestClient) -> None:
    complain(client, "C01", days_ago=30)
    complain(client, "C02", days_ago=0)
    grant(client, "C04", phone=False)
    assert ids_of(client, state="overdue") == ["C01"]
    assert set(ids_of(client, state="complaint")) == {"C01", "C02"}
    assert ids_of(client, state="churn_warning") == ["C03", "C07"]
    assert set(ids_of(client, state="prospect")) == {PROSPECT, STRANGER}
    assert set(ids_of(client)) - set(ids_of(client, state="may_be_called")) == {"C04"}


def test_filters_narrow_together(client: TestClient) -> None:
    found = listed(client, region="Tyrol", segment="joinery", rep=REP, query="müller")
    assert found
    assert {(c["region"], c["segment"], c["rep"]) for c in found} == {("Tyrol", "joinery", REP)}
    assert listed(client, region="Nowhere") == []
    assert client.get("/v1/customers?state=happy").status_code == 422


@pytest.mark.parametrize("sort", ["value_at_stake", "name", "last_bought_on", "products_bought"])
def test_pages_show_everyone_once_and_in_order(client: TestClient, sort: str) -> None:
    for days, customer_id in ((30, "C15"), (9, "C16"), (0, "C17")):
        complain(client, customer_id, days)
    grant(client, "C18", personalisation=False)
    grant(client, "C19", personalisation=False)
    paged: list[str] = []
    cursor: dict[str, str] = {}
    while len(paged) < 100:
        page = client.get("/v1/customers", params={"limit": 4, "sort": sort} | cursor).json()
        paged += [c["customer_id"] for c in page["customers"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert paged == ids_of(client, sort=sort)
    assert len(set(paged)) == 30


def rows_of(client: TestClient, **asked: Any) -> list[dict[str, str]]:
    answer = client.get("/customers.csv", params=asked)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    expected = f'attachment; filename="customers-{date.today().isoformat()}.csv"'
    assert answer.headers["content-disposition"] == expected
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"))))


def test_the_file_holds_all_that_the_page_shows_on_its_pages(client: TestClient) -> None:
    complain(client, "C15", days_ago=30)
    grant(client, "C18", personalisation=False)
    rows, found = rows_of(client), listed(client)
    assert list(rows[0]) == list(CUSTOMER_COLUMNS)
    assert [row["customer_id"] for row in rows] == [c["customer_id"] for c in found]
    for row, c in zip(rows, found, strict=True):
        assert row["value_at_stake"] == (
            "" if c["value_at_stake"] is None else str(c["value_at_stake"])
        )
        assert row["product_id"] == ((c["top_offer"] or {}).get("product_id") or "")
        assert row["silent_days"] == str((c["silence"] or {}).get("days", ""))
        assert row["contact"].split(";") == c["may_contact"]
        assert row["personalisation"] == ("no" if c["customer_id"] == "C18" else "yes")
    assert rows[0]["complaint_overdue_since"]
    assert rows_of(client, state="churn_warning", sort="name")[0]["silent_days"] == "60"
    assert client.get("/customers.csv?limit=3").status_code == 422


def test_the_file_comes_in_pieces_that_belong_together(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows_of(client)
    monkeypatch.setattr("service.sales.customers.ROWS_AT_ONCE", 7)
    assert rows_of(client) == whole
    assert len(whole) == 30


def test_a_cell_that_a_spreadsheet_would_run_is_harmless(client: TestClient) -> None:
    row = rows_of(client, query="c11")[0]
    assert row["customer_name"] == f"'{FORMULA}"


def test_a_rep_sees_its_own_in_the_list_the_file_and_the_counts(client: TestClient) -> None:
    rep = client_of(client.app, "rep")  # type: ignore[arg-type]
    own = {c["customer_id"] for c in listed(client) if c["rep"] == REP}
    foreign = next(c for c in ids_of(client) if c not in own)
    complain(client, foreign, days_ago=30)
    assert set(ids_of(rep)) == own == {row["customer_id"] for row in rows_of(rep)}
    page = rep.get("/customers").text
    assert "<h1>My customers</h1>" in page
    assert "overdue complaint</a>" not in page
    assert 'name="rep"' not in page
    assert ids_of(rep, state="overdue") == []
    assert "1 customer with an overdue complaint" in client.get("/customers").text


def test_the_shop_sees_neither_list_nor_file(client: TestClient) -> None:
    shop = client_of(client.app, "shop")  # type: ignore[arg-type]
    for path in ("/customers", "/customers.csv", "/v1/customers", "/"):
        assert shop.get(path).status_code == 403


def test_who_was_forgotten_is_in_no_list_file_or_count(client: TestClient) -> None:
    complain(client, "C03", days_ago=30)
    assert "overdue complaint" in client.get("/").text
    with database(client).writing() as connection:
        forget_customer(connection, "C03")
    assert "C03" not in ids_of(client)
    assert "C03" not in {row["customer_id"] for row in rows_of(client)}
    assert "C03" not in client.get("/customers").text
    assert "overdue complaint" not in client.get("/").text


def test_the_page_says_in_words_what_is_at_stake(client: TestClient) -> None:
    complain(client, "C07", days_ago=30)
    page = client.get("/customers").text.replace("\N{NO-BREAK SPACE}", " ")
    c07 = one(client, "C07")
    assert "Complaint overdue since" in page
    assert "Silent for 60 days, usually every 20: 900 EUR at stake" in page
    assert f"{c07['offer_value']:,.0f} EUR in {c07['offers']} new offer" in page
    assert f"{c07['value_at_stake']:,.0f} EUR" in page


def test_the_start_page_begins_with_the_five_of_the_list(client: TestClient) -> None:
    complain(client, "C20", days_ago=30)
    page = client.get("/").text
    places = [page.find(f'href="/customers/{key}"') for key in ids_of(client)[:5]]
    assert min(places) > 0
    assert places == sorted(places)
    assert 'href="/customers?state=overdue"' in page


def test_only_this_page_may_run_our_script(client: TestClient) -> None:
    assert "script-src 'self'" in client.get("/customers").headers["content-security-policy"]
    assert "script-src" not in client.get("/").headers["content-security-policy"]
    script = client.get("/static/search.js")
    assert len(script.content) < 4096

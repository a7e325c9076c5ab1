"""The page of a product: whom to call about it, how it sells, what goes with it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from recommender.listing.rows import LIST_COLUMNS
from recommender.release.attributes import Attributes
from recommender.release.contents import Contents
from recommender.text import TextColumn
from service.pages.formats import path_part
from service.sales.product import PERIODS, describe_product, selling_of
from service.settings import Settings
from tests.callers import REP, client_of, service_of
from tests.made_up_release import in_memory
from tests.small_release import (
    DATA_THROUGH,
    GONE,
    ODD_PRODUCT,
    OUT_OF_STOCK,
    TODAY,
    publish_small_release,
    small_contents,
)
from tests.test_pages_html import page

PRODUCT = "S1"


def with_attributes() -> Contents:
    contents = small_contents()
    texts = [
        json.dumps({"grit": "80", "size_mm": "12500"}) if k == PRODUCT else ""
        for k in contents.products.ids
    ]
    return replace(contents, attributes=Attributes(TextColumn.of(texts)))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    directory: Path = tmp_path_factory.mktemp("product") / "releases"
    publish_small_release(directory, with_attributes())
    with service_of(Settings(releases_directory=directory, folder=directory.parent)) as client:
        yield client


def shown_customers(client: TestClient, address: str) -> list[str]:
    return re.findall(r'<h3><a href="/customers/([^"]+)">', client.get(address).text)


def csv_of(client: TestClient, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_it_names_whom_the_api_names_and_leads_to_their_briefs(client: TestClient) -> None:
    answer = client.get(f"/v1/products/{PRODUCT}/targets?n=10").json()
    assert answer["returned"] > 2
    customers = [path_part(t["customer_id"]) for t in answer["targets"]]
    assert shown_customers(client, f"/products/{PRODUCT}") == customers
    assert client.get(f"/customers/{customers[0]}").status_code == 200
    text = page(client, f"/products/{PRODUCT}").text
    first = answer["targets"][0]
    assert f"{first['chance']:.0%}" in text
    assert f"{first['expected_value']:,.2f} EUR" in text
    assert "May be contacted by Phone" in text


def test_its_csv_has_the_same_customers_and_the_columns_of_the_lists(client: TestClient) -> None:
    rows = csv_of(client, f"/products/{PRODUCT}/targets.csv?n=10")
    assert list(rows[0]) == list(LIST_COLUMNS)
    shown = shown_customers(client, f"/products/{PRODUCT}")
    assert [path_part(row["customer_id"]) for row in rows] == shown
    assert {row["product_id"] for row in rows} == {PRODUCT}
    assert csv_of(client, f"/products/{path_part(ODD_PRODUCT)}/targets.csv")
    assert client.get("/products/nothing/targets.csv").status_code == 404


def test_a_rep_finds_its_own_customers_on_the_page_and_in_the_csv(client: TestClient) -> None:
    rep = client_of(client.app, "rep")  # type: ignore[arg-type]
    rows = csv_of(rep, f"/products/{PRODUCT}/targets.csv?n=100")
    assert rows
    assert {row["rep"] for row in rows} == {REP}
    assert len(rows) < len(csv_of(client, f"/products/{PRODUCT}/targets.csv?n=100"))
    assert shown_customers(rep, f"/products/{PRODUCT}?n=100") == [
        path_part(row["customer_id"]) for row in rows
    ]


def test_what_was_told_of_the_product_shows_with_the_next_look(client: TestClient) -> None:
    first, second = client.get(f"/v1/products/{PRODUCT}/targets?n=2").json()["targets"]
    told = [(first, "rejected", {"reason": "price"}), (second, "shown", {})]
    for target, outcome, more in told:
        said = {"recommendation_id": target["recommendation_id"], "outcome": outcome} | more
        answer = client.post("/v1/outcomes", json=said | {"product_id": PRODUCT})
        assert answer.status_code == 201, answer.text
        assert answer.json()["customer_id"] == target["customer_id"]
    closed = dict.fromkeys(("phone", "email", "post"), False)
    client.put(f"/v1/customers/{path_part(second['customer_id'])}/permissions", json=closed)
    text = page(client, f"/products/{PRODUCT}").text
    assert first["name"] not in text
    assert "Passed over: 1 has refused it lately" in text
    assert "May not be contacted" in text


def test_who_keeps_its_purchases_to_itself_is_counted_and_not_named(client: TestClient) -> None:
    target = client.get(f"/v1/products/{PRODUCT}/targets?n=1").json()["targets"][0]
    address = f"/v1/customers/{path_part(target['customer_id'])}/permissions"
    client.put(address, json={"personalisation": False})
    try:
        html = client.get(f"/products/{PRODUCT}?n=100").text
        assert f"/customers/{path_part(target['customer_id'])}" not in html
        assert "not let their purchases be used" in html
        rows = csv_of(client, f"/products/{PRODUCT}/targets.csv?n=100")
        assert target["customer_id"] not in {row["customer_id"] for row in rows}
    finally:
        client.put(address, json={"personalisation": True})


def test_stock_is_told_only_where_the_catalogue_tells_of_any() -> None:
    release = in_memory(small_contents())
    assert describe_product(release, OUT_OF_STOCK)["stock"] == "out of stock"
    assert describe_product(release, PRODUCT)["stock"] == "in stock"
    contents = small_contents()
    everything = np.ones(len(contents.products.ids), bool)
    products = replace(contents.products, in_stock=everything)
    silent = in_memory(replace(contents, products=products))
    assert describe_product(silent, PRODUCT)["stock"] is None
    assert describe_product(silent, GONE)["stock"] == "no longer in the catalogue"


def test_attributes_of_the_catalogue_are_shown_as_people_read_them(client: TestClient) -> None:
    text = page(client, f"/products/{PRODUCT}").text
    assert "Grit 80" in text
    assert "Size (mm) 12,500" in text


def test_how_it_sells_is_counted_from_the_last_purchases(client: TestClient) -> None:
    contents = small_contents()
    days = contents.bought.last_day - 400 * (np.arange(len(contents.bought.products)) % 2)
    bought = replace(contents.bought, last_day=days.astype(np.int32))
    release = in_memory(replace(contents, bought=bought))
    manifest = release.manifest.model_copy(update={"data_through": DATA_THROUGH.isoformat()})
    selling = selling_of(replace(release, manifest=manifest), PRODUCT)
    own = days[bought.products == release.products.ids.position(PRODUCT)]
    assert selling.ever == len(own)
    assert selling.year == int((own > TODAY - 364).sum())
    assert 0 < selling.year < selling.ever
    assert len(selling.periods) == PERIODS
    for period in selling.periods:
        first, last = ((day - date(1970, 1, 1)).days for day in (period.first_on, period.last_on))
        assert period.customers == int(((own >= first) & (own <= last)).sum())
    assert "<title>When its customers last bought it</title>" in (
        client.get(f"/products/{PRODUCT}").text
    )


def test_nobody_is_named_for_what_nobody_may_have(client: TestClient) -> None:
    for product in (OUT_OF_STOCK, GONE):
        html = client.get(f"/products/{product}").text
        assert "Nobody: the product is" in html
        assert 'href="/customers/' not in html.split("<main")[1]
        assert csv_of(client, f"/products/{product}/targets.csv") == []


def test_a_number_that_is_none_is_refused(client: TestClient) -> None:
    for query in ("n=0", "n=x", "n=1&n=2", "m=3"):
        assert client.get(f"/products/{PRODUCT}?{query}").status_code == 422

"""Terminal, page, API and batch get their list from the same function, so they never disagree."""

from __future__ import annotations

import csv
import html
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from recommender.cli.main import run
from recommender.config import Config
from recommender.release.opening import open_release
from recommender.suggest.suggestion import CROSS_SELL_KINDS, KINDS
from service.settings import Settings
from tests.callers import service_of

ASKED = 200
N = 8
Facts = tuple[str, str, str, float | None, str]
"""product_id, kind, chance, expected value, recommendation_id."""


@pytest.fixture(scope="module", params=["implicit", pytest.param("spark", marks=pytest.mark.slow)])
def config(request: pytest.FixtureRequest) -> Config:
    """With a release of the sample by each engine; the service cannot tell them apart."""
    name = "sample_config" if request.param == "implicit" else "spark_sample_config"
    found: Config = request.getfixturevalue(name)
    return found


@pytest.fixture(scope="module")
def client(config: Config) -> TestClient:
    return service_of(Settings.from_config(config))


@pytest.fixture(scope="module")
def asked(config: Config) -> list[str]:
    """Every third customer: with purchases, without, and of every segment."""
    return list(open_release(config.releases_directory).customers.ids)[::3][:ASKED]


def facts_of(answer: dict[str, Any]) -> list[Facts]:
    return [
        (
            s["product_id"],
            s["kind"],
            f"{s['chance']:.6f}",
            s["expected_value"],
            answer["recommendation_id"],
        )
        for s in answer["suggestions"]
    ]


def batch_facts(config: Config, out: Path, kinds: list[str]) -> dict[str, list[Facts]]:
    place = ["--config", str(config.folder / "recommender.toml"), *kinds]
    assert run(["cross-sell", "--out", str(out), "-n", str(N), "--all", *place]) == 0
    found: dict[str, list[Facts]] = {}
    with out.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            worth = float(row["expected_value"]) if row["expected_value"] else None
            chance = f"{float(row['chance']):.6f}"
            fact = row["product_id"], row["kind"], chance, worth, row["recommendation_id"]
            found.setdefault(row["customer_id"], []).append(fact)
    return found


@pytest.mark.parametrize("kinds", [None, ",".join(KINDS), "lapsed,more"])
def test_terminal_api_and_batch_give_the_same_lists(
    config: Config,
    client: TestClient,
    asked: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kinds: str | None,
) -> None:
    assert len(asked) == ASKED
    option = [] if kinds is None else ["--kinds", kinds]
    parameter = "" if kinds is None else f"&kinds={kinds}"
    batch = batch_facts(config, tmp_path / "list.csv", option)
    place = ["--config", str(config.folder / "recommender.toml")]
    capsys.readouterr()
    for customer_id in asked if kinds is None else asked[::5]:
        assert run(["suggest", customer_id, "-n", str(N), "--json", *place, *option]) == 0
        terminal = json.loads(capsys.readouterr().out)
        api = client.get(f"/v1/customers/{customer_id}/suggestions?n={N}{parameter}").json()
        assert terminal == api
        assert facts_of(api) == batch.get(customer_id, [])
    found = {fact[1] for facts in batch.values() for fact in facts}
    assert found == (CROSS_SELL_KINDS if kinds is None else set(kinds.split(",")))


def test_the_page_shows_the_products_of_the_api_in_the_same_order(
    client: TestClient, asked: list[str]
) -> None:
    for customer_id in asked:
        api = client.get(f"/v1/customers/{customer_id}/suggestions?n={N}").json()
        page = client.get(f"/customers/{customer_id}", headers={"Accept": "text/html"}).text
        offers = page.partition('<section aria-labelledby="suggestions">')[2]
        shown = re.findall(r'<h3><a href="/products/([^"]*)"', offers.partition("</section>")[0])
        assert [unquote(p) for p in shown] == [s["product_id"] for s in api["suggestions"]]
        assert all(s["name"] in html.unescape(page) for s in api["suggestions"])


def test_the_page_gives_the_reasons_of_the_batch_list(
    config: Config, client: TestClient, asked: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "list.csv"
    place = ["--config", str(config.folder / "recommender.toml")]
    assert run(["cross-sell", "--out", str(out), "-n", str(N), *place]) == 0
    with out.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["customer_id"] in asked[:20]]
    assert rows
    for row in rows:
        page = html.unescape(client.get(f"/customers/{row['customer_id']}").text)
        for sentence in row["why"].split("; "):
            assert sentence[1:] in page, "the page says the same, with a capital"

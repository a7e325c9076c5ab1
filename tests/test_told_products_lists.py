"""Products changed during the day, as the commands take them: terminal, cross-sell, call list."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from recommender.cli.main import run
from recommender.config import load_config
from service.records.migrate import open_records
from service.records.products import Changing, record_products
from tests.small_release import publish_small_release

CUSTOMER = "C01"


@pytest.fixture
def place(tmp_path: Path) -> list[str]:
    """The flags that name the config of a folder with the small release."""
    path = tmp_path / "recommender.toml"
    path.write_text('[purchases]\nsource = "purchases.csv"\n')
    publish_small_release(load_config(path).releases_directory)
    return ["--config", str(path)]


def tell(place: list[str], said: dict[str, dict[Changing, bool | float]]) -> None:
    with (
        closing(open_records(load_config(Path(place[1])))) as database,
        database.writing() as connection,
    ):
        record_products(connection, said, "shop")


def on_terminal(place: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run(["suggest", CUSTOMER, "-n", "12", "--json", *place]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def written(place: list[str], command: list[str]) -> tuple[list[dict[str, str]], dict[str, Any]]:
    out = Path(place[1]).with_name("list.csv")
    assert run([*command, "--out", str(out), "--all", *place]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows, json.loads(out.with_name("list.csv.manifest.json").read_text())


def test_the_terminal_shows_products_as_they_are_now(
    place: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (s["product_id"] for s in on_terminal(place, capsys)["suggestions"][:2])
    tell(place, {first: {"active": False}, second: {"price": 3.5}})
    found = on_terminal(place, capsys)
    assert found["withheld"]["inactive"] == 1
    assert (found["suggestions"][0]["product_id"], found["suggestions"][0]["price"]) == (
        second,
        3.5,
    )


def test_the_list_of_all_leaves_out_what_is_sold_out_and_its_manifest_counts_the_changes(
    place: list[str],
) -> None:
    before, manifest = written(place, ["cross-sell"])
    assert "products_changed" not in manifest["counts"]
    sold_out = before[0]["product_id"]
    tell(place, {sold_out: {"in_stock": False}, "B1": {"price": 1.0}, "S1": {"active": True}})
    after, manifest = written(place, ["cross-sell"])
    assert sold_out not in {row["product_id"] for row in after}
    assert manifest["counts"]["products_changed"] == 2, "what was said and is so anyway is none"
    again, repeated = written(place, ["cross-sell"])
    assert (again, repeated["sha256"]) == (after, manifest["sha256"])
    tell(place, {sold_out: {"in_stock": True}, "B1": {"price": 40.0}})
    rows, manifest = written(place, ["cross-sell"])
    assert [(r["customer_id"], r["product_id"], r["kind"], r["why"]) for r in rows] == [
        (r["customer_id"], r["product_id"], r["kind"], r["why"]) for r in before
    ]
    assert "products_changed" not in manifest["counts"]


def test_nobody_is_called_about_what_is_not_offered(place: list[str]) -> None:
    product = written(place, ["cross-sell"])[0][0]["product_id"]
    assert written(place, ["targets", product])[0]
    tell(place, {product: {"active": False}})
    rows, manifest = written(place, ["targets", product])
    assert rows == []
    assert manifest["counts"]["held_inactive"] > 0
    assert manifest["counts"]["products_changed"] == 1

"""Forgetting a customer leaves neither its id nor its name, and export tells all of it before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from recommender.cli.main import run
from recommender.config import load_config
from recommender.release.opening import open_release
from recommender.release.publish import training_lock
from recommender.release.shelf import Shelf
from service.records import schema
from service.records.database import Database
from service.records.forgotten import is_forgotten
from service.records.migrate import open_records
from tests.rare_customer import ENDINGS, NAME, RARE, places_of, write_rare_shop

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where nobody writes."""
    return write_rare_shop(tmp_path_factory.mktemp("rare"))


@pytest.fixture
def shop(trained: Path, tmp_path: Path) -> Path:
    """A copy to erase from."""
    shutil.copytree(trained.parent, tmp_path / "shop")
    return tmp_path / "shop" / trained.name


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def called(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


def opened(config_path: Path) -> Database:
    return open_records(load_config(config_path))


def rows_by_table(config_path: Path) -> dict[str, int]:
    with closing(opened(config_path)) as database, database.reading() as connection:
        count = sa.select(sa.func.count())
        return {
            table.name: connection.execute(count.select_from(table)).scalar_one()
            for table in schema.metadata.sorted_tables
        }


def test_after_forget_a_search_of_every_file_finds_neither_id_nor_name(
    shop: Path, call: Call
) -> None:
    before = places_of(shop.parent)
    assert {f"lists/list.{ending}" for ending in ENDINGS} <= before
    assert "recommender.db" in {place.removesuffix("-wal") for place in before}
    assert any(place.startswith("releases/prepared/") for place in before)
    release = open_release(shop.parent / "releases").name
    inside = {place.rpartition("/")[2] for place in before if release in place}
    assert {"customers.ids.content.npy", "customers.name.content.npy"} < inside
    assert "order_channels.names.content.npy" in inside
    assert {"customers.portrait.content.npy", "rejected.parquet", "manifest.json"} < inside

    code, out, err = call("forget", RARE, "--yes", "--config", shop)
    assert code == 0
    assert err == f"the list {shop.parent / 'lists' / 'gone.csv'} is not there any more\n"
    assert places_of(shop.parent) == set()
    assert RARE not in out


def test_the_receipt_counts_what_was_removed_and_says_what_remains(shop: Path, call: Call) -> None:
    old = Shelf(shop.parent / "releases").names()
    receipt = json.loads(call("forget", RARE, "--yes", "--config", shop)[1])
    removed = receipt["removed"]
    one_each = dict.fromkeys(
        ("answered", "complaints", "outcomes", "permissions", "preferences"), 1
    )
    assert removed["database"] == one_each | {"events": 2}, "also what its visitor viewed before"
    assert removed["releases"] == [
        {"release": old[0], "rewritten_to": Shelf(shop.parent / "releases").current_name()}
    ]
    assert len(removed["lists"]) == 3
    assert all(row["rows"] for row in removed["lists"])
    remains = {row["what"]: row["why"] for row in receipt["remains"]}
    assert "purchases: purchases.csv" in remains
    assert {"backups", "what releases say of products", "1 audit entries"} < set(remains)
    gone = next(why for what, why in remains.items() if "gone.csv" in what)
    assert gone == "is not there any more"


def test_other_customers_keep_their_records_and_the_audit_keeps_what_was_done(
    shop: Path, call: Call
) -> None:
    receipt = json.loads(call("forget", RARE, "--yes", "--config", shop)[1])
    for table, count in rows_by_table(shop).items():
        if table in {"answered", "complaints", "events", "outcomes", "permissions"}:
            assert count == 1, table
    with closing(opened(shop)) as database, database.reading() as connection:
        assert is_forgotten(connection, RARE)
        about = sa.select(schema.audit.c.about).where(schema.audit.c.customer_id.is_(None))
        found = connection.execute(about).scalars().all()
    assert found == [receipt["customer_hash"]] * 2, "the complaint that was filed, and this erasure"


def test_forgetting_again_finds_nothing_more(shop: Path, call: Call) -> None:
    call("forget", RARE, "--yes", "--config", shop)
    names = Shelf(shop.parent / "releases").names()
    removed = json.loads(call("forget", RARE, "--yes", "--config", shop)[1])["removed"]
    assert removed == {"database": {}, "releases": [], "files": [], "lists": []}
    assert Shelf(shop.parent / "releases").names() == names
    assert rows_by_table(shop)["forgotten"] == 1


def test_an_unknown_customer_is_forgotten_before_it_comes(shop: Path, call: Call) -> None:
    before = {p: p.read_bytes() for p in (shop.parent / "releases").rglob("*.npy")}
    code, _, _ = call("forget", "never seen", "--yes", "--config", shop)
    assert code == 0
    assert {p: p.read_bytes() for p in (shop.parent / "releases").rglob("*.npy")} == before
    with closing(opened(shop)) as database, database.reading() as connection:
        assert is_forgotten(connection, "never seen")


def test_a_running_training_keeps_everything_as_it_is(shop: Path, call: Call) -> None:
    with training_lock(shop.parent / "releases"):
        code, out, err = call("forget", RARE, "--yes", "--config", shop)
    assert (code, out) == (75, "")
    assert "another training is running" in err
    assert rows_by_table(shop)["forgotten"] == 0


def test_nobody_is_asked_where_nobody_is(shop: Path, call: Call) -> None:
    code, out, err = call("forget", RARE, "--config", shop)
    assert (code, out) == (2, "")
    assert "--yes" in err
    assert rows_by_table(shop)["forgotten"] == 0


@pytest.mark.parametrize("customer_id", ["", "\udce4"])
def test_what_can_be_no_id_is_refused(shop: Path, call: Call, customer_id: str) -> None:
    for command in (("forget", customer_id, "--yes"), ("export", customer_id)):
        code, _, err = call(*command, "--config", shop)
        assert code == 2
        assert "CUSTOMER is empty or" in err


def test_export_tells_all_that_is_held(shop: Path, call: Call) -> None:
    code, out, _ = call("export", RARE, "--config", shop)
    assert code == 0
    found: dict[str, Any] = json.loads(out)
    known, derived = found["known"], found["derived"]
    assert (found["customer_id"], known["name"]) == (RARE, NAME)
    assert known["purchases"][0].keys() == {
        *("product_id", "name", "times", "last_bought_on", "weight")
    }
    assert derived["suggestions"]["suggestions"][0]["reasons"]
    assert derived["customers_alike"] > 0
    assert len(derived["candidates"]) > 0 < len(derived["bought_again"])
    assert len(derived["factors"]) > 1
    tables = ("answered", "audit", "complaints", "events", "outcomes", "permissions", "preferences")
    assert set(found["records"]) == set(tables)
    assert len(found["records"]["events"]) == 2
    assert found["lies_also_in"]["sources"]["purchases"] == "purchases.csv"
    assert len(found["lies_also_in"]["lists"]) == 4
    assert found["lies_also_in"]["releases"] == []
    kept = sorted(map(str, (shop.parent / "releases" / "prepared").iterdir()))
    assert found["lies_also_in"]["prepared"] == kept != []


def test_an_export_names_no_other_customer(shop: Path, call: Call) -> None:
    out = call("export", RARE, "--config", shop)[1]
    customers = open_release(shop.parent / "releases").customers
    others = [f'"{key}"' for key in customers.ids if key != RARE]
    assert len(others) > 100
    assert not [key for key in others if key in out]
    assert not [name for name in customers.name if name and name != NAME and name in out]


def test_nothing_is_exported_of_who_is_unknown_or_forgotten(shop: Path, call: Call) -> None:
    assert call("export", "never seen", "--config", shop)[:2] == (2, "")
    call("forget", RARE, "--yes", "--config", shop)
    code, out, err = call("export", RARE, "--config", shop)
    assert (code, out) == (2, "")
    assert "nothing is held" in err

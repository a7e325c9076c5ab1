"""A real training between two words on a product: the later of catalogue and word holds."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from recommender.cli.told import as_told
from recommender.config import load_config
from recommender.release.opening import Release, open_release
from recommender.told import open_told
from recommender.train import train
from service.records.migrate import open_records
from service.records.products import record_products
from service.records.times import now
from tests.shop_files import write_shop


def as_now(path: Path) -> Release:
    config = load_config(path)
    return as_told(open_release(config.releases_directory), open_told(config))


@pytest.mark.slow
def test_of_catalogue_and_word_the_later_one_holds(tmp_path: Path) -> None:
    path = write_shop(tmp_path)
    table, config = path.with_name("products.csv"), load_config(path)
    os.utime(table, (0, (now() - timedelta(hours=1)).timestamp()))
    train(config)
    trained = open_release(config.releases_directory)
    listed = trained.manifest.data["products"]
    assert datetime.fromisoformat(listed["written_at"]) < now() - timedelta(minutes=59)
    assert listed["columns"] == ["in_stock", "price"]
    product = trained.products.ids[0]
    with closing(open_records(config)) as database, database.writing() as connection:
        said = {product: {"in_stock": False, "price": 7.77, "active": False}}
        record_products(connection, said, "shop")  # type: ignore[arg-type]
    assert as_now(path).products.price[0] == 7.77
    train(config)
    assert as_now(path).products.price[0] == 7.77, "the file is older than the word"
    table.write_bytes(table.read_bytes())
    os.utime(table, (0, (now() + timedelta(seconds=1)).timestamp()))
    train(config)
    found = as_now(path)
    assert (found.products.price[0], bool(found.products.in_stock[0])) == (10.0, True)
    assert found.inactive.tolist() == [0]

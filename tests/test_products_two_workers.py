"""A product sold out or changed in price under load, on two workers, while releases change."""

from __future__ import annotations

import itertools
from pathlib import Path
from urllib.parse import quote

import pytest

from recommender.config import Config, load_config
from tests.small_release import publish_small_release, small_contents, with_names
from tests.test_service_process import running
from tests.test_withdrawal_under_load import Asking, admin_key, busy, releases_exchanged

TRIALS = 100
CUSTOMER = "/v1/customers/C01"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "recommender.toml"
    path.write_text('[purchases]\nsource = "purchases.csv"\n')
    config = load_config(path)
    publish_small_release(config.releases_directory)
    publish_small_release(config.releases_directory, with_names(small_contents(), " II"))
    return config


@pytest.mark.slow
def test_not_one_answer_offers_what_was_sold_out_before_it(config: Config) -> None:
    key = admin_key(config)
    with running(config, workers=2, log=config.folder / "log") as (_, port):
        asking = [Asking(port, key) for _ in range(6)]
        first = asking[0].get(f"{CUSTOMER}/suggestions")["suggestions"][0]["product_id"]
        address, turns = "/v1/products/" + quote(first, safe=""), itertools.cycle(asking)
        with busy(port, key), releases_exchanged(config) as exchanged:
            for trial in range(TRIALS):
                price = trial + 1.0
                next(turns).put(address, {"in_stock": True, "price": price})
                for one in asking:
                    found = one.get(f"{CUSTOMER}/suggestions")["suggestions"]
                    assert (found[0]["product_id"], found[0]["price"]) == (first, price)
                next(turns).put("/v1/products", [{"product_id": first, "in_stock": False}])
                for one in asking:
                    found = one.get(f"{CUSTOMER}/suggestions")["suggestions"]
                    assert first not in [s["product_id"] for s in found]
        assert exchanged[0] > 2
        for one in asking:
            one.close()

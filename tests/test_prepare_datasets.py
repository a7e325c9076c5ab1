"""The prepare scripts on the real raw files, where these are at hand."""

from __future__ import annotations

import filecmp
import os
import re
import subprocess
import sys
import tomllib
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
SMALL = ["online-retail", "adventureworks", "cdnow", "gowalla"]
IOWA_YEAR = pytest.param("iowa-liquor", marks=pytest.mark.slow)
FOLDERS = [
    ("online-retail", "."),
    ("adventureworks", "stores"),
    ("adventureworks", "web"),
    ("cdnow", "."),
    ("gowalla", "."),
    pytest.param("iowa-liquor", ".", marks=pytest.mark.slow),
]


def raw_files(name: str) -> Path:
    """The folder of a set's raw files; skips without it, fails when all tests are required."""
    parent = os.environ.get("RECOMMENDER_RAW_DATASETS") or ROOT.parent / "shared" / "datasets"
    folder = Path(parent) / name
    if folder.is_dir():
        return folder
    missing = f"no raw files in {folder}; set RECOMMENDER_RAW_DATASETS to the folder of the sets"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(missing)
    pytest.skip(missing)


def prepare(name: str, out: Path) -> str:
    """What the script prints; Iowa with one year, for time's sake."""
    script = ROOT / "datasets" / name / "prepare.py"
    years = ["--years", "2021"] if name == "iowa-liquor" else []
    paths = [str(path) for path in (script, raw_files(name), out)]
    command = [sys.executable, "-W", "error", *paths, *years]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Prepared:
    """Prepares each set once a session, when a test first asks for it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.printed: dict[str, str] = {}

    def __call__(self, name: str) -> Path:
        out = self._folder / name
        if name not in self.printed:
            self.printed[name] = prepare(name, out)
        return out


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("prepared"))


def purchases(folder: Path) -> pd.DataFrame:
    source = "purchases" if (folder / "purchases").is_dir() else "purchases.parquet"
    return pd.read_parquet(folder / source)


def money(rows: pd.DataFrame) -> float:
    return float((rows.quantity * rows.unit_price).sum())


@pytest.mark.parametrize("name", [*SMALL, IOWA_YEAR])
def test_every_row_read_is_written_or_set_aside(prepared: Prepared, name: str) -> None:
    prepared(name)
    read, written = re.findall(r"([\d,]+) rows (?:read|written)\b", prepared.printed[name])
    assert read == written


@pytest.mark.parametrize(("name", "rows", "aside"), [
    ("online-retail", 404_876, 137_033),
    ("cdnow", 69_659, 0),
    ("gowalla", 810_128, 0),
    pytest.param("iowa-liquor", 2_622_712, 0, marks=pytest.mark.slow),
])  # fmt: skip
def test_the_counts_are_those_of_the_readme(
    prepared: Prepared, name: str, rows: int, aside: int
) -> None:
    out = prepared(name)
    assert len(purchases(out)) == rows
    assert len(pd.read_parquet(out / "set_aside.parquet")) == aside


@pytest.mark.parametrize(("name", "folder"), FOLDERS)
def test_ids_are_text_times_are_times_and_quantities_whole(
    prepared: Prepared, name: str, folder: str
) -> None:
    rows = purchases(prepared(name) / folder)
    ids = rows.columns[rows.columns.str.endswith("_id")]
    assert {str(rows[column].dtype) for column in ids} == {"str"}
    assert str(rows.purchased_at.dtype) == "datetime64[us]"
    assert str(rows.quantity.dtype) == "int64"
    assert not rows.isna().any().any()
    assert not (rows.quantity == 0).any()


@pytest.mark.parametrize(("name", "folder"), FOLDERS)
def test_the_config_names_tables_that_are_there(prepared: Prepared, name: str, folder: str) -> None:
    out = prepared(name) / folder
    config = tomllib.loads((out / "recommender.toml").read_text(encoding="utf-8"))
    sources = [section["source"] for section in config.values() if "source" in section]
    assert "purchases" in config
    assert all(list(out.glob(source)) for source in sources)


@pytest.mark.parametrize(("name", "folder"), FOLDERS)
def test_each_master_has_one_row_for_every_id_bought(
    prepared: Prepared, name: str, folder: str
) -> None:
    out = prepared(name) / folder
    rows = purchases(out)
    for table, key in (("products", "product_id"), ("customers", "customer_id")):
        if (out / f"{table}.parquet").exists():
            master = pd.read_parquet(out / f"{table}.parquet")
            assert master[key].is_unique
            assert set(rows[key]) <= set(master[key])


@pytest.mark.parametrize("name", [*SMALL, IOWA_YEAR])
def test_the_same_raw_files_give_the_same_bytes(
    prepared: Prepared, name: str, tmp_path: Path
) -> None:
    first = prepared(name)
    assert prepare(name, tmp_path) == prepared.printed[name]
    files = sorted(str(file.relative_to(first)) for file in first.rglob("*") if file.is_file())
    same, different, unreadable = filecmp.cmpfiles(first, tmp_path, files, shallow=False)
    assert (same, different, unreadable) == (files, [], [])


def test_online_retail_keeps_all_money_and_the_reasons(prepared: Prepared) -> None:
    out = prepared("online-retail")
    raw = pd.read_parquet(raw_files("online-retail") / "online_retail.parquet")
    aside = pd.read_parquet(out / "set_aside.parquet")
    total = money(purchases(out)) + (aside.Quantity * aside.UnitPrice).sum()
    assert total == pytest.approx((raw.Quantity * raw.UnitPrice).sum(), abs=0.005)
    assert aside.reason.value_counts().to_dict() == {
        "no customer": 135_080,
        "code is no product": 1_920,
        "price not above zero": 33,
    }


def test_iowa_keeps_the_invoices_apart_from_their_lines() -> None:
    raw = pd.read_parquet(
        raw_files("iowa-liquor") / "2021.parquet",
        columns=["Date", "Invoice/Item Number", "Store Number"],
    )
    assert raw["Invoice/Item Number"].is_unique
    invoices = raw.groupby(raw["Invoice/Item Number"].str.slice(0, -5))
    assert (invoices["Store Number"].nunique() == 1).all()
    assert (invoices["Date"].nunique() == 1).all()


@pytest.mark.slow
def test_iowa_keeps_all_money_and_tells_nothing_of_the_future(prepared: Prepared) -> None:
    out = prepared("iowa-liquor")
    raw = pd.read_parquet(raw_files("iowa-liquor") / "2021.parquet")
    assert money(purchases(out)) == pytest.approx(raw["Sale (Dollars)"].sum(), abs=0.005)
    products = pd.read_parquet(out / "products.parquet").set_index("product_id")
    first_sale = purchases(out).groupby("product_id").purchased_at.min()
    assert not (products.listed_at > first_sale.reindex(products.index)).any()
    assert "in_stock" not in products
    assert list(pd.read_parquet(out / "customers.parquet")) == [
        "customer_id", "name", "segment", "region", "zip", "latitude", "longitude",
    ]  # fmt: skip


def test_adventureworks_line_totals_agree_with_every_order(prepared: Prepared) -> None:
    orders = pd.read_parquet(raw_files("adventureworks") / "Sales.SalesOrderHeader.parquet")
    expected = orders.set_index("SalesOrderNumber").SubTotal.astype("float64")
    both = [purchases(prepared("adventureworks") / part) for part in ("stores", "web")]
    assert [len(rows) for rows in both] == [60_919, 60_398]
    rows = pd.concat(both)
    totals = (rows.quantity * rows.unit_price).groupby(rows.order_id).sum()
    np.testing.assert_allclose(totals.sort_index(), expected.sort_index(), atol=1e-3)


def test_adventureworks_has_the_portrait_of_all_701_stores(prepared: Prepared) -> None:
    stores = pd.read_parquet(prepared("adventureworks") / "stores" / "customers.parquet")
    assert len(stores) == 701
    assert not stores.isna().any().any()
    assert set(stores.segment) == {"bicycle manufacturer", "bicycle store", "online store"}
    assert str(stores.square_feet.dtype) == "int64"
    next_door = stores.set_index("customer_id").loc["292"]
    assert (next_door["name"], next_door.rep) == ("Next-Door Bike Store", "Tsvi Reiter")
    assert (next_door.square_feet, next_door.number_employees) == (21_000, 13)


def test_cdnow_value_survives_and_the_summary_is_untouched(prepared: Prepared) -> None:
    out, raw = prepared("cdnow"), raw_files("cdnow")
    value = pd.read_parquet(raw / "cdnow_master.parquet").value.sum()
    assert money(purchases(out)) == pytest.approx(value, abs=0.005)
    summary = "cdnow_customers_summary.csv"
    assert (out / summary).read_bytes() == (raw / summary).read_bytes()


def test_gowalla_popularity_gives_the_published_recall(prepared: Prepared) -> None:
    out = prepared("gowalla")
    train, test = purchases(out), pd.read_parquet(out / "test.parquet")
    popular = list(train.product_id.value_counts().index[:2_000])
    owned = train.groupby("customer_id").product_id.agg(set)
    recalls = []
    for customer, wanted in test.groupby("customer_id").product_id:
        new = (product for product in popular if product not in owned[customer])
        recalls.append(len(set(islice(new, 20)) & set(wanted)) / len(wanted))
    assert np.mean(recalls) == pytest.approx(0.0416, abs=0.00005)

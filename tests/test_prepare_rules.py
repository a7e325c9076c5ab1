"""The prepare scripts on a few made-up rows: every rule, every error, no download needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

DATASETS = Path(__file__).resolve().parents[1] / "datasets"
SETS = ["online-retail", "iowa-liquor", "adventureworks", "cdnow", "gowalla"]


def run(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", str(DATASETS / name / "prepare.py")]
    return subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, check=False
    )


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.mark.parametrize("name", SETS)
def test_a_missing_raw_file_is_one_line_and_74(name: str, raw: Path, out: Path) -> None:
    done = run(name, raw, out)
    assert done.returncode == 74
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("name", SETS)
def test_wrong_usage_is_2(name: str, raw: Path) -> None:
    assert run(name).returncode == 2
    assert run(name, raw, raw).returncode == 2


def test_a_damaged_raw_file_is_74(raw: Path, out: Path) -> None:
    (raw / "online_retail.parquet").write_text("not Parquet")
    done = run("online-retail", raw, out)
    assert done.returncode == 74
    assert "cannot be read as Parquet" in done.stderr


def test_a_raw_file_without_a_column_names_it(raw: Path, out: Path) -> None:
    pd.DataFrame({"user": [1], "split": ["train"]}).to_parquet(raw / "interactions.parquet")
    done = run("gowalla", raw, out)
    assert done.returncode == 74
    assert "no column 'item'" in done.stderr


def retail_lines() -> pd.DataFrame:
    lines = pd.DataFrame(
        [
            ("1", "85123A", "HEART ", 6, "2011-01-05", 2.5, 17850, "France"),
            ("2", "85123a", "HEART", 1, "2011-03-05", 3.5, 17850, "France"),
            ("3", "85123A", "ANCHOR", 1, "2011-11-05", 9.0, 17850, "Spain"),
            ("C4", "85123A", "ANCHOR", -1, "2011-11-06", 7.0, 17850, "Spain"),
            ("5", "POST", "POSTAGE", 1, "2011-01-05", 18.0, 17850, "France"),
            ("6", "22138", "BAKING SET", 1, "2011-01-05", 4.0, None, "France"),
            ("7", "22138", None, 1, "2011-01-05", 0.0, 12680, "France"),
        ],
        columns=["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
                 "CustomerID", "Country"],
    )  # fmt: skip
    return lines.astype({"CustomerID": "Int64", "InvoiceDate": "datetime64[us]"})


def prepared_retail(raw: Path, out: Path, *options: str) -> pd.DataFrame:
    retail_lines().to_parquet(raw / "online_retail.parquet")
    done = run("online-retail", raw, out, *options)
    assert done.returncode == 0, done.stderr
    return pd.read_parquet(out / "products.parquet").set_index("product_id")


def test_online_retail_folds_case_and_sets_aside_with_a_reason(raw: Path, out: Path) -> None:
    prepared_retail(raw, out)
    bought = pd.read_parquet(out / "purchases.parquet")
    assert set(bought.order_id) == {"1", "2", "3", "C4"}
    assert set(bought.product_id) == {"85123A"}
    aside = pd.read_parquet(out / "set_aside.parquet").set_index("InvoiceNo").reason
    assert aside.to_dict() == {
        "5": "code is no product",
        "6": "no customer",
        "7": "price not above zero",
    }


def test_online_retail_takes_the_first_of_equally_frequent_names(raw: Path, out: Path) -> None:
    product = prepared_retail(raw, out).loc["85123A"]
    assert (product["name"], product.price) == ("ANCHOR", 8.0)
    regions = pd.read_parquet(out / "customers.parquet").set_index("customer_id").region
    assert regions.to_dict() == {"17850": "France", "12680": "France"}


def test_online_retail_as_of_a_date_knows_nothing_later(raw: Path, out: Path) -> None:
    product = prepared_retail(raw, out, "--as-of", "2011-11-05").loc["85123A"]
    assert (product["name"], product.price) == ("HEART", 3.0)
    assert len(pd.read_parquet(out / "purchases.parquet")) == 4


def write_iowa(raw: Path) -> None:
    header = ["Date", "Invoice/Item Number", "Store Number", "Item Number", "Bottles Sold",
              "Sale (Dollars)"]  # fmt: skip
    lines = [
        (pd.Timestamp("2020-03-02"), "INV-10000001", "0042", "100", 12, 30.0),
        (pd.Timestamp("2020-03-03"), "RINV-10000001", "0042", "999", -2, -5.0),
        (pd.Timestamp("2020-03-03"), "INV-20000001", "0042", "100", 0, 0.0),
        (pd.Timestamp("2020-03-03"), "INV-30000001", "0042", "100", 3, -1.0),
        (pd.Timestamp("2020-03-03"), "INV-1", "0042", "100", 3, 1.0),
        (pd.Timestamp("2020-03-03"), "INV-40000001", None, "100", 3, 1.0),
    ]
    pd.DataFrame(lines, columns=header).to_parquet(raw / "2020.parquet")
    product = ["GIN", "DRY GINS", "MAKER", "15.00", "10.00", "2021-01-01", "750", "12", "80"]
    columns = ["Item Description", "Category Name", "Vendor Name", "State Bottle Retail",
               "State Bottle Cost", "List Date", "Bottle Volume (ml)", "Pack", "Proof"]  # fmt: skip
    masters = [["100", *product], ["200", *product]]
    pd.DataFrame(masters, columns=["Item Number", *columns]).to_parquet(raw / "products.parquet")
    shop = ["A", "AMES", "50010", "42.0", "-93.6"]
    columns = ["Store Status", "City", "Zip Code", "latitude", "longitude"]
    shops = [[str(n), f"CASEY'S #{n} / AMES", *shop] for n in range(1, 5)]
    shops.append(["0042", "CASEY'S GENERAL STORE #5 / AMES", *shop])
    pd.DataFrame(shops, columns=["Store", "Name", *columns]).to_parquet(raw / "stores.parquet")


def test_iowa_keeps_returns_and_sets_aside_what_makes_no_line(raw: Path, out: Path) -> None:
    write_iowa(raw)
    assert run("iowa-liquor", raw, out).returncode == 0
    bought = pd.read_parquet(out / "purchases").set_index("order_id")
    assert bought.quantity.to_dict() == {"INV-100": 12, "RINV-100": -2}
    assert bought.unit_price.to_dict() == {"INV-100": 2.5, "RINV-100": 2.5}
    aside = pd.read_parquet(out / "set_aside.parquet")
    assert aside.reason.nunique() == len(aside) == 4


def test_iowa_masters_tell_nothing_that_was_known_only_later(raw: Path, out: Path) -> None:
    write_iowa(raw)
    assert run("iowa-liquor", raw, out).returncode == 0
    products = pd.read_parquet(out / "products.parquet").set_index("product_id")
    assert products.listed_at.isna().to_dict() == {"100": True, "200": False, "999": True}
    assert products.loc["999", "name"] == "999"
    customers = pd.read_parquet(out / "customers.parquet")
    assert customers.customer_id.to_list() == ["0042"]
    assert customers.segment.to_list() == ["CASEY'S"]
    assert "Store Status" not in customers


def test_iowa_removes_years_of_an_earlier_run_but_no_other_file(raw: Path, out: Path) -> None:
    write_iowa(raw)
    (out / "purchases").mkdir(parents=True)
    for name in ("2019.parquet", "mine.parquet"):
        pd.DataFrame({"a": [1]}).to_parquet(out / "purchases" / name)
    assert run("iowa-liquor", raw, out, "--years", "2020").returncode == 0
    left = sorted(file.name for file in (out / "purchases").iterdir())
    assert left == ["2020.parquet", "mine.parquet"]


def test_rows_that_get_lost_end_with_65(raw: Path) -> None:
    """Nothing the scripts read makes them lose rows, so the check itself is asked."""
    code = (
        "import argparse, sys, prepare_tables as t\n"
        "lose = lambda options: t.account({'read': 3}, {'purchases': 1, 'set aside': 1})\n"
        "sys.exit(t.run(lose, t.command_line(None)))"
    )
    command = [sys.executable, "-c", code, str(raw), str(raw / "out")]
    done = subprocess.run(command, cwd=DATASETS, capture_output=True, text=True, check=False)
    assert done.returncode == 65
    assert "3 rows read but 2 written" in done.stderr

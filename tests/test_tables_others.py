"""What reading products, customers and events gives."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender.config import load_config
from recommender.tables.tables import read_customers, read_events, read_products
from tests.malformed.shop import shop

PRODUCTS = "product_id,name,price,in_stock,listed_at,colour\n"


def test_products_have_their_types_and_keep_their_attributes(tmp_path: Path) -> None:
    rows = "P2,Ball ,9.5,nein,2024-01-31,red\nP1,,,,,\n"
    config = load_config(shop(tmp_path, "", products=PRODUCTS + rows))
    products, report = read_products(config)
    assert products["product_id"].tolist() == ["P1", "P2"]
    assert products["name"].tolist() == ["", "Ball"]
    assert products["brand"].tolist() == ["", ""]
    assert products["in_stock"].tolist() == [True, False]
    assert products["colour"].tolist() == ["", "red"]
    assert products.dtypes.astype(str).to_dict() == {
        **dict.fromkeys(["product_id", "name", "category", "brand", "colour"], "str"),
        **dict.fromkeys(["price", "cost"], "float64"),
        "in_stock": "bool",
        "listed_at": "datetime64[us, UTC]",
    }
    assert products["listed_at"][1] == pd.Timestamp("2024-01-31", tz="UTC")
    assert products["listed_at"].isna().tolist() == [True, False]
    assert report.kept == 2


def test_a_product_listed_twice_is_merged_or_rejected(tmp_path: Path) -> None:
    rows = "P1,Ball,1,,,\nP1,Ball,1,,,\nP1,Bat,1,,,\nP2,Bat,-1,maybe,,\nP3,Bat,1,maybe,,\n"
    config = load_config(shop(tmp_path, "", products=PRODUCTS + rows))
    products, report = read_products(config)
    assert products["name"].tolist() == ["Ball"]
    assert (report.read, report.kept, report.merged) == (5, 1, 1)
    assert report.rejected["reason"].tolist() == [
        "price is negative",
        "in_stock is neither yes nor no; write true or false",
        "product_id is there already with other values: products.csv:2",
    ]


def test_a_stock_is_read_as_whether_there_is_any(tmp_path: Path) -> None:
    rows = "P1,,,12,,\nP2,,,0,,\nP3,,,-3,,\nP4,,,2.5,,\nP5,,,,,\nP6,,,ja,,\n"
    config = load_config(shop(tmp_path, "", products=PRODUCTS + rows))
    products, report = read_products(config)
    assert products["in_stock"].tolist() == [True, False, False, True, True, True]
    assert "3 in_stock cells are numbers; more than 0 is read as yes" in report.warnings


def test_customers_keep_any_column_as_part_of_their_portrait(tmp_path: Path) -> None:
    content = "customer_id;line;Ort;name\n2;NA;Köln;B\n1;;Bonn;A\n"
    config = load_config(shop(tmp_path, "", customers=content))
    customers, _ = read_customers(config)
    assert customers.columns.tolist() == [
        *("customer_id", "name", "segment", "region", "rep", "parent_id"),
        *("line", "Ort"),
    ]
    assert customers["Ort"].tolist() == ["Bonn", "Köln"]
    assert customers["line"].tolist() == ["", "NA"]
    assert set(customers.dtypes.astype(str)) == {"str"}


def test_files_of_one_table_may_have_different_attributes(tmp_path: Path) -> None:
    path = shop(tmp_path, "", customers="")
    (tmp_path / "customers.csv").unlink()
    (tmp_path / "customers.csv").mkdir()
    (tmp_path / "customers.csv" / "a.csv").write_text("customer_id,size\nC1,9\n")
    pq.write_table(
        pa.table({"town": ["Bonn"], "customer_id": [2]}), tmp_path / "customers.csv" / "b.parquet"
    )
    customers, report = read_customers(load_config(path))
    assert customers[["customer_id", "size", "town"]].to_numpy().tolist() == [
        ["2", "", "Bonn"],
        ["C1", "9", ""],
    ]
    assert report.files == ("customers.csv/a.csv", "customers.csv/b.parquet")


@pytest.mark.parametrize("content", ["customer_id,name\n", "customer_id\n"])
def test_a_table_of_a_header_only_is_empty_and_has_its_columns(
    content: str, tmp_path: Path
) -> None:
    customers, report = read_customers(load_config(shop(tmp_path, "", customers=content)))
    assert list(customers.columns[:2]) == ["customer_id", "name"]
    assert (len(customers), report.read) == (0, 0)
    products, _ = read_products(load_config(shop(tmp_path, "", products=PRODUCTS)))
    assert str(products["listed_at"].dtype) == "datetime64[us, UTC]"
    assert str(products["in_stock"].dtype) == "bool"


def test_events_are_views_carts_or_quotes(tmp_path: Path) -> None:
    rows = "C2,P,View,2024-01-01\nC1,P,cart,2024-01-01\nC1,P,wish,2024-01-01\n,P,cart,2024-01-01\n"
    content = f"customer_id,product_id,event,happened_at\n{rows}"
    events, report = read_events(load_config(shop(tmp_path, "", events=content)))
    assert events["event"].tolist() == ["cart", "view"]
    assert str(events["happened_at"].dtype) == "datetime64[us, UTC]"
    assert report.rejected["column"].tolist() == ["event", "customer_id"]
    assert any("1 event cells" in w for w in report.warnings)


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("product_id,price,in_stock", ("in_stock", "price")),
        ("product_id,price", ("price",)),
        ("product_id,name", ()),
    ],
)
def test_the_report_says_what_the_catalogue_speaks_of_and_when_it_was_written(
    tmp_path: Path, heading: str, columns: tuple[str, ...]
) -> None:
    written_at = datetime(2026, 11, 23, 22, tzinfo=UTC)
    row = ",".join("1" for _ in heading.split(","))
    config = load_config(shop(tmp_path, "", products=f"{heading}\n{row}\n"))
    file = next(tmp_path.rglob("products.csv"))
    os.utime(file, (0, written_at.timestamp()))
    _, report = read_products(config)
    assert (report.columns, report.written_at) == (columns, written_at)
    ahead = datetime.now(UTC).timestamp() + 1e6
    os.utime(file, (0, ahead))
    _, report = read_products(config)
    assert report.written_at is not None
    assert report.written_at <= datetime.now(UTC), "a clock ahead outdates nothing still to come"

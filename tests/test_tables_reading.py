"""What reading a table gives."""

from __future__ import annotations

import datetime
import hashlib
import sqlite3
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recommender.config import load_config
from recommender.errors import BadDataError, ConfigError
from recommender.tables.channels import MOST_CHANNELS
from recommender.tables.report import TableReport
from recommender.tables.tables import (
    Tables,
    read_products,
    read_purchases,
    read_tables,
)
from tests.malformed.shop import HEAD, bought, read, shop


def parquet(folder: Path, settings: str = "", **columns: object) -> Tables:
    pq.write_table(pa.table(columns), folder / "purchases.parquet")
    path = folder / "recommender.toml"
    path.write_text(f'[purchases]\nsource = "purchases.parquet"\n{settings}', encoding="utf-8")
    return read_tables(load_config(path))


def test_ids_stay_the_text_they_are(tmp_path: Path) -> None:
    ids = ["00123", "1e5", "NA", "None", "TRUE", "null", "Ünal", "−1"]
    purchases, _ = bought(tmp_path, "".join(f"{i},{i},2024-01-01,1,1,\n" for i in ids))
    assert list(purchases.customers) == sorted(ids, key=str.encode)
    assert list(purchases.products) == sorted(ids, key=str.encode)


def test_blanks_around_ids_are_left_out_and_counted(tmp_path: Path) -> None:
    purchases, report = bought(tmp_path, " C1,P1,2024-01-01,1,1,\nC1 ,P1,2024-01-02,1,1,\n")
    assert list(purchases.customers) == ["C1"]
    assert any("2 customer_id cells had blanks" in w for w in report.warnings)


def test_a_channel_is_read_where_a_purchase_names_one(tmp_path: Path) -> None:
    tables = parquet(
        tmp_path,
        customer_id=["C1"] * 4,
        product_id=["P1"] * 4,
        purchased_at=["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-03"],
        order_id=["O1", "O2", "O3", "O3"],
        channel=[" web ", None, "phone", "phone"],
    )
    purchases, report = tables.purchases, tables.reports[0]
    assert purchases.channels is not None
    assert list(purchases.channels.names) == ["phone", "web"]
    assert purchases.channels.numbers.tolist() == [1, -1, 0]
    assert report.merged == 1
    assert "channel: 2 different ones, known of 67% of lines" in report.notes
    later = purchases.since(purchases.last_at)
    assert later.channels is not None
    assert later.channels.numbers.tolist() == [0]


@pytest.mark.parametrize(("different", "is_kept"), [(MOST_CHANNELS, True), (51, False)])
def test_a_column_that_holds_something_else_is_no_channel(
    tmp_path: Path, different: int, is_kept: bool
) -> None:
    ids = [f"C{number}" for number in range(different)]
    moments = ["2024-01-01"] * different
    tables = parquet(
        tmp_path,
        customer_id=ids,
        product_id=ids,
        purchased_at=moments,
        channel=[f"way of {key}" for key in ids],
    )
    assert (tables.purchases.channels is not None) == is_kept
    (note,) = (n for n in tables.reports[0].notes if n.startswith("channel: "))
    assert ("are no ways to order" in note) != is_kept
    assert "way of" not in note


def test_without_a_column_of_channels_none_are_kept(tmp_path: Path) -> None:
    purchases, _ = bought(tmp_path, "C1,P1,2024-01-01,1,1,\n")
    assert purchases.channels is None


def test_purchases_come_in_canonical_order(tmp_path: Path) -> None:
    purchases, _ = bought(
        tmp_path, "C2,P1,2024-01-01,1,1,O1\nC1,P2,2024-01-02,1,,O2\nC1,P1,2024-01-03,-2,1,\n"
    )
    assert purchases.customer_rows.tolist() == [0, 0, 1]
    assert purchases.product_columns.tolist() == [0, 1, 0]
    assert purchases.quantity.tolist() == [-2, 1, 1]
    assert purchases.orders.tolist() == [-1, 1, 0]
    assert np.isnan(purchases.unit_price).tolist() == [False, True, False]
    assert purchases.customer_rows.dtype == purchases.orders.dtype == np.int32


def test_only_equal_lines_of_one_order_are_merged(tmp_path: Path) -> None:
    line = "C1,P1,2024-01-01,1,{price},{order}\n"
    purchases, report = bought(
        tmp_path,
        line.format(price=1, order="O1") * 3
        + line.format(price="", order="O2") * 2
        + line.format(price=1, order="") * 2
        + line.format(price=2, order="O1"),
    )
    assert report.merged == 3
    assert len(purchases) == 5


def test_a_rejected_row_keeps_line_column_value_and_reason(tmp_path: Path) -> None:
    lines = 'C1,"P\n1",2024-01-01,1,1,\nC1,P1,2024-01-01,a lot,-1,\n'
    _, report = bought(tmp_path, f"{lines}C1,P1,2024-01-01,1,1,\n", "max_rejected = 1.0")
    assert report.rejected.to_dict("records") == [
        {
            "file": "purchases.csv",
            "line": 2,
            "column": "product_id",
            "value": "P\n1",
            "reason": "product_id holds a control character",
        },
        {
            "file": "purchases.csv",
            "line": 4,
            "column": "quantity",
            "value": "a lot",
            "reason": "quantity is not a number",
        },
    ]


def test_values_of_rejected_rows_are_shortened(tmp_path: Path) -> None:
    lines = f"{'C' * 5000},P1,2024-01-01,1,1,\nC1,P1,2024-01-01,1,1,\n"
    _, report = bought(tmp_path, lines, "max_rejected = 1.0")
    assert report.rejected["value"].str.len().tolist() == [200]


def test_columns_that_are_absent_have_their_defaults(tmp_path: Path) -> None:
    purchases = read(tmp_path, "customer_id,product_id,purchased_at\nC,P,2024-01-01\n").purchases
    assert purchases.quantity.tolist() == [1]
    assert np.isnan(purchases.unit_price).all()
    assert purchases.orders.tolist() == [-1]


def test_the_decimal_mark_is_decided_by_what_allows_only_one(tmp_path: Path) -> None:
    lines = 'C,P,2024-01-01,"1.234","2,5",\nC,P,2024-01-02,"1,5","1.003,25",\n'
    purchases, report = bought(tmp_path, lines)
    assert purchases.quantity.tolist() == [1234, 1.5]
    assert purchases.unit_price.tolist() == [2.5, 1003.25]
    assert any("unit_price: decimal mark ','" in note for note in report.notes)


def test_a_number_of_two_readings_asks_for_the_decimal_mark(tmp_path: Path) -> None:
    _, report = bought(
        tmp_path, 'C,P,2024-01-01,"1,234",1,\nC,P,2024-01-01,2,1,\n', "max_rejected = 1.0"
    )
    assert "set [purchases] decimal" in report.rejected["reason"][0]


def test_as_of_leaves_out_what_came_later(tmp_path: Path) -> None:
    events = "customer_id,product_id,event,happened_at\nC,P,view,2024-01-01\nC,P,view,2024-03-01\n"
    lines = "C1,P1,2024-01-31,1,1,\nC2,P2,2024-02-01,1,1,\n"
    config = load_config(shop(tmp_path, HEAD + lines, events=events))
    tables = read_tables(config, as_of=datetime.datetime(2024, 2, 1, tzinfo=datetime.UTC))
    assert list(tables.purchases.customers) == ["C1"]
    assert [(r.read, r.kept, r.left_out) for r in tables.reports] == [(2, 1, 1), (2, 1, 1)]
    with pytest.raises(BadDataError, match="2 lie at or after --as-of"):
        read_tables(config, as_of=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC))


def test_the_report_names_the_bytes_that_were_read(tmp_path: Path) -> None:
    _, report = bought(tmp_path, "C1,P1,2024-01-31,1,1,\n")
    assert report.sha256 == hashlib.sha256((tmp_path / "purchases.csv").read_bytes()).hexdigest()
    assert report.files == ("purchases.csv",)


def test_progress_is_told_now_and_then(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    config = load_config(shop(tmp_path, HEAD + "C1,P1,2024-01-31,1,1,\n" * 3))
    read_tables(config, progress=lambda table, rows: told.append((table, rows)))
    assert told == [("purchases", 3)]


def test_cp1252_is_read_and_told(tmp_path: Path) -> None:
    config = load_config(shop(tmp_path, ""))
    (tmp_path / "purchases.csv").write_bytes(f"{HEAD}Müller,P,2024-01-01,1,1,\n".encode("cp1252"))
    purchases, report = read_purchases(config)
    assert list(purchases.customers) == ["Müller"]
    assert any("cp1252" in note and "encoding" in note for note in report.notes)


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    tables = parquet(
        tmp_path,
        customer_id=pa.array([7, 8]),
        product_id=pa.array([123.0, 4.5]),
        purchased_at=pa.array([datetime.date(2024, 1, 31)] * 2),
        quantity=pa.array([Decimal("2.50"), Decimal("1.00")]),
        unit_price=pa.array([1.5, None]),
        order_id=pa.array(["O1", "O1"]).dictionary_encode(),
    )
    assert list(tables.purchases.customers) == ["7", "8"]
    assert list(tables.purchases.products) == ["123", "4.5"]
    assert tables.purchases.quantity.tolist() == [2.5, 1]
    assert tables.purchases.purchased_at.tolist() == [1_706_659_200] * 2
    assert any("123.0 is read as 123" in w for w in tables.reports[0].warnings)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize(("zone", "moment"), [(None, 1_706_697_000), ("UTC", 1_706_700_600)])
def test_parquet_times_have_a_zone_or_get_one(
    unit: str, zone: str | None, moment: int, tmp_path: Path
) -> None:
    clock = datetime.datetime(2024, 1, 31, 11, 30, tzinfo=datetime.UTC if zone else None)
    tables = parquet(
        tmp_path,
        'time_zone = "Europe/Berlin"',
        customer_id=["C"],
        product_id=["P"],
        purchased_at=pa.array([clock], pa.timestamp(unit, zone)),
    )
    assert tables.purchases.purchased_at.tolist() == [moment]


def test_excel_ids_are_what_the_cells_show(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Sales")
    moment = datetime.datetime(2024, 1, 31, 12, 30)
    book["Sales"].append(["customer_id", "product_id", "purchased_at", "quantity"])
    for key in (123.0, "00123", True, 1.5):
        book["Sales"].append([key, 7, moment, 1])
    book.save(tmp_path / "p.xlsx")
    path = tmp_path / "recommender.toml"
    path.write_text('[purchases]\nsource = "p.xlsx"\nsheet = "Sales"', encoding="utf-8")
    purchases = read_tables(load_config(path)).purchases
    assert list(purchases.customers) == ["00123", "1.5", "123", "TRUE"]
    assert list(purchases.products) == ["7"]
    assert set(purchases.purchased_at) == {1_706_704_200}


def test_a_formula_without_a_result_says_how_to_mend_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["customer_id", "product_id", "purchased_at", "quantity"])
    book.active.append(["C", "P", "2024-01-31", "=1+1"])
    book.active.append(["C", "P", "2024-01-31", 1])
    book.save(tmp_path / "p.xlsx")
    path = tmp_path / "recommender.toml"
    path.write_text('[purchases]\nsource = "p.xlsx"\nmax_rejected = 1.0', encoding="utf-8")
    rejected = read_tables(load_config(path)).reports[0].rejected
    assert rejected["line"].tolist() == [2]
    assert "open the file in Excel, save it" in rejected["reason"][0]


def test_a_query_is_read_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("create table sales (c text, p integer, t text, q real)")
        database.execute("insert into sales values ('00:1%', 7, '2024-01-31 12:30', 2.5)")
    database.close()
    monkeypatch.setenv("SHOP_DB", "sqlite:///shop.db")
    path = tmp_path / "recommender.toml"
    path.write_text(
        '[purchases]\nurl = "env:SHOP_DB"\n'
        'query = "select c as customer_id, p as product_id, t as purchased_at, q as quantity'
        " from sales where c like '%:1\\\\%' escape '\\\\'\"",
        encoding="utf-8",
    )
    tables = read_tables(load_config(path))
    assert list(tables.purchases.customers) == ["00:1%"]
    assert list(tables.purchases.products) == ["7"]
    assert tables.purchases.quantity.tolist() == [2.5]
    assert tables.reports[0].files == ("query",)


def test_all_that_is_wrong_with_the_config_is_told_before_anything_is_read(tmp_path: Path) -> None:
    path = shop(tmp_path, "not read", events="")
    (tmp_path / "events.csv").unlink()
    with pytest.raises(ConfigError, match=r"\[events\] source = 'events.csv'"):
        read_tables(load_config(path))
    with pytest.raises(ConfigError, match=r"\[products\] is not in the config"):
        read_products(load_config(path))


def test_a_report_that_does_not_add_up_cannot_be_built(tmp_path: Path) -> None:
    _, report = bought(tmp_path, "C1,P1,2024-01-31,1,1,\n")
    with pytest.raises(ValueError, match="2 rows read, but 1 kept"):
        TableReport("purchases", (), "", 2, 1, 0, report.rejected)

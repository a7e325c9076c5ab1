"""What ERP programs and spreadsheets do to a table, and how it is read all the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from recommender.config import load_config
from recommender.errors import BadDataError
from recommender.tables.report import TableReport
from recommender.tables.tables import read_purchases
from tests.malformed.shop import bought, read


def test_titles_above_the_header_are_left_out_and_told(tmp_path: Path) -> None:
    titles = "Umsatzliste\n\nStand: 31.01.2024,,\n"
    tables = read(tmp_path, f"{titles}customer_id,product_id,purchased_at\nC,P,2024-01-01\n")
    assert (tables.reports[0].kept, tables.reports[0].read) == (1, 1)
    assert any("found in row 4; the 2 rows above it" in n for n in tables.reports[0].notes)


def test_the_separator_is_found_below_a_title(tmp_path: Path) -> None:
    lines = "Umsatz, Wien\ncustomer_id;product_id;purchased_at\nC;P;2024-01-01\n"
    assert read(tmp_path, lines).reports[0].kept == 1


def sheets(folder: Path, **cells: list[list[str]]) -> TableReport:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in cells.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(folder / "p.xlsx")
    path = folder / "recommender.toml"
    path.write_text('[purchases]\nsource = "p.xlsx"', encoding="utf-8")
    return read_purchases(load_config(path))[1]


def test_the_sheet_that_has_the_columns_is_read(tmp_path: Path) -> None:
    header = ["customer_id", "product_id", "purchased_at"]
    report = sheets(tmp_path, Info=[["a title"]], Sales=[header, ["C", "P", "2024-01-31"]])
    assert report.kept == 1
    assert "p.xlsx: of 2 sheets 'Sales' is read" in report.notes


def test_a_sheet_without_the_columns_is_named_with_the_row_that_was_read(tmp_path: Path) -> None:
    with pytest.raises(BadDataError) as caught:
        sheets(tmp_path, Info=[["a title"], ["customer_id", "product_id"]])
    assert str(caught.value).startswith("p.xlsx, sheet 'Info', row 2: no column for purchased_at;")
    assert "separator" not in str(caught.value)
    assert "?." not in str(caught.value)


def test_a_column_without_evidence_takes_the_mark_of_the_others(tmp_path: Path) -> None:
    purchases, report = bought(tmp_path, 'C,P,2024-01-01,2.500,"46,78",\n')
    assert purchases.quantity.tolist() == [2500]
    assert "quantity: decimal mark ',', as in unit_price" in report.notes


@pytest.mark.parametrize(
    "written", ["46,78 €", "€46,78", "EUR 46,78", "46,78 CHF", "$ 46,78", "46,78eur"]
)
def test_a_currency_beside_a_number_is_left_out_and_counted(written: str, tmp_path: Path) -> None:
    purchases, report = bought(tmp_path, f'C,P,2024-01-01,1,"{written}",\n')
    assert purchases.unit_price.tolist() == [46.78]
    told = f"1 unit_price cells name a currency, which is left out, such as {written!r}"
    assert told in report.warnings


@pytest.mark.parametrize("written", ["EUR", "€ €", "5 USD 5", "EUR5EUR", "-", "5--"])
def test_a_currency_without_its_number_is_none(written: str, tmp_path: Path) -> None:
    lines = f"C,P,2024-01-01,1,{written},\nC,P,2024-01-02,1,1,\n"
    _, report = bought(tmp_path, lines, "max_rejected = 1.0")
    assert report.rejected["value"].tolist() == [written]


def test_a_minus_after_its_number_is_read_as_negative_and_counted(tmp_path: Path) -> None:
    purchases, report = bought(tmp_path, 'C,P,2024-01-01,5-,1,\nC,Q,2024-01-01,"1.234,5 -",1,\n')
    assert purchases.quantity.tolist() == [-5, -1234.5]
    assert any("2 quantity cells end in a minus" in w for w in report.warnings)


def test_a_price_that_the_spreadsheet_did_not_know_is_unknown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["customer_id", "product_id", "purchased_at", "unit_price"])
    for price in ("#N/A", "#NV", 2.5):
        book.active.append(["C", "P", "2024-01-31", price])
    book.save(tmp_path / "p.xlsx")
    path = tmp_path / "recommender.toml"
    path.write_text('[purchases]\nsource = "p.xlsx"', encoding="utf-8")
    purchases, report = read_purchases(load_config(path))
    assert np.isnan(purchases.unit_price).tolist() == [False, True, True]
    assert any("2 unit_price cells say that there is no value" in w for w in report.warnings)

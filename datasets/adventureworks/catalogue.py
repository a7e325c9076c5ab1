"""The products table: what is for sale, with the codes spelled out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from prepare_tables import as_numbers, read_parquet

COLUMNS = [
    "ProductID",
    "Name",
    "FinishedGoodsFlag",
    "Color",
    "Size",
    "ListPrice",
    "StandardCost",
    "ProductLine",
    "Class",
    "Style",
    "ProductSubcategoryID",
    "SellStartDate",
]
LINES = {"R": "road", "M": "mountain", "T": "touring", "S": "standard"}
CLASSES = {"H": "high", "M": "medium", "L": "low"}
STYLES = {"W": "women", "M": "men", "U": "universal"}


def read_products(raw: Path) -> pd.DataFrame:
    """Every product of the company, with its category and subcategory."""
    rows = read_parquet(raw / "Production.Product.parquet", COLUMNS)
    return rows.join(_categories(raw), on="ProductSubcategoryID")


def _categories(raw: Path) -> pd.DataFrame:
    categories = read_parquet(
        raw / "Production.ProductCategory.parquet", ["ProductCategoryID", "Name"]
    ).set_index("ProductCategoryID")
    subcategories = read_parquet(
        raw / "Production.ProductSubcategory.parquet",
        ["ProductSubcategoryID", "ProductCategoryID", "Name"],
    ).set_index("ProductSubcategoryID")
    return pd.DataFrame(
        {
            "category": subcategories.ProductCategoryID.map(categories["Name"]),
            "subcategory": subcategories["Name"],
        }
    )


def products(rows: pd.DataFrame, file: Path) -> pd.DataFrame:
    """The products for sale, prices and costs in USD."""
    sold = rows[rows.FinishedGoodsFlag]
    return pd.DataFrame(
        {
            "product_id": sold.ProductID.astype("str"),
            "name": sold["Name"],
            "category": sold.category,
            "price": as_numbers(sold.ListPrice, file).astype("float64"),
            "cost": as_numbers(sold.StandardCost, file).astype("float64"),
            "listed_at": sold.SellStartDate,
            "subcategory": sold.subcategory,
            "color": sold.Color,
            "size": sold.Size,
            "line": _spelled_out(sold.ProductLine, LINES),
            "class": _spelled_out(sold.Class, CLASSES),
            "style": _spelled_out(sold.Style, STYLES),
        }
    )


def _spelled_out(codes: pd.Series, words: dict[str, str]) -> pd.Series:
    """Codes are padded with blanks to a fixed width; an unknown one stays as it is."""
    return codes.str.strip().replace(words)

"""The products and customers tables, from the State's masters of November 2022."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from chains import INDEPENDENT, chains
from prepare_tables import as_numbers, read_parquet

PRODUCT_COLUMNS = {
    "Item Number": "product_id",
    "Item Description": "name",
    "Category Name": "category",
    "Vendor Name": "brand",
    "State Bottle Retail": "price",
    "State Bottle Cost": "cost",
    "List Date": "listed_at",
    "Bottle Volume (ml)": "volume_ml",
    "Pack": "pack",
    "Proof": "proof",
}
MONEY = ["price", "cost"]
WHOLE = ["volume_ml", "pack", "proof"]
# `Store Status` and `Report Date` are known only later than the sales, so they are not read.
SHOP_COLUMNS = ["Store", "Name", "City", "Zip Code", "latitude", "longitude"]


def read_products(path: Path) -> pd.DataFrame:
    master = read_parquet(path, list(PRODUCT_COLUMNS)).rename(columns=PRODUCT_COLUMNS)
    for column in MONEY + WHOLE:
        master[column] = as_numbers(master[column], path)
    # Whole numbers stay whole beside the empty cells of products the master does not know.
    master[WHOLE] = master[WHOLE].convert_dtypes()
    master["listed_at"] = pd.to_datetime(master.listed_at)
    return master


def products(master: pd.DataFrame, first_sale: pd.Series) -> pd.DataFrame:
    """The master without misleading list dates, and a row for each product sold but not in it."""
    honest = master.assign(listed_at=master.listed_at.mask(listed_again(master, first_sale)))
    unknown = absent(first_sale, master.product_id)
    return pd.concat([honest, pd.DataFrame({"product_id": unknown, "name": unknown})])


def listed_again(master: pd.DataFrame, first_sale: pd.Series) -> pd.Series:
    """A list date after the first sale is of a later listing: the product was there before."""
    return master.listed_at > master.product_id.map(first_sale)


def absent(first_sale: pd.Series, known_ids: pd.Series) -> list[str]:
    return sorted(set(first_sale.index) - set(known_ids))


def read_shops(path: Path) -> pd.DataFrame:
    shops = read_parquet(path, SHOP_COLUMNS)
    return pd.DataFrame(
        {
            "customer_id": shops["Store"],
            "name": shops["Name"],
            "segment": chains(shops),
            "region": shops["City"],
            "zip": shops["Zip Code"],
            "latitude": as_numbers(shops["latitude"], path),
            "longitude": as_numbers(shops["longitude"], path),
        }
    )


def customers(shops: pd.DataFrame, first_sale: pd.Series) -> pd.DataFrame:
    """The shops that bought, and a row for each that bought but is not in the master."""
    unknown = absent(first_sale, shops.customer_id)
    rows = pd.DataFrame({"customer_id": unknown, "name": unknown, "segment": INDEPENDENT})
    return pd.concat([shops[shops.customer_id.isin(first_sale.index)], rows])

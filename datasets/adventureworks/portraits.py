"""The two customers tables: stores with their survey as portrait, and people on line."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
from prepare_tables import UnreadableFileError, read_csv, read_parquet

SURVEY = {
    "AnnualSales": "annual_sales",
    "AnnualRevenue": "annual_revenue",
    "BankName": "bank_name",
    "BusinessType": "segment",
    "YearOpened": "year_opened",
    "Specialty": "specialty",
    "SquareFeet": "square_feet",
    "Brands": "brands",
    "Internet": "internet",
    "NumberEmployees": "number_employees",
}
NUMBERS = ["annual_sales", "annual_revenue", "year_opened", "square_feet", "number_employees"]
BUSINESS_TYPES = {
    "BM": "bicycle manufacturer",
    "BS": "bicycle store",
    "D": "discount store",
    "OS": "online store",
    "SGS": "sporting goods store",
}
"""As the comment in the survey's XML schema explains the codes."""
BRANDS = {"AW": "Adventure Works only"}


def portraits(surveys: pd.Series, file: Path) -> pd.DataFrame:
    """Per store the answers of its survey, money in USD a year."""
    rows = [_answers(store, xml, file) for store, xml in surveys.items()]
    frame = pd.DataFrame(rows, columns=list(SURVEY), index=surveys.index, dtype="str")
    frame = frame.rename(columns=SURVEY)
    frame[NUMBERS] = frame[NUMBERS].apply(pd.to_numeric)
    return frame.assign(
        segment=frame.segment.replace(BUSINESS_TYPES), brands=frame.brands.replace(BRANDS)
    )


def _answers(store: Hashable, xml: str, file: Path) -> dict[str, str | None]:
    try:
        # Our own raw file, named on the command line; the parser loads nothing from outside.
        survey = ElementTree.fromstring(xml)  # noqa: S314
    except ElementTree.ParseError as error:
        raise UnreadableFileError(f"{file}: Demographics of store {store}: {error}") from error
    return {answer.tag.rpartition("}")[2]: answer.text for answer in survey}


def store_customers(raw: Path) -> pd.DataFrame:
    file = raw / "Sales.Store.parquet"
    columns = ["BusinessEntityID", "Name", "SalesPersonID", "Demographics"]
    stores = read_parquet(file, columns).set_index("BusinessEntityID")
    portrait = portraits(stores.Demographics, file)
    frame = pd.DataFrame(
        {
            "customer_id": stores.index.astype("str"),
            "name": stores["Name"],
            "segment": portrait.pop("segment"),
            "region": _store_territories(raw).reindex(stores.index),
            "rep": stores.SalesPersonID.map(_sales_people(raw)),
        }
    )
    return frame.join(_towns(raw)).join(portrait)


def _sales_people(raw: Path) -> pd.Series:
    people = read_csv(raw / "vSalesPerson.csv", ["BusinessEntityID", "FirstName", "LastName"])
    names = people.FirstName + " " + people.LastName
    return names.set_axis(people.BusinessEntityID.astype("int64"))


def _towns(raw: Path) -> pd.DataFrame:
    columns = {
        "City": "city",
        "StateProvinceName": "state",
        "CountryRegionName": "country",
    }
    file = raw / "vStoreWithAddresses.csv"
    rows = read_csv(file, ["BusinessEntityID", "AddressType", *columns])
    offices = rows[rows.AddressType == "Main Office"]
    index = offices.BusinessEntityID.astype("int64")
    return offices[list(columns)].rename(columns=columns).set_index(index)


def _store_territories(raw: Path) -> pd.Series:
    customers = read_parquet(raw / "Sales.Customer.parquet", ["StoreID", "TerritoryID"])
    of_store = customers.dropna().drop_duplicates("StoreID").astype("int64")
    return of_store.set_index("StoreID").TerritoryID.map(territories(raw).region)


def territories(raw: Path) -> pd.DataFrame:
    """Per TerritoryID its region, country and part of the world, as names."""
    rows = read_parquet(
        raw / "Sales.SalesTerritory.parquet", ["TerritoryID", "Name", "CountryRegionCode", "Group"]
    ).set_index("TerritoryID")
    countries = read_parquet(
        raw / "Person.CountryRegion.parquet", ["CountryRegionCode", "Name"]
    ).set_index("CountryRegionCode")
    return pd.DataFrame(
        {
            "region": rows["Name"],
            "country": rows.CountryRegionCode.map(countries["Name"]),
            "territory_group": rows.Group,
        }
    )


def web_customers(raw: Path) -> pd.DataFrame:
    columns = ["CustomerID", "StoreID", "TerritoryID"]
    customers = read_parquet(raw / "Sales.Customer.parquet", columns)
    people = customers[customers.StoreID.isna()].set_index("TerritoryID")
    ids = pd.DataFrame({"customer_id": people.CustomerID.astype("str")})
    return ids.join(territories(raw))

"""The sample data is what its generator writes, and holds what its README says."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from recommender.config import load_config

SAMPLE = Path(__file__).resolve().parents[1] / "datasets" / "sample"
TABLES = ("products", "customers", "purchases", "events")
Table = npt.NDArray[np.float64]
LAST = pd.Timestamp("2026-11-15")


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(SAMPLE / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def products() -> pd.DataFrame:
    return table("products")


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    return table("customers")


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    return table("purchases")


@pytest.fixture(scope="module")
def purchases(raw: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The readable rows with numbers, times, and the product's name, brand and category."""
    rows = raw.assign(
        quantity=pd.to_numeric(raw["quantity"], errors="coerce"),
        purchased_at=pd.to_datetime(raw["purchased_at"], errors="coerce"),
    ).dropna()
    known = rows[(rows["customer_id"] != "") & (rows["product_id"] != "")]
    return known.merge(products, on="product_id", validate="many_to_one")


@pytest.fixture(scope="module")
def machines(purchases: pd.DataFrame) -> pd.Series:
    """The days on which each customer bought a band saw sharpening machine."""
    bought = purchases[purchases["name"].str.contains(r"\w+ band saw sharpening machine BS")]
    bought = bought[bought["quantity"] > 0].sort_values("purchased_at")
    return bought.groupby("customer_id")["purchased_at"].agg(list)


def test_the_files_are_exactly_what_the_generator_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SAMPLE / "generate.py", tmp_path], check=True)
    for name in TABLES:
        written, kept = ((d / f"{name}.csv").read_bytes() for d in (tmp_path, SAMPLE))
        assert written == kept, f"{name}.csv: run datasets/sample/generate.py and commit the result"


def test_the_tables_have_the_sizes_the_readme_names(
    products: pd.DataFrame, customers: pd.DataFrame, raw: pd.DataFrame
) -> None:
    assert len(products) == 400
    assert len(customers) == 600
    assert 40_000 <= len(raw) <= 60_000
    assert 5_000 <= len(table("events")) <= 7_000
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    assert all(f"| `{name}.csv` | {len(table(name)):,} |" in readme for name in TABLES)
    assert sum(file.stat().st_size for file in SAMPLE.glob("*.*")) < 4_000_000


def test_the_config_names_the_four_tables() -> None:
    config = load_config(SAMPLE / "recommender.toml")
    sections = (config.products, config.customers, config.purchases, config.events)
    assert [s.source for s in sections if s] == [f"{name}.csv" for name in TABLES]


def test_ids_would_not_survive_being_read_as_numbers(
    products: pd.DataFrame, customers: pd.DataFrame
) -> None:
    assert customers["customer_id"].str.startswith("00").any()
    assert products["product_id"].str.fullmatch(r"05E\d+").any()
    assert customers["customer_id"].is_unique
    assert products["product_id"].is_unique
    assert products["name"].is_unique


def test_prospects_have_no_purchases(raw: pd.DataFrame, customers: pd.DataFrame) -> None:
    silent = set(customers["customer_id"]) - set(raw["customer_id"])
    assert len(silent) == 25


def test_a_handful_of_lines_cannot_be_read_and_two_came_twice(
    raw: pd.DataFrame, purchases: pd.DataFrame
) -> None:
    assert 0 < len(raw) - len(purchases) < 0.005 * len(raw)
    assert raw.duplicated().sum() == 2


def test_purchases_are_made_in_business_hours_up_to_the_last_day(purchases: pd.DataFrame) -> None:
    times = purchases["purchased_at"]
    assert times.min() >= pd.Timestamp("2024-11-16")
    assert times.max().normalize() == LAST
    assert times.dt.hour.between(7, 17).all()
    assert (times.dt.day_of_week >= 5).mean() < 0.06


def test_some_lines_come_back(purchases: pd.DataFrame) -> None:
    returned = purchases[purchases["quantity"] < 0]
    assert 0.01 < len(returned) / len(purchases) < 0.02
    assert 0.5 < returned["order_id"].str.startswith("R").mean() < 1


def test_every_category_offers_cheaper_and_dearer_brands(products: pd.DataFrame) -> None:
    prices = products.assign(price=products["price"].astype(float))
    by_brand = prices.groupby(["category", "brand"])["price"].median().groupby("category")
    assert 12 <= by_brand.ngroups <= 16
    assert (by_brand.max() > 1.25 * by_brand.min()).all()


def test_owners_of_a_sharpening_machine_buy_what_it_needs(
    purchases: pd.DataFrame, customers: pd.DataFrame
) -> None:
    wheels = purchases[purchases["name"].str.contains("profile grinding wheel for band saw")]
    mills = customers[(customers["segment"] == "sawmill") & (customers["equipment"] != "")]
    buys = mills["customer_id"].isin(wheels["customer_id"])
    owns = mills["equipment"].str.contains("band saw sharpener")
    assert buys[owns].mean() > 0.75
    assert buys[~owns].mean() < 0.1


def test_growing_sawmills_buy_a_second_sharpening_machine(machines: pd.Series) -> None:
    pairs = [days for days in machines if len(days) == 2]
    assert len(pairs) >= 25
    assert np.median([(second - first).days for first, second in pairs]) > 240


def test_the_readme_names_customers_for_whom_the_second_machine_is_due(
    machines: pd.Series, purchases: pd.DataFrame
) -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    once = [c for c, (first, *more) in machines.items() if not more and (LAST - first).days > 240]
    named = [c for c in once if f"`{c}`" in readme]
    wheels = purchases[purchases["name"].str.contains("profile grinding wheel for band saw")]
    recent = wheels[wheels["purchased_at"] > LAST - pd.Timedelta(days=182)]
    used = recent.groupby("customer_id")["quantity"].sum()
    assert len(named) >= 6
    assert used.loc[used.index.isin(named)].min() > used.median()


def test_one_brand_rises_and_one_falls(purchases: pd.DataFrame) -> None:
    late = purchases["purchased_at"] > LAST - pd.Timedelta(days=182)
    early = purchases["purchased_at"] < pd.Timestamp("2025-05-16")
    shares = [purchases.loc[half, "brand"].value_counts(normalize=True) for half in (early, late)]
    assert shares[1]["Grimmzahn"] > 1.5 * shares[0]["Grimmzahn"]
    assert shares[1]["Tannfels"] < 0.8 * shares[0]["Tannfels"]


def test_similar_customers_foresee_new_products_better_than_popularity(
    purchases: pd.DataFrame,
) -> None:
    earlier = purchases["purchased_at"] <= LAST - pd.Timedelta(days=28)
    had, has = owned(purchases[earlier], purchases), owned(purchases, purchases)
    new = np.where(had.any(axis=1, keepdims=True), has - had, 0)
    length = np.linalg.norm(had, axis=0) + 1e-9
    personal = found(had @ (had.T @ had / np.outer(length, length)), had, new)
    assert personal > 1.5 * found(np.tile(had.sum(axis=0), (len(had), 1)), had, new)
    assert personal < 0.6


def owned(rows: pd.DataFrame, every: pd.DataFrame) -> Table:
    """Customers by products: 1 where the rows hold a purchase, in the shape of all of them."""
    customers, products = sorted(set(every["customer_id"])), sorted(set(every["product_id"]))
    table = np.zeros((len(customers), len(products)))
    at = np.searchsorted(customers, rows["customer_id"].to_numpy(dtype=str))
    table[at, np.searchsorted(products, rows["product_id"].to_numpy(dtype=str))] = 1.0
    return table


def found(scores: Table, had: Table, new: Table) -> float:
    """Share of the newly bought products among each customer's first 20 not yet bought."""
    top = np.argsort(np.where(had > 0, np.inf, -scores), axis=1, kind="stable")[:, :20]
    return float(np.take_along_axis(new, top, axis=1).sum() / new.sum())

"""The products of a release: the catalogue, and what was sold but has left it."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.models.models import Models
from recommender.models.spending import spend_of_buyers, usual_prices
from recommender.release.attributes import Attributes
from recommender.release.contents import Products
from recommender.text import Ids, TextColumn

TEXTS = ("name", "category", "brand")
NAMED = frozenset({"product_id", *TEXTS, "price", "cost", "in_stock", "listed_at"})


def product_columns(models: Models, table: pd.DataFrame | None) -> Products:
    """Without a products table everything sold is in the catalogue, at its usual price."""
    ids = models.matrix.products
    known = _known(models, table)
    aligned = _aligned(ids, table)
    price = aligned["price"].to_numpy(np.float64)
    paid = usual_prices(models.netted, models.now)
    return Products(
        ids=ids,
        name=TextColumn.of(aligned["name"]),
        category=TextColumn.of(aligned["category"]),
        brand=TextColumn.of(aligned["brand"]),
        category_number=_numbered(aligned["category"]),
        price=np.where(np.isfinite(price), price, paid),
        in_stock=aligned["in_stock"].to_numpy(bool),
        in_catalogue=known,
        spend=spend_of_buyers(models.netted, models.now),
        buyers=models.popularity.buyers.astype(np.int32),
        recent_buyers=models.popularity.recent_buyers.astype(np.int32),
    )


def attribute_columns(ids: Ids, table: pd.DataFrame | None) -> Attributes:
    """Every column without a name of its own; cells without a value are left out."""
    if table is None:
        return Attributes(TextColumn.of([""] * len(ids)))
    names = [column for column in table.columns if column not in NAMED]
    aligned = table.set_index("product_id")[names].reindex(list(ids)).fillna("")
    rows = zip(*(aligned[name] for name in names), strict=True) if names else [()] * len(ids)
    said = [{name: value for name, value in zip(names, row, strict=True) if value} for row in rows]
    texts = (json.dumps(values, ensure_ascii=False) if values else "" for values in said)
    return Attributes(TextColumn.of(texts))


def category_numbers(ids: Ids, table: pd.DataFrame | None) -> npt.NDArray[np.int32]:
    """(products,) as in `product_columns`, -1 where none is known."""
    return _numbered(_aligned(ids, table)["category"])


def costs_of(ids: Ids, table: pd.DataFrame | None) -> npt.NDArray[np.float64]:
    """(products,) of one unit, NaN where not known."""
    if table is None or "cost" not in table:
        return np.full(len(ids), np.nan)
    return np.asarray(table.set_index("product_id")["cost"].reindex(list(ids)), np.float64)


def _known(models: Models, table: pd.DataFrame | None) -> npt.NDArray[np.bool_]:
    ids = models.matrix.products
    if table is None:
        return np.ones(len(ids), bool)
    listed = set(table["product_id"])
    return np.array([product_id in listed for product_id in ids], bool)


def _aligned(ids: Ids, table: pd.DataFrame | None) -> pd.DataFrame:
    """One row an id, in the order of the ids; what the table lacks is unknown and in stock."""
    if table is None:
        table = pd.DataFrame({"product_id": pd.Series(dtype="str")})
    aligned = table.set_index("product_id").reindex(list(ids))
    for column in TEXTS:
        texts = aligned[column] if column in aligned else pd.Series("", aligned.index)
        aligned[column] = texts.fillna("")
    stock = aligned["in_stock"] if "in_stock" in aligned else pd.Series(True, aligned.index)
    aligned["in_stock"] = stock.astype("boolean").fillna(True).astype(bool)
    if "price" not in aligned:
        aligned["price"] = np.nan
    return aligned


def _numbered(categories: pd.Series) -> npt.NDArray[np.int32]:
    """Equal numbers for equal categories, in their order as text; -1 for none."""
    numbers = {name: n for n, name in enumerate(sorted(set(categories) - {""}))}
    return np.array([numbers.get(name, -1) for name in categories], np.int32)

"""Whether the numbers of a release make sense together; a hash cannot tell."""

from __future__ import annotations

import numpy as np

from recommender.release.columns import Array, flatten
from recommender.release.contents import Contents, Numbers, Starts
from recommender.text import Ids


def check_soundness(contents: Contents) -> None:
    """Raises ValueError that names the column at fault."""
    customers, products = len(contents.customers.ids), len(contents.products.ids)
    _ids_are_unique(contents.customers.ids, "customers.ids")
    _ids_are_unique(contents.products.ids, "products.ids")
    _columns_have_one_length(contents.customers, customers, "customers")
    _columns_have_one_length(contents.products, products, "products")
    for name, starts, numbers, rows in _ragged(contents, customers, products):
        _rows_are_whole(name, starts, numbers, rows)
        _points_inside(name, numbers, products, least=0)
    _points_inside("alike.peers", contents.alike.peers, customers, least=-1)
    _points_inside("fallback.popular", contents.fallback.popular, products, least=0)
    _shapes_fit(contents, customers, products)
    for name, array in flatten(contents):
        if array.dtype.kind == "f" and name not in _MAY_BE_UNKNOWN:
            _is_finite(name, array)


_MAY_BE_UNKNOWN = ("products.price", "products.spend")


def _ragged(c: Contents, customers: int, products: int) -> list[tuple[str, Starts, Numbers, int]]:
    return [
        ("bought", c.bought.starts, c.bought.products, customers),
        ("returned", c.returned.starts, c.returned.products, customers),
        ("candidates", c.candidates.starts, c.candidates.products, customers),
        ("also_bought", c.also_bought.starts, c.also_bought.products, products),
        (
            "fallback.segment",
            c.fallback.segment_starts,
            c.fallback.segment_products,
            len(c.fallback.segments),
        ),
    ]


def _ids_are_unique(ids: Ids, name: str) -> None:
    if not ids.is_sorted_and_unique():
        raise ValueError(f"{name}: not sorted or not unique")


def _columns_have_one_length(part: object, length: int, name: str) -> None:
    for column, values in vars(part).items():
        if len(values) != length:
            raise ValueError(f"{name}.{column}: {len(values)} values for {length} ids")


def _rows_are_whole(name: str, starts: Starts, numbers: Numbers, rows: int) -> None:
    if len(starts) != rows + 1 or starts[0] != 0 or starts[-1] != len(numbers):
        raise ValueError(f"{name}.starts: does not cut {len(numbers)} entries into {rows} rows")
    if (np.diff(starts) < 0).any():
        raise ValueError(f"{name}.starts: runs backwards")


def _points_inside(name: str, numbers: Numbers, size: int, *, least: int) -> None:
    if numbers.size and (numbers.min() < least or numbers.max() >= size):
        raise ValueError(f"{name}: {numbers.min()}..{numbers.max()} outside {least}..{size - 1}")


def _shapes_fit(contents: Contents, customers: int, products: int) -> None:
    model = contents.model
    found = (model.customer_factors.shape, model.product_factors.shape)
    factors = model.product_factors.shape[1]
    if found != ((customers, factors), (products, factors)):
        raise ValueError(f"model: factors of shape {found} for {customers} x {products}")
    if len(contents.alike.peers) != customers:
        raise ValueError(f"alike.peers: {len(contents.alike.peers)} rows for {customers} customers")


def _is_finite(name: str, array: Array) -> None:
    if not np.isfinite(array).all():
        raise ValueError(f"{name}: holds numbers that are not finite")

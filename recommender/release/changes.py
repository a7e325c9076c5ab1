"""A release with what was told of its products since the catalogue was written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags, Numbers
from recommender.release.manifest import Manifest
from recommender.release.opening import Release

CATALOGUE_COLUMNS = ("in_stock", "price")
"""Of what can be told, that which a products table may speak of too."""


@dataclass(frozen=True)
class ToldProduct:
    """The last word on one product; None where nothing was said."""

    product_id: str
    in_stock: bool | None = None
    in_stock_at: datetime | None = None
    price: float | None = None
    """In the currency of the release."""
    price_at: datetime | None = None
    active: bool | None = None
    """False: not offered to anyone. No table speaks of it, so it holds until it is taken back."""


@dataclass(frozen=True)
class CatalogueRead:
    """What a products table said of stock and price, and when it was written."""

    columns: frozenset[str] = frozenset()
    written_at: datetime | None = None

    @classmethod
    def of(cls, manifest: Manifest) -> CatalogueRead:
        """Releases of before it was noted down: all columns, as of the moment they were made."""
        table = manifest.data.get("products")
        if table is None:
            return cls()
        columns = table.get("columns", CATALOGUE_COLUMNS)
        written_at = table.get("written_at", manifest.created_at)
        return cls(frozenset(columns), datetime.fromisoformat(written_at))

    def outdates(self, column: str, told_at: datetime | None) -> bool:
        """Whether the catalogue was written after that was told, and speaks of it."""
        if column not in self.columns or self.written_at is None or told_at is None:
            return False
        return told_at < self.written_at


def changed(release: Release, told: Iterable[ToldProduct]) -> Release:
    """The release as its products are now; itself where nothing of what was told holds.

    May be asked again with what came since, whatever of it was told before. What the training
    learned from prices stays: chances, and what a customer spends. Products the release does not
    know are left out.
    """
    read, before = CatalogueRead.of(release.manifest), release.products
    price, in_stock, is_inactive = before.price.copy(), before.in_stock.copy(), _inactive(release)
    holds = False
    for product in told:
        column = release.catalogue.columns.get(product.product_id)
        if column is None:
            continue
        if product.price is not None and not read.outdates("price", product.price_at):
            price[column], holds = product.price, True
        if product.in_stock is not None and not read.outdates("in_stock", product.in_stock_at):
            in_stock[column], holds = product.in_stock, True
        if product.active is not None:
            is_inactive[column], holds = not product.active, True
    if not holds:
        return release
    products = replace(before, price=price, in_stock=in_stock)
    return replace(
        release,
        contents=replace(release.contents, products=products),
        inactive=_numbers(is_inactive),
        unchanged=release.unchanged or release,
    )


@dataclass(frozen=True, eq=False)
class ProductsNow:
    """What differs from the training, for another process that opens the same release."""

    price: npt.NDArray[np.float64]
    in_stock: Flags
    inactive: Numbers

    @classmethod
    def of(cls, release: Release) -> ProductsNow | None:
        """None where nothing was changed."""
        if release.unchanged is None:
            return None
        products = release.products
        return cls(products.price, products.in_stock, release.inactive)

    @property
    def sha256(self) -> str:
        columns = (self.price, self.in_stock, self.inactive)
        return sha256(b"".join(column.tobytes() for column in columns)).hexdigest()

    def in_release(self, release: Release) -> Release:
        """The release as it was published, with these."""
        products = replace(release.products, price=self.price, in_stock=self.in_stock)
        contents = replace(release.contents, products=products)
        return replace(release, contents=contents, inactive=self.inactive, unchanged=release)


def freed_since(release: Release) -> Numbers:
    """Products that were out of stock at the training and are not now, ascending."""
    trained, now = release.as_trained, release.products
    return _numbers(~trained.in_stock & now.in_stock & now.in_catalogue)


def count_changed(release: Release) -> int:
    """Products that differ from what the training read of them."""
    trained, now = release.as_trained, release.products
    differs = (trained.in_stock != now.in_stock) | _inactive(release)
    same_price = (trained.price == now.price) | (np.isnan(trained.price) & np.isnan(now.price))
    return int(np.count_nonzero(differs | ~same_price))


def _inactive(release: Release) -> Flags:
    flags: Flags = np.zeros(len(release.products.ids), bool)
    flags[release.inactive] = True
    return flags


def _numbers(flags: Flags) -> Numbers:
    return np.flatnonzero(flags).astype(np.int32)

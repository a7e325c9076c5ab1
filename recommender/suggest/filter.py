"""Which products a caller wants to hear of at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What holds for a product, whatever speaks for it; nothing said lets everything through."""

    category: str | None = None
    min_price: float | None = None
    max_price: float | None = None
    """A product without a price is not known to be within either, so it is left out."""
    exclude: frozenset[str] = frozenset()
    """Product ids."""

    def __post_init__(self) -> None:
        for name in ("min_price", "max_price"):
            price = getattr(self, name)
            if price is not None and not price >= 0:
                raise ValueError(f"{name} is {price}; it must be at least 0")

    def lets_through(self, release: Release, products: Numbers) -> Flags:
        """(products,) True where the product may be listed."""
        fits: Flags = np.ones(len(products), bool)
        if self.category is not None:
            fits &= np.isin(products, release.products_of_category(self.category))
        if self.min_price is not None:
            fits &= release.products.price[products] >= self.min_price
        if self.max_price is not None:
            fits &= release.products.price[products] <= self.max_price
        columns = release.catalogue.columns
        excluded = [columns[key] for key in self.exclude if key in columns]
        if excluded:
            fits &= ~np.isin(products, excluded)
        return fits


EVERYTHING = Filter()

"""Which products a statement or a complaint is about."""

from __future__ import annotations

import numpy as np

from recommender.release.attributes import plain
from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import Stated

NO_PRODUCTS = np.zeros(0, np.int32)


def products_of(release: Release, stated: Stated) -> Numbers:
    """Ascending; categories, brands and attributes in any case.

    What the catalogue does not have matches nothing, and is shown to people only.
    """
    match stated.about:
        case "product":
            return product_named(release, stated.value)
        case "category":
            return in_category(release, stated.value)
        case "brand":
            return release.brands.get(plain(stated.value), NO_PRODUCTS)
        case "attribute":
            return having(release, stated.value)


def product_named(release: Release, product_id: str) -> Numbers:
    column = release.catalogue.columns.get(product_id)
    return NO_PRODUCTS if column is None else np.array([column], np.int32)


def in_category(release: Release, category: str) -> Numbers:
    return release.categories.get(plain(category), NO_PRODUCTS)


def having(release: Release, attribute: str) -> Numbers:
    """Of `name=value`."""
    name, _, value = attribute.partition("=")
    return release.having_attribute.get((plain(name), plain(value)), NO_PRODUCTS)

"""One product as it is now, and what was said of it: when, by whom, and whether it still holds."""

from __future__ import annotations

import math
from typing import Any

from recommender.release.changes import CatalogueRead, changed
from recommender.release.opening import Release
from service.api.recorded import recorded
from service.records.products import CHANGING, Changing, ProductWord, ProductWords
from service.sales.product import describe_product

Json = dict[str, Any]


def product_answer(release: Release, said: ProductWords) -> Json:
    """Of a product that the release knows, with all that was said of it."""
    now, product_id = changed(release, [said.told]), said.told.product_id
    described = describe_product(now, product_id)
    column = now.products.ids.position(product_id) or 0
    return {
        "product_id": product_id,
        "name": described["name"],
        "category": described["category"],
        "brand": described["brand"],
        "price": described["price"],
        "currency": now.manifest.currency,
        "in_stock": bool(now.products.in_stock[column]),
        "in_catalogue": bool(now.products.in_catalogue[column]),
        "active": column not in now.inactive,
        "attributes": described["attributes"],
        "release": now.name,
        "changes": {name: word_about(release, said, name) for name in CHANGING},
    }


def word_about(release: Release, said: ProductWords, name: Changing) -> Json | None:
    """None where nothing was said of it."""
    word = said.words.get(name)
    if word is None:
        return None
    return {
        **recorded(word),
        "catalogue": _in_catalogue(release, said.told.product_id, name),
        "holds": _holds(release, name, word),
    }


def _holds(release: Release, name: Changing, word: ProductWord) -> bool:
    return not CatalogueRead.of(release.manifest).outdates(name, word.recorded_at)


def _in_catalogue(release: Release, product_id: str, name: Changing) -> bool | float | None:
    """As the training read it."""
    trained, column = release.as_trained, release.products.ids.position(product_id) or 0
    if name == "active":
        return True
    if name == "in_stock":
        return bool(trained.in_stock[column])
    price = float(trained.price[column])
    return round(price, 2) if math.isfinite(price) else None

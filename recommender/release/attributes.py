"""What the catalogue says of products beside the columns that have a name of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.text import TextColumn


@dataclass(frozen=True)
class Attributes:
    values: TextColumn
    """(products,) one JSON object each: every other column that has a value; "" where none has."""


ATTRIBUTES = ("attributes",)
"""Parts that releases of before they were kept lack."""


def no_attributes(products: int) -> dict[str, Any]:
    """These parts where the catalogue says no more."""
    return {"attributes": Attributes(TextColumn.of([""] * products))}


def products_by_attribute(
    attributes: Attributes,
) -> dict[tuple[str, str], npt.NDArray[np.int32]]:
    """(name, value), both in small letters -> products that have it, ascending."""
    found: dict[tuple[str, str], list[int]] = {}
    for product, text in enumerate(attributes.values):
        for name, value in json.loads(text or "{}").items():
            found.setdefault((plain(name), plain(value)), []).append(product)
    return {asked: np.array(products, np.int32) for asked, products in found.items()}


def plain(text: str) -> str:
    """However it is typed."""
    return text.strip().casefold()

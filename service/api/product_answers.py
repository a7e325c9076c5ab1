"""The shapes of what is told of a product as it is now."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from service.api.answer import Answer, Money


class FlagSaid(Answer):
    value: bool
    catalogue: bool
    """As the training read it."""
    holds: bool
    """False where the catalogue was written after that and speaks of it."""
    recorded_by: str
    recorded_at: datetime


class PriceSaid(Answer):
    value: Money
    catalogue: Money | None
    holds: bool
    recorded_by: str
    recorded_at: datetime


class ProductChanges(Answer):
    """The last word on each; null where nothing was said."""

    in_stock: FlagSaid | None
    price: PriceSaid | None
    active: FlagSaid | None


class ProductNow(Answer):
    product_id: str
    name: str
    category: str | None
    brand: str | None
    price: Money | None
    currency: str
    in_stock: bool
    in_catalogue: bool
    active: bool
    attributes: dict[str, Any]
    release: str
    changes: ProductChanges


class ProductsRecorded(Answer):
    recorded: Annotated[int, Field(ge=1)]
    """Products that were written down: all that were sent."""

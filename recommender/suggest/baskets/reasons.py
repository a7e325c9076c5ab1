"""Reasons for what goes with a basket: what lies in it, and what others took along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class BasketReason:
    """A product in the basket that speaks for this one, as a purchase of it would."""

    kind: ClassVar[str] = "basket"
    product_id: str
    share: float
    """Of the positive contributions of basket and purchases to the model's score."""


@dataclass(frozen=True)
class TogetherReason:
    """Of the products in the basket the one whose buyers are most those of this one."""

    kind: ClassVar[str] = "together"
    product_id: str
    customers_both: int
    """Customers that bought both."""
    together: int
    """Of these, in one order; 0 where orders are not known."""


FromBasket = BasketReason | TogetherReason

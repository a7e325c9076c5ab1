"""What goes with a basket as a whole: products that were bought with those in it.

    likeness = sum over the basket of (customers of both / (sqrt(one x other) + 10))^2

Of customers those count that took both in one order; where orders are not known, all of both. The
square lets a product that goes closely with one in the basket stand before one that goes with many
of them a little: without it, recall@8 of a product held out of an order fell from .278 to .232.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.baskets.basket import Basket
from recommender.suggest.baskets.reasons import TogetherReason
from recommender.suggest.history import Vector
from recommender.suggest.rules import is_among

SHRINKAGE = 10.0
"""As in training: two rare products are not alike for sharing five customers."""


@dataclass(frozen=True)
class Companions:
    """Of a basket; none of them lies in it."""

    products: Numbers
    """Ascending."""
    likeness: Vector
    """(products,) 0 and above."""
    beside: Numbers
    """(products,) of the basket the product that each goes with most closely."""
    pairs: npt.NDArray[np.int64]
    """(products,) that pair's place in `also_bought`."""

    def reason(self, release: Release, product: int) -> TogetherReason | None:
        """None for what does not go with the basket."""
        place = int(np.searchsorted(self.products, product))
        if place == len(self.products) or self.products[place] != product:
            return None
        part, pair = release.also_bought, self.pairs[place]
        return TogetherReason(
            product_id=release.products.ids[int(self.beside[place])],
            customers_both=int(part.customers_both[pair]),
            together=int(part.together[pair]),
        )


def companions_of(release: Release, basket: Basket) -> Companions:
    """What the release holds as bought by the same customers; at least five stand behind each."""
    part = release.also_bought
    firsts, ends = part.starts[basket.products], part.starts[basket.products + 1]
    ranges = [np.arange(first, end) for first, end in zip(firsts, ends, strict=True)]
    pairs = np.concatenate([np.zeros(0, np.int64), *ranges])
    beside = np.repeat(basket.products, ends - firsts)
    outside = ~is_among(part.products[pairs], basket.products)
    pairs, beside = pairs[outside], beside[outside]
    others = part.products[pairs]
    closeness = _closeness(release, beside, pairs)
    # of each product the closest pair comes first, of equals the lower number
    order = np.lexsort((beside, -closeness, others))
    products, first = np.unique(others[order], return_index=True)
    sums = np.bincount(np.searchsorted(products, others), closeness**2, len(products))
    closest, likeness = order[first], np.asarray(sums, np.float64)
    return Companions(products.astype(np.int32), likeness, beside[closest], pairs[closest])


def _closeness(release: Release, beside: Numbers, pairs: npt.NDArray[np.int64]) -> Vector:
    """(pairs,) from 0 to 1."""
    part, buyers = release.also_bought, release.products.buyers.astype(float)
    together = part.together[pairs]
    customers = together if together.any() else part.customers_both[pairs]
    length = np.sqrt(buyers[beside] * buyers[part.products[pairs]])
    return np.asarray(customers / (length + SHRINKAGE))

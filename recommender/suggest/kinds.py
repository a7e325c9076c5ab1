"""Which kind of suggestion a product is for a customer."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release
from recommender.suggest.rules import bought_by
from recommender.suggest.suggestion import CROSS_SELL_KINDS, KINDS

UPGRADE_FROM = 1.25
"""Times the usual price: below it, a dearer product is just another one."""
UPGRADE_TO = 5.0
"""Times the usual price: above it, it is not the same thing any more."""
KindNumbers = npt.NDArray[np.int8]
"""Positions in `KINDS`."""
REORDER, LAPSED, UPGRADE, MORE, NEW = range(len(KINDS))
_CROSS_SELL = np.array([kind in CROSS_SELL_KINDS for kind in KINDS])


def usual_prices(release: Release, row: int, products: Numbers) -> npt.NDArray[np.float64]:
    """(products,) median price of what the customer bought of each product's category, or NaN."""
    return usual_prices_of(release, bought_by(release, row), products)


def usual_prices_of(
    release: Release, bought: Numbers, products: Numbers
) -> npt.NDArray[np.float64]:
    """The same of any products bought."""
    categories, prices = release.products.category_number[bought], release.products.price[bought]
    known = (categories >= 0) & np.isfinite(prices)
    owned, medians = _medians(categories[known], prices[known])
    wanted = release.products.category_number[products]
    if not len(owned):
        return np.full(len(products), np.nan)
    place = np.minimum(np.searchsorted(owned, wanted), len(owned) - 1)
    return np.where(owned[place] == wanted, medians[place], np.nan)


def _medians(
    groups: Numbers, values: npt.NDArray[np.float64]
) -> tuple[Numbers, npt.NDArray[np.float64]]:
    """The groups, ascending, and the median value of each."""
    order = np.lexsort((values, groups))
    groups, values = groups[order], values[order]
    first = np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]])[: len(groups)])
    last = np.append(first[1:], len(groups)) - 1
    return groups[first], (values[(first + last) // 2] + values[(first + last + 1) // 2]) / 2


def are_upgrades(release: Release, products: Numbers, usual: npt.NDArray[np.float64]) -> Flags:
    """Dearer products in a category the customer buys; every other unbought product is new."""
    step = release.products.price[products] / np.where(usual > 0, usual, np.nan)
    return np.asarray((step >= UPGRADE_FROM) & (step <= UPGRADE_TO))


def kinds_of_unbought(
    release: Release, products: Numbers, usual: npt.NDArray[np.float64]
) -> KindNumbers:
    """(products,) upgrade or new."""
    return np.where(are_upgrades(release, products, usual), np.int8(UPGRADE), np.int8(NEW))


def is_cross_sell(kinds: KindNumbers) -> Flags:
    """True for what the customer never bought."""
    return np.asarray(_CROSS_SELL[kinds])

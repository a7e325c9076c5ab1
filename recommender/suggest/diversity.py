"""Spreading a list: what resembles the products before it counts less."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release

Worth = npt.NDArray[np.floating[Any]]
NEAREST = 5
"""Products bought by the same customers that count as alike where there are no categories; all 50
neighbours would be so many that a tenth of diversity costs a tenth of the hits."""


def spread(
    release: Release, products: Numbers, worth: Worth, held: Flags, untried: Flags, n: int
) -> npt.NDArray[np.intp]:
    """Positions of `products` (best first) in the order a spread list takes them, n free ones.

    One after the other: the product with the most `worth` left, of which each like it that stands
    before takes the share `diversity`. What a rule holds back is passed by and takes nothing; what
    is bought already neither takes nor gives: a list is spread over what could be tried.
    """
    kept_share = 1.0 - diversity_of(release)
    left, alike = worth.astype(np.float64), np.zeros(len(products), np.int64)
    taken: list[int] = []
    while n and len(taken) < len(products):
        best = _best(left, alike)
        taken.append(best)
        if not held[best]:
            n -= 1
            if untried[best]:
                alike += _like(release, products, best) & untried
        left = worth * kept_share**alike
        left[taken] = -1.0
    return np.array(taken, np.intp)


def diversity_of(release: Release) -> float:
    """0 to 1; releases of before there was the setting lack it."""
    return float(release.manifest.settings.get("diversity", 0.0))


def _best(left: Worth, alike: npt.NDArray[np.int64]) -> int:
    """Of equal worth the one with fewer like it before, then the earlier one."""
    equal = np.flatnonzero(left == left.max())
    return int(equal[np.argmin(alike[equal])])


def _like(release: Release, products: Numbers, position: int) -> Flags:
    """Of the same category; where one is not known, most bought by the same customers."""
    categories = release.products.category_number[products]
    own = categories[position]
    part, product = release.also_bought, int(products[position])
    first, end = (int(entry) for entry in part.starts[product : product + 2])
    neighbours = np.isin(products, part.products[first : min(first + NEAREST, end)])
    return np.where((categories >= 0) & (own >= 0), categories == own, neighbours)

"""The kind that a product of an earlier list had, worked out again when an outcome is told."""

from __future__ import annotations

import numpy as np

from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import NOTHING_KNOWN
from recommender.suggest.kinds import kinds_of_unbought, usual_prices
from recommender.suggest.regular.regular import regular_of
from recommender.suggest.suggestion import KINDS, REGULAR_KINDS, Kind

OWN_LISTS = ("personal", "fold_in")
"""Sources of lists that know what the customer bought; others hold what is new to it."""


def kind_of(release: Release, row: int | None, product_id: str, source: str) -> Kind | None:
    """By the rules that `suggest` goes by, from the release alone; None beside what peers bought.

    Purchases since the release are left out: the one that the outcome is about would undo its kind.
    """
    if source == "also_bought":
        return None
    column = release.catalogue.columns.get(product_id)
    if row is None or column is None or source not in OWN_LISTS:
        return "new"
    products = np.array([column], np.int32)
    return _regular_kind(release, row, column) or _unbought_kind(release, row, products)


def _regular_kind(release: Release, row: int, column: int) -> Kind | None:
    """What is regular and quiet was due on the day of a purchase that the release does not know."""
    part = release.contents.product_rhythms
    own = part.products[slice(*release.contents.regular.starts[row : row + 2].tolist())]
    if column not in own:
        return None
    found = regular_of(release, row, NOTHING_KNOWN, REGULAR_KINDS)
    place = np.flatnonzero(found.bought.products == column) if found else np.zeros(0, np.intp)
    if found is None or not len(place):
        return "reorder"
    return KINDS[int(found.bought.kinds[place[0]])]


def _unbought_kind(release: Release, row: int, products: Numbers) -> Kind:
    usual = usual_prices(release, row, products)
    return KINDS[int(kinds_of_unbought(release, products, usual)[0])]

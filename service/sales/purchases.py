"""What a customer bought, last and most often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from recommender.release.opening import Release
from recommender.suggest.wording import product_name
from service.sales.describing import day_of

SHOWN = 6


@dataclass(frozen=True)
class Purchased:
    """One product that the customer bought."""

    product_id: str
    name: str
    times: int
    last_bought_on: date


@dataclass(frozen=True)
class Purchases:
    """A few of each, as the release knows them."""

    last: list[Purchased]
    most: list[Purchased]


def purchases_of(release: Release, row: int) -> Purchases:
    first, end = release.bought.starts[row : row + 2]
    times, last_day = release.bought.times[first:end], release.bought.last_day[first:end]
    newest, most = np.lexsort((-times, -last_day)), np.lexsort((-last_day, -times))
    return Purchases(*(_described(release, first + order[:SHOWN]) for order in (newest, most)))


def _described(
    release: Release, entries: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> list[Purchased]:
    bought, found = release.bought, []
    for entry in entries.tolist():
        key = release.products.ids[int(bought.products[entry])]
        last_on = day_of(int(bought.last_day[entry]))
        found.append(Purchased(key, product_name(release, key), int(bought.times[entry]), last_on))
    return found

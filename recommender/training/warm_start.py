"""The live release's factors as the start of the next fit: fewer iterations for the same lists."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.config import Config
from recommender.errors import RecommenderError
from recommender.models.als import Factors
from recommender.models.settings import Settings
from recommender.release.opening import Release, open_release
from recommender.tables.purchases import Purchases
from recommender.text import Ids
from recommender.training.permitted import Permitted

LEAST_KNOWN = 0.5
"""Share of customers and of products that the live release must know: else it is other data."""


@dataclass(frozen=True)
class WarmStart:
    release: str
    factors: Factors


def warm_start(
    config: Config, permitted: Permitted, purchases: Purchases, settings: Settings
) -> WarmStart | None:
    """Of the live release; None also where the engine begins at random every time."""
    if not settings.engine.starts_warm:
        return None
    left_out = permitted.left_out.customers if permitted.left_out else ()
    return live_start(config.releases_directory, purchases, settings.als.factors, left_out)


def live_start(
    directory: Path, purchases: Purchases, factors: int, left_out: Collection[str] = ()
) -> WarmStart | None:
    """None where there is no live release that can be read, or none of such factors and ids.

    Nor where another engine fitted it, whose factors lie elsewhere; nor where it
    learned from one of those `left_out`: its factors would bring them back.
    """
    try:
        live = open_release(directory, verified=False)
    except RecommenderError:
        return None
    if live.model.product_factors.shape[1] != factors or not _is_of_implicit(live):
        return None
    if any(customer_id in live.customers.ids for customer_id in left_out):
        return None
    found = Factors(
        customers=_moved(live.model.customer_factors, live.customers.ids, purchases.customers),
        products=_moved(live.model.product_factors, live.products.ids, purchases.products),
    )
    return WarmStart(live.name, found) if _knows_enough(live, purchases) else None


def _moved(rows: npt.NDArray[np.float32], ids: Ids, onto: Ids) -> npt.NDArray[np.float32]:
    """Zeros for ids the live release does not know."""
    places = pd.Index(list(ids)).get_indexer(pd.Index(list(onto)))
    moved = np.zeros((len(onto), rows.shape[1]), np.float32)
    moved[places >= 0] = rows[places[places >= 0]]
    return moved


def _is_of_implicit(live: Release) -> bool:
    return bool(live.manifest.settings.get("engine", "implicit") == "implicit")


def _knows_enough(live: Release, purchases: Purchases) -> bool:
    return all(
        len(set(known) & set(asked)) >= LEAST_KNOWN * len(asked)
        for known, asked in (
            (live.customers.ids, purchases.customers),
            (live.products.ids, purchases.products),
        )
    )

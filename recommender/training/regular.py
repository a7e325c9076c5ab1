"""The chance of every product that a customer buys regularly, whether a list has room for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recommender.insight.rhythm.products import ProductRhythms
from recommender.insight.withheld import Withheld
from recommender.judging.insight.reorder import ReorderCheck
from recommender.ranking.ranked import Ranked


def regular_chances(
    rhythms: ProductRhythms, again: Ranked, check: ReorderCheck | Withheld
) -> npt.NDArray[np.float32]:
    """(n,) as `again`, all that was bought within a year, ranks them.

    What was last bought longer ago has the chance of such products on the days set aside; NaN
    where too few of them could be seen.
    """
    width = int(max(rhythms.products.max(initial=0), again.products.max(initial=0))) + 1
    keys = again.customers * width + again.products
    order = np.argsort(keys, kind="stable")
    wanted = rhythms.customers.astype(np.int64) * width + rhythms.products
    place = np.searchsorted(keys, wanted, sorter=order)
    entries = np.append(order, -1)[place]
    found = np.append(keys, -1)[entries] == wanted
    is_ordering = np.diff(again.starts)[rhythms.customers] > 0
    old = np.full(len(rhythms), np.nan)
    if not isinstance(check, Withheld):
        old = check.long_ago.chances(is_ordering)
    return np.where(found, np.append(again.chance, np.nan)[entries], old).astype(np.float32)

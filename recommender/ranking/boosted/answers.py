"""What became of earlier suggestions: shown in vain, refused, put off, agreed to."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.ranking.boosted.interest import Events, newest, number_rows, summed
from recommender.tables.purchases import SECONDS_PER_DAY
from recommender.text import Ids

ANSWERS = ("shown", "accepted", "rejected", "snoozed", "lost")
"""Those that can say something of a product that was never bought."""
REMEMBERED_DAYS = 365


def number_answers(table: pd.DataFrame | None, customers: Ids, products: Ids) -> Events | None:
    """None where none is about a customer and a product that the release holds."""
    if table is None:
        return None
    return number_rows(table.rename(columns={"outcome": "event"}), ANSWERS, customers, products)


def answers_at(answers: Events, now: int) -> dict[str, sparse.csr_matrix]:
    """Name -> (customers, products) of what was answered in the year before `now`.

    `times_shown` counts; the others are 1 / (1 + days since the last one), 0 where there is none.
    """
    first, end = np.searchsorted(
        answers.happened_at, [now - REMEMBERED_DAYS * SECONDS_PER_DAY, now]
    ).tolist()
    lately = slice(first, end)
    lateness = 1 / (1 + (now - answers.happened_at[lately]) / SECONDS_PER_DAY)
    rows, columns = answers.customers[lately], answers.products[lately]
    kinds, shape = answers.kinds[lately], answers.shape
    shown = summed((kinds == ANSWERS.index("shown")).astype(np.float64), rows, columns, shape)
    found = {"times_shown": shown}
    for kind, name in enumerate(ANSWERS):
        if name != "shown":
            own = kinds == kind
            found[f"{name}_lately"] = newest(lateness[own], rows[own], columns[own], shape)
    return found

"""Returns of what was never sold."""

from __future__ import annotations

import numpy as np

from recommender.tables.oddities.runs import Rows, rows_where, runs, shown
from recommender.tables.purchases import Purchases


def returns_without_sale(purchases: Purchases) -> str | None:
    """Returns before the customer bought the product at all, as far as the table goes back."""
    found = [lines.start + _unsold(purchases, lines) for lines in runs(purchases)]
    rows = np.concatenate(found)
    if not len(rows):
        return None
    returns = rows_where(purchases.quantity, lambda quantity: quantity < 0)
    examples = shown(purchases, rows)
    return f"{len(rows):,} of {len(returns):,} returns have no sale before them{examples}"


def _unsold(purchases: Purchases, lines: slice) -> Rows:
    """The returns among these lines of whole customers that nothing was sold before."""
    n_products = len(purchases.products)
    customers, at = purchases.customer_rows[lines].astype(np.int64), purchases.purchased_at[lines]
    pairs = customers * n_products + purchases.product_columns[lines]
    bought = purchases.quantity[lines] > 0
    known, first = np.unique(pairs[bought], return_index=True)
    places = np.searchsorted(known, pairs[~bought])
    found = np.append(known, -1)[places] == pairs[~bought]
    earlier = np.append(at[bought][first], 0)[places] <= at[~bought]
    unsold: Rows = np.flatnonzero(~bought)[~(found & earlier)]
    return unsold

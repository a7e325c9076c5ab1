"""What was bought and is no product, who bought and is no customer."""

from __future__ import annotations

import pandas as pd

from recommender.errors import BadDataError
from recommender.tables.oddities.lookalikes import bare
from recommender.tables.purchases import Purchases
from recommender.text import TextColumn

MOST_MISSING = 0.5
"""With more of the products unknown the two tables do not speak of the same things."""


def strangers(
    purchases: Purchases, products: pd.DataFrame | None, customers: pd.DataFrame | None
) -> list[str]:
    """Raises `BadDataError` where most products that were bought are not in their table.

    Customers without a row are only told: a table of the larger ones alone is of use.
    """
    found = []
    if products is not None:
        missing = _missing(purchases.products, products["product_id"])
        told = _told(missing, len(purchases.products), products["product_id"], "products")
        if len(missing) > MOST_MISSING * len(purchases.products):
            raise BadDataError(told)
        found.append(told if missing else "")
    if customers is not None:
        missing = _missing(purchases.customers, customers["customer_id"])
        told = _told(missing, len(purchases.customers), customers["customer_id"], "customers")
        found.append(told if missing else "")
    return [sentence for sentence in found if sentence]


def _missing(bought: TextColumn, listed: pd.Series) -> list[str]:
    known = set(listed)
    return [key for key in bought if key not in known]


def _told(missing: list[str], bought: int, listed: pd.Series, table: str) -> str:
    shown = ", ".join(map(repr, missing[:3]))
    hint = _alike(missing, listed, table) or _others(listed, table)
    return (
        f"{len(missing):,} of {bought:,} {table} with purchases are not in [{table}]: {shown}{hint}"
    )


def _alike(missing: list[str], listed: pd.Series, table: str) -> str:
    """Says so where it is only the zeros, the case or blanks that keep the ids apart."""
    known = bare(listed)
    first = known[~known.duplicated()]
    theirs = pd.Series(first.index, first.to_numpy())
    ours = bare(missing)
    meeting = ours[ours.isin(theirs.index)]
    if meeting.empty:
        return ""
    key, plain = meeting.index[0], meeting.iloc[0]
    return (
        f"; {len(meeting):,} of them look like others there\n"
        f"{key!r} looks like {theirs[plain]!r} in [{table}]: format the column as text in Excel, "
        "or pad it, so that both tables write the same id"
    )


def _others(listed: pd.Series, table: str) -> str:
    shown = ", ".join(map(repr, listed[:3]))
    return f"; [{table}] has ids such as {shown}" if shown else f"; [{table}] has no rows"

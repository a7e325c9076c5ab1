"""What anyone would pick instead of us, judged beside us on the same customers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from recommender.judging.best import LISTED, first_unbought, ranked_of
from recommender.judging.closed_forms import ease, ease_fits, implicit_als
from recommender.judging.history import History
from recommender.judging.neighbours import item_knn, last_basket
from recommender.models.popularity import RECENT_DAYS, most_bought
from recommender.ranking.ranked import Ranked
from recommender.tables.purchases import SECONDS_PER_DAY

Baseline = Callable[[History], Ranked]
POPULARITY = "popularity"
RECENT_POPULARITY = "recent popularity"
FREQUENCY = "personal frequency"


def popularity(history: History) -> Ranked:
    """What most customers bought in the year."""
    buyers = history.buyers
    return first_unbought(history, most_bought(buyers, buyers, len(buyers)))


def recent_popularity(history: History) -> Ranked:
    """What most customers bought in the last 28 days."""
    recent, buyers = history.buyers_since(RECENT_DAYS), history.buyers
    return first_unbought(history, most_bought(recent, buyers, len(buyers)))


def personal_frequency(history: History) -> Ranked:
    """What the customer bought on most days of the year, the one bought last first among equals."""
    p = history.purchases
    days = p.purchased_at // SECONDS_PER_DAY
    # canonical order: a pair's lines stand together, oldest first
    new_pair = _changes(p.customer_rows, p.product_columns)
    first = np.flatnonzero(new_pair)
    counts = np.add.reduceat(new_pair | _changes(days), first, dtype=np.int64)
    newest = p.purchased_at[np.append(first[1:], len(p)) - 1]
    customers, products = p.customer_rows[first], p.product_columns[first]
    order = np.lexsort((products, -newest, -counts, customers))
    customers, products = customers[order], products[order]
    kept = np.arange(len(order)) - np.searchsorted(customers, customers) < LISTED
    return ranked_of([customers[kept]], [products[kept]], len(p.customers))


def _changes(*columns: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """(n,) True where a line differs from the one before it."""
    changed = np.ones(len(columns[0]), bool)
    changed[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return changed


NEW: dict[str, Baseline] = {
    POPULARITY: popularity,
    RECENT_POPULARITY: recent_popularity,
    "last basket": last_basket,
    "item-kNN": item_knn,
    "EASE": ease,
    "implicit ALS": implicit_als,
}
AGAIN: dict[str, Baseline] = {FREQUENCY: personal_frequency}


def lists_for_new(history: History) -> Iterator[tuple[str, Ranked]]:
    """Name and lists of each baseline for products never bought; EASE only where it fits."""
    names = [name for name in NEW if NEW[name] is not ease or ease_fits(history)]
    return _lists({name: NEW[name] for name in names}, history)


def lists_for_again(history: History) -> Iterator[tuple[str, Ranked]]:
    """Name and lists of each baseline for products bought before."""
    return _lists(AGAIN, history)


def _lists(baselines: dict[str, Baseline], history: History) -> Iterator[tuple[str, Ranked]]:
    """A year in which nobody bought anything teaches no baseline: empty lists."""
    for name, baseline in baselines.items():
        if len(history.purchases):
            yield name, baseline(history)
        else:
            yield name, ranked_of([], [], history.bought.shape[0])

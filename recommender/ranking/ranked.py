"""One order out of many candidates: most likely first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.matrix.returns import net_returns
from recommender.models.models import Models, learn
from recommender.models.popularity import RECENT_DAYS
from recommender.models.settings import Settings
from recommender.ranking.candidates import Pairs, candidate_pairs
from recommender.ranking.chance import ChanceModel, fit_chance, prior_chance
from recommender.ranking.features import features_of, look_around
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases

LEAST_HISTORY_DAYS = 56
"""28 days to predict and as many to predict them from."""
MOST_KEPT = 200
"""Ranked candidates a customer keeps in a release."""


@dataclass(frozen=True)
class Ranked:
    """Candidates of every customer, most likely first."""

    starts: npt.NDArray[np.int64]
    products: npt.NDArray[np.int32]
    chance: npt.NDArray[np.float32]


def learn_chance(purchases: Purchases, settings: Settings, now: int) -> ChanceModel:
    """Fits the models 28 days before `now` and looks at which of their candidates were bought."""
    cut = now - RECENT_DAYS * SECONDS_PER_DAY
    past, future = purchases.before(cut), purchases.since(cut)
    enough = len(past) and cut - int(past.purchased_at.min()) >= (
        (LEAST_HISTORY_DAYS - RECENT_DAYS) * SECONDS_PER_DAY
    )
    if not enough or not _holds_a_history(past, settings, cut):
        return _prior(learn(purchases, settings, now))
    models = learn(past, settings, cut)
    around = look_around(models)
    bought = _bought_pairs(future)
    tables, labels = [], []
    for pairs in candidate_pairs(models, known_customers(models)):
        tables.append(features_of(models, around, pairs))
        labels.append(np.isin(_keys(pairs.customers, pairs.products, purchases), bought))
    return fit_chance(np.concatenate(tables), np.concatenate(labels))


def rank(models: Models, chance_model: ChanceModel) -> Ranked:
    """The candidates of all customers with purchases, at most `MOST_KEPT` each."""
    around = look_around(models)
    products, chances = [], []
    lengths = np.zeros(models.matrix.weights.shape[0], np.int64)
    for pairs in candidate_pairs(models, known_customers(models)):
        chance = chance_model.of(features_of(models, around, pairs))
        order = _most_likely_first(pairs, chance)
        lengths += np.bincount(pairs.customers[order], minlength=len(lengths))
        products.append(pairs.products[order])
        chances.append(chance[order])
    return Ranked(
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        products=np.concatenate([np.zeros(0, np.int32), *products]),
        chance=np.concatenate([np.zeros(0, np.float32), *chances]),
    )


def known_customers(models: Models) -> npt.NDArray[np.int32]:
    """Customers with a purchase that stayed, ascending."""
    return np.flatnonzero(np.diff(models.matrix.weights.indptr)).astype(np.int32)


def _most_likely_first(pairs: Pairs, chance: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    """Positions of the kept pairs, customer by customer; of equals the lower product first."""
    order = np.lexsort((pairs.products, -chance, pairs.customers))
    customers = pairs.customers[order]
    place = np.arange(len(order)) - np.searchsorted(customers, customers)
    return order[place < MOST_KEPT]


def _holds_a_history(past: Purchases, settings: Settings, cut: int) -> bool:
    """Whether anything that came to stay was bought within the history before `cut`."""
    history = net_returns(past).since(cut - settings.history_days * SECONDS_PER_DAY)
    return bool((history.left > 0).any())


def _prior(models: Models) -> ChanceModel:
    around = look_around(models)
    first = next(candidate_pairs(models, known_customers(models)), None)
    if first is None:
        raise ValueError("no customer has a purchase")
    return prior_chance(features_of(models, around, first), 0.01)


def _bought_pairs(future: Purchases) -> npt.NDArray[np.int64]:
    netted = net_returns(future)
    stays = netted.left > 0
    return np.unique(_keys(future.customer_rows[stays], future.product_columns[stays], future))


def _keys(
    customers: npt.NDArray[np.int32], products: npt.NDArray[np.int32], purchases: Purchases
) -> npt.NDArray[np.int64]:
    return customers.astype(np.int64) * len(purchases.products) + products

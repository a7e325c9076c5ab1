"""Facts of customers, products and their groups at a moment, from which features are looked up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from recommender.ranking.boosted.snapshot import Snapshot

Column = npt.NDArray[np.float64]
Table = npt.NDArray[np.float32]

SELLING, RISING, LASTING, IN_GROUP = 60, 60, 30, 20
"""Products that sell now, that are newly taken, that always sell, that one's group newly takes."""


@dataclass(frozen=True)
class ProductGrouping:
    """What each customer has of each group of products, such as a category."""

    group: npt.NDArray[np.int32]
    share: sparse.csr_matrix
    """(customers, groups) of the customer's weights."""
    bought: sparse.csr_matrix
    """(customers, groups) products ever bought."""
    new_28: sparse.csr_matrix
    new_91: sparse.csr_matrix
    size: Column
    """(groups,) products."""
    recent_buyers: Column
    """(groups,) pairs of the last 28 days."""


@dataclass(frozen=True)
class CustomerGrouping:
    """What each group of customers, such as a region, takes of each product."""

    group: npt.NDArray[np.int32]
    recent: Table
    """(groups, products) buyers of the last 28 days."""
    ever: Table
    new_28: Table
    new_91: Table
    size: Column
    """(groups,) customers active within 91 days."""


@dataclass(frozen=True)
class Facts:
    products: dict[str, Column]
    customers: dict[str, Column]
    price_mean: Column
    """(customers,) of the logarithm of the prices it buys at."""
    price_spread: Column
    product_groupings: dict[str, ProductGrouping]
    customer_groupings: dict[str, CustomerGrouping]
    popular: npt.NDArray[np.intp]
    """Candidates for everyone."""

    @property
    def group_favourites(self) -> list[tuple[npt.NDArray[np.int32], npt.NDArray[np.intp]]]:
        """For each grouping, everyone's group and (groups, few) what the group newly takes."""
        return [
            (g.group, np.argsort(-g.new_28, axis=1, kind="stable")[:, :IN_GROUP])
            for g in self.customer_groupings.values()
        ]


def gather_facts(snapshot: Snapshot) -> Facts:
    products, log_price = (
        _products(snapshot),
        np.log(np.where(snapshot.price > 0, snapshot.price, np.nan)),
    )
    mean, spread = _prices_of_customers(snapshot, log_price)
    known = snapshot.known
    return Facts(
        products=products | {"log_price": log_price},
        customers=_customers(snapshot),
        price_mean=mean,
        price_spread=spread,
        product_groupings={
            name: _product_grouping(snapshot, group) for name, group in known.product_groups.items()
        },
        customer_groupings={
            name: _customer_grouping(snapshot, group)
            for name, group in known.customer_groups.items()
        },
        popular=_popular(products),
    )


def _products(snapshot: Snapshot) -> dict[str, Column]:
    taken = snapshot.taken
    buyers = {f"buyers_{d}": taken.buyers(d).astype(float) for d in (7, 14, 28, 56, 91, 182, 365)}
    new = {f"new_buyers_{d}": _column_sums(taken.newly(d)) for d in (14, 28, 91)}
    facts = buyers | new
    facts["trend"] = np.log((facts["buyers_28"] + 1) / (facts["buyers_91"] * 28 / 91 + 1))
    facts["trend_week"] = np.log((facts["buyers_7"] + 1) / (facts["buyers_28"] / 4 + 1))
    facts["new_share"] = facts["new_buyers_28"] / (facts["buyers_28"] + 1)
    facts["age"] = taken.age_of_products()
    if snapshot.known.listed_at is not None:
        facts["listed_days"] = (snapshot.now - snapshot.known.listed_at) / 86_400
    values = snapshot.known.product_values
    return facts | {f"attribute_{n}": v for n, v in values.items() if n != "price"}


def _customers(snapshot: Snapshot) -> dict[str, Column]:
    taken, bought = snapshot.taken, snapshot.models.matrix.bought
    lines = {f"lines_{d}": taken.lines_of_customers(d).astype(float) for d in (14, 28, 91, 365)}
    new = {f"new_{d}": np.diff(taken.newly(d).indptr).astype(float) for d in (14, 28, 91)}
    facts = lines | new
    facts["breadth"] = np.diff(bought.indptr).astype(float)
    facts["pause"] = taken.pause()
    facts["appetite"] = facts["new_91"] / (facts["breadth"] + 1)
    return facts


def _prices_of_customers(snapshot: Snapshot, log_price: Column) -> tuple[Column, Column]:
    """(customers,) mean and spread of the logarithm of the prices of what was bought."""
    bought, known = snapshot.models.matrix.bought, np.isfinite(log_price)
    price = np.where(known, log_price, 0.0)
    count = np.maximum(bought @ known.astype(np.float64), 1)
    mean, square = (bought @ price) / count, (bought @ price**2) / count
    return mean, np.sqrt(np.maximum(square - mean**2, 1e-4))


def _product_grouping(snapshot: Snapshot, group: npt.NDArray[np.int32]) -> ProductGrouping:
    members = _members(group)
    matrix, taken = snapshot.models.matrix, snapshot.taken
    weights = np.asarray(matrix.weights.sum(axis=1)).ravel()
    return ProductGrouping(
        group=group,
        share=_rows(sparse.diags(1 / np.maximum(weights, 1e-6)) @ matrix.weights @ members),
        bought=_rows(matrix.bought @ members),
        new_28=_rows(taken.newly(28) @ members),
        new_91=_rows(taken.newly(91) @ members),
        size=_column_sums(members),
        recent_buyers=_column_sums(taken.pairs(28) @ members),
    )


def _customer_grouping(snapshot: Snapshot, group: npt.NDArray[np.int32]) -> CustomerGrouping:
    members = _members(group).T.tocsr()
    taken = snapshot.taken
    active = (taken.lines_of_customers(91) > 0).astype(np.float32)
    return CustomerGrouping(
        group=group,
        recent=_dense(members @ taken.pairs(28)),
        ever=_dense(members @ snapshot.models.matrix.bought),
        new_28=_dense(members @ taken.newly(28)),
        new_91=_dense(members @ taken.newly(91)),
        size=np.asarray(members @ active, np.float64),
    )


def _popular(products: dict[str, Column]) -> npt.NDArray[np.intp]:
    """What sells now, what is newly taken, and what always sells."""
    selling = np.lexsort((-products["buyers_365"], -products["buyers_28"]))[:SELLING]
    rising = np.argsort(-products["new_buyers_28"], kind="stable")[:RISING]
    lasting = np.argsort(-products["buyers_365"], kind="stable")[:LASTING]
    return np.unique(np.concatenate([selling, rising, lasting]))


def _members(group: npt.NDArray[np.int32]) -> sparse.csr_matrix:
    """(things, groups) 1 where a thing belongs to a group."""
    inside = np.flatnonzero(group >= 0)
    ones = np.ones(len(inside), np.float32)
    return sparse.csr_matrix((ones, (inside, group[inside])), (len(group), int(group.max()) + 1))


def _column_sums(matrix: sparse.csr_matrix) -> Column:
    return np.asarray(matrix.sum(axis=0), np.float64).ravel()


def _rows(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix(matrix, dtype=np.float32)


def _dense(matrix: sparse.csr_matrix) -> Table:
    return np.asarray(matrix.toarray(), np.float32)

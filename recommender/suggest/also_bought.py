"""What customers like this one also bought, and what goes with a product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.errors import UnknownProductError
from recommender.release.opening import Release
from recommender.suggest.facts import NOTHING_KNOWN, Facts
from recommender.suggest.filter import EVERYTHING, Filter
from recommender.suggest.reasons import MINIMUM_CUSTOMERS, peers_that_bought
from recommender.suggest.rules import Rule, count_withheld, first_rules, rules_for
from recommender.suggest.suggestion import FallbackReason, check_count, recommendation_id


@dataclass(frozen=True)
class PeerProduct:
    """A product that peers bought and this customer did not."""

    product_id: str
    rank: int
    peers: int
    peers_bought: int


@dataclass(frozen=True)
class CustomerAlsoBought:
    """Empty for a customer without purchases: nobody is known to be like it."""

    customer_id: str
    release: str
    data_through: str
    fallback_reason: FallbackReason | None
    requested: int
    withheld: dict[str, int]
    peers: int
    also_bought: tuple[PeerProduct, ...]

    @property
    def returned(self) -> int:
        return len(self.also_bought)

    @property
    def recommendation_id(self) -> str:
        return recommendation_id(self.customer_id, self.release, "also_bought", self.also_bought)


@dataclass(frozen=True)
class Companion:
    """A product bought by the same customers."""

    product_id: str
    rank: int
    customers_both: int
    """Customers that bought both."""
    together: int
    """Of these, in one order."""
    share: float
    """Of the first product's customers."""


@dataclass(frozen=True)
class ProductAlsoBought:
    product_id: str
    release: str
    data_through: str
    requested: int
    customers: int
    """That bought the product."""
    withheld: dict[str, int]
    """Companions that may not be offered now."""
    also_bought: tuple[Companion, ...]

    @property
    def returned(self) -> int:
        return len(self.also_bought)


Liked = tuple[int, npt.NDArray[np.int64]]
"""The number of peers, and (products,) how many of them bought each."""
NOBODYS: Liked = (0, np.zeros(0, np.int64))


def customer_also_bought(
    release: Release,
    customer_id: str,
    n: int = 8,
    facts: Facts = NOTHING_KNOWN,
    *,
    among: Filter = EVERYTHING,
) -> CustomerAlsoBought:
    """Products most peers bought, at least five of them; of equals the more popular one first."""
    check_count(n)
    is_allowed = facts.consent.may_personalise(customer_id)
    row = release.customers.ids.position(customer_id) if is_allowed else None
    rules = rules_for(release, row, facts if is_allowed else NOTHING_KNOWN)
    liked = NOBODYS if row is None else peers_that_bought(release, row, facts.consent)
    reason = _why_empty(row, liked[0]) if is_allowed else "no_permission"
    return CustomerAlsoBought(
        customer_id=customer_id,
        release=release.name,
        data_through=release.manifest.data_through,
        fallback_reason=reason,
        requested=n,
        withheld=count_withheld(rules),
        peers=liked[0],
        also_bought=_peer_products(release, liked, rules, among, n),
    )


def _why_empty(row: int | None, peers: int) -> FallbackReason | None:
    if row is None:
        return "unknown_customer"
    return None if peers else "no_purchases"


def product_also_bought(
    release: Release, product_id: str, n: int = 8, among: Filter = EVERYTHING
) -> ProductAlsoBought:
    """Raises `UnknownProductError`; companions that left the catalogue are counted, not shown."""
    check_count(n)
    column = release.catalogue.columns.get(product_id)
    if column is None:
        raise UnknownProductError(f"no product {product_id!r} in release {release.name}")
    part = release.also_bought
    first, end = (int(i) for i in part.starts[column : column + 2])
    rules = rules_for(release, None)
    held = first_rules(rules, part.products[first:end])
    fits = among.lets_through(release, part.products[first:end])
    free = first + np.flatnonzero((held < 0) & fits)[:n]
    buyers = int(release.products.buyers[column])
    companions = (_companion(release, int(e), rank, buyers) for rank, e in enumerate(free, 1))
    counts = {rule.name: int((held == i).sum()) for i, rule in enumerate(rules)}
    return ProductAlsoBought(
        product_id=product_id,
        release=release.name,
        data_through=release.manifest.data_through,
        requested=n,
        customers=buyers,
        withheld={name: count for name, count in counts.items() if count},
        also_bought=tuple(companions),
    )


def _peer_products(
    release: Release, liked: Liked, rules: tuple[Rule, ...], among: Filter, n: int
) -> tuple[PeerProduct, ...]:
    """The first n that are free and wanted."""
    peers, counts = liked
    products = np.flatnonzero(counts >= MINIMUM_CUSTOMERS).astype(np.int32)
    free = (first_rules(rules, products) < 0) & among.lets_through(release, products)
    products = products[free]
    order = np.lexsort((products, -release.products.recent_buyers[products], -counts[products]))[:n]
    return tuple(
        PeerProduct(release.catalogue.ids[product], rank, peers, int(counts[product]))
        for rank, product in enumerate(products[order].tolist(), 1)
    )


def _companion(release: Release, entry: int, rank: int, buyers: int) -> Companion:
    part = release.also_bought
    both = int(part.customers_both[entry])
    return Companion(
        product_id=release.products.ids[int(part.products[entry])],
        rank=rank,
        customers_both=both,
        together=int(part.together[entry]),
        share=round(both / max(buyers, 1), 4),
    )

"""What customers like this one also bought, and what goes with a product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.errors import UnknownProductError
from recommender.release.opening import Release
from recommender.suggest.facts import NOTHING_KNOWN, Consent, Facts
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


def customer_also_bought(
    release: Release, customer_id: str, n: int = 8, facts: Facts = NOTHING_KNOWN
) -> CustomerAlsoBought:
    """Products most peers bought, at least five of them; of equals the more popular one first."""
    check_count(n)
    is_allowed = facts.consent.may_personalise(customer_id)
    row = release.customers.ids.position(customer_id) if is_allowed else None
    rules = rules_for(release, row, facts if is_allowed else NOTHING_KNOWN)
    peers, found = _peer_products(release, row, n, rules, facts.consent)
    reason = _why_empty(row, peers) if is_allowed else "no_permission"
    return CustomerAlsoBought(
        customer_id=customer_id,
        release=release.name,
        data_through=release.manifest.data_through,
        fallback_reason=reason,
        requested=n,
        withheld=count_withheld(rules),
        peers=peers,
        also_bought=found,
    )


def _why_empty(row: int | None, peers: int) -> FallbackReason | None:
    if row is None:
        return "unknown_customer"
    return None if peers else "no_purchases"


def product_also_bought(release: Release, product_id: str, n: int = 8) -> ProductAlsoBought:
    """Raises `UnknownProductError`; companions that left the catalogue are counted, not shown."""
    check_count(n)
    column = release.catalogue.columns.get(product_id)
    if column is None:
        raise UnknownProductError(f"no product {product_id!r} in release {release.name}")
    part = release.also_bought
    first, end = (int(i) for i in part.starts[column : column + 2])
    rules = rules_for(release, None)
    held = first_rules(rules, part.products[first:end])
    free = first + np.flatnonzero(held < 0)[:n]
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
    release: Release, row: int | None, n: int, rules: tuple[Rule, ...], consent: Consent
) -> tuple[int, tuple[PeerProduct, ...]]:
    if row is None:
        return 0, ()
    peers, counts = peers_that_bought(release, row, consent)
    products = np.flatnonzero(counts >= MINIMUM_CUSTOMERS).astype(np.int32)
    free = products[first_rules(rules, products) < 0]
    order = np.lexsort((free, -release.products.recent_buyers[free], -counts[free]))[:n]
    found = tuple(
        PeerProduct(release.products.ids[int(p)], rank, peers, int(counts[p]))
        for rank, p in enumerate(free[order], 1)
    )
    return peers, found


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

"""The customers for one product: who is most likely to take it, and may be offered it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from recommender.errors import UnknownProductError
from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import Channel, FactsBook
from recommender.suggest.rules import first_rules, rules_for
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Suggestion, Wish, check_count


@dataclass(frozen=True)
class Target:
    """A customer for the product; the suggestion is the one in the customer's own list."""

    customer_id: str
    rank: int
    """1 is best."""
    suggestion: Suggestion
    contact: tuple[Channel, ...] | None


@dataclass(frozen=True)
class TargetList:
    product_id: str
    release: str
    data_through: str
    requested: int
    withheld: dict[str, int]
    """Customers that were passed over on the way, by the rule that holds the product back."""
    targets: tuple[Target, ...]

    @property
    def returned(self) -> int:
        return len(self.targets)


def targets(
    release: Release, product_id: str, n: int, book: FactsBook, among: Flags | None = None
) -> TargetList:
    """Most likely first; `among` (customers,) says who comes into question, all if left out.

    Raises `UnknownProductError`. Each is asked through `suggest`, so that a rule that keeps the
    product off a customer's list keeps the customer off this one.
    """
    check_count(n)
    column = release.products.ids.position(product_id)
    if column is None:
        raise UnknownProductError(f"no product {product_id!r} in release {release.name}")
    found, withheld = _asked(release, column, _likeliest(release, column, among), n, book)
    return TargetList(
        product_id=product_id,
        release=release.name,
        data_through=release.manifest.data_through,
        requested=n,
        withheld=withheld,
        targets=tuple(found),
    )


def _asked(
    release: Release, column: int, customers: Numbers, n: int, book: FactsBook
) -> tuple[list[Target], dict[str, int]]:
    """The first n that have the product in their own list, and why others have not."""
    rules = rules_for(release, None)
    held = int(first_rules(rules, np.array([column], np.int32))[0])
    if held >= 0:  # nobody may be offered it
        return [], {rules[held].name: len(customers)} if len(customers) else {}
    wish, withheld = Wish(1, only=release.products.ids[column]), Counter[str]()
    found: list[Target] = []
    for customer in customers.tolist():
        customer_id = release.customers.ids[customer]
        facts = book.of(customer_id)
        if not facts.consent.may_personalise(customer_id):
            withheld["no_permission"] += 1
            continue
        asked = suggest(release, customer_id, wish, facts)
        withheld.update(rule for _, rule in asked.held)
        if asked.suggestions:
            found.append(Target(customer_id, len(found) + 1, asked.suggestions[0], facts.contact))
        if len(found) == n:
            break
    return found, dict(withheld)


def _likeliest(release: Release, column: int, among: Flags | None) -> Numbers:
    """Customers with the product among their candidates, likeliest first."""
    part = release.candidates
    entries = np.flatnonzero(part.products == column)
    customers = np.searchsorted(part.starts, entries, side="right") - 1
    if among is not None:
        kept = among[customers]
        entries, customers = entries[kept], customers[kept]
    order = np.lexsort((customers, -part.chance[entries]))
    return customers[order].astype(np.int32)

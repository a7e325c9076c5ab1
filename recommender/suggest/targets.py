"""The customers for one product: who is most likely to take it, and may be offered it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from recommender.errors import UnknownProductError
from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import Facts, FactsBook
from recommender.suggest.reasons import MINIMUM_CUSTOMERS, Reason
from recommender.suggest.resembling import Resembling, buyers_of_alike, resembling_reason
from recommender.suggest.rules import first_rules, rules_for
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import (
    Kind,
    Suggestion,
    Wish,
    recommendation_id,
)

NO_CONTACT = "no_contact_permission"
NO_PERMISSION = "no_permission"


def _everyone(_: Facts) -> bool:
    return True


@dataclass(frozen=True)
class TargetWish:
    """How many are asked for, and whom a list may name."""

    n: int
    per_rep: int | None = None
    """At most so many customers of one rep; who has none counts as of one more."""
    may_list: Callable[[Facts], bool] = _everyone

    def __post_init__(self) -> None:
        for name, count in (("n", self.n), ("per_rep", self.per_rep)):
            if count is not None and count < 1:
                raise ValueError(f"{name} is {count}; it must be at least 1")


@dataclass(frozen=True)
class Target:
    """A customer for the product; what it says is what the customer's own list says."""

    customer_id: str
    rank: int
    """1 is best."""
    kind: Kind
    chance: float | None
    """That it buys the product within 28 days; None where too few bought it to foretell that."""
    expected_value: float | None
    reasons: tuple[Reason, ...]
    recommendation_id: str
    """Of the customer's list when it is asked for this product alone."""
    facts: Facts = field(compare=False)


@dataclass(frozen=True)
class TargetList:
    product_id: str
    release: str
    data_through: str
    requested: int
    withheld: dict[str, int]
    """Customers that were passed over on the way, by the rule that holds the product back."""
    targets: tuple[Target, ...]
    held: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """(customer_id, rule) of these; who keeps its purchases to itself is counted, not named."""

    @property
    def returned(self) -> int:
        return len(self.targets)


def targets(
    release: Release,
    product_id: str,
    wish: TargetWish,
    book: FactsBook,
    among: Flags | None = None,
) -> TargetList:
    """Most likely first; `among` (customers,) says who comes into question, all if left out.

    Raises `UnknownProductError`. Whoever is listed was asked through `suggest`: a rule that keeps
    the product off a customer's list keeps the customer off this one. They are asked in the order
    of the release until there are enough; whose chance has moved since stands where it is now.
    After them come, of a product that hardly anyone bought, buyers of what it resembles; this is
    also the reason given where a customer's own list knows none.
    """
    column = release.catalogue.columns.get(product_id)
    if column is None:
        raise UnknownProductError(f"no product {product_id!r} in release {release.name}")
    walk = _Walk(release, product_id, wish, book)
    held = int(first_rules(rules_for(release, None), np.array([column], np.int32))[0])
    customers = likeliest(release, column, among)
    if held >= 0:  # nobody may be offered it
        rule = rules_for(release, None)[held].name
        walk.withheld.update({rule: len(customers)} if len(customers) else {})
    else:
        walk.through(customers, walk.suggested)
        walk.through_alike(customers, among)
    return TargetList(
        product_id=product_id,
        release=release.name,
        data_through=release.manifest.data_through,
        requested=wish.n,
        withheld=dict(walk.withheld),
        targets=_ranked(walk.found),
        held=tuple(walk.held),
    )


def likeliest(release: Release, column: int, among: Flags | None = None) -> Numbers:
    """Customers with the product among their candidates, likeliest first."""
    part = release.candidates
    entries = np.flatnonzero(part.products == column)
    customers = np.searchsorted(part.starts, entries, side="right") - 1
    if among is not None:
        kept = among[customers]
        entries, customers = entries[kept], customers[kept]
    order = np.lexsort((customers, -part.chance[entries]))
    return customers[order].astype(np.int32)


class _Walk:
    """Goes from customer to customer until there are enough, and remembers who was passed over."""

    def __init__(
        self, release: Release, product_id: str, wish: TargetWish, book: FactsBook
    ) -> None:
        self._release, self._product_id, self._wish, self._book = release, product_id, wish, book
        self._column = release.catalogue.columns.get(product_id) or 0
        self._reps = Counter[str]()
        self.found: list[Target] = []
        self.withheld = Counter[str]()
        self.held: list[tuple[str, str]] = []

    def through(self, customers: Numbers, ask: Callable[[int, Facts], Target | str | None]) -> None:
        """`ask` gives the target, the rule that holds it, or None for neither."""
        for customer, rep in self._within_caps(customers):
            facts = self._book.of(self._release.customers.ids[customer])
            answer = self._asked(customer, facts, ask)
            if isinstance(answer, Target):
                self.found.append(answer)
                self._reps[rep] += 1
            elif answer is not None:
                self._pass_over(customer, answer)

    def through_alike(self, asked: Numbers, among: Flags | None) -> None:
        """Where hardly anyone bought the product: buyers of what it resembles."""
        if not self._is_rare or len(self.found) == self._wish.n:
            return
        others = self._alike.customers[~np.isin(self._alike.customers, asked)]
        if among is not None:
            others = others[among[others]]
        self.through(others, self._resembling)

    @cached_property
    def _is_rare(self) -> bool:
        return int(self._release.products.buyers[self._column]) < MINIMUM_CUSTOMERS

    @cached_property
    def _alike(self) -> Resembling:
        return buyers_of_alike(self._release, self._column)

    def suggested(self, customer: int, facts: Facts) -> Target | str | None:
        """What the customer's own list says of the product."""
        release, customer_id = self._release, self._release.customers.ids[customer]
        own = suggest(release, customer_id, Wish(1, only=self._product_id), facts)
        if not own.suggestions:
            return own.held[0][1] if own.held else None
        said: Suggestion = own.suggestions[0]
        return Target(
            customer_id=customer_id,
            rank=0,
            kind=said.kind,
            chance=said.chance,
            expected_value=said.expected_value,
            reasons=said.reasons or self._why_at_all(customer),
            recommendation_id=own.recommendation_id,
            facts=facts,
        )

    def _asked(
        self, customer: int, facts: Facts, ask: Callable[[int, Facts], Target | str | None]
    ) -> Target | str | None:
        if not facts.consent.may_personalise(self._release.customers.ids[customer]):
            return NO_PERMISSION
        answer = ask(customer, facts)
        is_closed = isinstance(answer, Target) and not self._wish.may_list(facts)
        return NO_CONTACT if is_closed else answer

    def _why_at_all(self, customer: int) -> tuple[Reason, ...]:
        if not self._is_rare or customer not in self._alike.customers:
            return ()
        return (resembling_reason(self._release, self._alike, customer),)

    def _resembling(self, customer: int, facts: Facts) -> Target | str | None:
        release, customer_id = self._release, self._release.customers.ids[customer]
        rules = rules_for(release, customer, facts)
        held = int(first_rules(rules, np.array([self._column], np.int32))[0])
        if held >= 0:
            return rules[held].name
        reasons = (resembling_reason(release, self._alike, customer),)
        listed = recommendation_id(customer_id, release.name, "resembling", reasons)
        return Target(customer_id, 0, "new", None, None, reasons, listed, facts)

    def _pass_over(self, customer: int, rule: str) -> None:
        self.withheld[rule] += 1
        if rule != NO_PERMISSION:
            self.held.append((self._release.customers.ids[customer], rule))

    def _within_caps(self, customers: Numbers) -> Iterator[tuple[int, str]]:
        for customer in customers.tolist():
            if len(self.found) == self._wish.n:
                return
            rep = self._release.customers.rep[customer]
            if self._wish.per_rep is None or self._reps[rep] < self._wish.per_rep:
                yield customer, rep


def _ranked(found: list[Target]) -> tuple[Target, ...]:
    """Of equals the one asked earlier; without a chance last.

    One product is worth the same to all in a release, so the order by value is this one too.
    """
    ordered = sorted(found, key=lambda t: 1.0 if t.chance is None else -t.chance)
    return tuple(replace(target, rank=rank) for rank, target in enumerate(ordered, 1))

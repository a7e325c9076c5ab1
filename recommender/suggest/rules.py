"""Rules: which products may not be offered to a customer now, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import NOTHING_KNOWN, Facts
from recommender.suggest.fresh import fresh_of
from recommender.suggest.matching import NO_PRODUCTS
from recommender.suggest.withholding import withheld_by_word


@dataclass(frozen=True)
class Rule:
    """Products that one rule holds back; its name is the key in `withheld`."""

    name: str
    products: Numbers
    """Ascending."""

    def holds(self, products: Numbers) -> Flags:
        return is_among(products, self.products)


def rules_for(release: Release, row: int | None, facts: Facts = NOTHING_KNOWN) -> tuple[Rule, ...]:
    """In the order in which they are asked; a customer we do not know has bought nothing."""
    fresh = fresh_of(release, facts.purchases)
    return (
        Rule("owned", _with(NO_PRODUCTS if row is None else owned_by(release, row), fresh.kept)),
        Rule(
            "returned",
            _with(NO_PRODUCTS if row is None else returned_by(release, row), fresh.given_back),
        ),
        *(Rule(name, products) for name, products in withheld_by_word(release, facts)),
        Rule("not_in_catalogue", release.gone),
        Rule("out_of_stock", release.out_of_stock),
    )


def freed(rules: tuple[Rule, ...], name: str, products: Numbers) -> tuple[Rule, ...]:
    """The same rules, of which the one of that name holds none of `products`, ascending."""
    return tuple(
        Rule(name, rule.products[~is_among(rule.products, products)]) if rule.name == name else rule
        for rule in rules
    )


def _with(products: Numbers, fresh: Numbers) -> Numbers:
    return np.union1d(products, fresh).astype(np.int32) if len(fresh) else products


def count_withheld(rules: tuple[Rule, ...]) -> dict[str, int]:
    """Products of the whole catalogue by the first rule that holds them; rules of 0 are left out.

    Rules hold few products each, so the catalogue itself is never walked.
    """
    counts: dict[str, int] = {}
    earlier: list[Rule] = []
    for rule in rules:
        if not len(rule.products):
            continue
        already: Flags = np.zeros(len(rule.products), bool)
        for before in earlier:
            already |= before.holds(rule.products)
        counts[rule.name] = len(rule.products) - int(np.count_nonzero(already))
        earlier.append(rule)
    return {name: count for name, count in counts.items() if count}


def first_rules(rules: tuple[Rule, ...], products: Numbers) -> npt.NDArray[np.int8]:
    """(products,) position of the first rule that holds each product, -1 where it is free."""
    first = np.full(len(products), -1, np.int8)
    for position in reversed(range(len(rules))):
        if len(rules[position].products):
            first[rules[position].holds(products)] = position
    return first


def owned_by(release: Release, row: int) -> Numbers:
    """What the customer ever bought and kept, ascending."""
    first, end = release.earlier.starts[row : row + 2]
    if first == end:
        return bought_by(release, row)
    return np.union1d(bought_by(release, row), release.earlier.products[first:end])


def bought_by(release: Release, row: int) -> Numbers:
    """What the customer bought and kept within the history, ascending."""
    first, end = release.bought.starts[row : row + 2]
    return release.bought.products[first:end]


def returned_by(release: Release, row: int) -> Numbers:
    """What the customer gave back entirely, ascending."""
    first, end = release.returned.starts[row : row + 2]
    return release.returned.products[first:end]


def is_among(products: Numbers, ascending: Numbers) -> Flags:
    """Like `numpy.isin`, an order of magnitude faster for a few products in a sorted list."""
    if not len(ascending):
        return np.zeros(len(products), bool)
    positions = np.searchsorted(ascending, products)
    positions[positions == len(ascending)] = 0
    return np.asarray(ascending[positions] == products)

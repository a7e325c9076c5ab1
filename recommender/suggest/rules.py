"""Rules: which products may not be offered to a customer now, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Flags, Numbers
from recommender.release.opening import Release
from recommender.suggest.facts import NOTHING_KNOWN, Facts
from recommender.suggest.fresh import fresh_of
from recommender.suggest.matching import NO_PRODUCTS
from recommender.suggest.withholding import withheld_by_word

HELD_FOR_ALL = ("not_in_catalogue", "inactive", "out_of_stock")


@dataclass(frozen=True)
class Rule:
    """Products that one rule holds back; its name is the key in `withheld`."""

    name: str
    products: Numbers
    """Ascending."""
    is_for_all: bool = False
    """Of the catalogue; these stand last, and no two of them hold the same product."""

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
        *(Rule(name, products, is_for_all=True) for name, products in held_for_all(release)),
    )


def held_for_all(release: Release) -> Iterable[tuple[str, Numbers]]:
    """What the catalogue holds back, by rule; no product stands under two."""
    return zip(HELD_FOR_ALL, release.held_for_all, strict=True)


def freed(rules: tuple[Rule, ...], name: str, products: Numbers) -> tuple[Rule, ...]:
    """The same rules, of which the one of that name holds none of `products`, ascending."""
    return tuple(
        replace(rule, products=rule.products[~is_among(rule.products, products)])
        if rule.name == name
        else rule
        for rule in rules
    )


def _with(products: Numbers, fresh: Numbers) -> Numbers:
    return merged(products, fresh).astype(np.int32) if len(fresh) else products


def merged(one: Numbers, other: Numbers) -> Numbers:
    """Both together, ascending, each once: like `numpy.union1d`, faster for what is in order."""
    together = np.sort(np.concatenate([one, other]), kind="stable")
    is_first = np.ones(len(together), bool)
    np.not_equal(together[1:], together[:-1], out=is_first[1:])
    return together[is_first]


def count_withheld(rules: tuple[Rule, ...]) -> dict[str, int]:
    """Products of the whole catalogue by the first rule that holds them; rules of 0 are left out.

    A customer's rules hold few products each. Those of the catalogue may hold most of it, so they
    are not walked: they are only asked about the few.
    """
    counts: dict[str, int] = {}
    earlier = NO_PRODUCTS
    for rule in rules:
        if rule.is_for_all:
            counts[rule.name] = len(rule.products) - int(is_among(earlier, rule.products).sum())
            continue
        new = rule.products[~is_among(rule.products, earlier)]
        counts[rule.name] = len(new)
        earlier = _with(earlier, new) if len(earlier) else new
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
    first, end = release.earlier.starts[row : row + 2].tolist()
    if first == end:
        return bought_by(release, row)
    return merged(bought_by(release, row), release.earlier.products[first:end])


def bought_by(release: Release, row: int) -> Numbers:
    """What the customer bought and kept within the history, ascending."""
    first, end = release.bought.starts[row : row + 2].tolist()
    return release.bought.products[first:end]


def returned_by(release: Release, row: int) -> Numbers:
    """What the customer gave back entirely, ascending."""
    first, end = release.returned.starts[row : row + 2].tolist()
    return release.returned.products[first:end]


def is_among(products: Numbers, ascending: Numbers) -> Flags:
    """Like `numpy.isin`, an order of magnitude faster for a few products in a sorted list."""
    if not len(ascending):
        return np.zeros(len(products), bool)
    positions = np.searchsorted(ascending, products)
    positions[positions == len(ascending)] = 0
    return np.asarray(ascending[positions] == products)

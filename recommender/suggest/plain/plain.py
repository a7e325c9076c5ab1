"""The usual list, a few numbers read from the release: of a customer that bought something, of
whom nothing was told, asked for without conditions.

`suggest` takes it from here where it can; what it cannot is worked out in full. Both say the same.
Compiled code reads it, which is loaded where many lists are made and nowhere else: a process that
loads it takes 45 MB and a third of a second more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from recommender.release.evidence import CANDIDATES_EXPLAINED
from recommender.release.opening import Release
from recommender.suggest.diversity import diversity_of
from recommender.suggest.evidence import TEN_THOUSANDTHS
from recommender.suggest.facts import Consent, Facts
from recommender.suggest.grounds import price_step
from recommender.suggest.kinds import UPGRADE
from recommender.suggest.plain.table import (
    CHANCE,
    KIND,
    MOST_SCALED,
    PRODUCT,
    USUAL_PRICE,
    VALUE,
)
from recommender.suggest.reasons import (
    MINIMUM_CUSTOMERS,
    BoughtReason,
    PeersReason,
    PopularReason,
    Reason,
    agreed_peers,
    popular_reasons,
)
from recommender.suggest.rules import HELD_FOR_ALL
from recommender.suggest.suggestion import Source, Wish

Whole = npt.NDArray[np.int64]
RULES = ("owned", "returned", *HELD_FOR_ALL)
"""In the order of the kernel's counts."""
DIGITS = {CHANCE: 6, VALUE: 2, USUAL_PRICE: 2}


class NotCompiledError(Exception):
    """There is no compiled code, and what is asked for can be had without it."""


_LOADED: dict[str, Callable[..., Any]] = {}
"""The kernel, once there is one in this process."""


def load_kernel(release: Release) -> None:
    """From its end on lists are read off; a release is needed to know the types to compile for.

    Seconds where it was never compiled before. Raises `NotCompiledError` where numba is not to be
    had, or finds no folder to keep what it compiled: lists are then worked out in full.
    """
    if _LOADED or not len(release.customers.ids):
        return
    with compiling():
        from recommender.suggest.plain.kernel import plain_numbers  # noqa: PLC0415 - not for all

        plain_numbers(release.list_columns, 0, *_room(1))
    _LOADED["plain_numbers"] = plain_numbers


@contextmanager
def compiling() -> Iterator[None]:
    """Raises `NotCompiledError` for what numba raises."""
    try:
        yield
    except (ImportError, RuntimeError, OSError) as error:
        reason = " ".join(str(error).split())
        raise NotCompiledError(
            f"lists take twice as long: no compiled code ({reason}); let NUMBA_CACHE_DIR name a "
            "folder that may be written to"
        ) from error


@dataclass(frozen=True, eq=False)
class Plain:
    """One row for each product of the list, the best first."""

    numbers: npt.NDArray[np.int64]
    """(products, 7): columns as in `table`; kinds are positions in `KINDS`, shares
    ten-thousandths, own purchases -1 where there is none."""
    amounts: npt.NDArray[np.float64]
    """(products, 3), rounded; NaN where it is not known."""
    peers: int
    withheld: dict[str, int]
    held: npt.NDArray[np.int64]
    """(held back, 2) product and 1 + position in `RULES`."""
    is_ordinary: bool
    """Without huge amounts, and without zeros that have a sign."""

    source: ClassVar[Source] = "personal"

    @property
    def products(self) -> list[int]:
        products: list[int] = self.numbers[:, PRODUCT].tolist()
        return products

    @property
    def kinds(self) -> list[int]:
        kinds: list[int] = self.numbers[:, KIND].tolist()
        return kinds

    @property
    def chance(self) -> list[float]:
        chances: list[float] = self.amounts[:, CHANCE].tolist()
        return chances

    @property
    def value(self) -> list[float | None]:
        return [v if math.isfinite(v) else None for v in self.amounts[:, VALUE].tolist()]

    def held_back(self, release: Release) -> tuple[tuple[str, str], ...]:
        """(product_id, rule) of what would have stood in the list."""
        ids = release.catalogue.ids
        return tuple((ids[product], RULES[rule - 1]) for product, rule in self.held.tolist())


def plain_list(release: Release, row: int, wish: Wish, facts: Facts) -> Plain | None:
    """None where it takes more to tell; who asks has seen that the customer agreed."""
    plain_numbers = _LOADED.get("plain_numbers")
    if plain_numbers is None or not wish.is_plain or facts.is_told or diversity_of(release):
        return None
    room = _room(wish.n)
    count, held_back, peers, are_rounded = plain_numbers(release.list_columns, row, *room)
    if count < 0 or not _agreed(release, row, peers, facts.consent):
        return None
    numbers, amounts, withheld, held = room
    numbers, amounts, held = numbers[:count], amounts[:count], held[:held_back]
    is_ordinary = are_rounded or _round(amounts)
    counts = {rule: count for rule, count in zip(RULES, withheld.tolist(), strict=True) if count}
    return Plain(numbers, amounts, peers, counts, held, is_ordinary)


def _room(n: int) -> tuple[Whole, npt.NDArray[np.float64], Whole, Whole]:
    """For numbers, amounts, counts of what is withheld, and what was held back: what a kernel
    makes itself costs more to hand over."""
    return (
        np.empty((n, 7), np.int64),
        np.empty((n, 3)),
        np.empty(len(RULES), np.int64),
        np.empty((CANDIDATES_EXPLAINED, 2), np.int64),
    )


def _agreed(release: Release, row: int, peers: int, consent: Consent) -> bool:
    """Whether all peers let themselves be counted."""
    return consent.is_everyones or len(agreed_peers(release, row, consent)) == peers


def _round(amounts: npt.NDArray[np.float64]) -> bool:
    """In place, what the kernel was not certain of; whether all are ordinary."""
    is_ordinary = True
    for amount, digits in DIGITS.items():
        rounded = np.array([round(number, digits) for number in amounts[:, amount].tolist()])
        amounts[:, amount] = rounded
        has_sign = np.signbit(rounded) & ~np.isnan(rounded)
        is_ordinary &= not (has_sign | (rounded * 10.0**digits > MOST_SCALED)).any()
    return is_ordinary


def plain_reasons(release: Release, plain: Plain) -> list[tuple[Reason, ...]]:
    """Of each product: own purchases, the price step, peers; else how many buy it."""
    usual_prices = plain.amounts[:, USUAL_PRICE].tolist()
    rows = zip(plain.numbers.tolist(), usual_prices, strict=True)
    return [_reasons(release, plain.peers, numbers, usual) for numbers, usual in rows]


def _reasons(
    release: Release, peers: int, numbers: list[int], usual_price: float
) -> tuple[Reason, ...]:
    product, kind, first, first_share, second, second_share, peers_bought = numbers
    ids = release.catalogue.ids
    found: list[Reason] = []
    if first >= 0:
        found.append(BoughtReason(ids[first], first_share / TEN_THOUSANDTHS))
    if second >= 0:
        found.append(BoughtReason(ids[second], second_share / TEN_THOUSANDTHS))
    if kind == UPGRADE:
        found.append(price_step(release, product, usual_price))
    if peers_bought >= MINIMUM_CUSTOMERS:
        found.append(PeersReason(peers, peers_bought))
    return tuple(found or popular(release, product))


def popular(release: Release, product: int) -> list[PopularReason]:
    """How many bought it lately; nothing where these are too few."""
    return popular_reasons(release, np.array([product], np.int32))[0]

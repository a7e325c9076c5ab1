"""The products in question for one customer, before rules and wishes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from recommender.release.contents import Floats, Numbers
from recommender.release.opening import Release
from recommender.suggest.history import History, history_of
from recommender.suggest.kinds import NEW, KindNumbers, kinds_of_unbought, usual_prices_of
from recommender.suggest.reasons import Reason
from recommender.suggest.regular.regular import Regular
from recommender.suggest.rules import is_among
from recommender.suggest.suggestion import FallbackReason, Source

Scores = npt.NDArray[np.floating[Any]]
Said = Mapping[int, tuple[Reason, ...]]
NOTHING_SAID: Said = MappingProxyType({})


@dataclass(frozen=True)
class Shortlist:
    """The best first."""

    source: Source
    fallback_reason: FallbackReason | None
    products: Numbers
    chance: Floats
    usual_prices: npt.NDArray[np.float64]
    kinds: KindNumbers
    history: History | None = None
    """The purchases behind it; None where it is not this customer's."""
    row: int | None = None
    """Of the customer, where the release knows purchases of it."""
    lifted: Scores | None = None
    """(products,) what orders the list where the customer's word does; else it is the chance."""
    regular: Regular | None = None
    """What its products of these kinds are told from."""
    said: Said = field(default_factory=lambda: NOTHING_SAID)
    """Product -> reasons out of the customer's mouth or clicks."""

    @property
    def score(self) -> Scores:
        return self.chance if self.lifted is None else self.lifted

    def take(self, order: npt.NDArray[np.intp]) -> Shortlist:
        """The same products in another order, or some of them."""
        return replace(
            self,
            products=self.products[order],
            chance=self.chance[order],
            usual_prices=self.usual_prices[order],
            kinds=self.kinds[order],
            lifted=None if self.lifted is None else self.lifted[order],
        )

    def with_regular(self, regular: Regular) -> Shortlist:
        """Likeliest first of all; what is bought regularly is nothing else besides."""
        bought = regular.bought
        rest = self.take(np.flatnonzero(~is_among(self.products, bought.products)))
        found = replace(
            rest,
            products=np.concatenate([bought.products, rest.products]),
            chance=np.concatenate([bought.chance, rest.chance]),
            usual_prices=np.concatenate([np.full(len(bought.products), np.nan), rest.usual_prices]),
            kinds=np.concatenate([bought.kinds, rest.kinds]),
            lifted=None if rest.lifted is None else np.concatenate([bought.chance, rest.lifted]),
            regular=regular,
        )
        return found.take(np.argsort(-found.score, kind="stable"))

    def extended(self, release: Release, products: Numbers, chance: Scores) -> Shortlist:
        """With further products at the end; they have kinds as the others do."""
        together = np.concatenate([self.products, products]).astype(np.int32)
        chances = np.concatenate([self.chance, chance]).astype(np.float32)
        found = replace(self, products=together, chance=chances)
        if self.history is not None:
            return _with_kinds(release, found, self.history)
        usual, kinds = _kindless(len(together))
        return replace(found, usual_prices=usual, kinds=kinds)


def personal(
    release: Release, row: int | None, history: History, products: Numbers, chance: Floats
) -> Shortlist:
    """A list from the customer's own purchases."""
    usual = usual_prices_of(release, history.products, products)
    kinds = kinds_of_unbought(release, products, usual)
    return Shortlist("personal", None, products, chance, usual, kinds, history, row)


def shortlist_of(release: Release, row: int | None) -> Shortlist:
    """Personal where there are purchases, else by portrait or of the segment, else popular."""
    if row is None:
        return popular(release, "unknown_customer")
    first, end = release.candidates.starts[row : row + 2]
    has_bought = release.bought.starts[row] < release.bought.starts[row + 1]
    products, chance = release.candidates.products[first:end], release.candidates.chance[first:end]
    if not has_bought:
        return _of_alike(release, row, products, chance)
    return personal(release, row, history_of(release, row), products, chance)


def popular(release: Release, reason: FallbackReason) -> Shortlist:
    return _unpersonal("popular", reason, release.fallback.popular, release.fallback.popular_chance)


def _of_alike(release: Release, row: int, products: Numbers, chance: Floats) -> Shortlist:
    """What customers with such a portrait buy; where it tells nothing, the segment's list."""
    if not len(products):
        return _of_segment(release, row)
    return _unpersonal("segment", "no_purchases", products, chance)


def _of_segment(release: Release, row: int) -> Shortlist:
    segment = int(release.customers.segment_number[row])
    if segment < 0:
        return popular(release, "no_purchases")
    fallback = release.fallback
    first, end = fallback.segment_starts[segment : segment + 2]
    products, chance = fallback.segment_products[first:end], fallback.segment_chance[first:end]
    return _unpersonal("segment", "no_purchases", products, chance)


def _unpersonal(
    source: Source, reason: FallbackReason, products: Numbers, chance: Floats
) -> Shortlist:
    return Shortlist(source, reason, products, chance, *_kindless(len(products)))


def _kindless(size: int) -> tuple[npt.NDArray[np.float64], KindNumbers]:
    """Who bought nothing has no usual price to step up from."""
    return np.full(size, np.nan), np.full(size, NEW, np.int8)


def _with_kinds(release: Release, shortlist: Shortlist, history: History) -> Shortlist:
    usual = usual_prices_of(release, history.products, shortlist.products)
    kinds = kinds_of_unbought(release, shortlist.products, usual)
    return replace(shortlist, usual_prices=usual, kinds=kinds)

"""The call list of one product: who is most likely to take it, written and accounted for."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from recommender.errors import UnknownProductError
from recommender.listing.changes import Since
from recommender.listing.effort import Effort
from recommender.listing.made import Made
from recommender.listing.rows import held_target_rows, target_rows
from recommender.listing.selection import Selection, chosen_customers
from recommender.listing.unfinished import working_on
from recommender.listing.written import About, WrittenList, write_list
from recommender.release.contents import Flags
from recommender.release.opening import Release
from recommender.suggest.facts import Facts, FactsBook
from recommender.suggest.targets import TargetList, TargetWish, targets
from recommender.text import TextColumn

NEAR_IDS = 3


@dataclass(frozen=True)
class Ask:
    """What is asked for, word for word as the flags say it."""

    product_id: str
    n: int
    selection: Selection
    per_rep: int | None = None

    @property
    def settings(self) -> dict[str, Any]:
        asked = {"product_id": self.product_id, "n": self.n, "per_rep": self.per_rep}
        return asked | self.selection.settings

    def wish(self, step: Callable[[int], None]) -> TargetWish:
        """`step` is told of each that would be listed if it may be contacted."""

        def may_list(facts: Facts) -> bool:
            step(1)
            return self.selection.lists(facts)

        return TargetWish(self.n, self.per_rep, may_list)


def call_list(
    release: Release, out: Path, ask: Ask, book: FactsBook, effort: Effort | None = None
) -> WrittenList:
    """Writes `out` and what accounts for it beside it, each replaced as a whole.

    Raises `UnknownProductError` that names the nearest, `ConfigError` for a rep nobody has. The
    same release, facts and flags give the same bytes.
    """
    check_known(release, ask.product_id)
    shown = (effort or Effort()).shown
    with working_on(out) as work:
        # one customer is too small to share between threads
        with threadpool_limits(1, "blas"), shown("customers", ask.n) as step:
            among = _among(release, ask.selection)
            found = targets(release, ask.product_id, ask.wish(step), book, among)
        about = About(Since(release), ask.settings, ("targets",), by_customer=False)
        return write_list(work, about, _parts(release, found))


def _parts(release: Release, found: TargetList) -> Iterator[Made]:
    """One a customer; the counts stand with the last, for who keeps to itself has no part."""
    for row in target_rows(release, found):
        yield Made(str(row["customer_id"]), rows=[row])
    for row in held_target_rows(release, found):
        yield Made(str(row["customer_id"]), held=[row])
    yield Made("", counts=_counts(found))


def check_known(release: Release, product_id: str) -> None:
    """Raises `UnknownProductError` with the products whose id or name comes nearest."""
    products = release.products
    if release.catalogue.columns.get(product_id) is not None:
        return
    near = _near(product_id, products.ids) or _near(product_id, products.name)
    named = [f"{products.ids[p]} ({products.name[p] or 'without a name'})" for p in near]
    remedy = f"did you mean {', or '.join(named)}?" if named else "nothing is called nearly so"
    raise UnknownProductError(
        f"no product {product_id!r} in release {release.name}; {remedy} "
        "Ids are taken as they are written, with their zeros"
    )


def _near(word: str, texts: TextColumn) -> list[int]:
    """Positions of the texts most alike in any case."""
    places: dict[str, int] = {}
    for place, text in enumerate(texts):
        places.setdefault(text.casefold(), place)
    return [places[text] for text in difflib.get_close_matches(word.casefold(), places, NEAR_IDS)]


def _among(release: Release, selection: Selection) -> Flags | None:
    if selection.rep is None:
        return None
    among = np.zeros(len(release.customers.ids), bool)
    among[chosen_customers(release, selection)] = True
    return among


def _counts(found: TargetList) -> Counter[str]:
    """Of rules and of targets without a chance only where there are some."""
    without_chance = sum(target.chance is None for target in found.targets)
    some = {f"held_{rule}": n for rule, n in found.withheld.items()}
    some |= {"targets_without_chance": without_chance} if without_chance else {}
    return Counter({"targets": found.returned, **some})

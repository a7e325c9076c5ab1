"""Candidates of a block of customers, from every source, with what each source thinks of them.

No block holds a number for every customer and product: what a source thinks is sparse, or, of the
factors, worked out strip by tile for its best and then for the candidates alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.matrix.cells import Cells, cells_of, is_among
from recommender.models.als import Factors
from recommender.models.liked import Liked
from recommender.models.strip import STRIP, Strip
from recommender.models.tiles import Tiles, tiles_of
from recommender.models.topn import only
from recommender.ranking.boosted.facts import Facts
from recommender.ranking.boosted.snapshot import Snapshot
from recommender.ranking.sparse_rows import highest_open, values_at

LIKED, LIKED_SLOWLY, BOUGHT_WITH = 150, 75, 60
"""Candidates from the two models, and from products bought by the same customers."""
RANKED = {"liked": LIKED, "liked_slowly": LIKED_SLOWLY, "bought_with": BOUGHT_WITH}
"""Opinions whose best are candidates; places are told twice as deep."""
CUSTOMERS = STRIP
"""Of a block: bounds the memory of its candidates' features."""

Scores = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Block:
    """Pairs of a few customers, customer by customer, products ascending."""

    customers: npt.NDArray[np.int32]
    products: npt.NDArray[np.int32]
    opinions: dict[str, Scores]
    """(pairs,) by name, what each source thinks."""

    def __len__(self) -> int:
        return len(self.customers)


@dataclass(frozen=True)
class Candidates:
    """Pairs of a few customers that any source named; what sources think of them is not asked yet.

    Customer by customer, products ascending.
    """

    sources: _Sources
    asked: Rows
    """The customers, those without a candidate too."""
    cells: Cells
    """(pairs,) position among those asked, times products, plus the product."""
    noted: dict[str, sparse.csr_matrix]
    places: dict[str, tuple[Cells, npt.NDArray[np.intp]]]

    @property
    def customers(self) -> Rows:
        return self.asked[self.cells // self.sources.width]

    @property
    def products(self) -> Rows:
        return (self.cells % self.sources.width).astype(np.int32)

    def block(self, kept: npt.NDArray[np.intp] | None = None) -> Block:
        """What every source thinks of all, or of those at the positions `kept`, which ascend."""
        cells = self.cells if kept is None else self.cells[kept]
        rows, products = np.divmod(cells, self.sources.width)
        opinions = {
            name: _likings(factors, self.asked[rows], products)
            for name, factors in self.sources.factors.items()
        }
        opinions |= {name: values_at(each, rows, products) for name, each in self.noted.items()}
        opinions |= {
            f"{name}_position": _places_of(cells, *found, 2 * RANKED[name])
            for name, found in self.places.items()
        }
        return Block(self.asked[rows], products.astype(np.int32), opinions)


def candidates_of(snapshot: Snapshot, facts: Facts, customers: Rows) -> Iterator[Candidates]:
    """Of these customers, which must ascend, some at a time."""
    sources = _sources(snapshot, facts)
    for first in range(0, len(customers), CUSTOMERS):
        yield _candidates(sources, customers[first : first + CUSTOMERS])


def blocks(snapshot: Snapshot, facts: Facts, customers: Rows) -> Iterator[Block]:
    """Blocks of these customers, which must ascend."""
    for found in candidates_of(snapshot, facts, customers):
        yield found.block()


@dataclass(frozen=True)
class _Sources:
    """What is the same for all blocks."""

    snapshot: Snapshot
    factors: Mapping[str, Factors]
    listed: Mapping[str, Liked | Tiles]
    """What each model likes most: found out before, or what it is found out from."""
    bought: sparse.csr_matrix
    unsold: npt.NDArray[np.bool_]
    """(products,) bought by nobody."""
    popular: npt.NDArray[np.intp]
    favourites: list[tuple[Rows, npt.NDArray[np.intp]]]

    @property
    def width(self) -> int:
        return len(self.unsold)


def _sources(snapshot: Snapshot, facts: Facts) -> _Sources:
    models = snapshot.models
    unsold = models.popularity.buyers == 0
    factors = {"liked": models.factors, "liked_slowly": snapshot.slow}
    before = {"liked": models.liked, "liked_slowly": snapshot.liked_slowly}
    return _Sources(
        snapshot=snapshot,
        factors=factors,
        listed={
            name: before[name] or tiles_of(only(each.products, ~unsold))
            for name, each in factors.items()
        },
        bought=models.matrix.bought,
        unsold=unsold,
        popular=facts.popular,
        favourites=facts.group_favourites,
    )


def _candidates(sources: _Sources, customers: Rows) -> Candidates:
    closed, noted = _closed(sources, customers), _noted(sources, customers)
    places = _places(sources, customers, closed, noted["bought_with"])
    cells = [listed[place < RANKED[name]] for name, (listed, place) in places.items()]
    cells += _for_groups(sources, customers)
    cells += [_stored(noted[name]) for name in sources.snapshot.interest]
    chosen = np.sort(np.concatenate(cells))  # NumPy's unique hashes first, which takes longer
    chosen = chosen[np.diff(chosen, prepend=-1) != 0]
    chosen = chosen[~is_among(chosen, _stored(closed)) & ~sources.unsold[chosen % sources.width]]
    return Candidates(sources, customers, chosen, noted, places)


def _noted(sources: _Sources, customers: Rows) -> dict[str, sparse.csr_matrix]:
    """(customers, products) of every opinion but those of factors."""
    snapshot, taken, bought = sources.snapshot, sources.snapshot.taken, sources.bought
    peers = _peer_matrix(snapshot.peers[customers], bought.shape[0])
    found = {
        "bought_with": snapshot.models.matrix.weights[customers] @ snapshot.neighbours,
        "bought_with_ever": bought[customers] @ snapshot.neighbours,
        "peers_bought": peers @ bought,
        "peers_new_28": peers @ taken.newly(28),
        "peers_new_91": peers @ taken.newly(91),
        **{name: noted[customers] for name, noted in snapshot.interest.items()},
        **{name: said[customers] for name, said in snapshot.answers.items()},
    }
    return {name: sparse.csr_matrix(matrix) for name, matrix in found.items()}


def _peer_matrix(peers: Rows, everyone: int) -> sparse.csr_matrix:
    """(customers, everyone) 1 for the customers alike."""
    real = peers >= 0
    starts = np.concatenate([[0], np.cumsum(real.sum(axis=1))])
    ones = np.ones(int(starts[-1]), np.float32)
    return sparse.csr_matrix((ones, peers[real], starts), (len(peers), everyone))


def _closed(sources: _Sources, customers: Rows) -> sparse.csr_matrix:
    """(customers, products) stored for what was ever bought."""
    parts = [part[customers].astype(bool) for part in sources.snapshot.models.closed]
    closed = sparse.csr_matrix(parts[0] + parts[1] + parts[2])
    closed.sort_indices()
    return closed


def _places(
    sources: _Sources, customers: Rows, closed: sparse.csr_matrix, bought_with: sparse.csr_matrix
) -> dict[str, tuple[Cells, npt.NDArray[np.intp]]]:
    """Cells, by position in the block, of the best open ones of each source, and their places."""
    found = {
        name: _liked(listed, sources.factors[name], customers, closed, 2 * RANKED[name])
        for name, listed in sources.listed.items()
    }
    deep = 2 * BOUGHT_WITH
    found["bought_with"] = highest_open(bought_with, closed, sources.unsold, deep)
    width = np.int64(sources.width)
    return {
        name: (rows * width + products, places) for name, (rows, products, places) in found.items()
    }


def _liked(
    listed: Liked | Tiles, factors: Factors, customers: Rows, closed: sparse.csr_matrix, deep: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.integer], npt.NDArray[np.intp]]:
    if isinstance(listed, Liked):
        return listed.of(customers, deep)
    strip = Strip(factors.customers[customers], listed.ordered(closed))
    with threadpool_limits(1, "blas"):  # the same sums in the same order on every machine size
        rows, products, places, _ = strip.best(listed, min(deep, closed.shape[1]))
    return rows, products, places


def _for_groups(sources: _Sources, customers: Rows) -> list[Cells]:
    """What is looked at for everyone, and for everyone of a segment, a region or the like."""
    starts = np.arange(len(customers))[:, None] * np.int64(sources.width)
    found = [(starts + sources.popular).ravel()]
    for group, favourites in sources.favourites:
        mine = group[customers]
        some = np.flatnonzero(mine >= 0)
        found.append((starts[some] + favourites[mine[some]]).ravel())
    return found


def _stored(matrix: sparse.csr_matrix) -> Cells:
    """Of what is above 0; ascending where the matrix is sorted."""
    return cells_of(matrix)[matrix.data > 0]


def _likings(factors: Factors, customers: Rows, products: npt.NDArray[np.int64]) -> Scores:
    """(pairs,) dot products."""
    theirs, of_products = factors.customers[customers], factors.products[products]
    return np.asarray(np.einsum("pf,pf->p", theirs, of_products), np.float32)


def _places_of(cells: Cells, listed: Cells, places: npt.NDArray[np.intp], beyond: int) -> Scores:
    """(cells,) the place of each; `beyond` for what is not listed."""
    order = np.argsort(listed)
    found = np.append(order, -1)[np.searchsorted(listed, cells, sorter=order)]
    is_listed = np.append(listed, -1)[found] == cells
    return np.where(is_listed, np.append(places, beyond)[found], beyond).astype(np.float32)

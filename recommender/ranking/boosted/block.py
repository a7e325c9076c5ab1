"""Candidates of a block of customers, from every source, with what each source thinks of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.models.highest import highest
from recommender.models.liked import Liked
from recommender.ranking.boosted.facts import Facts
from recommender.ranking.boosted.snapshot import Snapshot

LIKED, LIKED_SLOWLY, BOUGHT_WITH = 150, 75, 60
"""Candidates from the two models, and from products bought by the same customers."""
CELLS = 5_000_000
"""Customers of a block times products: bounds the memory of its dense scores."""

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Block:
    """Pairs of a few customers, customer by customer, products ascending."""

    customers: npt.NDArray[np.int32]
    products: npt.NDArray[np.int32]
    opinions: dict[str, Scores]
    """(pairs,) by name, what each source thinks."""

    def __len__(self) -> int:
        return len(self.customers)


def blocks(snapshot: Snapshot, facts: Facts, customers: npt.NDArray[np.int32]) -> Iterator[Block]:
    """Blocks of these customers, which must ascend."""
    size = max(CELLS // snapshot.models.matrix.weights.shape[1], 16)
    for first in range(0, len(customers), size):
        yield _block(snapshot, facts, customers[first : first + size])


def _block(snapshot: Snapshot, facts: Facts, customers: npt.NDArray[np.int32]) -> Block:
    scores = _scores(snapshot, customers)
    closed = _closed(snapshot, customers)
    listed = {"liked": snapshot.models.liked, "liked_slowly": snapshot.liked_slowly}
    positions = {
        name: _positions(name, scores[name], closed)
        if (liked := listed.get(name)) is None
        else _listed_positions(name, liked, customers, closed.shape)
        for name in RANKED
    }
    chosen = np.zeros(closed.shape, bool)
    for name, most in RANKED.items():
        chosen |= positions[name] < most
    chosen[:, facts.popular] = True
    for group, favourites in facts.group_favourites:
        mine = group[customers]
        some = np.flatnonzero(mine >= 0)
        chosen[some[:, None], favourites[mine[some]]] = True
    for name in snapshot.interest:
        chosen |= scores[name] > 0
    chosen &= ~closed
    rows, products = np.nonzero(chosen)
    opinions = {name: score[rows, products] for name, score in scores.items()}
    opinions |= {
        f"{name}_position": position[rows, products].astype(np.float32)
        for name, position in positions.items()
    }
    return Block(customers[rows], products.astype(np.int32), opinions)


RANKED = {"liked": LIKED, "liked_slowly": LIKED_SLOWLY, "bought_with": BOUGHT_WITH}
"""Opinions whose best are candidates."""
LEAST = {"liked": -np.inf, "liked_slowly": -np.inf, "bought_with": 0.0}
"""Not above it is no opinion: 0 is what was bought with nothing of theirs."""


def _scores(snapshot: Snapshot, customers: npt.NDArray[np.int32]) -> dict[str, Scores]:
    """(customers, products) of every opinion."""
    models, taken = snapshot.models, snapshot.taken
    peers = snapshot.peers[customers]
    with threadpool_limits(1, "blas"):  # the same sums in the same order on every machine size
        liked = models.factors.customers[customers] @ models.factors.products.T
        slowly = snapshot.slow.customers[customers] @ snapshot.slow.products.T
    return {
        "liked": liked,
        "liked_slowly": slowly,
        "bought_with": _dense(models.matrix.weights[customers] @ snapshot.neighbours),
        "bought_with_ever": _dense(models.matrix.bought[customers] @ snapshot.neighbours),
        "peers_bought": _dense(peers @ models.matrix.bought),
        "peers_new_28": _dense(peers @ taken.newly(28)),
        "peers_new_91": _dense(peers @ taken.newly(91)),
        **{name: _dense(noted[customers]) for name, noted in snapshot.interest.items()},
        **{name: _dense(said[customers]) for name, said in snapshot.answers.items()},
    }


def _closed(snapshot: Snapshot, customers: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """(customers, products) True for what was ever bought, and for what nobody bought."""
    models = snapshot.models
    closed = np.zeros((len(customers), models.matrix.weights.shape[1]), bool)
    for part in models.closed:
        rows, products = part[customers].nonzero()
        closed[rows, products] = True
    closed[:, models.popularity.buyers == 0] = True
    return closed


def _positions(name: str, scores: Scores, closed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int16]:
    """(customers, products) 0 for the best open one of a row; twice the most for all beyond."""
    deep = 2 * RANKED[name]
    open_ = np.where(closed, np.float32(-np.inf), scores)
    rows, products, places = highest(open_, deep, LEAST[name])
    positions = np.full(scores.shape, deep, np.int16)
    positions[rows, products] = places
    return positions


def _listed_positions(
    name: str, liked: Liked, customers: npt.NDArray[np.int32], shape: tuple[int, ...]
) -> npt.NDArray[np.int16]:
    """The same of what was listed before."""
    deep = 2 * RANKED[name]
    rows, products, places = liked.of(customers, deep)
    positions = np.full(shape, deep, np.int16)
    positions[rows, products] = places
    return positions


def _dense(matrix: sparse.csr_matrix) -> Scores:
    return np.asarray(matrix.toarray(), np.float32)

"""Reasons from the evidence that a release holds ready; a few numbers instead of a solve."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.release.contents import Numbers
from recommender.release.evidence import COUNT_ANEW
from recommender.release.opening import Release
from recommender.suggest.facts import Consent
from recommender.suggest.history import History
from recommender.suggest.reasons import (
    MINIMUM_CUSTOMERS,
    BoughtReason,
    PeersReason,
    agreed_peers,
    bought_reasons,
    peers_reasons,
)

TEN_THOUSANDTHS = 10_000


def own_reasons(release: Release, history: History, products: Numbers) -> list[list[BoughtReason]]:
    """As `bought_reasons`, from the release where it knows them."""
    entries = _entries(release, history.row, products)
    if entries is None:
        return bought_reasons(release, history, products)
    part, ids = release.contents.evidence, release.catalogue.ids
    columns = (part.first, part.first_share, part.second, part.second_share)
    found = []
    for first, share, second, second_share in zip(
        *(column[entries].tolist() for column in columns), strict=True
    ):
        reasons = [BoughtReason(ids[first], share / TEN_THOUSANDTHS)] if first >= 0 else []
        if second >= 0:
            reasons.append(BoughtReason(ids[second], second_share / TEN_THOUSANDTHS))
        found.append(reasons)
    return found


def reasons_of_peers(
    release: Release, row: int, products: Numbers, consent: Consent
) -> list[list[PeersReason]]:
    """As `peers_reasons`, from the release where it counted them and all of them still agree."""
    entries = _entries(release, row, products)
    if entries is None:
        return peers_reasons(release, row, products, consent)
    counts = release.contents.evidence.peers_bought[entries].tolist()
    places = release.alike.peers[row]
    peers = int((places >= 0).sum())
    if COUNT_ANEW in counts or len(agreed_peers(release, row, consent)) < peers:
        return peers_reasons(release, row, products, consent)
    return [[PeersReason(peers, n)] if n >= MINIMUM_CUSTOMERS else [] for n in counts]


def _entries(release: Release, row: int | None, products: Numbers) -> Sequence[int] | None:
    """Where the evidence of each product lies; None where any of it was not worked out before."""
    if row is None:
        return None
    begin, end = release.contents.evidence.starts[row : row + 2].tolist()
    first = int(release.candidates.starts[row])
    explained: list[int] = release.candidates.products[first : first + end - begin].tolist()
    try:
        return [begin + explained.index(product) for product in products.tolist()]
    except ValueError:
        return None

"""The usual list as the bytes that its JSON would be, without building what is encoded.

What a product's entry says of the catalogue is kept as bytes, as far as there is room; the numbers
are encoded all at once. `tests/test_plain_bytes.py` holds it to `suggestions_answer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import orjson

from recommender.release.opening import Release
from recommender.suggest.answers import described, reason_answer
from recommender.suggest.evidence import TEN_THOUSANDTHS
from recommender.suggest.grounds import price_step
from recommender.suggest.kinds import UPGRADE
from recommender.suggest.plain import Plain, popular
from recommender.suggest.reasons import MINIMUM_CUSTOMERS, Reason
from recommender.suggest.suggestion import KINDS

PRODUCTS_KEPT = 30_000
"""About 10 MB."""
_KINDS = tuple(orjson.dumps(kind) for kind in KINDS)
_NULL = b"null"
Entry = TypeVar("Entry")


@dataclass
class PlainBytes:
    """Of one release, with its products as they are."""

    release: Release
    _products: dict[int, bytes] = field(default_factory=dict)
    """Column -> what stands first in its entry."""
    _bought: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    """Column -> the reason that it was bought, before and after the share."""

    def of(self, customer_id: str, requested: int, plain: Plain, *, with_values: bool) -> bytes:
        """The body; values are left out for the shop, as `shown` does it.

        Raises TypeError for an id with half a character, as the encoder does.
        """
        release, manifest = self.release, self.release.manifest
        head = {
            "recommendation_id": plain.recommendation_id(release, customer_id),
            "customer_id": customer_id,
            "release": release.name,
            "data_through": manifest.data_through,
            "source": plain.source,
            "fallback_reason": None,
            "requested": requested,
            "returned": len(plain.products),
            "withheld": plain.withheld,
        }
        entries = b",".join(self._entries(plain, with_values=with_values))
        return b'%b,"suggestions":[%b]}' % (orjson.dumps(head)[:-1], entries)

    def _entries(self, plain: Plain, *, with_values: bool) -> list[bytes]:
        chances = _numbers(plain.chance)
        values = _numbers(plain.value) if with_values else [_NULL] * len(chances)
        columns = (plain.products, plain.kinds, chances, values, self._reasons(plain))
        return [
            b'%b,"kind":%b,"rank":%d,"chance":%b,"expected_value":%b,"reasons":[%b]}'
            % (self._product(product), _KINDS[kind], rank, chance, value, reasons)
            for rank, (product, kind, chance, value, reasons) in enumerate(
                zip(*columns, strict=True), 1
            )
        ]

    def _reasons(self, plain: Plain) -> list[bytes]:
        """As `plain_reasons`."""
        columns = (plain.products, plain.kinds, plain.usual_prices, plain.shares)
        found = []
        for product, kind, usual, (first, share, second, second_share), peers_bought in zip(
            *columns, plain.peers_bought, strict=True
        ):
            reasons = []
            if first >= 0:
                reasons.append(self._was_bought(first, share))
            if second >= 0:
                reasons.append(self._was_bought(second, second_share))
            if kind == UPGRADE:
                reasons.append(self._encoded(price_step(self.release, product, usual)))
            if peers_bought >= MINIMUM_CUSTOMERS:
                reasons.append(
                    b'{"kind":"peers","peers":%d,"peers_bought":%d}' % (plain.peers, peers_bought)
                )
            found.append(b",".join(reasons or map(self._encoded, popular(self.release, product))))
        return found

    def _encoded(self, reason: Reason) -> bytes:
        return orjson.dumps(reason_answer(self.release, reason))

    def _was_bought(self, product: int, share: int) -> bytes:
        kept = self._bought.get(product)
        if kept is None:
            catalogue = self.release.catalogue
            before = b'{"kind":"bought","product_id":%b,"share":'
            kept = (
                before % orjson.dumps(catalogue.ids[product]),
                b',"name":%b}' % orjson.dumps(catalogue.names[product]),
            )
            _keep(self._bought, product, kept)
        return b"%b%r%b" % (kept[0], share / TEN_THOUSANDTHS, kept[1])

    def _product(self, product: int) -> bytes:
        kept = self._products.get(product)
        if kept is None:
            kept = orjson.dumps(described(self.release, self.release.catalogue.ids[product]))[:-1]
            _keep(self._products, product, kept)
        return kept


def _keep(kept: dict[int, Entry], product: int, entry: Entry) -> None:
    if len(kept) >= PRODUCTS_KEPT:
        kept.clear()
    kept[product] = entry


def _numbers(numbers: Sequence[float | None]) -> list[bytes]:
    """Each as the encoder writes it."""
    return orjson.dumps(numbers)[1:-1].split(b",") if numbers else []

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
from recommender.suggest.suggestion import KINDS, content_of, list_id

PRODUCTS_KEPT = 30_000
"""About 10 MB."""
_KINDS = tuple(b',"kind":%b,"rank":' % orjson.dumps(kind) for kind in KINDS)
_SAID = tuple(f", {kind!r}, ".encode() for kind in KINDS)
_SHARES = [repr(share / TEN_THOUSANDTHS).encode() for share in range(TEN_THOUSANDTHS + 1)]
"""All there are, as JSON."""
_NULL, _NONE = b"null", b"None"
Entry = TypeVar("Entry")


@dataclass
class PlainBytes:
    """Of one release, with its products as they are."""

    release: Release
    _products: dict[int, bytes] = field(default_factory=dict)
    """Column -> what stands first in its entry."""
    _bought: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    """Column -> the reason that it was bought, before and after the share."""
    _ids: dict[int, bytes] = field(default_factory=dict)
    """Column -> its id as Python writes it."""

    def of(self, customer_id: str, requested: int, plain: Plain, *, with_values: bool) -> bytes:
        """The body; values are left out for the shop, as `shown` does it.

        Raises TypeError for an id with half a character, as the encoder does.
        """
        release, manifest = self.release, self.release.manifest
        chances, values = _numbers(plain.chance), _numbers(plain.value)
        head = {
            "recommendation_id": self._list_id(customer_id, plain, chances, values),
            "customer_id": customer_id,
            "release": release.name,
            "data_through": manifest.data_through,
            "source": plain.source,
            "fallback_reason": None,
            "requested": requested,
            "returned": len(plain.products),
            "withheld": plain.withheld,
        }
        parts = [orjson.dumps(head)[:-1], b',"suggestions":[']
        for place, product in enumerate(plain.products):
            parts += (
                self._products.get(product) or self._product(product),
                _KINDS[plain.kinds[place]],
                b'%d,"chance":%b,"expected_value":%b,"reasons":['
                % (place + 1, chances[place], values[place] if with_values else _NULL),
            )
            self._add_reasons(parts, plain, place)
            parts.append(b"]},")
        parts[-1] = b"]}]}" if plain.products else b',"suggestions":[]}'
        return b"".join(parts)

    def _add_reasons(self, parts: list[bytes], plain: Plain, place: int) -> None:
        """As `plain_reasons`, with commas between."""
        before = len(parts)
        first, share, second, second_share = plain.shares[place]
        product, peers_bought = plain.products[place], plain.peers_bought[place]
        if first >= 0:
            opening, closing = self._bought.get(first) or self._was_bought(first)
            parts += (opening, _SHARES[share], closing)
        if second >= 0:
            opening, closing = self._bought.get(second) or self._was_bought(second)
            parts += (opening, _SHARES[second_share], closing)
        if plain.kinds[place] == UPGRADE:
            step = price_step(self.release, product, plain.usual_prices[place])
            parts += (self._encoded(step), b",")
        if peers_bought >= MINIMUM_CUSTOMERS:
            parts.append(
                b'{"kind":"peers","peers":%d,"peers_bought":%d},' % (plain.peers, peers_bought)
            )
        if len(parts) == before:
            for reason in popular(self.release, product):
                parts += (self._encoded(reason), b",")
        if len(parts) > before:
            parts[-1] = parts[-1][:-1]

    def _list_id(
        self, customer_id: str, plain: Plain, chances: list[bytes], values: list[bytes]
    ) -> str:
        """As `Plain.recommendation_id`, from the numbers as they are written anyway.

        Python writes them in the same way but for very small and very large ones.
        """
        numbers = b",".join([*chances, *values])
        if b"e" in numbers or b"0.0000" in numbers:
            return plain.recommendation_id(self.release, customer_id)
        content = content_of(self.release.name)
        parts = [f"({customer_id!r}, {content!r}, (".encode("utf-8", "surrogatepass")]
        columns = (plain.products, plain.kinds, chances, values)
        for product, kind, chance, value in zip(*columns, strict=True):
            said = self._ids.get(product) or self._id(product)
            worth = _NONE if value == _NULL else value
            parts.append(b"(%b%b%b, %b), " % (said, _SAID[kind], chance, worth))
        if len(plain.products) > 1:
            parts[-1] = parts[-1][:-2]
        elif plain.products:
            parts[-1] = parts[-1][:-1]
        return list_id(customer_id, content, plain.source, b"".join([*parts, b"))"]))

    def _encoded(self, reason: Reason) -> bytes:
        return orjson.dumps(reason_answer(self.release, reason))

    def _was_bought(self, product: int) -> tuple[bytes, bytes]:
        catalogue = self.release.catalogue
        before = b'{"kind":"bought","product_id":%b,"share":'
        entry = (
            before % orjson.dumps(catalogue.ids[product]),
            b',"name":%b},' % orjson.dumps(catalogue.names[product]),
        )
        return _kept(self._bought, product, entry)

    def _id(self, product: int) -> bytes:
        entry = repr(self.release.catalogue.ids[product]).encode("utf-8", "surrogatepass")
        return _kept(self._ids, product, entry)

    def _product(self, product: int) -> bytes:
        entry = orjson.dumps(described(self.release, self.release.catalogue.ids[product]))[:-1]
        return _kept(self._products, product, entry)


def _kept(kept: dict[int, Entry], product: int, entry: Entry) -> Entry:
    if len(kept) >= PRODUCTS_KEPT:
        kept.clear()
    kept[product] = entry
    return entry


def _numbers(numbers: Sequence[float | None]) -> list[bytes]:
    """Each as the encoder writes it."""
    return orjson.dumps(numbers)[1:-1].split(b",") if numbers else []

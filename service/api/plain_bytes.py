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
_NUMBERS = b'%d,"chance":%b,"expected_value":%b,"reasons":['
_NEXT = b"), ("
_NULL, _NONE = b"null", b"None"
Entry = TypeVar("Entry")


@dataclass
class PlainBytes:
    """Of one release, with its products as they are."""

    release: Release
    _products: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    """Column -> what stands first in its entry, and its id as Python writes it."""
    _bought: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    """Column -> the reason that it was bought, before and after the share."""
    _steps: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    """Column -> the reason that it is a step up, before and after the usual price."""

    def of(self, customer_id: str, requested: int, plain: Plain, *, with_values: bool) -> bytes:
        """The body; values are left out for the shop, as `shown` does it.

        Raises TypeError for an id with half a character, as the encoder does.
        """
        chances, values = _numbers(plain.chance), _numbers(plain.value)
        parts: list[bytes] = [b""]
        offers: list[bytes] = []
        for place, product in enumerate(plain.products):
            entry, said = self._products.get(product) or self._product(product)
            kind, chance, value = plain.kinds[place], chances[place], values[place]
            offers += (said, _SAID[kind], chance, b", ", _NONE if value == _NULL else value, _NEXT)
            numbers = place + 1, chance, value if with_values else _NULL
            parts += (entry, _KINDS[kind], _NUMBERS % numbers)
            self._add_reasons(parts, plain, place)
            parts.append(b"]},")
        if plain.products:
            parts[-1] = b"]}"
        parts.append(b"]}")
        said_as_written = _are_said_as_written([*chances, *values])
        list_id = self._list_id(customer_id, plain, offers if said_as_written else None)
        parts[0] = self._head(customer_id, requested, plain, list_id)
        return b"".join(parts)

    def _head(self, customer_id: str, requested: int, plain: Plain, list_id: str) -> bytes:
        head = {
            "recommendation_id": list_id,
            "customer_id": customer_id,
            "release": self.release.name,
            "data_through": self.release.manifest.data_through,
            "source": plain.source,
            "fallback_reason": None,
            "requested": requested,
            "returned": len(plain.products),
            "withheld": plain.withheld,
        }
        return b'%b,"suggestions":[' % orjson.dumps(head)[:-1]

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
            opening, closing = self._steps.get(product) or self._step(product)
            parts += (opening, orjson.dumps(round(plain.usual_prices[place], 2)), closing)
        if peers_bought >= MINIMUM_CUSTOMERS:
            parts.append(
                b'{"kind":"peers","peers":%d,"peers_bought":%d},' % (plain.peers, peers_bought)
            )
        if len(parts) == before:
            for reason in popular(self.release, product):
                parts.append(self._encoded(reason) + b",")
        if len(parts) > before:
            parts[-1] = parts[-1][:-1]

    def _list_id(self, customer_id: str, plain: Plain, offers: list[bytes] | None) -> str:
        """As `Plain.recommendation_id`; `offers` is what Python's `repr` says of them, with what
        opens the next one at the end."""
        if offers is None:
            return plain.recommendation_id(self.release, customer_id)
        content = content_of(self.release.name)
        said = f"({customer_id!r}, {content!r}, (".encode("utf-8", "surrogatepass")
        offers[-1:] = [b"),))" if len(plain.products) == 1 else b")))"] if offers else [b"))"]
        opening = b"(" if plain.products else b""
        return list_id(customer_id, content, plain.source, b"".join([said, opening, *offers]))

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

    def _step(self, product: int) -> tuple[bytes, bytes]:
        encoded = self._encoded(price_step(self.release, product, 0.0))
        opening, closing = encoded.split(b'"usual_price":0.0')
        return _kept(self._steps, product, (opening + b'"usual_price":', closing + b","))

    def _product(self, product: int) -> tuple[bytes, bytes]:
        product_id = self.release.catalogue.ids[product]
        entry = orjson.dumps(described(self.release, product_id))[:-1]
        said = repr(product_id).encode("utf-8", "surrogatepass")
        return _kept(self._products, product, (entry, said))


def _are_said_as_written(numbers: list[bytes]) -> bool:
    """Whether Python writes numbers as JSON does: all but very small and very large ones."""
    written = b",".join(numbers)
    return b"e" not in written and b"0.0000" not in written


def _kept(kept: dict[int, Entry], product: int, entry: Entry) -> Entry:
    if len(kept) >= PRODUCTS_KEPT:
        kept.clear()
    kept[product] = entry
    return entry


def _numbers(numbers: Sequence[float | None]) -> list[bytes]:
    """Each as the encoder writes it."""
    return orjson.dumps(numbers)[1:-1].split(b",") if numbers else []

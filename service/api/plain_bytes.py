"""The usual list as the bytes that its JSON would be, without building what is encoded.

What is said of a product is kept as bytes, as far as there is room; a kernel puts them together
(`service/api/plain_writing.py`). `tests/test_plain_bytes.py` holds it to `suggestions_answer`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import orjson

from recommender.release.opening import Release
from recommender.suggest.answers import described, reason_answer
from recommender.suggest.grounds import price_step
from recommender.suggest.plain.plain import Plain, popular
from recommender.suggest.reasons import Reason
from recommender.suggest.suggestion import content_of, list_id
from service.api.plain_writing import BOUGHT, ENTRY, STEP, Bytes, missing_pieces, write

ROOM = 12 * 2**20
"""Bytes for the pieces of some 25,000 products."""
WRITTEN = 16 * 1024
"""Bytes of room for the entries of a list, until one takes more."""
_BRACKETS = (b"", b"))"), (b"(", b"),))"), (b"(", b")))")
"""Around offers in Python's `repr` of a tuple: of none, of one, and of more."""


def load_writing() -> None:
    """So that no request waits for it. Raises what numba raises."""
    numbers, amounts = np.zeros((0, 7), np.int64), np.zeros((0, 3))
    places, pool = np.zeros((1, 4, 3), np.int32), np.zeros(1, np.uint8)
    missing_pieces(numbers, places)
    write(numbers, amounts, 0, (places, pool), (pool, pool), True)


@dataclass
class PlainBytes:
    """Of one release, with its products as they are; asked by one thread."""

    release: Release
    _pool: Bytes = field(init=False)
    _places: npt.NDArray[np.int32] = field(init=False)
    """(products, pieces, 3) where each begins, has its middle and ends; 0 where it is not there."""
    _used: int = 1
    _written: tuple[Bytes, Bytes] = field(init=False)
    """Entries, and what is said of them, of the list that was written last."""

    def __post_init__(self) -> None:
        self._pool = np.empty(ROOM, np.uint8)
        self._written = np.empty(WRITTEN, np.uint8), np.empty(WRITTEN, np.uint8)
        self._places = np.zeros((len(self.release.products.ids), 4, 3), np.int32)

    def of(
        self, customer_id: str, requested: int, plain: Plain, *, with_values: bool
    ) -> bytes | None:
        """The body; values are left out for the shop, as `shown` does it.

        None where amounts are out of the ordinary, or pieces too many for the room there is. Raises
        TypeError for an id with half a character, as the encoder does.
        """
        if not plain.is_ordinary:
            return None
        lengths = self._write(plain, with_values)
        if lengths is None:
            return None
        json, said = self._written[0][: lengths[0]], self._written[1][: lengths[1]]
        list_id = self._list_id(customer_id, plain, said.tobytes())
        head = self._head(customer_id, requested, plain, list_id)
        return b'%b,"suggestions":[%b]}' % (head[:-1], json.tobytes())

    def _write(self, plain: Plain, with_values: bool) -> tuple[int, int] | None:
        """Bytes of both that are written; None where one piece took the place of another."""
        given = plain.numbers, plain.amounts, plain.peers, (self._places, self._pool)
        for _ in range(3):  # pieces may be missing at first, and then room
            written, told = write(*given, self._written, with_values)
            if written >= 0:
                return written, told
            self._add(missing_pieces(plain.numbers, self._places).tolist())
            if told > len(self._written[0]):
                self._written = np.empty(2 * told, np.uint8), np.empty(2 * told, np.uint8)
        return None

    def _head(self, customer_id: str, requested: int, plain: Plain, list_id: str) -> bytes:
        return orjson.dumps(
            {
                "recommendation_id": list_id,
                "customer_id": customer_id,
                "release": self.release.name,
                "data_through": self.release.manifest.data_through,
                "source": plain.source,
                "fallback_reason": None,
                "requested": requested,
                "returned": len(plain.numbers),
                "withheld": plain.withheld,
            }
        )

    def _list_id(self, customer_id: str, plain: Plain, offers: bytes) -> str:
        """As `SuggestionList.recommendation_id`; `offers` is what Python's `repr` says of them."""
        content = content_of(self.release.name)
        opening, closing = _BRACKETS[min(len(plain.numbers), 2)]
        said = f"({customer_id!r}, {content!r}, (".encode("utf-8", "surrogatepass")
        return list_id(customer_id, content, plain.source, said + opening + offers + closing)

    def _add(self, missing: list[tuple[int, int]]) -> None:
        """All others are dropped where there is no room."""
        for product, piece in missing:
            before, after = self._piece(product, piece)
            middle, end = self._used + len(before), self._used + len(before) + len(after)
            if end > len(self._pool):
                self._places[:], self._used = 0, 1
                return
            self._pool[self._used : end] = np.frombuffer(before + after, np.uint8)
            self._places[product, piece] = self._used, middle, end
            self._used = end

    def _piece(self, product: int, piece: int) -> tuple[bytes, bytes]:
        if piece == ENTRY:
            return self._entry(product)
        if piece == BOUGHT:
            return self._was_bought(product)
        if piece == STEP:
            return self._step(product)
        return b"".join([self._encoded(r) + b"," for r in popular(self.release, product)]), b""

    def _entry(self, product: int) -> tuple[bytes, bytes]:
        product_id = self.release.catalogue.ids[product]
        entry = orjson.dumps(described(self.release, product_id))[:-1]
        return entry, repr(product_id).encode("utf-8", "surrogatepass")

    def _was_bought(self, product: int) -> tuple[bytes, bytes]:
        catalogue = self.release.catalogue
        before = b'{"kind":"bought","product_id":%b,"share":'
        return (
            before % orjson.dumps(catalogue.ids[product]),
            b',"name":%b},' % orjson.dumps(catalogue.names[product]),
        )

    def _step(self, product: int) -> tuple[bytes, bytes]:
        encoded = self._encoded(price_step(self.release, product, 0.0))
        opening, closing = encoded.split(b'"usual_price":0.0')
        return opening + b'"usual_price":', closing + b","

    def _encoded(self, reason: Reason) -> bytes:
        return orjson.dumps(reason_answer(self.release, reason))

"""The entries of the usual list, written by a kernel from pieces that are bytes already."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt
import orjson

from recommender.suggest.kinds import UPGRADE
from recommender.suggest.plain.table import (
    CHANCE,
    FIRST,
    FIRST_SHARE,
    KIND,
    PEERS_BOUGHT,
    PRODUCT,
    SECOND,
    SECOND_SHARE,
    USUAL_PRICE,
    VALUE,
)
from recommender.suggest.reasons import MINIMUM_CUSTOMERS
from recommender.suggest.suggestion import KINDS

Bytes = npt.NDArray[np.uint8]
ENTRY, BOUGHT, STEP, POPULAR = range(4)
"""Pieces of a product, each in two parts: what stands first in its entry, and its id as Python
writes it; the reasons that it was bought and that it is a step up, before and after the number;
how many buy it, where nothing else speaks for it."""
_NUMBERS = 200
"""More than the numbers and names of an entry take, without its pieces."""
_SMALLEST = 100
"""Millionths from which on Python and JSON write a chance alike, digit by digit."""


def _bytes(text: bytes) -> Bytes:
    return np.frombuffer(text, np.uint8)


def _padded(texts: list[bytes]) -> Bytes:
    """(texts, longest + 1) with the length of each in front."""
    longest = max(map(len, texts))
    return np.array([[len(text), *text.ljust(longest)] for text in texts], np.uint8)


_TINY = [millionths / 1e6 for millionths in range(_SMALLEST)]
_TINY_JSON = _padded([orjson.dumps(tiny) for tiny in _TINY])
_TINY_SAID = _padded([repr(tiny).encode() for tiny in _TINY])
_KINDS_JSON = _padded([b',"kind":%b,"rank":' % orjson.dumps(kind) for kind in KINDS])
_KINDS_SAID = _padded([f", {kind!r}, ".encode() for kind in KINDS])
_CHANCE, _VALUE = _bytes(b',"chance":'), _bytes(b',"expected_value":')
_REASONS, _END = _bytes(b',"reasons":['), _bytes(b"]}")
_PEERS, _PEERS_BOUGHT = _bytes(b'{"kind":"peers","peers":'), _bytes(b',"peers_bought":')
_NULL, _NONE = _bytes(b"null"), _bytes(b"None")
_NEXT, _AND = _bytes(b"), ("), _bytes(b", ")
_COMMA, _BRACE, _POINT, _ZERO = b",}.0"


@numba.njit(cache=True)
def missing_pieces(numbers, places):  # type: ignore[no-untyped-def]
    """(pieces, 2) product and piece of what the entries need and `places` does not tell.

    `places` (products, 4, 3) are where in the pool a piece begins, has its middle and ends; 0
    where it is not there.
    """
    found, count = np.empty((4 * len(numbers), 2), np.int64), 0
    for entry in numbers:
        product, is_step = entry[PRODUCT], entry[KIND] == UPGRADE
        count = _add_missing(places, product, ENTRY, found, count)
        if entry[FIRST] >= 0:
            count = _add_missing(places, entry[FIRST], BOUGHT, found, count)
        if entry[SECOND] >= 0:
            count = _add_missing(places, entry[SECOND], BOUGHT, found, count)
        if is_step:
            count = _add_missing(places, product, STEP, found, count)
        elif _says_nothing_else(entry):
            count = _add_missing(places, product, POPULAR, found, count)
    return found[:count]


@numba.njit(cache=True)
def _add_missing(places, product, piece, found, count):  # type: ignore[no-untyped-def]
    if places[product, piece, 2]:
        return count
    found[count, 0], found[count, 1] = product, piece
    return count + 1


@numba.njit(cache=True)
def _says_nothing_else(entry):  # type: ignore[no-untyped-def]
    return entry[FIRST] < 0 and entry[SECOND] < 0 and entry[PEERS_BOUGHT] < MINIMUM_CUSTOMERS


@numba.njit(cache=True)
def write(numbers, amounts, peers, pieces, out, with_values):  # type: ignore[no-untyped-def]
    """Into `out`: entries as JSON with commas between, and as Python's `repr` says what is offered.

    Of `numbers` and `amounts` of a list whose amounts are ordinary. How many bytes each has; -1
    and 0 where pieces are missing, -1 and the bytes there must be room for where there is too
    little.
    """
    places, pool = pieces
    json, said = out
    size = _bytes_at_most(numbers, places)
    if size < 0 or size > len(json):
        return -1, max(size, 0)
    at = told = 0
    for i in range(len(numbers)):
        first, middle, end = places[numbers[i, PRODUCT], ENTRY]
        if i:
            json[at] = _COMMA
            at = at + 1
            told = _put(said, told, _NEXT)
        at = _put(json, at, pool[first:middle])
        told = _put(said, told, pool[middle:end])
        at = _put_padded(json, at, _KINDS_JSON, numbers[i, KIND])
        told = _put_padded(said, told, _KINDS_SAID, numbers[i, KIND])
        at = _put(json, _put_whole(json, at, i + 1), _CHANCE)
        millionths = np.int64(amounts[i, CHANCE] * 1e6 + 0.5)
        if millionths < _SMALLEST:
            at = _put_padded(json, at, _TINY_JSON, millionths)
            told = _put_padded(said, told, _TINY_SAID, millionths)
        else:
            at = _put_decimal(json, at, millionths, 1_000_000)
            told = _put_decimal(said, told, millionths, 1_000_000)
        at, told = _put(json, at, _VALUE), _put(said, told, _AND)
        value = amounts[i, VALUE]
        if np.isnan(value):
            told = _put(said, told, _NONE)
        else:
            told = _put_decimal(said, told, np.int64(value * 1e2 + 0.5), 100)
        if np.isnan(value) or not with_values:
            at = _put(json, at, _NULL)
        else:
            at = _put_decimal(json, at, np.int64(value * 1e2 + 0.5), 100)
        at = _put(json, at, _REASONS)
        at = _put_reasons(json, at, numbers[i], amounts[i, USUAL_PRICE], peers, pieces)
        at = _put(json, at, _END)
    return at, told


@numba.njit(cache=True)
def _bytes_at_most(numbers, places):  # type: ignore[no-untyped-def]
    """-1 where a piece is missing."""
    size = 1
    for entry in numbers:
        product = entry[PRODUCT]
        entry_bytes = _length(places, product, ENTRY)
        size += _NUMBERS + entry_bytes
        is_whole = entry_bytes > 0
        for bought in (FIRST, SECOND):
            if entry[bought] >= 0:
                reason = _length(places, entry[bought], BOUGHT)
                size += reason
                is_whole &= reason > 0
        if entry[KIND] == UPGRADE:
            size += _length(places, product, STEP)
            is_whole &= places[product, STEP, 2] > 0
        elif _says_nothing_else(entry):
            size += _length(places, product, POPULAR)
            is_whole &= places[product, POPULAR, 2] > 0
        if not is_whole:
            return -1
    return size


@numba.njit(cache=True)
def _put_reasons(json, at, entry, usual_price, peers, pieces):  # type: ignore[no-untyped-def]
    """As `plain_reasons`, with commas between."""
    product, begin = entry[PRODUCT], at
    places, pool = pieces
    for bought, share in ((FIRST, FIRST_SHARE), (SECOND, SECOND_SHARE)):
        if entry[bought] >= 0:
            first, middle, end = places[entry[bought], BOUGHT]
            at = _put(json, at, pool[first:middle])
            at = _put_decimal(json, at, entry[share], 10_000)
            at = _put(json, at, pool[middle:end])
    if entry[KIND] == UPGRADE:
        first, middle, end = places[product, STEP]
        at = _put(json, at, pool[first:middle])
        at = _put_decimal(json, at, np.int64(usual_price * 1e2 + 0.5), 100)
        at = _put(json, at, pool[middle:end])
    if entry[PEERS_BOUGHT] >= MINIMUM_CUSTOMERS:
        at = _put_whole(json, _put(json, at, _PEERS), peers)
        at = _put_whole(json, _put(json, at, _PEERS_BOUGHT), entry[PEERS_BOUGHT])
        json[at], json[at + 1] = _BRACE, _COMMA
        at += 2
    if at == begin:
        first, middle, end = places[product, POPULAR]
        at = _put(json, at, pool[first:middle])
    return at - 1 if at > begin else at  # without the last comma


@numba.njit(cache=True)
def _length(places, product, piece):  # type: ignore[no-untyped-def]
    return places[product, piece, 2] - places[product, piece, 0]


@numba.njit(cache=True)
def _put(out, at, text):  # type: ignore[no-untyped-def]
    for i in range(len(text)):
        out[at + i] = text[i]
    return at + len(text)


@numba.njit(cache=True)
def _put_padded(out, at, texts, place):  # type: ignore[no-untyped-def]
    length = texts[place, 0]
    for i in range(length):
        out[at + i] = texts[place, i + 1]
    return at + length


@numba.njit(cache=True)
def _put_whole(out, at, number):  # type: ignore[no-untyped-def]
    digits, rest = 1, number // 10
    while rest:
        digits, rest = digits + 1, rest // 10
    for i in range(digits):
        out[at + digits - 1 - i] = _ZERO + number % 10
        number //= 10
    return at + digits


@numba.njit(cache=True)
def _put_decimal(out, at, number, parts):  # type: ignore[no-untyped-def]
    """`number / parts` to its last digit that is not 0; `parts` is a power of ten."""
    at = _put_whole(out, at, number // parts)
    out[at] = _POINT
    at, rest = at + 1, number % parts
    while True:
        parts //= 10
        out[at] = _ZERO + rest // parts
        at, rest = at + 1, rest % parts
        if rest == 0:
            return at

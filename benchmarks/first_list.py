"""What a list takes inside the process: worked out in full, and read off the release.

    python benchmarks/first_list.py [CUSTOMERS] [BOUGHT]

Made up: CUSTOMERS (100,000) x 20,000 products, BOUGHT (20) products each and 150 ranked candidates.
Both ways give the same bytes, which is checked; each customer is asked about once, as a shop's
visitors come, so that nothing of it lies in a cache.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import made_up_base
import orjson
from made_up_base import made_up_release

from recommender.release.opening import Release, open_release
from recommender.suggest.answers import suggestions_answer
from recommender.suggest.facts import Facts
from recommender.suggest.plain.plain import load_kernel, plain_list
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish
from service.access.caller import Caller
from service.access.shown import shown
from service.api.plain_bytes import PlainBytes, load_writing

PRODUCTS, OFFERED, ASKED = 20_000, 150, 10_000
WISH, NOTHING_TOLD, SHOP = Wish(8), Facts(), Caller("shop", "shop")
Answer = Callable[[int], bytes | None]


def main(customers: int = 100_000, bought: int = made_up_base.BOUGHT) -> None:
    made_up_base.BOUGHT = bought
    with tempfile.TemporaryDirectory() as name:
        made_up_release(Path(name), customers=customers, products=PRODUCTS, offered=OFFERED)
        release = open_release(Path(name), verified=False)
        rows = random.Random(0).sample(range(customers), min(customers, 3 * ASKED))
        asked = [rows[part::3] for part in range(3)]
        in_full = whole(release)
        print(f"worked out in full: {microseconds(in_full, asked[0]):.1f} us of CPU a list")
        began = time.perf_counter()
        load_writing()
        load_kernel(release)
        print(f"loading what is compiled: {time.perf_counter() - began:.2f} s")
        off = read_off(release)
        for which, part in (("the first of all", asked[1]), ("read off", asked[2])):
            print(f"{which}: {microseconds(off, part):.1f} us of CPU a list")
        differing = sum(off(row) != in_full(row) for row in rows[:1000])
        print(f"of 1,000 lists {differing} differ")


def microseconds(answer: Answer, rows: list[int]) -> float:
    began = time.process_time()
    for row in rows:
        answer(row)
    return (time.process_time() - began) / len(rows) * 1e6


def whole(release: Release) -> Answer:
    ids = release.customers.ids

    def answer(row: int) -> bytes:
        found = suggest(release, ids[row], WISH, NOTHING_TOLD)
        return orjson.dumps(shown(suggestions_answer(release, found), SHOP))

    return answer


def read_off(release: Release) -> Answer:
    ids, plain_bytes = release.customers.ids, PlainBytes(release)

    def answer(row: int) -> bytes | None:
        plain = plain_list(release, row, WISH, NOTHING_TOLD)
        assert plain is not None
        return plain_bytes.of(ids[row], WISH.n, plain, with_values=False)

    return answer


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""What a product resembles, and who bought that, worked out again in plain sets and loops."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator

from recommender.release.opening import Release
from recommender.suggest.facts import NoFacts
from recommender.suggest.reasons import ResemblesReason
from recommender.suggest.targets import TargetWish, targets
from tests.brute_force import row_of

EVERYBODY = 1000
NEAREST, YEAR = 40, 365


def traits(release: Release, column: int) -> set[tuple[str, str]]:
    """Category, brand, attributes and words of one product, without regard to case."""
    products = release.products
    found = {("category", products.category[column]), ("brand", products.brand[column])}
    values = json.loads(release.contents.attributes.values[column] or "{}")
    found |= {(f"attribute {name.casefold()}", str(value)) for name, value in values.items()}
    found |= {("word", word) for word in re.findall(r"[^\W_]+", products.name[column])}
    return {(what, value.casefold()) for what, value in found if value}


def nearness_of_price(one: float, other: float) -> float:
    if not (one > 0 and other > 0):  # NaN too
        return 0.0
    return 0.5 ** abs(math.log2(other / one))


def most_alike(release: Release, column: int) -> list[int]:
    """Bought products that share a trait which is neither its own alone nor nearly everyone's."""
    every = [traits(release, place) for place in range(len(release.products.ids))]
    price = [float(p) for p in release.as_trained.price]
    having = {trait: sum(trait in own for own in every) for trait in every[column]}
    telling = {t: n for t, n in having.items() if 1 < n <= len(every) * 2 / 3}
    scores = {}
    for place, own in enumerate(every):
        common = sum(math.log(len(every) / n) ** 2 for t, n in telling.items() if t in own)
        if common and place != column and release.products.buyers[place] > 0:
            scores[place] = common + nearness_of_price(price[column], price[place])
    return sorted(scores, key=lambda place: (-round(scores[place], 9), place))[:NEAREST]


def bought_within_a_year(release: Release, row: int) -> set[int]:
    today = int(release.as_of.timestamp()) // 86_400
    first, end = release.bought.starts[row : row + 2]
    return {
        int(product)
        for product, last in zip(
            release.bought.products[first:end], release.bought.last_day[first:end], strict=True
        )
        if last >= today - YEAR
    }


def given(release: Release, product_id: str) -> Iterator[tuple[int, ResemblesReason]]:
    """The row of each customer who is told that it bought what is alike, and how it is told."""
    for target in targets(release, product_id, TargetWish(EVERYBODY), NoFacts()).targets:
        row = row_of(release, target.customer_id)
        assert row is not None
        for reason in target.reasons:
            if isinstance(reason, ResemblesReason):
                yield row, reason


def test_500_reasons_of_products_hardly_anyone_bought_are_worked_out_again(
    sample_release: Release,
) -> None:
    ids, checked = sample_release.products.ids, 0
    rare = [c for c in range(len(ids)) if sample_release.products.buyers[c] < 5]
    for column in rare:
        alike = most_alike(sample_release, column)
        for row, reason in given(sample_release, ids[column]):
            own = [p for p in alike if p in bought_within_a_year(sample_release, row)]
            assert reason == ResemblesReason(ids[own[0]], len(own), len(alike))
            checked += 1
    assert checked >= 500

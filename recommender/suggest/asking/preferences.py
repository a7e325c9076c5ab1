"""Does it want this category, this brand? Answered both ways through `suggest` itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from recommender.release.attributes import plain
from recommender.release.contents import Numbers
from recommender.release.opening import Release
from recommender.suggest.asking.crowd import Crowd
from recommender.suggest.asking.question import PLACES, Answered, AskedAbout, Question
from recommender.suggest.facts import About, Facts, Stance, Stated
from recommender.suggest.matching import products_of
from recommender.suggest.reasons import MINIMUM_CUSTOMERS
from recommender.suggest.rules import is_among
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish

LOOKED_AT = 3 * PLACES
"""First places of the list whose categories and brands come into question."""
MOST_TRIED = 3
"""Of them; each costs two lists."""
OFTEN = 3
"""Purchases of its own that answer the question already."""
SOME_DAY = date(1970, 1, 1)
"""Lists do not depend on the day something was said."""


def preference_questions(
    release: Release, customer_id: str, facts: Facts, crowd: Crowd
) -> Iterator[Question]:
    """Of what fills most of the list and is least foregone among those alike."""
    if len(crowd) < MINIMUM_CUSTOMERS:
        return
    for about, value, buying in _in_question(release, customer_id, facts, crowd)[:MOST_TRIED]:
        answers = [
            Answered(answer, customers, _answered(release, customer_id, facts, stated))
            for answer, customers, stated in (
                ("yes", buying, _supposed(about, value, "likes")),
                ("no", len(crowd) - buying, _supposed(about, value, "dislikes")),
            )
        ]
        yield Question(about, value, tuple(answers))


def _in_question(
    release: Release, customer_id: str, facts: Facts, crowd: Crowd
) -> list[tuple[AskedAbout, str, int]]:
    """(about, value, customers alike that buy it), the one that could change most in front."""
    told = {(stated.about, plain(stated.value)) for stated in facts.stated}
    told |= {("category", plain(c.category)) for c in facts.complaints if c.category}
    row, found = release.customers.ids.position(customer_id), []
    for (about, value), places in _filling(release, customer_id, facts).items():
        products = products_of(release, _supposed(about, value, "likes"))
        if (about, plain(value)) not in told and _times(release, row, products) < OFTEN:
            buying = crowd.buying(products)
            share = buying / len(crowd)
            found.append((-places * share * (1 - share), about, value, buying))
    return [(about, value, buying) for change, about, value, buying in sorted(found) if change]


def _times(release: Release, row: int | None, products: Numbers) -> int:
    """How often it bought any of these."""
    if row is None:
        return 0
    own = slice(*release.bought.starts[row : row + 2].tolist())
    among = is_among(release.bought.products[own], products)
    return int(release.bought.times[own][among].sum())


def _filling(release: Release, customer_id: str, facts: Facts) -> Counter[tuple[AskedAbout, str]]:
    """How many of the first places each category and brand has."""
    first = suggest(release, customer_id, Wish(LOOKED_AT, explained=False), facts)
    places: Counter[tuple[AskedAbout, str]] = Counter()
    for suggestion in first.suggestions:
        column = release.catalogue.columns.get(suggestion.product_id)
        if column is not None:
            places["category", release.products.category[column]] += 1
            places["brand", release.products.brand[column]] += 1
    return Counter({named: n for named, n in places.items() if named[1]})


def _supposed(about: AskedAbout, value: str, stance: Stance) -> Stated:
    named: About = "brand" if about == "brand" else "category"
    return Stated(named, value, stance, None, SOME_DAY, "talk")


def _answered(release: Release, customer_id: str, facts: Facts, stated: Stated) -> tuple[str, ...]:
    """The list as it would be from the moment on that this was said."""
    supposed = replace(facts, stated=(stated, *facts.stated))
    found = suggest(release, customer_id, Wish(PLACES, explained=False), supposed)
    return tuple(suggestion.product_id for suggestion in found.suggestions)

"""The customers for a product are those whose own list it stands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np
import pytest
from fastapi.testclient import TestClient

from recommender.errors import UnknownProductError
from recommender.suggest.answers import targets_answer
from recommender.suggest.facts import NOTHING_KNOWN, Facts, LastOutcome, NoFacts
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import MOST, Wish
from recommender.suggest.targets import TargetList, TargetWish, targets
from tests.made_up_release import shop_release


@dataclass(frozen=True)
class Silent:
    """Everyone agreed but one."""

    customer_id: str

    is_everyones = False

    def may_personalise(self, customer_id: str) -> bool:
        return customer_id != self.customer_id


@dataclass(frozen=True)
class Book:
    known: dict[str, Facts] = field(default_factory=dict)
    otherwise: Facts = NOTHING_KNOWN

    def of(self, customer_id: str) -> Facts:
        return self.known.get(customer_id, self.otherwise)


def asked(product_id: str, book: Book | NoFacts | None = None, n: int = MOST) -> TargetList:
    return targets(shop_release(), product_id, TargetWish(n), book or NoFacts())


def most_wanted() -> str:
    """The product that stands in most lists."""
    return max(shop_release().products.ids, key=lambda product: asked(product).returned)


def test_they_are_those_whose_list_holds_it_by_chance() -> None:
    release, product = shop_release(), most_wanted()
    wanted = {}
    for customer_id in release.customers.ids:
        found = suggest(release, customer_id, Wish(MOST))
        own = [s for s in found.suggestions if s.product_id == product]
        if own and found.source == "personal":
            wanted[customer_id] = (own[0].chance, own[0].kind, own[0].reasons)
    got = asked(product)
    assert {t.customer_id: (t.chance, t.kind, t.reasons) for t in got.targets} == wanted
    chances = [t.chance for t in got.targets]
    assert len(chances) > 3
    assert chances == sorted(chances, reverse=True)
    assert [t.rank for t in got.targets] == list(range(1, len(chances) + 1))


def test_who_rejected_it_or_gave_no_permission_is_passed_over_and_counted() -> None:
    product = most_wanted()
    first, second, *others = [t.customer_id for t in asked(product).targets]
    at = datetime(2025, 1, 9, tzinfo=UTC)
    no = Facts(
        outcomes=(LastOutcome(product, "rejected", None, None, at),), today=date(2025, 1, 10)
    )
    book = Book({first: no, second: Facts(consent=Silent(second))})
    found = asked(product, book)
    assert [t.customer_id for t in found.targets] == others
    assert found.withheld == {"rejected": 1, "no_permission": 1}


def test_only_those_among_are_asked() -> None:
    release, product = shop_release(), most_wanted()
    among = np.zeros(len(release.customers.ids), bool)
    chosen = asked(product).targets[1].customer_id
    among[release.customers.ids.position(chosen)] = True
    found = targets(release, product, TargetWish(5), NoFacts(), among)
    assert [t.customer_id for t in found.targets] == [chosen]


def test_a_short_list_ends_early_with_the_same_head() -> None:
    product = most_wanted()
    whole, head = asked(product), asked(product, n=2)
    assert head.targets == whole.targets[:2]


def test_an_unknown_product_is_named() -> None:
    with pytest.raises(UnknownProductError, match="'nothing'"):
        asked("nothing")


def test_the_answer_names_the_customers() -> None:
    product = most_wanted()
    answer = targets_answer(shop_release(), asked(product, n=2))
    assert answer["returned"] == len(answer["targets"]) == 2
    assert answer["targets"][0]["customer_id"] == asked(product, n=1).targets[0].customer_id
    assert answer["targets"][0]["name"]
    assert answer["targets"][0]["contact"] is None


def test_a_filter_of_products_is_no_parameter_of_the_customers_for_one(
    service: TestClient,
) -> None:
    answer = service.get("/v1/products/B1/targets?category=Glue")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["name"] == "category"

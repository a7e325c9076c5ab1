"""The next question: its measure by hand, and every list behind it re-derived."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from recommender.formats.formats import formats_of
from recommender.release.contents import Alike
from recommender.release.opening import Release
from recommender.suggest.asking.question import Question, places_changed, quadratic_entropy
from recommender.suggest.asking.questions import next_questions
from recommender.suggest.asking.splits import splits
from recommender.suggest.facts import Facts, Stance, Stated
from recommender.suggest.suggest import suggest
from recommender.text import TextColumn
from tests.made_up_release import in_memory
from tests.made_up_told import Refusing
from tests.small_release import small_contents

SAWMILL = "C09"
"""It buys blades; of its ten peers below, five are joineries."""


@cache
def mixed(yes: str = "", no: str = "") -> Release:
    """Peers are five of each trade; sawmills have a portrait that says `yes`, joineries `no`."""
    contents = small_contents()
    ids = contents.customers.ids
    rows = [row for row, key in enumerate(ids) if key.startswith("C") and key != SAWMILL]
    mills, joineries = [r for r in rows if r % 2][:5], [r for r in rows if r % 2 == 0][:5]
    peers = np.tile(np.array(mills + joineries, np.int32), (len(ids), 1))
    said = [yes if row % 2 else no for row in range(len(ids))]
    portraits = TextColumn.of(
        json.dumps({"hall": None if key == SAWMILL or not said[row] else said[row]})
        for row, key in enumerate(ids)
    )
    customers = replace(contents.customers, portrait=portraits)
    return in_memory(replace(contents, alike=Alike(peers), customers=customers))


def told(value: str, stance: Stance) -> Facts:
    return Facts(stated=(Stated("category", value, stance, None, date(2026, 6, 1), "talk"),))


def listed(release: Release, facts: Facts) -> tuple[str, ...]:
    return tuple(s.product_id for s in suggest(release, SAWMILL, facts=facts).suggestions)


def test_places_are_compared_as_sets_of_products() -> None:
    assert places_changed("abc", "cba") == 0
    assert places_changed("abc", "abd") == 1
    assert places_changed("abcd", "ab") == 2


def test_the_measure_is_raos_quadratic_entropy() -> None:
    assert quadratic_entropy(["abc", "ade"], [0.25, 0.75]) == 2 * 0.25 * 0.75 * 2
    assert quadratic_entropy(["abc", "abc"], [0.5, 0.5]) == 0
    assert quadratic_entropy(["abc", "ade"], [0.0, 1.0]) == 0, "a foregone answer"


def test_each_answer_leads_to_the_list_it_would_give() -> None:
    release = mixed()
    found = next_questions(release, SAWMILL)
    assert {(q.about, q.value) for q in found} == {("category", "Glue"), ("category", "Sandpaper")}
    for question in found:
        yes, no = question.answers
        assert (yes.answer, yes.customers, no.answer, no.customers) == ("yes", 5, "no", 5)
        assert yes.products == listed(release, told(question.value, "likes"))
        assert no.products == listed(release, told(question.value, "dislikes"))
        assert question.changes == places_changed(yes.products, no.products) > 0
        assert question.expected == pytest.approx(2 * 0.5 * 0.5 * question.changes)
    assert found[0].expected >= found[1].expected


def test_what_was_said_is_not_asked_again() -> None:
    release = mixed()
    asked = {q.value for q in next_questions(release, SAWMILL, told(" glue", "likes"))}
    assert "Glue" not in asked


def test_what_its_own_purchases_answer_is_not_asked() -> None:
    assert "Blades" not in {q.value for q in next_questions(mixed(), SAWMILL)}


def test_nothing_is_asked_without_permission() -> None:
    facts = Facts(consent=Refusing(frozenset([SAWMILL])))
    assert next_questions(mixed(), SAWMILL, facts) == ()
    assert next_questions(mixed(), "nobody") == ()


def test_those_who_did_not_agree_are_not_counted() -> None:
    release = mixed()
    refusing = Refusing(frozenset(release.customers.ids) - {SAWMILL})
    assert next_questions(release, SAWMILL, Facts(consent=refusing)) == ()


def hall(release: Release) -> list[Question]:
    return [q for q in next_questions(release, SAWMILL) if q.about == "portrait"]


def test_a_field_that_tells_trades_apart_is_worth_asking() -> None:
    (question,) = hall(mixed("large", "small"))
    assert question.value == "hall"
    assert [(a.answer, a.customers) for a in question.answers] == [("large", 5), ("small", 5)]
    large, small = question.answers
    release = mixed("large", "small")
    categories = dict(zip(release.products.ids, release.products.category, strict=True))
    assert {categories[p] for p in large.products} <= {"Blades"}
    assert "Blades" not in {categories[p] for p in small.products}
    entropy = 2 * 0.5 * 0.5 * question.changes
    assert question.expected == pytest.approx(entropy - question.by_chance)
    assert hall(mixed("large", "small")) == [question], "the shuffles are the same each time"


def test_a_field_that_says_the_same_of_all_is_not() -> None:
    assert hall(mixed("large", "large")) == []


def test_customers_are_told_apart_by_size_word_or_value() -> None:
    formats = formats_of("en")
    (sizes,) = splits([str(n) for n in range(12)], formats)
    assert (sizes.names, sizes.counts.tolist()) == (("up to 5.5", "above 5.5"), [6, 6])
    (first, *_) = splits(["saw;edger"] * 5 + ["edger"] * 6 + [None], formats)
    assert (first.names, first.counts.tolist()) == (("saw", "not saw"), [5, 6])
    (values,) = splits(["a"] * 5 + ["b"] * 7 + ["c"] * 4, formats)
    assert (values.names, values.counts.tolist()) == (("a", "b"), [5, 7])
    assert list(splits(["a"] * 5 + ["b"] * 4, formats)) == [], "four could be one person's doing"

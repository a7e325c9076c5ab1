"""What a release holds ready for its reasons is what a request would have worked out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.assembly.evidence import evidence_of
from recommender.release.contents import Contents
from recommender.release.evidence import CANDIDATES_EXPLAINED, COUNT_ANEW, no_evidence
from recommender.release.opening import Release, open_release
from recommender.release.rewriting import without_customer
from recommender.release.soundness import check_soundness
from recommender.suggest.facts import Facts
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import MOST, SuggestionList, Wish
from tests.made_up_release import ALPHA, REGULARIZATION, in_memory, random_contents, shop_release

SEEDS = st.integers(0, 2**32 - 1)


@dataclass(frozen=True)
class Without:
    """Some who do not let their purchases be used."""

    refused: frozenset[str]
    is_everyones: bool = False

    def may_personalise(self, customer_id: str) -> bool:
        return customer_id not in self.refused


def with_evidence(contents: Contents) -> Contents:
    return replace(contents, evidence=evidence_of(contents, ALPHA, REGULARIZATION))


def without_evidence(contents: Contents) -> Contents:
    return replace(contents, **no_evidence(len(contents.customers.ids)))


def everyones_lists(contents: Contents, facts: Facts, wish: Wish) -> list[SuggestionList]:
    release = in_memory(contents)
    return [suggest(release, customer, wish, facts) for customer in release.customers.ids]


@given(SEEDS, st.integers(1, MOST), st.booleans())
def test_lists_are_the_same_with_it_and_without(seed: int, n: int, somebody_refused: bool) -> None:
    contents = random_contents(seed)
    refused = frozenset(contents.customers.ids[1:4])
    facts = Facts(consent=Without(refused)) if somebody_refused else Facts()
    ready = everyones_lists(with_evidence(contents), facts, Wish(n))
    assert ready == everyones_lists(without_evidence(contents), facts, Wish(n))


def test_a_shop_that_was_learned_from_explains_itself_the_same_way() -> None:
    contents = shop_release().contents
    ready, worked_out = with_evidence(contents), without_evidence(contents)
    assert len(ready.evidence.first) > 0
    assert (ready.evidence.first >= 0).any()
    assert (ready.evidence.peers_bought >= 5).any()
    wish = Wish(8)
    assert everyones_lists(ready, Facts(), wish) == everyones_lists(worked_out, Facts(), wish)


def test_it_is_kept_for_the_first_candidates_of_who_bought_something() -> None:
    contents = with_evidence(shop_release().contents)
    counts = np.diff(contents.evidence.starts)
    has_bought = np.diff(contents.bought.starts) > 0
    expected = np.minimum(np.diff(contents.candidates.starts), CANDIDATES_EXPLAINED)
    assert counts.tolist() == np.where(has_bought, expected, 0).tolist()


@given(SEEDS)
def test_who_is_forgotten_is_no_longer_counted_among_peers(seed: int) -> None:
    contents = with_evidence(random_contents(seed))
    if len(contents.customers.ids) < 2:
        return
    left = without_customer(contents, 1)
    check_soundness(left)
    assert everyones_lists(left, Facts(), Wish(8)) == everyones_lists(
        without_evidence(left), Facts(), Wish(8)
    )
    peers = np.delete((contents.alike.peers == 1).any(axis=1), 1)
    concerned = np.repeat(peers, np.diff(left.evidence.starts))
    assert (left.evidence.peers_bought[concerned] == COUNT_ANEW).all()
    assert (left.evidence.peers_bought[~concerned] >= 0).all()


@pytest.mark.parametrize(
    ("column", "value"), [("first", 10**6), ("second", -2), ("peers_bought", -5)]
)
def test_a_release_with_senseless_evidence_is_refused(column: str, value: int) -> None:
    contents = with_evidence(shop_release().contents)
    numbers = getattr(contents.evidence, column).copy()
    numbers[0] = value
    broken = replace(contents, evidence=replace(contents.evidence, **{column: numbers}))
    with pytest.raises(ValueError, match=f"evidence.{column}"):
        check_soundness(broken)


def test_a_training_writes_it(sample_release: Release) -> None:
    again = open_release(sample_release.folder.parent)
    assert len(again.contents.evidence.first) > 0


def test_a_release_of_before_there_was_any_still_explains_itself(sample_release: Release) -> None:
    older = replace(sample_release, contents=without_evidence(sample_release.contents))
    for customer in sample_release.customers.ids[:200]:
        assert suggest(older, customer) == suggest(sample_release, customer)

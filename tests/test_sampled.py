"""Whom rehearsals look at where there are very many customers."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from recommender.judging.foretold import Foretold
from recommender.judging.judged_window import OURS, judge_window
from recommender.models.models import learn
from recommender.ranking import sampled
from recommender.ranking.boosted.known import Known
from recommender.ranking.learning import rehearse
from recommender.ranking.sampled import draw_rehearsed
from recommender.training.in_turn import beside
from tests.made_up import SETTINGS, purchases_of, shop_lines

PURCHASES = purchases_of(shop_lines(customers=60, days=200, seed=3))
NOW = PURCHASES.last_at + 1


def test_few_customers_are_all_rehearsed() -> None:
    assert draw_rehearsed(PURCHASES, 0) is None


def test_lists_of_everyone_are_made_though_only_some_were_rehearsed_and_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sampled, "MOST_REHEARSED", 25)
    said: list[str] = []
    study = rehearse(PURCHASES, SETTINGS, Known(), NOW, said.append)
    drawn = study.rehearsed
    assert drawn is not None
    assert drawn.sum() == 25
    assert drawn.tolist() == draw_rehearsed(PURCHASES, SETTINGS.als.seed).tolist()
    assert said[0] == "rehearsing and judging on 25 of 60 customers, drawn at random"
    for rehearsal in study.rehearsals:
        assert not np.diff(rehearsal.ranked.starts)[~drawn].any()
    learned = study.learn_from_all(None)
    assert np.diff(learned.ranked.starts)[learned.models.known_customers].all()
    oldest = study.rehearsals[-1]
    lists = Foretold(oldest.at, oldest.ranked, None, oldest.seen_until, oldest.learned_until)
    window = judge_window(PURCHASES, lists, drawn)
    assert drawn[window.new.customers].all()
    assert len(window.new.customers) > 5
    everyone = judge_window(PURCHASES, lists)
    of_drawn = drawn[everyone.new.customers]
    assert window.new.values[OURS].tolist() == everyone.new.values[OURS][of_drawn].tolist()
    popular = window.new.values["popularity"]
    assert popular.tolist() == everyone.new.values["popularity"][of_drawn].tolist()


def test_models_of_a_rehearsal_learn_from_everyone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampled, "MOST_REHEARSED", 25)
    study = rehearse(PURCHASES, SETTINGS, Known(), NOW)
    newest, oldest = study.rehearsals
    models = learn(PURCHASES.before(oldest.at), SETTINGS, oldest.at)
    assert newest.customer_factors is None
    assert oldest.customer_factors is not None
    has_factors = oldest.customer_factors.any(axis=1)
    assert has_factors.sum() == len(models.known_customers) > 25


def test_of_very_many_one_thing_is_done_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = []

    def done() -> int:
        threads.append(threading.get_ident())
        return 3

    with beside(PURCHASES, 1) as others:
        assert others.submit(done).result() == 3
    monkeypatch.setattr(sampled, "MOST_REHEARSED", 25)
    with beside(PURCHASES, 1) as others:
        future = others.submit(done)
        assert len(threads) == 2  # before anybody asks for it
        assert future.result() == 3
        with pytest.raises(ZeroDivisionError):
            others.submit(divmod, 1, 0)
    assert threads[0] != threads[1] == threading.get_ident()

"""Every sentence that the brief's page gives as a reason says what the JSON's reason says."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recommender.config import Config
from recommender.release.opening import Release
from recommender.suggest.answers import reason_answer
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import KINDS, Wish
from service.settings import Settings
from tests.callers import service_of
from tests.page_sentences import by_the_answer, on_the_page, read_reason

EVERY = Wish(20, frozenset(KINDS))


def test_the_page_says_what_the_answer_says(
    sample_config: Config, sample_release: Release, tmp_path: Path
) -> None:
    releases = sample_config.releases_directory
    client = service_of(Settings(releases_directory=releases, folder=tmp_path))
    kinds = set[str]()
    bought = sample_release.bought.starts
    prospects = [
        sample_release.customers.ids[int(row)] for row in np.flatnonzero(np.diff(bought) == 0)
    ]
    for customer in [*list(sample_release.customers.ids)[::12], *prospects[:5]]:
        brief = client.get(f"/v1/customers/{customer}/brief").json()
        page = client.get(f"/customers/{customer}", headers={"Accept": "text/html"}).text
        assert on_the_page(page) == by_the_answer(sample_release, brief)
        lists = [
            brief[name] for name in ("reorder", "lapsed", "more", "suggestions") if brief[name]
        ]
        kinds |= {r["kind"] for each in lists for s in each["suggestions"] for r in s["reasons"]}
    assert {"bought", "peers", "price_step", "popular"} <= kinds
    assert {"rhythm", "stopped", "buys_less"} <= kinds


def test_an_answer_loses_nothing_of_a_reason(sample_release: Release) -> None:
    for customer in list(sample_release.customers.ids)[::9]:
        for suggestion in suggest(sample_release, customer, EVERY).suggestions:
            for reason in suggestion.reasons:
                assert read_reason(reason_answer(sample_release, reason)) == reason

"""What a customer is worth, whether it falls silent, and what it could buy, as it is said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from recommender.release.opening import open_release
from recommender.suggest.facts import NOTHING_KNOWN, Facts, FreshPurchase
from service.pages.brief_words import WITHHELD, asked, bars, figures, warning, why_no_potential
from service.sales.value import NOT_LOOKED_AT, potential_answer, value_answer, value_of
from service.settings import Settings
from tests.callers import service_of
from tests.foretold_release import FORETOLD, foretold_contents, publish_foretold_release
from tests.made_up_release import in_memory

TODAY = date(2026, 11, 20)
NB = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def value(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("foretold")
    publish_foretold_release(folder)
    release = open_release(folder)
    row = release.customers.ids.position(FORETOLD)
    assert row is not None
    return lambda facts=NOTHING_KNOWN: value_of(release, row, facts, TODAY)


def test_figures_come_with_what_they_are(value: Any) -> None:
    assert figures(value(), "EUR") == [
        (f"3,000{NB}EUR", "Margin, next 12 months", f"of 9,000{NB}EUR revenue"),
        ("12.5", "Orders, next 12 months", ""),
        ("80%", "Chance that it stays", ""),
        ("every 10 days", "Its own rhythm", f"last on 10{NB}Oct{NB}2026"),
    ]
    assert value_answer(value())["lifetime"]["value"] == 3000


def test_it_warns_by_the_customers_own_rhythm_until_an_order_comes(value: Any) -> None:
    assert warning(value()) == (
        f"No order since 10{NB}Oct{NB}2026, though it usually orders every 10 days. "
        "The chance that none comes within 90 days is 50%."
    )
    bought = FreshPurchase("B1", 1.0, datetime(2026, 11, 20, 8, tzinfo=UTC))
    after = value(Facts(purchases=(bought,)))
    assert warning(after) is None
    assert (after.rhythm.last_on, after.rhythm.days_since) == (TODAY, 0)
    returned = FreshPurchase("B1", -1.0, datetime(2026, 11, 20, 8, tzinfo=UTC))
    assert warning(value(Facts(purchases=(returned,)))) is not None


def test_gaps_to_speak_of_stand_first(value: Any) -> None:
    found = potential_answer(value())
    assert [(c["category"], c["gap"], c["has_gap"]) for c in found["categories"]] == [
        ("Blades", 1000, True),
        ("Sandpaper", 0, False),
        ("Glue", 0, False),
    ]
    assert found["categories"][1]["withheld"] == "few_buy"
    assert (found["size"], found["peers"], found["withheld"]) == (4000, 25, None)


def test_marks_stand_at_their_share_of_the_longest(value: Any) -> None:
    blades, sandpaper, _ = bars(potential_answer(value()), "EUR")
    at = {"actual": "40.0%", "low": "60.0%", "expected": "80.0%", "high": "100.0%"}
    assert (blades["at"], blades["width"]) == (at, "40.0%")
    assert blades["title"] == f"Blades: bought for 1,000{NB}EUR, expected 2,000{NB}EUR"
    assert (sandpaper["at"]["actual"], sandpaper["width"]) == ("100.0%", "0.0%")


def test_what_is_not_told_says_why() -> None:
    assert why_no_potential(potential_answer(NOT_LOOKED_AT)) == WITHHELD["no_permission"]
    assert figures(NOT_LOOKED_AT, "EUR") == []
    assert warning(NOT_LOOKED_AT) is None
    release = in_memory(foretold_contents())
    other = release.customers.ids.position("C03")
    assert other is not None
    found = potential_answer(value_of(release, other, Facts(), TODAY))
    assert found["withheld"] == "no_size"


def test_a_question_is_put_with_its_reason() -> None:
    answers = [{"answer": "yes", "customers": 12}, {"answer": "no", "customers": 28}]
    known = {"about": "category", "value": "Glue", "changes": 5, "of": 8, "customers": 40}
    found = asked(known | {"answers": answers})
    assert found["put"] == "Does it want Glue?"
    assert found["why"].startswith("Yes or no changes 5 of its 8 offers")
    assert "12 of 40 customers like it buy it." in found["why"]


def test_the_page_reads_top_down_and_stays_small(tmp_path: Path) -> None:
    publish_foretold_release(tmp_path / "releases")
    client: TestClient
    with service_of(Settings(releases_directory=tmp_path / "releases", folder=tmp_path)) as client:
        page = client.get(f"/customers/{FORETOLD}")
    order = ("complaints", "permissions", "who", "value", "potential", "suggestions", "stated")
    places = [page.text.index(f'id="{part}"') for part in (*order, "notes")]
    assert places == sorted(places)
    assert len(page.content) < 100_000
    assert page.text.count("<desc>") == page.text.count('role="img"') >= 3
    assert "Falling silent." in page.text

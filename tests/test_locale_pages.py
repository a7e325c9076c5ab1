"""One locale for page and list; JSON and the columns of a file stay as machines read them."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from recommender.cross_sell import cross_sell
from recommender.listing.selection import Selection
from recommender.release.opening import open_release
from recommender.suggest.suggestion import KINDS, Wish
from service.settings import Settings
from tests.callers import service_of
from tests.habit_release import SAWMILL, Habit, contents_with
from tests.page_sentences import by_the_answer, on_the_page
from tests.small_release import publish_small_release

NO_BREAK = "\N{NO-BREAK SPACE}"
SWISS = "de-CH"
DUE = Habit(SAWMILL, "B1", gap=20.5, since=21, quantity=1234.5)
STOPPED = Habit(SAWMILL, "B3", gap=20, since=60)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("locale") / "releases"
    publish_small_release(directory, contents_with([DUE, STOPPED]))
    return directory


@pytest.fixture(scope="module")
def clients(releases: Path) -> Iterator[dict[str, TestClient]]:
    """Services of two locales in one process, each with its own records."""
    with ExitStack() as stack:
        yield {
            locale: stack.enter_context(
                service_of(
                    Settings(
                        releases_directory=releases,
                        folder=releases.parent,
                        database=f"sqlite:///{locale}.db",
                        locale=locale,
                    )
                )
            )
            for locale in ("en", SWISS)
        }


def page_of(client: TestClient, path: str) -> str:
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200
    return html.unescape(answer.text)


def test_each_service_answers_in_its_own_locale(clients: dict[str, TestClient]) -> None:
    for _ in range(2):
        page = page_of(clients[SWISS], "/products/B3")
        assert f"EUR{NO_BREAK}60.00" in page
        assert "19.11.2026" in page
        page = page_of(clients["en"], "/products/B3")
        assert f"60.00{NO_BREAK}EUR" in page
        assert f"19{NO_BREAK}Nov{NO_BREAK}2026" in page


def test_the_page_says_what_the_reasons_of_the_json_say(
    clients: dict[str, TestClient], releases: Path
) -> None:
    for locale, client in clients.items():
        brief = client.get(f"/v1/customers/{SAWMILL}/brief").json()
        told = on_the_page(client.get(f"/customers/{SAWMILL}").text)
        assert told
        assert told == by_the_answer(open_release(releases, locale=locale), brief)


def test_the_list_says_what_the_page_says(
    clients: dict[str, TestClient], releases: Path, tmp_path: Path
) -> None:
    out = tmp_path / "list.csv"
    release = open_release(releases, locale=SWISS)
    row = release.customers.ids.position(SAWMILL)
    assert row is not None
    cross_sell(release, out, Wish(20, KINDS), Selection(), [row])
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    said = {row["kind"]: row["why"] for row in rows if row["product_id"] in {"B1", "B3"}}
    assert said == {
        "reorder": "buys about 1’234.5 every 20 days, last on 30.10.2026: due today",
        "lapsed": "bought it about every 20 days until 21.09.2026, and not in the 60 days since",
    }
    page = page_of(clients[SWISS], f"/customers/{SAWMILL}")
    assert all(why[1:] in page for why in said.values())
    assert all(re.fullmatch(r"0\.\d+", row["chance"]) for row in rows), "a column is no sentence"


def test_json_and_dates_that_are_sent_stay_as_machines_read_them(
    clients: dict[str, TestClient],
) -> None:
    own = f"/v1/customers/{SAWMILL}"
    for path in (f"{own}/suggestions", f"{own}/brief", "/v1/customers", "/v1/board"):
        english, swiss = (clients[locale].get(path) for locale in ("en", SWISS))
        assert english.status_code == 200
        assert english.json() == swiss.json()
    page = page_of(clients[SWISS], f"/customers/{SAWMILL}")
    bounds = re.findall(r'type="date"[^>]*(?:min|max)="([^"]*)"', page)
    assert bounds
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for day in bounds)
    assert '<time datetime="2026-11-19">19.11.2026</time>' in page


def test_the_file_of_customers_is_the_same(clients: dict[str, TestClient]) -> None:
    files = [clients[locale].get("/customers.csv").text for locale in ("en", SWISS)]
    assert files[0] == files[1]

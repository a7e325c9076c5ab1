"""A key may send so many requests a minute; headers say what is left, 429 how long to wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from recommender.config import RequestsPerMinuteSection, load_config
from recommender.errors import ConfigError
from service.app import create_app
from service.limits import REMEMBERED, SECONDS, Limits
from service.settings import Settings
from tests.callers import ADDRESS, client_of
from tests.small_release import publish_small_release


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_all_of_a_limit_may_be_used_at_once_and_comes_back_evenly() -> None:
    clock = Clock()
    limits = Limits(clock)
    left = [limits.take("shop", 6) for _ in range(7)]
    assert [found.remaining for found in left] == [5, 4, 3, 2, 1, 0, 0]
    assert [found.wait > 0 for found in left] == [False] * 6 + [True]
    assert (left[6].wait, left[6].reset) == (10, 60)
    clock.now += 9.5
    assert limits.take("shop", 6).wait == 1
    clock.now += 0.6
    assert limits.take("shop", 6).wait == 0
    clock.now += SECONDS
    assert limits.take("shop", 6).remaining == 5


@given(st.lists(st.floats(0, 20), max_size=200), st.integers(1, 50))
def test_no_minute_holds_more_than_twice_the_limit(pauses: list[float], limit: int) -> None:
    clock = Clock()
    limits, passed = Limits(clock), []
    for pause in pauses:
        clock.now += pause
        left = limits.take("shop", limit)
        assert 0 <= left.remaining < limit
        assert left.reset >= 1
        if not left.wait:
            passed.append(clock.now)
    for begin in passed:
        within = sum(begin <= at < begin + SECONDS for at in passed)
        assert within <= 2 * limit


def test_who_waits_as_long_as_it_is_told_may_pass() -> None:
    clock = Clock()
    limits = Limits(clock)
    for _ in range(100):
        left = limits.take("shop", 7)
        if left.wait:
            clock.now += left.wait
            assert limits.take("shop", 7).wait == 0


@given(st.lists(st.floats(0, 20), max_size=100), st.integers(1, 50))
def test_who_asks_first_whether_it_may_pass_is_told_what_will_be(
    pauses: list[float], limit: int
) -> None:
    clock = Clock()
    limits = Limits(clock)
    for pause in pauses:
        clock.now += pause
        may_pass = [limits.may_pass("shop", limit) for _ in range(2)]
        assert may_pass == [limits.take("shop", limit).wait == 0] * 2


def test_only_so_many_callers_are_remembered() -> None:
    limits = Limits(Clock())
    for number in range(REMEMBERED + 500):
        limits.take(("address", str(number)), 5)
    assert len(limits._worked_off) == REMEMBERED


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    publish_small_release(tmp_path / "releases")
    asked = RequestsPerMinuteSection(shop=4, rep=0, nobody=3, widget=2)
    found = create_app(
        Settings(
            releases_directory=tmp_path / "releases", folder=tmp_path, requests_per_minute=asked
        )
    )
    with closing(found.state.database):
        yield found


def test_a_key_that_sent_too_many_is_told_how_long_to_wait(app: FastAPI) -> None:
    shop = client_of(app, "shop")
    answers = [shop.get("/v1/customers/C01/suggestions") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert [a.headers["ratelimit-remaining"] for a in answers] == ["3", "2", "1", "0", "0", "0"]
    assert {a.headers["ratelimit-limit"] for a in answers} == {"4"}
    refused = answers[-1]
    assert refused.json()["code"] == "too_many_requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 15
    assert refused.headers["cache-control"] == "no-store"


def test_others_are_not_held_up_by_it(app: FastAPI) -> None:
    shop, rep = client_of(app, "shop"), client_of(app, "rep")
    for _ in range(6):
        shop.get("/v1/release")
    found = rep.get("/v1/customers")
    assert found.status_code == 200
    assert "ratelimit-limit" not in found.headers, "there is no limit for this role"


def test_who_shows_no_key_is_counted_by_address_but_health_is_not(app: FastAPI) -> None:
    nobody = client_of(app, None)
    codes = [nobody.get("/v1/release").status_code for _ in range(5)]
    assert codes == [401, 401, 401, 429, 429]
    assert nobody.get("/health/live").status_code == 200
    assert nobody.get("/static/site.css").status_code == 200


def test_of_a_widgets_key_each_address_has_a_limit_of_its_own(app: FastAPI) -> None:
    key = client_of(app, "widget").headers
    asked = [
        TestClient(app, ADDRESS, headers=key, client=(ip, 5)) for ip in ("10.0.0.1", "10.0.0.2")
    ]
    codes = [[c.get("/v1/release").status_code for _ in range(4)] for c in asked]
    assert codes == [[403, 403, 429, 429]] * 2
    assert asked[0].get("/widget/also-bought.js").status_code == 200


def test_workers_share_a_limit(tmp_path: Path) -> None:
    settings = Settings(releases_directory=tmp_path, folder=tmp_path).for_worker(4)
    assert (settings.workers, settings.verified_at_start) == (4, False)


def test_a_limit_that_is_none_is_told(tmp_path: Path) -> None:
    config = tmp_path / "recommender.toml"
    config.write_text('[purchases]\nsource = "p.csv"\n[service.requests_per_minute]\nshop = -1\n')
    with pytest.raises(ConfigError, match="shop"):
        load_config(config)
    config.write_text('[purchases]\nsource = "p.csv"\n[service.requests_per_minute]\nshops = 5\n')
    with pytest.raises(ConfigError, match="shops"):
        load_config(config)

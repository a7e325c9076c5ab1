"""Several workers, one database: what one takes down the others obey; and what if it is away."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from recommender.suggest.facts import Facts
from service.knowing import facts_about
from service.records.database import Database
from tests.telling import app_with_callers

TRIALS = 50


def facts(app: FastAPI, customer_id: str) -> Facts:
    request = Request({"type": "http", "app": app})
    return asyncio.run(facts_about(request, app.state.live.in_use.release, customer_id))


def test_a_word_given_to_one_worker_counts_in_the_next_answer_of_another(
    service: TestClient, database: Database, small_releases: Path
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    other = app_with_callers(small_releases, url)
    assert facts(other, "C01").consent.may_personalise("C01")
    for trial in range(TRIALS):
        granted = bool(trial % 2)
        body = {"personalisation": granted, "phone": granted}
        assert service.put("/v1/customers/C01/permissions", json=body).status_code == 200
        found = facts(other, "C01")
        assert found.consent.may_personalise("C01") is granted
        assert ("phone" in (found.contact or ())) is granted
    other.state.database.close()


def test_what_is_posted_is_a_fact_at_once(service: TestClient) -> None:
    app = service.app
    assert isinstance(app, FastAPI)
    event = {"customer_id": "C01", "product_id": "B1", "happened_at": "2026-11-20T08:00:00Z"}
    both = [event | {"event": "purchase"}, event | {"event": "quote"}]
    assert service.post("/v1/events", json=both).status_code == 201
    stated = {"about": "category", "value": "Glue", "stance": "needs"}
    assert service.post("/v1/customers/C01/preferences", json=stated).status_code == 201
    complaint = {"text": "Late.", "product_id": "B1"}
    assert service.post("/v1/customers/C01/complaints", json=complaint).status_code == 201
    found = facts(app, "C01")
    assert [p.product_id for p in found.purchases] == ["B1"]
    assert [(i.product_id, i.event) for i in found.interest] == [("B1", "quote")]
    assert [(s.value, s.stance) for s in found.stated] == [("Glue", "needs")]
    assert [c.product_id for c in found.complaints] == ["B1"]


def test_while_the_database_is_away_the_answer_is_503_and_says_nothing_of_it(
    service: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("select", {}, Exception("disk I/O error"))

    app = service.app
    assert isinstance(app, FastAPI)
    monkeypatch.setattr(app.state.database.engine, "connect", away)
    monkeypatch.setattr(app.state.database._writing_engine, "connect", away)
    with caplog.at_level(logging.ERROR):
        answers = [
            service.get("/v1/customers/C01/permissions"),
            service.put("/v1/customers/C01/permissions", json={"phone": False}),
        ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"]
        assert "I/O" not in answer.text
        assert answer.json()["request_id"] in caplog.text
    assert "disk I/O error" in caplog.text

"""Preferences: what customers say they like, dislike or need."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.api.preferences import Preferences, StatedPreference
from service.records.times import now
from tests.small_release import ODD_PRODUCT
from tests.telling import OF_JONAS, OF_THERESA, as_

ADDRESS = "/v1/customers/C01/preferences"
DISLIKE: dict[str, Any] = {
    "about": "category",
    "value": "Blades",
    "stance": "dislikes",
    "words": "They break “all the time”.",
    "said_on": "2026-06-01",
    "source": "talk",
}


def post(service: TestClient, who: str = "manager", **changes: Any) -> Any:
    body = json.dumps(DISLIKE | changes)
    headers = {"content-type": "application/json", **as_(who)}
    return service.post(ADDRESS, content=body, headers=headers)


def listed(service: TestClient) -> list[dict[str, Any]]:
    answer = service.get(ADDRESS)
    Preferences.model_validate_json(answer.content)
    found: list[dict[str, Any]] = answer.json()["preferences"]
    return found


def test_what_was_said_is_kept_word_for_word(service: TestClient) -> None:
    answer = post(service)
    assert answer.status_code == 201
    StatedPreference.model_validate_json(answer.content)
    assert DISLIKE.items() <= answer.json().items()
    assert answer.json()["recorded_by"] == "head of sales"
    assert listed(service) == [answer.json()]


def test_the_newest_word_stands_first(service: TestClient) -> None:
    for day in ("2026-06-01", "2026-08-01", "2026-07-01"):
        post(service, said_on=day)
    assert [p["said_on"] for p in listed(service)] == ["2026-08-01", "2026-07-01", "2026-06-01"]


@pytest.mark.parametrize(
    ("about", "value"),
    [("product", ODD_PRODUCT), ("brand", "Sägerich"), ("attribute", "length_m=4.2")],
)
def test_it_may_be_about_four_things(service: TestClient, about: str, value: str) -> None:
    assert post(service, about=about, value=value).status_code == 201


@pytest.mark.parametrize(
    ("about", "value", "said"),
    [
        ("product", "B99", "no such product"),
        ("category", "blade", "did you mean Blades?"),
        ("brand", "Saegerich", "did you mean Sägerich?"),
        ("brand", "Zzz", "write it as in the catalogue"),
        ("attribute", "length", "name=value"),
    ],
)
def test_what_the_catalogue_lacks_is_refused_with_what_is_near(
    service: TestClient, about: str, value: str, said: str
) -> None:
    answer = post(service, about=about, value=value)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
    assert listed(service) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("said_on", "2026-13-01"),
        ("said_on", "yesterday"),
        ("said_on", 20260601),
        ("said_on", "1066-10-14"),
        ("said_on", (now() + timedelta(days=2)).date().isoformat()),
        ("stance", "hates"),
        ("source", "rumour"),
        ("words", "\ud800"),
        ("words", "nul \x00"),
        ("value", ""),
        ("value", "x" * 501),
        ("value", None),
        ("about", ["product"]),
    ],
)
def test_a_field_that_is_wrong_is_named(service: TestClient, field: str, value: Any) -> None:
    answer = post(service, **{field: value})
    assert answer.status_code == 422, answer.text
    assert [e["name"] for e in answer.json()["errors"]] == [field]
    assert listed(service) == []


def test_a_shop_hands_in_its_survey_and_hears_nothing_back(service: TestClient) -> None:
    assert post(service, "shop", source="survey").status_code == 201
    assert post(service, "shop", source="talk").status_code == 422
    assert [p["source"] for p in listed(service)] == ["survey"]


def test_what_is_withdrawn_is_gone_from_the_list(service: TestClient) -> None:
    first, second = post(service).json(), post(service, stance="likes").json()
    answer = service.delete(f"/v1/preferences/{first['preference_id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert listed(service) == [second]
    again = service.delete(f"/v1/preferences/{first['preference_id']}")
    assert (again.status_code, again.json()["code"]) == (404, "unknown_preference")


def test_a_rep_hears_and_changes_only_its_own(service: TestClient) -> None:
    mine = f"/v1/customers/{OF_JONAS}/preferences"
    theirs = f"/v1/customers/{OF_THERESA}/preferences"
    assert service.post(mine, json=DISLIKE, headers=as_("jonas")).status_code == 201
    found = service.post(theirs, json=DISLIKE, headers=as_("theresa")).json()
    for answer in (
        service.post(theirs, json=DISLIKE, headers=as_("jonas")),
        service.get(theirs, headers=as_("jonas")),
        service.delete(f"/v1/preferences/{found['preference_id']}", headers=as_("jonas")),
    ):
        assert answer.status_code == 404
    assert service.get(theirs).json()["preferences"] == [found]

"""A form that is sent twice, by a double click or a reload, counts once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from httpx2 import Response

from service.pages.once import TOKEN
from service.records.database import Database
from service.records.schema import complaints, metadata, notes, outcomes, permissions, preferences
from tests.telling import OF_JONAS, as_

PAGE = f"/customers/{OF_JONAS}"
LIKES = {"about": "category", "value": "Blades", "stance": "likes"}
FILED = {"text": "It broke."}
FORMS: list[tuple[str, dict[str, str], sa.Table]] = [
    ("complaints", FILED, complaints),
    ("notes", {"text": "Moves in spring."}, notes),
    ("preferences", LIKES, preferences),
    ("permissions", {"phone": "false"}, permissions),
    ("outcomes", {"outcome": "accepted"}, outcomes),
    ("survey", {"said_on": "2026-06-01", "category:Glue": "likes"}, preferences),
]


class Forms(HTMLParser):
    """The forms of a page that send something: where to, and their hidden fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self.found.append((given["action"].partition("#")[0], {}))
        if tag == "input" and given.get("type") == "hidden" and self.found:
            self.found[-1][1][given["name"]] = given["value"]


def forms_of(service: TestClient, page: str = PAGE) -> list[tuple[str, dict[str, str]]]:
    return Forms(service.get(page, headers=as_("jonas")).text).found


def hidden_in(service: TestClient, noun: str) -> dict[str, str]:
    """Of a form for it, on a page that is asked for now."""
    page = f"{PAGE}/survey" if noun == "survey" else PAGE
    return next(dict(h) for action, h in forms_of(service, page) if action == f"{PAGE}/{noun}")


def send(service: TestClient, noun: str, fields: dict[str, str]) -> Response:
    address = f"{PAGE}/{noun}"
    return service.post(address, data=fields, headers=as_("jonas"), follow_redirects=False)


def count(database: Database, table: sa.Table) -> int:
    with database.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form[0])
def test_sent_twice_a_form_counts_once_and_leads_to_the_same_place(
    service: TestClient, database: Database, form: tuple[str, dict[str, str], sa.Table]
) -> None:
    noun, typed, table = form
    fields = hidden_in(service, noun) | typed
    first, second = send(service, noun, fields), send(service, noun, fields)
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    assert count(database, table) == 1


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form[0])
def test_the_same_words_on_a_new_page_count_again(
    service: TestClient, database: Database, form: tuple[str, dict[str, str], sa.Table]
) -> None:
    noun, typed, table = form
    for _ in range(2):
        assert send(service, noun, hidden_in(service, noun) | typed).status_code == 303
    assert count(database, table) == 2


def test_a_double_click_that_arrives_at_once_counts_once(
    service: TestClient, database: Database
) -> None:
    fields = hidden_in(service, "complaints") | FILED
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: send(service, "complaints", fields), range(4)))
    assert [answer.status_code for answer in found] == [303] * 4
    assert count(database, complaints) == 1


def test_what_was_corrected_after_a_step_back_is_another_form(
    service: TestClient, database: Database
) -> None:
    fields = hidden_in(service, "complaints")
    for text in ("It broke.", "The second one broke."):
        assert send(service, "complaints", fields | {"text": text}).status_code == 303
    assert count(database, complaints) == 2


def test_steps_on_a_complaint_and_a_preference_may_be_sent_twice(service: TestClient) -> None:
    send(service, "complaints", FILED)
    send(service, "preferences", LIKES)
    steps = [f for f in forms_of(service) if re.search(r"/(complaints|preferences)/\w{16}", f[0])]
    assert len(steps) == 3
    for action, fields in steps:
        typed = {"resolution": "Replaced."} if "complaints" in action else {}
        answers = [
            service.post(action, data=fields | typed, headers=as_("jonas"), follow_redirects=False)
            for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [303, 303], action


def test_a_form_that_was_refused_comes_back_with_a_new_token(
    service: TestClient, database: Database
) -> None:
    fields = hidden_in(service, "complaints")
    refused = send(service, "complaints", fields | {"text": ""})
    assert refused.status_code == 422
    tokens = [h[TOKEN] for a, h in Forms(refused.text).found if a == f"{PAGE}/complaints"]
    assert len(tokens) == 1
    assert tokens[0] != fields[TOKEN]
    assert send(service, "complaints", FILED | {TOKEN: tokens[0]}).status_code == 303
    assert count(database, complaints) == 1


def test_every_form_that_writes_has_a_token_of_its_own(service: TestClient) -> None:
    send(service, "complaints", FILED)
    send(service, "preferences", LIKES)
    found = forms_of(service) + forms_of(service, f"{PAGE}/survey")
    written = [fields.get(TOKEN, "") for action, fields in found if action != "/sign-out"]
    assert len(written) > 20
    assert all(len(token) == 16 for token in written)
    assert len(set(written)) == len(written)


def test_a_token_of_one_rep_says_nothing_to_another(
    service: TestClient, database: Database
) -> None:
    fields = hidden_in(service, "complaints") | FILED
    address = f"{PAGE}/complaints"
    for who in ("jonas", "manager"):
        service.post(address, data=fields, headers=as_(who), follow_redirects=False)
    assert count(database, complaints) == 2


@pytest.mark.parametrize("token", ["", "x" * 5000, "<script>", "\x00"])
def test_any_token_is_only_a_token(service: TestClient, database: Database, token: str) -> None:
    fields: dict[str, Any] = FILED | {TOKEN: token}
    assert send(service, "complaints", fields).status_code == 303
    assert count(database, complaints) == 1


def test_a_form_that_fails_while_it_is_kept_leaves_nothing(
    service: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    fields = hidden_in(service, "complaints") | FILED
    monkeypatch.setattr("service.api.telling.keep_answer", fail)
    assert send(service, "complaints", fields).status_code == 500
    assert [t.name for t in metadata.sorted_tables if count(database, t)] == ["keys"]

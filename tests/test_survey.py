"""A survey is many preferences at once, posted by a program or filled in on a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from fastapi.testclient import TestClient

from service.records.database import Database
from service.records.permissions import Said, record_permissions
from service.records.schema import audit, preferences
from tests.small_release import ODD_CUSTOMER, PROSPECT
from tests.telling import as_

ADDRESS = "/v1/customers/C02/survey"
GLUE = {"about": "category", "value": "Glue", "stance": "needs", "words": "More of it!"}
BLADES = {"about": "brand", "value": "Sägerich", "stance": "dislikes"}
FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}


def survey(*answers: Any, **more: Any) -> dict[str, Any]:
    return {"said_on": "2026-06-01", "answers": list(answers)} | more


def suggestions(service: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.get("/v1/customers/C02/suggestions").json()["suggestions"]
    return found


def rows(database: Database) -> int:
    with database.reading() as connection:
        return len(connection.execute(preferences.select()).all())


@pytest.mark.parametrize("who", ["shop", "jonas", "manager", "admin"])
def test_each_answer_becomes_a_preference(service: TestClient, who: str) -> None:
    answer = service.post(ADDRESS, json=survey(GLUE, BLADES), headers=as_(who))
    assert answer.status_code == 201
    found = answer.json()["preferences"]
    assert [(p["about"], p["value"], p["stance"], p["words"]) for p in found] == [
        ("category", "Glue", "needs", "More of it!"),
        ("brand", "Sägerich", "dislikes", None),
    ]
    assert {(p["said_on"], p["source"]) for p in found} == {("2026-06-01", "survey")}
    listed = service.get("/v1/customers/C02/preferences").json()["preferences"]
    assert sorted(p["preference_id"] for p in listed) == sorted(p["preference_id"] for p in found)


def test_it_counts_from_the_next_answer_on(service: TestClient, database: Database) -> None:
    first, second = suggestions(service)[:2]
    liked = {"about": "product", "value": second["product_id"], "stance": "likes", "words": "Yes"}
    disliked = {"about": "product", "value": first["product_id"], "stance": "dislikes"}
    service.post(ADDRESS, json=survey(liked, disliked))
    found = {s["product_id"]: s["reasons"] for s in suggestions(service)}
    assert first["product_id"] not in found
    assert found[second["product_id"]][0]["words"] == "Yes"
    with database.reading() as connection:
        noted = connection.execute(audit.select().where(audit.c.noun == "preference")).all()
    assert len(noted) == 2


def test_one_wrong_answer_keeps_all_of_them_out_and_each_is_named(
    service: TestClient, database: Database
) -> None:
    wrong = [{**GLUE, "value": "Gleu"}, GLUE, {**GLUE, "about": "product", "value": "X9"}]
    answer = service.post(ADDRESS, json=survey(GLUE, *wrong))
    assert answer.status_code == 422
    named = {e["name"]: e["detail"] for e in answer.json()["errors"]}
    assert set(named) == {"answers.1.value", "answers.3.value"}
    assert "did you mean Glue?" in named["answers.1.value"]
    assert "Gleu" not in answer.text
    assert rows(database) == 0


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (survey(), "answers"),
        (survey(*[GLUE] * 51), "answers"),
        (survey({**GLUE, "stance": "loves"}), "answers.0.stance"),
        (survey(GLUE, {**GLUE, "source": "talk"}), "answers.1.source"),
        (survey(GLUE, said_on="2099-01-01"), "said_on"),
        (survey(GLUE, {"about": "attribute", "value": "long", "stance": "likes"}), "answers.1"),
    ],
)
def test_what_is_no_survey_is_refused(
    service: TestClient, database: Database, body: Any, name: str
) -> None:
    answer = service.post(ADDRESS, json=body)
    assert answer.status_code == 422
    assert [e["name"] for e in answer.json()["errors"]] == [name]
    assert rows(database) == 0


def test_sent_twice_with_one_key_it_is_written_once(
    service: TestClient, database: Database
) -> None:
    asked = {"json": survey(*[GLUE] * 50), "headers": {"idempotency-key": "s1"}}
    first, again = service.post(ADDRESS, **asked), service.post(ADDRESS, **asked)
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"
    assert rows(database) == 50


def fill_in(service: TestClient, fields: dict[str, str], who: str = "jonas", **more: str) -> Any:
    return service.post(
        "/customers/C02/survey",
        content=urlencode(fields),
        headers=FORM | as_(who) | more,
        follow_redirects=False,
    )


def test_the_form_saves_what_was_answered_and_shows_it(
    service: TestClient, database: Database
) -> None:
    page = service.get("/customers/C02/survey", headers=as_("jonas")).text
    assert 'name="category:Glue"' in page
    assert 'name="brand:Sägerich"' in page
    fields = {"said_on": "2026-06-01", "category:Glue": "likes", "words:category:Glue": "“Smells”"}
    answer = fill_in(service, fields | {"brand:Sägerich": "", "words:brand:Sägerich": "no"})
    assert answer.status_code == 303
    saved = service.get(answer.headers["location"], headers=as_("jonas")).text
    assert "1 answer was saved" in saved
    assert "<q>“Smells”</q>" in saved
    assert "written down by Jonas&#39;s key" in saved
    assert rows(database) == 1


def test_an_empty_form_saves_nothing(service: TestClient, database: Database) -> None:
    answer = fill_in(service, {"said_on": "2026-06-01", "category:Glue": ""})
    assert (answer.status_code, rows(database)) == (200, 0)
    assert "nothing was saved" in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"category:Gleu": "likes"},
        {"category:Glue": "loves"},
        {"category:Glue": "likes", "words:category:Glue": "x" * 4001},
        {"category:Glue": "likes", "said_on": "tomorrow"},
    ],
)
def test_a_wrong_form_is_refused_as_a_page(
    service: TestClient, database: Database, fields: dict[str, str]
) -> None:
    answer = fill_in(service, fields, accept="text/html")
    assert (answer.status_code, rows(database)) == (422, 0)
    assert answer.headers["content-type"].startswith("text/html")


def test_another_site_cannot_fill_the_form_in(service: TestClient, database: Database) -> None:
    session = {"cookie": "x=y", "sec-fetch-site": "cross-site"}
    answer = fill_in(service, {"category:Glue": "likes"}, **session)
    assert (answer.status_code, rows(database)) == (403, 0)


def test_the_shop_has_no_form_and_a_rep_none_for_others(
    service: TestClient, database: Database
) -> None:
    assert fill_in(service, {"category:Glue": "likes"}, "shop").status_code == 403
    assert fill_in(service, {"category:Glue": "likes"}, "theresa").status_code == 404
    assert rows(database) == 0


def test_who_is_not_personalised_is_asked_about_what_everyone_buys(
    service: TestClient, database: Database
) -> None:
    def asked(customer_id: str) -> list[str]:
        page = service.get(f"/customers/{quote(customer_id, safe='')}/survey").text
        return [part.split('"')[0] for part in page.split('name="category:')[1:]]

    assert asked("C02")[0] != asked("C01")[0], "each begins with what it buys"
    with database.writing() as connection:
        for customer_id in ("C01", "C02"):
            said = Said({"personalisation": False}, None, None)
            record_permissions(connection, customer_id, said, "test")
    assert asked("C01") == asked("C02") == asked(PROSPECT)
    assert asked(ODD_CUSTOMER)

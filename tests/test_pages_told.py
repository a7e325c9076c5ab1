"""The forms of the customer's page: what they save counts at once, everywhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from recommender.release.opening import open_release
from recommender.suggest.suggest import suggest
from service.app import Service
from service.pages.formats import path_part
from service.records.audit import read_audit
from service.records.facts import data_until
from service.records.forgotten import forget_customer
from service.records.times import now
from service.records.told import RecordsTold
from tests.small_release import ODD_CUSTOMER
from tests.telling import OF_JONAS, OF_THERESA, as_
from tests.test_pages_html import Page

PAGE = f"/customers/{OF_JONAS}"
ELSEWHERE = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}


def send(service: TestClient, noun: str, who: str = "jonas", **fields: str) -> Response:
    return service.post(f"{PAGE}/{noun}", data=fields, headers=as_(who), follow_redirects=False)


def saved(service: TestClient, noun: str, **fields: str) -> str:
    """The page that the form leads back to."""
    answer = send(service, noun, **fields)
    assert answer.status_code == 303, answer.text
    page, _, place = answer.headers["location"].partition("#")
    shown = service.get(page, headers=as_("jonas"))
    assert f'id="{place}"' in shown.text
    assert re.search('<p class="done" role="status">[^<]+<', shown.text)
    return Page(shown.text).text


def refused(service: TestClient, noun: str, **fields: str) -> str:
    answer = send(service, noun, **fields)
    assert answer.status_code == 422
    assert "Not saved yet" in Page(answer.text).text
    return answer.text


def brief(service: TestClient) -> Any:
    return service.get(f"/v1{PAGE}/brief", headers=as_("jonas")).json()


def in_the_shop(service: TestClient) -> Any:
    return service.get(f"/v1{PAGE}/suggestions", headers=as_("shop")).json()


def in_the_batch(service: TestClient) -> list[str]:
    """As the nightly run reads the records."""
    app: Service = service.app  # type: ignore[assignment]
    release = open_release(app.settings.releases_directory)
    told = RecordsTold(app.state.database, app.settings.permissions)
    with told.facts(data_until(release), now().date()) as book:
        facts = book.of(OF_JONAS)
    return [s.product_id for s in suggest(release, OF_JONAS, facts=facts).suggestions]


def products_in(answer: Any) -> list[str]:
    return [suggestion["product_id"] for suggestion in answer["suggestions"]]


def about_the_first(service: TestClient) -> dict[str, str]:
    found = brief(service)["suggestions"]
    return {
        "recommendation_id": found["recommendation_id"],
        "product_id": found["suggestions"][0]["product_id"],
    }


@pytest.mark.parametrize(
    "said",
    [
        {"outcome": "accepted"},
        {"outcome": "rejected", "reason": "price"},
        {"outcome": "rejected", "reason": "no_need", "until": "2027-06-01"},
        {"outcome": "snoozed", "until": ""},
    ],
)
def test_an_answer_to_a_suggestion_counts_for_rep_shop_and_batch(
    service: TestClient, said: dict[str, str]
) -> None:
    about = about_the_first(service)
    product_id = about["product_id"]
    assert product_id in in_the_batch(service)
    saved(service, "outcomes", **about, **said)
    (last,) = brief(service)["last_outcomes"]
    assert (last["product_id"], last["outcome"]) == (product_id, said["outcome"])
    assert last["until"] == (said.get("until") or None)
    left = products_in(brief(service)["suggestions"])
    assert product_id not in left
    assert left == products_in(in_the_shop(service)) == in_the_batch(service)


def test_a_rejection_says_why(service: TestClient) -> None:
    about = about_the_first(service)
    html = refused(service, "outcomes", **about, outcome="rejected", until="2027-06-01")
    assert "please fill this in" in html
    assert 'value="2027-06-01"' in html, "what was typed stays"
    assert html.count("<details open>") == 1
    assert brief(service)["last_outcomes"] == []


def test_a_day_that_has_passed_is_no_day_to_wait_for(service: TestClient) -> None:
    about = about_the_first(service)
    html = refused(service, "outcomes", **about, outcome="snoozed", until="2020-01-01")
    assert "a day from today to three years from now" in html


def test_a_complaint_is_filed_acknowledged_and_resolved(service: TestClient) -> None:
    product_id = about_the_first(service)["product_id"]
    text = saved(
        service,
        "complaints",
        text="It <b>broke</b>.",
        product_id=product_id,
        category="",
        opened_on="2026-06-01",
    )
    assert "1 open complaint" in text
    assert "overdue “It <b>broke</b>.”" in text
    assert text.index("open complaint") < text.index("May I call?") < text.index("Suggestions")
    (filed,) = brief(service)["complaints"]
    assert filed["recorded_by"] == "Jonas's key"
    for listed in (products_in(in_the_shop(service)), in_the_batch(service)):
        assert product_id not in listed
    step = f"complaints/{filed['complaint_id']}"
    assert "acknowledged" in saved(service, step, acknowledged="true")
    assert brief(service)["complaints"][0]["acknowledged_at"]
    assert "please fill this in" in refused(service, step, resolution=" ")
    assert "No open complaint" in saved(service, step, resolution="Replaced.")
    assert brief(service)["complaints"][0]["resolution"] == "Replaced."
    assert product_id in in_the_batch(service)


def test_a_mistake_in_a_complaint_is_shown_at_its_field(service: TestClient) -> None:
    html = refused(service, "complaints", text="", category="Blade", opened_on="2999-01-01")
    for name in ("text", "opened_on"):
        assert f'<span class="wrong" id="complaint-{name}-wrong">' in html
    html = refused(service, "complaints", text="Blunt.", category="Blade")
    assert "did you mean Blades?" in html
    assert ">Blunt.</textarea>" in html
    assert brief(service)["complaints"] == []


def test_a_preference_is_stated_and_withdrawn(service: TestClient) -> None:
    said = {"about": "category", "value": "Blades", "stance": "dislikes", "words": "Too sharp."}
    assert "dislikes Blades “Too sharp.”" in saved(service, "preferences", **said)
    (stated,) = brief(service)["stated"]
    assert (stated["value"], stated["stance"], stated["source"]) == ("Blades", "dislikes", "talk")
    assert not any(product.startswith("B") for product in in_the_batch(service))
    assert not any(product.startswith("B") for product in products_in(in_the_shop(service)))
    saved(service, f"preferences/{stated['preference_id']}/withdrawal")
    assert brief(service)["stated"] == []
    assert "the catalogue has no such category" in refused(
        service, "preferences", **(said | {"value": "Zebras"})
    )


def test_without_permission_the_page_shows_the_popular_list_as_such(service: TestClient) -> None:
    text = saved(service, "permissions", personalisation="false", source="letter")
    assert "Popular products It does not let its purchases be used" in text
    assert "like this one" not in text
    assert "of the evidence" not in text
    assert "Favourite category" not in text
    found = brief(service)["suggestions"]
    assert found["fallback_reason"] == "no_permission"
    assert in_the_batch(service) == products_in(found) == products_in(in_the_shop(service))
    assert brief(service)["permissions"]["personalisation"]["source"] == "letter"
    text = saved(service, "permissions", personalisation="true", source="")
    assert "Popular products" not in text


def test_the_page_says_whether_one_may_call_and_since_when(service: TestClient) -> None:
    for channel in ("phone", "email", "post"):
        text = saved(service, "permissions", **{channel: "false"})
    assert "No: it may not be contacted." in text
    assert brief(service)["may_contact"] == []
    assert "Not by phone; e-mail only." in saved(service, "permissions", email="true")
    text = saved(service, "permissions", phone="true", source="trade fair")
    assert "Yes, by phone." in text
    assert f"since {now().day}" in text
    assert "trade fair" in text


def test_forms_write_the_same_audit_as_json(service: TestClient) -> None:
    said = {"about": "category", "value": "Blades", "stance": "likes"}
    address = f"/v1{PAGE}"
    service.put(f"{address}/permissions", json={"post": False}, headers=as_("jonas"))
    service.post(f"{address}/preferences", json=said, headers=as_("jonas"))
    service.post(f"{address}/complaints", json={"text": "Late."}, headers=as_("jonas"))
    by_json = noted(service)
    saved(service, "permissions", post="false")
    saved(service, "preferences", **said)
    saved(service, "complaints", text="Late.")
    assert noted(service) == by_json * 2


def noted(service: TestClient) -> list[tuple[str, str, str, str | None]]:
    app: Service = service.app  # type: ignore[assignment]
    with app.state.database.reading() as connection:
        entries = read_audit(connection, None, 100)
    return [(e.caller, e.action, e.noun, e.customer_id) for e in entries if e.customer_id]


def test_another_reps_customer_is_none_and_a_mistake_does_not_tell(service: TestClient) -> None:
    for customer_id in (OF_THERESA, "nobody"):
        for fields in ({"text": "Late."}, {}):
            answer = service.post(
                f"/customers/{customer_id}/complaints", data=fields, headers=as_("jonas")
            )
            assert answer.status_code == 404
    theirs = service.post(
        f"/v1/customers/{OF_THERESA}/complaints", json={"text": "Late."}, headers=as_("theresa")
    ).json()["complaint_id"]
    assert send(service, f"complaints/{theirs}", acknowledged="true").status_code == 404


def test_a_form_of_another_site_is_refused(service: TestClient) -> None:
    address = f"{PAGE}/complaints"
    service.cookies.set("planted", "x")
    answer = service.post(address, data={"text": "Late."}, headers=as_("jonas") | ELSEWHERE)
    assert answer.status_code == 403
    assert brief(service)["complaints"] == []


def test_what_is_no_form_saves_nothing(service: TestClient) -> None:
    answer = service.post(f"{PAGE}/complaints", json={"text": "Late."}, headers=as_("jonas"))
    assert answer.status_code == 422
    html = refused(service, "complaints", text="Late.", surprise="<b>")
    assert "Surprise: unknown parameter" in html
    assert brief(service)["complaints"] == []


def test_who_was_forgotten_is_not_written_about(service: TestClient) -> None:
    app: Service = service.app  # type: ignore[assignment]
    with app.state.database.writing() as connection:
        forget_customer(connection, OF_JONAS)
    assert send(service, "complaints", text="Late.").status_code == 404
    assert service.get(f"/v1{PAGE}/brief", headers=as_("jonas")).status_code == 404


def test_an_odd_id_leads_back_to_its_own_page(service: TestClient) -> None:
    page = f"/customers/{path_part(ODD_CUSTOMER)}"
    answer = service.post(
        f"{page}/complaints", data={"text": "Late."}, headers=as_("admin"), follow_redirects=False
    )
    assert answer.headers["location"] == f"{page}?done=complaint_filed#complaints"


def test_the_page_is_light(service: TestClient) -> None:
    for number in range(5):
        saved(service, "complaints", text=f"{number} " * 100)
        saved(service, "preferences", about="category", value="Glue", stance="needs")
    assert len(service.get(PAGE).content) < 100_000

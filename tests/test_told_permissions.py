"""Permissions: whoever says something is heard from the next answer on, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from recommender.config import PermissionsSection
from service.api.permissions import Permissions, PermissionsWithLog
from service.pages.formats import path_part
from service.records.consents import Consents
from service.records.database import Database
from service.records.permissions import Said, record_permissions
from tests.small_release import ODD_CUSTOMER
from tests.telling import OF_JONAS, OF_THERESA, as_

UNASKED = {"since": None, "source": None, "wording": None, "recorded_by": None}


def address(customer_id: str) -> str:
    return f"/v1/customers/{path_part(customer_id)}/permissions"


def put(service: TestClient, customer_id: str, who: str = "manager", **body: Any) -> Any:
    answer = service.put(address(customer_id), json=body, headers=as_(who))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_nobody_was_asked_is_as_the_config_has_it(service: TestClient) -> None:
    found = service.get(address("C01")).json()
    assert found.pop("log") == []
    assert found == {
        "customer_id": "C01",
        "personalisation": {"granted": True} | UNASKED,
        "phone": {"granted": True} | UNASKED,
        "email": {"granted": False} | UNASKED,
        "post": {"granted": True} | UNASKED,
    }


def test_the_last_word_counts_and_the_log_keeps_all(service: TestClient) -> None:
    put(service, "C01", personalisation=False, phone=False, source="letter")
    state = put(service, "C01", "shop", phone=True, wording="You may call me.")
    assert state["personalisation"]["granted"] is False
    assert state["personalisation"]["source"] == "letter"
    assert state["phone"]["granted"] is True
    assert state["phone"]["wording"] == "You may call me."
    assert state["phone"]["recorded_by"] == "web shop"
    Permissions.model_validate_json(service.put(address("C01"), json={"post": True}).content)
    shown = service.get(address("C01"))
    PermissionsWithLog.model_validate_json(shown.content)
    log = shown.json()["log"]
    assert [(line["purpose"], line["granted"]) for line in log[:2]] == [
        ("post", True),
        ("phone", True),
    ]
    assert {line["purpose"] for line in log[2:]} == {"personalisation", "phone"}


@pytest.mark.parametrize("customer_id", [ODD_CUSTOMER, "not/yet known ü", "NA", "00123"])
def test_any_id_may_say_no(service: TestClient, customer_id: str) -> None:
    put(service, customer_id, "shop", personalisation=False)
    found = service.get(address(customer_id)).json()
    assert found["customer_id"] == customer_id
    assert found["personalisation"]["granted"] is False


def test_a_rep_speaks_for_its_own_customers_alone(service: TestClient) -> None:
    put(service, OF_JONAS, "jonas", phone=False)
    for customer_id in (OF_THERESA, "nobody"):
        for answer in (
            service.put(address(customer_id), json={"phone": False}, headers=as_("jonas")),
            service.get(address(customer_id), headers=as_("jonas")),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_customer")
    assert service.get(address(OF_THERESA)).json()["log"] == []


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, ""),
        ({"source": "letter"}, ""),
        ({"phone": 1}, "phone"),
        ({"phone": "true"}, "phone"),
        ({"telephone": True}, "telephone"),
        ({"phone": True, "wording": " "}, "wording"),
        ({"phone": True, "source": "a\x00b"}, "source"),
        ({"phone": True, "wording": "x" * 4001}, "wording"),
        ([True], ""),
        (None, ""),
    ],
)
def test_what_is_no_permission_is_refused(service: TestClient, body: Any, name: str) -> None:
    answer = service.put(address("C01"), json=body)
    assert answer.status_code == 422, answer.text
    assert [e["name"] for e in answer.json()["errors"]] == [name]
    assert service.get(address("C01")).json()["log"] == []


def test_consents_follow_the_log_with_one_query(database: Database) -> None:
    consents, other = Consents(PermissionsSection()), Consents(PermissionsSection())
    for granted in (False, True, False):
        said = Said({"personalisation": granted, "email": not granted}, None, None)
        with database.writing() as connection:
            record_permissions(connection, "C01", said, "x")
        with database.reading() as connection:
            consents.refresh(connection)
        assert consents.may_personalise("C01") is granted
        assert ("email" in consents.channels("C01")) is not granted
    assert consents.may_personalise("C02")
    assert consents.channels("C02") == ("phone", "post")
    with database.reading() as connection:
        other.refresh(connection)
    assert not other.may_personalise("C01")


def test_an_older_moment_never_undoes_a_newer_word(database: Database) -> None:
    consents = Consents(PermissionsSection())
    with database.writing() as connection:
        record_permissions(connection, "C01", Said({"phone": True}, None, None), "x")
    with database.reading() as older:
        older.exec_driver_sql("select 1 from permissions").all()
        with database.writing() as connection:
            record_permissions(connection, "C01", Said({"phone": False}, None, None), "x")
        with database.reading() as newer:
            consents.refresh(newer)
        consents.refresh(older)
    assert "phone" not in consents.channels("C01")

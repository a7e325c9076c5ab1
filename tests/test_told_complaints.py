"""Complaints: two dates to keep, and a way back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.api.complaints import Complaints, FiledComplaint
from service.records.times import now
from tests.telling import OF_JONAS, OF_THERESA, as_


def file_one(service: TestClient, customer_id: str = "C01", **fields: Any) -> Any:
    body = {"text": "Teeth came off <b>twice</b>."} | fields
    answer = service.post(f"/v1/customers/{customer_id}/complaints", json=body)
    assert answer.status_code == 201, answer.text
    FiledComplaint.model_validate_json(answer.content)
    return answer.json()


def patch(service: TestClient, complaint_id: str, who: str = "manager", **body: Any) -> Any:
    return service.patch(f"/v1/complaints/{complaint_id}", json=body, headers=as_(who))


def overdue(service: TestClient, who: str = "manager") -> list[str]:
    answer = service.get("/v1/complaints?overdue=true", headers=as_(who))
    Complaints.model_validate_json(answer.content)
    return [complaint["complaint_id"] for complaint in answer.json()["complaints"]]


def test_a_complaint_has_two_dates_to_keep(service: TestClient) -> None:
    found = file_one(service, product_id="B1", category="Blades", opened_on="2026-06-01")
    assert found["acknowledge_by"] == "2026-06-03"
    assert found["due_on"] == "2026-06-15"
    assert found["overdue"] is True
    today = file_one(service)
    assert date.fromisoformat(today["due_on"]) == now().date() + timedelta(days=14)
    assert today["overdue"] is False


def test_overdue_ones_are_listed_the_one_due_first_in_front(service: TestClient) -> None:
    days = ["2026-06-02", "2026-06-01"]
    late = [file_one(service, opened_on=day)["complaint_id"] for day in days]
    three_days_ago = (now().date() - timedelta(days=3)).isoformat()
    waiting = file_one(service, opened_on=three_days_ago)["complaint_id"]
    file_one(service)
    assert overdue(service) == [late[1], late[0], waiting]
    assert patch(service, waiting, acknowledged=True).status_code == 200
    assert overdue(service) == [late[1], late[0]]
    assert len(service.get("/v1/complaints").json()["complaints"]) == 4


def test_it_is_acknowledged_resolved_and_opened_again(service: TestClient) -> None:
    filed = file_one(service, opened_on="2026-06-01")
    first = patch(service, filed["complaint_id"], acknowledged=True).json()
    assert first["acknowledged_at"]
    solved = patch(service, filed["complaint_id"], resolution="Replaced.").json()
    assert (solved["resolution"], solved["overdue"]) == ("Replaced.", False)
    assert solved["acknowledged_at"] == first["acknowledged_at"]
    assert overdue(service) == []
    opened = patch(service, filed["complaint_id"], resolution=None).json()
    assert (opened["resolution"], opened["resolved_at"], opened["overdue"]) == (None, None, True)


def test_what_is_resolved_at_once_is_acknowledged_too(service: TestClient) -> None:
    solved = patch(service, file_one(service)["complaint_id"], resolution="Credited.").json()
    assert solved["acknowledged_at"]
    listed = service.get("/v1/customers/C01/complaints").json()["complaints"]
    assert listed == [solved]
    assert service.get("/v1/complaints").json()["complaints"] == []


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"text": "x", "product_id": "none"}, "product_id"),
        ({"text": "x", "category": "Balloons"}, "category"),
        ({"text": "x", "opened_on": "2999-01-01"}, "opened_on"),
        ({"text": "x", "due_on": "2026-06-01"}, "due_on"),
    ],
)
def test_what_is_no_complaint_is_refused(service: TestClient, body: Any, name: str) -> None:
    answer = service.post("/v1/customers/C01/complaints", json=body)
    assert answer.status_code == 422
    assert [e["name"] for e in answer.json()["errors"]] == [name]


@pytest.mark.parametrize("body", [{}, {"acknowledged": False}, {"resolution": ""}, {"x": 1}])
def test_a_change_says_what_changes(service: TestClient, body: dict[str, Any]) -> None:
    filed = file_one(service)
    assert patch(service, filed["complaint_id"], **body).status_code == 422
    assert service.get("/v1/complaints").json()["complaints"] == [filed]


def test_a_rep_sees_and_changes_only_those_of_its_customers(service: TestClient) -> None:
    mine = file_one(service, OF_JONAS, opened_on="2026-06-01")["complaint_id"]
    other = file_one(service, OF_THERESA, opened_on="2026-06-01")["complaint_id"]
    assert overdue(service, "jonas") == [mine]
    assert patch(service, mine, "jonas", acknowledged=True).status_code == 200
    for complaint_id in (other, "0" * 16):
        answer = patch(service, complaint_id, "jonas", acknowledged=True)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_complaint")
    theirs = service.get(f"/v1/customers/{OF_THERESA}/complaints", headers=as_("jonas"))
    assert theirs.status_code == 404


def test_pages_show_every_open_complaint_once(
    service: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.api.complaints.PAGE", 2)
    filed = {file_one(service)["complaint_id"] for _ in range(5)}
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = service.get("/v1/complaints", params={"cursor": cursor} if cursor else {}).json()
        seen += [c["complaint_id"] for c in page["complaints"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(filed)

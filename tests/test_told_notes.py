"""Notes: what was said, kept in free words, for those who may see the customer."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from service.api.notes import Notes, WrittenNote
from service.erasure.records import erase_records, records_of
from service.records.audit import read_audit
from service.records.database import Database
from service.records.times import now
from tests.telling import OF_JONAS, OF_THERESA, as_


def write(service: TestClient, who: str = "manager", **body: Any) -> Any:
    address = f"/v1/customers/{OF_JONAS}/notes"
    return service.post(address, json={"text": "Call in May."} | body, headers=as_(who))


def notes(service: TestClient) -> Any:
    answer = service.get(f"/v1/customers/{OF_JONAS}/notes")
    Notes.model_validate_json(answer.content)
    return answer.json()["notes"]


def test_a_note_is_kept_with_day_and_author(service: TestClient) -> None:
    answer = write(service, "jonas", text="  <b>New</b> hall in March. ", product_id="B1")
    WrittenNote.model_validate_json(answer.content)
    (found,) = notes(service)
    assert found == answer.json()
    assert (found["text"], found["product_id"]) == ("<b>New</b> hall in March.", "B1")
    assert (found["said_on"], found["recorded_by"]) == (now().date().isoformat(), "Jonas's key")


def test_the_newest_comes_first(service: TestClient) -> None:
    for day in ("2026-06-01", "2026-06-03", "2026-06-02"):
        assert write(service, text=day, said_on=day).status_code == 201
    assert [n["text"] for n in notes(service)] == ["2026-06-03", "2026-06-02", "2026-06-01"]


def test_what_is_no_note_is_refused_and_says_where(service: TestClient) -> None:
    for body in ({"text": " "}, {"product_id": "B99"}, {"said_on": "2999-01-01"}, {"to": "x"}):
        answer = write(service, **body)
        assert answer.status_code == 422
        assert next(iter(body)) in answer.text
    assert notes(service) == []


def test_notes_are_for_sales_and_of_own_customers(service: TestClient) -> None:
    assert write(service, "shop").status_code == 403
    for method in ("GET", "POST"):
        address = f"/v1/customers/{OF_THERESA}/notes"
        body = {"text": "Hello."} if method == "POST" else None
        assert service.request(method, address, json=body, headers=as_("jonas")).status_code == 404


def test_a_note_is_audited_exported_and_forgotten(service: TestClient, database: Database) -> None:
    note_id = write(service).json()["note_id"]
    with database.writing() as connection:
        (entry,) = [e for e in read_audit(connection, None, 50) if e.noun == "note"]
        assert (entry.action, entry.about, entry.customer_id) == ("created", note_id, OF_JONAS)
        assert records_of(connection, OF_JONAS)["notes"][0]["text"] == "Call in May."
        assert erase_records(connection, OF_JONAS, b"hash").removed["notes"] == 1
    assert notes(service) == []


def test_a_note_written_twice_with_one_key_is_one(service: TestClient) -> None:
    address, key = f"/v1/customers/{OF_JONAS}/notes", {"idempotency-key": "n1"}
    for _ in range(2):
        assert service.post(address, json={"text": "Once."}, headers=key).status_code == 201
    assert len(notes(service)) == 1

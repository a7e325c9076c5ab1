"""The board: cells and sums worked by hand, who sees whom, and what a customer forbids."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from recommender.release.insight import Potential, Sizes
from service.records.forgotten import forget_customer
from service.settings import Settings
from tests.callers import REP, client_of, service_of
from tests.small_release import publish_small_release, small_contents

NAN = float("nan")
BLADES, GLUE, SANDPAPER = 0, 1, 2
# category, actual, expected, low, high, peers buying
ENTRIES = {
    "C00": [(BLADES, 100.0, 400.0, 300.0, 500.0, 25), (GLUE, 50.0, 40.0, 30.0, 60.0, 22)],
    "C01": [(BLADES, 90.0, 100.0, 80.0, 120.0, 25), (SANDPAPER, 7.0, NAN, NAN, NAN, 0)],
    "C02": [(GLUE, 0.0, 60.0, 20.0, 90.0, 21)],
}
"""C00 and C02 have gaps of 300 and 60; C01 buys less than expected, within the interval."""


def publish_board(releases: Path) -> None:
    """The small release with these potentials."""
    contents = small_contents()
    rows = [ENTRIES.get(key, []) for key in contents.customers.ids]
    column = [np.array([entry[i] for row in rows for entry in row]) for i in range(6)]
    starts = np.array([0, *np.cumsum([len(row) for row in rows])], np.int64)
    part = Potential(starts, column[0].astype(np.int32), *column[1:5], column[5].astype(np.int32))
    size = np.array([sum(entry[1] for entry in row) for row in rows], np.float64)
    sizes = Sizes(size, np.full(len(rows), 30, np.int32))
    publish_small_release(releases, replace(contents, potential=part, sizes=sizes))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    publish_board(tmp_path / "releases")
    with service_of(Settings(releases_directory=tmp_path / "releases", folder=tmp_path)) as found:
        yield found


def board(client: TestClient, **asked: Any) -> Any:
    answer = client.get("/v1/board", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def row_of(found: Any, customer_id: str) -> Any:
    return next(c for c in found["customers"] if c["customer_id"] == customer_id)


def cell_of(found: Any, customer_id: str, category: str) -> Any:
    cells = row_of(found, customer_id)["cells"]
    return next(cell for cell in cells if cell["category"] == category)


def states(found: Any, customer_id: str) -> dict[str, str]:
    return {c["category"]: c["state"] for c in row_of(found, customer_id)["cells"]}


def test_each_cell_says_what_it_is(client: TestClient) -> None:
    found = board(client)
    assert states(found, "C00") == {"Blades": "gap", "Glue": "buys", "Sandpaper": "nothing"}
    assert states(found, "C01") == {
        "Blades": "buys",
        "Glue": "nothing",
        "Sandpaper": "not_compared",
    }
    assert cell_of(found, "C02", "Glue")["state"] == "gap"


def test_sums_are_those_worked_by_hand(client: TestClient) -> None:
    found = board(client)
    assert found["total"] == {
        "customers": 30,
        "not_allowed": 0,
        "with_gap": 2,
        "actual": 247.0,
        "gap": 360.0,
        "used": round(247 / 607, 4),
    }
    assert found["categories"] == [
        {"category": "Blades", "with_gap": 1, "actual": 190.0, "gap": 300.0, "used": 0.3878},
        {"category": "Glue", "with_gap": 1, "actual": 50.0, "gap": 60.0, "used": 0.4545},
        {"category": "Sandpaper", "with_gap": 0, "actual": 7.0, "gap": 0.0, "used": 1.0},
    ]
    assert [c["customer_id"] for c in found["customers"][:2]] == ["C00", "C02"]
    assert board(client, sort="actual")["customers"][1]["customer_id"] == "C01"


def test_what_has_no_column_is_summed_as_other(client: TestClient) -> None:
    found = board(client, categories=1)
    assert found["other"] == {"categories": 2, "actual": 57.0, "gap": 60.0, "used": 0.4872}
    assert row_of(found, "C00")["other"]["actual"] == 50.0


def test_a_rep_sees_its_own_customers_in_rows_and_sums(client: TestClient) -> None:
    every = board(client, limit=200)
    theirs = board(client_of(client.app, "rep"), limit=200)  # type: ignore[arg-type]
    own = [c for c in every["customers"] if c["rep"] == REP]
    assert 0 < len(own) < 30
    assert [(c["customer_id"], c["gap"]) for c in theirs["customers"]] == [
        (c["customer_id"], c["gap"]) for c in own
    ]
    assert theirs["total"]["customers"] == len(own)
    assert theirs["total"]["gap"] == sum(c["gap"] for c in own)
    others = board(client_of(client.app, "rep"), rep="Theresa Roßauer")  # type: ignore[arg-type]
    assert others["customers"] == []
    assert others["total"]["actual"] == 0
    assert board(client, rep=REP)["total"] == theirs["total"]


def test_without_permission_a_row_holds_no_money_and_counts_in_no_sum(client: TestClient) -> None:
    for granted in (False, True):
        client.put("/v1/customers/C00/permissions", json={"personalisation": granted})
        found = board(client, limit=200)
        row = row_of(found, "C00")
        assert row["allowed"] is granted
        assert found["total"]["gap"] == (360.0 if granted else 60.0)
        if not granted:
            assert (row["actual"], row["gap"], row["cells"]) == (None, None, [])
            assert found["customers"][-1] == row
            assert found["total"]["not_allowed"] == 1
            only = board(client, state="not_allowed")
            assert [c["customer_id"] for c in only["customers"]] == ["C00"]
            assert "C00" not in {c["customer_id"] for c in board(client, state="gap")["customers"]}


def test_who_was_forgotten_is_in_no_row_and_no_sum(client: TestClient) -> None:
    with client.app.state.database.writing() as connection:  # type: ignore[attr-defined]
        forget_customer(connection, "C00")
    found = board(client, limit=200)
    assert "C00" not in {c["customer_id"] for c in found["customers"]}
    assert (found["total"]["customers"], found["total"]["gap"]) == (29, 60.0)


def test_filters_narrow_rows_and_sums(client: TestClient) -> None:
    found = board(client, state="gap")
    assert [c["customer_id"] for c in found["customers"]] == ["C00", "C02"]
    for name in ("region", "segment"):
        value = row_of(board(client, limit=200), "C00")[name] or "Tyrol"
        some = board(client, limit=200, **{name: value})
        assert some["customers"]
        assert {c[name] for c in some["customers"]} == {value}
        assert some["total"]["gap"] == sum(c["gap"] for c in some["customers"])
    assert board(client, region="Nowhere")["total"]["customers"] == 0


def test_pages_hold_everyone_once(client: TestClient) -> None:
    seen, page = [], 1
    while page:
        found = board(client, limit=7, page=page)
        seen += [c["customer_id"] for c in found["customers"]]
        page = found["next"]
    assert len(seen) == len(set(seen)) == 30
    assert board(client, limit=7, page=99)["customers"] == []


def test_marks_say_what_was_told(client: TestClient) -> None:
    listed = client.get("/v1/customers/C00/suggestions").json()
    first = listed["suggestions"][0]
    say = {"recommendation_id": listed["recommendation_id"], "product_id": first["product_id"]}
    for outcome, mark in (("shown", "offered"), ("rejected", "declined"), ("shown", "declined")):
        assert client.post("/v1/outcomes", json=say | {"outcome": outcome}).status_code == 201
        assert cell_of(board(client), "C00", first["category"])["told"] == mark
    assert [c["customer_id"] for c in board(client, state="declined")["customers"]] == ["C00"]
    filed = {"category": first["category"], "text": "Two teeth broke off."}
    client.post("/v1/customers/C00/complaints", json=filed)
    client.post("/v1/customers/C02/complaints", json={"text": "Late again."})
    found = board(client, state="complaint")
    assert {c["customer_id"]: c["complaint"] for c in found["customers"]} == {
        "C00": False,
        "C02": True,
    }
    assert cell_of(found, "C00", first["category"])["told"] == "complaint"


def test_the_page_shows_what_the_json_says(client: TestClient) -> None:
    page = client.get("/board", params={"limit": 2}).text
    found = board(client, limit=2)
    for customer in found["customers"]:
        assert f'href="/customers/{customer["customer_id"]}#potential"' in page
    assert "buys 100 of 400" in page
    assert "gap of <strong>360\N{NO-BREAK SPACE}EUR</strong>" in page
    assert "style=" not in page
    assert "No customer fits" in client.get("/board?region=Nowhere").text


def test_those_who_lead_read_outcomes_and_release(client: TestClient) -> None:
    assert "Nothing was said" in client.get("/board/team").text
    listed = client.get("/v1/customers/C00/suggestions").json()
    said = {
        "recommendation_id": listed["recommendation_id"],
        "product_id": listed["suggestions"][0]["product_id"],
        "outcome": "accepted",
    }
    client.post("/v1/outcomes", json=said)
    team = client.get("/v1/board/team").json()
    assert team["outcomes"]["total"]["accepted"] == 1
    assert team["release"]["verdict"] == []
    page = client.get("/board/team").text
    assert "That is few" in page
    assert "was not judged" in page
    assert client.get("/report").status_code == 404


def test_the_report_is_served_with_its_own_style_and_no_other(
    client: TestClient, tmp_path: Path
) -> None:
    folder = next((tmp_path / "releases").glob("2*"))
    (folder / "report.html").write_text("<style>p { color: red }</style><p>Good.</p>")
    answer = client.get("/report")
    named = hashlib.sha256(b"p { color: red }").digest()
    policy = answer.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert f"style-src 'sha256-{base64.b64encode(named).decode()}';" in policy[0]
    assert "default-src 'none'" in policy[0]
    assert "unsafe" not in policy[0]
    assert "<p>Good.</p>" in answer.text

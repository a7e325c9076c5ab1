"""Whatever is sent to the routes that take something down, the answer is one that is documented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from recommender.config import ComplaintsSection
from recommender.suggest.facts import Stated
from service.records.complaints import Filing, file_complaint
from service.records.preferences import record_preference
from service.records.schema import complaints, preferences
from tests.telling import app_with_callers, as_

pytestmark = pytest.mark.slow
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
KNOWN: dict[str, list[str]] = {
    "customer_id": ["C01", "C02", "A 1/ü&50%"],
    "product_id": ["B1", 'B/2 "fine"'],
    "recommendation_id": ["0" * 16 + "-abcd-o-" + "0" * 16],
    "value": ["B1", "Blades", "Sägerich", "length_m=4"],
    "category": ["Blades"],
    "said_on": ["2026-06-01"],
    "opened_on": ["2026-06-01"],
    "happened_at": ["2026-11-20T08:00:00Z"],
    "preference_id": ["0123456789abcdef"],
    "complaint_id": ["0123456789abcdef"],
}
"""Half of the requests name what there is, else hardly one would come through."""
FOR_SALES_ALONE = {
    "show_brief",
    "list_preferences",
    "withdraw_preference",
    "file_complaint",
    "list_customer_complaints",
    "list_complaints",
    "change_complaint",
    "summarize_outcomes",
}
FOR_SHOPS_TOO = {
    "set_permissions",
    "show_permissions",
    "add_preference",
    "add_outcome",
    "add_events",
}
ASKED = sorted(
    [(name, who) for name in FOR_SALES_ALONE for who in ("jonas", "manager")]
    + [(name, who) for name in FOR_SHOPS_TOO for who in ("shop", "jonas", "manager")]
)


@pytest.fixture(scope="module")
def api(small_releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    file = tmp_path_factory.mktemp("schemathesis") / "records.db"
    app = app_with_callers(small_releases, f"sqlite:///{file}")
    with app.state.database.writing() as connection:
        _fill(connection)
    yield schemathesis.openapi.from_asgi(
        "/openapi.json", app, headers={"host": "localhost"} | as_("admin")
    )
    app.state.database.close()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("name", "who"), ASKED)
def test_every_answer_is_documented_and_none_is_our_mistake(
    api: Any, name: str, who: str, mode: GenerationMode
) -> None:
    operation = api.find_operation_by_id(name)
    headers = {"host": "localhost"} | as_(who)

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans(), data=st.data())
    def ask(case: Any, known: bool, data: Any) -> None:
        if known and mode is GenerationMode.POSITIVE:
            _name_what_there_is(case, data)
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    ask()


def _fill(connection: sa.Connection) -> None:
    """Something to change, under ids that the requests know."""
    stated = Stated("product", "B1", "likes", None, date(2026, 6, 1), "talk")
    record_preference(connection, "C02", stated, "test")
    filing = Filing(None, None, "Late.", date(2026, 6, 1))
    file_complaint(connection, "C02", filing, ComplaintsSection(), "test")
    connection.execute(preferences.update().values(preference_id=KNOWN["preference_id"][0]))
    connection.execute(complaints.update().values(complaint_id=KNOWN["complaint_id"][0]))


def _name_what_there_is(case: Any, data: Any) -> None:
    bodies = case.body if isinstance(case.body, list) else [case.body]
    for part in (case.path_parameters, *bodies):
        if isinstance(part, dict) and "event" in part:
            part.setdefault("customer_id", "C01")
        for field in KNOWN.keys() & part.keys() if isinstance(part, dict) else ():
            part[field] = data.draw(st.sampled_from(KNOWN[field]))

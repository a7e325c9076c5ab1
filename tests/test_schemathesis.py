"""Whatever any role sends to any operation, the answer is one that is documented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
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
from service.openapi import ROLES_FIELD
from service.records.complaints import Filing, file_complaint
from service.records.preferences import record_preference
from service.records.schema import complaints, preferences
from tests.small_release import publish_small_release
from tests.telling import CALLERS, app_with_callers, as_
from tests.test_service_api import OPERATIONS

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
ERASING = "forget_customer"
"""Leaves less for others to find and takes longer, so it is asked last, and less."""
OPERATION_IDS = sorted((name for *_, name in OPERATIONS), key=lambda name: (name == ERASING, name))
REFUSED = {None: 401} | dict.fromkeys(CALLERS, 403)
"""By caller; None has no key."""
MANY, FEW = 10, 2
"""Requests of each mode: where the caller may ask, and where it may not."""


def _can_be_asked(name: str, mode: GenerationMode) -> bool:
    """Nothing can be wrong with a request that takes neither parameters nor a key."""
    return mode is GenerationMode.POSITIVE or name not in {"is_live", "is_ready"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("schemathesis")
    publish_small_release(folder / "releases")
    app = app_with_callers(folder / "releases", f"sqlite:///{folder / 'records.db'}")
    with app.state.database.writing() as connection:
        _fill(connection)
    yield schemathesis.openapi.from_asgi(
        "/openapi.json", app, headers={"host": "localhost"} | as_("admin")
    )
    app.state.database.close()


@pytest.mark.parametrize("who", [*CALLERS, None])
@pytest.mark.parametrize(
    ("name", "mode"),
    [
        (name, mode)
        for name in OPERATION_IDS
        for mode in GenerationMode
        if _can_be_asked(name, mode)
    ],
)
def test_every_answer_is_documented_and_none_is_our_mistake(
    api: Any, name: str, mode: GenerationMode, who: str | None
) -> None:
    operation = api.find_operation_by_id(name)
    may_ask = _may_ask(operation, who) and name != ERASING
    headers = {"host": "localhost"} | (as_(who) if who else {})

    @settings(
        max_examples=MANY if may_ask else FEW,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans(), data=st.data())
    def ask(case: Any, known: bool, data: Any) -> None:
        if known and mode is GenerationMode.POSITIVE:
            _name_what_there_is(case, data)
        _drop_other_keys(case)
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
        asks = who if "authorization" in response.request.headers else None
        if _found_no_route(response):
            return
        if asks == "widget" and _names_customer(case):
            assert response.status_code in {403, 422}, response.text
            return
        if asks is None and who == "widget" and _is_cross_site(response):
            return
        is_refused = response.status_code == REFUSED[asks]
        assert is_refused != _may_ask(operation, asks), response.text

    ask()


def _found_no_route(response: Any) -> bool:
    """As an id with a line break does: what there is not is there for nobody."""
    return response.status_code == 404 and response.json()["code"] == "not_found"


def _names_customer(case: Any) -> bool:
    """A basket that is somebody's, which a public key may not ask for."""
    body = case.body if isinstance(case.body, dict) else {}
    return body.get("customer_id") is not None


def _is_cross_site(response: Any) -> bool:
    """Who writes from another origin without a key is refused before it is asked for one."""
    return response.status_code == 403 and response.json()["code"] == "cross_site"


def _may_ask(operation: Any, who: str | None) -> bool:
    """By what the document itself says; another test holds that against the table of roles."""
    roles = operation.definition.raw.get(ROLES_FIELD, [])
    return not roles or (who is not None and CALLERS[who].role in roles)


def _drop_other_keys(case: Any) -> None:
    """Where it sends none at all it asks as nobody; a wrong one would say nothing of the role."""
    case.headers.pop("authorization", None)


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

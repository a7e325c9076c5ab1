"""What the OpenAPI document says beyond single operations: keys, roles, problems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from service.access.caller import ROLES
from service.access.roles import declared_roles
from service.problems import WRONG_MEDIA_TYPE, Problem, documented

BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key, made by `recommender keys create` and shown once.",
}
ROLES_FIELD = "x-roles"
Document = dict[str, Any]


def completed(document: Document, routes: list[BaseRoute]) -> Document:
    """The document with who may call what, by the declarations that the service itself goes by."""
    components = document["components"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["schemas"] |= problem.pop("$defs") | {"Problem": problem}
    components["securitySchemes"] = {"key": BEARER}
    roles = roles_of_operations(routes)
    for operation in _operations(document):
        allowed = roles[operation["operationId"]]
        if allowed:
            operation |= {"security": [{"key": []}], ROLES_FIELD: allowed}
        if "requestBody" in operation:
            operation["responses"] |= {
                str(status): said for status, said in documented(WRONG_MEDIA_TYPE).items()
            }
    return document


def roles_of_operations(routes: list[BaseRoute]) -> dict[str, list[str]]:
    """By operation id, in the order of roles; empty where no key is needed."""
    return {
        route.operation_id: [role for role in ROLES if role in (declared_roles(route) or ())]
        for route in iter_route_contexts(routes)
        if getattr(route, "operation_id", None)
    }


def _operations(document: Document) -> Iterator[Document]:
    for methods in document["paths"].values():
        yield from methods.values()

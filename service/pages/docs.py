"""The API's documentation, written from its own OpenAPI document; nothing comes from elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from service.access.caller import Caller
from service.access.roles import FOR_ALL_KEYS, the_caller
from service.api.json_answer import json_answer
from service.live import InUse, in_use
from service.openapi import ROLES_FIELD
from service.pages.bodies import body_fields, curl_example
from service.pages.page_answer import page_answer
from service.problems import PROBLEM_KINDS

router = APIRouter()

EXAMPLES = {
    "customer_id": "A102",
    "product_id": "P7",
    "preference_id": "9f86d081884c7d65",
    "complaint_id": "9f86d081884c7d65",
}
ROLES_IN_WORDS = {
    "widget": "Which products go with a product or a basket, from pages of the origins under "
    "`[service] origins` only; no customers, no counts. Public: it lies in the source of a page.",
    "shop": "Suggestions and also bought, for the web shop's server: no names of customers, no "
    "`expected_value`, and what a customer told us only as a count, `not_now`.",
    "rep": "Everything about the rep's own customers.",
    "manager": "Everything about all customers.",
    "admin": "As manager; and who changed what.",
}


@dataclass(frozen=True)
class Operation:
    """One call of the API as the page shows it."""

    id: str
    call: str
    """Method and path."""
    summary: str
    description: str
    roles: list[str]
    """Empty where no key is needed."""
    parameters: list[dict[str, Any]]
    answers: dict[str, str]
    example: str


@router.get("/openapi.json", dependencies=[FOR_ALL_KEYS])
async def openapi_document(request: Request) -> Response:
    return json_answer(request.app.openapi())


@router.get("/docs", dependencies=[FOR_ALL_KEYS])
async def docs_page(
    request: Request,
    live: Annotated[InUse, Depends(in_use)],
    caller: Annotated[Caller, Depends(the_caller)],
) -> Response:
    return page_answer(
        live,
        caller,
        "docs.html",
        operations=operations(request.app.openapi(), str(request.base_url)),
        problems=PROBLEM_KINDS,
        roles=ROLES_IN_WORDS,
    )


def operations(document: dict[str, Any], address: str) -> list[Operation]:
    """In the order of the document."""
    schemas = document["components"]["schemas"]
    return [
        _operation(f"{method.upper()} {path}", described, schemas, address.rstrip("/"))
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]


def _operation(
    call: str, described: dict[str, Any], schemas: dict[str, Any], address: str
) -> Operation:
    method, path = call.split(" ")
    path = re.sub(r"{(\w+)}", lambda m: EXAMPLES.get(m[1], m[1].upper()), path)
    answers = sorted(described["responses"].items())
    return Operation(
        id=described["operationId"],
        call=call,
        summary=described["summary"],
        description=described["description"],
        roles=described.get(ROLES_FIELD, []),
        parameters=[
            _parameter(p) for p in described.get("parameters", []) + body_fields(described, schemas)
        ],
        answers={status: _answer(answer, schemas) for status, answer in answers},
        example=curl_example(method, f"{address}{path}", described, schemas),
    )


def _example(method: str, address: str, described: dict[str, Any]) -> str:
    """One line for the terminal, with a place for the key."""
    named = "" if method == "GET" else f"-X {method} "
    key = '-H "Authorization: Bearer $KEY" ' if ROLES_FIELD in described else ""
    return f"curl {named}{key}'{address}'"


def _answer(described: dict[str, Any], schemas: dict[str, Any]) -> str:
    """The fields of a good answer, the meaning of a bad one."""
    content = described.get("content", {}).get("application/json")
    if content is None:
        return str(described["description"])
    fields = schemas[content["schema"]["$ref"].split("/")[-1]]["properties"]
    return "JSON with " + ", ".join(f"`{field}`" for field in fields)


def _parameter(described: dict[str, Any]) -> dict[str, Any]:
    schema = described["schema"]
    return {
        "name": described["name"],
        "where": described["in"],
        "required": described.get("required", False),
        "type": type_in_words(schema),
        "default": schema.get("default"),
        "description": described.get("description") or schema.get("description", ""),
    }


def type_in_words(schema: dict[str, Any]) -> str:
    """Short: what to write, with its bounds."""
    if "anyOf" in schema:
        return " or ".join(type_in_words(s) for s in schema["anyOf"] if s.get("type") != "null")
    if "$ref" in schema:
        return "object"
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if schema.get("type") == "array":
        return f"list of {type_in_words(schema['items'])}"
    bounds = [schema[b] for b in ("minimum", "maximum") if b in schema]
    within = f" {bounds[0]} to {bounds[1]}" if len(bounds) == 2 else ""
    return f"{schema.get('type', 'any')}{within}"

"""The operations of the API as the documentation shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from service.openapi import ROLES_FIELD

EXAMPLES = {"customer_id": "A102", "product_id": "P7"}


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
    body: str
    """Its fields, where one is sent."""
    answers: dict[str, str]
    example: str


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
    path = re.sub(r"{(\w+)}", lambda m: EXAMPLES.get(m[1], m[1].upper()), call.split(" ")[1])
    answers = sorted(described["responses"].items())
    return Operation(
        id=described["operationId"],
        call=call,
        summary=described["summary"],
        description=described["description"],
        roles=described.get(ROLES_FIELD, []),
        body=_body(described, schemas),
        parameters=[_parameter(p) for p in described.get("parameters", [])],
        answers={status: _answer(answer, schemas) for status, answer in answers},
        example=_example(call.split(" ", maxsplit=1)[0], f"{address}{path}", described),
    )


def _example(method: str, address: str, described: dict[str, Any]) -> str:
    """With a place for the key, and one for the body where one is sent."""
    parts = ["curl", f"-X {method}" if method != "GET" else ""]
    if ROLES_FIELD in described:
        parts.append('-H "Authorization: Bearer $KEY"')
    if "requestBody" in described:
        parts.append("-H 'Content-Type: application/json' -d @body.json")
    return " ".join([*filter(None, parts), f"'{address}'"])


def _body(described: dict[str, Any], schemas: dict[str, Any]) -> str:
    """The fields of all shapes that the body may have."""
    content = described.get("requestBody", {}).get("content", {})
    fields = _fields(content.get("application/json", {}).get("schema", {}), schemas)
    return "JSON with " + ", ".join(f"`{field}`" for field in fields) if fields else ""


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    if "$ref" in schema:
        return _fields(schemas[schema["$ref"].split("/")[-1]], schemas)
    if "properties" in schema:
        return list(schema["properties"])
    inner = [*schema.get("anyOf", []), *schema.get("oneOf", []), schema.get("items", {})]
    return list(dict.fromkeys(f for part in inner if part for f in _fields(part, schemas)))


def _answer(described: dict[str, Any], schemas: dict[str, Any]) -> str:
    """The fields of a good answer, the meaning of a bad one."""
    content = described.get("content", {}).get("application/json")
    fields = _fields(content["schema"], schemas) if content else []
    if not fields:
        return str(described["description"])
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
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if schema.get("type") == "array":
        return f"list of {type_in_words(schema['items'])}"
    bounds = [schema[b] for b in ("minimum", "maximum") if b in schema]
    within = f" {bounds[0]} to {bounds[1]}" if len(bounds) == 2 else ""
    return f"{schema.get('type', 'any')}{within}"

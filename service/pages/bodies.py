"""What the documentation says of a request's body: its fields, and an example to copy."""

from __future__ import annotations

import json
from typing import Any

from service.openapi import ROLES_FIELD

Schema = dict[str, Any]


def body_schema(operation: Schema, schemas: dict[str, Schema]) -> Schema | None:
    """Of one thing, where a list of them is taken too; None for a request without a body."""
    body = operation.get("requestBody")
    if body is None:
        return None
    schema = body["content"]["application/json"]["schema"]
    one = next((s for s in schema.get("anyOf", ()) if "$ref" in s), schema)
    return schemas[one["$ref"].split("/")[-1]]


def body_fields(operation: Schema, schemas: dict[str, Schema]) -> list[Schema]:
    """As OpenAPI describes parameters."""
    schema = body_schema(operation, schemas) or {"properties": {}}
    required = schema.get("required", [])
    return [
        {"name": name, "in": "body", "required": name in required, "schema": described}
        for name, described in schema["properties"].items()
    ]


def curl_example(method: str, address: str, operation: Schema, schemas: dict[str, Schema]) -> str:
    """One line for the terminal, with a place for the key."""
    named = "" if method == "GET" else f"-X {method} "
    key = '-H "Authorization: Bearer $KEY" ' if ROLES_FIELD in operation else ""
    schema = body_schema(operation, schemas)
    if schema is None:
        return f"curl {named}{key}'{address}'"
    body = json.dumps(schema["examples"][0], ensure_ascii=False)
    return f"curl {named}{key}'{address}' -H 'Content-Type: application/json' -d '{body}'"

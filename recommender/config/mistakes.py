"""What is wrong in the file, in sentences that name file, key, value and remedy."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from recommender.config.section import Section


def sentences(whole: type[Section], path: Path, error: ValidationError) -> list[str]:
    """One line a mistake; a union reports the same key once for each of its arms, shown as one."""
    seen: dict[str, str] = {}
    for e in error.errors(include_url=False):
        keys = _named_keys(whole, e["loc"])
        seen.setdefault(".".join(keys), f"{path}: {_what_is_wrong(whole, keys, dict(e))}")
    return list(seen.values())


def _named_keys(whole: type[Section], loc: tuple[int | str, ...]) -> list[str]:
    """The path of TOML keys, without the names of types that pydantic appends for unions."""
    keys: list[str] = []
    model: Any = whole
    for part in map(str, loc):
        fields = getattr(model, "model_fields", None)
        if fields is None and keys and keys[-1] != "columns":
            break
        keys.append(part)
        model = _section_of(fields[part].annotation) if fields and part in fields else None
    return keys


def _section_of(annotation: Any) -> Any:
    arms = [annotation, *getattr(annotation, "__args__", ())]
    return next((a for a in arms if isinstance(a, type) and issubclass(a, Section)), None)


def _what_is_wrong(whole: type[Section], keys: list[str], e: dict[str, Any]) -> str:
    *sections, key = keys or ["the file"]
    name = f"[{'.'.join(sections)}] {key}" if sections else f"[{key}]"
    if e["type"] == "extra_forbidden":
        return f"{name}: unknown key{_did_you_mean(whole, keys)}"
    if e["type"] == "missing":
        return f"{name}: is required and missing; add it"
    said = e["msg"].removeprefix("Value error, ")
    if e["type"] == "string_pattern_mismatch":
        said = _SHAPES.get(keys[-1], said)
    value = "" if isinstance(e["input"], dict) else f" = {e['input']!r}"
    said = (said[0].lower() + said[1:]).replace("tuple", "list")
    return f"{name}{value}: {said}"


_SHAPES = {
    "currency": "write three capital letters, such as EUR",
    "hosts": "write names or addresses without scheme and port, such as shop.example.com",
    "memory": "write it as 4GB or 512MB",
    "header": "write the name of a header, such as X-Remote-User",
}


def _did_you_mean(whole: type[Section], keys: list[str]) -> str:
    model: Any = whole
    for key in keys[:-1]:
        model = _section_of(model.model_fields[key].annotation)
    known = list(model.model_fields)
    near = difflib.get_close_matches(keys[-1], known, 1)
    return f"; did you mean {near[0]}?" if near else f"; known here: {', '.join(known)}"

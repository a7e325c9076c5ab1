"""Nested dataclasses of columns to flat named arrays, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_args, get_type_hints

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Part = TypeVar("Part")


def flatten(part: Any, name: str = "") -> Iterator[tuple[str, Array]]:
    """Every array with its dotted name; a text column gives two."""
    if is_dataclass(part):
        for field in fields(part):
            yield from flatten(getattr(part, field.name), f"{name}.{field.name}".lstrip("."))
    else:
        yield name, np.ascontiguousarray(part)


def build(kind: type[Part], arrays: Mapping[str, Array], name: str = "") -> Part:
    """The reverse of `flatten`; raises KeyError with the name of a missing array."""
    if not is_dataclass(kind):
        return arrays[name]  # type: ignore[return-value]
    hints = get_type_hints(kind)
    parts = {
        field.name: build(_class_of(hints[field.name]), arrays, f"{name}.{field.name}".lstrip("."))
        for field in fields(kind)
    }
    return kind(**parts)


def names(kind: type[Any]) -> Iterator[str]:
    """The dotted names of all arrays that a release of this kind holds."""
    return (name for name, _ in dtypes(kind))


def dtypes(kind: type[Any], name: str = "") -> Iterator[tuple[str, np.dtype[Any]]]:
    """The dotted names of all arrays, with the types their annotations promise."""
    for field, hint in get_type_hints(kind).items():
        full_name = f"{name}.{field}".lstrip(".")
        if is_dataclass(hint):
            yield from dtypes(_class_of(hint), full_name)
        else:
            yield full_name, np.dtype(get_args(get_args(hint)[1])[0])


def _class_of(hint: Any) -> type[Any]:
    return hint if isinstance(hint, type) and is_dataclass(hint) else np.ndarray

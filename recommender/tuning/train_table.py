"""The `[train]` table of a config as text: new values in, comments and all else as it was."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

import tomlkit

from recommender.errors import ConfigError, ReadWriteError
from recommender.listing.replacing import replacing

BOM = "\ufeff"
HEADER = re.compile(r"^[ \t]*\[[ \t]*train[ \t]*\].*$", re.MULTILINE)


def as_toml(values: Mapping[str, float]) -> str:
    """What may stand in a config."""
    return tomlkit.dumps({"train": dict(values)})


def write_values(path: Path, values: Mapping[str, float]) -> tuple[str, ...]:
    """Puts them into the config, whole or not at all; gives the names that were written.

    The file is read again, for it may have changed during a long search: a number that stands there
    by now stays. Raises `ConfigError` where the file is no longer TOML, `ReadWriteError`.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        train = tomllib.loads(text.removeprefix(BOM)).get("train", {})
    except OSError as error:
        raise ReadWriteError(f"{path}: cannot be read again: {error.strerror}") from error
    except ValueError as error:  # no UTF-8, no TOML
        raise ConfigError(f"{path}: is no longer valid TOML: {error}; mend it first") from error
    asked = {name: v for name, v in values.items() if train.get(name, "auto") == "auto"}
    changed = with_values(text, asked)
    with replacing(path.resolve()) as unfinished:
        unfinished.write_bytes(changed.encode("utf-8"))
        shutil.copymode(path, unfinished)
    return tuple(asked)


def with_values(text: str, values: Mapping[str, float]) -> str:
    """The same text with these values under `[train]`; its line ends and its mark stay.

    Raises `ConfigError` where that is not all that would change.
    """
    mark = BOM if text.startswith(BOM) else ""
    ends = "\r\n" if "\r\n" in text else "\n"
    plain = text.removeprefix(BOM).replace("\r\n", "\n")
    before = tomllib.loads(plain)
    train = before.get("train", {})
    changed = _replaced(plain, {name: v for name, v in values.items() if name in train})
    changed = _added(changed, {name: v for name, v in values.items() if name not in train})
    if tomllib.loads(changed) != before | {"train": train | dict(values)}:
        raise ConfigError("[train] is written in a way that cannot be edited; write it by hand")
    return mark + changed.replace("\n", ends)


def _replaced(text: str, values: Mapping[str, float]) -> str:
    """In their places, with the comments behind them."""
    document = tomlkit.parse(text)
    for name, value in values.items():
        document["train"][name] = value
    return tomlkit.dumps(document)


def _added(text: str, values: Mapping[str, float]) -> str:
    """Under the header: what stands at the end of a table often speaks of the next one."""
    if not values:
        return text
    lines = as_toml(values).split("\n", 1)[1]
    header = HEADER.search(text)
    if header:
        return f"{text[: header.end()]}\n{lines.rstrip()}{text[header.end() :]}"
    document = tomlkit.parse(text)
    if "train" not in document:
        return f"{text.rstrip()}\n\n[train]\n{lines}".lstrip()
    document["train"].update(values)
    return tomlkit.dumps(document)

"""Whether a file is, or would become, one of those the config reads."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from recommender.config import Config

TABLES = ("purchases", "products", "customers", "events")


def table_that_reads(path: Path, config: Config) -> str | None:
    """The table whose file, folder or glob this path is or lies in, also if it does not exist."""
    sections = ((table, getattr(config, table)) for table in TABLES)
    sources = ((table, section.source) for table, section in sections if section)
    return next((t for t, s in sources if s and _takes(config.folder / s, path.resolve())), None)


def _takes(source: Path, path: Path) -> bool:
    if source.is_dir():
        return path.parent == source.resolve()
    if source.exists() or not glob.has_magic(str(source)):
        return path == source.resolve()
    return _matches(path.parts, Path(os.path.normpath(source.absolute())).parts)


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """As `glob` does: `*` stays in its folder, `**` is any number of folders."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[i:], pattern[1:]) for i in range(len(parts) + 1))
    is_first = bool(parts) and fnmatchcase(parts[0], pattern[0])
    return is_first and _matches(parts[1:], pattern[1:])

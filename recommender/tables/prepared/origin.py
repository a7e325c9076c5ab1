"""All that decides what reading one file gives, before anything of it is checked."""

from __future__ import annotations

import hashlib
import json
import platform
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa

from recommender.release.shelf import KEY_LENGTH
from recommender.tables.reading.contract import Contract
from recommender.tables.reading.sources import SourceFile

_CODE = Path(__file__).parents[1]


def origin_of(file: SourceFile, contract: Contract) -> dict[str, Any]:
    """As JSON: the bytes, the settings, the reader. How dates and numbers are written is not among
    it: that may be decided by other files, so what is kept are cells that nobody has interpreted.
    """
    section = contract.section
    return {
        "file": file.name,
        "ending": file.ending,
        "sha256": file.sha256(),
        "columns": section.columns,
        "required": contract.required,
        "optional": contract.optional,
        "encoding": section.encoding,
        "separator": section.separator,
        "sheet": section.sheet,
        "reader": reader_version(),
    }


def key_of(origin: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(origin, sort_keys=True).encode()).hexdigest()[:KEY_LENGTH]


@cache
def reader_version() -> str:
    """A hash of the code that reads tables and of what it reads with: nobody has to raise it."""
    digest = hashlib.sha256()
    for path in sorted(_CODE.rglob("*.py")):
        digest.update(path.relative_to(_CODE).as_posix().encode())
        digest.update(path.read_bytes())
    for version in (platform.python_version(), openpyxl.__version__, pa.__version__):
        digest.update(version.encode())
    return digest.hexdigest()

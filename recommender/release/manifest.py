"""The manifest: what a release is made of, and from what."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from recommender.errors import BrokenReleaseError

MANIFEST = "manifest.json"
FORMAT = 2
"""Raised when a release written by this version cannot be opened by an older one."""


class ReleaseFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    bytes: int
    shape: tuple[int, ...] | None = None
    dtype: str | None = None


class Manifest(BaseModel):
    """Checked when read; `files` covers everything in the folder but the manifest itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    name: str
    created_at: str
    """UTC, ISO 8601."""
    parent: str | None
    """The release that was live when this one was made."""
    rewritten_from: str | None = None
    """The release this one took the place of, when a customer was taken out of it."""
    data_through: str
    """Date of the newest purchase it knows."""
    as_of: str
    """The moment ages are counted from, UTC, ISO 8601."""
    currency: str
    settings: dict[str, Any]
    """All that was decided, `auto` resolved, with the weight function in words."""
    data: dict[str, Any]
    """A table's hash and counts each: read, kept, rejected, merged."""
    counts: dict[str, int]
    gate: dict[str, str | None]
    """`refusal`, why it was not to go live, and `forced`, why someone published it all the same."""
    versions: dict[str, str]
    files: dict[str, ReleaseFile]

    def as_json(self) -> bytes:
        """Without `rewritten_from` where there is none, so that older versions can read it."""
        left_out = {"rewritten_from"} if self.rewritten_from is None else None
        return self.model_dump_json(indent=1, exclude=left_out).encode()

    @field_validator("settings")
    @classmethod
    def _serve_answers(cls, settings: dict[str, Any]) -> dict[str, Any]:
        """Reasons are worked out and lists are spread with them, long after the training."""
        for name in ("alpha", "regularization"):
            match settings.get(name):
                case int() | float() as value if 0 < value < math.inf:
                    pass
                case other:
                    raise ValueError(f"settings.{name} is {other!r}, not a number above 0")
        diversity = settings.get("diversity", 0.0)
        if not (isinstance(diversity, int | float) and 0 <= diversity <= 1):
            raise ValueError(f"settings.diversity is {diversity!r}, not a number from 0 to 1")
        _check_line(settings.get("chance_of_liking"))
        return settings


def _check_line(line: Any) -> None:
    """Of releases that have one; lists are folded in with it."""
    match line:
        case None:
            pass
        case {"intercept": float() | int() as intercept, "slope": float() | int() as slope} if (
            math.isfinite(intercept) and math.isfinite(slope)
        ):
            pass
        case other:
            raise ValueError(f"settings.chance_of_liking is {other!r}, not two finite numbers")


def read_manifest(folder: Path) -> Manifest:
    """Raises `BrokenReleaseError` when there is none or it is not one."""
    try:
        text = (folder / MANIFEST).read_text()
        found = json.loads(text).get("format")
        if found != FORMAT:
            raise BrokenReleaseError(
                f"{folder}: format {found}, this version reads format {FORMAT}; train again"
            )
        return Manifest.model_validate_json(text)
    except (OSError, ValueError, AttributeError, RecursionError, ValidationError) as error:
        reason = " ".join(str(error).split())[:200]
        raise BrokenReleaseError(
            f"{folder / MANIFEST}: not a readable manifest ({reason}); "
            "roll back with `recommender releases rollback`"
        ) from error


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

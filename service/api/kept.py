"""Answers that a caller may keep and ask about: `ETag` and 304, as RFC 9110 and 9111 have them.

Nobody may use a kept list without asking whether it still holds: what a customer withdraws counts
from the next request on. So asking is made cheap, and nothing else is promised.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Scope

from service.api.json_answer import json_bytes

KEPT = {"cache-control": "private, no-cache", "vary": "Authorization, Cookie"}
"""By who asked alone, and asked about before every use."""
MEDIA_TYPE = "application/json"
STILL_HOLDS: dict[int | str, dict[str, Any]] = {
    304: {"description": "What `If-None-Match` names still holds."}
}
"""For `responses` of these operations."""
NOT_KEPT = "no_permission"
"""The fallback reason of lists that nobody may keep: their customer withdrew its permission."""


@dataclass(frozen=True)
class Kept:
    """A body and the tag that stands for these bytes."""

    body: bytes
    tag: str | None
    """None where it must not be kept."""

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Kept:
        if answer.get("fallback_reason") == NOT_KEPT:
            return cls(_encoded(answer), None)
        return cls.of_body(_encoded(answer))

    @classmethod
    def of_body(cls, body: bytes) -> Kept:
        return cls(body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"')

    def __len__(self) -> int:
        return len(self.body)

    def answer(self, scope: Scope) -> Response:
        """304 where the caller has these bytes already."""
        if self.tag is None:
            return Response(self.body, media_type=MEDIA_TYPE)
        headers = KEPT | {"etag": self.tag}
        if has_it(scope, self.tag):
            return Response(status_code=304, headers=headers)
        return Response(self.body, headers=headers, media_type=MEDIA_TYPE)


def _encoded(answer: dict[str, Any]) -> bytes:
    """What a release answers holds finite numbers alone, so the fast encoder may be trusted."""
    try:
        return orjson.dumps(answer)
    except TypeError:  # half a character, in an id that somebody asked for
        return json_bytes(answer)


def kept_answer(scope: Scope, answer: dict[str, Any]) -> Response:
    """With a tag, or with none where it must not be kept."""
    return Kept.of(answer).answer(scope)


def has_it(scope: Scope, tag: str) -> bool:
    """Whether `If-None-Match` names the tag."""
    return any(name == b"if-none-match" and names(value, tag) for name, value in scope["headers"])


def names(if_none_match: bytes, tag: str) -> bool:
    """Weak ones count, for a GET they are as good."""
    named = [part.strip().removeprefix("W/") for part in if_none_match.decode("latin-1").split(",")]
    return tag in named or named == ["*"]

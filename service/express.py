"""Lists that `service/lists.py` can answer, before the framework is asked.

Everything out of the ordinary goes on to the endpoint, refusals among them.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.access.caller import Caller
from service.access.identify import BEAT
from service.lists import Lists


@dataclass(frozen=True)
class Express:
    """Stands between who asks and the framework."""

    app: ASGIApp
    lists: Lists

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self._answer(scope) if scope["type"] == "http" else None
        await (answer or self.app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        """None for what the framework is to answer."""
        caller: Caller | None = scope["state"]["caller"]
        if scope["method"] != "GET" or caller is None or caller.is_public or _has_body(scope):
            return None
        asked = self.lists.asked(scope["path"], scope["query_string"])
        if asked is None:
            return None
        beat = scope["state"].get(BEAT)
        if beat is None:  # signed in on a page, and looked up in a thread
            beat = self.lists.known.beat()
        kept = self.lists.answer(asked, caller, beat)
        if kept is None:
            return None
        scope["endpoint"] = list_suggestions
        return kept.answer(scope)


def list_suggestions() -> None:
    """The operation's name, as the log tells it."""


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )

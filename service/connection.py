"""One client's connection: uvicorn's, with a bound on what it may send before a body, and a short
way for lists."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.early import Early

MOST_BYTES_OF_A_HEAD = 32 * 1024
"""Of request line and headers, and what one read brings beyond it."""


class Connection(HttpToolsProtocol):
    """httptools takes headers for as long as they come; a client could fill memory with them."""

    _is_in_head = False
    _head_bytes = 0
    _may_be_early = False
    """One answer a read: who sends many requests at once shall not keep the others waiting."""
    _was_early = False
    """Whether the request that is being read was answered already."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._early: Early | None = getattr(self.app, "early", None)

    def data_received(self, data: bytes) -> None:
        self._may_be_early = self._early is not None
        super().data_received(data)
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_BYTES_OF_A_HEAD:
                self._is_in_head = False
                self.send_400_response("The headers are too long.")

    def on_message_begin(self) -> None:
        self._is_in_head, self._head_bytes, self._was_early = True, 0, False
        super().on_message_begin()

    def on_headers_complete(self) -> Any:
        self._is_in_head = False
        if self._may_be_early:
            self._may_be_early = False
            self._was_early = self._is_usual() and self._is_answered_early()
            if self._was_early:
                self.on_response_complete()
                return None
        return super().on_headers_complete()

    def on_message_complete(self) -> None:
        if not self._was_early:
            super().on_message_complete()

    def _is_answered_early(self) -> bool:
        early, more = self._early, self.server_state.default_headers
        return early is not None and early.answers(
            self.url, self.headers, more, self.transport.write
        )

    def _is_usual(self) -> bool:
        """A GET of HTTP/1.1 on a connection that is kept, with nothing before it or in the way."""
        parser, cycle = self.parser, self.cycle
        return (
            parser.get_method() == b"GET"
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and (cycle is None or cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
            and not self._is_crowded
            and not self.access_log
            and not self.root_path
        )

    @property
    def _is_crowded(self) -> bool:
        """As uvicorn has it; it says 503 then."""
        most = self.limit_concurrency
        return most is not None and (len(self.connections) >= most or len(self.tasks) >= most)

"""One client's connection: uvicorn's, with a bound on what it may send before a body."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BYTES_OF_A_HEAD = 32 * 1024
"""Of request line and headers, and what one read brings beyond it."""


class Connection(HttpToolsProtocol):
    """httptools takes headers for as long as they come; a client could fill memory with them."""

    _is_in_head = False
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_BYTES_OF_A_HEAD:
                self._is_in_head = False
                self.send_400_response("The headers are too long.")

    def on_message_begin(self) -> None:
        self._is_in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> Any:
        self._is_in_head = False
        return super().on_headers_complete()

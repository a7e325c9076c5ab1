"""A tiny server that stands for a web shop, or for a service that behaves badly."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    seconds: float = 0.0
    """That the body comes after the headers."""


@dataclass
class Stand:
    """Answers by path; what it was asked stands in `asked`."""

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def other_address(self) -> str:
        """Another origin to a browser, though it is the same machine."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def standing() -> Iterator[Stand]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    stand = Stand(server.server_address[1])
    server.RequestHandlerClass = _handler(stand)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield stand
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(stand: Stand) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            stand.asked.append(f"{self.command} {self.path}")
            answer = stand.answers.get(self.path.partition("?")[0], Answer("Nothing.", status=404))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            body = answer.body.encode()
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self._send(body, answer.seconds)

        def _send(self, body: bytes, seconds: float) -> None:
            try:
                self.wfile.flush()
                time.sleep(seconds)
                self.wfile.write(body)
            except OSError:
                stand.asked.append(f"gave up {self.path}")

        def do_POST(self) -> None:
            self.do_GET()

        def do_OPTIONS(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    return Handler

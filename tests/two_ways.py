"""Two services over one database, of which one answers every list in the ordinary way: through the
layers, as if there were no short one. And a client that sees every byte of an answer."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from recommender.assembly.evidence import evidence_of
from recommender.config import Config, load_config
from recommender.release.contents import Contents
from service.access.caller import ROLES
from service.access.key import Key, new_key
from service.records.keys import add_key
from service.records.migrate import open_records
from tests.callers import REP
from tests.small_release import publish_small_release, small_contents

PROGRAM = """
import sys
from pathlib import Path
from typing import Any
from recommender.config import load_config
from service.connection import Connection
from service.early import Early
from service.serve import serve

def told(early, url, headers, more, write):
    def tell_first(data):
        print("answered early", file=sys.stderr, flush=True)
        write(data)

    return answers(early, url, headers, more, tell_first)

answers, Early.answers = Early.answers, told
if sys.argv[2] == "ordinary":
    Connection._is_usual = lambda self: False
serve(load_config(Path(sys.argv[1])), "127.0.0.1", 0, 1)
"""
SECONDS = 20
OF_ONE_ANSWER = re.compile(rb"(?<=\r\n)(date|ratelimit-remaining|ratelimit-reset): [^\r]+")
OWN_ID = re.compile(rb"\r\nx-request-id: ([0-9a-f]{16})\r\n")
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n")


@dataclass(frozen=True)
class Way:
    """One of the two."""

    process: subprocess.Popen[str]
    port: int
    log: Path

    @property
    def early(self) -> int:
        """Answers that took the short way."""
        return self.log.read_text().count("answered early")

    @property
    def log_lines(self) -> list[str]:
        """Of requests, without what differs from one to the next."""
        lines = [line for line in self.log.read_text().splitlines() if " INFO " in line]
        lines = [re.sub(r"^[-\d]{10} [:\d]{8},\d{3} ", "TIME ", line) for line in lines]
        return [re.sub(r"\d+\.\d ms [0-9a-f]{16}$", "TOOK ID", line) for line in lines]

    def ask(self, *packets: bytes, answers: int = 1) -> list[bytes]:
        """All that comes back on a new connection: so many answers, fewer where it is closed."""
        with self.connected() as client:
            return client.ask(*packets, answers=answers)

    @contextmanager
    def connected(self) -> Iterator[Client]:
        with socket.create_connection(("127.0.0.1", self.port), SECONDS) as found:
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield Client(found)


class Client:
    """One connection, and what was received but not read yet."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._received = connection, b""

    def ask(self, *packets: bytes, answers: int = 1) -> list[bytes]:
        for packet in packets:
            self._connection.sendall(packet)
        is_head = packets[0].startswith(b"HEAD ")
        found: list[bytes] = []
        while len(found) < answers and (answer := self._answer(is_head)):
            found.append(answer)
            if b"\r\nconnection: close\r\n" in answer:
                assert self._more() == 0, "it was not closed"
                break
        return found

    def is_closed(self) -> bool:
        """Once the server has closed it; waits for that."""
        return self._more() == 0

    def _answer(self, is_head: bool) -> bytes:
        """One whole answer, or b"" where there is none any more."""
        while (end := self._received.find(b"\r\n\r\n")) < 0:
            if not self._more():
                return b""
        end += 4
        head = self._received[:end]
        length = LENGTH.search(head)
        if length and not is_head and not head.startswith(b"HTTP/1.1 304"):
            end += int(length[1])
        while len(self._received) < end:
            assert self._more(), "closed in the middle of an answer"
        answer, self._received = self._received[:end], self._received[end:]
        return answer

    def _more(self) -> int:
        try:
            received = self._connection.recv(65536)
        except ConnectionResetError:
            received = b""
        self._received += received
        return len(received)


@contextmanager
def served(config: Config, way: str) -> Iterator[Way]:
    log = config.folder / f"{way}.log"
    path = config.folder / "recommender.toml"
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(path), way],
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        try:
            assert process.stdout
            address = process.stdout.readline().strip()
            assert address.startswith("http://"), log.read_text()
            yield Way(process, int(address.rsplit(":", 1)[1]), log)
        finally:
            process.kill()
            process.communicate()


def list_request(key: Key, customer_id: str, query: str = "", more: bytes = b"") -> bytes:
    """As a shop sends it; `more` are header lines."""
    path = f"/v1/customers/{quote(customer_id, safe='')}/suggestions"
    return request(f"{path}?{query}" if query else path, key, more)


def request(target: str, key: Key | None, more: bytes = b"", method: str = "GET") -> bytes:
    shown = b"Authorization: Bearer %b\r\n" % key.shown.encode() if key else b""
    line = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode()
    return line + shown + more + b"\r\n"


def comparable(answer: bytes) -> bytes:
    """Without what differs between two answers to the same: id, time, and what is left."""
    own = OWN_ID.search(answer)
    if own:
        answer = answer.replace(own[1], b"ID")
    return OF_ONE_ANSWER.sub(rb"\1: ...", answer)


@dataclass(frozen=True)
class Ways:
    """Both, and who asks them."""

    early: Way
    ordinary: Way
    keys: dict[str, Key]
    folder: Path

    def same(self, *packets: bytes, answers: int = 1) -> list[bytes]:
        """What both answer; raises where they differ."""
        found = [way.ask(*packets, answers=answers) for way in (self.early, self.ordinary)]
        one, other = ([comparable(answer) for answer in answers] for answers in found)
        for fast, slow in zip(one, other, strict=True):
            assert fast == slow, packets
        assert one == other
        return found[0]

    def logged(self) -> tuple[list[str], list[str]]:
        """What both wrote: a line follows its answer, so the last ones may take a moment."""
        until = time.monotonic() + SECONDS
        while (lines := (self.early.log_lines, self.ordinary.log_lines)) and (
            len(lines[0]) != len(lines[1]) and time.monotonic() < until
        ):
            time.sleep(0.05)
        return lines

    def list_of(self, customer_id: str, query: str = "", role: str = "shop") -> dict[str, Any]:
        """What both say, asked until the short way could be taken."""
        asked = list_request(self.keys[role], customer_id, query)
        self.same(asked)
        (answer,) = self.same(asked)
        said: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
        return said

    def tell(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """In the other process."""
        said = json.dumps(body).encode() if body is not None else b""
        more = b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(said)
        sent = request(path, self.keys["admin"], more, method)
        (answer,) = self.ordinary.ask(sent + said)
        assert answer.startswith(b"HTTP/1.1 20"), answer
        found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2] or b"{}")
        return found


def explained(contents: Contents) -> Contents:
    """With evidence, so that the usual list is read off."""
    return replace(contents, evidence=evidence_of(contents, 1.0, 0.1))


@contextmanager
def both_ways(folder: Path, more: str = "") -> Iterator[Ways]:
    """Both, with a key of each role; `more` is added to the config."""
    path = folder / "recommender.toml"
    path.write_text(f'[purchases]\nsource = "purchases.csv"\n{more}')
    config = load_config(path)
    publish_small_release(config.releases_directory, explained(small_contents()))
    keys = {role: new_key() for role in ROLES}
    with closing(open_records(config)) as database, database.writing() as connection:
        for role, key in keys.items():
            add_key(connection, role, role, REP if role == "rep" else None, key)
    with served(config, "early") as early, served(config, "ordinary") as ordinary:
        yield Ways(early, ordinary, keys, folder)

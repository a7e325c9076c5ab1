"""The short way leaves a connection as uvicorn's: order, pieces, bounds, limits, its end."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.two_ways import Ways, both_ways, comparable, list_request, request

LIMITED = "[service.requests_per_minute]\nshop = 5\n"


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Ways]:
    with both_ways(tmp_path, LIMITED) as found:
        yield found


def test_requests_sent_at_once_are_answered_in_order(ways: Ways) -> None:
    shop = ways.keys["shop"]
    lists = [list_request(shop, f"C{number:02}") for number in range(6)]
    other = request("/v1/release", ways.keys["manager"])
    for sent in (lists[:2], lists, [other, *lists], [lists[0], other, lists[1]], [*lists, other]):
        ways.same(b"".join(sent), answers=len(sent))
        before = ways.early.early
        answers = ways.same(b"".join(sent), answers=len(sent))
        asked = [re.findall(rb"/customers/(C\d\d)/", one) for one in sent]
        told = [re.findall(rb'"customer_id":"(C\d\d)"', one) for one in answers]
        assert told == asked
        assert ways.early.early == before + (sent[0] in lists), "one a read, and none after others"


def test_a_last_request_closes_the_connection(ways: Ways) -> None:
    asked = list_request(ways.keys["shop"], "C01")
    last = list_request(ways.keys["shop"], "C02", more=b"Connection: close\r\n")
    ways.same(asked)
    answers = ways.same(asked + last, answers=3)
    assert len(answers) == 2
    assert b"\r\nconnection: close\r\n" in answers[1]


def test_older_versions_are_answered_alike(ways: Ways) -> None:
    asked = list_request(ways.keys["shop"], "C01")
    ways.same(asked)
    before = ways.early.early
    old = asked.replace(b"HTTP/1.1", b"HTTP/1.0")
    assert len(ways.same(old, answers=2)) == 1
    kept = old.replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n")
    ways.same(kept, answers=2)
    for line in (b"HTTP/1.2", b"HTTP/2.0", b"HTTQ/1.1", b""):
        ways.same(asked.replace(b"HTTP/1.1", line))
    assert ways.early.early == before


def test_a_websocket_is_not_made_of_it(ways: Ways) -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    ways.same(list_request(ways.keys["shop"], "C01"))
    before = ways.early.early
    ways.same(list_request(ways.keys["shop"], "C01", more=upgrade))
    assert ways.early.early == before


def test_a_kept_connection_answers_many(ways: Ways) -> None:
    shop, manager = ways.keys["shop"], ways.keys["manager"]
    sent, before = [], ways.early.early
    for number in range(60):
        sent.append(list_request(shop, f"C{number % 24:02}"))
        if number % 7 == 0:
            sent.append(request("/v1/release", manager))
            sent.append(request("/v1/customers/C01/suggestions?n=x", manager))
    with ways.early.connected() as early, ways.ordinary.connected() as ordinary:
        for one in sent:
            (fast,), (slow,) = early.ask(one), ordinary.ask(one)
            assert comparable(fast) == comparable(slow)
    assert ways.early.early >= before + 59
    fast, slow = ways.logged()
    assert fast == slow


def test_a_head_may_come_in_pieces(ways: Ways) -> None:
    asked = list_request(ways.keys["shop"], "C01", "n=3")
    ways.same(asked)
    for at in (1, 4, 20, len(asked) // 2, len(asked) - 3, len(asked) - 1):
        before = ways.early.early
        ways.same(asked[:at], asked[at:])
        assert ways.early.early == before + 1
    ways.same(*(asked[i : i + 1] for i in range(len(asked))))
    both = asked + asked
    for at in (len(asked) - 2, len(asked) + 5):
        ways.same(both[:at], both[at:], answers=2)


def test_heads_that_are_too_long_are_refused_alike(ways: Ways) -> None:
    shop = ways.keys["shop"]
    ways.same(list_request(shop, "C01"))
    line = b"X-More: " + b"x" * 2000 + b"\r\n"
    long = list_request(shop, "C01", more=line * 10)
    ways.same(long)
    ways.same(list_request(shop, "C01", "n=3&" + "x" * 9000))
    too_long = list_request(shop, "C01", more=line * 100)
    for way in (ways.early, ways.ordinary):
        (answer,) = way.ask(*(too_long[i : i + 2000] for i in range(0, 40_000, 2000)))
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert answer.endswith(b"The headers are too long.")


def test_what_is_no_http_is_refused_alike(ways: Ways) -> None:
    asked = list_request(ways.keys["shop"], "C01")
    ways.same(asked)
    for broken in (
        asked.replace(b"Host:", b"Host :"),
        asked.replace(b"Host:", b"Host"),
        asked.replace(b"\r\nHost", b"\r\n Host"),
        asked.replace(b" HTTP/1.1", b" x HTTP/1.1"),
        asked.replace(b"C01", b"C\x0101"),
        asked.replace(b"\r\n\r\n", b"\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
        asked.replace(b"\r\n", b"\n"),
    ):
        ways.same(broken)


def test_requests_are_counted_alike(limited: Ways) -> None:
    statuses = []
    for number in range(8):
        answers = [
            way.ask(list_request(limited.keys["shop"], f"C{number:02}"))[0]
            for way in (limited.early, limited.ordinary)
        ]
        left = [re.findall(rb"\r\nratelimit-(?:limit|remaining): (\d+)", one) for one in answers]
        assert left[0] == left[1]
        assert comparable(answers[0]) == re.sub(
            rb"retry-after: \d+", _retry_after(answers[0]), comparable(answers[1])
        )
        statuses.append(answers[0][9:12])
    assert statuses == [b"200"] * 5 + [b"429"] * 3
    assert limited.early.early == 4
    for way in (limited.early, limited.ordinary):
        assert b"ratelimit" in way.ask(request("/v1/release", limited.keys["shop"]))[0]
        assert way.ask(list_request(limited.keys["manager"], "C01"))[0].startswith(b"HTTP/1.1 200")


def _retry_after(answer: bytes) -> bytes:
    found = re.search(rb"retry-after: \d+", answer)
    return found[0] if found else b""


def test_too_many_connections_are_refused_alike(ways: Ways) -> None:
    asked = list_request(ways.keys["shop"], "C01")
    ways.same(asked)
    for way in (ways.early, ways.ordinary):
        with ExitStack() as held:
            for _ in range(520):
                held.enter_context(socket.create_connection(("127.0.0.1", way.port), 20))
            before = way.early
            assert way.ask(asked)[0].startswith(b"HTTP/1.1 503 ")
            assert way.early == before


def test_an_idle_connection_is_closed_as_ever(ways: Ways) -> None:
    asked = list_request(ways.keys["shop"], "C01")
    ways.same(asked)
    with ways.early.connected() as client:
        client.ask(asked)
        client.ask(asked)
        assert client.is_closed()


def test_it_ends_with_connections_open(own_ways: Ways) -> None:
    asked = list_request(own_ways.keys["shop"], "C01")
    own_ways.same(asked)
    with own_ways.early.connected() as client:
        client.ask(asked)
        own_ways.early.process.send_signal(signal.SIGTERM)
        assert client.is_closed()
        assert own_ways.early.process.wait(20) == 0
    assert "Traceback" not in own_ways.early.log.read_text()

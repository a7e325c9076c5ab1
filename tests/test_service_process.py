"""`serve` as a process: its address, its workers, a release exchanged under load, its end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from recommender.config import Config, load_config
from recommender.errors import ConfigError, ReadWriteError, UnknownReleaseError
from service.records.keys import revoke_key
from service.records.migrate import open_records
from service.serve import serve
from tests.callers import bearer, key_for
from tests.small_release import publish_small_release, small_contents, with_names

PROGRAM = (
    "import sys; from pathlib import Path; from recommender.config import load_config; "
    "from service.serve import serve; "
    "serve(load_config(Path(sys.argv[1])), sys.argv[3], 0, int(sys.argv[2]))"
)
SUGGESTIONS = "/v1/customers/C01/suggestions"
SHOWN: dict[str, str] = {}
"""The header with the key of the config in use."""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A config with one small release beside it, and a key."""
    path = tmp_path / "recommender.toml"
    path.write_text('[purchases]\nsource = "purchases.csv"\n')
    config = load_config(path)
    publish_small_release(config.releases_directory)
    with closing(open_records(config)) as database:
        SHOWN.update(bearer(key_for(database, "manager")))
    return config


def config_with(folder: Path, more: str) -> Config:
    path = folder / "recommender.toml"
    path.write_text(f'[purchases]\nsource = "purchases.csv"\n{more}')
    return load_config(path)


@contextmanager
def running(
    config: Config, workers: int, host: str = "127.0.0.1", log: Path | None = None
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The process and its port; `log` takes what it says where that is more than a pipe holds."""
    command = [sys.executable, "-c", PROGRAM, str(config.folder / "recommender.toml")]
    said = log.open("w") if log else None
    process = subprocess.Popen(
        [*command, str(workers), host],
        stdout=subprocess.PIPE,
        stderr=said or subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        address = process.stdout.readline().strip()
        assert address.startswith(f"http://{host}:"), process.communicate()
        yield process, int(address.rsplit(":", 1)[1])
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
        if said:
            said.close()


def get(port: int, address: str, **headers: str) -> tuple[int, dict[str, object]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", address, headers=SHOWN | headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} s"
        time.sleep(0.02)


def ask_until(stopped: threading.Event, port: int, seen: list[tuple[int, object]]) -> None:
    while not stopped.is_set():
        status, body = get(port, SUGGESTIONS)
        seen.append((status, body.get("release")))


def test_two_workers_change_over_without_a_failed_request(config: Config) -> None:
    with running(config, workers=2, log=config.folder / "log") as (process, port):
        assert get(port, SUGGESTIONS)[0] == 200
        seen: list[tuple[int, object]] = []
        stopped = threading.Event()
        asking = threading.Thread(target=ask_until, args=(stopped, port, seen))
        asking.start()
        try:
            new = publish_small_release(
                config.releases_directory, with_names(small_contents(), " II")
            )
            wait_for(lambda: [r for _, r in seen[-20:]] == [new] * 20, seconds=4)
        finally:
            stopped.set()
            asking.join()
        assert {status for status, _ in seen} == {200}
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), 1)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_one_process_ends_cleanly(config: Config, end: signal.Signals) -> None:
    with running(config, workers=1) as (process, port):
        status, body = get(port, SUGGESTIONS)
        assert (status, body["customer_id"]) == (200, "C01")
        process.send_signal(end)
        _, errors = process.communicate(timeout=10)
        assert process.returncode == 0, errors
        assert "Traceback" not in errors
        assert "200 GET list_suggestions" in errors
        assert "C01" not in errors


@pytest.mark.fault
def test_workers_end_when_their_parent_is_killed(config: Config) -> None:
    with running(config, workers=2) as (process, port):
        assert get(port, "/health/live")[0] == 200
        os.kill(process.pid, signal.SIGKILL)

        def nobody_listens() -> bool:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                return False
            return True

        wait_for(nobody_listens, seconds=8)


def test_a_kept_connection_is_not_slowed_by_nagle(config: Config) -> None:
    with running(config, workers=1) as (_, port):
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        took = []
        for _ in range(20):
            began = time.perf_counter()
            connection.request("GET", "/health/live")
            connection.getresponse().read()
            took.append(time.perf_counter() - began)
        connection.close()
        assert sorted(took)[10] < 0.03


def test_a_taken_port_is_told_in_one_line(config: Config) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ReadWriteError, match=f"port {port} on 127.0.0.1 is in use"):
            serve(config, "127.0.0.1", port, 1)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.com", ""])
def test_without_names_for_it_only_this_machine_is_served(config: Config, host: str) -> None:
    with pytest.raises(ConfigError, match=r"\[service\] hosts = .*--host 127\.0\.0\.1"):
        serve(config, host, 0, 1)


def test_without_a_key_only_this_machine_is_served(tmp_path: Path) -> None:
    config = config_with(tmp_path, '[service]\nhosts = ["shop.example.com"]\n')
    with pytest.raises(ConfigError, match=r"no key is in use.*keys create"):
        serve(config, "0.0.0.0", 0, 1)


def test_with_names_and_a_key_others_are_served_by_these_names(config: Config) -> None:
    config_with(config.folder, '[service]\nhosts = ["Shop.example.com", "10.1.2.3"]\n')
    with running(config, workers=1, host="0.0.0.0") as (_, port):
        for host, status in {"shop.example.com": 200, "10.1.2.3:80": 200, "evil.com": 421}.items():
            assert get(port, SUGGESTIONS, host=host)[0] == status


def test_a_revoked_key_is_refused_by_every_worker_at_once(config: Config) -> None:
    with running(config, workers=2) as (_, port):
        assert {get(port, SUGGESTIONS)[0] for _ in range(20)} == {200}
        with closing(open_records(config)) as database, database.writing() as connection:
            assert revoke_key(connection, "manager")
        assert {get(port, SUGGESTIONS)[0] for _ in range(20)} == {401}


def test_no_key_is_ever_logged(config: Config) -> None:
    key = SHOWN["authorization"].removeprefix("Bearer ")
    with running(config, workers=1) as (process, port):
        assert get(port, SUGGESTIONS)[0] == 200
        assert get(port, f"{SUGGESTIONS}?n={key}")[0] == 422
        process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=10)
        assert "GET list_suggestions" in errors
        assert key[4:] not in out + errors


@pytest.mark.parametrize("workers", [1, 2])
def test_serving_before_training_is_refused(tmp_path: Path, workers: int) -> None:
    path = tmp_path / "recommender.toml"
    path.write_text('[purchases]\nsource = "purchases.csv"\n')
    with pytest.raises(UnknownReleaseError, match="recommender train"):
        serve(load_config(path), "127.0.0.1", 0, workers)


def test_headers_that_never_end_are_cut_off(config: Config) -> None:
    with (
        running(config, workers=1) as (_, port),
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.settimeout(10)
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        sent = 0
        with suppress(ConnectionError):
            while sent < 10_000_000:
                sent += client.send(b"X-More: " + b"x" * 2000 + b"\r\n")
        with suppress(ConnectionError):
            assert client.recv(65536).startswith(b"HTTP/1.1 400 ")
            assert client.recv(65536) == b""
        assert sent < 10_000_000, "all of it was taken"
        assert get(port, "/health/live")[0] == 200


def test_two_requests_sent_at_once_are_answered_in_order(config: Config) -> None:
    with (
        running(config, workers=1) as (_, port),
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.settimeout(10)
        ask = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n"
        client.sendall(
            ask % (b"/health/live", b"") + ask % (b"/v1/release", b"Connection: close\r\n")
        )
        answers = b"".join(iter(lambda: client.recv(65536), b""))
    assert answers.count(b"HTTP/1.1 ") == 2
    assert answers.index(b"HTTP/1.1 200") < answers.index(b"HTTP/1.1 401")

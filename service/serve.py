"""Running the service: one process, or several workers behind one socket."""

from __future__ import annotations

import errno
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from recommender.config import Config
from recommender.errors import ConfigError, ReadWriteError
from service.app import create_app
from service.connection import Connection
from service.demo import Demo
from service.live import bring_into_use
from service.records.keys import any_key_in_use
from service.records.migrate import open_records
from service.settings import Settings

SETTINGS_VARIABLE = "RECOMMENDER_SERVICE_SETTINGS"
PARENT_VARIABLE = "RECOMMENDER_SERVICE_PARENT"
LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}
BACKLOG = 2048
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "service.log.Lines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "service": {"level": "INFO", "handlers": ["stderr"], "propagate": False},
        "uvicorn": {"level": "WARNING", "handlers": ["stderr"], "propagate": False},
    },
}


def serve(
    config: Config,
    host: str,
    port: int,
    workers: int,
    demo: Demo | None = None,
) -> None:
    """Answers until SIGTERM or SIGINT; prints its address first, then what a demo has to say.

    Raises `ConfigError` for a host that others could reach where nobody could be told apart,
    `ReadWriteError` when the port is taken, and what opening the release raises: nothing is
    promised that cannot be answered.
    """
    address = LOOPBACK.get(host) or _reachable(host, config)
    settings = Settings.from_config(config)
    with _listening(address, port) as listener:
        if demo is not None:
            settings = demo.settings(settings, listener.getsockname()[1])
        if workers == 1:
            app = create_app(settings)
            _say_address(listener)
            _say_demo(demo, listener)
            _serve_alone(app, listener)
        else:
            bring_into_use(settings.releases_directory, verified=True)
            open_records(config).close()
            _say_address(listener)
            _say_demo(demo, listener)
            _serve_with_workers(settings, listener, workers)


def worker_app() -> FastAPI:
    """What each worker runs; its parent has verified the release a moment before."""
    threading.Thread(target=_end_with_parent, name="parent-watcher", daemon=True).start()
    settings = Settings.model_validate_json(os.environ[SETTINGS_VARIABLE])
    return create_app(settings)


def _serve_alone(app: FastAPI, listener: socket.socket) -> None:
    # uvicorn raises the signal again when it is done: then it shall end us with exit code 0
    signal.signal(signal.SIGTERM, lambda *_: None)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(_uvicorn(app, workers=1)).run([listener])


def _serve_with_workers(settings: Settings, listener: socket.socket, workers: int) -> None:
    os.environ[SETTINGS_VARIABLE] = settings.for_worker(workers).model_dump_json()
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    Multiprocess(_uvicorn("service.serve:worker_app", workers), [listener]).run()


def _uvicorn(app: FastAPI | str, workers: int) -> uvicorn.Config:
    """Bounds on what one client may hold: a connection that idles, headers, connections at all."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        log_config=LOGGING,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        backlog=BACKLOG,
        limit_concurrency=500,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
        http=Connection,
    )


@contextmanager
def _listening(address: str, port: int) -> Iterator[socket.socket]:
    """Listens at once: who connects before the workers stand waits instead of being refused.

    The protocol is named because asyncio switches Nagle's delay off only where it is; without that
    every answer over a kept connection takes 40 ms longer.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
            listener.listen(BACKLOG)
        except OSError as error:
            raise ReadWriteError(_why_not(address, port, error)) from error
        listener.set_inheritable(True)
        yield listener


def _why_not(address: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {address} is in use; stop what runs there or name another: --port"
    return f"port {port} on {address} cannot be used: {error.strerror}; name another: --port"


def _reachable(host: str, config: Config) -> str:
    """Others may come only where they can be told apart, and by names that are ours."""
    if not config.service.hosts:
        raise ConfigError(
            f"--host {host!r}: callers from other machines need a name for this one; write those "
            f'they use into the config: [service] hosts = ["shop.example.com"]; {_OR_LOOPBACK}'
        )
    with closing(open_records(config)) as database, database.reading() as connection:
        if not any_key_in_use(connection):
            raise ConfigError(
                f"--host {host!r}: no key is in use, so nobody could be answered; make one: "
                f"recommender keys create NAME --role ROLE; {_OR_LOOPBACK}"
            )
    return host


_OR_LOOPBACK = f"or serve this machine only: --host {next(iter(LOOPBACK))}"


def _say_address(listener: socket.socket) -> None:
    print(_address(listener), flush=True)


def _say_demo(demo: Demo | None, listener: socket.socket) -> None:
    if demo is not None:
        demo.say(_address(listener))


def _address(listener: socket.socket) -> str:
    address, port = listener.getsockname()[:2]
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def _end_with_parent() -> None:
    """A worker whose parent was killed would hold the port for ever."""
    parent = int(os.environ[PARENT_VARIABLE])
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)

"""The commands of the service, found by `recommender` through its entry points."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from recommender.cli.options import config_option
from recommender.config import load_config
from recommender.errors import ConfigError


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@config_option
def serve_command(host: str, port: int, workers: int, config_path: Path) -> None:
    """Answer page, shop and rep from the live release."""
    if find_spec("fastapi") is None:
        raise ConfigError("serving needs FastAPI: pip install 'recommender[service]'")
    from service.serve import serve  # noqa: PLC0415 - the engine runs without FastAPI

    serve(load_config(config_path), host=host, port=port, workers=workers)

"""`demo`."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from pathlib import Path

import click

from recommender.cli.options import talk
from recommender.config import load_config
from recommender.errors import ReadWriteError
from recommender.train import train

FOLDER = Path("demo")


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--no-serve", is_flag=True, help="Train only.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")
def demo(port: int, no_serve: bool) -> None:
    """Sample data into ./demo, train, serve on 127.0.0.1:8000 with keys to try it."""
    _copy_sample(FOLDER)
    config_path = FOLDER / "recommender.toml"
    published = train(load_config(config_path), say=talk)
    talk(f"published {published.name}; {config_path} shows what it was made from")
    if not no_serve:
        _become_service(config_path, port)


def _become_service(config_path: Path, port: int) -> None:
    """A fresh process in place of this one, which still holds all that the training needed."""
    serve = ["serve", "--demo-keys", "--config", str(config_path), "--port", str(port)]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "recommender.cli.main", *serve])  # noqa: S606


def _copy_sample(folder: Path) -> None:
    """What is there already stays, so that a demo may be played with."""
    try:
        folder.mkdir(exist_ok=True)
        for file in sorted(_sample_folder().iterdir()):
            if file.suffix in {".csv", ".toml"} and not (folder / file.name).exists():
                shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise ReadWriteError(
            f"{folder}: the sample data cannot be copied here: {error.strerror}"
        ) from error


def _sample_folder() -> Path:
    """In a checkout beside the package, else where the installed package put it."""
    checkout = Path(__file__).parents[2] / "datasets" / "sample"
    installed = Path(sysconfig.get_path("data")) / "share" / "recommender" / "sample"
    for folder in (checkout, installed):
        if (folder / "recommender.toml").is_file():
            return folder
    raise ReadWriteError(f"{installed}: the sample data are missing; install the package again")

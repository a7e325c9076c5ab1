"""`releases list | show | rollback`."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.cli.options import config_option, talk
from recommender.config import load_config
from recommender.errors import BrokenReleaseError, UnknownReleaseError
from recommender.release.manifest import read_manifest
from recommender.release.opening import open_release
from recommender.release.publish import make_current, training_lock
from recommender.release.shelf import Shelf
from recommender.tables.wording import counted


@click.group()
def releases() -> None:
    """What is live, what it was made from, and the way back."""


@releases.command("list")
@config_option
def list_releases(config_path: Path) -> None:
    """All releases, oldest first; the live one is marked."""
    shelf = Shelf(load_config(config_path).releases_directory)
    current = shelf.current_name()
    for name in shelf.names():
        click.echo(f"{'*' if name == current else ' '} {name}  {_sizes(shelf.directory / name)}")


def _sizes(folder: Path) -> str:
    try:
        manifest = read_manifest(folder)
    except BrokenReleaseError as error:
        return f"cannot be used: {error}"
    counts = manifest.counts
    sizes = [
        counted(counts[n], n[:-1]) for n in ("customers", "products", "purchases") if n in counts
    ]
    return ", ".join([*sizes, f"through {manifest.data_through}"])


@releases.command()
@click.argument("name", metavar="R", required=False)
@config_option
def show(name: str | None, config_path: Path) -> None:
    """The manifest of one release, or of the live one, without its list of files."""
    manifest = read_manifest(Shelf(load_config(config_path).releases_directory).folder(name))
    click.echo(manifest.model_dump_json(indent=1, exclude={"files"}))


@releases.command()
@click.argument("name", metavar="[R]", required=False)
@config_option
def rollback(name: str | None, config_path: Path) -> None:
    """Make R live, or the release before the live one; the others stay."""
    directory = load_config(config_path).releases_directory
    with training_lock(directory):
        wanted = name or _earlier(Shelf(directory))
        open_release(directory, wanted)  # a broken one must not go live
        make_current(directory, wanted)
    talk("this is live now; the other releases stay where they are")
    click.echo(wanted)


def _earlier(shelf: Shelf) -> str:
    """The newest release before the live one: also when the live one's manifest is broken."""
    current = shelf.current_name()
    earlier = [name for name in shelf.names() if current is None or name < current]
    if not earlier:
        raise UnknownReleaseError(
            f"{shelf.directory}: no release before {current}; name one, see `releases list`"
        )
    return earlier[-1]

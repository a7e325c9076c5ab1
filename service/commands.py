"""The commands of the service, found by `recommender` through its entry points."""

from __future__ import annotations

from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import click

from recommender.cli.options import config_option, talk
from recommender.cli.told import defaults_in_words
from recommender.config import load_config
from recommender.errors import ConfigError
from service.access.caller import PUBLIC, ROLES, Role
from service.records import issuing
from service.records.database import open_database
from service.records.keys import KnownKey, all_keys
from service.records.migrate import migrate, open_records
from service.widget.hint import hint


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--demo-keys", is_flag=True, hidden=True)
@config_option
def serve_command(host: str, port: int, workers: int, demo_keys: bool, config_path: Path) -> None:
    """Answer page, shop and rep from the live release."""
    if find_spec("fastapi") is None:
        raise ConfigError("serving needs FastAPI: pip install 'recommender[service]'")
    from service.demo import Demo  # noqa: PLC0415
    from service.serve import serve  # noqa: PLC0415 - the engine runs without FastAPI

    config = load_config(config_path)
    talk(defaults_in_words(config))
    demo = Demo(config) if demo_keys else None
    serve(config, host=host, port=port, workers=workers, demo=demo)


@click.group()
def keys() -> None:
    """Who may ask the service, and for what."""


@keys.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--rep", help="Whose customers a key of the role `rep` may see.")
@config_option
def create(name: str, role: Role, rep: str | None, config_path: Path) -> None:
    """Make a key; it is shown once, alone on stdout."""
    config = load_config(config_path)
    with closing(open_records(config)) as database, database.writing() as told:
        key = issuing.issue_key(told, name, role, rep)
    whose = f", for the customers of {rep}" if rep else ""
    talk(f"{name}: a key of the role {role}{whose}; keep it now, it cannot be shown again")
    if role == PUBLIC:
        talk(hint(config, key.shown))
    click.echo(key.shown)


@keys.command("list")
@config_option
def list_keys(config_path: Path) -> None:
    """Name, role, rep, and since when; revoked ones too."""
    with closing(open_records(load_config(config_path))) as database, database.reading() as told:
        found = all_keys(told)
    if not found:
        talk("no keys yet; make one: recommender keys create NAME --role ROLE")
    for key in found:
        click.echo(_line(key))


@keys.command()
@click.argument("name")
@config_option
def revoke(name: str, config_path: Path) -> None:
    """End a key, and the sessions begun with it, at once."""
    with closing(open_records(load_config(config_path))) as database, database.writing() as told:
        issuing.end_key(told, name)
    talk(f"{name}: revoked; its next request is refused")


@click.command("migrate")
@config_option
def migrate_command(config_path: Path) -> None:
    """Bring the database to the schema of this version."""
    with closing(open_database(load_config(config_path))) as database:
        before, after = migrate(database)
    click.echo(f"{before or 'none'} -> {after}")


def _line(key: KnownKey) -> str:
    since = f"since {key.created_at:%Y-%m-%d %H:%M} UTC"
    until = f", revoked {key.revoked_at:%Y-%m-%d %H:%M} UTC" if key.revoked_at else ""
    return "\t".join([key.name, key.role, key.rep or "-", f"{since}{until}"])

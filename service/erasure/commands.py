"""`export` and `forget`."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path

import click

from recommender.cli.options import config_option, talk
from recommender.config import load_config
from recommender.errors import ConfigError
from service.erasure.export import export_customer
from service.erasure.forget import forget
from service.erasure.holdings import Holdings
from service.erasure.receipt import A_LIST
from service.records.migrate import open_records

AT_THE_TERMINAL = "command line"
"""Who did it, for the audit."""


@click.command("export")
@click.argument("customer_id", metavar="CUSTOMER")
@config_option
def export_command(customer_id: str, config_path: Path) -> None:
    """All we hold about a customer, with what the model derived, as one JSON document."""
    config = load_config(config_path)
    with closing(open_records(config)) as database:
        found = export_customer(Holdings.of(config, database), customer_id)
    click.echo(json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False))


@click.command("forget")
@click.argument("customer_id", metavar="CUSTOMER")
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_option
def forget_command(customer_id: str, yes: bool, config_path: Path) -> None:
    """Erase a customer from database, releases and lists; the receipt is printed as JSON."""
    config = load_config(config_path)
    _confirm(yes)
    with closing(open_records(config)) as database:
        receipt = forget(Holdings.of(config, database), customer_id, by=AT_THE_TERMINAL)
    for row in receipt["remains"]:
        if row["what"].startswith(A_LIST):
            talk(f"{row['what']} {row['why']}")
    click.echo(json.dumps(receipt, indent=1, ensure_ascii=False, allow_nan=False))


def _confirm(yes: bool) -> None:
    """Raises `ConfigError` where nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigError("forget cannot be undone and nobody is here to ask; say --yes")
    click.confirm("This cannot be undone. Erase the customer?", abort=True, err=True)

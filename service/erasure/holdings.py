"""Where a company's data about its customers lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from recommender.config import Config, PermissionsSection, TableSection
from recommender.errors import ConfigError
from service.records.database import Database
from service.records.schema import lists

TABLES = ("purchases", "customers", "events", "products")


@dataclass(frozen=True)
class Holdings:
    """Records, releases and lists are ours; the sources are the company's own."""

    database: Database
    releases: Path
    folder: Path
    """Of the config; relative paths begin there."""
    sources: Mapping[str, str]
    """Table -> the file, folder, glob or query it is read from."""
    permissions: PermissionsSection = field(default_factory=PermissionsSection)
    """Of those who were never asked."""

    @classmethod
    def of(cls, config: Config, database: Database) -> Self:
        return cls(
            database,
            config.releases_directory,
            config.folder,
            sources_of(config),
            config.permissions,
        )

    def lists(self, connection: sa.Connection) -> list[Path]:
        """Every list that was written here and registered, oldest first."""
        found = connection.execute(sa.select(lists.c.path).order_by(lists.c.written_at))
        return [self.folder / path for path in found.scalars()]


def sources_of(config: Config) -> dict[str, str]:
    """As the config names them; of a database the query, for its address may hold a password."""
    sections = {name: getattr(config, name) for name in TABLES}
    return {name: _source(section) for name, section in sections.items() if section is not None}


def _source(section: TableSection) -> str:
    return section.source or f"the query {section.query!r}"


def checked_id(customer_id: str) -> str:
    """Raises `ConfigError` for what can be nobody's id."""
    if not customer_id or "\0" in customer_id or not _is_text(customer_id):
        raise ConfigError("CUSTOMER is empty or holds what no text may hold; give the id as it is")
    return customer_id


def _is_text(customer_id: str) -> bool:
    try:
        customer_id.encode()
    except UnicodeEncodeError:
        return False
    return True

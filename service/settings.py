"""What the service needs to know before it starts; it travels to worker processes as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from recommender.config import (
    ComplaintsSection,
    Config,
    PermissionsSection,
    ProxySection,
    RequestsPerMinuteSection,
    database_url,
)
from recommender.formats.locales import ENGLISH
from service.erasure.holdings import sources_of
from service.records.database import KEY

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Settings(BaseModel):
    """Everything else (currency, counts, dates) is said by the release itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    releases_directory: Path
    folder: Path
    """Of the config; a relative path of the database is one in it."""
    database: str = "sqlite:///recommender.db"
    permissions: PermissionsSection = PermissionsSection()
    sources: dict[str, str] = {}
    """The company's own tables, as the config names them: an erasure says where else to look."""
    complaints: ComplaintsSection = ComplaintsSection()
    verified_at_start: bool = True
    """A worker leaves it out, because its parent has read every byte a moment before."""
    allowed_hosts: frozenset[str] = LOOPBACK_HOSTS
    """Names a caller may address us by. A foreign page that points its own name at this machine
    (DNS rebinding) is refused."""
    max_body_bytes: int = 512 * 1024
    """Room for the 1,000 events of one request."""
    requests_per_minute: RequestsPerMinuteSection = RequestsPerMinuteSection()
    workers: int = 1
    """That share the limits."""
    locale: str = ENGLISH
    tls: bool = False
    proxy: ProxySection | None = None

    @classmethod
    def from_config(cls, config: Config) -> Self:
        return cls(
            releases_directory=config.releases_directory,
            folder=config.folder,
            database=database_url(config.service.database, KEY),
            permissions=config.permissions,
            allowed_hosts=LOOPBACK_HOSTS | {host.lower() for host in config.service.hosts},
            locale=config.service.locale,
            tls=config.service.tls,
            proxy=config.service.proxy,
            sources=sources_of(config),
            complaints=config.service.complaints,
            requests_per_minute=config.service.requests_per_minute,
        )

    def for_worker(self, workers: int) -> Self:
        """Of so many."""
        return self.model_copy(update={"verified_at_start": False, "workers": workers})

"""The whole of `recommender.toml`, read and checked."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from pydantic import PrivateAttr, ValidationError

from recommender.config.mistakes import sentences
from recommender.config.section import Section
from recommender.config.service import PermissionsSection, ServiceSection
from recommender.config.tables import PurchaseSection, TableSection
from recommender.config.train import ReleasesSection, TrainSection
from recommender.errors import ConfigError


class Config(Section):
    """The whole file, checked. Paths in it are relative to `folder`."""

    purchases: PurchaseSection
    products: TableSection | None = None
    customers: TableSection | None = None
    events: TableSection | None = None
    train: TrainSection = TrainSection()
    releases: ReleasesSection = ReleasesSection()
    permissions: PermissionsSection = PermissionsSection()
    service: ServiceSection = ServiceSection()
    _folder: Path = PrivateAttr(default=Path())

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def releases_directory(self) -> Path:
        return self._folder / self.releases.directory


def load_config(path: Path) -> Config:
    """Raises `ConfigError` that names file, key, value and remedy."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(
            f"{path}: no such file; run `recommender init` beside your data or name one: --config"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        raise ConfigError("\n".join(sentences(Config, path, error))) from error
    config._folder = path.parent
    return config


def database_url(url: str, key: str) -> str:
    """The URL itself, or what the environment variable behind `env:NAME` holds."""
    if not url.startswith("env:"):
        return url
    name = url.removeprefix("env:")
    if not os.environ.get(name):
        raise ConfigError(f"{key} = {url!r}: the environment variable {name} is not set; set it")
    return os.environ[name]

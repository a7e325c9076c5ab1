"""`recommender.toml`: what to read, how to learn, where to publish, how to serve."""

from __future__ import annotations

import difflib
import os
import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from recommender.errors import ConfigError
from recommender.formats.locales import ENGLISH, locale_named
from recommender.origin import Origin

Auto = Literal["auto"]
LEAST_MEMORY = 256 * 10**6
"""Bytes."""


class Section(BaseModel):
    """One table of the file; a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class TableSection(Section):
    """Where one table comes from and how its cells are written."""

    source: str | None = None
    """A file, a folder or a glob, relative to the config."""
    url: str | None = None
    """A database, as SQLAlchemy writes it; `env:NAME` takes it from the environment."""
    query: str | None = None
    columns: dict[str, str] = {}
    """Ours = theirs."""
    encoding: str = "auto"
    separator: str = "auto"
    decimal: Literal["auto", ".", ","] = "auto"
    date_format: str = "auto"
    """As `strptime` writes it, such as `%d.%m.%Y %H:%M`."""
    time_zone: str = "UTC"
    """Of times that name none themselves."""
    sheet: str | None = None
    """Of an Excel file; the first one if left out."""
    max_rejected: Annotated[float, Field(ge=0, le=1)] = 0.2
    """Share of bad rows past which the run stops."""

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> Self:
        if (self.source is None) == (self.url is None):
            raise ValueError('set either source = "file, folder or glob" or url with query')
        if (self.url is None) != (self.query is None):
            raise ValueError("url and query belong together; set both")
        if len(self.separator) != 1 and self.separator != "auto":
            raise ValueError(f"separator is {self.separator!r}; it must be one character or auto")
        return self


class PurchaseSection(TableSection):
    """The one table that may be larger than memory."""

    memory: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5} ?[MG]B$")] | Auto = "auto"
    """What reading and sorting it may take, such as 4GB; what needs more goes by the disk."""
    reuse: bool = True
    """Whether `train` keeps what it read of CSV and Excel files for the next training."""

    @model_validator(mode="after")
    def _has_enough(self) -> Self:
        if self.memory_bytes is not None and self.memory_bytes < LEAST_MEMORY:
            raise ValueError(f"memory is {self.memory!r}; sorting needs at least 256MB")
        return self

    @property
    def memory_bytes(self) -> int | None:
        """None where it is left to us."""
        if self.memory == "auto":
            return None
        return int(self.memory[:-2]) * {"M": 10**6, "G": 10**9}[self.memory[-2]]


class SparkSection(Section):
    """Where `train --engine spark` runs, and what holds for that engine alone."""

    master: str = "local[2]"
    """As Spark writes it; `local[N]` is N cores of this machine."""
    memory: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5} ?[MG]B$")] = "2GB"
    """Of the driver and of each executor."""
    directory: str | None = None
    """For checkpoints and what executors read; on a cluster one that all machines see."""
    regularization: Annotated[float, Field(gt=0, le=1e4)] | Auto = "auto"
    """Of the customer with the usual number of products; MLlib counts it by their number."""
    alpha: Annotated[float, Field(gt=0, le=1e4)] | Auto = "auto"


class TrainSection(Section):
    history_days: Annotated[int, Field(ge=28, le=36500)] = 730
    factors: Annotated[int, Field(ge=1, le=2048)] | Auto = "auto"
    regularization: Annotated[float, Field(gt=0, le=1e6)] | Auto = "auto"
    alpha: Annotated[float, Field(gt=0, le=1e6)] | Auto = "auto"
    half_life_days: Annotated[float, Field(gt=0, le=36500)] | Auto = "auto"
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    diversity: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of its worth that a suggestion loses for each of its category before it in the list."""
    spark: SparkSection = SparkSection()

    def searched(self, engine: Literal["implicit", "spark"]) -> dict[str, float | Auto]:
        """What may be left open, as it was written for the engine."""
        of_engine: TrainSection | SparkSection = self if engine == "implicit" else self.spark
        return {
            "factors": self.factors,
            "regularization": of_engine.regularization,
            "alpha": of_engine.alpha,
            "half_life_days": self.half_life_days,
        }


class ReleasesSection(Section):
    directory: str = "releases"
    keep: Annotated[int, Field(ge=1, le=1000)] = 5


class PermissionsSection(Section):
    """What holds for a customer that was never asked."""

    personalisation: bool = True
    phone: bool = True
    email: bool = False
    post: bool = True


class ComplaintsSection(Section):
    """Days from the opening of a complaint."""

    acknowledge_days: Annotated[int, Field(ge=0, le=365)] = 2
    resolve_days: Annotated[int, Field(ge=0, le=365)] = 14


class ProxySection(Section):
    """A proxy in front of the service that signs people in by itself."""

    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")] = "X-Remote-User"
    """Holds the name of the key to act as."""
    addresses: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    """Of the proxy; from anywhere else the header is ignored."""

    @model_validator(mode="after")
    def _is_no_name(self) -> Self:
        for address in self.addresses:
            try:
                ip_address(address)
            except ValueError as error:
                raise ValueError(f"{address!r} is no address; write it as 10.0.0.1") from error
        return self


Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$|^\[[0-9A-Fa-f:.]+\]$")]


Requests = Annotated[int, Field(ge=0, le=100_000_000)]


class RequestsPerMinuteSection(Section):
    """Of one key of each role; 0 for no limit."""

    widget: Requests = 6_000
    """Of one address, for its key is everybody's."""
    shop: Requests = 60_000
    rep: Requests = 30_000
    manager: Requests = 30_000
    admin: Requests = 30_000
    nobody: Requests = 6_000
    """Of one address, without a key."""


class ServiceSection(Section):
    database: str = "sqlite:///recommender.db"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    locale: str = ENGLISH
    """How numbers, money and days are written for people; never in JSON or columns of a file."""
    hosts: Annotated[tuple[Host, ...], Field(strict=False)] = ()
    """Names that callers from other machines address the service by, without port."""
    origins: Annotated[tuple[Origin, ...], Field(strict=False)] = ()
    """Of the web shop's pages, which may ask what goes with a product with a widget key."""
    tls: bool = False
    """Whether callers come by https; then cookies go no other way."""
    proxy: ProxySection | None = None
    complaints: ComplaintsSection = ComplaintsSection()
    requests_per_minute: RequestsPerMinuteSection = RequestsPerMinuteSection()

    @field_validator("locale")
    @classmethod
    def _is_known(cls, locale: str) -> str:
        locale_named(locale)
        return locale


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
        raise ConfigError("\n".join(_sentences(path, error))) from error
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


def _sentences(path: Path, error: ValidationError) -> list[str]:
    """One line a mistake; a union reports the same key once for each of its arms, shown as one."""
    seen: dict[str, str] = {}
    for e in error.errors(include_url=False):
        keys = _named_keys(e["loc"])
        seen.setdefault(".".join(keys), f"{path}: {_what_is_wrong(keys, dict(e))}")
    return list(seen.values())


def _named_keys(loc: tuple[int | str, ...]) -> list[str]:
    """The path of TOML keys, without the names of types that pydantic appends for unions."""
    keys: list[str] = []
    model: Any = Config
    for part in map(str, loc):
        fields = getattr(model, "model_fields", None)
        if fields is None and keys and keys[-1] != "columns":
            break
        keys.append(part)
        model = _section_of(fields[part].annotation) if fields and part in fields else None
    return keys


def _section_of(annotation: Any) -> Any:
    arms = [annotation, *getattr(annotation, "__args__", ())]
    return next((a for a in arms if isinstance(a, type) and issubclass(a, Section)), None)


def _what_is_wrong(keys: list[str], e: dict[str, Any]) -> str:
    *sections, key = keys or ["the file"]
    name = f"[{'.'.join(sections)}] {key}" if sections else f"[{key}]"
    if e["type"] == "extra_forbidden":
        return f"{name}: unknown key{_did_you_mean(keys)}"
    if e["type"] == "missing":
        return f"{name}: is required and missing; add it"
    said = e["msg"].removeprefix("Value error, ")
    if e["type"] == "string_pattern_mismatch":
        said = _SHAPES.get(keys[-1], said)
    value = "" if isinstance(e["input"], dict) else f" = {e['input']!r}"
    said = (said[0].lower() + said[1:]).replace("tuple", "list")
    return f"{name}{value}: {said}"


_SHAPES = {
    "currency": "write three capital letters, such as EUR",
    "hosts": "write names or addresses without scheme and port, such as shop.example.com",
    "memory": "write it as 4GB or 512MB",
    "header": "write the name of a header, such as X-Remote-User",
}


def _did_you_mean(keys: list[str]) -> str:
    model: Any = Config
    for key in keys[:-1]:
        model = _section_of(model.model_fields[key].annotation)
    known = list(model.model_fields)
    near = difflib.get_close_matches(keys[-1], known, 1)
    return f"; did you mean {near[0]}?" if near else f"; known here: {', '.join(known)}"

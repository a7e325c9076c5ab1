"""Who may ask, how it is answered, and what holds where nothing was told."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from recommender.config.section import Section
from recommender.formats.locales import ENGLISH, locale_named
from recommender.origin import Origin


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

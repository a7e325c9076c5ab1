"""What customers told the service, as the commands take it into account."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

from recommender.cli.options import talk
from recommender.config import Config
from recommender.release.changes import changed
from recommender.release.opening import Release
from recommender.suggest.facts import FactsInBlocks, NoFacts
from recommender.told import Told, open_told

__all__ = ["as_told", "book_of", "defaults_in_words", "open_told", "say_defaults"]


def book_of(told: Told | None, release: Release) -> AbstractContextManager[FactsInBlocks]:
    """Facts of everyone as of now; what the release knows already is not counted again."""
    if told is None:
        return nullcontext(NoFacts())
    return told.facts(int(release.as_of.timestamp()), datetime.now(UTC).date())


def as_told(release: Release, told: Told | None) -> Release:
    """With products as they are now."""
    return release if told is None else changed(release, told.products())


def say_defaults(told: Told | None, config: Config) -> None:
    """What holds for those who were never asked; where nothing is kept, nobody was."""
    if told is not None:
        talk(defaults_in_words(config))


def defaults_in_words(config: Config) -> str:
    answers = config.permissions.model_dump().items()
    allowed = ", ".join(purpose for purpose, granted in answers if granted) or "nothing"
    refused = ", ".join(purpose for purpose, granted in answers if not granted) or "nothing"
    return f"customers who were never asked allow {allowed} and not {refused} ([permissions])"

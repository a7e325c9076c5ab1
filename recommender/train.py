"""The training: check, build, fit, rank, judge, publish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from recommender.assembly.contents import assemble
from recommender.assembly.evidence import evidence_of
from recommender.assembly.numbering import number_purchases
from recommender.config import Config
from recommender.errors import RefusedError
from recommender.judging.gate import Refusal, gate
from recommender.judging.report import HTML, read_report
from recommender.models.engine import IMPLICIT, Engine
from recommender.models.settings import check_settings
from recommender.release.contents import Contents
from recommender.release.publish import publish, training_lock, write_refused
from recommender.release.shelf import Shelf
from recommender.tables.report import TableReport
from recommender.tables.tables import Progress, Tables, read_tables
from recommender.told import open_told
from recommender.training.account import Account
from recommender.training.kept import Kept
from recommender.training.learned import Judged, Learned
from recommender.training.learning import learn_lists
from recommender.training.permitted import permitted
from recommender.training.reusing import reusing

Say = Callable[[str], None]


@dataclass(frozen=True)
class Published:
    """What a training gives back."""

    name: str
    reports: tuple[TableReport, ...]
    verdict: tuple[str, ...]
    """How good the lists were found to be, in plain words."""
    forced: str | None
    """Why the gate would have kept it back."""


def train(
    config: Config,
    *,
    as_of: datetime | None = None,
    force: str | None = None,
    say: Say = lambda _: None,
    progress: Progress | None = None,
    engine: Engine = IMPLICIT,
) -> Published:
    """Publishes a release made from all purchases, or from those before `as_of`.

    Raises `ConfigError` for settings of another engine, `RefusedError` where the gate keeps it back
    and `force` gives no reason to publish it all the same, `BusyError` when another training is
    running, `BadDataError` when there is nothing to learn from, and what the tables, the fit and
    the disk raise.
    """
    check_settings(config.train, engine.name)
    directory = config.releases_directory
    with training_lock(directory):
        say("reading the tables")
        told = open_told(config)
        with reusing(config, told, say) as reader:
            read = read_tables(config, as_of=as_of, progress=progress, reader=reader)
        found = permitted(read, told)
        tables = found.tables
        if found.left_out is not None:
            say(str(found.left_out))
        now = int(as_of.timestamp()) if as_of else tables.purchases.last_at + 1
        purchases = number_purchases(tables, now, config.train.history_days)
        learned = learn_lists(config, found, purchases, now, say, engine)
        refusal = _gate(learned.found, directory)
        account = Account(config, found, learned, str(refusal) if refusal else None, force)
        if refusal and not force:
            raise _refused(directory, account)
        say("writing the release")
        name = publish(
            directory,
            _contents(tables, learned),
            about=account.manifest_fields(),
            extras=account.report() | account.ranker() | account.rejected(),
            keep=config.releases.keep,
        )
    return Published(name, tables.reports, learned.found.verdict, account.gate["refusal"])


def _contents(tables: Tables, learned: Learned) -> Contents:
    """With the reasons that requests would otherwise work out again and again."""
    contents = assemble(
        tables,
        learned.new.models,
        learned.ranked,
        learned.again.ranked,
        learned.insight,
        learned.regular,
    )
    als = learned.chosen.settings.als
    return replace(contents, evidence=evidence_of(contents, als.alpha, als.regularization))


def _gate(found: Judged | Kept, directory: Path) -> Refusal | None:
    """A ranker that was kept passed it once, and was not judged again."""
    if isinstance(found, Kept):
        return None
    return gate(found.judgement, _live_report(directory))


def _live_report(directory: Path) -> dict[str, Any] | None:
    """What the judging of the live release found; None where there is none."""
    shelf = Shelf(directory)
    live = shelf.current_name()
    return None if live is None else read_report(directory / live)


def _refused(directory: Path, account: Account) -> RefusedError:
    folder = write_refused(directory, account.report())
    return RefusedError(
        f"not published: {account.refusal}. The live release stays; {folder / HTML} shows the "
        'judging. Publish it all the same with --force "why"'
    )

"""Reading as a training does, with what earlier ones kept, and what there is to compare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from recommender.cli.report import told
from recommender.config import Config, load_config
from recommender.release.publish import training_lock
from recommender.release.shelf import PREPARED
from recommender.tables.prepared.prepared import Prepared
from recommender.tables.tables import Tables, read_tables

HEAD = "customer_id,product_id,purchased_at,quantity,unit_price,order_id\n"


def config_of(folder: Path, source: str, settings: str = "") -> Config:
    path = folder / "recommender.toml"
    path.write_text(f'[purchases]\nsource = "{source}"\n{settings}\n', encoding="utf-8")
    return load_config(path)


def read_reusing(
    config: Config,
    is_forgotten: Callable[[str], bool] = lambda _: False,
    said: list[str] | None = None,
) -> tuple[Tables, list[str]]:
    """The tables, and what was said of the reading."""
    said = [] if said is None else said
    with training_lock(config.releases_directory):
        prepared = Prepared(config.releases_directory, is_forgotten, said.append)
        tables = read_tables(config, reader=prepared.read)
        prepared.tidy(is_complete=True)
        prepared.tell()
    return tables, said


def everything(tables: Tables) -> dict[str, Any]:
    """All that a training learns from and tells."""
    bought, report = tables.purchases, tables.reports[0]
    columns = {n: v.tobytes() for n, v in vars(bought).items() if isinstance(v, np.ndarray)}
    channels = bought.channels
    return columns | {
        "customers": [*bought.customers],
        "products": [*bought.products],
        "channels": channels and ([*channels.names], channels.numbers.tolist()),
        "told": [told(r) for r in tables.reports],
        "rejected": report.rejected.astype("str").to_numpy().tolist(),
        "hashed": (report.files, report.sha256),
    }


def reused(files: int, of: int) -> str:
    return f"reused: the lines of {files} of {of} purchases files"


def prepared_files(config: Config) -> dict[str, bytes]:
    """All below the folder, by their names in it."""
    folder = config.releases_directory / PREPARED
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

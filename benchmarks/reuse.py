"""What keeping the lines of CSV and Excel files saves: CPU seconds of reading all tables.

    python benchmarks/reuse.py FOLDER [--turns 3]

FOLDER holds a recommender.toml with its tables. Each turn reads them without reuse, then keeping
what was read, then with all of it kept; what is kept lies in a folder of its own and goes with it.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from recommender.config import Config, load_config
from recommender.tables.tables import read_tables
from recommender.training.reusing import reusing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--turns", type=int, default=3)
    asked = parser.parse_args()
    config = load_config(asked.folder / "recommender.toml")
    with tempfile.TemporaryDirectory() as name:
        place = config.releases.model_copy(update={"directory": name})
        found = [
            one_turn(config.model_copy(update={"releases": place})) for _ in range(asked.turns)
        ]
    print("| reading | CPU seconds of each turn | median |\n|---|---|---|")
    for way in found[0]:
        took = [turn[way] for turn in found]
        print(f"| {way} | {', '.join(f'{t:.1f}' for t in took)} | {median(took):.1f} |")


def one_turn(config: Config) -> dict[str, float]:
    shutil.rmtree(config.releases_directory / "prepared", ignore_errors=True)
    return {
        "without reuse": seconds(lambda: read_tables(config)),
        "the first time, kept": seconds(lambda: read_reusing(config)),
        "all files kept": seconds(lambda: read_reusing(config)),
    }


def read_reusing(config: Config) -> None:
    with reusing(config, None, lambda _: None) as reader:
        read_tables(config, reader=reader)


def seconds(read: Callable[[], object]) -> float:
    began = time.process_time()
    read()
    return time.process_time() - began


if __name__ == "__main__":
    main()

"""Time and memory of the night's list: `python benchmarks/lists.py FOLDER CUSTOMERS ENDING ...`.

After them come options of `cross-sell`, such as `--workers 2`. FOLDER gets a made-up release and
records about a third of its customers, once for each number of them. With a config in place of
CUSTOMERS its release is listed as it is.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from made_up_base import made_up_release

from recommender.config import load_config
from recommender.release.shelf import Shelf
from service.records.migrate import open_records
from service.records.schema import outcomes, permissions

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
TOML = '[purchases]\nsource = "purchases.csv"\n'


def main(folder: Path, about: str, ending: str, *options: str) -> None:
    config = Path(about) if about.endswith(".toml") else made_up_shop(folder, int(about))
    out = folder / f"list.{ending}"
    for run in ("the first list", "one more"):
        began, used = time.monotonic(), _cpu()
        begun = subprocess.Popen(
            [
                *(sys.executable, "-m", "recommender.cli.main", "cross-sell"),
                *("--config", config, "--out", out, *options),
            ]
        )
        main_mb, worker_mb = watched(begun)
        print(
            f"{about}, .{ending} {' '.join(options)}, {run}: "
            f"{time.monotonic() - began:.1f} s by the clock, {_cpu() - used:.1f} s of CPU; "
            f"{main_mb:.0f} MB of its own, {worker_mb:.0f} MB a worker; "
            f"{out.stat().st_size / 1e6:.0f} MB written",
            flush=True,
        )


def made_up_shop(folder: Path, customers: int) -> Path:
    shop = folder / f"shop{customers}"
    config = shop / "recommender.toml"
    if not config.exists():
        shop.mkdir(parents=True)
        made_up_release(shop / "releases", customers)
        config.write_text(TOML, encoding="utf-8")
        _tell(config, customers)
        assert Shelf(shop / "releases").current_name()
    return config


def _tell(config: Path, customers: int) -> None:
    told = {"recorded_by": "x", "recorded_at": AT}
    ids = [f"K{number:06}" for number in range(0, customers, 3)]
    said = [told | {"customer_id": c, "purpose": "phone", "granted": False} for c in ids]
    lost = [
        told | {"customer_id": c, "product_id": "P0001", "outcome": "lost", "recommendation_id": c}
        for c in ids
    ]
    with closing(open_records(load_config(config))) as database, database.writing() as connection:
        connection.execute(permissions.insert(), said)
        connection.execute(outcomes.insert(), lost)


def watched(begun: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Peaks of memory that no file backs, in MB: of the run, and of its largest worker."""
    own = worker = 0.0
    while begun.poll() is None:
        own = max(own, _anonymous_mb(begun.pid))
        for child in _children(begun.pid):
            worker = max(worker, _anonymous_mb(child))
        time.sleep(0.05)
    assert begun.returncode == 0
    return own, worker


def _anonymous_mb(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(x.split()[1]) / 1e3 for x in lines if x.startswith("RssAnon")), 0)


def _children(process: int) -> list[int]:
    try:
        found = Path(f"/proc/{process}/task/{process}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for child in found.split()]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])

"""How time and memory grow with customers, products and purchases: ours beside thirty lines.

    python -m benchmarks.scale --sizes 50000x20000x2000000 100000x20000x5000000 [--stages]

Each size is CUSTOMERSxPRODUCTSxPURCHASES of `made_up_purchases`, written as Parquet. Then the real
command line trains with fixed settings and lists everyone, and `thirty_lines.py` does what it does,
each in a process of its own, all in one run. A busy machine slows both: look at CPU and ratios.
`--folder` keeps purchases, release and list; purchases that lie there already are taken as found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.made_up_purchases import MadeUp, write
from benchmarks.watched import Watched, watch

RECOMMENDER = (sys.executable, "-m", "recommender.cli.main")
THIRTY_LINES = Path(__file__).with_name("thirty_lines.py")
WHY = "a benchmark of time and memory"
CONFIG = """[purchases]
source = "purchases.parquet"
{memory}
[train]
factors = 64
regularization = 10
alpha = 2
half_life_days = 20
"""
"""Numbers, for `auto` would compare settings on some sizes and not on others."""


@dataclass(frozen=True)
class Size:
    customers: int
    products: int
    purchases: int

    @classmethod
    def read(cls, text: str) -> Size:
        """Raises ValueError for anything but three whole numbers with `x` between them."""
        customers, products, purchases = map(int, text.split("x"))
        return cls(customers, products, purchases)

    def __str__(self) -> str:
        return f"{self.customers:,} x {self.products:,} x {self.purchases:,}"


@dataclass(frozen=True)
class Measured:
    size: Size
    train: Watched
    cross_sell: Watched
    thirty_lines: Watched | None
    purchases_bytes: int
    release_bytes: int
    list_bytes: int

    @property
    def runs(self) -> dict[str, Watched]:
        ours = {"train": self.train, "cross-sell --all": self.cross_sell}
        return ours | ({} if self.thirty_lines is None else {"thirty lines": self.thirty_lines})


def measure(size: Size, folder: Path, *, memory: str | None, alone: bool) -> Measured:
    """In a folder of its own; `memory` is that of `[purchases]`, `alone` leaves out the others."""
    folder.mkdir(parents=True, exist_ok=True)
    purchases, listed = folder / "purchases.parquet", folder / "list.csv"
    if not purchases.exists():
        write(MadeUp(**vars(size)), purchases)
    config = folder / "recommender.toml"
    config.write_text(CONFIG.format(memory=f'memory = "{memory}"\n' if memory else ""))
    ours = ("--config", config)
    # made-up customers may be as hard to foretell as they like
    train = watch([*RECOMMENDER, "train", "--force", WHY, *ours])
    cross_sell = watch([*RECOMMENDER, "cross-sell", "--all", "--out", listed, *ours])
    others = [sys.executable, THIRTY_LINES, folder, folder / "thirty.csv"]
    return Measured(
        size=size,
        train=train,
        cross_sell=cross_sell,
        thirty_lines=None if alone else watch(others),
        purchases_bytes=purchases.stat().st_size,
        release_bytes=_bytes_of(folder / "releases"),
        list_bytes=listed.stat().st_size,
    )


def _bytes_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def table(measured: list[Measured]) -> Iterator[str]:
    yield "| customers x products x purchases | | wall s | CPU s | own GB | with mapped GB |"
    yield "|---|---|---|---|---|---|"
    for each in measured:
        for name, run in each.runs.items():
            yield (
                f"| {each.size} | {name} | {run.seconds:.1f} | {run.cpu_seconds:.1f} "
                f"| {run.own_mb / 1e3:.2f} | {run.resident_mb / 1e3:.2f} |"
            )


def on_disk(measured: list[Measured]) -> Iterator[str]:
    yield (
        "| customers x products x purchases | purchases MB | release MB | list MB "
        "| release bytes a customer |"
    )
    yield "|---|---|---|---|---|"
    for each in measured:
        sizes = each.purchases_bytes, each.release_bytes, each.list_bytes
        mb = " | ".join(f"{size / 1e6:.1f}" for size in sizes)
        yield f"| {each.size} | {mb} | {each.release_bytes / each.size.customers:,.0f} |"


def growth(measured: list[Measured]) -> Iterator[str]:
    """Each size against the one before it."""
    if len(measured) < 2:
        return
    yield "| times as many customers, products, purchases | | CPU times | own memory times |"
    yield "|---|---|---|---|"
    for one, next_ in pairwise(measured):
        sizes = zip(vars(one.size).values(), vars(next_.size).values(), strict=True)
        more = ", ".join(f"{b / a:.1f}" for a, b in sizes)
        for name, run in next_.runs.items():
            before = one.runs[name]
            cpu, own = run.cpu_seconds / before.cpu_seconds, run.own_mb / before.own_mb
            yield f"| {more} | {name} | {cpu:.1f} | {own:.1f} |"


def stages(each: Measured) -> Iterator[str]:
    yield f"| train, {each.size} | wall s | CPU s | own GB | with mapped GB |"
    yield "|---|---|---|---|---|"
    for stage in each.train.stages:
        yield (
            f"| {stage.name[:60]} | {stage.seconds:.1f} | {stage.cpu_seconds:.1f} "
            f"| {stage.own_mb / 1e3:.2f} | {stage.resident_mb / 1e3:.2f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=Size.read, nargs="+", required=True)
    parser.add_argument("--stages", action="store_true", help="of every training as well")
    parser.add_argument("--alone", action="store_true", help="without the thirty lines")
    parser.add_argument("--memory", help='of [purchases], such as "1GB"; left out it is "auto"')
    parser.add_argument("--folder", type=Path, help="else one that is removed at the end")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        measured = []
        for size in asked.sizes:
            folder = (asked.folder or Path(place)) / "x".join(map(str, vars(size).values()))
            measured.append(measure(size, folder, memory=asked.memory, alone=asked.alone))
            # the next size may take hours
            print(
                *table(measured[-1:]), *stages(measured[-1]), sep="\n", file=sys.stderr, flush=True
            )
    parts = [table(measured), growth(measured), on_disk(measured)]
    parts += [stages(each) for each in measured] if asked.stages else []
    print("\n\n".join(filter(None, ("\n".join(part) for part in parts))))


if __name__ == "__main__":
    main()

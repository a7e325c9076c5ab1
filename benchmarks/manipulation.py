"""What made-up customers can do to the lists of others.

    python benchmarks/manipulation.py FOLDER DATE --ruler judge.py

FOLDER is what a `datasets/<name>/prepare.py` wrote; purchases from DATE on are left out. Each
attack names a popular product and a chosen rare one, and succeeds when the rare one comes into the
first ten of the popular one's also-bought list without having been there. Attacks on many popular
products are made in one run, each by customers and with a chosen product of its own: as lists
depend on counts alone, that is the same as making them one by one. Then what the protection costs:
also-bought used as a recommender, scored by the ruler. Last the personal lists of the plain ranker,
trained without and with made-up customers.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
from quality import load_ruler, read_purchases
from scipy import sparse

from recommender.config import TrainSection, load_config
from recommender.matrix.purchase_matrix import build_matrix
from recommender.matrix.returns import net_returns
from recommender.models import also_bought
from recommender.models.models import learn
from recommender.models.settings import Settings, resolve
from recommender.ranking.outcome import outcome_of
from recommender.ranking.plain.ranker import fit_plain
from recommender.ranking.ranked import rank
from recommender.ranking.windows import windows_before
from recommender.tables.purchases import COLUMNS, SECONDS_PER_DAY, Purchases
from recommender.tables.tables import read_tables
from recommender.text import Ids

TOP = 10
RARITIES = (1, 3, 5, 20)
Numbers = np.ndarray


@dataclass(frozen=True)
class Attack:
    fakes: int
    lines: int
    """Of each: a popular product, the chosen one, and others."""
    spread: bool
    """Each fake names a popular product of its own."""

    def __str__(self) -> str:
        named = "a popular product each" if self.spread else "one popular product"
        return f"{self.fakes} fakes of {self.lines} lines, {named}"


ATTACKS = (
    Attack(10, 2, spread=False),
    Attack(10, 2, spread=True),
    Attack(20, 2, spread=False),
    Attack(10, 20, spread=False),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("date")
    parser.add_argument("--ruler", type=Path, default=Path("../shared/judge.py"))
    asked = parser.parse_args()
    at = datetime.fromisoformat(asked.date).replace(tzinfo=UTC)
    now = int(at.timestamp())
    tables = read_tables(load_config(asked.folder / "recommender.toml"), as_of=at)
    purchases = tables.purchases.since(now - 365 * SECONDS_PER_DAY)
    settings = resolve(TrainSection())
    bought = build_matrix(net_returns(purchases), settings.weighting, now).bought
    show_attacks(bought)
    show_recall(purchases, bought, asked)
    show_personal(purchases, settings, now)


@contextmanager
def unprotected() -> Iterator[None]:
    """Every customer speaks with its full weight, however little it bought."""
    before = also_bought.FULL_EVIDENCE
    also_bought.FULL_EVIDENCE = 1.0
    try:
        yield
    finally:
        also_bought.FULL_EVIDENCE = before


def show_attacks(bought: sparse.csr_matrix) -> None:
    buyers = np.asarray(bought.sum(axis=0)).ravel()
    order = np.argsort(-buyers, kind="stable")
    print(f"| successes in 100; chosen product of {RARITIES} customers | unprotected | protected |")
    print("|---|---|---|")
    for place, popular in (("1 to 100", order[:100]), ("1 to 600, every sixth", order[:600:6])):
        for attack in ATTACKS:
            with unprotected():
                before = [successes(bought, popular, buyers == k, attack) for k in RARITIES]
            after = [successes(bought, popular, buyers == k, attack) for k in RARITIES]
            print(
                f"| {attack}; popular by rank {place} | {told(before)} | {told(after)} |",
                flush=True,
            )


def told(shares: list[float]) -> str:
    return " / ".join(f"{100 * share:.0f}" for share in shares)


def successes(
    bought: sparse.csr_matrix,
    popular: Numbers,
    rare: Numbers,
    attack: Attack,
) -> float:
    """Share of the popular products whose first ten the chosen product comes into."""
    random = np.random.default_rng(0)
    chosen = random.permutation(np.flatnonzero(rare))
    before = also_bought.find_also_bought(bought)
    hits = 0
    for first in range(0, len(popular), len(chosen)):
        targets = popular[first : first + len(chosen)]
        made_up = fake_customers(bought, targets, chosen, attack, random)
        after = also_bought.find_also_bought(sparse.vstack([bought, made_up]).tocsr())
        for product, named in zip(targets, chosen, strict=False):
            hits += named in first_ten(after, product) and named not in first_ten(before, product)
    return hits / len(popular)


def first_ten(found: also_bought.AlsoBought, product: int) -> list[int]:
    first = int(found.starts[product])
    return found.products[first : min(first + TOP, int(found.starts[product + 1]))].tolist()


def fake_customers(
    bought: sparse.csr_matrix,
    targets: Numbers,
    chosen: Numbers,
    attack: Attack,
    random: np.random.Generator,
) -> sparse.csr_matrix:
    """Rows with a popular product, the chosen one, and fillers that are not under attack."""
    others = np.setdiff1d(np.arange(bought.shape[1]), [*targets, *chosen])
    rows = []
    for place, named in zip(range(len(targets)), chosen, strict=False):
        for fake in range(attack.fakes):
            popular = targets[(place + attack.spread * fake) % len(targets)]
            rows.append([popular, named, *random.choice(others, attack.lines - 2, replace=False)])
    columns = np.array(rows)
    ones = np.ones(columns.size, np.float32)
    where = np.repeat(np.arange(len(rows)), attack.lines), columns.ravel()
    return sparse.csr_matrix((ones, where), (len(rows), bought.shape[1]))


def show_recall(purchases: Purchases, bought: sparse.csr_matrix, asked: argparse.Namespace) -> None:
    ruler = load_ruler(asked.ruler)
    _, truth = ruler.window(read_purchases(asked.folder), asked.date)
    print("\n| also-bought as a recommender | recall@20 | nDCG@10 |\n|---|---|---|")
    with unprotected():
        show_list("unprotected", ruler, truth, listed(purchases, bought))
    show_list("protected", ruler, truth, listed(purchases, bought))


def show_list(name: str, ruler: ModuleType, truth: pd.DataFrame, ranked: pd.DataFrame) -> None:
    found = ruler.judge(ranked, truth)
    print(f"| {name} | {found['recall20']:.4f} | {found['ndcg10']:.4f} |", flush=True)


def listed(purchases: Purchases, bought: sparse.csr_matrix) -> pd.DataFrame:
    """The 20 products nearest to all that a customer bought."""
    neighbours = also_bought.find_also_bought(bought).as_matrix(bought.shape[1])
    scores = (bought @ neighbours.T).toarray()
    scores[bought.nonzero()] = -1.0
    best = np.argsort(-scores, axis=1, kind="stable")[:, :20]
    return pd.DataFrame(
        {
            "customer_id": np.repeat(list(purchases.customers), 20),
            "product_id": np.array(list(purchases.products))[best.ravel()],
            "rank": np.tile(np.arange(1, 21), len(best)),
        }
    )


def show_personal(purchases: Purchases, settings: Settings, now: int) -> None:
    buyers = np.bincount(pairs_of(purchases)[1], minlength=len(purchases.products))
    popular = np.argsort(-buyers, kind="stable")
    real = lists(purchases, settings, now)
    print("\n| personal lists: real customers with the chosen product in their first ten")
    print(f"| of {len(real):,} | without the fakes | with them |\n|---|---|---|")
    for spread in (False, True):
        for rarity in RARITIES[1:]:
            named = int(np.flatnonzero(buyers == rarity)[0])
            targets = popular[:10] if spread else popular[:1].repeat(10)
            attacked = lists(with_fakes(purchases, targets, named, now), settings, now)
            counts = [sum(named in one[c] for c in real) for one in (real, attacked)]
            name = "a popular product each" if spread else "one popular product"
            print(
                f"| 10 fakes, {name}, chosen product of {rarity} | {counts[0]} | {counts[1]} |",
                flush=True,
            )


def pairs_of(purchases: Purchases) -> tuple[Numbers, Numbers]:
    size = len(purchases.products)
    kept = purchases.quantity > 0
    cells = purchases.customer_rows[kept].astype(np.int64) * size + purchases.product_columns[kept]
    return np.divmod(np.unique(cells), size)


def with_fakes(purchases: Purchases, targets: Numbers, named: int, now: int) -> Purchases:
    """Each buys one target and the named product in the last week."""
    fakes = [f"~fake {i}" for i in range(len(targets))]
    customers = Ids.of([*purchases.customers, *fakes])
    real = purchases.onto(customers, purchases.products)
    rows = np.repeat([customers.position(fake) for fake in fakes], 2)
    size = len(rows)
    lines = {
        "customer_rows": rows.astype(np.int32),
        "product_columns": np.column_stack([targets, np.full(len(targets), named)]).ravel(),
        "purchased_at": now - SECONDS_PER_DAY * (1 + np.arange(size) % 7),
        "quantity": np.ones(size),
        "unit_price": np.full(size, np.nan),
        "orders": np.full(size, -1, np.int32),
    }
    joined = {name: np.concatenate([getattr(real, name), lines[name]]) for name in COLUMNS}
    joined["product_columns"] = joined["product_columns"].astype(np.int32)
    return Purchases.sorted(customers, purchases.products, **joined)


def lists(purchases: Purchases, settings: Settings, now: int) -> dict[str, set[int]]:
    """The first ten of everyone, by the plain ranker taught on the newest window."""
    window = windows_before(purchases, now)[0]
    ranker = fit_plain(learn(window.past(), settings, window.at), outcome_of(window.future()), 0)
    models = learn(purchases, settings, now)
    ranked = rank(ranker.scored(models), len(purchases.customers))
    ids = list(purchases.customers)
    return {
        ids[c]: set(ranked.products[ranked.starts[c] : ranked.starts[c + 1]][:TOP].tolist())
        for c in models.known_customers
    }


if __name__ == "__main__":
    main()

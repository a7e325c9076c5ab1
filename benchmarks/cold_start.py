"""Customers and products held out entirely: ours against popularity, in one run.

    python benchmarks/cold_start.py FOLDER DATE

FOLDER holds a recommender.toml, as a `datasets/<name>/prepare.py` wrote it; the year before DATE is
the history. Once a random fifth of the customers loses all purchases before DATE and keeps its row
in the customers table; once a random tenth of the products does. Scored on what was bought in the
28 days after DATE. A product held out counts as listed on the day before, as a new one would be.
For products sold for the first time in these 28 days nothing needs holding out.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.config import load_config
from recommender.judging.window import HISTORY_DAYS, WINDOW_DAYS, bought_between
from recommender.ranking.newcomers.newcomers import Newcomers, learn_newcomers
from recommender.tables.purchases import SECONDS_PER_DAY, Purchases
from recommender.tables.tables import Tables, read_tables
from recommender.text import Ids

CUSTOMERS_HELD, PRODUCTS_HELD = 0.2, 0.1
DISCOUNT = 1 / np.log2(np.arange(2, 12))
IDEAL = np.cumsum(DISCOUNT)
Table = np.ndarray


@dataclass(frozen=True)
class Shop:
    """What was known before the date, and what came."""

    tables: Tables
    history: Purchases
    after: sparse.csr_matrix
    """(customers, products) True where bought in the 28 days."""
    at: int

    def without(self, lines: Table) -> Purchases:
        return self.history.take(~lines)

    def recent(self, history: Purchases, days: int = WINDOW_DAYS) -> sparse.csr_matrix:
        found = bought_between(history, self.at - days * SECONDS_PER_DAY, self.at)
        return found.astype(np.float64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("date")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    shop = read_shop(asked.folder, asked.date)
    print("| | nDCG@10 | recall@20 | AUC |\n|---|---|---|---|")
    judge_customers(shop, asked.seed)
    judge_products(shop, asked.seed)


def read_shop(folder: Path, date: str) -> Shop:
    tables = read_tables(load_config(folder / "recommender.toml"))
    at = int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp())
    bought = tables.purchases.since(at - HISTORY_DAYS * SECONDS_PER_DAY)
    bought = bought.before(at + WINDOW_DAYS * SECONDS_PER_DAY)
    purchases = bought.onto(
        Ids.of([*bought.customers, *tables.customers["customer_id"]]),
        Ids.of([*bought.products, *tables.products["product_id"]]),
    )
    after = bought_between(purchases, at, at + WINDOW_DAYS * SECONDS_PER_DAY)
    return Shop(tables, purchases.before(at), after, at)


def held_out(rows: Table, share: float, size: int, seed: int) -> tuple[Table, Table]:
    """Rows that are held out, ascending, and a mask of them."""
    random = np.random.default_rng(seed)
    held = np.sort(random.choice(np.unique(rows), round(len(np.unique(rows)) * share), False))
    mask = np.zeros(size, bool)
    mask[held] = True
    return held.astype(np.int32), mask


def judge_customers(shop: Shop, seed: int) -> None:
    history = shop.history
    held, mask = held_out(history.customer_rows, CUSTOMERS_HELD, len(history.customers), seed)
    seen = shop.without(mask[history.customer_rows])
    truth = np.asarray(shop.after[held].toarray())
    began = time.process_time()
    newcomers = learn_newcomers(seen, shop.tables, shop.at, seed)
    ours = np.zeros(truth.shape)
    place = {row: position for position, row in enumerate(held.tolist())}
    for block in newcomers.prospects.scored(held):
        ours[[place[row] for row in block.customers.tolist()], block.products] = block.chance
    seconds = time.process_time() - began
    popular = np.tile(_popularity(shop.recent(seen)), (len(held), 1))
    print(f"*customers held out: {len(held)}, {int(truth.any(axis=1).sum())} of them bought*")
    # ours is a list cut at some length, so the area under its curve says nothing
    show("popularity", popular, truth, area=False)
    show("popularity in the segment", _by_segment(shop, seen, held), truth, area=False)
    show("**ours, by portrait**", ours, truth, area=False)
    said(ours, truth, seconds)


def _popularity(recent: sparse.csr_matrix) -> Table:
    return np.asarray(recent.sum(axis=0)).ravel()


def _by_segment(shop: Shop, seen: Purchases, held: Table) -> Table:
    """Popularity within the segment; of equals the more popular everywhere."""
    table = shop.tables.customers.set_index("customer_id").reindex(list(seen.customers))
    segments = (table["segment"] if "segment" in table else table.iloc[:, 0]).fillna("").to_numpy()
    recent = shop.recent(seen)
    everywhere = _popularity(recent)
    lists = {s: _popularity(recent[np.flatnonzero(segments == s)]) for s in set(segments)}
    return np.stack([lists[segments[row]] + 1e-6 * everywhere for row in held])


def judge_products(shop: Shop, seed: int) -> None:
    history = shop.history
    held, mask = held_out(history.product_columns, PRODUCTS_HELD, len(history.products), seed)
    print(f"*products held out: {len(held)}*")
    seen = shop.without(mask[history.product_columns])
    newcomers = learn_newcomers(seen, just_listed(shop, seen, mask), shop.at, seed)
    compare_products(shop, seen, newcomers, held)
    newcomers = learn_newcomers(history, shop.tables, shop.at, seed)
    new = newcomers.new_products.newcomers
    if shop.after[:, new].nnz:
        print(f"*products without a sale before the date: {len(new)}*")
        compare_products(shop, history, newcomers, new)


def just_listed(shop: Shop, seen: Purchases, mask: Table) -> Tables:
    names = {seen.products[int(row)] for row in np.flatnonzero(mask)}
    products = shop.tables.products.copy()
    if "listed_at" in products:
        day_before = pd.Timestamp(shop.at - SECONDS_PER_DAY, unit="s", tz="UTC")
        products.loc[products["product_id"].isin(names), "listed_at"] = day_before
    return replace(shop.tables, products=products)


def compare_products(shop: Shop, seen: Purchases, newcomers: Newcomers, products: Table) -> None:
    customers = np.unique(seen.customer_rows).astype(np.int32)
    truth = np.asarray(shop.after[customers][:, products].toarray()).T
    began = time.process_time()
    ours = np.concatenate([c for _, c in newcomers.new_products.chances(products, customers)])
    seconds = time.process_time() - began
    recent = shop.recent(seen, 91)[customers]
    active = np.tile(np.asarray(recent.sum(axis=1)).ravel(), (len(products), 1))
    category = _of_category(shop, seen, recent, products) + 1e-6 * active
    lists = {"most active customers": active, "takers of the category": category}
    for name, scores in (lists | {"**ours**": ours}).items():
        show(f"customers for a product: {name}", scores, truth)
    per_customer = {
        "most popular category": np.tile(category.sum(axis=1), (len(customers), 1)),
        "share of the category": category.T,
        "**ours**": ours.T,
    }
    for name, scores in per_customer.items():
        show(f"these products for a customer: {name}", scores, truth.T)
    said(ours, truth, seconds)


def _of_category(shop: Shop, seen: Purchases, recent: sparse.csr_matrix, products: Table) -> Table:
    """(products, customers) purchases of the category, a product of it on average."""
    table = shop.tables.products.set_index("product_id").reindex(list(seen.products))
    categories = table["category"].fillna("").to_numpy()
    found = {}
    for name in set(categories[products]):
        members = np.flatnonzero(categories == name)
        sold = max(int((_popularity(recent[:, members]) > 0).sum()), 1)
        found[name] = np.asarray(recent[:, members].sum(axis=1)).ravel() / sold
    return np.stack([found[name] for name in categories[products]])


def show(name: str, scores: Table, truth: Table, *, area: bool = True) -> None:
    """Rows are those a list is made for; those that met nothing are left out."""
    asked = truth.any(axis=1)
    scores, truth = scores[asked], truth[asked]
    order = np.argsort(-scores, axis=1, kind="stable")[:, :20]
    hits = np.take_along_axis(truth, order, axis=1).astype(float)
    wanted = truth.sum(axis=1)
    ndcg = hits[:, :10] @ DISCOUNT[: hits[:, :10].shape[1]] / IDEAL[np.minimum(wanted, 10) - 1]
    recall = hits.sum(axis=1) / np.minimum(wanted, 20)
    areas = [auc(s, t) for s, t in zip(scores, truth, strict=True) if area and not t.all()]
    under = f"{np.mean(areas):.4f}" if areas else ""
    print(f"| {name} | {ndcg.mean():.4f} | {recall.mean():.4f} | {under} |", flush=True)


def auc(scores: Table, truth: Table) -> float:
    """Chance that what was met stands before what was not; of equals, half."""
    values, place = np.unique(scores, return_inverse=True)
    met = np.bincount(place, truth, len(values))
    unmet = np.bincount(place, ~truth, len(values))
    below = np.cumsum(unmet) - unmet
    return float((met * (below + unmet / 2)).sum() / (met.sum() * unmet.sum()))


def said(chance: Table, truth: Table, seconds: float) -> None:
    print(f"ours foretold {chance.sum():,.0f} purchases, {truth.sum():,} came; {seconds:.1f} s")


if __name__ == "__main__":
    main()

"""What spreading the lists costs: one training, listed with several values of `diversity`.

    python benchmarks/diversity.py FOLDER DATE --ruler judge.py

FOLDER is what a `datasets/<name>/prepare.py` wrote. The ruler splits the purchases at DATE and
scores the lists on what was first bought in the 28 days after it. Of the first ten places: the
categories in a list, how alike two products of a list are (cosine over the customers that bought
them), and how many products are shown to anyone.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from quality import load_ruler, read_purchases, train_in
from scipy import sparse
from threadpoolctl import threadpool_limits

from recommender.release.opening import Release, open_release
from recommender.suggest.suggest import suggest
from recommender.suggest.suggestion import Wish

DIVERSITIES = (0.0, 0.1, 0.25, 0.5, 1.0)
TOP = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("date")
    parser.add_argument("--ruler", type=Path, default=Path("../shared/judge.py"))
    asked = parser.parse_args()
    ruler = load_ruler(asked.ruler)
    history, truth = ruler.window(read_purchases(asked.folder), asked.date)
    with tempfile.TemporaryDirectory() as place:
        train_in(Path(place), asked.folder, history, asked.date)
        release = open_release(Path(place) / "releases")
        print("| diversity | nDCG@10 | recall@20 | categories a list | alike | products shown |")
        print("|---|---|---|---|---|---|")
        for diversity in DIVERSITIES:
            listed = everyones_lists(spread(release, diversity))
            found = ruler.judge(listed, truth)
            categories, alike = shape_of(release, listed)
            print(
                f"| {diversity:g} | {found['ndcg10']:.4f} | {found['recall20']:.4f} | "
                f"{categories:.2f} | {alike:.4f} | {found['products_shown']:,} |",
                flush=True,
            )


def spread(release: Release, diversity: float) -> Release:
    """The same release as if it had been trained with another diversity."""
    settings = release.manifest.settings | {"diversity": diversity}
    return replace(release, manifest=release.manifest.model_copy(update={"settings": settings}))


def everyones_lists(release: Release) -> pd.DataFrame:
    wish = Wish(n=20)
    with threadpool_limits(1, "blas"):
        rows = [
            (customer, s.product_id, s.rank)
            for customer in release.customers.ids
            for s in suggest(release, customer, wish).suggestions
        ]
    return pd.DataFrame(rows, columns=["customer_id", "product_id", "rank"])


def shape_of(release: Release, listed: pd.DataFrame) -> tuple[float, float]:
    """Categories a list of ten, and the mean cosine of its pairs of products."""
    places = {product: place for place, product in enumerate(release.products.ids)}
    top = listed[listed["rank"] <= TOP]
    lists = top.groupby("customer_id")["product_id"].apply(lambda ids: [places[i] for i in ids])
    numbers, bought = release.products.category_number, customers_of(release)
    categories = [len(set(numbers[one][numbers[one] >= 0].tolist())) for one in lists]
    return float(np.mean(categories)), float(np.mean([likeness(bought[one]) for one in lists]))


def customers_of(release: Release) -> sparse.csr_matrix:
    """(products, customers) of unit length."""
    bought = release.bought
    shape = (len(release.customers.ids), len(release.products.ids))
    ones = np.ones(len(bought.products))
    matrix = sparse.csr_matrix((ones, bought.products, bought.starts), shape).T.tocsr()
    lengths = np.sqrt(np.maximum(np.diff(matrix.indptr), 1))
    return sparse.csr_matrix(sparse.diags(1 / lengths) @ matrix)


def likeness(products: sparse.csr_matrix) -> float:
    cosines = (products @ products.T).toarray()
    pairs = np.triu_indices(len(cosines), 1)
    return float(cosines[pairs].mean()) if len(pairs[0]) else 0.0


if __name__ == "__main__":
    main()

"""The thirty lines a data scientist would write: purchases in, a list for everyone out.

    python benchmarks/thirty_lines.py FOLDER OUT.csv

FOLDER holds purchases.parquet or purchases/*.parquet. No check, no returns, no judging, no reasons.
"""

import sys
from pathlib import Path

import implicit
import numpy as np
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits

folder, out = Path(sys.argv[1]), sys.argv[2]
source = folder / "purchases.parquet"
purchases = pd.read_parquet(source if source.exists() else folder / "purchases")
purchases = purchases[purchases["quantity"] > 0]
customers, customer_ids = pd.factorize(purchases["customer_id"])
products, product_ids = pd.factorize(purchases["product_id"])
matrix = sparse.csr_matrix((np.ones(len(customers), np.float32), (customers, products)))
with threadpool_limits(1, "blas"):
    model = implicit.als.AlternatingLeastSquares(factors=64, random_state=0)
    model.fit(matrix, show_progress=False)
    ids, scores = model.recommend(np.arange(matrix.shape[0]), matrix, N=10)
table = pd.DataFrame(
    {
        "customer_id": np.repeat(customer_ids, 10),
        "product_id": product_ids[ids.ravel()],
        "rank": np.tile(np.arange(1, 11), len(customer_ids)),
        "score": scores.ravel(),
    }
)
table.to_csv(out, index=False)

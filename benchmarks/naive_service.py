"""What a data scientist would put behind HTTP: FastAPI calling implicit. `service.py` starts it.

No key, no permission, no rules but what was bought, no reasons.

    python benchmarks/naive_service.py RELEASE_FOLDER PORT
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from recommender.release.opening import open_release


def naive(release_folder: Path) -> FastAPI:
    """The factors of our own release, so that both know the same."""
    release = open_release(release_folder.parent, release_folder.name, verified=False)
    bought, factors = release.bought, release.model
    shape = (len(release.customers.ids), len(release.products.ids))
    matrix = csr_matrix((bought.weights, bought.products, bought.starts), shape)
    model = AlternatingLeastSquares(factors=factors.product_factors.shape[1])
    model.user_factors = np.array(factors.customer_factors)
    model.item_factors = np.array(factors.product_factors)
    rows = {customer_id: row for row, customer_id in enumerate(release.customers.ids)}
    products = list(release.products.ids)
    names = list(release.products.name)
    app = FastAPI()

    @app.get("/v1/customers/{customer_id}/suggestions")
    async def suggestions(customer_id: str, n: int = 8) -> dict:
        row = rows[customer_id]
        columns, scores = model.recommend(row, matrix[row], N=n)
        return {
            "customer_id": customer_id,
            "suggestions": [
                {"product_id": products[c], "name": names[c], "score": float(s)}
                for c, s in zip(columns, scores, strict=True)
            ],
        }

    return app


if __name__ == "__main__":
    with threadpool_limits(1):
        # the parser and the loop that ours has, and nothing that ours does not pass through
        uvicorn.run(
            naive(Path(sys.argv[1])),
            port=int(sys.argv[2]),
            access_log=False,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            http="httptools",
            loop="uvloop",
        )

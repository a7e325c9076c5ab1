"""The feature table of a block of pairs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recommender.ranking.boosted.block import Block
from recommender.ranking.boosted.facts import CustomerGrouping, Facts, ProductGrouping
from recommender.ranking.sparse_rows import values_at

Columns = dict[str, npt.NDArray[np.floating]]


def features_of(block: Block, facts: Facts) -> tuple[list[str], npt.NDArray[np.float32]]:
    """Names, and (pairs, names) values; NaN where nothing is known."""
    products, customers = block.products, block.customers
    columns: Columns = dict(block.opinions)
    columns |= {name: fact[products] for name, fact in facts.products.items()}
    columns |= {f"customer_{name}": fact[customers] for name, fact in facts.customers.items()}
    columns |= _derived(block, facts)
    for name, product_grouping in facts.product_groupings.items():
        columns |= _of_product_group(name, product_grouping, block, facts)
    for name, customer_grouping in facts.customer_groupings.items():
        columns |= _of_customer_group(name, customer_grouping, block)
    table = np.empty((len(block), len(columns)), np.float32)
    for position, column in enumerate(columns.values()):
        table[:, position] = column
    return list(columns), table


def _derived(block: Block, facts: Facts) -> Columns:
    """Where one number of the customer meets one of the product."""
    breadth = facts.customers["breadth"][block.customers]
    step = facts.products["log_price"][block.products] - facts.price_mean[block.customers]
    return {
        "bought_with_share": block.opinions["bought_with_ever"] / np.sqrt(breadth + 1),
        "price_step": step,
        "price_step_spreads": step / facts.price_spread[block.customers],
    }


def _of_product_group(name: str, grouping: ProductGrouping, block: Block, facts: Facts) -> Columns:
    """What the customer has of the product's category, brand or the like."""
    group = grouping.group[block.products]
    mine = np.maximum(group, 0)
    customers, rows = np.unique(block.customers, return_inverse=True)
    share, bought, new_28, new_91 = (
        values_at(matrix[customers], rows, mine)
        for matrix in (grouping.share, grouping.bought, grouping.new_28, grouping.new_91)
    )
    recent = facts.products["buyers_28"][block.products]
    columns: Columns = {
        "share": share,
        "bought": bought,
        "complete": bought / np.maximum(grouping.size, 1)[mine],
        "new_28": new_28,
        "new_91": new_91,
        "part": recent / np.maximum(grouping.recent_buyers, 1)[mine],
    }
    return _known_only(f"{name}_", columns, group)


def _of_customer_group(name: str, grouping: CustomerGrouping, block: Block) -> Columns:
    """What the customer's segment, region or the like takes of the product."""
    group = grouping.group[block.customers]
    cells = np.maximum(group, 0), block.products
    size = np.maximum(grouping.size, 1)[cells[0]]
    columns: Columns = {
        "recent": grouping.recent[cells] / size,
        "ever": grouping.ever[cells] / size,
        "new_28": grouping.new_28[cells],
        "new_91": grouping.new_91[cells] / size,
        "size": size,
    }
    return _known_only(f"{name}_", columns, group)


def _known_only(prefix: str, columns: Columns, group: npt.NDArray[np.int32]) -> Columns:
    return {f"{prefix}{n}": np.where(group >= 0, c, np.nan) for n, c in columns.items()}

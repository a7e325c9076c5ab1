"""How the numbers of a list stand in the two tables that the kernel fills."""

from __future__ import annotations

PRODUCT, KIND, FIRST, FIRST_SHARE, SECOND, SECOND_SHARE, PEERS_BOUGHT = range(7)
"""Columns of the whole numbers of a list."""
CHANCE, VALUE, USUAL_PRICE = range(3)
"""Columns of its amounts."""
OWNED, RETURNED, FOR_ALL = 1, 2, 2
"""What held a product back; the rules of the catalogue come after `FOR_ALL`."""
MOST_SCALED, NEARLY_HALF = 1e9, 0.4999
"""Within these the error of a multiplication, 1e-7, cannot turn to another whole number."""

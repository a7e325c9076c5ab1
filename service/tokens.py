"""Whose list it was: customers by the tokens in the ids of lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.suggest.suggestion import customer_token
from recommender.text import Ids

Tokens = npt.NDArray[np.uint64]


@dataclass(frozen=True, repr=False)
class CustomerTokens:
    """Twelve bytes a customer; a million take about a second to make."""

    tokens: Tokens
    """Ascending."""
    rows: npt.NDArray[np.int32]

    @classmethod
    def of(cls, customers: Ids) -> CustomerTokens:
        tokens = np.array([int(customer_token(key), 16) for key in customers], np.uint64)
        order = np.argsort(tokens, kind="stable").astype(np.int32)
        return cls(tokens[order], order)

    def row(self, token: str) -> int | None:
        """The customer's position; None for one the release does not know."""
        wanted = np.uint64(int(token, 16))
        place = int(np.searchsorted(self.tokens, wanted))
        is_known = place < len(self.tokens) and self.tokens[place] == wanted
        return int(self.rows[place]) if is_known else None

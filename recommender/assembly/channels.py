"""Which way each customer orders."""

from __future__ import annotations

import numpy as np

from recommender.assembly.lines import Lines, distinct, starts
from recommender.release.observed import OrderChannels, no_channels, with_used_names


def order_channels(lines: Lines) -> OrderChannels:
    """A day's purchases by one channel are one order: not every file names orders."""
    if lines.channels is None:
        return no_channels(lines.size)
    known = lines.channels.numbers >= 0
    customers, numbers, _ = distinct(
        lines.customers[known],
        lines.channels.numbers[known],
        lines.days[known],
    )
    width = len(lines.channels.names)
    cells, orders = np.unique(customers.astype(np.int64) * width + numbers, return_counts=True)
    owners, channels = np.divmod(cells, width)
    order = np.lexsort((channels, -orders, owners))
    found = OrderChannels(
        names=lines.channels.names,
        starts=starts(owners[order], lines.size),
        numbers=channels[order].astype(np.int32),
        orders=orders[order].astype(np.int32),
    )
    return with_used_names(found)

"""What customers and products do as a whole, told to each of their pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recommender.ranking.again.rhythm import fading_count, gaps_before
from recommender.ranking.again.visits import Column, Visits, ratio

AGAIN_DAYS = 28
"""The window that is predicted, and the last one before the moment that already was."""
PRIOR_PAIRS = 10
"""Pairs of average behaviour that a share of few pairs is mixed with."""


@dataclass(frozen=True)
class Products:
    """What products do as a whole, over the visits of all customers."""

    table: dict[str, Column]
    """Name -> (products,)."""
    price_now: Column
    """(products,) a unit, lately."""
    price_usual: Column
    again: Column
    """(products,) share of its owners that bought it again."""
    usual_again: float
    """`PRIOR_PAIRS` times the share of all."""


def sum_products(visits: Visits) -> Products:
    now, usual = _prices_of_products(visits)
    owned, again = _again(visits)
    usual_again = PRIOR_PAIRS * again.sum() / max(int(owned.sum()), 1)
    shares = (visits.of_products(again) + usual_again) / (visits.of_products(owned) + PRIOR_PAIRS)
    return Products(_product_table(visits), now, usual, shares, float(usual_again))


def product_features(visits: Visits, products: Products) -> dict[str, Column]:
    owned = visits.owned
    features = {name: column[owned] for name, column in products.table.items()}
    last = visits.ages[visits.lasts]
    return {
        **features,
        "due_by_product": ratio(last, features["product_gap"]),
        **_prices(visits, products),
    }


def _product_table(visits: Visits) -> dict[str, Column]:
    owners = visits.of_products(np.ones(len(visits.firsts)))
    sold = {days: visits.of_products(visits.ages <= days) for days in (7, 14, 28, 56, 91, 182)}
    repeated = visits.of_products(visits.repeats & (visits.ages <= 91))
    gap = ratio(visits.of_products(gaps_before(visits)), visits.of_products(visits.repeats))
    return {
        **{f"sold_{days}": sold[days] for days in (7, 14, 28, 91)},
        "owners": owners,
        "trend_14": (sold[14] + 1) / (sold[56] + 4),
        "trend_28": (sold[28] + 1) / (sold[91] + 3),
        "trend_91": (sold[91] + 1) / (sold[182] + 2),
        "visits_an_owner": ratio(visits.of_products(np.ones(len(visits.days))), owners),
        "repeats_of_sales": ratio(repeated, sold[91]),
        "product_gap": gap,
        **_sold_between(visits),
    }


def customer_features(visits: Visits) -> dict[str, Column]:
    lines = visits.of_customers(np.ones(len(visits.days)))
    pairs = visits.of_customers(np.ones(len(visits.firsts)))
    recent = visits.ages <= 91
    repeated = visits.of_customers(visits.repeats & recent)
    table = {
        "customer_products": pairs,
        "customer_repeats": ratio(lines - pairs, lines),
        "customer_repeats_91": ratio(repeated, visits.of_customers(recent)),
        "customer_lines_28": visits.of_customers(visits.ages <= 28),
    }
    return {name: column[visits.owners] for name, column in table.items()}


def again_shares(visits: Visits, products: Products) -> dict[str, Column]:
    """Of what was owned 28 days ago, the share bought again since: by product and by customer."""
    owned, again = _again(visits)
    bought = visits.of_customers(again) + products.usual_again
    customer = bought / (visits.of_customers(owned) + PRIOR_PAIRS)
    return {
        "again_by_product": products.again[visits.owned],
        "again_by_customer": customer[visits.owners],
    }


def _again(visits: Visits) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """(pairs,) owned 28 days ago, and of these bought since."""
    owned = visits.ages[visits.firsts] > AGAIN_DAYS
    return owned, owned & (visits.within(AGAIN_DAYS) > 0)


def category_features(visits: Visits, categories: npt.NDArray[np.int64]) -> dict[str, Column]:
    """How lively the customer is in the category of the product: `categories` is (products,)."""
    keys = visits.owners * np.int64(categories.max() + 1) + categories[visits.owned]
    same = np.unique(keys, return_inverse=True)[1]
    short, long = fading_count(visits, 20), fading_count(visits, 60)
    return {
        "category_fading_20": np.bincount(same, short)[same].astype(np.float64),
        "category_share": long / np.bincount(same, long)[same],
        "category_products": np.bincount(same).astype(np.float64)[same],
    }


def _sold_between(visits: Visits) -> dict[str, Column]:
    """(products,) days since it was last and first bought by anyone."""
    size = len(visits.history.products)
    newest, oldest = np.full(size, np.inf), np.zeros(size)
    np.minimum.at(newest, visits.owned, visits.ages[visits.lasts])
    np.maximum.at(oldest, visits.owned, visits.ages[visits.firsts])
    return {"since_last_sold": newest, "since_first_sold": oldest}


def _prices_of_products(visits: Visits) -> tuple[Column, Column]:
    """(products,) of a unit, lately and in the whole year."""
    known = np.isfinite(visits.price)
    units = np.where(known, visits.quantity, 0)
    money = units * np.nan_to_num(visits.price)
    recent = visits.ages <= AGAIN_DAYS
    now = ratio(visits.of_products(money * recent), visits.of_products(units * recent))
    return now, ratio(visits.of_products(money), visits.of_products(units))


def _prices(visits: Visits, products: Products) -> dict[str, Column]:
    """What others pay lately, against what this customer paid last and what it used to cost."""
    now, paid = products.price_now, visits.price[visits.lasts]
    return {
        "price_to_paid": ratio(now[visits.owned], paid),
        "price_to_usual": ratio(now, products.price_usual)[visits.owned],
        "price": paid,
    }

"""Which shops can be measured or compared with, and their sales as far as they may be read. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from promotions.uplift.terms import Reason, Setting, Shop

LEAST_COMPARED = 12
MOST_COMPARED = 2_000
"""Of more, every so-manieth is taken: memory stays flat."""


def sales_of(shop: Shop, setting: Setting) -> np.ndarray:
    """Up to the end of the window, known closures taken out, and other promotions before it: they tell of no usual day.

    Raises ValueError for a series that ends before the window does.
    """
    end = setting.window.end
    if len(shop.sales) < end:
        raise ValueError(f"shop {shop.id} has {len(shop.sales)} steps, the window ends at {end}")
    sales = np.array(shop.sales[:end], float)
    for span in shop.closed:
        sales[max(span.first, 0) : max(span.end, 0)] = np.nan
    return sales


def without_others(shop: Shop, sales: np.ndarray, setting: Setting) -> np.ndarray:
    usual = sales.copy()
    for span in shop.others:
        usual[max(span.first, 0) : max(min(span.end, setting.start), 0)] = np.nan
    return usual


def why_not(shop: Shop, sales: np.ndarray, usual: np.ndarray, setting: Setting) -> Reason | None:
    """sales: as `sales_of`; usual: as `without_others`."""
    frame, start, window = setting.frame, setting.start, setting.window
    if any(span.meets(window) for span in shop.others):
        return Reason.OTHER_PROMOTION
    known = np.isfinite(sales[max(0, start - frame.history) : start])
    if start < frame.history or known.mean() < frame.reported:
        return Reason.SHORT_HISTORY
    base = slice(start - frame.base, start)
    if np.isfinite(usual[base]).sum() * 2 < np.isfinite(sales[base]).sum():
        return Reason.OTHER_PROMOTION
    if not np.nansum(usual[base]) > 0:
        return Reason.SHORT_HISTORY
    inside = sales[window.first : window.end]
    if np.isfinite(inside).mean() < frame.reported * known.mean() or not np.nansum(inside) > 0:
        return Reason.CLOSED
    return None


def gather(shops: Sequence[Shop], setting: Setting) -> tuple[list[Shop], np.ndarray, list[tuple[int, Reason]]]:
    """(shops that may be read, their usual sales shop by step, who was left out and why)."""
    kept, rows, left_out = [], [], []
    for shop in shops:
        sales = sales_of(shop, setting)
        usual = without_others(shop, sales, setting)
        reason = why_not(shop, sales, usual, setting)
        if reason is None:
            kept.append(shop)
            rows.append(usual)
        else:
            left_out.append((shop.id, reason))
    return kept, np.array(rows).reshape(len(rows), setting.window.end), left_out


def thinned(shops: Sequence[Shop]) -> Sequence[Shop]:
    return shops[:: -(-len(shops) // MOST_COMPARED)] if len(shops) > MOST_COMPARED else shops

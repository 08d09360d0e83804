"""Tracking: what a refund gives back of the limited discounts of its sale, in the period of the sale (R94).

What the sale itself counts stands on it: `Sale.tracked`.
"""

from __future__ import annotations

from collections.abc import Sequence

from clubtill_rules.sale.discounts.limits import Tracked, given_back
from clubtill_rules.sale.refunding import Refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.money import NIL, part_of


def tracked_back(sale: Sale, refund: Refund, already: Sequence[Refund] = ()) -> tuple[Tracked, ...]:
    """Give the entries of a refund: the discount of its units, and their part of the items that had it (D41, D42).

    Args:
        sale: what is refunded.
        refund: of this sale, made already.
        already: its refunds before this one: all parts sum to what the sale counted.
    """
    gone: dict[int, int] = {}
    for earlier in (part for one in already for part in one.lines):
        gone[earlier.line.n] = gone.get(earlier.line.n, 0) + earlier.qty
    sums = {entry.discount_id: (NIL, 0) for entry in sale.tracked}
    for back in refund.lines:
        line = back.line
        if line.discount_id in sums:
            amount, times = sums[line.discount_id]
            more = part_of(line.discount_qty, gone.get(line.n, 0), back.qty, line.qty)
            sums[line.discount_id] = (amount + back.discount, times + more)
    return tuple(
        given_back(entry, *sums[entry.discount_id], sale_id=refund.refund_id)
        for entry in sale.tracked
        if sums[entry.discount_id] != (NIL, 0)
    )

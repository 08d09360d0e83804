"""Cash rounding: the cash part of a whole sale to the smallest coin (R79). It is a line of its own, never tax."""

from __future__ import annotations

from clubtill_rules.values.money import Money, half_away


def cash_total(money: Money, step_minor: int) -> Money:
    """Round an amount to be paid in cash to the nearest step; a tie goes away from nil. Step 0 rounds nothing.

    Australia's 5 cents: 1, 2 down; 3, 4 up; 6, 7 down; 8, 9 up. 23.98 -> 24.00.
    """
    if step_minor <= 1:
        return money
    return Money(half_away(money.minor, step_minor) * step_minor)

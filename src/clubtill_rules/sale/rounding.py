"""Cash rounding: the cash part of a whole sale to the smallest coin (R79). It is a line of its own, never tax."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from clubtill_rules.values.money import Money, half_away

SMALLEST_COIN: Final[Mapping[str, int]] = {"AUD": 5, "NZD": 10, "KWD": 5, "CAD": 5, "CHF": 5, "SEK": 100, "NOK": 100}
"""Minor units of the smallest coin by currency, which set-up offers as a venue's step; 0 elsewhere, as for JPY."""


def cash_total(money: Money, step_minor: int) -> Money:
    """Round an amount to be paid in cash to the nearest step; a tie goes away from nil. Step 0 rounds nothing.

    Australia's 5 cents: 1, 2 down; 3, 4 up; 6, 7 down; 8, 9 up. 23.98 -> 24.00.
    """
    if not step_minor:
        return money
    return Money(half_away(money.minor, step_minor) * step_minor)


def smallest_coin(currency: str) -> int:
    """Give the step that set-up offers for a currency (R79); 0 where every amount can be paid in coins."""
    return SMALLEST_COIN.get(currency, 0)

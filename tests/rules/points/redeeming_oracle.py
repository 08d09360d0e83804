"""What points cost and buy, again in plain integers (R1, R66, R68, R69, R74). It imports nothing of Clubtill."""

from __future__ import annotations


def ceil_div(numerator: int, denominator: int) -> int:
    """Divide and round up."""
    return (numerator + denominator - 1) // denominator


def cost_h(minor: int, ratio: int, decimals: int, grain_h: int) -> int:
    """Give what an amount costs, in hundredths of a point, in whole grains."""
    return ceil_div(minor * ratio * 100, 10**decimals * grain_h) * grain_h


def worth(points_h: int, ratio: int, decimals: int) -> int:
    """Give what points buy, in minor units: by search, not by division."""
    least, most = 0, points_h * 10**decimals + 1
    while most - least > 1:
        middle = (least + most) // 2
        if middle * ratio * 100 <= points_h * 10**decimals:
            least = middle
        else:
            most = middle
    return least


def row(net: int, off_bp: int, ratio: int, decimals: int, grain_h: int) -> tuple[int, int, int] | None:
    """Give discount, value and cost of a line; None for a line without anything to pay."""
    if net <= 0:
        return None
    whole, rest = divmod(net * off_bp, 10_000)
    discount = whole + (1 if rest >= 5_000 else 0)
    return discount, net - discount, cost_h(net - discount, ratio, decimals, grain_h)


def fitting(costs: list[tuple[int, int, int] | None], most: int) -> set[int]:
    """Tick from the top what still fits; lines count from 1."""
    chosen = set()
    for n, cost in enumerate(costs, start=1):
        if cost is not None and cost[2] <= most:
            chosen.add(n)
            most -= cost[2]
    return chosen

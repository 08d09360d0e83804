"""A second statement of R54's tickets in plain integers: nothing drawn, everything inside both periods."""

from __future__ import annotations


def tickets(step: int, sales: dict[str, int], refunds: list[tuple[str, int]], *, carries: bool) -> tuple[int, int]:
    """Give tickets that stand and what is carried, of cents by sale and of refunds (sale, cents)."""
    kept = dict(sales)
    for sale, cents in refunds:
        if sale in kept:
            kept[sale] = kept[sale] - min(cents, kept[sale])
    if carries:
        total = 0
        for cents in kept.values():
            total += cents
        count = 0
        while total >= step:
            total -= step
            count += 1
        return count, total
    count = 0
    for cents in kept.values():
        left = cents
        while left >= step:
            left -= step
            count += 1
    return count, 0

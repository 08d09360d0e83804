"""A second statement of R57 to R59 in plain integers, written from the rules and not from the code."""

from __future__ import annotations


def spent(lines: list[tuple[str, int, bool]]) -> int:
    """Sum lines of (kind, cents, paid with points) that are purchases paid with money."""
    total = 0
    for kind, cents, with_points in lines:
        if kind in {"goods", "gaming"} and not with_points:
            total = total + cents
    return total


def tier(
    cents: int, now: int, bands: dict[int, tuple[int, int, int, int]], days_since_change: int | None
) -> tuple[int, str]:
    """Give the tier after a run and why; bands are number -> (minimum, maximum, maintain, period)."""
    cents = max(cents, 0)
    minimum, maximum, maintain, period = bands[now]
    if period > 0:
        minimum = maintain
    if cents >= minimum and cents <= maximum:
        return now, "keep"
    at = None
    for number in bands:
        if bands[number][0] <= cents <= bands[number][1]:
            at = number
    if at == now:
        return now, "keep"
    if days_since_change is not None and days_since_change < period:
        return now, "excluded_dwell"
    if at is None:
        return now, "no_tier"
    return at, "above_max" if cents > maximum else "below_floor"

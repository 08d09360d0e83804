"""Money: a signed integer of minor units of the venue group's one currency (R1). Never a float."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LIMIT: Final = 2**63


def half_away(numerator: int, denominator: int) -> int:
    """Divide two integers and round half away from zero (R1). The denominator is positive."""
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((-2 * numerator + denominator) // (2 * denominator))


def ceiling(numerator: int, denominator: int) -> int:
    """Divide two integers and round towards plus infinity. The denominator is positive."""
    return -(-numerator // denominator)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of minor units, tax-inclusive unless its name says otherwise (R1)."""

    minor: int

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + other.minor)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - other.minor)

    def __neg__(self) -> Money:
        return Money(-self.minor)

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count)

    def __bool__(self) -> bool:
        return self.minor != 0

    def share(self, basis_points: int) -> Money:
        """Give a percentage of this amount, in hundredths of a percent, rounded half away from zero (R1)."""
        return Money(half_away(self.minor * basis_points, 10_000))


NIL: Final = Money(0)


def total(amounts: list[Money] | tuple[Money, ...]) -> Money:
    """Sum amounts."""
    return Money(sum(a.minor for a in amounts))


def shares(amount: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Share an amount by weights so that the shares sum to it exactly (R98, R97).

    Each share is rounded down; the minor units left go to the largest remainders, of equal ones to the upper. A
    negative amount is shared as its opposite is. Where the amount is at most the sum of the weights, no share is above
    its weight.

    Args:
        amount: in minor units.
        weights: of each part, 0 or more, in the order of the lines; not all 0 unless the amount is nil.

    Raises:
        ValueError: a weight is below 0, or there is nothing to share an amount by.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("weights: a weight is below 0")
    whole = sum(weights)
    if whole == 0:
        if amount:
            raise ValueError("weights: nothing to share an amount by")
        return tuple(NIL for _ in weights)
    sign = -1 if amount < NIL else 1
    size = abs(amount.minor)
    parts = [size * weight // whole for weight in weights]
    left = size - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda n: (-(size * weights[n] % whole), n))
    for n in by_remainder[:left]:
        parts[n] += 1
    return tuple(Money(sign * part) for part in parts)


def part_of(whole: int, done: int, parts: int, of: int) -> int:
    """Split a stored figure by cumulative rounding: all parts of it sum to it exactly, in any sequence (D42).

    Args:
        whole: the stored figure, in minor units or in hundredths of a point; negative ones are split alike.
        done: how many of the `of` parts have been taken before.
        parts: how many are taken now.
        of: how many parts there are, 1 or more.

    Raises:
        ValueError: `of` is below 1, or the parts taken do not lie within it.
    """
    if of < 1:
        raise ValueError(f"of: {of} is below 1")
    if not 0 <= done <= done + parts <= of:
        raise ValueError(f"parts: {done} and {parts} of {of}")
    return half_away(whole * (done + parts), of) - half_away(whole * done, of)

"""Money: a signed integer of minor units of the venue group's one currency (R1). Never a float."""

from __future__ import annotations

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

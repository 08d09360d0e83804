"""Points: a signed integer of hundredths of a point, with the rounding grain of the club (R1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clubtill_rules.values.money import ceiling


@dataclass(frozen=True, slots=True, order=True)
class Points:
    """An amount of hundredths of a point."""

    hundredths: int

    def __add__(self, other: Points) -> Points:
        return Points(self.hundredths + other.hundredths)

    def __sub__(self, other: Points) -> Points:
        return Points(self.hundredths - other.hundredths)

    def __neg__(self) -> Points:
        return Points(-self.hundredths)

    def __mul__(self, count: int) -> Points:
        return Points(self.hundredths * count)

    def __bool__(self) -> bool:
        return self.hundredths != 0


NO_POINTS: Final = Points(0)


def whole(count: int) -> Points:
    """Make points of a whole number of points."""
    return Points(count * 100)


def grain(points_decimals: int) -> int:
    """Give the rounding grain in hundredths for a club's `points_decimals`, 0 or 2 (R1)."""
    if points_decimals not in (0, 2):
        raise ValueError(f"points_decimals is 0 or 2, not {points_decimals}")
    return 100 if points_decimals == 0 else 1


def award_floor(numerator: int, denominator: int, grain_h: int) -> Points:
    """Round exact hundredths, given as a fraction, down to the grain: awards (R1)."""
    return Points(numerator // (denominator * grain_h) * grain_h)


def cost_ceiling(numerator: int, denominator: int, grain_h: int) -> Points:
    """Round exact hundredths, given as a fraction, up to the grain: redemption costs (R1)."""
    return Points(ceiling(numerator, denominator * grain_h) * grain_h)

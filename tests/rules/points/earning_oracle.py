"""What a sale awards, again in plain fractions (R1, R26-R28, R30, R31). It imports nothing of Clubtill."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor


@dataclass
class Sold:
    """A line: `net` in minor units, rates and offers in hundredths; `offer` is blank or the name of its kind."""

    net: int
    qty: int = 1
    rate_h: int = 100
    fixed: int | None = None
    offer: str = ""
    offer_h: int = 0
    shares: bool = True
    earns: bool = True


def award_h(
    sold: list[Sold],
    *,
    decimals: int,
    factor_h: int,
    multiplier_h: int,
    grain_h: int,
    fixed_rate_h: int | None = None,
    paid: int = 0,
) -> int:
    """Give the award in hundredths of a point: the exact sum, floored once."""
    of = sum(one.net for one in sold if one.shares and one.earns)
    kept = Fraction(of - paid, of) if of else Fraction(1)
    points = Fraction(0)
    for one in sold:
        if not one.earns:
            continue
        rate = Fraction(one.rate_h if fixed_rate_h is None else fixed_rate_h, 100)
        base = Fraction(one.net, 10**decimals) * rate if one.fixed is None else Fraction(one.qty * one.fixed)
        value = base * Fraction(factor_h, 100) * Fraction(multiplier_h, 100)
        offered = Fraction(one.offer_h, 100)
        if one.offer == "factor":
            value *= offered
        elif one.offer == "additional":
            value += one.qty * offered
        elif one.offer == "replacement":
            value = one.qty * offered
        points += value * kept if one.shares else value
    return floor(points * 100 / grain_h) * grain_h

"""Check workings: whether the arithmetic that a reason shows gives the result that it shows (R1)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_rules.values.why import Because, Rounding, Working


def number(value: object, money_decimals: int) -> Fraction:
    """Give a term's number: money in units of currency, points in points."""
    match value:
        case Money(minor):
            return Fraction(minor, 10**money_decimals)
        case Points(hundredths):
            return Fraction(hundredths, 100)
        case int() | Decimal():
            return Fraction(value)
    raise TypeError(f"{value!r} is no term")


def worked(working: Working, *, money_decimals: int = 2, grain_h: int = 100) -> Fraction:
    """Work a working from left to right and round it as it says, to the unit of its result."""
    first, *more = working.terms
    assert first.sign == ""
    at = number(first.value, money_decimals)
    for term in more:
        value = number(term.value, money_decimals)
        match term.sign:
            case "+":
                at += value
            case "-":
                at -= value
            case "x":
                at *= value
            case "/":
                at /= value
            case ",":
                at = min(at, value)
            case sign:
                raise AssertionError(sign)
    step = Fraction(1, 10**money_decimals) if isinstance(working.result, Money) else Fraction(grain_h, 100)
    match working.rounding:
        case Rounding.FLOOR:
            return floor(at / step) * step
        case Rounding.CEILING:
            return ceil(at / step) * step
        case Rounding.HALF_AWAY:
            return (1 if at >= 0 else -1) * floor(abs(at) / step + Fraction(1, 2)) * step
        case _:
            return at


def check(because: tuple[Because, ...], *, money_decimals: int = 2, grain_h: int = 100) -> None:
    """Assert that there are reasons, and that every working among them gives its result."""
    assert because
    for reason in because:
        if reason.working is not None:
            got = worked(reason.working, money_decimals=money_decimals, grain_h=grain_h)
            assert got == number(reason.working.result, money_decimals), reason

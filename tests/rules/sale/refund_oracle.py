"""Refund oracle: what refunds ought to give back, in plain integers, written down again from R40, R41, R79 and D42."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor


def nearest(value: Fraction) -> int:
    """Round half away from zero."""
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(-value + Fraction(1, 2))


@dataclass
class SoldLine:
    """A line as it was sold: minor units and hundredths of a point."""

    n: int
    qty: int
    gross: int
    discount: int
    tax: int
    tax_added: bool
    points_discount: int
    by_points: bool
    points_h: int
    exact_h: Fraction


@dataclass
class Expected:
    """What one refund ought to give back. `media` has what each medium hands out, cash as rounded."""

    total: int = 0
    tax: int = 0
    points_value: int = 0
    points_h: int = 0
    award_h: int = 0
    media: dict[str, int] = field(default_factory=dict)


class Till:
    """A sale and everything that went back of it so far."""

    def __init__(self, lines: list[SoldLine], paid: list[tuple[str, int]], grain_h: int, coin: int) -> None:
        self.lines = {line.n: line for line in lines}
        self.back = dict.fromkeys(self.lines, 0)
        self.grain_h, self.coin = grain_h, coin
        self.paid: dict[str, int] = {}
        for first in ("gift", "account", ""):
            for medium, amount in paid:
                if medium == first or (not first and medium not in {"gift", "account"}):
                    self.paid[medium] = self.paid.get(medium, 0) + amount
        self.given = dict.fromkeys(self.paid, 0)

    def award_h(self) -> int:
        """The award that what is kept deserves."""
        kept = sum(line.exact_h * Fraction(line.qty - self.back[n], line.qty) for n, line in self.lines.items())
        return floor(kept / self.grain_h) * self.grain_h

    def refund(self, wanted: dict[int, int]) -> Expected:
        """Give back units of lines."""
        out = Expected()
        award = self.award_h()
        for n, units in wanted.items():
            line, before = self.lines[n], self.back[n]
            after = before + units
            gross, discount, tax, off = (
                nearest(Fraction(figure * after, line.qty)) - nearest(Fraction(figure * before, line.qty))
                for figure in (line.gross, line.discount, line.tax, line.points_discount)
            )
            price = gross - discount - off
            out.total += price + (tax if line.tax_added else 0)
            out.tax += tax
            out.points_value += price if line.by_points else 0
            cost = [
                ceil(Fraction(line.points_h * (line.qty - gone), line.qty * self.grain_h)) * self.grain_h
                for gone in (before, after)
            ]
            out.points_h += cost[0] - cost[1]
            self.back[n] = after
        out.award_h = award - self.award_h()
        owed = out.total - out.points_value
        for medium, most in self.paid.items():
            part = min(owed, most - self.given[medium])
            owed -= part
            before, self.given[medium] = self.given[medium], self.given[medium] + part
            if part:
                out.media[medium] = self._handed(before + part) - self._handed(before) if medium == "cash" else part
        return out

    def _handed(self, amount: int) -> int:
        return nearest(Fraction(amount, self.coin)) * self.coin

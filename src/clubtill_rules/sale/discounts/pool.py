"""The lines of a sale while discounts are handed out: which have one, which may still take one (R98)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clubtill_rules.goods.discount import Covers, DiscountLimit, Trigger
from clubtill_rules.goods.line import DiscountKind, Line
from clubtill_rules.sale.discounts.limits import Left
from clubtill_rules.sale.discounts.triggers import covers, runs
from clubtill_rules.values.days import local
from clubtill_rules.values.money import Money, shares
from clubtill_rules.values.why import Rounding, Working, working


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What every offer has, whatever it takes off. `trigger` None is a voucher's: it holds by being handed over."""

    id: str
    name: str
    covers: Covers
    trigger: Trigger | None = None
    limit: DiscountLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The one discount of a line.

    Attributes:
        off: minor units, above 0.
        units: how many units got it.
        cut: its limit left less than it would have been.
    """

    kind: DiscountKind
    id: str
    name: str
    off: int
    units: int
    working: Working
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """One amount of an offer that is shared over lines, in minor units; `cut` as in `Given`."""

    kind: DiscountKind
    id: str
    name: str
    amount: int
    cut: bool = False


@dataclass(slots=True, kw_only=True)
class Pool:
    """The lines that may still take a discount, in the order of the sale, and what was given so far.

    Attributes:
        zone: the venue's, in whose wall clock windows run.
        left: of every offer that may be given here to this buyer, by id; counted down.
        reached: ids of offers of which less was left than they would have given.
    """

    zone: str
    lines: dict[int, Line]
    left: dict[str, Left]
    given: dict[int, Given] = field(default_factory=dict)
    reached: set[str] = field(default_factory=set)
    _running: dict[tuple[str, int], bool] = field(default_factory=dict)

    def taking(self, terms: Terms) -> list[Line]:
        """Give the lines without a discount that an offer covers and in whose moment it runs."""
        return [line for line in self.lines.values() if covers(terms.covers, line) and self._runs(terms, line)]

    def give(self, n: int, given: Given) -> None:
        """Give a line its discount: no other offer sees it again. What its limit leaves is counted down."""
        self.given[n] = given
        del self.lines[n]
        if given.id in self.left:
            self.left[given.id].take(given.off, given.units)
        if given.cut:
            self.reached.add(given.id)

    def share(self, whole: Shared, parts: Mapping[int, int], units: Mapping[int, int]) -> None:
        """Share one amount over lines. A line whose share is nil has had its discount too: else order would matter.

        Args:
            whole: the offer and what it takes off, at most the sum of the parts.
            parts: what each line brings in, by its number, in the order of the sale.
            units: how many units of each line get it.
        """
        for n, (off, how) in shared(whole.amount, parts).items():
            if off:
                given = Given(
                    kind=whole.kind,
                    id=whole.id,
                    name=whole.name,
                    off=off,
                    units=units[n],
                    working=how,
                    cut=whole.cut,
                )
                self.give(n, given)
            else:
                del self.lines[n]

    def _runs(self, terms: Terms, line: Line) -> bool:
        if terms.trigger is None:
            return True
        key = (terms.id, line.added_at_us)
        if key not in self._running:
            self._running[key] = runs(terms.trigger, local(line.added_at_us, self.zone))
        return self._running[key]


def each(line: Line) -> int:
    """Give what one unit of a line costs with its modifiers, in minor units (R104)."""
    return (line.unit_price + line.extras).minor


def shared(amount: int, parts: Mapping[int, int]) -> dict[int, tuple[int, Working]]:
    """Share one amount over lines in proportion, ties to the upper line (R98), each share with its working.

    Args:
        amount: minor units, at most the sum of the parts.
        parts: what each line brings in, by its number, in the order of the sale.
    """
    whole = sum(parts.values())
    split = shares(Money(amount), tuple(parts.values()))
    return {
        n: (share.minor, _share_working(share, amount, parts[n], whole)) for n, share in zip(parts, split, strict=True)
    }


def _share_working(share: Money, amount: int, part: int, whole: int) -> Working:
    more = share.minor - amount * part // whole
    terms: Sequence[tuple[str, object]] = [("x", Money(part)), ("/", Money(whole))]
    return working(share, Rounding.FLOOR, Money(amount), *terms, *([("+", Money(more))] if more else []))

"""Tabs: an open sale with a name, or held by a club card, up to a limit (R105). Closing it is finalising it.

Prices are those of the moment an item was added (R80). No points are leased or promised before the tab is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.permissions import Act
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import Basket, totals
from clubtill_rules.sale.parking import uses_points
from clubtill_rules.values.money import Money, total
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """Items that passed the limit and who approved them: the tab came to `total` by it."""

    total: Money
    approver_id: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLines:
    """Lines moved from one tab to another, by the numbers they had (R105)."""

    from_tab: str
    to_tab: str
    lines: tuple[int, ...]
    amount: Money
    staff_id: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """A tab handed from one person to another, by name (R105)."""

    from_staff: str
    to_staff: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """An open bar tab.

    Attributes:
        name: of the guest or the table; blank where a club card holds it.
        person_id: of the member whose club card holds it; blank for none. No bank card data is kept.
        device_id: the till that opened it: offline only that one may use it (R90).
        staff_id: who answers for it now.
    """

    tab_id: str
    name: str
    person_id: str
    limit: Money
    device_id: str
    staff_id: str
    opened_at_us: int
    basket: Basket
    approvals: tuple[Approved, ...] = ()
    moves: tuple[MovedLines, ...] = ()
    handed: tuple[HandedOver, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A tab as it would be after an act.

    Attributes:
        tab: with what was added.
        asks: row 16 with the new total where it passes the limit (2.12); empty where nothing has to be asked.
    """

    tab: Tab
    comes_to: Money
    asks: tuple[Ask, ...] = ()
    because: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Two tabs after lines were moved between them; `asks` is the receiving tab's."""

    source: Tab
    target: Tab
    asks: tuple[Ask, ...]
    because: tuple[Because, ...]


def open_tab(
    tab_id: str,
    basket: Basket,
    catalogue: Catalogue,
    *,
    limit: Money,
    name: str = "",
    device_id: str,
    staff_id: str,
    at_us: int,
) -> Change:
    """Open a tab by name or by the club card of the member on the sale, with what is on it already (R105).

    The limit, or the total where that is more, is asked for by row 16. Refuses `tab.no_name` with neither name nor
    card, `tab.points` and `sale.being_paid`.
    """
    person_id = basket.member.person_id if basket.member else ""
    if not name.strip() and not person_id:
        raise Refusal("tab.no_name")
    _check(basket)
    tab = Tab(
        tab_id=tab_id,
        name=name.strip(),
        person_id=person_id,
        limit=limit,
        device_id=device_id,
        staff_id=staff_id,
        opened_at_us=at_us,
        basket=basket,
    )
    comes_to = totals(basket, catalogue).total
    ask = Ask(act=Act.OPEN_TAB, amount=max(limit, comes_to).minor)
    return Change(tab=tab, comes_to=comes_to, asks=(ask,), because=(because("why.tab.limit", "R105", limit=limit),))


def usable(tab: Tab, *, device_id: str, offline: bool) -> None:
    """Refuse `tab.elsewhere` offline on a till that did not open the tab (R90)."""
    if offline and tab.device_id != device_id:
        raise Refusal("tab.elsewhere", name=tab.name)


def changed(tab: Tab, basket: Basket, catalogue: Catalogue, *, approver_id: str = "", at_us: int = 0) -> Change:
    """Put a basket with more or fewer items on a tab (R105).

    Args:
        tab: as it stands.
        basket: the tab's own after an act of `sale.basket`: items added keep the price of this moment.
        catalogue: for the totals.
        approver_id: who approved the new total, asked for by an earlier call; blank for nobody.
        at_us: the moment of the approval.

    Where the total rises above the limit without an approval the change `asks` for one, and is not to be kept before it
    is given. Refuses `tab.points`, `sale.being_paid`.
    """
    _check(basket)
    before, after = totals(tab.basket, catalogue).total, totals(basket, catalogue).total
    fresh = replace(tab, basket=basket)
    if after <= tab.limit or after <= before:
        return Change(tab=fresh, comes_to=after)
    told = because(
        "why.tab.beyond",
        "R105",
        working=working(after, Rounding.EXACT, before, ("+", after - before)),
        limit=tab.limit,
        total=after,
    )
    if approver_id:
        approved = Approved(total=after, approver_id=approver_id, at_us=at_us)
        return Change(tab=replace(fresh, approvals=(*tab.approvals, approved)), comes_to=after, because=(told,))
    return Change(tab=fresh, comes_to=after, asks=(Ask(act=Act.OPEN_TAB, amount=after.minor),), because=(told,))


def move(
    source: Tab,
    target: Tab,
    numbers: Sequence[int],
    catalogue: Catalogue,
    *,
    staff_id: str,
    at_us: int,
    approver_id: str = "",
) -> Move:
    """Move lines from one tab to another at the prices they have; both tabs record it (R105).

    Refuses `tab.no_lines`; what the receiving tab then comes to may have to be asked for, as in `changed`.
    """
    if not numbers:
        raise Refusal("tab.no_lines")
    if source.tab_id == target.tab_id:
        raise ValueError("target: the tab that the lines are on")
    moving = [source.basket.line(n) for n in numbers]
    kept = tuple(line for line in source.basket.lines if line.n not in numbers)
    first = target.basket.next_n
    added = tuple(replace(line, n=first + place) for place, line in enumerate(moving))
    basket = replace(target.basket, lines=(*target.basket.lines, *added), next_n=first + len(added))
    change = changed(target, basket, catalogue, approver_id=approver_id, at_us=at_us)
    left = replace(source, basket=replace(source.basket, lines=kept))
    record = MovedLines(
        from_tab=source.tab_id,
        to_tab=target.tab_id,
        lines=tuple(numbers),
        amount=totals(source.basket, catalogue).total - totals(left.basket, catalogue).total,
        staff_id=staff_id,
        at_us=at_us,
    )
    return Move(
        source=replace(left, moves=(*left.moves, record)),
        target=replace(change.tab, moves=(*change.tab.moves, record)),
        asks=change.asks,
        because=change.because,
    )


def hand_over(tab: Tab, to_staff: str, at_us: int) -> Tab:
    """Hand a tab to another person, by name, so that a shift can be closed (R105)."""
    record = HandedOver(from_staff=tab.staff_id, to_staff=to_staff, at_us=at_us)
    return replace(tab, staff_id=to_staff, handed=(*tab.handed, record))


def closing(tab: Tab) -> Basket:
    """Give the sale of a tab to be paid and made final: from here on points may pay, and its day is that day (R3)."""
    return tab.basket


def _check(basket: Basket) -> None:
    """Refuse what no open tab may carry."""
    if basket.tenders:
        raise Refusal("sale.being_paid", paid=total([t.amount for t in basket.tenders]))
    if uses_points(basket):
        raise Refusal("tab.points")

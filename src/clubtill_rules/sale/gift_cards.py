"""Gift cards: money owed to a holder: sold, used in parts, credited, expired (R102). Online only (R90).

Selling one is no turnover, bears no tax, earns nothing and takes no discount. No points and no gift card pay for one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.permissions import Act
from clubtill_rules.sale.asks import Ask
from clubtill_rules.sale.basket import Basket, totals
from clubtill_rules.sale.extra_lines import extra_line
from clubtill_rules.sale.refunding import Refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.tender import Tender, exact
from clubtill_rules.values.days import add_months
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working

_FOR_MONEY: Final = frozenset({ProductKind.GIFT_CARD, ProductKind.TOP_UP, ProductKind.ACCOUNT_PAYMENT})
"""R44, R102: what is money itself is paid with other money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftCard:
    """A gift card as the ledger keeps it.

    Attributes:
        sold_for: what it was sold for; `left` is what is owed to its holder.
        last_day: the last day on which it pays; None never ends.
    """

    number: str
    sold_for: Money
    left: Money
    sold_on: date
    last_day: date | None
    sale_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A payment by gift card: the tender, the card as it will be once the sale is final, and row 17."""

    tender: Tender
    card: GiftCard
    asks: tuple[Ask, ...]
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """What is no longer owed on a gift card past its last day."""

    card: GiftCard
    amount: Money


def selling_line(number: str, name: str, amount: Money, *, catalogue: Catalogue, at_us: int, offline: bool) -> Line:
    """Make the line by which a gift card is sold; `ask` says what has to be allowed.

    Refuses `gift_card.offline`, and `tender.no_amount` for nothing.
    """
    _online(offline=offline)
    if amount <= NIL:
        raise Refusal("tender.no_amount")
    return extra_line(
        ProductKind.GIFT_CARD, "gift_card", name, amount, catalogue=catalogue, at_us=at_us, reference=number
    )


def ask(amount: Money) -> Ask:
    """Give row 17: to sell or take a gift card or voucher of an amount."""
    return Ask(act=Act.GIFT_CARD, amount=amount.minor)


def sold(sale: Sale, catalogue: Catalogue) -> tuple[GiftCard, ...]:
    """Give the gift cards that a sale has sold, each with its last day: months from the day of the sale (R102)."""
    months = catalogue.club.gift_card_months
    return tuple(
        GiftCard(
            number=line.reference,
            sold_for=line.net,
            left=line.net,
            sold_on=sale.trading_day,
            last_day=add_months(sale.trading_day, months) if months else None,
            sale_id=sale.sale_id,
        )
        for line in sale.lines
        if line.kind is ProductKind.GIFT_CARD
    )


def pay(
    card: GiftCard,
    basket: Basket,
    catalogue: Catalogue,
    *,
    media_id: str,
    day: date,
    offline: bool,
    amount: Money | None = None,
) -> Paid:
    """Pay all or a part of what is due by a gift card, up to what is left on it; it gives no change (R102).

    Args:
        card: as the ledger has it.
        basket: the sale, with what was taken so far.
        catalogue: for the totals.
        media_id: the medium of gift cards.
        day: the trading day.
        offline: the ledger is out of reach.
        amount: what it is to pay; None is as much as it can.

    Raises:
        Refusal: `gift_card.offline`; `gift_card.expired` with its last `day`; `gift_card.short` with what is
            `available` on it; `gift_card.for_money` where what is left to pay is for gift cards, top-ups or accounts;
            and as `tender.exact`.
    """
    _online(offline=offline)
    if card.last_day is not None and day > card.last_day:
        raise Refusal("gift_card.expired", day=card.last_day)
    due = totals(basket, catalogue).due
    for_money = total([line.net for line in basket.lines if line.kind in _FOR_MONEY])
    other = total([t.amount for t in basket.tenders if t.kind is not MediaKind.GIFT_CARD])
    payable = due - max(NIL, for_money - other)
    left = card.left - total([t.amount for t in basket.tenders if t.reference == card.number])
    asked = min(left, payable) if amount is None else amount
    if due > NIL and asked > payable:
        raise Refusal("gift_card.for_money", amount=max(NIL, payable))
    if asked > left or left <= NIL:
        raise Refusal("gift_card.short", amount=left)
    tender = exact(due, asked, media_id, MediaKind.GIFT_CARD, card.number)
    rest = left - asked
    told = because(
        "why.gift_card.paid", "R102", working=working(rest, Rounding.EXACT, left, ("-", asked)), amount=asked, left=rest
    )
    return Paid(tender=tender, card=replace(card, left=rest), asks=(ask(asked),), because=(told,))


def credited(card: GiftCard, refund: Refund) -> GiftCard:
    """Give back to a gift card what it paid of what is refunded; its last day stays (R102)."""
    back = total([t.amount for t in refund.given if t.kind is MediaKind.GIFT_CARD and t.reference == card.number])
    return replace(card, left=card.left + back)


def taken_back(card: GiftCard) -> GiftCard:
    """Take a sold gift card back, when its line is refunded or its sale voided.

    Refuses `gift_card.used` once a part of it was spent: what it is worth then is what is left on it.
    """
    if card.left != card.sold_for:
        raise Refusal("gift_card.used", amount=card.left)
    return replace(card, left=NIL)


def expire(card: GiftCard, day: date) -> Expired | None:
    """Expire what is left on a card after its last day; None where nothing expires, so it can be asked again."""
    if card.last_day is None or day <= card.last_day or not card.left:
        return None
    return Expired(card=replace(card, left=NIL), amount=card.left)


def _online(*, offline: bool) -> None:
    if offline:
        raise Refusal("gift_card.offline")

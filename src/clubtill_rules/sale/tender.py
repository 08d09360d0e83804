"""Tender: taking money for a sale, in order, in parts if wished (R71, R79). Points never come this way (R44).

Only cash gives change, and only its final part is rounded; gift cards stand in `gift_cards`.
"""

from __future__ import annotations

from dataclasses import dataclass

from clubtill_rules.goods.product import MediaKind
from clubtill_rules.sale.rounding import cash_total
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """What one medium pays of a sale: `given` less `change` equals `amount` plus `rounding`.

    A sale 23.98, paid with 30.00 in cash: amount 23.98, rounding 0.02, given 30.00, change 6.00.

    Attributes:
        reference: number of the gift card or id of the charge account that pays; blank for other media.
        surcharge_line: number of the line of the surcharge that this medium pays in its amount (R103); 0 for none.
    """

    media_id: str
    kind: MediaKind
    amount: Money
    given: Money
    change: Money = NIL
    rounding: Money = NIL
    reference: str = ""
    surcharge_line: int = 0


def take_cash(due: Money, given: Money, step_minor: int, media_id: str) -> Tender:
    """Take cash for all that is due, rounded to the step, and give change (R79).

    Raises:
        Refusal: `tender.too_little` with what is missing, `tender.nothing_due` when nothing is left to pay.
    """
    if due <= NIL:
        raise Refusal("tender.nothing_due")
    to_pay = cash_total(due, step_minor)
    if given < to_pay:
        raise Refusal("tender.too_little", given=given, missing=to_pay - given)
    return Tender(
        media_id=media_id,
        kind=MediaKind.CASH,
        amount=due,
        given=given,
        change=given - to_pay,
        rounding=to_pay - due,
    )


def part_cash(due: Money, given: Money, step_minor: int, media_id: str) -> Tender:
    """Take cash that pays a part, exactly; cash that covers the rest is taken and rounded as the final part (R79).

    Raises:
        Refusal: `tender.no_amount`, or as `take_cash`.
    """
    if given <= NIL:
        raise Refusal("tender.no_amount")
    if given >= min(due, cash_total(due, step_minor)):
        return take_cash(due, given, step_minor, media_id)
    return Tender(media_id=media_id, kind=MediaKind.CASH, amount=given, given=given)


def card(due: Money, amount: Money, media_id: str) -> Tender:
    """Take a card payment for all or a part of what is due, to the minor unit.

    Raises:
        Refusal: `tender.nothing_due`, `tender.no_amount`, or `tender.too_much` as a card gives no change.
    """
    return exact(due, amount, media_id, MediaKind.CARD)


def charge(due: Money, amount: Money, media_id: str, account_id: str) -> Tender:
    """Charge all or a part of what is due to an account, to the minor unit. Its limit is R100's, asked before.

    Raises:
        Refusal: as `card`: an account gives no change.
    """
    return exact(due, amount, media_id, MediaKind.ACCOUNT, account_id)


def exact(due: Money, amount: Money, media_id: str, kind: MediaKind, reference: str = "") -> Tender:
    """Take an exact amount of a medium that gives no change and is not rounded (R71, R79).

    Raises:
        Refusal: `tender.nothing_due`, `tender.no_amount`, `tender.too_much`.
    """
    if due <= NIL:
        raise Refusal("tender.nothing_due")
    if amount <= NIL:
        raise Refusal("tender.no_amount")
    if amount > due:
        raise Refusal("tender.too_much", amount=amount, due=due)
    return Tender(media_id=media_id, kind=kind, amount=amount, given=amount, reference=reference)

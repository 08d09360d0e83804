"""Account charges: Charge / Redemption on a sale: its screen, putting charges on the basket, taking them back (R74).

Points pay by amount and stand on the basket; accounts in money pay as tenders. Nothing moves before the sale is final.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.points.charging import (
    Charge,
    ChargeAccount,
    ChargeKind,
    ChargeScreen,
    KeyOption,
    charge_screen,
    paid_by_amount,
    use,
)
from clubtill_rules.sale import surcharging
from clubtill_rules.sale import tender as tenders
from clubtill_rules.sale.basket import Basket, choices_made, payable, paying_classification, totals, void_tenders
from clubtill_rules.sale.tax import tax_on_top
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.refusal import Refusal


def open_screen(
    basket: Basket,
    accounts: Iterable[ChargeAccount],
    *,
    catalogue: Catalogue,
    uid_only: bool = False,
    key: KeyOption = KeyOption.SELECT_AT_TOUCH,
) -> ChargeScreen:
    """Open Charge / Redemption for what is left to pay of a sale (R74).

    What points pay by amount already stands charged, as far as they still may, instead of what the key presets.

    Args:
        basket: of the sale, with what was taken so far.
        accounts: of the member, in the order of the screen; what this sale has charged to one already is not available.
        catalogue: the settings in force at the location.
        uid_only: the member is known by a card's bare UID (R87).
        key: what the key does at first.

    Raises:
        Refusal: `points.no_member`; `points.no_benefits` (R17); `line.choices_missing` (R104).
    """
    if basket.member is None:
        raise Refusal("points.no_member")
    classification = paying_classification(basket, catalogue)
    if classification is None:
        raise Refusal("points.no_benefits")
    choices_made(basket.lines)
    screen = charge_screen(
        basket.lines,
        [_left(account, basket) for account in accounts],
        classification=classification,
        catalogue=catalogue,
        due=totals(replace(basket, by_amount=None), catalogue).due,
        tax_on_top=tax_on_top(basket.lines),
        uid_only=uid_only,
        key=KeyOption.SELECT_AT_TOUCH if basket.by_amount else key,
    )
    return _as_charged(screen, basket.by_amount.amount) if basket.by_amount else screen


def charge_accounts(basket: Basket, screen: ChargeScreen, *, catalogue: Catalogue, at_us: int) -> Basket:
    """Put what was charged on the sale: points by amount first, then each account in money as a payment (R71, R74).

    Points that pay by amount replace what they paid before. An account bears the surcharge of its medium (R103). Where
    points lower the tax on top (R97), less is left to pay, and the last account is charged less.

    Args:
        basket: for which the screen was opened.
        screen: with its charges.
        catalogue: the settings in force at the location.
        at_us: the moment, for the surcharges.

    Raises:
        Refusal: `points.no_member`; `line.choices_missing` (R104); `points.other_tenders` where other payments leave
            too little for the points, as they lower the tax (R71); `charge.above` where an account cannot bear its
            surcharge as well.
        ValueError: the sale has changed since the screen was opened, or the points are another account's.
    """
    if basket.member is None:
        raise Refusal("points.no_member")
    choices_made(basket.lines)
    bare = replace(basket, by_amount=None)
    if (screen.due, (screen.lines, screen.lines_total)) != (totals(bare, catalogue).due, payable(bare, catalogue)):
        raise ValueError("screen: the sale has changed since it was opened")
    own = basket.member.account_id
    if any(charge.kind is ChargeKind.POINTS and charge.account_id != own for charge in screen.charges):
        raise ValueError("screen: points of an account that is not on the sale")
    charged = replace(bare, by_amount=paid_by_amount(screen))
    if totals(charged, catalogue).due < NIL:
        raise Refusal("points.other_tenders", paid=total([t.amount for t in basket.tenders]))
    accounts = {account.account_id: account for account in screen.setting.accounts}
    for charge in screen.charges:
        if charge.kind is ChargeKind.MONEY:
            charged = _charged(charged, charge, accounts[charge.account_id], catalogue, at_us)
    return charged


def clear_charges(basket: Basket) -> Basket:
    """Take back what was charged, by points and to accounts; the caller gives the lease back (R72, R74).

    Refuses `sale.being_paid` where anything but accounts has paid: that is voided first (U42).
    """
    others = [tender.amount for tender in basket.tenders if tender.kind is not MediaKind.ACCOUNT]
    if others:
        raise Refusal("sale.being_paid", paid=total(others))
    return void_tenders(replace(basket, by_amount=None))


def _as_charged(screen: ChargeScreen, amount: Money) -> ChargeScreen:
    """Charge the points account with what it pays already, or with less where it may not take so much any more."""
    for option in screen.options:
        if option.account.kind is ChargeKind.POINTS and option.usable:
            return use(screen, option.account.account_id, min(amount, option.usable))
    return screen


def _left(account: ChargeAccount, basket: Basket) -> ChargeAccount:
    """Give an account with what this sale leaves on it."""
    charged = [
        tender.amount
        for tender in basket.tenders
        if tender.kind is MediaKind.ACCOUNT and tender.reference == account.account_id
    ]
    return replace(account, available=account.available - total(charged))


def _charged(basket: Basket, charge: Charge, account: ChargeAccount, catalogue: Catalogue, at_us: int) -> Basket:
    """Charge an account in money, its medium's surcharge included, up to what is left to pay."""
    pays = min(charge.amount, totals(basket, catalogue).due)
    if not pays:
        return basket
    media_id = catalogue.media_of(MediaKind.ACCOUNT).id
    bears = surcharging.by_medium(basket, catalogue, media_id, pays, at_us=at_us)
    if bears.to_take > account.available:
        raise Refusal("charge.above", account=account.name, amount=bears.to_take, usable=account.available)
    paid = tenders.charge(bears.to_take, bears.to_take, media_id, account.account_id)
    return surcharging.taken(basket, bears, paid)

"""Posting: what a sale or a refund does to points (entries) and to the books (postings that sum to nil).

Amounts come from the sale as it stands; nothing is computed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.points.refunding import refund_entries
from clubtill_rules.sale.refunding import Refund
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.money import Money

ROUNDING: Final = "rounding"
"""The account of cash rounding: a line of its own, never in tax (R79, R97)."""
_TURNOVER: Final = "sales"
_OWED_GIFT_CARDS: Final = "owed:gift_cards"
_ACCOUNTS: Final = {
    ProductKind.GIFT_CARD: _OWED_GIFT_CARDS,
    ProductKind.TOP_UP: "owed:top_ups",
    ProductKind.TIP: "owed:tips",
    ProductKind.ACCOUNT_PAYMENT: "charge_accounts",
    ProductKind.SURCHARGE: "surcharges",
}
"""What is sold without being turnover: owed to a holder or to staff (R28, R102), or paid by a debtor (R100)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One amount on one account of the books: media are debited (plus), sales, tax and debts credited (minus)."""

    account: str
    amount: Money


def entries(sale: Sale) -> tuple[Entry, ...]:
    """Give the points entries of a sale: a LEASE_SPEND a lease in the order planned, a REDEEM a budget, then the AWARD.

    R4, D21, D39.

    Legs count from 0 in that order, so the same sale always gives the same entries.
    """
    if not sale.account_id or sale.award_earn_day is None:
        return ()
    day = sale.award_earn_day
    spends = [
        Entry(
            event_id=sale.sale_id,
            leg=leg,
            kind=EntryKind.LEASE_SPEND,
            account_id=sale.account_id,
            amount_h=spend.amount_h,
            eff_us=sale.at_us,
            day=day,
            sale_id=sale.sale_id,
            lease_id=spend.lease_id,
        )
        for leg, spend in enumerate(sale.lease_spends)
    ]
    spends += [
        Entry(
            event_id=sale.sale_id,
            leg=leg,
            kind=EntryKind.REDEEM,
            account_id=sale.account_id,
            amount_h=spend.amount_h,
            eff_us=sale.at_us,
            day=day,
            sale_id=sale.sale_id,
        )
        for leg, spend in enumerate(sale.budget_spends, start=len(spends))
    ]
    if not sale.award:
        return tuple(spends)
    award = Entry(
        event_id=sale.sale_id,
        leg=len(spends),
        kind=EntryKind.AWARD,
        account_id=sale.account_id,
        amount_h=sale.award.hundredths,
        eff_us=sale.at_us,
        day=day,
        earn_day=day,
        last_day=sale.award_last_day,
        sale_id=sale.sale_id,
        award_for=AwardFor.SALE,
    )
    return (*spends, award)


def entries_of_refund(refund: Refund) -> tuple[Entry, ...]:
    """Give the points entries of a refund: what returns, then what was earned and is taken back (R40, R41)."""
    return refund_entries(
        event_id=refund.refund_id,
        account_id=refund.account_id,
        sale_id=refund.sale_id,
        eff_us=refund.at_us,
        day=refund.club_day,
        refund_grace_days=refund.grace_days,
        back=refund.points_back,
        taken=refund.award_back,
        award_leg=refund.award_leg,
    )


def postings(sale: Sale) -> tuple[Posting, ...]:
    """Give the money postings of a sale; they sum to nil.

    The books keep the sale gross of Points Pay discounts, and of discounts that a Discount Expense Media bears
    (R69, R70, R81). A medium is debited with what it took, cash with what stays in the drawer; a gift card lowers what
    is owed to its holder (R102).
    """
    rows = [
        (line, line.gross if sale.expensed else line.net, tax)
        for line, tax in zip(sale.lines, sale.line_taxes, strict=True)
    ]
    return _booked(rows, sale.tenders, 1)


def postings_of_refund(refund: Refund) -> tuple[Posting, ...]:
    """Give the money postings of a refund: those of its parts of the sale with the other sign; they sum to nil."""
    rows = [(line.line, line.gross if refund.expensed else line.net, line.tax) for line in refund.lines]
    return _booked(rows, refund.tenders, -1)


def _booked(rows: Iterable[tuple[Line, Money, Money]], tenders: Iterable[Tender], sign: int) -> tuple[Posting, ...]:
    """Credit what was sold and its added tax, debit the media: of a sale with sign 1, of a refund with -1."""
    credited: dict[str, int] = {}
    added: dict[str, int] = {}
    for line, value, tax in rows:
        account = _ACCOUNTS.get(line.kind, _TURNOVER)
        credited[account] = credited.get(account, 0) - value.minor
        if not line.tax_inclusive:
            added[f"tax:{line.tax_code_id}"] = added.get(f"tax:{line.tax_code_id}", 0) - tax.minor
    media: dict[str, int] = {}
    rounding = 0
    for tender in tenders:
        account = _OWED_GIFT_CARDS if tender.kind is MediaKind.GIFT_CARD else f"media:{tender.media_id}"
        media[account] = media.get(account, 0) + (tender.amount + tender.rounding).minor
        rounding -= tender.rounding.minor
    return tuple(
        Posting(account=account, amount=Money(sign * minor))
        for account, minor in (*credited.items(), *added.items(), *media.items(), (ROUNDING, rounding))
        if minor
    )

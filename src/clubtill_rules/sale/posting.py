"""Posting: what a finished sale does to points (entries) and to the books (postings that sum to nil).

Amounts come from the sale as it stands; nothing is computed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.money import NIL, Money, total

ROUNDING: Final = "rounding"
"""The account of cash rounding: a line of its own, never in tax (R79, R97)."""
_TURNOVER: Final = "sales"
_OWED: Final = {ProductKind.GIFT_CARD: "owed:gift_cards", ProductKind.TOP_UP: "owed:top_ups"}
"""R102: what is sold without being turnover is owed to its holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One amount on one account of the books: media are debited (plus), sales, tax and debts credited (minus)."""

    account: str
    amount: Money


def entries(sale: Sale) -> tuple[Entry, ...]:
    """Give the points entries of a sale: a LEASE_SPEND a lease in the order planned, then the AWARD (R4, D21).

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


def postings(sale: Sale) -> tuple[Posting, ...]:
    """Give the money postings of a sale; they sum to nil.

    The books keep the sale gross of Points Pay discounts, and of discounts that a Discount Expense Media bears
    (R69, R70, R81). A medium is debited with what it took, cash with what stays in the drawer.
    """
    discount_media = total([t.amount for t in sale.tenders if t.kind is MediaKind.DISCOUNT])
    expensed = discount_media - sale.points_pay_discount != NIL
    credited: dict[str, int] = {}
    for line in sale.lines:
        account = _OWED.get(line.kind, _TURNOVER)
        credited[account] = credited.get(account, 0) - (line.gross if expensed else line.net).minor
    for line, tax in zip(sale.lines, sale.line_taxes, strict=True):
        if not line.tax_inclusive and tax:
            account = f"tax:{line.tax_code_id}"
            credited[account] = credited.get(account, 0) - tax.minor
    media: dict[str, int] = {}
    for tender in sale.tenders:
        account = f"media:{tender.media_id}"
        media[account] = media.get(account, 0) + (tender.amount + tender.rounding).minor
    rounding = {ROUNDING: -sale.cash_rounding.minor}
    return tuple(
        Posting(account=account, amount=Money(minor))
        for account, minor in (*credited.items(), *media.items(), *rounding.items())
        if minor
    )

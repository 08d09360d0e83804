"""Sale facts: what the rows of a sale are, from its event, its instant and the settings of its version alone (I15).

Accepting an event and making the tables again use these same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias

import msgspec

from clubtill_ledger.accept.hold import Hold
from clubtill_ledger.store.settings import Settings
from clubtill_rules.accounts.book import FactKind
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.members.account import AccountCard
from clubtill_rules.members.campaigns import campaign_key
from clubtill_rules.points.charging import payable_by_amount
from clubtill_rules.points.earning import PaidByAmount, award, last_usable_day
from clubtill_rules.sale.posting import Posting, postings
from clubtill_rules.sale.purchases import spend_of_sale
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.tax import tax_on_top
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.money import total
from clubtill_sync.wire.events import Event, LineV1, SaleV1
from clubtill_sync.wire.sale_events import LineV2, SaleV2
from clubtill_sync.wire.versions import BrokenEvent
from clubtill_sync.wire.versions_sale import sale_from_wire

SettingsAt: TypeAlias = Callable[[str, date], Settings]
"""Gives the settings that an event of a day was made with, by the version that it names."""
Row: TypeAlias = tuple[str, dict[str, Any]]
"""A table's name and the values of a row of it, without the bucket."""
_STOCK: Final = frozenset({ProductKind.GOODS.value, ProductKind.GAMING.value})
"""Kinds of lines that are always a product of the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSale:
    """A sale as the ledger reads it: with the days of its effective time, its postings, and its award computed again.

    `again_h` is None where its classification is not known.
    """

    event: Event
    body: SaleV1
    sale: Sale
    catalogue: Catalogue
    postings: tuple[Posting, ...]
    again_h: int | None


def read_sale(event: Event, body: SaleV1, eff_us: int, settings: SettingsAt) -> ReadSale:
    """Read a sale with the settings it was made with. Raises Hold for what the ledger cannot interpret (C25)."""
    catalogue = settings(event.settings_version, body.trading_day).catalogue(body.club_id, body.location_id)
    if catalogue is None:
        raise Hold("unknown_settings")
    if any(line.kind in _STOCK and line.product_id not in catalogue.products for line in body.lines):
        raise Hold("unknown_product")
    try:
        sale = sale_of(event.event_id, body, eff_us, catalogue)
        told = postings(sale)
    except (BrokenEvent, ValueError, LookupError) as broken:
        raise Hold("broken") from broken
    if total([posting.amount for posting in told]):
        raise Hold("unbalanced")
    again_h = _award_again(sale, body, catalogue) if sale.account_id else None
    return ReadSale(event=event, body=body, sale=sale, catalogue=catalogue, postings=told, again_h=again_h)


def sale_of(event_id: str, body: SaleV1, eff_us: int, catalogue: Catalogue) -> Sale:
    """Read a sale back as the rules' own value, with the days of its effective time. Raises BrokenEvent, ValueError."""
    earn_day = trading_day(eff_us, catalogue.club.clock) if body.account_id else None
    dated = msgspec.structs.replace(  # the event, which costs a tenth of replacing the same in the sale
        body,
        at_us=eff_us,
        trading_day=trading_day(eff_us, catalogue.venue.clock),
        award_earn_day=earn_day,
        award_last_day=_last_day(body, earn_day, catalogue),
    )
    return sale_from_wire(event_id, dated)


def _last_day(body: SaleV1, earn_day: date | None, catalogue: Catalogue) -> date | None:
    """Give the last usable day of the award by the effective day and the months of the classification then (R34)."""
    classification = catalogue.classifications.get(body.classification or 0)
    if not body.award_h or earn_day is None:
        return None
    if classification is None:
        return body.award_last_day
    return last_usable_day(earn_day, classification.points_expiry_months)


def _award_again(sale: Sale, body: SaleV1, catalogue: Catalogue) -> int | None:
    """Compute the award again: account's rate, classification's, location, offers, points by amount (R26-R31, 4.5)."""
    classification = catalogue.classifications.get(sale.classification or 0)
    if classification is None:
        return None
    by_amount = None
    if sale.value_by_amount:
        numbers, of = payable_by_amount(
            sale.lines, classification=classification, catalogue=catalogue, tax_on_top=tax_on_top(sale.lines)
        )
        by_amount = PaidByAmount(amount=sale.value_by_amount, of=of, lines=numbers, points=sale.points_by_amount)
    try:
        again = award(
            sale.lines,
            member=None,
            classification=classification,
            catalogue=catalogue,
            earns=sale.benefits,
            account=_account(sale, body),
            by_amount=by_amount,
            reasons=False,
        )
    except ValueError:  # points paid more than the lines may bear by these settings: nothing of it can be earned
        return 0
    return again.points.hundredths


def _account(sale: Sale, body: SaleV1) -> AccountCard | None:
    rate_h = body.account_rate_h if isinstance(body, SaleV2) else None
    if rate_h is None:
        return None
    return AccountCard(account_id=sale.account_id, club_id=sale.club_id, version=0, fixed_rate_h=rate_h)


# ------------------------------------------------------------------ rows


def rows_of_sale(read: ReadSale) -> Iterator[Row]:
    """Give every row of a sale, of whichever version."""
    sale, body, event = read.sale, read.body, read.event
    mine = {
        "event_id": event.event_id,
        "eff_us": sale.at_us,
        "trading_day": sale.trading_day,
        "award_again_h": read.again_h,
        "grain_h": sale.grain_h,
        "rules_version": event.rules_version,
        "settings_version": event.settings_version,
    }
    yield "sale", msgspec.structs.asdict(body) | mine
    for line, counts in zip(body.lines, spend_of_sale(sale), strict=True):
        yield "sale_line", _line(line) | {"event_id": event.event_id, "spend_minor": counts.minor}
    for n, tender in enumerate(body.tenders, start=1):
        yield "tender", msgspec.structs.asdict(tender) | {"event_id": event.event_id, "n": n}
    for n, posting in enumerate(read.postings, start=1):
        yield "posting", posting_row(event.event_id, n, posting)
    for spend in sale.budget_spends:
        who = {"device_id": sale.device_id, "club_id": sale.club_id, "account_id": sale.account_id}
        told = {"event_id": event.event_id, "budget_id": spend.budget_id, "amount_h": spend.amount_h}
        yield "budget_spend", who | told
    yield from _charges(sale)
    yield from _gift_cards(sale)
    if isinstance(body, SaleV2):
        yield from _further(read, body)


def posting_row(event_id: str, n: int, posting: Posting) -> dict[str, Any]:
    """Give the row of one amount on one account of the books."""
    return {"event_id": event_id, "n": n, "account": posting.account, "amount_minor": posting.amount.minor}


def _line(line: LineV1) -> dict[str, Any]:
    row = msgspec.structs.asdict(line)
    if isinstance(line, LineV2):
        row["extras_minor"] = sum(modifier.price_minor for modifier in line.modifiers)
        row["manual_reason"] = line.manual.reason if line.manual else ""
    return row


def _charges(sale: Sale) -> Iterator[Row]:
    """Give what a sale charges to accounts, and the account payments that it takes (R100)."""
    found = [
        (FactKind.CHARGE, tender.reference, tender.amount)
        for tender in sale.tenders
        if tender.kind is MediaKind.ACCOUNT
    ]
    found += [
        (FactKind.PAYMENT, line.reference, line.net) for line in sale.lines if line.kind is ProductKind.ACCOUNT_PAYMENT
    ]
    for n, (kind, charged, amount) in enumerate(found, start=1):
        if charged and amount.minor > 0:
            row = {"charge_account_id": charged, "kind": kind.value, "amount_minor": amount.minor, "names": ""}
            yield "account_charge", _of_sale(sale, n) | row | {"reference": str(sale.number)}


def _gift_cards(sale: Sale) -> Iterator[Row]:
    """Give what gift cards were sold for and what they paid (R102)."""
    found = [("sold", line.reference, line.net) for line in sale.lines if line.kind is ProductKind.GIFT_CARD]
    found += [
        ("paid", tender.reference, tender.amount) for tender in sale.tenders if tender.kind is MediaKind.GIFT_CARD
    ]
    for n, (kind, number, amount) in enumerate(found, start=1):
        row = {"card_number": number, "kind": kind, "amount_minor": amount.minor}
        yield "gift_card", _of_sale(sale, n) | row


def _further(read: ReadSale, body: SaleV2) -> Iterator[Row]:
    """Give what only later versions tell: fees, limits, vouchers, campaigns."""
    sale = read.sale
    for fee in body.fees:
        told = {"before_day": fee.before, "after_day": fee.after, "settings_version": read.event.settings_version}
        yield "fee", msgspec.structs.asdict(fee) | _of_sale(sale, 0) | told
    for n, one in enumerate(body.tracked, start=1):
        yield "tracking", msgspec.structs.asdict(one) | _of_sale(sale, n)
    for n, number in enumerate(body.vouchers, start=1):
        yield "voucher_use", _of_sale(sale, n) | {"voucher_number": number}
    for n, code in enumerate(body.campaigns, start=1):
        key = campaign_key(sale.club_id, code, sale.person_id, sale.sale_id)
        yield "campaign_entry", _of_sale(sale, n) | {"natural_key": key, "campaign": code}


def _of_sale(sale: Sale, n: int) -> dict[str, Any]:
    return {
        "event_id": sale.sale_id,
        "n": n,
        "club_id": sale.club_id,
        "account_id": sale.account_id,
        "person_id": sale.person_id,
        "venue_id": sale.venue_id,
        "eff_us": sale.at_us,
        "trading_day": sale.trading_day,
    }

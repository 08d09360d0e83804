"""Refund facts: what the rows of a refund or void are, from its event, its instant and its settings alone (I15)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from clubtill_ledger.accept.hold import Hold
from clubtill_ledger.accept.sale_facts import Row, SettingsAt, posting_row
from clubtill_rules.accounts.book import FactKind
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.sale.posting import Posting, postings_of_refund
from clubtill_rules.sale.purchases import spend_of_refund
from clubtill_rules.sale.refund_parts import RefundLine
from clubtill_rules.sale.refunding import Refund
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.money import total
from clubtill_sync.wire.events import Event
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.versions import BrokenEvent
from clubtill_sync.wire.versions_refund import refund_from_wire


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRefund:
    """A refund as the ledger reads it: with the days of its effective time, and its postings."""

    event: Event
    body: RefundV1
    refund: Refund
    catalogue: Catalogue
    postings: tuple[Posting, ...]


def read_refund(event: Event, body: RefundV1, eff_us: int, settings: SettingsAt) -> ReadRefund:
    """Read a refund with the settings it was made with. Raises Hold for what the ledger cannot interpret (C25)."""
    catalogue = settings(event.settings_version, body.trading_day).catalogue(body.club_id, body.location_id)
    if catalogue is None:
        raise Hold("unknown_settings")
    try:
        told = refund_from_wire(event.event_id, body)
        postings = postings_of_refund(told)
    except (BrokenEvent, ValueError, LookupError) as broken:
        raise Hold("broken") from broken
    if total([posting.amount for posting in postings]):
        raise Hold("unbalanced")
    dated = replace(
        told,
        at_us=eff_us,
        trading_day=trading_day(eff_us, catalogue.venue.clock),
        club_day=trading_day(eff_us, catalogue.club.clock),
        grace_days=catalogue.club.refund_grace_days,
    )
    return ReadRefund(event=event, body=body, refund=dated, catalogue=catalogue, postings=postings)


def rows_of_refund(read: ReadRefund) -> Iterator[Row]:
    """Give every row of a refund. Tenders stand below nil, so that sums by medium are what it kept."""
    refund, body, event = read.refund, read.body, read.event
    mine = {
        "event_id": event.event_id,
        "eff_us": refund.at_us,
        "trading_day": refund.trading_day,
        "rules_version": event.rules_version,
        "settings_version": event.settings_version,
    }
    yield "refund", msgspec.structs.asdict(body) | mine
    for line, counts in zip(refund.lines, spend_of_refund(refund), strict=True):
        yield "refund_line", _line(line) | {"event_id": event.event_id, "spend_minor": counts.minor}
    for n, tender in enumerate(body.tenders, start=1):
        below = {
            name: -getattr(tender, name) for name in ("amount_minor", "given_minor", "change_minor", "rounding_minor")
        }
        yield "tender", msgspec.structs.asdict(tender) | below | {"event_id": event.event_id, "n": n}
    for n, posting in enumerate(read.postings, start=1):
        yield "posting", posting_row(event.event_id, n, posting)
    for n, one in enumerate(body.tracked, start=1):
        yield "tracking", msgspec.structs.asdict(one) | _of_refund(read, n)
    yield from _credits(read)
    yield from _gift_cards(read)


def _line(line: RefundLine) -> dict[str, Any]:
    sold = line.line
    return {
        "n": sold.n,
        "product_id": sold.product_id,
        "name": sold.name,
        "family_id": sold.family_id,
        "category_id": sold.category_id,
        "kind": sold.kind.value,
        "qty": line.qty,
        "gross_minor": line.gross.minor,
        "discount_minor": line.discount.minor,
        "tax_minor": line.tax.minor,
        "pp_discount_minor": line.points_pay_discount.minor,
        "points_h": line.points.hundredths,
        "by_points": sold.by_points is not None,
        "tax_code_id": sold.tax_code_id,
        "tax_bp": sold.tax_bp,
        "tax_inclusive": sold.tax_inclusive,
        "discount_id": sold.discount_id,
        "reference": sold.reference,
    }


def _credits(read: ReadRefund) -> Iterator[Row]:
    """Give what charge accounts are credited, naming the charge; a payment that goes back is a charge (R100)."""
    body = read.body
    found = [
        (FactKind.CREDIT, tender.reference, tender.amount_minor, body.sale_id)
        for tender in body.tenders
        if tender.kind == MediaKind.ACCOUNT.value
    ]
    found += [
        (FactKind.CHARGE, line.line.reference, line.net.minor, "")
        for line in read.refund.lines
        if line.line.kind is ProductKind.ACCOUNT_PAYMENT
    ]
    for n, (kind, charged, amount, names) in enumerate(found, start=1):
        if charged and amount > 0:
            row = {"charge_account_id": charged, "kind": kind.value, "amount_minor": amount, "names": names}
            yield "account_charge", _of_refund(read, n) | row | {"reference": str(body.sale_number)}


def _gift_cards(read: ReadRefund) -> Iterator[Row]:
    """Give what gift cards get back of what they paid, and those that are taken back themselves (R102)."""
    found = [
        ("credited", tender.reference, tender.amount_minor)
        for tender in read.body.tenders
        if tender.kind == MediaKind.GIFT_CARD.value
    ]
    found += [
        ("taken_back", line.line.reference, line.net.minor)
        for line in read.refund.lines
        if line.line.kind is ProductKind.GIFT_CARD
    ]
    for n, (kind, number, amount) in enumerate(found, start=1):
        yield "gift_card", _of_refund(read, n) | {"card_number": number, "kind": kind, "amount_minor": amount}


def _of_refund(read: ReadRefund, n: int) -> dict[str, Any]:
    return {
        "event_id": read.event.event_id,
        "n": n,
        "club_id": read.body.club_id,
        "account_id": read.body.account_id,
        "person_id": read.body.person_id,
        "venue_id": read.body.venue_id,
        "eff_us": read.refund.at_us,
        "trading_day": read.refund.trading_day,
    }

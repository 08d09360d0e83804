"""Refunds: what a refund or void does at the ledger: points back, the award taken back, fees undone (R24, R40-R43).

What was handed out stands. A refund of a sale that is not here yet waits for it (C22); one of more than is left of the
sale is held (C23); figures that differ by a rounding from the ledger's own are a flag, and points never go beyond the
sale's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from clubtill_ledger.accept.awaited import wait_for
from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.accept.fees import FEE_LEGS, take_back_fees
from clubtill_ledger.accept.hold import Hold
from clubtill_ledger.accept.reading import Read, read
from clubtill_ledger.accept.refund_facts import ReadRefund, read_refund, rows_of_refund
from clubtill_ledger.accept.sale_facts import read_sale
from clubtill_ledger.store import logs, refunds, renewals
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.entries import entries_of
from clubtill_ledger.store.logs import Slot
from clubtill_rules.goods.product import MediaKind, ProductKind
from clubtill_rules.points import effective as rules
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.refunding import void_entries
from clubtill_rules.sale.posting import entries, entries_of_refund
from clubtill_rules.sale.refunding import Made, Refund, left_of
from clubtill_rules.sale.refunding import refund as worked_out
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.events import SaleV1
from clubtill_sync.wire.refund_events import RefundV1
from clubtill_sync.wire.versions import BrokenEvent
from clubtill_sync.wire.versions_refund import refund_from_wire

EXCEEDS: Final = "refund_exceeds"
"""Reason of a held refund of more than is left of its sale (C23)."""
REFUND_DIFFERS: Final = "REFUND_DIFFERS"
"""Flag: what was given back differs by a rounding from what the ledger works out; the receipt stands (C24)."""
DAY_DIFFERS: Final = "DAY_DIFFERS"
"""Flag: the day by the effective time is another than the terminal's (3.1)."""


def post_refund(work: BucketWork, slot: Slot, one: Read, body: RefundV1) -> frozenset[str]:
    """Post a refund or void and give its flags. Raises Hold."""
    if one.event is None:
        raise AssertionError("a refund without an envelope is held when it is read")
    if not body.sale_id:
        return _keep(work, read_refund(one.event, body, slot.eff_us, work.settings))
    sale = find_sale(work, body.sale_id)
    if sale is None:
        wait_for(work, body.sale_id, one.event_id)
    if (sale.club_id, sale.account_id, sale.device_id) != (body.club_id, body.account_id, body.sale_device_id):
        raise Hold("broken")
    eff_us = rules.effective(
        slot.eff_us, received_us=slot.received_us, previous_us=slot.eff_us, refers_us=_last_us(work, sale)
    ).eff_us
    told = read_refund(one.event, body, eff_us, work.settings)
    already = _refunds_of(work, sale)
    flags: set[str] = set() if work.replaying or work.judged else _checked(sale, already, told)
    books = work.books_of(told.catalogue.club, body.account_id) if body.account_id else None
    work.eff_us[one.event_id] = eff_us
    if books is not None:
        for made in _entries(work, books, sale, already, told):
            flags |= work.post(books, made, body.person_id)
        books.card_changed |= bool(body.tracked) or any(one.kind == MediaKind.ACCOUNT.value for one in body.tenders)
    flags |= _keep(work, told)
    already.append(told.refund)
    places = _fee_places(work, told)
    if books is not None and places and not work.replaying:
        flags |= take_back_fees(work, books, sale.sale_id, body.person_id, places)
    return frozenset(flags)


def _last_us(work: BucketWork, sale: Sale) -> int:
    """Give the last instant of a sale's own entries: a spend may be dated after its sale, past its grant (3.1).

    Neither its refunds count nor grants that were asked for in its name: in which order they came changes nothing.
    """
    if not sale.account_id:
        return sale.at_us
    opened = work.open_books.get((sale.club_id, sale.account_id))
    made = opened.entries if opened else entries_of(work.connection, sale.club_id, sale.account_id)
    own = [one for one in made if one.event_id == sale.sale_id and one.kind is not EntryKind.LEASE_GRANT]
    return max((sale.at_us, *(one.eff_us for one in own)))


def find_sale(work: BucketWork, sale_id: str) -> Sale | None:
    """Give a posted sale of this bucket by its id; None for one that is not here, or is held."""
    if sale_id not in work.sales:
        row = logs.raw(work.connection, work.bucket, [sale_id]).get(sale_id)
        if row is None or row.status != "posted":
            return None
        one = read(bytes(row.bytes), row.device_id)
        if one.event is None or not isinstance(one.body, SaleV1):
            raise Hold("broken")
        work.sales[sale_id] = read_sale(one.event, one.body, row.eff_us, work.settings).sale
    return work.sales[sale_id]


def _refunds_of(work: BucketWork, sale: Sale) -> list[Refund]:
    """Give every refund of a sale that is posted, those of this transaction included."""
    if sale.sale_id not in work.refunds:
        ids = refunds.of_sale(work.connection, work.bucket, sale.sale_id)
        found: list[Refund] = []
        for event_id, row in logs.raw(work.connection, work.bucket, ids).items():
            one = read(bytes(row.bytes), row.device_id)
            if isinstance(one.body, RefundV1):
                try:
                    found.append(refund_from_wire(event_id, one.body))
                except BrokenEvent as broken:
                    raise Hold("broken") from broken
        work.refunds[sale.sale_id] = found
    return work.refunds[sale.sale_id]


def _checked(sale: Sale, already: Sequence[Refund], told: ReadRefund) -> set[str]:
    """Hold what is more than is left of the sale (C23); give a flag where only a rounding differs (C24)."""
    left = left_of(sale, already)
    wanted = {line.line.n: line.qty for line in told.refund.lines if line.line.kind is not ProductKind.SURCHARGE}
    if any(n not in left for n in wanted):
        raise Hold("broken")
    if any(units > left[n] for n, units in wanted.items()):
        raise Hold(EXCEEDS)
    if told.body.void:
        whole = {n: units for n, units in left.items() if units}
        if already or wanted != whole:
            raise Hold(EXCEEDS)
        if (told.refund.total, told.refund.points_back) != (sale.total, sale.points_used):
            raise Hold("broken")
        return set()
    made = Made(
        event_id=told.event.event_id, device_id=told.body.device_id, staff_id=told.body.staff_id, at_us=sale.at_us + 1
    )
    try:
        again = worked_out(
            sale, already, {n: units for n, units in wanted.items() if units}, made=made, catalogue=told.catalogue
        )
    except (Refusal, ValueError, LookupError):
        raise Hold(EXCEEDS) from None
    rounding = len(told.refund.lines) + len(sale.tenders)
    over = told.refund.total.minor - again.total.minor
    points_over = told.refund.points_back.hundredths - again.points_back.hundredths
    mine = (told.refund.total, told.refund.points_back, told.refund.award_back, told.refund.tax_total)
    if mine == (again.total, again.points_back, again.award_back, again.tax_total):
        return set()
    if over > rounding or points_over > rounding * sale.grain_h:
        raise Hold(EXCEEDS)
    return {REFUND_DIFFERS}


def _entries(
    work: BucketWork, books: Books, sale: Sale, already: Sequence[Refund], told: ReadRefund
) -> tuple[Entry, ...]:
    """Give the entries of a refund, within what is left of the sale's own, with the Join Points of its fees."""
    posted = entries(sale)
    joined = [
        joining
        for place in sorted(_fee_places(work, told))
        if (joining := books.find(sale.sale_id, FEE_LEGS + place)) is not None
    ]
    if told.body.void:
        return void_entries(
            (*posted, *joined),
            event_id=told.event.event_id,
            eff_us=told.refund.at_us,
            day=told.refund.club_day,
            refund_grace_days=told.refund.grace_days,
        )
    award_leg = next((made.leg for made in posted if made.kind is EntryKind.AWARD), 0)
    within = replace(
        told.refund,
        points_back=_within(told.refund.points_back, sale.points_used, [one.points_back for one in already]),
        award_back=_within(told.refund.award_back, sale.award, [one.award_back for one in already]),
        award_leg=award_leg,
    )
    made = entries_of_refund(within)
    return (*made, *(_reversed(joining, within, len(made) + n) for n, joining in enumerate(joined)))


def _within(wanted: Points, whole: Points, gone: Sequence[Points]) -> Points:
    """Give what of a figure may still move: no more than the sale had, whatever was told before."""
    return max(NO_POINTS, min(wanted, whole - sum(gone, NO_POINTS)))


def _reversed(joining: Entry, refund: Refund, leg: int) -> Entry:
    """Take back the Join Points of a fee that was given back (R24)."""
    return replace(
        joining,
        event_id=refund.refund_id,
        leg=leg,
        kind=EntryKind.REVERSAL,
        eff_us=refund.at_us,
        day=refund.club_day,
        earn_day=None,
        last_day=None,
        award_for=None,
        refers_to=joining.event_id,
        refers_leg=joining.leg,
    )


def _fee_places(work: BucketWork, told: ReadRefund) -> frozenset[int]:
    """Give the places of the fees that a refund gives back."""
    lines = {line.line.n for line in told.refund.lines if line.line.kind is ProductKind.FEE and line.qty}
    if not lines:
        return frozenset()
    work.flush()
    found = renewals.of_sale(work.connection, work.bucket, told.body.sale_id)
    return frozenset(row.place for row in found if row.line in lines)


def _keep(work: BucketWork, told: ReadRefund) -> frozenset[str]:
    for table, row in rows_of_refund(told):
        work.keep(table, row)
    refund, body = told.refund, told.body
    differs = refund.trading_day != body.trading_day or (bool(body.account_id) and refund.club_day != body.club_day)
    return frozenset({DAY_DIFFERS} if differs else ())

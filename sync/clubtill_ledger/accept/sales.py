"""Sales: what a sale does at the ledger: its facts, its lease spends, its award and its fees (R20-R29, R69-R72, 4.5).

The figures of the receipt stand. The award is computed again with the settings of the event; a difference is a flag.
"""

from __future__ import annotations

from dataclasses import replace

from clubtill_ledger.accept.awaited import post_awaited
from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.accept.fees import apply_fees, join_entries
from clubtill_ledger.accept.goodwill import for_expired
from clubtill_ledger.accept.refunds import DAY_DIFFERS as DAY_DIFFERS  # noqa: PLC0414 - named from here as well
from clubtill_ledger.accept.refunds import post_refund
from clubtill_ledger.accept.sale_facts import ReadSale, read_sale, rows_of_sale
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.logs import Slot
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.folding import OFFLINE_OVERDRAW
from clubtill_rules.sale.posting import entries
from clubtill_rules.sale.sale import Sale
from clubtill_rules.values.days import trading_day
from clubtill_sync.wire.events import Event, SaleV1
from clubtill_sync.wire.sale_events import SaleV2

AWARD_DIFFERS = "AWARD_DIFFERS"
"""Flag: the award computed again is another than the receipt's, which stands (C24)."""
RATE_DIFFERS = "RATE_DIFFERS"
"""Flag: the terminal counted with another rate of the account's own than the ledger has (R31, C24)."""
LEASE_UNKNOWN = "LEASE_UNKNOWN"
"""Flag: a spend or a close names a lease that this ledger does not have, or that another device holds (C26)."""


def post_sale(work: BucketWork, slot: Slot, event: Event, body: SaleV1) -> frozenset[str]:
    """Post a sale and give its flags. Raises Hold for what the ledger cannot interpret."""
    read = read_sale(event, body, slot.eff_us, work.settings)
    sale = read.sale
    books = work.books_of(read.catalogue.club, sale.account_id) if sale.account_id else None
    flags: set[str] = set()
    if books is not None:
        for made in (*entries(sale), *join_entries(read)):
            flags |= _posted(work, books, _placed(work, made, read.catalogue, flags), body.person_id)
        flags |= _differences(read, books)
        books.card_changed |= bool(sale.tracked) or _charges(sale)
    if sale.trading_day != body.trading_day or (sale.account_id and sale.award_earn_day != body.award_earn_day):
        flags.add(DAY_DIFFERS)
    for table, row in rows_of_sale(read):
        work.keep(table, row)
    if books is not None and not work.replaying:
        flags |= apply_fees(work, books, read)
    work.sales[sale.sale_id] = sale
    post_awaited(work, sale.sale_id, post_refund)
    return frozenset(flags)


def _charges(sale: Sale) -> bool:
    """Tell whether something is charged to an account: the card tells what is left of an allowance (R96)."""
    return any(tender.kind is MediaKind.ACCOUNT for tender in sale.tenders)


def _posted(work: BucketWork, books: Books, made: Entry, person_id: str) -> set[str]:
    """Post an entry. A spend that deepens a deficit is flagged, whichever spend the fold finds lacking then (C4)."""
    before_h = books.deficit_h
    flags = work.post(books, made, person_id)
    spends = made.kind is EntryKind.LEASE_SPEND or made.kind is EntryKind.REDEEM  # a set would hash it each time
    deeper = {OFFLINE_OVERDRAW} if spends and books.deficit_h > before_h else set[str]()
    return flags | deeper | for_expired(work, books, made, before_h, person_id)


def _differences(read: ReadSale, books: Books) -> set[str]:
    flags = {AWARD_DIFFERS} if read.again_h not in (None, read.body.award_h) else set()
    told_h = read.body.account_rate_h if isinstance(read.body, SaleV2) else None
    if told_h is not None and told_h != books.fixed_rate_h:
        flags.add(RATE_DIFFERS)
    return flags


def _placed(work: BucketWork, made: Entry, catalogue: Catalogue, flags: set[str]) -> Entry:
    """Put a lease spend at least a tick after the grant that it spends, and note it at the lease (3.1)."""
    if made.kind is not EntryKind.LEASE_SPEND:
        return made
    held = work.leases.find(catalogue.club.id, made.account_id, made.lease_id)
    if held is None or held.device_id != work.device.device_id:
        flags.add(LEASE_UNKNOWN)
        if held is None:
            return made
    work.leases.spend(held, made.amount_h)
    if made.eff_us > held.granted_us:
        return made
    eff_us = held.granted_us + 1
    return replace(made, eff_us=eff_us, day=trading_day(eff_us, catalogue.club.clock))

"""Sales: what a sale does at the ledger: its facts, its lease spends and its award (R26-R29, R69-R72, 4.5).

The figures of the receipt stand. The award is computed again with the settings of the event; a difference is a flag.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec

from clubtill_ledger.accept.bucket import BucketWork, Hold
from clubtill_ledger.store import leases
from clubtill_ledger.store.logs import Slot
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.members.classification import Classification
from clubtill_rules.points.earning import award, last_usable_day
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.leases import LeaseSpend
from clubtill_rules.sale.posting import entries, postings
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.money import Money, total
from clubtill_rules.values.points import Points
from clubtill_sync.wire.events import Event, SaleV1
from clubtill_sync.wire.versions import BrokenEvent, sale_lines_from_v1

AWARD_DIFFERS = "AWARD_DIFFERS"
"""Flag: the award computed again is another than the receipt's, which stands (C24)."""
DAY_DIFFERS = "DAY_DIFFERS"
"""Flag: the day by the effective time is another than the terminal's (3.1)."""
LEASE_UNKNOWN = "LEASE_UNKNOWN"
"""Flag: a spend or a close names a lease that this ledger does not have, or that another device holds (C26)."""


def post_sale(work: BucketWork, slot: Slot, event: Event, body: SaleV1) -> frozenset[str]:
    """Post a sale and give its flags. Raises Hold for what the ledger cannot interpret."""
    settings = work.settings(event.settings_version, body.trading_day)
    catalogue = settings.catalogue(body.club_id, body.location_id)
    if catalogue is None:
        raise Hold("unknown_settings")
    if any(line.product_id not in catalogue.products for line in body.lines):
        raise Hold("unknown_product")
    try:
        sale = sale_of(event.event_id, body, slot.eff_us, catalogue)
        told = postings(sale)
    except (BrokenEvent, ValueError) as broken:
        raise Hold("broken") from broken
    if total([posting.amount for posting in told]):
        raise Hold("unbalanced")
    flags: set[str] = set()
    again_h: int | None = None
    if sale.account_id:
        books = work.books_of(catalogue.club, sale.account_id)
        again_h = _award_again(sale, catalogue)
        for made in entries(sale):
            flags |= work.post(books, _placed(work, made, catalogue, flags), body.person_id)
        if again_h is not None and again_h != body.award_h:
            flags.add(AWARD_DIFFERS)
    if sale.trading_day != body.trading_day or (sale.account_id and sale.award_earn_day != body.award_earn_day):
        flags.add(DAY_DIFFERS)
    _keep(work, event, body, sale, again_h)
    for n, posting in enumerate(told, start=1):
        row = {"event_id": event.event_id, "n": n, "account": posting.account, "amount_minor": posting.amount.minor}
        work.keep("posting", row)
    return frozenset(flags)


def sale_of(event_id: str, body: SaleV1, eff_us: int, catalogue: Catalogue) -> Sale:
    """Read a sale back as the rules' own value, with the days of its effective time. Raises BrokenEvent, ValueError."""
    lines = sale_lines_from_v1(body)
    tenders = tuple(
        Tender(
            media_id=one.media_id,
            kind=MediaKind(one.kind),
            amount=Money(one.amount_minor),
            given=Money(one.given_minor),
            change=Money(one.change_minor),
            rounding=Money(one.rounding_minor),
        )
        for one in body.tenders
    )
    earn_day = trading_day(eff_us, catalogue.club.clock) if body.account_id else None
    classification = catalogue.classifications.get(body.classification or 0)
    return Sale(
        sale_id=event_id,
        number=body.number,
        club_id=body.club_id,
        venue_id=body.venue_id,
        location_id=body.location_id,
        device_id=body.device_id,
        staff_id=body.staff_id,
        at_us=eff_us,
        trading_day=trading_day(eff_us, catalogue.venue.clock),
        lines=lines,
        line_taxes=tuple(Money(line.tax_minor) for line in body.lines),
        member_number=body.member_number,
        person_id=body.person_id,
        account_id=body.account_id,
        classification=body.classification,
        benefits=body.benefits,
        multiplier_h=body.multiplier_h,
        ratio=body.ratio,
        tenders=tenders,
        points_used=Points(body.points_used_h),
        lease_spends=tuple(LeaseSpend(lease_id=s.lease_id, amount_h=s.amount_h) for s in body.lease_spends),
        award=Points(body.award_h),
        award_earn_day=earn_day,
        award_last_day=_last_day(body, earn_day, classification),
        gross=total([line.gross for line in lines]),
        discount=total([line.discount for line in lines]),
        points_pay_discount=Money(sum(line.pp_discount_minor for line in body.lines)),
        total=Money(body.total_minor),
        points_value=Money(sum(line.pp_value_minor for line in body.lines)),
        tax=(),
        tax_total=Money(body.tax_minor),
        saved=total([line.saved for line in lines]),
        offline=body.offline,
    )


def _last_day(body: SaleV1, earn_day: date | None, classification: Classification | None) -> date | None:
    """Give the last usable day of the award by the effective day and the months of the classification then (R34)."""
    if not body.award_h or earn_day is None:
        return None
    if classification is None:
        return body.award_last_day
    return last_usable_day(earn_day, classification.points_expiry_months)


def _award_again(sale: Sale, catalogue: Catalogue) -> int | None:
    """Compute the award of a sale again; None where its classification is not known."""
    classification = catalogue.classifications.get(sale.classification or 0)
    if classification is None:
        return None
    again = award(sale.lines, member=None, classification=classification, catalogue=catalogue, earns=sale.benefits)
    return again.points.hundredths


def _placed(work: BucketWork, made: Entry, catalogue: Catalogue, flags: set[str]) -> Entry:
    """Put a lease spend at least a tick after the grant that it spends, and note it at the lease (3.1)."""
    if made.kind is not EntryKind.LEASE_SPEND:
        return made
    held = leases.find(work.connection, catalogue.club.id, made.account_id, made.lease_id)
    if held is None or held.device_id != work.device.device_id:
        flags.add(LEASE_UNKNOWN)
        if held is None:
            return made
    leases.spend(work.connection, held, made.amount_h)
    if made.eff_us > held.granted_us:
        return made
    eff_us = held.granted_us + 1
    return replace(made, eff_us=eff_us, day=trading_day(eff_us, catalogue.club.clock))


def _keep(work: BucketWork, event: Event, body: SaleV1, sale: Sale, again_h: int | None) -> None:
    row = msgspec.structs.asdict(body)
    mine = {
        "event_id": event.event_id,
        "eff_us": sale.at_us,
        "trading_day": sale.trading_day,
        "award_again_h": again_h,
        "rules_version": event.rules_version,
        "settings_version": event.settings_version,
    }
    work.keep("sale", row | mine)
    for line in body.lines:
        work.keep("sale_line", msgspec.structs.asdict(line) | {"event_id": event.event_id})
    for n, tender in enumerate(body.tenders, start=1):
        work.keep("tender", msgspec.structs.asdict(tender) | {"event_id": event.event_id, "n": n})

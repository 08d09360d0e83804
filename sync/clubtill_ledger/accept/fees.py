"""Fees: what the fees of a sale make of a member: Join Points, and Renewal Dates worked out again (R20-R24, C17).

Every fee of a classification is replayed in order of effective time and name, whatever arrived first. The money stands;
what differs from the receipt is a flag.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.accept.sale_facts import ReadSale
from clubtill_ledger.store import people, renewals
from clubtill_ledger.store.books import Books
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.fee_history import DIFFERS, NO_GAIN, FeeApplied, FeeFact, FeeHistory, replay
from clubtill_rules.members.joining import join_points, with_dates
from clubtill_rules.points.earning import last_usable_day
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_sync.wire.sale_events import FeeV1, SaleV2

FEE_LEGS: Final = 100
"""The Join Points of the fee in place p of a sale are leg 100 + p of its event."""
FEE_DIFFERS: Final = "FEE_DIFFERS"
"""Flag: the Renewal Date on the receipt is not the ledger's (R90)."""
FEE_NO_GAIN: Final = "FEE_NO_GAIN"
"""Flag: the fee moved no date: a second one to the same day. Refund it or extend (C17)."""
JOIN_DIFFERS: Final = "JOIN_DIFFERS"
"""Flag: other Join Points than the settings give; those on the receipt stand (C24)."""
FEE_NOT_LATEST: Final = "FEE_NOT_LATEST"
"""Flag: a fee was given back although a later one of its classification stands (R24)."""
PERSON_UNKNOWN: Final = "PERSON_UNKNOWN"
"""Flag: a fee of a person whom the ledger does not know on this account; its money and points stand."""
_FLAGS: Final[Mapping[str, str]] = {DIFFERS: FEE_DIFFERS, NO_GAIN: FEE_NO_GAIN}


def join_entries(read: ReadSale) -> tuple[Entry, ...]:
    """Give the awards of Join Points that a sale's fees made, each a lot of its own (R23)."""
    sale, body = read.sale, read.body
    if not isinstance(body, SaleV2) or sale.award_earn_day is None:
        return ()
    primary = read.catalogue.classifications.get(sale.classification or 0)
    months = primary.points_expiry_months if primary else 0
    return tuple(
        Entry(
            event_id=sale.sale_id,
            leg=FEE_LEGS + fee.place,
            kind=EntryKind.AWARD,
            account_id=sale.account_id,
            amount_h=fee.points_h,
            eff_us=sale.at_us,
            day=sale.award_earn_day,
            earn_day=sale.award_earn_day,
            last_day=last_usable_day(sale.award_earn_day, months),
            sale_id=sale.sale_id,
            award_for=AwardFor.JOINING,
        )
        for fee in body.fees
        if fee.points_h
    )


def apply_fees(work: BucketWork, books: Books, read: ReadSale) -> set[str]:
    """Move the Renewal Dates of the member who paid, once the sale's rows are kept, and give the flags of its fees."""
    body = read.body
    if not isinstance(body, SaleV2) or not body.fees:
        return set()
    work.flush()
    histories = _replayed(work, books, body.person_id, {fee.classification for fee in body.fees})
    if histories is None:
        return {PERSON_UNKNOWN}
    card, found = histories
    flags: set[str] = set()
    for fee in body.fees:
        applied = _applied(found.get(fee.classification), (read.sale.sale_id, fee.place))
        if applied is None:
            flags.add(FEE_NO_GAIN)
            continue
        flags |= {_FLAGS[flag] for flag in applied.flags}
        flags |= _join_flags(fee, applied, card, read)
    return flags


def take_back_fees(work: BucketWork, books: Books, sale_id: str, person_id: str, places: frozenset[int]) -> set[str]:
    """Restore the Renewal Dates before fees that a refund gave back, once its rows are kept, and give flags (R24)."""
    work.flush()
    gone = {(sale_id, place) for place in places}
    numbers = {
        row.classification for row in renewals.of_sale(work.connection, work.bucket, sale_id) if row.place in places
    }
    histories = _replayed(work, books, person_id, numbers)
    if histories is None:
        return {PERSON_UNKNOWN}
    flags: set[str] = set()
    for history in histories[1].values():
        standing = [one.name for one in history.fees if not one.refunded or one.name in gone]
        if standing and standing[-1] not in gone:
            flags.add(FEE_NOT_LATEST)
    return flags


def _replayed(
    work: BucketWork, books: Books, person_id: str, numbers: Iterable[int]
) -> tuple[MemberCard, dict[int, FeeHistory]] | None:
    """Replay classifications of a person and keep the dates they reach; None for a person who is not known here."""
    card = people.member_of(work.connection, books.club.id, books.account_id, person_id)
    if card is None:
        return None
    held = renewals.dates_of(card)
    found = {number: _history(work, card, number) for number in sorted(numbers) if number in held}
    dated = with_dates(card, {number: history.renewal_date for number, history in found.items()})
    if dated != card:
        people.keep_dates(work.connection, dated)
        books.card_changed = True
    return card, found


def _history(work: BucketWork, card: MemberCard, number: int) -> FeeHistory:
    start = renewals.start_of(work.connection, card, number)
    facts = []
    for row in renewals.fees_of(work.connection, card, number, start.after_us):
        classification = work.settings(row.settings_version, row.trading_day).classification(card.club_id, number)
        facts.append(
            FeeFact(
                event_id=row.event_id,
                place=row.place,
                at_us=row.eff_us,
                day=row.trading_day,
                classification=classification
                or Classification(number=number, club_id=card.club_id, description=str(number)),
                told=row.after_day,
            )
        )
    return replay(start.day, facts, renewals.refunded(work.connection, card, number))


def _applied(history: FeeHistory | None, name: tuple[str, int]) -> FeeApplied | None:
    return next((one for one in history.fees if one.name == name), None) if history else None


def _join_flags(fee: FeeV1, applied: FeeApplied, card: MemberCard, read: ReadSale) -> set[str]:
    """Compare the Join Points of the receipt with those of the settings and the date before the fee (R23)."""
    classification = read.catalogue.classifications.get(fee.classification)
    if classification is None:
        return {JOIN_DIFFERS} if fee.points_h else set()
    points, _ = join_points(card, classification, read.catalogue.club, applied.before)
    return {JOIN_DIFFERS} if points.hundredths != fee.points_h else set()

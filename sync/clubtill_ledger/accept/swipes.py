"""Swipes and admissions: what a door reported, and the points it gave (R45 step 8, R48-R50, R52).

Entry day and natural keys are computed again from the effective time in the venue's zone. Of two awards with one key
the one with the lower (effective time, event id) stands, whichever arrives first (I26).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import msgspec
from clubtill_rules.points.earning import last_usable_day

from clubtill_ledger.accept.bucket import BucketWork, Hold
from clubtill_ledger.accept.sales import DAY_DIFFERS
from clubtill_ledger.store import facts, people
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.logs import Slot
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.members.club import Club
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.values.days import entry_day, trading_day
from clubtill_rules.values.ids import birthday_key, visit_key
from clubtill_sync.wire.events import AdmissionV1, Event, SwipeV1

ABSORBED = "ABSORBED"
"""Flag: an award of this event gave way to one with the same natural key that stands already."""
REPLACED = "REPLACED"
"""Flag: an award of this event replaced a later one with the same natural key, which was reversed."""
VISIT_LEG = 0
BIRTHDAY_LEG = 1
REVERSAL_LEGS = 10
"""The reversal of the award that leg n replaced is leg 10 + n."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Award:
    """An award of a swipe before it is known whether it stands."""

    leg: int
    amount_h: int
    natural_key: str
    award_for: AwardFor


@dataclass(frozen=True, slots=True, kw_only=True)
class _Swipe:
    """A swipe while it is posted."""

    work: BucketWork
    slot: Slot
    event_id: str
    body: SwipeV1
    catalogue: Catalogue
    day: date


def post_swipe(work: BucketWork, slot: Slot, event: Event, body: SwipeV1) -> frozenset[str]:
    """Post a swipe and give its flags. Raises Hold for what the ledger cannot interpret."""
    catalogue = work.settings(event.settings_version).catalogue(body.club_id, body.location_id)
    if catalogue is None:
        raise Hold("unknown_settings")
    day = entry_day(slot.eff_us, catalogue.venue.clock)
    flags = {DAY_DIFFERS} if day != body.entry_day else set()
    swipe = _Swipe(work=work, slot=slot, event_id=event.event_id, body=body, catalogue=catalogue, day=day)
    if body.account_id:
        books = work.books_of(catalogue.club, body.account_id)
        for award in _awards(swipe):
            flags |= _post_award(swipe, books, award)
    row = msgspec.structs.asdict(body) | {"event_id": event.event_id, "eff_us": slot.eff_us, "entry_day": day}
    work.keep("swipe", row)
    return frozenset(flags)


def _awards(swipe: _Swipe) -> Iterator[_Award]:
    """Give the awards of a swipe under the keys that the ledger computes itself (R48, R50)."""
    body, club = swipe.body, swipe.catalogue.club
    if body.visit_h:
        scope = scope_of(club.record_entry_by, swipe.catalogue, body.device_id)
        key = visit_key(club.id, body.person_id, scope, swipe.day)
        yield _Award(leg=VISIT_LEG, amount_h=body.visit_h, natural_key=key, award_for=AwardFor.VISIT)
    if body.birthday_h:
        born = people.date_of_birth(swipe.work.connection, club.id, body.account_id, body.person_id)
        key = birthday_key(club.id, body.person_id, birthday_year(born, swipe.day)) if born else body.birthday_key
        yield _Award(leg=BIRTHDAY_LEG, amount_h=body.birthday_h, natural_key=key, award_for=AwardFor.BIRTHDAY)


def post_admission(work: BucketWork, slot: Slot, event: Event, body: AdmissionV1) -> frozenset[str]:
    """Keep what became of a swipe (R52); no points move."""
    location = work.settings(event.settings_version).location(body.location_id)
    venue = work.settings(event.settings_version).venue(location.venue_id) if location else None
    if venue is None:
        raise Hold("unknown_settings")
    day = entry_day(slot.eff_us, venue.clock)
    row = msgspec.structs.asdict(body) | {"event_id": event.event_id, "eff_us": slot.eff_us, "entry_day": day}
    work.keep("admission", row)
    return frozenset()


def _post_award(swipe: _Swipe, books: Books, award: _Award) -> set[str]:
    """Post an award with a natural key, or absorb it; reverse the one that it replaces."""
    work, body, eff_us = swipe.work, swipe.body, swipe.slot.eff_us
    standing = facts.standing(work.connection, work.bucket, award.natural_key)
    if standing is not None and (standing.eff_us, standing.event_id) <= (eff_us, swipe.event_id):
        return {ABSORBED}
    mine = {
        "bucket": work.bucket,
        "natural_key": award.natural_key,
        "club_id": body.club_id,
        "account_id": body.account_id,
        "event_id": swipe.event_id,
        "leg": award.leg,
        "eff_us": eff_us,
    }
    facts.let_stand(work.connection, mine, instead=standing is not None)
    club = swipe.catalogue.club
    earn_day = trading_day(eff_us, club.clock)
    classification = swipe.catalogue.classifications.get(body.classification or 0)
    made = Entry(
        event_id=swipe.event_id,
        leg=award.leg,
        kind=EntryKind.AWARD,
        account_id=body.account_id,
        amount_h=award.amount_h,
        eff_us=eff_us,
        day=earn_day,
        earn_day=earn_day,
        last_day=last_usable_day(earn_day, classification.points_expiry_months) if classification else body.last_day,
        natural_key=award.natural_key,
        award_for=award.award_for,
    )
    flags = work.post(books, made, body.person_id)
    if standing is None:
        return flags
    older = work.books_of(club, standing.account_id)
    old = older.find(standing.event_id, standing.leg)
    if old is None:
        raise AssertionError("the award that stands for a natural key is an entry of its account")
    return flags | {REPLACED} | work.post(older, _reversal(old, made, older.club), body.person_id)


def _reversal(old: Entry, instead: Entry, club: Club) -> Entry:
    """Reverse visibly the award that stood until now; it named the same natural key and was later."""
    eff_us = old.eff_us + 1
    return Entry(
        event_id=instead.event_id,
        leg=REVERSAL_LEGS + instead.leg,
        kind=EntryKind.REVERSAL,
        account_id=old.account_id,
        amount_h=old.amount_h,
        eff_us=eff_us,
        day=trading_day(eff_us, club.clock),
        natural_key=old.natural_key,
        refers_to=old.event_id,
        refers_leg=old.leg,
    )


def scope_of(by, catalogue, device_id):
    from clubtill_rules.members.club import EntryScope as E

    return {
        E.CLUB: "club",
        E.LOCATION_GROUP: catalogue.venue.id,
        E.LOCATION: catalogue.location.id,
        E.TERMINAL: device_id,
    }[by]


def birthday_year(born, day):
    from clubtill_rules.values.days import add_months

    return min(
        (day.year - 1, day.year, day.year + 1), key=lambda y: abs((add_months(born, (y - born.year) * 12) - day).days)
    )

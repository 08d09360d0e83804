"""Swipes and admissions: what a door reported, and the points it gave (R45 step 8, R48-R50, R52).

Entry day and natural keys are computed again from the effective time in the venue's zone. Of two awards with one key
the one with the lower (effective time, event id) stands, whichever arrives first (I26).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import msgspec

from clubtill_ledger.accept.bucket import BucketWork, Hold
from clubtill_ledger.accept.check_in import set_aside
from clubtill_ledger.accept.sales import DAY_DIFFERS
from clubtill_ledger.store import facts, people
from clubtill_ledger.store.books import Books
from clubtill_ledger.store.logs import Slot
from clubtill_ledger.store.settings import utc_day
from clubtill_rules.door.admission import Verdict
from clubtill_rules.door.birthdays import birthday_year
from clubtill_rules.door.posting import Swipe, entries
from clubtill_rules.door.visits import scope_of
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.members.ages import birthday_in
from clubtill_rules.members.club import Club
from clubtill_rules.points.earning import last_usable_day
from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.values.days import entry_day, trading_day
from clubtill_rules.values.ids import birthday_key, visit_key
from clubtill_rules.values.points import Points
from clubtill_sync.wire.events import AdmissionV1, Event, SwipeV1

ABSORBED: Final = "ABSORBED"
"""Flag: an award of this event gave way to one with the same natural key that stands already."""
REPLACED: Final = "REPLACED"
"""Flag: an award of this event replaced a later one with the same natural key, which was reversed."""
REVERSAL_LEGS: Final = 10
"""The reversal of the award that leg n replaced is leg 10 + n."""


def post_swipe(work: BucketWork, slot: Slot, event: Event, body: SwipeV1) -> frozenset[str]:
    """Post a swipe and give its flags. Raises Hold for what the ledger cannot interpret."""
    settings = work.settings(event.settings_version, body.entry_day)
    catalogue = settings.catalogue(body.club_id, body.location_id)
    if catalogue is None:
        raise Hold("unknown_settings")
    born = people.date_of_birth(work.connection, body.club_id, body.account_id, body.person_id)
    try:
        swiped = swipe_of(event.event_id, body, slot.eff_us, catalogue, born)
    except ValueError as broken:
        raise Hold("broken") from broken
    flags = {DAY_DIFFERS} if swiped.entry_day != body.entry_day else set()
    if body.account_id:
        books = work.books_of(catalogue.club, body.account_id)
        for made in entries(swiped):
            flags |= _post_award(work, books, made, body.person_id)
            if made.award_for is AwardFor.BIRTHDAY and born is not None:
                year = birthday_year(born, swiped.entry_day, catalogue.venue)
                people.note_birthday(
                    work.connection, body.club_id, body.account_id, body.person_id, birthday_in(born, year)
                )
        if swiped.verdict is Verdict.WELCOME:
            venue, event_id = catalogue.venue, event.event_id
            set_aside(work, slot, settings=settings, venue=venue, account=books, event_id=event_id)
    own = {"event_id": event.event_id, "eff_us": slot.eff_us, "entry_day": swiped.entry_day}
    work.keep("swipe", msgspec.structs.asdict(body) | own)
    return frozenset(flags)


def swipe_of(event_id: str, body: SwipeV1, eff_us: int, catalogue: Catalogue, born: date | None) -> Swipe:
    """Read a swipe back as the rules' own value, with days and keys of its effective time (R2, R48, R50).

    Raises ValueError for a verdict that does not exist.
    """
    club, venue = catalogue.club, catalogue.venue
    day = entry_day(eff_us, venue.clock)
    scope = scope_of(
        club.record_entry_by, venue_id=venue.id, location_id=catalogue.location.id, device_id=body.device_id
    )
    earn_day = trading_day(eff_us, club.clock)
    classification = catalogue.classifications.get(body.classification or 0)
    year_key = birthday_key(club.id, body.person_id, birthday_year(born, day, venue)) if born else body.birthday_key
    return Swipe(
        event_id=event_id,
        club_id=body.club_id,
        venue_id=venue.id,
        location_id=body.location_id,
        device_id=body.device_id,
        staff_id=body.staff_id,
        at_us=eff_us,
        card_digest=body.card_digest,
        person_id=body.person_id,
        account_id=body.account_id,
        member_number=body.member_number,
        classification=body.classification,
        verdict=Verdict(body.verdict),
        code=body.code,
        entry_day=day,
        visit=Points(body.visit_h),
        visit_key=visit_key(club.id, body.person_id, scope, day),
        birthday=Points(body.birthday_h),
        birthday_key=year_key,
        earn_day=earn_day,
        last_day=last_usable_day(earn_day, classification.points_expiry_months) if classification else body.last_day,
        offline=body.offline,
    )


def post_admission(work: BucketWork, slot: Slot, event: Event, body: AdmissionV1) -> frozenset[str]:
    """Keep what became of a swipe (R52); no points move. Raises Hold for a location that the ledger does not know."""
    settings = work.settings(event.settings_version, utc_day(slot.eff_us))
    location = settings.location(body.location_id)
    venue = settings.venue(location.venue_id) if location else None
    if venue is None:
        raise Hold("unknown_settings")
    day = entry_day(slot.eff_us, venue.clock)
    own = {"event_id": event.event_id, "eff_us": slot.eff_us, "entry_day": day}
    work.keep("admission", msgspec.structs.asdict(body) | own)
    return frozenset()


def _post_award(work: BucketWork, books: Books, made: Entry, person_id: str) -> set[str]:
    """Post an award with a natural key, or absorb it; reverse the one that it replaces."""
    standing = facts.standing(work.connection, work.bucket, made.natural_key)
    if standing is not None and (standing.eff_us, standing.event_id) <= (made.eff_us, made.event_id):
        return {ABSORBED}
    claim = {
        "bucket": work.bucket,
        "natural_key": made.natural_key,
        "club_id": books.club.id,
        "account_id": made.account_id,
        "event_id": made.event_id,
        "leg": made.leg,
        "eff_us": made.eff_us,
    }
    facts.let_stand(work.connection, claim, instead=standing is not None)
    flags = work.post(books, made, person_id, key_is_new=standing is None)
    if standing is None:
        return flags
    older = work.books_of(books.club, standing.account_id)
    old = older.find(standing.event_id, standing.leg)
    if old is None:
        raise AssertionError("the award that stands for a natural key is an entry of its account")
    return flags | {REPLACED} | work.post(older, _reversal(old, made, older.club), person_id)


def _reversal(old: Entry, instead: Entry, club: Club) -> Entry:
    """Reverse visibly the award that stood until now: a tick after it, for it refers to it."""
    eff_us = old.eff_us + 1
    return replace(
        instead,
        leg=REVERSAL_LEGS + instead.leg,
        kind=EntryKind.REVERSAL,
        account_id=old.account_id,
        amount_h=old.amount_h,
        eff_us=eff_us,
        day=trading_day(eff_us, club.clock),
        earn_day=None,
        last_day=None,
        award_for=None,
        refers_to=old.event_id,
        refers_leg=old.leg,
    )

"""Goodwill: a redemption by budget of points that had expired since its terminal's cache was read (C6, 4.3).

The redemption stands. What it lacks is a deficit, which the next points pay, or the club gives it: its own setting.
"""

from __future__ import annotations

from typing import Final

from clubtill_ledger.accept.bucket import BucketWork
from clubtill_ledger.store.books import Books
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.goodwill import goodwill

POINTS_HAD_EXPIRED: Final = "POINTS_HAD_EXPIRED"
"""Flag: what a redemption lacks had expired shortly before; its terminal could not know."""
GOODWILL_GIVEN: Final = "GOODWILL_GIVEN"
"""Flag: the club has given those points, so that nothing is owed for them."""


def for_expired(work: BucketWork, books: Books, spend: Entry, before_h: int, person_id: str) -> set[str]:
    """Look at a redemption that was posted just now and give its flags; post the club's gift where it makes one.

    `before_h` is the deficit before it. Costs nothing where it did not deepen the deficit.
    """
    if spend.kind is not EntryKind.REDEEM:
        return set()
    lacking_h = books.deficit_h - before_h
    if lacking_h <= 0:
        return set()
    made = goodwill(books.entries, spend, lacking_h, as_of=books.today, refund_grace_days=books.club.refund_grace_days)
    if made is None:
        return set()
    if not books.club.goodwill_for_expired:
        return {POINTS_HAD_EXPIRED}
    work.post(books, made, person_id)
    return {POINTS_HAD_EXPIRED, GOODWILL_GIVEN}

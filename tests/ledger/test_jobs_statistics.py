"""Statistics: a venue's daily sums, made again while facts come in late (3.2)."""

from datetime import date
from functools import partial

from clubtill_ledger.jobs import statistics
from clubtill_ledger.store import statistics as kept
from clubtill_ledger.store.tables_jobs import statistic
from tests.ledger.audit import rows
from tests.ledger.club import Club
from tests.ledger.master import DAY

TODAY = date(2026, 3, 13)


def test_a_days_sums_are_replaced_not_added(club: Club) -> None:
    """3.2: sums by SQL over all buckets; summed again after a late sale they say the whole, once."""
    till, door = club.till(), club.till("D1")
    swiped = door.swipe("A1")
    door.push(swiped, door.admission(swiped.event_id, "A1"))
    till.push(till.sale("A1", qty=2), till.sale(qty=1))
    first = statistics.sum_day(club.store, "V1", TODAY)
    assert (first["sales"], first["sales_minor"], first["award_h"]) == (2, 1_500, 1_000)
    assert (first["swipes"], first["visit_h"], first["admissions"]) == (1, 1_000, 1)
    assert statistics.sum_day(club.store, "V1", TODAY) == first
    club.tick(DAY)
    till.push(till.sale("A2", at_us=club.now_us - DAY))
    assert statistics.sum_day(club.store, "V1", TODAY)["sales"] == 3
    read = club.store.read(partial(kept.read, venue_id="V1", first=TODAY, last=TODAY))
    assert read == {TODAY: statistics.sum_day(club.store, "V1", TODAY)}
    assert len(rows(club.store, statistic)) == len(kept.FIGURES)


def test_another_venue_and_another_day_have_their_own(club: Club) -> None:
    """R2: figures belong to the venue and its own trading day."""
    till, marina = club.till(), club.till("M1")
    till.push(till.sale("A1"))
    marina.push(marina.sale("A2", venue_id="V2", qty=4))
    club.tick(DAY)
    till.push(till.sale("A1"))
    assert [statistics.sum_day(club.store, name, TODAY)["sales_minor"] for name in ("V1", "V2", "V9")] == [
        500,
        2_000,
        0,
    ]

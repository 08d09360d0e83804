"""The lots that end next against the fold: a day that ends says the same either way (R34, I20)."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import expiry_to_post, fold, posted_expiry
from clubtill_rules.points.standing import DAYS_KEPT, Standing, standing_of, turned
from tests.rules.points.histories import History
from tests.rules.points.test_lots_property import GRACE, SCRIPTS

DAY = date(2026, 3, 1)


def award(n: int, last_day: date | None, amount_h: int = 100) -> Entry:
    """An award with a last usable day."""
    return Entry(
        event_id=f"{n:032x}", leg=0, kind=EntryKind.AWARD, account_id="A", amount_h=amount_h, eff_us=n, day=DAY,
        earn_day=DAY, last_day=last_day,
    )  # fmt: skip


@given(script=SCRIPTS, grace=GRACE, privileged=st.booleans(), later=st.integers(0, 70))
def test_the_end_of_days_is_what_a_fold_says(script, grace, privileged, later):
    """R34, I20: of any history, what expires by a later day, what is posted, and the next day on which lots end."""
    history = History(grace_days=grace, privileged=privileged)
    for _ in history.play(script):
        now = history.fold()
        day = history.today + timedelta(days=later)
        told = turned(standing_of(now), day, reserved_h=now.reserved_h)
        if told is None:
            continue
        then = fold(history.arrived, as_of=day, refund_grace_days=grace)
        posted_h = posted_expiry(history.arrived) + expiry_to_post(now, posted_expiry(history.arrived))
        assert told.expired_h == then.expired_h - now.expired_h == expiry_to_post(then, posted_h)
        assert (told.next_expiry, then.avail_h) == (then.next_expiry, now.avail_h - told.expired_h)
        assert told.standing.ends == standing_of(then).ends[: len(told.standing.ends)]


def test_only_the_days_that_end_next_are_kept():
    """R34: four days are kept, lots of one day as one sum; a lot that never expires is not among them."""
    ends = [DAY + timedelta(days=n) for n in range(DAYS_KEPT + 1)]
    lots = [award(1, None), award(2, ends[0], 30), award(3, ends[0], 40)]
    few = standing_of(fold(lots, as_of=DAY, refund_grace_days=0))
    assert few == Standing(ends=((ends[0], 70),), complete=True)
    many = standing_of(fold([award(n, day) for n, day in enumerate(ends, 1)], as_of=DAY, refund_grace_days=0))
    assert many == Standing(ends=tuple((day, 100) for day in ends[:DAYS_KEPT]), complete=False)


def test_a_lot_is_usable_through_its_last_day():
    """R34: on its last day nothing expires; the day after, all that is left of it."""
    standing = standing_of(fold([award(1, DAY), award(2, DAY + timedelta(days=9))], as_of=DAY, refund_grace_days=0))
    on_it = turned(standing, DAY, reserved_h=0)
    after = turned(standing, DAY + timedelta(days=1), reserved_h=0)
    assert (on_it.expired_h, on_it.next_expiry) == (0, DAY)
    assert (after.expired_h, after.next_expiry) == (100, DAY + timedelta(days=9))
    assert turned(after.standing, DAY + timedelta(days=10), reserved_h=0).next_expiry is None


def test_only_a_fold_can_tell_of_leases_and_of_more_days_than_are_kept():
    """R34, 5: what lapses under an open lease may have to wait; past the days that are kept nothing is known."""
    ends = [DAY + timedelta(days=n) for n in range(DAYS_KEPT + 1)]
    standing = standing_of(fold([award(n, day) for n, day in enumerate(ends, 1)], as_of=DAY, refund_grace_days=0))
    assert turned(standing, DAY, reserved_h=1) is None
    assert turned(standing, ends[-1], reserved_h=0) is None
    assert turned(standing, ends[-2], reserved_h=0).expired_h == 100 * (DAYS_KEPT - 1)

"""Going on with a folded account: the same as folding all of its entries, after every entry (section 5, R91)."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.folding import OFFLINE_OVERDRAW
from clubtill_rules.points.kept import Kept
from clubtill_rules.points.lots import Fold, fold, posted_expiry
from clubtill_rules.points.ongoing import Ongoing
from tests.rules.points.accounts import JAN, JUN, MAR, award, lease
from tests.rules.points.histories import History
from tests.rules.points.test_lots_property import GRACE, SCRIPTS


def told(folded: Fold, event_id: str) -> tuple[object, ...]:
    """Give what a fold says that a later entry, a state or a lease asks for."""
    live = [lot for lot in folded.lots if lot.left_h]
    return (
        folded.avail_h, folded.reserved_h, folded.deficit_h, folded.expired_h, folded.waits_h, folded.live_h,
        folded.shortfall_h, folded.next_expiry, live, folded.flags.get(event_id, frozenset()),
    )  # fmt: skip


def again(kept: Kept) -> Kept:
    """Give what is kept as something of its own, as if it were written and read."""
    return deepcopy(kept)


@given(script=SCRIPTS, grace=GRACE, privileged=st.booleans(), stored=st.integers(1, 4), ahead=st.integers(0, 3))
def test_going_on_is_folding_all(script, grace, privileged, stored, ahead):
    """I15, I18, R91: after each entry of any history, kept now and then and read again, balance, lots and flags."""
    history = History(grace_days=grace, privileged=privileged)
    entries: list[Entry] = []
    ongoing = Ongoing(Kept(grace), as_of=date.min, posted_h=0)
    for _ in history.play(script):
        day = history.today + timedelta(days=ahead)
        fresh = history.arrived[len(entries) :]
        if fresh and len(entries) % stored == 0:
            ongoing = Ongoing(again(ongoing.kept()), as_of=day, posted_h=ongoing.posted_h)
        else:
            ongoing = Ongoing(ongoing.kept(), as_of=day, posted_h=ongoing.posted_h)
        for made in fresh:
            new = bool(made.natural_key) and all(one.natural_key != made.natural_key for one in entries)
            entries.append(made)
            if not ongoing.add(made, key_is_new=new):
                ongoing = Ongoing.whole(entries, as_of=day, refund_grace_days=grace)
            everything = fold(entries, as_of=day, refund_grace_days=grace)
            assert told(ongoing.fold(), made.event_id) == told(everything, made.event_id)
            assert ongoing.flags_of(made.event_id) == everything.flags.get(made.event_id, frozenset())
            assert ongoing.pools()[:3] == (everything.avail_h, everything.reserved_h, everything.deficit_h)
            assert ongoing.posted_h == posted_expiry(entries)
            assert ongoing.kept() == Ongoing.whole(entries, as_of=day, refund_grace_days=grace).kept()


def test_reserving_more_than_there_is_needs_all_entries() -> None:
    """Section 5, step 9: what a lease lacks waits for lots that have expired, of which not all are kept."""
    ongoing = Ongoing.whole([award(100, JAN(1), JUN(30))], as_of=MAR(1), refund_grace_days=0)
    assert ongoing.add(lease(60, MAR(1), "within"))
    assert not ongoing.add(lease(60, MAR(2), "beyond"))


DAY = date(2026, 3, 1)
LATER = DAY + timedelta(days=10)


def entry(name: str, kind: EntryKind, amount_h: int, *, at: int, **told: Any) -> Entry:
    """An entry of an instant; `day` is DAY unless told."""
    values = {"leg": 0, "account_id": "A", "day": DAY, "earn_day": DAY if kind is EntryKind.AWARD else None}
    return Entry(event_id=name, kind=kind, amount_h=amount_h, eff_us=at, **values | told)


def earned(name: str, amount_h: int = 100, *, at: int, **told: Any) -> Entry:
    """An award."""
    return entry(name, EntryKind.AWARD, amount_h, at=at, **told)


FIRST = earned("a", at=5)
GRANT = entry("g", EntryKind.LEASE_GRANT, 60, at=6, lease_id="L")


@pytest.mark.parametrize(
    ("before", "made", "goes_on"),
    [
        pytest.param([], FIRST, True, id="the first entry of an account"),
        pytest.param([FIRST], earned("b", at=6), True, id="one that comes after all others"),
        pytest.param([FIRST], earned("b", at=5), True, id="one of the same instant whose id is higher"),
        pytest.param([earned("b", at=5)], FIRST, False, id="one of the same instant before what was kept"),
        pytest.param([FIRST], earned("b", at=4), False, id="one that comes late"),
        pytest.param([FIRST], earned("b", at=6, natural_key="k"), False, id="a natural key that another may have"),
        pytest.param([FIRST], entry("r", EntryKind.REFUND, 5, at=6, sale_id="s"), False, id="a refund looks back"),
        pytest.param(
            [FIRST], entry("r", EntryKind.REVERSAL, 5, at=6, refers_to="a"), False, id="a reversal looks back"
        ),
        pytest.param([FIRST], GRANT, True, id="a lease of what is there"),
        pytest.param([FIRST], replace(GRANT, amount_h=100), True, id="a lease of all that is there"),
        pytest.param([FIRST], replace(GRANT, amount_h=101), False, id="a lease of more asks what expired"),
        pytest.param(
            [FIRST],
            entry("t", EntryKind.TRANSFER_OUT, 101, at=6, settled=False),
            False,
            id="so does a pending transfer",
        ),
        pytest.param(
            [FIRST], entry("t", EntryKind.TRANSFER_OUT, 101, at=6), True, id="a settled one takes what is there"
        ),
        pytest.param(
            [FIRST], entry("x", EntryKind.EXPIRE, 5, at=1), True, id="a posted expiry is no matter of the order"
        ),
    ],
)
def test_what_goes_on_and_what_needs_the_whole(before: list[Entry], made: Entry, goes_on: bool) -> None:
    """Section 5, R91: from what was kept, one entry more; where it goes on it says what the whole fold says."""
    kept = Ongoing.whole(before, as_of=DAY, refund_grace_days=30).kept()
    ongoing = Ongoing(kept, as_of=DAY, posted_h=0)
    assert ongoing.add(made) is goes_on
    if goes_on:
        everything = fold([*before, made], as_of=DAY, refund_grace_days=30)
        assert told(ongoing.fold(), made.event_id) == told(everything, made.event_id)
        assert ongoing.posted_h == posted_expiry([made])


def test_a_key_that_is_new_goes_on() -> None:
    """R48: whoever knows that no other award of the account has the key need not fold the others."""
    ongoing = Ongoing.whole([FIRST], as_of=DAY, refund_grace_days=30)
    assert ongoing.add(earned("b", at=6, natural_key="k"), key_is_new=True)
    assert ongoing.pools().avail_h == 200


def test_within_an_instant_the_order_of_arrival_is_free() -> None:
    """R91: the spends of a sale are posted before its award, which the fold puts first; after each it is the fold."""
    ongoing = Ongoing(Kept(30), as_of=DAY, posted_h=0)
    sale = [
        entry("s", EntryKind.REDEEM, 70, at=7, leg=0, sale_id="s"),
        entry("s", EntryKind.REDEEM, 20, at=7, leg=1, sale_id="s"),
        earned("s", 30, at=7, leg=2),
    ]
    posted = [FIRST, *sale]
    for n, made in enumerate(posted, start=1):
        assert ongoing.add(made)
        everything = fold(posted[:n], as_of=DAY, refund_grace_days=30)
        assert told(ongoing.fold(), made.event_id) == told(everything, made.event_id)


def test_flags_of_an_event_last_over_its_instants() -> None:
    """R90: an event whose entries have several instants keeps the flag that the first of them got."""
    ongoing = Ongoing(Kept(30), as_of=DAY, posted_h=0)
    assert ongoing.add(entry("s", EntryKind.REDEEM, 70, at=7, sale_id="s"))
    assert ongoing.add(earned("s", 5, at=8, leg=2))
    assert ongoing.add(earned("s", 5, at=8, leg=1))
    assert ongoing.flags_of("s") == {OFFLINE_OVERDRAW}
    assert ongoing.flags_of("other") == frozenset()


def test_what_is_lacking_is_kept_and_paid_by_what_comes() -> None:
    """R39: an award pays what earlier spends lacked, oldest first, also where those were folded long before."""
    spends = [entry(name, EntryKind.REDEEM, 40, at=at, sale_id=name) for name, at in (("r", 1), ("s", 2))]
    kept = Ongoing.whole(spends, as_of=DAY, refund_grace_days=30).kept()
    assert kept.lacking == (("r", 40), ("s", 40))
    ongoing = Ongoing(kept, as_of=DAY, posted_h=0)
    assert ongoing.add(earned("a", 60, at=3))
    assert (ongoing.pools().deficit_h, ongoing.fold().shortfall_h, ongoing.fold().live_h) == (20, 20, 0)
    assert ongoing.kept().lacking == (("s", 20),)


def test_what_a_day_takes_is_not_kept() -> None:
    """R34: an entry of yesterday still finds the lot that today has taken."""
    lot = earned("a", at=5, last_day=DAY)
    ongoing = Ongoing.whole([lot], as_of=LATER, refund_grace_days=30)
    assert (ongoing.pools().avail_h, ongoing.fold().expired_h) == (0, 100)
    later = Ongoing(ongoing.kept(), as_of=LATER, posted_h=0)
    assert later.add(entry("s", EntryKind.REDEEM, 70, at=6, sale_id="s"))
    assert (later.pools().avail_h, later.pools().deficit_h, later.fold().expired_h) == (0, 0, 30)


def test_only_what_a_later_entry_can_touch_is_kept() -> None:
    """4.4, R34: spent lots go, expired ones stay only within the reach of an open lease, and their sum stays."""
    spent, gone, left = earned("a", at=1), earned("b", at=2, last_day=DAY), earned("c", at=3)
    entries = [spent, gone, left, entry("r", EntryKind.REDEEM, 100, at=4, sale_id="r")]
    after = earned("d", 7, at=9, day=LATER, earn_day=LATER)
    kept = Ongoing.whole([*entries, after], as_of=LATER, refund_grace_days=30).kept()
    assert ([lot.event_id for lot in kept.lots], kept.gone_before_h, kept.leases) == (["c", "d"], 100, ())
    leased = [*entries, entry("g", EntryKind.LEASE_GRANT, 150, at=5, lease_id="L"), after]
    kept = Ongoing.whole(leased, as_of=LATER, refund_grace_days=30).kept()
    assert [(lot.event_id, lot.left_h, lot.gone_h) for lot in kept.lots] == [("b", 0, 100), ("c", 100, 0), ("d", 7, 0)]
    assert (kept.gone_before_h, kept.leases, kept.day) == (0, (("L", 150, DAY),), LATER)

"""Going on with a folded account: the same as folding all of its entries, after every entry (section 5, R91)."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.points.entries import Entry
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

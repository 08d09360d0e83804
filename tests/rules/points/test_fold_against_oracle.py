"""The lot fold against a slow re-statement of its design, on random histories and on entries without any sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import Fold, fold
from tests.rules.points import fold_oracle
from tests.rules.points.histories import FIRST_DAY, History
from tests.rules.points.test_lots_property import GRACE, SCRIPTS


def plain(entry: Entry) -> dict[str, Any]:
    """Write an entry as the oracle reads it."""
    return {
        "eff": entry.eff_us, "day": entry.day.toordinal(), "kind": entry.kind.value, "id": entry.event_id,
        "leg": entry.leg, "amount": entry.amount_h, "earn": entry.earn_day.toordinal() if entry.earn_day else None,
        "last": entry.last_day.toordinal() if entry.last_day else None, "sale": entry.sale_id, "lease": entry.lease_id,
        "natural": entry.natural_key, "of": entry.refers_to, "of_leg": entry.refers_leg, "settled": entry.settled,
    }  # fmt: skip


def as_plain(got: Fold) -> dict[str, Any]:
    """Write a fold as the oracle does."""
    return {
        "avail": got.avail_h, "reserved": got.reserved_h, "deficit": got.deficit_h, "expired": got.expired_h,
        "waits": got.waits_h, "live": got.live_h, "shortfall": got.shortfall_h,
        "lots": [
            (
                (lot.earn_day.toordinal(), lot.eff_us, lot.event_id, lot.leg),
                lot.last_day.toordinal() if lot.last_day else fold_oracle.NEVER,
                lot.original_h, lot.left_h, lot.expired_h,
            )
            for lot in got.lots
        ],
        "flags": {(event_id, flag) for event_id, flags in got.flags.items() for flag in flags},
        "lost": set(got.dropped),
        "next": got.next_expiry.toordinal() if got.next_expiry else None,
    }  # fmt: skip


def both(entries: list[Entry], as_of: date, grace: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fold the same entries both ways: by the rules, and by the plain re-statement."""
    ours = as_plain(fold(entries, as_of=as_of, refund_grace_days=grace))
    return ours, fold_oracle.fold([plain(entry) for entry in entries], as_of.toordinal(), grace)


@given(script=SCRIPTS, grace=GRACE, privileged=st.booleans())
def test_legal_histories_fold_as_the_design_says(script, grace, privileged):
    """R33, R34, R39, R40, R41, R91: balance, lots, flags and lost awards of every moment of random histories."""
    history = History(grace_days=grace, privileged=privileged)
    for _ in history.play(script):
        ours, theirs = both(history.arrived, history.today, grace)
        assert ours == theirs


KINDS = st.sampled_from([kind for kind in EntryKind if kind not in (EntryKind.EXPIRE, EntryKind.EXPIRE_REVERSAL)])
DAY = st.integers(0, 12)
WILD = st.builds(
    lambda kind, amount, day, earn, life, names, settled: Entry(
        event_id="", leg=names[3], kind=kind, account_id="a",
        amount_h=-amount if kind is EntryKind.ADJUST and settled else amount,
        eff_us=day * 1_000, day=FIRST_DAY + timedelta(days=day),
        earn_day=None if earn is None else FIRST_DAY + timedelta(days=earn),
        last_day=None if life is None else FIRST_DAY + timedelta(days=life),
        sale_id=names[0], lease_id=names[1], natural_key=names[2], refers_to=names[4], refers_leg=names[3],
        settled=settled,
    ),
    KINDS,
    st.integers(0, 6),
    DAY,
    st.none() | DAY,
    st.none() | DAY,
    st.tuples(
        st.sampled_from(("", "s", "t")), st.sampled_from(("", "x", "y")), st.sampled_from(("", "", "k")),
        st.integers(0, 1), st.sampled_from(("", "e0", "e1", "e2", "e5")),
    ),
    st.booleans(),
)  # fmt: skip


@given(wild=st.lists(WILD, max_size=16), as_of=DAY, grace=st.integers(0, 3))
def test_any_entries_at_all_fold_as_the_design_says(wild, as_of, grace):
    """R4, R91, I24: what no terminal would send folds without a refusal too, and as the design says."""
    entries = [replace(entry, event_id=f"e{n}") for n, entry in enumerate(wild)]
    ours, theirs = both(entries, FIRST_DAY + timedelta(days=as_of), grace)
    assert ours == theirs

"""The lot fold over random legal histories: leases, expiry, refunds, natural keys, in every order of arrival."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, note
from hypothesis import strategies as st

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import Fold, expiry_to_post, fold, posted_expiry
from tests.rules.points.histories import ACTS, History, Step


def _joined(parts: tuple[list[Step], list[Step]]) -> list[Step]:
    return [*parts[0], *parts[1]]


AMOUNTS = st.sampled_from((100, 50, 30, 1, 0, 99, 200))
STEP = st.tuples(st.integers(0, 40), st.integers(0, 2), AMOUNTS, st.integers(0, 12))
TELL = ("award0", "award1", "wait0", "award0", "sell0", "send0", "wait0", "sell0", "send0", "refund0", "send0", "wait0")
TELL_ON = ("ask0", "send1", "wait0", "sell0", "send0")
STORY = tuple((act[:-1], int(act[-1])) for act in TELL + TELL_ON)
"""Where trouble lies: an award stays on its way while the points it would have paid for are sold, refunded, leased."""
STORIES = st.tuples(
    *(st.tuples(st.just(ACTS.index(act)), st.just(device), AMOUNTS, st.integers(0, 12)) for act, device in STORY)
).map(list)
SCRIPTS = st.one_of(st.lists(STEP, max_size=45), STORIES, st.tuples(STORIES, st.lists(STEP, max_size=10)).map(_joined))
GRACE = st.sampled_from((0, 2, 30))

INWARD = (EntryKind.AWARD, EntryKind.TRANSFER_IN, EntryKind.REFUND)
OUTWARD = (EntryKind.REDEEM, EntryKind.LEASE_SPEND, EntryKind.TRANSFER_OUT, EntryKind.REVERSAL)


def moved(entries: list[Entry], folded: Fold) -> int:
    """Sum what came in less what went out, expiry apart; dropped awards and their reversals count for nothing."""
    total = 0
    for entry in entries:
        if entry.kind is EntryKind.AWARD and (entry.event_id, entry.leg) in folded.dropped:
            continue
        if entry.kind is EntryKind.REVERSAL and (entry.refers_to, entry.refers_leg) in folded.dropped:
            continue
        if entry.kind in INWARD or entry.kind is EntryKind.ADJUST:
            total += entry.amount_h
        elif entry.kind in OUTWARD and entry.settled:
            total -= entry.amount_h
    return total


def check_identities(history: History, folded: Fold) -> None:
    """R5, I16, I17: the identities that hold at every moment of every history."""
    came = moved(history.arrived, folded)
    posted = posted_expiry(history.arrived)
    to_post = expiry_to_post(folded, posted)
    assert folded.live_h + folded.expired_h - folded.shortfall_h == came
    assert came - posted == folded.balance_h + to_post
    assert folded.balance_h == folded.live_h + folded.waits_h - folded.shortfall_h
    assert folded.avail_h == 0 or folded.deficit_h == 0
    assert folded.live_h == 0 or folded.shortfall_h == 0
    assert min(folded.avail_h, folded.reserved_h, folded.deficit_h, folded.waits_h, folded.shortfall_h) >= 0
    assert folded.waits_h <= min(folded.expired_h, folded.reserved_h)
    for lot in folded.lots:
        assert 0 <= lot.left_h <= lot.original_h
        assert 0 <= lot.left_h + lot.expired_h <= lot.original_h
        if lot.last_day is not None and lot.last_day < history.today:
            assert lot.left_h == 0
    assert sum(lot.left_h for lot in folded.lots) == folded.live_h


@given(script=SCRIPTS, grace=GRACE, privileged=st.booleans())
def test_identities_hold_at_every_moment(script, grace, privileged):
    """R5, I16, I17: balance, lots and sums agree whatever has arrived, and no lot leaves 0 <= remaining <= original."""
    history = History(grace_days=grace, privileged=privileged)
    for _ in history.play(script):
        check_identities(history, history.fold())


@given(script=SCRIPTS, grace=GRACE, privileged=st.booleans(), seed=st.integers(0, 2**16))
def test_the_order_of_arrival_changes_nothing(script, grace, privileged, seed):
    """R91, I18, I19: every permutation of the same entries folds to the same balance, lots, drops and flags."""
    history = History(grace_days=grace, privileged=privileged)
    for _ in history.play(script):
        pass
    shuffled = list(history.arrived)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order of arrival is no secret
    assert fold(shuffled, as_of=history.today, refund_grace_days=grace) == history.fold()


@given(script=SCRIPTS, grace=GRACE)
def test_a_spend_under_a_lease_never_makes_a_deficit(script, grace):
    """I24: grants by the fold of what had arrived cover every spend, whatever arrives later and any clock says."""
    history = History(grace_days=grace)
    for _ in history.play(script):
        folded = history.fold()
        note(str(folded))
        assert (folded.deficit_h, folded.shortfall_h) == (0, 0)


@given(script=SCRIPTS, grace=GRACE)
def test_a_privileged_act_costs_at_most_its_amount(script, grace):
    """I24: reversals, adjustments, write-offs, budgets and lost natural keys leave at most their own sum as deficit."""
    history = History(grace_days=grace, privileged=True)
    for _ in history.play(script):
        assert history.fold().deficit_h <= history.exposed_h


@given(script=SCRIPTS, grace=GRACE, privileged=st.booleans())
def test_posting_expiry_twice_posts_nothing(script, grace, privileged):
    """R34, I20: after the job there is nothing to post, and what it posted changes nothing in the fold."""
    history = History(grace_days=grace, privileged=privileged)
    for _ in history.play(script):
        before = history.fold()
        history._job(history.devices[0], 0, 0)
        after = history.fold()
        assert after == before
        assert expiry_to_post(after, posted_expiry(history.arrived)) == 0


@given(script=SCRIPTS, grace=GRACE)
def test_expire_never_takes_more_than_is_available(script, grace):
    """Section 5: an EXPIRE leaves the reserved part alone; what the account shows as available pays for it."""
    history = History(grace_days=grace)
    for _ in history.play(script):
        folded = history.fold()
        posted = posted_expiry(history.arrived)
        shown_h = moved(history.arrived, folded) - posted - folded.reserved_h
        assert expiry_to_post(folded, posted) <= max(0, shown_h)


@given(script=SCRIPTS, grace=GRACE, privileged=st.booleans())
def test_refunds_give_back_what_the_sale_spent_and_no_more(script, grace, privileged):
    """R41, C23: a refund beyond the sale gives nothing back, and a full refund of each sale undoes every spend."""
    history = History(grace_days=grace, privileged=privileged)
    for _ in history.play(script):
        pass
    spent = {sale_id: sale.spent_h - sale.refunded_h for sale_id, sale in history.sales.items()}
    late_us = max((entry.eff_us for entry in history.arrived), default=0)
    entries = list(history.arrived)
    for number, (sale_id, rest_h) in enumerate(spent.items(), start=1):
        refund = history._entry(f"last-{number}", EntryKind.REFUND, rest_h, late_us + number, sale_id=sale_id)
        entries.append(refund)
    all_back = fold(entries, as_of=history.today, refund_grace_days=grace)
    assert all_back.live_h + all_back.expired_h - all_back.shortfall_h == moved(entries, all_back)
    beyond = [replace(entry, amount_h=entry.amount_h + 7) for entry in entries if entry.event_id.startswith("last-")]
    kept = [entry for entry in entries if not entry.event_id.startswith("last-")]
    flagged = fold([*kept, *beyond], as_of=history.today, refund_grace_days=grace)
    assert (flagged.live_h, flagged.expired_h, flagged.shortfall_h) == (
        all_back.live_h,
        all_back.expired_h,
        all_back.shortfall_h,
    )
    assert all("REFUND_BEYOND_SALE" in flagged.flags[entry.event_id] for entry in beyond)


@given(script=SCRIPTS, pick=st.integers(0, 10_000))
def test_a_late_award_never_lowers_and_a_late_redemption_lowers_by_at_most_itself(script, pick):
    """I21: without refunds, one more award never lowers availability and one more redemption of a costs 0 to a."""
    history = History(grace_days=0, privileged=False, refunds=False)
    for _ in history.play(script):
        pass
    movable = [entry for entry in history.arrived if entry.kind is EntryKind.AWARD and not entry.natural_key]
    movable += [entry for entry in history.arrived if entry.kind is EntryKind.LEASE_SPEND]
    if not movable:
        return
    late = movable[pick % len(movable)]
    after = history.fold()
    before = fold([e for e in history.arrived if e is not late], as_of=history.today, refund_grace_days=0)
    change_h = (after.avail_h - after.deficit_h) - (before.avail_h - before.deficit_h)
    if late.kind is EntryKind.AWARD:
        assert change_h >= 0
        return
    assert 0 <= change_h <= late.amount_h  # its lease had set the amount aside already
    redeemed = replace(late, kind=EntryKind.REDEEM, lease_id="")
    budget = fold([e if e is not late else redeemed for e in history.arrived], as_of=history.today, refund_grace_days=0)
    lowered_h = (before.avail_h - before.deficit_h) - (budget.avail_h - budget.deficit_h)
    assert 0 <= lowered_h <= late.amount_h

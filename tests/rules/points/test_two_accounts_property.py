"""Two accounts of a club and transfers between them, over random histories: sales, leases, refunds, late facts."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.account import AccountCard
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import Fold, expiry_to_post, fold, posted_expiry
from clubtill_rules.points.transfers import Transfer, credit_entries, pending_entry, settling_entry, transfer
from clubtill_rules.values.points import Points
from tests.rules.points.histories import History, Step, day_of
from tests.rules.points.test_lots_property import GRACE, SCRIPTS, check_identities

CARDS = tuple(AccountCard(account_id=name, club_id="lp", version=1) for name in "ab")
ENDED = object()
PAIR_STEPS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 4), st.integers(1, 120), st.sampled_from((0, 50, 90, 100))), max_size=6
)


class Pair:
    """Two histories that run side by side, and the transfers between them."""

    def __init__(self, *, grace_days: int, privileged: bool) -> None:
        self.grace_days = grace_days
        self.sides = [History(grace_days=grace_days, privileged=privileged) for _ in CARDS]
        self.open: list[tuple[int, Transfer]] = []
        self.lost_h = 0
        self.under_way_h = 0

    def play(self, scripts: list[list[Step]], moves: list[tuple[int, int, int, int]]) -> None:
        """Play both scripts in turn, with a transfer act now and then; at the end all has arrived and is settled."""
        going = [side.play(script) for side, script in zip(self.sides, scripts, strict=True)]
        at = 0
        while going:
            for one in list(going):
                if next(one, ENDED) is ENDED:
                    going.remove(one)
                self.same_time()
            if at < len(moves):
                self.act(*moves[at])
            at += 1
        while self.open:
            self.settle(void=False)

    def same_time(self) -> None:
        """Both are one ledger's: its clock is one."""
        now_us = max(side.now_us for side in self.sides) + 1_000
        for side in self.sides:
            side.now_us = now_us

    def fold(self, n: int) -> Fold:
        """Fold one side as of the ledger's day."""
        return self.sides[n].fold()

    def act(self, source: int, what: int, amount_h: int, factor_h: int) -> None:
        """Begin a transfer, or settle the oldest that is under way."""
        self.same_time()
        if what >= 3:
            self.settle(void=what == 4)
            return
        held = self.fold(source)
        arrives_h = amount_h * (factor_h or 100) // 100
        if amount_h > held.avail_h or not arrives_h:
            return
        side = self.sides[source]
        moved = transfer(
            held, transfer_id=f"{side._id('move')}-of-{source}", source=CARDS[source], target=CARDS[1 - source],
            amount=Points(amount_h), factor_h=factor_h, grain_h=1, online=True,
        )  # fmt: skip
        side._post(pending_entry(moved, eff_us=side.now_us, day=day_of(side.now_us)))
        self.open.append((source, moved))

    def settle(self, *, void: bool) -> None:
        """Credit and post the oldest pending transfer, or void it."""
        if not self.open:
            return
        self.same_time()
        source, moved = self.open.pop(0)
        out, into = self.sides[source], self.sides[1 - source]
        if not void:
            into._post(*credit_entries(moved, eff_us=into.now_us, day=day_of(into.now_us)))
            self.lost_h += moved.amount.hundredths - moved.arrives.hundredths
        out._post(settling_entry(moved, eff_us=out.now_us + 1, day=day_of(out.now_us + 1), void=void))


def moved_between(entries: list[Entry]) -> int:
    """Sum what came in by transfers less what went out."""
    ours = [one for one in entries if "move" in one.event_id]
    came = sum(one.amount_h for one in ours if one.kind is EntryKind.TRANSFER_IN)
    return came - sum(one.amount_h for one in ours if one.kind is EntryKind.TRANSFER_OUT and one.settled)


@given(scripts=st.tuples(SCRIPTS, SCRIPTS), moves=PAIR_STEPS, grace=GRACE, privileged=st.booleans())
def test_transfers_make_no_points_and_lose_what_their_factor_takes(scripts, moves, grace, privileged):
    """R38, R5, I17: identities on both sides; what leaves one account and its factor's loss are all there is."""
    pair = Pair(grace_days=grace, privileged=privileged)
    pair.play(list(scripts), moves)
    for n, side in enumerate(pair.sides):
        check_identities(side, pair.fold(n))
    assert sum(moved_between(side.arrived) for side in pair.sides) == -pair.lost_h


@given(scripts=st.tuples(SCRIPTS, SCRIPTS), moves=PAIR_STEPS, grace=GRACE)
def test_a_transfer_leaves_no_deficit(scripts, moves, grace):
    """R38, R39, I24: what is pending is covered like a lease, whatever arrives late on either side."""
    pair = Pair(grace_days=grace, privileged=False)
    pair.play(list(scripts), moves)
    assert [(pair.fold(n).deficit_h, pair.fold(n).shortfall_h) for n in (0, 1)] == [(0, 0), (0, 0)]


@given(
    scripts=st.tuples(SCRIPTS, SCRIPTS), moves=PAIR_STEPS, grace=GRACE, privileged=st.booleans(),
    seed=st.integers(0, 2**16),
)  # fmt: skip
def test_both_accounts_fold_alike_in_any_order_of_arrival(*, scripts, moves, grace, privileged, seed):
    """R91, I18, I19: refunds, leases, transfers, write-offs, budgets and late facts, all shuffled together."""
    pair = Pair(grace_days=grace, privileged=privileged)
    pair.play(list(scripts), moves)
    drawn = random.Random(seed)  # noqa: S311 - an order of arrival is no secret
    for n, side in enumerate(pair.sides):
        shuffled = list(side.arrived)
        drawn.shuffle(shuffled)
        got = fold(shuffled, as_of=side.today, refund_grace_days=grace)
        assert got == pair.fold(n)
        posted = posted_expiry(shuffled)
        assert expiry_to_post(got, posted) == expiry_to_post(pair.fold(n), posted_expiry(side.arrived))

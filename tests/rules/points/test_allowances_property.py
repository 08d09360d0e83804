"""Redeeming while cut off, over random histories of several devices: the bounds of I22 to I25 against the fold."""

from __future__ import annotations

import pytest
from hypothesis import example, given, note
from hypothesis import strategies as st

from clubtill_rules.members.venue import OfflineMode
from tests.rules.points.allowance_oracle import Loss
from tests.rules.points.allowances import ACCOUNTS, ACTS, Venue

AMOUNTS = st.sampled_from((100, 60, 250, 1, 0, 33, 500))
STEP = st.tuples(st.integers(0, len(ACTS) - 1), st.integers(0, 4), st.integers(0, 1), AMOUNTS)


def story(*acts):
    """Write steps by name: act, device, account, amount."""
    return [(ACTS.index(act), device, account, amount) for act, device, account, amount in acts]


RACE = story(
    ("award", 0, 0, 500), ("sync", 0, 0, 0), ("sync", 1, 0, 0), ("sync", 2, 0, 0), ("budget", 0, 0, 500),
    ("budget", 1, 0, 250), ("attach", 2, 0, 250), ("sell", 0, 0, 250), ("sell", 1, 0, 100), ("sell", 2, 0, 250),
)  # fmt: skip
SCRIPTS = st.one_of(st.lists(STEP, max_size=40), st.lists(STEP, max_size=15).map(lambda steps: RACE + steps))
LIMITS = st.sampled_from((600, 1_000, 250))


def check(venue: Venue) -> None:
    """Compare what the fold says with the oracle's bounds."""
    folds = {account: venue.fold(account) for account in ACCOUNTS}
    for account, folded in folds.items():
        note(f"{account}: {folded} {venue.loss}")
        assert folded.deficit_h <= venue.loss.bound(account)
        assert venue.loss.overdraft(account) <= folded.deficit_h + folded.waits_h
        assert folded.avail_h == 0 or venue.loss.overdraft(account) == 0
    assert sum(folded.deficit_h for folded in folds.values()) <= venue.loss.total_bound()


@given(script=SCRIPTS, mode=st.sampled_from((OfflineMode.LEASE, OfflineMode.REFUSE)))
def test_leases_never_overdraw(script, mode):
    """R90, I22, I24: LEASE and REFUSE leave no deficit, whatever is lost, doubled, late or closed meanwhile."""
    venue = Venue(mode, 0, Loss(), clones=False)
    for _ in venue.play(script):
        assert [venue.fold(account).deficit_h for account in ACCOUNTS] == [0, 0]
        assert [venue.loss.overdraft(account) for account in ACCOUNTS] == [0, 0]


@given(script=SCRIPTS, limit_h=LIMITS)
def test_budgets_lose_at_most_their_bound(script, limit_h):
    """R90, I23: per account at most the sum of min(m, C, T); open budgets, and so the venue's loss, at most L."""
    venue = Venue(OfflineMode.BUDGET, limit_h, Loss(), clones=False)
    for _ in venue.play(script):
        check(venue)
        assert venue.open_total_h() <= limit_h
        if not venue.renewed:
            assert sum(venue.fold(account).deficit_h for account in ACCOUNTS) <= limit_h


@example(
    script=[*RACE, *story(("budget", 0, 0, 100), ("send", 0, 0, 100), ("clone", 0, 0, 100), ("send", 3, 0, 100))],
    limit_h=600,
    mode=OfflineMode.BUDGET,
)
@given(script=SCRIPTS, limit_h=LIMITS, mode=st.sampled_from(tuple(OfflineMode)))
def test_clones_add_at_most_what_they_could_spend(script, limit_h, mode):
    """R90, I23, I24: each copy of a device adds its lease remainders, and the bound of its budget once more."""
    venue = Venue(mode, limit_h, Loss(), clones=True)
    for _ in venue.play(script):
        check(venue)


@given(script=SCRIPTS, mode=st.sampled_from(tuple(OfflineMode)))
def test_what_closed_leases_hold_comes_back_only_with_the_whole_log(script, mode):
    """R90, I25: whatever arrives in whatever order, points come back once, and what a device holds stays reserved."""
    venue = Venue(mode, 600, Loss(), clones=False)
    for _ in venue.play(script):
        for account in ACCOUNTS:
            folded = venue.fold(account)
            held_h = sum(
                one.granted_h for device in venue.devices for one in device.leases.values()
                if one.account_id == account
            )  # fmt: skip
            spent_h = sum(
                one.spent_h for device in venue.devices for one in device.leases.values() if one.account_id == account
            )
            assert folded.reserved_h >= held_h - spent_h


RACES = [
    pytest.param(OfflineMode.BUDGET, 600, 100, 433, id="budgets-lose-a-part-of-their-bound"),
    pytest.param(OfflineMode.LEASE, 250, 0, 0, id="one-lease"),
    pytest.param(OfflineMode.REFUSE, 0, 0, 0, id="nothing-cut-off"),
]


@pytest.mark.parametrize(("mode", "spent_h", "deficit_h", "bound_h"), RACES)
def test_the_race_of_three_tills(mode, spent_h, deficit_h, bound_h):
    """R90, I23: 5.00 held; by budget 2.50 and 1.00 are redeemed beside a lease of 2.50; 3.33 and 1.00 is the bound."""
    venue = Venue(mode, 600, Loss(), clones=False)
    for _ in venue.play(RACE):
        pass
    assert venue.loss.spent.get("a", 0) == spent_h
    assert (venue.fold("a").deficit_h, venue.loss.bound("a")) == (deficit_h, bound_h)


def test_a_cloned_lease_is_spent_twice_and_no_more():
    """R90, I24: a lease of 2.50 copied once may be spent twice: a deficit of just its remainder."""
    venue = Venue(OfflineMode.LEASE, 0, Loss(), clones=True)
    script = story(
        ("award", 0, 0, 250), ("attach", 0, 0, 250), ("clone", 0, 0, 0), ("sell", 0, 0, 250), ("sell", 3, 0, 250)
    )
    for _ in venue.play(script):
        pass
    assert (venue.fold("a").deficit_h, venue.loss.bound("a"), venue.loss.overdraft("a")) == (250, 250, 250)

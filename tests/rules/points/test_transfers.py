"""Transfers between two accounts of a club: what may move, which lots do, and that no point is made or lives longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.account import AccountCard, BanKind, Block
from clubtill_rules.members.classification import BANNED
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.lots import expiry_to_post, fold
from clubtill_rules.points.transfers import (
    Leg,
    Transfer,
    credit_entries,
    pending_entry,
    settling_entry,
    transfer,
)
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, working
from tests.rules.points.accounts import FEB, JAN, JUN, MAR, K, at, award, entry, folded, lease, redeem
from tests.rules.points.goods import JEAN

ADA = replace(JEAN, person_id="ada", account_id="b1")
TOM = replace(JEAN, person_id="tom")
A1 = AccountCard(account_id="a1", club_id="lp", version=1, persons=(JEAN,))
B1 = AccountCard(account_id="b1", club_id="lp", version=1, persons=(ADA,))
HUNDRED = [award(100, JAN(1), None, "L")]
THREE = [award(35, JAN(3), MAR(31), "late"), award(35, JAN(1), JUN(30), "old"), award(35, JAN(2), None, "mid")]


def moved(entries: list[Entry], points: int, factor_h: int = 100, **more: object) -> Transfer:
    """Decide a transfer of whole points on 1 February."""
    given_ = {"source": A1, "target": B1, "grain_h": 100, "online": True, "transfer_id": "t", **more}
    return transfer(folded(entries, FEB(1)), amount=whole(points), factor_h=factor_h, **given_)


@pytest.mark.parametrize(
    ("points", "factor", "arrives", "legs"),
    [
        pytest.param(
            105, 90, 94, ((35, 32), (35, 31), (35, 31)), id="105-at-0.90-rest-to-the-oldest",
            marks=pytest.mark.example("R38.1"),
        ),
        pytest.param(100, 90, 90, ((35, 32), (35, 31), (30, 27)), id="100-at-0.90", marks=pytest.mark.example("R38.1")),
        pytest.param(105, 0, 105, ((35, 35), (35, 35), (35, 35)), id="factor-0-no-loss"),
        pytest.param(105, 100, 105, ((35, 35), (35, 35), (35, 35)), id="factor-1-no-loss"),
        pytest.param(35, 100, 35, ((35, 35),), id="just-the-oldest-lot"),
        pytest.param(36, 100, 36, ((35, 35), (1, 1)), id="one-more-than-the-oldest-lot"),
        pytest.param(1, 100, 1, ((1, 1),), id="one-point"),
        pytest.param(70, 150, 105, ((35, 53), (35, 52)), id="a-gain"),
        pytest.param(2, 50, 1, ((2, 1),), id="half-of-two"),
    ],
)  # fmt: skip
def test_the_oldest_lots_move(points, factor, arrives, legs):
    """R38: A's oldest lots move, the factor a lot, floors, the rest to the oldest one, each with its days (D43)."""
    days = ((JAN(1), JUN(30)), (JAN(2), None), (JAN(3), MAR(31)))
    told = Because(
        code="why.transfer", rule="R38",
        facts={"points": whole(points), "arrives": whole(arrives), "factor_h": factor or 100},
        working=working(whole(arrives), Rounding.FLOOR, whole(points), ("x", Decimal(factor or 100) / 100)),
    )  # fmt: skip
    assert moved(THREE, points, factor) == Transfer(
        transfer_id="t", source_id="a1", target_id="b1", amount=whole(points), arrives=whole(arrives),
        legs=tuple(
            Leg(earn_day=earn, last_day=last, out_h=out * 100, in_h=in_ * 100)
            for (earn, last), (out, in_) in zip(days, legs, strict=False)
        ),
        because=(told,),
    )  # fmt: skip


def test_a_club_with_hundredths_keeps_them():
    """R38, R1: 105 at 0.90 is 94.50 where points have two decimals."""
    assert moved(THREE, 105, 90, grain_h=1).arrives == Points(9450)


BLOCKED = replace(JEAN, block=Block.BLOCKED)


@pytest.mark.parametrize(
    ("more", "code", "facts"),
    [
        pytest.param({"online": False}, "transfer.offline", {}, id="offline"),
        pytest.param({"target": replace(B1, club_id="staff")}, "transfer.other_club", {}, id="another-club"),
        pytest.param({"target": A1}, "transfer.same_account", {}, id="the-same-account"),
        pytest.param(
            {"source": replace(A1, block=Block.BLOCKED)}, "transfer.blocked", {"account_id": "a1"}, id="source-blocked"
        ),
        pytest.param(
            {"target": replace(B1, block=Block.BLOCKED)}, "transfer.blocked", {"account_id": "b1"}, id="target-blocked"
        ),
        pytest.param(
            {"source": replace(A1, persons=(BLOCKED,))}, "transfer.blocked", {"account_id": "a1"},
            id="its-only-person-blocked",
        ),
        pytest.param(
            {"source": replace(A1, persons=(JEAN, replace(TOM, ban=BanKind.HOUSE)))}, "transfer.banned",
            {"account_id": "a1"}, id="source-banned",
        ),
        pytest.param(
            {"target": replace(B1, persons=(replace(ADA, classification=BANNED),))}, "transfer.banned",
            {"account_id": "b1"}, id="target-banned",
        ),
        pytest.param({"points": 0}, "transfer.amount", {"points": whole(0)}, id="nothing"),
        pytest.param({"points": -1}, "transfer.amount", {"points": whole(-1)}, id="less-than-nothing"),
        pytest.param(
            {"points": 101}, "transfer.short", {"needed": whole(101), "available": whole(100)}, id="more-than-there-is"
        ),
        pytest.param(
            {"points": 1, "factor_h": 99}, "transfer.nothing", {"points": whole(1), "factor_h": 99}, id="none-arrives"
        ),
    ],
)  # fmt: skip
@pytest.mark.example("R38.2")
def test_what_is_refused(more, code, facts):
    """R38, R90: another club, the same account, blocked or banned, no amount, more than the balance, offline."""
    with pytest.raises(Refusal) as no:
        moved(HUNDRED, **{"points": 100, **more})
    assert (no.value.code, no.value.facts) == (code, facts)


def test_all_of_the_balance_may_move_but_not_what_is_leased():
    """R38, R5: what is reserved is nobody's to move."""
    assert moved(HUNDRED, 100).amount == whole(100)
    entries = [*HUNDRED, lease(30, JAN(5))]
    assert moved(entries, 70).amount == whole(70)
    with pytest.raises(Refusal) as no:
        moved(entries, 71)
    assert no.value.facts == {"needed": whole(71), "available": whole(70)}


def test_one_blocked_person_of_several_stops_no_transfer():
    """R38, R13: contact 2 blocked; the points are the account's."""
    family = replace(A1, persons=(JEAN, replace(TOM, block=Block.BLOCKED)))
    assert moved(HUNDRED, 10, source=family).arrives == whole(10)
    assert moved(HUNDRED, 10, source=replace(A1, persons=())).arrives == whole(10)


def test_a_factor_below_nil_is_a_mistake():
    """R38: a factor is 0 or more."""
    with pytest.raises(ValueError, match="factor_h: -1 is below 0"):
        moved(HUNDRED, 100, -1)


def test_entries_of_a_transfer():
    """R38, R4: pending, credit leg by leg, posted or void: one id, and posted and void are the same leg."""
    entries = [award(1, JAN(1), None, "small"), award(100, JAN(2), JUN(30), "large")]
    one = moved(entries, 81, 50)
    assert [(leg.out_h, leg.in_h) for leg in one.legs] == [(100, 0), (8000, 4000)]
    assert pending_entry(one, eff_us=5, day=FEB(1)) == Entry(
        event_id="t", leg=0, kind=K.TRANSFER_OUT, account_id="a1", amount_h=8100, eff_us=5, day=FEB(1), settled=False
    )
    assert credit_entries(one, eff_us=6, day=FEB(1)) == (
        Entry(
            event_id="t", leg=2, kind=K.TRANSFER_IN, account_id="b1", amount_h=4000, eff_us=6, day=FEB(1),
            earn_day=JAN(2), last_day=JUN(30),
        ),
    )  # fmt: skip
    posted = Entry(
        event_id="t", leg=3, kind=K.TRANSFER_OUT, account_id="a1", amount_h=8100, eff_us=7, day=FEB(1), refers_to="t"
    )
    assert settling_entry(one, eff_us=7, day=FEB(1)) == posted
    assert settling_entry(one, eff_us=7, day=FEB(1), void=True) == replace(posted, amount_h=0)


@pytest.mark.parametrize(
    ("steps", "source", "target"),
    [
        pytest.param(0, (100, 0), (0, 0), id="not-begun"),
        pytest.param(1, (10, 90), (0, 0), id="pending"),
        pytest.param(2, (10, 90), (81, 0), id="credited"),
        pytest.param(3, (10, 0), (81, 0), id="posted"),
        pytest.param(4, (100, 0), (0, 0), id="void"),
    ],
)
def test_points_are_never_in_neither_or_both_usable(steps, source, target):
    """R38, R5: available and reserved on both sides after each step; void gives all back."""
    one = moved(HUNDRED, 90, 90)
    out = [pending_entry(one, eff_us=at(FEB(1)), day=FEB(1))]
    in_ = list(credit_entries(one, eff_us=at(FEB(1)), day=FEB(1)))
    end = settling_entry(one, eff_us=at(FEB(1)) + 1, day=FEB(1), void=steps == 4)
    a = folded([*HUNDRED, *out[: min(1, steps)], *([end] if steps >= 3 else [])], FEB(1))
    b = folded(in_ if steps in {2, 3} else [], FEB(1))
    assert (a.avail_h // 100, a.reserved_h // 100) == source
    assert (b.avail_h // 100, b.reserved_h // 100) == target


@pytest.mark.example("O27")
def test_accounts_brought_together_keep_their_lots():
    """R38: 10, 20 and 30 in one account are 60, in three lots with the days they had."""
    together = [award(30, JAN(3), None, "own")]
    for n, (points, day) in enumerate(((10, JAN(1)), (20, JAN(2)))):
        one = moved([award(points, day, JUN(30), f"l{n}")], points, transfer_id=f"t{n}")
        together += credit_entries(one, eff_us=at(FEB(1)) + n, day=FEB(1))
    got = folded(together, FEB(1))
    assert [(lot.earn_day, lot.last_day, lot.left_h) for lot in got.lots] == [
        (JAN(1), JUN(30), 1_000),
        (JAN(2), JUN(30), 2_000),
        (JAN(3), None, 3_000),
    ]


def test_received_points_pay_a_deficit_first():
    """R38, R39: B owes 30; of 100 received 70 are left, with A's own days."""
    one = moved(HUNDRED, 100)
    debt = [replace(redeem(30, JAN(9), "debt"), account_id="b1")]
    got = folded([*debt, *credit_entries(one, eff_us=at(FEB(1)), day=FEB(1))], FEB(1))
    assert (got.avail_h, got.deficit_h) == (7_000, 0)


LOTS = st.lists(
    st.tuples(st.integers(1, 500), st.integers(1, 28), st.none() | st.integers(1, 60)), min_size=1, max_size=6
)


@given(lots=LOTS, share=st.integers(1, 100), factor=st.integers(0, 130), grain=st.sampled_from((1, 100)))
def test_a_transfer_neither_makes_points_nor_lengthens_their_life(lots, share, factor, grain):
    """R38, I17: legs sum to what leaves and what arrives; per day no more arrives than the factor and the rest give."""
    entries = [
        award(points, JAN(day), None if life is None else date.fromordinal(FEB(1).toordinal() + life), f"l{n}")
        for n, (points, day, life) in enumerate(lots)
    ]
    held = folded(entries, FEB(1))
    amount = Points(max(1, held.avail_h // 100 * share // 100) * 100)
    factor_h = factor or 100
    if amount.hundredths * factor_h // 100 < grain:
        with pytest.raises(Refusal, match=r"transfer\.nothing"):
            moved(entries, amount.hundredths // 100, factor, grain_h=grain)
        return
    one = moved(entries, amount.hundredths // 100, factor, grain_h=grain)
    assert sum(leg.out_h for leg in one.legs) == amount.hundredths
    assert sum(leg.in_h for leg in one.legs) == one.arrives.hundredths
    assert one.arrives.hundredths == amount.hundredths * factor_h // 100 // grain * grain
    assert all(leg.in_h == leg.out_h * factor_h // 100 // grain * grain for leg in one.legs[1:])
    assert [leg.earn_day for leg in one.legs] == sorted(leg.earn_day for leg in one.legs)
    days = {(lot.earn_day, lot.last_day) for lot in held.lots}
    assert {(leg.earn_day, leg.last_day) for leg in one.legs} <= days
    source = [*entries, pending_entry(one, eff_us=at(FEB(1)), day=FEB(1))]
    source.append(settling_entry(one, eff_us=at(FEB(1)) + 1, day=FEB(1)))
    target = list(credit_entries(one, eff_us=at(FEB(1)), day=FEB(1)))
    after = fold(source, as_of=FEB(1), refund_grace_days=0)
    assert (after.avail_h, after.reserved_h) == (held.avail_h - amount.hundredths, 0)
    assert folded(target, FEB(1)).avail_h == one.arrives.hundredths
    gone = fold(target, as_of=date(2027, 1, 1), refund_grace_days=0)
    forever = sum(leg.in_h for leg in one.legs if leg.last_day is None)
    assert (gone.avail_h, expiry_to_post(gone, 0)) == (forever, one.arrives.hundredths - forever)


def test_a_transfer_that_expires_while_pending_is_paid_by_what_expired():
    """R38, R91: pending counts as an open lease; what expired since may still move, and is flagged."""
    entries = [award(50, JAN(1), FEB(1), "L")]
    one = moved(entries, 50)
    made = [pending_entry(one, eff_us=at(FEB(1)), day=FEB(1)), settling_entry(one, eff_us=at(FEB(2)), day=FEB(2))]
    got = folded([*entries, *made], FEB(2))
    assert (got.avail_h, got.deficit_h, got.expired_h) == (0, 0, 0)
    assert got.flags == {"t": frozenset({"EXPIRED_IN_LEASE"})}
    assert entry(EntryKind.EXPIRE, 0, FEB(2), "x").amount_h == expiry_to_post(got, 0)

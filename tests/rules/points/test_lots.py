"""The lot fold in worked cases: each row is one account's entries and what must come of them, in whole points.

Every row is folded again with its entries backwards: the order of arrival is no part of a case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from clubtill_rules.points.entries import Entry
from tests.rules.points.accounts import (
    APR,
    CUT_OFF,
    FEB,
    JAN,
    JANUARY,
    JUN,
    L1,
    L2,
    MAR,
    MAY,
    SALE,
    K,
    award,
    entry,
    folded,
    give_back,
    lease,
    left,
    redeem,
    refund,
    reversal,
    spend,
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What an account shows on a day, in whole points."""

    rule: str
    entries: list[Entry]
    as_of: date
    avail: int = 0
    reserved: int = 0
    deficit: int = 0
    expired: int = 0
    waits: int = 0
    lots: dict[str, tuple[int, date | None]] | None = None
    grace: int = 30


CASES = {
    "R5-lots-700-lease-200": Case(
        rule="R5: lots 700, a lease of 200 -> avail 500, reserved 200, balance 700",
        entries=[award(700, JAN(1), None), lease(200, JAN(2))], as_of=JAN(2), avail=500, reserved=200,
    ),
    "R33-oldest-earn-day-first": Case(
        rule="R33: lots of 1 Jan 100 and 1 Feb 200, redeem 150 -> 0 and 150",
        entries=[award(100, JAN(1), None), award(200, FEB(1), None, "feb"), redeem(150, FEB(2), "sale")],
        as_of=FEB(2), avail=150, lots={"feb": (150, None)},
    ),
    "R33-not-by-expiry-date": Case(
        rule="R33: the older lot pays although the younger one expires first",
        entries=[award(10, JAN(1), None, "old"), award(10, JAN(2), JAN(9), "young"), redeem(10, JAN(3), "sale")],
        as_of=JAN(3), avail=10, lots={"young": (10, JAN(9))},
    ),
    "R33-tie-by-event-id": Case(
        rule="R33: same earn day, same instant: the lower event id pays",
        entries=[award(10, JAN(1), None, "b"), award(10, JAN(1), None, "a"), redeem(15, JAN(2), "sale")],
        as_of=JAN(2), avail=5, lots={"b": (5, None)},
    ),
    "R33-transferred-lot-goes-to-its-earn-day": Case(
        rule="R33, R38: a lot that comes in late with an old earn day is consumed first",
        entries=[
            award(10, JAN(5), None, "own"), redeem(4, JAN(6), "first"),
            entry(K.TRANSFER_IN, 10, JAN(7), "in", earn_day=JAN(1)), redeem(12, JAN(8), "second"),
        ],
        as_of=JAN(8), avail=4, lots={"own": (4, None)},
    ),
    "R34-usable-through-the-whole-last-day": Case(
        rule="R34: earned 31 Aug 2025, 6 months -> 28 Feb 2026 still usable",
        entries=[award(100, date(2025, 8, 31), FEB(28))], as_of=FEB(28), avail=100,
    ),
    "R34-gone-the-day-after": Case(
        rule="R34: not spendable from 1 Mar on, even before the job has run",
        entries=[award(100, date(2025, 8, 31), FEB(28))], as_of=MAR(1), expired=100,
    ),
    "R34-sold-on-the-last-day": Case(
        rule="R34: 40 of 100 spent on the last day, the rest expires",
        entries=[award(100, JAN(1), FEB(28)), redeem(40, FEB(28), "sale", hour=23)], as_of=MAR(1), expired=60,
    ),
    "peer-spent-before-it-expired": Case(
        rule="R34: 100 expired after 60 of it were spent, 50 new: the balance is 50, not -10",
        entries=[award(100, JAN(1), JAN(31)), redeem(60, JAN(5), "sale"), award(50, FEB(2), None, "new")],
        as_of=FEB(2), avail=50, expired=40, lots={"new": (50, None)},
    ),
    "R39-deficit-is-paid-by-the-next-award": Case(
        rule="R39: deficit 75, award 100 -> deficit 0, lot of 25",
        entries=[redeem(75, JAN(1), "sale"), award(100, JAN(2), FEB(1), "new")],
        as_of=JAN(2), avail=25, lots={"new": (25, FEB(1))},
    ),
    "R39-deficit-75": Case(
        rule="R39: nothing held, 75 redeemed offline -> deficit 75", entries=[redeem(75, JAN(1), "sale")], as_of=JAN(1),
        deficit=75,
    ),
    "R40-own-lot-then-newest-backwards": Case(
        rule="R40: a reversal takes the award's own live rest, then the newest lots, then the deficit",
        entries=[
            award(11, JAN(1), None, "own"), award(5, JAN(2), None, "mid"), award(5, JAN(3), None, "new"),
            redeem(8, JAN(4), "sale"), reversal(11, JAN(5), "own"),
        ],
        as_of=JAN(5), avail=2, lots={"mid": (2, None)},
    ),
    "R40-more-than-is-left": Case(
        rule="R40: what no lot holds becomes a deficit",
        entries=[award(11, JAN(1), None, "own"), redeem(8, JAN(4), "sale"), reversal(11, JAN(5), "own")],
        as_of=JAN(5), deficit=8,
    ),
    "R40-own-expired-part-is-not-taken-again": Case(
        rule="R40: award 11, all expired, full refund -> the fold takes 0",
        entries=[award(11, JAN(1), JAN(9), "own"), award(7, JAN(2), None, "other"), reversal(11, FEB(1), "own")],
        as_of=FEB(1), avail=7, expired=0,
    ),
    "R40-the-second-award-of-an-event": Case(
        rule="R40: a reversal names event and leg, so the other award of the event stays",
        entries=[
            award(5, JAN(1), None, "swipe"), award(200, JAN(1), JAN(31), "swipe", leg=1), redeem(5, JAN(2), "sale"),
            award(9, JAN(3), None, "new"), reversal(200, JAN(4), "swipe", leg=1),
        ],
        as_of=JAN(4), avail=9, lots={"new": (9, None)},
    ),
    "R41-refund-after-expiry": Case(
        rule="R41, section 5: refund of 150 on 10 Apr -> L2 50, new lot 100 to 10 May",
        entries=[*SALE, refund(150, APR(10), "sale")], as_of=APR(10), avail=150,
        lots={"L2": (50, JUN(30)), "refund": (100, MAY(10))},
    ),
    "R41-part-refund": Case(
        rule="R41, section 5: refund of 60 instead -> L2 50, new lot 10",
        entries=[*SALE, refund(60, APR(10), "sale")], as_of=APR(10), avail=60,
        lots={"L2": (50, JUN(30)), "refund": (10, MAY(10))},
    ),
    "R41-earlier-redemption-arrives-later": Case(
        rule="R41, section 5: it took L1, the sale took L2 and lacked 100; the refund cancels the 100 and refills L2",
        entries=[*SALE, refund(150, APR(10), "sale"), redeem(100, FEB(20), "late")], as_of=APR(10), avail=50,
        lots={"L2": (50, JUN(30))},
    ),
    "R41-two-refunds": Case(
        rule="R91: two refunds of one sale, 60 and 40, whichever arrives first",
        entries=[*SALE, refund(40, APR(12), "sale", "second"), refund(60, APR(10), "sale", "first")], as_of=APR(12),
        avail=100, lots={"L2": (50, JUN(30)), "first": (10, MAY(10)), "second": (40, MAY(12))},
    ),
    "R41-while-the-lot-lives": Case(
        rule="R41: before 31 Mar both lots get their points back with their own days",
        entries=[*SALE, refund(150, MAR(31), "sale")], as_of=MAR(31), avail=150,
        lots={"L1": (100, MAR(31)), "L2": (50, JUN(30))},
    ),
    "D40-no-grace": Case(
        rule="D40: grace 0: what belongs to L1 is not given back, it expires at once", grace=0,
        entries=[*SALE, refund(150, APR(10), "sale")], as_of=APR(10), avail=50, expired=100,
        lots={"L2": (50, JUN(30))},
    ),
    "R41-grace-stamped-on-the-refund": Case(
        rule="R41: a refund that carries its last usable day keeps it when the club changes its grace", grace=30,
        entries=[*SALE, refund(150, APR(10), "sale", last_day=APR(17))], as_of=APR(10), avail=150,
        lots={"L2": (50, JUN(30)), "refund": (100, APR(17))},
    ),
    "R41-what-came-back-pays-the-shortfall": Case(
        rule="R41: the refund of one sale pays what another lacked, oldest lot first",
        entries=[
            L1, L2, redeem(150, MAR(1), "sale"), redeem(70, MAR(2), "short"), refund(150, MAR(3), "sale"),
        ],
        as_of=MAR(3), avail=80, lots={"L1": (30, MAR(31)), "L2": (50, JUN(30))},
    ),
    "R41-refund-of-what-a-later-award-paid": Case(
        rule="R39, R41: the lot that paid a shortfall is the one that gets the points back",
        entries=[redeem(60, JAN(1), "sale"), award(100, JAN(2), None, "new"), refund(60, JAN(3), "sale")],
        as_of=JAN(3), avail=100, lots={"new": (100, None)},
    ),
    "C23-refund-beyond-the-sale": Case(
        rule="C23: a sale of 150 refunded by 200 gives back 150",
        entries=[*SALE, refund(200, MAR(2), "sale")], as_of=MAR(2), avail=150,
    ),
    "C23-refund-that-names-no-sale": Case(
        rule="C23: a refund that names no sale gives nothing back, not even of what named none either",
        entries=[award(10, JAN(1), None), entry(K.ADJUST, -4, JAN(2), "down"), refund(4, JAN(3), "")], as_of=JAN(3),
        avail=6,
    ),
    "R90-two-budget-redemptions": Case(
        rule="R90: balance 500, two terminals redeem 400 each offline -> deficit 300",
        entries=[award(500, JAN(1), None), redeem(400, JAN(2), "a"), redeem(400, JAN(2), "b")],
        as_of=JAN(2), deficit=300,
    ),
    "R90-visit-at-two-doors": Case(
        rule="R90, I26: A at 18:00 and B at 18:10 award 10 each under one key -> one lot, A's",
        entries=[
            award(10, JAN(1), None, "B", hour=19, natural_key="visit"),
            award(10, JAN(1), None, "A", hour=18, natural_key="visit"),
        ],
        as_of=JAN(1), avail=10, lots={"A": (10, None)},
    ),
    "R90-the-loser-falls-with-its-reversal": Case(
        rule="C16, I26: B was posted first and reversed visibly when A arrived: still one lot of 10, A's",
        entries=[
            award(10, JAN(1), None, "B", leg=1, hour=19, natural_key="visit"), reversal(10, JAN(2), "B", leg=1),
            award(10, JAN(1), None, "A", leg=1, hour=18, natural_key="visit"),
        ],
        as_of=JAN(2), avail=10, lots={"A": (10, None)},
    ),
    "I26-same-instant-lower-event-id": Case(
        rule="I26: at one instant the lower event id stands",
        entries=[
            award(10, JAN(1), None, "b", natural_key="visit"), award(10, JAN(1), None, "a", natural_key="visit"),
        ],
        as_of=JAN(1), avail=10, lots={"a": (10, None)},
    ),
    "R72-lease-then-final": Case(
        rule="R72: avail 3,000, 2,088 ticked: lease 2,088, avail 912, balance still 3,000",
        entries=[award(3000, JAN(1), None), lease(2088, JAN(2))], as_of=JAN(2), avail=912, reserved=2088,
    ),
    "R72-finalised": Case(
        rule="R72: finalised: balance 912",
        entries=[award(3000, JAN(1), None), lease(2088, JAN(2)), spend(2088, JAN(2), hour=13)], as_of=JAN(2), avail=912,
    ),
    "R72-cleared": Case(
        rule="R72: cleared instead: avail 3,000 again",
        entries=[award(3000, JAN(1), None), lease(2088, JAN(2)), give_back(2088, JAN(3))], as_of=JAN(3), avail=3000,
    ),
    "LATE-under-a-pin": Case(
        rule="Section 5: 40 redeemed on 18 Jan arrive on 10 Feb, January closed: eff = 1 Feb, L2 pays",
        entries=[*JANUARY, redeem(40, FEB(1), "late", hour=0)], as_of=FEB(10), avail=40, expired=100,
    ),
    "LATE-in-an-open-month": Case(
        rule="Section 5: in an open month L1 pays and 40 less have expired",
        entries=[*JANUARY, redeem(40, JAN(18), "late")], as_of=FEB(10), avail=80, expired=60,
    ),
    "EXPIRE-against-reserved": Case(
        rule="Section 5: 11 Mar: live 200, net -200, waits 200",
        entries=CUT_OFF, as_of=MAR(11), reserved=400, expired=300, waits=200,
    ),
    "EXPIRE-against-reserved-i": Case(
        rule="Section 5 (i): 250 spent on 10 Mar: A pays, expired 50, return 150: avail 200",
        entries=[*CUT_OFF, spend(250, MAR(10)), give_back(150, MAR(12))], as_of=MAR(12), avail=200, expired=50,
    ),
    "EXPIRE-against-reserved-ii": Case(
        rule="Section 5 (ii): nothing spent, return 400: avail 200",
        entries=[*CUT_OFF, give_back(400, MAR(12))], as_of=MAR(12), avail=200, expired=300,
    ),
    "EXPIRE-against-reserved-iii": Case(
        rule="Section 5 (iii): 250 spent on 12 Mar against the list: B 200, then 50 of A: avail 0, deficit 0",
        entries=[*CUT_OFF, spend(250, MAR(12)), give_back(150, MAR(13))], as_of=MAR(13), expired=250,
    ),
    "EXPIRED_IN_LEASE-latest-first": Case(
        rule="Section 5, step 6: of two lots that expired in the lease the later one pays",
        entries=[
            award(50, JAN(1), JAN(10), "first"), award(50, JAN(2), JAN(20), "second"), lease(100, JAN(5)),
            spend(50, JAN(25)), give_back(50, JAN(26)), refund(50, JAN(27), "sale", last_day=JAN(30)),
        ],
        as_of=JAN(27), avail=50, expired=50, lots={"refund": (50, JAN(30))},
    ),
    "EXPIRED-before-the-lease-stays-expired": Case(
        rule="Section 5, step 6: a lot that expired before the grant pays for no spend; the excess is a deficit",
        entries=[
            award(50, JAN(1), JAN(4), "gone"), award(50, JAN(2), None, "live"), lease(50, JAN(5)),
            entry(K.ADJUST, -20, JAN(6), "privileged"), spend(50, JAN(7)),
        ],
        as_of=JAN(7), deficit=20, expired=50,
    ),
    "D44-award-reversed-under-an-open-lease": Case(
        rule="D44: a reversal under an open lease leaves a deficit; the reserved part counts in the balance",
        entries=[award(500, JAN(1), None, "own"), lease(400, JAN(2)), reversal(500, JAN(3), "own")], as_of=JAN(3),
        reserved=400, deficit=400,
    ),
    "waits-only-as-much-as-is-reserved": Case(
        rule="Section 5, step 9: what a redemption lacked does not wait for a lease of 10",
        entries=[award(100, JAN(1), JAN(9)), lease(10, JAN(8)), redeem(50, JAN(20), "budget")], as_of=JAN(20),
        reserved=10, deficit=50, expired=100, waits=10,
    ),
    "I24-write-off-then-the-spend": Case(
        rule="I24: 500 written off at Till 3 and used elsewhere; Till 3 did spend them: 500 below nil",
        entries=[
            award(500, JAN(1), None), lease(500, JAN(2), "till3"), spend(500, JAN(3), "at-till3", "till3"),
            entry(K.LEASE_WRITEOFF, 500, JAN(5), "writeoff", lease_id="till3"), lease(500, JAN(6)), spend(500, JAN(7)),
        ],
        as_of=JAN(7), deficit=500,
    ),
    "TRANSFER-pending-is-a-lease": Case(
        rule="Section 3.3: a pending transfer reserves",
        entries=[award(100, JAN(1), None), entry(K.TRANSFER_OUT, 60, JAN(2), "move", settled=False)], as_of=JAN(2),
        avail=40, reserved=60,
    ),
    "TRANSFER-posted": Case(
        rule="Section 3.3: posted, the amount has left, the oldest lot first",
        entries=[
            award(100, JAN(1), JAN(2), "old"), award(50, JAN(1), None, "young"),
            entry(K.TRANSFER_OUT, 120, JAN(2), "move", settled=False),
            entry(K.TRANSFER_OUT, 120, JAN(3), "post", refers_to="move"),
        ],
        as_of=JAN(3), expired=30,
    ),
    "TRANSFER-void": Case(
        rule="Section 3.3: void, nothing has moved and nothing is reserved",
        entries=[
            award(100, JAN(1), None), entry(K.TRANSFER_OUT, 60, JAN(2), "move", settled=False),
            entry(K.TRANSFER_OUT, 0, JAN(3), "void", refers_to="move"),
        ],
        as_of=JAN(3), avail=100,
    ),
    "R38-lot-that-expired-on-its-way": Case(
        rule="R38: a transfer never extends life: a leg that arrives past its last day pays for nothing",
        entries=[redeem(5, JAN(2), "sale"), entry(K.TRANSFER_IN, 10, JAN(3), "in", earn_day=JAN(1), last_day=JAN(2))],
        as_of=JAN(3), deficit=5, expired=10,
    ),
    "R32-adjustments": Case(
        rule="R32: an adjustment up makes a lot, one down consumes the oldest",
        entries=[
            entry(K.ADJUST, 30, JAN(1), "up", earn_day=JAN(1), last_day=MAR(1)), entry(K.ADJUST, -10, JAN(2), "down"),
        ],
        as_of=JAN(2), avail=20, lots={"up": (20, MAR(1))},
    ),
    "same-instant-award-before-spend": Case(
        rule="Section 5, step 2: at one instant awards come before spends",
        entries=[redeem(10, JAN(1), "a-sale"), award(10, JAN(1), None, "z-award")], as_of=JAN(1),
    ),
    "same-instant-reversal-before-spend": Case(
        rule="Section 5, step 2: at one instant a reversal comes before spends, so it takes its own lot",
        entries=[
            award(10, JAN(1), None, "own"), award(10, JAN(2), FEB(1), "new"), redeem(5, JAN(3), "a-sale"),
            reversal(10, JAN(3), "own"), refund(5, JAN(4), "a-sale"),
        ],
        as_of=JAN(4), avail=10, lots={"new": (10, FEB(1))},
    ),
    "same-instant-grant-sees-the-award": Case(
        rule="Section 5, step 2: a grant comes after all it was decided on, so it reaches back to nothing older",
        entries=[
            award(50, JAN(1), JAN(4), "gone"), award(50, JAN(9), None, "z-award"), lease(50, JAN(9), "a-lease"),
            entry(K.ADJUST, -50, JAN(10), "privileged"), spend(50, JAN(11), "sale", "a-lease"),
        ],
        as_of=JAN(11), deficit=50, expired=50,
    ),
    "I24-beyond-the-lease-nothing-is-revived": Case(
        rule="I24: a forked device spends 80 of a lease of 50: the lease's part is revived, the rest is a deficit",
        entries=[award(100, JAN(1), JAN(9)), lease(50, JAN(8)), spend(80, JAN(20))], as_of=JAN(20), deficit=30,
        expired=50,
    ),
}  # fmt: skip


EXAMPLES = {
    "R5-lots-700-lease-200": ("R5.1",),
    "R33-oldest-earn-day-first": ("R33.1",),
    "R34-usable-through-the-whole-last-day": ("R34.1",),
    "R34-gone-the-day-after": ("R34.1",),
    "R39-deficit-is-paid-by-the-next-award": ("R39.1",),
    "R41-refund-after-expiry": ("R41.1", "S5.1"),
    "R41-part-refund": ("R41.1", "S5.1"),
    "R41-earlier-redemption-arrives-later": ("S5.1",),
    "R41-two-refunds": ("R91.1",),
    "R90-two-budget-redemptions": ("R90.1",),
    "R90-visit-at-two-doors": ("R90.2",),
    "R90-the-loser-falls-with-its-reversal": ("R90.2",),
    "R72-lease-then-final": ("R72.1",),
    "R72-finalised": ("R72.1",),
    "R72-cleared": ("R72.1",),
    "LATE-under-a-pin": ("S5.2",),
    "LATE-in-an-open-month": ("S5.2",),
    "EXPIRE-against-reserved": ("S5.3",),
    "EXPIRE-against-reserved-i": ("S5.3",),
    "EXPIRE-against-reserved-ii": ("S5.3",),
    "EXPIRE-against-reserved-iii": ("S5.3",),
    "peer-spent-before-it-expired": ("peer-R2",),
}
"""The worked examples that rows show; those that begin with S5 are the rows of the table of section 5."""
ROWS = [
    pytest.param(case, id=name, marks=[pytest.mark.example(*EXAMPLES[name])] if name in EXAMPLES else [])
    for name, case in CASES.items()
]


@pytest.mark.parametrize("case", ROWS)
def test_worked_case(case):
    """R5, R33-R35, R38-R41, R72, R90, R91, D40, D44 and the cases of section 5: the row's sentence, to the point."""
    got = folded(case.entries, case.as_of, case.grace)
    shown = tuple(h // 100 for h in (got.avail_h, got.reserved_h, got.deficit_h, got.expired_h, got.waits_h))
    assert shown == (case.avail, case.reserved, case.deficit, case.expired, case.waits), case.rule
    assert got.balance_h == (case.avail + case.reserved - case.deficit) * 100
    if case.lots is not None:
        assert left(got) == case.lots, case.rule
    assert folded(case.entries[::-1], case.as_of, case.grace) == got, "arrival order"

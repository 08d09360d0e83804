"""Joining: what a final sale with fees makes of a member."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.account import BanKind, Linked
from clubtill_rules.members.club import JoinPointsOn
from clubtill_rules.members.fees import TickedFee, fees_of, tick
from clubtill_rules.members.joining import FeePaid, JoinAward, Receipted, join_key, join_points, receipt, with_dates
from clubtill_rules.members.renewing import renew
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import NO_POINTS, Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.members.members_of_larkspur import BOWLS, CLASSES, CLUB, DAY, GOLD, MATEO

AT = 1_795_500_000_000_000
JOIN_ONLY = replace(CLUB, join_points_on=JoinPointsOn.JOIN_ONLY)
BOTH = (TickedFee(number=3, fee=Money(5500)), TickedFee(number=4, fee=Money(2000)))


def take(*fees: TickedFee, member: object = MATEO, club: object = CLUB, **more: object) -> Receipted:
    """Receipt fees of Mateo in sale s1."""
    facts = {"classifications": CLASSES, "club": club, "day": DAY, "event_id": "s1", "at_us": AT, **more}
    return receipt(member, fees, **facts)  # type: ignore[arg-type] - a table's columns


@pytest.mark.example("R23.1")
def test_both_fees_give_their_own_points() -> None:
    """R23: primary 200 and linked 50, both receipted: +250 in two lots, each under a key of its own."""
    done = take(*BOTH)
    assert done.awards == (
        JoinAward(number=3, points=whole(200), key="join:larkspur:mateo:3:s1:0"),
        JoinAward(number=4, points=whole(50), key="join:larkspur:mateo:4:s1:1"),
    )
    assert sum(award.points.hundredths for award in done.awards) == 250_00


@pytest.mark.example("R21.1")
def test_paid_to_date_fee_of_a_new_member() -> None:
    """R21: Paid to Date 31 Dec 2026, fee $55, joins 1 Aug 2026: Renewal 31 Dec 2026, pays $55."""
    gold = replace(GOLD, days_paid=None, paid_to=date(2026, 12, 31))
    new = replace(MATEO, renewal_date=NEVER_PAID, linked=())
    day = date(2026, 8, 1)
    fees = tick(fees_of(new, {3: gold}, CLUB, day), {3: 1})
    assert fees == (TickedFee(number=3, fee=Money(5500)),)
    done = receipt(new, fees, classifications={3: gold}, club=CLUB, day=day, event_id="s1", at_us=AT)
    assert done.member == replace(new, renewal_date=date(2026, 12, 31))


def test_the_whole_receipt() -> None:
    """R20-R23: dates of both classifications move, and each fee keeps what taking it back needs (R24)."""
    gold, bowls = renew(GOLD, date(2026, 11, 12), DAY), renew(BOWLS, NEVER_PAID, DAY)
    assert take(*BOTH) == Receipted(
        member=replace(
            MATEO, renewal_date=date(2027, 11, 12), linked=(Linked(number=4, renewal_date=date(2026, 12, 31)),)
        ),
        fees=(
            FeePaid(
                event_id="s1", place=0, at_us=AT, number=3, fee=Money(5500),
                before=date(2026, 11, 12), after=date(2027, 11, 12),
                award=JoinAward(number=3, points=whole(200), key="join:larkspur:mateo:3:s1:0"),
                because=(*gold.because, _given(200, "Gold")),
            ),
            FeePaid(
                event_id="s1", place=1, at_us=AT, number=4, fee=Money(2000),
                before=NEVER_PAID, after=date(2026, 12, 31),
                award=JoinAward(number=4, points=whole(50), key="join:larkspur:mateo:4:s1:1"),
                because=(*bowls.because, _given(50, "Bowls")),
            ),
        ),
    )  # fmt: skip


def _given(points: int, name: str) -> object:
    figure = working(whole(points), Rounding.EXACT, whole(points))
    return because("why.join.given", "R23", points=whole(points), classification=name, working=figure)


def test_one_fee_leaves_the_other_date() -> None:
    """R9, R20: a link's fee never moves the primary's date, nor the other way."""
    assert take(BOTH[1]).member == replace(MATEO, linked=(Linked(number=4, renewal_date=date(2026, 12, 31)),))
    assert take(BOTH[0]).member == replace(MATEO, renewal_date=date(2027, 11, 12))


def test_nothing_is_ticked() -> None:
    """R20: without a ticked fee nothing changes."""
    assert take() == Receipted(member=MATEO, fees=())
    assert (take().awards, take().provisional) == ((), False)


def test_a_classification_stands_once() -> None:
    """R20: two ticked fees of one classification would lose one; several periods are one ticked fee."""
    with pytest.raises(ValueError, match=r"^fees: each classification once$"):
        take(BOTH[0], BOTH[0])


def test_several_periods_at_once() -> None:
    """R22, R23: two fees of 30 days catch up; each is a fee with a date, a price and Join Points of its own."""
    short = replace(GOLD, days_paid=30, days_before_reset=90)
    late = replace(MATEO, renewal_date=DAY - timedelta(days=60))
    done = take(TickedFee(number=3, fee=Money(500), periods=2), member=late, classifications={**CLASSES, 3: short})
    assert [(fee.place, fee.before, fee.after, fee.fee) for fee in done.fees] == [
        (0, DAY - timedelta(days=60), DAY - timedelta(days=30), Money(500)),
        (1, DAY - timedelta(days=30), DAY, Money(500)),
    ]
    assert done.member.renewal_date == DAY
    assert [award.key for award in done.awards] == ["join:larkspur:mateo:3:s1:0", "join:larkspur:mateo:3:s1:1"]


def test_the_fee_that_was_charged_is_kept() -> None:
    """R20, R23: what the sale charged counts, not today's setting; $0.00 counts as paid."""
    done = take(TickedFee(number=3, fee=NIL))
    assert done.fees[0].fee == NIL
    assert (done.member.renewal_date, done.awards[0].points) == (date(2027, 11, 12), whole(200))


@pytest.mark.parametrize("provisional", [True, False])
def test_a_fee_taken_offline_is_provisional(provisional: bool) -> None:
    """R90: the receipt says PROVISIONAL only for a fee that the ledger has yet to work out again."""
    done = take(BOTH[0], provisional=provisional)
    assert done.provisional is provisional
    assert done.fees[0].provisional is provisional


def test_banned_while_the_fee_waits() -> None:
    """R11, R20: nothing is receipted for somebody banned since the fee was ticked."""
    with pytest.raises(Refusal) as refused:
        take(BOTH[0], member=replace(MATEO, ban=BanKind.HOUSE))
    assert refused.value.code == "fee.banned"


def test_already_paid_passes_with_approval_only() -> None:
    """R21: the same approval counts at finalising; the fee is then receipted and moves no date back."""
    paid = with_dates(MATEO, {4: date(2027, 1, 31)})
    with pytest.raises(Refusal, match=r"fee\.already_paid"):
        take(BOTH[1], member=paid)
    done = take(BOTH[1], member=paid, approved={4})
    assert done.member == paid
    assert done.fees[0].after == date(2027, 1, 31)


def test_two_periods_to_a_fixed_date_apply_nothing() -> None:
    """R21: refused as a whole, the other fee too."""
    with pytest.raises(Refusal, match=r"fee\.one_period"):
        take(BOTH[0], TickedFee(number=4, fee=Money(2000), periods=2))


@pytest.mark.parametrize(
    ("club", "before", "points"),
    [
        pytest.param(CLUB, NEVER_PAID, 200, id="joining"),
        pytest.param(CLUB, date(2020, 1, 1), 200, id="renewing, where both count"),
        pytest.param(JOIN_ONLY, NEVER_PAID, 200, id="joining, where only joining counts"),
        pytest.param(JOIN_ONLY, date(1970, 1, 2), 0, id="renewing, where only joining counts"),
    ],
)
def test_join_points_on(club: object, before: date, points: int) -> None:
    """R23: JOIN_AND_RENEW gives them for every fee, JOIN_ONLY for the first one."""
    assert join_points(MATEO, GOLD, club, before)[0] == whole(points)  # type: ignore[arg-type] - a table's column


def test_reasons_for_no_join_points() -> None:
    """R23: renewing in a JOIN_ONLY club, and a member who takes no part; a classification without any says nothing."""
    renewal = because("why.join.renewal", "R23", club="Larkspur Point", paid_to=date(2026, 1, 1))
    assert join_points(MATEO, GOLD, JOIN_ONLY, date(2026, 1, 1)) == (NO_POINTS, (renewal,))
    declined = because("why.points.declined", "R23")
    assert join_points(replace(MATEO, earns_points=False), GOLD, CLUB, NEVER_PAID) == (NO_POINTS, (declined,))
    assert join_points(MATEO, replace(GOLD, join_points=0), CLUB, NEVER_PAID) == (NO_POINTS, ())


def test_joining_is_told_by_the_date_before_the_fee() -> None:
    """R23: where only joining counts, the first of two fees gives points, the second and a renewal none."""
    new = replace(MATEO, renewal_date=NEVER_PAID)
    done = take(TickedFee(number=3, fee=Money(5500), periods=2), member=new, club=JOIN_ONLY)
    assert [fee.award is not None for fee in done.fees] == [True, False]
    assert take(BOTH[0], club=JOIN_ONLY).fees[0].because[-1] == because(
        "why.join.renewal", "R23", club="Larkspur Point", paid_to=date(2026, 11, 12)
    )


def test_no_award_without_points() -> None:
    """R23: a fee that gives no Join Points leaves no award, and says why where there is a reason."""
    done = take(BOTH[0], club=JOIN_ONLY)
    assert (done.awards, done.fees[0].award) == ((), None)
    assert done.fees[0].because[-1].code == "why.join.renewal"
    assert take(BOTH[0], classifications={**CLASSES, 3: replace(GOLD, join_points=0)}).awards == ()


@given(st.integers(0, 9999))
def test_join_points_are_never_multiplied(multiplier_h: int) -> None:
    """R23: whatever the Points Multiplier."""
    assert join_points(MATEO, replace(GOLD, points_multiplier_h=multiplier_h), CLUB, NEVER_PAID)[0] == Points(200_00)


def test_the_key_names_club_person_classification_and_fee() -> None:
    """R4, R23: so the same award is never written twice."""
    assert join_key("larkspur", "mateo", 3, "s1", 2) == "join:larkspur:mateo:3:s1:2"


def test_other_dates() -> None:
    """R20: dates are set by classification; what is not named stays, and numbers that are not his do nothing."""
    assert with_dates(MATEO, {9: DAY}) == MATEO
    assert with_dates(MATEO, {3: DAY}) == replace(MATEO, renewal_date=DAY)
    assert with_dates(MATEO, {4: DAY}).linked == (Linked(number=4, renewal_date=DAY),)

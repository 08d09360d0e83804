"""Refunds of what was earned and of what was spent: exact over any sequence of parts, never priced again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.points.entries import AwardFor, EntryKind
from clubtill_rules.points.refunding import (
    Earned,
    Moved,
    check_points_refund,
    kept,
    points_back,
    refund_entries,
    reversal,
    void_entries,
)
from clubtill_rules.values.money import part_of
from clubtill_rules.values.points import NO_POINTS, Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, working
from tests.rules.points.accounts import APR, JAN, L1, L2, MAR, MAY, at, award, entry, folded, lease, left, spend

A = Earned(n=1, qty=1, exact_h=Fraction(6825, 10))
B = Earned(n=2, qty=1, exact_h=Fraction(495))
WHOLE = 100


@pytest.mark.example("R40.1")
def test_part_refunds_take_back_the_award_exactly():
    """R40: 11.775 -> 11 awarded; the refund of line 1 takes back 7, that of line 2 takes back 4: 11 in all."""
    all_, one, none = kept([A, B], {}), kept([A, B], {1: 1}), kept([A, B], {1: 1, 2: 1})
    assert (all_, one, none) == (Fraction(11775, 10), Fraction(495), Fraction(0))
    first, second = reversal(all_, one, grain_h=WHOLE), reversal(one, none, grain_h=WHOLE)
    assert first == Moved(
        points=whole(7),
        because=(
            Because(
                code="why.refund.earned", rule="R40",
                facts={"points": whole(7), "before": whole(11), "after": whole(4)},
                working=working(whole(7), Rounding.EXACT, whole(11), ("-", whole(4))),
            ),
        ),
    )  # fmt: skip
    assert second.points == whole(4)


@pytest.mark.parametrize(
    ("before", "after", "grain", "points"),
    [
        pytest.param(1100, 1100, 100, 0, id="nothing-refunded"),
        pytest.param(1199, 1100, 100, 0, id="within-one-point"),
        pytest.param(1100, 1099, 100, 100, id="just-below-a-point"),
        pytest.param(1199, 0, 100, 1100, id="everything"),
        pytest.param(1199, 1100, 1, 99, id="a-club-with-hundredths"),
        pytest.param(0, 0, 100, 0, id="nothing-earned"),
    ],
)
def test_a_reversal_is_the_difference_of_two_floors(before, after, grain, points):
    """R40, R1: A(before) - A(after) with each floored to the grain."""
    assert reversal(Fraction(before), Fraction(after), grain_h=grain).points == Points(points)


def test_kept_parts_of_a_line():
    """R40, D42: two of three units back leave a third of the line's exact value; others are kept whole."""
    three = Earned(n=3, qty=3, exact_h=Fraction(1000))
    assert kept([three, B], {3: 2}) == Fraction(1000, 3) + 495
    assert kept([three], {3: 0}) == 1000
    assert kept([three], {3: 3, 9: 1}) == 0
    assert kept([], {}) == 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        pytest.param(lambda: kept([A], {1: 2}), r"back: 2 of 1 units of line 1", id="more-units-than-sold"),
        pytest.param(lambda: kept([A], {1: -1}), r"back: -1 of 1 units of line 1", id="fewer-units-than-none"),
        pytest.param(
            lambda: reversal(Fraction(1), Fraction(2), grain_h=100), r"exact_after: 2 of 1", id="more-kept-after"
        ),
        pytest.param(
            lambda: reversal(Fraction(1), Fraction(-1), grain_h=100), r"exact_after: -1 of 1", id="less-than-nil-kept"
        ),
        pytest.param(
            lambda: points_back(whole(5), qty=3, back_before=2, back_now=2, grain_h=100),
            r"back_now: 2 after 2 of 3 units", id="more-units-back-than-sold",
        ),
        pytest.param(
            lambda: points_back(whole(5), qty=3, back_before=-1, back_now=1, grain_h=100),
            r"back_now: 1 after -1 of 3 units", id="units-back-below-none",
        ),
        pytest.param(
            lambda: points_back(whole(5), qty=3, back_before=1, back_now=-1, grain_h=100),
            r"back_now: -1 after 1 of 3 units", id="units-taken-again",
        ),
        pytest.param(lambda: part_of(5, 0, 1, 0), r"of: 0 is below 1", id="part-of-no-parts"),
        pytest.param(lambda: part_of(5, 1, 3, 3), r"parts: 1 and 3 of 3", id="part-beyond"),
        pytest.param(lambda: part_of(5, -1, 1, 3), r"parts: -1 and 1 of 3", id="part-before-the-first"),
        pytest.param(lambda: part_of(5, 1, -1, 3), r"parts: 1 and -1 of 3", id="part-given-back"),
        pytest.param(
            lambda: void_entries([lease(1, JAN(1))], event_id="v", eff_us=1, day=JAN(1), refund_grace_days=1),
            r"made: lease_grant is no entry of a sale", id="void-of-a-grant",
        ),
    ],
)  # fmt: skip
def test_a_callers_mistake_is_named(call, says):
    """R40, R41: what no refund can be is no refusal but a mistake of the caller."""
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.parametrize(
    ("cost", "qty", "before", "now", "grain", "points"),
    [
        pytest.param(112_500, 3, 0, 1, 100, 37_500, id="one-of-three"),
        pytest.param(112_500, 3, 1, 2, 100, 75_000, id="the-other-two"),
        pytest.param(102_400, 3, 0, 1, 100, 34_100, id="first-of-three-odd-ones"),
        pytest.param(102_400, 3, 1, 1, 100, 34_100, id="second-of-three-odd-ones"),
        pytest.param(102_400, 3, 2, 1, 100, 34_200, id="last-of-three-odd-ones"),
        pytest.param(100, 3, 0, 1, 100, 0, id="one-point-for-three-first"),
        pytest.param(100, 3, 2, 1, 100, 100, id="one-point-for-three-last"),
        pytest.param(100, 3, 0, 1, 1, 33, id="hundredths-first"),
        pytest.param(100, 3, 0, 0, 1, 0, id="no-unit"),
        pytest.param(0, 3, 0, 3, 100, 0, id="a-line-that-cost-nothing"),
    ],
)
def test_part_quantities_return_their_part_of_the_stored_cost(*, cost, qty, before, now, grain, points):
    """R41, R43: cost(q) - cost(q - k) of the stored cost; 3 units at ratio 75 cost 1,125 and one returns 375 (D42)."""
    assert points_back(Points(cost), qty=qty, back_before=before, back_now=now, grain_h=grain).points == Points(points)


def test_a_return_says_how_it_was_worked_out():
    """R41: 375 points = 1,125 - 750."""
    assert points_back(whole(1125), qty=3, back_before=0, back_now=1, grain_h=WHOLE).because == (
        Because(
            code="why.refund.spent", rule="R41",
            facts={"points": whole(375), "cost": whole(1125), "units": 1, "qty": 3},
            working=working(whole(375), Rounding.EXACT, whole(1125), ("-", whole(750))),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("whole_", "parts", "of"),
    [
        pytest.param(46, (23, 23), 2, id="even"),
        pytest.param(100, (33, 34, 33), 3, id="three-parts-of-a-hundred"),
        pytest.param(-100, (-33, -34, -33), 3, id="below-nil-alike"),
        pytest.param(1, (1, 0), 2, id="half-goes-away-from-nil"),
    ],
)
def test_a_stored_figure_is_split_by_cumulative_rounding(whole_, parts, of):
    """R1, R41: every part by itself, in order (D42)."""
    assert tuple(part_of(whole_, done, 1, of) for done in range(of)) == parts


SPLITS = st.lists(st.integers(0, 5), min_size=1, max_size=8)


@given(figure=st.integers(-(10**9), 10**9), split=SPLITS)
def test_all_parts_sum_to_the_stored_figure(figure, split):
    """R41, R43: in any sequence of parts (D42)."""
    of = max(1, sum(split))
    parts = [part_of(figure, sum(split[:n]), taken, of) for n, taken in enumerate(split)]
    assert sum(parts) == (figure if sum(split) else 0)


@given(cost=st.integers(0, 10**7), split=SPLITS, grain=st.sampled_from((1, 100)))
def test_part_returns_sum_to_the_stored_cost(cost, split, grain):
    """R41: over any sequence of units; each return is at least nil and on the grain."""
    cost = Points(cost // grain * grain)
    qty = max(1, sum(split))
    back = [
        points_back(cost, qty=qty, back_before=sum(split[:n]), back_now=units, grain_h=grain).points
        for n, units in enumerate(split)
    ]
    assert sum(back, NO_POINTS) == (cost if sum(split) else NO_POINTS)
    assert all(points >= NO_POINTS and points.hundredths % grain == 0 for points in back)


@given(
    lines=st.lists(st.tuples(st.integers(1, 4), st.fractions(0, 10**6, max_denominator=10_000)), max_size=5),
    grain=st.sampled_from((1, 100)),
    order=st.randoms(use_true_random=False),
)
def test_reversals_sum_to_the_award(lines, grain, order):
    """R40: whatever units come back in whatever order, all reversals together are the award."""
    earned = [Earned(n=n, qty=qty, exact_h=exact_h) for n, (qty, exact_h) in enumerate(lines)]
    units = [line.n for line in earned for _ in range(line.qty)]
    order.shuffle(units)
    back: dict[int, int] = {}
    taken_h = 0
    for n in units:
        before = kept(earned, back)
        back[n] = back.get(n, 0) + 1
        points = reversal(before, kept(earned, back), grain_h=grain).points
        assert points >= NO_POINTS
        taken_h += points.hundredths
    assert taken_h == sum(exact_h for _, exact_h in lines) // grain * grain


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param({"with_receipt": False}, "refund.points.no_receipt", id="without-receipt"),
        pytest.param({"to_account": "b"}, "refund.points.other_account", id="to-another-account"),
        pytest.param({"to_account": "b", "with_receipt": False}, "refund.points.no_receipt", id="both"),
    ],
)
def test_points_return_with_the_receipt_to_the_account_that_paid(more, code):
    """R41, R44: a refund without receipt never gives points, nor one to another account."""
    with pytest.raises(Refusal) as no:
        check_points_refund(**{"paid_account": "a", "to_account": "a", "with_receipt": True, **more})
    assert (no.value.code, no.value.facts) == (code, {})


def test_points_may_return_to_the_account_that_paid():
    """R41: with the receipt, to the account that paid."""
    assert check_points_refund(paid_account="a", to_account="a", with_receipt=True) is None


REFUND = entry(EntryKind.REFUND, 150, APR(10), "r", sale_id="sale", last_day=MAY(10))
REVERSAL = entry(EntryKind.REVERSAL, 7, APR(10), "r", leg=1, sale_id="sale", refers_to="sale", refers_leg=2)


@pytest.mark.parametrize(
    ("back", "taken", "grace", "expected"),
    [
        pytest.param(whole(150), whole(7), 30, (REFUND, REVERSAL), id="both"),
        pytest.param(whole(150), NO_POINTS, 30, (REFUND,), id="paid-with-points-only"),
        pytest.param(NO_POINTS, whole(7), 30, (replace(REVERSAL, leg=0),), id="earned-only"),
        pytest.param(NO_POINTS, NO_POINTS, 30, (), id="neither"),
        pytest.param(whole(150), NO_POINTS, 0, (replace(REFUND, last_day=APR(9)),), id="no-grace"),
    ],
)
def test_entries_of_a_refund(back, taken, grace, expected):
    """R40, R41: the sale and the amount and nothing else, with the grace day stamped (D40, D46)."""
    got = refund_entries(
        event_id="r", account_id="a", sale_id="sale", eff_us=at(APR(10)), day=APR(10), refund_grace_days=grace,
        back=back, taken=taken, award_leg=2,
    )  # fmt: skip
    assert got == expected


def test_an_award_is_the_first_leg_unless_told():
    """R40: a sale without spends has its award at leg 0."""
    made = refund_entries(
        event_id="r", account_id="a", sale_id="s", eff_us=1, day=JAN(1), refund_grace_days=1, taken=whole(1)
    )
    assert [(one.refers_to, one.refers_leg) for one in made] == [("s", 0)]


@pytest.mark.example("R41.1")
@pytest.mark.parametrize(
    ("units", "lots"),
    [
        pytest.param(150, {"L2": (50, L2.last_day), "r": (100, MAY(10))}, id="all"),
        pytest.param(60, {"L2": (50, L2.last_day), "r": (10, MAY(10))}, id="sixty"),
    ],
)
def test_points_go_back_where_they_came_from(units, lots):
    """R41, R77: 150 = L1 100 (to 31 Mar) + L2 50 (to 30 Jun); refund on 10 Apr: L2 + 50, a new lot to 10 May."""
    sale = [L1, L2, lease(150, MAR(1)), spend(150, MAR(1), hour=13)]
    back = points_back(whole(150), qty=150, back_before=0, back_now=units, grain_h=WHOLE).points
    made = refund_entries(
        event_id="r", account_id="a", sale_id="sale", eff_us=at(APR(10)), day=APR(10), refund_grace_days=30, back=back
    )
    assert left(folded([*sale, *made], APR(10))) == lots


def test_a_refund_may_exceed_the_balance():
    """R77, R39, R40: the award of a sale is spent by then; taking it back leaves a deficit, which the next one pays."""
    sale = [award(100, JAN(1), None, "sale"), lease(100, JAN(2)), spend(100, JAN(2), "other", hour=13)]
    made = refund_entries(
        event_id="r", account_id="a", sale_id="sale", eff_us=at(JAN(3)), day=JAN(3), refund_grace_days=30,
        taken=whole(100),
    )  # fmt: skip
    got = folded([*sale, *made], JAN(3))
    assert (got.avail_h, got.deficit_h, got.balance_h) == (0, 10_000, -10_000)


def test_a_void_reverses_entry_by_entry():
    """R42: one reversing entry for each of the sale's; afterwards everything is as before it."""
    before = [award(200, JAN(1), None, "old"), lease(200, JAN(2))]
    sale = [
        spend(150, JAN(3), "sale"),
        award(12, JAN(3), MAR(3), "sale", leg=1, sale_id="sale", award_for=AwardFor.SALE),
        entry(EntryKind.REDEEM, 5, JAN(3), "sale", leg=2),
    ]
    void = void_entries(sale, event_id="v", eff_us=at(JAN(3), 20), day=JAN(3), refund_grace_days=30)
    grace = JAN(3) + timedelta(days=30)
    assert void == (
        entry(EntryKind.REFUND, 150, JAN(3), "v", hour=20, sale_id="sale", last_day=grace),
        entry(EntryKind.REVERSAL, 12, JAN(3), "v", hour=20, leg=1, sale_id="sale", refers_to="sale", refers_leg=1),
        entry(EntryKind.REFUND, 5, JAN(3), "v", hour=20, leg=2, sale_id="sale", last_day=grace),
    )
    made = [*before, *sale[:2], *void[:2]]
    assert left(folded(made, JAN(3))) == {"old": (200, None)}

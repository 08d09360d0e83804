"""Money and points, as tables: integers, their rounding and their grain (R1)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.values.money import NIL, Money, ceiling, half_away, total
from clubtill_rules.values.points import NO_POINTS, Points, award_floor, cost_ceiling, grain, whole

INTEGERS = st.integers(-(10**15), 10**15)
PARTS = st.integers(1, 10**6)

SHARES = {
    "R1-half-goes-away-from-nil": (455, 1000, 46),
    "R1-the-refund-is-its-negative": (-455, 1000, -46),
    "R69-pale-at-10-percent": (1600, 1000, 160),
    "R1-below-half-goes-to-nil": (454, 1000, 45),
    "R1-fraction-of-a-percent": (10_000, 1, 1),
    "R69-everything": (455, 10_000, 455),
    "R69-nothing": (455, 0, 0),
}


SHARE_EXAMPLES = {"R1-half-goes-away-from-nil": "R1.2", "R1-the-refund-is-its-negative": "R1.2"}


@pytest.mark.parametrize(
    ("minor", "basis_points", "share"),
    [
        pytest.param(*row, id=name, marks=[pytest.mark.example(SHARE_EXAMPLES[name])] if name in SHARE_EXAMPLES else [])
        for name, row in SHARES.items()
    ],
)
def test_share(minor, basis_points, share):
    """R1: percentages of money round half away from nil to the minor unit."""
    assert Money(minor).share(basis_points) == Money(share)


@given(numerator=INTEGERS, denominator=PARTS)
def test_half_away_is_the_nearest_and_symmetric(numerator, denominator):
    """R1: never more than half a unit off, and a refund is exactly the negative."""
    rounded = half_away(numerator, denominator)
    assert abs(Fraction(numerator, denominator) - rounded) <= Fraction(1, 2)
    assert half_away(-numerator, denominator) == -rounded
    if Fraction(2 * numerator, denominator).denominator == 1 and (2 * numerator // denominator) % 2:
        assert abs(rounded) > abs(Fraction(numerator, denominator))


@given(numerator=INTEGERS, denominator=PARTS, grain_h=st.sampled_from((1, 100)))
def test_awards_round_down_and_costs_up(numerator, denominator, grain_h):
    """R1: awards are floored to the grain, costs raised to it, exactly as fractions say."""
    exact = Fraction(numerator, denominator * grain_h)
    assert award_floor(numerator, denominator, grain_h) == Points(floor(exact) * grain_h)
    assert cost_ceiling(numerator, denominator, grain_h) == Points(ceil(exact) * grain_h)
    assert ceiling(numerator, denominator) == ceil(Fraction(numerator, denominator))


@given(a=INTEGERS, b=INTEGERS, count=st.integers(-100, 100))
def test_amounts_add_up_like_integers(a, b, count):
    """R1: money and points are integers with a unit: sums, negatives, multiples and order are theirs."""
    for unit in (Money, Points):
        assert unit(a) + unit(b) == unit(a + b)
        assert unit(a) - unit(b) == unit(a) + -unit(b)
        assert unit(a) * count == unit(a * count)
        assert (unit(a) < unit(b)) is (a < b)
        assert bool(unit(a)) is (a != 0)
    assert total([Money(a), Money(b)]) == Money(a + b)


def test_nil_and_whole():
    """R1: nothing is nothing; a whole point is a hundred hundredths."""
    assert (total([]), NIL, NO_POINTS) == (Money(0), Money(0), Points(0))
    assert whole(2_088) == Points(208_800)


@pytest.mark.parametrize(("decimals", "grain_h"), [(0, 100), (2, 1)], ids=["R1-whole-points", "R1-hundredths"])
def test_grain(decimals, grain_h):
    """R1: `points_decimals` sets the rounding grain."""
    assert grain(decimals) == grain_h


@pytest.mark.parametrize("decimals", [1, 3, -1])
def test_no_other_grain(decimals):
    """R1: a club has 0 or 2 decimals of points."""
    with pytest.raises(ValueError, match="0 or 2"):
        grain(decimals)


@pytest.mark.parametrize(
    ("minor", "ratio", "money_decimals", "grain_h", "cost"),
    [
        pytest.param(409, 75, 2, 100, 30_700, marks=pytest.mark.example("R1.1"), id="R1: $4.09 at 75, whole points"),
        pytest.param(409, 75, 2, 1, 30_675, marks=pytest.mark.example("R1.1"), id="R1: $4.09 at 75, to the hundredth"),
        pytest.param(500, 1, 0, 100, 50_000, marks=pytest.mark.example("R1.2"), id="R1: JPY 500 at 1"),
        pytest.param(1_250, 100, 3, 100, 12_500, marks=pytest.mark.example("R1.2"), id="R1: KWD 1.250 at 100"),
    ],
)
def test_costs_in_other_currencies_and_grains(minor, ratio, money_decimals, grain_h, cost):
    """R1: minor units of 0, 2 or 3 decimals, cost rounded up to the grain."""
    assert cost_ceiling(minor * ratio * 100, 10**money_decimals, grain_h) == Points(cost)

"""Shares: one amount over several parts, without a cent too many or too few (R97, R98)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.values.money import Money, shares

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        pytest.param(300, (2000, 800), (214, 86), marks=pytest.mark.example("R98.1"), id="R98: 3.00 is 2.14 and 0.86"),
        pytest.param(100, (1, 1, 1), (34, 33, 33), id="R98: a tie is the upper one's"),
        pytest.param(200, (1, 1, 1), (67, 67, 66), id="R98: two cents left, the two upper ones"),
        pytest.param(5, (1, 2), (2, 3), id="R98: 1.67 and 3.33: the larger remainder, though it stands above"),
        pytest.param(4, (2, 1), (3, 1), id="R98: 2.67 and 1.33"),
        pytest.param(10, (0, 3, 0), (0, 10, 0), id="R98: what weighs nothing gets nothing"),
        pytest.param(1, (0, 0, 1), (0, 0, 1), id="R98: not even the cent that is left"),
        pytest.param(-5, (1, 1, 1), (-2, -2, -1), id="R1: a negative amount is shared as its opposite"),
        pytest.param(0, (0, 0), (0, 0), id="R98: nothing over nothing"),
        pytest.param(0, (), (), id="R98: nothing over no part"),
        pytest.param(7, (1,), (7,), id="R98: all of it"),
    ],
)
def test_shares(amount: int, weights: tuple[int, ...], parts: tuple[int, ...]) -> None:
    """R98: floor, what is left to the largest remainders, ties to the upper."""
    assert shares(Money(amount), weights) == tuple(Money(part) for part in parts)


@given(st.integers(-(10**12), 10**12), WEIGHTS)
def test_shares_sum_to_the_amount_and_lie_next_to_their_part(amount: int, weights: list[int]) -> None:
    """R98: no cent is created or lost, none is a whole cent off, and the opposite is shared alike."""
    found = [share.minor for share in shares(Money(amount), weights)]
    whole = sum(weights)
    assert sum(found) == amount
    assert all(abs(part * whole - amount * weight) < whole for part, weight in zip(found, weights, strict=True))
    assert [share.minor for share in shares(Money(-amount), weights)] == [-part for part in found]


@given(WEIGHTS, st.data())
def test_no_share_is_above_its_weight(weights: list[int], data: st.DataObject) -> None:
    """R98: an amount up to what the lines cost leaves no line below nil."""
    amount = data.draw(st.integers(0, sum(weights)))
    found = shares(Money(amount), weights)
    assert all(0 <= share.minor <= weight for share, weight in zip(found, weights, strict=True))


@pytest.mark.parametrize(
    ("amount", "weights", "said"),
    [
        pytest.param(1, (0, 0), "weights: nothing to share an amount by", id="nothing weighs"),
        pytest.param(1, (), "weights: nothing to share an amount by", id="no parts"),
        pytest.param(1, (3, -1), "weights: a weight is below 0", id="a weight below nil"),
    ],
)
def test_what_cannot_be_shared(amount: int, weights: tuple[int, ...], said: str) -> None:
    """R98: a caller's mistake names the weights."""
    with pytest.raises(ValueError, match=said):
        shares(Money(amount), weights)

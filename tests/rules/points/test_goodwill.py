"""Goodwill: what a redemption of points that had just expired is given, and what it is not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.goodwill import goodwill, is_goodwill
from tests.rules.points.accounts import JAN, JUN, MAR, K, award, entry, folded, redeem

SALE = redeem(50, MAR(10), "s")


def made(entries: list[Entry], spend: Entry = SALE, lacking: int = 50) -> Entry | None:
    """Give the adjustment for a redemption."""
    return goodwill(entries, spend, lacking * 100, as_of=MAR(12), refund_grace_days=30)


@pytest.mark.parametrize(
    ("last_day", "amount"),
    [
        pytest.param(MAR(9), 50, id="ended the day before"),
        pytest.param(MAR(3), 50, id="ended seven days before"),
        pytest.param(MAR(2), 0, id="no cache showed it any more"),
    ],
)
def test_what_had_just_ended_is_made_up_for(last_day: date, amount: int) -> None:
    """R90, D8: lots that ended within the seven days in which a terminal redeems without contact."""
    found = made([award(80, JAN(1), last_day), SALE])
    assert (found.amount_h // 100 if found else 0) == amount


def test_it_names_its_redemption_and_lasts_for_its_day() -> None:
    """R4, R34: the same redemption makes the same adjustment, a tick after it, good for that day alone."""
    entries = [award(80, JAN(1), MAR(9)), SALE]
    found = made(entries)
    assert found is not None
    assert found == made(entries)
    assert (found.kind, found.refers_to, found.eff_us, found.day, found.last_day, found.leg) == (
        EntryKind.ADJUST, "s", SALE.eff_us + 1, MAR(10), MAR(10), 0,
    )  # fmt: skip
    assert is_goodwill(found)
    assert not is_goodwill(entry(K.ADJUST, 5, MAR(1), "j"))
    assert not is_goodwill(SALE)


def test_it_leaves_no_deficit_and_nothing_over() -> None:
    """R5: the account stands at nil; a late award that pays the redemption does not make the gift spendable."""
    entries = [award(80, JAN(1), MAR(9)), SALE]
    found = made(entries)
    assert found is not None
    after = folded([*entries, found], MAR(12))
    assert (after.avail_h, after.deficit_h) == (0, 0)
    late = folded([*entries, found, award(50, MAR(8), JUN(30), "late")], MAR(12))
    assert (late.avail_h, late.deficit_h) == (0, 0)


@pytest.mark.parametrize(
    ("entries", "lacking", "amount"),
    [
        pytest.param([award(80, JAN(1), MAR(9)), SALE], 20, 20, id="no more than is lacking"),
        pytest.param([award(30, JAN(1), MAR(9)), SALE], 50, 30, id="no more than had ended"),
        pytest.param([SALE], 50, 0, id="never had any"),
        pytest.param([award(10, JAN(1), None), SALE], 40, 0, id="what never ends has not ended"),
        pytest.param([award(30, JAN(1), MAR(10)), SALE], 20, 0, id="still good on that day"),
    ],
)
def test_how_much(entries: list[Entry], lacking: int, amount: int) -> None:
    """R34, R90: the least of what is lacking and what had ended."""
    found = made(entries, lacking=lacking)
    assert (found.amount_h // 100 if found else 0) == amount


def test_the_same_points_are_made_up_for_once() -> None:
    """R90: of two redemptions of the same ended lot the second gets what the first left of it."""
    entries = [award(80, JAN(1), MAR(9)), SALE]
    first = made(entries)
    assert first is not None
    again = redeem(50, MAR(11), "t")
    entries += [first, again]
    second = made(entries, again)
    assert second is not None
    assert second.amount_h == 3_000
    third = redeem(50, MAR(11), "u")
    assert made([*entries, second, third], third) is None


@given(ended=st.integers(1, 100), spent=st.integers(1, 100), days=st.integers(1, 9))
def test_never_more_than_had_ended_or_was_lacking(ended: int, spent: int, days: int) -> None:
    """R5, R90: it never leaves anybody above nil, and never gives more than he had."""
    entries = [award(ended, JAN(1), MAR(10) - timedelta(days=days)), redeem(spent, MAR(10), "s")]
    before = folded(entries, MAR(12))
    found = made(entries, entries[1], lacking=before.deficit_h // 100)
    assert (found is None) is (days > 7)
    if found is not None:
        after = folded([*entries, found], MAR(12))
        assert (after.avail_h, after.deficit_h) == (0, max(0, spent - ended) * 100)

"""Bands: which classifications are tiers and which holds a spend."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_rules.members.classification import Classification
from clubtill_rules.tiers.bands import floor_of, holding, taking_part
from clubtill_rules.values.money import NIL, Money
from tests.rules.tiers.ladder import BARRED, BRONZE, EVERY, SILVER, SOCIAL, TIERS


@pytest.mark.parametrize(
    ("classification", "tier"),
    [
        pytest.param(BRONZE, True, id="from nil"),
        pytest.param(replace(BRONZE, tier_max=NIL, tier_min=Money(1)), True, id="only a minimum"),
        pytest.param(SOCIAL, False, id="both nil is no tier"),
        pytest.param(BARRED, False, id="99 never"),
    ],
)
def test_who_is_a_tier(classification: Classification, tier: bool) -> None:
    """R56, R58: Min = Max = 0 means not a tier; 99 never takes part."""
    assert classification.is_tier is tier


@pytest.mark.parametrize(
    ("cents", "name"),
    [
        pytest.param(0, "Bronze", id="0.00"),
        pytest.param(4999, "Bronze", id="49.99"),
        pytest.param(5000, "Silver", id="50.00"),
        pytest.param(9999, "Silver", id="99.99"),
        pytest.param(10000, "Gold", id="100.00"),
        pytest.param(999_999, "Gold", id="9,999.99"),
        pytest.param(1_000_000, None, id="10,000.00 is in no band"),
        pytest.param(-1, None, id="below nil is in no band"),
    ],
)
@pytest.mark.example("R56.1")
def test_bands_hold_both_ends(cents: int, name: str | None) -> None:
    """R56: Bronze 0.00-49.99, Silver 50.00-99.99, Gold 100.00-9999.99, both ends included."""
    found = holding(Money(cents), TIERS)
    assert (found.description if found else None) == name


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        pytest.param(1, 999, ["Bronze", "Silver", "Gold"], id="all, lowest Tier Min first"),
        pytest.param(2, 3, ["Silver", "Gold"], id="both ends of the range included"),
        pytest.param(3, 3, ["Silver"], id="one"),
        pytest.param(4, 999, [], id="none"),
    ],
)
def test_who_takes_part(first: int, last: int, names: list[str]) -> None:
    """R58: only tiers from From to To Classification."""
    assert [one.description for one in taking_part(EVERY, first=first, last=last)] == names


def test_bands_that_start_alike_are_ordered_by_number() -> None:
    """R58: settings that overlap give one answer in any order: the lower number."""
    twin = replace(BRONZE, number=9)
    assert taking_part((twin, BRONZE), first=1, last=9) == taking_part((BRONZE, twin), first=1, last=9)
    assert holding(NIL, taking_part((twin, BRONZE), first=1, last=9)) == BRONZE


def test_a_range_that_ends_before_it_starts() -> None:
    """R58: is a caller's mistake."""
    with pytest.raises(ValueError, match=r"^last: lies before first$"):
        taking_part(EVERY, first=3, last=2)


@pytest.mark.parametrize(
    ("period", "floor"),
    [pytest.param(0, 5000, id="period 0: Tier Min"), pytest.param(1, 4000, id="period 1: Min to Maintain")],
)
def test_floor(period: int, floor: int) -> None:
    """R58: Min to Maintain counts where Tier Min Period is above 0, Tier Min otherwise."""
    assert floor_of(replace(SILVER, tier_min_period_days=period)) == Money(floor)

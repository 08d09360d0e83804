"""Grid: new rows, presets, row 99, and what is greyed and hidden."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.members.classification import Classification, LocationRatio
from clubtill_rules.members.club import TierKind
from clubtill_rules.members.settings.grid import (
    forced,
    greyed,
    guest,
    hidden,
    in_use,
    is_blank,
    new_row,
    next_free,
    tidied,
    unforced,
)
from clubtill_rules.members.standing import Count
from clubtill_rules.points.redeeming import cost, ratio_at, web_ratio
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal
from tests.rules.members.settings.house_kit import BANNED_ROW, CLUB, PLAIN, row

COUNTS = {"financial", "unfinancial", "total"}
DOLLARS = {"tier_min", "tier_max", "min_to_maintain", "tier_min_period_days"}
STEPS = {"update_sequence", "min_points", "check_months"}
FORCED = {
    "fee", "join_points", "points_multiplier_h", "redemption_ratio", "web_redemption_ratio", "tier_min", "tier_max",
    "min_to_maintain", "tier_min_period_days", "visitation_points", "birthday_points", "update_sequence", "min_points",
    "location_ratios",
}  # fmt: skip


@pytest.mark.parametrize(
    ("taken", "number"),
    [
        pytest.param([], 1, id="an empty grid"),
        pytest.param([1, 2, 3, 90, 99], 4, id="after the first three"),
        pytest.param([2, 3], 1, id="the one before"),
        pytest.param(list(range(1, 99)), 100, id="99 is passed over, there or not"),
        pytest.param(list(range(1, 999)), 999, id="the last"),
    ],
)
def test_the_next_free_number(taken: list[int], number: int) -> None:
    """R6, 3.1: the lowest number from 1 to 999 that no row has; never 99."""
    assert next_free(row(n) for n in taken) == number


def test_there_is_no_number_after_the_last() -> None:
    """R6: #1000 cannot be made."""
    with pytest.raises(Refusal) as refused:
        next_free(row(n) for n in range(1, 1000))
    assert (refused.value.code, refused.value.facts) == ("classification.no_number", {"n": 999})


def test_a_new_row_has_the_defaults() -> None:
    """R15, R65, 3.1: a new row is open to every venue, has ratio 100, multiplier 1.00, and pays nothing yet."""
    new = new_row(4, "larkspur")
    assert new == Classification(number=4, club_id="larkspur")
    assert (new.description, new.venues, new.redemption_ratio, new.points_multiplier_h) == ("", None, 100, 100)
    assert is_blank(new)
    assert not is_blank(replace(new, fee=Money(1)))
    assert not is_blank(new_row(99, "larkspur"))


def test_the_guest_preset() -> None:
    """R14: multiplier, ratio and web ratio 0, paid to 31/12/2050: nothing is earned and nothing can be redeemed."""
    visitor = guest(90, "larkspur", "Visitor")
    assert visitor == Classification(
        number=90,
        club_id="larkspur",
        description="Visitor",
        paid_to=date(2050, 12, 31),
        points_multiplier_h=0,
        redemption_ratio=0,
        web_redemption_ratio=0,
    )
    for ratio in (ratio_at(visitor, "bar"), web_ratio(visitor)):
        with pytest.raises(Refusal) as refused:
            cost(Money(500), ratio, money_decimals=2, grain_h=100)
        assert refused.value.code == "points.ratio_zero"


def test_row_99_is_forced() -> None:
    """R6, 3.1: whatever was typed, row 99 is saved without fee, points, multiplier, ratios and tier; others stay."""
    typed = replace(
        BANNED_ROW,
        fee=Money(4500),
        join_points=5,
        points_multiplier_h=100,
        redemption_ratio=100,
        web_redemption_ratio=100,
        tier_min=Money(1),
        tier_max=Money(2),
        min_to_maintain=Money(1),
        tier_min_period_days=7,
        visitation_points=5,
        birthday_points=5,
        update_sequence=1,
        min_points=5,
        location_ratios=(LocationRatio(location_id="bar"),),
        points_expiry_months=24,
    )
    assert set(unforced(typed)) == FORCED
    assert forced(typed) == replace(BANNED_ROW, points_expiry_months=24)
    assert unforced(forced(typed)) == ()
    assert forced(PLAIN) is PLAIN
    assert unforced(PLAIN) == ()


def test_what_row_99_lacks_is_told_in_the_order_of_the_columns() -> None:
    """3.1, 3.2: settings of row 99 that must be nothing, column by column."""
    assert unforced(replace(BANNED_ROW, birthday_points=1, fee=Money(1), min_points=1)) == (
        "fee", "birthday_points", "min_points"
    )  # fmt: skip


def test_blank_cells_become_defaults() -> None:
    """R27, R58, 3.1: a blank multiplier is saved as 1.00 and a blank Min to Maintain as 0; Days Paid stay blank."""
    assert tidied(row(days_paid=None, points_multiplier_h=None, min_to_maintain=None)) == row(
        points_multiplier_h=100, min_to_maintain=NIL
    )
    assert tidied(row(points_multiplier_h=0)).points_multiplier_h == 0


@pytest.mark.parametrize(
    ("settings", "kind", "keys"),
    [
        pytest.param(row(), TierKind.DOLLARS, COUNTS | STEPS | {"days_before_reset"}, id="a plain row"),
        pytest.param(row(days_paid=365), TierKind.DOLLARS, COUNTS | STEPS | {"paid_to"}, id="Days Paid"),
        pytest.param(
            row(paid_to=date(2027, 6, 30)),
            TierKind.DOLLARS,
            COUNTS | STEPS | {"days_paid", "days_before_reset"},
            id="Paid to Date",
        ),
        pytest.param(
            row(days_paid=365, paid_to=date(2027, 6, 30)),
            TierKind.DOLLARS,
            COUNTS | STEPS | {"days_paid", "paid_to"},
            id="both, as they came",
        ),
        pytest.param(row(days_paid=365), TierKind.POINTS, COUNTS | DOLLARS | {"paid_to"}, id="a club of steps"),
        pytest.param(
            BANNED_ROW,
            TierKind.DOLLARS,
            COUNTS | STEPS | FORCED | {"days_before_reset", "number"},
            id="row 99",
        ),
    ],
)
def test_what_is_greyed(settings: Classification, kind: TierKind, keys: set[str]) -> None:
    """R6, R7, R10, R22, D13, 3.1: counts, the other paid field, grace alone, the other kind of tiers, 99."""
    assert greyed(settings, replace(CLUB, tier_kind=kind)) == keys


@pytest.mark.parametrize(
    ("settings", "members", "used"),
    [
        pytest.param(row(paid_to=date(2020, 1, 1)), 0, True, id="Paid to Date"),
        pytest.param(row(days_paid=1), 0, True, id="Days Paid"),
        pytest.param(row(fee=Money(100)), 0, False, id="neither, nobody in it"),
        pytest.param(row(), 1, True, id="neither, one member"),
        pytest.param(BANNED_ROW, 0, True, id="row 99"),
    ],
)
def test_what_is_not_used_is_hidden(settings: Classification, members: int, used: bool) -> None:
    """3.2: not used = no Paid to Date, no Days Paid and nobody in it; 99 is never hidden."""
    count = Count(financial=0, unfinancial=members)
    assert (in_use(settings, count), hidden(settings, count)) == (used, not used)
    if not members:
        assert (in_use(settings), hidden(settings)) == (used, not used)

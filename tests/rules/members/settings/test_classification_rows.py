"""Rows: what the settings of one classification say together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from clubtill_rules.members.classification import (
    Allowance,
    AllowanceReset,
    Classification,
    LocationRatio,
    MemberPriceLevel,
)
from clubtill_rules.members.settings.findings import Finding
from clubtill_rules.members.settings.rows import check_row
from clubtill_rules.values.money import NIL, Money
from tests.rules.members.settings.house_kit import (
    BANNED_ROW,
    ERROR,
    HINT,
    HOUSE,
    PLAIN,
    TODAY,
    WARNING,
    band,
    finding,
    row,
    step,
)

JUNE_30 = date(2027, 6, 30)
PP_MEDIA = "points_pay_discount_media"


def said(settings: Classification) -> tuple[Finding, ...]:
    """Check a row in the house."""
    return check_row(settings, HOUSE)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(PLAIN, id="a plain row"),
        pytest.param(Classification(number=7, club_id="larkspur"), id="a row in which nothing was filled in"),
        pytest.param(BANNED_ROW, id="row 99"),
        pytest.param(row(paid_to=TODAY, fee=Money(5500)), id="paid to today"),
        pytest.param(row(days_paid=365, days_before_reset=30, fee=Money(4500)), id="days paid, with grace"),
        pytest.param(row(fee=NIL), id="no fee and no way to pay it"),
        pytest.param(band(1, 0, 4999, min_to_maintain=NIL), id="a tier from nil"),
        pytest.param(band(1, 5000, 5000, min_to_maintain=Money(5000)), id="a tier of one amount, kept by as much"),
        pytest.param(step(1, 1, 0), id="a step of the club of steps"),
        pytest.param(row(points_pay_discount_bp=1000, points_pay_discount_media="pp-discount"), id="a discount"),
        pytest.param(row(points_pay_discount_media="promo"), id="a medium without a discount"),
        pytest.param(row(discount_expense_media="eft"), id="discounts expensed to any medium"),
        pytest.param(row(start_min=1080, end_min=120, days_to_run=(4,)), id="a window past midnight"),
        pytest.param(row(points_pay_exclusions=("tobacco",), account_charge_families=("food",)), id="families"),
        pytest.param(
            row(location_ratios=(LocationRatio(location_id="bar", ratio=0), LocationRatio(location_id="bistro"))),
            id="a ratio for each location",
        ),
        pytest.param(
            row(
                member_prices=(
                    MemberPriceLevel(location_id="bar", level=2),
                    MemberPriceLevel(location_id="bar", level=3, weekdays=(0, 1), start_min=1020, end_min=1140),
                    MemberPriceLevel(location_id="bar", level=3, weekdays=(0, 1), start_min=1020, end_min=1141),
                    MemberPriceLevel(location_id="bar", level=3, weekdays=(0, 1), start_min=1021, end_min=1140),
                    MemberPriceLevel(location_id="bar", level=3, weekdays=(0, 2), start_min=1020, end_min=1140),
                    MemberPriceLevel(location_id="bistro", level=2),
                )
            ),
            id="price levels of different times and places",
        ),
        pytest.param(row(allowance=Allowance(limit=Money(1000))), id="an allowance a day"),
        pytest.param(
            row(allowance=Allowance(limit=NIL, reset=AllowanceReset.INTERVAL, interval_days=1)), id="one a day by days"
        ),
    ],
)
def test_nothing_is_said(settings: Classification) -> None:
    """R7, R15, R56, R64, R65, R69, R80, R81, R96, 3.1: settings that go together."""
    assert said(settings) == ()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param(
            row(paid_to=JUNE_30, days_paid=365),
            finding(ERROR, "classification.both_paid_fields", "R7", 1, "days_paid", paid_to=JUNE_30, days=365),
            id="Paid to Date and Days Paid",
        ),
        pytest.param(
            row(fee=Money(1)),
            finding(WARNING, "classification.fee_without_date", "R7", 1, "fee", fee=Money(1)),
            id="a fee that renews nothing",
        ),
        pytest.param(
            row(paid_to=TODAY - timedelta(days=1)),
            finding(WARNING, "classification.paid_to_past", "R21", 1, "paid_to", paid_to=date(2026, 11, 23)),
            id="paid to yesterday",
        ),
        pytest.param(
            row(days_before_reset=1),
            finding(HINT, "classification.reset_ignored", "R22", 1, "days_before_reset", days=1),
            id="grace without Days Paid",
        ),
        pytest.param(
            row(redemption_ratio=0),
            finding(HINT, "classification.no_redeeming", "R66", 1, "redemption_ratio"),
            id="ratio 0",
        ),
        pytest.param(
            row(web_redemption_ratio=0),
            finding(HINT, "classification.no_redeeming_web", "R66", 1, "web_redemption_ratio"),
            id="web ratio 0",
        ),
        pytest.param(row(venues=()), finding(ERROR, "classification.no_venue", "R15", 1, "venues"), id="no venue"),
        pytest.param(
            row(venues=("point", "pier")),
            finding(ERROR, "classification.venue_unknown", "R15", 1, "venues", venue="pier"),
            id="a venue that is not there",
        ),
        pytest.param(
            row(account_charge_families=("gifts",)),
            finding(ERROR, "classification.family_unknown", "R74", 1, "account_charge_families", family="gifts"),
            id="an allowed family that is not there",
        ),
        pytest.param(
            row(points_pay_exclusions=("tobacco", "gifts")),
            finding(ERROR, "classification.family_unknown", "R68", 1, "points_pay_exclusions", family="gifts"),
            id="an excluded family that is not there",
        ),
        pytest.param(
            row(points_pay_discount_exclusions=("gifts",)),
            finding(ERROR, "classification.family_unknown", "R69", 1, "points_pay_discount_exclusions", family="gifts"),
            id="a family without discount that is not there",
        ),
        pytest.param(
            row(points_pay_discount_bp=1),
            finding(ERROR, "classification.media_for_discount", "R69", 1, PP_MEDIA, discount_bp=1),
            id="a discount that nothing carries",
        ),
        pytest.param(
            row(points_pay_discount_media="cash"),
            finding(ERROR, "classification.media_is_money", "R69", 1, PP_MEDIA, media="cash"),
            id="a discount in cash",
        ),
        pytest.param(
            row(points_pay_discount_media="chips"),
            finding(ERROR, "classification.media_unknown", "R69", 1, PP_MEDIA, media="chips"),
            id="a medium that is not there",
        ),
        pytest.param(
            row(discount_expense_media=""),
            finding(ERROR, "classification.media_unknown", "R81", 1, "discount_expense_media", media=""),
            id="a medium without a name",
        ),
        pytest.param(
            band(1, 5001, 5000),
            finding(
                ERROR,
                "classification.tier_min_above_max",
                "R56",
                1,
                "tier_min",
                tier_min=Money(5001),
                tier_max=Money(5000),
            ),
            id="a tier that ends before it begins",
        ),
        pytest.param(
            band(1, 5000, 9999, min_to_maintain=Money(5001)),
            finding(
                WARNING,
                "classification.maintain_above_min",
                "R58",
                1,
                "min_to_maintain",
                maintain=Money(5001),
                tier_min=Money(5000),
            ),
            id="staying costs more than getting there",
        ),
        pytest.param(
            replace(band(1, 0, 4999), club_id="staff"),
            finding(ERROR, "classification.tier_of_dollars", "R64", 1, "tier_min"),
            id="dollars in a club of steps",
        ),
        pytest.param(
            replace(step(1, 1, 100), club_id="larkspur"),
            finding(ERROR, "classification.tier_of_points", "R64", 1, "update_sequence"),
            id="a step in a club of dollars",
        ),
        pytest.param(
            row(description=""),
            finding(ERROR, "classification.no_description", "3.1", 1, "description"),
            id="a row without a name",
        ),
        pytest.param(
            row(club_id="nobody"),
            finding(ERROR, "classification.club_unknown", "R6", 1, "number", club="nobody"),
            id="a club that is not there",
        ),
        pytest.param(
            replace(BANNED_ROW, description="Barred"),
            finding(ERROR, "classification.banned_name", "R6", 99, "description", word="BANNED"),
            id="row 99 by another name",
        ),
        pytest.param(
            replace(BANNED_ROW, description=""),
            finding(ERROR, "classification.banned_name", "R6", 99, "description", word="BANNED"),
            id="row 99 without a name",
        ),
        pytest.param(
            row(location_ratios=(LocationRatio(location_id="bar"), LocationRatio(location_id="bar", ratio=80))),
            finding(ERROR, "classification.ratio_twice", "R65", 1, "location_ratios", location="bar"),
            id="two ratios for a location",
        ),
        pytest.param(
            row(location_ratios=(LocationRatio(location_id="cellar"),)),
            finding(ERROR, "classification.location_unknown", "R65", 1, "location_ratios", location="cellar"),
            id="a ratio for no location",
        ),
        pytest.param(
            row(location_ratios=(LocationRatio(location_id="bar", ratio=100_001),)),
            finding(ERROR, "setting.range", "R65", 1, "location_ratios", least=0, most=100_000),
            id="a ratio beyond its range",
        ),
        pytest.param(
            row(member_prices=(MemberPriceLevel(location_id="cellar", level=9),)),
            finding(ERROR, "classification.location_unknown", "R80", 1, "member_prices", location="cellar"),
            id="a price level for no location",
        ),
        pytest.param(
            row(member_prices=(MemberPriceLevel(location_id="bistro", level=3),)),
            finding(ERROR, "classification.level_off", "R80", 1, "member_prices", level=3, location="bistro"),
            id="a price level that is off",
        ),
        pytest.param(
            row(member_prices=tuple(MemberPriceLevel(location_id="bar", level=n, start_min=n) for n in (1, 2))),
            finding(ERROR, "classification.price_twice", "R80", 1, "member_prices", location="bar"),
            id="two price levels for always, whatever their minutes",
        ),
        pytest.param(
            row(
                member_prices=(
                    MemberPriceLevel(location_id="bar", level=1, weekdays=(0, 1)),
                    MemberPriceLevel(location_id="bar", level=2, weekdays=(1, 0)),
                )
            ),
            finding(ERROR, "classification.price_twice", "R80", 1, "member_prices", location="bar"),
            id="two price levels for the same time",
        ),
        pytest.param(
            row(member_prices=(MemberPriceLevel(location_id="bar", level=1, weekdays=()),)),
            finding(WARNING, "classification.price_never", "R80", 1, "member_prices", location="bar"),
            id="a price level that never counts",
        ),
        pytest.param(
            row(member_prices=(MemberPriceLevel(location_id="bar", level=1, weekdays=(0,), start_min=-1),)),
            finding(ERROR, "setting.range", "R80", 1, "member_prices", least="00:00", most="23:59"),
            id="a price window that begins before the day",
        ),
        pytest.param(
            row(member_prices=(MemberPriceLevel(location_id="bar", level=1, weekdays=(0,), end_min=1440),)),
            finding(ERROR, "setting.range", "R80", 1, "member_prices", least="00:00", most="23:59"),
            id="a price window that ends after the day",
        ),
        pytest.param(
            row(member_prices=(MemberPriceLevel(location_id="bar", level=1, weekdays=(7,)),)),
            finding(ERROR, "setting.range", "R80", 1, "member_prices", least=0, most=6),
            id="a price on no weekday",
        ),
        pytest.param(
            row(allowance=Allowance(limit=Money(-1))),
            finding(ERROR, "setting.range", "R96", 1, "allowance", least=NIL, most=Money(99_999_999)),
            id="an allowance below nil",
        ),
        pytest.param(
            row(allowance=Allowance(limit=NIL, reset=AllowanceReset.INTERVAL)),
            finding(ERROR, "setting.range", "R96", 1, "allowance", least=1, most=3660),
            id="an interval of no days",
        ),
        pytest.param(
            row(days_paid=0),
            finding(ERROR, "setting.range", "R22", 1, "days_paid", least=1, most=3660),
            id="a cell beyond its range",
        ),
        pytest.param(
            row(sub_club="b"),
            finding(ERROR, "setting.characters", "R101", 1, "sub_club", allowed="A-Z 0-9"),
            id="an initial in small letters",
        ),
        pytest.param(
            row(fixed_rate_h=10_000),
            finding(ERROR, "setting.range", "R31", 1, "fixed_rate_h", least=Decimal(0), most=Decimal("99.99")),
            id="a fixed rate beyond its range",
        ),
    ],
)
def test_one_thing_is_said(settings: Classification, expected: Finding) -> None:
    """R6, R7, R15, R21, R22, R56, R58, R64-R66, R68, R69, R74, R80, R81, R96, R101, 3.1: one thing is wrong."""
    assert said(settings) == (expected,)


@pytest.mark.parametrize(
    ("level", "known"),
    [
        pytest.param(0, False, id="below the first"),
        pytest.param(1, True, id="the first"),
        pytest.param(50, True, id="the last"),
        pytest.param(51, False, id="above the last"),
    ],
)
def test_price_levels_have_bounds(level: int, known: bool) -> None:
    """R80: levels are 1 to 50, whatever a location says that it enables."""
    house = replace(HOUSE, locations={"bar": frozenset({level})})
    beyond = finding(ERROR, "setting.range", "R80", 1, "member_prices", least=1, most=50)
    prices = (MemberPriceLevel(location_id="bar", level=level),)
    assert check_row(row(member_prices=prices), house) == (() if known else (beyond,))

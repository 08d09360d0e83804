"""Rows of the grid as a whole: row 99, what is named once, and in which order findings come (R6, R16, R70)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clubtill_rules.members.classification import (
    Allowance,
    Classification,
    LocationRatio,
)
from clubtill_rules.members.settings.findings import Finding, Severity
from clubtill_rules.members.settings.rows import check_row
from clubtill_rules.members.standing import Count
from clubtill_rules.values.money import Money
from tests.rules.members.settings.house_kit import (
    BANNED_ROW,
    CLUB,
    ERROR,
    HINT,
    HOUSE,
    finding,
    row,
)

PER_PRODUCT = replace(HOUSE, clubs={**HOUSE.clubs, "larkspur": replace(CLUB, allow_points_pay_per_product=True)})
ONE_MEMBER = Count(financial=0, unfinancial=1)
JUNE_30 = date(2027, 6, 30)
PP_MEDIA = "points_pay_discount_media"


def said(settings: Classification) -> tuple[Finding, ...]:
    """Check a row in the house."""
    return check_row(settings, HOUSE)


@pytest.mark.example("R16.1")
def test_all_venues_hide_bank_details_and_a_hint_says_so() -> None:
    """R16: ALL -> no bank details; {Venue 1} -> printed for Venue 1's statements, and for no other's."""
    everywhere, chosen = row(venues=None), row(venues=("point",))
    assert said(everywhere) == (finding(HINT, "classification.statement_details", "R16", 1, "venues"),)
    assert said(chosen) == ()
    assert [everywhere.names_venue("point"), chosen.names_venue("point"), chosen.names_venue("marina")] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("settings", "count", "needed"),
    [
        pytest.param(row(days_paid=365), Count(financial=0, unfinancial=0), True, id="takes fees"),
        pytest.param(row(), ONE_MEMBER, True, id="has a member"),
        pytest.param(row(), Count(financial=0, unfinancial=0), False, id="not in use"),
        pytest.param(BANNED_ROW, ONE_MEMBER, False, id="banned members redeem nothing"),
        pytest.param(row(days_paid=365, points_pay_discount_media="promo"), ONE_MEMBER, False, id="has its medium"),
    ],
)
def test_points_prices_need_a_balancing_medium(settings: Classification, count: Count, needed: bool) -> None:
    """R70: with Allow Points Pay per Product every classification in use has a PP Discount Media."""
    missing = finding(ERROR, "classification.media_for_points_prices", "R70", settings.number, PP_MEDIA)
    assert check_row(settings, PER_PRODUCT, count) == ((missing,) if needed else ())
    assert check_row(settings, HOUSE, count) == ()


def test_a_missing_medium_is_named_once() -> None:
    """R69, R70: where both rules ask for it, the discount is the reason that is told."""
    needy = row(days_paid=365, points_pay_discount_bp=1000)
    assert [f.code for f in check_row(needy, PER_PRODUCT)] == ["classification.media_for_discount"]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"fee": Money(1)}, id="fee"),
        pytest.param({"join_points": 1}, id="join_points"),
        pytest.param({"points_multiplier_h": 1}, id="points_multiplier_h"),
        pytest.param({"redemption_ratio": 1}, id="redemption_ratio"),
        pytest.param({"web_redemption_ratio": 1}, id="web_redemption_ratio"),
        pytest.param({"tier_max": Money(1)}, id="tier_max"),
        pytest.param({"tier_min_period_days": 1}, id="tier_min_period_days"),
        pytest.param({"visitation_points": 1}, id="visitation_points"),
        pytest.param({"birthday_points": 1}, id="birthday_points"),
        pytest.param({"update_sequence": 1}, id="update_sequence"),
        pytest.param({"min_points": 1}, id="min_points"),
        pytest.param({"location_ratios": (LocationRatio(location_id="bar"),)}, id="location_ratios"),
    ],
)
def test_row_99_has_nothing(settings: dict[str, Any]) -> None:
    """R6, 3.1: in row 99 fee, points, multiplier, ratios and tier are nothing, one finding for each that is not."""
    (key,) = settings
    assert finding(ERROR, "classification.banned_value", "3.1", 99, key) in said(replace(BANNED_ROW, **settings))


def test_unreadable_cells_end_the_check() -> None:
    """3.1: where a cell cannot be read, nothing is compared with it; the other cells are still looked at."""
    typed: dict[str, Any] = {"fee": "45"}
    broken = row(paid_to=JUNE_30, days_paid=365, birthday_points=-1, **typed)
    assert said(broken) == (
        finding(ERROR, "setting.kind", "R20", 1, "fee", kind="money"),
        finding(ERROR, "setting.range", "R50", 1, "birthday_points", least=0, most=99_999),
    )


def test_errors_come_first_in_the_order_of_the_columns() -> None:
    """3.2: the first error gets the focus; then warnings, then hints, each in the order of the columns."""
    many = row(
        venues=None,
        fee=Money(100),
        redemption_ratio=0,
        points_pay_discount_bp=1000,
        start_min=-1,
        description="",
        location_ratios=(LocationRatio(location_id="cellar"),),
    )
    assert [(f.severity, f.field) for f in said(many)] == [
        (Severity.ERROR, "description"),
        (Severity.ERROR, PP_MEDIA),
        (Severity.ERROR, "start_min"),
        (Severity.ERROR, "location_ratios"),
        (Severity.WARNING, "fee"),
        (Severity.HINT, "redemption_ratio"),
        (Severity.HINT, "venues"),
    ]


def test_every_unknown_thing_is_named_once() -> None:
    """R15, R68, 3.1: each venue or family that is not there, in its order; the same one twice is told as twice."""
    settings = row(venues=("pier", "wharf", "pier"), points_pay_exclusions=("a", "b"))
    assert [(f.code, *f.facts.values()) for f in said(settings)] == [
        ("setting.twice", "pier"),
        ("classification.venue_unknown", "pier"),
        ("classification.venue_unknown", "wharf"),
        ("classification.family_unknown", "a"),
        ("classification.family_unknown", "b"),
    ]


def test_money_follows_the_currency() -> None:
    """R1, 3.1: in a currency without decimals a fee ends at 999,999, and so does an allowance."""
    yen = replace(HOUSE, money_decimals=0)
    dear = row(fee=Money(1_000_000), days_paid=365, allowance=Allowance(limit=Money(1_000_000)))
    assert [(f.field, f.facts["most"]) for f in check_row(dear, yen)] == [
        ("fee", Money(999_999)),
        ("allowance", Money(999_999)),
    ]
    assert said(dear) == ()

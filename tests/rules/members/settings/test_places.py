"""Places: the settings of clubs, venues and locations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clubtill_rules.members.ages import LeapAge
from clubtill_rules.members.club import Club, JoinPointsOn, TierKind, TierReview, TimePeriod
from clubtill_rules.members.settings.findings import Finding, saveable
from clubtill_rules.members.settings.places import check_club, check_location, check_venue, check_venues
from clubtill_rules.members.venue import GuestProfile, Location, Venue
from clubtill_rules.values.days import DayClock
from clubtill_rules.values.money import NIL, Money
from tests.rules.members.settings.house_kit import CLUB, ERROR, OTHER_CLUB, TODAY, WARNING, finding

VENUE = Venue(id="point", name="Larkspur Point", zone="Australia/Sydney")
BAR = Location(id="bar", venue_id="point", name="Main bar", default_level=1, enabled_levels=(1, 2, 3))


def review(period: TimePeriod, **more: Any) -> TierReview:
    """Give a tier review that is due today."""
    return TierReview(**{"period": period, "next_day": TODAY, **more})


def test_the_defaults_of_a_club() -> None:
    """R23, R38, R62, R64, R90, R102, R107: what a club has until somebody says otherwise."""
    assert (CLUB.join_points_on, CLUB.tier_kind, CLUB.tier_review) == (
        JoinPointsOn.JOIN_AND_RENEW,
        TierKind.DOLLARS,
        None,
    )
    assert (CLUB.transfer_factor_h, CLUB.lapse_days, CLUB.gift_card_months, CLUB.guest_limit) == (100, 90, 36, None)
    assert (CLUB.financial_year_start_month, CLUB.point_value_h) == (7, 100)
    assert (CLUB.renewal_notice_days, CLUB.goodwill_for_expired) == (30, False)


def test_the_defaults_of_a_venue() -> None:
    """R11, R19, R53, R90: what a venue has until somebody says otherwise."""
    assert (VENUE.exclude_banned, VENUE.leap_age, VENUE.offline_charge_cap) == (True, LeapAge.MARCH_1, NIL)
    assert (VENUE.guest_profile, VENUE.guest_distance_m, VENUE.guest_retention_years) == (GuestProfile.NSW, None, 7)


def test_days_come_from_the_settings() -> None:
    """R2, D37: a venue's clock has its two day starts, a club's has its own for both."""
    venue = replace(VENUE, zone="Australia/Perth", start_of_trading_day_min=300, entry_reset_min=270)
    assert venue.clock == DayClock(zone="Australia/Perth", start_of_trading_day_min=300, entry_reset_min=270)
    club = replace(CLUB, start_of_day_min=240)
    assert club.clock == DayClock(zone="Australia/Sydney", start_of_trading_day_min=240, entry_reset_min=240)


@pytest.mark.parametrize(
    "club",
    [
        pytest.param(CLUB, id="the defaults"),
        pytest.param(OTHER_CLUB, id="a club of steps"),
        pytest.param(replace(CLUB, points_decimals=2), id="hundredths of a point"),
        pytest.param(replace(CLUB, gift_card_months=37), id="gift cards that live longer"),
        pytest.param(replace(CLUB, tier_review=review(TimePeriod.THIS_MONTH)), id="a review today"),
        pytest.param(replace(CLUB, tier_review=review(TimePeriod.LAST_DAYS, last_days=1)), id="of the last day"),
        pytest.param(replace(CLUB, tier_review=review(TimePeriod.LAST_WEEK, last_days=-1)), id="days that don't count"),
        pytest.param(
            replace(CLUB, tier_review=review(TimePeriod.LAST_WEEK, check_months=120)), id="steps in ten years"
        ),
        pytest.param(replace(CLUB, max_points_per_sale_h=1, guest_limit=0), id="the least of caps"),
    ],
)
def test_clubs_that_are_sound(club: Club) -> None:
    """R1, R44, R53, R62, R64, R102: nothing is said."""
    assert check_club(club, TODAY) == ()


@pytest.mark.parametrize(
    ("club", "expected"),
    [
        pytest.param(
            replace(CLUB, points_decimals=1), finding(ERROR, "club.points_decimals", "R1", 0, "points_decimals"),
            id="tenths of a point",
        ),
        pytest.param(
            replace(CLUB, zone="Sydney"), finding(ERROR, "setting.zone", "R2", 0, "zone", zone="Sydney"), id="no zone"
        ),
        pytest.param(
            replace(CLUB, gift_card_months=35),
            finding(WARNING, "club.gift_card_short", "R102", 0, "gift_card_months", n=35, least=36),
            id="gift cards that live too short",
        ),
        pytest.param(
            replace(CLUB, tier_review=review(TimePeriod.CUSTOM)),
            finding(ERROR, "club.review_of_no_period", "R62", 0, "tier_review"),
            id="a review of dates",
        ),
        pytest.param(
            replace(CLUB, tier_review=review(TimePeriod.LAST_DAYS)),
            finding(ERROR, "setting.range", "R62", 0, "tier_review", least=1, most=3660),
            id="a review of the last 0 days",
        ),
        pytest.param(
            replace(CLUB, tier_review=review(TimePeriod.LAST_DAYS, last_days=3661)),
            finding(ERROR, "setting.range", "R62", 0, "tier_review", least=1, most=3660),
            id="a review of too many days",
        ),
        pytest.param(
            replace(CLUB, tier_review=review(TimePeriod.LAST_WEEK, check_months=121)),
            finding(ERROR, "setting.range", "R64", 0, "tier_review", least=0, most=120),
            id="checks further apart than ten years",
        ),
        pytest.param(
            replace(CLUB, tier_review=review(TimePeriod.LAST_WEEK, check_months=-1)),
            finding(ERROR, "setting.range", "R64", 0, "tier_review", least=0, most=120),
            id="checks before they are due",
        ),
        pytest.param(
            replace(CLUB, tier_review=review(TimePeriod.LAST_WEEK, next_day=TODAY - timedelta(days=1))),
            finding(WARNING, "club.review_past", "R62", 0, "tier_review", day=TODAY - timedelta(days=1)),
            id="a review yesterday",
        ),
    ],
)  # fmt: skip
def test_clubs_that_are_not(club: Club, expected: Finding) -> None:
    """R1, R2, R62, R64, R102: one thing is said."""
    assert check_club(club, TODAY) == (expected,)


def test_a_club_that_cannot_be_read() -> None:
    """R2: fields that cannot be read end the check; the order is the form's."""
    typed: dict[str, Any] = {"lapse_days": None, "name": 7}
    assert check_club(replace(CLUB, start_of_day_min=1440, points_decimals=1, **typed), TODAY) == (
        finding(ERROR, "setting.kind", "R6", 0, "name", kind="text"),
        finding(ERROR, "setting.range", "R2", 0, "start_of_day_min", least="00:00", most="23:59"),
        finding(ERROR, "setting.blank", "R107", 0, "lapse_days"),
    )


def test_what_stands_together_is_told_in_the_order_of_the_form() -> None:
    """R1, R107, 3.2: one field out of its bounds keeps nobody from looking at the others together."""
    assert check_club(replace(CLUB, lapse_days=-1, points_decimals=1), TODAY) == (
        finding(ERROR, "club.points_decimals", "R1", 0, "points_decimals"),
        finding(ERROR, "setting.range", "R107", 0, "lapse_days", least=0, most=3660),
    )


@pytest.mark.parametrize(
    "venue",
    [
        pytest.param(VENUE, id="the defaults"),
        pytest.param(replace(VENUE, cash_step_minor=0), id="no cash rounding"),
        pytest.param(replace(VENUE, cash_step_minor=1), id="cents"),
        pytest.param(replace(VENUE, cash_step_minor=10), id="ten cents"),
        pytest.param(replace(VENUE, currency="JPY", money_decimals=0, cash_step_minor=10), id="ten yen"),
        pytest.param(replace(VENUE, currency="KWD", money_decimals=3, cash_step_minor=5), id="five fils"),
        pytest.param(replace(VENUE, currency="KRW", money_decimals=0, cash_step_minor=1000), id="a thousand won"),
        pytest.param(replace(VENUE, offline_charge_cap=Money(99_999_999)), id="the highest cap"),
    ],
)
def test_venues_that_are_sound(venue: Venue) -> None:
    """R1, R79, R90: nothing is said."""
    assert check_venue(venue) == ()


@pytest.mark.parametrize(
    ("venue", "expected"),
    [
        pytest.param(
            replace(VENUE, money_decimals=1),
            finding(ERROR, "venue.money_decimals", "R1", 0, "money_decimals"),
            id="one decimal, and nothing said of coins",
        ),
        pytest.param(
            replace(VENUE, cash_step_minor=3),
            finding(ERROR, "venue.no_such_coin", "R79", 0, "cash_step_minor", n=3),
            id="three cents",
        ),
        pytest.param(
            replace(VENUE, cash_step_minor=11),
            finding(ERROR, "venue.no_such_coin", "R79", 0, "cash_step_minor", n=11),
            id="eleven cents",
        ),
        pytest.param(
            replace(VENUE, currency="JPY", money_decimals=0, cash_step_minor=400),
            finding(ERROR, "venue.no_such_coin", "R79", 0, "cash_step_minor", n=400),
            id="four hundred yen",
        ),
        pytest.param(
            replace(VENUE, currency="JPY", money_decimals=0, offline_charge_cap=Money(1_000_000)),
            finding(ERROR, "setting.range", "R90", 0, "offline_charge_cap", least=NIL, most=Money(999_999)),
            id="a cap of a million yen",
        ),
        pytest.param(
            replace(VENUE, birthday_before_days=183),
            finding(ERROR, "setting.range", "R50", 0, "birthday_before_days", least=0, most=182),
            id="a birthday window that reaches the birthday before",
        ),
        pytest.param(
            replace(VENUE, currency="aud"),
            finding(ERROR, "setting.characters", "R1", 0, "currency", allowed="A-Z"),
            id="a currency in small letters",
        ),
    ],
)
def test_venues_that_are_not(venue: Venue, expected: Finding) -> None:
    """R1, R50, R79, R90: one thing is said."""
    assert check_venue(venue) == (expected,)


def test_decimals_that_cannot_be_read() -> None:
    """R1: without readable decimals amounts are looked at as whole units, and nothing crashes."""
    typed: dict[str, Any] = {"money_decimals": "2"}
    broken = replace(VENUE, offline_charge_cap=Money(1_000_000), **typed)
    assert [f.code for f in check_venue(broken)] == ["setting.range", "setting.kind"]


def test_one_currency_for_all_venues() -> None:
    """R1, D15: every venue is checked, and against the first; a currency is a code and its decimals."""
    marina, pier = replace(VENUE, id="marina", name="Marina"), replace(VENUE, id="pier", name="Pier")
    assert check_venues([VENUE, marina]) == ()
    assert check_venues([]) == ()
    assert check_venues([replace(VENUE, cash_step_minor=3)]) == check_venue(replace(VENUE, cash_step_minor=3)) != ()
    differs = [replace(marina, currency="NZD"), replace(pier, money_decimals=3)]
    findings = check_venues([VENUE, *differs])
    assert findings == tuple(
        finding(ERROR, "venue.currency_differs", "R1", 0, "currency", venue=name, other="Larkspur Point")
        for name in ("Marina", "Pier")
    )
    assert not saveable(findings)
    mixed = check_venues([VENUE, replace(marina, currency="NZD", zone="Nowhere")])
    assert [f.field for f in mixed] == ["zone", "currency"]
    apart = check_venues([replace(VENUE, cash_step_minor=3), replace(marina, zone="Nowhere")])
    assert [f.field for f in apart] == ["zone", "cash_step_minor"]


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        pytest.param(BAR, [], id="sound"),
        pytest.param(replace(BAR, point_factor_h=0), [], id="earning off"),
        pytest.param(
            replace(BAR, default_level=4),
            [finding(ERROR, "location.level_off", "R80", 0, "default_level", level=4)],
            id="a default level that is off",
        ),
        pytest.param(
            replace(BAR, enabled_levels=()),
            [finding(ERROR, "location.level_off", "R80", 0, "default_level", level=1)],
            id="no level at all",
        ),
        pytest.param(
            replace(BAR, enabled_levels=(1, 1)),
            [finding(ERROR, "setting.twice", "R80", 0, "enabled_levels", value=1)],
            id="a level twice",
        ),
        pytest.param(
            replace(BAR, point_factor_h=-1, enabled_levels=None),  # type: ignore[arg-type]
            [
                check_location(replace(BAR, point_factor_h=-1))[0],
                finding(ERROR, "setting.blank", "R80", 0, "enabled_levels"),
            ],
            id="levels that cannot be read",
        ),
    ],
)
def test_locations(location: Location, expected: list[Finding]) -> None:
    """R26, R80: the default level is one of those enabled."""
    assert list(check_location(location)) == expected

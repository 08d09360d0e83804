"""What a setting is that nobody filled in (R65, R80, R87, R94), and which of two findings comes first."""

from __future__ import annotations

from datetime import date

from clubtill_rules.members.classification import LocationRatio, MemberPriceLevel
from clubtill_rules.members.club import Club, TierReview, TimePeriod
from clubtill_rules.members.settings.findings import Severity, found, ordered
from clubtill_rules.members.settings.house import House
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.money import Money


def test_a_ratio_of_a_location_that_nobody_filled_in() -> None:
    """R65, D1: 100 points are a dollar."""
    assert LocationRatio(location_id="bar").ratio == 100


def test_a_member_price_holds_all_day() -> None:
    """R80, R46: on every day, from midnight to the last minute."""
    always = MemberPriceLevel(location_id="bar", level=2)
    assert (always.weekdays, always.start_min, always.end_min) == (None, 0, 24 * 60 - 1)


def test_a_bare_uid_is_good_for_5000_points() -> None:
    """R87: a card that anybody can copy pays for up to 5,000 points in one sale."""
    assert Club(id="c", name="C", zone="UTC").uid_points_max_h == 5_000 * 100


def test_a_warning_comes_before_a_hint_of_an_earlier_row() -> None:
    """3.2: what is worse comes first, then the row."""
    hint = found(Severity.HINT, "a.hint", "R1", 1, "name")
    warning = found(Severity.WARNING, "a.warning", "R1", 2, "name")
    error = found(Severity.ERROR, "an.error", "R1", 3, "name")
    assert [one.code for one in ordered([hint, warning, error])] == ["an.error", "a.warning", "a.hint"]


def test_a_review_without_a_pause_checks_at_every_run() -> None:
    """R62, R64: nil days and nil months unless the club says so."""
    review = TierReview(period=TimePeriod.THIS_MONTH, next_day=date(2026, 12, 1))
    assert (review.last_days, review.check_months) == (0, 0)


def test_a_venue_that_nobody_set_up_further() -> None:
    """R2, R46, R50, R79, R90: 5,000 points ahead of a sale, the day itself for birthdays, four seconds of welcome."""
    venue = Venue(id="v", name="V", zone="UTC")
    assert venue.lease_cap_h == 5_000 * 100
    assert (venue.birthday_before_days, venue.birthday_after_days, venue.birthday_voucher) == (0, 0, "")
    assert (venue.welcome_clears_s, venue.receipt_name, venue.receipt_lines, venue.receipt_footer) == (4, "", (), "")
    assert (venue.house_limit, venue.lifestyle_groups, venue.guest_retention_years) == (None, (), 7)


def test_a_location_sells_at_the_first_level() -> None:
    """R80: only level 1 may be chosen until others are enabled."""
    place = Location(id="bar", venue_id="v", name="Bar")
    assert (place.default_level, place.enabled_levels) == (1, (1,))


def test_a_house_with_nothing_in_it() -> None:
    """3.2: no venue, no family, no medium, no location; money has cents."""
    house = House(today=date(2026, 11, 22), clubs={}, worth=lambda points, _ratio: Money(points.hundredths))
    assert (house.venues, house.families, house.media, house.tenders) == (frozenset(),) * 4
    assert (house.locations, house.money_decimals) == ({}, 2)

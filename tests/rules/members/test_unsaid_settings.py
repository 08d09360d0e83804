"""What a setting is that nobody filled in (R65, R80, R87, R94), and which of two findings comes first."""

from __future__ import annotations

from datetime import date

from clubtill_rules.members.classification import LocationRatio, MemberPriceLevel
from clubtill_rules.members.club import Club, TierReview, TimePeriod
from clubtill_rules.members.settings.findings import Severity, found, ordered


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

"""Forms: every field of a club, a venue and a location, with its kind, rule and bounds."""

from __future__ import annotations

import pytest

from clubtill_rules.members.ages import LeapAge
from clubtill_rules.members.club import Club, EntryScope, JoinPointsOn, ReceiptPoints, TierKind
from clubtill_rules.members.settings.columns import Blank, Column, Kind
from clubtill_rules.members.settings.forms import CLUB, LOCATION, VENUE
from clubtill_rules.members.venue import (
    BirthdayWindow,
    GuestProfile,
    Location,
    MemberCache,
    OfflineMode,
    PointsTax,
    UnfinancialPolicy,
    Venue,
)

A, N = Blank.ALLOWED, Blank.NEVER
CHOICES = {
    "receipt_points": ReceiptPoints,
    "record_entry_by": EntryScope,
    "join_points_on": JoinPointsOn,
    "tier_kind": TierKind,
    "unfinancial_policy": UnfinancialPolicy,
    "offline_mode": OfflineMode,
    "member_cache": MemberCache,
    "points_tax": PointsTax,
    "birthday_window": BirthdayWindow,
    "leap_age": LeapAge,
    "guest_profile": GuestProfile,
}
CLUB_FIELDS = [
    ("name", Kind.TEXT, "R6", 1, 40, N),
    ("zone", Kind.ZONE, "R2", None, None, N),
    ("start_of_day_min", Kind.TIME, "R2", 0, 1_439, N),
    ("points_decimals", Kind.WHOLE, "R1", 0, 2, N),
    ("all_members_active", Kind.FLAG, "R9", None, None, N),
    ("multiplier_for_loyalty", Kind.FLAG, "R27", None, None, N),
    ("allow_points_pay_per_product", Kind.FLAG, "R70", None, None, N),
    ("max_points_per_sale_h", Kind.DECIMAL, "R44", 1, 1_000_000_000_000_000, A),
    ("pin_above_h", Kind.DECIMAL, "R67", 0, 1_000_000_000_000_000, A),
    ("uid_points_max_h", Kind.DECIMAL, "R87", 0, 1_000_000_000_000_000, A),
    ("points_pay_gaming", Kind.FLAG, "R44", None, None, N),
    ("expiry_warning_days", Kind.WHOLE, "R36", 0, 366, N),
    ("refund_grace_days", Kind.WHOLE, "R41", 0, 366, N),
    ("receipt_points", Kind.CHOICE, "R78", None, None, N),
    ("record_entry_by", Kind.CHOICE, "R49", None, None, N),
    ("visit_points_need_financial", Kind.FLAG, "R48", None, None, N),
    ("admission_delay_days", Kind.WHOLE, "R18", 0, 366, N),
    ("join_points_on", Kind.CHOICE, "R23", None, None, N),
    ("transfer_factor_h", Kind.DECIMAL, "R38", 0, 100, N),
    ("tier_kind", Kind.CHOICE, "R64", None, None, N),
    ("point_value_h", Kind.DECIMAL, "R32", 0, 99_999, N),
    ("goodwill_for_expired", Kind.FLAG, "R90", None, None, N),
    ("renewal_notice_days", Kind.WHOLE, "R107", 0, 366, N),
    ("lapse_days", Kind.WHOLE, "R107", 0, 3_660, N),
    ("gift_card_months", Kind.WHOLE, "R102", 1, 1_200, N),
    ("guest_limit", Kind.WHOLE, "R53", 0, 999, A),
    ("financial_year_start_month", Kind.WHOLE, "R62", 1, 12, N),
]
VENUE_FIELDS = [
    ("name", Kind.TEXT, "R15", 1, 40, N),
    ("zone", Kind.ZONE, "R2", None, None, N),
    ("start_of_trading_day_min", Kind.TIME, "R2", 0, 1_439, N),
    ("entry_reset_min", Kind.TIME, "R2", 0, 1_439, N),
    ("exclude_banned", Kind.FLAG, "R11", None, None, N),
    ("unfinancial_policy", Kind.CHOICE, "R17", None, None, N),
    ("offline_mode", Kind.CHOICE, "R90", None, None, N),
    ("lease_cap_h", Kind.DECIMAL, "R90", 0, 1_000_000_000_000_000, N),
    ("member_cache", Kind.CHOICE, "R90", None, None, N),
    ("offline_charge_cap", Kind.MONEY, "R90", 0, 999_999, N),
    ("points_tax", Kind.CHOICE, "R97", None, None, N),
    ("currency", Kind.TEXT, "R1", 3, 3, N),
    ("money_decimals", Kind.WHOLE, "R1", 0, 3, N),
    ("cash_step_minor", Kind.WHOLE, "R79", 0, 1_000, N),
    ("financial_check", Kind.FLAG, "R46", None, None, N),
    ("entry_check", Kind.FLAG, "R48", None, None, N),
    ("visit_check", Kind.FLAG, "R45", None, None, N),
    ("lifestyle_groups", Kind.NAMES, "R45", None, None, N),
    ("birthday_check", Kind.FLAG, "R50", None, None, N),
    ("birthday_window", Kind.CHOICE, "R50", None, None, N),
    ("birthday_before_days", Kind.WHOLE, "R50", 0, 182, N),
    ("birthday_after_days", Kind.WHOLE, "R50", 0, 182, N),
    ("first_weekday", Kind.WHOLE, "R50", 0, 6, N),
    ("house_limit", Kind.WHOLE, "R45", 1, 99_999, A),
    ("house_limit_warns", Kind.FLAG, "R45", None, None, N),
    ("welcome_clears_s", Kind.WHOLE, "R45", 1, 60, N),
    ("leap_age", Kind.CHOICE, "R19", None, None, N),
    ("guest_profile", Kind.CHOICE, "R53", None, None, N),
    ("guest_distance_m", Kind.WHOLE, "R53", 0, 1_000_000, A),
    ("guest_retention_years", Kind.WHOLE, "R53", 1, 99, N),
]
LOCATION_FIELDS = [
    ("name", Kind.TEXT, "R80", 1, 40, N),
    ("point_factor_h", Kind.DECIMAL, "R26", 0, 9_999, N),
    ("default_level", Kind.WHOLE, "R80", 1, 50, N),
    ("enabled_levels", Kind.NUMBERS, "R80", 1, 50, N),
]


@pytest.mark.parametrize(
    ("form", "owner", "expected"),
    [
        pytest.param(CLUB, Club, CLUB_FIELDS, id="club"),
        pytest.param(VENUE, Venue, VENUE_FIELDS, id="venue"),
        pytest.param(LOCATION, Location, LOCATION_FIELDS, id="location"),
    ],
)
def test_every_field_of_a_form(
    form: tuple[Column, ...], owner: type, expected: list[tuple[str, Kind, str, int | None, int | None, Blank]]
) -> None:
    """R1, R2, R80: the fields stand in this order, with the rule that gives them their meaning and both bounds."""
    assert list(form) == [
        Column(
            owner=owner, key=key, kind=kind, rule=rule, least=least, most=most, blank=blank,
            choices=CHOICES.get(key), allowed="A-Z" if key == "currency" else "",
        )
        for key, kind, rule, least, most, blank in expected
    ]  # fmt: skip

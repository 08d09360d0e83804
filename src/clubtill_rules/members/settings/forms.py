"""Forms: the settings of clubs, venues and locations as data, as `columns` has those of a classification."""

from __future__ import annotations

from typing import Final

from clubtill_rules.members.ages import LeapAge
from clubtill_rules.members.club import Club, EntryScope, JoinPointsOn, ReceiptPoints, TierKind
from clubtill_rules.members.settings.columns import Blank, Column, Kind
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

_LAST_MINUTE: Final = 1_439
_YEAR: Final = 366
_DAYS: Final = 3_660
_ALLOWED: Final = Blank.ALLOWED
_POINTS_H: Final = 10**15
"""More hundredths of a point than any account will hold."""

CLUB: Final = (
    Column(owner=Club, key="name", kind=Kind.TEXT, rule="R6", least=1, most=40),
    Column(owner=Club, key="zone", kind=Kind.ZONE, rule="R2"),
    Column(owner=Club, key="start_of_day_min", kind=Kind.TIME, rule="R2", least=0, most=_LAST_MINUTE),
    Column(owner=Club, key="points_decimals", kind=Kind.WHOLE, rule="R1", least=0, most=2),
    Column(owner=Club, key="all_members_active", kind=Kind.FLAG, rule="R9"),
    Column(owner=Club, key="multiplier_for_loyalty", kind=Kind.FLAG, rule="R27"),
    Column(owner=Club, key="allow_points_pay_per_product", kind=Kind.FLAG, rule="R70"),
    Column(
        owner=Club, key="max_points_per_sale_h", kind=Kind.DECIMAL, rule="R44", least=1, most=_POINTS_H, blank=_ALLOWED
    ),
    Column(owner=Club, key="pin_above_h", kind=Kind.DECIMAL, rule="R67", least=0, most=_POINTS_H, blank=_ALLOWED),
    Column(owner=Club, key="uid_points_max_h", kind=Kind.DECIMAL, rule="R87", least=0, most=_POINTS_H, blank=_ALLOWED),
    Column(owner=Club, key="points_pay_gaming", kind=Kind.FLAG, rule="R44"),
    Column(owner=Club, key="expiry_warning_days", kind=Kind.WHOLE, rule="R36", least=0, most=_YEAR),
    Column(owner=Club, key="refund_grace_days", kind=Kind.WHOLE, rule="R41", least=0, most=_YEAR),
    Column(owner=Club, key="receipt_points", kind=Kind.CHOICE, rule="R78", choices=ReceiptPoints),
    Column(owner=Club, key="record_entry_by", kind=Kind.CHOICE, rule="R49", choices=EntryScope),
    Column(owner=Club, key="visit_points_need_financial", kind=Kind.FLAG, rule="R48"),
    Column(owner=Club, key="admission_delay_days", kind=Kind.WHOLE, rule="R18", least=0, most=_YEAR),
    Column(owner=Club, key="join_points_on", kind=Kind.CHOICE, rule="R23", choices=JoinPointsOn),
    Column(owner=Club, key="transfer_factor_h", kind=Kind.DECIMAL, rule="R38", least=0, most=100),
    Column(owner=Club, key="tier_kind", kind=Kind.CHOICE, rule="R64", choices=TierKind),
    Column(owner=Club, key="point_value_h", kind=Kind.DECIMAL, rule="R32", least=0, most=99_999),
    Column(owner=Club, key="goodwill_for_expired", kind=Kind.FLAG, rule="R90"),
    Column(owner=Club, key="renewal_notice_days", kind=Kind.WHOLE, rule="R107", least=0, most=_YEAR),
    Column(owner=Club, key="lapse_days", kind=Kind.WHOLE, rule="R107", least=0, most=_DAYS),
    Column(owner=Club, key="gift_card_months", kind=Kind.WHOLE, rule="R102", least=1, most=1_200),
    Column(owner=Club, key="guest_limit", kind=Kind.WHOLE, rule="R53", least=0, most=999, blank=_ALLOWED),
    Column(owner=Club, key="financial_year_start_month", kind=Kind.WHOLE, rule="R62", least=1, most=12),
)  # fmt: skip
"""A club's settings but its tier review, in the order of the form."""

VENUE: Final = (
    Column(owner=Venue, key="name", kind=Kind.TEXT, rule="R15", least=1, most=40),
    Column(owner=Venue, key="zone", kind=Kind.ZONE, rule="R2"),
    Column(owner=Venue, key="start_of_trading_day_min", kind=Kind.TIME, rule="R2", least=0, most=_LAST_MINUTE),
    Column(owner=Venue, key="entry_reset_min", kind=Kind.TIME, rule="R2", least=0, most=_LAST_MINUTE),
    Column(owner=Venue, key="exclude_banned", kind=Kind.FLAG, rule="R11"),
    Column(owner=Venue, key="unfinancial_policy", kind=Kind.CHOICE, rule="R17", choices=UnfinancialPolicy),
    Column(owner=Venue, key="offline_mode", kind=Kind.CHOICE, rule="R90", choices=OfflineMode),
    Column(owner=Venue, key="lease_cap_h", kind=Kind.DECIMAL, rule="R90", least=0, most=_POINTS_H),
    Column(owner=Venue, key="member_cache", kind=Kind.CHOICE, rule="R90", choices=MemberCache),
    Column(owner=Venue, key="offline_charge_cap", kind=Kind.MONEY, rule="R90", least=0, most=999_999),
    Column(owner=Venue, key="points_tax", kind=Kind.CHOICE, rule="R97", choices=PointsTax),
    Column(owner=Venue, key="currency", kind=Kind.TEXT, rule="R1", least=3, most=3, allowed="A-Z"),
    Column(owner=Venue, key="money_decimals", kind=Kind.WHOLE, rule="R1", least=0, most=3),
    Column(owner=Venue, key="cash_step_minor", kind=Kind.WHOLE, rule="R79", least=0, most=1_000),
    Column(owner=Venue, key="financial_check", kind=Kind.FLAG, rule="R46"),
    Column(owner=Venue, key="entry_check", kind=Kind.FLAG, rule="R48"),
    Column(owner=Venue, key="visit_check", kind=Kind.FLAG, rule="R45"),
    Column(owner=Venue, key="lifestyle_groups", kind=Kind.NAMES, rule="R45"),
    Column(owner=Venue, key="birthday_check", kind=Kind.FLAG, rule="R50"),
    Column(owner=Venue, key="birthday_window", kind=Kind.CHOICE, rule="R50", choices=BirthdayWindow),
    Column(owner=Venue, key="birthday_before_days", kind=Kind.WHOLE, rule="R50", least=0, most=182),
    Column(owner=Venue, key="birthday_after_days", kind=Kind.WHOLE, rule="R50", least=0, most=182),
    Column(owner=Venue, key="first_weekday", kind=Kind.WHOLE, rule="R50", least=0, most=6),
    Column(owner=Venue, key="house_limit", kind=Kind.WHOLE, rule="R45", least=1, most=99_999, blank=_ALLOWED),
    Column(owner=Venue, key="house_limit_warns", kind=Kind.FLAG, rule="R45"),
    Column(owner=Venue, key="welcome_clears_s", kind=Kind.WHOLE, rule="R45", least=1, most=60),
    Column(owner=Venue, key="leap_age", kind=Kind.CHOICE, rule="R19", choices=LeapAge),
    Column(owner=Venue, key="guest_profile", kind=Kind.CHOICE, rule="R53", choices=GuestProfile),
    Column(
        owner=Venue, key="guest_distance_m", kind=Kind.WHOLE, rule="R53", least=0, most=1_000_000, blank=_ALLOWED
    ),
    Column(owner=Venue, key="guest_retention_years", kind=Kind.WHOLE, rule="R53", least=1, most=99),
)  # fmt: skip
"""A venue's settings, in the order of the form."""

LOCATION: Final = (
    Column(owner=Location, key="name", kind=Kind.TEXT, rule="R80", least=1, most=40),
    Column(owner=Location, key="point_factor_h", kind=Kind.DECIMAL, rule="R26", least=0, most=9_999),
    Column(owner=Location, key="default_level", kind=Kind.WHOLE, rule="R80", least=1, most=50),
    Column(owner=Location, key="enabled_levels", kind=Kind.NUMBERS, rule="R80", least=1, most=50),
)  # fmt: skip
"""A location's settings, in the order of the form."""

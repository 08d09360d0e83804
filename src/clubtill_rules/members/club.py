"""Club: a pool of members with its own rules and its own points (glossary). Settings only; no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from clubtill_rules.values.days import DayClock


class ReceiptPoints(Enum):
    """What a receipt says of points (R78)."""

    NONE = "none"
    ISSUED = "issued"
    SUMMARY = "summary"


class EntryScope(Enum):
    """Record Entry Validation By: the scope in which visit points are given once a day (R49)."""

    CLUB = "club"
    LOCATION_GROUP = "location_group"
    LOCATION = "location"
    TERMINAL = "terminal"


class JoinPointsOn(Enum):
    """When a receipted fee gives Join Points (R23)."""

    JOIN_AND_RENEW = "join_and_renew"
    JOIN_ONLY = "join_only"


class TierKind(Enum):
    """What moves members between classifications: dollar bands (R56) or point steps (R64), never both (D13)."""

    DOLLARS = "dollars"
    POINTS = "points"


class TimePeriod(Enum):
    """The wizard's Time Period (R62). LAST_DAYS and CUSTOM need figures of their own."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    THIS_CALENDAR_YEAR = "this_calendar_year"
    LAST_CALENDAR_YEAR = "last_calendar_year"
    THIS_FINANCIAL_YEAR = "this_financial_year"
    LAST_FINANCIAL_YEAR = "last_financial_year"
    LAST_DAYS = "last_days"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True, kw_only=True)
class TierReview:
    """The club's tier review, of which the member panel tells what is left to spend, and the point tiers' check period.

    Attributes:
        period: whose spend counts (R62); CUSTOM is no review. `last_days` is its n for LAST_DAYS.
        next_day: the day of the next review.
        check_months: months between two checks of an account in a club with point tiers (R64); 0 is at every run.
    """

    period: TimePeriod
    next_day: date
    last_days: int = 0
    check_months: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Club:
    """A club's settings.

    Attributes:
        zone: IANA zone of the club's own days: earn and expiry dates (D37).
        start_of_day_min: minutes after midnight at which the club's day starts.
        points_decimals: 0 or 2, the rounding grain (R1).
        multiplier_for_loyalty: off means every Points Multiplier but 0 counts as 1.00 (R27).
        max_points_per_sale_h: cap on redemption in hundredths of a point; None is no cap (R44).
        points_pay_gaming: gaming lines may be paid with points; by default they may not (R44).
        pin_above_h: points of one sale above which the member's PIN is asked for; None asks never (R67).
        uid_points_max_h: points of one sale above which a card's bare UID is not enough to know the member (R87); None
            is no limit.
        transfer_factor_h: what of a transferred point arrives, in hundredths; 0 and 100 lose nothing (R38).
        tier_review: None leaves the line "to keep Gold" away (R62).
        point_value_h: what one point is worth in journals, in hundredths of a minor unit: 100 is one cent (R32).
        goodwill_for_expired: points redeemed offline that had just expired are given instead of owed (C6, R90).
        renewal_notice_days: days before a Renewal Date from which on its member is reminded of it (R107).
        lapse_days: days un-financial after which the lapse run moves a member to Lapsed (R107).
        gift_card_months: how long a gift card lives (R102).
        guest_limit: guests whom one member may sign in on an entry day; None is no limit (R53).
        financial_year_start_month: 1 to 12; 7 is an Australian year (R62).
    """

    id: str
    name: str
    zone: str
    start_of_day_min: int = 360
    points_decimals: int = 0
    all_members_active: bool = False
    multiplier_for_loyalty: bool = True
    allow_points_pay_per_product: bool = False
    max_points_per_sale_h: int | None = None
    points_pay_gaming: bool = False
    pin_above_h: int | None = None
    uid_points_max_h: int | None = 500_000
    expiry_warning_days: int = 30
    refund_grace_days: int = 30
    receipt_points: ReceiptPoints = ReceiptPoints.SUMMARY
    record_entry_by: EntryScope = EntryScope.LOCATION_GROUP
    visit_points_need_financial: bool = False
    admission_delay_days: int = 0
    join_points_on: JoinPointsOn = JoinPointsOn.JOIN_AND_RENEW
    transfer_factor_h: int = 100
    tier_kind: TierKind = TierKind.DOLLARS
    tier_review: TierReview | None = None
    point_value_h: int = 100
    goodwill_for_expired: bool = False
    renewal_notice_days: int = 30
    lapse_days: int = 90
    gift_card_months: int = 36
    guest_limit: int | None = None
    financial_year_start_month: int = 7

    @property
    def clock(self) -> DayClock:
        """The club's own days (D37)."""
        return DayClock(
            zone=self.zone, start_of_trading_day_min=self.start_of_day_min, entry_reset_min=self.start_of_day_min
        )

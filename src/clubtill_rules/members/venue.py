"""Venue: the location group with its days, house rules and offline mode, and the locations in it (R2, R11, R15)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from clubtill_rules.members.ages import LeapAge
from clubtill_rules.values.days import DayClock
from clubtill_rules.values.money import NIL, Money


class UnfinancialPolicy(Enum):
    """What an un-financial member may do at the till (R17)."""

    FEES_ONLY = "fees_only"
    BLOCK = "block"
    ALLOW = "allow"


class OfflineMode(Enum):
    """How points are redeemed while the ledger is out of reach (D2, R90)."""

    LEASE = "lease"
    BUDGET = "budget"
    REFUSE = "refuse"


class PointsTax(Enum):
    """Whether points paid lower the tax base (D9, R97)."""

    PAYMENT = "payment"
    DISCOUNT = "discount"


class BirthdayWindow(Enum):
    """Validity: the window around a birthday in which a swipe earns birthday points (R50)."""

    DAY_OF = "day_of"
    WEEK_OF = "week_of"
    MONTH_OF = "month_of"
    DAYS_AROUND = "days_around"


class MemberCache(Enum):
    """Whom the terminals of a venue keep: AUTO is everyone up to 100,000 members, beyond it the working set (D27)."""

    AUTO = "auto"
    EVERYONE = "everyone"
    WORKING_SET = "working_set"


class GuestProfile(Enum):
    """Whose law decides what a guest sign-in records and tests (R53)."""

    NSW = "nsw"
    QLD = "qld"
    VIC = "vic"
    UK_CIU = "uk_ciu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A location group.

    Attributes:
        currency: ISO code; the same for a whole group of venues (D15). `money_decimals` is its e (R1).
        cash_step_minor: smallest coin for cash rounding, 0 for none (R79).
        birthday_before_days, birthday_after_days: used by DAYS_AROUND only.
        first_weekday: 0 is Monday; used by WEEK_OF.
        lease_cap_h: hundredths of a point that an attach grants ahead of a sale at most (4.4 of the ledger design).
        member_cache: whom the venue's terminals keep; look-ups beyond it are online (D27).
        leap_age: when somebody born on 29 February is a year older by law (R19).
        offline_charge_cap: what may be charged to an account while the ledger is out of reach; nil is nothing (R90).
        guest_distance_m: metres from which a visitor lives far enough away; None is what the profile says (R53).
        house_limit_warns: with the house full staff are warned, nobody is stopped (R45, 2.12 row 19).
        visit_check: a second swipe of an entry day is not a plain welcome (R45, step 7).
        lifestyle_groups: interest groups that open this venue's doors; empty is no check (R45, step 7).
        birthday_check: birthdays are looked at, for points, voucher and strip (R45, R50).
        birthday_voucher: id of the kind that Reception prints in the birthday window (R51); blank is none.
        guest_retention_years: how long guest sign-ins are kept (R53).
    """

    id: str
    name: str
    zone: str
    start_of_trading_day_min: int = 360
    entry_reset_min: int = 360
    exclude_banned: bool = True
    unfinancial_policy: UnfinancialPolicy = UnfinancialPolicy.FEES_ONLY
    offline_mode: OfflineMode = OfflineMode.LEASE
    lease_cap_h: int = 500_000
    member_cache: MemberCache = MemberCache.AUTO
    points_tax: PointsTax = PointsTax.PAYMENT
    currency: str = "AUD"
    money_decimals: int = 2
    cash_step_minor: int = 5
    financial_check: bool = True
    entry_check: bool = True
    birthday_window: BirthdayWindow = BirthdayWindow.DAY_OF
    birthday_before_days: int = 0
    birthday_after_days: int = 0
    first_weekday: int = 0
    house_limit: int | None = None
    welcome_clears_s: int = 4
    receipt_name: str = ""
    receipt_lines: tuple[str, ...] = ()
    receipt_footer: str = ""
    leap_age: LeapAge = LeapAge.MARCH_1
    offline_charge_cap: Money = NIL
    guest_profile: GuestProfile = GuestProfile.NSW
    guest_distance_m: int | None = None
    guest_retention_years: int = 7
    house_limit_warns: bool = False
    visit_check: bool = False
    lifestyle_groups: tuple[str, ...] = ()
    birthday_check: bool = True
    birthday_voucher: str = ""

    @property
    def clock(self) -> DayClock:
        """The venue's trading and entry days (R2)."""
        return DayClock(
            zone=self.zone,
            start_of_trading_day_min=self.start_of_trading_day_min,
            entry_reset_min=self.entry_reset_min,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A selling area or a door of a venue.

    Attributes:
        point_factor_h: location factor of R26 in hundredths; 0 turns earning off here.
        default_level: number of the price level sold at without a member (R80).
        enabled_levels: price levels that may be chosen here.
    """

    id: str
    venue_id: str
    name: str
    point_factor_h: int = 100
    default_level: int = 1
    enabled_levels: tuple[int, ...] = (1,)

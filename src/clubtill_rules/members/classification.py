"""Classification: one membership type, 1 to 999, with its settings (section 3.1 of the rules). Settings only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from clubtill_rules.values.money import NIL, Money

BANNED: Final = 99
"""R6: the classification number that is reserved for banned members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRatio:
    """A Location Redemption Ratio: it overrides the classification's own ratio at one location (R65)."""

    location_id: str
    ratio: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPriceLevel:
    """A Member Price Level row: which level members of the classification pay at a location (R80).

    Without `weekdays` it holds always; with them in the window of R46 arithmetic.
    """

    location_id: str
    level: int
    weekdays: tuple[int, ...] | None = None
    start_min: int = 0
    end_min: int = 1439


class AllowanceReset(Enum):
    """When an allowance starts again (R96)."""

    MANUAL = "manual"
    END_OF_DAY = "end_of_day"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A fixed credit limit of every charge account of the classification; a reset sets it, it adds nothing (R96).

    Attributes:
        limit: minor units.
        interval_days: trading days from one reset to the next; for INTERVAL only.
    """

    limit: Money
    reset: AllowanceReset = AllowanceReset.END_OF_DAY
    interval_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefits:
    """What belongs to a level besides prices, points and allowance (R99).

    Attributes:
        level_voucher_id: set-up of the voucher given on reaching the level; None for none.
        discount_ids: discounts of R98 that only members of the level get.
    """

    level_voucher_id: str | None = None
    discount_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """A row of the Member Classifications grid.

    Points are whole points here; `_h` fields are hundredths (1.25 is 125); percentages are basis points (10 % is 1000).
    `venues` None means every location group (R15). Empty family lists mean what section 3.1 says of them.

    Attributes:
        fixed_rate_h: points per unit of currency that replace every other rate (R31); None for none.
        votes: has the right to vote on the roll (R106).
        update_sequence: the step in a club with point tiers, lowest first; 0 is no step (R64).
        min_points: points from which an account reaches the step (R64).
        check_months: months between two checks of an account on the step (R64); None is what the club says.
    """

    number: int
    club_id: str
    description: str = ""
    sub_club: str = ""
    paid_to: date | None = None
    days_paid: int | None = None
    fee: Money = NIL
    days_before_reset: int = 0
    join_points: int = 0
    points_multiplier_h: int = 100
    points_expiry_months: int = 0
    visitation_points: int = 0
    birthday_points: int = 0
    redemption_ratio: int = 100
    web_redemption_ratio: int = 100
    location_ratios: tuple[LocationRatio, ...] = ()
    venues: tuple[str, ...] | None = None
    days_to_run: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    start_min: int = 0
    end_min: int = 1439
    account_charge_families: tuple[str, ...] = ()
    points_pay_exclusions: tuple[str, ...] = ()
    points_pay_discount_exclusions: tuple[str, ...] = ()
    points_pay_discount_bp: int = 0
    points_pay_discount_media: str | None = None
    discount_expense_media: str | None = None
    member_prices: tuple[MemberPriceLevel, ...] = ()
    tier_min: Money = NIL
    tier_max: Money = NIL
    min_to_maintain: Money = NIL
    tier_min_period_days: int = 0
    fixed_rate_h: int | None = None
    benefits: Benefits = Benefits()
    allowance: Allowance | None = None
    votes: bool = False
    update_sequence: int = 0
    min_points: int = 0
    check_months: int | None = None

    @property
    def is_tier(self) -> bool:
        """Whether it is a band of dollars: never 99, nor where Min and Max are both nil (R56, R58)."""
        return self.number != BANNED and bool(self.tier_min or self.tier_max)

    @property
    def is_step(self) -> bool:
        """Whether it is a step of points; never 99 (R64)."""
        return self.number != BANNED and self.update_sequence > 0

    def names_venue(self, venue_id: str) -> bool:
        """Tell whether a venue is chosen by name: statements print bank details and comments only then (R16)."""
        return self.venues is not None and venue_id in self.venues

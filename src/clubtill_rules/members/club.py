"""Club: a pool of members with its own rules and its own points (glossary). Settings only; no behaviour."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Club:
    """A club's settings.

    Attributes:
        zone: IANA zone of the club's own days: earn and expiry dates (D37).
        start_of_day_min: minutes after midnight at which the club's day starts.
        points_decimals: 0 or 2, the rounding grain (R1).
        multiplier_for_loyalty: off means every Points Multiplier but 0 counts as 1.00 (R27).
        max_points_per_sale_h: cap on redemption in hundredths of a point; None is no cap (R44).
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
    expiry_warning_days: int = 30
    refund_grace_days: int = 30
    receipt_points: ReceiptPoints = ReceiptPoints.SUMMARY
    record_entry_by: EntryScope = EntryScope.LOCATION_GROUP
    visit_points_need_financial: bool = False
    admission_delay_days: int = 0

    @property
    def clock(self) -> DayClock:
        """The club's own days (D37)."""
        return DayClock(
            zone=self.zone, start_of_trading_day_min=self.start_of_day_min, entry_reset_min=self.start_of_day_min
        )

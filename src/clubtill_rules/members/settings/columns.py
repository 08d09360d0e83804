"""Columns: the Member Classifications grid as data, and the form of a cell (section 3.1 of the rules).

The office draws its grid from `COLUMNS`, the checks read their bounds here, and defaults are those of the settings
themselves: nothing about a column stands twice.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from enum import Enum
from typing import Final

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import TierKind


class Kind(Enum):
    """What a cell holds. Percentages are basis points, decimals hundredths, times minutes after midnight."""

    WHOLE = "whole"
    TEXT = "text"
    MONEY = "money"
    PERCENT = "percent"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    FLAG = "flag"
    CHOICE = "choice"
    ZONE = "zone"
    COUNT = "count"
    WEEKDAYS = "weekdays"
    NUMBERS = "numbers"
    NAMES = "names"
    MEDIUM = "medium"


class Blank(Enum):
    """What leaving a cell blank means: refused, a value of its own, or the column's default, of texts "" (R27)."""

    NEVER = "never"
    ALLOWED = "allowed"
    DEFAULT = "default"


class SubScreen(Enum):
    """The screen that a column opens (3.3)."""

    LOCATION_GROUPS = "location_groups"
    ACTIVE_DAYS = "active_days"
    ALLOWED_FAMILIES = "allowed_families"
    EXCLUDED_FAMILIES = "excluded_families"
    SEARCH_MEDIA = "search_media"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a grid or a field of a form.

    Attributes:
        key: name of the setting; of a COUNT, of the figure counted (R10).
        kind: what the cell holds.
        rule: which rule of the domain gives it its meaning.
        least, most: bounds, both allowed: of the figure itself, of TEXT in characters, of NUMBERS for each of them; of
            MONEY in whole units of currency, `most` to its last minor unit. One alone counts for nothing.
        number: its place in the grid, 1 to 31; 0 for a setting outside the grid.
        owner: the settings class that it belongs to.
        allowed: of TEXT, the characters it may have, as ranges such as `A-Z 0-9`; blank is any.
        choices: of CHOICE, the values.
        opens: the screen that the cell opens.
        locked_by: the setting that greys this one once it is filled in (R7).
        needs: the setting without which this one is greyed (R22).
        tiers: greyed in a club with the other kind of tiers (D13).
        nil_when_banned: in row 99 it is forced to nothing (section 3.1).
    """

    key: str
    kind: Kind
    rule: str = "3.1"
    least: int | None = None
    most: int | None = None
    number: int = 0
    owner: type = Classification
    blank: Blank = Blank.NEVER
    allowed: str = ""
    choices: type[Enum] | None = None
    opens: SubScreen | None = None
    locked_by: str = ""
    needs: str = ""
    tiers: TierKind | None = None
    nil_when_banned: bool = False

    @property
    def read_only(self) -> bool:
        """Nobody types a count (R10)."""
        return self.kind is Kind.COUNT

    @property
    def default(self) -> object:
        """What a new row has here; None where it has nothing or is given something, such as its number."""
        of = {f.name: f.default for f in fields(self.owner)}
        return None if of.get(self.key, MISSING) is MISSING else of[self.key]

    def bounds(self, money_decimals: int) -> tuple[int, int] | None:
        """Give the bounds in the unit that is stored, of MONEY in minor units; None where there are none."""
        if self.least is None or self.most is None:
            return None
        if self.kind is not Kind.MONEY:
            return self.least, self.most
        unit = 10**money_decimals
        return self.least * unit, (self.most + 1) * unit - 1


_DAYS: Final = 3_660
_UNITS: Final = 999_999
_RATIO: Final = 100_000
_VISIT: Final = 99_999
_POINTS: Final = 9_999_999
_LAST_MINUTE: Final = 1_439
_HUNDREDTHS: Final = 9_999


def _whole(number: int, key: str, rule: str, most: int, *, nil: bool = False, tiers: TierKind | None = None) -> Column:
    """A whole figure from 0; blank is its default."""
    return Column(
        number=number, key=key, kind=Kind.WHOLE, rule=rule, least=0, most=most, blank=Blank.DEFAULT,
        nil_when_banned=nil, tiers=tiers,
    )  # fmt: skip


def _money(number: int, key: str, rule: str, *, tiers: TierKind | None = None) -> Column:
    """An amount from nil to 999,999.99; blank is its default, row 99 has none."""
    return Column(
        number=number, key=key, kind=Kind.MONEY, rule=rule, least=0, most=_UNITS, blank=Blank.DEFAULT,
        nil_when_banned=True, tiers=tiers,
    )  # fmt: skip


def _time(number: int, key: str) -> Column:
    return Column(
        number=number, key=key, kind=Kind.TIME, rule="R46", least=0, most=_LAST_MINUTE, blank=Blank.DEFAULT
    )  # fmt: skip


def _families(number: int, key: str, rule: str, opens: SubScreen) -> Column:
    return Column(number=number, key=key, kind=Kind.NAMES, rule=rule, opens=opens)


def _medium(number: int, key: str, rule: str) -> Column:
    return Column(
        number=number, key=key, kind=Kind.MEDIUM, rule=rule, blank=Blank.ALLOWED, opens=SubScreen.SEARCH_MEDIA
    )  # fmt: skip


COLUMNS: Final = (
    Column(number=1, key="number", kind=Kind.WHOLE, rule="R6", least=1, most=999),
    Column(number=2, key="description", kind=Kind.TEXT, least=1, most=40, blank=Blank.DEFAULT),
    Column(number=3, key="paid_to", kind=Kind.DATE, rule="R21", blank=Blank.ALLOWED, locked_by="days_paid"),
    Column(
        number=4, key="days_paid", kind=Kind.WHOLE, rule="R22", least=1, most=_DAYS, blank=Blank.ALLOWED,
        locked_by="paid_to",
    ),
    _money(5, "fee", "R20"),
    _whole(6, "join_points", "R23", _POINTS, nil=True),
    Column(
        number=7, key="points_multiplier_h", kind=Kind.DECIMAL, rule="R27", least=0, most=_HUNDREDTHS,
        blank=Blank.DEFAULT, nil_when_banned=True,
    ),
    Column(number=8, key="financial", kind=Kind.COUNT, rule="R10"),
    Column(number=9, key="unfinancial", kind=Kind.COUNT, rule="R10"),
    Column(number=10, key="total", kind=Kind.COUNT, rule="R10"),
    _whole(11, "points_expiry_months", "R34", 120),
    _whole(12, "redemption_ratio", "R66", _RATIO, nil=True),
    _whole(13, "web_redemption_ratio", "R65", _RATIO, nil=True),
    Column(
        number=14, key="venues", kind=Kind.NAMES, rule="R15", blank=Blank.ALLOWED, opens=SubScreen.LOCATION_GROUPS
    ),
    Column(number=15, key="days_to_run", kind=Kind.WEEKDAYS, rule="R46", opens=SubScreen.ACTIVE_DAYS),
    _families(16, "account_charge_families", "R74", SubScreen.ALLOWED_FAMILIES),
    _families(17, "points_pay_exclusions", "R68", SubScreen.EXCLUDED_FAMILIES),
    _families(18, "points_pay_discount_exclusions", "R69", SubScreen.EXCLUDED_FAMILIES),
    Column(
        number=19, key="points_pay_discount_bp", kind=Kind.PERCENT, rule="R69", least=0, most=10_000,
        blank=Blank.DEFAULT,
    ),
    _medium(20, "points_pay_discount_media", "R69"),
    _time(21, "start_min"),
    _time(22, "end_min"),
    Column(
        number=23, key="days_before_reset", kind=Kind.WHOLE, rule="R22", least=0, most=_DAYS, blank=Blank.DEFAULT,
        needs="days_paid",
    ),
    _money(24, "tier_min", "R56", tiers=TierKind.DOLLARS),
    _money(25, "tier_max", "R56", tiers=TierKind.DOLLARS),
    _money(26, "min_to_maintain", "R58", tiers=TierKind.DOLLARS),
    _whole(27, "tier_min_period_days", "R59", _DAYS, nil=True, tiers=TierKind.DOLLARS),
    Column(
        number=28, key="sub_club", kind=Kind.TEXT, rule="R101", least=1, most=3, blank=Blank.DEFAULT,
        allowed="A-Z 0-9",
    ),
    _whole(29, "visitation_points", "R48", _VISIT, nil=True),
    _whole(30, "birthday_points", "R50", _VISIT, nil=True),
    _medium(31, "discount_expense_media", "R81"),
)  # fmt: skip
"""The 31 columns of section 3.1, in its order."""

FURTHER: Final = (
    Column(key="fixed_rate_h", kind=Kind.DECIMAL, rule="R31", least=0, most=_HUNDREDTHS, blank=Blank.ALLOWED),
    Column(key="votes", kind=Kind.FLAG, rule="R106"),
    _whole(0, "update_sequence", "R64", 999, nil=True, tiers=TierKind.POINTS),
    _whole(0, "min_points", "R64", _POINTS, nil=True, tiers=TierKind.POINTS),
    Column(
        key="check_months", kind=Kind.WHOLE, rule="R64", least=0, most=120, blank=Blank.ALLOWED, tiers=TierKind.POINTS
    ),
)  # fmt: skip
"""Single settings of a classification beside the grid: fixed rate (R31), votes (R106), steps (R64)."""

ALL: Final = (*COLUMNS, *FURTHER)
KEYS: Final = (*(column.key for column in ALL), "location_ratios", "member_prices", "allowance")
"""Every place of a classification that a finding may name, in the order of the screen."""
_BY_KEY: Final = {column.key: column for column in ALL}


def column(key: str) -> Column:
    """Give the column of a setting; KeyError where there is none."""
    return _BY_KEY[key]

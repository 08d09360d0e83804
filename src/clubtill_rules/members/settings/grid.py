"""Grid: new rows, the guest preset, row 99, and what the grid greys and hides (R6, R14, sections 3.1 and 3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from clubtill_rules.members.classification import BANNED, Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.settings.columns import ALL, Blank, Kind
from clubtill_rules.members.standing import Count
from clubtill_rules.values.money import NIL
from clubtill_rules.values.refusal import Refusal

LAST_NUMBER: Final = 999
"""R6: classification numbers run from 1 to this."""
BANNED_WORD: Final = "BANNED"
"""R6: what the description of row 99 contains."""
GUEST_PAID_TO: Final = date(2050, 12, 31)
"""R14: the far-future Paid to Date of guests."""
NO_COUNT: Final = Count(financial=0, unfinancial=0)
_FORCED: Final[Mapping[str, Any]] = {
    **{c.key: NIL if c.kind is Kind.MONEY else 0 for c in ALL if c.nil_when_banned},
    "location_ratios": (),
}


def next_free(rows: Iterable[Classification]) -> int:
    """Give the lowest number that is free; never 99 (R6). Refuses `classification.no_number` where none is."""
    taken = {row.number for row in rows} | {BANNED}
    for number in range(1, LAST_NUMBER + 1):
        if number not in taken:
            return number
    raise Refusal("classification.no_number", n=LAST_NUMBER)


def new_row(number: int, club_id: str) -> Classification:
    """Give a new row: a number, a club, and every other setting at its default (3.1)."""
    return Classification(number=number, club_id=club_id)


def guest(number: int, club_id: str, description: str) -> Classification:
    """Give the preset for guests and non-members: earns nothing, redeems nothing, paid far ahead (R14)."""
    return replace(
        new_row(number, club_id),
        description=description,
        paid_to=GUEST_PAID_TO,
        points_multiplier_h=0,
        redemption_ratio=0,
        web_redemption_ratio=0,
    )


def is_blank(row: Classification) -> bool:
    """Tell whether nothing but the number was filled in: such a row is neither checked nor saved (3.1)."""
    return row == new_row(row.number, row.club_id) and row.number != BANNED


def forced(row: Classification) -> Classification:
    """Give a row as it is saved: row 99 has no fee, no points, no ratios and no tier, whatever was typed (3.1)."""
    return replace(row, **_FORCED) if row.number == BANNED else row


def unforced(row: Classification) -> tuple[str, ...]:
    """Give the settings of row 99 that are not as they must be, in the order of the columns; of others none (3.1)."""
    if row.number != BANNED:
        return ()
    return tuple(key for key, value in _FORCED.items() if getattr(row, key) != value)


def tidied(row: Classification) -> Classification:
    """Give a row with what was left blank at its column's default, such as a Points Multiplier of 1.00 (R27)."""
    blank: dict[str, Any] = {c.key: c.default for c in ALL if c.blank is Blank.DEFAULT and getattr(row, c.key) is None}
    return replace(row, **blank)


def greyed(row: Classification, club: Club) -> frozenset[str]:
    """Give the settings of a row that cannot be typed in now (R7, R10, R22, D13, section 3.1).

    Counts always; the other of Paid to Date and Days Paid; Days Before Reset without Days Paid; tiers of the kind that
    the club does not use; in row 99 its number and what is forced.
    """
    keys = {c.key for c in ALL if c.read_only}
    keys |= {c.key for c in ALL if c.locked_by and getattr(row, c.locked_by) is not None}
    keys |= {c.key for c in ALL if c.needs and getattr(row, c.needs) is None}
    keys |= {c.key for c in ALL if c.tiers not in (None, club.tier_kind)}
    if row.number == BANNED:
        keys |= {"number", *_FORCED}
    return frozenset(keys)


def in_use(row: Classification, count: Count = NO_COUNT) -> bool:
    """Tell whether a row is used: it can be paid, has members, or is row 99 (3.2)."""
    return row.paid_to is not None or row.days_paid is not None or count.total > 0 or row.number == BANNED


def hidden(row: Classification, count: Count = NO_COUNT) -> bool:
    """Tell whether Hide Not Used hides a row (3.2)."""
    return not in_use(row, count)

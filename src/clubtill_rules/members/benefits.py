"""Benefits: what belongs to a level, listed from its settings, and the voucher on reaching it (R99).

The member panel and the published scheme show this one list; there is no second text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from clubtill_rules.members.classification import BANNED, Classification, MemberPriceLevel
from clubtill_rules.members.club import Club, TierKind
from clubtill_rules.values.points import whole
from clubtill_rules.values.why import Because, Rounding, because, working

DAYS_BETWEEN: Final = 365
"""R99: a voucher on reaching a level is given once a person and level in so many days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelBenefits:
    """A level with its benefits, each as a reason that the wording says; none for a level that has none."""

    classification: Classification
    benefits: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelVoucher:
    """A voucher that was given on reaching a level."""

    key: str
    person_id: str
    number: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherDecision:
    """Whether reaching a level gives a voucher.

    Attributes:
        voucher_id: its set-up; blank for none.
        given: what to keep, with the natural key; None for none.
    """

    voucher_id: str
    given: LevelVoucher | None
    because: tuple[Because, ...]


def benefits_of(classification: Classification) -> tuple[Because, ...]:
    """List what belongs to a level: prices, discounts, voucher, allowance, visit and birthday points (R99)."""
    found = [_price_level(row) for row in classification.member_prices]
    found += [because("benefit.discount", "R99", discount_id=one) for one in classification.benefits.discount_ids]
    if classification.benefits.level_voucher_id is not None:
        found.append(because("benefit.voucher", "R99", voucher_id=classification.benefits.level_voucher_id))
    if classification.allowance is not None:
        found.append(because("benefit.allowance", "R96", limit=classification.allowance.limit))
    if classification.visitation_points:
        found.append(because("benefit.visit", "R48", points=whole(classification.visitation_points)))
    if classification.birthday_points:
        found.append(because("benefit.birthday", "R50", points=whole(classification.birthday_points)))
    return tuple(found)


def published_scheme(classifications: Iterable[Classification], club: Club) -> tuple[LevelBenefits, ...]:
    """Give the scheme's rules as they are printed: every level of a club but 99, by number (R99, rules 2.11)."""
    levels = sorted((one for one in classifications if one.club_id == club.id), key=lambda one: one.number)
    return tuple(
        LevelBenefits(classification=level, benefits=benefits_of(level)) for level in levels if level.number != BANNED
    )


def level_key(club_id: str, person_id: str, number: int, tier_change_date: date) -> str:
    """Name the one voucher of a person for reaching a level on a day (R99)."""
    return f"level:{club_id}:{person_id}:{number}:{tier_change_date.isoformat()}"


def level_voucher(
    person_id: str,
    *,
    before: Classification | None,
    after: Classification,
    club: Club,
    tier_change_date: date,
    given: Iterable[LevelVoucher],
) -> VoucherDecision:
    """Decide the voucher on reaching a level (R99).

    Args:
        person_id: who reached it.
        before: the level before; None for somebody who joins at this one.
        after: the level reached.
        club: by dollars or by points, which tells up from down (D13).
        tier_change_date: the trading day of the change.
        given: vouchers that were given before, to anybody.
    """
    voucher_id = after.benefits.level_voucher_id
    if voucher_id is None:
        return _none(because("why.level.none", "R99", classification=after.description))
    if before is not None and _rank(after, club) < _rank(before, club):
        return _none(because("why.level.down", "R99", classification=after.description))
    days = [one.day for one in given if (one.person_id, one.number) == (person_id, after.number)]
    last = max((day for day in days if day <= tier_change_date), default=None)
    if last is not None and (tier_change_date - last).days < DAYS_BETWEEN:
        gap = (tier_change_date - last).days
        figure = working(gap, Rounding.EXACT, tier_change_date, ("-", last))
        return _none(because("why.level.again", "R99", working=figure, n=gap, day=last))
    key = level_key(club.id, person_id, after.number, tier_change_date)
    kept = LevelVoucher(key=key, person_id=person_id, number=after.number, day=tier_change_date)
    why = because("why.level.given", "R99", classification=after.description, day=tier_change_date)
    return VoucherDecision(voucher_id=voucher_id, given=kept, because=(why,))


def _none(why: Because) -> VoucherDecision:
    return VoucherDecision(voucher_id="", given=None, because=(why,))


def _rank(level: Classification, club: Club) -> int:
    return level.update_sequence if club.tier_kind is TierKind.POINTS else level.tier_min.minor


def _price_level(row: MemberPriceLevel) -> Because:
    if row.weekdays is None:
        return because("benefit.price_level", "R80", location_id=row.location_id, level=row.level)
    return because(
        "benefit.price_level_at",
        "R80",
        location_id=row.location_id,
        level=row.level,
        price_weekdays=row.weekdays,
        start_min=row.start_min,
        end_min=row.end_min,
    )

"""Rows: whether the settings of one classification agree with each other and with the house (section 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from clubtill_rules.members.classification import BANNED, Classification
from clubtill_rules.members.club import Club, TierKind
from clubtill_rules.members.settings.cells import UNREADABLE, check_cell
from clubtill_rules.members.settings.columns import ALL, COLUMNS, KEYS, Kind, column
from clubtill_rules.members.settings.findings import Finding, Severity, found, ordered
from clubtill_rules.members.settings.grid import BANNED_WORD, NO_COUNT, in_use, is_blank, unforced
from clubtill_rules.members.settings.house import House
from clubtill_rules.members.settings.lists import check_allowance, check_location_ratios, check_member_prices
from clubtill_rules.members.standing import Count
from clubtill_rules.values.money import NIL

_ERROR, _WARNING, _HINT = Severity.ERROR, Severity.WARNING, Severity.HINT
Check = Callable[[Classification, House, Count], Iterator[Finding]]


def check_row(row: Classification, house: House, count: Count = NO_COUNT) -> tuple[Finding, ...]:
    """Check one classification: every cell, then what its settings say together (R7, R15, R16, R56, R65-R70, R80).

    A blank row has nothing to be said about it. Where a cell cannot be read, only cells are looked at: the rest cannot
    be compared yet.

    Args:
        row: as it would be saved.
        house: what is set up around it.
        count: its members, for what only matters where a classification is in use (R70).
    """
    if is_blank(row):
        return ()
    cells = _cells(row, house)
    if not any(finding.code in UNREADABLE for finding in cells):
        cells += [finding for check in _CHECKS for finding in check(row, house, count)]
    return ordered(cells, KEYS)


def _cells(row: Classification, house: House) -> list[Finding]:
    """Check every cell; a row whose number cannot be read is told of as row 0."""
    values: dict[str, object] = {of.key: getattr(row, of.key) for of in ALL if of.kind is not Kind.COUNT}
    typed = values["number"]
    number = typed if isinstance(typed, int) else 0
    checks = (
        check_cell(column(key), value, number=number, money_decimals=house.money_decimals)
        for key, value in values.items()
    )
    return [finding for findings in checks for finding in findings]


def _club(row: Classification, house: House) -> Club | None:
    return house.clubs.get(row.club_id)


def _description(row: Classification, house: House, _: Count) -> Iterator[Finding]:
    """Look at the club and the name; row 99's says BANNED (R6)."""
    if _club(row, house) is None:
        yield found(_ERROR, "classification.club_unknown", "R6", row.number, "number", club=row.club_id)
    if row.number == BANNED:
        if BANNED_WORD not in row.description:
            yield found(_ERROR, "classification.banned_name", "R6", row.number, "description", word=BANNED_WORD)
    elif not row.description:
        yield found(_ERROR, "classification.no_description", "3.1", row.number, "description")


def _banned(row: Classification, _house: House, _: Count) -> Iterator[Finding]:
    """Look at what row 99 is forced to (3.1)."""
    for key in unforced(row):
        yield found(_ERROR, "classification.banned_value", "3.1", row.number, key)


def _paying(row: Classification, house: House, _: Count) -> Iterator[Finding]:
    """Look at how a fee sets the Renewal Date (R7, R21, R22)."""
    if row.paid_to is not None and row.days_paid is not None:
        yield found(
            _ERROR, "classification.both_paid_fields", "R7", row.number, "days_paid",
            paid_to=row.paid_to, days=row.days_paid,
        )  # fmt: skip
    if row.fee > NIL and row.paid_to is None and row.days_paid is None:
        yield found(_WARNING, "classification.fee_without_date", "R7", row.number, "fee", fee=row.fee)
    if row.paid_to is not None and row.paid_to < house.today:
        yield found(_WARNING, "classification.paid_to_past", "R21", row.number, "paid_to", paid_to=row.paid_to)
    if row.days_before_reset > 0 and row.days_paid is None:
        yield found(
            _HINT, "classification.reset_ignored", "R22", row.number, "days_before_reset", days=row.days_before_reset
        )


def _redeeming(row: Classification, _house: House, _: Count) -> Iterator[Finding]:
    """Say where nothing can be redeemed (R66, D1); of row 99 it needs no saying."""
    if row.number == BANNED:
        return
    if row.redemption_ratio == 0:
        yield found(_HINT, "classification.no_redeeming", "R66", row.number, "redemption_ratio")
    if row.web_redemption_ratio == 0:
        yield found(_HINT, "classification.no_redeeming_web", "R66", row.number, "web_redemption_ratio")


def _venues(row: Classification, house: House, _: Count) -> Iterator[Finding]:
    """Look at the venues, and say what statements leave out where they are ALL (R15, R16)."""
    if row.venues is None:
        yield found(_HINT, "classification.statement_details", "R16", row.number, "venues")
    elif not row.venues:
        yield found(_ERROR, "classification.no_venue", "R15", row.number, "venues")
    else:
        for venue in dict.fromkeys(row.venues):
            if venue not in house.venues:
                yield found(_ERROR, "classification.venue_unknown", "R15", row.number, "venues", venue=venue)


def _families(row: Classification, house: House, _: Count) -> Iterator[Finding]:
    """Look for families that are not there (3.1)."""
    for of in COLUMNS:
        if of.kind is Kind.NAMES and of.key != "venues":
            for family in dict.fromkeys(getattr(row, of.key)):
                if family not in house.families:
                    yield found(_ERROR, "classification.family_unknown", of.rule, row.number, of.key, family=family)


def _media(row: Classification, house: House, count: Count) -> Iterator[Finding]:
    """Look at the medium that carries the Points Pay discount, and at all media (R69, R70, R81)."""
    for of in COLUMNS:
        medium = getattr(row, of.key) if of.kind is Kind.MEDIUM else None
        if medium is not None and medium not in house.media:
            yield found(_ERROR, "classification.media_unknown", of.rule, row.number, of.key, media=medium)
    medium, key = row.points_pay_discount_media, "points_pay_discount_media"
    if medium in house.tenders:
        yield found(_ERROR, "classification.media_is_money", "R69", row.number, key, media=medium)
    if medium is not None:
        return
    club = _club(row, house)
    if row.points_pay_discount_bp > 0:
        yield found(
            _ERROR, "classification.media_for_discount", "R69", row.number, key, discount_bp=row.points_pay_discount_bp
        )
    elif club and club.allow_points_pay_per_product and row.number != BANNED and in_use(row, count):
        yield found(_ERROR, "classification.media_for_points_prices", "R70", row.number, key)


def _tier(row: Classification, house: House, _: Count) -> Iterator[Finding]:
    """Look at a tier by itself: its bounds, its floor, and whether the club has tiers of this kind (R56, R64, D13)."""
    if row.tier_min > row.tier_max:
        yield found(
            _ERROR, "classification.tier_min_above_max", "R56", row.number, "tier_min",
            tier_min=row.tier_min, tier_max=row.tier_max,
        )  # fmt: skip
    if row.min_to_maintain > row.tier_min:
        yield found(
            _WARNING, "classification.maintain_above_min", "R58", row.number, "min_to_maintain",
            maintain=row.min_to_maintain, tier_min=row.tier_min,
        )  # fmt: skip
    club = _club(row, house)
    if club is None:
        return
    if row.is_tier and club.tier_kind is not TierKind.DOLLARS:
        yield found(_ERROR, "classification.tier_of_dollars", "R64", row.number, "tier_min")
    if row.is_step and club.tier_kind is not TierKind.POINTS:
        yield found(_ERROR, "classification.tier_of_points", "R64", row.number, "update_sequence")


def _attached(row: Classification, house: House, _: Count) -> Iterator[Finding]:
    """Look at what hangs on a row: location ratios, member prices, the allowance (R65, R80, R96)."""
    yield from check_location_ratios(row, house)
    yield from check_member_prices(row, house)
    yield from check_allowance(row, house)


_CHECKS: Final[tuple[Check, ...]] = (
    _description, _banned, _paying, _redeeming, _venues, _families, _media, _tier, _attached
)  # fmt: skip

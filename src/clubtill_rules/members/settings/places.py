"""Places: whether the settings of a club, a venue or a location can stand (R1, R2, R62, R79, R80, D15)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

from clubtill_rules.members.club import Club, TimePeriod
from clubtill_rules.members.settings.cells import UNREADABLE, check_cell
from clubtill_rules.members.settings.columns import Column, Kind
from clubtill_rules.members.settings.findings import Finding, Severity, found, ordered
from clubtill_rules.members.settings.forms import CLUB, LOCATION, VENUE
from clubtill_rules.members.venue import Location, Venue

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_GRAINS: Final = (0, 2)
_CURRENCIES: Final = (0, 2, 3)
_LAST_DAYS: Final = Column(key="tier_review", kind=Kind.WHOLE, rule="R62", least=1, most=3_660, owner=Club)
_CHECK_MONTHS: Final = Column(key="tier_review", kind=Kind.WHOLE, rule="R64", least=0, most=120, owner=Club)
_COIN_UNITS: Final = 1_000
"""R79: a smallest coin divides this many units of its currency; 3 cents do not."""
GIFT_CARD_MONTHS: Final = 36
"""R102: a shorter life of a gift card is against the law in some countries."""


def check_club(club: Club, today: date) -> tuple[Finding, ...]:
    """Check a club's settings: zone, day start, grain, tiers, gift cards (R1, R2, R38, R62, R64, R102, R107).

    Args:
        club: as it would be saved.
        today: at the head office.
    """
    return _checked(club, CLUB, lambda: _club(club, today))


def check_venue(venue: Venue) -> tuple[Finding, ...]:
    """Check a venue's settings: zone, day starts, currency, smallest coin, birthday window (R1, R2, R50, R79, R90)."""
    return _checked(venue, VENUE, lambda: _venue(venue))


def check_location(location: Location) -> tuple[Finding, ...]:
    """Check a location's settings: its levels, and that its default level is one of them (R26, R80)."""
    return _checked(location, LOCATION, lambda: _location(location))


def check_venues(venues: Sequence[Venue]) -> tuple[Finding, ...]:
    """Check all venues of the group, each and together: they share one currency (D15, R1)."""
    findings = [finding for venue in venues for finding in check_venue(venue)]
    for venue in venues[1:]:
        first = venues[0]
        if (venue.currency, venue.money_decimals) != (first.currency, first.money_decimals):
            findings.append(
                found(_ERROR, "venue.currency_differs", "R1", 0, "currency", venue=venue.name, other=first.name)
            )
    return ordered(findings, [column.key for column in VENUE])


def _checked(
    settings: object, form: Sequence[Column], together: Callable[[], Iterator[Finding]]
) -> tuple[Finding, ...]:
    """Check every field, then what the settings say together, where all can be read."""
    decimals = getattr(settings, "money_decimals", 0)
    e = decimals if decimals in _CURRENCIES else 0
    findings = [f for field in form for f in check_cell(field, getattr(settings, field.key), money_decimals=e)]
    if not any(finding.code in UNREADABLE for finding in findings):
        findings += together()
    return ordered(findings, [column.key for column in form])


def _club(club: Club, today: date) -> Iterator[Finding]:
    if club.points_decimals not in _GRAINS:
        yield found(_ERROR, "club.points_decimals", "R1", 0, "points_decimals")
    if club.gift_card_months < GIFT_CARD_MONTHS:
        yield found(
            _WARNING, "club.gift_card_short", "R102", 0, "gift_card_months",
            n=club.gift_card_months, least=GIFT_CARD_MONTHS,
        )  # fmt: skip
    review = club.tier_review
    if review is None:
        return
    if review.period is TimePeriod.CUSTOM:
        yield found(_ERROR, "club.review_of_no_period", "R62", 0, "tier_review")
    if review.period is TimePeriod.LAST_DAYS:
        yield from check_cell(_LAST_DAYS, review.last_days)
    yield from check_cell(_CHECK_MONTHS, review.check_months)
    if review.next_day < today:
        yield found(_WARNING, "club.review_past", "R62", 0, "tier_review", day=review.next_day)


def _venue(venue: Venue) -> Iterator[Finding]:
    if venue.money_decimals not in _CURRENCIES:
        yield found(_ERROR, "venue.money_decimals", "R1", 0, "money_decimals")
        return
    coins = _COIN_UNITS * 10**venue.money_decimals
    if venue.cash_step_minor > 0 and coins % venue.cash_step_minor:
        yield found(_ERROR, "venue.no_such_coin", "R79", 0, "cash_step_minor", n=venue.cash_step_minor)


def _location(location: Location) -> Iterator[Finding]:
    if location.default_level not in location.enabled_levels:
        yield found(_ERROR, "location.level_off", "R80", 0, "default_level", level=location.default_level)

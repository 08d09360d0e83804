"""Lists: what hangs on a classification: location ratios, member prices and the allowance (R65, R80, R96)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from clubtill_rules.members.classification import AllowanceReset, Classification, MemberPriceLevel
from clubtill_rules.members.settings.cells import check_cell
from clubtill_rules.members.settings.columns import Blank, Column, Kind, column
from clubtill_rules.members.settings.findings import Finding, Severity, found
from clubtill_rules.members.settings.house import House

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
RATIO: Final = replace(column("redemption_ratio"), key="location_ratios", number=0, rule="R65")
LEVEL: Final = Column(key="member_prices", kind=Kind.WHOLE, rule="R80", least=1, most=50)
WINDOW: Final = Column(key="member_prices", kind=Kind.TIME, rule="R80", least=0, most=1_439)
WINDOW_DAYS: Final = Column(key="member_prices", kind=Kind.WEEKDAYS, rule="R80", blank=Blank.ALLOWED)
ALLOWANCE: Final = Column(key="allowance", kind=Kind.MONEY, rule="R96", least=0, most=999_999)
INTERVAL: Final = Column(key="allowance", kind=Kind.WHOLE, rule="R96", least=1, most=3_660)


def check_location_ratios(row: Classification, house: House) -> Iterator[Finding]:
    """Check the Location Redemption Ratios: one a location, of locations that exist, each a ratio (R65)."""
    yield from _locations(row, [own.location_id for own in row.location_ratios], house, "location_ratios", "R65")
    for location, times in Counter(own.location_id for own in row.location_ratios).items():
        if times > 1:
            yield found(_ERROR, "classification.ratio_twice", "R65", row.number, "location_ratios", location=location)
    for own in row.location_ratios:
        yield from check_cell(RATIO, own.ratio, number=row.number)


def check_member_prices(row: Classification, house: House) -> Iterator[Finding]:
    """Check the Member Price Levels: locations that exist, levels enabled there, windows, no row twice (R80)."""
    prices = row.member_prices
    yield from _locations(row, [price.location_id for price in prices], house, "member_prices", "R80")
    for (location, *_), times in Counter(_when(price) for price in prices).items():
        if times > 1:
            yield found(_ERROR, "classification.price_twice", "R80", row.number, "member_prices", location=location)
    for price in prices:
        yield from _price(row, price, house)


def check_allowance(row: Classification, house: House) -> Iterator[Finding]:
    """Check the allowance: an amount, and the days between resets where they are at an interval (R96)."""
    own = row.allowance
    if own is None:
        return
    yield from check_cell(ALLOWANCE, own.limit, number=row.number, money_decimals=house.money_decimals)
    if own.reset is AllowanceReset.INTERVAL:
        yield from check_cell(INTERVAL, own.interval_days, number=row.number)


def _locations(row: Classification, ids: list[str], house: House, field: str, rule: str) -> Iterator[Finding]:
    for location in dict.fromkeys(ids):
        if location not in house.locations:
            yield found(_ERROR, "classification.location_unknown", rule, row.number, field, location=location)


def _when(price: MemberPriceLevel) -> tuple[object, ...]:
    """Tell rows apart by where and when they hold; without weekdays a row holds always."""
    if price.weekdays is None:
        return (price.location_id,)
    return price.location_id, frozenset(price.weekdays), price.start_min, price.end_min


def _price(row: Classification, price: MemberPriceLevel, house: House) -> Iterator[Finding]:
    yield from check_cell(LEVEL, price.level, number=row.number)
    yield from check_cell(WINDOW_DAYS, price.weekdays, number=row.number)
    for minute in (price.start_min, price.end_min):
        yield from check_cell(WINDOW, minute, number=row.number)
    enabled = house.locations.get(price.location_id)
    if enabled is not None and price.level not in enabled:
        yield found(
            _ERROR, "classification.level_off", "R80", row.number, "member_prices",
            level=price.level, location=price.location_id,
        )  # fmt: skip
    if price.weekdays == ():
        yield found(
            _WARNING, "classification.price_never", "R80", row.number, "member_prices", location=price.location_id
        )

"""Cells: whether a value may stand in a column at all: there, of its kind, within its bounds (section 3.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Final
from zoneinfo import available_timezones

from clubtill_rules.members.settings.columns import Blank, Column, Kind
from clubtill_rules.members.settings.findings import Finding, Severity, found
from clubtill_rules.values.money import Money

_ERROR: Final = Severity.ERROR
_WEEK: Final = (0, 6)
_TYPES: Final = {
    **dict.fromkeys((Kind.WHOLE, Kind.PERCENT, Kind.DECIMAL, Kind.TIME), int),
    **dict.fromkeys((Kind.TEXT, Kind.ZONE, Kind.MEDIUM), str),
    Kind.MONEY: Money,
    Kind.DATE: date,
    Kind.FLAG: bool,
}
_LISTS: Final = frozenset({Kind.WEEKDAYS, Kind.NUMBERS, Kind.NAMES})
UNREADABLE: Final = frozenset({"setting.blank", "setting.kind"})
"""Codes of a cell with which nothing else can be compared."""


def filled(column: Column, entry: object) -> object:
    """Give what is stored for an entry: a blank cell is the column's default where the column says so (R27)."""
    return column.default if entry is None and column.blank is Blank.DEFAULT else entry


def check_cell(column: Column, value: object, *, number: int = 0, money_decimals: int = 2) -> tuple[Finding, ...]:
    """Check the value of one cell: blank, kind, bounds, characters, repetitions (section 3.1).

    Args:
        column: whose cell it is; a count is never looked at (R10).
        value: as stored; what was left blank goes through `filled` first.
        number: of the row, for the findings.
        money_decimals: the currency's e, for the bounds of MONEY (R1).
    """
    if column.kind is Kind.COUNT:
        return ()
    no_text = column.kind is Kind.TEXT and value == ""
    if (value is None and column.blank is Blank.ALLOWED) or (no_text and column.blank is Blank.DEFAULT):
        return ()
    if value is None or no_text:
        return (found(_ERROR, "setting.blank", column.rule, number, column.key),)
    if not _is_of_kind(column, value):
        return (found(_ERROR, "setting.kind", column.rule, number, column.key, kind=column.kind.value),)
    return tuple(_within(column, value, number, money_decimals))


def shown(kind: Kind, bound: int) -> object:
    """Give a bound as a sentence names it: money, an exact decimal, a wall-clock time or the figure itself."""
    match kind:
        case Kind.MONEY:
            return Money(bound)
        case Kind.PERCENT | Kind.DECIMAL:
            return Decimal(bound).scaleb(-2)
        case Kind.TIME:
            return f"{bound // 60:02}:{bound % 60:02}"
        case _:
            return bound


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _is_of_kind(column: Column, value: object) -> bool:
    match value:
        case tuple():
            one = str if column.kind is Kind.NAMES else int
            return column.kind in _LISTS and all(type(each) is one for each in value)
        case Enum():
            return type(value) is column.choices
        case _:
            return type(value) is _TYPES.get(column.kind)


def _within(column: Column, value: object, number: int, money_decimals: int) -> Iterator[Finding]:
    """Check a value of the right kind against its bounds."""
    bounds = column.bounds(money_decimals)
    match value:
        case tuple():
            yield from _list_within(column, value, number, _WEEK if column.kind is Kind.WEEKDAYS else bounds)
        case str() if column.kind is Kind.ZONE:
            if value not in _zones():
                yield found(_ERROR, "setting.zone", "R2", number, column.key, zone=value)
        case str():
            yield from _text_within(column, value, number, bounds)
        case Money(minor=figure) | int(figure):
            if bounds is not None and not bounds[0] <= figure <= bounds[1]:
                yield _range(column, number, bounds)


def _range(column: Column, number: int, bounds: tuple[int, int]) -> Finding:
    """Say between which figures a value must lie."""
    return found(
        _ERROR, "setting.range", column.rule, number, column.key,
        least=shown(column.kind, bounds[0]), most=shown(column.kind, bounds[1]),
    )  # fmt: skip


def _text_within(column: Column, value: str, number: int, bounds: tuple[int, int] | None) -> Iterator[Finding]:
    """Check a text: its length, blanks at its ends not counted for the least, and its characters."""
    if bounds is not None and not bounds[0] <= len(value.strip()) <= len(value) <= bounds[1]:
        yield found(_ERROR, "setting.length", column.rule, number, column.key, least=bounds[0], most=bounds[1])
    if column.allowed and not all(_allows(column.allowed, letter) for letter in value):
        yield found(_ERROR, "setting.characters", column.rule, number, column.key, allowed=column.allowed)


def _allows(allowed: str, letter: str) -> bool:
    """Tell whether a character lies in one of the ranges, such as `A-Z 0-9`."""
    return any(ends[0] <= letter <= ends[-1] for ends in allowed.split())


def _list_within(
    column: Column, values: tuple[object, ...], number: int, bounds: tuple[int, int] | None
) -> Iterator[Finding]:
    """Check a list: nothing twice, weekdays from Monday to Sunday, numbers within the bounds."""
    for value, times in Counter(values).items():
        if times > 1:
            yield found(_ERROR, "setting.twice", column.rule, number, column.key, value=value)
    if bounds is not None and any(isinstance(value, int) and not bounds[0] <= value <= bounds[1] for value in values):
        yield _range(column, number, bounds)

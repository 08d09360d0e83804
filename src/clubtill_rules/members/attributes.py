"""Attributes: further typed facts on a member or an account, read from text and checked (R95)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Final

from clubtill_rules.members.account import MemberCard
from clubtill_rules.values.refusal import Refusal

Value = str | int | Decimal | date | bool
"""What an attribute holds, by its type."""


class Visibility(Enum):
    """Whether the member sees it: PRIVATE is shown to him, SYSTEM is not (R95)."""

    PRIVATE = "private"
    SYSTEM = "system"


class LinkedTo(Enum):
    """Whose fact it is."""

    ACCOUNT = "account"
    CONTACT = "contact"
    BOTH = "both"


class AttributeType(Enum):
    """What kind of value it holds."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    BOOLEAN = "boolean"


class LookUp(Enum):
    """What it may be: anything of its type, one of the options, or from least to most."""

    NONE = "none"
    OPTIONS = "options"
    RANGE = "range"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute's set-up.

    Attributes:
        code: 1 to 20 of a-z, 0-9 and underscore, beginning with a letter.
        options: for OPTIONS, as values are written.
        least, most: for RANGE, as values are written; both are included.
    """

    code: str
    type: AttributeType = AttributeType.TEXT
    visibility: Visibility = Visibility.PRIVATE
    linked_to: LinkedTo = LinkedTo.CONTACT
    look_up: LookUp = LookUp.NONE
    options: tuple[str, ...] = ()
    least: str = ""
    most: str = ""


_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,19}")
_INTEGER: Final = re.compile(r"-?[0-9]{1,15}")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TEXT_LENGTH: Final = 100
_RANGES: Final = (AttributeType.INTEGER, AttributeType.DECIMAL, AttributeType.DATE)
_YES_NO: Final = {"yes": True, "no": False}


def read(attribute: Attribute, text: str) -> Value:
    """Read a value of an attribute from what was typed or imported (R95).

    Text is trimmed and at most 100 characters; dates are 2026-11-24; booleans yes or no; decimals have a point and at
    most 6 places. Blank is no value of any type.

    Raises:
        Refusal: `attribute.type` if it is no value of the type, `attribute.option` if it is none of the options,
            `attribute.range` if it lies outside.
    """
    value = _typed(attribute.type, text.strip())
    if value is None:
        raise Refusal("attribute.type", attribute=attribute.code)
    if attribute.look_up is LookUp.OPTIONS and value not in [_typed(attribute.type, o) for o in attribute.options]:
        raise Refusal("attribute.option", attribute=attribute.code)
    if attribute.look_up is LookUp.RANGE and not _within(attribute, value):
        raise Refusal("attribute.range", attribute=attribute.code, least=attribute.least, most=attribute.most)
    return value


def written(value: Value) -> str:
    """Write a value as it is kept, so that `read` gives it again: 5.50 is 5.5, a boolean yes or no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def check_attribute(attribute: Attribute) -> None:
    """Check an attribute's set-up (R95).

    Raises:
        Refusal: `attribute.code` for another form of code; `attribute.options` for OPTIONS without any or with one
            that is no value of the type; `attribute.bounds` for RANGE of texts or booleans, or without two bounds in
            order.
    """
    if not _CODE.fullmatch(attribute.code):
        raise Refusal("attribute.code")
    if attribute.look_up is LookUp.OPTIONS:
        options = [_typed(attribute.type, option) for option in attribute.options]
        if not options or None in options:
            raise Refusal("attribute.options", attribute=attribute.code)
    least = _typed(attribute.type, attribute.least)
    if attribute.look_up is LookUp.RANGE and (least is None or not _within(attribute, least)):
        raise Refusal("attribute.bounds", attribute=attribute.code)


def value_of(member: MemberCard, attribute: Attribute) -> Value | None:
    """Give a member's value of an attribute; None without one, or where it no longer fits the set-up."""
    text = (member.attributes or {}).get(attribute.code)
    if text is None:
        return None
    try:
        return read(attribute, text)
    except Refusal:
        return None


def set_attribute(member: MemberCard, attribute: Attribute, text: str) -> MemberCard:
    """Give a member a value of an attribute, in place of one before (R95).

    Raises:
        Refusal: as `read`; `attribute.account` for one that only accounts carry.
    """
    if attribute.linked_to is LinkedTo.ACCOUNT:
        raise Refusal("attribute.account", attribute=attribute.code)
    value = written(read(attribute, text))
    return replace(member, attributes={**(member.attributes or {}), attribute.code: value})


def remove_attribute(member: MemberCard, code: str) -> MemberCard:
    """Take an attribute from a member; one without it stays as it is."""
    left = {name: text for name, text in (member.attributes or {}).items() if name != code}
    return replace(member, attributes=left or None)


def _typed(kind: AttributeType, text: str) -> Value | None:
    """Read a text as a value of a type; None if it is none."""
    if kind is AttributeType.TEXT:
        return text if 1 <= len(text) <= _TEXT_LENGTH else None
    if kind is AttributeType.INTEGER:
        return int(text) if _INTEGER.fullmatch(text) else None
    if kind is AttributeType.DECIMAL:
        return Decimal(text) if _DECIMAL.fullmatch(text) else None
    if kind is AttributeType.BOOLEAN:
        return _YES_NO.get(text.lower())
    return _day(text)


def _day(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _within(attribute: Attribute, value: Value) -> bool:
    """Tell whether a value lies in the range, both ends included; a range of other types takes nothing."""
    if attribute.type not in _RANGES:
        return False
    least, most = _typed(attribute.type, attribute.least), _typed(attribute.type, attribute.most)
    return least is not None and most is not None and least <= value <= most  # type: ignore[operator] # of one type

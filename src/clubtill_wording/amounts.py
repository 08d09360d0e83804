"""Amounts: money, points, ratios, days and clock times as people read and type them (U32, U56, U105-U113). Babel only.

Values come rounded from the rules and are never rounded here (U107). Screens show a real minus sign and figures of one
width; `plain_text` makes of any of it what a receipt printer can take.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import (
    NumberFormatError,
    format_currency,
    format_decimal,
    get_currency_precision,
    get_currency_symbol,
    get_group_symbol,
    parse_decimal,
)

from clubtill_rules.points.redeeming import worth
from clubtill_rules.values.days import local
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_wording.catalogue import PSEUDO

MINUS: Final = "\N{MINUS SIGN}"
_BIDI_MARKS: Final = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u2066\u2067\u2068\u2069"))
_SPACES: Final = re.compile(r"\s", re.UNICODE)
_LETTERS_BEFORE_FIGURES: Final = re.compile(r"(?<=[A-Z])(?=[0-9])")
_TYPED: Final = re.compile(r"-?[0-9.,'\u2019 \u00a0\u202f]{1,20}")
_ARABIC_MARKS: Final = str.maketrans({"\N{ARABIC DECIMAL SEPARATOR}": ".", "\N{ARABIC THOUSANDS SEPARATOR}": ","})
_HUNDRED: Final = whole(100)


@lru_cache(maxsize=16)
def language(locale: str) -> Locale:
    """Give Babel's locale. Australian months are written as in English ("30 Jun 2027"), as the club's papers do."""
    return Locale.parse("en" if locale == PSEUDO else locale)


@lru_cache(maxsize=16)
def right_to_left(locale: str) -> bool:
    """Tell whether a language is written from right to left."""
    return language(locale).text_direction == "rtl"


@lru_cache(maxsize=16)
def currency_sign(currency: str, locale: str) -> str:
    """Give the short sign of a currency: the club's dollar is "$" in every language, there is no other (D15)."""
    sign: str = get_currency_symbol(currency, locale=language(locale)).translate(_BIDI_MARKS)
    return "$" if "$" in sign else sign


def decimals(currency: str) -> int:
    """Give the currency's number of decimals: 0, 2 or 3 (R1)."""
    return int(get_currency_precision(currency))


def _decimal(minor: int, places: int) -> Decimal:
    return Decimal(minor).scaleb(-places)


def _screen(text: str) -> str:
    return text.replace("-", MINUS)


@lru_cache(maxsize=4096)
def money(amount: Money, currency: str, locale: str) -> str:
    """Write money with the currency's sign: "$47.18"."""
    places = decimals(currency)
    long_sign = get_currency_symbol(currency, locale=language(locale))
    written = format_currency(_decimal(amount.minor, places), currency, locale=language(locale))
    short = written.replace(long_sign, currency_sign(currency, locale))
    return _screen(_LETTERS_BEFORE_FIGURES.sub("\u00a0", short))


@lru_cache(maxsize=4096)
def plain_money(amount: Money, currency: str, locale: str) -> str:
    """Write money without a sign, as in columns: "16.00"."""
    places = decimals(currency)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return _screen(format_decimal(_decimal(amount.minor, places), format=pattern, locale=language(locale)))


def signed_money(amount: Money, currency: str, locale: str) -> str:
    """Write money with plus or minus before it: "+0.02"."""
    written = plain_money(amount, currency, locale)
    return f"+{written}" if amount.minor > 0 else written


@lru_cache(maxsize=4096)
def points(amount: Points, points_decimals: int, locale: str) -> str:
    """Write points with the club's decimals, 0 or 2, never a sign of money (U113): "12,420"."""
    if points_decimals == 0 and amount.hundredths % 100:
        points_decimals = 2  # an odd hundredth is shown rather than lost
    pattern = "#,##0.00" if points_decimals else "#,##0"
    return _screen(format_decimal(_decimal(amount.hundredths, 2), format=pattern, locale=language(locale)))


def ratio_example(ratio: int, money_decimals: int) -> tuple[Points, Money]:
    """Give the worked example of a ratio (D1, R66): 100 points and what they pay; more of them where 100 buy nothing.

    Raises:
        Refusal: `points.ratio_zero` when the ratio redeems nothing.
    """
    value = worth(_HUNDRED, ratio, money_decimals=money_decimals)
    if value:
        return _HUNDRED, value
    return whole(ratio), worth(whole(ratio), ratio, money_decimals=money_decimals)


@lru_cache(maxsize=1024)
def day(of: date, locale: str) -> str:
    """Write a day in full: "30 Jun 2027"."""
    return str(format_date(of, "d MMM y", locale=language(_calendar(locale))))


@lru_cache(maxsize=1024)
def short_day(of: date, locale: str) -> str:
    """Write a day of this year: "Tue 24 Nov"."""
    return str(format_date(of, "EEE d MMM", locale=language(_calendar(locale))))


@lru_cache(maxsize=256)
def month(of: date, locale: str) -> str:
    """Write a month: "March 2019"."""
    return str(format_date(of, "MMMM y", locale=language(_calendar(locale))))


def _calendar(locale: str) -> str:
    """English months are the same three letters everywhere: "Jun", not Australia's "June"."""
    return "en" if locale.startswith("en") else locale


def clock(at_us: int, zone: str) -> str:
    """Write the wall-clock time of an instant on 24 hours: "18:43"."""
    return f"{local(at_us, zone):%H:%M}"


def minute_of_day(minute: int) -> str:
    """Write minutes after midnight: 1020 -> "17:00"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def moment(at_us: int, zone: str, locale: str) -> str:
    """Write day and time: "24 Nov 2026 18:44"."""
    return f"{day(local(at_us, zone).date(), locale)} {clock(at_us, zone)}"


def hundredths(count: int, locale: str) -> str:
    """Write hundredths as a bare number, as of percent from basis points: 1000 -> "10", 1250 -> "12.5"."""
    return _screen(format_decimal(_decimal(count, 2), format="#,##0.##", locale=language(locale)))


def number(value: int | Decimal, locale: str) -> str:
    """Write a bare number with all its decimals: "1,010", "0.125"."""
    return _screen(format_decimal(value, format="#,##0.##########", locale=language(locale)))


def weekday(number: int, locale: str) -> str:
    """Write a weekday, 0 is Monday: "Fri"."""
    return str(language(_calendar(locale)).days["format"]["abbreviated"][number])


def plain_text(text: str) -> str:
    """Make text fit a receipt printer: ordinary minus, dashes and spaces, no marks of direction (interface 6)."""
    ascii_signs = text.replace(MINUS, "-").replace("\N{EN DASH}", "-").translate(_BIDI_MARKS)
    return _SPACES.sub(" ", ascii_signs)


def typed_money(text: str, currency: str, locale: str) -> Money:
    """Read an amount as staff type or paste it (U112): "1,234.50", "$5", "5", with any odd spaces.

    Raises:
        Refusal: `amount.unreadable` for what is no amount, or has more decimals than the currency.
    """
    places = decimals(currency)
    babel = language(locale)
    bare = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text.translate(_BIDI_MARKS))
    for sign in (currency, get_currency_symbol(currency, locale=babel), currency_sign(currency, locale)):
        bare = bare.replace(sign.translate(_BIDI_MARKS), "")
    bare = bare.replace(MINUS, "-").translate(_ARABIC_MARKS).strip()
    group = get_group_symbol(babel)
    bare = _SPACES.sub(group if group.isspace() else " ", bare)
    value = None
    if _TYPED.fullmatch(bare):
        with contextlib.suppress(NumberFormatError):
            value = parse_decimal(bare, locale=babel, strict=True)
    if value is None or value != round(value, places):
        raise Refusal("amount.unreadable", example=Money(1250 * 10**places // 100))
    return Money(int(value.scaleb(places)))

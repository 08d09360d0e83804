"""Money, points, ratios, days and times as people read and type them (U32, U56, U105-U114)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.values.days import NEVER_PAID, US_PER_S
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_wording.amounts import hundredths, money, month, plain_money, plain_text, points, typed_money
from clubtill_wording.speech import Speech
from tests.rules.sale.larkspur import at

AU = Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney")


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "written"),
    [
        (4718, "AUD", "en_AU", "$47.18"),
        (4718, "AUD", "en", "$47.18"),
        (123_456, "AUD", "en_AU", "$1,234.56"),
        (-232, "AUD", "en_AU", "\u2212$2.32"),
        (0, "AUD", "en_AU", "$0.00"),
        (500, "JPY", "en", "\u00a5500"),
        (1250, "KWD", "en", "KWD\u00a01.250"),
    ],
)
def test_money(minor: int, currency: str, locale: str, written: str) -> None:
    """U32, U106: 0, 2 and 3 decimals by currency, a real minus sign, the club's short sign."""
    assert money(Money(minor), currency, locale) == written


def test_money_in_columns_has_no_sign_of_currency() -> None:
    """U32: lines of a sale show 16.00; what is added or taken shows its sign."""
    assert (AU.plain(Money(1600)), AU.signed(Money(2)), AU.signed(Money(-232)), AU.signed(Money(0))) == (
        "16.00",
        "+0.02",
        "\u22122.32",
        "0.00",
    )
    assert plain_money(Money(500), "JPY", "en") == "500"


@given(st.integers(-(10**14), 10**14))
def test_money_is_written_exactly(minor: int) -> None:
    """U106, U107: what is written is what is stored: read back it is the same, nothing is rounded on the way."""
    written = plain_money(Money(minor), "AUD", "en_AU")
    assert typed_money(written, "AUD", "en_AU") == Money(minor)


@pytest.mark.parametrize(
    ("hundredths", "club_decimals", "written"),
    [(1_242_000, 0, "12,420"), (1_242_050, 2, "12,420.50"), (100, 2, "1.00"), (150, 0, "1.50"), (-4700, 0, "\u221247")],
)
def test_points(hundredths: int, club_decimals: int, written: str) -> None:
    """U113: the club's decimals and grouping; an odd hundredth is shown rather than lost."""
    assert points(Points(hundredths), club_decimals, "en_AU") == written


@pytest.mark.parametrize(
    ("ratio", "written"),
    [
        (100, "100 points = $1.00"),
        (75, "100 points = $1.33"),
        (50, "100 points = $2.00"),
        (20_000, "20,000 points = $1.00"),
        (0, "cannot redeem here"),
    ],
)
def test_a_ratio_is_its_worked_example(ratio: int, written: str) -> None:
    """D1, R66: 100 points and what they pay, rounded down; 0 cannot redeem and is never divided by."""
    assert AU.ratio(ratio) == written


def test_days() -> None:
    """U56: absolute where they bind, in the club's short form; 1970 is never shown."""
    assert AU.day(date(2027, 6, 30)) == "30 Jun 2027"
    assert AU.day(date(2026, 9, 2)) == "2 Sep 2026"
    assert AU.day(NEVER_PAID) == "Never paid"
    assert AU.short_day(date(2026, 11, 24)) == "Tue 24 Nov"
    assert month(date(2019, 3, 1), "en_AU") == "March 2019"


def test_clock_times_are_the_venues() -> None:
    """R2, U114: an instant is read on the wall clock of the venue's zone."""
    assert AU.clock(at("2026-11-24 18:05")) == "18:05"
    assert AU.moment(at("2026-11-24 18:44")) == "24 Nov 2026 18:44"
    assert Speech(zone="UTC").clock(at("2026-11-24 18:05")) == "07:05"


@pytest.mark.parametrize(
    ("seconds", "age"),
    [
        (5, "5 s"),
        (-3, "0 s"),
        (60, "1 min"),
        (22 * 60, "22 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (3 * 86_400, "3 days"),
    ],
)
def test_ages(seconds: int, age: str) -> None:
    """U56: relative where they comfort."""
    assert AU.age(seconds) == age


def test_ago() -> None:
    """U56: sent 22 min ago."""
    assert (AU.ago(22 * 60), AU.ago(4)) == ("22 min ago", "just now")


@pytest.mark.parametrize(
    ("days", "written"),
    [
        ((4, 5, 6), "Fri to Sun"),
        ((0, 2), "Mon, Wed"),
        ((0, 1), "Mon, Tue"),
        (range(7), "every day"),
        ((0, 1, 3), "Mon, Tue, Thu"),
        ((), "on no day"),
    ],
)
def test_weekdays(days: tuple[int, ...], written: str) -> None:
    """Interface 5.7: fee check runs Fri to Sun."""
    assert AU.weekdays(days) == written


def test_percent() -> None:
    """Interface 5.3: 10 %, not 10.00 %."""
    assert (hundredths(1000, "en"), hundredths(1250, "en"), AU.percent(1000)) == ("10", "12.5", "10 %")


@pytest.mark.parametrize(
    ("typed", "locale", "minor"),
    [
        ("5", "en_AU", 500),
        ("$1,234.50", "en_AU", 123_450),
        (" 30.00 ", "en_AU", 3000),
        ("AUD 12.5", "en_AU", 1250),
        ("\u22122.32", "en_AU", -232),
        ("$\u00a047.18", "en_AU", 4718),
        ("\u0664\u0667.\u0661\u0668", "ar", 4718),
        ("\u0661\u066c\u0662\u0663\u0664\u066b\u0665\u0660", "ar", 123_450),
        ("\u200f47.18\u00a0$", "ar", 4718),
    ],
)
def test_typed_money(typed: str, locale: str, minor: int) -> None:
    """U112: what the locale writes, with odd spaces, signs and figures."""
    assert typed_money(typed, "AUD", locale) == Money(minor)


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u202f", "\u2009"])
def test_typed_group_marks_of_any_space(space: str) -> None:
    """U112: a French amount with an ordinary, no-break, narrow or thin space as group mark."""
    assert typed_money(f"1{space}234,50", "EUR", "fr") == Money(123_450)


@pytest.mark.parametrize(
    "typed", ["", "abc", "1.234", "1,23", "12.3.4", "--5", "1e3", "NaN", "Infinity", "9" * 30, "5 5", "\u00b2"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    """U112, R1: nothing is guessed; an amount has at most the currency's decimals."""
    with pytest.raises(Refusal) as refused:
        typed_money(typed, "AUD", "en_AU")
    assert refused.value.code == "amount.unreadable"
    assert refused.value.facts == {"example": Money(1250)}


def test_typed_money_of_other_currencies() -> None:
    """R1: yen have no decimals, dinars three."""
    assert typed_money("500", "JPY", "en") == Money(500)
    assert typed_money("1.250", "KWD", "en") == Money(1250)
    with pytest.raises(Refusal):
        typed_money("5.5", "JPY", "en")


@given(st.text(max_size=12))
def test_any_typed_text_is_read_or_refused(text: str) -> None:
    """U112: no text, however odd, is a bug."""
    try:
        read = typed_money(text, "AUD", "en_AU")
    except Refusal as refusal:
        code = refusal.code
    else:
        code = "" if typed_money(plain_money(read, "AUD", "en_AU"), "AUD", "en_AU") == read else "changed"
    assert code in {"", "amount.unreadable"}


def test_plain_text_is_what_a_printer_can_take() -> None:
    """Interface 6: marks of direction go, spaces and dashes become ordinary ones."""
    assert plain_text("\u2212\u200f1\u202f234\u00a0\u2013 \u2068x\u2069") == "-1 234 - x"


def test_zone_of_seconds() -> None:
    """Instants are microseconds: one second later is the same minute."""
    assert AU.clock(at("2026-11-24 18:05") + 59 * US_PER_S) == "18:05"
    assert AU.points(whole(10)) == "10"

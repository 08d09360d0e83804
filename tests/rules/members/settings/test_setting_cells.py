"""Cells: blank, kind, bounds, characters, repetitions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from clubtill_rules.members.settings.cells import check_cell, filled, shown
from clubtill_rules.members.settings.columns import COLUMNS, Blank, Column, Kind, column
from clubtill_rules.members.settings.forms import CLUB, LOCATION, VENUE
from clubtill_rules.members.venue import GuestProfile, OfflineMode
from clubtill_rules.values.money import NIL, Money
from tests.rules.members.settings.house_kit import ERROR, finding

BOUNDED = [
    (of, *bounds)
    for of in (*COLUMNS, *CLUB, *VENUE, *LOCATION)
    for bounds in [of.bounds(2)]
    if bounds is not None and of.kind not in {Kind.TEXT, Kind.NUMBERS}
]


def of_form(key: str) -> Column:
    """Give a field of the club's, the venue's or the location's form."""
    return next(of for of in (*CLUB, *VENUE, *LOCATION) if of.key == key)


def stored(of: Column, figure: int) -> object:
    """Write a figure as it is stored."""
    return Money(figure) if of.kind is Kind.MONEY else figure


@pytest.mark.parametrize(
    ("of", "least", "most"), [pytest.param(*each, id=f"{each[0].owner.__name__} {each[0].key}") for each in BOUNDED]
)
def test_bounds_are_inclusive(of: Column, least: int, most: int) -> None:
    """3.1: at the bounds nothing is said; one beyond them names both."""
    assert check_cell(of, stored(of, least)) == check_cell(of, stored(of, most)) == ()
    said = finding(ERROR, "setting.range", of.rule, 7, of.key, least=shown(of.kind, least), most=shown(of.kind, most))
    for figure in (least - 1, most + 1):
        assert check_cell(of, stored(of, figure), number=7) == (said,)


@pytest.mark.parametrize(
    ("key", "value", "decimals", "least", "most"),
    [
        pytest.param("fee", Money(-1), 2, NIL, Money(99_999_999), id="money"),
        pytest.param("fee", Money(1_000_000), 0, NIL, Money(999_999), id="yen"),
        pytest.param("points_multiplier_h", 10_000, 2, Decimal(0), Decimal("99.99"), id="a decimal"),
        pytest.param("points_pay_discount_bp", 10_001, 2, Decimal(0), Decimal(100), id="a percentage"),
        pytest.param("end_min", 1440, 2, "00:00", "23:59", id="a time"),
        pytest.param("days_paid", 0, 2, 1, 3660, id="a figure"),
    ],
)
def test_bounds_are_named_as_people_write_them(
    key: str, value: object, decimals: int, least: object, most: object
) -> None:
    """R1, R46, 3.1: money as money, hundredths as decimals, minutes as times."""
    (said,) = check_cell(column(key), value, money_decimals=decimals)
    assert said == finding(ERROR, "setting.range", column(key).rule, 0, key, least=least, most=most)


def test_times_are_shown_with_two_digits() -> None:
    """R46: 65 minutes after midnight are 01:05, 120 are 02:00."""
    assert [shown(Kind.TIME, 65), shown(Kind.TIME, 120)] == ["01:05", "02:00"]


@pytest.mark.parametrize(
    ("of", "value", "kind"),
    [
        pytest.param(column("days_paid"), "365", "whole", id="text for a figure"),
        pytest.param(column("days_paid"), True, "whole", id="a tick for a figure"),
        pytest.param(column("days_paid"), 1.5, "whole", id="a fraction"),
        pytest.param(column("fee"), 4500, "money", id="a figure for money"),
        pytest.param(column("points_multiplier_h"), Decimal("1.5"), "decimal", id="a decimal that is not hundredths"),
        pytest.param(column("points_pay_discount_bp"), "10", "percent", id="text for a percentage"),
        pytest.param(column("start_min"), "18:00", "time", id="text for a time"),
        pytest.param(column("description"), 3, "text", id="a figure for text"),
        pytest.param(column("paid_to"), datetime(2026, 1, 1, tzinfo=UTC), "date", id="a moment for a day"),
        pytest.param(column("paid_to"), "2026-01-01", "date", id="text for a day"),
        pytest.param(column("votes"), 1, "flag", id="a figure for a tick"),
        pytest.param(column("venues"), (1,), "names", id="figures for names"),
        pytest.param(column("venues"), "point", "names", id="one name for a list"),
        pytest.param(column("days_to_run"), ("Mon",), "weekdays", id="names for weekdays"),
        pytest.param(column("days_to_run"), (True,), "weekdays", id="a tick for a weekday"),
        pytest.param(column("description"), ("a",), "text", id="a list for text"),
        pytest.param(column("points_pay_discount_media"), 4, "medium", id="a figure for a medium"),
        pytest.param(of_form("zone"), 10, "zone", id="a figure for a zone"),
        pytest.param(of_form("enabled_levels"), ("1",), "numbers", id="names for levels"),
        pytest.param(of_form("offline_mode"), "lease", "choice", id="text for a choice"),
        pytest.param(of_form("offline_mode"), GuestProfile.NSW, "choice", id="a choice of something else"),
        pytest.param(column("days_paid"), GuestProfile.NSW, "whole", id="a choice for a figure"),
    ],
)
def test_what_cannot_be_read(of: Column, value: object, kind: str) -> None:
    """3.1: a value of another kind is found, whatever it is."""
    assert check_cell(of, value, number=3) == (finding(ERROR, "setting.kind", of.rule, 3, of.key, kind=kind),)


@pytest.mark.parametrize(
    ("of", "value"),
    [
        pytest.param(of_form("offline_mode"), OfflineMode.BUDGET, id="a choice"),
        pytest.param(of_form("zone"), "Australia/Lord_Howe", id="a zone"),
        pytest.param(of_form("enabled_levels"), (1, 50), id="levels"),
        pytest.param(of_form("exclude_banned"), False, id="a tick"),
        pytest.param(column("paid_to"), date(2050, 12, 31), id="a far day"),
        pytest.param(column("days_to_run"), (), id="no weekday"),
        pytest.param(column("days_to_run"), (6, 0), id="weekdays in any order"),
        pytest.param(column("sub_club"), "AZ9", id="three characters"),
        pytest.param(column("sub_club"), "0", id="one digit"),
        pytest.param(column("sub_club"), "", id="no initial"),
        pytest.param(column("description"), "B", id="one letter"),
        pytest.param(column("description"), "B" * 40, id="forty letters"),
        pytest.param(column("description"), "", id="blank text"),
        pytest.param(column("paid_to"), None, id="no day"),
        pytest.param(column("points_pay_discount_media"), None, id="no medium"),
        pytest.param(column("points_pay_discount_media"), "pp-discount", id="a medium"),
        pytest.param(column("venues"), None, id="all venues"),
        pytest.param(column("financial"), "whatever", id="nobody looks at a count"),
    ],
)
def test_what_may_stand(of: Column, value: object) -> None:
    """R6, R10, R15, 3.1: nothing is said of what may stand in a cell."""
    assert check_cell(of, value) == ()


@pytest.mark.parametrize(
    ("of", "value", "code", "facts"),
    [
        pytest.param(column("number"), None, "setting.blank", {}, id="no number"),
        pytest.param(column("fee"), None, "setting.blank", {}, id="what was not filled"),
        pytest.param(of_form("zone"), None, "setting.blank", {}, id="no zone"),
        pytest.param(
            column("description"), None, "setting.blank", {}, id="no text where there is at least a blank one"
        ),
        pytest.param(of_form("name"), "", "setting.blank", {}, id="no name"),
        pytest.param(column("days_to_run"), None, "setting.blank", {}, id="no list of weekdays"),
        pytest.param(column("description"), "B" * 41, "setting.length", {"least": 1, "most": 40}, id="41 letters"),
        pytest.param(column("description"), "  ", "setting.length", {"least": 1, "most": 40}, id="only blanks"),
        pytest.param(column("sub_club"), "ABCD", "setting.length", {"least": 1, "most": 3}, id="four characters"),
        pytest.param(column("sub_club"), "b", "setting.characters", {"allowed": "A-Z 0-9"}, id="a small letter"),
        pytest.param(column("sub_club"), "A-", "setting.characters", {"allowed": "A-Z 0-9"}, id="a dash"),
        pytest.param(column("sub_club"), "Ä", "setting.characters", {"allowed": "A-Z 0-9"}, id="beyond Z"),
        pytest.param(of_form("currency"), "AU1", "setting.characters", {"allowed": "A-Z"}, id="a digit"),
        pytest.param(of_form("currency"), "AU", "setting.length", {"least": 3, "most": 3}, id="two letters"),
        pytest.param(of_form("zone"), "Australia/Larkspur", "setting.zone", {"zone": "Australia/Larkspur"}, id="zone"),
        pytest.param(of_form("zone"), "Australia", "setting.zone", {"zone": "Australia"}, id="a folder of zones"),
        pytest.param(of_form("zone"), "../etc", "setting.zone", {"zone": "../etc"}, id="no zone at all"),
        pytest.param(column("venues"), ("point", "point"), "setting.twice", {"value": "point"}, id="a venue twice"),
        pytest.param(column("days_to_run"), (0, 1, 0), "setting.twice", {"value": 0}, id="a weekday twice"),
        pytest.param(column("days_to_run"), (7,), "setting.range", {"least": 0, "most": 6}, id="an eighth day"),
        pytest.param(column("days_to_run"), (-1,), "setting.range", {"least": 0, "most": 6}, id="no such day"),
        pytest.param(of_form("enabled_levels"), (0,), "setting.range", {"least": 1, "most": 50}, id="level 0"),
        pytest.param(of_form("enabled_levels"), (51,), "setting.range", {"least": 1, "most": 50}, id="level 51"),
    ],
)
def test_what_may_not_stand(of: Column, value: object, code: str, facts: dict[str, Any]) -> None:
    """R2, R6, R15, R46, R80, R101, 3.1: one finding a reason, with what a sentence names."""
    rule = "R2" if code == "setting.zone" else of.rule
    assert check_cell(of, value, number=5) == (finding(ERROR, code, rule, 5, of.key, **facts),)


def test_every_reason_of_a_text_is_told() -> None:
    """R101, 3.1: too long and of wrong characters are two findings."""
    assert [f.code for f in check_cell(column("sub_club"), "abcd")] == ["setting.length", "setting.characters"]


@pytest.mark.parametrize(
    ("key", "entry", "value"),
    [
        pytest.param("points_multiplier_h", None, 100, id="a blank multiplier is 1.00"),
        pytest.param("points_multiplier_h", 0, 0, id="0 stays 0"),
        pytest.param("min_to_maintain", None, NIL, id="a blank Min to Maintain is nil"),
        pytest.param("redemption_ratio", None, 100, id="a blank ratio is 100"),
        pytest.param("end_min", None, 1439, id="a blank End Time is the end of the day"),
        pytest.param("days_paid", None, None, id="blank Days Paid stay blank"),
        pytest.param("number", None, None, id="a blank number stays blank"),
        pytest.param("description", None, "", id="a blank text is an empty one"),
    ],
)
def test_a_blank_cell_is_its_default(key: str, entry: object, value: object) -> None:
    """R27, R58, 3.1: a blank multiplier counts as 1.00, a blank Min to Maintain as 0."""
    assert filled(column(key), entry) == value


def test_unbounded_figures_stand() -> None:
    """3.1: a field without bounds takes any figure, and a list without them any numbers."""
    assert check_cell(Column(key="n", kind=Kind.WHOLE), -(10**30)) == ()
    assert check_cell(Column(key="n", kind=Kind.NUMBERS), (-1, 10**9)) == ()
    assert check_cell(Column(key="n", kind=Kind.TEXT, blank=Blank.NEVER), "x" * 9_999) == ()

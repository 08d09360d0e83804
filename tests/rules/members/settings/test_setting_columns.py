"""Columns: the grid of section 3.1 as data, and the other forms."""

from __future__ import annotations

from dataclasses import fields

import pytest

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club, TierKind
from clubtill_rules.members.settings.columns import ALL, COLUMNS, FURTHER, KEYS, Blank, Column, Kind, SubScreen, column
from clubtill_rules.members.settings.forms import CLUB, LOCATION, VENUE
from clubtill_rules.members.settings.lists import ALLOWANCE, INTERVAL, LEVEL, RATIO, WINDOW, WINDOW_DAYS
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.money import NIL

W, T, M, P, D = Kind.WHOLE, Kind.TEXT, Kind.MONEY, Kind.PERCENT, Kind.DECIMAL
A, N, F = Blank.ALLOWED, Blank.NEVER, Blank.DEFAULT
WEEK = (0, 1, 2, 3, 4, 5, 6)


@pytest.mark.parametrize(
    ("number", "key", "kind", "least", "most", "default", "blank"),
    [
        pytest.param(1, "number", W, 1, 999, None, N, id="number"),
        pytest.param(2, "description", T, 1, 40, "", F, id="Description"),
        pytest.param(3, "paid_to", Kind.DATE, None, None, None, A, id="Paid to Date"),
        pytest.param(4, "days_paid", W, 1, 3660, None, A, id="Days Paid"),
        pytest.param(5, "fee", M, 0, 999_999, NIL, F, id="Fee Payable"),
        pytest.param(6, "join_points", W, 0, 9_999_999, 0, F, id="Join Points"),
        pytest.param(7, "points_multiplier_h", D, 0, 9999, 100, F, id="Points Multiplier"),
        pytest.param(8, "financial", Kind.COUNT, None, None, None, N, id="Financial"),
        pytest.param(9, "unfinancial", Kind.COUNT, None, None, None, N, id="Un-financial"),
        pytest.param(10, "total", Kind.COUNT, None, None, None, N, id="Total"),
        pytest.param(11, "points_expiry_months", W, 0, 120, 0, F, id="Points Expiry"),
        pytest.param(12, "redemption_ratio", W, 0, 100_000, 100, F, id="Redemption Ratio"),
        pytest.param(13, "web_redemption_ratio", W, 0, 100_000, 100, F, id="Web Redemption Ratio"),
        pytest.param(14, "venues", Kind.NAMES, None, None, None, A, id="Location Groups"),
        pytest.param(15, "days_to_run", Kind.WEEKDAYS, None, None, WEEK, N, id="Days to Run"),
        pytest.param(16, "account_charge_families", Kind.NAMES, None, None, (), N, id="Acct C/R Inclusions"),
        pytest.param(17, "points_pay_exclusions", Kind.NAMES, None, None, (), N, id="PP Exclusions"),
        pytest.param(18, "points_pay_discount_exclusions", Kind.NAMES, None, None, (), N, id="PP Discount Exclusions"),
        pytest.param(19, "points_pay_discount_bp", P, 0, 10_000, 0, F, id="PP Discount %"),
        pytest.param(20, "points_pay_discount_media", Kind.MEDIUM, None, None, None, A, id="PP Discount Media"),
        pytest.param(21, "start_min", Kind.TIME, 0, 1439, 0, F, id="Start Time"),
        pytest.param(22, "end_min", Kind.TIME, 0, 1439, 1439, F, id="End Time"),
        pytest.param(23, "days_before_reset", W, 0, 3660, 0, F, id="Days Before Reset"),
        pytest.param(24, "tier_min", M, 0, 999_999, NIL, F, id="Tier Min Level"),
        pytest.param(25, "tier_max", M, 0, 999_999, NIL, F, id="Tier Max Level"),
        pytest.param(26, "min_to_maintain", M, 0, 999_999, NIL, F, id="Min to Maintain"),
        pytest.param(27, "tier_min_period_days", W, 0, 3660, 0, F, id="Tier Min Period"),
        pytest.param(28, "sub_club", T, 1, 3, "", F, id="SubClub"),
        pytest.param(29, "visitation_points", W, 0, 99_999, 0, F, id="Visitation Points"),
        pytest.param(30, "birthday_points", W, 0, 99_999, 0, F, id="Birthday Points"),
        pytest.param(31, "discount_expense_media", Kind.MEDIUM, None, None, None, A, id="Discount Expense Media"),
    ],
)
def test_the_columns_of_the_grid(  # noqa: PLR0917 - a row of the table
    number: int, key: str, kind: Kind, least: int | None, most: int | None, default: object, blank: Blank
) -> None:
    """R27, 3.1: every column at its place, with its type, range, default and what a blank cell means."""
    of = COLUMNS[number - 1]
    assert (of.number, of.key, of.kind, of.least, of.most) == (number, key, kind, least, most)
    assert (of.default, of.blank, of.owner) == (default, blank, Classification)
    assert of is column(key)


def test_the_grid_has_thirty_one_columns() -> None:
    """3.1: no more and no fewer; none stands twice, and what hangs on a row comes after them."""
    assert len(COLUMNS) == 31
    assert len(set(KEYS)) == len(KEYS) == 31 + 5 + 3
    assert KEYS[:36] == tuple(of.key for of in ALL)
    assert KEYS[36:] == ("location_ratios", "member_prices", "allowance")


def test_an_unknown_column_is_our_mistake() -> None:
    """3.1: a key that no column has raises."""
    with pytest.raises(KeyError, match="colour"):
        column("colour")


def test_what_grids_need_to_know() -> None:
    """R7, R10, R22, D13, 3.1: what is read only, opens a screen, locks, needs or belongs to one kind of tiers."""
    assert [of.number for of in COLUMNS if of.read_only] == [8, 9, 10]
    assert {of.number: of.opens for of in COLUMNS if of.opens} == {
        14: SubScreen.LOCATION_GROUPS,
        15: SubScreen.ACTIVE_DAYS,
        16: SubScreen.ALLOWED_FAMILIES,
        17: SubScreen.EXCLUDED_FAMILIES,
        18: SubScreen.EXCLUDED_FAMILIES,
        20: SubScreen.SEARCH_MEDIA,
        31: SubScreen.SEARCH_MEDIA,
    }
    assert {of.number: of.locked_by for of in COLUMNS if of.locked_by} == {3: "days_paid", 4: "paid_to"}
    assert {of.number: of.needs for of in COLUMNS if of.needs} == {23: "days_paid"}
    assert [of.number for of in COLUMNS if of.tiers is TierKind.DOLLARS] == [24, 25, 26, 27]
    assert [of.key for of in FURTHER if of.tiers is TierKind.POINTS] == [
        "update_sequence",
        "min_points",
        "check_months",
    ]
    assert [of.number for of in COLUMNS if of.nil_when_banned] == [5, 6, 7, 12, 13, 24, 25, 26, 27, 29, 30]
    assert [of.key for of in FURTHER if of.nil_when_banned] == ["update_sequence", "min_points"]
    assert [of.allowed for of in COLUMNS if of.allowed] == ["A-Z 0-9"]


def test_columns_know_their_rules() -> None:
    """3.1: a finding at a cell names the rule that gives the cell its meaning."""
    assert {of.number: of.rule for of in COLUMNS} == {
        1: "R6", 2: "3.1", 3: "R21", 4: "R22", 5: "R20", 6: "R23", 7: "R27", 8: "R10", 9: "R10", 10: "R10", 11: "R34",
        12: "R66", 13: "R65", 14: "R15", 15: "R46", 16: "R74", 17: "R68", 18: "R69", 19: "R69", 20: "R69", 21: "R46",
        22: "R46", 23: "R22", 24: "R56", 25: "R56", 26: "R58", 27: "R59", 28: "R101", 29: "R48", 30: "R50", 31: "R81",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("of", "kind", "rule", "least", "most", "blank"),
    [
        pytest.param(column("fixed_rate_h"), D, "R31", 0, 9999, A, id="fixed rate"),
        pytest.param(column("votes"), Kind.FLAG, "R106", None, None, N, id="votes"),
        pytest.param(column("update_sequence"), W, "R64", 0, 999, F, id="step"),
        pytest.param(column("min_points"), W, "R64", 0, 9_999_999, F, id="points of a step"),
        pytest.param(column("check_months"), W, "R64", 0, 120, A, id="months between checks"),
        pytest.param(RATIO, W, "R65", 0, 100_000, F, id="location ratio"),
        pytest.param(LEVEL, W, "R80", 1, 50, N, id="price level"),
        pytest.param(WINDOW, Kind.TIME, "R80", 0, 1439, N, id="price window"),
        pytest.param(WINDOW_DAYS, Kind.WEEKDAYS, "R80", None, None, A, id="price days"),
        pytest.param(ALLOWANCE, M, "R96", 0, 999_999, N, id="allowance"),
        pytest.param(INTERVAL, W, "R96", 1, 3660, N, id="allowance interval"),
    ],
)
def test_settings_beside_the_grid(  # noqa: PLR0917 - a row of the table
    of: Column, kind: Kind, rule: str, least: int | None, most: int | None, blank: Blank
) -> None:
    """R31, R64, R65, R80, R96, R106: settings outside the grid have no place in it, but bounds."""
    assert (of.number, of.kind, of.rule, of.least, of.most, of.blank) == (0, kind, rule, least, most, blank)


@pytest.mark.parametrize(
    ("key", "decimals", "bounds"),
    [
        pytest.param("fee", 2, (0, 99_999_999), id="999,999.99"),
        pytest.param("fee", 0, (0, 999_999), id="999,999 yen"),
        pytest.param("fee", 3, (0, 999_999_999), id="999,999.999 dinars"),
        pytest.param("days_paid", 3, (1, 3660), id="no money, no decimals"),
        pytest.param("paid_to", 2, None, id="no bounds"),
    ],
)
def test_bounds_of_money_follow_the_currency(key: str, decimals: int, bounds: tuple[int, int] | None) -> None:
    """R1, 3.1: 0 to 999,999.99 in a currency of two decimals."""
    assert column(key).bounds(decimals) == bounds


def test_a_column_of_which_nothing_is_said() -> None:
    """3.1: no bounds, always filled in, never greyed, kept in row 99, and nothing to open."""
    assert Column(key="fee", kind=M) == Column(
        key="fee", kind=M, rule="3.1", least=None, most=None, number=0, owner=Classification, blank=N, allowed="",
        choices=None, opens=None, locked_by="", needs="", tiers=None, nil_when_banned=False,
    )  # fmt: skip


def test_money_without_bounds() -> None:
    """R1: an amount may have no bounds."""
    assert Column(key="fee", kind=M).bounds(2) is None
    assert Column(key="fee", kind=W, least=1).bounds(2) is None
    assert Column(key="fee", kind=W, most=1).bounds(2) is None
    assert Column(key="fee", kind=M, least=1, most=2).bounds(2) == (100, 299)


@pytest.mark.parametrize(
    ("form", "owner", "elsewhere"),
    [
        pytest.param(CLUB, Club, {"id", "tier_review"}, id="club"),
        pytest.param(
            VENUE,
            Venue,
            {"id", "receipt_name", "receipt_lines", "receipt_footer", "birthday_voucher"},
            id="venue",
        ),
        pytest.param(LOCATION, Location, {"id", "venue_id"}, id="location"),
    ],
)
def test_forms_cover_their_settings(form: tuple[Column, ...], owner: type, elsewhere: set[str]) -> None:
    """R1, R2, R80: every setting has its field, but for texts of receipts and what is chosen elsewhere."""
    keys = [of.key for of in form]
    assert len(set(keys)) == len(keys)
    assert {f.name for f in fields(owner)} - set(keys) <= elsewhere
    assert all(of.owner is owner and of.number == 0 for of in form)
    assert all((of.least is None) is (of.most is None) for of in form)
    assert all((of.choices is not None) is (of.kind is Kind.CHOICE) for of in form)


def test_defaults_are_those_of_the_settings() -> None:
    """3.1: a form shows the defaults of its own settings; a name has none."""
    by_key = {of.key: of.default for of in VENUE}
    assert (by_key["currency"], by_key["guest_retention_years"], by_key["name"]) == ("AUD", 7, None)

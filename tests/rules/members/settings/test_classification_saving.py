"""Saving a grid: what must not be deleted or moved, and which finding comes first (R6, R64)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.settings.findings import Finding, Severity, ordered, saveable
from clubtill_rules.members.settings.tables import check_table
from clubtill_rules.members.standing import Count
from clubtill_rules.values.money import NIL, Money
from tests.rules.members.settings.house_kit import (
    BANNED_ROW,
    CLUB,
    ERROR,
    HOUSE,
    PLAIN,
    band,
    finding,
    row,
    step,
)


def test_counts_decide_what_is_in_use() -> None:
    """R70: the members of a row reach its own check."""
    house = replace(HOUSE, clubs={"larkspur": replace(CLUB, allow_points_pay_per_product=True)})
    rows = [row(4), row(5)]
    findings = check_table(rows, house, counts={5: Count(financial=1, unfinancial=0)})
    assert [(f.code, f.number) for f in findings] == [("classification.media_for_points_prices", 5)]


@pytest.mark.parametrize(
    ("saved", "members", "expected"),
    [
        pytest.param(
            [PLAIN, BANNED_ROW],
            {},
            [finding(ERROR, "classification.banned_deleted", "R6", 99, "number", row=99)],
            id="row 99",
        ),
        pytest.param(
            [PLAIN, BANNED_ROW],
            {99: 3},
            [finding(ERROR, "classification.banned_deleted", "R6", 99, "number", row=99)],
            id="row 99 with members",
        ),
        pytest.param(
            [PLAIN, row(7), row(4)],
            {4: 1, 7: 2},
            [
                finding(ERROR, "classification.members_left", "R6", 4, "number", row=4, n=1),
                finding(ERROR, "classification.members_left", "R6", 7, "number", row=7, n=2),
            ],
            id="rows with members",
        ),
        pytest.param([PLAIN, row(4)], {4: 0, 1: 5}, [], id="a row without members"),
        pytest.param([], {}, [], id="nothing was saved yet"),
    ],
)
def test_what_must_not_be_deleted(
    saved: Sequence[Classification], members: dict[int, int], expected: list[Finding]
) -> None:
    """R6: row 99 and rows that members are in stay."""
    counts = {number: Count(financial=0, unfinancial=n) for number, n in members.items()}
    assert list(check_table([PLAIN], HOUSE, saved=saved, counts=counts)) == expected


@pytest.mark.parametrize(
    ("club_id", "members", "refused"),
    [
        pytest.param("staff", 1, True, id="another club, one member"),
        pytest.param("staff", 0, False, id="another club, nobody"),
        pytest.param("larkspur", 1, False, id="the same club"),
    ],
)
def test_members_stay_in_their_club(club_id: str, members: int, refused: bool) -> None:
    """R6, R38: a row with members does not move to another club, for points never leave theirs."""
    counts = {1: Count(financial=members, unfinancial=0)}
    findings = check_table([replace(PLAIN, club_id=club_id)], HOUSE, saved=[PLAIN], counts=counts)
    expected = finding(ERROR, "classification.club_changed", "R6", 1, "number", row=1, n=1)
    assert findings == ((expected,) if refused else ())
    assert check_table([replace(PLAIN, club_id=club_id)], HOUSE, counts=counts) == ()


def test_both_kinds_of_tiers_in_one_club() -> None:
    """R64, D13: dollar bands and point steps in one club: whichever the club does not use is refused."""
    rows = [band(1, 0, 4999), replace(step(2, 1, 0), club_id="larkspur")]
    assert [f.code for f in check_table(rows, HOUSE)] == ["classification.tier_of_points"]


def test_the_first_error_of_the_first_row_comes_first() -> None:
    """3.2: errors by row and column, whatever the order of the rows; one is enough to save nothing."""
    rows = [row(5, start_min=-1, fee=Money(-1)), row(4, end_min=-1, days_before_reset=1), row(3, fee=Money(1))]
    findings = check_table(rows, HOUSE)
    assert [(f.severity, f.number, f.field) for f in findings] == [
        (Severity.ERROR, 4, "end_min"),
        (Severity.ERROR, 5, "fee"),
        (Severity.ERROR, 5, "start_min"),
        (Severity.WARNING, 3, "fee"),
        (Severity.HINT, 4, "days_before_reset"),
    ]
    assert not saveable(findings)
    assert saveable(findings[3:])
    assert saveable(())


def test_order_without_columns() -> None:
    """3.2: fields that no column has come after the others, in the order in which they were found."""
    first, second, third = (finding(ERROR, "setting.blank", "R6", 1, field) for field in ("zz", "aa", "fee"))
    assert ordered([first, second, third], ["fee"]) == (third, first, second)
    assert ordered([first, second, third]) == (first, second, third)


def test_an_amount_of_nil_is_no_tier() -> None:
    """R56: Min = Max = 0 is not a tier; Max alone makes one; 99 never is one."""
    assert [row(1, tier_min=NIL, tier_max=NIL).is_tier, band(1, 0, 1).is_tier, band(1, 1, 0).is_tier] == [
        False, True, True
    ]  # fmt: skip
    assert not replace(BANNED_ROW, tier_max=Money(1)).is_tier
    assert not replace(BANNED_ROW, update_sequence=1).is_step
    assert [step(1, 1, 0).is_step, step(1, 0, 500).is_step] == [True, False]

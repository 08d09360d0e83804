"""Tables: rows against each other, bands, steps, and what must not be deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.settings.findings import Finding, saveable
from clubtill_rules.members.settings.tables import check_table
from clubtill_rules.points.redeeming import cost
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.why import Rounding, working
from tests.rules.members.settings.house_kit import (
    BANNED_ROW,
    ERROR,
    HOUSE,
    PLAIN,
    WARNING,
    band,
    finding,
    row,
    step,
)

BRONZE, SILVER, GOLD = band(1, 0, 4999), band(2, 5000, 9999), band(3, 10000, 999999)
HUNDRED = whole(100)


def gap(code: str, upper: int, lower: int, begins: int, ends: int) -> Finding:
    """Write down a gap or an overlap, in cents."""
    due = Money(ends + 1)
    return finding(
        ERROR,
        code,
        "R56",
        upper,
        "tier_min",
        working=working(due, Rounding.EXACT, Money(ends), ("+", Money(1))),
        row=upper,
        other=lower,
        tier_min=Money(begins),
        tier_max=Money(ends),
        due=due,
    )


def worse(number: int, other: int, field: str, ratio: int, *cents: int) -> Finding:
    """Write down a higher tier that is worse off, and what 100 points pay in it and in the other, in cents."""
    worth, other_worth = cents
    return finding(
        WARNING,
        "classification.higher_tier_worse",
        "R66",
        number,
        field,
        working=working(Money(worth), Rounding.FLOOR, HUNDRED, ("/", ratio)) if ratio else None,
        row=number,
        other=other,
        points=HUNDRED,
        worth=Money(worth),
        other_worth=Money(other_worth),
    )


@pytest.mark.example("R56.1")
def test_the_bands_of_the_example_are_sound() -> None:
    """R56: Bronze 0.00-49.99, Silver 50.00-99.99, Gold 100.00-9999.99, in any order of the rows."""
    for rows in ([BRONZE, SILVER, GOLD], [GOLD, BRONZE, SILVER]):
        assert check_table([*rows, BANNED_ROW, row(8)], HOUSE) == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([BRONZE, band(2, 5001, 9999)], [gap("classification.tier_gap", 2, 1, 5001, 4999)], id="a cent"),
        pytest.param(
            [BRONZE, band(2, 4999, 9999)], [gap("classification.tier_overlap", 2, 1, 4999, 4999)], id="the same cent"
        ),
        pytest.param(
            [BRONZE, GOLD], [gap("classification.tier_gap", 3, 1, 10000, 4999)], id="the tier between is missing"
        ),
        pytest.param(
            [band(5, 0, 4999), band(4, 0, 9999)],
            [gap("classification.tier_overlap", 5, 4, 0, 9999)],
            id="both begin at nil: the lower number is the lower tier",
        ),
        pytest.param(
            [BRONZE, band(2, 5002, 9999), band(3, 9999, 20000)],
            [
                gap("classification.tier_gap", 2, 1, 5002, 4999),
                gap("classification.tier_overlap", 3, 2, 9999, 9999),
            ],
            id="both, one after the other",
        ),
        pytest.param([band(1, 5000, 9999)], [], id="one tier need not begin at nil"),
        pytest.param([BRONZE, row(4), SILVER], [], id="others stand between"),
    ],
)
def test_gaps_and_overlaps_name_both_rows(rows: Sequence[Classification], expected: list[Finding]) -> None:
    """R56: each Min is the Max before plus one minor unit, else TIER_GAP or TIER_OVERLAP with both rows."""
    assert list(check_table(rows, HOUSE)) == expected


def test_a_missing_band_at_the_end_is_no_gap() -> None:
    """R56: the first tier begins where it wants and the last ends where it wants."""
    assert check_table([band(1, 1, 2), band(2, 3, 3)], HOUSE) == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([step(1, 1, 0), step(2, 2, 1), step(3, 3, 2)], [], id="ascending"),
        pytest.param(
            [step(9, 1, 0), step(2, 5, 1000)], [], id="by sequence, whatever the number; steps may be missing"
        ),
        pytest.param(
            [step(1, 1, 500), step(2, 2, 500)],
            [
                finding(
                    ERROR,
                    "classification.step_order",
                    "R64",
                    2,
                    "min_points",
                    row=2,
                    other=1,
                    points=whole(500),
                    least=whole(500),
                )
            ],
            id="as many points as the step below",
        ),
        pytest.param(
            [step(1, 2, 100), step(2, 1, 500)],
            [
                finding(
                    ERROR,
                    "classification.step_order",
                    "R64",
                    1,
                    "min_points",
                    row=1,
                    other=2,
                    points=whole(100),
                    least=whole(500),
                )
            ],
            id="fewer points than the step below",
        ),
        pytest.param(
            [step(4, 1, 0), step(3, 1, 500)],
            [finding(ERROR, "classification.step_twice", "R64", 4, "update_sequence", row=4, other=3, step=1)],
            id="the same step twice",
        ),
    ],
)
def test_steps_ascend(rows: Sequence[Classification], expected: list[Finding]) -> None:
    """R64: 1 Bronze, 2 Silver, 3 Gold, each with a higher minimum of points than the one before."""
    assert list(check_table(rows, HOUSE)) == expected


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [
        pytest.param((100, 75, 50), [], id="better from tier to tier"),
        pytest.param((100, 100, 100), [], id="the same"),
        pytest.param((75, 76, 75), [worse(2, 1, "redemption_ratio", 76, 131, 133)], id="a little worse"),
        pytest.param(
            (50, 100, 75),
            [worse(2, 1, "redemption_ratio", 100, 100, 200), worse(3, 1, "redemption_ratio", 75, 133, 200)],
            id="better than the second is not better than the first",
        ),
        pytest.param((100, 50, 75), [worse(3, 2, "redemption_ratio", 75, 133, 200)], id="compared with the best below"),
        pytest.param((1, 2, 1), [worse(2, 1, "redemption_ratio", 2, 5000, 10000)], id="a dollar a point"),
        pytest.param((100, 100, 101), [worse(3, 1, "redemption_ratio", 101, 99, 100)], id="of two as good the first"),
    ],
)
def test_a_higher_tier_with_a_larger_ratio_is_worse_off(ratios: tuple[int, int, int], expected: list[Finding]) -> None:
    """R65, R66, D1, A1: warned with what 100 points pay in both rows, ratio 100 being $1.00."""
    rows = [replace(tier, redemption_ratio=n) for tier, n in zip((BRONZE, SILVER, GOLD), ratios, strict=True)]
    findings = check_table(rows, HOUSE)
    assert list(findings) == expected
    assert saveable(findings)


def test_a_higher_tier_that_redeems_nothing_is_worst() -> None:
    """R66, D1: ratio 0 is worse than any ratio, and nobody divides by it; a lower tier with 0 is no measure."""
    rows = [
        replace(BRONZE, redemption_ratio=0),
        replace(SILVER, redemption_ratio=100),
        replace(GOLD, redemption_ratio=0),
    ]
    found = [f for f in check_table(rows, HOUSE) if f.severity is WARNING]
    assert found == [worse(3, 2, "redemption_ratio", 0, 0, 100)]


def test_the_web_ratio_is_compared_too() -> None:
    """R65, D1: the Web Redemption Ratio by itself, and steps of points as tiers of dollars."""
    dollars = [BRONZE, replace(SILVER, web_redemption_ratio=200)]
    assert list(check_table(dollars, HOUSE)) == [worse(2, 1, "web_redemption_ratio", 200, 50, 100)]
    points = [step(1, 1, 0), step(2, 2, 500, web_redemption_ratio=200)]
    assert list(check_table(points, HOUSE)) == [worse(2, 1, "web_redemption_ratio", 200, 50, 100)]


def test_worth_is_the_value_of_the_formula() -> None:
    """R66, D1: what the warning names costs at most 100 points, and a cent more costs more."""
    rows = [replace(BRONZE, redemption_ratio=30), replace(SILVER, redemption_ratio=75)]
    (warning,) = check_table(rows, HOUSE)
    for name, ratio in (("worth", 75), ("other_worth", 30)):
        value = warning.facts[name]
        assert isinstance(value, Money)
        assert cost(value, ratio, money_decimals=2, grain_h=100) <= HUNDRED
        assert cost(value + Money(1), ratio, money_decimals=2, grain_h=100) > HUNDRED


def test_tiers_of_different_clubs_are_apart() -> None:
    """R6, R56, D13: bands, names, initials and ratios are compared within a club only."""
    own = [replace(BRONZE, sub_club="B"), SILVER]
    others = [
        step(10, 1, 0, description="Class 1", sub_club="B", redemption_ratio=500),
        step(11, 2, 1, redemption_ratio=500),
    ]
    assert check_table([*own, *others], HOUSE) == ()


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            [row(4), row(4, description="Bowls")],
            finding(ERROR, "classification.number_twice", "R6", 4, "number", row=4),
            id="a number",
        ),
        pytest.param(
            [row(4, description="Gold Card"), row(3, description=" gold  CARD")],
            finding(
                ERROR,
                "classification.description_twice",
                "3.1",
                3,
                "description",
                row=3,
                other=4,
                text=" gold  CARD",
            ),
            id="a description, but for case and blanks",
        ),
        pytest.param(
            [row(4, description="a b"), row(5, description="A B"), row(6, description="AB")],
            finding(
                ERROR,
                "classification.description_twice",
                "3.1",
                5,
                "description",
                row=5,
                other=4,
                text="A B",
            ),
            id="a description of two words, but not run together",
        ),
        pytest.param(
            [row(3), row(4, sub_club="B"), row(5, sub_club="B")],
            finding(ERROR, "classification.sub_club_twice", "R101", 5, "sub_club", row=5, other=4, text="B"),
            id="an initial",
        ),
    ],
)
def test_what_stands_once(rows: Sequence[Classification], expected: Finding) -> None:
    """R6, R101, 3.1: numbers, descriptions and initials stand once."""
    assert check_table(rows, HOUSE) == (expected,)


def test_what_rows_have_twice_is_told_in_the_order_of_the_columns() -> None:
    """3.2: what is wrong with a row itself stands with what is wrong beside others, by column."""
    findings = check_table([row(4), row(5, start_min=-1, description="class 4")], HOUSE)
    assert [(f.number, f.field) for f in findings] == [(5, "description"), (5, "start_min")]


def test_blank_rows_are_passed_over() -> None:
    """3.1: a row in which nothing was filled in takes no part, not even by its number; nor do blank initials."""
    blank = Classification(number=1, club_id="larkspur")
    assert check_table([PLAIN, blank, row(2), row(3)], HOUSE) == ()


def test_unreadable_rows_are_not_compared() -> None:
    """3.1: a row with a cell that cannot be read is told of, and compared with no other."""
    broken = replace(row(4, sub_club="B"), description=5)  # type: ignore[arg-type]
    findings = check_table([row(5), broken, row(6, sub_club="B"), row(4)], HOUSE)
    assert findings == (finding(ERROR, "setting.kind", "3.1", 4, "description", kind="text"),)


def test_a_number_that_cannot_be_read_is_row_0() -> None:
    """3.1, 3.2: findings about rows without a readable number stand before the others, as those of row 0."""
    broken = [replace(row(4), number=number) for number in (None, "four", 4.5)]  # type: ignore[arg-type]
    findings = check_table([*broken, row(5, fee=Money(-1))], HOUSE)
    assert [(f.code, f.number, f.field) for f in findings] == [
        ("setting.blank", 0, "number"),
        ("setting.kind", 0, "number"),
        ("setting.kind", 0, "number"),
        ("setting.range", 5, "fee"),
    ]

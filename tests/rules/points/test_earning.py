"""Earning, as tables: what a sale awards and why (R26-R29), and how long it lives (R34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.goods.line import PaidByPoints
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.points.earning import award, last_usable_day
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from tests.rules.points.goods import CATALOGUE, GOLD, JEAN, LIGHT, PALE, PARMA, line, settings

BY_POINTS = PaidByPoints(points=whole(1), value=Money(1), discount=Money(0))
GOLDEN = (PALE, PARMA, LIGHT)
ONE = replace(GOLD, points_multiplier_h=100)
NONE = replace(GOLD, points_multiplier_h=0)

# lines, classification, catalogue, points in hundredths
AWARDS = {
    "R26-worked-example-176": (
        (line(1, 1200, rate_h=150), line(2, 2000, rate_h=300), line(3, 300, qty=2, fixed_points=5)), GOLD, CATALOGUE,
        17_600,
    ),
    "R26-rounding-11": ((line(1, 455, rate_h=150), line(2, 330, rate_h=150)), ONE, CATALOGUE, 1_100),
    "R1-grain-of-a-hundredth": (
        (line(1, 455, rate_h=150), line(2, 330, rate_h=150)), ONE, settings(decimals=2), 1_177,
    ),
    "R1-never-a-float": ((line(1, 455, rate_h=150),), ONE, settings(decimals=2), 682),
    "golden-94": (GOLDEN, GOLD, CATALOGUE, 9_400),
    "golden-47-beers-paid-by-points": (
        (replace(PALE, by_points=BY_POINTS), PARMA, replace(LIGHT, by_points=BY_POINTS)), GOLD, CATALOGUE, 4_700,
    ),
    "golden-silver-58": (GOLDEN, replace(GOLD, points_multiplier_h=125), CATALOGUE, 5_800),
    "golden-at-the-marina-47": (GOLDEN, GOLD, settings(factor_h=50), 4_700),
    "R26-location-factor-0": (GOLDEN, GOLD, settings(factor_h=0), 0),
    "R26-yen": ((line(1, 500),), ONE, settings(money_decimals=0), 50_000),
    "R26-dinar": ((line(1, 1250),), ONE, settings(money_decimals=3), 100),
    "R26-fixed-points-take-factor-and-multiplier": ((line(1, 100, fixed_points=5),), GOLD, settings(factor_h=50), 500),
    "R27-multiplier-0": (GOLDEN, NONE, CATALOGUE, 0),
    "R27-switch-off-counts-as-one": (GOLDEN, GOLD, settings(multiplier_for_loyalty=False), 4_700),
    "R27-switch-off-0-still-means-none": (GOLDEN, NONE, settings(multiplier_for_loyalty=False), 0),
    "R28-after-the-line-discount": ((line(1, 1000, discount=Money(250)),), ONE, CATALOGUE, 700),
    "R28-fee": ((line(1, 4500, kind=ProductKind.FEE), LIGHT), ONE, CATALOGUE, 700),
    "R28-top-up": ((line(1, 4500, kind=ProductKind.TOP_UP), LIGHT), ONE, CATALOGUE, 700),
    "R28-gift-card": ((line(1, 4500, kind=ProductKind.GIFT_CARD), LIGHT), ONE, CATALOGUE, 700),
    "R28-gaming-earns": ((line(1, 500, kind=ProductKind.GAMING),), ONE, CATALOGUE, 500),
    "R28-category-at-0": ((line(1, 4500, rate_h=0),), ONE, CATALOGUE, 0),
    "R28-nothing-sold": ((), ONE, CATALOGUE, 0),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "classification", "catalogue", "hundredths"), AWARDS.values(), ids=AWARDS.keys())
def test_award(lines, classification, catalogue, hundredths):
    """R1, R26-R28 and the worked table of Larkspur Point: the award in hundredths of a point."""
    got = award(lines, member=JEAN, classification=classification, catalogue=catalogue, earns=True)
    assert got.points == Points(hundredths)
    assert got.because


SILENT = {
    "R29-nobody-attached": ({"member": None, "classification": None, "earns": True}, "why.earns.no_member"),
    "R13-benefits-off": ({"member": JEAN, "classification": GOLD, "earns": False}, "why.earns.not_allowed"),
    "R13-person-earns-nothing": (
        {"member": replace(JEAN, earns_points=False), "classification": GOLD, "earns": True}, "why.earns.not_allowed",
    ),
    "R27-classification-off": ({"member": JEAN, "classification": NONE, "earns": True}, "why.earns.classification_off"),
}  # fmt: skip


@pytest.mark.parametrize(("who", "code"), SILENT.values(), ids=SILENT.keys())
def test_no_award_says_why(who, code):
    """R13, R27, R29: where nothing can be earned, one reason says so."""
    got = award(GOLDEN, catalogue=CATALOGUE, **who)
    assert (got.points, [why.code for why in got.because]) == (whole(0), [code])


def test_an_award_can_be_checked_without_the_person():
    """D30: the ledger knows the sale's classification only, and computes the same figure."""
    got = award(GOLDEN, member=None, classification=GOLD, catalogue=CATALOGUE, earns=True)
    assert got.points == whole(94)


def test_the_reasons_carry_the_figures():
    """R26, R28: a line paid by points says so, the others value and rate, the sum its factors."""
    lines = (replace(PALE, by_points=BY_POINTS), PARMA, line(4, 300, "Badge", fixed_points=5, qty=2))
    got = award(lines, member=JEAN, classification=GOLD, catalogue=CATALOGUE, earns=True)
    assert [(why.code, why.rule) for why in got.because] == [
        ("why.earns.paid_by_points", "R28"),
        ("why.earned.value", "R26"),
        ("why.earned.fixed", "R26"),
        ("why.earned", "R26"),
    ]
    assert got.because[1].facts == {
        "line": 2, "product": "Member parma", "value": Money(2398), "rate_h": 100, "special": "",
    }  # fmt: skip
    assert got.because[3].facts == {
        "points": whole(67), "factor_h": 100, "multiplier_h": 200, "exact": Points(6_796),
    }  # fmt: skip


LINES = st.lists(
    st.builds(line, st.integers(1, 9), st.integers(0, 10_000), rate_h=st.integers(0, 400), qty=st.integers(1, 5)),
    max_size=6,
)


@given(lines=LINES, multiplier_h=st.integers(1, 500), cut=st.integers(0, 6))
def test_one_floor_a_sale(lines, multiplier_h, cut):
    """R26: floored once, so a sale earns what its two parts do, or one grain more."""
    classification = replace(GOLD, points_multiplier_h=multiplier_h)

    def of(some):
        return award(
            some, member=JEAN, classification=classification, catalogue=CATALOGUE, earns=True
        ).points.hundredths

    assert 0 <= of(lines) - of(lines[:cut]) - of(lines[cut:]) <= 100
    assert of(lines) % 100 == 0


@pytest.mark.parametrize(
    ("earned", "months", "last"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 24), 0, None),
        (date(2024, 12, 31), 24, date(2026, 12, 31)),
    ],
    ids=["R34-month-end", "R34-leap-day", "R34-never", "silver-at-24-months"],
)
def test_last_usable_day(earned, months, last):
    """R34: months are added and clamped to the month's end; 0 is never."""
    assert last_usable_day(earned, months) == last

"""Earning's reasons: what each line and the sum say, with their arithmetic (R26-R31)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from clubtill_rules.goods.line import PaidByPoints
from clubtill_rules.goods.point_offer import PointOfferKind
from clubtill_rules.goods.product import ProductKind
from clubtill_rules.points.earning import Award, PaidByAmount, award, exact_values
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.points.goods import CATALOGUE, GOLD, JEAN, LIGHT, OWN, PALE, PARMA, line, offer, settings, with_offers

BY_POINTS = PaidByPoints(points=whole(1), value=Money(1), discount=Money(0))
GOLDEN = (PALE, PARMA, LIGHT)
ONE = replace(GOLD, points_multiplier_h=100)
NONE = replace(GOLD, points_multiplier_h=0)
F, A, R = PointOfferKind.FACTOR, PointOfferKind.ADDITIONAL, PointOfferKind.REPLACEMENT
TWENTY = (line(1, 1000, qty=2),)  # 20 points by value


SILENT = [
    pytest.param({"member": None, "classification": None, "earns": True}, because("why.earns.no_member", "R29"),
                 id="nobody-attached"),
    pytest.param({"member": JEAN, "classification": GOLD, "earns": False},
                 because("why.earns.not_allowed", "R13", classification="Gold"), id="benefits-off"),
    pytest.param({"member": replace(JEAN, earns_points=False), "classification": GOLD, "earns": True},
                 because("why.earns.not_allowed", "R13", classification="Gold"), id="person-earns-nothing"),
    pytest.param({"member": JEAN, "classification": NONE, "earns": True},
                 because("why.earns.classification_off", "R27", classification="Gold"), id="classification-off"),
    pytest.param({"member": JEAN, "classification": GOLD, "earns": True, "catalogue": settings(factor_h=0)},
                 because("why.earns.location_off", "R26", location="Main Bar"), id="location-off"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "reason"), SILENT)
def test_no_award_says_why(who, reason):
    """R13, R26, R27, R29: where nothing can be earned, one reason says so."""
    assert award(GOLDEN, **{"catalogue": CATALOGUE, **who}) == Award(points=whole(0), because=(reason,))


def test_the_reasons_carry_the_figures():
    """R1, R26, R28: lines that earn nothing say so, others show value and rate, the sum its factors and floor."""
    lines = (replace(PALE, by_points=BY_POINTS), PARMA, line(4, 300, "Badge", fixed_points=5, qty=2),
             line(5, 900, "Rent", kind=ProductKind.FEE))  # fmt: skip
    got = award(lines, member=JEAN, classification=GOLD, catalogue=settings(factor_h=50), earns=True)
    two, half = Decimal(2), Decimal("0.5")
    assert got == Award(
        points=whole(33),
        because=(
            because("why.earns.paid_by_points", "R28", line=1, product="Schooner Pale"),
            because(
                "why.earned.value", "R26", line=2, product="Member parma", value=Money(2398), rate_h=100, special="",
                working=working(Decimal("23.98"), Rounding.EXACT, Money(2398), ("x", 1), ("x", half), ("x", two)),
            ),
            because(
                "why.earned.fixed", "R26", line=4, product="Badge", qty=2, points=whole(5),
                working=working(Decimal(10), Rounding.EXACT, 2, ("x", whole(5)), ("x", half), ("x", two)),
            ),
            because("why.earns.kind", "R28", line=5, product="Rent", kind="fee"),
            because(
                "why.earned", "R26", points=whole(33), factor_h=50, multiplier_h=200, exact=Points(3_398),
                working=working(whole(33), Rounding.FLOOR, Decimal("23.98"), ("+", Decimal(10))),
            ),
        ),
    )  # fmt: skip


def test_37_points_are_the_floor_of_24_95_times_1_5():
    """R1, R26: the reason of the sum is the arithmetic that a member can follow."""
    one = line(1, 2495, rate_h=150, special_id="wine")
    got = award((one,), member=JEAN, classification=ONE, catalogue=CATALOGUE, earns=True)
    exact = Decimal("37.425")
    assert [reason.working for reason in got.because] == [
        working(exact, Rounding.EXACT, Money(2495), ("x", Decimal("1.5"))),
        working(whole(37), Rounding.FLOOR, exact),
    ]
    assert (got.because[0].facts["special"], got.because[1].facts["exact"]) == ("wine", Points(3_742))
    assert [str(term.value) for term in got.because[0].working.terms[1:]] == ["1.5"]


def test_nothing_sold_has_a_reason():
    """R26: a sale without lines earns nothing, and says so by the same arithmetic."""
    got = award((), member=JEAN, classification=ONE, catalogue=CATALOGUE, earns=True)
    assert [reason.working for reason in got.because] == [working(whole(0), Rounding.FLOOR, Decimal(0))]


def test_figures_are_written_out():
    """R1: 200 points at a rate of 20 read "200" and "20", not as powers of ten."""
    got = award((line(1, 1000, rate_h=2_000),), member=JEAN, classification=ONE, catalogue=CATALOGUE, earns=True)
    shown = got.because[0].working
    assert (str(shown.result), str(shown.terms[1].value)) == ("200", "20")


def test_a_fixed_rate_says_whose_rate_it_is():
    """R31: the reason names the rule and the rate that replaces every other."""
    got = award((line(1, 1000, rate_h=150),), member=JEAN, classification=ONE, catalogue=CATALOGUE, earns=True,
                account=OWN)  # fmt: skip
    assert got.because[0] == because(
        "why.earned.fixed_rate", "R31", line=1, product="Pale", value=Money(1000), rate_h=200, special="",
        working=working(Decimal(20), Rounding.EXACT, Money(1000), ("x", 2)),
    )  # fmt: skip


OFFERS = [
    pytest.param(F, 300, 6_000, (Decimal(20), ("x", 3)), id="factor"),
    pytest.param(A, 20_000, 42_000, (Decimal(20), ("+", whole(400))), id="additional"),
    pytest.param(R, 100_000, 200_000, (2, ("x", whole(1_000))), id="replacement"),
]


@pytest.mark.parametrize(("kind", "value_h", "hundredths", "terms"), OFFERS)
def test_an_offer_says_what_it_makes_of_the_line(kind, value_h, hundredths, terms):
    """R30: the line's own reason first, then the offer's with its name and arithmetic."""
    got = award(TWENTY, member=JEAN, classification=ONE, catalogue=with_offers(offer(kind, value_h)), earns=True)
    assert [reason.code for reason in got.because] == ["why.earned.value", "why.earned.offer", "why.earned"]
    assert got.because[1] == because(
        "why.earned.offer", "R30", line=1, product="Pale", offer="Triple", kind=kind.value, points=Points(hundredths),
        working=working(Decimal(hundredths) / 100, Rounding.EXACT, *terms),
    )  # fmt: skip


def test_an_offer_shows_whole_hundredths():
    """R1, R30: 3.33 points times 1.5 are 4.995, of which the reason shows 4.99 and its arithmetic all."""
    catalogue = with_offers(offer(F, 150))
    got = award((line(1, 333),), member=JEAN, classification=ONE, catalogue=catalogue, earns=True)
    assert got.because[1] == because(
        "why.earned.offer", "R30", line=1, product="Pale", offer="Triple", kind="factor", points=Points(499),
        working=working(Decimal("4.995"), Rounding.EXACT, Decimal("3.33"), ("x", Decimal("1.5"))),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("classification", "factor_h"),
    [pytest.param(ONE, 0, id="the-location-earns-nothing"), pytest.param(NONE, 100, id="nor-does-the-classification")],
)
def test_an_offer_gives_nothing_where_nothing_is_earned(classification, factor_h):
    """R26, R27, R30: points instead of the line's own are given only where points are."""
    catalogue = with_offers(offer(R, 100_000), factor_h=factor_h)
    got = exact_values(TWENTY, classification=classification, catalogue=catalogue)
    assert [line.numerator for line in got.lines] == [0]
    assert [reason.code for reason in got.because] == ["why.earned.value"]


def test_points_by_amount_say_what_they_leave():
    """R28: shared lines first, then the share that points left of them, then the lines they did not pay."""
    lines = (line(1, 2000), line(2, 1000, rate_h=200), line(3, 500))
    paid = PaidByAmount(amount=Money(1200), lines=frozenset({1, 2}))
    got = award(lines, member=JEAN, classification=ONE, catalogue=CATALOGUE, earns=True, by_amount=paid)
    rest, of = Money(1800), Money(3000)
    assert got.because[3:] == (
        because(
            "why.earned.by_amount", "R28", paid=Money(1200), of=of,
            working=working(rest, Rounding.EXACT, of, ("-", Money(1200))),
        ),
        because(
            "why.earned", "R26", points=whole(29), factor_h=100, multiplier_h=100, exact=Points(2_900),
            working=working(
                whole(29), Rounding.FLOOR, Decimal(20), ("+", Decimal(20)), ("x", rest), ("/", of), ("+", Decimal(5))
            ),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("kind", [F, A, R])
@pytest.mark.parametrize("paid", [None, PaidByAmount(amount=Money(1200), lines=frozenset({1, 2}))])
def test_without_reasons_the_points_are_the_same(kind, paid):
    """R26-R31: whoever tells nobody why gets the same points: of offers, of points by amount, of what earns nothing."""
    lines = (line(1, 2000), line(2, 1000, rate_h=200), line(3, 333), replace(line(4, 500), by_points=BY_POINTS),
             line(5, 900, "Rent", kind=ProductKind.FEE), line(6, 300, "Badge", fixed_points=5, qty=2))  # fmt: skip
    for catalogue in (CATALOGUE, with_offers(offer(kind, 150))):
        told = {"member": JEAN, "classification": GOLD, "catalogue": catalogue, "earns": True, "by_amount": paid}
        with_reasons = award(lines, **told)
        assert with_reasons.because
        assert award(lines, **told, reasons=False) == Award(points=with_reasons.points, because=())

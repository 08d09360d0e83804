"""Why, in words: each reason, then its arithmetic, in the figures of the language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from clubtill_rules.explain import explain as explained
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, Working, because, working
from clubtill_wording.catalogue import LANGUAGES, PSEUDO
from clubtill_wording.speech import Speech
from clubtill_wording.why import arithmetic, explain

AU = Speech(locale="en_AU")
ARABIC = Speech(locale="ar")
FLOOR = working(whole(37), Rounding.FLOOR, Money(2495), ("x", Decimal("1.5")))


@pytest.mark.parametrize(
    ("worked", "said"),
    [
        pytest.param(FLOOR, "37 points = floor(24.95 x 1.5)", id="points earned"),
        pytest.param(
            working(whole(500), Rounding.CEILING, Money(500), ("x", 100)), "500 points = ceiling(5.00 x 100)", id="cost"
        ),
        pytest.param(
            working(Money(46), Rounding.HALF_AWAY, Money(455), ("x", Decimal("0.1"))),
            "$0.46 = round(4.55 x 0.1)",
            id="a percentage of money",
        ),
        pytest.param(
            working(Money(500), Rounding.LEAST, Money(1200), (",", Money(500))),
            "$5.00 = least of (12.00, 5.00)",
            id="the least",
        ),
        pytest.param(
            working(Money(0), Rounding.MOST, Money(0), (",", Money(-100))),
            "$0.00 = most of (0.00, \N{MINUS SIGN}1.00)",
            id="the most",
        ),
        pytest.param(
            working(date(2026, 6, 30), Rounding.EXACT, date(2025, 6, 30), ("+", 365)),
            "30 Jun 2026 = 30 Jun 2025 + 365",
            id="a day",
        ),
        pytest.param(working(whole(1), Rounding.EXACT, whole(1)), "1 point = 1", id="one point"),
        pytest.param(
            working(Points(150), Rounding.EXACT, Points(100), ("+", Points(50))),
            "1.50 points = 1.00 + 0.50",
            id="halves",
        ),
        pytest.param(
            working(3, Rounding.CEILING, 100, ("-", 10), ("/", 30)),
            "3 = ceiling((100 - 10) / 30)",
            id="a sum is divided",
        ),
        pytest.param(
            working(5, Rounding.EXACT, 2, ("x", 3), ("-", 1)), "5 = 2 x 3 - 1", id="a product needs no brackets"
        ),
        pytest.param(
            working(14, Rounding.EXACT, 1, ("+", 2), ("x", 4), ("+", 1), ("/", 1)),
            "14 = ((1 + 2) x 4 + 1) / 1",
            id="sums in sums",
        ),
        pytest.param(working(1_010, Rounding.EXACT, 10_100, ("/", 10)), "1,010 = 10,100 / 10", id="thousands"),
        pytest.param(working("Gold", Rounding.EXACT, "Silver"), "Gold = Silver", id="a name stands as it is"),
    ],
)
def test_arithmetic_in_english(worked: Working, said: str) -> None:
    """U104: the result has its unit, terms are bare figures that read from left to right."""
    assert arithmetic(worked, Speech(locale="en_AU", points_decimals=0 if "1.50" not in said else 2)) == said


def test_arithmetic_in_arabic() -> None:
    """U110: words are Arabic; result and terms keep their own direction."""
    assert arithmetic(FLOOR, ARABIC) == ("\u2068\u206837\u2069 نقطة\u2069 = \u206824.95 x 1.5\u2069 مقرّبًا إلى الأسفل")


@pytest.mark.parametrize("locale", [*LANGUAGES, PSEUDO])
@pytest.mark.parametrize("rounding", Rounding, ids=lambda rounding: rounding.value)
def test_every_rounding_has_words(rounding: Rounding, locale: str) -> None:
    """U103: however a figure was rounded, every language can write it."""
    said = arithmetic(working(whole(37), rounding, whole(30), ("+", whole(7))), Speech(locale=locale))
    assert "37" in said
    assert "30 + 7" in said


def test_a_reason_then_its_arithmetic() -> None:
    """Architecture 3: first what was decided, then how the figure came about; nothing twice."""
    earned = because(
        "why.earned", "R26", factor_h=100, multiplier_h=100, exact=Points(3742), points=whole(37), working=FLOOR
    )
    no_member = because("why.earns.no_member", "R29")
    lines = explain((earned, no_member, earned), AU)
    assert lines == (AU.why(earned), "37 points = floor(24.95 x 1.5)", AU.why(no_member))


def test_an_explanation_is_said_like_its_reasons() -> None:
    """Architecture 3: what explains a decision as data is said in the same words."""
    told = explained((because("why.earns.no_member", "R29"),))
    assert explain(told, AU) == explain(told.reasons, AU)


def test_a_refusal_is_explained_by_its_sentence() -> None:
    """D28: asked why it refused, the till says what the refusal said."""
    told = explained(Refusal("points.short", needed=whole(4150), available=whole(3020)))
    assert explain(told, AU) == ("4,150 needed, 3,020 available. Untick some items or pay the rest another way.",)


def test_an_unknown_code_is_our_mistake() -> None:
    """Brief of the wording: an unknown code never passes silently."""
    with pytest.raises(KeyError):
        explain((because("why.no.such", "R1"),), AU)

"""Explain: reasons, rules and arithmetic of any decision, nested ones in the order of their fields."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from clubtill_rules.explain import Explanation, explain
from clubtill_rules.points.earning import award
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working
from tests.rules.points.goods import CATALOGUE, GOLD, JEAN, line

ONE = because("why.one", "R1", n=1)
TWO = because("why.two", "R2", working=working(whole(37), Rounding.FLOOR, Money(2495), ("x", Decimal("1.5"))))
THREE = because("why.three", "R1", working=working(3, Rounding.EXACT, 1, ("+", 2)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision as every room has them: parts first, then its own reasons."""

    parts: object = None
    because: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A value that decides nothing."""

    amount: Money


def test_a_sale_of_one_line_explains_its_points() -> None:
    """R26, R1: 37 points = floor(24.95 x 1.5), with both reasons, the rule once, and each step as data."""
    once = replace(GOLD, points_multiplier_h=100)
    got = award((line(1, 2495, rate_h=150),), member=JEAN, classification=once, catalogue=CATALOGUE, earns=True)
    told = explain(got)
    assert told.rules == ("R26",)
    assert told.reasons == got.because
    assert told.workings == (
        working(Decimal("37.425"), Rounding.EXACT, Money(2495), ("x", Decimal("1.5"))),
        working(whole(37), Rounding.FLOOR, Decimal("37.425")),
    )


@pytest.mark.parametrize(
    ("decision", "reasons"),
    [
        pytest.param(Decision(because=(ONE, TWO)), (ONE, TWO), id="its own reasons"),
        pytest.param(Decision(), (), id="a decision that needed none"),
        pytest.param(Decision(parts=Decision(because=(TWO,)), because=(ONE,)), (TWO, ONE), id="fields in their order"),
        pytest.param(
            Decision(parts=(Decision(because=(ONE,)), Decision(because=(TWO,)))), (ONE, TWO), id="parts in a tuple"
        ),
        pytest.param(Decision(parts={"a": Decision(because=(TWO,))}), (TWO,), id="parts in a mapping"),
        pytest.param(Decision(parts=[Plain(amount=Money(1)), ONE]), (ONE,), id="a bare reason in a list"),
        pytest.param(Decision(parts=Decision(because=(ONE, TWO)), because=(TWO, ONE)), (ONE, TWO), id="each once"),
        pytest.param((Decision(because=(ONE,)), Decision(because=(THREE,))), (ONE, THREE), id="several decisions"),
        pytest.param((ONE, TWO, ONE), (ONE, TWO), id="reasons alone"),
        pytest.param(Decision(parts=Decision, because=(ONE,)), (ONE,), id="a class is no decision"),
        pytest.param(Decision(parts="because", because=(ONE,)), (ONE,), id="a text is no decision"),
    ],
)
def test_reasons_are_found_wherever_they_lie(decision: object, reasons: tuple[Because, ...]) -> None:
    """R1, D28: reasons of nested decisions come in the order of the fields, each once."""
    assert explain(decision).reasons == reasons


def test_rules_once_and_workings_in_order() -> None:
    """R1, R2: a rule that two reasons apply stands once, where it came first; reasons without arithmetic have none."""
    assert explain(Decision(because=(ONE, TWO, THREE))) == Explanation(
        rules=("R1", "R2"), reasons=(ONE, TWO, THREE), workings=(TWO.working, THREE.working)
    )


def test_a_refusal_is_its_own_reason() -> None:
    """R68, D28: a refusal's code and facts are the one reason; it names no rule."""
    told = explain(Refusal("points.short", needed=whole(4150), available=whole(3020)))
    reason = Because(code="points.short", rule="", facts={"needed": whole(4150), "available": whole(3020)})
    assert told == Explanation(rules=(), reasons=(reason,), workings=())


@pytest.mark.parametrize(
    "value", [Plain(amount=Money(1)), Points(1), 37, None, (), "why"], ids=lambda value: type(value).__name__
)
def test_what_decides_nothing_cannot_be_explained(value: object) -> None:
    """R1: a value without reasons is a caller's mistake, and the message names it."""
    with pytest.raises(TypeError, match=f"decision has no reasons: {type(value).__name__}"):
        explain(value)

"""Why: the facts, codes and arithmetic behind a decision, as data. The wording turns them into sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Rounding(Enum):
    """How the last step of a working rounds; EXACT does not (R1)."""

    EXACT = "exact"
    FLOOR = "floor"
    CEILING = "ceiling"
    HALF_AWAY = "half_away"
    LEAST = "least"
    MOST = "most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of a working: how it joins what stands before it, and its value.

    Attributes:
        sign: blank for the first term, then one of `+`, `-`, `x`, `/`; of LEAST and MOST a comma.
        value: a plain value: `Money`, `Points`, a date, an integer, a `Decimal` for an exact decimal.
    """

    sign: str
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """The arithmetic of one result, as data: 37 points = floor(24.95 x 1.5). Terms are worked from left to right."""

    result: object
    rounding: Rounding
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """One reason: a code of the wording catalogue, the rule it applies and the figures it used.

    Attributes:
        code: such as `why.earned` or `why.excluded.family`.
        rule: the rule's id, such as `R26`.
        facts: plain values by name, in the order in which a sentence would name them.
        working: the arithmetic, where there is some.
    """

    code: str
    rule: str
    facts: dict[str, object] = field(default_factory=dict)
    working: Working | None = None


def because(code: str, rule: str, *, working: Working | None = None, **facts: object) -> Because:
    """Write one reason."""
    return Because(code=code, rule=rule, facts=facts, working=working)


def working(result: object, rounding: Rounding, first: object, *more: tuple[str, object]) -> Working:
    """Write a working: `working(Points(3700), Rounding.FLOOR, Money(2495), ("x", Decimal("1.5")))`."""
    terms = (Term(sign="", value=first), *(Term(sign=sign, value=value) for sign, value in more))
    return Working(result=result, rounding=rounding, terms=terms)

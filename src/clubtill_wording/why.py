"""Why: the reasons of a decision as lines of text, the same on a screen, on paper and in the back office."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from clubtill_rules.explain import Explanation
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_rules.values.why import Because, Term, Working
from clubtill_wording import amounts
from clubtill_wording.speech import Speech

_JOINING: Final = {"+", "-"}
_SCALING: Final = {"x", "/"}


def explain(reasons: Explanation | Iterable[Because], speech: Speech) -> tuple[str, ...]:
    """Say each reason in words and, after it, its arithmetic; in order, each only once.

    A refusal's reason is said as its sentence is. An unknown code is our mistake: KeyError.
    """
    lines = []
    for reason in reasons.reasons if isinstance(reasons, Explanation) else reasons:
        lines.append(_said(reason, speech))
        if reason.working is not None:
            lines.append(arithmetic(reason.working, speech))
    return tuple(dict.fromkeys(lines))


def arithmetic(worked: Working, speech: Speech) -> str:
    """Write a working: "37 points = floor(24.95 x 1.5)". Only its result has a unit."""
    return speech.label(
        f"working.{worked.rounding.value}", result=_result(worked.result, speech), terms=_terms(worked.terms, speech)
    )


def _said(reason: Because, speech: Speech) -> str:
    """Say a reason; one without a rule is a refusal's, and said as its sentence is."""
    return speech.why(reason) if reason.rule else speech.sentence(reason.code, reason.facts).body


def _result(value: object, speech: Speech) -> str:
    match value:
        case Points():
            return speech.label("working.points", points=value)
        case Money():
            return speech.money(value)
        case _:
            return _figure(value, speech)


def _figure(value: object, speech: Speech) -> str:
    """Write a value without its unit."""
    match value:
        case Money():
            return speech.plain(value)
        case Points():
            return speech.points(value)
        case date():
            return speech.day(value)
        case int() | Decimal():
            return amounts.number(value, speech.locale)
        case _:
            return str(value)


def _terms(terms: Iterable[Term], speech: Speech) -> str:
    """Write terms so that they read from left to right: a sum that is multiplied stands in brackets."""
    written, is_sum = "", False
    for term in terms:
        if is_sum and term.sign in _SCALING:
            written, is_sum = f"({written})", False
        is_sum = is_sum or term.sign in _JOINING
        sign = term.sign if term.sign in {"", ","} else f" {term.sign}"
        written += f"{sign} {_figure(term.value, speech)}" if term.sign else _figure(term.value, speech)
    return written

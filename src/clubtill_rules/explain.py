"""Explain: the facts, the rules and the arithmetic of any decision, as data. Worded by `clubtill_wording`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass

from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Working


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why something was decided as it was.

    Attributes:
        rules: ids of the rules that were applied, each once, in the order in which they were.
        reasons: every reason, each once.
        workings: the arithmetic of the reasons that have some.
    """

    rules: tuple[str, ...]
    reasons: tuple[Because, ...]
    workings: tuple[Working, ...]


def explain(decision: object) -> Explanation:
    """Explain a decision by its reasons and those of the decisions inside it, in the order of their fields.

    Args:
        decision: a decision value of any room, its reasons alone, several in a tuple, list or mapping, or a `Refusal`,
            whose one reason is its code with its facts; a refusal names no rule.

    Raises:
        TypeError: decision has no reasons, nor has anything inside it.
    """
    if isinstance(decision, Refusal):
        found = [Because(code=decision.code, rule="", facts=decision.facts)]
    else:
        if not _decides(decision):
            raise TypeError(f"decision has no reasons: {type(decision).__name__}")
        found = list(_reasons(decision))
    reasons = tuple({repr(reason): reason for reason in found}.values())  # facts are a dict, so a reason has no hash
    return Explanation(
        rules=tuple(dict.fromkeys(reason.rule for reason in reasons if reason.rule)),
        reasons=reasons,
        workings=tuple(reason.working for reason in reasons if reason.working is not None),
    )


def _parts(value: object) -> Iterator[object]:
    """Give what lies directly inside a value."""
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, tuple | list):
        yield from value
    elif is_dataclass(value) and not isinstance(value, type):
        yield from (getattr(value, each.name) for each in fields(value))


def _reasons(value: object) -> Iterator[Because]:
    if isinstance(value, Because):
        yield value
    else:
        for part in _parts(value):
            yield from _reasons(part)


def _decides(value: object) -> bool:
    """Tell whether a value carries reasons, or could and has none this time."""
    return isinstance(value, Because) or hasattr(value, "because") or any(_decides(part) for part in _parts(value))

"""Why: the facts, codes and arithmetic behind a decision, as data. The wording turns them into sentences."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """One reason: a code of the wording catalogue, the rule it applies and the figures it used.

    Attributes:
        code: such as `why.earned` or `why.excluded.family`.
        rule: the rule's id, such as `R26`.
        facts: plain values by name, in the order in which a sentence would name them.
    """

    code: str
    rule: str
    facts: dict[str, object] = field(default_factory=dict)


def because(code: str, rule: str, **facts: object) -> Because:
    """Write one reason."""
    return Because(code=code, rule=rule, facts=facts)

"""Finding: one thing a check has to say of a setting, as data, and the order in which a screen shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from clubtill_rules.values.why import Because, Working


class Severity(Enum):
    """An ERROR keeps everything from being saved; a WARNING is shown and saved; a HINT only explains."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


_ORDER: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found at one field.

    Attributes:
        code: such as `classification.both_paid_fields`; its words are those of its reason.
        number: the classification's number; 0 where there is no row, as for a club or a venue.
        field: the key of the column that gets the focus.
        facts: plain values that its words may name.
    """

    code: str
    severity: Severity
    number: int
    field: str
    facts: dict[str, object]
    because: tuple[Because, ...]


def found(
    severity: Severity,
    code: str,
    rule: str,
    number: int,
    field: str,
    /,
    *,
    working: Working | None = None,
    **facts: object,
) -> Finding:
    """Write one finding; its reason names the rule and the same facts, and the arithmetic where there is some."""
    reason = Because(code=code, rule=rule, facts=facts, working=working)
    return Finding(code=code, severity=severity, number=number, field=field, facts=facts, because=(reason,))


def ordered(findings: Iterable[Finding], fields: Iterable[str] = ()) -> tuple[Finding, ...]:
    """Order findings: errors first, then by row and by column, so that the first one is what gets the focus (3.2).

    Args:
        findings: in any order; of two at one place the earlier stays first.
        fields: keys in the order of the screen; others come after them.
    """
    place = {field: n for n, field in enumerate(fields)}
    return tuple(sorted(findings, key=lambda f: (_ORDER[f.severity], f.number, place.get(f.field, len(place)))))


def saveable(findings: Iterable[Finding]) -> bool:
    """Tell whether what was checked may be saved: nothing is, where there is one error (3.2)."""
    return all(finding.severity is not Severity.ERROR for finding in findings)

"""Fee check: whether the Financial Check runs at a moment, by weekday and time of the classification (R46)."""

from __future__ import annotations

from dataclasses import dataclass

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.venue import Venue
from clubtill_rules.values.days import in_window, local
from clubtill_rules.values.why import Because, because


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeCheck:
    """Whether the check runs now, and by which window."""

    runs: bool
    because: Because


def fee_check(classification: Classification, venue: Venue, at_us: int) -> FeeCheck:
    """Tell whether the Financial Check runs at a moment (R46).

    Args:
        classification: the primary classification: Days to Run, Start and End, both minutes included.
        venue: its zone gives wall clock and calendar weekday; its Reception option turns the check on at all.
        at_us: the instant of the swipe.
    """
    if not venue.financial_check:
        return FeeCheck(runs=False, because=because("why.fee_check.off", "R46", venue=venue.name))
    runs = in_window(
        local(at_us, venue.zone),
        frozenset(classification.days_to_run),
        classification.start_min,
        classification.end_min,
    )
    why = because(
        "why.fee_check.runs" if runs else "why.fee_check.rests",
        "R46",
        fee_weekdays=tuple(sorted(classification.days_to_run)),
        start_min=classification.start_min,
        end_min=classification.end_min,
        at_us=at_us,
    )
    return FeeCheck(runs=runs, because=why)

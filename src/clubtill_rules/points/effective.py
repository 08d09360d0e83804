"""Effective time: the one instant that an event is given, once, and all days are computed from (R3, D38).

It is the terminal's own time, put right as far as the ledger can know it. Nothing is refused for its clock: what a
clamp moves carries a flag.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clubtill_rules.values.days import US_PER_S

CLOCK_SUSPECT: Final = "CLOCK_SUSPECT"
"""Flag of an event whose terminal's clock was more than five minutes off (R3)."""
LATE: Final = "LATE"
"""Flag of an entry that happened in a period closed by now; it counts from the end of that period."""
TOLERANCE_US: Final = 300 * US_PER_S
"""D38: up to five minutes are clamped without a flag."""
TICK_US: Final = 1
"""An entry that refers to another comes at least this much after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effective:
    """The effective instant of an event, in microseconds, and the flags that its clamps set, in alphabetical order."""

    eff_us: int
    flags: tuple[str, ...] = ()


def effective(
    told_us: int,
    *,
    received_us: int,
    previous_us: int,
    offset_us: int = 0,
    pin_us: int = 0,
    refers_us: int | None = None,
) -> Effective:
    """Give the effective instant of an event and its flags (section 3.1 of the ledger design, R3, R91).

    The told time is corrected, then clamped: not after its receipt, not before the previous event of the same log, not
    before the pin of closed periods, and last of all a tick after the entry it refers to.

    Args:
        told_us: the terminal's wall clock when it happened.
        received_us: when the ledger received it.
        previous_us: effective instant of the previous event of the terminal's log.
        offset_us: what the terminal's last handshake said is to be added to its clock; 0 where that is not known.
        pin_us: the instant at which the periods still open begin; 0 where none is closed.
        refers_us: effective instant of the entry it refers to; None for none.
    """
    corrected_us = told_us + offset_us
    eff_us = max(min(corrected_us, received_us), previous_us)
    ahead = max(corrected_us, told_us) - received_us > TOLERANCE_US
    suspect = ahead or abs(eff_us - corrected_us) > TOLERANCE_US
    late = eff_us < pin_us
    eff_us = max(eff_us, pin_us)
    if refers_us is not None:
        eff_us = max(eff_us, refers_us + TICK_US)
    return Effective(eff_us=eff_us, flags=(*(CLOCK_SUSPECT,) * suspect, *(LATE,) * late))

"""Retry: what a device does next after a call, as data, and how long it waits. Pure: no clock, no randomness."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from clubtill_sync.outcomes import Answer, Denied, Outcome, Unknown

FIRST_WAIT_S: Final = 1
LONGEST_WAIT_S: Final = 300


class Act(Enum):
    """What a device does after a call (ledger design 6.4)."""

    GO_ON = "go_on"
    SAME_AGAIN = "same_again"
    """Send the identical bytes again after a wait."""
    BISECT = "bisect"
    """Find the one event that cannot be parsed, set it aside, go on with the others."""
    HALVE = "halve"
    """Send fewer events at once."""
    SEND_FROM = "send_from"
    """The ledger names the sequence number it expects: send from there."""
    RECOVER = "recover"
    """The device's log and the ledger's copy went apart: no points offline, a manager decides (6.6)."""
    DRAIN = "drain"
    """The device is revoked: no points, what is queued may still go up to be looked at."""
    STOP = "stop"
    """The device is revoked and nothing more is taken from it."""
    ALERT = "alert"
    """A mistake of this program or of the set-up: somebody must look; the same bytes are tried again rarely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do next. `wait_s` is how long the ledger asked to wait; None leaves it to `wait_s(attempt, chance)`."""

    act: Act
    wait_s: int | None = None


TABLE: Final[dict[tuple[int, str], Act]] = {
    (400, "*"): Act.BISECT,
    (403, "revoked"): Act.STOP,
    (409, "gap"): Act.SEND_FROM,
    (409, "fork"): Act.RECOVER,
    (409, "rolled_back"): Act.RECOVER,
    (413, "*"): Act.HALVE,
    (426, "*"): Act.ALERT,
    (429, "*"): Act.SAME_AGAIN,
}
"""The status table of 6.4; what it does not name is `ALERT`. The client has signed again before a 401 comes here."""


def what_to_do(outcome: Outcome[object]) -> Step:
    """Say what a device does after a call that carries events."""
    match outcome:
        case Answer():
            return Step(act=Act.GO_ON)
        case Unknown():
            return Step(act=Act.SAME_AGAIN, wait_s=outcome.retry_after_s)
        case Denied():
            act = TABLE.get((outcome.status, outcome.code)) or TABLE.get((outcome.status, "*"), Act.ALERT)
            if act is Act.STOP and outcome.facts.get("drain") is True:
                act = Act.DRAIN
            return Step(act=act, wait_s=outcome.retry_after_s)


def wait_s(attempt: int, chance: float) -> float:
    """Give how long to wait before a try: full jitter below a bound that doubles from 1 s to 5 min (6.4).

    `attempt` counts failures in a row from 1; `chance` is a random number from 0 up to but not including 1.
    """
    doublings = min(max(attempt, 1) - 1, LONGEST_WAIT_S.bit_length())
    return chance * min(LONGEST_WAIT_S, FIRST_WAIT_S << doublings)

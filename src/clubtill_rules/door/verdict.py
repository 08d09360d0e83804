"""Verdict: what staff see first, and the acts that they may be offered (R45-R47)."""

from __future__ import annotations

from enum import Enum
from typing import Final

ADMIT: Final = "admit"
REFUSE: Final = "refuse"
LET_IN: Final = "let_in"
TAKE_FEE: Final = "take_fee"
SEARCH: Final = "search"
IGNORE: Final = "ignore"


class Verdict(Enum):
    """What staff see first. The order is the precedence, from last to first (U81)."""

    WELCOME = "welcome"
    CHECK = "check"
    STOP = "stop"

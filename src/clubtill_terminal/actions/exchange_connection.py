"""Connection: whether this terminal counts as online, and which link is broken (U57-U59). Pure; nobody chooses it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from clubtill_sync.outcomes import Lost, Outcome, Unknown
from clubtill_terminal.actions.link import Broken

GOOD_TO_RETURN: Final = 3
"""U59: back online after this many good heartbeats in a row."""
HEARTBEAT_ONLINE_S: Final = 10
HEARTBEAT_OFFLINE_S: Final = 2
"""How often to say hello: while away often enough that three good ones take no longer than a sale."""
_LINKS: Final = {Lost.NO_WAY_OUT: Broken.TILL}
"""The broken link by what was lost (U58): all but a missing network of our own lies beyond this terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The state of the line.

    Attributes:
        online: the ledger may be asked and waited for. A new terminal is not, until its first good heartbeat.
        broken: the broken link; NOTHING while online, and before the first call.
        since_us: when the line was lost; None while online, and before the first call.
        good: good heartbeats in a row while not online.
    """

    online: bool = False
    broken: Broken = Broken.NOTHING
    since_us: int | None = None
    good: int = 0

    @property
    def heartbeat_s(self) -> int:
        """How long after the last heartbeat the next one is due."""
        return HEARTBEAT_ONLINE_S if self.online else HEARTBEAT_OFFLINE_S

    def after(self, outcome: Outcome[object], now_us: int, *, heartbeat: bool) -> Connection:
        """Give the state after a call that ended at `now_us`.

        One failed call, a time-out included, and the terminal is offline. What the ledger denies is an answer: the
        line is good. Only heartbeats bring it back, so that a burst of calls within one good second does not.
        """
        if isinstance(outcome, Unknown):
            return Connection(
                broken=_LINKS.get(outcome.reason, Broken.SERVICE),
                since_us=now_us if self.since_us is None else self.since_us,
            )
        if self.online or not heartbeat:
            return self
        if self.since_us is None or self.good + 1 >= GOOD_TO_RETURN:
            return Connection(online=True)
        return replace(self, good=self.good + 1)

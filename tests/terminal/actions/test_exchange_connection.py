"""The state of the line: offline after one failed call, back after three good heartbeats (U57-U59)."""

from __future__ import annotations

import pytest

from clubtill_sync.outcomes import Answer, Denied, Lost, Outcome, Unknown
from clubtill_terminal.actions.exchange_connection import Connection
from clubtill_terminal.actions.link import Broken

GOOD: Outcome[object] = Answer(None)
NO: Outcome[object] = Denied(status=403, code="revoked")
SILENT: Outcome[object] = Unknown(reason=Lost.SILENT)
UNPLUGGED: Outcome[object] = Unknown(reason=Lost.NO_WAY_OUT)

NEW = Connection()
ONLINE = Connection(online=True)
AWAY = Connection(broken=Broken.SERVICE, since_us=5)


def away(good: int, broken: Broken = Broken.SERVICE) -> Connection:
    """Give the state offline since 5 with some good heartbeats in a row."""
    return Connection(broken=broken, since_us=5, good=good)


# state before, outcome at 9, was it a heartbeat, state after
TABLE: list[tuple[str, Connection, Outcome[object], bool, Connection]] = [
    ("a new terminal's first heartbeat", NEW, GOOD, True, ONLINE),
    ("a new terminal's first heartbeat, denied", NEW, NO, True, ONLINE),
    ("a new terminal's other call", NEW, GOOD, False, NEW),
    ("a new terminal without an answer", NEW, SILENT, True, Connection(broken=Broken.SERVICE, since_us=9)),
    ("online, an answer", ONLINE, GOOD, False, ONLINE),
    ("online, a heartbeat", ONLINE, GOOD, True, ONLINE),
    ("online, the ledger says no", ONLINE, NO, False, ONLINE),
    ("online, one call fails", ONLINE, SILENT, False, Connection(broken=Broken.SERVICE, since_us=9)),
    ("online, one heartbeat fails", ONLINE, SILENT, True, Connection(broken=Broken.SERVICE, since_us=9)),
    ("online, the cable is out", ONLINE, UNPLUGGED, True, Connection(broken=Broken.TILL, since_us=9)),
    ("away, still no answer", AWAY, SILENT, True, AWAY),
    ("away, now the cable too", AWAY, UNPLUGGED, True, away(0, Broken.TILL)),
    ("away, the cable is back, the ledger is not", away(0, Broken.TILL), SILENT, True, AWAY),
    ("away, first good heartbeat", AWAY, GOOD, True, away(1)),
    ("away, second good heartbeat", away(1), GOOD, True, away(2)),
    ("away, third good heartbeat", away(2), GOOD, True, ONLINE),
    ("away, third heartbeat, denied", away(2), NO, True, ONLINE),
    ("away, another call answered", away(2), GOOD, False, away(2)),
    ("away, a heartbeat lost after two", away(2), SILENT, True, AWAY),
    ("away, another call lost after two", away(2), SILENT, False, AWAY),
]


@pytest.mark.parametrize(
    ("before", "outcome", "heartbeat", "then"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_the_state_of_the_line_after_each_outcome(
    before: Connection, outcome: Outcome[object], heartbeat: bool, then: Connection
) -> None:
    """U58, U59: every state with every kind of outcome."""
    assert before.after(outcome, 9, heartbeat=heartbeat) == then


@pytest.mark.parametrize("reason", list(Lost))
def test_every_way_of_losing_an_answer_names_a_broken_link(reason: Lost) -> None:
    """U58: the screen can always say which link is broken."""
    lost = ONLINE.after(Unknown(reason=reason), 9, heartbeat=False)
    assert (lost.online, lost.broken) == (False, Broken.TILL if reason is Lost.NO_WAY_OUT else Broken.SERVICE)


def test_heartbeats_come_faster_while_away() -> None:
    """U59: coming back does not take long, being there does not cost much."""
    assert AWAY.heartbeat_s < ONLINE.heartbeat_s

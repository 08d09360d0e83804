"""Outcomes reach the GUI thread by a queued signal."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from clubtill_desk.gui_thread import qt_deliver
from clubtill_desk.lanes import Done, Lane


def test_outcomes_arrive_on_the_gui_thread_in_order(qtbot: QtBot) -> None:
    """What a lane hands back is called by the event loop, in the GUI thread, in order."""
    seen: list[tuple[object, threading.Thread]] = []
    lane = Lane("reader", qt_deliver())
    for n in range(5):
        lane.submit(lambda n=n: n, lambda outcome: seen.append((outcome, threading.current_thread())))
    lane.close()
    assert seen == []
    qtbot.waitUntil(lambda: len(seen) == 5)
    assert seen == [(Done(n), threading.current_thread()) for n in range(5)]


def test_a_call_from_the_gui_thread_waits_its_turn_too(qtbot: QtBot) -> None:
    """Delivery is always queued, so no callback runs inside the call that caused it."""
    seen: list[str] = []
    deliver = qt_deliver()
    deliver(lambda: seen.append("delivered"))
    seen.append("after the call")
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == ["after the call", "delivered"]

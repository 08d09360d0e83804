"""Bootstrap program: an empty terminal that takes a snapshot while its GUI thread runs; tells how it went, as JSON.

Reads from standard input: folder, url, private key, device id, server key. No windows: what is asked of the GUI thread
is a timer of 5 ms, and how late it may be is what a hand on the glass would notice.
"""

from __future__ import annotations

import itertools
import json
import resource
import sys
import time
from pathlib import Path
from time import perf_counter_ns

from PySide6.QtCore import QCoreApplication, Qt, QTimer

from clubtill_desk.gui_thread import qt_deliver
from clubtill_desk.lanes import Lane
from clubtill_sync.client import Client
from clubtill_sync.signing import Signer, key_from_text
from clubtill_terminal.actions.rebuilding import Rebuilding
from clubtill_terminal.actions.terminal import Terminal
from tests.terminal.actions.exchange_kit import KEY, a_device, a_store

TICK_MS = 5


def main() -> None:
    """Take the snapshot and tell: seconds, the longest stall of the GUI thread, memory of it and of the child."""
    folder, url, key, device_id, server_key = json.load(sys.stdin)
    app = QCoreApplication([])
    store = a_store(Path(folder), a_device(device_id=device_id, server_key=server_key))
    deliver = qt_deliver()
    nonces = (f"{time.time_ns()}-{n}" for n in itertools.count())
    now_us = lambda: time.time_ns() // 1_000  # noqa: E731 - the clock
    client = Client(url, Signer(key_from_text(key), device_id), now_us=now_us, nonce=lambda: next(nonces))
    terminal = Terminal(
        store=store, now_us=now_us, mono_us=lambda: 0, new_id=lambda: next(nonces), boot_id="b", card_key=KEY,
        device_id=device_id, terminal_id="t",
    )  # fmt: skip
    writer, bulk = Lane("writer", deliver), Lane("bulk", deliver)
    ended: list[int] = []

    def replaced() -> None:
        ended.append(perf_counter_ns())
        app.quit()

    rebuilding = Rebuilding(terminal=terminal, client=client, writer=writer, bulk=bulk, replaced=replaced)
    last, worst = perf_counter_ns(), 0

    def tick() -> None:
        nonlocal last, worst
        now = perf_counter_ns()
        worst, last = max(worst, now - last - TICK_MS * 1_000_000), now
        rebuilding.beat(now_us(), online=True)

    timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start()
    rebuilding.want()
    start_ns = last = perf_counter_ns()
    app.exec()
    own = int(next(t for t in Path("/proc/self/status").read_text().splitlines() if t.startswith("VmHWM")).split()[1])
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    for lane in (bulk, writer):
        lane.close()
    with store.cache.begin() as cache:
        count = cache.exec_driver_sql("SELECT count(*) FROM account").scalar()
    store.close()
    seconds = (ended[0] - start_ns) / 1e9
    print(json.dumps({"s": seconds, "stall_ms": worst / 1e6, "mb": (own + child) / 1000, "accounts": count}))


main()

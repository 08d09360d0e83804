"""Who asks for the one connection of a file gets it in turn (3.4)."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import TimeoutError as NobodyGaveItBack

from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.turns import TurnPool


def test_who_asked_first_is_served_first(store: Store) -> None:
    """3.4: a reader that gives the connection back and asks again at once stands behind those who waited."""
    pool = store.reading.pool
    assert isinstance(pool, TurnPool)
    line = pool._pool.line  # type: ignore[attr-defined]  # the queue is ours
    order: list[str] = []
    held = store.reading.connect()

    def ask(name: str) -> None:
        with store.reading.connect():
            order.append(name)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("first", "second")]
    for n, thread in enumerate(threads):
        thread.start()
        until = time.monotonic() + 60
        while len(line) <= n and time.monotonic() < until:
            pass
    held.close()
    ask("again")
    for thread in threads:
        thread.join()
    assert order == ["first", "second", "again"]
    assert not line


def test_who_waited_in_vain_leaves_the_line() -> None:
    """3.4: an asker that gives up is told so, and holds up nobody who asks after it."""
    engine = create_engine("sqlite://", poolclass=TurnPool, pool_size=1, max_overflow=0, pool_timeout=0.01)
    with engine.connect(), pytest.raises(NobodyGaveItBack):
        engine.connect()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    engine.dispose()

"""The ledger of the demo club as a process of its own on loopback, on either engine: started, killed, started again."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from clubtill.demo import cast
from clubtill_ledger.accept import enrol
from clubtill_ledger.app.calls import Ledger
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.operate.commands import clock_us, prepare
from clubtill_ledger.store.engines import Store, open_store
from tests.sync.hostile import listen

ROOT = Path(__file__).parents[3]
_READY_S = 30


class ClubLedger:
    """The demo club's ledger: where it listens, and what can be done to it."""

    def __init__(self, database: str, today: date) -> None:
        """Make and seed the database: a file's path, or a PostgreSQL URL. The process is not started yet."""
        self.database = database
        listener = listen()
        self.port = int(listener.getsockname()[1])
        listener.close()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        with self._opened() as store:
            prepare(store)
            seeds.load(store, Ledger(store).shelf, seeds.read(cast.seed(today)), now_us=clock_us())

    @contextmanager
    def _opened(self) -> Iterator[Store]:
        store = open_store(self.database)
        try:
            yield store
        finally:
            store.close()

    def code(self, terminal_id: str) -> str:
        """Make a one-time code for a terminal, as the ledger's own command does."""
        with self._opened() as store:
            return enrol.make_code(store, terminal_id, secrets.choice, now_us=clock_us())

    def start(self, wait_until: Callable[[Callable[[], bool], float], None]) -> None:
        """Start the process; `wait_until(true, seconds)` lets the stations work until it listens."""
        serve = "from clubtill_ledger.operate import command; command()"
        options = ["--database", self.database, "--port", str(self.port), "--no-jobs"]  # they come when they like
        self._process = subprocess.Popen(
            [sys.executable, "-c", serve, "serve", *options],
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'sync'}"},
            stdout=subprocess.DEVNULL,
        )
        wait_until(self._listens, _READY_S)

    def _listens(self) -> bool:
        assert self._process is None or self._process.poll() is None, "the ledger ended by itself"
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End the process with -9, as a power cut would; a second time does nothing."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(_READY_S)
            self._process = None

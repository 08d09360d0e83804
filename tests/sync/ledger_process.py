"""The real ledger as a process of its own on loopback, which a test can kill, restart and put back to an older copy."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clubtill_ledger.accept import enrol
from clubtill_ledger.app.calls import Ledger
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.operate.commands import clock_us, prepare
from clubtill_ledger.store.engines import Store, open_store
from tests.ledger.club import ACCOUNTS, account, settings
from tests.sync.hostile import listen

ROOT = Path(__file__).parents[2]
_READY_S = 30


def until_listening(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until somebody listens on a port of this machine. Raises AssertionError if the process ends, or in time."""
    deadline_s = time.monotonic() + _READY_S
    while time.monotonic() < deadline_s:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, "the process ended by itself"
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nobody listens")


class LedgerProcess:
    """A ledger with a small club in it: where it listens, and what can be done to it.

    It runs no jobs: the night's leases would be granted at a moment of their own, beside what a test counts.
    `words` are further options of the command that serves.
    """

    def __init__(self, folder: Path, *words: str) -> None:
        self._words = words
        self.database = folder / "ledger.db"
        listener = listen()
        self.port = int(listener.getsockname()[1])
        listener.close()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        with self.opened() as store:
            prepare(store)
            seed = seeds.Seed(documents=settings(), accounts=tuple(account(name) for name in ACCOUNTS))
            seeds.load(store, Ledger(store).shelf, seed, now_us=clock_us())

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """Open the database beside the process, as the ledger's own commands do."""
        store = open_store(str(self.database))
        try:
            yield store
        finally:
            store.close()

    def code(self, terminal_id: str) -> str:
        """Make a one-time code for a terminal."""
        with self.opened() as store:
            return enrol.make_code(store, terminal_id, secrets.choice, now_us=clock_us())

    def start(self) -> None:
        """Start the process and wait until it listens."""
        serve = "from clubtill_ledger.operate import command; command()"
        options = ["--database", str(self.database), "--port", str(self.port), "--no-jobs", *self._words]
        self._process = subprocess.Popen(
            [sys.executable, "-c", serve, "serve", *options],
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT / 'sync'}"},
            stdout=subprocess.DEVNULL,
        )
        until_listening(self._process, self.port)

    def kill(self) -> None:
        """End the process as a power cut would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(_READY_S)
            self._process = None

    def copy_to(self, folder: Path) -> None:
        """Copy the database, the process being down."""
        folder.mkdir()
        for path in self.database.parent.glob(f"{self.database.name}*"):
            shutil.copy(path, folder / path.name)

    def put_back(self, folder: Path) -> None:
        """Put the database back to a copy, the process being down."""
        for path in self.database.parent.glob(f"{self.database.name}*"):
            path.unlink()
        for path in folder.iterdir():
            shutil.copy(path, self.database.parent / path.name)

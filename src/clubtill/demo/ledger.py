"""Ledger: a real ledger of the demo's own: SQLite in a folder that is thrown away, a process on a loopback port.

Everything is done by the command line that head office uses; nothing is written past it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Final

from clubtill.demo import cast

HOST: Final = "127.0.0.1"
_PORTS: Final = range(20_000, 32_000)
"""Below the ports that the system hands out by itself, so that none of those is taken away."""
_READY_S: Final = 30.0
_LOOK_S: Final = 0.05
_END_S: Final = 10.0


class LedgerError(Exception):
    """The ledger could not be set up or does not answer; the text is what it said."""


def free_port() -> int:
    """Find a loopback port that nobody listens on."""
    start = os.getpid() * 37 % len(_PORTS)
    ports: list[int] = [*_PORTS[start:], *_PORTS[:start]]
    for port in ports:
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise LedgerError("no free port")


class DemoLedger:
    """The ledger with the demo club in it. `port` is where it listens; what it says goes to a file of its folder."""

    def __init__(self, folder: Path, today: date) -> None:
        """Make the database and load the club. Raises LedgerError."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._database = folder / "ledger.db"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        seed = folder / "seed.json"
        seed.write_bytes(cast.seed(today))
        self._command("init")
        self._command("seed", str(seed))

    def _line(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "clubtill", "ledger", *words, "--database", str(self._database)]

    def _command(self, *words: str) -> str:
        line = self._line(*words)
        done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=_READY_S)  # noqa: S603 - our own words
        if done.returncode:
            raise LedgerError(done.stderr or done.stdout)
        return done.stdout

    def code(self, terminal_id: str) -> str:
        """Make a one-time code with which a terminal enrols itself."""
        return self._command("code", terminal_id).strip()

    def start(self) -> None:
        """Start the process and wait until it listens. Raises LedgerError."""
        with (self._folder / "ledger.log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                self._line("serve", "--host", HOST, "--port", str(self.port)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline_s = time.monotonic() + _READY_S
        while time.monotonic() < deadline_s and self._process.poll() is None:
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
            except OSError:
                self._wait_a_little()
            else:
                return
        self.close()
        raise LedgerError((self._folder / "ledger.log").read_text(encoding="utf-8", errors="replace"))

    def _wait_a_little(self) -> None:
        """Give the process time, unless it ends."""
        try:
            if self._process is not None:
                self._process.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            return

    def close(self) -> None:
        """End the process."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

"""`clubtill ledger serve` as a process of its own, with its log in a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from clubtill_sync.signing import idempotency_key
from tests.ledger.club import Till
from tests.sync.hostile import listen

ROOT = Path(__file__).parents[3]
DEADLINE_S = 60.0


def free_port() -> int:
    """Find a port that nobody listens on."""
    listener = listen()
    with listener:
        return int(listener.getsockname()[1])


class Served:
    """A ledger process with its log in a file."""

    def __init__(self, database: str, folder: Path, *words: str, **variables: str) -> None:
        self.port = free_port()
        self.log = folder / f"log-{self.port}"
        serve = "from clubtill_ledger.operate import command; command()"
        paths = os.pathsep.join(str(ROOT / part) for part in ("src", "sync"))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", serve, "serve", "--database", database, "--port", str(self.port), *words],
                env=os.environ | {"PYTHONPATH": paths} | variables,
                stdout=log,
                stderr=log,
            )
        self.url = f"http{'s' if '--tls-cert' in words else ''}://127.0.0.1:{self.port}"

    def wait(self, **told: object) -> Served:
        """Wait until it answers."""
        until = time.monotonic() + DEADLINE_S
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log.read_text()
            try:
                httpx.get(self.url + "/health", timeout=5, **told)  # type: ignore[arg-type]
            except httpx.TransportError:
                continue
            return self
        raise AssertionError("the server did not answer in time")

    def post(self, till: Till, body: bytes) -> httpx.Response:
        """Send a batch."""
        signed = till.request("POST", "/v1/events", body, idempotency_key=idempotency_key(body))
        headers = dict(signed.headers) | {"host": signed.authority}
        return httpx.post(self.url + "/v1/events", content=body, headers=headers, timeout=DEADLINE_S)

    def lines(self) -> list[dict[str, object]]:
        """Give the lines of its log that are JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def stop(self) -> int:
        """Tell it to end and give its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_S)


Starts = Callable[..., Served]
"""Starts a ledger on a test's database, with words for `serve` and variables of the environment."""

"""Terminals that come back at once: a process that sends their batches, and waits when it is told to (F37)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from time import monotonic, sleep

import httpx

from clubtill_ledger.operate.commands import clock_us
from clubtill_sync.signing import Signer, idempotency_key, key_from_text

_nonces = itertools.count()


def drain(url: str, terminals: Sequence[tuple[str, str, Sequence[bytes]]], seconds: float) -> None:
    """Send the batches of every terminal (key, device id, batches) for so long, each on a thread of its own."""
    until_s = monotonic() + seconds
    threads = [threading.Thread(target=_terminal, args=(url, *one, until_s)) for one in terminals]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def _terminal(url: str, key: str, device_id: str, batches: Sequence[bytes], until_s: float) -> None:
    signer = Signer(key_from_text(key), device_id)
    with httpx.Client(base_url=url, timeout=60) as client:
        for body in itertools.cycle(batches):
            if monotonic() > until_s:
                return
            signed = signer.headers("POST", f"{url}/v1/events", body, clock_us() // 1_000_000, f"d{next(_nonces)}")
            response = client.post(
                "/v1/events", content=body, headers={**signed, "idempotency-key": idempotency_key(body)}
            )
            if response.status_code != 200:
                sleep(float(response.headers.get("Retry-After", "1")))

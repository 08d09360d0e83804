"""Acts: what a device asks for before the fact, online: transfers, its key, its own log, parked sales (section 6).

A device that is revoked or whose log is forked is given none of it (6.6): the stricter reading of I30.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from clubtill_ledger.accept import parked, transfers
from clubtill_ledger.accept.own_log import own_log
from clubtill_ledger.accept.rotate import rotate
from clubtill_ledger.accept.signed import SignedRequest
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.refusal import Refusal


def act(
    request: SignedRequest,
    parts: Sequence[str],
    query: Mapping[str, str],
    *,
    device: Device,
    store: Store,
    shelf: SettingsShelf,
    now_us: int,
) -> tuple[Any, bool]:
    """Answer a call and tell whether something was written.

    Raises Refusal `unknown_call`, `revoked`, `fork`, and what each call refuses.
    """
    body = request.body
    does: Callable[[], Any]
    match request.method, list(parts):
        case "GET", ["v1", "events"]:
            does = partial(own_log, query, device, store, now_us)
        case "POST", ["v1", "rotate"]:
            does = partial(rotate, body, device, store, now_us)
        case "POST", ["v1", "transfers"]:
            does = partial(transfers.ask, body, device.device_id, store, shelf, now_us)
        case "POST", ["v1", "parked"]:
            does = partial(parked.park, body, device, store, shelf, now_us)
        case "POST", ["v1", "parked", parked_id, "take"]:
            does = partial(parked.take, parked_id, body, device, store, now_us)
        case "POST", ["v1", "parked", parked_id, "release"]:
            does = partial(parked.release, parked_id, body, device=device, store=store, shelf=shelf, now_us=now_us)
        case _:
            raise Refusal("unknown_call")
    if device.revoked_us is not None:
        raise Refusal("revoked", drain=device.drain)
    if device.fork_us is not None:
        raise Refusal("fork")
    return does(), request.method == "POST"

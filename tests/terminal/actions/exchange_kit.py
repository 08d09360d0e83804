"""What the tests of the exchange share: a terminal on a real store, events for its log, and a ledger with a script."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from socket import socket

import msgspec

from clubtill_sync import signing
from clubtill_sync.client import Client, Timeouts
from clubtill_sync.signing import Signer
from clubtill_sync.wire.requests import EventResult, EventsAnswer, EventsBatch, Refused
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import outbox
from clubtill_terminal.store.device import Device, save_device
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.opening import open_store
from tests.sync.hostile import Behave, Request, answer

KEY = bytes(range(32))
DEVICE_KEY = signing.new_key()
NOW_US = 1_795_000_000_000_000
_IDS = itertools.count(1)


def a_device(**changes: object) -> Device:
    """Give a device as it is right after enrolment, with some values changed."""
    values: dict[str, object] = {
        "device_id": "d1",
        "terminal_id": "t1",
        "server_key": "",
        "epoch": 1,
        "next_seq": 1,
        "head_hash": signing.START_OF_CHAIN,
        "acked_seq": 0,
        "incarnation": "i1",
        "ledger_epoch": 1,
        "clock_offset_us": 0,
        "last_contact_us": 0,
        "next_sale_number": 1,
        "trouble": "",
    }
    return Device(**{**values, **changes})  # type: ignore[arg-type] # names and types are those of the table above


def a_store(folder: Path, device: Device) -> Store:
    """Open a real store with this device enrolled."""
    store = open_store(folder, KEY)
    with store.facts.begin() as facts:
        save_device(facts, device)
    return store


def a_terminal(store: Store, device_id: str = "d1", now_us: Callable[[], int] = lambda: NOW_US) -> Terminal:
    """Give a terminal whose ids are used once."""
    return Terminal(
        store=store,
        now_us=now_us,
        mono_us=lambda: 0,
        new_id=lambda: f"{next(_IDS):032x}",
        boot_id="b1",
        card_key=KEY,
        device_id=device_id,
        terminal_id="t1",
    )


def a_client(url: str) -> Client:
    """Give a client with time to spare."""
    nonces = itertools.count(1)
    return Client(
        url,
        Signer(DEVICE_KEY, "d1"),
        now_us=lambda: NOW_US,
        nonce=lambda: f"n{next(nonces)}",
        timeouts=Timeouts(look_up_s=20, points_s=20, bulk_s=20),
    )


def append(store: Store, count: int, *, first: int = 1, account_id: str = "", overlay_h: int = 0) -> None:
    """Append events number `first` and following to the log."""
    with store.facts.begin() as facts:
        outbox.append(
            facts,
            [
                outbox.NewEvent(
                    event_id=f"e{n}",
                    kind="sale",
                    occurred_at_us=n,
                    bytes_=f'{{"n":{n}}}'.encode(),
                    account_id=account_id,
                    overlay_h=overlay_h,
                )
                for n in range(first, first + count)
            ],
        )


def numbers(request: Request) -> list[int]:
    """Give the numbers of the events that a request brought."""
    return [msgspec.json.decode(event)["n"] for event in batch_of(request).events]


def batch_of(request: Request) -> EventsBatch:
    """Read the batch that a request brought."""
    return msgspec.json.decode(request.body, type=EventsBatch)


def accepts(*, status: str = "posted", flags: tuple[str, ...] = ()) -> Behave:
    """Acknowledge a batch, each event posted at ten times its sequence number in stream 3."""

    def behave(connection: socket, request: Request) -> None:
        batch = batch_of(request)
        last = batch.first_seq + len(batch.events) - 1
        results = tuple(
            EventResult(
                seq=batch.first_seq + i,
                event_id=f"e{n}",
                status=status,
                stream=3,
                position=10 * (batch.first_seq + i),
                balance_h=None,
                flags=flags,
            )
            for i, n in enumerate(numbers(request))
        )
        told = EventsAnswer(acked_through=last, results=results, server_time_us=NOW_US)
        connection.sendall(answer(msgspec.json.encode(told)))

    return behave


def refuses(status: int, code: str, *, more: str = "", **facts: object) -> Behave:
    """Refuse with a code and facts."""
    told = Refused(
        code=code,
        facts={name: msgspec.Raw(msgspec.json.encode(fact)) for name, fact in facts.items()},
        server_time_us=NOW_US,
    )

    def behave(connection: socket, request: Request) -> None:
        del request
        connection.sendall(answer(msgspec.json.encode(told), status=status, more=more))

    return behave


def tells(value: msgspec.Struct) -> Behave:
    """Answer with this value."""

    def behave(connection: socket, request: Request) -> None:
        del request
        connection.sendall(answer(msgspec.json.encode(value)))

    return behave

"""Calls: one request in, one answer out, synchronously (D31). Routes and the simulator both call `answer`.

Nothing here waits. An answer with `again` says: nothing to tell yet; the routes come again when something was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import msgspec
import zstandard

from clubtill_ledger.accept import enrol, events, hello
from clubtill_ledger.accept.signed import SignedRequest, sender
from clubtill_ledger.app import acts, downloads, health, leaving
from clubtill_ledger.feed import lookup, page
from clubtill_ledger.leases import ask, budgets
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.faults import StoreFault
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.signing import idempotency_key
from clubtill_sync.wire.feed import FeedPage
from clubtill_sync.wire.requests import EventsAnswer, Refused

BODY_BYTES_MAX: Final = 256 * 1024
INFLATED_BYTES_MAX: Final = 1024 * 1024
COMPRESS_ABOVE_BYTES: Final = 1024
STATUS: Final[Mapping[str, int]] = {
    "unreadable": 400,
    "cursor": 400,
    "signature": 401,
    "clock": 401,
    "nonce": 401,
    "code": 403,
    "revoked": 403,
    "unknown_call": 404,
    "unknown_account": 404,
    "unknown_chunk": 404,
    "unknown_photo": 404,
    "gap": 409,
    "fork": 409,
    "epoch": 409,
    "account.blocked": 409,
    "permission.missing": 403,
    "transfer.amount": 409,
    "transfer.banned": 409,
    "transfer.blocked": 409,
    "transfer.nothing": 409,
    "transfer.other_club": 409,
    "transfer.same_account": 409,
    "transfer.short": 409,
    "unknown_settings": 409,
    "feed_epoch": 410,
    "too_large": 413,
    "parked.held": 409,
    "parked.newer": 409,
    "parked.sold": 409,
    "parked.unknown": 404,
    "park.paid": 409,
    "park.points": 409,
    "key_reuse": 422,
    "too_old": 426,
    "key_taken": 409,
    "too_many": 429,
    "busy": 503,
}
"""The status of every code (6.4 of the ledger design). A code that is missing here is a bug."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The database, the settings last read from it, and the oldest protocol that may still ask for points (426)."""

    store: Store
    shelf: SettingsShelf = field(default_factory=SettingsShelf)
    protocol_least: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What goes back. `again`: there is nothing to tell yet. `wrote`: others may have something to read now.

    `counts`: how many events of a batch were posted, held, or duplicates.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    again: bool = False
    wrote: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)


def answer(request: SignedRequest, ledger: Ledger, now_us: int) -> Response:
    """Answer one request, at once."""
    opened = open_call(request, ledger, now_us)
    if isinstance(opened, Response):
        return opened
    return go_on(request, opened, ledger, now_us, may_wait=False)


def open_call(request: SignedRequest, ledger: Ledger, now_us: int) -> Device | Response:
    """Find out who asks; calls that nobody signs are answered here."""
    try:
        if (request.method, request.path) == ("GET", "/health"):
            return _health(ledger)
        if (request.method, request.path) == ("POST", "/v1/enrol"):
            return _response(request, enrol.enrol(request.body, ledger.store, now_us), wrote=True)
        if request.path == leaving.PATH and request.method in {"GET", "POST"}:
            status, html = leaving.leave(request, ledger.store, ledger.shelf, now_us)
            return Response(status=status, body=html.encode(), headers=leaving.HEADERS)
        return sender(request, ledger.store, now_us)
    except (Refusal, StoreFault) as no:
        return refused(no, now_us)


def go_on(request: SignedRequest, device: Device, ledger: Ledger, now_us: int, *, may_wait: bool) -> Response:
    """Answer a request of a device that is known by its signature."""
    try:
        return _call(request, device, ledger, now_us, may_wait=may_wait)
    except (Refusal, StoreFault) as no:
        return refused(no, now_us)


def refused(no: Refusal | StoreFault, now_us: int) -> Response:
    """Answer with a code and its facts, never a sentence (U104). A database that is busy for too long says 503."""
    if isinstance(no, StoreFault) and no.code != "ledger.busy":
        raise no
    code = "busy" if isinstance(no, StoreFault) else no.code
    facts = {} if code == "busy" else {name: msgspec.Raw(msgspec.json.encode(no.facts[name])) for name in no.facts}
    body = msgspec.json.encode(Refused(code=code, facts=facts, server_time_us=now_us))
    headers = {"Retry-After": "1"} if code == "busy" else {}
    # A refused batch may have been kept all the same: a fork's both logs are.
    return Response(status=STATUS[code], body=body, headers=headers, wrote=code == "fork")


def come_again(code: str, after_s: int, now_us: int) -> Response:
    """Tell whoever asks too much at once when to come again: `busy` is 503, `too_many` 429."""
    body = msgspec.json.encode(Refused(code=code, server_time_us=now_us))
    return Response(status=STATUS[code], body=body, headers={"Retry-After": str(after_s)})


def _call(request: SignedRequest, device: Device, ledger: Ledger, now_us: int, *, may_wait: bool) -> Response:
    store, shelf = ledger.store, ledger.shelf
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    parts = [unquote(part) for part in request.path.split("/")[1:]]
    told: Any
    wrote = again = False
    match request.method, parts:
        case "POST", ["v1", "hello"]:
            told = hello.hello(request.body, device, store, now_us, protocol_least=ledger.protocol_least)
            told = told if told.too_old else budgets.at_hello(told, device, store, shelf, now_us)
        case "POST", ["v1", "events"]:
            told, wrote = events.accept(_batch(request), device, store, shelf, now_us), True
        case "POST", ["v1", "leases"]:
            _new_enough(request, ledger)
            told = ask.ask(request.body, device, store, shelf, now_us, may_wait=may_wait)
            again, wrote = told is None, True
        case "GET", ["v1", "feed"]:
            checked = query.get("check") == "1"
            told = page.page(
                query.get("cursor", ""), device, store, shelf, now_us, with_checks=checked, anew=query.get("anew", "")
            )
            again = may_wait and not checked and not _tells(told)
        case "GET", ["v1", "snapshot" | "photos", *_]:
            told = downloads.fetch(parts[1:], device, store, shelf, now_us)
        case "GET", ["v1", "accounts"]:
            told = lookup.accounts(query, device, store, shelf, now_us)
        case "GET", ["v1", "accounts", club_id, account_id, "entries"]:
            told = lookup.entries(club_id, account_id, device=device, store=store, shelf=shelf, now_us=now_us)
        case _:
            told, wrote = acts.act(request, parts, query, device=device, store=store, shelf=shelf, now_us=now_us)
    return _response(request, told, wrote=wrote, again=again)


def _new_enough(request: SignedRequest, ledger: Ledger) -> None:
    """Refuse points to a program that may not know what it would do with them (6.4). Raises Refusal `too_old`."""
    told = request.headers.get("clubtill-protocol", "1")
    if not told.isascii() or not told.isdigit() or int(told[:9]) < ledger.protocol_least:
        raise Refusal("too_old", least=ledger.protocol_least)


def _tells(found: FeedPage) -> bool:
    return bool(found.ranges or found.recalls or found.more)


def _batch(request: SignedRequest) -> bytes:
    """Give the JSON of a batch. Raises Refusal `too_large`, `unreadable` or `key_reuse`."""
    if len(request.body) > BODY_BYTES_MAX:
        raise Refusal("too_large", bytes_max=BODY_BYTES_MAX)
    named = request.headers.get("idempotency-key", "")
    if named and named.strip('"') != idempotency_key(request.body):
        raise Refusal("key_reuse")
    coding = request.headers.get("content-encoding", "").strip().lower()
    if coding in {"", "identity"}:
        inflated = request.body
    elif coding == "zstd":
        try:
            with zstandard.ZstdDecompressor(max_window_size=8 * INFLATED_BYTES_MAX).stream_reader(
                request.body
            ) as reader:
                inflated = reader.read(INFLATED_BYTES_MAX + 1)
        except zstandard.ZstdError:
            raise Refusal("unreadable") from None
    else:
        raise Refusal("unreadable")
    if len(inflated) > INFLATED_BYTES_MAX:
        raise Refusal("too_large", bytes_max=INFLATED_BYTES_MAX)
    return inflated


def _response(request: SignedRequest, told: Any, *, wrote: bool = False, again: bool = False) -> Response:
    if isinstance(told, bytes):
        return Response(body=told, headers={"Content-Type": "application/octet-stream"})
    body = msgspec.json.encode(told)
    headers: dict[str, str] = {}
    if len(body) > COMPRESS_ABOVE_BYTES and "zstd" in request.headers.get("accept-encoding", ""):
        body = zstandard.ZstdCompressor(level=1).compress(body)
        headers["Content-Encoding"] = "zstd"
    counts = Counter(one.status for one in told.results) if isinstance(told, EventsAnswer) else {}
    return Response(body=body, headers=headers, wrote=wrote, again=again, counts=counts)


def _health(ledger: Ledger) -> Response:
    """Say whether this process can do its work, in words, for anybody may ask; 503 where it cannot."""
    told = health.of(ledger.store)
    return Response(status=200 if told["state"] == health.OK else 503, body=msgspec.json.encode(told))

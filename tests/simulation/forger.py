"""Forger: sends what an honest terminal never would: wrong keys, old requests, wrong epochs, made-up logs (F30)."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import httpx
import msgspec

from clubtill_ledger.accept.signed import SignedRequest
from clubtill_sync.signing import START_OF_CHAIN, Signer, idempotency_key, key_from_text
from clubtill_sync.wire.requests import EventsBatch
from tests.simulation.central import Down, signed
from tests.simulation.world import US, Violation

if TYPE_CHECKING:
    from tests.simulation.station import Station
    from tests.simulation.town import Town


def forge(town: Town, station: Station, chance: random.Random) -> None:
    """Try one way to be somebody else."""
    way = chance.choice(("key", "epoch", "replay", "gap", "log"))
    town.world.inject("F30", station.name, way)
    body = _batch(station, chance, way)
    signer = station.key
    if way == "key":
        signer = Signer(key_from_text(_text(chance)), station.key.keyid)
    request = _request(station, signer, body, chance)
    before = _counted(town)
    try:
        first = town.central.serve(request)
        if way == "replay":
            first = town.central.serve(request)
    except Down:
        return
    if way == "log":  # with a stolen key this is another log: the device is forked, and both are kept (I30)
        town.watch.tainted.add(station.key.keyid)
        return
    if first.status < 400:
        raise Violation("I33", f"a forged batch ({way}) was answered with {first.status}")
    if way == "key" and _counted(town) != before:
        raise Violation("I33", "a request that nobody signed left something behind")


def _batch(station: Station, chance: random.Random, way: str) -> bytes:
    rows = sorted(station.town.watch.till(station.name).rows.values(), key=lambda row: (row["epoch"], row["seq"]))
    event = msgspec.Raw(rows[-1]["bytes"] if rows and rows[-1]["kind"] != "odd" else b'{"forged":1}')
    epoch, first, previous = 1, 1, START_OF_CHAIN
    if way == "epoch":
        epoch = 99
    if way == "gap":
        first, previous = 100_000, "ab" * 32
    if way == "log":
        event = msgspec.Raw(b'{"forged":%d}' % chance.getrandbits(30))
    if way == "replay":
        epoch = 99
    return msgspec.json.encode(EventsBatch(epoch=epoch, first_seq=first, previous_hash=previous, events=(event,)))


def _request(station: Station, signer: Signer, body: bytes, chance: random.Random) -> SignedRequest:
    request = httpx.Request("POST", "http://ledger.sim/v1/events", content=body)
    now_s = station.town.central.now() // US
    told = signer.headers("POST", str(request.url), body, now_s, f"forged-{chance.getrandbits(60)}")
    request.headers.update({**told, "Idempotency-Key": idempotency_key(body), "Content-Type": "application/json"})
    return signed(request)


def _text(chance: random.Random) -> str:
    from tests.simulation.town import base64_of

    return base64_of(chance)


def _counted(town: Town) -> list[int]:
    file = town.watch.file
    return [file.all(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in ("nonce", "device_slot", "raw_event")]  # noqa: S608 - our own names

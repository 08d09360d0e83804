"""By hand: what somebody does with a terminal at its command line: export its queue, exchange its key (6.1, C14)."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clubtill_desk.faults import Fault
from clubtill_desk.key_store import KeyStore
from clubtill_rules.values.refusal import Refusal
from clubtill_sync import export_file
from clubtill_sync.client import Answer, Client, Denied
from clubtill_sync.signing import Signer, key_from_text, new_key, public_text
from clubtill_sync.wire.keys import Export, Rotate, proof_text
from clubtill_terminal.main.setup import CARD_KEY, DEVICE_KEY, STORE_KEY, Settings, new_id
from clubtill_terminal.store import outbox
from clubtill_terminal.store.device import read_device
from clubtill_terminal.store.engines import open_engine

NEXT_KEY: Final = "device-next"
"""The new key while it is exchanged: it is kept before it is sent, so that no lost answer loses it."""
_NONCE_BYTES: Final = 12


def export(folder: Path, keys: KeyStore, file: Path, *, now_us: int) -> int:
    """Write the queue of a terminal, running or not, to a new file; give how many events are in it.

    Everything that is kept of this epoch goes along, sent or not: what the ledger has is a duplicate there.

    Raises:
        Fault: `export.no_key`, when the key of the database or of the cards is gone with the key store.
        FileExistsError: the file is there already.
    """
    store_key, card_key, device_key = (keys.read(name) for name in (STORE_KEY, CARD_KEY, DEVICE_KEY))
    if store_key is None or card_key is None:
        raise Fault("export.no_key")
    engine = open_engine(folder / "facts.db", store_key, read_only=True)
    try:
        with engine.begin() as facts:
            device = read_device(facts)
            kept = outbox.tail(facts, device)
    finally:
        engine.dispose()
    told = Export(
        device_id=device.device_id,
        epoch=device.epoch,
        first_seq=kept.first_seq,
        previous_hash=kept.previous_hash,
        head_hash=device.head_hash,
        events=kept.events,
    )
    content = export_file.write(
        told,
        None if device_key is None else _key(device_key),
        installation_key=card_key,
        made_us=now_us,
        nonce=secrets.token_bytes(_NONCE_BYTES),
    )
    with file.open("xb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    return len(kept.events)


def exchange_key(settings: Settings, keys: KeyStore) -> None:
    """Give this terminal a new key; the old one signs for it. Cut off at any point it may simply be done again.

    Raises:
        Refusal: `rotate.denied`, when the ledger knows neither key, or this device is revoked or forked.
        Fault: `ledger.unreachable`, when nobody answered; `export.no_key` without a key to begin with.
    """
    old = keys.read(DEVICE_KEY)
    store_key = keys.read(STORE_KEY)
    if old is None or store_key is None:
        raise Fault("export.no_key")
    engine = open_engine(settings.folder / "facts.db", store_key, read_only=True)
    try:
        with engine.begin() as facts:
            device_id = read_device(facts).device_id
    finally:
        engine.dispose()
    coming = keys.read(NEXT_KEY)
    if coming is None or coming == old:
        coming = new_key().private_bytes_raw()
        keys.write(NEXT_KEY, coming)
    for signs in (old, coming):  # the ledger may have taken the new one, and the answer was lost
        if _rotated(settings, signs, coming, device_id):
            keys.write(DEVICE_KEY, coming)
            return
    raise Refusal("rotate.denied")


def signer(keys: KeyStore, device_id: str) -> Signer:
    """Give what signs this terminal's requests. Raises Fault `export.no_key` without a key."""
    key = keys.read(DEVICE_KEY)
    if key is None:
        raise Fault("export.no_key")
    return Signer(_key(key), device_id)


def _key(raw: bytes) -> Ed25519PrivateKey:
    return key_from_text(base64.b64encode(raw).decode())


def _rotated(settings: Settings, signs: bytes, coming: bytes, device_id: str) -> bool:
    """Ask once; False when the ledger does not take this signature."""
    new = _key(coming)
    proof = base64.b64encode(new.sign(proof_text(device_id, public_text(new)))).decode()
    client = Client(settings.ledger, Signer(_key(signs), device_id), now_us=settings.now_us, nonce=new_id)
    try:
        outcome = client.rotate(Rotate(public_key=public_text(new), proof=proof))
    finally:
        client.close()
    match outcome:
        case Answer():
            return True
        case Denied(code="signature"):
            return False
        case Denied():
            raise Refusal("rotate.denied")
        case _:
            raise Fault("ledger.unreachable")

"""Keys: made for a web location's terminal, told once, kept as a hash, asked for at each call (R15, F30).

The key's secret has 256 random bits, so one keyed hash is enough: nobody can try them all. Each key has a device of its
own, enrolled with a public key whose private half nobody has, so that nothing can be signed in its name.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from clubtill_ledger.store import devices, installation, web_keys
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_ledger.store.web_keys import WebKey
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.signing import new_key, public_text

SCOPES: Final = ("member", "balance", "quote", "redeem", "refund")
PER_MINUTE: Final = 120
_PREFIX: Final = "ctw"
_PARTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever sent a request: the key, and the device in whose log its orders stand."""

    key: WebKey
    device: Device


def make(
    store: Store,
    shelf: SettingsShelf,
    *,
    club_id: str,
    terminal_id: str,
    name: str,
    scopes: tuple[str, ...],
    per_minute: int,
    token: Callable[[int], str],
    now_us: int,
) -> str:
    """Make a key and give its text, which is kept nowhere. `token(n)` gives n random bytes as hex.

    Raises Refusal `web.unknown_place` for a club or terminal without a document, `web.unknown_scope`.
    """
    if not scopes or set(scopes) - set(SCOPES):
        raise Refusal("web.unknown_scope", scopes=", ".join(SCOPES))
    settings = store.read(partial(shelf.now, now_us=now_us))
    if settings.club(club_id) is None or settings.venue_of_terminal(terminal_id) is None:
        raise Refusal("web.unknown_place", club=club_id, terminal=terminal_id)
    key_id, secret = token(8), token(32)
    public = public_text(new_key())
    device = Device(
        device_id=hashlib.sha256(base64.b64decode(public)).hexdigest()[:32],
        public_key=public,
        terminal_id=terminal_id,
        name=name,
        epoch=1,
        incarnation="",
        boot_id="",
        clock_offset_us=0,
        hello_us=0,
        enrolled_us=now_us,
        revoked_us=None,
        drain=False,
        fork_us=None,
        store_version="",
        program_version="",
    )
    made = WebKey(
        key_id=key_id,
        device_id=device.device_id,
        club_id=club_id,
        name=name,
        scopes=scopes,
        secret_hash=store.read(partial(_hash, key_id=key_id, secret=secret)),
        per_minute=per_minute,
        created_us=now_us,
    )
    store.write(partial(_keep, device=device, made=made))
    return f"{_PREFIX}_{key_id}_{secret}"


def _keep(connection: Connection, device: Device, made: WebKey) -> None:
    devices.enrol(connection, device)
    web_keys.keep(connection, made)


def caller(store: Store, authorization: str, scope: str) -> Caller:
    """Give who sent a request with this Authorization header. Raises Refusal `no_key` or `no_scope`.

    Which part of a key is wrong is told to nobody.
    """
    scheme, _, text = authorization.partition(" ")
    parts = text.strip().split("_")
    if scheme.lower() != "bearer" or len(parts) != _PARTS or parts[0] != _PREFIX or not text.isascii():
        raise Refusal("no_key")
    found = store.read(partial(_find, key_id=parts[1], secret=parts[2]))
    if found is None:
        raise Refusal("no_key")
    if scope not in found.key.scopes:
        raise Refusal("no_scope", scope=scope)
    return found


def _find(connection: Connection, key_id: str, secret: str) -> Caller | None:
    key = web_keys.find(connection, key_id)
    right = hmac.compare_digest(key.secret_hash if key else "", _hash(connection, key_id, secret))
    if key is None or not right or key.revoked_us is not None:
        return None
    device = devices.find(connection, key.device_id)
    return Caller(key=key, device=device) if device is not None and device.revoked_us is None else None


def _hash(connection: Connection, key_id: str, secret: str) -> str:
    this = base64.b64decode(installation.read(connection).cursor_key)
    return hmac.new(this, f"web key\x00{key_id}\x00{secret}".encode(), hashlib.sha256).hexdigest()

"""Snapshot: everything a new terminal needs, in chunks named by their SHA-256, with a signed manifest (6.7).

A stream is one part, read in one go: its rows and its position belong together, and the feed goes on from there. Cards
travel as the bytes that a terminal keeps, beside the few columns by which it finds them.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import MISSING, fields
from typing import Any, Final, get_type_hints

import msgspec
import zstandard
from cryptography.exceptions import InvalidSignature

from clubtill_rules.members.account import AccountCard, MemberCard
from clubtill_sync.signing import key_from_text, public_from_text
from clubtill_sync.wire.feed import DenyRow, Document

CHUNK_BYTES_MAX: Final = 4 * 1024 * 1024
"""No chunk is larger, compressed."""
INFLATED_BYTES_MAX: Final = 16 * 1024 * 1024
LEVEL: Final = 3
_PURPOSE: Final = b"clubtill snapshot\x00"


class BadChunk(Exception):  # noqa: N818 - it is the name of what arrived
    """A chunk is not what its name says, or cannot be read: it is fetched again."""


class PersonRow(msgspec.Struct, frozen=True, array_like=True):
    """A person of an account, as look-ups find one: id, number, name, digests of the cards, hash of the photo."""

    person_id: str
    number: str
    name: str
    digests: tuple[str, ...]
    photo: str = ""


class AccountRow(msgspec.Struct, frozen=True, array_like=True):
    """An account: its card as JSON, what is left at its default left out, and the columns beside it."""

    club_id: str
    account_id: str
    version: int
    card: bytes
    persons: tuple[PersonRow, ...]


class MasterRows(msgspec.Struct, frozen=True):
    """Rows of stream 64 or 65."""

    documents: tuple[Document, ...] = ()
    deny: tuple[DenyRow, ...] = ()


class ChunkRef(msgspec.Struct, frozen=True, array_like=True):
    """A chunk: its name, its size in bytes as sent, how many accounts or rows it holds."""

    sha256: str
    size: int
    rows: int


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A stream up to a position."""

    stream: int
    through: int
    chunks: tuple[ChunkRef, ...]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to fetch. `more`: some streams are not made up yet, ask again; `cursor` is blank until then.

    `scope` is `all`, or `venue:` and the id of the venue whose working set it is (D27).
    """

    feed_epoch: int
    scope: str
    cursor: str
    more: bool
    parts: tuple[Part, ...]


class SnapshotAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /v1/snapshot`: a manifest in its exact bytes, and the ledger's signature over them, base64."""

    manifest: msgspec.Raw
    signature: str
    server_time_us: int = 0


def _packed(name: str, of: type, **replaced: Any) -> Any:
    """Make a struct with a class's own fields that leaves out what is at its default."""
    hints = get_type_hints(of)
    told: list[Any] = []
    for one in fields(of):
        kind = replaced.get(one.name, hints[one.name])
        told.append((one.name, kind) if one.default is MISSING else (one.name, kind, one.default))
    return msgspec.defstruct(name, told, omit_defaults=True, kw_only=True)


PackedMember: Any = _packed("PackedMember", MemberCard)
"""A member's card as it is stored and sent: the rules' own fields, defaults left out."""
PackedAccount: Any = _packed("PackedAccount", AccountCard, persons=tuple[PackedMember, ...])
"""An account's card as it is stored and sent."""
_encode: Final = msgspec.json.Encoder().encode
_rows: Final = msgspec.msgpack.Decoder(tuple[AccountRow, ...])
_master: Final = msgspec.json.Decoder(MasterRows)


def card_bytes(card: Any) -> bytes:
    """Write a card as terminals keep it. Takes an AccountCard or a PackedAccount."""
    return _encode(
        card if isinstance(card, PackedAccount) else msgspec.convert(card, PackedAccount, from_attributes=True)
    )


def name_of(digest_of: bytes) -> str:
    """Name bytes by their SHA-256, as hex."""
    return hashlib.sha256(digest_of).hexdigest()


def write_accounts(rows: list[AccountRow]) -> bytes:
    """Write a chunk of accounts."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(msgspec.msgpack.encode(rows))


def write_master(rows: MasterRows) -> bytes:
    """Write a chunk of documents or denials."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(_encode(rows))


def read_accounts(chunk: bytes) -> tuple[AccountRow, ...]:
    """Read a chunk of accounts. Raises BadChunk."""
    try:
        return _rows.decode(_inflated(chunk))
    except (msgspec.DecodeError, zstandard.ZstdError, UnicodeDecodeError) as error:
        raise BadChunk(str(error)) from error


def read_master(chunk: bytes) -> MasterRows:
    """Read a chunk of documents or denials. Raises BadChunk."""
    try:
        return _master.decode(_inflated(chunk))
    except (msgspec.DecodeError, zstandard.ZstdError, UnicodeDecodeError) as error:
        raise BadChunk(str(error)) from error


def _inflated(chunk: bytes) -> bytes:
    with zstandard.ZstdDecompressor(max_window_size=INFLATED_BYTES_MAX).stream_reader(chunk) as reader:
        text = reader.read(INFLATED_BYTES_MAX + 1)
    if len(text) > INFLATED_BYTES_MAX:
        raise BadChunk("too large")
    return text


def sign(manifest: Manifest, server_key: str, *, server_time_us: int) -> SnapshotAnswer:
    """Write and sign a manifest with the ledger's private key."""
    body = _encode(manifest)
    signature = key_from_text(server_key).sign(_PURPOSE + body)
    told = base64.b64encode(signature).decode()
    return SnapshotAnswer(manifest=msgspec.Raw(body), signature=told, server_time_us=server_time_us)


def open_manifest(answer: SnapshotAnswer, server_key: str) -> Manifest | None:
    """Read a manifest that the pinned key of the ledger signed; None for any other."""
    body = bytes(answer.manifest)
    try:
        public_from_text(server_key).verify(base64.b64decode(answer.signature), _PURPOSE + body)
        return msgspec.json.decode(body, type=Manifest)
    except (InvalidSignature, ValueError, msgspec.DecodeError):
        return None

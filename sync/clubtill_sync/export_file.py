"""Export file: a device's queue on a stick, when no network will ever carry it again (6.1, C14).

One readable line tells whose it is; the rest is sealed with the installation's key, which only its ledger and its
terminals have. The device's key signs what is inside, line included, so that nothing of it can be exchanged.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

import msgspec
import zstandard
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clubtill_sync.signing import chain
from clubtill_sync.wire.keys import Export, ExportHead

FORMAT: Final = 1
FILE_BYTES_MAX: Final = 64 * 1024 * 1024
_NONCE_BYTES: Final = 12
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, binascii.Error)


class BadExport(Exception):  # noqa: N818 - an answer: this file is not what it says it is
    """An export file cannot be used. `why` is unreadable, other_installation, signature or chain."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def write(told: Export, key: Ed25519PrivateKey | None, *, installation_key: bytes, made_us: int, nonce: bytes) -> bytes:
    """Write a file. Without the device's key, for it may be lost, the file is unsigned.

    Args:
        told: the log.
        key: the device's own.
        installation_key: the key of card digests, which ledger and terminals share.
        made_us: now.
        nonce: 12 random bytes.
    """
    plain = msgspec.json.encode(told)
    head = ExportHead(
        format=FORMAT,
        device_id=told.device_id,
        made_us=made_us,
        events=len(told.events),
        nonce=base64.b64encode(nonce).decode(),
        signature="",
    )
    if key is not None:
        signed = base64.b64encode(key.sign(_signed(head, plain))).decode()
        head = msgspec.structs.replace(head, signature=signed)
    line = msgspec.json.encode(head)
    return line + b"\n" + _cipher(installation_key).encrypt(nonce, zstandard.ZstdCompressor().compress(plain), line)


def head_of(content: bytes) -> ExportHead:
    """Read the first line of a file; nothing of it is proven yet. Raises BadExport unreadable."""
    line, found, _ = content.partition(b"\n")
    try:
        head = msgspec.json.decode(line, type=ExportHead) if found else None
    except _UNREADABLE:
        head = None
    if head is None or head.format != FORMAT or len(content) > FILE_BYTES_MAX:
        raise BadExport("unreadable")
    return head


def read(content: bytes, *, installation_key: bytes, public_key: Ed25519PublicKey | None) -> Export:
    """Open a file, prove its signature by the device's key and its chain, and give the log.

    `public_key` None takes an unsigned file by somebody's word. Raises BadExport.
    """
    head = head_of(content)
    line, _, sealed = content.partition(b"\n")
    try:
        nonce = base64.b64decode(head.nonce, validate=True)
        opened = _cipher(installation_key).decrypt(nonce, sealed, line)
        with zstandard.ZstdDecompressor().stream_reader(opened) as reader:
            plain = reader.read(FILE_BYTES_MAX)
        told = msgspec.json.decode(plain, type=Export)
    except (InvalidTag, ValueError) as error:
        if isinstance(error, InvalidTag):
            raise BadExport("other_installation") from None
        raise BadExport("unreadable") from None
    except (*_UNREADABLE, zstandard.ZstdError):
        raise BadExport("unreadable") from None
    if public_key is not None:
        _check_signature(head, plain, public_key)
    if told.device_id != head.device_id or not _joins(told):
        raise BadExport("chain")
    return told


def _check_signature(head: ExportHead, plain: bytes, public_key: Ed25519PublicKey) -> None:
    bare = msgspec.structs.replace(head, signature="")
    try:
        public_key.verify(base64.b64decode(head.signature, validate=True), _signed(bare, plain))
    except (InvalidSignature, binascii.Error):
        raise BadExport("signature") from None


def _joins(told: Export) -> bool:
    try:
        head = told.previous_hash
        for event in told.events:
            head = chain(head, event)
    except ValueError:
        return False
    return head == told.head_hash and told.first_seq >= 1 and told.epoch >= 1


def _signed(head: ExportHead, plain: bytes) -> bytes:
    return b"clubtill export\n" + msgspec.json.encode(head) + b"\n" + plain


def _cipher(installation_key: bytes) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"clubtill export").derive(installation_key)
    return AESGCM(derived)

"""Signing: HTTP Message Signatures (RFC 9421, ed25519), Content-Digest (RFC 9530) and the chain of a device's events.

A device signs every request, the ledger verifies it. Nothing here reads a clock, keeps a nonce or knows a database:
the window of time and the memory of nonces are the ledger's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

START_OF_CHAIN: Final = "0" * 64
"""The hash before the first event of an epoch."""
WINDOW_S: Final = 300
"""How far `created` may lie from the ledger's clock, either way (ledger design 6.2)."""
COVERED: Final = ("@method", "@authority", "@path", "@query", "content-digest")
"""What a signature covers, in the order in which a device writes it."""
_LABEL: Final = "clubtill"
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
_NAMES: Final = r'"[!#-~]+"(?: "[!#-~]+")*'
_INPUT: Final = re.compile(rf'([a-z*][a-z0-9_.*-]*)=(\(({_NAMES})\)((?:;[a-z]+=(?:[0-9]{{1,15}}|"[ !#-\[\]-~]*"))*))')
_PARAMETER: Final = re.compile(r';([a-z]+)=(?:([0-9]+)|"([^"]*)")')
_SHA_256: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):\s*(?=,|$)")


class BadSignature(Exception):  # noqa: N818 - it is the name of an answer: what was signed is not what arrived
    """A request is not signed as it should be. `why` is missing, malformed, covered, algorithm, digest or signature."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who signed a request, when by the signer's clock (seconds since 1970), and with which nonce."""

    keyid: str
    created_s: int
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Input:
    """A parsed Signature-Input: its label, the covered components, the exact text they came in, and who claims it."""

    label: str
    covered: tuple[str, ...]
    text: str
    claims: Signed


# ------------------------------------------------------------------ keys


def new_key() -> Ed25519PrivateKey:
    """Make a device's or the ledger's key from the system's own randomness."""
    return Ed25519PrivateKey.generate()


def key_text(key: Ed25519PrivateKey) -> str:
    """Write a private key as base64 of its 32 bytes, for the key store alone."""
    return base64.b64encode(key.private_bytes_raw()).decode()


def key_from_text(text: str) -> Ed25519PrivateKey:
    """Read a private key from base64. ValueError if it is none."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))


def public_text(key: Ed25519PrivateKey) -> str:
    """Write the public half of a key as base64 of its 32 bytes, as it crosses the wire."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def public_from_text(text: str) -> Ed25519PublicKey:
    """Read a public key from base64. ValueError if it is none."""
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


# ------------------------------------------------------------------ the chain


def chain(previous_hex: str, event_bytes: bytes) -> str:
    """Give the chain hash after an event: SHA-256 of the hash before it and the event's exact bytes, as hex (I2)."""
    return hashlib.sha256(bytes.fromhex(previous_hex) + event_bytes).hexdigest()


def idempotency_key(body: bytes) -> str:
    """Name a batch by its body: SHA-256 as hex (ledger design 6.4). `body` is what is sent, compressed or not."""
    return hashlib.sha256(body).hexdigest()


# ------------------------------------------------------------------ requests


def content_digest(body: bytes) -> str:
    """Write the Content-Digest of the bytes that are sent, after any content coding (RFC 9530, section 2)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def signature_base(components: Sequence[tuple[str, str]], parameters: str) -> bytes:
    """Build the text that is signed, from components in order and the text of the parameters (RFC 9421, 2.5)."""
    lines = [f'"{name}": {value}' for name, value in components]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


@dataclass(frozen=True, slots=True)
class Signer:
    """A device's key and its id as the ledger knows it."""

    key: Ed25519PrivateKey = field(repr=False)
    keyid: str

    def headers(self, method: str, url: str, body: bytes, now_s: int, nonce: str) -> dict[str, str]:
        """Give the three headers that sign a request. `url` is exactly what is sent; a nonce is never used twice."""
        digest = content_digest(body)
        covered = " ".join(f'"{name}"' for name in COVERED)
        parameters = f'({covered});created={now_s};nonce="{nonce}";keyid="{self.keyid}";alg="ed25519"'
        parts = urlsplit(url)
        authority = parts.netloc.lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, ""))
        values = _values(method, authority, parts.path, parts.query, digest)
        signature = self.key.sign(signature_base([(name, values[name]) for name in COVERED], parameters))
        return {
            "Content-Digest": digest,
            "Signature-Input": f"{_LABEL}={parameters}",
            "Signature": f"{_LABEL}=:{base64.b64encode(signature).decode()}:",
        }


def claimed(headers: Mapping[str, str]) -> Signed:
    """Read who claims to have signed a request, to look up that device's key. Nothing is verified yet.

    `headers` has lower-case names. Raises BadSignature missing, malformed, covered or algorithm.
    """
    return _parse(headers).claims


def verify(  # noqa: PLR0917 - a request's parts in the order in which they arrive
    method: str,
    authority: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    public_key: Ed25519PublicKey,
) -> Signed:
    """Verify a request as it arrived, and give who signed it, when and with which nonce.

    `authority` is the Host as received; `path` and `query` are the raw text of the request line, the query without
    its question mark; `headers` has lower-case names; `body` is the content as received, still compressed if it was.
    Raises BadSignature. The caller checks the window of `created_s` and that the nonce is new.
    """
    told = _parse(headers)
    stated = _SHA_256.findall(headers.get("content-digest", ""))
    if stated != [base64.b64encode(hashlib.sha256(body).digest()).decode()]:
        raise BadSignature("digest")
    values = _values(method, authority.lower(), path, query, headers["content-digest"].strip())
    base = signature_base([(name, values[name]) for name in told.covered], told.text)
    try:
        public_key.verify(_signature(headers, told.label), base)
    except InvalidSignature:
        raise BadSignature("signature") from None
    return told.claims


def _values(method: str, authority: str, path: str, query: str, digest: str) -> dict[str, str]:
    """Give the value of every component that may be covered (RFC 9421, section 2.2)."""
    return {
        "@method": method,
        "@authority": authority,
        "@path": path or "/",
        "@query": f"?{query}",
        "content-digest": digest,
    }


def _parse(headers: Mapping[str, str]) -> _Input:
    text = headers.get("signature-input", "")
    if not text or "signature" not in headers or "content-digest" not in headers:
        raise BadSignature("missing")
    found = _INPUT.fullmatch(text.strip())
    if found is None:
        raise BadSignature("malformed")
    label, exact, names, tail = found.groups()
    covered = tuple(name.strip('"') for name in names.split(" "))
    if sorted(covered) != sorted(COVERED):
        raise BadSignature("covered")
    told = [(name, number or word) for name, number, word in _PARAMETER.findall(tail)]
    parameters = dict(told)
    if len(parameters) != len(told) or not {"created", "nonce", "keyid"} <= set(parameters):
        raise BadSignature("malformed")
    if parameters.get("alg", "ed25519") != "ed25519":
        raise BadSignature("algorithm")
    if not parameters["created"].isdigit() or not parameters["nonce"] or not parameters["keyid"]:
        raise BadSignature("malformed")
    claims = Signed(keyid=parameters["keyid"], created_s=int(parameters["created"]), nonce=parameters["nonce"])
    return _Input(label=label, covered=covered, text=exact, claims=claims)


def _signature(headers: Mapping[str, str], label: str) -> bytes:
    text = headers["signature"].strip()
    if not text.startswith(f"{label}=:") or not text.endswith(":"):
        raise BadSignature("malformed")
    try:
        return base64.b64decode(text.removeprefix(f"{label}=:")[:-1], validate=True)
    except binascii.Error:
        raise BadSignature("malformed") from None

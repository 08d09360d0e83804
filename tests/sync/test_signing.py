"""Signed requests and the chain: RFC 9421, RFC 9530, and the ledger design's 6.2."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from clubtill_sync import signing
from clubtill_sync.signing import BadSignature, Signed, Signer

RFC_PUBLIC = b"""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
"""
RFC_PRIVATE = b"""-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
"""
RFC_SIGNATURE = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
RFC_COMPONENTS = [
    ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
    ("@method", "POST"),
    ("@path", "/foo"),
    ("@authority", "example.com"),
    ("content-type", "application/json"),
    ("content-length", "18"),
]
RFC_PARAMETERS = (
    '("date" "@method" "@path" "@authority" "content-type" "content-length")'
    ';created=1618884473;keyid="test-key-ed25519"'
)

KEY = signing.key_from_text(base64.b64encode(bytes(range(32))).decode())
SIGNER = Signer(KEY, "till-3")
BODY = b'{"epoch":1}'
URL = "https://Ledger.Example:443/v1/feed?cursor=a%2Fb&wait=25"


def arrived(**changes: str | bytes) -> Signed:
    """Verify the request above as it arrived, with some parts changed on the way."""
    signed = {name.lower(): text for name, text in SIGNER.headers("POST", URL, BODY, 1_900_000_000, "n-1").items()}
    parts: dict[str, str | bytes] = {
        "method": "POST",
        "authority": "ledger.example",
        "path": "/v1/feed",
        "query": "cursor=a%2Fb&wait=25",
        "body": BODY,
        **signed,
        **changes,
    }
    method, authority, path, query, body = (parts.pop(n) for n in ("method", "authority", "path", "query", "body"))
    headers = {name: str(text) for name, text in parts.items() if text}
    assert isinstance(body, bytes)
    return signing.verify(str(method), str(authority), str(path), str(query), headers, body, KEY.public_key())


def test_signature_base_gives_the_signature_of_the_rfc() -> None:
    """RFC 9421, B.2.6: the base over the RFC's request, signed with its key, is its signature byte for byte."""
    key = load_pem_private_key(RFC_PRIVATE, None)
    base = signing.signature_base(RFC_COMPONENTS, RFC_PARAMETERS)
    ours = signing.key_from_text(base64.b64encode(key.private_bytes_raw()).decode())  # type: ignore[union-attr] # ed25519
    assert base64.b64encode(ours.sign(base)).decode() == RFC_SIGNATURE


def test_signature_of_the_rfc_verifies_with_its_public_key_and_with_no_other() -> None:
    """RFC 9421, B.2.6: the RFC's signature verifies over our base."""
    public = load_pem_public_key(RFC_PUBLIC)
    assert isinstance(public, Ed25519PublicKey)
    base = signing.signature_base(RFC_COMPONENTS, RFC_PARAMETERS)
    public.verify(base64.b64decode(RFC_SIGNATURE), base)
    with pytest.raises(InvalidSignature):
        KEY.public_key().verify(base64.b64decode(RFC_SIGNATURE), base)


def test_content_digest_is_that_of_the_rfc() -> None:
    """RFC 9530, appendix D: the digest of its example content."""
    assert signing.content_digest(b'{"hello": "world"}') == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"


def test_a_request_signed_here_verifies_and_says_who_when_and_with_which_nonce() -> None:
    """6.2: host in lower case without its default port, path and query as sent."""
    assert arrived() == Signed(keyid="till-3", created_s=1_900_000_000, nonce="n-1")


@pytest.mark.parametrize(
    ("part", "value", "why"),
    [
        ("method", "GET", "signature"),
        ("authority", "other.example", "signature"),
        ("path", "/v1/events", "signature"),
        ("query", "cursor=a%2Fb&wait=26", "signature"),
        ("query", "", "signature"),
        ("body", b'{"epoch":2}', "digest"),
        ("body", b"", "digest"),
        ("content-digest", "", "missing"),
        ("content-digest", "sha-512=:AAAA:", "digest"),
        ("signature", "", "missing"),
        ("signature", "clubtill=:AAAA:", "signature"),
        ("signature", "clubtill=:%%%%:", "malformed"),
        ("signature", "other=:AAAA:", "malformed"),
        ("signature-input", "", "missing"),
        ("signature-input", "clubtill=()", "malformed"),
        ("signature-input", 'clubtill=("@method");created=1;nonce="n";keyid="till-3"', "covered"),
    ],
)
def test_a_part_changed_on_the_way_is_found(part: str, value: str | bytes, why: str) -> None:
    """6.2: every covered part and every header that carries the signature is protected."""
    with pytest.raises(BadSignature) as caught:
        arrived(**{part: value})
    assert caught.value.why == why


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("created=1900000000", "created=1900000001", "signature"),
        ('nonce="n-1"', 'nonce="n-2"', "signature"),
        ('keyid="till-3"', 'keyid="till-4"', "signature"),
        (';alg="ed25519"', "", "signature"),
        ('alg="ed25519"', 'alg="rsa-v1_5-sha256"', "algorithm"),
        ('"@query" ', "", "covered"),
        ('"@query"', '"@scheme"', "covered"),
        ('"@query"', '"@path"', "covered"),
        (';nonce="n-1"', "", "malformed"),
        (';nonce="n-1"', ';nonce=""', "malformed"),
        (';nonce="n-1"', ';nonce="n-1";nonce="n-2"', "malformed"),
        ("created=1900000000", 'created="soon"', "malformed"),
    ],
)
def test_a_parameter_changed_on_the_way_is_found(old: str, new: str, why: str) -> None:
    """6.2: time, nonce, key and what is covered are signed themselves."""
    told = SIGNER.headers("POST", URL, BODY, 1_900_000_000, "n-1")["Signature-Input"]
    assert old in told
    with pytest.raises(BadSignature) as caught:
        arrived(**{"signature-input": told.replace(old, new)})
    assert caught.value.why == why


def test_a_body_changed_together_with_its_digest_is_found() -> None:
    """RFC 9530 with RFC 9421: who replaces body and digest still lacks the signature over the digest."""
    forged = b'{"epoch":9}'
    with pytest.raises(BadSignature) as caught:
        arrived(body=forged, **{"content-digest": signing.content_digest(forged)})
    assert caught.value.why == "signature"


def test_components_may_stand_in_another_order() -> None:
    """RFC 9421, 2.5: the verifier takes order and text of the parameters from the request, not from itself."""
    parameters = '("content-digest" "@query" "@path" "@authority" "@method");keyid="till-3";nonce="x";created=5'
    digest = signing.content_digest(b"")
    values = [("content-digest", digest), ("@query", "?"), ("@path", "/"), ("@authority", "h"), ("@method", "GET")]
    signature = base64.b64encode(KEY.sign(signing.signature_base(values, parameters))).decode()
    headers = {"content-digest": digest, "signature-input": f"a={parameters}", "signature": f"a=:{signature}:"}
    told = signing.verify("GET", "H", "", "", headers, b"", KEY.public_key())
    assert told == Signed(keyid="till-3", created_s=5, nonce="x")


def test_a_port_that_is_not_the_default_belongs_to_the_authority() -> None:
    """RFC 9421, 2.2.3: only a default port is left out."""
    signed = SIGNER.headers("GET", "http://127.0.0.1:8123/v1/feed", b"", 5, "n")
    headers = {name.lower(): text for name, text in signed.items()}
    assert signing.verify("GET", "127.0.0.1:8123", "/v1/feed", "", headers, b"", KEY.public_key()).nonce == "n"
    with pytest.raises(BadSignature):
        signing.verify("GET", "127.0.0.1", "/v1/feed", "", headers, b"", KEY.public_key())


def test_claims_are_read_before_the_key_is_known() -> None:
    """6.2: the ledger looks up the device's key by the claimed key id."""
    headers = {n.lower(): t for n, t in SIGNER.headers("GET", URL, b"", 7, "n-7").items()}
    assert signing.claimed(headers) == Signed(keyid="till-3", created_s=7, nonce="n-7")


def test_keys_survive_being_written_down() -> None:
    """6.1: a key read back signs like the one that was written; its text is not in its representation."""
    key = signing.new_key()
    again = signing.key_from_text(signing.key_text(key))
    public = signing.public_from_text(signing.public_text(key))
    public.verify(again.sign(b"words"), b"words")
    assert signing.key_text(key) not in repr(Signer(key, "d"))
    with pytest.raises(ValueError, match="32"):
        signing.public_from_text("AAAA")


def test_chain_covers_every_earlier_byte() -> None:
    """I2: chain n is SHA-256 of chain n-1's 32 bytes and the event's bytes; one changed byte changes the rest."""
    first = signing.chain(signing.START_OF_CHAIN, b"one")
    assert first == hashlib.sha256(bytes(32) + b"one").hexdigest()
    second = signing.chain(first, b"two")
    assert second == hashlib.sha256(bytes.fromhex(first) + b"two").hexdigest()
    assert signing.chain(signing.chain(signing.START_OF_CHAIN, b"onE"), b"two") != second


def test_idempotency_key_names_the_body() -> None:
    """6.4: the key is SHA-256 of the body that is sent."""
    assert signing.idempotency_key(BODY) == hashlib.sha256(BODY).hexdigest()

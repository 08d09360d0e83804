"""The client against hostile and half-dead servers: every outcome is a value and names the broken link (F1-F9)."""

from __future__ import annotations

import errno
import socket
import ssl
import threading
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import httpx
import msgspec
import pytest
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from clubtill_sync.deadlines import DeadlineTransport
from clubtill_sync.outcomes import Answer, Denied, Lost, Outcome, Unknown
from clubtill_sync.wire.feed import FeedPage
from tests.sync.hostile import Behave, Request, answer, drips, listen, resets, says, says_nothing, serving
from tests.sync.talk import GOOD, HASTY, HELLO, HELLO_ANSWER, PAGE, ask, client

PORTAL = b"<!doctype html><title>Welcome to Hotel Wi-Fi</title>"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + GOOD[:5]
REFUSED = b'{"code":"gap","facts":{"next_seq":7,"text":"x"},"server_time_us":5}'
HOSTILE: list[tuple[str, Behave, Unknown | Denied]] = [
    (
        "a portal's page",
        says(answer(PORTAL, content_type="text/html")),
        Unknown(reason=Lost.NOT_THE_LEDGER, status=200),
    ),
    ("a page called JSON", says(answer(PORTAL)), Unknown(reason=Lost.NOT_THE_LEDGER, status=200)),
    (
        "JSON called a page",
        says(answer(GOOD, content_type="text/html")),
        Unknown(reason=Lost.NOT_THE_LEDGER, status=200),
    ),
    (
        "a redirect to a portal",
        says(answer(b"", status=302, more="Location: http://127.0.0.1:9/login\r\n")),
        Unknown(reason=Lost.NOT_THE_LEDGER, status=302),
    ),
    ("half an answer, well framed", says(answer(GOOD[:40])), Unknown(reason=Lost.NOT_THE_LEDGER, status=200)),
    ("half an answer, cut", says(answer(GOOD[:40], length=len(GOOD))), Unknown(reason=Lost.CUT)),
    ("half an answer, cut in a chunk", says(CHUNKED[:-2]), Unknown(reason=Lost.CUT)),
    ("half an answer, cut between chunks", says(CHUNKED + b"\r\n"), Unknown(reason=Lost.CUT)),
    ("a reset before an answer", resets(), Unknown(reason=Lost.CUT)),
    ("a reset within an answer", resets(answer(GOOD)[:-9]), Unknown(reason=Lost.CUT)),
    ("nothing, then the end", says(b""), Unknown(reason=Lost.CUT)),
    ("another protocol", says(b"220 mail ready\r\n"), Unknown(reason=Lost.CUT)),
    ("an empty object", says(answer(b"{}")), Unknown(reason=Lost.NOT_THE_LEDGER, status=200)),
    ("another answer's JSON", says(answer(msgspec.json.encode(PAGE))), Unknown(reason=Lost.NOT_THE_LEDGER, status=200)),
    ("no text", says(answer(b'{"state":"\xff"}')), Unknown(reason=Lost.NOT_THE_LEDGER, status=200)),
    ("an abyss", says(answer(b"[" * 100_000)), Unknown(reason=Lost.NOT_THE_LEDGER, status=200)),
    (
        "a coding nobody asked for",
        says(answer(GOOD, more="Content-Encoding: br\r\n")),
        Unknown(reason=Lost.NOT_THE_LEDGER, status=200),
    ),
    (
        "a bomb",
        says(answer(zstandard.compress(GOOD + b" " * 40_000_000), more="Content-Encoding: zstd\r\n")),
        Unknown(reason=Lost.NOT_THE_LEDGER, status=200),
    ),
    ("an answer without end", says(answer(GOOD + b" " * 40_000_000)), Unknown(reason=Lost.CUT)),
    (
        "a redirect that reads like a refusal",
        says(answer(REFUSED, status=302)),
        Unknown(reason=Lost.NOT_THE_LEDGER, status=302),
    ),
    (
        "not what it is compressed with",
        says(answer(GOOD, more="Content-Encoding: zstd\r\n")),
        Unknown(reason=Lost.NOT_THE_LEDGER, status=200),
    ),
    (
        "a compressed answer, cut",
        says(answer(zstandard.compress(GOOD)[:-20], more="Content-Encoding: zstd\r\n")),
        Unknown(reason=Lost.NOT_THE_LEDGER, status=200),
    ),
    (
        "busy",
        says(answer(b"{}", status=503, more="Retry-After: 17\r\n")),
        Unknown(reason=Lost.FAILING, status=503, retry_after_s=17),
    ),
    (
        "busy for a year",
        says(answer(b"{}", status=503, more="Retry-After: 31536000\r\n")),
        Unknown(reason=Lost.FAILING, status=503, retry_after_s=3600),
    ),
    (
        "busy until a date",
        says(answer(b"{}", status=503, more="Retry-After: Fri, 31 Dec 2027 23:59:59 GMT\r\n")),
        Unknown(reason=Lost.FAILING, status=503),
    ),
    (
        "a proxy's failure",
        says(answer(PORTAL, status=502, content_type="text/html")),
        Unknown(reason=Lost.FAILING, status=502),
    ),
    (
        "a failure that reads like a refusal",
        says(answer(REFUSED, status=500)),
        Unknown(reason=Lost.FAILING, status=500),
    ),
    (
        "a proxy's refusal",
        says(answer(PORTAL, status=403, content_type="text/html")),
        Unknown(reason=Lost.NOT_THE_LEDGER, status=403),
    ),
    ("a refusal without a code", says(answer(b"{}", status=409)), Unknown(reason=Lost.NOT_THE_LEDGER, status=409)),
    (
        "a refusal",
        says(answer(REFUSED, status=409)),
        Denied(status=409, code="gap", facts={"next_seq": 7, "text": "x"}, server_time_us=5),
    ),
    (
        "a refusal with a wait",
        says(answer(b'{"code":"busy"}', status=429, more="Retry-After: 3\r\n")),
        Denied(status=429, code="busy", retry_after_s=3),
    ),
]


@pytest.mark.parametrize(("behave", "told"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_whatever_answers_the_outcome_is_a_value(behave: Behave, told: Unknown | Denied) -> None:
    """F1, F2, F7, F8: what the ledger did not say is unknown, never yes and never no."""
    assert ask(behave) == told


def test_a_compressed_answer_is_read() -> None:
    """Addendum to 6: zstd is accepted both ways."""
    compressed = answer(zstandard.compress(GOOD), more="Content-Encoding: zstd\r\n")
    assert ask(says(compressed)) == Answer(HELLO_ANSWER)


@pytest.mark.parametrize("part", ["status line", "body"])
def test_a_slow_drip_is_silence(part: str) -> None:
    """F9, R92: bytes that keep trickling do not keep a call alive beyond its time-out."""
    over = threading.Event()
    whole_answer = answer(GOOD)
    at = whole_answer.index(b"\r\n\r\n") if part == "body" else 0

    def behave(connection: socket.socket, request: Request) -> None:
        connection.sendall(whole_answer[:at])
        drips(whole_answer[at:], over)(connection, request)

    try:
        assert ask(behave, timeouts=HASTY) == Unknown(reason=Lost.SILENT)
    finally:
        over.set()


def test_a_server_that_is_not_there() -> None:
    """U58: nobody listens on the ledger's port."""
    listener = listen()
    host, port = listener.getsockname()
    listener.close()
    assert client(f"http://{host}:{port}").hello(HELLO) == Unknown(reason=Lost.NOBODY_LISTENS)


def test_a_server_that_does_not_speak_tls_is_not_the_ledger() -> None:
    """F8: a stranger on the line is not trusted with a request, nor believed."""
    with serving(says(answer(GOOD))) as server:
        line = client(server.url.replace("http:", "https:"))
        assert line.hello(HELLO) == Unknown(reason=Lost.NOT_THE_LEDGER)
        line.close()
    assert server.requests == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate with its key that nobody else has signed, for this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal")])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day.replace(year=2096))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "portal.pem"
    plain_key = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(plain_key + made.public_bytes(Encoding.PEM))
    return path


def served_with(certificate: Path) -> ssl.SSLContext:
    """Give a server's side of TLS with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_certificate_that_nobody_vouches_for_is_not_the_ledgers(certificate: Path) -> None:
    """F8, 6.2: a portal that takes over the line gets no request to read."""
    with serving(says(answer(GOOD)), tls=served_with(certificate)) as server:
        line = client(server.url)
        assert line.hello(HELLO) == Unknown(reason=Lost.NOT_THE_LEDGER)
        line.close()
    assert server.requests == []


def test_calls_over_tls_are_answered_and_end_at_their_deadline(certificate: Path) -> None:
    """6.2, R92: with a certificate that this terminal trusts; a slow drip is silence here too."""
    over = threading.Event()
    trusting = ssl.create_default_context(cafile=str(certificate))

    def slow(connection: socket.socket, request: Request) -> None:
        drips(answer(GOOD), over)(connection, request)

    with serving(says(answer(GOOD)), slow, tls=served_with(certificate)) as server:
        patient = client(server.url, transport=DeadlineTransport(trusting))
        hasty = client(server.url, HASTY, DeadlineTransport(trusting))
        first, second = patient.hello(HELLO), hasty.hello(HELLO)
        over.set()
        patient.close()
        hasty.close()
    assert (first, second) == (Answer(HELLO_ANSWER), Unknown(reason=Lost.SILENT))


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_closing_ends_a_call_that_waits(certificate: Path, tls: bool) -> None:
    """6.5: a terminal that is switched off does not wait for its long poll; a call after it ends without an answer."""
    over, asked = threading.Event(), threading.Event()
    outcomes: list[Outcome[FeedPage]] = []

    def silent(connection: socket.socket, request: Request) -> None:
        asked.set()
        says_nothing(over)(connection, request)

    with serving(silent, tls=served_with(certificate) if tls else None) as server:
        trusting = ssl.create_default_context(cafile=str(certificate))
        line = client(server.url, transport=DeadlineTransport(trusting if tls else None))
        polling = threading.Thread(target=lambda: outcomes.append(line.feed("", wait_s=25)))
        polling.start()
        assert asked.wait(20)
        line.close()
        polling.join(10)
        ended = not polling.is_alive()
        over.set()
        polling.join(20)
    assert ended
    assert outcomes == [Unknown(reason=Lost.CUT)]
    assert line.hello(HELLO) == Unknown(reason=Lost.CUT)


class _NoNetwork(httpx.BaseTransport):
    """A way to the ledger on which every connection fails with a system error."""

    def __init__(self, cause: OSError) -> None:
        self._cause = cause

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request) from self._cause


@pytest.mark.parametrize(
    "cause",
    [socket.gaierror(-3, "Temporary failure in name resolution"), OSError(errno.ENETUNREACH, "Network is unreachable")],
    ids=["no name", "no route"],
)
def test_a_terminal_without_a_network_says_so(cause: OSError) -> None:
    """U58: the broken link is here, and is named so."""
    assert client("http://ledger.test", transport=_NoNetwork(cause)).hello(HELLO) == Unknown(reason=Lost.NO_WAY_OUT)

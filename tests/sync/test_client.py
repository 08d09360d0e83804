"""The client against real HTTP on loopback: friendly, hostile and half-dead servers (R92, F1-F9)."""

from __future__ import annotations

import errno
import hashlib
import itertools
import socket
import ssl
import threading
from collections.abc import Callable
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

from clubtill_rules.members.account import AccountCard, MemberCard
from clubtill_rules.values.points import whole
from clubtill_sync import signing
from clubtill_sync.client import Client, Timeouts, batch_bytes
from clubtill_sync.deadlines import DeadlineTransport
from clubtill_sync.outcomes import Answer, Denied, Lost, Outcome, Unknown
from clubtill_sync.signing import Signer
from clubtill_sync.wire.feed import FeedPage, StreamRange
from clubtill_sync.wire.requests import (
    AccountsAnswer,
    Enrol,
    Enrolled,
    EntriesAnswer,
    EventResult,
    EventsAnswer,
    EventsBatch,
    Hello,
    HelloAnswer,
    LeaseAnswer,
    LeaseAsk,
)
from tests.sync.hostile import Behave, Request, answer, drips, listen, resets, says, says_nothing, serving

KEY = signing.new_key()
NOW_US = 1_795_000_000_000_000
PATIENT = Timeouts(look_up_s=20, points_s=20, bulk_s=20)
HASTY = Timeouts(look_up_s=0.3, points_s=0.3, bulk_s=0.3)

HELLO = Hello(
    epoch=1,
    head_seq=3,
    head_hash="ab" * 32,
    acked_seq=2,
    incarnation="i",
    boot_id="b",
    local_time_us=NOW_US,
    store_version="1",
    program_version="1",
)
HELLO_ANSWER = HelloAnswer(
    state="ok",
    epoch=1,
    next_seq=4,
    head_hash="ab" * 32,
    ledger_epoch=1,
    feed_epoch=1,
    server_time_us=NOW_US,
    leases=(),
)
BATCH = EventsBatch(epoch=1, first_seq=4, previous_hash="ab" * 32, events=(msgspec.Raw(b'{"n":1}'),))
EVENTS_ANSWER = EventsAnswer(
    acked_through=4,
    results=(EventResult(seq=4, event_id="e", status="posted", stream=3, position=9, balance_h=5, flags=("LATE",)),),
    server_time_us=NOW_US,
)
CARD = AccountCard(
    account_id="a/ö",
    club_id="c",
    version=2,
    balance=whole(7),
    persons=(
        MemberCard(
            person_id="p",
            account_id="a/ö",
            club_id="c",
            number="7",
            first_name="Zoë",
            last_name="O'Hara",
            classification=1,
            attributes={"joined": "2020"},
        ),
    ),
)
PAGE = FeedPage(
    cursor="next",
    feed_epoch=1,
    ranges=(StreamRange(stream=3, after=0, through=4),),
    accounts=(CARD,),
    documents=(),
    deny=(),
    leases=(),
    recalls=(),
    more=False,
)
ASK = LeaseAsk(sale_id="s", ask_no=1, club_id="c", account_id="a", amount_h=100, why="sale")
LEASE = LeaseAnswer(lease=None, card=CARD, held_elsewhere_h=50, server_time_us=NOW_US)
ENROL = Enrol(code="123456", public_key="AAAA", name="Till 3")
ENROLLED = Enrolled(device_id="d", epoch=1, server_key="k", terminal_id="t", server_time_us=NOW_US, card_key="AAAA")

Call = Callable[[Client], Outcome[object]]


def client(url: str, timeouts: Timeouts = PATIENT, transport: httpx.BaseTransport | None = None) -> Client:
    """Make a signing client with a clock that stands still and nonces that count."""
    nonces = itertools.count(1)
    return Client(
        url,
        Signer(KEY, "till-3"),
        now_us=lambda: NOW_US,
        nonce=lambda: f"n{next(nonces)}",
        timeouts=timeouts,
        transport=transport,
    )


def ask(behave: Behave, call: Call = lambda c: c.hello(HELLO), timeouts: Timeouts = PATIENT) -> Outcome[object]:
    """Make one call to a server that behaves like this."""
    with serving(behave) as server:
        line = client(server.url, timeouts)
        outcome = call(line)
        line.close()
    return outcome


CALLS: list[tuple[str, Call, msgspec.Struct, str, str]] = [
    ("enrol", lambda c: c.enrol(ENROL), ENROLLED, "POST", "/v1/enrol"),
    ("hello", lambda c: c.hello(HELLO), HELLO_ANSWER, "POST", "/v1/hello"),
    ("events", lambda c: c.send_events(batch_bytes(BATCH)), EVENTS_ANSWER, "POST", "/v1/events"),
    ("lease", lambda c: c.ask_lease(ASK), LEASE, "POST", "/v1/leases"),
    ("feed", lambda c: c.feed("1.ab+/=&%20 ö", wait_s=0), PAGE, "GET", "/v1/feed"),
    (
        "accounts",
        lambda c: c.accounts(typed_text="O'Hara & söhne/x?#"),
        AccountsAnswer(cards=(CARD,), server_time_us=NOW_US),
        "GET",
        "/v1/accounts",
    ),
    (
        "entries",
        lambda c: c.account_entries("c", "a/ö"),
        EntriesAnswer(
            club_id="c",
            account_id="a/ö",
            version=2,
            avail_h=700,
            reserved_h=0,
            deficit_h=0,
            balance_h=700,
            entries=(),
            lots=(),
            server_time_us=NOW_US,
        ),
        "GET",
        "/v1/accounts/c/a%2F%C3%B6/entries",
    ),
]


@pytest.mark.parametrize(("call", "told", "method", "path"), [row[1:] for row in CALLS], ids=[row[0] for row in CALLS])
def test_each_call_brings_back_what_the_ledger_said_and_is_signed_as_it_arrives(
    call: Call, told: msgspec.Struct, method: str, path: str
) -> None:
    """6, 6.2: the signature verifies over the very bytes of the request line, its host and its body."""
    with serving(says(answer(msgspec.json.encode(told)))) as server:
        line = client(server.url)
        assert call(line) == Answer(told)
        line.close()
    [request] = server.requests
    assert (request.method, request.path) == (method, path)
    signed = signing.verify(
        request.method,
        request.headers["host"],
        request.path,
        request.query,
        request.headers,
        request.body,
        KEY.public_key(),
    )
    assert (signed.keyid, signed.created_s, signed.nonce) == ("till-3", NOW_US // 1_000_000, "n1")


def test_a_terminal_without_a_key_enrols_without_a_signature() -> None:
    """6.1: the first call comes before the device has a name."""
    with serving(says(answer(msgspec.json.encode(ENROLLED)))) as server:
        line = Client(server.url, None, now_us=lambda: NOW_US, nonce=lambda: "n", timeouts=PATIENT)
        assert line.enrol(ENROL) == Answer(ENROLLED)
        line.close()
    assert "signature" not in server.requests[0].headers
    assert msgspec.json.decode(server.requests[0].body, type=Enrol) == ENROL


def test_the_same_batch_is_sent_with_the_same_bytes_and_key_and_another_nonce() -> None:
    """6.4, I4: a batch sent again is the same message, in a request of its own."""
    batch = batch_bytes(msgspec.structs.replace(BATCH, events=BATCH.events * 300))
    with serving(resets(), says(answer(msgspec.json.encode(EVENTS_ANSWER)))) as server:
        line = client(server.url)
        assert line.send_events(batch) == Unknown(reason=Lost.CUT)
        assert line.send_events(batch) == Answer(EVENTS_ANSWER)
        line.close()
    first, second = server.requests
    assert first.body == second.body
    assert first.headers["content-encoding"] == "zstd"
    assert zstandard.ZstdDecompressor().decompress(first.body) == batch
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.headers["idempotency-key"] == hashlib.sha256(first.body).hexdigest()
    assert signing.claimed(first.headers).nonce != signing.claimed(second.headers).nonce


def test_a_small_batch_is_sent_as_it_is() -> None:
    """6.4: up to 1 KB nothing is compressed."""
    with serving(says(answer(msgspec.json.encode(EVENTS_ANSWER)))) as server:
        line = client(server.url)
        line.send_events(batch_bytes(BATCH))
        line.close()
    assert "content-encoding" not in server.requests[0].headers
    assert server.requests[0].body == batch_bytes(BATCH)


GOOD = msgspec.json.encode(HELLO_ANSWER)
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


@pytest.mark.parametrize(
    ("call", "timeouts"),
    [
        (lambda c: c.accounts(typed_text="x"), Timeouts(look_up_s=0.2, points_s=60, bulk_s=60)),
        (lambda c: c.account_entries("c", "a"), Timeouts(look_up_s=0.2, points_s=60, bulk_s=60)),
        (lambda c: c.ask_lease(ASK), Timeouts(look_up_s=60, points_s=0.2, bulk_s=60)),
        (lambda c: c.hello(HELLO), Timeouts(look_up_s=60, points_s=0.2, bulk_s=60)),
        (lambda c: c.send_events(batch_bytes(BATCH)), Timeouts(look_up_s=60, points_s=60, bulk_s=0.2)),
        (lambda c: c.feed("", wait_s=0), Timeouts(look_up_s=60, points_s=0.1, bulk_s=0.2)),
    ],
    ids=["accounts", "entries", "lease", "hello", "events", "feed"],
)
def test_silence_ends_each_call_at_its_own_time_out(call: Call, timeouts: Timeouts) -> None:
    """R92: look-ups have one time-out, what moves points another, bulk a third."""
    over = threading.Event()

    def behave(connection: socket.socket, request: Request) -> None:
        says_nothing(over)(connection, request)

    with serving(behave) as server:
        line = client(server.url, timeouts)
        outcome = call(line)
        over.set()
        line.close()
    assert outcome == Unknown(reason=Lost.SILENT)


def test_time_outs_are_those_of_the_rule() -> None:
    """R92: 2 s for look-ups, 6 s for anything that moves points."""
    assert (Timeouts().look_up_s, Timeouts().points_s) == (2, 6)


def test_a_long_poll_may_wait_longer_than_any_time_out() -> None:
    """6.5: the ledger holds the feed open for as long as it was asked to; only then silence begins."""
    over = threading.Event()

    def behave(connection: socket.socket, request: Request) -> None:
        del request
        over.wait(0.5)
        connection.sendall(answer(msgspec.json.encode(PAGE)))

    assert ask(behave, lambda c: c.feed("", wait_s=20), HASTY) == Answer(PAGE)


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


def test_calls_from_two_threads_do_not_share_a_deadline() -> None:
    """6.5: the feed's long poll waits in one thread while a look-up in another ends in time."""
    over = threading.Event()

    def first(connection: socket.socket, request: Request) -> None:
        # The feed's connection is kept open by a thread of its own, so that the server goes on to the look-up.
        kept = connection.dup()

        def later() -> None:
            over.wait(20)
            with kept:
                kept.sendall(answer(msgspec.json.encode(PAGE)))

        del request
        waiting.append(threading.Thread(target=later))
        waiting[0].start()
        seen.set()

    waiting: list[threading.Thread] = []
    seen = threading.Event()
    pages: list[Outcome[FeedPage]] = []
    with serving(first, says_nothing(over)) as server:
        line = client(server.url, HASTY)
        poll = threading.Thread(target=lambda: pages.append(line.feed("", wait_s=20)))
        poll.start()
        assert seen.wait(20)
        assert line.accounts(typed_text="x") == Unknown(reason=Lost.SILENT)
        over.set()
        poll.join(20)
        waiting[0].join(20)
        line.close()
    assert pages == [Answer(PAGE)]


AN_HOUR_US = 3_600_000_000
CLOCK = answer(b'{"code":"clock","server_time_us":%d}' % (NOW_US + AN_HOUR_US), status=401)


def test_the_ledgers_clock_is_measured_and_the_next_request_signed_by_it() -> None:
    """6.2: a terminal whose clock is off goes on signing in time."""
    ahead = msgspec.structs.replace(HELLO_ANSWER, server_time_us=NOW_US + AN_HOUR_US)
    with serving(says(answer(msgspec.json.encode(ahead)))) as server:
        line = client(server.url)
        assert line.hello(HELLO) == Answer(ahead)
        assert line.offset_us == AN_HOUR_US
        line.hello(HELLO)
        line.close()
    first, second = (signing.claimed(request.headers).created_s for request in server.requests)
    assert second - first == 3600


def test_a_request_refused_for_its_time_is_signed_again_by_the_ledgers_clock() -> None:
    """6.4: 401 carries the ledger's time; the same bytes go out with a new signature, within one call."""
    batch = batch_bytes(BATCH)
    with serving(says(CLOCK), says(answer(msgspec.json.encode(EVENTS_ANSWER)))) as server:
        line = client(server.url)
        assert line.send_events(batch) == Answer(EVENTS_ANSWER)
        line.close()
    first, second = server.requests
    assert first.body == second.body == batch
    assert signing.claimed(second.headers).created_s - signing.claimed(first.headers).created_s == 3600
    assert signing.claimed(second.headers).nonce != signing.claimed(first.headers).nonce
    assert signing.verify(
        "POST", second.headers["host"], "/v1/events", "", second.headers, second.body, KEY.public_key()
    )


def test_after_three_signatures_somebody_must_look() -> None:
    """6.4: a ledger that refuses each signature is not asked for ever."""
    with serving(says(CLOCK)) as server:
        line = client(server.url)
        assert line.hello(HELLO) == Denied(status=401, code="clock", server_time_us=NOW_US + AN_HOUR_US)
        line.close()
    assert len(server.requests) == 3


def test_a_long_poll_measures_no_clock() -> None:
    """6.5: how long the ledger held the line says nothing about its clock."""
    late = msgspec.structs.replace(PAGE, server_time_us=NOW_US + 25_000_000)
    with serving(says(answer(msgspec.json.encode(late)))) as server:
        line = client(server.url)
        assert line.feed("", wait_s=25) == Answer(late)
        assert line.offset_us == 0
        line.close()

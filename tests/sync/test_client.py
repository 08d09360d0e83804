"""The client against real HTTP on loopback: what each call sends, how long it waits, how it keeps time (6, R92)."""

from __future__ import annotations

import hashlib
import socket
import threading

import msgspec
import pytest
import zstandard

from clubtill_sync import signing
from clubtill_sync.client import Client, Timeouts, batch_bytes
from clubtill_sync.outcomes import Answer, Denied, Lost, Outcome, Unknown
from clubtill_sync.wire.feed import FeedPage
from clubtill_sync.wire.requests import (
    AccountsAnswer,
    Enrol,
    EntriesAnswer,
)
from tests.sync.hostile import Request, answer, resets, says, says_nothing, serving
from tests.sync.talk import (
    ASK,
    BATCH,
    CARD,
    ENROL,
    ENROLLED,
    EVENTS_ANSWER,
    HASTY,
    HELLO,
    HELLO_ANSWER,
    KEY,
    LEASE,
    NOW_US,
    PAGE,
    PATIENT,
    Call,
    ask,
    client,
)

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


def test_a_long_poll_that_is_refused_for_its_time_is_signed_again() -> None:
    """6.4, F11: the poll has a client of its own, which no other call corrects after the clock jumped."""
    with serving(says(CLOCK), says(answer(msgspec.json.encode(PAGE)))) as server:
        line = client(server.url)
        assert line.feed("", wait_s=25) == Answer(PAGE)
        assert line.offset_us == AN_HOUR_US
        line.close()
    first, second = (signing.claimed(request.headers).created_s for request in server.requests)
    assert second - first == 3600


def test_a_long_poll_measures_no_clock() -> None:
    """6.5: how long the ledger held the line says nothing about its clock."""
    late = msgspec.structs.replace(PAGE, server_time_us=NOW_US + 25_000_000)
    with serving(says(answer(msgspec.json.encode(late)))) as server:
        line = client(server.url)
        assert line.feed("", wait_s=25) == Answer(late)
        assert line.offset_us == 0
        line.close()

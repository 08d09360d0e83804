"""Client: the calls of the protocol. Every outcome is a value; the network never raises beyond this module.

Only this module and `deadlines` know httpx. What to do after an outcome stands in `retry`; nothing is stored here.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar, cast
from urllib.parse import quote

import httpx
import msgspec
import zstandard

from clubtill_sync.deadlines import ANSWER_BYTES_MAX, DeadlineTransport, within
from clubtill_sync.outcomes import Answer, Denied, Lost, Outcome, Unknown
from clubtill_sync.signing import Signer, idempotency_key
from clubtill_sync.wire.feed import FeedPage
from clubtill_sync.wire.keys import Rotate, Rotated
from clubtill_sync.wire.own_log import OwnLog
from clubtill_sync.wire.parked import ParkAsk, ParkedAnswer, TakeAsk
from clubtill_sync.wire.requests import (
    AccountsAnswer,
    Enrol,
    Enrolled,
    EntriesAnswer,
    EventsAnswer,
    EventsBatch,
    Hello,
    HelloAnswer,
    LeaseAnswer,
    LeaseAsk,
    Refused,
)
from clubtill_sync.wire.snapshot import SnapshotAnswer
from clubtill_sync.wire.transfers import TransferAnswer, TransferAsk

__all__ = ["R92", "Answer", "Client", "Denied", "Lost", "Outcome", "Timeouts", "Unknown", "batch_bytes"]

T = TypeVar("T")

COMPRESS_ABOVE_BYTES: Final = 1024
RETRY_AFTER_S_MAX: Final = 3600
"""A longer Retry-After is cut: nobody's mistake may keep a queue waiting for days."""
SIGNINGS_MAX: Final = 3
"""401 tells the ledger's time: the request is signed again, so often in all; then somebody must look (6.4)."""
PROTOCOL: Final = "1"
"""What this program speaks; the ledger gives no points to one that is too old for them (426)."""
_JSON: Final = "application/json"
_BYTES: Final = "application/octet-stream"
_OK: Final = 200
_UNSIGNED: Final = 401
_FIRST_4XX: Final = 400
_FIRST_5XX: Final = 500
_NO_WAY_OUT: Final = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long a whole call may take, answer read. R92: look-ups 2 s, whatever moves points 6 s.

    Nobody stands waiting for `bulk_s`, batches and feed pages: a slow line must get through one some day.
    """

    look_up_s: float = 2
    points_s: float = 6
    bulk_s: float = 30


R92: Final = Timeouts()


def batch_bytes(batch: EventsBatch) -> bytes:
    """Write a batch. The bytes of its events stay as they are (I4)."""
    return msgspec.json.encode(batch)


class Client:
    """A device's line to the ledger. Its calls may be made from any thread; each takes at most its time-out.

    Attributes:
        offset_us: how far the ledger's clock is ahead of this one, as measured by the last quick answer; 0 before.
            Requests are signed with the corrected time.
    """

    def __init__(
        self,
        base_url: str,
        signer: Signer | None,
        *,
        now_us: Callable[[], int],
        nonce: Callable[[], str],
        transport: httpx.BaseTransport | None = None,
        timeouts: Timeouts = R92,
        offset_us: int = 0,
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            base_url: scheme and host of the ledger, such as https://ledger.example.
            signer: the device's key and id; None before enrolment.
            now_us: the terminal's own clock.
            nonce: gives a text that was never used before, at each call.
            transport: another way to the ledger than the network, for the simulator.
            timeouts: R92's.
            offset_us: what was measured before, as stored.
        """
        self._base_url = base_url.rstrip("/")
        self._signer = signer
        self._now_us = now_us
        self._nonce = nonce
        self._transport = transport or DeadlineTransport()
        self._timeouts = timeouts
        self.offset_us = offset_us

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def enrol(self, ask: Enrol) -> Outcome[Enrolled]:
        """Become a device, with a one-time code (6.1). The only call that is not signed."""
        return self._call("POST", "/v1/enrol", Enrolled, self._timeouts.points_s, body=msgspec.json.encode(ask))

    def hello(self, hello: Hello) -> Outcome[HelloAnswer]:
        """Compare the device's log with the ledger's copy of it (6.3); also the heartbeat."""
        return self._call("POST", "/v1/hello", HelloAnswer, self._timeouts.points_s, body=msgspec.json.encode(hello))

    def send_events(self, batch: bytes) -> Outcome[EventsAnswer]:
        """Send a batch as `batch_bytes` wrote it. After `Unknown` the same bytes are sent again (6.4)."""
        headers, body = {}, batch
        if len(batch) > COMPRESS_ABOVE_BYTES:
            headers["Content-Encoding"] = "zstd"
            body = zstandard.ZstdCompressor().compress(batch)
        headers["Idempotency-Key"] = idempotency_key(body)
        return self._call("POST", "/v1/events", EventsAnswer, self._timeouts.bulk_s, body=body, headers=headers)

    def park(self, ask: ParkAsk) -> Outcome[ParkedAnswer]:
        """Put a sale aside for the tills of this location (6.5). After `Unknown` the same ask is sent again."""
        return self._call("POST", "/v1/parked", ParkedAnswer, self._timeouts.points_s, body=msgspec.json.encode(ask))

    def take_parked(self, parked_id: str, ask: TakeAsk, *, release: bool = False) -> Outcome[ParkedAnswer]:
        """Take a parked sale, for this till alone, or let go of it."""
        path = f"/v1/parked/{quote(parked_id, safe='')}/{'release' if release else 'take'}"
        return self._call("POST", path, ParkedAnswer, self._timeouts.points_s, body=msgspec.json.encode(ask))

    def rotate(self, ask: Rotate) -> Outcome[Rotated]:
        """Put a new key in the place of the one that signs this call (6.1)."""
        return self._call("POST", "/v1/rotate", Rotated, self._timeouts.points_s, body=msgspec.json.encode(ask))

    def own_log(self, *, epoch: int, first: int) -> Outcome[OwnLog]:
        """Fetch what the ledger has of this device's own log, from a number on, after a roll-back (6.6)."""
        query = {"epoch": str(epoch), "from": str(first)}
        return self._call("GET", "/v1/events", OwnLog, self._timeouts.bulk_s, query=query)

    def ask_lease(self, ask: LeaseAsk) -> Outcome[LeaseAnswer]:
        """Ask for points (4.2). The same ask gets the same lease, however often it is sent."""
        return self._call("POST", "/v1/leases", LeaseAnswer, self._timeouts.points_s, body=msgspec.json.encode(ask))

    def transfer(self, ask: TransferAsk) -> Outcome[TransferAnswer]:
        """Move points from one account to another (R38). After `Unknown` the same ask is sent again."""
        body = msgspec.json.encode(ask)
        return self._call("POST", "/v1/transfers", TransferAnswer, self._timeouts.points_s, body=body)

    def feed(self, cursor: str, *, wait_s: int, check: bool = False, anew: Iterable[int] = ()) -> Outcome[FeedPage]:
        """Fetch the page after a cursor, blank for the beginning; the ledger waits up to `wait_s` for one (6.5).

        `check` asks for the sums of all streams, which come with a page that no other follows; `anew` names streams to
        begin from nothing, whatever the cursor says.
        """
        timeout_s = max(wait_s + self._timeouts.points_s, self._timeouts.bulk_s)
        query = {"cursor": cursor, "wait": str(wait_s)} | ({"check": "1"} if check else {})
        query |= {"anew": ",".join(map(str, anew))} if anew else {}
        return self._call("GET", "/v1/feed", FeedPage, timeout_s, query=query, measure=False)

    def snapshot(self) -> Outcome[SnapshotAnswer]:
        """Ask what there is to fetch for an empty cache (6.7)."""
        return self._call("GET", "/v1/snapshot", SnapshotAnswer, self._timeouts.bulk_s, measure=False)

    def chunk(self, stream: int, name: str) -> Outcome[bytes]:
        """Fetch a chunk of a snapshot. Whether it is what its name says is for the caller to see."""
        return self._call("GET", f"/v1/snapshot/{stream}/{name}", bytes, self._timeouts.bulk_s, measure=False)

    def photo(self, name: str) -> Outcome[bytes]:
        """Fetch a photo by its hash (D16), under the same condition."""
        return self._call("GET", f"/v1/photos/{name}", bytes, self._timeouts.bulk_s, measure=False)

    def accounts(
        self, *, club_id: str = "", account_id: str = "", digest: str = "", number: str = "", typed_text: str = ""
    ) -> Outcome[AccountsAnswer]:
        """Look members up beyond the cache: one account, a card's digest, a member's number, or words of a name."""
        told = {"club": club_id, "account": account_id, "digest": digest, "number": number, "q": typed_text}
        query = {name: text for name, text in told.items() if text}
        return self._call("GET", "/v1/accounts", AccountsAnswer, self._timeouts.look_up_s, query=query)

    def account_entries(self, club_id: str, account_id: str) -> Outcome[EntriesAnswer]:
        """Fetch every entry of an account, with the balance and the lots they make."""
        path = f"/v1/accounts/{quote(club_id, safe='')}/{quote(account_id, safe='')}/entries"
        return self._call("GET", path, EntriesAnswer, self._timeouts.look_up_s)

    def _call(
        self,
        method: str,
        path: str,
        kind: type[T],
        timeout_s: float,
        *,
        body: bytes = b"",
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        measure: bool = True,
    ) -> Outcome[T]:
        request = httpx.Request(
            method,
            self._base_url + path,
            params=query or None,
            content=body,
            headers={
                "Accept": _BYTES if kind is bytes else _JSON,
                "Accept-Encoding": "zstd",
                "User-Agent": "clubtill",
                "Clubtill-Protocol": PROTOCOL,
                **(headers or {}),
            },
        )
        if body:
            request.headers["Content-Type"] = _JSON
        with within(timeout_s):
            outcome = self._send(request, kind, measure=measure)
            for _ in range(SIGNINGS_MAX - 1):
                if not isinstance(outcome, Denied) or outcome.status != _UNSIGNED:
                    break
                outcome = self._send(request, kind, measure=measure)
        return outcome

    def _send(self, request: httpx.Request, kind: type[T], *, measure: bool) -> Outcome[T]:
        """Sign and send a request and judge the answer; what it says of the ledger's clock is kept."""
        sent_us = self._now_us()
        if self._signer is not None:
            now_s = (sent_us + self.offset_us) // 1_000_000
            request.headers.update(
                self._signer.headers(request.method, str(request.url), request.content, now_s, self._nonce())
            )
        try:
            response = self._transport.handle_request(request)
            content = b"".join(response.iter_raw())
        except httpx.TimeoutException:
            return Unknown(reason=Lost.SILENT)
        except httpx.TransportError as error:
            return Unknown(reason=_broken_link(error))
        outcome = _outcome(response, content, kind)
        server_time_us = _server_time_us(outcome)
        refused = isinstance(outcome, Denied) and outcome.status == _UNSIGNED  # at once, even by a long poll
        if (measure or refused) and server_time_us:
            self.offset_us = server_time_us - (sent_us + self._now_us()) // 2
        return outcome


def _outcome(response: httpx.Response, content: bytes, kind: type[T]) -> Outcome[T]:
    """Judge an answer. Whatever the ledger would not have said is no answer of the ledger."""
    status = response.status_code
    retry_after_s = _retry_after_s(response.headers.get("Retry-After", ""))
    if status >= _FIRST_5XX:
        return Unknown(reason=Lost.FAILING, status=status, retry_after_s=retry_after_s)
    stranger = Unknown(reason=Lost.NOT_THE_LEDGER, status=status, retry_after_s=retry_after_s)
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind is bytes and status == _OK and content_type == _BYTES and not response.headers.get("Content-Encoding"):
        return Answer(cast("T", content))
    if content_type != _JSON or (kind is bytes and status == _OK) or (status != _OK and status < _FIRST_4XX):
        return stranger
    try:
        text = _inflated(content, response.headers.get("Content-Encoding", ""))
        if status == _OK:
            return Answer(msgspec.json.decode(text, type=kind))
        told = msgspec.json.decode(text, type=Refused)
        facts: dict[str, object] = {name: msgspec.json.decode(raw) for name, raw in told.facts.items()}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, zstandard.ZstdError):
        return stranger
    return Denied(
        status=status,
        code=told.code,
        facts=facts,
        server_time_us=told.server_time_us,
        retry_after_s=retry_after_s,
    )


def _inflated(content: bytes, coding: str) -> bytes:
    """Undo the content coding, up to the size that an answer may have. Raises ZstdError for any other coding."""
    if coding.strip().lower() in {"", "identity"}:
        return content
    if coding.strip().lower() != "zstd":
        raise zstandard.ZstdError(coding)
    with zstandard.ZstdDecompressor(max_window_size=ANSWER_BYTES_MAX).stream_reader(content) as reader:
        text = reader.read(ANSWER_BYTES_MAX + 1)
    if len(text) > ANSWER_BYTES_MAX:
        raise zstandard.ZstdError("answer too large")
    return text


def _retry_after_s(text: str) -> int | None:
    """Read a Retry-After in seconds. A date is passed over: this clock may be wrong."""
    stripped = text.strip()
    if not stripped.isascii() or not stripped.isdigit():
        return None
    return min(int(stripped[:9]), RETRY_AFTER_S_MAX)


def _server_time_us(outcome: Outcome[object]) -> int:
    told = outcome.value if isinstance(outcome, Answer) else outcome
    at_us = getattr(told, "server_time_us", 0)
    return at_us if isinstance(at_us, int) else 0


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _broken_link(error: httpx.TransportError) -> Lost:
    """Tell which link a failed connection speaks of (U58), by the system's error at its root."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return Lost.NOT_THE_LEDGER
        if isinstance(cause, socket.gaierror) or (isinstance(cause, OSError) and cause.errno in _NO_WAY_OUT):
            return Lost.NO_WAY_OUT
        if isinstance(cause, ConnectionRefusedError):
            return Lost.NOBODY_LISTENS
    return Lost.CUT

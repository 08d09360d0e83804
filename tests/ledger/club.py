"""A small club for the ledger's tests: settings, members, devices that sign, and the events that they send."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec

from clubtill_ledger.accept import enrol
from clubtill_ledger.accept.signed import SignedRequest
from clubtill_ledger.app.calls import Ledger, Response, answer
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store.engines import Store
from clubtill_rules.values.days import entry_day, trading_day
from clubtill_rules.values.ids import visit_key
from clubtill_sync.signing import START_OF_CHAIN, Signer, chain, idempotency_key, new_key, public_text
from clubtill_sync.wire.events import AdmissionV1, LeaseCloseV1, LeaseSpendV1, LineV1, SaleV1, SwipeV1, TenderV1
from clubtill_sync.wire.feed import FeedPage
from clubtill_sync.wire.requests import (
    Enrol,
    Enrolled,
    EventsAnswer,
    EventsBatch,
    Hello,
    HelloAnswer,
    LeaseAnswer,
    LeaseAsk,
    Refused,
)
from clubtill_sync.wire.versions import Body, encode_event
from tests.ledger.master import ACCOUNTS, BOOT, CLOCK, CLUB_ID, DAY, SECOND, START_US, account, settings
from tests.ledger.master import OPENING_H as OPENING_H  # noqa: PLC0414 - the terminal's tests name it from here

T = TypeVar("T")

HOST = "ledger.test"

_ids = itertools.count(1)


def event_id() -> str:
    """An id that no other event has; later ones are higher."""
    return f"{next(_ids):032x}"


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a device: its id, its bytes and its body."""

    event_id: str
    data: bytes
    body: Body | None = None


def _beers(product_id: str, *, qty: int, at_us: int, used_h: int) -> LineV1:
    """Give a line of beers at five dollars, paid by points if any are used."""
    total, by_points = 500 * qty, used_h > 0
    return LineV1(
        n=1,
        product_id=product_id,
        name="Pale",
        family_id="beer",
        category_id="tap",
        kind="goods",
        qty=qty,
        added_at_us=at_us,
        level=1,
        unit_minor=500,
        public_minor=500,
        price_reason="level",
        special_id="",
        discount_minor=0,
        rate_h=100,
        fixed_points=None,
        points_price_h=None,
        tax_code_id="gst",
        tax_bp=1000,
        tax_inclusive=True,
        tax_minor=total // 11,
        pp_points_h=used_h,
        pp_value_minor=total if by_points else 0,
        pp_discount_minor=0,
        pp_own_price=False,
        by_points=by_points,
    )


@dataclass(slots=True, kw_only=True)
class Till:
    """A device that is enrolled, with the log that it keeps."""

    club: Club
    signer: Signer
    device_id: str
    location_id: str
    epoch: int = 1
    acked: int = 0
    log: list[bytes] = field(default_factory=list)
    hashes: list[str] = field(default_factory=lambda: [START_OF_CHAIN])
    settings_version: str = ""
    nonces: int = 0

    # -------------------------------------------------------------- calls

    def request(self, method: str, path: str, body: bytes = b"", query: str = "", **headers: str) -> SignedRequest:
        """Sign a request as the client does."""
        self.nonces += 1
        url = f"http://{HOST}{path}{'?' + query if query else ''}"
        signed = self.signer.headers(method, url, body, self.club.now_us // SECOND, f"n{self.nonces}")
        told = {name.lower(): value for name, value in signed.items()}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        return SignedRequest(method=method, authority=HOST, path=path, query=query, headers=told, body=body)

    def call(self, method: str, path: str, body: bytes = b"", query: str = "", **headers: str) -> Response:
        """Send a request to the ledger, in this thread."""
        return answer(self.request(method, path, body, query, **headers), self.club.ledger, self.club.now_us)

    def hello(self, **told: Any) -> HelloAnswer:
        """Compare logs."""
        values = {
            "epoch": self.epoch,
            "head_seq": len(self.log),
            "head_hash": self.hashes[-1],
            "acked_seq": self.acked,
            "incarnation": "i",
            "boot_id": BOOT,
            "local_time_us": self.club.now_us,
            "store_version": "1",
            "program_version": "1",
        }
        response = self.call("POST", "/v1/hello", msgspec.json.encode(Hello(**values | told)))
        return decoded(response, HelloAnswer)

    def lease(
        self, account_id: str, amount_h: int, *, sale_id: str = "", ask_no: int = 0, why: str = "points_pay"
    ) -> LeaseAnswer:
        """Ask for points."""
        return decoded(
            self.call("POST", "/v1/leases", self.ask(account_id, amount_h, sale_id, ask_no, why)), LeaseAnswer
        )

    def ask(self, account_id: str, amount_h: int, sale_id: str = "", ask_no: int = 0, why: str = "points_pay") -> bytes:
        """Write an ask."""
        return msgspec.json.encode(
            LeaseAsk(
                sale_id=sale_id or event_id(),
                ask_no=ask_no,
                club_id=CLUB_ID,
                account_id=account_id,
                amount_h=amount_h,
                why=why,
            )
        )

    def feed(self, cursor: str = "", *, checked: bool = False) -> FeedPage:
        """Read a page of the feed."""
        query = f"cursor={cursor}&wait=0{'&check=1' if checked else ''}"
        return decoded(self.call("GET", "/v1/feed", query=query), FeedPage)

    # -------------------------------------------------------------- the log

    def keep(self, *events: Happened) -> None:
        """Put events into the log."""
        for one in events:
            self.log.append(one.data)
            self.hashes.append(chain(self.hashes[-1], one.data))

    def batch(self, first: int | None = None, last: int | None = None) -> bytes:
        """Write the batch of what is not acknowledged, or of the given sequence numbers."""
        start = self.acked + 1 if first is None else first
        end = len(self.log) if last is None else last
        return batch_bytes(self.epoch, start, self.hashes[start - 1], self.log[start - 1 : end])

    def post(self, body: bytes) -> Response:
        """Send a batch."""
        return self.call("POST", "/v1/events", body, idempotency_key=idempotency_key(body))

    def push(self, *events: Happened) -> EventsAnswer:
        """Put events into the log and send what is not acknowledged."""
        self.keep(*events)
        told = decoded(self.post(self.batch()), EventsAnswer)
        self.acked = told.acked_through
        return told

    # -------------------------------------------------------------- events

    def happened(self, body: Body, at_us: int | None = None, name: str = "") -> Happened:
        """Write an event."""
        made = name or event_id()
        data = encode_event(
            event_id=made,
            body=body,
            occurred_at_us=self.club.now_us if at_us is None else at_us,
            mono_us=0,
            boot_id=BOOT,
            rules_version="1",
            settings_version=self.settings_version,
        )
        return Happened(made, data, body)

    def sale(
        self,
        account_id: str = "",
        *,
        qty: int = 1,
        spends: Sequence[tuple[str, int]] = (),
        at_us: int | None = None,
        **told: Any,
    ) -> Happened:
        """A sale of beers at five dollars, paid by leases if there are spends, else by cash. A point a dollar."""
        when = self.club.now_us if at_us is None else at_us
        used_h = sum(amount for _, amount in spends)
        by_points = used_h > 0
        day = trading_day(when, CLOCK)
        total = 500 * qty
        award_h = 100 * (total // 100) if account_id and not by_points else 0
        line = _beers(told.pop("product_id", "pale"), qty=qty, at_us=when, used_h=used_h)
        medium = ("points", "points") if by_points else ("cash", "cash")
        paid = TenderV1(
            media_id=medium[0], kind=medium[1], amount_minor=total, given_minor=total, change_minor=0, rounding_minor=0
        )
        body = SaleV1(
            number=len(self.log) + 1,
            club_id=CLUB_ID,
            venue_id="V1",
            location_id=self.location_id,
            device_id=self.device_id,
            staff_id="S1",
            at_us=when,
            trading_day=day,
            lines=(line,),
            tenders=(paid,),
            person_id=f"P{account_id}" if account_id else "",
            account_id=account_id,
            member_number=f"10{account_id[1:]}" if account_id else "",
            classification=1 if account_id else None,
            benefits=bool(account_id),
            multiplier_h=100,
            ratio=100 if account_id else None,
            points_used_h=used_h,
            lease_spends=tuple(LeaseSpendV1(lease_id=name, amount_h=amount) for name, amount in spends),
            award_h=told.pop("award_h", award_h),
            award_earn_day=day if account_id else None,
            award_last_day=None,
            total_minor=total,
            tax_minor=total // 11,
            offline=False,
        )
        name = told.pop("name", "")
        return self.happened(msgspec.structs.replace(body, **told), when, name)

    def swipe(self, account_id: str, *, at_us: int | None = None, name: str = "", **told: Any) -> Happened:
        """A welcome at the door with ten visit points."""
        when = self.club.now_us if at_us is None else at_us
        day = entry_day(when, CLOCK)
        body = SwipeV1(
            club_id=CLUB_ID,
            venue_id="V1",
            location_id=self.location_id,
            device_id=self.device_id,
            staff_id="S1",
            at_us=when,
            card_digest="",
            person_id=f"P{account_id}",
            account_id=account_id,
            member_number=f"10{account_id[1:]}",
            classification=1,
            verdict="welcome",
            code="door.welcome",
            entry_day=day,
            visit_h=1000,
            visit_key=visit_key(CLUB_ID, f"P{account_id}", "V1", day),
            birthday_h=0,
            birthday_key="",
            earn_day=trading_day(when, CLOCK),
            last_day=None,
            offline=False,
        )
        return self.happened(msgspec.structs.replace(body, **told), when, name)

    def admission(self, swipe_id: str, account_id: str) -> Happened:
        """Let somebody in."""
        return self.happened(
            AdmissionV1(
                swipe_event_id=swipe_id,
                club_id=CLUB_ID,
                venue_id="V1",
                location_id=self.location_id,
                device_id=self.device_id,
                staff_id="S1",
                approver_id="",
                at_us=self.club.now_us,
                person_id=f"P{account_id}",
                account_id=account_id,
                outcome="admit",
                reason="",
                guests=0,
            )
        )

    def close(self, account_id: str, lease_id: str, spent_h: int, *, why: str = "cleared") -> Happened:
        """Give a lease back."""
        return self.happened(
            LeaseCloseV1(
                lease_id=lease_id,
                club_id=CLUB_ID,
                account_id=account_id,
                device_id=self.device_id,
                at_us=self.club.now_us,
                spent_h=spent_h,
                why=why,
            )
        )


@dataclass(slots=True)
class Club:
    """The club in one ledger, and its clock, which only a test moves."""

    ledger: Ledger
    now_us: int = START_US

    @classmethod
    def in_ledger(cls, store: Store) -> Club:
        """Load the club into a ledger."""
        club = cls(Ledger(store))
        seed = seeds.Seed(documents=settings(), accounts=tuple(account(name) for name in ACCOUNTS))
        seeds.load(store, club.ledger.shelf, seed, now_us=START_US - DAY)
        return club

    @property
    def store(self) -> Store:
        """The ledger's database."""
        return self.ledger.store

    def tick(self, us: int = SECOND) -> int:
        """Let time pass."""
        self.now_us += us
        return self.now_us

    def code(self, terminal_id: str) -> str:
        """Make a one-time code."""
        letters = itertools.cycle(f"{next(_ids):04d}")
        return enrol.make_code(self.store, terminal_id, lambda _: next(letters), now_us=self.now_us)

    def till(self, terminal_id: str = "T1") -> Till:
        """Enrol a terminal."""
        key = new_key()
        body = msgspec.json.encode(Enrol(code=self.code(terminal_id), public_key=public_text(key), name=terminal_id))
        request = SignedRequest(method="POST", authority=HOST, path="/v1/enrol", query="", headers={}, body=body)
        told = decoded(answer(request, self.ledger, self.now_us), Enrolled)
        location_id = {"D1": "DOOR", "M1": "MARINA"}.get(terminal_id, "BAR")
        return Till(club=self, signer=Signer(key, told.device_id), device_id=told.device_id, location_id=location_id)


def batch_bytes(epoch: int, first: int, previous: str, events: Sequence[bytes]) -> bytes:
    """Write a batch."""
    raw = tuple(msgspec.Raw(one) for one in events)
    return msgspec.json.encode(EventsBatch(epoch=epoch, first_seq=first, previous_hash=previous, events=raw))


def decoded(response: Response, kind: type[T]) -> T:
    """Read an answer that is 200."""
    assert response.status == 200, response.body
    return msgspec.json.decode(response.body, type=kind)


def refused(response: Response) -> tuple[int, str, dict[str, Any]]:
    """Read an answer that is not 200: its status, code and facts."""
    told = msgspec.json.decode(response.body, type=Refused)
    return response.status, told.code, {name: msgspec.json.decode(raw) for name, raw in told.facts.items()}


def clone(till: Till) -> Till:
    """Copy a device with its key and its log, as a copied disk would."""
    return replace(till, log=list(till.log), hashes=list(till.hashes), nonces=till.nonces + 1_000_000)

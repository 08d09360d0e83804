"""A small club for the conformance kit: its documents and members, and terminals that sell, lease and give back.

Its terminals keep a log as real ones do and hand their batches to the ledger's own code, without a network between.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import msgspec

from clubtill_ledger.accept import events
from clubtill_ledger.leases import ask
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import devices
from clubtill_ledger.store.devices import Device
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.goods.product import Category, Family, LevelPrice, Media, MediaKind, Product, TaxCode
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.values.days import US_PER_S, trading_day
from clubtill_rules.values.money import Money
from clubtill_sync.signing import START_OF_CHAIN, chain
from clubtill_sync.wire.documents import Terminal
from clubtill_sync.wire.events import LeaseCloseV1, LeaseSpendV1, LineV1, SaleV1, TenderV1
from clubtill_sync.wire.feed import Document
from clubtill_sync.wire.requests import EventsAnswer, EventsBatch, LeaseAsk, LeaseRow
from clubtill_sync.wire.versions import Body, encode_event

CLUB_ID: Final = "conformance"
CLUB: Final = Club(id=CLUB_ID, name="Conformance", zone="UTC")
SHARED: Final = "SHARED"
"""The one account that every terminal writes to."""
ACCOUNTS: Final = (SHARED, *(f"A{n}" for n in range(1, 12)))
OPENING_H: Final = 10_000_000
AWARD_H: Final = 500
PRICE_MINOR: Final = 500


def seed(now_us: int) -> seeds.Seed:
    """Give the club's documents and members."""
    values = [
        ("club", CLUB_ID, CLUB),
        ("venue", "V", Venue(id="V", name="Venue", zone="UTC", lease_cap_h=OPENING_H)),
        ("location", "L", Location(id="L", venue_id="V", name="Bar")),
        ("classification", "c", Classification(number=1, club_id=CLUB_ID, description="Member")),
        ("family", "f", Family(id="f", name="Goods")),
        ("category", "k", Category(id="k", name="Goods", rate_h=100)),
        ("tax_code", "t", TaxCode(id="t", name="Tax", rate_bp=0)),
        ("product", "p", _product()),
        ("media", "cash", Media(id="cash", name="Cash", kind=MediaKind.CASH)),
        ("media", "points", Media(id="points", name="Points", kind=MediaKind.POINTS)),
        *((("terminal", f"T{n}", Terminal(id=f"T{n}", name=f"Till {n}", location_id="L"))) for n in range(1, 17)),
    ]
    documents = tuple(
        Document(kind=kind, id=name, version=1, body=msgspec.Raw(msgspec.json.encode(value)))
        for kind, name, value in values
    )
    day = trading_day(now_us, CLUB.clock)
    accounts = tuple(
        seeds.Account(
            club_id=CLUB_ID,
            account_id=name,
            persons=(_person(name),),
            opening=(seeds.Opening(amount_h=OPENING_H, earn_day=day),),
        )
        for name in ACCOUNTS
    )
    return seeds.Seed(documents=documents, accounts=accounts)


def _product() -> Product:
    prices = (LevelPrice(level=1, price=Money(PRICE_MINOR)),)
    return Product(id="p", name="Goods", family_id="f", category_id="k", tax_code_id="t", prices=prices)


def _person(account_id: str) -> MemberCard:
    return MemberCard(
        person_id=f"P{account_id}",
        account_id=account_id,
        club_id=CLUB_ID,
        number=account_id,
        first_name="",
        last_name=account_id,
        classification=1,
        renewal_date=date(2100, 1, 1),
    )


@dataclass(slots=True, kw_only=True)
class Till:
    """A terminal: its log, what of it was acknowledged, and the ledger that it talks to.

    Attributes:
        awards: hundredths of points that each event of the log awards; what the ledger must come to.
    """

    store: Store
    shelf: SettingsShelf
    device: Device
    now_us: int
    log: list[bytes] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    hashes: list[str] = field(default_factory=lambda: [START_OF_CHAIN])
    acked: int = 0
    asked: int = 0
    awards: list[int] = field(default_factory=list)

    @classmethod
    def enrol(cls, store: Store, shelf: SettingsShelf, n: int, now_us: int) -> Till:
        """Enrol terminal `n`."""
        name = hashlib.sha256(f"conformance till {n}".encode()).hexdigest()[:32]
        made = Device(
            device_id=name,
            public_key=f"none {n}",
            terminal_id=f"T{n}",
            name=f"Till {n}",
            epoch=1,
            incarnation="",
            boot_id="",
            clock_offset_us=0,
            hello_us=now_us,
            enrolled_us=now_us,
            revoked_us=None,
            drain=False,
            fork_us=None,
            store_version="",
            program_version="",
        )

        def write(connection: Connection) -> None:
            devices.enrol(connection, made)

        store.write(write)
        return cls(store=store, shelf=shelf, device=made, now_us=now_us)

    def sells(self, account_id: str, lease: LeaseRow | None = None) -> None:
        """Put a sale into the log: paid in cash and earning, or paid by a whole lease."""
        used_h = lease.granted_h if lease else 0
        award_h = 0 if lease else AWARD_H
        medium = "points" if lease else "cash"
        paid = TenderV1(
            media_id=medium,
            kind=medium,
            amount_minor=PRICE_MINOR,
            given_minor=PRICE_MINOR,
            change_minor=0,
            rounding_minor=0,
        )
        day = trading_day(self.now_us, CLUB.clock)
        body = SaleV1(
            number=len(self.log) + 1,
            club_id=CLUB_ID,
            venue_id="V",
            location_id="L",
            device_id=self.device.device_id,
            staff_id="S",
            at_us=self.now_us,
            trading_day=day,
            lines=(_line(self.now_us, used_h),),
            tenders=(paid,),
            person_id=f"P{account_id}",
            account_id=account_id,
            member_number=account_id,
            classification=1,
            benefits=True,
            multiplier_h=100,
            ratio=100,
            points_used_h=used_h,
            lease_spends=(LeaseSpendV1(lease_id=lease.lease_id, amount_h=used_h),) if lease else (),
            award_h=award_h,
            award_earn_day=day,
            award_last_day=None,
            total_minor=PRICE_MINOR,
            tax_minor=0,
            offline=False,
        )
        self._keep(body, award_h)

    def gives_back(self, lease: LeaseRow) -> None:
        """Put the close of a lease that was not spent into the log."""
        body = LeaseCloseV1(
            lease_id=lease.lease_id,
            club_id=CLUB_ID,
            account_id=lease.account_id,
            device_id=self.device.device_id,
            at_us=self.now_us,
            spent_h=0,
            why="cleared",
        )
        self._keep(body, 0)

    def asks(self, account_id: str, amount_h: int) -> LeaseRow | None:
        """Ask for a lease; the same ask once more must get the same."""
        self.asked += 1
        told = LeaseAsk(
            sale_id=self._id("ask", self.asked),
            ask_no=0,
            club_id=CLUB_ID,
            account_id=account_id,
            amount_h=amount_h,
            why="points_pay",
        )
        data = msgspec.json.encode(told)
        first, again = (
            ask.ask(data, self.device, self.store, self.shelf, self.now_us, may_wait=False) for _ in range(2)
        )
        if first is None or again is None or first.lease != again.lease:
            raise AssertionError("the same ask was answered with another lease")
        return first.lease

    def batch(self, first: int | None = None) -> bytes:
        """Write the batch of what is not acknowledged, or of all from a number on."""
        start = self.acked + 1 if first is None else first
        raw = tuple(msgspec.Raw(one) for one in self.log[start - 1 :])
        told = EventsBatch(epoch=1, first_seq=start, previous_hash=self.hashes[start - 1], events=raw)
        return msgspec.json.encode(told)

    def sends(self, body: bytes) -> EventsAnswer:
        """Hand a batch to the ledger."""
        told = events.accept(body, self.device, self.store, self.shelf, self.now_us)
        self.acked = max(self.acked, told.acked_through)
        return told

    def _keep(self, body: Body, award_h: int) -> None:
        name = self._id("event", len(self.log) + 1)
        self.now_us += US_PER_S
        data = encode_event(
            event_id=name,
            body=body,
            occurred_at_us=self.now_us,
            mono_us=0,
            boot_id="boot",
            rules_version="1",
            settings_version="",
        )
        self.log.append(data)
        self.ids.append(name)
        self.awards.append(award_h)
        self.hashes.append(chain(self.hashes[-1], data))

    def _id(self, what: str, n: int) -> str:
        return hashlib.sha256(f"{self.device.device_id} {what} {n}".encode()).hexdigest()[:32]


def _line(at_us: int, used_h: int) -> LineV1:
    return LineV1(
        n=1,
        product_id="p",
        name="Goods",
        family_id="f",
        category_id="k",
        kind="goods",
        qty=1,
        added_at_us=at_us,
        level=1,
        unit_minor=PRICE_MINOR,
        public_minor=PRICE_MINOR,
        price_reason="level",
        special_id="",
        discount_minor=0,
        rate_h=100,
        fixed_points=None,
        points_price_h=None,
        tax_code_id="t",
        tax_bp=0,
        tax_inclusive=True,
        tax_minor=0,
        pp_points_h=used_h,
        pp_value_minor=PRICE_MINOR if used_h else 0,
        pp_discount_minor=0,
        pp_own_price=False,
        by_points=used_h > 0,
    )

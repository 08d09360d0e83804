"""A counter of the tests' small club: sales, refunds and voids made by the rules themselves and written as events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from clubtill_ledger.operate import seed as seeds
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.members.account import AccountCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.points.leases import Lease
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.extra_lines import fee_line, with_line
from clubtill_rules.sale.refunding import Made, Refund, left_of, refund
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.sale.tender import Tender
from clubtill_rules.sale.tracking import tracked_back
from clubtill_rules.sale.voiding import void
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_sync.wire.feed import Document
from clubtill_sync.wire.sale_events import FeeV1, SaleV2
from clubtill_sync.wire.versions_refund import At, refund_to_v1, void_to_v1
from clubtill_sync.wire.versions_sale import Beside, sale_from_wire, sale_to_v2
from tests.ledger.club import Club, Happened, Till, event_id
from tests.ledger.master import CLUB_ID, person

GOLD = Classification(
    number=1, club_id=CLUB_ID, description="Gold", points_expiry_months=12, fee=Money(5500), days_paid=365,
    join_points=200,
)  # fmt: skip
"""The members' classification with a fee of $55 for a year and 200 Join Points."""
AT = At(club_id=CLUB_ID, venue_id="V1", location_id="BAR")


def publish(club: Club, kind: str, name: str, value: object, version: int = 2) -> None:
    """Publish a version of a document."""
    document = Document(kind=kind, id=name, version=version, body=msgspec.Raw(msgspec.json.encode(value)))
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(documents=(document,)), now_us=club.now_us)


def with_fees(club: Club) -> None:
    """Let Gold cost a fee."""
    publish(club, "classification", "c1", GOLD)


def catalogue(till: Till) -> Catalogue:
    """Give the settings in force where a till stands."""
    club = till.club
    found = club.store.read(lambda c: club.ledger.shelf.now(c, club.now_us)).catalogue(CLUB_ID, till.location_id)
    assert found is not None
    return found


@dataclass(slots=True, repr=False)
class Desk:
    """A till whose sales the rules make: each is kept, so that it can be refunded."""

    till: Till
    refunds: dict[str, list[Refund]] = field(default_factory=dict)
    offline: bool = False

    def basket(self, account_id: str = "", *, qty: int = 2, sale_id: str = "") -> Basket:
        """Ring up beers at five dollars, for a member or for nobody."""
        here, club = catalogue(self.till), self.till.club
        basket = Basket(sale_id=sale_id or event_id())
        if account_id:
            card = AccountCard(account_id=account_id, club_id=CLUB_ID, version=1)
            basket = replace(basket, member=person(account_id), account=card, benefits=True)
        for _ in range(qty):
            basket = baskets.add(basket, "pale", catalogue=here, at_us=club.now_us)
        return basket

    def final(self, basket: Basket, leases: Sequence[Lease] = (), *, paid: Sequence[Tender] = ()) -> Sale:
        """Pay what is due, in cash if nothing else is told, and make a sale final."""
        here = catalogue(self.till)
        due = baskets.totals(basket, here).due
        cash = Tender(media_id="cash", kind=MediaKind.CASH, amount=due, given=due)
        for tender in paid or ([cash] if due else []):
            basket = baskets.tender(basket, tender)
        return finalise(
            basket, catalogue=here, number=len(self.till.log) + 1, device_id=self.till.device_id, staff_id="S1",
            at_us=self.till.club.now_us, leases=leases, offline=self.offline,
        )  # fmt: skip

    def sale(self, account_id: str = "", *, qty: int = 2, beside: Beside | None = None) -> tuple[Happened, Sale]:
        """Sell beers for cash."""
        return self.told(self.final(self.basket(account_id, qty=qty)), beside)

    def told(self, sale: Sale, beside: Beside | None = None, **more: Any) -> tuple[Happened, Sale]:
        """Write a sale as its event; `more` changes the body."""
        body = msgspec.structs.replace(sale_to_v2(sale, beside or Beside()), **more)
        return self.till.happened(body, sale.at_us, sale.sale_id), sale

    def by_points(self, account_id: str, *, qty: int = 2) -> tuple[Happened, Sale]:
        """Sell beers for points of a lease that is asked for."""
        basket, here = self.basket(account_id, qty=qty), catalogue(self.till)
        lease = self.till.lease(account_id, 50_000 * qty, sale_id=basket.sale_id).lease
        assert lease is not None
        offered = options(
            basket.lines, classification=here.classifications[1], catalogue=here, available=Points(lease.granted_h)
        )
        basket = baskets.use_points(basket, offered, frozenset(line.n for line in basket.lines))
        held = Lease(lease_id=lease.lease_id, account_id=account_id, granted_h=lease.granted_h)
        return self.told(self.final(basket, [held]))

    def with_fee(self, account_id: str, told: FeeV1, *, qty: int = 0, periods: int = 1) -> tuple[Happened, Sale]:
        """Sell a fee, and what the terminal made of it."""
        basket, here = self.basket(account_id, qty=qty), catalogue(self.till)
        for _ in range(periods):
            line = fee_line(1, "Gold", Money(told.fee_minor), catalogue=here, at_us=self.till.club.now_us)
            basket = with_line(basket, line)
        return self.told(self.final(basket), Beside(fees=(told,)))

    def refund(
        self, sale: Sale, wanted: Mapping[int, int] | None = None, *, by: Till | None = None, alone: bool = False
    ) -> Happened:
        """Refund units of lines, all of them if none are told; `alone` by a till that knows of no refund before."""
        till = by or self.till
        already = [] if alone else self.refunds.setdefault(sale.sale_id, [])
        made = Made(event_id=event_id(), device_id=till.device_id, staff_id="S2", at_us=till.club.now_us)
        done = refund(sale, already, wanted or left_of(sale, already), made=made, catalogue=catalogue(till))
        body = refund_to_v1(done, sale, AT, tracked_back(sale, done, already))
        self.refunds.setdefault(sale.sale_id, []).append(done)
        return till.happened(body, till.club.now_us, made.event_id)

    def void(self, sale: Sale) -> Happened:
        """Void a sale."""
        made = Made(event_id=event_id(), device_id=self.till.device_id, staff_id="S2", at_us=self.till.club.now_us)
        done = void(sale, made=made, catalogue=catalogue(self.till))
        return self.till.happened(void_to_v1(done, sale, AT, grace_days=30), made.at_us, made.event_id)


def fee_told(**told: Any) -> FeeV1:
    """Give what a till says of a fee of Gold, for a member who is paid to 30 June 2027."""
    member = person("A1")
    values = {
        "place": 0, "line": 1, "classification": 1, "fee_minor": 5500, "before": member.renewal_date,
        "after": member.renewal_date.replace(year=2028, day=29), "points_h": 20_000, "provisional": False,
        "approver_id": "",
    }  # fmt: skip
    return FeeV1(**values | told)


def line_of(sale: Sale, n: int) -> Line:
    """Give a line of a sale."""
    return next(line for line in sale.lines if line.n == n)


def same_sale(body: SaleV2, event_id: str) -> Sale:
    """Read a sale back."""
    return sale_from_wire(event_id, body)

"""The first sale and the first door, from a card to the ledger's books and back, on real parts.

A real till window under a finger, real pcscd with a virtual card, stripe readers on pseudo-terminals, two doors, one of
them on a cable that is pulled, and a real ledger process that is killed with -9 in the middle. The figures are those of
the club's worked examples: 2,088 points for two schooners and a light one.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from clubtill.demo import cast
from clubtill_rules.door.admission import Verdict
from clubtill_rules.values.days import DayClock, entry_day, local
from clubtill_rules.values.points import whole
from clubtill_sync.wire.requests import EntriesAnswer
from clubtill_terminal.actions.check_in import CheckedIn
from clubtill_terminal.actions.find_member import by_person
from clubtill_terminal.actions.sell import Sold
from clubtill_terminal.devices.card_service import PcscService
from clubtill_terminal.devices.smart_card import SmartCardReader, SmartCardSettings
from clubtill_terminal.devices.virtual_card import CardModel, VpcdCard
from tests.walks.kit.cable import Cable
from tests.walks.kit.hands import WaitUntil
from tests.walks.kit.ledger import ClubLedger
from tests.walks.kit.receipts import DRAWER, RECEIPTS
from tests.walks.kit.station import DoorStation, Station, TillStation

POSTGRES = os.environ.get("CLUBTILL_TEST_POSTGRES", "")
NO_POSTGRES = "CLUBTILL_TEST_POSTGRES does not name a PostgreSQL server"
VPCD = os.environ.get("CLUBTILL_TEST_VPCD", "")
JEAN, PRIYA, WEI = "100001", "100003", "100007"
SALE_H, JEANS_ROUND_H = 2088_00, 1440_00
RECONNECT_S = 40
"""Three good heartbeats, and the wait that grew while nobody answered."""


@dataclass(kw_only=True)
class Walk:
    """The club while the story runs, and what every sale and swipe was, as its terminal said it."""

    ledger: ClubLedger
    cable: Cable
    till: TillStation
    front: DoorStation
    side: DoorStation
    wait_until: WaitUntil
    sales: dict[str, Sold] = field(default_factory=dict)
    swipes: dict[str, CheckedIn] = field(default_factory=dict)

    @property
    def stations(self) -> tuple[Station, ...]:
        """The till and both doors."""
        return self.till, self.front, self.side

    def ring_up(self, *products: str) -> None:
        """Tap tiles; each shows how many were tapped before the next one is."""
        for product in products:
            count = self._count() + 1
            self.till.hands.tap(f"{product}, ")
            self.wait_until(partial(self._has, count), 5)

    def _has(self, count: int) -> bool:
        return self._count() == count

    def _count(self) -> int:
        return sum(line.qty for line in self.basket.lines)

    @property
    def basket(self):
        """The open sale."""
        return self.till.counter.state.basket

    def paid(self, name: str) -> Sold:
        """Wait until the sale in hand is paid and its receipt is printed, keep it, and go on to the next one."""
        counter = self.till.counter
        self.till.hands.sees("Paid")
        self.wait_until(lambda: counter.state.receipt_state == "printed", 10)
        sold = counter.state.sold
        assert sold is not None
        self.sales[name] = sold
        self.till.hands.tap("Next sale")
        self.wait_until(lambda: counter.state.sold is None, 5)
        return sold

    def till_knows(self, number: str, points: int) -> None:
        """Wait until the feed has brought the till what a member owns now."""
        terminal, place = self.till.running.terminal, self.till.counter.state.place
        self.wait_until(lambda: by_person(terminal, place, f"p{number}").held.balance == whole(points), 10)

    def account(self, number: str) -> EntriesAnswer:
        """Give an account's entries, by the ledger's API."""
        return self.till.entries(cast.CLUB, f"a{number}")


def today() -> date:
    """Give the club's entry day now: the ledger and the stations go by the real clock."""
    return entry_day(time.time_ns() // 1_000, DayClock(zone=cast.ZONE))


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.skipif(not POSTGRES, reason=NO_POSTGRES))]
)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where the ledger's data lies: a file of SQLite, or a PostgreSQL database of its own."""
    if request.param == "sqlite":
        yield str(tmp_path / "ledger.db")
        return
    name = f"ledger_first_sale_{os.getpid()}"
    url = sa.make_url(POSTGRES)
    server = sa.create_engine(
        url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with server.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    yield url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def walk(qtbot, database: str, tmp_path: Path) -> Iterator[Walk]:
    """The demo club today: its ledger, a till, a front door, and a side door on a cable."""
    QAccessible.setActive(True)

    def wait_until(true, seconds: float) -> None:
        qtbot.waitUntil(true, timeout=int(seconds * 1000))

    ledger = ClubLedger(database, today())
    ledger.start(wait_until)
    cable = Cable(ledger.port)
    stations: list[Station] = []

    finger = QTest.createTouchDevice()

    def station(kind, terminal_id: str, url: str, staff_id: str):
        folder, code = tmp_path / terminal_id, ledger.code(terminal_id)
        stations.append(kind(folder, url=url, code=code, staff_id=staff_id, finger=finger, wait_until=wait_until))
        return stations[-1]

    try:
        yield Walk(
            ledger=ledger,
            cable=cable,
            till=station(TillStation, cast.TILL, ledger.url, "sam"),
            front=station(DoorStation, cast.DOOR, ledger.url, "ana"),
            side=station(DoorStation, cast.DOOR_TWO, cable.url, "ana"),
            wait_until=wait_until,
        )
    finally:
        ledger.kill()
        cable.pull()
        for one in stations:
            one.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_first_sale(walk: Walk) -> None:
    """D21, I26, R72, R92, U59: every fact once in the ledger, whoever was cut off; every balance and receipt right."""
    come_in(walk)
    sell_online(walk)
    come_in_at_two_doors(walk)
    lose_the_ledger(walk)
    sell_offline(walk)
    refuse_points_offline(walk)
    come_back(walk)
    redeem_again(walk)
    check_visits(walk)
    check_accounts(walk)
    check_receipts(walk)


def come_in(walk: Walk) -> None:
    """Before: Jean comes in by the front door."""
    walk.swipes["jean"] = checked = walk.front.check_in(JEAN, 2)
    assert (checked.check.verdict, checked.swipe.visit.hundredths) == (Verdict.WELCOME, 10_00)
    walk.front.hands.sees("First visit, 10 points given")
    walk.till_knows(JEAN, 12_430)


def sell_online(walk: Walk) -> None:
    """Online: the beers by points, the parma in cash (5.3, 5.4); the attach has put points aside at this till."""
    hands = walk.till.hands
    walk.till.swipe(JEAN, 2)
    hands.sees("Jean Okafor")
    walk.ring_up("Schooner Pale", "Schooner Pale", "Light schooner")
    hands.tap("Bistro")
    walk.ring_up("Member parma")
    hands.tap("Beer")
    hands.sees("$47.18")
    hands.tap("Use points")
    hands.tap("Use 1,440 points for 2 Schooner Pale")
    hands.tap("Use 648 points for 1 Light schooner")
    hands.tap("Use 2,088 points")
    hands.sees("$23.98")
    hands.tap("Take cash")
    sold = walk.paid("online")
    assert (sold.sale.points_used.hundredths, sold.sale.award.hundredths) == (SALE_H, 47_00)
    assert not sold.sale.offline


def come_in_at_two_doors(walk: Walk) -> None:
    """The side door is cut off: Priya's birthday is rewarded there and, a moment later, at the front door too."""
    walk.cable.pull()
    walk.wait_until(lambda: not walk.side.online, RECONNECT_S)
    words = {"priya side": "First visit, 5 points, added when online", "priya front": "First visit, 5 points given"}
    for name, door in (("priya side", walk.side), ("priya front", walk.front)):
        walk.swipes[name] = checked = door.check_in(PRIYA)
        door.hands.sees("BIRTHDAY TODAY")
        door.hands.sees(words[name])
        assert (checked.swipe.visit.hundredths, checked.swipe.birthday.hundredths) == (5_00, 200_00)
    walk.swipes["jean side"] = checked = walk.side.check_in(JEAN, 2)
    assert checked.swipe.visit.hundredths == 10_00
    assert walk.front.online


def lose_the_ledger(walk: Walk) -> None:
    """The ledger is killed: everybody notices, the doors go on; Wei comes in at both, Jean a second time at one."""
    walk.wait_until(lambda: walk.front.queue().count == walk.till.queue().count == 0, 10)
    walk.till_knows(PRIYA, 3_020)
    walk.ledger.kill()
    walk.wait_until(lambda: not any(one.online for one in walk.stations), RECONNECT_S)
    walk.till.hands.sees("Offline")
    for name, door in (("wei front", walk.front), ("wei side", walk.side)):
        walk.swipes[name] = checked = door.check_in(WEI)
        assert (checked.swipe.visit.hundredths, checked.swipe.offline) == (10_00, True)
    again = walk.front.check_in(JEAN, 2)
    walk.front.hands.sees("no points again")
    assert (again.check.verdict, again.swipe.visit.hundredths) == (Verdict.WELCOME, 0)


def sell_offline(walk: Walk) -> None:
    """Offline: Jean's round with the points held at this till, Priya's with cash and the chip of her card."""
    hands = walk.till.hands
    walk.till.swipe(JEAN, 2)
    hands.sees("Jean Okafor")
    walk.ring_up("Schooner Pale", "Schooner Pale", "Light schooner")
    hands.tap("Use points")
    hands.tap("Tick all possible")
    hands.tap("Use 2,088 points")
    sold = walk.paid("offline points")
    assert (sold.sale.points_used.hundredths, sold.sale.total.minor, sold.sale.offline) == (SALE_H, 20_88, True)

    present_chip(walk)
    hands.sees("Priya Nair")
    walk.ring_up("Light schooner")
    hands.tap("Pay $7.20")
    hands.tap("Take cash")
    sold = walk.paid("offline cash")
    assert (sold.sale.points_used.hundredths, sold.sale.award.hundredths, sold.sale.offline) == (0, 9_00, True)


def present_chip(walk: Walk) -> None:
    """Lay Priya's card on the real card service's reader; without one the same card is swiped."""
    if not VPCD:
        print("CLUBTILL_TEST_VPCD is not set: no pcscd with a virtual reader, so the chip card is swiped")  # noqa: T201 - why this run shows less
        walk.till.swipe(PRIYA)
        return
    service, settings = PcscService(), SmartCardSettings()
    reader = walk.till.running.add_reader(
        lambda report: SmartCardReader(source="chip", service=service, settings=settings, report=report)
    )
    host, port = VPCD.rsplit(":", 1)
    card = VpcdCard(host, int(port), CardModel(uid=bytes.fromhex("04A1B2C3"), file=PRIYA.encode()))
    card.insert()
    walk.wait_until(lambda: walk.basket.member is not None, 20)
    card.remove()
    reader.close()


def refuse_points_offline(walk: Walk) -> None:
    """Offline: a third redemption is beyond what is held here; the screen says so and the sale stays."""
    hands = walk.till.hands
    walk.till.swipe(JEAN, 2)
    hands.sees("Jean Okafor")
    walk.ring_up("Schooner Pale", "Schooner Pale")
    hands.tap("Use points")
    hands.sees("824 of 8,301 points can be used at this till now.")
    hands.sees("Short by 616")
    hands.tap("2 Schooner Pale: Short by 616")
    hands.sees("Not enough points")
    hands.sees("1,440 needed, 824 available.")
    hands.tap("Back to sale")
    assert not any(line.by_points for line in walk.basket.lines)
    assert len(walk.basket.lines) == 1


def come_back(walk: Walk) -> None:
    """The ledger starts again and the cable is put in: every queue drains by itself."""
    assert all(one.queue().count > 0 for one in walk.stations)
    walk.ledger.start(walk.wait_until)
    walk.cable.plug()
    walk.wait_until(lambda: all(one.online for one in walk.stations), RECONNECT_S)
    walk.wait_until(lambda: all(one.queue().count == 0 for one in walk.stations), RECONNECT_S)
    assert [one.queue().attention for one in walk.stations] == [0, 0, 0]


def redeem_again(walk: Walk) -> None:
    """After: the sale that was refused points is paid with them, what the till lacks being asked for (R72)."""
    hands = walk.till.hands
    hands.tap("Use points")
    hands.tap("Use 1,440 points for 2 Schooner Pale")
    hands.tap("Use 1,440 points, and the sale is paid")
    sold = walk.paid("online again")
    assert (sold.sale.points_used.hundredths, len(sold.sale.lease_spends)) == (JEANS_ROUND_H, 2)
    assert not walk.front.check_in(PRIYA).swipe.visit
    walk.wait_until(lambda: all(one.queue().count == 0 for one in walk.stations), RECONNECT_S)


def check_visits(walk: Walk) -> None:
    """Each visit and the birthday stand once though two doors gave them; a later award gave way, visibly (I26)."""
    jean, priya, wei = (walk.account(number).entries for number in (JEAN, PRIYA, WEI))
    assert standing(jean) == {"visit": walk.swipes["jean"].swipe.event_id}
    side = walk.swipes["priya side"].swipe.event_id
    assert standing(priya) == {"visit": side, "birthday": side}
    reversed_ids = {one.refers_to for one in priya if one.kind == "reversal"}
    assert reversed_ids == {walk.swipes["priya front"].swipe.event_id}
    assert standing(wei) == {"visit": walk.swipes["wei front"].swipe.event_id}


def standing(entries) -> dict[str, str]:
    """Give the awards at a door that no reversal names: what for, and by which event. Two of a kind fail."""
    gone = {(one.refers_to, one.refers_leg) for one in entries if one.kind == "reversal"}
    awards = [one for one in entries if one.natural_key and (one.event_id, one.leg) not in gone]
    awards = [one for one in awards if one.kind == "award"]
    assert len({one.natural_key for one in awards}) == len(awards)
    return {one.award_for: one.event_id for one in awards}


def check_accounts(walk: Walk) -> None:
    """Every balance is right, and every entry of every account stands once (R4)."""
    earned_h = {JEAN: 10_00 + 47_00 - 2 * SALE_H - JEANS_ROUND_H, PRIYA: 5_00 + 200_00 + 9_00, WEI: 10_00}
    seen: Counter[tuple[str, int]] = Counter()
    for one in cast.people(today()):
        account = walk.till.entries(one.member.club_id, one.member.account_id)
        opening_h = sum(amount_h for amount_h, _, _ in one.opening)
        assert (one.member.number, account.balance_h) == (
            one.member.number,
            opening_h + earned_h.get(one.member.number, 0),
        )
        assert (account.reserved_h, account.deficit_h) == (lease_left_h(account), 0)
        seen.update((entry.event_id, entry.leg) for entry in account.entries)
    assert seen.most_common(1)[0][1] == 1
    spends = [one for one in walk.account(JEAN).entries if one.kind == "lease_spend"]
    made = {
        name: [spend.amount_h for spend in sold.sale.lease_spends]
        for name, sold in walk.sales.items()
        if sold.sale.lease_spends
    }
    assert {name: [s.amount_h for s in spends if s.sale_id == walk.sales[name].sale.sale_id] for name in made} == made
    assert len(spends) == sum(len(amounts) for amounts in made.values())
    awards = {
        one.sale_id: one.amount_h for n in (JEAN, PRIYA) for one in walk.account(n).entries if one.award_for == "sale"
    }
    assert awards == {walk.sales["online"].sale.sale_id: 47_00, walk.sales["offline cash"].sale.sale_id: 9_00}


def lease_left_h(account: EntriesAnswer) -> int:
    """Give what the entries say is still set aside: granted, less spent, less returned."""
    signs = {"lease_grant": 1, "lease_spend": -1, "lease_return": -1}
    return sum(signs.get(one.kind, 0) * one.amount_h for one in account.entries)


def check_receipts(walk: Walk) -> None:
    """One receipt a sale, in order, word for word as section 7 of the interface has it; instants and codes aside."""
    receipts = [re.sub(r"\d\d:\d\d", "18:44", re.sub(r"[0-9a-f]{32}", "code", one)) for one in walk.till.receipts()]
    day = local(walk.sales["online"].sale.at_us, cast.ZONE).strftime("%d %b %Y").lstrip("0")
    assert [text.removeprefix(DRAWER) for text in receipts] == [text.replace("DAY", day) for text in RECEIPTS]
    assert [text.startswith(DRAWER) for text in receipts] == [True, False, True, False]

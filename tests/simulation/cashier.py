"""Cashier: what people do at a station, through the product's own actions, step by step as they would."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any

from clubtill_desk.lanes import Done
from clubtill_rules.door.admission import Verdict
from clubtill_rules.door.posting import Outcome as Made
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.permissions import Role
from clubtill_rules.points import leases as lease_rules
from clubtill_rules.points.redeeming import fitting, options
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale import tender as tenders
from clubtill_rules.sale.basket import Basket
from clubtill_rules.values.days import US_PER_DAY, trading_day
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.requests import LeaseAsk
from clubtill_terminal.actions import budgets, redeem
from clubtill_terminal.actions.check_in import act, check_in
from clubtill_terminal.actions.find_member import FoundMember, by_number, by_person
from clubtill_terminal.actions.sell import sell
from clubtill_terminal.store.device import read_device
from clubtill_wording.speech import Speech
from tests.simulation.club import PRODUCTS, STAFF
from tests.simulation.world import MINUTE, US

if TYPE_CHECKING:
    from tests.simulation.station import Station

Step = tuple[str, Callable[[], Any]]
Flow = Generator[int | Step, Any, None]
SPEECH = Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney")
ROLES = frozenset({Role.RECEPTION, Role.DUTY_MANAGER})


class Cashier:
    """Who stands at a station. One thing at a time; the end of the process drops what was under way."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.world = station.world
        self.chance = self.world.chance(f"cashier/{station.name}")
        self._flow: Flow | None = None
        self._line: deque[Flow] = deque()
        self.done = 0
        self.refused: dict[str, int] = {}
        self._day: object = None

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return self._flow is not None

    def dropped(self) -> None:
        """The process ended: the basket is gone, and people go away."""
        self._flow = None
        self._line.clear()

    def start(self, flow: Flow) -> bool:
        """Begin something, or wait in line for it; not where the station is down."""
        if not self.station.up:
            return False
        if self.busy:
            self._line.append(flow)
            return True
        self._flow = flow
        self._go_on(flow, None)
        return True

    def _next(self) -> None:
        self._flow = None
        self.station.tendering = frozenset()
        if self._line:
            self._flow = self._line.popleft()
            self.world.after(self.chance.randrange(US), partial(self._go_on, self._flow, None))

    def _go_on(self, flow: Flow, told: Any) -> None:
        if self._flow is not flow:
            return
        try:
            step = flow.send(told)
        except StopIteration:
            self._next()
            return
        except Refusal as refusal:
            self.refused[refusal.code] = self.refused.get(refusal.code, 0) + 1
            self.world.note("refused", self.station.name, refusal.code)
            self._next()
            return
        life = self.station.life
        if isinstance(step, int):
            self.world.after(step, lambda: self._go_on(flow, None) if self.station.life == life else None)
            return
        lane, work = step
        getattr(self.station.traffic.lanes, lane).submit(work, partial(self._go_on, flow))

    # ------------------------------------------------------------ at the door

    def at_door(self, person_id: str) -> Flow:
        """Somebody comes in."""
        station, chance = self.station, self.chance
        self.newer_place()
        if station.place is None:
            return
        offline = not station.traffic.connection.online
        guests = chance.choice((0, 0, 0, 2))
        checked = check_in(
            station.terminal, station.place, person_id, staff_id=STAFF, roles=ROLES, offline=offline, guests=guests
        )
        self.done += 1
        station.wrote_fact()
        if checked.check.verdict is Verdict.WELCOME:
            return
        yield chance.randrange(US, 6 * US)
        outcome = chance.choice((Made.REFUSE, Made.REFUSE, Made.ADMIT, Made.LET_IN))
        act(station.terminal, station.place, checked, outcome, staff_id=STAFF, approver_id=STAFF, reason="known")
        station.wrote_fact()

    # ------------------------------------------------------------ at the till

    def sale(self, person_id: str, *, points: bool, slow_us: int = 0, twice: bool = False) -> Flow:
        """Sell a few things, to a member or to anybody, by points if they are wanted and can be had."""
        station, chance = self.station, self.chance
        self.newer_place()
        place = station.place
        if place is None:
            return
        basket = Basket(sale_id=station.new_id())
        station.sale_id = basket.sale_id
        catalogue = place.catalogue
        if person_id:
            found = by_person(station.terminal, place, person_id)
            catalogue = place.catalogue_of(found.account.club_id)
            basket = baskets.attach(basket, found.member, found.account, found.attach, catalogue)
            yield from self._attached(found)
        for name in chance.choices(list(PRODUCTS), k=chance.randrange(1, 4)):
            basket = baskets.add(basket, name, catalogue=catalogue, at_us=station.clock.now())
        yield chance.randrange(US // 5, 2 * US)
        if points and basket.member is not None:
            basket = yield from self._by_points(basket)
        yield slow_us or (chance.randrange(US, MINUTE) if chance.random() < 0.08 else chance.randrange(US // 5, 2 * US))
        if basket.ticked and chance.random() < 0.12:
            basket = baskets.clear_points(basket)
            yield from self._give_back(basket, "cleared")
            station.tendering = frozenset()
        self._finish(basket, catalogue, twice=twice)

    def _finish(self, basket: Basket, catalogue: Any, *, twice: bool) -> None:
        station = self.station
        due = baskets.totals(basket, catalogue).due
        if due > NIL:
            cash = tenders.take_cash(
                due, Money(due.minor + 500), catalogue.venue.cash_step_minor, catalogue.media_of(MediaKind.CASH).id
            )
            basket = baskets.tender(basket, cash)
        offline = not station.traffic.connection.online
        self.sell(basket, catalogue, offline=offline)
        station.tendering = frozenset()
        self.done += 1
        if twice:
            self.world.inject("F48", station.name)
            try:
                self.sell(basket, catalogue, offline=offline)
            except Exception as no:  # noqa: BLE001 - any answer but a second sale
                self.world.note("sold once", type(no).__name__)
        station.wrote_fact()

    def sell(self, basket: Basket, catalogue: Any, *, offline: bool, parked_id: str = "") -> None:
        """Make a paid basket final."""
        sell(
            self.station.terminal,
            basket,
            catalogue=catalogue,
            staff_id=STAFF,
            offline=offline,
            speech=SPEECH,
            till=self.station.name,
            staff="Sam",
            parked_id=parked_id,
        )

    def did(self, name: str) -> None:
        """Count an errand that came to its end, for the scoreboard."""
        self.world.did[name] += 1
        self.world.note("did", self.station.name, name)

    def _attached(self, found: FoundMember) -> Flow:
        """Ask for what an attach grants, as the till does (4.4)."""
        station, place = self.station, self.station.place
        if place is None or not station.traffic.connection.online:
            return
        if place.catalogue.venue.offline_mode is not OfflineMode.LEASE or found.account.balance <= Points(0):
            return
        if self.chance.random() < 0.5:
            yield from self._ask(self._question(found.account, station.new_id(), 0, 0, "attach"))

    def _question(self, account: Any, sale_id: str, ask_no: int, amount_h: int, why: str) -> LeaseAsk:
        self.world.note("asks", self.station.name, account.account_id, amount_h)
        if why == "sale":
            self.station.town.watch.asked(sale_id, amount_h)
        return LeaseAsk(
            sale_id=sale_id,
            ask_no=ask_no,
            club_id=account.club_id,
            account_id=account.account_id,
            amount_h=amount_h,
            why=why,
        )

    def _ask(self, question: LeaseAsk) -> Flow:
        station = self.station
        asked = yield "network", partial(redeem.ask, station.traffic.calls, question)
        if not isinstance(asked, Done):
            return
        station.traffic.heard(asked.value.outcome)
        if not asked.value.known and self.chance.random() < 0.5:  # the same question again gets the same lease (I10)
            asked = yield "network", partial(redeem.ask, station.traffic.calls, question)
            if not isinstance(asked, Done):
                return
            station.traffic.heard(asked.value.outcome)
        yield "writer", partial(redeem.keep, station.terminal, asked.value)

    def _by_points(self, basket: Basket) -> Generator[int | Step, Any, Basket]:
        """Choose what points pay for, take what this device lacks, and put it on the basket (R68, R72)."""
        station, place = self.station, self.station.place
        account, member = basket.account, basket.member
        if place is None or account is None or member is None:
            return basket
        catalogue = place.catalogue_of(account.club_id)
        classification = baskets.paying_classification(basket, catalogue)
        if classification is None:
            return basket
        found = by_person(station.terminal, place, member.person_id)
        wanted = options(
            basket.lines,
            classification=classification,
            catalogue=catalogue,
            available=self._usable(found, basket, catalogue),
        )
        ticked = fitting(wanted)
        if not ticked:
            return basket
        need_h = sum(row.points.hundredths for row in wanted.rows if row.n in ticked)
        station.tendering = frozenset({account.account_id})
        day = trading_day(station.clock.now(), catalogue.club.clock)
        mine = lease_rules.of_sale(catalogue.venue.offline_mode, self._held(account.account_id), basket.sale_id)
        missing_h = lease_rules.to_ask(mine, need_h, day)
        if missing_h and station.traffic.connection.online:
            yield from self._ask(self._question(account, basket.sale_id, 1, missing_h, "sale"))
        mine = lease_rules.of_sale(catalogue.venue.offline_mode, self._held(account.account_id), basket.sale_id)
        try:
            day = trading_day(station.clock.now(), catalogue.club.clock)
            budget = self._budget(account, catalogue)
            if budget is not None:
                lease_rules.plan_offline(mine, budget, need_h, day)
            else:
                lease_rules.plan(mine, need_h, day)
            return baskets.use_points(basket, wanted, ticked)
        except Refusal as refusal:
            self.refused[refusal.code] = self.refused.get(refusal.code, 0) + 1
            yield from self._give_back(basket, "short")
            station.tendering = frozenset()
            return basket

    def _usable(self, found: FoundMember, basket: Basket, catalogue: Any) -> Points:
        station = self.station
        day = trading_day(station.clock.now(), catalogue.club.clock)
        held = found.held.leases
        mode = catalogue.venue.offline_mode
        mine = lease_rules.of_sale(mode, held, basket.sale_id)
        if station.traffic.connection.online:
            return Points(max(0, found.account.balance.hundredths) + lease_rules.left(mine, day))
        with station.store.reading_facts.begin() as facts:
            device = read_device(facts)
        away = max(0, station.clock.now() - device.last_contact_us) // US_PER_DAY
        return lease_rules.usable(
            mode,
            mine,
            online=False,
            sale_id=basket.sale_id,
            contact_age_days=away,
            day=day,
            trouble=device.trouble,
            budget=self._budget(found.account, catalogue),
        ).points

    def _budget(self, account: Any, catalogue: Any) -> lease_rules.OfflineBudget | None:
        """Give what a till that is cut off in the mode BUDGET may spend of an account; None otherwise (4.3)."""
        offline = not self.station.traffic.connection.online
        if not offline or catalogue.venue.offline_mode is not OfflineMode.BUDGET:
            return None
        return budgets.read_allowed(self.station.terminal, account)

    def _held(self, account_id: str) -> tuple[lease_rules.Lease, ...]:
        from clubtill_terminal.store import leases

        with self.station.store.reading_facts.begin() as facts:
            return leases.open_leases(facts, account_id)

    def _give_back(self, basket: Basket, why: str) -> Flow:
        """Give back what was taken under this sale's id."""
        account = basket.account
        if account is None:
            return
        own = [one for one in self._held(account.account_id) if one.sale_id == basket.sale_id]
        if own:
            act_ = partial(redeem.give_back, self.station.terminal, own, club_id=account.club_id, why=why)
            yield "writer", act_
            self.station.wrote_fact()

    def newer_place(self) -> None:
        """Read the settings again when the day changed: some come into force with it."""
        today = self.station.today()
        if today != self._day or self.station.place is None:
            self._day = today
            self.station.read_place()


__all__ = ["Cashier", "by_number"]

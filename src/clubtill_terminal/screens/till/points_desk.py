"""Points desk: Points Pay at the counter: what can be ticked, taking the lease, giving it back (R68, R72).

There is one way to spend: this device's leases. Online the ledger is asked for what is missing, under the id that the
sale will carry; no answer is unknown, and the till goes on with what it holds (R92).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from clubtill_desk.lanes import Done, Failed, Refused
from clubtill_rules.members.account import AccountCard
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points import leases as lease_rules
from clubtill_rules.points.leases import Lease, OfflineBudget
from clubtill_rules.points.redeeming import Options, fitting, options
from clubtill_rules.sale import basket as baskets
from clubtill_rules.values.days import US_PER_DAY, trading_day
from clubtill_rules.values.points import NO_POINTS, Points, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.client import Denied
from clubtill_sync.wire.requests import LeaseAsk
from clubtill_terminal.actions import redeem
from clubtill_terminal.actions.find_member import FoundMember
from clubtill_terminal.actions.redeem import Asked
from clubtill_terminal.screens.till.state import Notice, Page
from clubtill_wording import sentences

if TYPE_CHECKING:
    from clubtill_terminal.screens.till.counter import Counter


class PointsDesk:
    """The counter's part that deals with points. `ask_no` counts this sale's questions, so that each is asked once."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._ask_no = 0

    def next_sale(self) -> None:
        """Begin to count anew."""
        self._ask_no = 0

    # ------------------------------------------------------------ what can be used

    def usable(self) -> Points:
        """Give what can be used for this sale now: online what the account has, offline by the venue's mode (R90)."""
        counter = self._counter
        state, account = counter.state, counter.state.basket.account
        if account is None or state.held is None:
            return NO_POINTS
        day = trading_day(counter.desk.now_us(), counter.catalogue.club.clock)
        mine = self._mine()
        if state.online:
            return Points(max(0, account.balance.hundredths) + lease_rules.left(mine, day))
        return lease_rules.usable(
            counter.catalogue.venue.offline_mode,
            mine,
            online=False,
            sale_id=state.basket.sale_id,
            contact_age_days=self._days_away(),
            day=day,
            trouble=state.queue.trouble,
            budget=state.held.budget,
        ).points

    def _mine(self) -> tuple[Lease, ...]:
        """Give the leases held here that this sale may spend (I22)."""
        state = self._counter.state
        held = state.held.leases if state.held else ()
        return lease_rules.of_sale(self._counter.catalogue.venue.offline_mode, held, state.basket.sale_id)

    def _budget(self) -> OfflineBudget | None:
        """Give what pays beside the leases: this device's budget, while it is cut off in the mode BUDGET (D39)."""
        state = self._counter.state
        by_budget = self._counter.catalogue.venue.offline_mode is OfflineMode.BUDGET and not state.online
        return state.held.budget if by_budget and state.held else None

    def _days_away(self) -> int:
        """Give how many days ago the ledger last answered (D8)."""
        return max(0, self._counter.desk.now_us() - self._counter.state.queue.contact_us) // US_PER_DAY

    def open(self) -> None:
        """Show Points Pay with what each line would cost, or why it cannot be paid with points."""
        counter = self._counter
        basket = counter.state.basket
        if basket.member is None:
            counter.say("points.no_member", act="search")
            return
        classification = baskets.paying_classification(basket, counter.catalogue)
        if classification is None:
            counter.say("points.no_benefits")
            return
        offered = self._offer(basket.ticked)
        if offered is not None:
            counter.put(options=offered, ticked=basket.ticked, page=Page.POINTS, notice=None)

    def _offer(self, ticked: frozenset[int]) -> Options | None:
        """Work out what each line costs, given what is ticked; a refusal becomes a notice."""
        counter = self._counter
        basket = counter.state.basket
        classification = baskets.paying_classification(basket, counter.catalogue)
        if classification is None:
            return None
        try:
            return options(
                baskets.clear_points(basket).lines,
                classification=classification,
                catalogue=counter.catalogue,
                available=self.usable(),
                ticked=ticked,
            )
        except Refusal as refusal:
            counter.say(refusal.code, refusal.facts)
            return None

    def tick(self, n: int) -> None:
        """Tick or untick a line; a tick beyond what is there is refused with the figures (R68)."""
        state = self._counter.state
        if state.options is None or state.asking:
            return
        row = state.options.row(n)
        if n not in state.ticked and row.reason == "points.short":
            needed = self.ticked_points() + row.points
            self._counter.say("points.short", {"needed": needed, "available": state.options.available})
        elif n in state.ticked or not row.reason:
            self._tick(state.ticked ^ {n})

    def tick_all(self) -> None:
        """Tick every line that can be ticked, from the top, as far as the points reach."""
        offered = self._offer(frozenset())
        if offered is not None and not self._counter.state.asking:
            self._tick(fitting(offered))

    def untick_all(self) -> None:
        """Untick every line."""
        if not self._counter.state.asking:
            self._tick(frozenset())

    def _tick(self, ticked: frozenset[int]) -> None:
        offered = self._offer(ticked)
        if offered is not None:
            self._counter.put(ticked=ticked, options=offered, notice=None)

    def ticked_points(self) -> Points:
        """Give what the ticked lines cost."""
        state = self._counter.state
        rows = state.options.rows if state.options else ()
        return Points(sum(r.points.hundredths for r in rows if r.n in state.ticked))

    # ------------------------------------------------------------ taking the lease

    def use(self) -> None:
        """Use the ticked points: take what this device lacks from the ledger, then go on to pay the rest."""
        counter = self._counter
        state, account = counter.state, counter.state.basket.account
        if state.options is None or state.asking or account is None or not state.ticked:
            return
        self._use(account)

    def use_what_fits(self) -> None:
        """Tick what the points reach for, then use it (wireframe 5.3)."""
        self.tick_all()
        self.use()

    def _use(self, account: AccountCard) -> None:
        counter = self._counter
        state = counter.state
        need = self.ticked_points()
        day = trading_day(counter.desk.now_us(), counter.catalogue.club.clock)
        missing_h = lease_rules.to_ask(self._mine(), need.hundredths, day)
        if not state.online and need > self.usable():
            self._cannot()
        elif missing_h == 0 or self._budget() is not None:
            self._chosen()
        else:
            counter.put(asking=True, notice=None)
            self._ask_no += 1
            self._ask(
                LeaseAsk(
                    sale_id=state.basket.sale_id,
                    ask_no=self._ask_no,
                    club_id=account.club_id,
                    account_id=account.account_id,
                    amount_h=missing_h,
                    why="sale",
                )
            )

    def _ask(self, question: LeaseAsk) -> None:
        act = partial(redeem.ask, self._counter.desk.client, question)
        self._counter.desk.network.submit(act, partial(self._answered, question))

    def _answered(self, question: LeaseAsk, outcome: Done[Asked] | Refused | Failed) -> None:
        if isinstance(outcome, Done):
            self._counter.desk.heard(outcome.value.outcome)
            keep = partial(redeem.keep, self._counter.desk.terminal, outcome.value)
            self._counter.desk.writer.submit(keep, partial(self._kept, question, outcome.value))
        elif question.why == "sale":
            self._counter.put(asking=False)

    def _kept(self, question: LeaseAsk, asked: Asked, outcome: Done[tuple[Lease, ...]] | Refused | Failed) -> None:
        """Go on with what is held now. An answer for a sale that moved on is given back at once."""
        counter = self._counter
        state = counter.state
        granted = outcome.value if isinstance(outcome, Done) else ()
        account = state.basket.account
        same = account is not None and account.account_id == question.account_id
        if same and state.held is not None and granted:
            counter.put(held=replace(state.held, leases=granted))
        if question.why != "sale":
            if same and asked.answer is not None and asked.answer.held_elsewhere_h:
                self._attached_short(asked.answer.held_elsewhere_h)
            return
        newest = question.sale_id == state.basket.sale_id and question.ask_no == self._ask_no
        waiting = newest and same and state.asking and bool(state.ticked)
        if newest:
            counter.put(asking=False)
        if not waiting:
            late = [one for one in granted if one.sale_id == question.sale_id]
            self._give_back(late, question.club_id, "late")
            self._forget(late)
            return
        if not asked.known:
            counter.say("points.unknown")
        self._chosen(asked)

    def _chosen(self, asked: Asked | None = None) -> None:
        """Put the choice on the basket when the leases held here cover it; else say what is there."""
        counter = self._counter
        if not self._offer_anew():
            self.give_back_sale("changed")
            return
        state, held = counter.state, self._mine()
        need_h = self.ticked_points().hundredths
        day = trading_day(counter.desk.now_us(), counter.catalogue.club.clock)
        try:
            if (budget := self._budget()) is not None:
                lease_rules.plan_offline(held, budget, need_h, day)
            else:
                lease_rules.plan(held, need_h, day)
            if state.options is None:
                return
            basket = baskets.use_points(baskets.clear_points(state.basket), state.options, state.ticked)
        except Refusal as refusal:
            self.give_back_sale("short")
            self._not_granted(refusal, asked, Points(lease_rules.left(held, day)))
            return
        due = baskets.totals(basket, counter.catalogue).due
        counter.put(basket=basket, page=Page.TENDER if due else Page.SALE, given_text="", notice=None)
        if not due:
            counter.payment.open()

    def _offer_anew(self) -> bool:
        """Offer again for the lines as they are now: one may have come or gone since, by a scan or the feed."""
        state = self._counter.state
        ticked = state.ticked & {line.n for line in state.basket.lines}
        offered = self._offer(ticked)
        if offered is None or not ticked:
            return False
        self._counter.put(options=offered, ticked=ticked)
        return True

    def _not_granted(self, refusal: Refusal, asked: Asked | None, usable: Points) -> None:
        """Say why the points did not come: the ledger's own no, another till, or too few. No answer was said before."""
        counter = self._counter
        if asked is None:
            counter.say(refusal.code, refusal.facts)
        elif isinstance(asked.outcome, Denied):
            told = sentences.denied(asked.outcome.code, asked.outcome.facts, counter.desk.speech)
            counter.put(notice=Notice(sentence=told))
        elif asked.answer is not None and asked.answer.held_elsewhere_h:
            counter.say("points.held_elsewhere", {"held": Points(asked.answer.held_elsewhere_h), "usable": usable})
        elif asked.known:
            counter.say(refusal.code, refusal.facts)

    def _attached_short(self, held_h: int) -> None:
        """Say that another till holds points of the member: the ledger has waited for it as long as it may (R92)."""
        state = self._counter.state
        if state.page is Page.SALE and state.notice is None:
            self._counter.say("points.attached", {"held": Points(held_h), "usable": self.usable()})

    def _cannot(self) -> None:
        """Say why these points cannot be used while the ledger is out of reach (U60, D8, I30)."""
        counter = self._counter
        if counter.state.queue.trouble:
            counter.say("points.offline")
            return
        if self._days_away() > lease_rules.CONTACT_DAYS_MAX:
            counter.say("points.offline.stale", {"days": self._days_away()})
            return
        if counter.catalogue.venue.offline_mode is OfflineMode.REFUSE:
            counter.say("points.offline")
            return
        balance = counter.state.held.balance if counter.state.held else whole(0)
        counter.say("points.offline.lease", {"usable": self.usable(), "balance": balance})

    def on_attach(self, found: FoundMember) -> None:
        """Ask for what an attach grants, in mode LEASE while online; it stays with this till (4.4)."""
        counter = self._counter
        if not counter.state.online or counter.catalogue.venue.offline_mode is not OfflineMode.LEASE:
            return
        if not found.attach.benefits or found.account.balance <= NO_POINTS:
            return
        self._ask(
            LeaseAsk(
                sale_id=counter.desk.new_id(),
                ask_no=0,
                club_id=found.account.club_id,
                account_id=found.account.account_id,
                amount_h=0,
                why="attach",
            )
        )

    # ------------------------------------------------------------ giving back

    def clear(self) -> None:
        """Clear the choice: its lease goes back (R42)."""
        counter = self._counter
        try:
            basket = baskets.clear_points(counter.state.basket)
        except Refusal as refusal:
            counter.say(refusal.code, refusal.facts)
            return
        self.give_back_sale("cleared")
        page = Page.SALE if counter.state.page is Page.TENDER else counter.state.page
        counter.put(basket=basket, ticked=frozenset(), options=None, asking=False, page=page, notice=None)

    def give_back_sale(self, why: str) -> None:
        """Give back the leases that were taken under this sale's id; those of an attach stay here."""
        state, account = self._counter.state, self._counter.state.basket.account
        if account is None or state.held is None:
            return
        own = [lease for lease in state.held.leases if lease.sale_id == state.basket.sale_id]
        if own:
            self._give_back(own, account.club_id, why)
            self._forget(own)

    def _forget(self, closed: list[Lease]) -> None:
        """Offer no more what was given back."""
        held = self._counter.state.held
        if held is not None and closed:
            left = tuple(one for one in held.leases if one not in closed)
            self._counter.put(held=replace(held, leases=left))

    def _give_back(self, held: list[Lease], club_id: str, why: str) -> None:
        if held:
            desk = self._counter.desk
            act = partial(redeem.give_back, desk.terminal, held, club_id=club_id, why=why)
            desk.writer.submit(act, lambda _outcome: desk.after_write())

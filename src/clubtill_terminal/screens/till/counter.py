"""Counter: what a cashier does, one method an act. Each act gives a new state; actions run on the lanes.

The rules decide; a refusal becomes a notice and the basket stays as it was. The views read `state` and call these acts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from clubtill_desk.lanes import Done, Failed, Refused
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale.basket import Basket
from clubtill_rules.values.refusal import Refusal
from clubtill_terminal.actions import find_member
from clubtill_terminal.actions.find_member import FoundMember
from clubtill_terminal.actions.link import Broken, Queue
from clubtill_terminal.actions.place import Place
from clubtill_terminal.actions.read_card import Seen
from clubtill_terminal.screens.desk import Desk
from clubtill_terminal.screens.till.payment_desk import PaymentDesk
from clubtill_terminal.screens.till.points_desk import PointsDesk
from clubtill_terminal.screens.till.state import Notice, Page, State, Step
from clubtill_wording.speech import Sentence

_QUANTITY_DIGITS: Final = 3


class Counter(QObject):
    """The till's acts and its state."""

    changed = Signal()
    removed = Signal(str)
    """A line was taken away: the words for it; undo is offered for a while (U41)."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.state = State(
            place=desk.place,
            basket=Basket(sale_id=desk.new_id()),
            now_us=desk.now_us(),
            online=desk.online,
            staff_name=desk.staff_name,
        )
        self.points = PointsDesk(self)
        self.payment = PaymentDesk(self)

    # ------------------------------------------------------------ state

    @property
    def catalogue(self) -> Catalogue:
        """The settings for the member on the sale, or the venue's own."""
        account = self.state.basket.account
        return self.state.place.catalogue_of(account.club_id) if account else self.state.place.catalogue

    def put(self, **changes: Any) -> None:
        """Show a changed state."""
        self.state = replace(self.state, **changes)
        self.changed.emit()

    def say(self, code: str, facts: dict[str, object] | None = None, *, act: str = "") -> None:
        """Put a sentence on the screen."""
        self.put(notice=Notice(sentence=self.sentence(code, facts or {}), act=act))

    def sentence(self, code: str, facts: dict[str, object]) -> Sentence:
        """Give the till's sentence for a code."""
        return self.desk.speech.sentence(code, facts, place="till")

    def hide_notice(self) -> None:
        """Take the sentence off the screen."""
        self.put(notice=None)

    def _try(self, act: Callable[[Basket], Basket], name: str, **also: Any) -> bool:
        """Do a pure act on the basket and remember the way back; a refusal becomes a notice."""
        before = self.state.basket
        try:
            after = act(before)
        except Refusal as refusal:
            self.say(refusal.code, refusal.facts)
            return False
        also.setdefault("quantity_text", "")
        if after is not before:
            also.setdefault("past", (*self.state.past, Step(basket=before, act=name)))
        self.put(basket=after, notice=None, **also)
        return True

    # ------------------------------------------------------------ lines

    def add_product(self, product_id: str) -> None:
        """Ring up a product; a finished sale makes room for the next one."""
        if self.state.sold is not None:
            self.next_sale()
        if self.state.queue.disk_low and not self.state.basket.lines:
            self.say("disk.full")  # the sale in hand may be finished, a new one may not begin (C28)
            return
        at_us = self.desk.now_us()
        product = self.catalogue.products.get(product_id)
        act = partial(baskets.add, product_id=product_id, catalogue=self.catalogue, at_us=at_us)
        if self._try(act, product.name if product else product_id):
            touched = self._touched()
            self.put(selected=touched)

    def _touched(self) -> int | None:
        before = {line.n: line.qty for line in self.state.past[-1].basket.lines} if self.state.past else {}
        changed = [line.n for line in self.state.basket.lines if before.get(line.n) != line.qty]
        return changed[-1] if changed else self.state.selected

    def select(self, n: int) -> None:
        """Choose the line that the edit row acts on."""
        self.put(selected=n, quantity_text="")

    def _selected(self) -> Line | None:
        return next((one for one in self.state.basket.lines if one.n == self.state.selected), None)

    def more(self) -> None:
        """One more of the selected line."""
        self._add_to_selected(1)

    def less(self) -> None:
        """One less of the selected line; the last one takes the line away."""
        self._add_to_selected(-1)

    def _add_to_selected(self, step: int) -> None:
        line = self._selected()
        if line is None:
            return
        if line.qty + step < 1:
            self.remove_selected()
            return
        act = partial(baskets.set_qty, n=line.n, qty=line.qty + step, catalogue=self.catalogue)
        self._after_points_change(self._try(act, line.name))

    def type_quantity(self, digits: str) -> None:
        """Type digits of a quantity for the selected line; `set_quantity` makes them hold."""
        typed = (self.state.quantity_text + digits).lstrip("0")
        if self._selected() is not None and len(typed) <= _QUANTITY_DIGITS:
            self.put(quantity_text=typed)

    def erase_quantity(self) -> None:
        """Take the last digit back."""
        self.put(quantity_text=self.state.quantity_text[:-1])

    def set_quantity(self) -> None:
        """Give the selected line the typed quantity."""
        line, typed = self._selected(), self.state.quantity_text
        if line is not None and typed:
            act = partial(baskets.set_qty, n=line.n, qty=int(typed), catalogue=self.catalogue)
            self._after_points_change(self._try(act, line.name, quantity_text=""))

    def remove_selected(self) -> None:
        """Take the selected line away; undo brings it back (U41)."""
        line = self._selected()
        if line is not None:
            left = [one.n for one in self.state.basket.lines if one.n != line.n]
            act = partial(baskets.remove, n=line.n, catalogue=self.catalogue)
            done = self._try(act, line.name, selected=left[-1] if left else None)
            self._after_points_change(done)
            if done:
                self.removed.emit(self.desk.speech.label("till.removed", n=line.qty, product=line.name))

    def _after_points_change(self, done: bool) -> None:  # noqa: FBT001 - what the act said
        if done and not self.state.basket.ticked:
            self.points.give_back_sale("changed")

    def undo(self) -> None:
        """Revert the last act, any number of times until the first payment (U40)."""
        if not self.state.past or self.state.basket.tenders:
            return
        step = self.state.past[-1]
        basket = baskets.clear_points(step.basket)
        if self.state.basket.ticked or step.basket.ticked:
            self.points.give_back_sale("undo")
        lines = [line.n for line in basket.lines]
        selected = self.state.selected if self.state.selected in lines else (lines[-1] if lines else None)
        self.put(basket=basket, past=self.state.past[:-1], selected=selected, notice=None)
        self.refresh_member()

    # ------------------------------------------------------------ member

    def card_seen(self, seen: Seen) -> None:
        """A card or code was read: find whose it is, or which product it names."""
        if self.state.sold is not None:
            self.next_sale()
        act = partial(find_member.by_card, self.desk.terminal, self.state.place, seen)
        self.desk.reader.submit(act, self._card_found)

    def bad_read(self, code: str) -> None:
        """Something came that is not a card."""
        self.say(code)

    def _card_found(self, outcome: Done[FoundMember | str] | Refused | Failed) -> None:
        match outcome:
            case Done(FoundMember() as found):
                self.attach(found)
            case Done(str() as product_id):
                self.add_product(product_id)
            case Refused(refusal):
                self.say(refusal.code, refusal.facts, act="search" if refusal.code == "member.unknown" else "")
            case Failed(fault):
                self.say(fault.code, fault.facts)

    def attach(self, found: FoundMember) -> None:
        """Put a member on the sale: prices change at once (R80); the points they may use follow."""
        catalogue = self.state.place.catalogue_of(found.account.club_id)
        act = partial(
            baskets.attach, member=found.member, account=found.account, attach=found.attach, catalogue=catalogue
        )
        if self.state.basket.ticked:
            self.points.give_back_sale("member")
        if self._try(
            act, found.member.name, held=found.held, page=Page.SALE, query_text="", found=(), ticked=frozenset()
        ):
            if found.attach.code:
                self.say(found.attach.code, {n: f for b in found.attach.because for n, f in b.facts.items()})
            self.points.on_attach(found)

    def take_off(self) -> None:
        """Take the member off: prices go back, points are given back (R42)."""
        if self.state.basket.ticked:
            self.points.give_back_sale("member")
        act = partial(baskets.detach, catalogue=self.catalogue)
        self._try(act, "", held=None, page=Page.SALE, options=None, ticked=frozenset())

    def refresh_member(self) -> None:
        """Read the member's balance again: after a feed page, a sale, or an undo."""
        member = self.state.basket.member
        if member is None:
            self.put(held=None)
            return
        act = partial(find_member.by_person, self.desk.terminal, self.state.place, member.person_id)
        self.desk.reader.submit(act, self._refreshed)

    def _refreshed(self, outcome: Done[FoundMember] | Refused | Failed) -> None:
        member = self.state.basket.member
        if isinstance(outcome, Done) and member is not None:
            found = outcome.value
            if found.member.person_id == member.person_id:
                self.put(basket=baskets.renew(self.state.basket, found.member, found.account), held=found.held)

    def start_search(self) -> None:
        """Open the member search, ready to type."""
        self.go(Page.MEMBER)
        if self.state.page is Page.MEMBER:
            self.put(searching=True)

    def search(self, typed_text: str) -> None:
        """Search members by name or number."""
        self.put(query_text=typed_text)
        act = partial(find_member.search, self.desk.terminal, self.state.place, typed_text)
        self.desk.reader.submit(act, partial(self._found, typed_text))

    def _found(self, typed_text: str, outcome: Done[tuple[FoundMember, ...]] | Refused | Failed) -> None:
        if isinstance(outcome, Done) and typed_text == self.state.query_text:
            self.put(found=outcome.value)

    def attach_found(self, at: int) -> None:
        """Put a member on the sale who was found by search."""
        if 0 <= at < len(self.state.found):
            self.attach(self.state.found[at])

    # ------------------------------------------------------------ pages

    def go(self, page: Page) -> None:
        """Show a page of the work area; a finished sale is left by `next_sale` only."""
        if self.state.sold is None and not self.state.selling:
            self.put(page=page, notice=None, searching=False, query_text="", found=())

    def go_to_link(self) -> None:
        """Show the connection panel, or go back to where it was opened."""
        if self.state.page is Page.LINK:
            self.put(page=self.state.before_link)
        elif not self.state.selling:
            self.put(page=Page.LINK, before_link=self.state.page)

    def choose_tab(self, at: int) -> None:
        """Show another tab of tiles."""
        self.put(tab=at)

    def next_sale(self) -> None:
        """Start the next sale; settings that came meanwhile hold from here on (U14)."""
        self.put(
            place=self.desk.place,
            basket=Basket(sale_id=self.desk.new_id()),
            page=Page.SALE,
            past=(),
            selected=None,
            held=None,
            options=None,
            ticked=frozenset(),
            sold=None,
            notice=None,
            given_text="",
            medium=MediaKind.CASH,
            quantity_text="",
            drawer_open=False,
            receipt_state="",
        )
        self.points.next_sale()

    # ------------------------------------------------------------ what happens outside

    def tick(self) -> None:
        """Show the time."""
        self.put(now_us=self.desk.now_us())

    def show_link(self, *, online: bool, broken: Broken, since_us: int, queue: Queue, just_sent: bool) -> None:
        """Show the connection and the queue; never a modal (U37)."""
        changed = replace(
            self.state, online=online, broken=broken, offline_since_us=since_us, queue=queue, just_sent=just_sent
        )
        if changed != self.state:
            self.state = changed
            self.changed.emit()

    def show_place(self, place: Place) -> None:
        """Take newer settings: at once while nothing is rung up, else with the next sale (U14)."""
        if not self.state.basket.lines and self.state.basket.member is None and self.state.page is Page.SALE:
            self.put(place=place, staff_name=self.desk.staff_name)

    def show_receipt_state(self, state: str) -> None:
        """Show what became of the receipt."""
        self.put(receipt_state=state)

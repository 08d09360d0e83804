"""Payment desk: tenders at the counter, the sale that they finish, and the receipt (R71, R79, U42).

The last payment sends the basket to the writer lane; until that has answered, every money button waits.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from clubtill_desk.lanes import Done, Failed, Refused
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale import tender as tenders
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal
from clubtill_terminal.actions.print_receipts import add_copy
from clubtill_terminal.actions.sell import Sold, sell
from clubtill_terminal.screens.till.state import Page

if TYPE_CHECKING:
    from clubtill_terminal.screens.till.counter import Counter

_DIGITS_MAX: Final = 9


class PaymentDesk:
    """The counter's part that takes money."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def open(self) -> None:
        """Go to the tender screen; a sale that points pay in full is finished at once."""
        counter = self._counter
        if counter.state.selling or counter.state.asking or counter.state.sold is not None:
            return
        if not counter.state.basket.lines:
            counter.say("sale.empty")
        elif baskets.totals(counter.state.basket, counter.catalogue).due == NIL:
            self._sell(counter.state.basket)
        else:
            counter.put(page=Page.TENDER, given_text="", notice=None)

    # ------------------------------------------------------------ what is given

    def choose_medium(self, kind: MediaKind) -> None:
        """Choose how the rest is paid."""
        self._counter.put(medium=kind, given_text="")

    def type_digits(self, digits: str) -> None:
        """Type digits of the amount given, in minor units."""
        typed = (self._counter.state.given_text + digits).lstrip("0")
        if len(typed) <= _DIGITS_MAX:
            self._counter.put(given_text=typed)

    def erase_digit(self) -> None:
        """Take the last digit back."""
        self._counter.put(given_text=self._counter.state.given_text[:-1])

    def give_amount(self, minor: int) -> None:
        """Choose one of the amounts offered."""
        self._counter.put(given_text=str(minor))

    # ------------------------------------------------------------ taking it

    def take(self) -> None:
        """Take what was given with the chosen medium, all or a part; the last payment finishes the sale."""
        counter = self._counter
        if counter.state.selling or counter.state.page is not Page.TENDER:
            return
        try:
            one = self._tender()
        except Refusal as refusal:
            counter.say(refusal.code, refusal.facts)
            return
        paid = baskets.tender(counter.state.basket, one)
        if baskets.totals(paid, counter.catalogue).due == NIL:
            self._sell(paid)
        else:
            counter.put(basket=paid, given_text="", notice=None)

    def _tender(self) -> Tender:
        state, catalogue = self._counter.state, self._counter.catalogue
        sums = baskets.totals(state.basket, catalogue)
        typed = Money(int(state.given_text)) if state.given_text else None
        media = catalogue.media_of(state.medium).id
        if state.medium is MediaKind.CASH:
            return tenders.part_cash(sums.due, typed or sums.cash_due, catalogue.venue.cash_step_minor, media)
        return tenders.card(sums.due, typed or sums.due, media)

    def void(self) -> None:
        """Take every payment out again, or the points when nothing else was taken (U42)."""
        counter = self._counter
        if counter.state.selling:
            return
        if counter.state.basket.tenders:
            counter.put(basket=baskets.void_tenders(counter.state.basket), given_text="", notice=None)
        elif counter.state.basket.ticked:
            counter.points.clear()

    def _sell(self, paid: Basket) -> None:
        counter = self._counter
        counter.put(selling=True, notice=None)
        act = partial(
            sell,
            counter.desk.terminal,
            paid,
            catalogue=counter.catalogue,
            staff_id=counter.desk.staff_id,
            offline=not counter.state.online,
            speech=counter.desk.speech,
            till=counter.state.place.terminal.name,
            staff=counter.desk.staff_name.split(" ")[0],
        )
        counter.desk.writer.submit(act, partial(self._sold, paid))

    def _sold(self, paid: Basket, outcome: Done[Sold] | Refused | Failed) -> None:
        """Show that it is paid and saved, or why not: then the basket is as it was before the last payment.

        A member who was banned meanwhile is taken off; what was paid stays, and the rest is still to be paid (R11).
        """
        counter = self._counter
        match outcome:
            case Done(sold):
                counter.put(
                    selling=False,
                    sold=sold,
                    page=Page.PAID,
                    past=(),
                    ticked=frozenset(),
                    options=None,
                    given_text="",
                    drawer_open=any(one.kind is MediaKind.CASH for one in sold.sale.taken),
                    receipt_state="printing",
                )
                counter.desk.print_now()
                counter.desk.after_write()
            case Refused(refusal):
                counter.put(selling=False)
                if refusal.code == "member.removed":
                    counter.points.give_back_sale("member")
                    basket = baskets.taken_off(paid, counter.catalogue)
                    counter.put(basket=basket, held=None, options=None, ticked=frozenset(), given_text="")
                counter.refresh_member()
                counter.say(refusal.code, refusal.facts)
            case Failed(fault):
                counter.put(selling=False)
                counter.say(fault.code, fault.facts)

    # ------------------------------------------------------------ the receipt

    def print_copy(self) -> None:
        """Print the last receipt once more, marked COPY (U116)."""
        counter = self._counter
        if counter.state.sold is not None:
            job = partial(add_copy, counter.desk.terminal, counter.state.sold.sale.sale_id)
            counter.desk.writer.submit(job, lambda _outcome: counter.desk.print_now())
            counter.put(receipt_state="printing")

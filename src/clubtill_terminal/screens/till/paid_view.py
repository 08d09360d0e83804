"""Paid view: the change, what was sold and earned, and the way to the next sale (wireframe 5.4, after paying)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Property, QObject, Signal, Slot

from clubtill_rules.goods.product import MediaKind
from clubtill_rules.values.money import NIL
from clubtill_terminal.screens.shown import Rows, View
from clubtill_terminal.screens.till.counter import Counter
from clubtill_terminal.screens.till.state import Page, State
from clubtill_terminal.screens.till.tender_view import SumRow
from clubtill_wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidShown:
    """Texts of the After-paying screen."""

    title: str = ""
    drawer: str = ""
    change_label: str = ""
    change: str = ""
    member: str = ""
    earned: str = ""
    balance: str = ""
    receipt: str = ""
    copy: str = ""
    next_sale: str = ""
    announce: str = ""


def facts(state: State, speech: Speech) -> list[SumRow]:
    """Give the facts of the finished sale: its number, the points used, what was handed over."""
    if state.sold is None:
        return []
    sale = state.sold.sale
    found = [
        SumRow(
            label=speech.label("paid.sale"),
            amount=speech.label("paid.sale_lines", number=str(sale.number), n=len(sale.lines)),
        )
    ]
    if sale.points_used:
        used = speech.label("paid.points_used", points=sale.points_used)
        found.append(SumRow(label=speech.label("paid.points"), amount=used))
    for one in sale.taken:
        if one.kind is MediaKind.CASH:
            words = speech.plain(one.given)
            if one.rounding > NIL:
                words = speech.label("paid.cash_rounded_up", given=one.given, rounding=one.rounding)
            elif one.rounding < NIL:
                words = speech.label("paid.cash_rounded_down", given=one.given, rounding=-one.rounding)
            found.append(SumRow(label=speech.label("paid.cash"), amount=words))
        else:
            found.append(SumRow(label=speech.label("paid.card"), amount=speech.plain(one.amount)))
    return found


def derive(state: State, speech: Speech) -> PaidShown:
    """Derive the After-paying screen; blank while no sale is finished."""
    if state.sold is None:
        return PaidShown()
    sold = state.sold
    sale = sold.sale
    count = abs(sale.award.hundredths) // 100
    earned = ""
    if sale.award:
        earned = speech.label("paid.earned", n=count, points=sale.award)
        if sale.offline:
            earned = speech.label("paid.earned_later", points=sale.award)
    balance = ""
    if sold.balance is not None:
        balance = speech.label("paid.balance", points=sold.balance)
        if sale.offline:
            balance = speech.label("paid.balance_as_at", points=sold.balance, at_us=state.queue.data_at_us)
    states = {"printing": "paid.printing", "printed": "paid.printed"}
    return PaidShown(
        title=speech.label("paid.title"),
        drawer=speech.label("paid.drawer_open") if state.drawer_open else "",
        change_label=speech.label("paid.change" if sale.change else "paid.no_change"),
        change=speech.money(sale.change),
        member=state.basket.member.name if state.basket.member and sale.account_id else "",
        earned=earned,
        balance=balance,
        receipt=speech.label(states[state.receipt_state]) if state.receipt_state in states else "",
        copy=speech.label("paid.copy"),
        next_sale=speech.label("paid.next"),
        announce=speech.label("paid.announce", change=sale.change),
    )


class PaidView(View):
    """The After-paying screen's view model."""

    SHOWS = PaidShown
    changed: Signal

    def __init__(self, counter: Counter, parent: QObject | None = None) -> None:
        super().__init__(PaidShown(), parent)
        self._counter = counter
        self._facts = Rows(SumRow, self)
        counter.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        state = self._counter.state
        if state.page is Page.PAID:
            self._facts.replace(facts(state, self._counter.desk.speech))
            self.show(derive(state, self._counter.desk.speech))

    @Property(QObject, constant=True)
    def facts(self) -> Rows:
        """Facts of the sale."""
        return self._facts

    @Slot()
    def nextSale(self) -> None:  # noqa: N802 - QML's case
        """Start the next sale."""
        self._counter.next_sale()

    @Slot()
    def printCopy(self) -> None:  # noqa: N802 - QML's case
        """Print the receipt once more, marked COPY."""
        self._counter.payment.print_copy()

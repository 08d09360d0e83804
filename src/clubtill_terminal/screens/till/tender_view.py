"""Tender view: what is owed, how it can be paid, and the cash entry with its change (wireframe 5.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Property, QObject, Signal, Slot

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.sale.basket import Totals, totals
from clubtill_rules.values.money import NIL, Money
from clubtill_terminal.screens.shown import Rows, View
from clubtill_terminal.screens.till.counter import Counter
from clubtill_terminal.screens.till.member_strip import strip
from clubtill_terminal.screens.till.sale_view import earns_words, tax_words
from clubtill_terminal.screens.till.state import Page, State
from clubtill_wording.speech import Speech

_OFFERS_MAX: Final = 5
_ROUND_UP: Final = (500, 1000, 2000, 5000, 10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class SumRow:
    """A line of the sums at the left."""

    label: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MediumRow:
    """A way to pay, with the amount it would cost."""

    kind: str
    glyph: str
    label: str
    detail: str
    amount: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """An amount that is often handed over."""

    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderShown:
    """Texts of the tender screen."""

    to_pay_label: str
    due: str
    tax: str
    pay_with: str
    initials: str
    tint: int
    member: str
    earns: str
    entry_label: str
    entry_due: str
    given_label: str
    given: str
    change_label: str
    change: str
    take: str
    then: str
    back: str
    void_label: str
    can_void: bool
    cash: bool
    busy: bool


def offers(due: Money) -> list[Money]:
    """Give the amounts that people hand over for what is due in cash: exact, then the next notes up (U108)."""
    found = [due]
    for step in _ROUND_UP:
        rounded = Money(-(-due.minor // step) * step)
        if rounded not in found:
            found.append(rounded)
    return sorted(found)[:_OFFERS_MAX]


def sums_rows(state: State, sums: Totals, speech: Speech) -> list[SumRow]:
    """Give what the sale came to and what has been paid of it."""
    count = len(state.basket.lines)
    whole = sums.total + sums.points_pay_discount
    found = [SumRow(label=speech.label("tender.sale_lines", n=count), amount=speech.plain(whole))]
    if sums.points_pay_discount:
        found.append(SumRow(label=speech.label("tender.pp_discount"), amount=speech.plain(-sums.points_pay_discount)))
    if sums.points_used:
        label = speech.label("tender.points", points=sums.points_used)
        found.append(SumRow(label=label, amount=speech.plain(-sums.points_value)))
    for one in state.basket.tenders:
        label = speech.label("tender.cash" if one.kind is MediaKind.CASH else "tender.card")
        found.append(SumRow(label=label, amount=speech.plain(-one.amount)))
    return found


def media(state: State, sums: Totals, speech: Speech) -> list[MediumRow]:
    """Give the ways to pay; both prices stand there before the choice (U108)."""
    rounding = sums.cash_rounding
    if rounding > NIL:
        detail = speech.label("tender.rounded_up", amount=rounding)
    elif rounding < NIL:
        detail = speech.label("tender.rounded_down", amount=-rounding)
    else:
        detail = ""
    return [
        MediumRow(
            kind="card",
            glyph="card",
            label=speech.label("tender.card"),
            detail="",
            amount=speech.money(sums.due),
            chosen=state.medium is MediaKind.CARD,
        ),
        MediumRow(
            kind="cash",
            glyph="cash",
            label=speech.label("tender.cash"),
            detail=detail,
            amount=speech.money(sums.cash_due),
            chosen=state.medium is MediaKind.CASH,
        ),
    ]


def offer_rows(state: State, sums: Totals, speech: Speech) -> list[OfferRow]:
    """Give the amounts offered for cash."""
    if state.medium is not MediaKind.CASH:
        return []
    return [
        OfferRow(
            label=speech.plain(one) if one.minor % 100 else speech.plain(one).split(".")[0],
            chosen=state.given_text == str(one.minor),
        )
        for one in offers(sums.cash_due)
    ]


def will_earn(sums: Totals, state: State, speech: Speech) -> str:
    """Say what the sale will earn when it is paid; nothing and offline as on the sale page."""
    points = sums.earns.points
    if state.basket.member is None or not points or not state.online:
        return earns_words(sums, state, speech)
    return speech.label("tender.will_earn", n=abs(points.hundredths) // 100, points=points)


def derive(state: State, catalogue: Catalogue, speech: Speech) -> TenderShown:
    """Derive the tender screen: change is shown before the money is taken."""
    sums = totals(state.basket, catalogue)
    cash = state.medium is MediaKind.CASH
    due = sums.cash_due if cash else sums.due
    given = Money(int(state.given_text)) if state.given_text else due
    change = given - due
    shown = strip(state, catalogue, speech)
    take = "tender.take_cash" if cash else "tender.take_card"
    paid = bool(state.basket.tenders)
    return TenderShown(
        to_pay_label=speech.label("tender.to_pay"),
        due=speech.money(sums.due),
        tax=tax_words(sums, speech),
        pay_with=speech.label("tender.pay_with"),
        initials=shown.initials,
        tint=shown.tint,
        member=shown.name,
        earns=will_earn(sums, state, speech),
        entry_label=speech.label("tender.cash_to_pay" if cash else "tender.card"),
        entry_due=speech.money(due),
        given_label=speech.label("tender.given"),
        given=speech.money(given),
        change_label=speech.label("tender.missing" if change < NIL and cash else "tender.change"),
        change=speech.money(-change if change < NIL else change) if cash else "",
        take=speech.label(take, amount=given),
        then=speech.label("points.then_pay", amount=sums.due - given) if NIL < given < due else "",
        back=speech.label("tender.back"),
        void_label=speech.label("tender.void_payment" if paid else "tender.void_points"),
        can_void=paid or bool(state.basket.ticked),
        cash=cash,
        busy=state.selling,
    )


class TenderView(View):
    """The tender screen's view model."""

    SHOWS = TenderShown
    changed: Signal

    def __init__(self, counter: Counter, parent: QObject | None = None) -> None:
        super().__init__(derive(counter.state, counter.catalogue, counter.desk.speech), parent)
        self._counter = counter
        self._sums, self._media, self._offers = Rows(SumRow, self), Rows(MediumRow, self), Rows(OfferRow, self)
        counter.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        state, speech = self._counter.state, self._counter.desk.speech
        if state.page is Page.TENDER:
            figures = totals(state.basket, self._counter.catalogue)
            self._sums.replace(sums_rows(state, figures, speech))
            self._media.replace(media(state, figures, speech))
            self._offers.replace(offer_rows(state, figures, speech))
            self.show(derive(state, self._counter.catalogue, speech))

    @Property(QObject, constant=True)
    def sums(self) -> Rows:
        """What the sale came to."""
        return self._sums

    @Property(QObject, constant=True)
    def media(self) -> Rows:
        """Ways to pay."""
        return self._media

    @Property(QObject, constant=True)
    def offers(self) -> Rows:
        """Amounts often handed over."""
        return self._offers

    @Slot(str)
    def choose(self, kind: str) -> None:
        """Choose a way to pay."""
        self._counter.payment.choose_medium(MediaKind(kind))

    @Slot(str)
    def typed(self, digits: str) -> None:
        """Type digits."""
        self._counter.payment.type_digits(digits)

    @Slot()
    def erased(self) -> None:
        """Take a digit back."""
        self._counter.payment.erase_digit()

    @Slot(int)
    def offered(self, at: int) -> None:
        """Choose an amount offered, by its place in the row: QML never gets the amount itself."""
        due = totals(self._counter.state.basket, self._counter.catalogue).cash_due
        self._counter.payment.give_amount(offers(due)[at].minor)

    @Slot()
    def takeNow(self) -> None:  # noqa: N802 - QML's case
        """Take the payment."""
        self._counter.payment.take()

    @Slot()
    def voidNow(self) -> None:  # noqa: N802 - QML's case
        """Void what was paid, or the points."""
        self._counter.payment.void()

    @Slot()
    def leave(self) -> None:
        """Go back to the sale; what was taken stays taken."""
        self._counter.go(Page.SALE)

"""Sale view: tiles, member strip, lines and totals of the till, derived from its state (wireframe 5.1)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Property, QObject, Signal, Slot

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line, PriceReason
from clubtill_rules.sale.basket import Totals, totals
from clubtill_rules.values.money import Money
from clubtill_terminal.screens.shown import Rows, View
from clubtill_terminal.screens.till.counter import Counter
from clubtill_terminal.screens.till.member_strip import strip
from clubtill_terminal.screens.till.state import Page, State
from clubtill_terminal.screens.till.tiles import Tab, Tile, tabs, tiles
from clubtill_wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """A line of the sale."""

    n: int
    quantity: str
    label: str
    amount: str
    note: str
    selected: bool
    before_selected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleShown:
    """Texts of the sale page and the order column."""

    page: str
    strip_initials: str
    strip_tint: int
    strip_name: str
    strip_detail: str
    strip_points: str
    strip_worth: str
    strip_status: str
    strip_button: str
    strip_reason: str
    has_member: bool
    saved: str
    earns: str
    total_label: str
    tax: str
    total: str
    pay: str
    pay_named: str
    pay_reason: str
    undo: str
    undo_reason: str
    undo_named: str
    member: str
    more_families: str
    next_tiles: str
    empty: str
    has_lines: bool
    has_selected: bool
    less_named: str
    more_named: str
    remove_named: str
    quantity: str
    quantity_named: str
    typing_quantity: bool
    busy: bool


def note_of(line: Line, speech: Speech) -> str:
    """Say under a line why it costs what it costs."""
    if line.by_points is not None:
        return speech.label("line.by_points", points=line.by_points.points)
    words = {
        PriceReason.MEMBER_LEVEL: "line.member_price",
        PriceReason.CAMPAIGN: "line.campaign",
        PriceReason.OVERRIDE: "line.override",
    }
    key = words.get(line.price_reason)
    if key is None:
        return speech.label("line.discount", amount=line.discount) if line.discount else ""
    if line.price_reason is PriceReason.OVERRIDE:
        return speech.label(key)
    return speech.label(key, amount=line.saved) if line.saved else speech.label(f"{key}_plain")


def order(state: State, speech: Speech) -> list[OrderRow]:
    """Give the lines of the sale as the order column shows them."""
    lines = state.basket.lines
    return [
        OrderRow(
            n=line.n,
            quantity=str(line.qty),
            label=line.name,
            amount=speech.plain(line.net),
            note=note_of(line, speech),
            selected=line.n == state.selected,
            before_selected=at + 1 < len(lines) and lines[at + 1].n == state.selected,
        )
        for at, line in enumerate(lines)
    ]


def _count(hundredths: int) -> int:
    return abs(hundredths) // 100


def tax_words(sums: Totals, speech: Speech) -> str:
    """Say the tax in the total: "GST included 4.28"."""
    label = next((t.label for t in sums.tax if t.amount), "")
    return speech.label("till.tax_included", tax=label, amount=sums.tax_total) if label else ""


def earns_words(sums: Totals, state: State, speech: Speech) -> str:
    """Say what the sale earns; offline, that it comes later (U89)."""
    points = sums.earns.points
    if state.basket.member is None:
        return ""
    if not points:
        return speech.label("till.earns_nothing")
    if not state.online:
        return speech.label("till.earns_later", points=points)
    return speech.label("till.earns", n=_count(points.hundredths), points=points)


def undo_reason(state: State, speech: Speech) -> str:
    """Say why nothing can be undone now: there is nothing, or a payment was taken (U40, U42)."""
    if state.basket.tenders:
        return speech.label("till.undo_paid")
    return "" if state.past else speech.label("till.nothing_to_undo")


def derive(state: State, catalogue: Catalogue, speech: Speech) -> SaleShown:
    """Derive the sale page from the state."""
    sums = totals(state.basket, catalogue)
    shown = strip(state, catalogue, speech)
    lines = state.basket.lines
    picked = next((line for line in lines if line.n == state.selected), None)
    due = sums.due if lines else Money(0)
    reason = "" if lines and state.sold is None else speech.label("till.nothing_to_pay")
    return SaleShown(
        page=state.page.value,
        strip_initials=shown.initials,
        strip_tint=shown.tint,
        strip_name=shown.name or speech.label("till.no_member"),
        strip_detail=shown.detail,
        strip_points=shown.points,
        strip_worth=shown.worth,
        strip_status=shown.status,
        strip_button=speech.label("member.use_points"),
        strip_reason="" if lines else speech.label("till.nothing_to_pay"),
        has_member=state.basket.member is not None,
        saved=speech.label("till.saved", amount=sums.saved) if sums.saved else "",
        earns=earns_words(sums, state, speech),
        total_label=speech.label("till.total"),
        tax=tax_words(sums, speech),
        total=speech.money(sums.total),
        pay=reason or speech.label("till.pay", amount=due),
        pay_named=speech.label("till.pay_named", amount=due),
        pay_reason=reason,
        undo=speech.label("till.undo"),
        undo_reason=undo_reason(state, speech),
        undo_named=speech.label("till.undo_named", act=state.past[-1].act) if state.past else speech.label("till.undo"),
        member=speech.label("till.member"),
        more_families=speech.label("till.more_families"),
        next_tiles=speech.label("till.next"),
        empty=speech.label("till.empty"),
        has_lines=bool(lines),
        has_selected=picked is not None,
        less_named=speech.label("line.less_named", product=picked.name) if picked else "",
        more_named=speech.label("line.more_named", product=picked.name) if picked else "",
        remove_named=speech.label("line.remove_named", n=picked.qty, product=picked.name) if picked else "",
        quantity=speech.label("line.qty") + (f"  {state.quantity_text}" if state.quantity_text else ""),
        quantity_named=speech.label("line.qty_named", product=picked.name) if picked else "",
        typing_quantity=bool(state.quantity_text),
        busy=state.selling or state.asking,
    )


class SaleView(View):
    """The sale page's view model."""

    SHOWS = SaleShown
    changed: Signal

    def __init__(self, counter: Counter, parent: QObject | None = None) -> None:
        super().__init__(derive(counter.state, counter.catalogue, counter.desk.speech), parent)
        self._counter = counter
        self._tabs, self._tiles, self._order = Rows(Tab, self), Rows(Tile, self), Rows(OrderRow, self)
        counter.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        state, catalogue, speech = self._counter.state, self._counter.catalogue, self._counter.desk.speech
        self._tabs.replace(tabs(state))
        self._tiles.replace(tiles(state, catalogue, speech))
        self._order.replace(order(state, speech))
        self.show(derive(state, catalogue, speech))

    @Property(QObject, constant=True)
    def tabs(self) -> Rows:
        """Tabs of tiles."""
        return self._tabs

    @Property(QObject, constant=True)
    def tiles(self) -> Rows:
        """Tiles of the chosen tab."""
        return self._tiles

    @Property(QObject, constant=True)
    def order(self) -> Rows:
        """Lines of the sale."""
        return self._order

    @Slot(str)
    def addProduct(self, product_id: str) -> None:  # noqa: N802 - QML's case
        """Ring up a tile."""
        self._counter.add_product(product_id)

    @Slot(int)
    def chooseTab(self, at: int) -> None:  # noqa: N802 - QML's case
        """Show another tab."""
        self._counter.choose_tab(at)

    @Slot(int)
    def select(self, n: int) -> None:
        """Choose a line."""
        self._counter.select(n)

    @Slot()
    def more(self) -> None:
        """One more of the chosen line."""
        self._counter.more()

    @Slot()
    def less(self) -> None:
        """One less of the chosen line."""
        self._counter.less()

    @Slot(str)
    def typeQuantity(self, digits: str) -> None:  # noqa: N802 - QML's case
        """Type digits of a quantity for the chosen line."""
        self._counter.type_quantity(digits)

    @Slot()
    def eraseQuantity(self) -> None:  # noqa: N802 - QML's case
        """Take a digit back."""
        self._counter.erase_quantity()

    @Slot()
    def clearQuantity(self) -> None:  # noqa: N802 - QML's case
        """Forget the typed digits."""
        self._counter.put(quantity_text="")

    @Slot()
    def setQuantity(self) -> None:  # noqa: N802 - QML's case
        """Give the chosen line the typed quantity."""
        self._counter.set_quantity()

    @Slot()
    def removed(self) -> None:
        """Take the chosen line away."""
        self._counter.remove_selected()

    @Slot()
    def undoLast(self) -> None:  # noqa: N802 - QML's case
        """Take the last act back."""
        self._counter.undo()

    @Slot()
    def payNow(self) -> None:  # noqa: N802 - QML's case
        """Go on to payment."""
        self._counter.payment.open()

    @Slot()
    def usePoints(self) -> None:  # noqa: N802 - QML's case
        """Open Points Pay."""
        self._counter.points.open()

    @Slot()
    def searchMember(self) -> None:  # noqa: N802 - QML's case
        """Open the member search, ready to type."""
        self._counter.start_search()

    @Slot()
    def openMember(self) -> None:  # noqa: N802 - QML's case
        """Open the member panel."""
        self._counter.go(Page.MEMBER)

"""Points view: Points Pay line by line, with the sums and the words on the primary button (wireframe 5.3)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Property, QObject, Signal, Slot

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points.redeeming import Option
from clubtill_rules.sale.basket import clear_points, totals
from clubtill_rules.values.money import NIL, total
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_terminal.screens.shown import Rows, View
from clubtill_terminal.screens.till.counter import Counter
from clubtill_terminal.screens.till.state import Page, State
from clubtill_wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsRow:
    """A line as Points Pay offers it; `reason` says why not."""

    n: int
    quantity: str
    label: str
    price: str
    points: str
    detail: str
    ticked: bool
    reason: str
    named: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsShown:
    """Texts of Points Pay."""

    title: str
    ratio: str
    item_head: str
    price_head: str
    points_head: str
    banner: str
    balance_label: str
    balance: str
    used_label: str
    used: str
    left_label: str
    left: str
    sale_label: str
    sale: str
    covered_label: str
    covered: str
    discount_label: str
    discount: str
    due_label: str
    due: str
    when: str
    use: str
    then: str
    use_reason: str
    back: str
    tick_all: str
    clear: str
    busy: bool


def rows(state: State, catalogue: Catalogue, speech: Speech) -> list[PointsRow]:
    """Give a row for every line of the sale, those too that points cannot pay (R68)."""
    if state.options is None:
        return []
    offered = {row.n: row for row in state.options.rows}
    return [_row(n, offered, state, catalogue, speech) for n in (line.n for line in state.basket.lines)]


def _row(n: int, offered: dict[int, Option], state: State, catalogue: Catalogue, speech: Speech) -> PointsRow:
    line, row = state.basket.line(n), offered[n]
    classification = catalogue.classification_of(state.basket.member)
    reason = ""
    if row.reason == "points.short":
        reason = speech.label("points.short", short_by=row.short_by)
    elif row.reason == "points.excluded.family":
        name = classification.description if classification else ""
        reason = speech.label(row.reason, classification=name)
    elif row.reason:
        reason = speech.label(row.reason)
    if reason:
        detail = reason
    elif row.own_price:
        detail = speech.label("points.own_price")
    elif row.discount:
        rate_bp = classification.points_pay_discount_bp if classification else 0
        detail = speech.label("points.discount", rate_bp=rate_bp)
    else:
        detail = speech.label("points.no_discount")
    points = speech.label("points.not") if reason and row.reason != "points.short" else speech.points(row.points)
    named = speech.label("points.tick_named", points=row.points, n=line.qty, product=line.name)
    return PointsRow(
        n=n,
        quantity=str(line.qty),
        label=line.name,
        price=speech.plain(line.net),
        points=points,
        detail=detail,
        ticked=n in state.ticked,
        reason=reason,
        named=f"{line.qty} {line.name}: {reason}" if reason else named,
    )


def banner(state: State, catalogue: Catalogue, available: Points, speech: Speech) -> str:
    """Say before the act what offline allows (U60)."""
    if state.online:
        return ""
    if catalogue.venue.offline_mode is OfflineMode.REFUSE:
        return speech.sentence("points.offline", {}, place="till").body
    balance = state.held.balance if state.held else NO_POINTS
    return speech.label("points.lease_banner", usable=available, balance=balance)


def fits_only(state: State) -> bool:
    """Say whether nothing is ticked and the points reach for some lines, yet not for all (wireframe 5.3)."""
    rows = state.options.rows if state.options else ()
    reasons = {row.reason for row in rows}
    return not state.ticked and "points.short" in reasons and "" in reasons


def derive(state: State, catalogue: Catalogue, speech: Speech) -> PointsShown:
    """Derive Points Pay from the state: what the ticks cost, cover and leave."""
    options = state.options
    chosen = [row for row in options.rows if row.n in state.ticked] if options else []
    used = Points(sum(row.points.hundredths for row in chosen))
    value, discount = total([r.value for r in chosen]), total([r.discount for r in chosen])
    whole = totals(clear_points(state.basket) if not state.basket.tenders else state.basket, catalogue).total
    due = whole - value - discount
    balance = state.held.balance if state.held else NO_POINTS
    ratio = options.ratio if options else 0
    fits = fits_only(state)
    use = speech.label("points.use_what_fits") if fits else speech.label("points.use", points=used)
    then = speech.label("points.then_pay", amount=due) if due > NIL else speech.label("points.then_done")
    return PointsShown(
        title=speech.label("points.title"),
        ratio=speech.label("points.ratio_at", ratio=speech.ratio(ratio), location=catalogue.location.name),
        item_head=speech.label("points.item"),
        price_head=speech.label("points.price"),
        points_head=speech.label("points.points"),
        banner=banner(state, catalogue, options.available if options else NO_POINTS, speech),
        balance_label=speech.label("points.balance"),
        balance=speech.points(balance),
        used_label=speech.label("points.used"),
        used=speech.points(-used) if used else speech.points(used),
        left_label=speech.label("points.left"),
        left=speech.points(balance - used),
        sale_label=speech.label("points.sale"),
        sale=speech.plain(whole),
        covered_label=speech.label("points.covered"),
        covered=speech.plain(-value),
        discount_label=speech.label("points.pp_discount"),
        discount=speech.plain(-discount),
        due_label=speech.label("points.still_to_pay"),
        due=speech.money(due),
        when=speech.label("points.when"),
        use=speech.label("points.asking") if state.asking else use,
        then="" if state.asking or not chosen else then,
        use_reason="" if chosen or fits else speech.label("points.none_ticked"),
        back=speech.label("points.back"),
        tick_all=speech.label("points.tick_all"),
        clear=speech.label("points.clear_ticks"),
        busy=state.asking,
    )


class PointsView(View):
    """Points Pay's view model."""

    SHOWS = PointsShown
    changed: Signal

    def __init__(self, counter: Counter, parent: QObject | None = None) -> None:
        super().__init__(derive(counter.state, counter.catalogue, counter.desk.speech), parent)
        self._counter = counter
        self._rows = Rows(PointsRow, self)
        counter.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        state = self._counter.state
        if state.page is Page.POINTS:
            self._rows.replace(rows(state, self._counter.catalogue, self._counter.desk.speech))
            self.show(derive(state, self._counter.catalogue, self._counter.desk.speech))

    @Property(QObject, constant=True)
    def rows(self) -> Rows:
        """Every line of the sale."""
        return self._rows

    @Slot(int)
    def tick(self, n: int) -> None:
        """Tick or untick a line."""
        self._counter.points.tick(n)

    @Slot()
    def tickAll(self) -> None:  # noqa: N802 - QML's case
        """Tick all that can be ticked."""
        self._counter.points.tick_all()

    @Slot()
    def clearTicks(self) -> None:  # noqa: N802 - QML's case
        """Untick all."""
        self._counter.points.untick_all()

    @Slot()
    def useNow(self) -> None:  # noqa: N802 - QML's case
        """Take the lease and go on to pay the rest; with nothing ticked, use what fits."""
        if fits_only(self._counter.state):
            self._counter.points.use_what_fits()
        else:
            self._counter.points.use()

    @Slot()
    def leave(self) -> None:
        """Go back to the sale; the choice goes, and its lease with it (R72)."""
        self._counter.points.clear()
        self._counter.go(Page.SALE)

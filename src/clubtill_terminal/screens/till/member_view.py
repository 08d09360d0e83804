"""Member view: search, and the panel of the member on the sale; offline every figure carries its time (5.2)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Property, QObject, Signal, Slot

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import Special
from clubtill_rules.members.account import CardState
from clubtill_rules.members.standing import financial
from clubtill_rules.values.days import NEVER_PAID, in_window, local, trading_day
from clubtill_rules.values.points import NO_POINTS
from clubtill_terminal.screens.shown import Rows, View
from clubtill_terminal.screens.till.counter import Counter
from clubtill_terminal.screens.till.member_strip import strip, worth_of
from clubtill_terminal.screens.till.state import Page, State
from clubtill_wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A member found by search."""

    number: str
    label: str
    detail: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """A fact of the panel: a label and its value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A small mark under the name: standing, classification, linked classifications."""

    label: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberShown:
    """Texts of the member panel."""

    search_hint: str
    query: str
    found_words: str
    has_member: bool
    searching: bool
    space_named: str
    erase_named: str
    initials: str = ""
    tint: int = 0
    no_photo: str = ""
    name: str = ""
    number: str = ""
    note: str = ""
    points_head: str = ""
    points: str = ""
    points_worth: str = ""
    points_expiry: str = ""
    offers_head: str = ""
    offers: str = ""
    cards_head: str = ""
    back: str = ""
    use_points: str = ""
    take_off: str = ""
    take_off_named: str = ""


def found_rows(state: State) -> list[FoundRow]:
    """Give the members found: name, classification and standing; never an address or a date of birth."""
    rows = []
    for one in state.found:
        catalogue = state.place.catalogue_of(one.account.club_id)
        classification = catalogue.classification_of(one.member)
        words = classification.description if classification else ""
        rows.append(
            FoundRow(
                number=one.member.number,
                label=one.member.name,
                detail=words,
                status="ok" if one.attach.ok and one.attach.benefits else "warn" if one.attach.ok else "denied",
            )
        )
    return rows


def chips(state: State, catalogue: Catalogue, speech: Speech) -> list[Chip]:
    """Give the marks under the name."""
    member = state.basket.member
    if member is None:
        return []
    paid = financial(member, catalogue.club, trading_day(state.now_us, catalogue.venue.clock))
    found = [
        Chip(label=speech.label("member.paid_up" if paid else "member.not_paid_up"), status="ok" if paid else "warn")
    ]
    own = catalogue.classifications.get(member.classification)
    if own is not None:
        found.append(Chip(label=own.description, status=""))
    for linked in member.linked:
        other = catalogue.classifications.get(linked.number)
        if other is not None:
            label = speech.label("member.linked", initial=other.sub_club, classification=other.description)
            found.append(Chip(label=label.strip(), status=""))
    return found


def facts(state: State, speech: Speech) -> list[FactRow]:
    """Give paid-to and joined."""
    member = state.basket.member
    if member is None:
        return []
    paid = speech.label("member.never_paid") if member.renewal_date == NEVER_PAID else speech.day(member.renewal_date)
    found = [FactRow(label=speech.label("member.paid_to"), value=paid)]
    joined = (member.attributes or {}).get("joined", "")
    if joined:
        found.append(FactRow(label=speech.label("member.joined"), value=joined))
    return found


def cards(state: State, speech: Speech) -> list[FactRow]:
    """Give the member's cards by their last four characters, and what became of each."""
    member = state.basket.member
    words = {
        CardState.ACTIVE: "member.card_active",
        CardState.BLOCKED: "member.card_stopped",
        CardState.REPLACED: "member.card_replaced",
    }
    tokens = member.cards if member else ()
    return [
        FactRow(label=speech.label("member.card_ends", last4=one.last4), value=speech.label(words[one.state]))
        for one in tokens[:2]
    ]


def offers(state: State, catalogue: Catalogue, speech: Speech) -> str:
    """Name the specials that hold here and now, and that member prices apply (5.2)."""
    now = local(state.now_us, catalogue.venue.zone)

    def holds(one: Special) -> bool:
        here = not one.locations or catalogue.location.id in one.locations
        days = frozenset(one.weekdays)
        return here and one.starts <= now.date() <= one.ends and in_window(now, days, one.start_min, one.end_min)

    names = [one.name for one in catalogue.specials if holds(one)]
    if state.basket.benefits:
        names.insert(0, speech.label("member.member_prices"))
    return "\n".join(names[:3]) if names else speech.label("member.no_offers")


def derive(state: State, catalogue: Catalogue, speech: Speech) -> MemberShown:
    """Derive the panel from the state."""
    member, account = state.basket.member, state.basket.account
    found = len(state.found)
    words = ""
    if state.query_text:
        words = speech.label("member.found", n=found) if found else speech.sentence("member.not_found", {}).title
    if member is None or account is None:
        return MemberShown(
            search_hint=speech.label("member.search"),
            query=state.query_text,
            found_words=words,
            has_member=False,
            searching=True,
            space_named=speech.label("member.key_space"),
            erase_named=speech.label("tender.backspace"),
            back=speech.label("member.back"),
        )
    shown = strip(state, catalogue, speech)
    held = state.held.balance if state.held else NO_POINTS
    worth = worth_of(state, catalogue, speech)
    here = speech.label("member.worth_here", worth=worth) if worth else speech.label("member.cannot_redeem")
    if not state.online:
        here = speech.label("member.as_at", at_us=state.queue.data_at_us)
    soon = account.expiring[0] if account.expiring else None
    expiry = speech.label("member.nothing_expires")
    if soon is not None:
        expiry = speech.label("member.expire", points=soon.left, day=soon.last_day)
    return MemberShown(
        search_hint=speech.label("member.search"),
        query=state.query_text,
        found_words=words,
        has_member=True,
        searching=state.searching or bool(state.query_text),
        space_named=speech.label("member.key_space"),
        erase_named=speech.label("tender.backspace"),
        initials=shown.initials,
        tint=shown.tint,
        no_photo=speech.label("member.no_photo"),
        name=member.name,
        number=speech.label("member.number", number=member.number),
        note=member.note,
        points_head=speech.label("member.card_points"),
        points=speech.points(held),
        points_worth=here,
        points_expiry=expiry,
        offers_head=speech.label("member.card_offers"),
        offers=offers(state, catalogue, speech),
        cards_head=speech.label("member.card_cards"),
        back=speech.label("member.back"),
        use_points=speech.label("member.use_points"),
        take_off=speech.label("member.take_off"),
        take_off_named=speech.label("member.take_off_named", name=member.name),
    )


class MemberView(View):
    """The member panel's view model."""

    SHOWS = MemberShown
    changed: Signal

    def __init__(self, counter: Counter, parent: QObject | None = None) -> None:
        super().__init__(derive(counter.state, counter.catalogue, counter.desk.speech), parent)
        self._counter = counter
        self._found, self._chips = Rows(FoundRow, self), Rows(Chip, self)
        self._facts, self._cards = Rows(FactRow, self), Rows(FactRow, self)
        counter.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        state, catalogue, speech = self._counter.state, self._counter.catalogue, self._counter.desk.speech
        if state.page is Page.MEMBER:
            self._found.replace(found_rows(state))
            self._chips.replace(chips(state, catalogue, speech))
            self._facts.replace(facts(state, speech))
            self._cards.replace(cards(state, speech))
            self.show(derive(state, catalogue, speech))

    @Property(QObject, constant=True)
    def found(self) -> Rows:
        """Members found by search."""
        return self._found

    @Property(QObject, constant=True)
    def chips(self) -> Rows:
        """Marks under the name."""
        return self._chips

    @Property(QObject, constant=True)
    def facts(self) -> Rows:
        """Facts beside the photo."""
        return self._facts

    @Property(QObject, constant=True)
    def cards(self) -> Rows:
        """The member's cards."""
        return self._cards

    @Slot(str)
    def search(self, typed_text: str) -> None:
        """Search by name or number."""
        self._counter.search(typed_text)

    @Slot(int)
    def attach(self, at: int) -> None:
        """Put a found member on the sale."""
        self._counter.attach_found(at)

    @Slot()
    def takeOff(self) -> None:  # noqa: N802 - QML's case
        """Take the member off the sale."""
        self._counter.take_off()

    @Slot()
    def usePoints(self) -> None:  # noqa: N802 - QML's case
        """Open Points Pay."""
        self._counter.points.open()

    @Slot()
    def leave(self) -> None:
        """Go back to the sale."""
        self._counter.go(Page.SALE)

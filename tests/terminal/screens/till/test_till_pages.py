"""The till as a cashier works it: by touch, by mouse and by keyboard, on a real store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt

from clubtill_rules.values.points import Points
from clubtill_sync.wire.feed import DenyRow
from clubtill_sync.wire.requests import LeaseRow
from clubtill_terminal.screens.till.state import Page
from clubtill_terminal.store import documents, leases, sales
from tests.terminal.screens.till.scenes import JEANS, card_of, offline, play, ring_up


@pytest.fixture
def stage(till, show):
    """Give the till on a 15.6 inch screen."""
    return show("screens.till", "Till", {"vm": till}, size="1366x768")


def tap_again(stage, name: str, done: Callable[[], bool]) -> None:
    """Tap a guarded button until it hears: the guard is deaf for a quarter of a second after a tap (U21)."""

    def tapped() -> bool:
        if not done():
            stage.tap(stage.find(name))
        return done()

    stage.wait_until(tapped)


def press_again(stage, done: Callable[[], bool]) -> None:
    """As `tap_again`, with F12."""

    def pressed() -> bool:
        if not done():
            stage.key(Qt.Key.Key_F12)
        return done()

    stage.wait_until(pressed)


def hold(till, points: int, account: str = "a100001") -> None:
    """Keep a lease at this till, as the ledger would have granted it."""
    row = LeaseRow(
        lease_id="f" * 32,
        club_id="larkspur",
        account_id=account,
        granted_h=points * 100,
        spent_h=0,
        sale_id="",
        ask_no=0,
        advice=((date(2026, 12, 31), points * 100),),
    )
    with till.counter.desk.terminal.store.facts.begin() as facts:
        leases.adopt(facts, [row])


@pytest.mark.parametrize("by", ["touch", "mouse"])
def test_a_whole_sale(till, stage, by: str) -> None:
    """5.1-5.4, 10: two beers, a light one and a parma; Jean; points for the beers; cash; change; the next sale."""
    hold(till, 2500)
    offline(till)
    stage.tap("Schooner Pale, 8.50", by)
    stage.tap("Schooner Pale, 8.50, 1", by)
    stage.tap("Light schooner, 7.20", by)
    stage.tap("Bistro", by)
    stage.tap("Member parma", by)
    assert till.sale.shown.total == "$51.18"
    till.counter.card_seen(card_of("100001", 2))
    stage.settle()
    assert (till.sale.shown.total, till.sale.shown.strip_name) == ("$47.18", "Jean Okafor")
    stage.tap("Use points", by)
    stage.tap("Use 1,440 points for 2 Schooner Pale", by)
    stage.tap("Use 648 points for 1 Light schooner", by)
    refused = next(row for row in till.points.rows.rows if row.label == "Member parma")
    assert refused.detail == "Already in a campaign: pay another way"
    assert (till.points.shown.used, till.points.shown.due) == ("\u22122,088", "$23.98")
    stage.tap("Use 2,088 points", by)
    assert till.sale.shown.page == "tender"
    assert (till.tender.shown.due, till.tender.shown.entry_due) == ("$23.98", "$24.00")
    stage.tap("30", by)
    assert till.tender.shown.change == "$6.00"
    stage.tap("Take cash", by)
    assert till.sale.shown.page == "paid"
    assert (till.paid.shown.change, till.paid.shown.earned) == ("$6.00", "+47 points when online")
    assert "10,379" in till.paid.shown.balance
    stage.tap("Next sale", by)
    assert (till.sale.shown.page, till.sale.shown.has_lines) == ("sale", False)


def test_what_is_sold_is_kept(till, stage) -> None:
    """I3, U61: when the change shows, sale and receipt are in the store."""
    stage.tap("Light schooner, 7.20")
    stage.tap("Pay $7.20")
    stage.tap("Take cash")
    sold = till.counter.state.sold
    with till.counter.desk.terminal.store.reading_facts.begin() as facts:
        kept = sales.find_sale(facts, sold.sale.sale_id)
        jobs = sales.unprinted(facts)
    assert kept.total_minor == 720
    assert [(job.sale_id, job.drawer) for job in jobs] == [(sold.sale.sale_id, True)]


def test_prices_change_when_a_card_is_read(till, stage) -> None:
    """U10, R80: tiles and lines show the member's price, and the strip shows who it is."""
    stage.tap("Schooner Pale, 8.50")
    till.counter.card_seen(card_of("100001", 2))
    stage.settle()
    assert stage.target("Schooner Pale, 8.00, 1").property("memberPrice")
    assert till.sale.shown.total == "$8.00"


def test_undo_goes_back_step_by_step(till, stage) -> None:
    """U40: undo names the act and takes back line, member and line, until nothing is left to undo."""
    stage.tap("Light schooner, 7.20")
    till.counter.card_seen(card_of("100001", 2))
    stage.settle()
    stage.tap("Undo: Jean Okafor")
    assert till.sale.shown.strip_initials == ""
    stage.tap("Undo: Light schooner")
    assert not till.sale.shown.has_lines
    stage.tap(stage.find("undo"))
    assert stage.find("toast").property("text") == "Nothing to undo"


def test_removing_a_line_offers_undo(till, stage) -> None:
    """U41: no confirmation; the words name the line, and the button brings it back."""
    ring_up(till, *JEANS, member="")
    till.counter.select(1)
    stage.settle()
    stage.tap("Remove 2 Schooner Pale")
    assert stage.find("toast").property("text") == "Removed: 2 Schooner Pale"
    assert [row.label for row in till.sale.order.rows] == ["Light schooner", "Member parma"]
    stage.tap(next(one.item for one in stage.walk() if one.name == "Undo"))
    assert [row.label for row in till.sale.order.rows] == ["Schooner Pale", "Light schooner", "Member parma"]


def test_a_second_tap_on_take_is_not_heard(till, stage) -> None:
    """U21: two quick taps on Take cash take one part, not two."""
    stage.tap("Light schooner, 7.20")
    stage.tap("Pay $7.20")
    till.tender.typed("100")
    take = stage.find("take")
    stage.tap(take)
    till.tender.typed("100")
    stage.tap(take)
    assert till.tender.shown.due == "$6.20"


def test_taking_twice_sells_once(till, stage) -> None:
    """U21: what is paid is sold once, however often the act is asked for."""
    stage.tap("Light schooner, 7.20")
    stage.tap("Pay $7.20")
    till.tender.takeNow()
    till.tender.takeNow()
    till.sale.payNow()
    with till.counter.desk.terminal.store.reading_facts.begin() as facts:
        assert len(sales.last_sales(facts, 5)) == 1
    assert till.counter.state.page is Page.PAID


def test_part_cash_then_card(till, stage) -> None:
    """R71, R79: cash for a part, the rest by card; the button says both halves of the act."""
    ring_up(till, "light-schooner", "light-schooner", member="")
    till.counter.payment.open()
    stage.settle()
    for key in ("1", "0", "00"):
        stage.tap(key)
    assert till.tender.shown.take == "Take cash  $10.00"
    assert till.tender.shown.then == "then pay $4.40"
    stage.tap("Take cash")
    stage.tap("Card, $4.40")
    tap_again(stage, "take", lambda: till.counter.state.page is Page.PAID)
    assert [one.amount.minor for one in till.counter.state.sold.sale.taken] == [1000, 440]


def test_a_payment_can_be_voided(till, stage) -> None:
    """U42: after the first payment it is void, not undo."""
    ring_up(till, "light-schooner", member="")
    till.counter.payment.open()
    till.tender.typed("500")
    till.tender.takeNow()
    assert till.sale.shown.undo_reason == "A payment was taken: void it first"
    stage.settle()
    stage.tap("Void payment")
    assert till.tender.shown.due == "$7.20"


@pytest.mark.parametrize(
    ("scene", "title"),
    [
        ("unknown_card", "Card not known"),
        ("banned", "Banned"),
        ("no_price", "No price yet"),
        ("reader_unplugged", "Card reader not found"),
        ("ledger_garbled", "Strange answer received"),
    ],
)
def test_a_notice_says_it_and_the_till_sells_on(till, stage, scene: str, title: str) -> None:
    """U37, U49: each has the catalogue's sentence, covers no Pay, goes when closed, and the sale goes on."""
    play(till, scene)
    stage.settle()
    assert till.notice.shown.title == title
    assert [fault for fault in stage.faults() if "is covered by notice" not in fault] == []
    lines = till.sale.order.rows
    stage.tap(stage.find("noticeClose"))
    assert till.notice.shown.title == ""
    stage.tap("Pay")
    assert till.sale.shown.page == "tender"
    assert len(till.sale.order.rows) == len(lines)


def test_an_unknown_card_leads_to_the_search(till, stage) -> None:
    """U73: the button of the notice opens the member search."""
    play(till, "unknown_card")
    stage.settle()
    stage.tap("Search member")
    assert till.sale.shown.page == "member"
    for letter in ("j", "e"):
        stage.tap(letter)
    stage.tap("Jean Okafor, Gold")
    assert till.sale.shown.strip_detail == "Gold, paid to 30 Jun 2027"


def test_a_banned_member_is_not_attached(till) -> None:
    """R11: the sale goes on at the public price, without the member."""
    play(till, "banned")
    assert till.counter.state.basket.member is None
    assert till.sale.shown.total == "$51.18"


def test_offline_points_beyond_the_lease_are_refused(till, stage) -> None:
    """R90, U60: without the ledger only what is held here can be ticked; the rest says how much is short."""
    hold(till, 500)
    ring_up(till, *JEANS)
    offline(till)
    till.sale.usePoints()
    stage.settle()
    assert till.points.shown.banner == "500 of 12,420 points can be used at this till now."
    assert [row.detail for row in till.points.rows.rows][:2] == ["Short by 940", "Short by 148"]
    stage.tap("1 Light schooner")
    assert till.notice.shown.title == "Not enough points"


@pytest.mark.parametrize(("held", "reason"), [(647, "Short by 1"), (648, "")])
def test_short_by_one_point(till, held: int, reason: str) -> None:
    """R68: one point short is short, and exactly enough is enough."""
    hold(till, held)
    ring_up(till, "light-schooner")
    offline(till)
    till.sale.usePoints()
    assert [row.reason for row in till.points.rows.rows] == [reason]
    assert till.counter.points.usable() == Points(held * 100)


def test_keyboard_only_sale(till, stage) -> None:
    """U74, U75: `/` finds the member, digits and Enter give a quantity, F12 pays, Esc goes back, F-keys are the bar."""
    stage.tap("Light schooner, 7.20", "mouse")
    stage.key("3")
    assert till.sale.shown.quantity == "Qty  3"
    stage.key(Qt.Key.Key_Return)
    assert till.sale.shown.total == "$21.60"
    assert stage.theme.property("keyInput")
    stage.key("/")
    assert till.sale.shown.page == "member"
    for letter in "oka":
        stage.key(letter)
    stage.key(Qt.Key.Key_Return)
    assert till.sale.shown.strip_name == "Jean Okafor"
    stage.key(Qt.Key.Key_F12)
    assert till.sale.shown.page == "tender"
    stage.key(Qt.Key.Key_Escape)
    assert till.sale.shown.page == "sale"
    stage.key(Qt.Key.Key_F1)
    assert till.sale.shown.strip_name != "Jean Okafor"
    stage.key(Qt.Key.Key_F2)
    assert till.sale.shown.page == "member"
    stage.key(Qt.Key.Key_Escape)
    press_again(stage, lambda: till.sale.shown.page == "tender")
    for digit in "5000":
        stage.key(digit)
    assert till.tender.shown.given == "$50.00"
    stage.key(Qt.Key.Key_F12)
    assert till.paid.shown.change == "$28.40"
    stage.key(Qt.Key.Key_F12)
    assert not till.sale.shown.has_lines


@pytest.mark.parametrize("scene", ["sale_member", "tender_cash", "after_paying"])
def test_the_chip_opens_the_connection_and_comes_back(till, stage, scene: str) -> None:
    """U57: the chip works everywhere, a finished sale included, and Back leads to where it was tapped."""
    play(till, scene)
    stage.settle()
    before = till.sale.shown.page
    stage.tap("Online, all sent")
    assert till.sale.shown.page == "link"
    stage.tap("Back to sale")
    assert till.sale.shown.page == before


def test_escape_forgets_a_typed_quantity(till, stage) -> None:
    """U74: Esc goes back one step at a time."""
    stage.tap("Light schooner, 7.20")
    stage.key("7")
    stage.key(Qt.Key.Key_Escape)
    assert not till.sale.shown.typing_quantity
    assert till.sale.shown.total == "$7.20"


def test_no_answer_about_points_is_unknown(till, stage) -> None:
    """R92, U51: a ledger that does not answer is no refusal; the words say so, and the rest can be paid otherwise."""
    ring_up(till, *JEANS)
    till.sale.usePoints()
    till.points.tick(1)
    stage.settle()
    stage.tap(stage.find("usePoints"))
    assert till.notice.shown.title == "No answer about points"
    assert till.sale.shown.page == "points"
    assert not till.points.shown.busy
    stage.tap("Back to sale")
    stage.tap("Pay $47.18")
    assert till.tender.shown.due == "$47.18"


def test_points_that_pay_all_finish_the_sale(till, stage) -> None:
    """R72: when points pay everything there is nothing to tender; the sale is finished by the button that says so."""
    hold(till, 2500)
    ring_up(till, "light-schooner")
    offline(till)
    till.sale.usePoints()
    stage.settle()
    stage.tap("Use 648 points for 1 Light schooner")
    assert till.points.shown.then == "and the sale is paid"
    stage.tap("Use 648 points, and the sale is paid")
    assert till.sale.shown.page == "paid"
    assert till.paid.shown.drawer == ""
    assert "11,772" in till.paid.shown.balance


def test_a_member_banned_meanwhile_is_taken_off(till, stage) -> None:
    """R11: at the last payment the newest deny list counts: prices go back, what was paid stays, the rest is due."""
    ring_up(till, *JEANS)
    till.counter.payment.open()
    with till.counter.desk.terminal.store.cache.begin() as cache:
        documents.apply_deny(cache, [DenyRow(kind="person", id="p100001", code="member.excluded")])
    stage.settle()
    stage.tap("Take cash")
    assert till.notice.shown.title == "Member taken off"
    assert till.counter.state.basket.member is None
    assert till.tender.shown.due == "$4.00"
    tap_again(stage, "take", lambda: till.sale.shown.page == "paid")
    assert till.counter.state.sold.sale.account_id in {None, ""}

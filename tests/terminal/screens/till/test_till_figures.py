"""What the till's pages derive from a state: plain values in, words and figures out; no window, no Qt object."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clubtill_rules.points.redeeming import options
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale import tender as tenders
from clubtill_rules.sale.basket import Basket
from clubtill_rules.values.money import Money
from clubtill_terminal.actions import find_member
from clubtill_terminal.actions.place import read_place
from clubtill_terminal.screens.till import (
    member_strip,
    member_view,
    paid_view,
    points_view,
    sale_view,
    tender_view,
    tiles,
    window,
)
from clubtill_terminal.screens.till.state import Notice, Page, State
from clubtill_wording.speech import Speech
from tests.terminal.kit.club import Clock, a_terminal
from tests.terminal.screens.till.scenes import JEANS

SPEECH = Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney")


@pytest.fixture
def terminal(tmp_path: Path):
    """Give a till of the demo club."""
    found = a_terminal(tmp_path / "till", Clock())
    yield found
    found.store.close()


@pytest.fixture
def jean(terminal) -> State:
    """Give the till with Jean's sale of two beers, a light one and a parma."""
    return sale_of(terminal, "100001", *JEANS)


def sale_of(terminal, number: str, *products: str) -> State:
    """Give the till with products rung up and a member on the sale."""
    place, now_us = read_place(terminal), terminal.now_us()
    basket = Basket(sale_id="1")
    for product in products:
        basket = baskets.add(basket, product, catalogue=place.catalogue, at_us=now_us)
    state = State(place=place, basket=basket, now_us=now_us)
    if not number:
        return state
    found = next(one for one in find_member.by_number(terminal, place, number))
    basket = baskets.attach(basket, found.member, found.account, found.attach, place.catalogue)
    return replace(state, basket=basket, held=found.held)


def with_points(state: State, *ticked: int) -> State:
    """Offer Points Pay on the sale and tick lines."""
    catalogue = state.place.catalogue
    offered = options(
        state.basket.lines,
        classification=baskets.paying_classification(state.basket, catalogue),
        catalogue=catalogue,
        available=state.held.balance,
        ticked=frozenset(ticked),
    )
    return replace(state, page=Page.POINTS, options=offered, ticked=frozenset(ticked))


def used(state: State) -> State:
    """Use the ticked points on the basket."""
    return replace(state, basket=baskets.use_points(state.basket, state.options, state.ticked))


def test_the_sale_of_the_wireframe(jean) -> None:
    """5.1, golden: 47.18, 94 points, GST 4.28, saved 4.00, 12,420 points worth $124.20."""
    shown = sale_view.derive(jean, jean.place.catalogue, SPEECH)
    assert (shown.total, shown.pay) == ("$47.18", "Pay  $47.18")
    assert (shown.earns, shown.tax, shown.saved) == ("Earns 94 points", "GST included 4.28", "Saved 4.00")
    assert (shown.strip_points, shown.strip_worth) == ("12,420 points", "= $124.20")
    assert [(row.quantity, row.label, row.amount, row.note) for row in sale_view.order(jean, SPEECH)] == [
        ("2", "Schooner Pale", "16.00", "Member price, saved 1.00"),
        ("1", "Light schooner", "7.20", ""),
        ("1", "Member parma", "23.98", "Member offer, saved 3.00"),
    ]


def test_points_pay_of_the_wireframe(terminal) -> None:
    """5.3, golden: 1,440 and 648 points, 2,088 used, 10,332 left, $93.98 to pay; the parma and the rent say why not."""
    state = with_points(sale_of(terminal, "100001", *JEANS, "cap-club-logo", "locker-rent"), 1, 2)
    rows = points_view.rows(state, state.place.catalogue, SPEECH)
    assert [(row.label, row.points, row.detail) for row in rows] == [
        ("Schooner Pale", "1,440", "Points Pay discount 10 %"),
        ("Light schooner", "648", "Points Pay discount 10 %"),
        ("Member parma", "\u2013", "Already in a campaign: pay another way"),
        ("Cap, club logo", "900", "Has its own points price"),
        ("Locker rent", "\u2013", "Fees cannot be paid with points"),
    ]
    shown = points_view.derive(state, state.place.catalogue, SPEECH)
    assert (shown.used, shown.left, shown.due) == ("\u22122,088", "10,332", "$93.98")
    assert (shown.covered, shown.discount) == ("\u221220.88", "\u22122.32")
    assert (shown.use, shown.then) == ("Use 2,088 points", "then pay $93.98")
    assert shown.ratio == "100 points = $1.00 at Main Bar"


def test_use_what_fits(terminal) -> None:
    """5.3: where the points do not reach for all and nothing is ticked, the button offers what fits."""
    state = with_points(sale_of(terminal, "100008", *("jug-pale",) * 5, "light-schooner"))
    shown = points_view.derive(state, state.place.catalogue, SPEECH)
    assert (shown.use, shown.then, shown.use_reason) == ("Use what fits", "", "")
    rows = points_view.rows(state, state.place.catalogue, SPEECH)
    assert [row.reason for row in rows] == ["Short by 7,745", ""]


def test_the_tender_of_the_wireframe(jean) -> None:
    """5.4, golden: 44.86 after the discount, 23.98 to pay, cash 24.00, GST 4.08, 47 points, change 6.00 for 30.00."""
    state = replace(used(with_points(jean, 1, 2)), page=Page.TENDER, given_text="3000")
    catalogue = state.place.catalogue
    sums = baskets.totals(state.basket, catalogue)
    assert SPEECH.money(sums.total) == "$44.86"
    shown = tender_view.derive(state, catalogue, SPEECH)
    assert (shown.due, shown.tax, shown.earns) == ("$23.98", "GST included 4.08", "Will earn 47 points")
    assert (shown.entry_due, shown.given, shown.change) == ("$24.00", "$30.00", "$6.00")
    assert (shown.take, shown.then) == ("Take cash  $30.00", "")
    assert [(row.label, row.amount) for row in tender_view.sums_rows(state, sums, SPEECH)] == [
        ("Sale, 3 lines", "47.18"),
        ("Points Pay discount", "\u22122.32"),
        ("Points 2,088", "\u221220.88"),
    ]
    assert [(row.label, row.detail, row.amount) for row in tender_view.media(state, sums, SPEECH)] == [
        ("Card", "", "$23.98"),
        ("Cash", "Rounded up 0.02", "$24.00"),
    ]
    assert [row.label for row in tender_view.offer_rows(state, sums, SPEECH)] == ["24", "25", "30", "40", "50"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", ("Take cash  $24.00", "", "Change", "$0.00")),
        ("2400", ("Take cash  $24.00", "", "Change", "$0.00")),
        ("1000", ("Take cash  $10.00", "then pay $13.98", "Missing", "$14.00")),
        ("5000", ("Take cash  $50.00", "", "Change", "$26.00")),
    ],
)
def test_what_is_given(jean, given: str, words: tuple[str, ...]) -> None:
    """U108: change and what is missing show before the money is taken; the button says both halves of the act."""
    state = replace(used(with_points(jean, 1, 2)), given_text=given)
    shown = tender_view.derive(state, state.place.catalogue, SPEECH)
    assert (shown.take, shown.then, shown.change_label, shown.change) == words


@pytest.mark.parametrize(
    ("due", "offered"),
    [
        (2400, [2400, 2500, 3000, 4000, 5000]),
        (500, [500, 1000, 2000, 5000, 10_000]),
        (12_170, [12_170, 12_500, 13_000, 14_000, 15_000]),
        (5, [5, 500, 1000, 2000, 5000]),
    ],
)
def test_amounts_often_handed_over(due: int, offered: list[int]) -> None:
    """5.4: the exact amount, then the next notes up, each once."""
    assert tender_view.offers(Money(due)) == [Money(one) for one in offered]


def test_tiles_show_what_will_be_charged(terminal) -> None:
    """U10, U11: the member's price with its mark, the count, and sold out with its words, in its place."""
    public, member = (
        {tile.label: tile for tile in tiles.tiles(state, state.place.catalogue, SPEECH)}
        for state in (sale_of(terminal, "", *JEANS), sale_of(terminal, "100001", *JEANS))
    )
    assert (public["Schooner Pale"].price, public["Schooner Pale"].member_price) == ("8.50", False)
    assert (member["Schooner Pale"].price, member["Schooner Pale"].member_price) == ("8.00", True)
    assert (member["Light schooner"].price, member["Light schooner"].member_price) == ("7.20", False)
    assert member["Schooner Pale"].quantity == 2
    assert member["Stubby Wheat"].unavailable == "Sold out"
    assert list(public) == list(member)


@pytest.mark.parametrize(
    ("number", "detail", "status"),
    [
        ("100001", "Gold, paid to 30 Jun 2027", ""),
        ("100002", "Bronze, paid to 12 Nov 2026", "warn"),
        ("100007", "Life, paid to 21 Nov 2036", ""),
    ],
)
def test_the_strip(terminal, number: str, detail: str, status: str) -> None:
    """5.1: class and paid-to; a member who is not paid up has the triangle."""
    state = sale_of(terminal, number)
    strip = member_strip.strip(state, state.place.catalogue, SPEECH)
    assert (strip.detail, strip.status) == (detail, status)


def test_offline_figures_carry_their_time(jean) -> None:
    """U60: offline the balance says as at when, and what is earned comes later."""
    state = replace(jean, online=False, queue=replace(jean.queue, data_at_us=jean.now_us - 23 * 60_000_000))
    shown = sale_view.derive(state, state.place.catalogue, SPEECH)
    assert shown.strip_worth == "as at 18:19"
    assert shown.earns == "94 points, added when online"
    panel = member_view.derive(replace(state, page=Page.MEMBER), state.place.catalogue, SPEECH)
    assert panel.points_worth == "as at 18:19"


def test_the_member_panel(jean) -> None:
    """5.2: standing, linked classifications, note, points and what expires; no address, no date of birth."""
    catalogue = jean.place.catalogue
    shown = member_view.derive(jean, catalogue, SPEECH)
    assert (shown.name, shown.number, shown.note) == ("Jean Okafor", "No. 100001", "Allergic to shellfish")
    assert (shown.points, shown.points_worth) == ("12,420", "worth $124.20 here")
    assert shown.points_expiry == "1,300 expire 31 Dec 2026"
    assert [chip.label for chip in member_view.chips(jean, catalogue, SPEECH)] == [
        "Financial",
        "Gold",
        "B  Bowls",
        "G  Golf",
    ]
    assert [(row.label, row.value) for row in member_view.cards(jean, SPEECH)] == [
        ("Ends 0012", "Active"),
        ("Ends 0011", "Replaced"),
    ]
    assert "Member parma" in shown.offers


@pytest.mark.parametrize(("paid", "reason"), [(False, "Nothing to undo"), (True, "A payment was taken: void it first")])
def test_why_nothing_can_be_undone(jean, paid: bool, reason: str) -> None:
    """U40, U42: there is nothing, or a payment was taken."""
    state = jean
    if paid:
        state = replace(jean, basket=baskets.tender(jean.basket, tenders.card(Money(4718), Money(100), "eft")))
    assert sale_view.undo_reason(state, SPEECH) == reason


@pytest.mark.parametrize(
    ("code", "act", "button", "status"),
    [
        ("member.unknown", "search", "Search member", "denied"),
        ("member.unknown", "", "", "denied"),
        ("reader.unplugged", "", "", "warn"),
        ("points.no_member", "", "", "warn"),
    ],
)
def test_the_notice(jean, code: str, act: str, button: str, status: str) -> None:
    """U26, U49: a shape by its level; a button only for an act that is there."""
    state = replace(jean, notice=Notice(sentence=SPEECH.sentence(code, {}, place="till"), act=act))
    shown = window.notice_of(state, SPEECH)
    assert (shown.button, shown.status) == (button, status)
    assert shown.title
    assert shown.body


def test_nothing_is_shown_of_a_sale_that_is_not_finished(jean) -> None:
    """The After-paying screen has no figures before there is a sale."""
    assert paid_view.derive(jean, SPEECH) == paid_view.PaidShown()
    assert paid_view.facts(jean, SPEECH) == []

"""What the tests of fees and refunds at a till share: baskets, payments, and the events of the log."""

from __future__ import annotations

from clubtill_rules.goods.product import MediaKind
from clubtill_rules.permissions import Role
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.tender import take_cash
from clubtill_sync.wire.versions import Body, decode_body, decode_event
from clubtill_terminal.actions import find_member
from clubtill_terminal.actions.place import Place
from clubtill_terminal.actions.refund import By
from clubtill_terminal.actions.sell import Sold, sell
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import outbox
from clubtill_wording.speech import Speech

MATEO, JEAN = "100002", "100001"
MANAGER = By(staff_id="lee", roles=(Role.VENUE_MANAGER,), reason="cold")


def rung(terminal: Terminal, place: Place, number: str, *products: str) -> Basket:
    """Ring products up for a member."""
    catalogue = place.catalogue
    basket = Basket(sale_id=terminal.new_id())
    for product in products:
        basket = baskets.add(basket, product, catalogue=catalogue, at_us=terminal.now_us())
    (found,) = find_member.by_number(terminal, place, number)
    return baskets.attach(basket, found.member, found.account, found.attach, catalogue)


def paid(terminal: Terminal, place: Place, basket: Basket, speech: Speech, *, offline: bool = False) -> Sold:
    """Pay what is due in cash and sell, as Sam."""
    catalogue = place.catalogue
    due = baskets.totals(basket, catalogue).due
    if due:
        basket = baskets.tender(basket, take_cash(due, due + due, 5, catalogue.media_of(MediaKind.CASH).id))
    return sell(
        terminal, basket, catalogue=catalogue, staff_id="sam", offline=offline, speech=speech, till="Main Bar 1",
        staff="Sam",
    )  # fmt: skip


def bodies(terminal: Terminal) -> list[Body]:
    """Read the log."""
    with terminal.store.facts.begin() as facts:
        sent = outbox.oldest(facts, epoch=1, after_seq=0, rows_max=99, bytes_max=10**7)
    return [decode_body(decode_event(one.bytes_)) for one in sent]


def balance_h(terminal: Terminal, account_id: str) -> int:
    """Give what this till's own events add to an account."""
    with terminal.store.facts.begin() as facts:
        return sum(outbox.overlay(facts, account_id, position=0))

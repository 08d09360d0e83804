"""Scenes of the till: each puts the counter into a state that staff meet, so that it can be looked at and walked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from clubtill.demo import cast
from clubtill_rules.values.days import US_PER_S
from clubtill_terminal.actions.link import Broken, Queue, Waiting
from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.screens.till.window import Till

MINUTE_US = 60 * US_PER_S
JEANS = ("schooner-pale", "schooner-pale", "light-schooner", "member-parma")
LONG = (*JEANS, "sea-salt-chips", "cap-club-logo", "locker-rent")


def card_of(number: str, issue: int = 1) -> CardSeen:
    """Give what the stripe reader says of a card of the cast."""
    return CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(cast.swipe_text(number, issue),))


def ring_up(till: Till, *products: str, member: str = "100001") -> None:
    """Ring up products and put a member on the sale."""
    for product in products:
        till.counter.add_product(product)
    if member:
        till.counter.card_seen(card_of(member, 2 if member == "100001" else 1))


def offline(till: Till, **queue: object) -> None:
    """Cut the line twenty-two minutes ago, with what waits since."""
    now_us = till.counter.desk.now_us()
    till.counter.show_link(
        online=False,
        broken=Broken.SERVICE,
        since_us=now_us - 22 * MINUTE_US,
        queue=Queue(data_at_us=now_us - 23 * MINUTE_US, contact_us=now_us - 23 * MINUTE_US, **queue),
        just_sent=False,
    )


def waiting(till: Till) -> tuple[Waiting, ...]:
    """Give five events that wait, one of them held."""
    now_us = till.counter.desk.now_us()
    one = Waiting(
        seq=1,
        kind="sale",
        label="1043",
        occurred_at_us=now_us - 21 * MINUTE_US,
        amount_minor=2645,
        tries=2,
        state="queued",
        last_answer="",
        flags="",
    )
    return (
        one,
        replace(one, seq=2, kind="swipe", label="100003", amount_minor=None),
        replace(one, seq=3, kind="lease_close", label="a100001", amount_minor=None, tries=0),
        replace(one, seq=4, label="1044", amount_minor=4500, tries=1),
        replace(one, seq=5, label="1031", amount_minor=1200, state="held"),
    )


def sale_empty(_till: Till) -> None:
    """Nothing rung up yet."""


def sale_lines(till: Till) -> None:
    """Lines without a member."""
    ring_up(till, *LONG, member="")


def sale_member(till: Till) -> None:
    """Jean's sale, the parma selected."""
    ring_up(till, *LONG)
    till.counter.select(3)


def sale_of_jean(till: Till) -> None:
    """Jean's sale of the demo: two beers, a light one and a parma."""
    ring_up(till, *JEANS)
    till.counter.select(3)


def sale_offline(till: Till) -> None:
    """Jean's sale without the ledger."""
    ring_up(till, *LONG)
    offline(till, count=14, since_us=till.counter.desk.now_us() - 22 * MINUTE_US)


def member_panel(till: Till) -> None:
    """Jean's panel."""
    ring_up(till, *LONG)
    till.sale.openMember()


def member_search(till: Till) -> None:
    """A search that finds several members."""
    ring_up(till, *JEANS, member="")
    till.sale.openMember()
    till.member.search("je")
    till.member.search("10000")


def points_pay(till: Till) -> None:
    """Both beers ticked; the parma and the rent say why not."""
    ring_up(till, *LONG)
    till.sale.usePoints()
    till.points.tick(1)
    till.points.tick(2)


def points_short(till: Till) -> None:
    """A balance that does not reach for every line."""
    ring_up(till, *("jug-pale",) * 5, "light-schooner", "cap-club-logo", member="100008")
    till.sale.usePoints()


def tender_cash(till: Till) -> None:
    """The rest in cash, 120 given."""
    ring_up(till, *LONG)
    till.counter.payment.open()
    till.counter.payment.give_amount(15_000)


def tender_card(till: Till) -> None:
    """The rest by card, part of it in cash already."""
    ring_up(till, *LONG)
    till.counter.payment.open()
    till.counter.payment.give_amount(2000)
    till.counter.payment.take()
    till.tender.choose("card")


def after_paying(till: Till) -> None:
    """Paid in cash, with change."""
    ring_up(till, *LONG)
    till.counter.payment.open()
    till.counter.payment.give_amount(15_000)
    till.counter.payment.take()


def connection(till: Till) -> None:
    """The connection panel without the ledger."""
    ring_up(till, *JEANS)
    now_us = till.counter.desk.now_us()
    offline(till, count=14, since_us=now_us - 22 * MINUTE_US, rows=waiting(till), attention=1)
    till.openLink()


def connection_well(till: Till) -> None:
    """The connection panel with everything sent."""
    ring_up(till, *JEANS)
    till.openLink()


def unknown_card(till: Till) -> None:
    """A card that nobody has."""
    ring_up(till, *JEANS, member="")
    till.counter.card_seen(card_of("555555"))


def banned(till: Till) -> None:
    """A banned member at the till."""
    ring_up(till, *JEANS, member="100004")


def no_price(till: Till) -> None:
    """A product without a price."""
    ring_up(till, *JEANS)
    product = next(one for one in till.counter.catalogue.products.values() if not one.prices)
    till.counter.add_product(product.id)


def reader_unplugged(till: Till) -> None:
    """A reader whose plug was pulled."""
    ring_up(till, *JEANS)
    till.counter.bad_read("reader.unplugged")


def ledger_garbled(till: Till) -> None:
    """A ledger that answers something else."""
    ring_up(till, *JEANS)
    till.counter.say("ledger.garbled")


SCENES: dict[str, Callable[[Till], None]] = {
    scene.__name__: scene
    for scene in (
        sale_empty,
        sale_lines,
        sale_member,
        sale_of_jean,
        sale_offline,
        member_panel,
        member_search,
        points_pay,
        points_short,
        tender_cash,
        tender_card,
        connection,
        connection_well,
        unknown_card,
        banned,
        no_price,
        reader_unplugged,
        ledger_garbled,
        after_paying,
    )
}


def play(till: Till, name: str) -> None:
    """Start from an empty sale, online, and play a scene."""
    counter = till.counter
    counter.next_sale()
    counter.put(tab=0, query_text="", found=())
    counter.show_link(online=True, broken=Broken.NOTHING, since_us=0, queue=Queue(), just_sent=False)
    SCENES[name](till)

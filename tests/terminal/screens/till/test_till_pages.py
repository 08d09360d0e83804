"""The till's pages as a cashier meets them: tapped through, and looked at in every size, theme and text size."""

from __future__ import annotations

from pathlib import Path

import pytest

from clubtill.demo import cast

OUT = Path("out/till")


def ring_up(till, swipe, *products: str) -> None:
    """Ring up products and put Jean on the sale."""
    for product in products:
        till.counter.add_product(product)
    swipe(cast.swipe_text("100001", 2))


def test_prices_change_when_a_card_is_read(till, swipe, show) -> None:
    """U10, R80: after a swipe tiles and lines show the member's price, and the strip shows who it is."""
    stage = show("screens.till", "Till", {"vm": till}, size="1366x768")
    stage.tap("Schooner Pale, 8.50")
    stage.tap("Schooner Pale, 8.50, 1")
    assert till.sale.shown.total == "$17.00"
    swipe(cast.swipe_text("100001", 2))
    stage.settle()
    assert till.sale.shown.total == "$16.00"
    assert till.sale.shown.strip_name == "Jean Okafor"
    stage.tap("Pay $16.00")
    assert till.sale.shown.page == "tender"


@pytest.mark.parametrize("size", ["1024x768", "1366x768", "1920x1080"])
@pytest.mark.parametrize("page", ["sale", "member", "points", "tender", "paid", "link"])
def test_look(till, swipe, show, size: str, page: str) -> None:
    """U1, U4, U12, U95: every page of the till holds its sizes and cuts no text."""
    ring_up(
        till, swipe, "schooner-pale", "schooner-pale", "light-schooner", "member-parma", "sea-salt-chips", "locker-rent"
    )
    counter = till.counter
    if page == "member":
        till.sale.openMember()
    elif page == "points":
        counter.points.open()
        counter.points.tick(1)
        counter.points.tick(2)
    elif page in {"tender", "paid"}:
        counter.pay()
        counter.give_amount(12000)
        if page == "paid":
            counter.take_payment()
    elif page == "link":
        till.openLink()
    stage = show("screens.till", "Till", {"vm": till}, size=size)
    stage.settle()
    stage.grab(OUT / f"{page}-{size}.png")
    assert till.sale.shown.page == page
    assert stage.faults() == []
    assert stage.clipped() == []

"""Counter: the bar of Larkspur with every medium and simple goods of round prices, and the acts that tests repeat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.goods.product import LevelPrice, Media, MediaKind, Product, TaxCode
from clubtill_rules.members.account import MemberCard
from clubtill_rules.points.charging import ChargeAccount, ChargeKind, use
from clubtill_rules.points.leases import Lease
from clubtill_rules.sale.account_charges import charge_accounts, open_screen
from clubtill_rules.sale.basket import Basket, add, attach, tender, totals
from clubtill_rules.sale.refunding import Made
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.sale.tender import Tender, card, take_cash
from clubtill_rules.values.days import US_PER_S
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from tests.rules.sale.larkspur import BRONZE, JEAN, NOW, WELCOME, at, catalogue, jeans_account, lease

NOBODY: Final[MemberCard | None] = None
SUNDAY: Final = at("2026-11-22 12:00")
MONDAY: Final = at("2026-11-23 12:00")
MEDIA: Final = {
    m.id: m
    for m in (
        Media(id="cash", name="Cash", kind=MediaKind.CASH),
        Media(id="card", name="Card", kind=MediaKind.CARD),
        Media(id="gift", name="Gift card", kind=MediaKind.GIFT_CARD),
        Media(id="account", name="Member account", kind=MediaKind.ACCOUNT),
        Media(id="points", name="Points", kind=MediaKind.POINTS),
        Media(id="pp-discount", name="Points Pay discount", kind=MediaKind.DISCOUNT),
        Media(id="expense", name="Discounts to members", kind=MediaKind.DISCOUNT),
    )
}


def product(product_id: str, minor: int, **more: object) -> Product:
    """Give a product of the category `bistro`, taxed at 10 % inside its price."""
    fields: dict[str, object] = {
        "family_id": "bistro",
        "category_id": "bistro",
        "tax_code_id": "gst",
        "prices": (LevelPrice(level=1, price=Money(minor)),),
        **more,
    }
    return Product(id=product_id, name=product_id.title(), **fields)  # type: ignore[arg-type] - a table's columns


def counter(goods: Iterable[Product] = (), **more: object) -> Catalogue:
    """Give the settings at the Main Bar with every medium; `goods` come to its products."""
    base = catalogue()
    fields: dict[str, object] = {
        "media": MEDIA,
        "products": {**base.products, **{one.id: one for one in goods}},
        "tax_codes": {
            **base.tax_codes,
            "vat": TaxCode(id="vat", name="VAT 20 %", rate_bp=2000, inclusive=False, label="VAT"),
        },
        **more,
    }
    return catalogue(**fields)


def rung_up(here: Catalogue, *products: str, member: bool = False, at_us: int = NOW, sale_id: str = "sale-1") -> Basket:
    """Ring up products, for Jean or for nobody."""
    basket = Basket(sale_id=sale_id)
    for product_id in products:
        basket = add(basket, product_id, catalogue=here, at_us=at_us)
    return attach(basket, JEAN, jeans_account(), WELCOME, here) if member else basket


def in_cash(basket: Basket, here: Catalogue) -> Basket:
    """Pay what is due in cash, to the coin."""
    sums = totals(basket, here)
    return tender(basket, take_cash(sums.due, sums.cash_due, here.venue.cash_step_minor, "cash"))


def by_card(basket: Basket, here: Catalogue, minor: int | None = None) -> Basket:
    """Pay what is due by card, or a part of it."""
    due = totals(basket, here).due
    return tender(basket, card(due, due if minor is None else Money(minor), "card"))


def paid_with(basket: Basket, *tenders: Tender) -> Basket:
    """Put payments on a basket, in order."""
    return replace(basket, tenders=(*basket.tenders, *tenders))


def final(basket: Basket, here: Catalogue, *leases: Lease, at_us: int = NOW) -> Sale:
    """Make a basket final at till-1; without leases of its own one of 20,000 points for Jean is at hand."""
    return finalise(
        basket,
        catalogue=here,
        number=7,
        device_id="till-1",
        staff_id="sam",
        at_us=at_us,
        leases=leases or (lease(20_000),),
        offline=False,
    )


def made(event_id: str = "refund-1", at_us: int = NOW + 60 * US_PER_S) -> Made:
    """Say that Lee at till-2 makes a refund or void, a minute after the sale."""
    return Made(event_id=event_id, device_id="till-2", staff_id="lee", at_us=at_us)


def points_account(points: int = 20_000) -> ChargeAccount:
    """Give Jean's points account for Charge / Redemption, with what this till has leased."""
    return ChargeAccount(account_id="jean-account", name="Points", kind=ChargeKind.POINTS, leased=whole(points))


def by_points_amount(basket: Basket, minor: int, here: Catalogue, points: int = 20_000) -> Basket:
    """Let points pay an amount in Charge / Redemption; nothing for 0."""
    screen = open_screen(basket, [points_account(points)], catalogue=here)
    screen = use(screen, "jean-account", Money(minor)) if minor else screen
    return charge_accounts(basket, screen, catalogue=here, at_us=NOW)


def with_discount(basket: Basket, n: int, minor: int) -> Basket:
    """Give a line a discount, as the discounts of R98 would."""
    lines = tuple(replace(line, discount=Money(minor)) if line.n == n else line for line in basket.lines)
    return replace(basket, lines=lines)


def line_of(basket: Basket, product_id: str) -> Line:
    """Give the line of a product."""
    return next(line for line in basket.lines if line.product_id == product_id)


PLAIN: Final = replace(BRONZE, points_multiplier_h=100)
"""A classification of level prices and one point per dollar."""

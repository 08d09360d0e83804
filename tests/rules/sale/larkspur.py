"""Larkspur Point: the fixed cast's club as far as a sale needs it: figures of interface 10's tables, nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import (
    Category,
    Family,
    LevelPrice,
    Media,
    MediaKind,
    PointsPrice,
    Product,
    ProductKind,
    Special,
    SpecialKind,
    TaxCode,
)
from clubtill_rules.members.access import Attach
from clubtill_rules.members.account import AccountCard, MemberCard
from clubtill_rules.members.classification import Classification, MemberPriceLevel
from clubtill_rules.members.club import Club
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.points.leases import Lease
from clubtill_rules.sale.basket import Basket, add, attach
from clubtill_rules.values.days import instant
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole

ZONE: Final = "Australia/Sydney"


def at(text: str) -> int:
    """Give the instant of a local wall-clock time, such as "2026-11-24 18:44"."""
    return instant(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC))


NOW: Final = at("2026-11-24 18:44")


def _product(product_id: str, name: str, category: str, *cents: int, **more: object) -> Product:
    prices = tuple(LevelPrice(level=n, price=Money(c)) for n, c in enumerate(cents, start=1))
    fields: dict[str, object] = {"family_id": category, "category_id": category, "tax_code_id": "gst", **more}
    return Product(id=product_id, name=name, prices=prices, **fields)  # type: ignore[arg-type] - a table's columns


PRODUCTS: Final = (
    _product("pale", "Schooner Pale", "beer", 850, 800),
    _product("light", "Light schooner", "beer", 720),
    _product("parma", "Member parma", "bistro", 2398),
    _product("cap", "Cap, club logo", "goods", 2500, points_prices=(PointsPrice(level=1, points=900),)),
    _product("locker", "Locker rent", "fees", 4500, kind=ProductKind.FEE),
    _product("bread", "Bread, plain", "bistro", 400, tax_code_id="free"),
    _product("wheat", "Stubby Wheat", "beer", 800, sold_out=True),
    _product("unpriced", "Guest tap", "beer"),
)

PARMA: Final = Special(
    id="member-parma",
    name="Member parma",
    kind=SpecialKind.PRICE,
    starts=date(2026, 1, 1),
    ends=date(2026, 12, 31),
    products=("parma",),
    classifications=(),
    price=Money(2398),
)

GOLD: Final = Classification(
    number=3,
    club_id="larkspur",
    description="Gold",
    points_multiplier_h=200,
    visitation_points=10,
    points_pay_discount_bp=1000,
    points_pay_discount_media="pp-discount",
    member_prices=(MemberPriceLevel(location_id="main", level=2),),
)
BRONZE: Final = Classification(
    number=1, club_id="larkspur", description="Bronze", points_pay_discount_media="pp-discount"
)
BANNED: Final = Classification(number=99, club_id="larkspur", description="BANNED", points_multiplier_h=0)


def catalogue(**more: object) -> Catalogue:
    """Give the settings at the Main Bar; `more` replaces fields of the catalogue."""
    fields: dict[str, object] = {
        "club": Club(
            id="larkspur", name="Larkspur Point Bowls & Social Club", zone=ZONE, allow_points_pay_per_product=True
        ),
        "venue": Venue(
            id="point",
            name="The Point",
            zone=ZONE,
            receipt_name="LARKSPUR POINT CLUB",
            receipt_lines=("ABN 00 000 000 000",),
            receipt_footer="Thank you. Keep as record.",
        ),
        "location": Location(id="main", venue_id="point", name="Main Bar", enabled_levels=(1, 2, 3)),
        "classifications": {c.number: c for c in (BRONZE, GOLD, BANNED)},
        "families": {name: Family(id=name, name=name.title()) for name in ("beer", "bistro", "goods", "fees")},
        "categories": {
            name: Category(id=name, name=name.title(), rate_h=0 if name == "fees" else 100)
            for name in ("beer", "bistro", "goods", "fees")
        },
        "products": {p.id: p for p in PRODUCTS},
        "tax_codes": {
            "gst": TaxCode(id="gst", name="GST 10 %", rate_bp=1000),
            "free": TaxCode(id="free", name="GST free", rate_bp=0),
        },
        "specials": (PARMA,),
        "media": {
            m.id: m
            for m in (
                Media(id="cash", name="Cash", kind=MediaKind.CASH),
                Media(id="card", name="Card", kind=MediaKind.CARD),
                Media(id="points", name="Points", kind=MediaKind.POINTS),
                Media(id="pp-discount", name="Points Pay discount", kind=MediaKind.DISCOUNT),
                Media(id="expense", name="Discounts to members", kind=MediaKind.DISCOUNT),
            )
        },
        "version": "1",
        **more,
    }
    return Catalogue(**fields)  # type: ignore[arg-type] - a table's columns


JEAN: Final = MemberCard(
    person_id="jean",
    account_id="jean-account",
    club_id="larkspur",
    number="100001",
    first_name="Jean",
    last_name="Okafor",
    classification=3,
    renewal_date=date(2027, 6, 30),
)


def jeans_account(balance: int = 12_420, reserved: int = 0) -> AccountCard:
    """Give Jean's points account: what is available, and what leases hold."""
    return AccountCard(
        account_id="jean-account",
        club_id="larkspur",
        version=1,
        balance=whole(balance),
        reserved=whole(reserved),
        persons=(JEAN,),
    )


WELCOME: Final = Attach(ok=True, code="", benefits=True, because=())


def lease(points: int = 2088, lease_id: str = "lease-1", account_id: str = "jean-account") -> Lease:
    """Give an open lease of whole points on this till, asked for by the sale."""
    return Lease(
        lease_id=lease_id,
        account_id=account_id,
        granted_h=points * 100,
        spent_h=0,
        open=True,
        advice=(),
        sale_id="sale-1042",
    )


def rung(*product_ids: str, here: Catalogue, at_us: int = NOW) -> Basket:
    """Give a sale with one unit of each product at a place, in order."""
    basket = Basket(sale_id="sale-1042")
    for product_id in product_ids:
        basket = add(basket, product_id, catalogue=here, at_us=at_us)
    return basket


def with_jean(basket: Basket, here: Catalogue, points: int = 12_420) -> Basket:
    """Put Jean, Gold, on a sale."""
    return attach(basket, JEAN, jeans_account(points), WELCOME, here)


def priced(product_id: str, cents: int, category: str = "bistro", **more: object) -> Product:
    """Give a product at one price."""
    return _product(product_id, product_id.title(), category, cents, **more)


def selling(*products: Product, **more: object) -> Catalogue:
    """Give the settings at the Main Bar with other products and without a campaign."""
    return catalogue(**{"products": {p.id: p for p in products}, "specials": (), **more})

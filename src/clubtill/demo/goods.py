"""Goods of the demo club: families, categories, tax, products with three price levels, tabs and campaigns.

Prices that the worked examples name are theirs: Schooner Pale 8.50 and 8.00, Light schooner 7.20, Member parma 23.98.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

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
from clubtill_rules.values.money import Money
from clubtill_sync.wire.documents import Layout, Tab

MAIN_BAR: Final = "main-bar"
BISTRO: Final = "bistro"
MARINA: Final = "marina-bar"
FRONT_DOOR: Final = "front-door"
MARINA_DOOR: Final = "marina-door"

FAMILIES: Final = (
    ("tap-beer", "Tap beer", "beer"),
    ("packaged-beer", "Packaged beer", "beer"),
    ("wine", "Wine", "wine"),
    ("cider", "Cider", "wine"),
    ("spirits", "Spirits", "spirits"),
    ("soft", "Soft drinks", "soft"),
    ("coffee", "Coffee and tea", "soft"),
    ("mains", "Mains", "bistro"),
    ("share", "To share", "bistro"),
    ("dessert", "Desserts", "bistro"),
    ("snacks", "Snacks", "snacks"),
    ("fees", "Fees", "fees"),
    ("goods", "Club goods", "goods"),
    ("tobacco", "Tobacco", "goods"),
)

CATEGORIES: Final = (
    ("beer", "Beer", 100),
    ("wine", "Wine", 100),
    ("spirits", "Spirits", 100),
    ("soft", "Soft", 100),
    ("bistro", "Bistro", 100),
    ("snacks", "Snacks", 100),
    ("merchandise", "Merchandise", 100),
    ("tobacco", "Tobacco", 0),
    ("fees", "Fees", 0),
    ("gift-cards", "Gift cards", 0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A product in short: prices in cents at level 1 (public), 2 (member) and 3 (happy hour); 0 is as level 1."""

    id: str
    name: str
    family: str
    category: str
    public: int
    member: int = 0
    happy: int = 0
    tax: str = "gst"
    sold_out: bool = False


def _rows(family: str, category: str, *items: tuple[str, int, int]) -> tuple[_Row, ...]:
    return tuple(
        _Row(
            id=name.lower().replace(",", "").replace(" ", "-"),
            name=name,
            family=family,
            category=category,
            public=public,
            member=member,
        )
        for name, public, member in items
    )


_BEER: Final = (
    *_rows(
        "tap-beer",
        "beer",
        ("Schooner Pale", 850, 800),
        ("Pint Pale", 1050, 990),
        ("Jug Pale", 2200, 2050),
        ("Schooner Lager", 820, 770),
        ("Pint Lager", 1020, 960),
        ("Jug Lager", 2150, 2000),
        ("Light schooner", 720, 0),
        ("Light pint", 920, 0),
        ("Light jug", 1850, 0),
        ("Schooner Dark ale", 890, 840),
        ("Pint Dark ale", 1100, 1040),
        ("Jug Dark ale", 2350, 2200),
        ("Schooner Ginger", 810, 760),
        ("Pint Ginger", 1010, 950),
        ("Tasting paddle", 1800, 0),
    ),
    *_rows(
        "packaged-beer",
        "beer",
        ("Stubby Pale", 860, 810),
        ("Stubby Lager", 800, 750),
        ("Stubby Wheat", 900, 850),
        ("Can Harbour Ale", 900, 850),
        ("Can Mid-strength", 780, 740),
        ("Can Stout", 940, 890),
    ),
)
_WINE: Final = (
    *_rows(
        "wine",
        "wine",
        ("House white glass", 900, 850),
        ("House white bottle", 3800, 3500),
        ("House red glass", 900, 850),
        ("House red bottle", 3800, 3500),
        ("Sparkling glass", 1000, 950),
        ("Sparkling bottle", 4200, 3900),
        ("Riesling glass", 1150, 1080),
        ("Pinot noir glass", 1250, 1180),
        ("Chardonnay glass", 1150, 1080),
        ("Shiraz glass", 1200, 1130),
        ("Rosé glass", 1100, 1030),
        ("Port", 900, 0),
    ),
    *_rows("cider", "wine", ("Dry cider schooner", 870, 820), ("Pear cider bottle", 920, 870)),
)
_SPIRITS: Final = _rows(
    "spirits",
    "spirits",
    ("Gin and tonic", 1150, 1080),
    ("Vodka soda", 1100, 1030),
    ("Dark rum and cola", 1100, 1030),
    ("Whisky", 1050, 990),
    ("Single malt", 1600, 1500),
    ("Brandy", 1100, 1030),
    ("Tequila", 1050, 990),
    ("Spritz", 1500, 1400),
    ("Espresso martini", 1900, 1800),
)
_SOFT: Final = (
    *_rows(
        "soft",
        "soft",
        ("Zero lager", 650, 0),
        ("Ginger beer", 500, 0),
        ("Lemon squash", 460, 0),
        ("Cola", 450, 0),
        ("Lemonade", 450, 0),
        ("Soda water", 350, 0),
        ("Orange juice", 500, 0),
        ("Apple juice", 500, 0),
        ("Still water", 400, 0),
    ),
    *_rows("coffee", "soft", ("Flat white", 480, 450), ("Long black", 450, 420), ("Pot of tea", 450, 420)),
)
_BISTRO: Final = (
    *_rows(
        "mains",
        "bistro",
        ("Member parma", 2698, 0),
        ("Chicken parma", 2400, 0),
        ("Fish and chips", 2600, 2450),
        ("Beef burger", 2200, 2050),
        ("Roast of the day", 2100, 1950),
        ("Rump steak", 3400, 3200),
        ("Veggie bowl", 1900, 1800),
        ("Caesar salad", 1850, 1750),
        ("Kids pasta", 1200, 0),
    ),
    *_rows("share", "bistro", ("Wedges to share", 1180, 1100), ("Salt pepper squid", 1650, 1550), ("Dips", 1400, 1300)),
    *_rows("dessert", "bistro", ("Sticky date pudding", 1100, 1000), ("Pavlova", 1050, 950)),
)
_SNACKS: Final = _rows(
    "snacks",
    "snacks",
    ("Sea salt chips", 450, 0),
    ("Salted peanuts", 400, 0),
    ("Beef jerky", 700, 0),
    ("Pretzels", 420, 0),
    ("Chocolate bar", 380, 0),
    ("Pickled onions", 450, 0),
)
_GOODS: Final = (
    *_rows("goods", "merchandise", ("Cap, club logo", 2500, 0), ("Polo shirt", 4900, 0), ("Stubby holder", 1200, 0)),
    *_rows("tobacco", "tobacco", ("Cigarettes 20", 4000, 0)),
)
_FEES: Final = (
    _Row(id="locker-rent", name="Locker rent", family="fees", category="fees", public=4500),
    _Row(id="green-fee", name="Green fee", family="fees", category="fees", public=1500),
)

_TABS: Final = (
    ("Beer", "beer", (*_BEER[:21], *_SOFT[:3], *_WINE[12:14], *_SNACKS[:3], _BISTRO[9])),
    ("Wine", "wine", _WINE),
    ("Spirits", "spirits", _SPIRITS),
    ("Soft", "soft", _SOFT),
    ("Bistro", "bistro", _BISTRO),
    ("Snacks", "snacks", _SNACKS),
    ("Goods", "goods", (*_GOODS, *_FEES)),
)
_ALL: Final = (*_BEER, *_WINE, *_SPIRITS, *_SOFT, *_BISTRO, *_SNACKS, *_GOODS, *_FEES)
_OWN_POINTS: Final = {"cap-club-logo": 900}
_SOLD_OUT: Final = {"stubby-wheat"}
_NO_PRICE: Final = {"port"}
_NO_TAX: Final = {"green-fee"}


def families() -> tuple[Family, ...]:
    """Give the families."""
    return tuple(Family(id=key, name=name, glyph=glyph) for key, name, glyph in FAMILIES)


def categories() -> tuple[Category, ...]:
    """Give the categories with their points rates (interface 10)."""
    return tuple(Category(id=key, name=name, rate_h=rate_h) for key, name, rate_h in CATEGORIES)


def tax_codes() -> tuple[TaxCode, ...]:
    """Give GST and GST-free."""
    return (TaxCode(id="gst", name="GST 10 %", rate_bp=1000), TaxCode(id="free", name="GST-free", rate_bp=0))


def media() -> tuple[Media, ...]:
    """Give the media: cash, card, points and the two discount media."""
    return (
        Media(id="cash", name="Cash", kind=MediaKind.CASH),
        Media(id="eft", name="Card", kind=MediaKind.CARD),
        Media(id="points", name="Points", kind=MediaKind.POINTS),
        Media(id="pp-discount", name="Points Pay discount", kind=MediaKind.DISCOUNT),
    )


def products() -> tuple[Product, ...]:
    """Give the products; one is sold out, and one has no price yet."""
    return tuple(_product(at, row) for at, row in enumerate(_ALL))


def _product(at: int, row: _Row) -> Product:
    prices = [LevelPrice(level=1, price=Money(row.public))]
    if row.member:
        prices.append(LevelPrice(level=2, price=Money(row.member)))
        prices.append(LevelPrice(level=3, price=Money(row.member - 50)))
    own = _OWN_POINTS.get(row.id)
    return Product(
        id=row.id,
        name=row.name,
        family_id=row.family,
        category_id=row.category,
        tax_code_id="free" if row.id in _NO_TAX else "gst",
        prices=() if row.id in _NO_PRICE else tuple(prices),
        kind=ProductKind.FEE if row.category == "fees" else ProductKind.GOODS,
        points_prices=(PointsPrice(level=1, points=own),) if own else (),
        barcode=f"93{at:010d}",
        sold_out=row.id in _SOLD_OUT,
    )


def specials(today: date) -> tuple[Special, ...]:
    """Give the campaigns: the member parma's price, and double points in the Bistro."""
    starts, ends = today - timedelta(days=30), today + timedelta(days=335)
    return (
        Special(
            id="member-parma",
            name="Member parma",
            kind=SpecialKind.PRICE,
            starts=starts,
            ends=ends,
            products=("member-parma",),
            classifications=(),
            price=Money(2398),
        ),
        Special(
            id="double-bistro",
            name="Double points: Bistro",
            kind=SpecialKind.RATE,
            starts=starts,
            ends=ends,
            categories=("bistro",),
            locations=(BISTRO,),
            rate_h=200,
        ),
    )


def layouts() -> tuple[Layout, ...]:
    """Give the tiles of the selling locations."""
    tabs = tuple(Tab(name=name, glyph=glyph, products=tuple(row.id for row in rows)) for name, glyph, rows in _TABS)
    return tuple(Layout(id=location, tabs=tabs) for location in (MAIN_BAR, BISTRO, MARINA))

"""Receipts: sale 1042 to the character, both widths, marks, and what a club wants said of points (R78, interface 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import TaxCode
from clubtill_rules.members.account import ExpiringLot
from clubtill_rules.members.club import ReceiptPoints
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale.basket import Basket, add, attach, tender, totals, use_points
from clubtill_rules.sale.sale import Sale, finalise
from clubtill_rules.sale.tender import card, part_cash, take_cash
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_wording.catalogue import LANGUAGES, PSEUDO
from clubtill_wording.receipts import LineKind, Mark, as_text, receipt
from clubtill_wording.speech import Speech
from clubtill_wording.why import explain
from tests.rules.sale.larkspur import GOLD, JEAN, NOW, WELCOME, at, catalogue, jeans_account, lease

HERE = catalogue()
AU = Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney")

# Interface 7, headings in the middle of 48 columns and the last row cut to them (drawn there with 49).
GOLDEN = """\
              LARKSPUR POINT CLUB
               ABN 00 000 000 000
                  TAX INVOICE
Sale 1042    Main Bar 1   24 Nov 2026 18:44  Sam
------------------------------------------------
2 Schooner Pale          @ 8.00            16.00
  member price, you saved 1.00
1 Member parma                             23.98
1 Light schooner                            7.20
Points Pay discount 10 %                   -2.32
------------------------------------------------
TOTAL (includes GST 4.08)                  44.86
Points used 2,088                          20.88
Cash rounding                               0.02
CASH                                       30.00
CHANGE                                      6.00
------------------------------------------------
Jean O.  Gold  +47 points   balance 10,379
[QR: opaque id]       Thank you. Keep as record.
"""


def _sale(here: Catalogue = HERE, *products: str, ticked: frozenset[int] = frozenset(), member: bool = True) -> Sale:
    """Ring up products for Jean, pay the ticked lines by points and the rest with 30.00 or more in cash."""
    basket = Basket(sale_id="0192f0c0deadbeef")
    for product_id in products:
        basket = add(basket, product_id, catalogue=here, at_us=NOW)
    if member:
        basket = attach(basket, JEAN, jeans_account(), WELCOME, here)
    if ticked:
        rows = options(basket.lines, classification=GOLD, catalogue=here, available=whole(12_420))
        basket = use_points(basket, rows, ticked)
    due = totals(basket, here).due
    if due.minor > 0:
        basket = tender(basket, take_cash(due, Money(max(3000, due.minor + 10)), 5, "cash"))
    return finalise(
        basket,
        catalogue=here,
        number=1042,
        device_id="till-1",
        staff_id="sam",
        at_us=NOW,
        leases=[lease(10_000)],
        offline=False,
    )


SALE_1042 = _sale(HERE, "pale", "pale", "parma", "light", ticked=frozenset({1, 3}))
AFTER = jeans_account(10_379)


def _text(
    sale: Sale = SALE_1042, here: Catalogue = HERE, speech: Speech = AU, columns: int = 48, **more: object
) -> str:
    fields: dict[str, object] = {"till": "Main Bar 1", "staff": "Sam", **more}
    return as_text(receipt(sale, here, AFTER, speech, **fields), columns)  # type: ignore[arg-type] - a table's columns


def test_sale_1042_to_the_character() -> None:
    """Interface 7: the receipt of the golden sale."""
    assert _text() == GOLDEN


def test_the_narrow_receipt_says_the_same() -> None:
    """Interface 7: 32 columns are made from the same tree; no row is longer and no word or figure is lost."""
    narrow = _text(columns=32)
    assert max(map(len, narrow.splitlines())) <= 32
    words = set(GOLDEN.replace("-" * 48, "").split())
    assert words <= set(narrow.split())


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("columns", [48, 32])
def test_no_row_is_longer_than_the_paper(locale: str, columns: int) -> None:
    """Interface 7: in every language and at both widths, with every mark."""
    text = _text(
        speech=replace(AU, locale=locale), columns=columns, marks=frozenset(Mark), as_at_us=at("2026-11-24 18:19")
    )
    assert max(map(len, text.splitlines())) <= columns


def test_a_printer_gets_only_signs_it_has() -> None:
    """Interface 6: no real minus sign, no narrow spaces, no marks of direction; figures are Latin in Arabic too."""
    arabic = _text(speech=replace(AU, locale="ar"))
    assert not {"\u2212", "\u00a0", "\u202f", "\u200f", "\u200e", "\u061c", "\u2068", "\u2069"} & set(arabic)
    assert "-2.32" in arabic
    assert _text().isascii()


@pytest.mark.parametrize(
    ("mark", "words"),
    [(Mark.COPY, "COPY"), (Mark.OFFLINE, "OFFLINE"), (Mark.PROVISIONAL, "PROVISIONAL"), (Mark.DEMO, "DEMO")],
)
def test_marks(mark: Mark, words: str) -> None:
    """Interface 7: COPY, OFFLINE, PROVISIONAL, DEMO stand under the heading when needed, and only then."""
    assert words in _text(marks=frozenset({mark})).split("Sale 1042")[0]
    assert words not in _text().split("Sale 1042")[0]


def test_offline_says_how_old_the_balance_is() -> None:
    """R78: Offline - balance as at <time>."""
    assert "Offline - balance as at 18:19\n" in _text(as_at_us=at("2026-11-24 18:19"))


@pytest.mark.parametrize(
    ("says", "row"),
    [
        (ReceiptPoints.NONE, "Jean O.  Gold"),
        (ReceiptPoints.ISSUED, "Jean O.  Gold  +47 points"),
        (ReceiptPoints.SUMMARY, "Jean O.  Gold  +47 points   balance 10,379"),
    ],
)
def test_what_a_club_wants_said_of_points(says: ReceiptPoints, row: str) -> None:
    """R78: none, issued points only, or summary."""
    here = catalogue(club=replace(HERE.club, receipt_points=says))
    assert f"\n{row}\n" in _text(here=here)


def test_points_expiring_soon() -> None:
    """R36: lots 60 to 20 Dec and 40 to 26 Dec, 30 days: "60 points expire by 20 Dec 2026" only."""
    lots = (
        ExpiringLot(last_day=date(2026, 12, 20), left=whole(60)),
        ExpiringLot(last_day=date(2026, 12, 26), left=whole(40)),
    )
    tree = receipt(SALE_1042, HERE, replace(AFTER, expiring=lots), AU)
    assert "\n60 points expire by 20 Dec 2026\n" in as_text(tree)


def test_reserved_points_are_the_members_all_the_same() -> None:
    """R5: the balance said is avail + reserved - deficit."""
    tree = receipt(SALE_1042, HERE, jeans_account(10_000, reserved=379), AU)
    assert "balance 10,379" in as_text(tree)


def test_without_a_member_there_is_no_member_row() -> None:
    """R78: nothing about points for nobody."""
    sale = _sale(HERE, "light", member=False)
    text = as_text(receipt(sale, HERE, None, AU, till="Main Bar 1", staff="Sam"))
    assert "points" not in text
    assert "CHANGE                                     22.80" in text


def test_an_unknown_balance_is_not_invented() -> None:
    """R78: where the account is not known, the receipt says what was earned and no balance."""
    text = as_text(receipt(SALE_1042, HERE, None, AU))
    assert "100001  Gold  +47 points\n" in text
    assert "balance" not in text


def test_mixed_sales_mark_what_is_free_of_tax() -> None:
    """Interface 6: GST-free lines are marked when the sale has both."""
    text = _text(_sale(HERE, "pale", "bread"))
    assert "1 Bread, plain                              4.00\n  no GST\n" in text
    assert "no GST" not in _text(_sale(HERE, "bread"))


def test_two_taxes_stand_under_the_total() -> None:
    """R97: the sum per code."""
    here = catalogue(
        tax_codes={
            "gst": TaxCode(id="gst", name="GST", rate_bp=1000),
            "free": TaxCode(id="free", name="WET", rate_bp=2900, inclusive=False, label="WET"),
        }
    )
    text = _text(_sale(here, "light", "bread"), here)
    assert "\nTOTAL                                      12.36\n" in text
    assert "\nincludes GST 10 %                           0.65\n" in text
    assert "\nplus WET 29 %                               1.16\n" in text


def test_a_points_price_is_no_percentage() -> None:
    """R70: the cap's own points price makes a Points Pay discount that is not 10 %."""
    text = _text(_sale(HERE, "cap", ticked=frozenset({1})))
    assert "\nPoints Pay discount                       -16.00\n" in text


def test_split_payments_are_listed_in_order() -> None:
    """R71: 10.00 in cash, 5.00 by card, the rest in cash with its rounding and change."""
    basket = add(Basket(sale_id="s"), "parma", catalogue=HERE, at_us=NOW)
    basket = tender(basket, part_cash(Money(2398), Money(1000), 5, "cash"))
    basket = tender(basket, card(Money(1398), Money(500), "card"))
    basket = tender(basket, take_cash(Money(898), Money(1000), 5, "cash"))
    sale = finalise(basket, catalogue=HERE, number=7, device_id="t", staff_id="s", at_us=NOW, leases=(), offline=False)
    rows = [row.split()[0] for row in as_text(receipt(sale, HERE, None, AU)).splitlines() if row]
    assert rows[rows.index("TOTAL") :][:6] == ["TOTAL", "Cash", "CASH", "CARD", "CASH", "CHANGE"]


def test_the_qr_code_holds_an_opaque_id_only() -> None:
    """U122: the sale's id, nothing that names a person."""
    tree = receipt(SALE_1042, HERE, AFTER, AU)
    assert [line.code for line in tree if line.kind is LineKind.QR] == ["0192f0c0deadbeef"]
    assert tree[-1].kind is LineKind.CUT


def test_long_names_never_push_an_amount_off_the_paper() -> None:
    """Interface 7: a long name wraps, its amount keeps the right edge."""
    line = replace(SALE_1042.lines[0], name="Schooner of the very long named harbour ale " * 2)
    sale = replace(SALE_1042, lines=(line, *SALE_1042.lines[1:]))
    for columns in (48, 32):
        rows = _text(sale, columns=columns).splitlines()
        assert max(map(len, rows)) <= columns
        assert any(row.endswith("16.00") and len(row) == columns for row in rows)


@pytest.mark.parametrize("locale", [*LANGUAGES, PSEUDO])
def test_every_reason_of_a_sale_can_be_said(locale: str) -> None:
    """Architecture 3: prices, points and tax of sales with and without points, in every language."""
    speech = replace(AU, locale=locale)
    own_price = _sale(HERE, "cap", "locker", ticked=frozenset({1}))
    discount = catalogue(venue=replace(HERE.venue, points_tax=PointsTax.DISCOUNT))
    for sale in (SALE_1042, own_price, _sale(discount, "pale"), _sale(HERE, "pale", member=False)):
        said = explain(sale.because, speech)
        assert said
        assert "{" not in "".join(said)


def test_the_golden_sale_explains_itself() -> None:
    """Interface 10: 23.98 x 2.00 = 47.96 -> 47."""
    said = explain(SALE_1042.because, AU)
    assert "Schooner Pale: member price $8.00 instead of $8.50." in said
    assert "Location 1, classification 2: 47.96 points, rounded down to 47." in said
    assert "Schooner Pale: 1,440 points pay $14.40, after a Points Pay discount of $1.60." in said
    assert "GST 10 %: $4.08, on the full price; points count as payment." in said

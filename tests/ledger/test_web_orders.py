"""Orders of web stores through the real app, on both engines: quote, redeem, refund (R15, R65, R75)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_ledger.office import rebuilding
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import tables
from clubtill_rules.members.classification import Classification
from tests.ledger.audit import audit, balances, kinds, rows
from tests.ledger.budgeting import publish
from tests.ledger.club import Club
from tests.ledger.master import CLUB_ID, OPENING_H, person
from tests.ledger.web_shop import Shop, sold_out

BEER_H = 40_000
"""Five dollars at 80 points a dollar, the Web Redemption Ratio."""


@pytest.fixture
def shop(club: Club) -> Shop:
    """A web shop of the harbour, with a ratio of its own."""
    gold = Classification(
        number=1,
        club_id=CLUB_ID,
        description="Gold",
        points_expiry_months=12,
        redemption_ratio=100,
        web_redemption_ratio=80,
    )
    publish(club, "classification", "c1", gold, 2)
    return Shop(club)


def test_a_member_and_what_they_have(shop: Shop) -> None:
    """R65: 1,000 points at the web's 80 a dollar are 12.50, whatever the bar's ratio is."""
    key = shop.key()
    told = shop.ask(key, "GET", "/member?member_number=101").json()
    assert told == {"number": "101", "first_name": "Jean", "classification": "Gold", "may_redeem": True, "code": ""}
    told = shop.ask(key, "GET", "/balance?member_number=101").json()
    assert (told["available_h"], told["ratio"], told["available_minor"]) == (OPENING_H, 80, 1_250)


def test_a_quote_moves_nothing(shop: Shop) -> None:
    """R65, R75: two beers cost 800 points, three more than there are; nothing is reserved."""
    key = shop.key()
    told = {}
    for qty in (2, 3):
        body = {"member_number": "101", "lines": [{"product_id": "pale", "qty": qty}]}
        told[qty] = shop.ask(key, "POST", "/quotes", json=body).json()
    assert (told[2]["points_h"], told[2]["total_minor"], told[2]["enough"]) == (2 * BEER_H, 1_000, True)
    assert (told[3]["points_h"], told[3]["enough"]) == (3 * BEER_H, False)
    assert balances(shop.club.store)["A1"] == (OPENING_H, 0, 0)


def test_an_order_is_a_lease_and_a_sale(shop: Shop) -> None:
    """D21, R75, I15: granted, spent and closed at once, and a rebuild says so too; the sale stands with its lines."""
    key = shop.key()
    told = shop.order(key, qty=2)
    assert told.status_code == 200, told.text
    made = told.json()
    assert (made["points_h"], made["balance_h"], made["total_minor"]) == (2 * BEER_H, OPENING_H - 2 * BEER_H, 1_000)
    assert made["ratio"] == 80
    assert kinds(shop.club.store, "A1") == [("lease_grant", 2 * BEER_H), ("lease_spend", 2 * BEER_H)]
    (sale,) = rows(shop.club.store, tables.sale)
    assert (sale.event_id, sale.points_used_h, sale.location_id, sale.staff_id) == (
        made["order_id"],
        2 * BEER_H,
        "WEB",
        "web",
    )
    (lease,) = rows(shop.club.store, tables.lease)
    assert (lease.state, lease.spent_h) == ("closed", 2 * BEER_H)
    audit(shop.club.store)
    assert rebuilding.differences(shop.club.store, shop.club.ledger.shelf, shop.club.now_us) == ()
    again = shop.ask(key, "GET", f"/orders/{made['order_id']}").json()
    assert again == made


def test_the_same_order_again_takes_nothing_more(shop: Shop) -> None:
    """I10: one Idempotency-Key makes one order, however often and however late it is sent; another body is refused."""
    key = shop.key()
    one = shop.order(key, once="same-key-1").json()
    shop.club.tick(40 * 86_400_000_000)
    assert shop.order(key, once="same-key-1").json() == one
    other = shop.order(key, qty=2, once="same-key-1")
    assert (other.status_code, other.json()["code"]) == (422, "key_reuse")
    assert balances(shop.club.store)["A1"] == (OPENING_H - BEER_H, 0, 0)
    elsewhere = shop.order(key, "102", once="same-key-1")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "key_reuse")
    assert balances(shop.club.store)["A2"] == (OPENING_H, 0, 0)


def test_an_order_is_paid_whole_or_not_at_all(shop: Shop) -> None:
    """R75: a third beer is too much; the sentence says so, with the figures, and nothing was taken."""
    key = shop.key()
    told = shop.order(key, qty=3)
    assert told.status_code == 409
    problem = told.json()
    assert (problem["code"], problem["facts"]) == (
        "points.short",
        {"needed_h": 3 * BEER_H, "available_h": OPENING_H},
    )
    assert problem["detail"].endswith("Nothing was taken.")
    assert told.headers["content-type"] == "application/problem+json"
    assert balances(shop.club.store)["A1"] == (OPENING_H, 0, 0)
    shop.order(key, qty=2)
    audit(shop.club.store)


def test_points_that_a_till_holds_are_asked_back(shop: Shop) -> None:
    """D22, C15: the till in reach gives its lease back while the order waits; one that is cut off is not waited for."""
    till = shop.club.till()
    lease = till.lease("A1", OPENING_H).lease
    assert lease is not None
    cursor = till.feed().cursor

    async def gives(_seconds: float) -> None:
        shop.club.tick()
        if lease.lease_id in till.feed(cursor).recalls and not till.log:
            till.push(till.close("A1", lease.lease_id, 0, why="recall"))

    object.__setattr__(shop.web, "rung", gives)
    assert shop.order(shop.key()).status_code == 200
    assert balances(shop.club.store)["A1"] == (OPENING_H - BEER_H, 0, 0)
    till.lease("A2", OPENING_H)
    shop.club.tick(60_000_000)
    before = shop.rings
    assert shop.order(shop.key(), "102").json()["code"] == "points.short"
    assert shop.rings - before == 0
    audit(shop.club.store)


def test_what_goes_back_never_exceeds_what_was_taken(shop: Shop) -> None:
    """R41, C23: one of two units, then the rest, then nothing is left; each once, sent again or not."""
    key = shop.key()
    made = shop.order(key, qty=2).json()
    one = shop.refund(key, made["order_id"], (1, 1), once="back-one-1")
    assert one.status_code == 200, one.text
    assert (one.json()["points_h"], one.json()["balance_h"]) == (BEER_H, OPENING_H - BEER_H)
    assert shop.refund(key, made["order_id"], (1, 1), once="back-one-1").json() == one.json()
    assert shop.refund(key, made["order_id"], (1, 2)).json()["code"] == "refund.beyond"
    rest = shop.refund(key, made["order_id"])
    assert (rest.json()["points_h"], rest.json()["balance_h"]) == (BEER_H, OPENING_H)
    assert shop.refund(key, made["order_id"]).json()["code"] == "refund.nothing_left"
    assert shop.refund(key, made["order_id"], (9, 1)).json()["code"] == "refund.no_lines"
    shown = shop.ask(key, "GET", f"/orders/{made['order_id']}").json()
    assert (shown["points_back_h"], shown["lines"][0]["left"]) == (2 * BEER_H, 0)
    assert balances(shop.club.store)["A1"] == (OPENING_H, 0, 0)


def test_goods_that_are_not_there(shop: Shop) -> None:
    """R75: an unknown product is 404, one that is sold out 409; neither takes a point."""
    key = shop.key()
    assert shop.order(key, product_id="gone").json()["code"] == "unknown_product"
    publish(shop.club, "product", "pale", sold_out(), 2)
    assert shop.order(key).json()["code"] == "product.sold_out"
    assert balances(shop.club.store)["A1"] == (OPENING_H, 0, 0)


def test_the_place_of_the_key_decides_who_may_redeem(shop: Shop) -> None:
    """R15: Gold is valid in another venue only; the member is shown, and orders and quotes are refused."""
    gold = Classification(
        number=1, club_id=CLUB_ID, description="Gold", points_expiry_months=12, venues=("V2",), web_redemption_ratio=80
    )
    publish(shop.club, "classification", "c1", gold, 3)
    key = shop.key()
    told = shop.ask(key, "GET", "/member?member_number=101").json()
    assert (told["may_redeem"], told["code"]) == (False, "member.venue")
    assert shop.order(key).json()["code"] == "member.venue"


def test_without_a_web_ratio_nobody_redeems(shop: Shop) -> None:
    """R65, R66: ratio 0 is no redemption on the web, whatever the tills do."""
    gold = Classification(
        number=1, club_id=CLUB_ID, description="Gold", points_expiry_months=12, web_redemption_ratio=0
    )
    publish(shop.club, "classification", "c1", gold, 3)
    assert shop.order(shop.key()).json()["code"] == "points.ratio_zero"


def test_an_unfinancial_member_does_not_redeem(shop: Shop) -> None:
    """R17: fees are taken at the club; the web says why points cannot be used."""
    late = replace(person("A1"), renewal_date=person("A1").renewal_date.replace(year=2024))
    seed = seeds.Seed(accounts=(seeds.Account(club_id=CLUB_ID, account_id="A1", persons=(late,)),))
    seeds.load(shop.club.store, shop.club.ledger.shelf, seed, now_us=shop.club.now_us)
    assert shop.order(shop.key()).json()["code"] == "member.no_benefits"

"""What a key never reaches: another club, another key's orders, a call without its scope (F30, R15)."""

from __future__ import annotations

from functools import partial

import msgspec
import pytest

from clubtill_ledger.operate.web_keys import document
from clubtill_ledger.store import devices, tables_web, web_keys
from clubtill_ledger.web import keys
from clubtill_rules.values.refusal import Refusal
from tests.ledger.audit import balances, rows
from tests.ledger.club import Club
from tests.ledger.master import MINUTE, OPENING_H, SECOND
from tests.ledger.web_shop import OTHER_CLUB, Shop, with_other_club

ORDER = {"member_number": "101", "lines": [{"product_id": "pale", "qty": 1}]}
CALLS = (
    ("member", "GET", "/member?member_number=101", {}),
    ("balance", "GET", "/balance?member_number=101", {}),
    ("quote", "POST", "/quotes", {"json": ORDER}),
    ("redeem", "POST", "/orders", {"json": ORDER, "once": "an-order-1"}),
    ("redeem", "GET", f"/orders/{'0' * 32}", {}),
    ("refund", "POST", f"/orders/{'0' * 32}/refunds", {"json": {}, "once": "a-refund-1"}),
)
"""Each call with the scope that it takes."""


@pytest.fixture
def shop(club: Club) -> Shop:
    """A web shop of the harbour."""
    return Shop(club)


def test_each_call_takes_its_own_scope_and_no_other(shop: Shop) -> None:
    """F30: a key with every scope but one is refused that call, with a sentence and no data."""
    for scope, method, path, more in CALLS:
        key = shop.key(*(set(keys.SCOPES) - {scope}))
        told = shop.ask(key, method, path, **more)
        assert (told.status_code, told.json()["code"]) == (403, "no_scope"), path
        told = shop.ask(shop.key(scope), method, path, **more)
        assert told.status_code in {200, 404}, path
    assert balances(shop.club.store)["A1"][0] == OPENING_H - 50_000


@pytest.mark.parametrize(
    "wrong", ["", "x", "ctw_1_2", "ctw_{id}_" + "0" * 64, "ctx_{id}_{secret}", "ctw_{id}_{secret}0"]
)
def test_a_wrong_key_is_told_nothing(shop: Shop, wrong: str) -> None:
    """F30: no key, another key, half a key: the same answer, and nothing of what exists."""
    _, key_id, secret = shop.key().split("_")
    text = wrong.format(id=key_id, secret=secret)
    answers = {(shop.ask(text, m, p, **more).status_code, shop.ask(text, m, p, **more).text) for _, m, p, more in CALLS}
    assert len(answers) == 1
    ((status, body),) = answers
    assert (status, msgspec.json.decode(body)["code"]) == (401, "no_key")
    assert shop.send("GET", "/member?member_number=101").status_code == 401


def test_a_revoked_key_is_over_at_once(shop: Shop) -> None:
    """C13: revoked as a key or as a device, nothing more is answered; other keys go on."""
    one, two, three = shop.key(), shop.key(), shop.key()
    found = {key.key_id: key for key in shop.club.store.read(web_keys.every)}
    shop.club.store.write(partial(web_keys.revoke, key_id=one.split("_")[1], now_us=shop.club.now_us))
    device_id = found[two.split("_")[1]].device_id
    shop.club.store.write(partial(devices.change, device_id=device_id, revoked_us=shop.club.now_us))
    assert [shop.ask(key, "GET", "/member?member_number=101").status_code for key in (one, two, three)] == [
        401,
        401,
        200,
    ]


def test_only_the_hash_of_a_key_is_kept(shop: Shop) -> None:
    """F30: who reads the database cannot call; nor can anybody sign in the name of a key's device."""
    key = shop.key()
    (row,) = rows(shop.club.store, tables_web.web_key)
    assert key.split("_")[2] not in repr(row)
    till = shop.club.till()
    till.signer = type(till.signer)(till.signer.key, row.device_id)
    assert till.call("POST", "/v1/hello", b"{}").status == 401


def test_another_clubs_members_are_never_found(shop: Shop) -> None:
    """F30: two clubs have members of the same numbers; each key sees, charges and refunds those of its own alone."""
    with_other_club(shop)
    ours, theirs = shop.key(), shop.key(club_id=OTHER_CLUB)
    assert shop.ask(ours, "GET", "/member?member_number=101").json()["first_name"] == "Jean"
    assert shop.ask(theirs, "GET", "/member?member_number=101").json()["first_name"] == "Olga"
    assert shop.ask(theirs, "GET", "/member?member_number=103").json()["code"] == "unknown_member"
    assert shop.ask(theirs, "GET", "/balance?member_number=101").json()["available_h"] == 7_700
    made = shop.order(ours).json()
    assert shop.ask(theirs, "GET", f"/orders/{made['order_id']}").json()["code"] == "unknown_order"
    assert shop.refund(theirs, made["order_id"]).json()["code"] == "unknown_order"
    assert balances(shop.club.store)["X1"] == (7_700, 0, 0)


def test_another_keys_orders_are_never_reached(shop: Shop) -> None:
    """F30: of the same club and place even, an order is its own key's; and one Idempotency-Key means two orders."""
    one, two = shop.key(), shop.key(terminal_id="W2")
    mine = shop.order(one, once="the-same-text").json()["order_id"]
    yours = shop.order(two, once="the-same-text").json()["order_id"]
    assert mine != yours
    assert shop.ask(two, "GET", f"/orders/{mine}").json()["code"] == "unknown_order"
    assert shop.refund(two, mine).json()["code"] == "unknown_order"
    assert balances(shop.club.store)["A1"] == (0, 0, 0)
    assert shop.refund(one, mine).status_code == 200


def test_a_refund_is_no_order(shop: Shop) -> None:
    """F30: the id of a refund leads to nothing that could go back once more."""
    key = shop.key()
    made = shop.order(key).json()["order_id"]
    back = shop.refund(key, made).json()["refund_id"]
    assert shop.ask(key, "GET", f"/orders/{back}").json()["code"] == "unknown_order"
    assert shop.refund(key, back).json()["code"] == "unknown_order"


def test_tills_orders_are_never_reached(shop: Shop) -> None:
    """F30: the sale of a till, of the same member, is no order of any key."""
    till = shop.club.till()
    sale = till.sale("A1")
    till.push(sale)
    assert shop.ask(shop.key(), "GET", f"/orders/{sale.event_id}").json()["code"] == "unknown_order"


def test_a_key_sends_so_many_requests_a_minute(shop: Shop) -> None:
    """F37: three a minute; the fourth waits twenty seconds; another key has its own."""
    key, other = shop.key(per_minute=3), shop.key(per_minute=3)
    look = partial(shop.ask, method="GET", path="/member?member_number=101")
    assert [look(key).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = look(key)
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many", "20")
    assert look(other).status_code == 200
    shop.club.tick(20 * SECOND)
    assert [look(key).status_code for _ in range(2)] == [200, 429]
    shop.club.tick(10 * MINUTE)
    assert [look(key).status_code for _ in range(4)] == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "unreadable"),
        (b"\xff\xfe", 400, "unreadable"),
        (b"[]", 422, "invalid"),
        (b'{"member_number":"101","lines":[]}', 422, "invalid"),
        (b'{"member_number":101,"lines":[{"product_id":"pale","qty":1}]}', 422, "invalid"),
        (b'{"member_number":"101","lines":[{"product_id":"pale","qty":1.5}]}', 422, "invalid"),
        (b'{"member_number":"101","lines":[{"product_id":"pale","qty":-1}]}', 422, "invalid"),
        (b'{"member_number":"101","lines":[{"product_id":"pale","qty":1,"price":0}]}', 422, "invalid"),
        (b'"' + b"x" * 70_000 + b'"', 413, "too_large"),
    ],
)
def test_a_broken_request_is_a_problem(shop: Shop, body: bytes, status: int, code: str) -> None:
    """6.4: what cannot be read, or says more than it may, is answered with a code and a sentence; nothing moves."""
    headers = {"Authorization": f"Bearer {shop.key()}", "Content-Type": "application/json"}
    told = shop.send("POST", "/quotes", headers=headers, content=body)
    assert (told.status_code, told.json()["code"]) == (status, code)
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["detail"].endswith(".")


def test_unknown_calls_and_methods_are_problems_too(shop: Shop) -> None:
    """6.4: also what no route knows is answered in the same form, and no answer may be kept."""
    for method, path, status in (("GET", "/nothing", 404), ("DELETE", "/orders", 405)):
        told = shop.send(method, path)
        assert (told.status_code, told.headers["content-type"]) == (status, "application/problem+json")
        assert told.headers["cache-control"] == "no-store"


def test_a_key_needs_a_place_and_scopes(shop: Shop) -> None:
    """R15: a key without a web location's terminal, or for a club that is not here, is not made."""
    for told in ({"terminal_id": "W9"}, {"club_id": "nowhere"}):
        with pytest.raises(Refusal, match=r"web\.unknown_place"):
            shop.key(**told)
    with pytest.raises(Refusal, match=r"web\.unknown_scope"):
        shop.key("everything")
    assert rows(shop.club.store, tables_web.web_key) == []


def test_the_document_is_what_the_app_serves(shop: Shop) -> None:
    """R75: `web-key openapi` writes the document that `/web/v1/openapi.json` answers, every call with its problems."""
    served = shop.send("GET", "/openapi.json").json()
    assert served == msgspec.json.decode(msgspec.json.encode(document()))
    for path in served["paths"].values():
        for call in path.values():
            assert {"200", "400", "401", "403", "404", "409", "422", "429"} <= set(call["responses"])
            assert call["security"]

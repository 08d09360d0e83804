"""Leases through the real `answer`, on both engines (4.2, 4.4)."""

from datetime import date

import msgspec
import pytest

from clubtill_ledger.app.calls import go_on, open_call
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import tables
from clubtill_ledger.store.devices import Device
from clubtill_rules.members.account import Block
from clubtill_rules.members.venue import Venue
from clubtill_sync.wire.requests import LeaseAnswer
from tests.ledger.audit import audit, balances, kinds, raw, rows
from tests.ledger.budgeting import publish
from tests.ledger.club import Club, Till, decoded, event_id, refused
from tests.ledger.master import CLUB_ID, DAY, OPENING_H, ZONE


def test_lease_moves_points_aside(club: Club) -> None:
    """R72, D21: a lease moves points from available to reserved; the balance stays until a sale spends them."""
    till = club.till()
    told = till.lease("A1", 208_800 // 10, sale_id="5" * 32)
    assert told.lease is not None
    assert (told.lease.granted_h, told.lease.sale_id, told.held_elsewhere_h) == (20_880, "5" * 32, 0)
    assert told.card is not None
    assert (told.card.balance.hundredths, told.card.reserved.hundredths) == (OPENING_H - 20_880, 20_880)
    assert balances(club.store)["A1"] == (OPENING_H - 20_880, 20_880, 0)
    audit(club.store)


def test_spend_and_close_settle_a_lease(club: Club) -> None:
    """R72, I25: the sale spends the lease, the close returns the rest, and nothing is reserved any more."""
    till = club.till()
    sale_id = event_id()
    lease = till.lease("A1", 50_000, sale_id=sale_id).lease
    assert lease is not None
    till.push(
        till.sale("A1", spends=[(lease.lease_id, 30_000)], name=sale_id), till.close("A1", lease.lease_id, 30_000)
    )
    assert kinds(club.store, "A1") == [("lease_grant", 50_000), ("lease_spend", 30_000), ("lease_return", 20_000)]
    assert balances(club.store)["A1"] == (OPENING_H - 30_000, 0, 0)
    (row,) = rows(club.store, tables.lease)
    assert (row.state, row.spent_h, row.returned_h) == ("closed", 30_000, 20_000)
    audit(club.store)


def test_same_ask_gets_the_same_lease(club: Club) -> None:
    """I10, planted bug B3: an ask repeated by sale id and ask number grants once."""
    till = club.till()
    one = till.lease("A1", 10_000, sale_id="6" * 32)
    club.tick()
    two = till.lease("A1", 10_000, sale_id="6" * 32)
    assert one.lease == two.lease
    three = till.lease("A1", 5_000, sale_id="6" * 32, ask_no=1)
    assert three.lease is not None
    assert three.lease.lease_id != one.lease.lease_id if one.lease else False
    assert balances(club.store)["A1"][1] == 15_000


def test_ask_id_of_another_account_is_422(club: Club) -> None:
    """6.4: the same ask for another account, or by another device, is a bug of the sender."""
    one, two = club.till("T1"), club.till("T2")
    one.lease("A1", 10_000, sale_id="7" * 32)
    assert refused(two.call("POST", "/v1/leases", two.ask("A1", 10_000, "7" * 32)))[:2] == (422, "key_reuse")


def test_ask_is_given_what_is_there(club: Club) -> None:
    """C3: the second till is offered what the first left, and told what is held elsewhere."""
    one, two = club.till("T1"), club.till("T2")
    one.lease("A1", OPENING_H - 30_000)
    told = two.lease("A1", 50_000)
    assert told.lease is not None
    assert (told.lease.granted_h, told.held_elsewhere_h) == (30_000, OPENING_H - 30_000)
    none = two.lease("A1", 50_000)
    assert none.lease is None
    audit(club.store)


def test_attach_grants_up_to_the_cap(club: Club) -> None:
    """4.4 (a): an ask without an amount grants the smaller of what is available and the venue's cap."""
    till = club.till()
    told = till.lease("A1", 0, why="attach")
    assert told.lease is not None
    assert told.lease.granted_h == OPENING_H


def test_attach_again_tops_up_to_the_cap(club: Club) -> None:
    """4.4 (a): what the till holds for the account already, from a check-in or an attach before, counts to the cap."""
    publish(club, "venue", "V1", Venue(id="V1", name="Harbour", zone=ZONE, lease_cap_h=30_000), 2)
    till = club.till()
    first = till.lease("A1", 0, why="attach").lease
    assert first is not None
    assert first.granted_h == 30_000
    assert till.lease("A1", 0, why="attach", ask_no=1).lease is None
    till.push(till.sale("A1", spends=[(first.lease_id, 12_000)]))
    again = till.lease("A1", 0, why="attach", ask_no=2).lease
    assert again is not None
    assert again.granted_h == 12_000
    audit(club.store)


def test_mode_refuse_grants_only_for_a_sale(club: Club) -> None:
    """4.1, I22: in mode REFUSE no lease is granted ahead of a sale, one for the sale in hand is."""
    till = club.till("M1")
    assert till.lease("A1", 0, why="attach").lease is None
    assert till.lease("A1", 500, why="attach").lease is None
    assert till.lease("A1", 500, why="points_pay").lease is not None


def test_blocked_account_gets_no_lease(club: Club) -> None:
    """R13: a blocked account redeems nothing."""
    seed = seeds.Seed(accounts=(seeds.Account(club_id=CLUB_ID, account_id="A1", block=Block.BLOCKED),))
    seeds.load(club.store, club.ledger.shelf, seed, now_us=club.now_us)
    till = club.till()
    assert refused(till.call("POST", "/v1/leases", till.ask("A1", 500)))[:2] == (409, "account.blocked")
    assert refused(till.call("POST", "/v1/leases", till.ask("NOBODY", 500)))[:2] == (404, "unknown_account")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]"])
def test_unreadable_ask_is_400(club: Club, body: bytes) -> None:
    """6.4: what cannot be parsed is 400."""
    assert refused(club.till().call("POST", "/v1/leases", body))[:2] == (400, "unreadable")


def test_hello_and_feed_list_what_a_device_holds(club: Club) -> None:
    """C2: a grant whose answer was lost shows in hello and in the next page of the feed."""
    till = club.till()
    lease = till.lease("A1", 10_000).lease
    assert till.hello().leases == (lease,)
    assert till.feed().leases == (lease,)
    assert club.till("T2").feed().leases == ()


def test_spend_is_dated_after_its_grant(club: Club) -> None:
    """3.1: a spend by a clock that lies behind is put a tick after the grant that it spends."""
    till = club.till()
    lease = till.lease("A1", 10_000).lease
    assert lease is not None
    till.push(till.sale("A1", spends=[(lease.lease_id, 10_000)], at_us=club.now_us - 60_000_000))
    grant, spend = [row for row in rows(club.store, tables.entry) if row.lease_id]
    assert spend.eff_us == grant.eff_us + 1
    audit(club.store)


def test_spend_of_an_unknown_lease_stands_flagged(club: Club) -> None:
    """C26, I24: a ledger that lost a grant posts its spend all the same, with flags that say what happened."""
    till = club.till()
    told = till.push(till.sale("A1", spends=[("9" * 32, 10_000)]))
    assert set(told.results[0].flags) >= {"LEASE_UNKNOWN", "BEYOND_LEASE"}
    assert balances(club.store)["A1"] == (OPENING_H - 10_000, 0, 0)
    audit(club.store)


def test_close_keeps_what_a_held_sale_spent(club: Club) -> None:
    """I25: what the holder says it spent in a sale that is still held stays reserved until that sale is posted."""
    till = club.till()
    lease = till.lease("A1", 50_000).lease
    assert lease is not None
    held = till.sale("A1", spends=[(lease.lease_id, 20_000)], product_id="gone")
    told = till.push(held, till.close("A1", lease.lease_id, 20_000))
    assert [result.status for result in told.results] == ["held", "posted"]
    assert told.results[1].flags == ("SPENT_DIFFERS",)
    assert balances(club.store)["A1"] == (OPENING_H - 20_000, 20_000, 0)
    audit(club.store)


def test_second_close_does_not_return_what_a_held_sale_spent(club: Club) -> None:
    """I25: a lease closes once; a later close with another count does not free what the first one left reserved."""
    till = club.till()
    lease = till.lease("A1", 50_000).lease
    assert lease is not None
    held = till.sale("A1", spends=[(lease.lease_id, 20_000)], product_id="gone")
    till.push(held, till.close("A1", lease.lease_id, 20_000), till.close("A1", lease.lease_id, 0))
    assert balances(club.store)["A1"] == (OPENING_H - 20_000, 20_000, 0)
    audit(club.store)


def test_grant_is_dated_after_all_that_it_counted(club: Club) -> None:
    """I24: where the ledger's own clock went back, a grant still follows every entry that made it possible."""
    till = club.till()
    till.push(till.sale("A1"))
    club.tick(-10_000_000)
    assert till.lease("A1", OPENING_H + 500).lease is not None
    (grant,) = [row for row in rows(club.store, tables.entry) if row.lease_id]
    assert grant.eff_us == max(row.eff_us for row in rows(club.store, tables.entry) if row.account_id == "A1")
    audit(club.store)


def test_close_sent_twice_returns_once(club: Club) -> None:
    """I10, I25: two closes of one lease, of one device, return its rest once."""
    till = club.till()
    lease = till.lease("A1", 50_000).lease
    assert lease is not None
    till.push(till.close("A1", lease.lease_id, 0), till.close("A1", lease.lease_id, 0))
    assert kinds(club.store, "A1") == [("lease_grant", 50_000), ("lease_return", 50_000)]
    assert balances(club.store)["A1"] == (OPENING_H, 0, 0)


def test_only_the_holder_closes_a_lease(club: Club) -> None:
    """I25: another device's close changes nothing and is flagged."""
    one, two = club.till("T1"), club.till("T2")
    lease = one.lease("A1", 50_000).lease
    assert lease is not None
    told = two.push(two.close("A1", lease.lease_id, 0))
    assert told.results[0].flags == ("LEASE_UNKNOWN",)
    assert balances(club.store)["A1"] == (OPENING_H - 50_000, 50_000, 0)


def test_no_time_returns_a_lease(club: Club) -> None:
    """4.4, planted bug B4: a lease is reserved until its holder closes it, whatever the clock says."""
    till = club.till()
    till.lease("A1", 50_000)
    club.tick(300 * DAY)
    other = club.till("T2")
    other.push(other.sale("A1"))
    assert balances(club.store)["A1"] == (OPENING_H - 50_000 + 500, 50_000, 0)


def test_advice_names_the_lots_behind_a_lease(club: Club) -> None:
    """4.4: a lease lists the lots it stands on, oldest first, beyond those that another lease stands on."""
    opening = (
        seeds.Opening(amount_h=300, earn_day=date(2026, 1, 1), last_day=date(2026, 6, 30)),
        seeds.Opening(amount_h=200, earn_day=date(2026, 2, 1), last_day=date(2026, 9, 30)),
        seeds.Opening(amount_h=900, earn_day=date(2026, 3, 1)),
    )
    account = seeds.Account(club_id=CLUB_ID, account_id="LOTS", opening=opening)
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(account,)), now_us=club.now_us)
    one, two = club.till("T1"), club.till("T2")
    first, second = one.lease("LOTS", 400).lease, two.lease("LOTS", 600).lease
    assert first is not None
    assert second is not None
    assert first.advice == ((date(2026, 6, 30), 300), (date(2026, 9, 30), 100))
    assert second.advice == ((date(2026, 9, 30), 100), (None, 500))


def test_lease_ids_sort_as_they_were_granted(club: Club) -> None:
    """The till spends the oldest lease first and knows it by its id."""
    till = club.till()
    made: list[str] = []
    for _ in range(20):
        club.tick(2_000)
        lease = till.lease("A1", 100).lease
        assert lease is not None
        made.append(lease.lease_id)
    assert made == sorted(made)
    assert all(len(one) == 32 and one[12] == "7" for one in made)


# ------------------------------------------------------------------ recall


def _begin(till: Till, account_id: str, amount_h: int) -> tuple[LeaseAnswer | None, bytes]:
    """Ask as a route does, which may wait."""
    body = till.ask(account_id, amount_h)
    request = till.request("POST", "/v1/leases", body)
    device = open_call(request, till.club.ledger, till.club.now_us)
    assert isinstance(device, Device)
    response = go_on(request, device, till.club.ledger, till.club.now_us, may_wait=True)
    return (None if response.again else decoded(response, LeaseAnswer)), body


def test_ask_recalls_what_a_connected_till_holds(club: Club) -> None:
    """D22, 4.4: too little is left, so the connected holder is told once by the feed; its close serves the asker."""
    one, two = club.till("T1"), club.till("T2")
    lease = one.lease("A1", OPENING_H).lease
    assert lease is not None
    cursor = one.feed().cursor
    answer, body = _begin(two, "A1", 40_000)
    assert answer is None
    page = one.feed(cursor)
    assert page.recalls == (lease.lease_id,)
    assert one.feed(page.cursor).recalls == (), "a recall is told once"
    assert one.feed(cursor).recalls == (lease.lease_id,), "a page that was lost tells it again"
    one.push(one.close("A1", lease.lease_id, 0, why="recall"))
    told = decoded(two.call("POST", "/v1/leases", body), LeaseAnswer)
    assert told.lease is not None
    assert told.lease.granted_h == 40_000
    audit(club.store)


def test_recall_never_closes_a_lease_by_itself(club: Club) -> None:
    """I25, planted bug B16: a holder with an open tender keeps its lease; the asker is offered what is there."""
    one, two = club.till("T1"), club.till("T2")
    one.lease("A1", OPENING_H - 10_000)
    answer, body = _begin(two, "A1", 40_000)
    assert answer is None
    club.tick(2_500_000)
    told = decoded(two.call("POST", "/v1/leases", body), LeaseAnswer)
    assert told.lease is not None
    assert (told.lease.granted_h, told.held_elsewhere_h) == (10_000, OPENING_H - 10_000)


def test_nobody_waits_for_a_till_that_is_cut_off(club: Club) -> None:
    """4.4: only connected holders are asked; one that was not heard of for a while is not waited for."""
    one, two = club.till("T1"), club.till("T2")
    one.lease("A1", OPENING_H)
    club.tick(60_000_000)
    answer, _ = _begin(two, "A1", 40_000)
    assert answer is not None
    assert answer.lease is None
    assert answer.held_elsewhere_h == OPENING_H


def test_recall_is_forgotten(club: Club) -> None:
    """4.4: an asker waits two seconds, so a recall that nobody heard is not told later."""
    one, two = club.till("T1"), club.till("T2")
    one.lease("A1", OPENING_H)
    cursor = one.feed().cursor
    _begin(two, "A1", 40_000)
    club.tick(10_000_000)
    assert one.feed(cursor).recalls == ()


def test_held_event_keeps_its_bytes(club: Club) -> None:
    """C25: a lease close of an unknown club waits with its bytes."""
    till = club.till()
    odd = till.close("A1", "8" * 32, 0)
    event = msgspec.json.decode(odd.data)
    event["body"]["club_id"] = "nowhere"
    data = msgspec.json.encode(event)
    till.log.append(data)
    till.hashes.append("0" * 64)
    till.post(till.batch(first=1))
    assert raw(club.store, odd.event_id).reason == "unknown_settings"

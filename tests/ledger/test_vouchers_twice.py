"""R102: a voucher taken by two tills that were cut off: both sales stand, the later use is flagged to a manager."""

from __future__ import annotations

import itertools

import pytest
from typer.testing import CliRunner

from clubtill_ledger.office import exceptions
from clubtill_ledger.operate import command
from clubtill_rules.sale.vouchers import USED_TWICE
from clubtill_sync.wire.versions_sale import Beside
from tests.ledger.audit import audit, raw
from tests.ledger.club import Club, Happened
from tests.ledger.counting import Desk
from tests.ledger.master import MINUTE


def sold(desk: Desk, account_id: str, *numbers: str) -> Happened:
    """Sell two beers for vouchers, a minute later."""
    desk.till.club.tick(MINUTE)
    return desk.told(desk.final(desk.basket(account_id)), Beside(vouchers=numbers))[0]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_the_earlier_use_stands_in_any_order_of_arrival(club: Club, order: tuple[int, ...]) -> None:
    """R102: by effective time and event id, whichever arrives first; the other two are listed, their sales stand."""
    desks = [Desk(club.till(name)) for name in ("T1", "T2", "M1")]
    sales = [sold(desk, account_id, "V9") for desk, account_id in zip(desks, ("A1", "A2", "A3"), strict=True)]
    for n in order:
        assert desks[n].till.push(sales[n]).results[0].status == "posted"
    assert exceptions.counts(club.store)[USED_TWICE] == 2
    assert [row.event_id for row in exceptions.listed(club.store, USED_TWICE)] == [one.event_id for one in sales[1:]]
    assert {raw(club.store, one.event_id).status for one in sales} == {"posted"}
    audit(club.store)


def test_one_use_each_is_nothing_to_tell(club: Club, database: str) -> None:
    """R102: the same batch twice is one use, other numbers are other vouchers, and a voided sale used none."""
    first, second = Desk(club.till("T1")), Desk(club.till("T2"))
    first.till.keep(sold(first, "A1", "V1", "V2"))
    body = first.till.batch()
    assert first.till.post(body).status == first.till.post(body).status == 200
    first.till.acked = 1
    second.till.push(sold(second, "A2", "V3"))
    made, sale = second.told(second.final(second.basket("A2")), Beside(vouchers=("V4",)))
    second.till.push(made, second.void(sale))
    club.tick(MINUTE)
    first.till.push(sold(first, "A1", "V4"))
    assert USED_TWICE not in exceptions.counts(club.store)
    assert exceptions.listed(club.store, USED_TWICE) == ()
    again = sold(second, "A2", "V4")
    second.till.push(again)
    told = CliRunner().invoke(command, ["exceptions", "--database", database]).output
    assert f"1 {USED_TWICE}. {exceptions.MEANING[USED_TWICE]}" in told
    listed = CliRunner().invoke(command, ["exceptions", USED_TWICE, "--database", database]).output
    assert listed.startswith(again.event_id)

"""Putting sales aside and taking them up, at one till and at two, with the line and without (R73, 6.5, F47, F48)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.tender import take_cash
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.client import Answer, Lost, Unknown
from clubtill_terminal.actions import park, redeem
from clubtill_terminal.actions.place import read_place
from clubtill_terminal.actions.sell import sell
from clubtill_terminal.store import members
from clubtill_wording.speech import Speech
from tests.ledger.club import OPENING_H
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.tills import Till, ask

Enrolled = Callable[[str], Till]


def catalogue_of(till: Till) -> Catalogue:
    """Give what is sold where the till stands."""
    place = read_place(till.terminal)
    assert place is not None
    return place.catalogue


def rung_up(till: Till, *, account_id: str = "") -> Basket:
    """Ring up a beer."""
    catalogue = catalogue_of(till)
    basket = Basket(sale_id=till.terminal.new_id())
    if account_id:
        with till.terminal.store.cache.begin() as cache:
            account = members.by_account(cache, account_id)
        assert account is not None
        basket = replace(basket, member=account.persons[0], account=account, benefits=True)
    return baskets.add(basket, "pale", catalogue=catalogue, at_us=till.terminal.now_us())


def put(till: Till, basket: Basket, **told: object) -> str:
    """Put a sale aside as table 4."""
    return park.put_aside(
        till.terminal,
        basket,
        name="Table 4",
        staff_id="S1",
        catalogue=catalogue_of(till),
        **told,  # type: ignore[arg-type]
    )


def test_a_sale_parked_here_is_taken_up_there_once(enrolled: Enrolled) -> None:
    """6.5, R73: by the feed every till lists it; one takes it, with a sale id of its own, and the other is told who."""
    here, there = enrolled("T1"), enrolled("T2")
    basket = rung_up(here)
    parked_id = put(here, basket)
    assert [(one.here, one.holder) for one in park.listed(here.terminal, "BAR")] == [(True, "")]
    assert park.send_waiting(here.terminal, here.client) == 1
    for till in (here, there):
        till.pull_all()
        [listed] = park.listed(till.terminal, "BAR")
        assert (listed.parked_id, listed.name, listed.here) == (parked_id, "Table 4", False)
    assert park.listed(here.terminal, "DOOR") == ()
    taken = park.take(there.terminal, there.client, parked_id, staff_id="S1")
    assert (taken.basket.lines, taken.parked_id) == (basket.lines, parked_id)
    assert taken.basket.sale_id not in {basket.sale_id, parked_id}
    with pytest.raises(Refusal, match=r"parked\.held"):
        park.take(here.terminal, here.client, parked_id, staff_id="S1")
    here.pull_all()
    [listed] = park.listed(here.terminal, "BAR")
    assert listed.holder == there.terminal.device_id
    more = baskets.add(taken.basket, "pale", catalogue=catalogue_of(there), at_us=there.terminal.now_us())
    assert put(there, more, taken=taken) == parked_id
    park.send_waiting(there.terminal, there.client)
    again = park.take(here.terminal, here.client, parked_id, staff_id="S1")
    assert (again.version, again.basket.lines) == (4, more.lines)


def test_the_sale_of_a_parked_one_ends_it(enrolled: Enrolled, speech: Speech) -> None:
    """6.5, F48: the sale names what it was made of, so that it is nobody's any more; a second one is flagged."""
    till = enrolled("T1")
    parked_id = put(till, rung_up(till))
    park.send_waiting(till.terminal, till.client)
    for _ in range(2):
        basket = rung_up(till)
        due = baskets.totals(basket, catalogue_of(till)).due
        paid = baskets.tender(basket, take_cash(due, due, 5, "cash"))
        sell(
            till.terminal,
            paid,
            catalogue=catalogue_of(till),
            staff_id="S1",
            offline=False,
            speech=speech,
            till="T1",
            staff="Sam",
            parked_id=parked_id,
        )
    [pushed, *_] = till.push_all()
    assert isinstance(pushed.outcome, Answer)
    assert [one.flags for one in pushed.outcome.value.results] == [(), ("PARKED_TWICE",)]
    till.pull_all()
    assert park.listed(till.terminal, "BAR") == ()


def test_cut_off_a_till_takes_back_only_what_it_never_sent(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """6.5, F47: after an answer that never came somebody else may have it, so only the ledger says who gets it."""
    till = enrolled("T1")
    kept, sent = put(till, rung_up(till)), put(till, rung_up(till))
    ledger.kill()
    taken = park.take_back(till.terminal, kept)
    assert taken is not None
    assert len(taken.basket.lines) == 1
    assert park.take_back(till.terminal, kept) is None, "one sale is taken up once"
    with pytest.raises(Refusal, match=r"park\.offline"):
        park.take(till.terminal, till.client, sent, staff_id="S1")
    row = park.waiting(till.terminal)
    assert row is not None
    outcome = park.send(till.client, row)
    assert outcome == Unknown(reason=Lost.NOBODY_LISTENS)
    assert not park.settle(till.terminal, row, outcome)
    assert park.take_back(till.terminal, sent) is None
    ledger.start()
    assert park.send_waiting(till.terminal, till.client) == 1
    assert park.take(till.terminal, till.client, sent, staff_id="S1").parked_id == sent


def test_put_back_before_the_first_answer_came_it_still_reaches_the_ledger(enrolled: Enrolled) -> None:
    """F2, F9: the feed told of it and it was taken up, while this till still waited for the answer to its parking."""
    till = enrolled("T1")
    parked_id = put(till, rung_up(till))
    first = park.waiting(till.terminal)
    assert first is not None
    answered = park.send(till.client, first)
    taken = park.take(till.terminal, till.client, parked_id, staff_id="S1")
    put(till, taken.basket, taken=taken)
    assert park.settle(till.terminal, first, answered)
    second = park.waiting(till.terminal)
    assert second is not None
    assert (second.parked_id, second.version) == (parked_id, 3)
    assert park.send_waiting(till.terminal, till.client) == 1
    assert park.take(till.terminal, till.client, parked_id, staff_id="S1").version == 4


def test_a_lost_answer_parks_it_once(enrolled: Enrolled) -> None:
    """F2, I10: sent again it is the same sale with the same version."""
    till = enrolled("T1")
    parked_id = put(till, rung_up(till))
    row = park.waiting(till.terminal)
    assert row is not None
    assert isinstance(park.send(till.client, row), Answer)
    assert park.send_waiting(till.terminal, till.client) == 1
    assert park.take(till.terminal, till.client, parked_id, staff_id="S1").version == 2


def test_parking_clears_points_and_gives_their_lease_back(enrolled: Enrolled) -> None:
    """R73, 6.5: no choice of Points Pay is parked, and nothing stays reserved for it."""
    till = enrolled("T1")
    basket, catalogue = rung_up(till, account_id="A1"), catalogue_of(till)
    held = redeem.keep(till.terminal, redeem.ask(till.client, ask("A1", 1_000, sale_id=basket.sale_id)))
    offered = options(
        basket.lines, classification=catalogue.classifications[1], catalogue=catalogue, available=Points(OPENING_H)
    )
    basket = baskets.use_points(basket, offered, frozenset(line.n for line in basket.lines))
    assert held
    assert basket.ticked
    parked_id = put(till, basket)
    till.push_all()
    assert till.booked("A1").reserved_h == 0
    taken = park.take_back(till.terminal, parked_id)
    assert taken is not None
    assert (taken.basket.ticked, taken.basket.lines[0].by_points) == (frozenset(), None)
    assert taken.basket.account == basket.account


def test_a_sale_with_a_payment_is_not_parked(enrolled: Enrolled) -> None:
    """R73: refused by name, and nothing is kept of it."""
    till = enrolled("T1")
    paid = replace(rung_up(till), tenders=(take_cash(Money(500), Money(500), 5, "cash"),))
    with pytest.raises(Refusal, match=r"park\.paid"):
        put(till, paid)
    assert park.listed(till.terminal, "BAR") == ()

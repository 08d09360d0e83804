"""What the offline hour allows at the till, tried at the last moment: when the sale becomes final.

What was offered while the line was good, or before the eighth day, or before the ledger doubted this device's log, may
no longer hold then. Either the whole sale is written or nothing is.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill.demo import cast
from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.points.redeeming import options
from clubtill_rules.sale import basket as baskets
from clubtill_rules.sale.basket import Basket
from clubtill_rules.sale.tender import take_cash
from clubtill_rules.values.days import US_PER_DAY
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.requests import LeaseRow
from clubtill_terminal.actions.find_member import by_number
from clubtill_terminal.actions.sell import Sold, sell
from clubtill_terminal.store import leases, outbox, sales
from clubtill_terminal.store.device import change_device, read_device

SALE = "5a1e" + "0" * 28
LAGER, PALE = 1, 2


def lease(terminal, points: int, *, sale_id: str = "", lease_id: str = "l1") -> None:
    """Hold a lease on Jean's points, asked for by a sale or ahead of one."""
    row = LeaseRow(
        lease_id=lease_id,
        club_id=cast.CLUB,
        account_id="a100001",
        granted_h=points * 100,
        spent_h=0,
        sale_id=sale_id,
        ask_no=1,
        advice=((None, points * 100),),
    )
    with terminal.store.facts.begin() as facts:
        leases.adopt(facts, [row])


def venue_in(catalogue: Catalogue, mode: OfflineMode) -> Catalogue:
    """Give the settings of a venue in this mode."""
    return replace(catalogue, venue=replace(catalogue.venue, offline_mode=mode))


def rung_up(terminal, place, *, by_points: bool) -> Basket:
    """Ring up a lager and a pale for Jean; the pale by points if wanted, the rest in cash."""
    catalogue = place.catalogue
    basket = Basket(sale_id=SALE)
    for product in ("schooner-lager", "schooner-pale"):
        basket = baskets.add(basket, product, catalogue=catalogue, at_us=terminal.now_us())
    [jean] = by_number(terminal, place, "100001")
    basket = baskets.attach(basket, jean.member, jean.account, jean.attach, catalogue)
    if by_points:
        offered = options(
            basket.lines,
            classification=catalogue.classification_of(jean.member),
            catalogue=catalogue,
            available=jean.held.balance,
        )
        basket = baskets.use_points(basket, offered, frozenset({PALE}))
    sums = baskets.totals(basket, catalogue)
    return baskets.tender(basket, take_cash(sums.due, sums.cash_due, 5, catalogue.media_of(MediaKind.CASH).id))


def sell_it(terminal, basket: Basket, catalogue: Catalogue, speech, *, offline: bool = True) -> Sold:
    """Make it final at the Main Bar."""
    return sell(
        terminal,
        basket,
        catalogue=catalogue,
        staff_id="sam",
        offline=offline,
        speech=speech,
        till="Main Bar 1",
        staff="Sam",
    )


def standing(terminal) -> tuple[object, ...]:
    """Give all that a sale changes: number, log, leases, and what waits for the printer."""
    with terminal.store.facts.begin() as facts:
        device = read_device(facts)
        spent = [(one.lease_id, one.spent_h, one.open) for one in leases.all_open(facts)]
        return device.next_sale_number, device.next_seq, outbox.waiting(facts, 9)[0], spent, sales.unprinted(facts)


def refused(terminal, basket: Basket, catalogue: Catalogue, speech, *, offline: bool = True) -> Refusal:
    """Give the refusal of a sale that left everything as it was; without points the same till goes on selling."""
    before = standing(terminal)
    with pytest.raises(Refusal) as caught:
        sell_it(terminal, basket, catalogue, speech, offline=offline)
    assert standing(terminal) == before
    return caught.value


def test_in_refuse_a_lease_asked_for_by_this_sale_is_spent_though_the_line_dropped(
    club_till, club_place, speech
) -> None:
    """I22, D39: the ledger granted it online for this very sale; the drop before the last coin changes nothing."""
    lease(club_till, 800, sale_id=SALE)
    catalogue = venue_in(club_place.catalogue, OfflineMode.REFUSE)
    basket = rung_up(club_till, club_place, by_points=True)
    sold = sell_it(club_till, basket, catalogue, speech)
    assert sold.sale.offline
    assert [one.lease_id for one in sold.sale.lease_spends] == ["l1"]
    assert sold.sale.points_used == baskets.totals(basket, catalogue).points_used > whole(0)


@pytest.mark.parametrize("offline", [True, False], ids=["offline", "online"])
def test_in_refuse_a_lease_that_lies_about_here_is_not_spent(club_till, club_place, speech, offline: bool) -> None:
    """I22: granted ahead of a sale, before the venue chose REFUSE, it pays for nothing, on line or off."""
    lease(club_till, 5000)
    lease(club_till, 5000, sale_id="another", lease_id="l2")
    catalogue = venue_in(club_place.catalogue, OfflineMode.REFUSE)
    basket = rung_up(club_till, club_place, by_points=True)
    assert refused(club_till, basket, catalogue, speech, offline=offline).code == "points.short"


def test_in_refuse_the_sales_own_lease_pays_though_an_older_one_lies_here(club_till, club_place, speech) -> None:
    """I22: the oldest grant goes first among the sale's own only."""
    lease(club_till, 5000, lease_id="l0")
    lease(club_till, 800, sale_id=SALE)
    catalogue = venue_in(club_place.catalogue, OfflineMode.REFUSE)
    sold = sell_it(club_till, rung_up(club_till, club_place, by_points=True), catalogue, speech)
    assert [one.lease_id for one in sold.sale.lease_spends] == ["l1"]


@pytest.mark.parametrize("mode", [OfflineMode.LEASE, OfflineMode.REFUSE])
def test_after_seven_days_without_contact_points_rest(club_till, club_place, club_clock, speech, mode) -> None:
    """D8: to the last microsecond of the eighth day held points pay, from then on not; cash goes on and earns."""
    lease(club_till, 800, sale_id=SALE)
    catalogue = venue_in(club_place.catalogue, mode)
    basket = rung_up(club_till, club_place, by_points=True)
    contact_us = club_clock.now_us
    club_clock.now_us = contact_us + 8 * US_PER_DAY
    refusal = refused(club_till, basket, catalogue, speech)
    assert (refusal.code, refusal.facts) == ("points.offline.stale", {"days": 8})
    cash = sell_it(
        club_till, replace(rung_up(club_till, club_place, by_points=False), sale_id="c" * 32), catalogue, speech
    )
    assert cash.sale.award > whole(0)
    club_clock.now_us = contact_us + 8 * US_PER_DAY - 1
    assert sell_it(club_till, basket, catalogue, speech).sale.points_used > whole(0)


def test_online_the_age_of_the_last_contact_does_not_count(club_till, club_place, speech) -> None:
    """D8: who is in contact is not out of contact; the row may be older than the line."""
    lease(club_till, 800)
    with club_till.store.facts.begin() as facts:
        change_device(facts, last_contact_us=0)
    basket = rung_up(club_till, club_place, by_points=True)
    assert sell_it(club_till, basket, club_place.catalogue, speech, offline=False).sale.points_used > whole(0)


@pytest.mark.parametrize("trouble", ["fork", "rolled_back", "revoked"])
@pytest.mark.parametrize("mode", [OfflineMode.LEASE, OfflineMode.REFUSE])
def test_a_device_in_doubt_spends_no_points_offline(club_till, club_place, speech, trouble: str, mode) -> None:
    """I30, C12: a double of this terminal may have spent the same lease; the sale without points goes through."""
    lease(club_till, 800, sale_id=SALE)
    with club_till.store.facts.begin() as facts:
        change_device(facts, trouble=trouble)
    catalogue = venue_in(club_place.catalogue, mode)
    assert (
        refused(club_till, rung_up(club_till, club_place, by_points=True), catalogue, speech).code == "points.offline"
    )
    assert sell_it(club_till, rung_up(club_till, club_place, by_points=False), catalogue, speech).sale.award > whole(0)


def test_a_lease_given_back_meanwhile_pays_for_nothing(club_till, club_place, speech) -> None:
    """I5, D22: recalled between choosing and paying, it is gone; the sale is refused whole."""
    lease(club_till, 800)
    basket = rung_up(club_till, club_place, by_points=True)
    with club_till.store.facts.begin() as facts:
        leases.close(facts, "l1")
    assert refused(club_till, basket, club_place.catalogue, speech).code == "points.short"

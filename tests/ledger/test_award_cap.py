"""The most that one device may award in a day, through the real `answer`, on both engines (4.5)."""

from clubtill_ledger.accept.award_cap import AWARD_CAP
from tests.ledger.audit import audit, balances, kinds, raw
from tests.ledger.budgeting import set_limit
from tests.ledger.club import Club
from tests.ledger.master import DAY, OPENING_H

CAP_H = 2_500


def test_awards_beyond_the_cap_of_a_day_are_held(club: Club) -> None:
    """4.5: 5, 5 and 10 points fill a cap of 25; the next 10 wait whole; 5 more still fit."""
    set_limit(club, award_cap_h=CAP_H)
    till = club.till()
    fits = [till.sale("A1"), till.sale("A2"), till.swipe("A3")]
    beyond, small = till.swipe("A4"), till.sale("A5")
    told = till.push(*fits, beyond, small)
    assert [one.status for one in told.results] == ["posted"] * 3 + ["held", "posted"]
    assert told.results[3].flags == (AWARD_CAP,)
    assert raw(club.store, beyond.event_id).reason == "award_cap"
    assert kinds(club.store, "A4") == []
    assert balances(club.store)["A5"][0] == OPENING_H + 500
    audit(club.store)


def test_the_same_event_is_held_however_often_it_is_sent(club: Club) -> None:
    """4.5, I10: what was counted once is not counted again, and what was held stays held."""
    set_limit(club, award_cap_h=CAP_H)
    till = club.till()
    first = till.push(*[till.swipe(f"A{n}") for n in range(1, 4)])
    assert [one.status for one in first.results] == ["posted", "posted", "held"]
    till.acked = 0
    assert till.push() == first
    till.push(till.sale("A4"))
    assert balances(club.store)["A4"][0] == OPENING_H + 500
    audit(club.store)


def test_each_device_and_each_day_has_a_cap_of_its_own(club: Club) -> None:
    """4.5: another till gives what it may, and so does this one on the next day."""
    set_limit(club, award_cap_h=1_000)
    one, two = club.till("T1"), club.till("D1")
    assert [r.status for r in one.push(one.swipe("A1"), one.sale("A2")).results] == ["posted", "held"]
    assert [r.status for r in two.push(two.swipe("A3")).results] == ["posted"]
    club.tick(DAY)
    assert [r.status for r in one.push(one.sale("A4")).results] == ["posted"]


def test_a_sale_without_points_never_meets_the_cap(club: Club) -> None:
    """4.5: what a stolen key cannot mint is not counted."""
    set_limit(club, award_cap_h=1)
    till = club.till()
    assert [r.status for r in till.push(till.sale(), till.sale("A1")).results] == ["posted", "held"]

"""Visit and birthday points given at two doors (R48, R50, C16, I26): who stands does not hang on who arrives first."""

from datetime import date

from clubtill_ledger.store import tables
from clubtill_rules.values.ids import birthday_key
from tests.ledger.audit import audit, balances, kinds, raw, rows
from tests.ledger.club import Club, event_id
from tests.ledger.master import CLUB_ID, DAY, MINUTE, OPENING_H, SECOND


def test_visit_is_awarded_once_a_day(club: Club) -> None:
    """R48: the second swipe of an entry day is absorbed; the next entry day earns again."""
    door = club.till("D1")
    first = door.push(door.swipe("A1"))
    second = door.push(door.swipe("A1", at_us=club.tick(5 * MINUTE)))
    assert (first.results[0].flags, second.results[0].flags) == ((), ("ABSORBED",))
    assert kinds(club.store, "A1") == [("award", 1000)]
    door.push(door.swipe("A1", at_us=club.tick(DAY)))
    assert kinds(club.store, "A1") == [("award", 1000), ("award", 1000)]
    audit(club.store)


def test_earlier_visit_that_arrives_second_replaces_the_other(club: Club) -> None:
    """C16: the later award, posted first, is reversed visibly by the earlier one."""
    one, two = club.till("D1"), club.till("T1")
    early, late = club.now_us, club.tick(5 * MINUTE)
    two.location_id = "DOOR"
    later = two.swipe("A1", at_us=late, visit_h=700)
    earlier = one.swipe("A1", at_us=early)
    two.push(later)
    (result,) = one.push(earlier).results
    assert result.flags == ("REPLACED",)
    assert kinds(club.store, "A1") == [("award", 700), ("award", 1000), ("reversal", 700)]
    assert balances(club.store)["A1"] == (OPENING_H + 1000, 0, 0)
    (standing,) = rows(club.store, tables.natural)
    assert standing.event_id == earlier.event_id
    audit(club.store)


def test_either_order_of_arrival_gives_the_same_balance(club: Club) -> None:
    """R91, planted bug B15: two accounts with the same story in opposite orders end alike."""
    one, two = club.till("D1"), club.till("T1")
    early, late = club.now_us, club.tick(5 * MINUTE)
    one.push(one.swipe("A1", at_us=early, visit_h=1000))
    two.push(two.swipe("A1", at_us=late, visit_h=700))
    two.push(two.swipe("A2", at_us=late, visit_h=700))
    one.push(one.swipe("A2", at_us=early, visit_h=1000))
    assert balances(club.store)["A1"] == balances(club.store)["A2"]
    audit(club.store)


def test_tie_is_broken_by_the_event_id(club: Club) -> None:
    """I26: at one effective instant the lower event id stands, also when it arrives second."""
    one, two = club.till("D1"), club.till("T1")
    low, high = event_id(), event_id()
    two.push(two.swipe("A1", name=high, visit_h=700))
    one.push(one.swipe("A1", name=low))
    (standing,) = rows(club.store, tables.natural)
    assert standing.event_id == low
    audit(club.store)


def test_third_and_earliest_reverses_the_second(club: Club) -> None:
    """C16: each earlier arrival reverses the one that stood, and only that."""
    door = club.till("D1")
    tills = [club.till("T1"), club.till("T2"), door]
    start = club.now_us
    club.tick(10 * MINUTE)
    for n, till in enumerate(tills):
        till.location_id = "DOOR"
        till.push(till.swipe("A1", at_us=start + (2 - n) * MINUTE, visit_h=100 * (n + 1)))
    assert kinds(club.store, "A1") == [
        ("award", 100),
        ("award", 200),
        ("reversal", 100),
        ("award", 300),
        ("reversal", 200),
    ]
    assert balances(club.store)["A1"][0] == OPENING_H + 300
    audit(club.store)


def test_key_of_the_terminal_does_not_count(club: Club) -> None:
    """3.1, planted bug B17: the ledger makes the natural key from its own day; a forged one earns nothing twice."""
    door = club.till("D1")
    door.push(door.swipe("A1"))
    (result,) = door.push(door.swipe("A1", visit_key="visit:forged")).results
    assert result.flags == ("ABSORBED",)
    assert kinds(club.store, "A1") == [("award", 1000)]


def test_entry_day_is_the_ledgers_own(club: Club) -> None:
    """3.1: a door whose clock is a day ahead is dated by receipt, and its visit falls on the day of receipt."""
    door = club.till("D1")
    door.push(door.swipe("A1"))
    (result,) = door.push(door.swipe("A1", at_us=club.now_us + DAY)).results
    assert result.flags == ("ABSORBED", "CLOCK_SUSPECT", "DAY_DIFFERS")
    assert kinds(club.store, "A1") == [("award", 1000)]


def test_birthday_is_awarded_once_a_year(club: Club) -> None:
    """R50: the key carries the year of the birthday, whatever the door sent."""
    door = club.till("D1")
    club.tick(12 * 3600 * SECOND)  # Saturday 14 March in Sydney: the birthday
    door.push(door.swipe("A1", birthday_h=5000, birthday_key=birthday_key(CLUB_ID, "PA1", 2026), visit_h=0))
    (result,) = door.push(door.swipe("A1", birthday_h=5000, birthday_key="bday:other", visit_h=0)).results
    assert result.flags == ("ABSORBED",)
    assert kinds(club.store, "A1") == [("award", 5000)]
    assert rows(club.store, tables.natural)[0].natural_key == birthday_key(CLUB_ID, "PA1", 2026)
    cards = {card.account_id: card for card in door.feed().accounts}
    assert cards["A1"].persons[0].birthday_awarded_on == date(2026, 3, 14)
    assert cards["A2"].persons[0].birthday_awarded_on is None
    audit(club.store)


def test_visit_and_birthday_of_one_swipe_are_two_entries(club: Club) -> None:
    """R45 step 8: one swipe gives both; a later door's swipe is absorbed in both."""
    door = club.till("D1")
    club.tick(12 * 3600 * SECOND)
    door.push(door.swipe("A1", birthday_h=5000))
    door.push(door.swipe("A1", at_us=club.tick(), birthday_h=5000))
    assert kinds(club.store, "A1") == [("award", 1000), ("award", 5000)]
    audit(club.store)


def test_swipe_and_admission_are_two_facts(club: Club) -> None:
    """R52: head count follows the admission; the points follow the swipe and stay."""
    door = club.till("D1")
    swipe = door.swipe("A1")
    door.push(swipe, admission := door.admission(swipe.event_id, "A1"))
    (kept,) = rows(club.store, tables.swipe)
    (admitted,) = rows(club.store, tables.admission)
    assert (kept.event_id, kept.entry_day.isoformat(), kept.visit_h) == (swipe.event_id, "2026-03-13", 1000)
    assert (admitted.event_id, admitted.swipe_event_id, admitted.outcome) == (
        admission.event_id,
        swipe.event_id,
        "admit",
    )
    assert raw(club.store, admission.event_id).status == "posted"

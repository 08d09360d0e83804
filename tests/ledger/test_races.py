"""Two devices at one account, at the same time (I13, I17, I24, I32)."""

import threading
from collections.abc import Callable

from clubtill_ledger.store import tables
from clubtill_sync.wire.requests import EventsAnswer, LeaseAnswer
from tests.ledger.audit import audit, balances, kinds, rows
from tests.ledger.club import Club, clone, decoded
from tests.ledger.master import OPENING_H


def _together(*acts: Callable[[], None]) -> None:
    """Run acts in threads that start at once, and raise what any of them raised."""
    gate = threading.Barrier(len(acts))
    errors: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            gate.wait(timeout=30)
            act()
        except BaseException as error:  # noqa: BLE001 - raised again in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=100)
    if errors:
        raise errors[0]


def test_two_tills_award_one_account(club: Club) -> None:
    """I13: no acknowledged entry is lost, whoever writes beside it."""
    one, two = club.till("T1"), club.till("T2")

    def sells(till: object) -> None:
        for _ in range(15):
            till.push(till.sale("A1"))  # type: ignore[attr-defined]  # a Till

    _together(lambda: sells(one), lambda: sells(two))
    assert balances(club.store)["A1"] == (OPENING_H + 30 * 500, 0, 0)
    audit(club.store)


def test_two_tills_never_lease_the_same_points(club: Club) -> None:
    """C3, I24: however two tills race, what is granted is never more than there was, and no spend makes a deficit."""
    one, two = club.till("T1"), club.till("T2")
    granted: list[tuple[object, str, int]] = []

    def asks(till: object) -> None:
        for _ in range(12):
            lease = till.lease("A1", 9_000).lease  # type: ignore[attr-defined]  # a Till
            if lease is not None:
                granted.append((till, lease.lease_id, lease.granted_h))

    _together(lambda: asks(one), lambda: asks(two))
    assert sum(amount for _, _, amount in granted) == OPENING_H
    assert balances(club.store)["A1"] == (0, OPENING_H, 0)
    for till, lease_id, amount in granted:
        till.push(till.sale("A1", spends=[(lease_id, amount)]))  # type: ignore[attr-defined]  # a Till
    assert balances(club.store)["A1"] == (0, 0, 0)
    assert all(row.deficit_after == 0 for row in rows(club.store, tables.entry))
    audit(club.store)


def test_same_ask_from_two_threads_grants_once(club: Club) -> None:
    """I10: the same ask at the same moment gets one lease, twice."""
    till = club.till()
    copy = clone(till)
    answers: list[LeaseAnswer] = []

    def asks(each: object) -> None:
        answers.append(each.lease("A1", 5_000, sale_id="4" * 32))  # type: ignore[attr-defined]  # a Till

    _together(lambda: asks(till), lambda: asks(copy))
    assert answers[0].lease == answers[1].lease is not None
    assert kinds(club.store, "A1") == [("lease_grant", 5_000)]


def test_same_batch_from_two_threads_posts_once(club: Club) -> None:
    """F18, I10: two sync loops of one terminal send the same queue; both are acknowledged, nothing stands twice."""
    till = club.till()
    till.keep(*(till.sale(name) for name in ("A1", "A2", "A1", "A3")), till.swipe("A4"))
    copy = clone(till)
    answers: list[EventsAnswer] = []
    _together(
        *(lambda each=each: answers.append(decoded(each.post(each.batch()), EventsAnswer)) for each in (till, copy))
    )
    assert answers[0].results == answers[1].results
    assert len(rows(club.store, tables.raw_event)) == 5
    audit(club.store)


def test_two_doors_race_for_one_visit(club: Club) -> None:
    """I26: two doors at once, again and again: one award stands a person, the lower one."""
    one, two = club.till("D1"), club.till("T1")
    two.location_id = "DOOR"

    def lets_in(door: object) -> None:
        for name in ("A1", "A2", "A3", "A4", "A5"):
            door.push(door.swipe(name))  # type: ignore[attr-defined]  # a Till

    _together(lambda: lets_in(one), lambda: lets_in(two))
    assert all(balances(club.store)[name] == (OPENING_H + 1000, 0, 0) for name in ("A1", "A2", "A3", "A4", "A5"))
    audit(club.store)

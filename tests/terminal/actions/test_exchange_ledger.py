"""The exchange against the real ledger process: lost answers, kills, restored copies, two tills."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clubtill_rules.members.club import Club
from clubtill_rules.values.ids import MASTER_STREAM, account_bucket
from clubtill_rules.values.points import Points
from clubtill_sync.client import Answer, Lost, Outcome, Unknown
from clubtill_sync.wire.requests import LeaseAnswer
from clubtill_terminal.actions import exchange_push
from clubtill_terminal.actions.exchange_pull import pull
from clubtill_terminal.actions.exchange_push import Window
from clubtill_terminal.store import documents, members
from clubtill_terminal.store.device import read_device
from tests.ledger.club import CLUB_ID, OPENING_H
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.tills import VISIT_H, Till, ask, till_on

TODAY = date(2026, 11, 22)


Enrolled = Callable[[str], Till]


def test_settings_members_and_points_reach_a_terminal_by_the_feed(enrolled: Enrolled) -> None:
    """D26: an enrolled terminal with an empty cache knows club and members after its first pull."""
    till = enrolled("T1")
    with till.terminal.store.cache.begin() as cache:
        assert documents.current(cache, "club", Club, TODAY)[CLUB_ID].name == "Harbour Club"
        assert {found.member.person_id for found in members.by_number(cache, "101")} == {"PA1"}
    assert till.shown_h("A1") == OPENING_H


def test_what_happened_is_booked_once_and_shown_the_same_all_the_way(enrolled: Enrolled) -> None:
    """I6, I10: queued, acknowledged, brought back by the feed: one figure; the ledger has each fact once."""
    till = enrolled("T1")
    event_id = till.swipe("A1")
    shown = [till.shown_h("A1")]
    [sent, _] = till.push_all()
    shown.append(till.shown_h("A1"))
    till.pull_all()
    shown.append(till.shown_h("A1"))
    assert sent.sent == 1
    assert shown == [OPENING_H + VISIT_H] * 3
    assert till.awards("A1") == [event_id]
    assert till.booked("A1").balance_h == OPENING_H + VISIT_H


def test_a_lost_answer_books_nothing_twice(enrolled: Enrolled) -> None:
    """C1, F2: the batch goes out again and is answered as it was the first time; the log goes on."""
    till = enrolled("T1")
    ids = [till.swipe("A1"), till.swipe("A2")]
    batch = exchange_push.compose(till.terminal, Window())
    assert batch is not None
    assert isinstance(exchange_push.send(till.client, batch), Answer)
    assert till.waiting() == 2
    till.push_all()
    assert (till.waiting(), till.awards("A1") + till.awards("A2")) == (0, ids)


def test_while_the_ledger_is_away_the_queue_grows_and_then_drains(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """I29, F15: killed with -9 and started again; nothing is missing, nothing double."""
    till = enrolled("T1")
    first = till.swipe("A1")
    till.push_all()
    ledger.kill()
    second = till.swipe("A2")
    [lost] = till.push_all()
    assert lost.outcome == Unknown(reason=Lost.NOBODY_LISTENS)
    assert till.hello().outcome == Unknown(reason=Lost.NOBODY_LISTENS)
    third = till.swipe("A3")
    ledger.start()
    assert till.hello().trouble == ""
    till.push_all(lost.window)
    till.pull_all()
    assert [till.awards(name) for name in ("A1", "A2", "A3")] == [[first], [second], [third]]
    assert [till.shown_h(name) for name in ("A1", "A2", "A3")] == [OPENING_H + VISIT_H] * 3


def test_a_ledger_put_back_to_a_backup_gets_everything_again(
    ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path
) -> None:
    """C26, I31, F28: the fleet is the second copy; cache and books agree again."""
    till = enrolled("T1")
    first = till.swipe("A1")
    till.push_all()
    ledger.kill()
    ledger.copy_to(tmp_path / "backup")
    ledger.start()
    second, third = till.swipe("A2"), till.swipe("A3")
    till.push_all()
    till.pull_all()
    ledger.kill()
    ledger.put_back(tmp_path / "backup")
    ledger.start()
    assert till.hello().resend == 2
    till.push_all()
    pulled = till.pull_all()
    assert [till.awards(name) for name in ("A1", "A2", "A3")] == [[first], [second], [third]]
    assert not any(one.hole for one in pulled)
    assert [till.shown_h(name) for name in ("A1", "A2", "A3")] == [OPENING_H + VISIT_H] * 3


def test_a_terminal_put_back_to_a_backup_goes_on_in_a_new_epoch(
    ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path
) -> None:
    """C11, F26: what it sold since its restore comes in beside what the ledger had; its leases are given back."""
    till = enrolled("T1")
    granted = till.client.ask_lease(ask("A4", 300))
    assert isinstance(granted, Answer)
    till.hello()
    first = till.swipe("A1")
    till.copied_to(tmp_path / "restored")
    lost_here = [till.swipe("A2"), till.swipe("A3")]
    till.push_all()
    restored = till_on(tmp_path / "restored", ledger.url, till.key, till.terminal.device_id)
    greeted = restored.hello()
    assert (greeted.resend, greeted.trouble) == (1, "rolled_back")
    after = restored.swipe("A5")
    restored.push_all()
    restored.bring_back()
    assert restored.hello().trouble == ""
    assert restored.held() == []
    restored.push_all()
    restored.pull_all()
    booked = [restored.awards(name) for name in ("A1", "A2", "A3", "A5")]
    assert booked == [[first], [lost_here[0]], [lost_here[1]], [after]]
    assert restored.booked("A4").reserved_h == 0
    assert [restored.shown_h(name) for name in ("A1", "A2", "A4", "A5")] == [
        OPENING_H + VISIT_H,
        OPENING_H + VISIT_H,
        OPENING_H,
        OPENING_H + VISIT_H,
    ]
    restored.close()


def test_a_cloned_terminal_is_found_and_spends_no_points_offline(
    ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path
) -> None:
    """C12, F27, I30: the second log in the same place is a fork; both are kept."""
    till = enrolled("T1")
    till.copied_to(tmp_path / "clone")
    clone = till_on(tmp_path / "clone", ledger.url, till.key, till.terminal.device_id)
    mine, its = till.swipe("A1"), clone.swipe("A2")
    till.push_all()
    clone.push_all()
    with clone.terminal.store.facts.begin() as facts:
        assert read_device(facts).trouble == "fork"
    assert till.hello().trouble == "fork"
    assert (clone.waiting(), till.awards("A1"), till.awards("A2")) == (1, [mine], [its])
    clone.close()


def test_one_person_at_two_doors_gets_one_visit(enrolled: Enrolled) -> None:
    """C16, I26: both facts stand, one award; the till that was absorbed shows the right balance in the end."""
    here, there = enrolled("T1"), enrolled("D1")
    first, second = here.swipe("A1"), there.swipe("A1")
    there.push_all()
    here.push_all()
    for till in (here, there):
        till.pull_all()
    assert [till.shown_h("A1") for till in (here, there)] == [OPENING_H + VISIT_H] * 2
    assert set(here.awards("A1")) <= {first, second}
    assert here.booked("A1").balance_h == OPENING_H + VISIT_H


def test_a_cache_is_proved_to_be_what_the_ledger_has(enrolled: Enrolled) -> None:
    """6.5, I28: count, balances and digests of every stream agree; one wrong row is found in its stream."""
    till, other = enrolled("T1"), enrolled("T2")
    assert till.differing() == []
    other.swipe("A1")
    other.push_all()
    assert till.differing() is None
    till.pull_all()
    assert till.differing() == []
    with till.terminal.store.cache.begin() as cache:
        card = members.by_account(cache, "A1")
        assert card is not None
        members.apply_cards(cache, [replace(card, balance=card.balance + Points(1))])
        cache.exec_driver_sql("DELETE FROM document WHERE kind = 'media' AND id = 'cash'")
    assert till.differing() == [account_bucket(CLUB_ID, "A1"), MASTER_STREAM]
    till.pull_all(anew=True)
    assert till.differing() == []


@pytest.mark.parametrize("how", ["hello", "feed"])
def test_a_grant_whose_answer_was_lost_is_found(enrolled: Enrolled, how: str) -> None:
    """C2, 4.2: hello and the next page list it; asked again it is the same lease (I10)."""
    till = enrolled("T1")
    question = ask("A1", 400)
    granted = till.client.ask_lease(question)
    assert isinstance(granted, Answer)
    assert granted.value.lease is not None
    if how == "hello":
        till.hello()
    else:
        till.pull_all()
    assert till.held() == [granted.value.lease.lease_id]
    again = till.client.ask_lease(question)
    assert isinstance(again, Answer)
    assert again.value.lease == granted.value.lease
    till.pull_all()
    assert till.shown_h("A1") == OPENING_H


@pytest.mark.parametrize("tendering", [False, True])
def test_points_held_by_a_connected_till_come_back_when_another_asks(enrolled: Enrolled, tendering: bool) -> None:
    """D22, C15, I25: the holder's long poll brings the recall; under an open tender the lease stays."""
    holder, asker = enrolled("T1"), enrolled("T2")
    everything = OPENING_H // 100
    assert isinstance(holder.client.ask_lease(ask("A1", everything)), Answer)
    holder.pull_all()
    [lease_id] = holder.held()
    answers: list[Outcome[LeaseAnswer]] = []
    asking = threading.Thread(target=lambda: answers.append(asker.client.ask_lease(ask("A1", everything))))
    asking.start()
    busy = frozenset({"A1"}) if tendering else frozenset()
    recalled = pull(holder.terminal, holder.client, wait_s=10, tendering=busy)
    while not (recalled.given_back or recalled.kept_recalls):  # a page may bring something else before
        recalled = pull(holder.terminal, holder.client, wait_s=10, tendering=busy)
    holder.push_all()
    asking.join(20)
    [outcome] = answers
    assert isinstance(outcome, Answer)
    if tendering:
        assert (recalled.kept_recalls, holder.held()) == ((lease_id,), [lease_id])
        assert (outcome.value.lease, outcome.value.held_elsewhere_h) == (None, OPENING_H)
        return
    assert holder.held() == []
    if outcome.value.lease is None:  # on a busy machine the ledger may have waited its two seconds in vain
        outcome = asker.client.ask_lease(ask("A1", everything, ask_no=2))
        assert isinstance(outcome, Answer)
    assert outcome.value.lease is not None
    assert (outcome.value.lease.granted_h, outcome.value.held_elsewhere_h) == (OPENING_H, 0)

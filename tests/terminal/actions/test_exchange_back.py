"""A terminal that went back, a ledger that went back, both: what was acknowledged is at both ends again (6.6, I31)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from clubtill_sync.client import Answer
from clubtill_sync.signing import chain
from clubtill_sync.wire.own_log import OwnEvent, OwnLog
from clubtill_terminal.actions import exchange_back, exchange_hello
from clubtill_terminal.actions.exchange_back import KEPT_US, Missing
from clubtill_terminal.store.device import change_device
from tests.ledger.club import OPENING_H
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.tills import VISIT_H, Till, now_us, till_on

Enrolled = Callable[[str], Till]
NAMES = ("A1", "A2", "A3", "A4", "A5")


def restored(till: Till, folder: Path, ledger: LedgerProcess) -> Till:
    """Open the copy of a till that was made before."""
    return till_on(folder, ledger.url, till.key, till.terminal.device_id)


def test_a_rolled_back_terminal_pulls_its_own_events_back(
    ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path
) -> None:
    """C11, F26, I4, I7: the same bytes stand in the same places as acknowledged; points wait for the next hello."""
    till = enrolled("T1")
    ids = [till.swipe("A1")]
    till.push_all()
    till.copied_to(tmp_path / "old")
    ids += [till.swipe("A2"), till.swipe("A3")]
    till.push_all()
    back = restored(till, tmp_path / "old", ledger)
    ids.append(back.swipe("A4"))
    assert back.hello().trouble == "rolled_back"
    assert back.hello().trouble == "rolled_back", "until everything is back"
    assert sum(one.count for one in back.bring_back()) == 2
    assert back.device().trouble == "rolled_back"
    assert back.hello().trouble == ""
    back.push_all()
    mine, its = back.log(), till.log()
    assert set(mine) == set(ids)
    for event_id in ids[:3]:
        assert mine[event_id] == its[event_id]
    assert mine[ids[3]][:3] == (2, 1, "acked")
    assert exchange_back.bring_back(back.terminal, back.client) == exchange_back.Brought()
    back.pull_all()
    assert [back.shown_h(name) for name in NAMES] == [OPENING_H + VISIT_H] * 4 + [OPENING_H]
    back.close()


def test_pulling_back_goes_on_where_the_line_was_lost(
    ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path
) -> None:
    """C11, F6: no points until the last event is back, whatever happens in between; the pages join."""
    till = enrolled("T1")
    till.copied_to(tmp_path / "old")
    for n in range(5):
        till.swipe(NAMES[n])
    till.push_all()
    back = restored(till, tmp_path / "old", ledger)
    assert back.hello().trouble == "rolled_back"
    ledger.kill()
    [lost] = back.bring_back()
    assert (lost.count, lost.more) == (0, False)
    assert exchange_back.missing(back.terminal) == Missing(epoch=1, seq=1)
    ledger.start()
    assert back.hello().trouble == "rolled_back"
    page = exchange_back.fetch(back.client, Missing(epoch=1, seq=1))
    assert isinstance(page, Answer)
    two = replace(page, value=OwnLog(epoch=1, events=page.value.events[:2], server_time_us=5))
    assert exchange_back.keep(back.terminal, Missing(epoch=1, seq=1), two).count == 2
    assert exchange_back.keep(back.terminal, Missing(epoch=1, seq=1), page).count == 0, "an answer that comes late"
    assert sum(one.count for one in back.bring_back()) == 3
    assert {place[:2] for place in back.log().values()} == {(1, n) for n in range(1, 6)}
    assert back.hello().trouble == ""
    back.close()


def test_two_roll_backs_in_a_row_bring_both_epochs_back(
    ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path
) -> None:
    """C11: a device that went back over a change of epoch pulls every epoch that it lacks."""
    till = enrolled("T1")
    till.copied_to(tmp_path / "old")
    till.copied_to(tmp_path / "older")
    first = till.swipe("A1")
    till.push_all()
    one = restored(till, tmp_path / "old", ledger)
    one.hello()
    one.bring_back()
    one.hello()
    second = one.swipe("A2")
    one.push_all()
    two = restored(till, tmp_path / "older", ledger)
    third = two.swipe("A3")
    assert two.hello().trouble == "rolled_back"
    assert sum(each.count for each in two.bring_back()) == 2
    assert two.hello().trouble == ""
    two.push_all()
    assert {name: place[:3] for name, place in two.log().items()} == {
        first: (1, 1, "acked"),
        second: (2, 1, "acked"),
        third: (3, 1, "acked"),
    }
    one.close()
    two.close()


def test_a_log_that_does_not_join_is_a_fork(ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path) -> None:
    """I30, C12: bytes that the chain does not prove are kept nowhere; a manager must look."""
    till = enrolled("T1")
    till.swipe("A1")
    till.push_all()
    till.copied_to(tmp_path / "old")
    till.swipe("A2")
    till.push_all()
    back = restored(till, tmp_path / "old", ledger)
    back.hello()
    wanted = exchange_back.missing(back.terminal)
    assert wanted == Missing(epoch=1, seq=2)
    page = exchange_back.fetch(back.client, wanted)
    assert isinstance(page, Answer)
    [event] = page.value.events
    other = OwnEvent(**{name: getattr(event, name) for name in event.__struct_fields__} | {"data": b"{}"})
    forged = Answer(OwnLog(epoch=1, events=(other,), server_time_us=5))
    assert exchange_back.keep(back.terminal, wanted, forged).trouble == "fork"
    assert back.device().trouble == "fork"
    assert len(back.log()) == 1
    back.close()


@pytest.mark.parametrize("moment", range(4))
def test_whatever_earlier_copy_a_ledger_is_put_back_to_it_gets_everything(
    ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path, moment: int
) -> None:
    """I31, C26, F28: a till in its second epoch and one in its first are the ledger's second copy of every event."""
    till, other = enrolled("T1"), enrolled("D1")
    copies: list[Path] = []

    def copy() -> None:
        copies.append(tmp_path / f"copy{len(copies)}")
        ledger.kill()
        ledger.copy_to(copies[-1])
        ledger.start()

    copy()
    till.copied_to(tmp_path / "old")
    till.swipe("A1")
    till.push_all()
    copy()
    back = restored(till, tmp_path / "old", ledger)
    back.hello()
    copy()
    back.bring_back()
    back.hello()
    back.swipe("A2")
    back.push_all()
    other.swipe("A3")
    other.push_all()
    copy()
    back.swipe("A4")
    back.push_all()
    ledger.kill()
    ledger.put_back(copies[moment])
    ledger.start()
    told = exchange_hello.greeting(back.terminal, store_version="1", program_version="1")
    exchange_hello.greet(back.client, told)  # its answer is lost
    for each in (back, other, back, other):
        assert each.hello().trouble == ""
        each.push_all()
        each.bring_back()
    back.pull_all(anew=True)
    assert [len(back.awards(name)) for name in NAMES] == [1, 1, 1, 1, 0]
    assert {place[2] for place in back.log().values()} == {"acked"}
    assert back.hello().resend == other.hello().resend == 0
    assert back.differing() == []
    back.close()


def test_what_is_old_by_the_ledgers_clock_is_forgotten_and_the_log_goes_on(enrolled: Enrolled) -> None:
    """I7, F11: 35 days of the ledger's time; a till whose own clock jumped forgets nothing; the chain goes on."""
    till = enrolled("T1")
    ids = [till.swipe(name) for name in NAMES[:3]]
    till.terminal = replace(till.terminal, now_us=lambda: now_us() + 2 * KEPT_US)
    till.push_all()
    till.hello()
    assert exchange_back.forget(till.terminal, ledger_us=now_us()) == 0
    till.terminal = replace(till.terminal, now_us=now_us)
    assert exchange_back.forget(till.terminal, ledger_us=now_us() + KEPT_US - 60_000_000) == 0
    assert exchange_back.forget(till.terminal, ledger_us=now_us() + KEPT_US + 60_000_000) == 2
    assert list(till.log()) == [ids[2]]
    last = till.swipe("A4")
    till.push_all()
    assert till.hello().trouble == ""
    assert till.awards("A4") == [last]


def test_a_ledger_that_lacks_what_is_kept_no_more_gets_the_rest(
    ledger: LedgerProcess, enrolled: Enrolled, tmp_path: Path
) -> None:
    """I8, C26: put back further than 35 days what is left begins a new epoch; the queue is not stuck."""
    till = enrolled("T1")
    till.swipe("A1")
    till.push_all()
    ledger.kill()
    ledger.copy_to(tmp_path / "backup")
    ledger.start()
    for name in NAMES[1:4]:
        till.swipe(name)
    till.push_all()
    exchange_back.forget(till.terminal, ledger_us=now_us() + KEPT_US + 60_000_000)
    ledger.kill()
    ledger.put_back(tmp_path / "backup")
    ledger.start()
    till.swipe("A5")
    for _ in range(3):
        till.hello()
        till.push_all()
        till.bring_back()
    assert till.hello().trouble == ""
    assert [len(till.awards(name)) for name in NAMES] == [1, 0, 0, 1, 1]
    assert till.waiting() == 0


def test_events_that_nobody_can_read_come_back_as_they_are(enrolled: Enrolled) -> None:
    """I4: bytes without a body or a number are kept like any others."""
    till = enrolled("T1")
    with till.terminal.store.facts.begin() as facts:
        change_device(facts, pull_epoch=1, pull_seq=1, epoch=2)
    head = chain("0" * 64, b"\xff")
    event = OwnEvent(
        seq=1,
        event_id="e" * 32,
        kind="",
        data=b"\xff",
        chain=head,
        status="held",
        stream=3,
        position=0,
        flags=(),
    )
    told = Answer(OwnLog(epoch=1, events=(event,), server_time_us=5))
    assert exchange_back.keep(till.terminal, Missing(epoch=1, seq=1), told).count == 1
    assert till.log() == {"e" * 32: (1, 1, "held", b"\xff")}

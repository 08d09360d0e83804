"""Leases that are due to close: asked back under a tender, or granted on a trading day that is over."""

from __future__ import annotations

from dataclasses import replace

from clubtill_rules.values.days import US_PER_DAY, US_PER_S
from clubtill_sync.wire.events import LeaseCloseV1
from clubtill_sync.wire.versions import decode_body, decode_event
from clubtill_terminal.actions import redeem
from clubtill_terminal.actions.close_leases import Closed, close_due, granted_us
from clubtill_terminal.store import outbox
from tests.terminal.actions.tills import Till, ask

A1 = frozenset({"A1"})


def holding(till: Till, account_id: str = "A1") -> str:
    """Take a lease of 100 points and give its id."""
    [held] = redeem.keep(till.terminal, redeem.ask(till.client, ask(account_id, 100)))
    return held.lease_id


def closes(till: Till) -> list[tuple[str, str]]:
    """Give the closes in the device's log that were not sent yet: lease and why."""
    with till.terminal.store.facts.begin() as facts:
        sent = outbox.oldest(facts, epoch=1, after_seq=0, rows_max=9, bytes_max=99_999)
    bodies = [decode_body(decode_event(one.bytes_)) for one in sent]
    return [(body.lease_id, body.why) for body in bodies if isinstance(body, LeaseCloseV1)]


def test_a_recalled_lease_closes_when_its_tender_ends(enrolled) -> None:
    """4.4, I25: while a tender stands on it the lease waits; then it closes, and no other one does."""
    till = enrolled("T1")
    recalled, other = holding(till), holding(till, "A2")
    waits = close_due(till.terminal, {recalled}, tendering=A1)
    assert (waits, till.held()) == (Closed(waiting=frozenset({recalled})), sorted((recalled, other)))
    assert close_due(till.terminal, {recalled}, tendering=frozenset()) == Closed(count=1)
    assert (till.held(), closes(till)) == ([other], [(recalled, "recall")])
    assert close_due(till.terminal, {recalled}, tendering=frozenset()) == Closed()


def test_leases_of_a_day_that_is_over_close(enrolled) -> None:
    """4.4: at the end of the club's trading day what is left goes back, but not from under a tender."""
    till = enrolled("T1")
    mine, busy = holding(till), holding(till, "A2")
    assert close_due(till.terminal, (), tendering=frozenset()) == Closed()
    now_us = till.terminal.now_us() + US_PER_DAY
    tomorrow = replace(till.terminal, now_us=lambda: now_us)
    assert close_due(tomorrow, (), tendering=frozenset({"A2"})) == Closed(count=1)
    assert (till.held(), closes(till)) == ([busy], [(mine, "end_of_day")])
    before = till.booked("A1")
    till.push_all()
    after = till.booked("A1")
    assert (after.avail_h - before.avail_h, after.reserved_h) == (100_00, 0)


def test_a_lease_id_tells_when_it_was_granted(enrolled) -> None:
    """4.4: the id sorts as leases were granted, for it begins with the instant."""
    till = enrolled("T1")
    before_us = till.terminal.now_us()
    lease_id = holding(till)
    assert abs(granted_us(lease_id) - before_us) < 20 * US_PER_S

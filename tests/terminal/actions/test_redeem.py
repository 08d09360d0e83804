"""Leases at the till: asked for once, kept, given back by an event that is later than every spend."""

from __future__ import annotations

import pytest

from clubtill_rules.values.points import Points
from clubtill_sync.wire.events import LeaseCloseV1
from clubtill_sync.wire.versions import decode_body, decode_event
from clubtill_terminal.actions import redeem
from clubtill_terminal.store import leases, outbox
from tests.terminal.actions.tills import CLUB_ID, ask


def test_a_lease_is_asked_for_kept_and_given_back(enrolled) -> None:
    """4.2, D21: the grant leaves what is available; giving back brings all of it home."""
    till = enrolled("T1")
    before = till.booked("A1")
    question = ask("A1", 100)
    held = redeem.keep(till.terminal, redeem.ask(till.client, question))
    assert [lease.granted_h for lease in held] == [10_000]
    again = redeem.keep(till.terminal, redeem.ask(till.client, question))
    assert [lease.lease_id for lease in again] == [lease.lease_id for lease in held]
    assert till.booked("A1").reserved_h == before.reserved_h + 10_000
    redeem.give_back(till.terminal, held, club_id=CLUB_ID, why="cleared")
    till.push_all()
    assert (till.booked("A1").avail_h, till.booked("A1").reserved_h) == (before.avail_h, before.reserved_h)
    assert till.held() == []


def test_what_the_ledger_says_is_held_here_is_kept(enrolled) -> None:
    """4.4, C2: a lease whose grant was never heard of comes with the answer to the next ask, and can be spent."""
    till = enrolled("T1")
    unheard = redeem.ask(till.client, ask("A1", 100)).answer
    held = redeem.keep(till.terminal, redeem.ask(till.client, ask("A1", 50)))
    assert unheard is not None
    assert unheard.lease is not None
    assert min((lease.lease_id, lease.granted_h) for lease in held) == (unheard.lease.lease_id, 10_000)
    assert sum(lease.granted_h for lease in held) == 15_000


def test_giving_back_is_one_event_and_changes_no_balance(enrolled) -> None:
    """I25: the close stands in this device's log with what was spent; what the member owns stays the same."""
    till = enrolled("T1")
    held = redeem.keep(till.terminal, redeem.ask(till.client, ask("A1", 100)))
    till.push_all()
    shown = till.shown_h("A1")
    redeem.give_back(till.terminal, held, club_id=CLUB_ID, why="cleared")
    redeem.give_back(till.terminal, held, club_id=CLUB_ID, why="again")
    with till.terminal.store.facts.begin() as facts:
        count, _, rows = outbox.waiting(facts, 9)
        sent = outbox.oldest(facts, epoch=1, after_seq=rows[0].seq - 1, rows_max=9, bytes_max=99_999)
        assert leases.all_open(facts) == ()
    body = decode_body(decode_event(sent[0].bytes_))
    assert count == 1
    assert isinstance(body, LeaseCloseV1)
    assert (body.lease_id, body.spent_h, body.why) == (held[0].lease_id, 0, "cleared")
    assert till.shown_h("A1") == shown


def test_no_answer_is_unknown_and_keeps_nothing(enrolled, ledger) -> None:
    """R92: a ledger that does not answer has not said no."""
    till = enrolled("T1")
    ledger.kill()
    asked = redeem.ask(till.client, ask("A1", 100))
    assert (asked.answer, asked.known) == (None, False)
    assert redeem.keep(till.terminal, asked) == ()


@pytest.mark.parametrize("points", [1, 10**9])
def test_more_than_there_is_gives_what_there_is(enrolled, points: int) -> None:
    """R72: an ask beyond what is available is answered with what is available."""
    till = enrolled("T1")
    available = till.booked("A1").avail_h
    held = redeem.keep(till.terminal, redeem.ask(till.client, ask("A1", points)))
    assert Points(sum(one.granted_h for one in held)) == Points(min(points * 100, available))

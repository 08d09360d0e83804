"""What an entry, an account or an amount does not say is nothing, never missing (R28, R74, R91)."""

from __future__ import annotations

from datetime import date

from clubtill_rules.points.charging import ChargeAccount, ChargeKind
from clubtill_rules.points.earning import PaidByAmount
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.points import NO_POINTS


def test_an_entry_that_refers_to_nothing() -> None:
    """R91: no sale, no lease, no natural key, no other entry; and it is settled."""
    alone = Entry(
        event_id="e", leg=0, kind=EntryKind.AWARD, account_id="a", amount_h=1, eff_us=1, day=date(2026, 11, 22)
    )
    assert (alone.sale_id, alone.lease_id, alone.natural_key, alone.refers_to) == ("", "", "", "")
    assert (alone.refers_leg, alone.settled, alone.award_for) == (0, True, None)
    assert (alone.earn_day, alone.last_day) == (None, None)


def test_an_account_with_nothing_on_it() -> None:
    """R74: neither money nor points may be used of it."""
    empty = ChargeAccount(account_id="a", name="A", kind=ChargeKind.MONEY)
    assert (empty.available, empty.leased) == (NIL, NO_POINTS)


def test_an_amount_without_a_cost_yet() -> None:
    """R28: an amount that points pay, before they are counted, of every line that earns."""
    paid = PaidByAmount(amount=Money(500))
    assert (paid.points, paid.of, paid.lines) == (NO_POINTS, None, None)

"""What an entry, an account or an amount does not say is nothing, never missing (R28, R74, R91)."""

from __future__ import annotations

import inspect
from datetime import date

from clubtill_rules.points.charging import ChargeAccount, ChargeKind
from clubtill_rules.points.earning import PaidByAmount
from clubtill_rules.points.entries import Entry, EntryKind
from clubtill_rules.points.redeeming import Option, Options, options
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


def test_a_row_of_points_pay_without_more_to_say() -> None:
    """R66, R68: it costs nothing, may be ticked, lacks nothing and has no reason."""
    row = Option(n=1, net=Money(500))
    assert (row.points, row.value, row.discount, row.short_by) == (NO_POINTS, NIL, NIL, NO_POINTS)
    assert (row.own_price, row.reason, row.because) == (False, "", ())


def test_points_pay_without_more_to_say() -> None:
    """R44, R67, R69: not capped, nobody's classification, nothing ticked, nothing to approve or to ask."""
    found = Options(ratio=100, rows=(), available=NO_POINTS)
    assert (found.capped, found.classification, found.points) == (False, "", NO_POINTS)
    assert (found.needs_approval, found.asks, found.because) == ((), (), ())


def test_a_member_is_known_by_more_than_a_bare_uid() -> None:
    """R87: unless it is said, nobody is asked for more before points are used."""
    assert inspect.signature(options).parameters["uid_only"].default is False

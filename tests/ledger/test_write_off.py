"""Write-off of a lease that an unreachable terminal holds, and what is spent of it after all (4.4, I24, C13, C15)."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from clubtill_ledger.office import rebuilding, write_off
from clubtill_ledger.office.clerk import Clerk, operator
from clubtill_ledger.operate import command
from clubtill_ledger.store import tables
from clubtill_rules.permissions import Role
from clubtill_rules.values.refusal import Refusal
from tests.ledger.audit import audit, balances, kinds, raw, rows
from tests.ledger.club import Club, Till, event_id
from tests.ledger.master import OPENING_H

MANAGER = operator("M1")


def _lost(club: Club, amount_h: int = 50_000) -> tuple[Till, str]:
    till = club.till()
    lease = till.lease("A1", amount_h).lease
    assert lease is not None
    return till, lease.lease_id


def _write_off(club: Club, lease_id: str, decision_id: str = "") -> None:
    write_off.write_off(
        club.store,
        club.ledger.shelf,
        lease_id,
        clerk=MANAGER,
        reason="till is lost",
        decision_id=decision_id or event_id(),
        now_us=club.now_us,
    )


def _sound(club: Club) -> None:
    audit(club.store)
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()


def test_bound_is_told_before(club: Club) -> None:
    """4.4: before the write-off the manager reads how much, held where, last seen when, and whom it may cost."""
    till, lease_id = _lost(club)
    told = write_off.bound(club.store, lease_id)
    assert (told.cost.amount_h, told.till, told.member) == (50_000, "T1", "Jean Member A1")
    assert told.last_seen_us == club.now_us
    assert told.lease.device_id == till.device_id


def test_points_come_back_and_the_decision_stays(club: Club) -> None:
    """C15, I25: written off, the rest is available at once; who and why is kept; the same decision acts once."""
    _, lease_id = _lost(club)
    assert balances(club.store)["A1"] == (OPENING_H - 50_000, 50_000, 0)
    one = event_id()
    for _ in range(2):
        _write_off(club, lease_id, one)
    assert balances(club.store)["A1"] == (OPENING_H, 0, 0)
    assert kinds(club.store, "A1") == [("lease_grant", 50_000), ("lease_writeoff", 50_000)]
    (held,) = rows(club.store, tables.lease)
    assert (held.state, held.closed_by, held.returned_h) == ("closed", one, 50_000)
    (made,) = write_off.written_off(club.store)
    assert (made.decision.staff_id, made.decision.reason, made.released_h, made.spent_after_h) == (
        "M1",
        "till is lost",
        50_000,
        0,
    )
    with pytest.raises(Refusal, match=r"lease\.closed"):
        _write_off(club, lease_id)
    _sound(club)


def test_spend_after_it_takes_what_is_there(club: Club) -> None:
    """3.3, F31: a spend that comes after takes from what is available; flagged, listed, and no deficit here."""
    till, lease_id = _lost(club)
    sale = till.sale("A1", spends=[(lease_id, 30_000)], at_us=club.tick())
    club.tick()
    _write_off(club, lease_id)
    club.tick()
    till.push(sale, till.close("A1", lease_id, 30_000))
    assert balances(club.store)["A1"] == (OPENING_H - 30_000, 0, 0)
    (made,) = write_off.written_off(club.store)
    assert made.spent_after_h == 30_000
    _sound(club)


def test_spend_after_it_and_after_another_makes_a_deficit_within_the_bound(club: Club) -> None:
    """I24, F31: the points were given out again meanwhile: the deficit is flagged and at most what was written off."""
    till, lease_id = _lost(club, OPENING_H)
    sale = till.sale("A1", spends=[(lease_id, OPENING_H)], at_us=club.tick())
    club.tick()
    bound_h = write_off.bound(club.store, lease_id).cost.amount_h
    _write_off(club, lease_id)
    other = club.till("T2")
    again = other.lease("A1", 80_000).lease
    assert again is not None
    club.tick()
    other.push(other.sale("A1", spends=[(again.lease_id, 80_000)]), other.close("A1", again.lease_id, 80_000))
    till.push(sale)
    avail_h, reserved_h, deficit_h = balances(club.store)["A1"]
    assert (avail_h, reserved_h, deficit_h) == (0, 0, 80_000)
    assert deficit_h <= bound_h
    assert {"OFFLINE_OVERDRAW", "BEYOND_LEASE"} & set(raw(club.store, sale.event_id).flags)
    till.push(till.sale("A1", qty=10))
    assert balances(club.store)["A1"] == (0, 0, 75_000)
    _sound(club)


def test_only_a_manager_writes_off(club: Club) -> None:
    """4.4: no clock and no cashier ends a lease; an unknown lease is said."""
    _, lease_id = _lost(club)
    cashier = Clerk(staff_id="S1", roles=frozenset({Role.CASHIER, Role.SUPERVISOR}))
    asked = {"reason": "please", "decision_id": event_id(), "now_us": club.now_us}
    with pytest.raises(Refusal, match=r"permission\.missing"):
        write_off.write_off(club.store, club.ledger.shelf, lease_id, clerk=cashier, **asked)
    with pytest.raises(Refusal, match=r"lease\.unknown"):
        write_off.bound(club.store, "none")
    assert balances(club.store)["A1"] == (OPENING_H - 50_000, 50_000, 0)


def test_command_asks_before_it_releases(club: Club, database: str) -> None:
    """C13: `clubtill ledger write-off` says the bound in a sentence and asks; no answer changes nothing."""
    _, lease_id = _lost(club)
    words = ["write-off", lease_id, "--reason", "till is lost", "--database", database]
    asked = CliRunner().invoke(command, words, input="n\n")
    assert asked.exit_code == 1
    assert "Release 500 points held by T1" in asked.output
    assert "Jean Member A1 may go 500 below zero" in asked.output
    assert balances(club.store)["A1"] == (OPENING_H - 50_000, 50_000, 0)
    assert CliRunner().invoke(command, words, input="y\n").exit_code == 0
    assert balances(club.store)["A1"] == (OPENING_H, 0, 0)
    assert "released 500 points" in CliRunner().invoke(command, ["exceptions", "--database", database]).output

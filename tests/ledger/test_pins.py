"""Closed periods: what comes late is dated to the pin, and closed figures never move (section 5, C8, I18)."""

from __future__ import annotations

import random
import threading
from contextlib import ExitStack
from datetime import date

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from clubtill_ledger.office import periods, rebuilding, verifying
from clubtill_ledger.office.clerk import Clerk, operator
from clubtill_ledger.operate import command
from clubtill_ledger.store import tables
from clubtill_ledger.store.entries import entries_of
from clubtill_rules.permissions import Role
from clubtill_rules.points.lots import fold
from clubtill_rules.values.refusal import Refusal
from tests.ledger.audit import audit, balances, kinds, raw, rows
from tests.ledger.club import Club
from tests.ledger.master import ACCOUNTS, CLOCK, CLUB_ID, DAY, MINUTE, START_US

MANAGER = operator("M1")
FRIDAY = date(2026, 3, 13)


def _close(club: Club, day: date = FRIDAY) -> periods.Closed:
    return periods.close(club.store, club.ledger.shelf, CLUB_ID, day, clerk=MANAGER, now_us=club.now_us)


def test_late_sale_counts_from_the_pin(club: Club) -> None:
    """C8, LATE: a sale of a closed day gets the first instant after it, is counted, and keeps its bytes."""
    till = club.till()
    late, other = till.sale("A1"), till.sale()
    club.tick(2 * DAY)
    told = _close(club)
    assert told.pin_us == periods.begins(date(2026, 3, 14), CLOCK)
    answer = till.push(late, other, till.sale("A1"))
    assert ["LATE" in one.flags for one in answer.results] == [True, True, False]
    assert raw(club.store, late.event_id).eff_us == told.pin_us
    sale = next(row for row in rows(club.store, tables.sale) if row.event_id == late.event_id)
    assert (sale.eff_us, sale.trading_day, sale.at_us) == (told.pin_us, date(2026, 3, 14), START_US)
    assert [one.late for one in periods.closed(club.store, CLUB_ID)] == [2]
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()
    assert verifying.verify(club.store, club.ledger.shelf, club.now_us) == ()
    audit(club.store)


def test_a_close_is_found_by_whoever_saw_the_books_before(club: Club) -> None:
    """C8, 6.4: a transaction goes on from the pins as they were seen last; after a close it is run again, once.

    Whatever connection it gets: each has seen the books before the close.
    """
    till = club.till()
    late = [till.sale(name) for name in ACCOUNTS[:3]]
    if not club.store.is_sqlite:
        with ExitStack() as several:
            for _ in range(5):  # they take turns; six transactions a batch, so that each sees every bucket
                several.enter_context(club.store.writer.connect())
    for _ in range(10):
        till.push(*(till.sale(name) for name in ACCOUNTS[:3]))
    club.tick(2 * DAY)
    pin_us = _close(club).pin_us
    again = club.store.tries.again
    answer = till.push(*late, till.sale("A1"))
    assert ["LATE" in one.flags for one in answer.results] == [True, True, True, False]
    assert {raw(club.store, one.event_id).eff_us for one in late} == {pin_us}
    assert club.store.tries.again == again + 1
    audit(club.store)


def test_example_of_the_design(club: Club) -> None:
    """Section 5: L1 100 expired in a closed period; a spend of it that arrives late takes L2; the EXPIRE stays."""
    from clubtill_ledger.jobs import expiry  # noqa: PLC0415 - only here
    from clubtill_ledger.operate import seed as seeds  # noqa: PLC0415 - only here

    opening = (
        seeds.Opening(amount_h=10_000, earn_day=date(2026, 1, 1), last_day=date(2026, 3, 15)),
        seeds.Opening(amount_h=8_000, earn_day=date(2026, 2, 1), last_day=date(2026, 6, 30)),
    )
    seeds.load(
        club.store,
        club.ledger.shelf,
        seeds.Seed(accounts=(seeds.Account(club_id=CLUB_ID, account_id="L1", opening=opening),)),
        now_us=START_US,
    )
    till = club.till()
    lease = till.lease("L1", 4_000).lease
    assert lease is not None
    till.keep(till.sale("L1", spends=[(lease.lease_id, 4_000)], at_us=club.tick()))
    club.tick(20 * DAY)
    expiry.run(club.store, club.ledger.shelf, club.now_us)
    assert kinds(club.store, "L1") == [("lease_grant", 4_000), ("expire", 10_000)]
    _close(club, date(2026, 3, 31))
    till.post(till.batch())
    assert kinds(club.store, "L1")[2:] == [("lease_spend", 4_000)]
    assert balances(club.store)["L1"] == (4_000, 0, 0)
    audit(club.store)


def _figures(club: Club, pin_us: int) -> dict[str, object]:
    """What reports say of the time before a pin: the fold of each account, sums of sales, visits and entries by day."""
    found: dict[str, object] = {}
    with club.store.reader.begin() as connection:
        for name in ACCOUNTS:
            mine = [one for one in entries_of(connection, CLUB_ID, name) if one.eff_us < pin_us]
            folded = fold(mine, as_of=FRIDAY, refund_grace_days=30)
            found[name] = (folded.avail_h, folded.reserved_h, folded.deficit_h, folded.expired_h, len(mine))
        for table, amount in ((tables.sale, tables.sale.c.total_minor), (tables.swipe, tables.swipe.c.visit_h)):
            closed = sa.select(sa.func.count(), sa.func.sum(amount)).where(table.c.eff_us < pin_us)
            found[table.name] = tuple(connection.execute(closed).one())
    return found


@pytest.mark.parametrize("seed", range(4))
def test_closed_figures_never_move(club: Club, seed: int) -> None:
    """I18: whatever arrives after a close, in any order and with any clock, all figures before the pin stay."""
    draw = random.Random(seed)  # noqa: S311 - a test's own draws
    tills = [club.till("T1"), club.till("T2"), club.till("D1")]
    lease = tills[0].lease("A1", 20_000).lease
    assert lease is not None
    left_h = 20_000
    for till in tills[:2]:
        till.push(till.sale(draw.choice(ACCOUNTS)), till.sale())
    for till in tills:
        for _ in range(8):
            name = draw.choice(ACCOUNTS)
            at_us = club.now_us + draw.randrange(-2 * DAY, 4 * DAY, MINUTE)
            kind = draw.choice(("sale", "swipe", "spend")) if till is tills[0] else draw.choice(("sale", "swipe"))
            if kind == "swipe":
                till.keep(till.swipe(name, at_us=at_us))
            elif kind == "spend" and left_h >= 2_000:
                till.keep(till.sale("A1", spends=[(lease.lease_id, 2_000)], at_us=at_us))
                left_h -= 2_000
            else:
                till.keep(till.sale(name, at_us=at_us))
    sent_before = draw.randrange(8)
    tills[1].post(tills[1].batch(first=3, last=3 + sent_before))
    tills[1].acked = 3 + sent_before
    club.tick(2 * DAY)
    pin_us = _close(club).pin_us
    before = _figures(club, pin_us)
    for till in draw.sample(tills, len(tills)):
        till.nonces += 1_000
        assert till.post(till.batch()).status == 200
    assert _figures(club, pin_us) == before
    assert sum(one.late for one in periods.closed(club.store, CLUB_ID)) > 0
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()
    audit(club.store)


def test_nothing_slips_in_behind_a_close(club: Club) -> None:
    """I18: closes and sales at the same time on two threads: no event lies before a pin that was closed before it."""
    till = club.till()
    club.tick(2 * DAY)
    bodies = []
    for n in range(12):
        till.keep(till.sale(ACCOUNTS[n % 5] if n % 2 else "", at_us=START_US))
        bodies.append(till.batch(first=n + 1, last=n + 1))
    seen: list[int] = []

    def post() -> None:
        seen.extend(till.post(body).status for body in bodies)

    posting = threading.Thread(target=post)
    posting.start()
    closed = _close(club)
    at_the_close = _figures(club, closed.pin_us)
    posting.join(60)
    assert seen == [200] * 12
    assert _figures(club, closed.pin_us) == at_the_close
    late = sum("LATE" in row.flags for row in rows(club.store, tables.raw_event))
    assert [one.late for one in periods.closed(club.store, CLUB_ID)] == [late]
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()


def test_what_cannot_be_closed(club: Club) -> None:
    """Section 5: a day that is not over, one before what is closed, an unknown club; closing again is the same."""
    club.tick(2 * DAY)
    shelf = club.ledger.shelf
    with pytest.raises(Refusal, match=r"period\.open"):
        _close(club, date(2026, 3, 16))
    first = _close(club, date(2026, 3, 14))
    with pytest.raises(Refusal, match=r"period\.closed"):
        _close(club, FRIDAY)
    with pytest.raises(Refusal, match="unknown_settings"):
        periods.close(club.store, shelf, "nobody", FRIDAY, clerk=MANAGER, now_us=club.now_us)
    cashier = Clerk(staff_id="S1", roles=frozenset({Role.CASHIER}))
    with pytest.raises(Refusal, match=r"permission\.missing"):
        periods.close(club.store, shelf, CLUB_ID, FRIDAY, clerk=cashier, now_us=club.now_us)
    club.tick()
    assert _close(club, date(2026, 3, 14)) == first
    assert len(periods.closed(club.store, CLUB_ID)) == 1


def test_command_closes_and_counts(club: Club, database: str) -> None:
    """C8: `clubtill ledger close-period` closes and lists each close with what came late; refusals are said."""
    done = CliRunner().invoke(command, ["close-period", CLUB_ID, "2026-03-13", "--database", database, "--staff", "M1"])
    assert (done.exit_code, "closed through 2026-03-13 by M1" in done.output) == (0, True), done.output
    refused = CliRunner().invoke(command, ["close-period", CLUB_ID, "2099-01-01", "--database", database])
    assert refused.exit_code == 2
    assert "is not over yet" in refused.output

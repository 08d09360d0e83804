"""The expiry job: due accounts only, once, in chunks, by the club's own day (R34, I15, I16, I20)."""

from datetime import date, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from clubtill_ledger.jobs import expiry
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import states, tables
from clubtill_rules.points.standing import DAYS_KEPT
from tests.ledger.audit import audit, balances, kinds, rows
from tests.ledger.club import Club
from tests.ledger.master import CLUB_ID, DAY, person

EARNED = date(2026, 1, 1)
TODAY = date(2026, 3, 13)


def openings(club: Club, account_id: str, *lots: tuple[int, date | None]) -> None:
    """Give an account lots of points with their last usable days."""
    made = seeds.Account(
        club_id=CLUB_ID,
        account_id=account_id,
        persons=(person(account_id),),
        opening=tuple(seeds.Opening(amount_h=amount, earn_day=EARNED, last_day=last) for amount, last in lots),
    )
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(made,)), now_us=club.now_us)


def expire(club: Club) -> int:
    """Run the job."""
    return expiry.run(club.store, club.ledger.shelf, club.now_us)


def last_days(*numbers: int) -> list[date]:
    """Give days counted from today."""
    return [TODAY + timedelta(days=n) for n in numbers]


def test_what_is_past_its_last_day_is_posted_once(club: Club) -> None:
    """R34, I20: through the whole last day points are usable; the day after they are posted, and only once."""
    openings(club, "B1", (4_000, TODAY), (6_000, TODAY + timedelta(days=1)), (500, None))
    assert expire(club) == 0
    club.tick(DAY)
    assert (expire(club), expire(club)) == (1, 0)
    assert kinds(club.store, "B1") == [("expire", 4_000)]
    assert balances(club.store)["B1"] == (6_500, 0, 0)
    club.tick(DAY)
    assert (expire(club), expire(club)) == (1, 0)
    assert balances(club.store)["B1"] == (500, 0, 0)
    audit(club.store)


def test_only_due_accounts_are_read(club: Club) -> None:
    """3.2: accounts are picked by their next expiry; no entry of any account is read unless a fold is needed."""
    openings(club, "B1", (4_000, TODAY))
    openings(club, "B2", (4_000, TODAY + timedelta(days=9)))
    club.tick(DAY)
    read: list[str] = []
    for engine in (club.store.writer, club.store.reader):
        sa.event.listen(engine, "before_cursor_execute", lambda *told: read.append(told[2]))
    assert expire(club) == 1
    assert not [one for one in read if one.startswith("SELECT") and "FROM entry" in one]


def test_many_accounts_in_small_chunks(club: Club) -> None:
    """3.2: a chunk is a short transaction in one bucket; however it is cut, every account is posted once (I12, I13)."""
    names = [f"C{n}" for n in range(30)]
    for name in names:
        openings(club, name, (1_000, TODAY), (2_000, TODAY + timedelta(days=40)))
    club.tick(DAY)
    settings = club.store.read(partial(club.ledger.shelf.now, now_us=club.now_us)).club(CLUB_ID)
    done = partial(expiry.expire, club.store, settings, TODAY + timedelta(days=1), now_us=club.now_us, chunk=1)
    assert (done(), done()) == (30, 0)
    assert {balances(club.store)[name] for name in names} == {(2_000, 0, 0)}
    audit(club.store)


def test_kill_in_the_middle_posts_nothing_twice(club: Club) -> None:
    """F15, I20: a worker that dies between two buckets leaves the rest to the next run; together they post once."""
    for n in range(20):
        openings(club, f"C{n}", (1_000, TODAY))
    club.tick(DAY)
    settings = club.store.read(partial(club.ledger.shelf.now, now_us=club.now_us)).club(CLUB_ID)
    seen: list[int] = []

    def die() -> None:
        seen.append(1)
        if len(seen) == 30:
            raise KeyboardInterrupt

    told = {"day": TODAY + timedelta(days=1), "now_us": club.now_us}
    with pytest.raises(KeyboardInterrupt):
        expiry.expire(club.store, settings, between=die, **told)
    before = len([row for row in rows(club.store, tables.entry) if row.kind == "expire"])
    assert 0 < before < 20
    assert expiry.expire(club.store, settings, **told) == 20 - before
    assert len([row for row in rows(club.store, tables.entry) if row.kind == "expire"]) == 20
    audit(club.store)


def test_what_is_set_aside_waits_for_the_lease(club: Club) -> None:
    """5: EXPIRE never takes reserved points; the close of the lease settles what waited (the design's third case)."""
    openings(club, "B1", (30_000, TODAY), (20_000, TODAY + timedelta(days=90)))
    till = club.till()
    lease = till.lease("B1", 40_000).lease
    club.tick(DAY)
    assert (expire(club), expire(club)) == (1, 0)
    assert kinds(club.store, "B1") == [("lease_grant", 40_000), ("expire", 10_000)]
    assert balances(club.store)["B1"] == (0, 40_000, 0)
    till.push(till.close("B1", lease.lease_id, 0))
    assert kinds(club.store, "B1")[2:] == [("lease_return", 40_000), ("expire", 20_000)]
    assert balances(club.store)["B1"] == (20_000, 0, 0)
    audit(club.store)


def test_late_spend_is_paid_by_the_lot_that_ended_meanwhile(club: Club) -> None:
    """C5, R34: a sale made on the last day arrives after it: the lot pays, and nothing more of it expires."""
    openings(club, "B1", (30_000, TODAY))
    till = club.till()
    lease = till.lease("B1", 10_000).lease
    sold = till.sale("B1", qty=20, spends=((lease.lease_id, 10_000),))
    club.tick(DAY)
    assert expire(club) == 1
    till.push(sold)
    assert kinds(club.store, "B1") == [("lease_grant", 10_000), ("expire", 20_000), ("lease_spend", 10_000)]
    assert balances(club.store)["B1"] == (0, 0, 0)
    audit(club.store)


def test_a_ledger_that_was_off_for_weeks_catches_up(club: Club) -> None:
    """R34: more last days went by than stand beside the balance; the fold tells, and the books agree (I15)."""
    ends = last_days(*range(DAYS_KEPT + 3))
    openings(club, "B1", *((1_000, day) for day in ends), (700, None))
    club.tick(60 * DAY)
    assert (expire(club), expire(club)) == (1, 0)
    assert balances(club.store)["B1"] == (700, 0, 0)
    audit(club.store)


def test_states_written_before_are_folded(club: Club) -> None:
    """3.2: a state that does not say what ends next is folded once; from then on it says so."""
    openings(club, "B1", (1_000, TODAY), (2_000, TODAY + timedelta(days=5)))
    with club.store.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE account_state SET lots = ''")
    club.tick(DAY)
    assert expire(club) == 1
    assert balances(club.store)["B1"] == (2_000, 0, 0)
    with club.store.reader.begin() as connection:
        assert states.state_of(connection, CLUB_ID, "B1").lots
    audit(club.store)

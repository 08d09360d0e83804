"""The tally that stands behind the counts of kills, partitions, failovers and calls sees what is lost or twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from clubtill_ledger.store import tables
from tests.counts.__main__ import WANTED, _wrong
from tests.counts.tally import FILE, Tally, counted, read
from tests.ledger.club import Club


def _told(club: Club, acked: list[str]) -> Tally:
    return counted("kills", 1, club.store, acked, now_us=club.now_us)


def test_what_is_lost_or_twice_is_counted(club: Club, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """I9, I15: an event that is gone, one that stands again, and a projection that differs are each counted."""
    monkeypatch.setenv(FILE, str(tmp_path / "counts"))
    till = club.till()
    sales = [till.sale("A1"), till.sale("A2")]
    till.push(*sales)
    acked = [one.event_id for one in sales]
    assert _told(club, acked).clean
    assert _told(club, [*acked, "f" * 32]).lost == 1
    raw = tables.raw_event
    with club.store.reader.begin() as connection:
        kept = connection.execute(sa.select(raw).where(raw.c.event_id == acked[0])).mappings().one()
    with club.store.writer.begin() as connection:
        connection.execute(raw.insert(), dict(kept) | {"bucket": (kept["bucket"] + 1) % 64})
    assert _told(club, acked).twice == 1
    with club.store.writer.begin() as connection:
        connection.execute(sa.delete(raw).where(raw.c.event_id == acked[0]))
        connection.execute(sa.update(tables.account_state).values(avail_h=1))
    last = _told(club, acked)
    assert (last.lost, last.twice, last.differing != ()) == (1, 0, True)
    told = read(tmp_path / "counts")
    assert len(told) == 4
    assert told[-1] == last


def test_too_few_is_wrong() -> None:
    """I9: counts that are short fail the command, and so does one loss."""
    enough = [Tally(what=what, times=n, facts=1, lost=0, twice=0, differing=()) for what, n in WANTED.items()]
    assert list(_wrong(enough)) == []
    assert len(list(_wrong(enough[1:]))) == 1
    lost = Tally(what="kills", times=0, facts=1, lost=1, twice=0, differing=())
    assert len(list(_wrong([*enough, lost]))) == 1

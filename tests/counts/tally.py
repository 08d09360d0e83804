"""Tally: what a suite did to terminals and ledgers, how much was acknowledged, and what of it is lost or there twice.

A suite tells it line by line into the file that CLUBTILL_TEST_COUNTS names; `python -m tests.counts` sums it. Asserting
is for the suite: this counts, so that a number stands beside every claim.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
import sqlalchemy as sa

from clubtill_ledger.office import rebuilding
from clubtill_ledger.store import tables
from clubtill_ledger.store.engines import Store
from clubtill_ledger.store.settings import SettingsShelf

FILE: Final = "CLUBTILL_TEST_COUNTS"


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What one run came to.

    Attributes:
        what: kills, partitions, failovers or cases.
        times: how many there were.
        facts: how many acknowledged facts were looked for.
        lost, twice: how many of them the ledger does not have, or has more than once.
        differing: the differences that a rebuild of the ledger finds (I15).
    """

    what: str
    times: int
    facts: int
    lost: int
    twice: int
    differing: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is lost, nothing is there twice and a rebuild finds nothing."""
        return (self.lost, self.twice, self.differing) == (0, 0, ())


def counted(what: str, times: int, store: Store, acknowledged: Iterable[str], *, now_us: int) -> Tally:
    """Look for every acknowledged event in a ledger, rebuild that in thought, and tell what was found.

    An event stands twice if its row does, or one of its entries, in whatever bucket.
    """
    wanted = set(acknowledged)
    raw, entry = tables.raw_event, tables.entry
    with store.reader.begin() as connection:
        stored = Counter(connection.execute(sa.select(raw.c.event_id).where(raw.c.status != "moved")).scalars())
        legs = Counter(
            tuple(row) for row in connection.execute(sa.select(entry.c.club_id, entry.c.event_id, entry.c.leg))
        )
    told = Tally(
        what=what,
        times=times,
        facts=len(wanted),
        lost=len(wanted - set(stored)),
        twice=sum(n > 1 for n in stored.values()) + sum(n > 1 for n in legs.values()),
        differing=tuple(map(str, rebuilding.differences(store, SettingsShelf(), now_us))),
    )
    tell(told)
    return told


def tell(told: Tally) -> None:
    """Write a tally down, if somebody sums them."""
    if path := os.environ.get(FILE):
        with Path(path).open("ab") as file:
            file.write(msgspec.json.encode(told) + b"\n")


def read(path: Path) -> list[Tally]:
    """Read what was written down."""
    return [msgspec.json.decode(line, type=Tally) for line in path.read_bytes().splitlines()] if path.exists() else []

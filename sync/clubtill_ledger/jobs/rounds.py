"""Rounds: goes through everybody of a club who agreed to a kind of mail, some hundred accounts at a time (6.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from clubtill_ledger.jobs.running import Turn
from clubtill_ledger.store import mailing
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.mailing import Letter, Willing
from clubtill_ledger.store.settings import Settings
from clubtill_rules.members.club import Club
from clubtill_rules.values.ids import BUCKETS

CHUNK: Final = 500
"""So many accounts of a bucket are looked at in one transaction."""

Made: TypeAlias = Callable[[Connection, int, Sequence[Willing]], Sequence[Letter]]
"""Gives the letters, new ones alone and by account, for some people of a bucket who agreed to the kind."""


def club_of(turn: Turn) -> tuple[Settings, Club | None, str]:
    """Read a job's subject: the settings of now, the club that it names, and what it says after the club's id."""
    club_id, _, rest = turn.subject.rpartition(":")
    settings = turn.store.read(partial(turn.shelf.now, now_us=turn.now_us))
    return settings, settings.club(club_id), rest


def go_round(store: Store, club_id: str, kind: str, made: Made, *, between: Callable[[], None] = lambda: None) -> int:
    """Write what `made` gives, chunk by chunk. Gives how many letters; called again it writes none.

    What they say is worked out by reading alone, so that nobody waits for it; only new rows take a short transaction.
    """
    written = 0
    for bucket in range(BUCKETS):
        after, more = "", True
        while more:
            read = partial(_chunk, club_id=club_id, kind=kind, bucket=bucket, after=after, made=made)
            letters, after = store.read(read)
            if letters:
                written += store.write(partial(_keep, letters=letters))
            more = bool(after)
        between()
    return written


def _chunk(
    connection: Connection, club_id: str, kind: str, *, bucket: int, after: str, made: Made
) -> tuple[Sequence[Letter], str]:
    """Make the letters of a chunk; give the last account looked at as well, blank when there are no more."""
    people, last = mailing.willing(connection, club_id, bucket, kind=kind, after=after, rows_max=CHUNK)
    return made(connection, bucket, people) if people else (), last


def _keep(connection: Connection, letters: Sequence[Letter]) -> int:
    """Write the letters that nobody wrote meanwhile."""
    first = letters[0]
    known = mailing.standing(
        connection, first.club_id, first.bucket, kind=first.kind, subjects={one.subject for one in letters},
        people=letters,
    )  # fmt: skip
    new = [one for one in letters if (one.subject, one.account_id) not in known]
    mailing.write(connection, new)
    return len(new)

"""Close leases: those asked back while a tender stood on them, and those of a trading day that is over (4.4).

A budget that is due goes back with them.

Runs on the writer lane. A close is an event in this device's log; no lease closes by time alone, only its holder may.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from clubtill_rules.members.club import Club
from clubtill_rules.points.leases import Lease
from clubtill_rules.values.days import US_PER_S, local, trading_day
from clubtill_terminal.actions import budgets, redeem
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents, leases

RECALL: Final = "recall"
END_OF_DAY: Final = "end_of_day"
_US_PER_MS: Final = US_PER_S // 1_000
_CLOCK_BITS_AFTER: Final = 80
"""A lease's id is a UUIDv7: the milliseconds of its grant stand before this many bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """How many leases and budgets were closed, and which recalled ones still stand under an open tender (I25)."""

    count: int = 0
    waiting: frozenset[str] = frozenset()


def close_due(terminal: Terminal, recalled: Collection[str], *, tendering: frozenset[str]) -> Closed:
    """Close what is due of this device's leases, but none of an account with an open tender.

    Args:
        terminal: this terminal, with the ledger in reach: while it is cut off nobody else could use the points.
        recalled: lease ids that the ledger asked back and that could not be closed at once.
        tendering: accounts whose points a sale in hand has chosen.
    """
    given = budgets.close_due(terminal)
    with terminal.store.facts.begin() as facts:
        held, clubs = leases.all_open(facts), leases.clubs(facts)
    if not held:
        return Closed(count=given)
    over = _of_days_over(terminal, held, clubs)
    done = Closed(count=given, waiting=frozenset(one.lease_id for one in held if one.lease_id in recalled))
    for why, due in ((RECALL, frozenset(recalled)), (END_OF_DAY, over)):
        mine = [one for one in held if one.lease_id in due and one.account_id not in tendering]
        for club_id in sorted({clubs[one.lease_id] for one in mine}):
            redeem.give_back(
                terminal, [one for one in mine if clubs[one.lease_id] == club_id], club_id=club_id, why=why
            )
        closed = frozenset(one.lease_id for one in mine)
        held = tuple(one for one in held if one.lease_id not in closed)
        done = replace(done, count=done.count + len(closed), waiting=done.waiting - closed)
    return done


def _of_days_over(terminal: Terminal, held: Collection[Lease], clubs: dict[str, str]) -> frozenset[str]:
    """Give the leases granted on an earlier trading day of their club; none of a club that the cache does not know."""
    now_us = terminal.now_us()
    with terminal.store.cache.begin() as cache:
        known = documents.current(cache, "club", Club, local(now_us, "UTC").date())
    found = ((one.lease_id, known.get(clubs[one.lease_id])) for one in held)
    return frozenset(
        lease_id
        for lease_id, club in found
        if club is not None and trading_day(granted_us(lease_id), club.clock) < trading_day(now_us, club.clock)
    )


def granted_us(lease_id: str) -> int:
    """Give the instant of a lease's grant, to the millisecond, from its id."""
    return (int(lease_id, 16) >> _CLOCK_BITS_AFTER) * _US_PER_MS

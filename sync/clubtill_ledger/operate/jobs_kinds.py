"""Kinds of jobs: what the ledger does by itself, one line a kind, with the days or hours on which each is due.

A subject names one run for ever (`harbour:2026-03-14`), so that planning it twice is planning it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from clubtill_ledger.accept import transfers
from clubtill_ledger.jobs import (
    expiry,
    letters,
    purging,
    reminders,
    running,
    seals,
    sending,
    statements,
    statistics,
    tiers,
)
from clubtill_ledger.jobs.running import Turn, Work
from clubtill_ledger.leases.night import grant_night
from clubtill_ledger.store import jobs, tier_runs
from clubtill_ledger.store.settings import Settings
from clubtill_rules.points.statement import month_before
from clubtill_rules.values.days import US_PER_DAY, US_PER_S, trading_day

Due: TypeAlias = Iterable[tuple[str, int]]
"""Subjects with the instants from which on they are due."""
MINUTE_US: Final = 60 * US_PER_S
KEPT_DAYS: Final = 14
"""Done jobs are forgotten after so many days."""
CATCH_UP_DAYS: Final = 10
"""A month's job is planned for so many days: less than done jobs are kept, so that it is planned once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of job: what does it, and which are due by now."""

    work: Work
    due: Callable[[Settings, int], Due]


def club_days(settings: Settings, now_us: int) -> Due:
    """Give each club's day: due as soon as it has begun."""
    clubs = settings.by_kind.get("club", {}).values()
    return [(f"{club.id}:{trading_day(now_us, club.clock)}", now_us) for club in clubs]


def club_months(settings: Settings, now_us: int) -> Due:
    """Give the month that is over for each club, in the first days of the next one."""
    today = ((club.id, trading_day(now_us, club.clock)) for club in settings.by_kind.get("club", {}).values())
    return [(f"{club_id}:{month_before(day):%Y-%m}", now_us) for club_id, day in today if day.day <= CATCH_UP_DAYS]


def venue_days(settings: Settings, now_us: int) -> Due:
    """Give each venue's day: due as soon as it has begun."""
    venues = settings.by_kind.get("venue", {}).values()
    return [(f"{venue.id}:{trading_day(now_us, venue.clock)}", now_us) for venue in venues]


def every(minutes: int) -> Callable[[Settings, int], Due]:
    """Give one run every so many minutes, counted from 1970."""

    def due(_settings: Settings, now_us: int) -> Due:
        n = now_us // (minutes * MINUTE_US)
        return [(str(n), n * minutes * MINUTE_US)]

    return due


def night_leases(turn: Turn) -> str:
    """Grant a venue's redemption terminal its leases for the day."""
    venue_id = turn.subject.rpartition(":")[0]
    return f"{grant_night(turn.store, turn.shelf, venue_id, now_us=turn.now_us, between=turn.go_on)} accounts"


def sweep_transfers(turn: Turn) -> str:
    """End transfers that nobody works at any more (R38)."""
    return f"{transfers.sweep(turn.store, turn.shelf, turn.now_us)} transfers"


def seal(turn: Turn) -> str:
    """Seal each bucket's entries of the days that are over (I14)."""
    return f"{seals.run(turn.store, turn.now_us)} buckets"


def purge(turn: Turn) -> str:
    """Delete the lines of the register of guests whose day has come (R53)."""
    return f"{purging.run(turn.store, turn.now_us)} guests"


def go_on_with_tiers(turn: Turn) -> str:
    """Go on with runs of the tier wizard that were cut short (R61)."""
    left = turn.store.read(tier_runs.unfinished)
    return f"{sum(tiers.go_on(turn.store, turn.shelf, one, now_us=turn.now_us) for one in left)} members"


def forget(turn: Turn) -> str:
    """Forget jobs that were done long ago."""
    before_us = turn.now_us - KEPT_DAYS * US_PER_DAY
    return f"{turn.store.write(partial(jobs.forget, before_us=before_us))} jobs"


KINDS: Final[Mapping[str, Kind]] = {
    "expiry": Kind(work=expiry.of_club, due=club_days),
    "leases": Kind(work=night_leases, due=venue_days),
    "expiry_warnings": Kind(work=letters.warn_of_expiry, due=club_days),
    "statements": Kind(work=statements.of_club, due=club_months),
    "renewals": Kind(work=reminders.of_club, due=club_days),
    "mail": Kind(work=sending.send_due, due=every(1)),
    "transfers": Kind(work=sweep_transfers, due=every(5)),
    "seals": Kind(work=seal, due=every(24 * 60)),
    "guests": Kind(work=purge, due=every(24 * 60)),
    "tiers": Kind(work=go_on_with_tiers, due=every(5)),
    "statistics": Kind(work=statistics.of_venue, due=venue_days),
    "forget": Kind(work=forget, due=every(24 * 60)),
}
"""All kinds by name."""

WORKS: Final[Mapping[str, running.Work]] = {name: kind.work for name, kind in KINDS.items()}


def due_now(settings: Settings, now_us: int) -> tuple[tuple[str, str, int], ...]:
    """Give every job (kind, subject, due) that should stand by now."""
    return tuple(
        (name, subject, due_us) for name, kind in KINDS.items() for subject, due_us in kind.due(settings, now_us)
    )

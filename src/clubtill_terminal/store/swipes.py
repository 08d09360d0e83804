"""Swipes at this terminal's doors: history, head count, and the natural keys already given here (R48, R50, R52)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select, update

from clubtill_terminal.store.tables import swipe


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSwipe:
    """A swipe as the door's history shows it (U90). `outcome` is blank until somebody acts."""

    event_id: str
    at_us: int
    person_id: str
    name: str
    verdict: str
    entry_day: str
    visit_key: str
    birthday_key: str
    outcome: str
    guests: int


def keep_swipe(facts: Connection, kept: KeptSwipe) -> None:
    """Write a swipe within the transaction of its event."""
    facts.execute(swipe.insert().values({name: getattr(kept, name) for name in KeptSwipe.__slots__}))


def keep_outcome(facts: Connection, event_id: str, outcome: str, guests: int) -> bool:
    """Write what became of a swipe; False when somebody acted on it already."""
    changed = facts.execute(
        update(swipe).where(swipe.c.event_id == event_id, swipe.c.outcome == "").values(outcome=outcome, guests=guests)
    ).rowcount
    return bool(changed == 1)


def last_swipes(facts: Connection, rows_max: int) -> tuple[KeptSwipe, ...]:
    """Give the latest swipes, newest first."""
    rows = facts.execute(select(swipe).order_by(swipe.c.at_us.desc(), swipe.c.event_id.desc()).limit(rows_max))
    return tuple(KeptSwipe(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name for it


def keys_given(facts: Connection, person_id: str) -> dict[str, int]:
    """Give the natural keys already given to a person at this terminal, each with the instant of its first swipe."""
    keys: dict[str, int] = {}
    rows = facts.execute(
        select(swipe.c.visit_key, swipe.c.birthday_key, swipe.c.at_us)
        .where(swipe.c.person_id == person_id)
        .order_by(swipe.c.at_us)
    )
    for row in rows:
        for key in (row.visit_key, row.birthday_key):
            if key:
                keys.setdefault(key, row.at_us)
    return keys


def inside(facts: Connection, day: date) -> int:
    """Count who was let in at this terminal on an entry day, guests included; the swipe itself does not count (U91)."""
    counted = facts.execute(
        select(func.coalesce(func.sum(1 + swipe.c.guests), 0)).where(
            swipe.c.entry_day == day.isoformat(), swipe.c.outcome.in_(("admit", "let_in"))
        )
    ).scalar_one()
    return int(counted)

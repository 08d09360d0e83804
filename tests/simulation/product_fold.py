"""The product's own fold, run again over what the ledger holds, in another order of arrival."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING, Any

from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.points.lots import Fold, fold

if TYPE_CHECKING:
    from tests.simulation.town import Town

Told = tuple[tuple[int, ...], tuple[tuple[str, int, int], ...]]
"""Balance, and what is left of each lot by the entry that made it."""
_DAYS = ("day", "earn_day", "last_day")


def product_folds(
    town: Town, entries: dict[tuple[str, str], list[dict[str, Any]]], chance: random.Random
) -> dict[str, tuple[Told, Told]]:
    """Fold every account in the order of posting and in another one; give balance and lots of both, by account."""
    found = {}
    for (_, name), rows in entries.items():
        made = [_entry(row) for row in rows]
        mixed = list(made)
        chance.shuffle(mixed)
        as_of = max(one.day for one in made)
        both = [fold(some, as_of=as_of, refund_grace_days=town.mix.club.grace_days) for some in (made, mixed)]
        told = [_told(one) for one in both]
        found[name] = (told[0], told[1])
    return found


def _told(one: Fold) -> Told:
    balance = (one.avail_h, one.reserved_h, one.deficit_h, one.expired_h - one.waits_h)
    return balance, tuple(sorted((lot.event_id, lot.leg, lot.left_h) for lot in one.lots if lot.left_h))


def _entry(row: dict[str, Any]) -> Entry:
    values = {name: row[name] for name in Entry.__dataclass_fields__}
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
    kind, award_for = EntryKind(row["kind"]), AwardFor(row["award_for"]) if row["award_for"] else None
    return Entry(**values | days | {"kind": kind, "award_for": award_for, "settled": bool(row["settled"])})

"""The product's own fold, run again over what the ledger holds, in another order of arrival."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING, Any

from clubtill_rules.points.entries import AwardFor, Entry, EntryKind
from clubtill_rules.points.lots import fold

if TYPE_CHECKING:
    from tests.simulation.town import Town

_DAYS = ("day", "earn_day", "last_day")


def product_folds(
    town: Town, entries: dict[tuple[str, str], list[dict[str, Any]]], chance: random.Random
) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Fold every account in the order of posting and in another one; give both balances by account."""
    found = {}
    for (_, name), rows in entries.items():
        made = [_entry(row) for row in rows]
        mixed = list(made)
        chance.shuffle(mixed)
        as_of = max(one.day for one in made)
        both = [fold(some, as_of=as_of, refund_grace_days=town.mix.club.grace_days) for some in (made, mixed)]
        told = [(one.avail_h, one.reserved_h, one.deficit_h, one.expired_h - one.waits_h) for one in both]
        found[name] = (told[0], told[1])
    return found


def _entry(row: dict[str, Any]) -> Entry:
    values = {name: row[name] for name in Entry.__dataclass_fields__}
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
    kind, award_for = EntryKind(row["kind"]), AwardFor(row["award_for"]) if row["award_for"] else None
    return Entry(**values | days | {"kind": kind, "award_for": award_for, "settled": bool(row["settled"])})

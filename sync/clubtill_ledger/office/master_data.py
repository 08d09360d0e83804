"""Master data: saves documents after the rules have looked at them; every terminal gets them by the feed (6.5, 3.2).

A document is checked as it would stand beside everything else on the day it comes into force. Errors are refused and
nothing is saved; warnings and hints come back and do not hinder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final

import msgspec

from clubtill_ledger.store import documents
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import utc_day
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.members.attributes import Attribute, check_attribute
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.settings.findings import Finding, saveable
from clubtill_rules.members.settings.house import House
from clubtill_rules.members.settings.places import check_club, check_location, check_venue, check_venues
from clubtill_rules.members.settings.tables import check_table
from clubtill_rules.members.venue import Location, Venue
from clubtill_rules.points.redeeming import worth
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.documents import KINDS, read_body
from clubtill_sync.wire.feed import Document

_TENDERS: Final = frozenset({MediaKind.CASH, MediaKind.CARD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a save did: how many documents are new, and what the rules found that does not hinder."""

    new: int
    findings: tuple[Finding, ...]


def save(store: Store, found: Sequence[Document], *, now_us: int) -> Saved:
    """Check and publish documents, all of them or none.

    Raises Refusal `document.kind`, `document.body` or `document.id` for one that is not what its kind says,
    `document.version` for one that does not follow the version that stands, and `document.wrong` with the first error
    that the rules find: its `finding`, `field` and `number`.
    """
    for one in found:
        _readable(one)
    return store.write(partial(_save, found=found, today=utc_day(now_us)))


def _readable(one: Document) -> None:
    if one.kind not in KINDS:
        raise Refusal("document.kind", kind=one.kind)
    if one.deleted:
        return
    try:
        value = read_body(one)
    except msgspec.DecodeError as error:
        raise Refusal("document.body", kind=one.kind, id=one.id, why=str(error)) from error
    named = getattr(value, "id", None)
    if named is not None and named != one.id:
        raise Refusal("document.id", kind=one.kind, id=one.id)


def _save(connection: Connection, found: Sequence[Document], today: date) -> Saved:
    newest = {(kind, name): version for kind, name, version in documents.newest_of(connection)}
    for one in found:
        if one.version <= newest.get((one.kind, one.id), 0):
            raise Refusal("document.version", kind=one.kind, id=one.id, newest=newest[one.kind, one.id])
        newest[one.kind, one.id] = one.version
    findings: list[Finding] = []
    for day in sorted({one.effective_from or today for one in found}):
        standing = _standing(connection, found, max(day, today))
        touched = {(one.kind, one.id) for one in found if (one.effective_from or today) <= day}
        findings.extend(_findings(standing, touched, max(day, today)))
    if not saveable(findings):
        first = next(one for one in findings if not saveable([one]))
        raise Refusal("document.wrong", finding=first.code, field=first.field, number=first.number)
    return Saved(new=documents.publish(connection, found), findings=tuple(findings))


def _standing(connection: Connection, found: Sequence[Document], day: date) -> dict[str, dict[str, Any]]:
    """Give everything as it would stand on a day, with the new documents in it, by kind and id."""
    head = documents.newest_position(connection)
    both = {(one.kind, one.id): one for one in documents.in_force(connection, head, day)}
    for one in found:
        if one.effective_from is None or one.effective_from <= day:
            both[one.kind, one.id] = one
    by_kind: dict[str, dict[str, Any]] = {}
    for one in both.values():
        if one.kind in KINDS and not one.deleted:
            by_kind.setdefault(one.kind, {})[one.id] = read_body(one)
    return by_kind


def _findings(standing: dict[str, dict[str, Any]], touched: set[tuple[str, str]], day: date) -> Iterator[Finding]:
    """Have the rules look at what was touched, beside everything else."""

    def of(kind: str, cls: type) -> list[Any]:
        values = standing.get(kind, {})
        return [value for name, value in values.items() if (kind, name) in touched and isinstance(value, cls)]

    for club in of("club", Club):
        yield from check_club(club, day)
    for venue in of("venue", Venue):
        yield from check_venue(venue)
    if of("venue", Venue):
        yield from check_venues(list(standing["venue"].values()))
    for location in of("location", Location):
        yield from check_location(location)
    for attribute in of("attribute", Attribute):
        try:
            check_attribute(attribute)
        except Refusal as no:
            raise Refusal("document.wrong", finding=no.code, field="attribute", number=0) from no
    rows = of("classification", Classification)
    for club_id in sorted({row.club_id for row in rows}):
        mine: Iterable[Classification] = standing["classification"].values()
        yield from check_table([row for row in mine if row.club_id == club_id], _house(standing, day))


def _house(standing: dict[str, dict[str, Any]], day: date) -> House:
    """Tell the checks what else is set up."""
    venues: dict[str, Venue] = standing.get("venue", {})
    decimals = next((venue.money_decimals for venue in venues.values()), 2)
    media = standing.get("media", {})
    locations: dict[str, Location] = standing.get("location", {})

    def pays(points: Points, ratio: int) -> Money:
        return worth(points, ratio, money_decimals=decimals)

    return House(
        today=day,
        clubs=standing.get("club", {}),
        worth=pays,
        venues=frozenset(venues),
        families=frozenset(standing.get("family", {})),
        media=frozenset(media),
        tenders=frozenset(name for name, one in media.items() if one.kind in _TENDERS),
        locations={name: frozenset(one.enabled_levels) for name, one in locations.items()},
        money_decimals=decimals,
    )

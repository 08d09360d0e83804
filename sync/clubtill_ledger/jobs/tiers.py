"""Tiers: the tier wizard over a club's members: SQL sums and skips by the rules' bounds, they decide (R56-R63).

A preview writes nothing. Finishing previews again; if a fact has changed since, nothing is done. What was decided is
written before anybody is changed, then done bucket by bucket, so that a kill leaves nobody in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Final

import msgspec

from clubtill_ledger.store import spending, tier_runs
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.settings import Settings, SettingsShelf
from clubtill_ledger.store.spending import Spender
from clubtill_ledger.store.tier_runs import Run
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.changing import change_classification
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.tiers.bands import taking_part
from clubtill_rules.tiers.spend import ALL_PRODUCTS
from clubtill_rules.tiers.wizard import (
    Finished,
    Marketing,
    Preview,
    Setup,
    TierMember,
    finish,
    preview,
    skip_bounds,
)
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.ids import BUCKETS, account_bucket
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal

CHUNK: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A preview with what it stood on: the club's day, and whose account each member is of."""

    preview: Preview
    run_day: date
    spenders: dict[str, Spender]


def look(store: Store, shelf: SettingsShelf, club_id: str, setup: Setup, now_us: int) -> Looked:
    """Give what a run would do now; nothing is written.

    Raises Refusal `unknown_settings` for a club that does not exist, `tiers.points_club`.
    """
    return store.read(partial(_look, shelf=shelf, club_id=club_id, setup=setup, now_us=now_us))


def _look(connection: Connection, shelf: SettingsShelf, club_id: str, setup: Setup, now_us: int) -> Looked:
    settings = shelf.now(connection, now_us)
    club, classes = _club(settings, club_id)
    tiers = taking_part(classes, first=setup.first_classification, last=setup.last_classification)
    found = spending.outside(
        connection,
        club_id,
        days=(setup.days.first, setup.days.last),
        products=_products(settings, setup),
        bounds={tier.number: (skip_bounds(tier).least.minor, skip_bounds(tier).most.minor) for tier in tiers},
    )
    persons: dict[int, list[str]] = defaultdict(list)
    for one in found:
        persons[one.bucket].append(one.person_id)
    named = spending.names(connection, club_id, persons)
    run_day = trading_day(now_us, club.clock)
    told = preview(
        [_member(one, named) for one in found],
        setup,
        club=club,
        classifications=classes,
        run_day=run_day,
        listed=tier_runs.listed(connection, club_id),
    )
    return Looked(preview=told, run_day=run_day, spenders={one.person_id: one for one in found})


def _club(settings: Settings, club_id: str) -> tuple[Club, tuple[Classification, ...]]:
    club = settings.club(club_id)
    if club is None:
        raise Refusal("unknown_settings")
    classes: Iterable[Classification] = settings.by_kind.get("classification", {}).values()
    return club, tuple(one for one in classes if one.club_id == club_id)


def _products(settings: Settings, setup: Setup) -> list[str] | None:
    """Give the products of the range, which the rules order as people number things; None is all."""
    if setup.products == ALL_PRODUCTS:
        return None
    return [name for name in settings.by_kind.get("product", {}) if name in setup.products]


def _member(one: Spender, named: dict[str, str]) -> TierMember:
    return TierMember(
        person_id=one.person_id,
        number=one.number,
        name=named.get(one.person_id, ""),
        classification=one.classification,
        changed_on=one.changed_on,
        spend=Money(one.spend_minor),
    )


def run_wizard(
    store: Store,
    shelf: SettingsShelf,
    run_id: str,
    club_id: str,
    setup: Setup,
    *,
    previewed_hash: str,
    now_us: int,
    empty_confirmed: bool = False,
) -> Finished:
    """Finish a run whose preview was seen. `run_id` is the asker's: sent again it is the same run.

    Raises Refusal `tiers.data_changed`, `tiers.list_would_empty`, and as `look`; then nothing was written.
    """
    found = look(store, shelf, club_id, setup, now_us)
    done = finish(found.preview, setup, previewed_hash=previewed_hash, empty_confirmed=empty_confirmed)
    run = Run(
        run_id=run_id,
        club_id=club_id,
        run_day=found.run_day,
        setup=msgspec.json.encode(setup),
        hash=previewed_hash,
        state=tier_runs.WRITING,
        at_us=now_us,
    )
    if store.write(partial(_begin, run=run)):
        _write(store, run, found, done)
        store.write(partial(tier_runs.keep, run=replace(run, state=tier_runs.DECIDED)))
    go_on(store, shelf, run_id, now_us=now_us)
    return done


def _begin(connection: Connection, run: Run) -> bool:
    """Write a run unless it is decided already."""
    standing = tier_runs.find(connection, run.run_id)
    if standing is not None and standing.state != tier_runs.WRITING:
        return False
    tier_runs.keep(connection, run)
    return True


def _write(store: Store, run: Run, found: Looked, done: Finished) -> None:
    """Write what was decided, and the marketing list, bucket by bucket."""
    changing = {one.person_id for one in done.changes}
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in found.preview.rows:
        if not done.rows and one.person_id not in changing:
            continue  # no report was asked for
        spender = found.spenders[one.person_id]
        rows[spender.bucket].append(
            {
                "club_id": run.club_id,
                "person_id": one.person_id,
                "account_id": spender.account_id,
                "old": one.old,
                "new": one.new,
                "direction": one.direction.value,
                "spend_minor": one.spend.minor,
                "floor_minor": one.floor.minor,
                "maximum_minor": one.maximum.minor,
                "changed_on": one.changed_on,
                "reason": one.reason.value,
                "state": tier_runs.DECIDED if one.person_id in changing else tier_runs.REPORTED,
            }
        )
    left_behind = store.read(partial(tier_runs.buckets_of, run_id=run.run_id))
    for bucket in sorted({*rows, *left_behind}):
        store.write(partial(tier_runs.decide, bucket=bucket, run_id=run.run_id, rows=rows[bucket]))
    if done.listed is None:
        return
    setup = msgspec.json.decode(run.setup, type=Setup)
    persons: dict[int, dict[str, str]] = defaultdict(dict)
    for person in done.listed & found.spenders.keys():
        spender = found.spenders[person]
        persons[account_bucket(run.club_id, spender.account_id)][person] = spender.account_id
    for bucket in range(BUCKETS):
        keep = partial(tier_runs.list_persons, bucket=bucket, club_id=run.club_id, persons=persons[bucket])
        store.write(partial(keep, replace=setup.marketing is Marketing.REPLACE, now_us=run.at_us))


def go_on(
    store: Store, shelf: SettingsShelf, run_id: str, *, now_us: int, between: Callable[[], None] = lambda: None
) -> int:
    """Do what a run has decided and not done yet; gives how many members were looked at."""
    run = store.read(partial(tier_runs.find, run_id=run_id))
    if run is None or run.state != tier_runs.DECIDED:
        return 0
    _, classes = store.read(lambda connection: _club(shelf.now(connection, now_us), run.club_id))
    by_number = {one.number: one for one in classes}
    changed = partial(_changed, by_number=by_number, day=run.run_day)
    looked = 0
    for bucket in store.read(partial(tier_runs.buckets_of, run_id=run_id, state=tier_runs.DECIDED)):
        while done := store.write(partial(tier_runs.apply, bucket=bucket, run=run, change=changed, rows_max=CHUNK)):
            looked += done
        between()
    store.write(partial(tier_runs.keep, run=replace(run, state=tier_runs.DONE)))
    return looked


def _changed(card: MemberCard, number: int, by_number: dict[int, Classification], day: date) -> MemberCard | None:
    """Give a card in its new classification; None where the rules refuse it now: banned, or linked to it meanwhile."""
    try:
        done = change_classification(card, by_number[number], day)
    except (Refusal, KeyError):
        return None
    return replace(done.member, version=card.version + 1)

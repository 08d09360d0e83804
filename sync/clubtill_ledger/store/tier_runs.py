"""Tier runs: what a run of the tier wizard decided, written first, then done bucket by bucket (R60, R61, R63).

A run that was killed goes on where it stood: a row is done with the member's change in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store import batches
from clubtill_ledger.store.streams import take
from clubtill_ledger.store.tables import account_state, card_change, member
from clubtill_ledger.store.tables_jobs import marketing, tier_change, tier_run
from clubtill_rules.members.account import MemberCard
from clubtill_rules.values.ids import MASTER_STREAM

WRITING: Final = "writing"
DECIDED: Final = "decided"
DONE: Final = "done"
REPORTED: Final = "reported"
"""A row that says something and changes nobody."""
CHANGED: Final = "changed"
"""A row of somebody who changed between the decision and now: left as he is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run. `setup` is the wizard's filled form as JSON; `hash` the preview's that was confirmed."""

    run_id: str
    club_id: str
    run_day: date
    setup: bytes
    hash: str
    state: str
    at_us: int


def find(connection: Connection, run_id: str) -> Run | None:
    """Find a run."""
    row = connection.execute(
        sa.select(tier_run).where(tier_run.c.bucket == MASTER_STREAM, tier_run.c.run_id == run_id)
    ).one_or_none()
    return Run(**{name: row._mapping[name] for name in Run.__slots__}) if row else None  # noqa: SLF001 - SQLAlchemy's way


def unfinished(connection: Connection) -> tuple[str, ...]:
    """Give the runs that are decided and not done."""
    mine = (tier_run.c.bucket == MASTER_STREAM, tier_run.c.state == DECIDED)
    return tuple(connection.execute(sa.select(tier_run.c.run_id).where(*mine).order_by(tier_run.c.at_us)).scalars())


def keep(connection: Connection, run: Run) -> None:
    """Write a run, or its new state."""
    mine = (tier_run.c.bucket == MASTER_STREAM, tier_run.c.run_id == run.run_id)
    connection.execute(sa.delete(tier_run).where(*mine))
    values = {name: getattr(run, name) for name in Run.__slots__}
    connection.execute(tier_run.insert(), values | {"bucket": MASTER_STREAM})


def decide(connection: Connection, bucket: int, run_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what was decided of a bucket's members, in place of what a killed run may have left."""
    connection.execute(sa.delete(tier_change).where(tier_change.c.bucket == bucket, tier_change.c.run_id == run_id))
    if rows:
        batches.insert(connection, tier_change, rows, {"bucket": bucket, "run_id": run_id})


def rows_of(connection: Connection, run_id: str) -> Sequence[Any]:
    """Give every row of a run: the Tier Changes report, without names (R63)."""
    return connection.execute(sa.select(tier_change).where(tier_change.c.run_id == run_id)).all()


def buckets_of(connection: Connection, run_id: str, state: str = "") -> tuple[int, ...]:
    """Give the buckets that have rows of a run, of a state or of any."""
    chosen = sa.select(tier_change.c.bucket).where(tier_change.c.run_id == run_id).distinct()
    if state:
        chosen = chosen.where(tier_change.c.state == state)
    return tuple(sorted(connection.execute(chosen).scalars()))


def apply(
    connection: Connection,
    bucket: int,
    run: Run,
    change: Callable[[MemberCard, int], MemberCard | None],
    *,
    rows_max: int,
) -> int:
    """Change the members of a bucket as was decided; gives how many rows were looked at, 0 when none is left.

    `change(card, number)` gives the card in the classification, or None where the rules refuse it now.
    """
    rows = connection.execute(
        sa.select(tier_change)
        .where(tier_change.c.bucket == bucket, tier_change.c.run_id == run.run_id, tier_change.c.state == DECIDED)
        .order_by(tier_change.c.person_id)
        .limit(rows_max)
    ).all()
    if not rows:
        return 0
    states = _states(connection, bucket, run.club_id, {row.account_id for row in rows})
    cards = _cards(connection, bucket, run.club_id, {row.person_id for row in rows})
    members, outcomes, touched = [], [], set()
    for row in rows:
        standing = cards.get(row.person_id)
        card = change(standing, row.new) if standing is not None and standing.classification == row.old else None
        outcomes.append({"person_id": row.person_id, "state": DONE if card else CHANGED})
        if card is not None:
            told = {"person_id": row.person_id, "classification": row.new, "tier_changed_on": run.run_day}
            members.append(told | {"body": msgspec.json.encode(card)})
            touched.add(row.account_id)
    same = {"bucket": bucket, "club_id": run.club_id}
    batches.update(connection, member, members, same, ["person_id"])
    batches.update(connection, tier_change, outcomes, same | {"run_id": run.run_id}, ["person_id"])
    _touch(connection, same, {name: states[name] for name in sorted(touched)})
    return len(rows)


def _states(connection: Connection, bucket: int, club_id: str, accounts: Collection[str]) -> dict[str, int]:
    """Lock accounts in order, and give the number of their last change that was no entry."""
    rows = connection.execute(
        sa.select(account_state.c.account_id, account_state.c.card_ver)
        .where(
            account_state.c.bucket == bucket,
            account_state.c.club_id == club_id,
            account_state.c.account_id.in_(accounts),
        )
        .order_by(account_state.c.account_id)
        .with_for_update()
    )
    return {row.account_id: row.card_ver for row in rows}


def _cards(connection: Connection, bucket: int, club_id: str, persons: Collection[str]) -> dict[str, MemberCard]:
    """Give the cards as they are stored, without what is personal."""
    rows = connection.execute(
        sa.select(member.c.person_id, member.c.body).where(
            member.c.bucket == bucket, member.c.club_id == club_id, member.c.person_id.in_(persons)
        )
    )
    return {row.person_id: msgspec.json.decode(row.body, type=MemberCard) for row in rows}


def _touch(connection: Connection, same: Mapping[str, Any], accounts: Mapping[str, int]) -> None:
    """Number the change of each account's card, so that the feed brings it; the head row last (6.4)."""
    if not accounts:
        return
    states = [{"account_id": name, "card_ver": card_ver + 1} for name, card_ver in accounts.items()]
    batches.update(connection, account_state, states, same, ["account_id"])
    first = take(connection, same["bucket"], len(accounts))
    changes = [{"account_id": name, "seq": first + n} for n, name in enumerate(accounts)]
    batches.insert(connection, card_change, changes, same)


# ------------------------------------------------------------------ the marketing list


def listed(connection: Connection, club_id: str) -> frozenset[str]:
    """Give the persons on a club's marketing list (R61)."""
    rows = connection.execute(sa.select(marketing.c.person_id).where(marketing.c.club_id == club_id))
    return frozenset(rows.scalars())


def list_persons(
    connection: Connection, bucket: int, club_id: str, persons: Mapping[str, str], *, replace: bool, now_us: int
) -> None:
    """Put persons of a bucket (with their accounts) on the list; `replace` takes the others off it."""
    mine = (marketing.c.bucket == bucket, marketing.c.club_id == club_id)
    if replace:
        connection.execute(sa.delete(marketing).where(*mine, marketing.c.person_id.not_in(persons)))
    standing = set(connection.execute(sa.select(marketing.c.person_id).where(*mine)).scalars())
    rows = [{"person_id": name, "account_id": of} for name, of in sorted(persons.items()) if name not in standing]
    batches.insert(connection, marketing, rows, {"bucket": bucket, "club_id": club_id, "added_us": now_us})

"""Decisions: what managers decided: who, when, what and why. Kept for ever, beside what they were about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables_decisions import decision
from clubtill_rules.values.ids import STREAMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision.

    Attributes:
        decision_id: made by who asks, so that the same ask decides once.
        act: such as held.post or lease.write_off.
        subject: the event, lease, card, person or device that it is about.
        facts: figures of it, as plain values. No personal data.
    """

    bucket: int
    decision_id: str
    act: str
    subject: str
    staff_id: str
    reason: str
    at_us: int
    club_id: str = ""
    account_id: str = ""
    approver_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def find(connection: Connection, bucket: int, decision_id: str) -> Decision | None:
    """Find a decision by its id."""
    row = connection.execute(
        sa.select(decision).where(decision.c.bucket == bucket, decision.c.decision_id == decision_id)
    ).one_or_none()
    return _read(row) if row else None


def keep(connection: Connection, made: Decision) -> None:
    """Keep a decision. The primary key refuses a second one of the same id."""
    row = {name: getattr(made, name) for name in Decision.__slots__}
    connection.execute(decision.insert(), row | {"facts": msgspec.json.encode(dict(made.facts)).decode()})


def about(connection: Connection, subject: str, *, act: str = "") -> tuple[Decision, ...]:
    """Give the decisions about a subject, or with a blank one all of an act, the first first."""
    chosen = sa.select(decision).where(decision.c.bucket.in_(range(STREAMS)))
    if subject:
        chosen = chosen.where(decision.c.subject == subject)
    if act:
        chosen = chosen.where(decision.c.act == act)
    rows: Sequence[sa.Row[Any]] = connection.execute(chosen.order_by(decision.c.at_us, decision.c.decision_id)).all()
    return tuple(_read(row) for row in rows)


def _read(row: sa.Row[Any]) -> Decision:
    told = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns
    return Decision(**told | {"facts": msgspec.json.decode(row.facts)})
